//! Which batch of a document holds which change, opening as few as possible.

use crate::batch::chunk::Chunk;
use crate::batch::evidence::Held;
use crate::batch::past::Payloads;
use crate::ids::{ActorKey, ChangeId};
use std::collections::{BTreeMap, BTreeSet};

/// Which batch holds which change.
pub(super) struct Changes {
    /// Last changes, and all changes of what is opened.
    held: BTreeMap<ChangeId, BTreeSet<(usize, u32)>>,
    /// The hashes of batches whose numbers another batch of their actor shares.
    pub opened: BTreeMap<usize, Vec<ChangeId>>,
}

impl Changes {
    pub fn of(batches: &[&Held], seeds: &BTreeSet<ChangeId>, payloads: &dyn Payloads) -> Self {
        let mut changes = Changes { held: BTreeMap::new(), opened: BTreeMap::new() };
        for (at, held) in batches.iter().enumerate() {
            if let Some(last) = held.facts.last {
                changes.held.entry(last).or_default().insert((at, held.facts.count.saturating_sub(1)));
            }
            if let Some(first) = held.facts.first {
                changes.held.entry(first).or_default().insert((at, 0));
            }
        }
        for at in overlapping(batches) {
            changes.open(at, batches, payloads);
        }
        changes.open_middles(batches, seeds, payloads);
        changes
    }

    fn open(&mut self, at: usize, batches: &[&Held], payloads: &dyn Payloads) {
        let Some(facts) = batches.get(at).map(|held| &held.facts) else { return };
        if self.opened.contains_key(&at) {
            return;
        }
        let hashes: Vec<ChangeId> = match (facts.count, facts.first, facts.last) {
            (1, Some(first), _) => vec![first],
            (2, Some(first), Some(last)) => vec![first, last],
            _ => payloads.body(&facts.id).iter().flat_map(|body| body.changes.iter().map(Chunk::id)).collect(),
        };
        for (change, offset) in hashes.iter().zip(0u32..) {
            self.held.entry(*change).or_default().insert((at, offset));
        }
        self.opened.insert(at, hashes);
    }

    /// Only what no honest device writes depends on the middle of a batch: then those are opened that may hold it. One that
    /// is not there at all, since what held it was refused, is looked for again each time, so not everywhere.
    fn open_middles(&mut self, batches: &[&Held], seeds: &BTreeSet<ChangeId>, payloads: &dyn Payloads) {
        let mut middles = Middles::default();
        for held in batches {
            let unknown = |dep: &&ChangeId| !self.held.contains_key(*dep) && !seeds.contains(*dep);
            if held.facts.deps.iter().any(|dep| unknown(&dep)) {
                middles.add(held);
            }
        }
        if !middles.is_empty() {
            let may = batches.iter().enumerate().filter(|(_, held)| held.facts.count > 2 && middles.may_lie_in(held));
            may.for_each(|(at, _)| self.open(at, batches, payloads));
        }
    }

    /// Where a change stands: indices of batches, and its place in each.
    pub fn holders(&self, change: &ChangeId) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.held.get(change).into_iter().flatten().copied()
    }
}

/// Where the changes may lie that something stands on and that are neither first nor last in a batch.
#[derive(Default)]
struct Middles {
    /// The last operations of such changes: what stands on one change alone begins with the operation after it (gate, step 7).
    ends: BTreeSet<u64>,
    /// All of them lie before this operation, where that is all that is known.
    before: u64,
}

impl Middles {
    fn add(&mut self, held: &Held) {
        let start = held.facts.start_op;
        if held.facts.deps.len() == 1 {
            self.ends.insert(start.saturating_sub(1));
        } else {
            self.before = self.before.max(start);
        }
    }

    fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.before == 0
    }

    fn may_lie_in(&self, held: &Held) -> bool {
        let facts = &held.facts;
        facts.start_op < self.before
            || self.ends.range(facts.start_op..facts.max_op.max(facts.start_op)).next().is_some()
    }
}

/// Batches that share a number with another batch of the same actor.
fn overlapping(batches: &[&Held]) -> BTreeSet<usize> {
    let mut spans: Vec<_> = batches
        .iter()
        .enumerate()
        .filter(|(_, held)| held.facts.count > 0)
        .map(|(at, held)| (held.facts.actor, held.facts.first_seq, held.facts.last_seq(), at))
        .collect();
    spans.sort();
    let mut found = BTreeSet::new();
    let mut furthest: Option<(ActorKey, u64, usize)> = None;
    for (actor, first, last, at) in spans {
        let before = furthest.filter(|(other, ..)| *other == actor);
        if let Some((_, end, other)) = before
            && first <= end
        {
            found.extend([other, at]);
        }
        if before.is_none_or(|(_, end, _)| last > end) {
            furthest = Some((actor, last, at));
        }
    }
    found
}
