//! Statements that came: which are kept, and what follows for the space on this device.

use crate::command::Desk;
use crate::envelope::EnvelopeContent;
use crate::error::Result;
use crate::identity::DeviceEntry;
use crate::ids::{DeviceId, MemberId, SpaceId, StatementId};
use crate::projection::People;
use crate::space::{Membership, SignedStatement, SpaceState, Statement, Statements};
use crate::store::spaces::{self, SpaceRecord};
use std::collections::{BTreeMap, BTreeSet};

/// Statements of a space that are kept though they do not count: types of a newer app, and those whose parents are not
/// here. Whoever sends parents first needs no place here, so a flood keeps out nothing that counts.
const LOOSE_MAX: usize = 256;
/// Bytes of those together.
const LOOSE_BYTES_MAX: usize = 1024 * 1024;

/// Statements of one key that are taken in on one day. Nobody writes that many; what comes beyond them is not confirmed,
/// so it is sent again on another day.
const DAILY_MAX: i64 = 1_024;
const DAY_MS: i64 = 86_400_000;

/// Keeps what counts and, within a bound, what may count one day. What can never count is not kept: it would be
/// evaluated, stored and sent for ever at a stranger's wish. One envelope holds some hundred statements at most
/// (4,096 CBOR elements), and what is held already costs no signature, so the work for each is bounded. Says whether
/// who is a member or device may be another now.
///
/// # Errors
/// Those of the database.
pub(super) fn take_statements(desk: &Desk<'_>, content: &EnvelopeContent) -> Result<bool> {
    let space = content.space;
    let stored = spaces::statements(desk.db, &space)?;
    let held: BTreeSet<StatementId> = stored.iter().map(|(id, _)| *id).collect();
    let new = |signed: &&SignedStatement| signed.is_framed() && !held.contains(&signed.id());
    let came: Vec<&SignedStatement> = content.statements.iter().filter(new).collect();
    if came.is_empty() {
        return Ok(false);
    }
    let mut all = Statements::default();
    for (_, wire) in &stored {
        all.take_kept(&SignedStatement::parse(wire)?);
    }
    came.iter().for_each(|signed| all.take(signed));
    let membership = all.evaluate(space)?;
    let mut changed = drop_refused(desk, &membership, &held)?;
    let mut loose = Loose::of(&stored, &membership);
    let stood_on = stood_on(&came);
    for signed in came {
        let (id, wire) = (signed.id(), signed.to_wire());
        // Of several copies one may be signed badly: the good one is kept.
        let Ok(statement) = signed.verify() else { continue };
        if membership.refused.contains_key(&id) {
            continue;
        }
        let counts = !is_loose(&membership, &id);
        let has_room = if counts {
            stood_on.contains(&id) || is_within_day(desk, &space, &statement)?
        } else {
            loose.has_room(wire.len())
        };
        if has_room && spaces::put_statement(desk.db, &space, &id, &wire)? {
            changed |= counts;
        }
    }
    Ok(changed)
}

/// What statements signed by another key name as parents: a removal must not wait for the flood it answers.
fn stood_on(came: &[&SignedStatement]) -> BTreeSet<StatementId> {
    let read = |signed: &&&SignedStatement| Some((signed.id(), signed.statement().ok()?));
    let read: BTreeMap<StatementId, Statement> = came.iter().filter_map(|signed| read(&signed)).collect();
    let mut found = BTreeSet::new();
    for statement in read.values() {
        let others = |id: &&StatementId| read.get(*id).is_some_and(|parent| parent.signers() != statement.signers());
        found.extend(statement.parents().iter().filter(others));
    }
    let mut open: Vec<StatementId> = found.iter().copied().collect();
    while let Some(statement) = open.pop().and_then(|id| read.get(&id)) {
        open.extend(statement.parents().iter().filter(|id| read.contains_key(id) && found.insert(**id)));
    }
    found
}

fn is_within_day(desk: &Desk<'_>, space: &SpaceId, statement: &Statement) -> Result<bool> {
    for signer in statement.signers() {
        if spaces::count_statement(desk.db, space, &signer, desk.at.unix_ms.div_euclid(DAY_MS))? > DAILY_MAX {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_loose(membership: &Membership, id: &StatementId) -> bool {
    membership.waiting.contains(id) || membership.not_evaluated.contains(id)
}

/// What waited for a parent and turned out to be of no worth goes.
fn drop_refused(desk: &Desk<'_>, membership: &Membership, held: &BTreeSet<StatementId>) -> Result<bool> {
    let mut any = false;
    for id in membership.refused.keys().filter(|id| held.contains(*id)) {
        spaces::remove_statement(desk.db, id)?;
        any = true;
    }
    Ok(any)
}

struct Loose {
    count: usize,
    bytes: usize,
}

impl Loose {
    fn of(stored: &[(StatementId, Vec<u8>)], membership: &Membership) -> Self {
        let loose = stored.iter().filter(|(id, _)| is_loose(membership, id));
        loose.fold(Loose { count: 0, bytes: 0 }, |sum, (_, wire)| Loose {
            count: sum.count + 1,
            bytes: sum.bytes + wire.len(),
        })
    }
    fn has_room(&mut self, bytes: usize) -> bool {
        let fits = self.count < LOOSE_MAX && self.bytes + bytes <= LOOSE_BYTES_MAX;
        if fits {
            *self = Loose { count: self.count + 1, bytes: self.bytes + bytes };
        }
        fits
    }
}

/// Brings the stage of the space to what the statements say: ended when I left or nobody else stayed, put out while
/// this device is none of mine. Before the digits were typed nothing is said.
///
/// # Errors
/// Those of the database.
pub(super) fn settle_stage(desk: &Desk<'_>, people: People) -> Result<People> {
    let state = match people.state() {
        SpaceState::Introduced => SpaceState::Introduced,
        _ => state_now(desk, &people),
    };
    if state == people.state() {
        return Ok(people);
    }
    let record = SpaceRecord { stage: u32::from(state.code()), ..people.record };
    spaces::put_space(desk.db, &record)?;
    Ok(People { record, ..people })
}

fn state_now(desk: &Desk<'_>, people: &People) -> SpaceState {
    let members = &people.membership.members;
    let others = people.others();
    let left = |member: &MemberId| members.get(member).is_some_and(|member| member.left);
    let mine = people.membership.active_devices_of(&people.me());
    if left(&people.me()) || (!others.is_empty() && others.iter().all(left)) {
        SpaceState::Ended
    } else if mine.contains(&desk.me.device) {
        SpaceState::Checked
    } else {
        SpaceState::PutOut
    }
}

/// The statements that put a device out, and what lies under them: all that a device that is out is given.
///
/// # Errors
/// Those of the database.
pub(super) fn removal_of(desk: &Desk<'_>, people: &People, device: &DeviceId) -> Result<Vec<SignedStatement>> {
    let mut all = BTreeMap::new();
    let mut order = Vec::new();
    for (id, wire) in spaces::statements(desk.db, &people.record.id)? {
        let signed = SignedStatement::parse(&wire)?;
        if let Ok(statement) = signed.statement() {
            order.push(id);
            all.insert(id, (signed, statement));
        }
    }
    let counts = |id: &StatementId| !is_loose(&people.membership, id) && !people.membership.refused.contains_key(id);
    let owner = people.membership.member_of(device);
    let out_by = |device: &DeviceId| -> Vec<StatementId> {
        let puts_out = |statement: &Statement| puts_out(statement, device, owner.as_ref());
        let found = all.iter().filter(|(id, (_, statement))| counts(id) && puts_out(statement));
        found.map(|(id, _)| *id).collect()
    };
    let mut open = out_by(device);
    if open.is_empty() {
        // Its addition counts no more: what put the one out that added it did that.
        let statements: Vec<&Statement> = all.values().map(|(_, statement)| statement).collect();
        open = adders(&statements, device).iter().flat_map(out_by).collect();
    }
    let mut under = BTreeSet::new();
    while let Some(id) = open.pop() {
        if let Some((_, statement)) = all.get(&id)
            && under.insert(id)
        {
            open.extend(statement.parents());
        }
    }
    order.retain(|id| under.contains(id));
    Ok(order.iter().filter_map(|id| all.remove(id)).map(|(signed, _)| signed).collect())
}

/// The devices that added a device, and those that added these.
fn adders(statements: &[&Statement], device: &DeviceId) -> BTreeSet<DeviceId> {
    let entries = |statement: &Statement| -> Vec<DeviceEntry> {
        match statement {
            Statement::Genesis(genesis) => genesis.members.iter().flat_map(|member| member.devices.clone()).collect(),
            Statement::DeviceAdd(add) => vec![add.device],
            Statement::RootReset(reset) => reset.devices.clone(),
            _ => Vec::new(),
        }
    };
    let known: Vec<DeviceEntry> = statements.iter().flat_map(|statement| entries(statement)).collect();
    let (mut found, mut open) = (BTreeSet::new(), vec![*device]);
    while let Some(device) = open.pop() {
        let added_by = statements.iter().filter_map(|statement| match statement {
            Statement::DeviceAdd(add) if add.device.device_id() == device => Some(add.by),
            _ => None,
        });
        for key in added_by {
            for signer in known.iter().filter(|entry| entry.admin == key).map(DeviceEntry::device_id) {
                if found.insert(signer) {
                    open.push(signer);
                }
            }
        }
    }
    found
}

fn puts_out(statement: &Statement, device: &DeviceId, owner: Option<&MemberId>) -> bool {
    use Statement::{DeviceRemove, Leave, RootReset};
    match statement {
        DeviceRemove(removal) => removal.device == *device,
        Leave(leave) => Some(&leave.member) == owner,
        RootReset(reset) => {
            Some(&reset.member) == owner && reset.devices.iter().all(|entry| entry.device_id() != *device)
        }
        _ => false,
    }
}
