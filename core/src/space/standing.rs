//! How a member stands by some of the statements about them: the rules of protocol.md §3, "Evaluation".

use super::bits::Bits;
use super::roll::{Act, Claim, Counted, Roll};
use crate::ids::{DeviceId, MemberId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How a member stands after a set of statements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// The RootReset that stands.
    pub reset: Option<usize>,
    /// A Leave stands.
    pub left: bool,
    /// Devices with an addition that stands, by the keys it gives them.
    pub claims: Bits,
    /// Devices with a removal that stands, by [`Roll::first_claim`].
    removed: Bits,
}

impl Standing {
    /// Whether a removal of the device stands.
    pub fn is_removed(&self, roll: &Roll<'_>, device: &DeviceId) -> bool {
        roll.first_claim(device).is_some_and(|first| self.removed.contains(first))
    }
    /// The claims that count.
    pub fn active<'r>(&'r self, roll: &'r Roll<'_>) -> impl Iterator<Item = Claim> + 'r {
        self.claims.iter().filter(|claim| self.counts(roll, *claim))
    }
    fn counts(&self, roll: &Roll<'_>, claim: Claim) -> bool {
        !self.left && !self.removed.contains(roll.first_of(claim))
    }
    /// The claims that count and have this admin key.
    pub fn signers(&self, roll: &Roll<'_>, admin_pk: &[u8; 32]) -> Bits {
        let mut signers = Bits::default();
        if let Some((with_key, _)) = roll.admins.get(admin_pk) {
            let with_key = self.claims.both(with_key);
            with_key.iter().filter(|claim| self.counts(roll, *claim)).for_each(|claim| signers.insert(claim));
        }
        signers
    }
    /// How many devices count.
    pub fn device_count(&self, roll: &Roll<'_>) -> usize {
        self.active(roll).map(|claim| roll.first_of(claim)).collect::<BTreeSet<_>>().len()
    }
}

/// A standing, and the statements that make it.
#[derive(Default)]
pub(super) struct Weighed {
    pub standing: Standing,
    /// DeviceAdds that stand.
    pub additions: Vec<usize>,
    /// DeviceRemoves that stand.
    pub removals: Vec<usize>,
}

impl Roll<'_> {
    /// How a member stood in a past. Nobody in particular for one who is no member.
    pub fn standing(&mut self, member: &MemberId, past: &Bits) -> Rc<Standing> {
        let Some(roll) = self.members.get(member) else { return Rc::default() };
        let key = (*member, roll.about.both(past));
        if let Some(known) = self.memo.get(&key) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.weigh(member, &key.1).standing);
        self.memo.insert(key, Rc::clone(&found));
        found
    }

    /// The RootReset that stands among these: of those that no other is later than, the one with the lowest hash.
    fn standing_reset(&self, resets: &Bits) -> Option<usize> {
        let mut earlier = Bits::default();
        let mut latest = Vec::new();
        // What is later has a higher number.
        for number in resets.iter().rev() {
            if !earlier.contains(number) {
                earlier.join(&self.at(number).past);
                latest.push(number);
            }
        }
        latest.into_iter().min_by_key(|number| self.at(*number).id)
    }

    /// Evaluates a member by these statements about them.
    pub fn weigh(&self, member: &MemberId, about: &Bits) -> Weighed {
        let Some(roll) = self.members.get(member) else { return Weighed::default() };
        let reset = self.standing_reset(&roll.resets.both(about));
        let counts = |number: &usize| reset.is_none_or(|reset| self.at(*number).past.contains(reset));
        let mut removals = Vec::new();
        // What each removed device's removals all know of; and what each claim signed.
        let mut known: BTreeMap<DeviceId, Bits> = BTreeMap::new();
        let mut signed: BTreeMap<Claim, Vec<usize>> = BTreeMap::new();
        for number in about.iter().filter(counts) {
            let counted = self.at(number);
            match &counted.act {
                Act::Remove { device, .. } => {
                    removals.push(number);
                    let all = known.entry(*device).or_insert_with(|| counted.past.clone());
                    *all = all.both(&counted.past);
                }
                Act::Add { signers, .. } => {
                    signers.iter().for_each(|signer| signed.entry(signer).or_default().push(number));
                }
                Act::Genesis | Act::Leave { .. } | Act::Reset { .. } => {}
            }
        }
        let base = match reset.map(|reset| &self.at(reset).act) {
            Some(Act::Reset { claims, .. }) => claims.clone(),
            _ => roll.genesis.clone(),
        };
        let (claims, additions) = self.reach(base, &signed, &known);
        let left = roll.leaves.meets(about);
        let mut removed = Bits::default();
        known.keys().filter_map(|device| self.first_claim(device)).for_each(|first| removed.insert(first));
        Weighed { standing: Standing { reset, left, claims, removed }, additions, removals }
    }

    /// From the devices that stand by themselves to those that they added, and on: least, so that two that name
    /// each other do not hold each other up.
    fn reach(
        &self,
        base: Bits,
        signed: &BTreeMap<Claim, Vec<usize>>,
        known: &BTreeMap<DeviceId, Bits>,
    ) -> (Bits, Vec<usize>) {
        let mut open: Vec<Claim> = base.iter().collect();
        let (mut claims, mut additions) = (base, BTreeSet::new());
        while let Some(signer) = open.pop() {
            let known = known.get(&self.claimed(signer).0);
            for number in signed.get(&signer).into_iter().flatten() {
                // A removal of the signer that does not know of the addition voids it.
                if known.is_some_and(|known| !known.contains(*number)) || !additions.insert(*number) {
                    continue;
                }
                let Act::Add { claim, .. } = self.at(*number).act else { continue };
                if !claims.contains(claim) {
                    claims.insert(claim);
                    open.push(claim);
                }
            }
        }
        (claims, additions.into_iter().collect())
    }

    /// How those stand whom a statement is about, right after it; where that follows at once from how they stood
    /// before it. It knows of everything there, so nothing is concurrent with it.
    pub fn after(&self, counted: &Counted<'_>, number: usize) -> Vec<((MemberId, Bits), Rc<Standing>)> {
        let mut found = Vec::new();
        for member in &counted.about {
            let Some(roll) = self.members.get(member) else { continue };
            let mut key = (*member, roll.about.both(&counted.past));
            let before = self.memo.get(&key);
            let after = match (&counted.act, before) {
                (Act::Reset { claims, .. }, _) => {
                    let left = roll.leaves.meets(&key.1);
                    Some(Standing { reset: Some(number), left, claims: claims.clone(), removed: Bits::default() })
                }
                (Act::Leave { .. }, Some(before)) => Some(Standing { left: true, ..Standing::clone(before) }),
                (Act::Remove { device, .. }, Some(before)) => {
                    let mut after = Standing::clone(before);
                    self.first_claim(device).into_iter().for_each(|first| after.removed.insert(first));
                    Some(after)
                }
                (Act::Add { claim, .. }, Some(before)) => {
                    let earlier = roll.additions.get(&self.claimed(*claim).0);
                    // A device that was there before may have added others, which stand again with it.
                    let is_new = earlier.is_none_or(|earlier| !earlier.meets(&counted.past));
                    is_new.then(|| {
                        let mut after = Standing::clone(before);
                        after.claims.insert(*claim);
                        after
                    })
                }
                _ => None,
            };
            key.1.insert(number);
            found.extend(after.map(|after| (key, Rc::new(after))));
        }
        found
    }
}
