//! Removing devices and leaving: statements with a cut of all that is held, and what follows for what is accepted.

use super::intake::Taken;
use super::settling::settle_all;
use super::statements::settle_stage;
use crate::command::Desk;
use crate::crypto::sign::SigningKey;
use crate::error::{Code, Error, Result};
use crate::ids::{BatchId, DeviceId, SpaceId};
use crate::projection::People;
use crate::space::{self, CutHeads, SignedStatement, may_write_content};
use crate::store::{batches, spaces};

/// Removes a device: one statement in each of my spaces that has it and where I may, each with a cut of all that is
/// held of its log there. In `space` it must work.
///
/// # Errors
/// `NotFound` for a device that is not active in `space`, `Duplicate` for this very device (lock and erase it, or leave),
/// `NotOwner` where only the person may, `NotAMember` when the key is no active admin's, `NotInForce`,
/// `RelationshipEnded`, `Revoked`, `TooMany`.
pub fn remove_device(desk: &mut Desk<'_>, space: &SpaceId, device: &DeviceId, admin: &SigningKey) -> Result<()> {
    if *device == desk.me.device {
        return Code::Duplicate.err();
    }
    remove_from(desk, space, device, admin)?;
    for other in spaces::all_spaces(desk.db)?.into_iter().map(|record| record.id).filter(|other| other != space) {
        let removed = remove_from(desk, &other, device, admin);
        let not_there = |code| {
            use Code::{NotAMember, NotFound, NotInForce, NotOwner, RelationshipEnded, Revoked};
            matches!(code, NotFound | NotOwner | NotAMember | NotInForce | RelationshipEnded | Revoked)
        };
        match removed {
            // It is not there, or not mine to remove there, or the space is not in force.
            Err(Error::Refused(detail)) if not_there(detail.code) => {}
            other => other?,
        }
    }
    Ok(())
}

fn remove_from(desk: &mut Desk<'_>, space: &SpaceId, device: &DeviceId, admin: &SigningKey) -> Result<()> {
    let people = desk.people(space)?;
    may_write_content(people.state())?;
    if !people.membership.is_active(device) {
        return Code::NotFound.err();
    }
    let heads = heads(desk, space, device)?;
    let statement = space::remove_device(&people.membership, device, &heads, admin)?;
    put(desk, space, &statement)
}

/// Leaves a space for good, with a cut of all that is held of my devices' logs. What was shared stays readable.
///
/// # Errors
/// `NotFound` for my own space, `NotAMember` when the key is no active admin's, `NotInForce`, `RelationshipEnded`,
/// `Revoked`, `TooMany`.
pub fn leave(desk: &mut Desk<'_>, space: &SpaceId, admin: &SigningKey) -> Result<()> {
    let people = desk.people(space)?;
    if people.is_own() {
        return Code::NotFound.err();
    }
    may_write_content(people.state())?;
    // What I wrote until now counts: it is closed, so that the cut names it.
    desk.close_all(Some(space))?;
    let me = people.me();
    let mut cut = CutHeads::new();
    for device in people.membership.members.get(&me).into_iter().flat_map(|member| member.devices.keys()) {
        cut.insert(*device, heads(desk, space, device)?);
    }
    let statement = space::leave(&people.membership, &me, &cut, admin)?;
    put(desk, space, &statement)
}

pub(super) fn heads(desk: &Desk<'_>, space: &SpaceId, device: &DeviceId) -> Result<Vec<BatchId>> {
    Ok(batches::heads(desk.db, space, device)?.into_iter().map(|(_, id)| id).collect())
}

/// Keeps a statement of mine, and lets it count.
pub(super) fn put(desk: &mut Desk<'_>, space: &SpaceId, statement: &SignedStatement) -> Result<()> {
    spaces::put_statement(desk.db, space, &statement.id(), &statement.to_wire())?;
    let people: People = settle_stage(desk, desk.people(space)?)?;
    desk.close_all(Some(space))?;
    settle_all(desk, &people, &mut Taken::default())
}
