//! A causal past: for every actor in it, the furthest change.
//!
//! One is kept with every batch of a document, and a document may have as many actors as batches. So pasts are trees that
//! share with each other what they have in common, and two that were joined before are not joined again: a log in which
//! every batch is an actor of its own costs hardly more than it is long.

use crate::batch::ops::ActorIx;
use std::collections::HashMap;
use std::sync::Arc;

const BITS: u32 = 4;
const WIDTH: usize = 1 << BITS;
/// Joins remembered before all are forgotten: some ten MB at most.
const JOINS_KEPT: usize = 16_384;

/// A change: its line, and its sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub seq: u64,
}

/// For every actor in a past, the furthest change. A copy costs nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    root: Option<Arc<Branch>>,
    /// Levels of branches above the spots.
    height: u32,
}

#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "each lies behind a pointer of its own, and most hold spots")]
enum Branch {
    Spots([Option<Spot>; WIDTH]),
    Branches([Option<Arc<Branch>>; WIDTH]),
}

fn place(actor: ActorIx, level: u32) -> usize {
    (actor >> (BITS * level)) as usize % WIDTH
}

impl Clock {
    fn fits(&self, actor: ActorIx) -> bool {
        u64::from(actor) >> (BITS * (self.height + 1)) == 0
    }

    /// The furthest change of an actor in this past.
    pub fn get(&self, actor: ActorIx) -> Option<Spot> {
        let mut branch = self.root.as_ref().filter(|_| self.fits(actor))?;
        for level in (0..=self.height).rev() {
            match branch.as_ref() {
                Branch::Spots(spots) => return *spots.get(place(actor, level))?,
                Branch::Branches(below) => branch = below.get(place(actor, level))?.as_ref()?,
            }
        }
        None
    }

    /// Says how far an actor got.
    pub fn set(&mut self, actor: ActorIx, spot: Option<Spot>) {
        while !self.fits(actor) {
            self.rise();
        }
        self.root = Some(Arc::new(with(self.root.as_deref(), self.height, actor, spot)));
    }

    fn rise(&mut self) {
        if let Some(root) = self.root.take() {
            let mut below: [Option<Arc<Branch>>; WIDTH] = Default::default();
            if let Some(first) = below.first_mut() {
                *first = Some(root);
            }
            self.root = Some(Arc::new(Branch::Branches(below)));
        }
        self.height += 1;
    }

    fn risen(mut self, height: u32) -> Self {
        while self.height < height {
            self.rise();
        }
        self
    }
}

fn with(branch: Option<&Branch>, level: u32, actor: ActorIx, spot: Option<Spot>) -> Branch {
    let at = place(actor, level);
    if level == 0 {
        let mut spots = if let Some(Branch::Spots(spots)) = branch { *spots } else { [None; WIDTH] };
        spots.iter_mut().skip(at).take(1).for_each(|slot| *slot = spot);
        return Branch::Spots(spots);
    }
    let mut below = if let Some(Branch::Branches(below)) = branch { below.clone() } else { Default::default() };
    for slot in below.iter_mut().skip(at).take(1) {
        *slot = Some(Arc::new(with(slot.as_deref(), level - 1, actor, spot)));
    }
    Branch::Branches(below)
}

/// Joins pasts, and remembers what parts of them came to.
#[derive(Debug, Default)]
pub(super) struct Joins {
    /// By where the two lie, which they do as long as they are kept here.
    known: HashMap<(usize, usize), [Arc<Branch>; 3]>,
    #[cfg(test)]
    pub(super) visited: usize,
}

/// Of two changes of one actor the further one; `None` where neither follows the other.
type Further<'f> = &'f dyn Fn(Spot, Spot) -> Option<Spot>;

impl Joins {
    /// All that is in either past; `None` where the two hold different changes of one actor with one number.
    pub fn join(&mut self, one: &Clock, other: &Clock, further: Further<'_>) -> Option<Clock> {
        let height = one.height.max(other.height);
        let (one, other) = (one.clone().risen(height), other.clone().risen(height));
        Some(Clock { root: self.roots(one.root.as_ref(), other.root.as_ref(), further)?, height })
    }

    /// The outer `None` is a refusal, the inner one an empty past.
    #[allow(clippy::option_option, reason = "whether there is an answer, and the answer")]
    fn roots(
        &mut self,
        one: Option<&Arc<Branch>>,
        other: Option<&Arc<Branch>>,
        further: Further<'_>,
    ) -> Option<Option<Arc<Branch>>> {
        match (one, other) {
            (Some(one), Some(other)) => self.branches(one, other, further).map(Some),
            (one, other) => Some(one.or(other).cloned()),
        }
    }

    fn branches(&mut self, one: &Arc<Branch>, other: &Arc<Branch>, further: Further<'_>) -> Option<Arc<Branch>> {
        if Arc::ptr_eq(one, other) {
            return Some(Arc::clone(one));
        }
        let key = (Arc::as_ptr(one).addr(), Arc::as_ptr(other).addr());
        if let Some([.., joined]) = self.known.get(&key) {
            return Some(Arc::clone(joined));
        }
        #[cfg(test)]
        {
            self.visited += 1;
        }
        let joined = match (one.as_ref(), other.as_ref()) {
            (Branch::Spots(mine), Branch::Spots(theirs)) => {
                let mut all = *mine;
                for (slot, theirs) in all.iter_mut().zip(theirs) {
                    *slot = match (*slot, *theirs) {
                        (Some(mine), Some(theirs)) => Some(further(mine, theirs)?),
                        (mine, theirs) => mine.or(theirs),
                    };
                }
                if all == *mine { Arc::clone(one) } else { Arc::new(Branch::Spots(all)) }
            }
            (Branch::Branches(mine), Branch::Branches(theirs)) => {
                let mut all = mine.clone();
                let mut is_mine = true;
                for (slot, theirs) in all.iter_mut().zip(theirs) {
                    let joined = self.roots(slot.as_ref(), theirs.as_ref(), further)?;
                    is_mine &= slot.as_ref().map(Arc::as_ptr) == joined.as_ref().map(Arc::as_ptr);
                    *slot = joined;
                }
                if is_mine { Arc::clone(one) } else { Arc::new(Branch::Branches(all)) }
            }
            // Both are equally high, so this cannot be.
            _ => return None,
        };
        if self.known.len() >= JOINS_KEPT {
            self.known.clear();
        }
        self.known.insert(key, [Arc::clone(one), Arc::clone(other), Arc::clone(&joined)]);
        Some(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::tests::Dice;
    use std::collections::{BTreeMap, BTreeSet};

    /// On one line, whoever has the higher number is further.
    fn later(one: Spot, other: Spot) -> Option<Spot> {
        Some(one.max(other))
    }

    fn at(seq: u64) -> Option<Spot> {
        Some(Spot { line: 0, seq })
    }

    /// The branches that are reached from these pasts, each once.
    fn held(clocks: &[Clock]) -> usize {
        fn see(branch: &Arc<Branch>, seen: &mut BTreeSet<usize>) {
            if seen.insert(Arc::as_ptr(branch).addr())
                && let Branch::Branches(below) = branch.as_ref()
            {
                below.iter().flatten().for_each(|branch| see(branch, seen));
            }
        }
        let mut seen = BTreeSet::new();
        clocks.iter().filter_map(|clock| clock.root.as_ref()).for_each(|root| see(root, &mut seen));
        seen.len()
    }

    #[test]
    fn a_past_says_what_a_map_says() {
        for seed in 0..40 {
            let dice = &mut Dice(seed);
            let actors = [3, 20, 300, 70_000][dice.below(4)];
            let mut all: Vec<(Clock, BTreeMap<ActorIx, u64>)> = vec![Default::default()];
            let joins = &mut Joins::default();
            for _ in 0..200 {
                let (mut clock, mut map) = all[dice.below(all.len())].clone();
                let actor = ActorIx::try_from(dice.below(actors)).unwrap();
                match dice.below(5) {
                    0 => {
                        let (with, theirs) = &all[dice.below(all.len())];
                        clock = joins.join(&clock, with, &later).unwrap();
                        for (actor, seq) in theirs {
                            let furthest = map.entry(*actor).or_default();
                            *furthest = (*furthest).max(*seq);
                        }
                    }
                    1 => {
                        clock.set(actor, None);
                        map.remove(&actor);
                    }
                    _ => {
                        let seq = dice.below(9) as u64;
                        clock.set(actor, at(seq));
                        map.insert(actor, seq);
                    }
                }
                for actor in map.keys().copied().chain([actor, 0, 15, 16, 255, 256, 80_000, ActorIx::MAX]) {
                    assert_eq!(clock.get(actor).map(|spot| spot.seq), map.get(&actor).copied(), "seed {seed}");
                }
                all.push((clock, map));
            }
        }
    }

    #[test]
    fn two_that_contradict_each_other_have_no_past_together() {
        let (mut one, mut other) = (Clock::default(), Clock::default());
        one.set(300, at(1));
        other.set(300, at(2));
        assert!(Joins::default().join(&one, &other, &|_, _| None).is_none());
        other.set(300, None);
        assert!(Joins::default().join(&one, &other, &|_, _| None).is_some());
    }

    #[test]
    fn a_great_many_actors_cost_hardly_more_than_there_are() {
        let mut chain = vec![Clock::default()];
        for actor in 0..4_000 {
            let mut next = chain[chain.len() - 1].clone();
            next.set(actor, at(1));
            chain.push(next);
        }
        assert!(held(&chain) < 4_000 * 4, "{} branches", held(&chain));
        // Two logs, whose actors lie side by side, joined again and again as both go on.
        let (mut even, mut odd, mut all) = (Clock::default(), Clock::default(), Vec::new());
        let joins = &mut Joins::default();
        for actor in 0..4_000 {
            if actor % 2 == 0 {
                even.set(actor, at(1));
            } else {
                odd.set(actor, at(1));
            }
            all.push(joins.join(&even, &odd, &later).unwrap());
        }
        assert!(joins.visited < 4_000 * 8, "{} visited", joins.visited);
        assert!(held(&all) < 4_000 * 8, "{} branches", held(&all));
    }
}
