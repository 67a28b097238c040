//! A device with new keys in every space of its person, and a member who begins again with the words: what is written
//! when someone comes back, whose vault was copied, or whose secret another knows (protocol.md §2, §3).

use super::removing::{heads, put};
use super::statements::settle_stage;
use crate::command::Desk;
use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::SigningKey;
use crate::error::{Code, Error, Result};
use crate::identity::{DeviceEntry, SpaceKeys, open_member_root};
use crate::ids::{DeviceId, SpaceId, StatementId};
use crate::projection::People;
use crate::space::{self, CutHeads, MemberEntry, SignedStatement, SpaceState, Statement};
use crate::store::spaces::{self, SpaceRecord};
use std::collections::BTreeSet;

/// What became of one of my spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Entered {
    /// Which.
    pub space: SpaceId,
    /// Why this device does not write in it; `None` where it does. `Revoked`: the device whose secret was typed is out,
    /// and only the words lead back. `RelationshipEnded`, `TooMany` devices.
    pub refused: Option<Code>,
}

/// Adds this device, whose keys are new, to each of my spaces, signed with the admin key of one that is there already,
/// and gives it sealing keys and a card in each. Where it cannot be added, what is held stays readable.
///
/// # Errors
/// Those of the database; what a space refuses is told in its row.
pub fn add_this_device(desk: &mut Desk<'_>, entry: &DeviceEntry, admin: &SigningKey) -> Result<Vec<Entered>> {
    let make = |desk: &mut Desk<'_>, people: &People| {
        // The keys of the device before open nothing for this one.
        make_card(desk, &people.record.id)?;
        let made = space::add_device(&people.membership, &people.me(), entry, admin);
        // The key is a device's of mine: one that is no active admin was put out.
        made.map(Some).map_err(|error| if error.code() == Code::NotAMember { Code::Revoked.into() } else { error })
    };
    // What others wrote counts as before, so nothing is settled anew.
    let keep = |desk: &mut Desk<'_>, space: &SpaceId, statement: &SignedStatement| {
        spaces::put_statement(desk.db, space, &statement.id(), &statement.to_wire())?;
        Ok(())
    };
    each_space(desk, make, keep)
}

/// Which other devices of mine go on when the words are typed.
#[derive(Clone, Copy, Debug)]
pub enum Keep<'a> {
    /// These, where they were ever added.
    Only(&'a BTreeSet<DeviceId>),
    /// All that count now but this one, in the spaces that have it.
    AllBut(&'a DeviceId),
}

/// Begins again in each of my spaces: a RootReset with this device and those that are kept, and a cut of all heads that
/// are held. Every other device of mine is out, and whatever such a one added or removed counts no more.
///
/// # Errors
/// Those of the database; what a space refuses is told in its row: `WrongSecret` for one whose root is not sealed to
/// these words.
pub fn begin_again(
    desk: &mut Desk<'_>,
    entry: &DeviceEntry,
    recovery: &OpeningKey,
    keep: Keep<'_>,
) -> Result<Vec<Entered>> {
    let make = |desk: &mut Desk<'_>, people: &People| {
        let (space, me) = (people.record.id, people.me());
        let Some(mine) = people.membership.members.get(&me) else { return Code::NotAMember.err() };
        if let Keep::AllBut(out) = keep
            && !mine.devices.get(out).is_some_and(|standing| standing.active)
        {
            return Ok(None);
        }
        let root = my_root(desk, people, recovery)?;
        // What I wrote until now counts: it is closed, so that the cut names it.
        desk.close_all(Some(&space))?;
        let mut cut = CutHeads::new();
        let mut devices = vec![*entry];
        for (id, standing) in &mine.devices {
            cut.insert(*id, heads(desk, &space, id)?);
            let stays = match keep {
                Keep::Only(these) => these.contains(id),
                Keep::AllBut(out) => standing.active && id != out,
            };
            if stays && *id != desk.me.device {
                devices.push(standing.entry);
            }
        }
        if !spaces::space_keys(desk.db)?.iter().any(|(held, _)| *held == space) {
            make_card(desk, &space)?;
        }
        space::reset(&people.membership, &devices, &cut, &root).map(Some)
    };
    each_space(desk, make, put)
}

/// Makes a statement in each space of mine that is in force or could be again and keeps it, or tells why there is none.
fn each_space(
    desk: &mut Desk<'_>,
    mut make: impl FnMut(&mut Desk<'_>, &People) -> Result<Option<SignedStatement>>,
    keep: impl Fn(&mut Desk<'_>, &SpaceId, &SignedStatement) -> Result<()>,
) -> Result<Vec<Entered>> {
    let mut entered = Vec::new();
    for SpaceRecord { id: space, .. } in spaces::all_spaces(desk.db)? {
        let people = desk.people(&space)?;
        let made = match people.state() {
            // Its pairing goes on or ends on the device that began it.
            SpaceState::Introduced => continue,
            SpaceState::Ended => Code::RelationshipEnded.err(),
            SpaceState::Checked | SpaceState::PutOut => make(desk, &people),
        };
        let refused = match made {
            Ok(None) => continue,
            Ok(Some(statement)) => {
                keep(desk, &space, &statement)?;
                None
            }
            Err(Error::Refused(detail)) if is_about_membership(detail.code) => Some(detail.code),
            Err(error) => return Err(error),
        };
        settle_stage(desk, desk.people(&space)?)?;
        entered.push(Entered { space, refused });
    }
    Ok(entered)
}

fn is_about_membership(code: Code) -> bool {
    use Code::{Duplicate, NotAMember, RelationshipEnded, Revoked, TooBig, TooMany, WrongSecret};
    matches!(code, Duplicate | NotAMember | RelationshipEnded | Revoked | TooBig | TooMany | WrongSecret)
}

/// Fresh sealing keys of this device in a space, and the card that shows them.
fn make_card(desk: &mut Desk<'_>, space: &SpaceId) -> Result<()> {
    let device = desk.me.device;
    let keys = SpaceKeys::make(desk.entropy);
    let card = keys.card(device, *space, 1, Vec::new()).sign(&desk.me.signing);
    spaces::put_card(desk.db, space, &device, 1, &card.to_wire(), desk.at.unix_ms)?;
    spaces::put_space_keys(desk.db, space, keys.to_stored().expose())
}

/// My root of a space, as the words give it back from its Genesis.
fn my_root(desk: &Desk<'_>, people: &People, recovery: &OpeningKey) -> Result<SigningKey> {
    let genesis = StatementId(people.record.id.0);
    let held = spaces::statements(desk.db, &people.record.id)?;
    let (_, wire) = held.iter().find(|(id, _)| *id == genesis).ok_or(Code::Corrupt)?;
    let Ok(Statement::Genesis(genesis)) = SignedStatement::parse(wire)?.statement() else {
        return Code::Corrupt.err();
    };
    let is_me = |member: &&MemberEntry| member.member_id() == people.me();
    let mine = genesis.members.iter().find(is_me).ok_or(Code::Corrupt)?;
    open_member_root(&mine.sealed_root, &mine.root_pk, recovery).ok_or_else(|| Code::WrongSecret.into())
}
