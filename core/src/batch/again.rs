//! What counts where some batches make others again: the last layer of acceptance (protocol.md §5).
//!
//! A batch made again is out while the first is in. Each is decided as soon as what it hangs on is, and then looked at never
//! again: what is not decided in the end hangs on itself in a lying circle, and does not count (the well-founded model; the
//! changes that a batch stands on never stand on it). To narrow what may count round by round would cost the square of a row
//! in which each makes the next one again.

use crate::batch::evidence::Held;
use crate::batch::holders::Changes;
use crate::ids::{BatchId, ChangeId};
use std::collections::{BTreeMap, BTreeSet};

/// A change that something stands on.
#[derive(Default)]
struct Ground {
    /// Batches that hold it and are not decided.
    open: usize,
    is_in: bool,
    named_by: Vec<usize>,
}

/// What is known of a document's batches so far.
pub(super) struct Again<'a> {
    decided: Vec<Option<bool>>,
    grounds: BTreeMap<ChangeId, Ground>,
    /// Of each batch: the grounds that lie in it.
    in_batch: Vec<Vec<ChangeId>>,
    /// Of each batch: how many of the changes it stands on are not in yet.
    missing: Vec<usize>,
    /// Of each batch: whether what it makes again is not decided.
    waits: Vec<bool>,
    again_by: BTreeMap<usize, Vec<usize>>,
    /// Decided, and nobody was told.
    news: Vec<usize>,
    batches: &'a [&'a Held],
}

impl<'a> Again<'a> {
    /// `limit` says how many changes of a batch can be in: all but where a twin was lost.
    pub fn of(
        batches: &'a [&'a Held],
        changes: &Changes,
        seeds: &BTreeSet<ChangeId>,
        limit: impl Fn(usize) -> u32,
    ) -> Self {
        let index: BTreeMap<BatchId, usize> =
            batches.iter().enumerate().map(|(at, held)| (held.facts.id, at)).collect();
        let count = batches.len();
        let mut all = Again {
            decided: vec![None; count],
            grounds: BTreeMap::new(),
            in_batch: vec![Vec::new(); count],
            missing: Vec::with_capacity(count),
            waits: Vec::with_capacity(count),
            again_by: BTreeMap::new(),
            news: Vec::new(),
            batches,
        };
        for (at, held) in batches.iter().enumerate() {
            let deps = held.facts.deps.iter().filter(|dep| !seeds.contains(dep));
            let mut missing = 0;
            for dep in deps {
                all.grounds.entry(*dep).or_default().named_by.push(at);
                missing += 1;
            }
            all.missing.push(missing);
            // One that lost a change to a twin is never in as a whole, so what makes it again waits for nothing.
            let whole = |first: &usize| batches.get(*first).is_some_and(|held| limit(*first) == held.facts.count);
            let first = held.again_of.and_then(|of| index.get(&of).copied()).filter(whole);
            first.into_iter().for_each(|first| all.again_by.entry(first).or_default().push(at));
            all.waits.push(first.is_some());
        }
        for (change, ground) in &mut all.grounds {
            for (at, _) in changes.holders(change).filter(|(at, offset)| limit(*at) > *offset) {
                ground.open += 1;
                all.in_batch.iter_mut().skip(at).take(1).for_each(|named| named.push(*change));
            }
        }
        all
    }

    /// Which batches are in, where those that do not count at all are out.
    pub fn decide(mut self, counts: impl Fn(usize) -> bool) -> Vec<bool> {
        let nowhere = self.grounds.values().filter(|ground| ground.open == 0).flat_map(|ground| &ground.named_by);
        let nowhere: Vec<usize> = nowhere.copied().chain((0..self.batches.len()).filter(|at| !counts(*at))).collect();
        nowhere.into_iter().for_each(|at| self.put(at, false));
        (0..self.batches.len()).for_each(|at| self.put_in_if_ready(at));
        while let Some(at) = self.news.pop() {
            let is_in = self.decided.get(at).copied().flatten() == Some(true);
            for change in self.in_batch.get_mut(at).map(std::mem::take).unwrap_or_default() {
                self.tell_those_on(&change, is_in);
            }
            for by in self.again_by.remove(&at).unwrap_or_default() {
                if is_in {
                    self.put(by, false);
                } else {
                    self.waits.iter_mut().skip(by).take(1).for_each(|waits| *waits = false);
                    self.put_in_if_ready(by);
                }
            }
        }
        self.decided.into_iter().map(|decided| decided == Some(true)).collect()
    }

    fn tell_those_on(&mut self, change: &ChangeId, is_in: bool) {
        let Some(ground) = self.grounds.get_mut(change) else { return };
        ground.open -= 1;
        if ground.is_in || !is_in && ground.open > 0 {
            return;
        }
        ground.is_in = is_in;
        for by in std::mem::take(&mut ground.named_by) {
            if is_in {
                self.missing.iter_mut().skip(by).take(1).for_each(|missing| *missing -= 1);
                self.put_in_if_ready(by);
            } else {
                self.put(by, false);
            }
        }
    }

    fn put(&mut self, at: usize, is_in: bool) {
        if let Some(decided @ None) = self.decided.get_mut(at) {
            *decided = Some(is_in);
            self.news.push(at);
        }
    }

    fn put_in_if_ready(&mut self, at: usize) {
        if self.missing.get(at) == Some(&0) && self.waits.get(at) == Some(&false) {
            self.put(at, true);
        }
    }
}
