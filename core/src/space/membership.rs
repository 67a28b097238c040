//! Who is a member and which devices are theirs, as the statements held say it.

use super::{DEVICES_MAX, PARENTS_MAX, Refusal, Role, STATEMENTS_MAX, SpaceKind};
use crate::identity::DeviceEntry;
use crate::ids::{BatchId, DeviceId, MemberId, SpaceId, StatementId};
use std::collections::{BTreeMap, BTreeSet};

/// How a device belongs to its member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Admitted {
    /// An addition of it stands.
    Standing,
    /// It was added once, and the cut of its member's standing RootReset has an entry for it.
    ByResetCut,
    /// It was added once by a device or root of its member.
    Once,
}

/// What acceptance asks of a device: how it belongs, and how far its log counts (protocol.md §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceBounds {
    /// Whose device.
    pub member: MemberId,
    /// How it belongs.
    pub admitted: Admitted,
    /// For every standing removal of the device or its member, and for its member's standing RootReset where that
    /// ends its log: the heads named for it. An empty set covers nothing. Equal sets are told once.
    pub cuts: BTreeSet<BTreeSet<BatchId>>,
}

/// A device of a member, and whether it counts now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceStanding {
    /// Its public keys.
    pub entry: DeviceEntry,
    /// Whether an addition of it stands and no removal of it or of its member.
    pub active: bool,
    /// The statement that added it: one that stands, where there is one.
    pub added_by: StatementId,
    /// How it belongs, and how far its log counts.
    pub bounds: DeviceBounds,
    /// Two standing additions give it different keys: someone with an admin key meddled, people are to be told.
    pub contested: bool,
    /// The admin keys that count for it now.
    pub(super) admins: BTreeSet<[u8; 32]>,
}

/// A member of a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What the member is in this space.
    pub role: Role,
    /// The public half of the member's root.
    pub root_pk: [u8; 32],
    /// Every device that was ever added, active or not.
    pub devices: BTreeMap<DeviceId, DeviceStanding>,
    /// Whether a Leave of the member stands. It is final.
    pub left: bool,
    /// The RootReset that stands.
    pub reset: Option<StatementId>,
    /// The member's statements that count towards [`STATEMENTS_MAX`].
    pub statements: usize,
}

impl Member {
    /// The devices that count now.
    pub fn active_devices(&self) -> impl Iterator<Item = DeviceId> {
        self.devices.iter().filter(|(_, standing)| standing.active).map(|(id, _)| *id)
    }
    /// The device whose admin key this is, if it counts now.
    pub fn admin_device(&self, admin_pk: &[u8; 32]) -> Option<DeviceId> {
        let mut devices = self.devices.iter();
        devices.find(|(_, standing)| standing.active && standing.admins.contains(admin_pk)).map(|(id, _)| *id)
    }
    /// Whether another device may be added now: below eight active ones, and below the bound of statements.
    pub fn has_room(&self) -> bool {
        self.active_devices().count() < DEVICES_MAX && self.statements < STATEMENTS_MAX
    }
}

/// What a set of statements makes of a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which space.
    pub space: SpaceId,
    /// What it is for.
    pub kind: SpaceKind,
    /// Its members, those who left too; nobody ever joins.
    pub members: BTreeMap<MemberId, Member>,
    /// Statements that do not count, each with its reason.
    pub refused: BTreeMap<StatementId, Refusal>,
    /// Statements of a type that this version keeps and forwards without acting on them.
    pub not_evaluated: BTreeSet<StatementId>,
    /// Statements that wait for a parent, or for the parent of one.
    pub waiting: BTreeSet<StatementId>,
    /// Parents that are named and not held; to be asked for.
    pub missing: BTreeSet<StatementId>,
    /// Statements with good signatures that no other one held names as a parent.
    pub heads: BTreeSet<StatementId>,
    /// What a new statement stands on, the most trusted first.
    pub(super) tips: Vec<StatementId>,
}

impl Membership {
    /// Every member that claims this device, the one whose claim is told first where one must be chosen: whom Genesis
    /// gave it, then the person or lead, then the lower id. More than one, where a member claims another's keys.
    pub fn claims(&self, device: &DeviceId) -> Vec<&DeviceStanding> {
        let genesis = StatementId(self.space.0);
        let mut found: Vec<_> =
            self.members.values().filter_map(|member| Some((member, member.devices.get(device)?))).collect();
        found.sort_by_key(|(member, standing)| (standing.added_by != genesis, !member.role.leads()));
        found.into_iter().map(|(_, standing)| standing).collect()
    }
    /// Whose device this is, active or not.
    pub fn member_of(&self, device: &DeviceId) -> Option<MemberId> {
        self.device(device).map(|standing| standing.bounds.member)
    }
    /// How a device stands with the member it belongs to ([`Membership::claims`]).
    pub fn device(&self, device: &DeviceId) -> Option<&DeviceStanding> {
        self.claims(device).first().copied()
    }
    /// How far the log of a device counts in what `writer` may write; `None` for a document of all members. `None`
    /// comes back for a device that was never added.
    pub fn bounds(&self, device: &DeviceId, writer: Option<&MemberId>) -> Option<&DeviceBounds> {
        let of_writer = writer.and_then(|writer| self.members.get(writer)?.devices.get(device));
        of_writer.or_else(|| self.device(device)).map(|standing| &standing.bounds)
    }
    /// Whether a device is one of the space's now.
    pub fn is_active(&self, device: &DeviceId) -> bool {
        self.claims(device).iter().any(|standing| standing.active)
    }
    /// The active devices of one member.
    pub fn active_devices_of(&self, member: &MemberId) -> Vec<DeviceId> {
        self.members.get(member).map(|member| member.active_devices().collect()).unwrap_or_default()
    }
    /// The active devices of the space, by id.
    pub fn active_devices(&self) -> Vec<DeviceId> {
        let devices: BTreeSet<DeviceId> = self.members.values().flat_map(Member::active_devices).collect();
        devices.into_iter().collect()
    }
    /// The members besides `me`, those who left too.
    pub fn others(&self, me: &MemberId) -> Vec<MemberId> {
        self.members.keys().filter(|member| *member != me).copied().collect()
    }
    /// What a member is in this space.
    pub fn role_of(&self, member: &MemberId) -> Option<Role> {
        self.members.get(member).map(|member| member.role)
    }
    /// The members who left or were put out.
    pub fn removed_members(&self) -> impl Iterator<Item = MemberId> {
        self.members.iter().filter(|(_, member)| member.left).map(|(id, _)| *id)
    }

    /// Parents of a new statement: these, and as many of the newest as fit, sorted.
    pub(super) fn parents(&self, needed: impl IntoIterator<Item = StatementId>) -> Vec<StatementId> {
        let mut parents: BTreeSet<StatementId> = needed.into_iter().take(PARENTS_MAX).collect();
        for tip in &self.tips {
            if parents.len() == PARENTS_MAX {
                break;
            }
            parents.insert(*tip);
        }
        parents.into_iter().collect()
    }
}
