//! Who stands on which change, found once for all twins of a document: asked for each of them, it would cost the square of
//! what one member can send.

use crate::batch::acceptance::Held;
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
