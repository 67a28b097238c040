//! Where a change stands among its actor's own.
//!
//! An actor's changes follow one another, so a place on a *line* names a change. An honest actor has one line;
//! one that wrote two different changes with one number has a line for each, and both are kept apart here, so
//! that a change is judged on exactly what it depends on. The same change in two batches has one place.

use crate::batch::clock::{Clock, Joins, Spot};
use crate::batch::ops::ActorIx;
use crate::ids::ChangeId;
use std::collections::HashMap;

/// The index of a batch (or the seed) in a document's past.
pub(super) type NodeIx = usize;

/// Changes from `seq` on, and operations from `start_op` on, are those of a batch.
#[derive(Clone, Copy, Debug)]
struct Span {
    seq: u64,
    start_op: u64,
    node: NodeIx,
}

#[derive(Debug)]
struct Line {
    actor: ActorIx,
    before: Option<Spot>,
    /// A change on a line further back, where this one's changes stand on it: a row of lines that branch off one another is
    /// gone back through in few steps.
    far: Option<Spot>,
    /// How many lines lie before it.
    depth: usize,
    end: u64,
    spans: Vec<Span>,
}

impl Line {
    fn first(&self) -> u64 {
        self.before.map_or(1, |spot| spot.seq + 1)
    }
}

/// All lines of one document.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    /// The lines by what they begin after, and with which change.
    begun: HashMap<(ActorIx, Option<Spot>, ChangeId), usize>,
    joins: Joins,
}

fn line_of(lines: &[Line], spot: Spot) -> &Line {
    lines.get(spot.line).expect("a spot is made with its line")
}

fn back(lines: &[Line], spot: Spot, seq: u64) -> Option<Spot> {
    let spot = up(lines, spot, |line| line.first() <= seq)?;
    (1..=spot.seq).contains(&seq).then_some(Spot { line: spot.line, seq })
}

/// The furthest line before `spot`'s, or that one, which holds; a line that holds is followed by others that do.
/// Also says which of its changes was branched off from.
fn up(lines: &[Line], mut spot: Spot, holds: impl Fn(&Line) -> bool) -> Option<Spot> {
    loop {
        let line = line_of(lines, spot);
        if holds(line) {
            return Some(spot);
        }
        spot = line.far.filter(|far| !holds(line_of(lines, *far))).or(line.before)?;
    }
}

/// Where a line that begins after `before` goes far back to: so that as many steps are needed as its depth has bits.
fn far_from(lines: &[Line], before: Option<Spot>) -> Option<Spot> {
    let parent = line_of(lines, before?);
    let Some(far) = parent.far else { return before };
    let (first, second) = (line_of(lines, far), line_of(lines, far).far);
    let reach = second.map_or(0, |second| line_of(lines, second).depth);
    match second {
        Some(second) if parent.depth - first.depth == first.depth - reach => Some(second),
        _ => before,
    }
}

/// Of two changes of one actor the further one, where it follows the other.
fn further(lines: &[Line], one: Spot, other: Spot) -> Option<Spot> {
    let (early, late) = if one.seq <= other.seq { (one, other) } else { (other, one) };
    (back(lines, late, early.seq) == Some(early)).then_some(late)
}

impl Lines {
    fn line(&self, spot: Spot) -> &Line {
        line_of(&self.lines, spot)
    }

    /// The change after this one on its own line.
    pub fn next(&self, spot: Spot) -> Option<Spot> {
        (spot.seq < self.line(spot).end).then_some(Spot { line: spot.line, seq: spot.seq + 1 })
    }

    /// The beginning, with this very change, of a line that branches off there.
    pub fn begun(&self, actor: ActorIx, spot: Option<Spot>, change: &ChangeId) -> Option<Spot> {
        let line = *self.begun.get(&(actor, spot, *change))?;
        Some(Spot { line, seq: self.lines.get(line)?.first() })
    }

    /// Puts `count` new changes of a batch, of which the first is `first`, after this one, and says where the last of them
    /// stands.
    pub fn extend(
        &mut self,
        (actor, spot): (ActorIx, Option<Spot>),
        (first, count): (ChangeId, u64),
        start_op: u64,
        node: NodeIx,
    ) -> Spot {
        let goes_on = spot.filter(|spot| self.line(*spot).end == spot.seq);
        let index = goes_on.map_or_else(
            || {
                let (end, depth) = spot.map_or((0, 0), |spot| (spot.seq, self.line(spot).depth + 1));
                let far = far_from(&self.lines, spot);
                self.lines.push(Line { actor, before: spot, far, depth, end, spans: Vec::new() });
                self.begun.insert((actor, spot, first), self.lines.len() - 1);
                self.lines.len() - 1
            },
            |spot| spot.line,
        );
        let line = self.lines.get_mut(index).expect("found or made just now");
        line.spans.push(Span { seq: line.end + 1, start_op, node });
        line.end += count;
        Spot { line: index, seq: line.end }
    }

    /// The change with this sequence number among a change and its actor's earlier ones.
    pub fn back(&self, spot: Spot, seq: u64) -> Option<Spot> {
        back(&self.lines, spot, seq)
    }

    /// The batch that holds a change.
    pub fn node(&self, spot: Spot) -> NodeIx {
        let spans = &self.line(spot).spans;
        let after = spans.partition_point(|span| span.seq <= spot.seq);
        after.checked_sub(1).and_then(|at| spans.get(at)).expect("a line's changes lie in its spans").node
    }

    /// The batch that could hold an operation of a change or of its actor's earlier ones, and the furthest of
    /// that batch's changes that counts. Counters rise along a line, so one in a later batch is in no earlier one.
    pub fn node_of_op(&self, spot: Spot, counter: u64) -> Option<(NodeIx, u64)> {
        let spot = up(&self.lines, spot, |line| line.spans.first().is_some_and(|span| span.start_op <= counter))?;
        let spans = &self.line(spot).spans;
        let after = spans.partition_point(|span| span.start_op <= counter);
        after.checked_sub(1).and_then(|at| spans.get(at)).map(|span| (span.node, spot.seq))
    }

    /// The actor of a change.
    pub fn actor(&self, spot: Spot) -> ActorIx {
        self.line(spot).actor
    }

    /// Both pasts; `None` where the two hold different changes of one actor with one number.
    pub fn join(&mut self, one: &Clock, other: &Clock) -> Option<Clock> {
        let Lines { lines, joins, .. } = self;
        joins.join(one, other, &|one, other| further(lines, one, other))
    }

    /// Takes a change and its actor's earlier ones in.
    pub fn join_one(&self, clock: &mut Clock, actor: ActorIx, spot: Spot) -> Option<()> {
        let furthest = match clock.get(actor) {
            None => spot,
            Some(held) => further(&self.lines, held, spot)?,
        };
        clock.set(actor, Some(furthest));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As it is defined, one line after the other.
    fn naive(lines: &[Line], mut spot: Spot, holds: impl Fn(&Line) -> bool) -> (Option<Spot>, usize) {
        let mut steps = 0;
        loop {
            let line = line_of(lines, spot);
            if holds(line) {
                return (Some(spot), steps);
            }
            let Some(before) = line.before else { return (None, steps) };
            (spot, steps) = (before, steps + 1);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn far_back_is_where_step_by_step_leads(drawn in proptest::collection::vec((any::<u8>(), 1u64..4, any::<bool>()), 1..300)) {
            let mut lines = Lines::default();
            let mut ends: Vec<(Spot, u64)> = Vec::new();
            for (at, (on, count, deep)) in drawn.iter().enumerate() {
                let change = ChangeId([u8::try_from(at % 256).unwrap(); 32]);
                // Mostly on one of the newest, so that rows of branches grow long; one change before its end branches off.
                let back = usize::from(*on) % if *deep { 3 } else { 200 };
                let before = ends.len().checked_sub(1 + back).map(|on| ends[on]);
                let branch = |(spot, op): (Spot, u64)| {
                    let seq = spot.seq.max(2) - 1;
                    (Spot { seq: seq.max(lines.line(spot).first()), ..spot }, op)
                };
                let before = before.map(branch);
                let op = before.map_or(1, |(_, op)| op + 10);
                ends.push((lines.extend((0, before.map(|(spot, _)| spot)), (change, *count), op, at), op));
            }
            for (spot, op) in &ends {
                for seq in [1, spot.seq / 3, spot.seq / 2, spot.seq] {
                    let holds = |line: &Line| line.first() <= seq;
                    prop_assert_eq!(up(&lines.lines, *spot, holds), naive(&lines.lines, *spot, holds).0);
                }
                for counter in [1, op / 3, op / 2, *op] {
                    let holds = |line: &Line| line.spans.first().is_some_and(|span| span.start_op <= counter);
                    prop_assert_eq!(up(&lines.lines, *spot, holds), naive(&lines.lines, *spot, holds).0);
                }
            }
        }
    }

    #[test]
    fn a_long_row_of_branches_is_gone_back_through_in_few_steps() {
        let mut lines = Lines::default();
        let mut spot = lines.extend((0, None), (ChangeId([0; 32]), 2), 1, 0);
        for at in 1..10_000u64 {
            let before = Spot { seq: spot.seq - 1, ..spot };
            let node = usize::try_from(at).unwrap();
            spot = lines.extend((0, Some(before)), (ChangeId([0; 32]), 2), 10 * at, node);
        }
        let steps = std::cell::Cell::new(0);
        let looked = up(&lines.lines, spot, |line| {
            steps.set(steps.get() + 1);
            line.before.is_none()
        });
        assert_eq!(looked.map(|spot| spot.line), Some(0));
        assert!(steps.get() < 100, "{} lines were looked at", steps.get());
    }
}
