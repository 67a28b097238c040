//! What all statements together make of the members and their devices.

use super::bits::Bits;
use super::roll::{Act, Claim, MemberRoll, Roll};
use super::standing::Weighed;
use super::{Admitted, Cut, DeviceBounds, DeviceStanding, Member};
use crate::identity::DeviceEntry;
use crate::ids::{BatchId, DeviceId, MemberId, StatementId};
use std::collections::{BTreeMap, BTreeSet};

impl Roll<'_> {
    /// The members, and what a new statement stands on, the most trusted first.
    pub fn outcome(&self) -> (BTreeMap<MemberId, Member>, Vec<StatementId>) {
        let mut all = Bits::default();
        (0..self.counted.len()).for_each(|number| all.insert(number));
        let members = self.members.iter().map(|(id, roll)| (*id, self.member(id, roll, &all))).collect();
        let tips = self.tips(&members);
        (members, tips)
    }

    fn member(&self, id: &MemberId, roll: &MemberRoll, all: &Bits) -> Member {
        let weighed = self.weigh(id, &roll.about);
        let standing = &weighed.standing;
        let context = Context::new(self, id, roll, &weighed);
        let devices = roll.additions.iter().map(|(device, added)| (*device, context.device(device, added))).collect();
        Member {
            role: roll.role,
            root_pk: roll.root_pk,
            devices,
            left: standing.left,
            reset: standing.reset.map(|reset| self.at(reset).id),
            statements: self.written(id, standing, all),
        }
    }

    /// What nothing that counts comes after; first what is signed by one who is still an admin.
    fn tips(&self, members: &BTreeMap<MemberId, Member>) -> Vec<StatementId> {
        let mut covered = Bits::default();
        self.counted.iter().for_each(|counted| covered.join(&counted.past));
        let mut tips = Vec::new();
        for (_, counted) in self.counted.iter().enumerate().filter(|(number, _)| !covered.contains(*number)) {
            let is_trusted = match &counted.by {
                Some((member, key)) => members.get(member).is_some_and(|member| member.admin_device(key).is_some()),
                None => counted
                    .about
                    .iter()
                    .all(|member| members.get(member).is_some_and(|member| member.reset == Some(counted.id))),
            };
            tips.push((!is_trusted, counted.id));
        }
        tips.sort_unstable();
        tips.into_iter().map(|(_, id)| id).collect()
    }
}

/// One member, while their devices are told.
struct Context<'r> {
    roll: &'r Roll<'r>,
    id: &'r MemberId,
    own: &'r MemberRoll,
    weighed: &'r Weighed,
    additions: BTreeSet<usize>,
    removals: BTreeMap<DeviceId, Vec<usize>>,
    claims: BTreeMap<DeviceId, Vec<Claim>>,
}

impl<'r> Context<'r> {
    fn new(roll: &'r Roll<'_>, id: &'r MemberId, own: &'r MemberRoll, weighed: &'r Weighed) -> Self {
        let mut removals: BTreeMap<DeviceId, Vec<usize>> = BTreeMap::new();
        for number in &weighed.removals {
            if let Act::Remove { device, .. } = roll.at(*number).act {
                removals.entry(device).or_default().push(*number);
            }
        }
        let mut claims: BTreeMap<DeviceId, Vec<Claim>> = BTreeMap::new();
        for claim in weighed.standing.claims.iter() {
            claims.entry(roll.claimed(claim).0).or_default().push(claim);
        }
        let additions = weighed.additions.iter().copied().collect();
        Context { roll, id, own, weighed, additions, removals, claims }
    }

    fn device(&self, device: &DeviceId, added: &Bits) -> DeviceStanding {
        let standing = &self.weighed.standing;
        let claims = self.claims.get(device).map(Vec::as_slice).unwrap_or_default();
        let active = !claims.is_empty() && !standing.left && !standing.is_removed(self.roll, device);
        let admin = |claim: &Claim| self.roll.claimed(*claim).1.admin;
        let (added_by, entry) = self.told(device, added);
        DeviceStanding {
            entry,
            active,
            added_by,
            bounds: self.bounds(device, !claims.is_empty()),
            contested: claims.len() > 1,
            admins: if active { claims.iter().map(admin).collect() } else { BTreeSet::new() },
        }
    }

    /// The addition that is told, and the keys it gives: one that stands before others, roots before devices, then
    /// the lowest hash.
    fn told(&self, device: &DeviceId, added: &Bits) -> (StatementId, DeviceEntry) {
        let reset = self.weighed.standing.reset;
        let rank = |number: usize| {
            let counted = self.roll.at(number);
            let (stands, by_root, claims) = match &counted.act {
                Act::Genesis => (reset.is_none(), true, self.own.genesis.clone()),
                Act::Reset { claims, .. } => (reset == Some(number), true, claims.clone()),
                Act::Add { claim, .. } => {
                    let mut one = Bits::default();
                    one.insert(*claim);
                    (self.additions.contains(&number), false, one)
                }
                Act::Remove { .. } | Act::Leave { .. } => (false, false, Bits::default()),
            };
            let mut entries = claims.iter().map(|claim| self.roll.claimed(claim)).filter(|(id, _)| id == device);
            entries.next().map(|(_, entry)| ((!stands, !by_root, counted.id), *entry))
        };
        let ((_, _, id), entry) = added.iter().filter_map(rank).min().expect("each of these adds this device");
        (id, entry)
    }

    fn bounds(&self, device: &DeviceId, stands: bool) -> DeviceBounds {
        let reset = self.weighed.standing.reset.map(|reset| cut_of(self.roll, reset));
        let admitted = match reset {
            _ if stands => Admitted::Standing,
            Some(cut) if !heads(cut, device).is_empty() => Admitted::ByResetCut,
            _ => Admitted::Once,
        };
        // What stands was named by the RootReset, or came after it: the RootReset ends other logs only.
        let by_reset = reset.filter(|_| !stands);
        let removals = self.removals.get(device).into_iter().flatten().copied();
        let removals = removals.chain(self.own.leaves.iter()).map(|number| cut_of(self.roll, number));
        let mut cuts = BTreeSet::new();
        for cut in by_reset.into_iter().chain(removals) {
            let heads = heads(cut, device);
            if heads.is_empty() {
                // Nothing lies within nothing, whatever the others say.
                cuts = [BTreeSet::new()].into();
                break;
            }
            cuts.insert(heads.iter().copied().collect());
        }
        DeviceBounds { member: *self.id, admitted, cuts }
    }
}

fn cut_of<'r>(roll: &'r Roll<'_>, number: usize) -> &'r [Cut] {
    match &roll.at(number).act {
        Act::Remove { cut, .. } | Act::Leave { cut } | Act::Reset { cut, .. } => cut,
        Act::Genesis | Act::Add { .. } => &[],
    }
}

/// What a cut names for a device; nothing where it names nothing.
fn heads<'r>(cut: &'r [Cut], device: &DeviceId) -> &'r [BatchId] {
    let at = cut.binary_search_by(|entry| entry.device.cmp(device)).ok();
    at.and_then(|at| cut.get(at)).map(|entry| entry.heads.as_slice()).unwrap_or_default()
}
