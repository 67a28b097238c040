use crate::error::{Code, Result};
use crate::ids::{MemberId, SpaceId};
use crate::space::{Membership, Role, SignedStatement, SpaceKind, SpaceState, evaluate};
use crate::store::spaces::{self, SpaceRecord};
use rusqlite::{Connection, OptionalExtension, params};
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
        let statements = spaces::statements(db, space)?
            .iter()
            .map(|(_, wire)| SignedStatement::parse(wire))
            .collect::<Result<Vec<_>>>()?;
        let membership = evaluate(*space, &statements)?;
        let names = membership.members.keys().filter_map(|member| name(db, &record, &membership, member).transpose());
        let names = names.collect::<Result<_>>()?;
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
        u8::try_from(self.record.stage).ok().and_then(SpaceState::from_code).unwrap_or(SpaceState::Ended)
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

fn name(
    db: &Connection,
    record: &SpaceRecord,
    membership: &Membership,
    member: &MemberId,
) -> Result<Option<(MemberId, String)>> {
    let nickname: Option<String> = db
        .prepare_cached("SELECT nickname FROM known_space WHERE space = ?1 AND nickname <> ''")?
        .query_row([record.id], |row| row.get(0))
        .optional()?;
    let pair = membership.members.len() == 2 && *member != record.me;
    if let Some(nickname) = nickname.filter(|_| pair) {
        return Ok(Some((*member, nickname)));
    }
    let own: Option<String> = db
        .prepare_cached("SELECT display_name FROM profile WHERE space = ?1 AND member = ?2 AND display_name <> ''")?
        .query_row(params![record.id, member], |row| row.get(0))
        .optional()?;
    Ok(own.map(|name| (*member, name)))
}

crate::text::redacted!(People);
