//! One document through the layers of acceptance (protocol.md §5): vouched, twins, accepted.

use crate::batch::accepted::{Acceptance, AcceptedBatch, Reason};
use crate::batch::again::Again;
use crate::batch::evidence::{Adoption, DocumentRules, Evidence, Held};
use crate::batch::holders::Changes;
use crate::batch::support::Support;
use crate::ids::{ActorKey, BatchId, ChangeId, DeviceId, DocId, MemberId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// One document on its way through the layers.
pub(super) struct Document<'a> {
    input: &'a Evidence<'a>,
    rules: &'a DocumentRules,
    /// In an order in which every batch comes after what it depends on.
    batches: Vec<&'a Held>,
    index: BTreeMap<BatchId, usize>,
    changes: Changes,
    authorised: BTreeSet<usize>,
    vouched: BTreeSet<usize>,
    /// Of batches that lost a twin: how many changes are before it.
    limits: BTreeMap<usize, u32>,
}

impl<'a> Document<'a> {
    pub(super) fn new(
        input: &'a Evidence<'a>,
        rules: &'a DocumentRules,
        batches: BTreeMap<BatchId, &'a Held>,
        authorised: &BTreeSet<BatchId>,
        adopted: &[Adoption],
    ) -> Self {
        let mut batches: Vec<_> = batches.into_values().collect();
        // Operations are counted upwards along dependencies (gate, step 7), so this order is causal.
        batches.sort_by_key(|held| (held.facts.start_op, held.facts.id));
        let index: BTreeMap<_, _> = batches.iter().enumerate().map(|(at, held)| (held.facts.id, at)).collect();
        let changes = Changes::of(&batches, &rules.seeds, input.payloads);
        let own = index.iter().filter(|(id, _)| authorised.contains(id)).map(|(_, at)| *at).collect();
        let mut document = Document {
            input,
            rules,
            batches,
            index,
            changes,
            authorised: own,
            vouched: BTreeSet::new(),
            limits: BTreeMap::new(),
        };
        document.vouch(adopted);
        document
    }

    /// The second layer: what authorised batches stand on or take over.
    fn vouch(&mut self, adopted: &[Adoption]) {
        let adopted = adopted.iter().filter(|adoption| self.rules.admits(&adoption.by));
        let named = adopted.filter_map(|adoption| self.index.get(&adoption.batch).copied());
        let mut open: Vec<usize> = self.authorised.iter().copied().chain(named).collect();
        let (mut seen, mut named) = (BTreeSet::new(), BTreeSet::new());
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            let Some(held) = self.batches.get(at) else { continue };
            // Being in `devices` says that it was added once. A word to forget is vouched for by nobody: another who may
            // write there would speak for the owner.
            if !self.authorised.contains(&at) && self.input.may_write(held) && !held.only_asks() {
                self.vouched.insert(at);
            }
            // Many may stand on one change that lies in many batches: each is gone through once.
            let new = held.facts.deps.iter().filter(|dep| named.insert(**dep));
            open.extend(new.flat_map(|dep| self.changes.holders(dep)).map(|(at, _)| at));
        }
    }

    fn counts(&self, at: usize) -> bool {
        self.authorised.contains(&at) || self.vouched.contains(&at)
    }

    /// The third layer: of two changes with one number, the one stays on which more others stand.
    fn settle_twins(&mut self, out: &mut Acceptance) {
        let mut numbers: BTreeMap<(ActorKey, u64), BTreeSet<ChangeId>> = BTreeMap::new();
        for (at, hashes) in self.changes.opened.iter().filter(|(at, _)| self.counts(**at)) {
            let Some(held) = self.batches.get(*at) else { continue };
            for (change, seq) in hashes.iter().zip(held.facts.first_seq..) {
                numbers.entry((held.facts.actor, seq)).or_default().insert(*change);
            }
        }
        numbers.retain(|_, changes| changes.len() > 1);
        if numbers.is_empty() {
            return;
        }
        let support = Support::of(&self.batches, &self.changes, |at| self.authorised.contains(&at));
        for changes in numbers.into_values() {
            let stays =
                changes.iter().max_by_key(|change| (self.support(&support, change), Reverse(**change))).copied();
            for lost in changes.iter().filter(|change| Some(**change) != stays) {
                for (at, offset) in self.changes.holders(lost) {
                    let limit = self.limits.entry(at).or_insert(offset);
                    *limit = (*limit).min(offset);
                    out.twins.extend(self.batches.get(at).map(|held| held.facts.device));
                }
            }
        }
    }

    /// How many members other than the author's, and other devices, stand on a change with authorised batches.
    fn support(&self, on: &Support, change: &ChangeId) -> (usize, usize) {
        let author = self.changes.holders(change).next().and_then(|(at, _)| self.batches.get(at));
        let author = author.map(|held| held.facts.device);
        let member = |device: &DeviceId| self.input.devices.get(device).map(|standing| standing.member);
        let author_member = author.as_ref().and_then(member);
        let mut devices: BTreeSet<DeviceId> = on.on_change(self.changes.holders(change)).collect();
        devices.retain(|device| Some(*device) != author);
        let members: BTreeSet<MemberId> = devices.iter().filter_map(member).collect();
        (members.iter().filter(|member| Some(**member) != author_member).count(), devices.len())
    }

    /// How many changes of each batch are in, `None` for those that are out, where a batch made again is out
    /// if the first is in `first_in`: one pass in causal order.
    fn closure(&self, first_in: &BTreeSet<BatchId>) -> Vec<Option<u32>> {
        let mut taken: Vec<Option<u32>> = Vec::with_capacity(self.batches.len());
        let mut shared: BTreeMap<ChangeId, bool> = BTreeMap::new();
        for (at, held) in self.batches.iter().enumerate() {
            let again = held.again_of.is_some_and(|of| first_in.contains(&of));
            let in_batch = |(on, offset): (usize, u32)| taken.get(on).copied().flatten() > Some(offset);
            let mut is_in = |dep: &ChangeId| {
                if self.rules.seeds.contains(dep) {
                    return true;
                }
                // Many may hold a change that many name: they are gone through once. All of them come before these.
                let look = || self.changes.holders(dep).any(in_batch);
                match self.changes.holders(dep).nth(1) {
                    Some(_) => *shared.entry(*dep).or_insert_with(look),
                    None => look(),
                }
            };
            let stands = held.facts.deps.iter().all(&mut is_in);
            let limit = self.limits.get(&at).copied().unwrap_or(held.facts.count);
            taken.push((self.counts(at) && !again && stands).then_some(limit));
        }
        taken
    }

    /// The batches of which everything is in.
    fn whole(&self, taken: &[Option<u32>]) -> BTreeSet<BatchId> {
        let all = self.batches.iter().zip(taken);
        all.filter(|(held, count)| **count == Some(held.facts.count)).map(|(held, _)| held.facts.id).collect()
    }

    /// The fourth layer. A batch made again is out while the first is in.
    fn least(&self) -> Vec<Option<u32>> {
        if self.batches.iter().all(|held| held.again_of.is_none()) {
            return self.closure(&BTreeSet::new());
        }
        let limit = |at: usize| {
            let count = self.batches.get(at).map_or(0, |held| held.facts.count);
            self.limits.get(&at).copied().unwrap_or(count)
        };
        let again = Again::of(&self.batches, &self.changes, &self.rules.seeds, limit);
        let is_in = again.decide(|at| self.counts(at));
        let taken: Vec<_> = is_in.iter().enumerate().map(|(at, is_in)| is_in.then(|| limit(at))).collect();
        #[cfg(test)]
        assert!(taken == self.narrowed(), "what is decided at once is not what is narrowed round by round");
        taken
    }

    /// [`Document::least`] as it is defined: what is certainly in and what is possibly in are narrowed until they stay.
    #[cfg(test)]
    fn narrowed(&self) -> Vec<Option<u32>> {
        let mut certain = BTreeSet::new();
        loop {
            let taken = self.closure(&self.whole(&self.closure(&certain)));
            let next = self.whole(&taken);
            if next == certain {
                return taken;
            }
            certain = next;
        }
    }

    /// Decides it.
    pub(super) fn decide(mut self, doc: DocId, out: &mut Acceptance) {
        self.settle_twins(out);
        let taken = self.least();
        let whole = self.whole(&taken);
        let mut accepted = Vec::new();
        for ((at, held), changes) in self.batches.iter().enumerate().zip(&taken) {
            let id = held.facts.id;
            if let Some(changes) = changes.filter(|changes| *changes > 0 || whole.contains(&id)) {
                accepted.push(AcceptedBatch { id, changes, vouched: self.vouched.contains(&at) });
            }
            if let Some(reason) = self.reason(at, held, *changes, &whole) {
                out.others.insert(id, reason);
            }
        }
        out.accepted.insert(doc, accepted);
    }

    fn reason(&self, at: usize, held: &Held, taken: Option<u32>, whole: &BTreeSet<BatchId>) -> Option<Reason> {
        if self.input.standing(held).is_none() {
            return Some(Reason::UnknownDevice);
        }
        if !self.input.may_write(held) {
            return Some(Reason::NotAWriter);
        }
        if !self.counts(at) {
            return Some(Reason::OutsideCut);
        }
        if whole.contains(&held.facts.id) {
            return None;
        }
        if held.again_of.is_some_and(|of| whole.contains(&of)) {
            return Some(Reason::AgainOf);
        }
        Some(if taken.is_some() { Reason::LostTwin } else { Reason::DependsOnUnaccepted })
    }
}
