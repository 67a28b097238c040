//! Writing statements: each stands on the newest that its writer holds (protocol.md §3).
//!
//! Whoever typed the words writes a [`reset`], never a removal: without it an old device with its secret could
//! remove honest ones for ever.

use super::{
    CUT_HEADS_MAX, Cut, DEVICES_MAX, DeviceAdd, DeviceRemove, Genesis, Leave, MemberEntry, Membership, Role, RootReset,
    STATEMENT_MAX_BYTES, STATEMENTS_MAX, SignedStatement, SpaceKind, Statement,
};
use crate::crypto::sign::SigningKey;
use crate::error::{Code, Result};
use crate::identity::{DeviceEntry, make_member_root, member_id};
use crate::ids::{BatchId, DeviceId, MemberId, StatementId};
use crate::secret::Entropy;
use std::collections::BTreeMap;

/// How far logs are to count: heads for each device, the most wanted first; of more than eight the first eight count,
/// since a log that was split on purpose must not keep its device in. A device without heads is left out.
pub type CutHeads = BTreeMap<DeviceId, Vec<BatchId>>;

fn cut_from(heads: &CutHeads) -> Vec<Cut> {
    let entry = |(device, heads): (&DeviceId, &Vec<BatchId>)| {
        let mut kept: Vec<BatchId> = Vec::new();
        for head in heads {
            if kept.len() < CUT_HEADS_MAX && !kept.contains(head) {
                kept.push(*head);
            }
        }
        kept.sort_unstable();
        (!kept.is_empty()).then_some(Cut { device: *device, heads: kept })
    };
    heads.iter().filter_map(entry).collect()
}

fn signed(statement: &Statement, key: &SigningKey) -> Result<SignedStatement> {
    let made = SignedStatement::sign(statement, &[key]);
    if made.body().len() > STATEMENT_MAX_BYTES {
        return Code::TooBig.err();
    }
    made.verify()?;
    Ok(made)
}

/// Who signs with this key now: the member, what made their device an admin, and the RootReset since.
struct Author {
    member: MemberId,
    needs: Vec<StatementId>,
}

fn authors(membership: &Membership, admin: &SigningKey) -> Result<Vec<Author>> {
    let key = admin.public();
    let mut found = Vec::new();
    let mut is_full = false;
    for (id, member) in &membership.members {
        let Some(device) = member.admin_device(&key).and_then(|device| member.devices.get(&device)) else { continue };
        if member.statements >= STATEMENTS_MAX {
            is_full = true;
            continue;
        }
        found.push(Author { member: *id, needs: member.reset.into_iter().chain([device.added_by]).collect() });
    }
    match (found.is_empty(), is_full) {
        (true, true) => Code::TooMany.err(),
        (true, false) => Code::NotAMember.err(),
        (false, _) => Ok(found),
    }
}

fn leads(membership: &Membership, member: &MemberId) -> bool {
    membership.role_of(member).is_some_and(Role::leads)
}

/// Adds a device to a member; signed by an admin key of the member.
///
/// # Errors
/// `NotAMember` when the key is no active admin of the member, `TooMany` at eight active devices or 1,024
/// statements, `Revoked` for a device that was put out before: a phone that returns makes new keys. `Duplicate` for
/// one that is there already, or that names one key twice.
pub fn add_device(
    membership: &Membership,
    member: &MemberId,
    device: &DeviceEntry,
    admin: &SigningKey,
) -> Result<SignedStatement> {
    let author = authors(membership, admin)?.into_iter().find(|author| author.member == *member);
    let author = author.ok_or(Code::NotAMember)?;
    let known = membership.members.get(member).ok_or(Code::NotAMember)?;
    match known.devices.get(&device.device_id()) {
        Some(standing) if standing.active => return Code::Duplicate.err(),
        Some(_) => return Code::Revoked.err(),
        None => {}
    }
    if known.active_devices().count() >= DEVICES_MAX {
        return Err(Code::TooMany.detail().max(DEVICES_MAX).into());
    }
    let parents = membership.parents(author.needs);
    let add = DeviceAdd { member: *member, device: *device, parents, by: admin.public() };
    signed(&Statement::DeviceAdd(add), admin)
}

/// Puts a device out; of its log `heads` and what they follow stay. Signed by an admin of its member, or of the
/// person (in a team: the lead).
///
/// # Errors
/// `NotFound` for a device that was never added, `NotAMember` when the key is no active admin, `NotOwner` when its
/// member's role may not do this, `TooMany` at 1,024 statements.
pub fn remove_device(
    membership: &Membership,
    device: &DeviceId,
    heads: &[BatchId],
    admin: &SigningKey,
) -> Result<SignedStatement> {
    let claims = membership.claims(device);
    if claims.is_empty() {
        return Code::NotFound.err();
    }
    let may = |author: &Author| {
        leads(membership, &author.member) || claims.iter().any(|claim| claim.bounds.member == author.member)
    };
    let author = authors(membership, admin)?.into_iter().find(may).ok_or(Code::NotOwner)?;
    let parents = membership.parents(author.needs.into_iter().chain(claims.iter().map(|claim| claim.added_by)));
    let cut = cut_from(&[(*device, heads.to_vec())].into());
    let removal = DeviceRemove { device: *device, cut, parents, by: admin.public() };
    signed(&Statement::DeviceRemove(removal), admin)
}

/// A member leaves for good, or is put out by the person (in a team: the lead).
///
/// # Errors
/// As [`remove_device`]; `NotFound` for one who is no member, `TooBig` for a cut of too many devices.
pub fn leave(
    membership: &Membership,
    member: &MemberId,
    heads: &CutHeads,
    admin: &SigningKey,
) -> Result<SignedStatement> {
    if !membership.members.contains_key(member) {
        return Code::NotFound.err();
    }
    let may = |author: &Author| author.member == *member || leads(membership, &author.member);
    let author = authors(membership, admin)?.into_iter().find(may).ok_or(Code::NotOwner)?;
    let parents = membership.parents(author.needs);
    let leave = Leave { member: *member, cut: cut_from(heads), parents, by: admin.public() };
    signed(&Statement::Leave(leave), admin)
}

/// The member of this root starts again with exactly these devices; of every other device's log `heads` and what
/// they follow stay. Name all heads that are held: what is left out can only be read and adopted.
///
/// # Errors
/// `NotAMember` when the root is no member's, `TooMany` for no device or more than eight, `Duplicate` when a device
/// or key is named twice, `TooBig` for a cut of too many devices.
pub fn reset(
    membership: &Membership,
    devices: &[DeviceEntry],
    heads: &CutHeads,
    root: &SigningKey,
) -> Result<SignedStatement> {
    let by = root.public();
    let member = member_id(&by);
    let known = membership.members.get(&member).ok_or(Code::NotAMember)?;
    if !(1..=DEVICES_MAX).contains(&devices.len()) {
        return Err(Code::TooMany.detail().max(DEVICES_MAX).actual(devices.len()).into());
    }
    let mut devices = devices.to_vec();
    devices.sort_unstable();
    if devices.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
        return Code::Duplicate.err();
    }
    let parents = membership.parents(known.reset);
    let reset = RootReset { member, devices, cut: cut_from(heads), parents, by };
    signed(&Statement::RootReset(reset), root)
}

/// The Genesis of a person's `own` space on their first device. The root is dropped; the words give it back.
///
/// # Errors
/// `Corrupt` when `recovery_pk` is no usable key.
pub fn make_own_space(
    device: DeviceEntry,
    recovery_pk: &[u8; 32],
    entropy: &mut dyn Entropy,
) -> Result<SignedStatement> {
    let root = make_member_root(recovery_pk, entropy)?;
    let member = MemberEntry::new(Role::Person, &root, &[device]);
    let genesis = Genesis::new(SpaceKind::Own, vec![member], entropy.bytes());
    genesis.check()?;
    let signers: [&SigningKey; 1] = [&root.key];
    Ok(SignedStatement::sign(&Statement::Genesis(genesis), &signers))
}
