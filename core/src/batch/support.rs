//! Who stands on which change, found once for all twins of a document: asked for each of them, it would cost the square of
//! what one member can send.

use crate::batch::evidence::Held;
use crate::batch::holders::Changes;
use crate::ids::{ChangeId, DeviceId};
use std::collections::{BTreeMap, BTreeSet};

/// Some of a document's devices, by their numbers.
#[derive(Clone, Debug, Default)]
struct Devices(Vec<u64>);

impl Devices {
    fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0.iter_mut().skip(word).take(1).for_each(|bits| *bits |= 1 << (number % 64));
    }

    fn join(&mut self, other: &Devices) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(bits, more)| *bits |= more);
    }

    fn has(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1)
    }
}

/// The devices whose authorised batches stand on each change that anything names.
pub(super) struct Support {
    devices: Vec<DeviceId>,
    /// By those that name this very change.
    by: BTreeMap<ChangeId, Devices>,
    /// Of each batch, the changes in it that something names, with their places.
    named: Vec<Vec<(u32, ChangeId)>>,
}

impl Support {
    /// `batches` in an order in which each comes after what it stands on.
    pub fn of(batches: &[&Held], changes: &Changes, is_authorised: impl Fn(usize) -> bool) -> Self {
        let devices: BTreeSet<DeviceId> = batches.iter().map(|held| held.facts.device).collect();
        let devices: Vec<DeviceId> = devices.into_iter().collect();
        let deps: BTreeSet<ChangeId> = batches.iter().flat_map(|held| &held.facts.deps).copied().collect();
        let mut support = Support { devices, by: BTreeMap::new(), named: vec![Vec::new(); batches.len()] };
        for dep in &deps {
            for (at, offset) in changes.holders(dep) {
                support.named.iter_mut().skip(at).take(1).for_each(|named| named.push((offset, *dep)));
            }
        }
        // From the last: who stands on a batch is known before what that stands on is looked at.
        for (at, held) in batches.iter().enumerate().rev() {
            let mut standing = support.on((at, 0));
            if is_authorised(at) {
                support.devices.binary_search(&held.facts.device).into_iter().for_each(|own| standing.insert(own));
            }
            for dep in &held.facts.deps {
                support.by.entry(*dep).or_default().join(&standing);
            }
        }
        support
    }

    /// Those that stand on this place of a batch or on a later one: each change of a batch stands on the one before.
    fn on(&self, (at, from): (usize, u32)) -> Devices {
        let mut all = Devices::default();
        let later = self.named.get(at).into_iter().flatten().filter(|(offset, _)| *offset >= from);
        later.filter_map(|(_, change)| self.by.get(change)).for_each(|by| all.join(by));
        all
    }

    /// The devices whose authorised batches stand on a change that lies in these places.
    pub fn on_change(&self, places: impl Iterator<Item = (usize, u32)>) -> impl Iterator<Item = DeviceId> + '_ {
        let mut all = Devices::default();
        places.for_each(|place| all.join(&self.on(place)));
        self.devices.iter().enumerate().filter(move |(number, _)| all.has(*number)).map(|(_, device)| *device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{BatchFacts, Body, Payloads};
    use crate::ids::{ActorKey, BatchId, DocId};
    use proptest::prelude::*;

    struct Nothing;
    impl Payloads for Nothing {
        fn body(&self, _: &BatchId) -> Option<Body> {
            None
        }
    }

    fn change(of: usize) -> ChangeId {
        ChangeId([u8::try_from(of).unwrap(); 32])
    }

    /// A batch of one change; some stand on the same change, and some hold one that another holds too.
    fn held(at: usize, device: u8, holds: usize, deps: &BTreeSet<usize>) -> Held {
        let facts = BatchFacts {
            id: BatchId([u8::try_from(at).unwrap(); 32]),
            device: DeviceId([device; 32]),
            actor: ActorKey([device; 16]),
            first_seq: 1,
            count: 1,
            start_op: at as u64 + 1,
            max_op: at as u64 + 1,
            deps: deps.iter().map(|dep| change(*dep)).collect(),
            first: Some(change(holds)),
            last: Some(change(holds)),
            births: false,
        };
        Held { doc: DocId([1; 32]), adopts: Vec::new(), again_of: None, facts }
    }

    /// As it is defined: everything that stands on a change, directly or through others, one after the other.
    fn naive(all: &[&Held], authorised: &[bool], on: &ChangeId) -> BTreeSet<DeviceId> {
        let (mut reached, mut devices) = (BTreeSet::from([*on]), BTreeSet::new());
        for (held, counts) in all.iter().zip(authorised) {
            if held.facts.deps.iter().any(|dep| reached.contains(dep)) {
                reached.extend(held.facts.last);
                devices.extend(counts.then_some(held.facts.device));
            }
        }
        devices
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn it_is_what_is_found_one_after_the_other(
            drawn in proptest::collection::vec((0u8..70, any::<bool>(), 0u8..8, proptest::collection::vec(any::<u8>(), 0..3)), 1..60)
        ) {
            let mut holds: Vec<usize> = Vec::new();
            let mut all = Vec::new();
            for (at, (device, _, again, deps)) in drawn.iter().enumerate() {
                let deps: BTreeSet<usize> = match at {
                    0 => BTreeSet::new(),
                    _ => deps.iter().map(|dep| holds[usize::from(*dep) % at]).collect(),
                };
                // One change in two batches stands on the same.
                let twice = at.checked_sub(1).filter(|_| *again == 0);
                holds.push(twice.map_or(at, |before| holds[before]));
                all.push(match twice {
                    Some(before) => Held { facts: BatchFacts { id: BatchId([u8::try_from(at).unwrap(); 32]), ..all_facts(&all, before) }, ..held(at, *device, at, &deps) },
                    None => held(at, *device, at, &deps),
                });
            }
            let all: Vec<&Held> = all.iter().collect();
            let authorised: Vec<bool> = drawn.iter().map(|(_, counts, ..)| *counts).collect();
            let changes = Changes::of(&all, &BTreeSet::new(), &Nothing);
            let support = Support::of(&all, &changes, |at| authorised[at]);
            for at in holds.iter().collect::<BTreeSet<_>>() {
                let found: BTreeSet<DeviceId> = support.on_change(changes.holders(&change(*at))).collect();
                prop_assert_eq!(found, naive(&all, &authorised, &change(*at)));
            }
        }
    }

    fn all_facts(all: &[Held], at: usize) -> BatchFacts {
        all[at].facts.clone()
    }
}
