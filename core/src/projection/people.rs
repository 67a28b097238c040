use crate::error::{Code, Result};
use crate::ids::{MemberId, SpaceId};
use crate::space::{Membership, Role, SignedStatement, SpaceKind, SpaceState, Statements};
use crate::store::spaces::{self, SpaceRecord};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;

/// A space with its members, and what each is called here.
#[derive(Clone)]
pub struct People {
    /// Who I am in it, and how far it has come.
    pub record: SpaceRecord,
    /// Members and devices by the statements held.
    pub membership: Membership,
    /// My name for a member, else the member's own; nothing where neither is known.
    pub names: BTreeMap<MemberId, String>,
}

impl People {
    /// The people of a space.
    ///
    /// # Errors
    /// `NotFound` for a space this device is not in; those of the database.
    pub fn of(db: &Connection, space: &SpaceId) -> Result<Self> {
        let record = spaces::get_space(db, space)?.ok_or(Code::NotFound)?;
        let mut statements = Statements::default();
        for (_, wire) in spaces::statements(db, space)? {
            statements.take_kept(&SignedStatement::parse(&wire)?);
        }
        let membership = statements.evaluate(*space)?;
        let names = names(db, &record, &membership)?;
        Ok(People { record, membership, names })
    }

    /// Who I am here.
    pub fn me(&self) -> MemberId {
        self.record.me
    }
    /// The members beside me.
    pub fn others(&self) -> Vec<MemberId> {
        self.membership.others(&self.record.me)
    }
    /// What a member is called, empty where nobody said.
    pub fn name(&self, member: &MemberId) -> &str {
        self.names.get(member).map_or("", String::as_str)
    }
    /// How far the space has come.
    pub fn state(&self) -> SpaceState {
        Self::state_of(&self.record)
    }
    /// The same of a space's record alone.
    pub fn state_of(record: &SpaceRecord) -> SpaceState {
        u8::try_from(record.stage).ok().and_then(SpaceState::from_code).unwrap_or(SpaceState::Ended)
    }
    /// Whether this is the space of my own devices.
    pub fn is_own(&self) -> bool {
        self.membership.kind == SpaceKind::Own
    }
    /// The member with this role, if there is exactly one.
    pub fn with_role(&self, role: Role) -> Option<MemberId> {
        let mut found = self.membership.members.iter().filter(|(_, member)| member.role == role);
        let first = found.next().map(|(id, _)| *id);
        if found.next().is_some() { None } else { first }
    }
}

/// My nickname for the other of a pair, else what each member calls themselves.
fn names(db: &Connection, record: &SpaceRecord, membership: &Membership) -> Result<BTreeMap<MemberId, String>> {
    let mut own =
        db.prepare_cached("SELECT member, display_name FROM profile WHERE space = ?1 AND display_name <> ''")?;
    let rows = own.query_map([record.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut names: BTreeMap<MemberId, String> = rows.collect::<rusqlite::Result<_>>()?;
    names.retain(|member, _| membership.members.contains_key(member));
    let others = membership.others(&record.me);
    if let (2, [other]) = (membership.members.len(), others.as_slice()) {
        let nickname: Option<String> = db
            .prepare_cached("SELECT nickname FROM known_space WHERE space = ?1 AND nickname <> ''")?
            .query_row([record.id], |row| row.get(0))
            .optional()?;
        names.extend(nickname.map(|nickname| (*other, nickname)));
    }
    Ok(names)
}

crate::text::redacted!(People);
