//! Who is a member and which devices are theirs: a pure function of the statements held.

use super::{Genesis, Refusal, Role, SignedStatement, SpaceKind, Statement};
use crate::error::{Code, Result};
use crate::identity::DeviceEntry;
use crate::ids::{DeviceId, MemberId, SpaceId, StatementId};
use std::collections::{BTreeMap, BTreeSet};

/// A device of a member, and whether it counts now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceStanding {
    /// Its public keys.
    pub entry: DeviceEntry,
    /// Whether an addition of it stands and no removal.
    pub active: bool,
    /// The statement that added it.
    pub added_by: StatementId,
}

/// A member of a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What the member is in this space.
    pub role: Role,
    /// The public half of the member's root.
    pub root_pk: [u8; 32],
    /// Every device an addition of which stands or stood.
    pub devices: BTreeMap<DeviceId, DeviceStanding>,
}

/// What a set of statements makes of a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which space.
    pub space: SpaceId,
    /// What it is for.
    pub kind: SpaceKind,
    /// Its members; they never change, except by leaving.
    pub members: BTreeMap<MemberId, Member>,
    /// Statements that do not count, each with its reason.
    pub refused: BTreeMap<StatementId, Refusal>,
    /// Good statements that this version keeps and forwards without acting on them.
    pub not_evaluated: BTreeSet<StatementId>,
}

impl Membership {
    /// Whose device this is, active or not.
    pub fn member_of(&self, device: &DeviceId) -> Option<MemberId> {
        self.members.iter().find(|(_, member)| member.devices.contains_key(device)).map(|(id, _)| *id)
    }
    /// How a device stands.
    pub fn device(&self, device: &DeviceId) -> Option<&DeviceStanding> {
        self.members.values().find_map(|member| member.devices.get(device))
    }
    /// Whether a device is one of the space's now.
    pub fn is_active(&self, device: &DeviceId) -> bool {
        self.device(device).is_some_and(|standing| standing.active)
    }
    /// The active devices of one member.
    pub fn active_devices_of(&self, member: &MemberId) -> Vec<DeviceId> {
        self.members.get(member).map(active).unwrap_or_default()
    }
    /// The active devices of the space, by id.
    pub fn active_devices(&self) -> Vec<DeviceId> {
        let mut devices: Vec<DeviceId> = self.members.values().flat_map(active).collect();
        devices.sort_unstable();
        devices
    }
    /// The members besides `me`.
    pub fn others(&self, me: &MemberId) -> Vec<MemberId> {
        self.members.keys().filter(|member| *member != me).copied().collect()
    }
    /// What a member is in this space.
    pub fn role_of(&self, member: &MemberId) -> Option<Role> {
        self.members.get(member).map(|member| member.role)
    }
}

fn active(member: &Member) -> Vec<DeviceId> {
    member.devices.iter().filter(|(_, standing)| standing.active).map(|(id, _)| *id).collect()
}

/// What these statements make of `space`: a function of the set, whatever its order and repetitions.
///
/// Evaluated are Genesis statements; the other types are verified and listed in `not_evaluated`.
///
/// # Errors
/// `NotFound` while the space's Genesis is not among them, or the code of why it cannot stand.
pub fn evaluate(space: SpaceId, statements: &[SignedStatement]) -> Result<Membership> {
    let (good, mut refused) = sift(statements);
    let genesis_id = StatementId(space.0);
    let Some(Statement::Genesis(genesis)) = good.get(&genesis_id) else {
        return Err(refused.get(&genesis_id).map_or(Code::NotFound.into(), |refusal| (*refusal).into()));
    };
    let mut not_evaluated = BTreeSet::new();
    for (id, statement) in good.iter().filter(|(id, _)| **id != genesis_id) {
        if matches!(statement, Statement::Genesis(_)) {
            refused.insert(*id, Refusal::OtherSpace);
        } else {
            not_evaluated.insert(*id);
        }
    }
    let members = members_at_start(genesis, genesis_id);
    Ok(Membership { space, kind: genesis.kind, members, refused, not_evaluated })
}

/// Each statement once: good if any copy of its body carries good signatures.
fn sift(statements: &[SignedStatement]) -> (BTreeMap<StatementId, Statement>, BTreeMap<StatementId, Refusal>) {
    let (mut good, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for signed in statements {
        let id = signed.id();
        match signed.verify() {
            Ok(statement) => {
                good.insert(id, statement);
            }
            Err(refusal) => {
                // Of several bad copies the least reason is told, so that order cannot be seen.
                let told = refused.entry(id).or_insert(refusal);
                *told = refusal.min(*told);
            }
        }
    }
    refused.retain(|id, _| !good.contains_key(id));
    (good, refused)
}

fn members_at_start(genesis: &Genesis, added_by: StatementId) -> BTreeMap<MemberId, Member> {
    let standing = |entry: &DeviceEntry| (entry.device_id(), DeviceStanding { entry: *entry, active: true, added_by });
    let member = |member: &super::MemberEntry| {
        let devices = member.devices.iter().map(standing).collect();
        (member.member_id(), Member { role: member.role, root_pk: member.root_pk, devices })
    };
    genesis.members.iter().map(member).collect()
}
