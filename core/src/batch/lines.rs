//! Where a change stands among its actor's own.
//!
//! An actor's changes follow one another, so a place on a *line* names a change. An honest actor has one line;
//! one that wrote two different changes with one number has a line for each, and both are kept apart here, so
//! that a change is judged on exactly what it depends on. The same change in two batches has one place.

use crate::batch::clock::{Clock, Joins};
use crate::batch::ops::ActorIx;
use std::collections::BTreeMap;

/// The index of a batch (or the seed) in a document's past.
pub(super) type NodeIx = usize;

/// A change: its line, and its sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub seq: u64,
}

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
    of_actor: BTreeMap<ActorIx, Vec<usize>>,
    joins: Joins,
}

fn line_of(lines: &[Line], spot: Spot) -> &Line {
    lines.get(spot.line).expect("a spot is made with its line")
}

fn back(lines: &[Line], mut spot: Spot, seq: u64) -> Option<Spot> {
    while seq < line_of(lines, spot).first() {
        spot = line_of(lines, spot).before?;
    }
    (1..=spot.seq).contains(&seq).then_some(Spot { line: spot.line, seq })
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

    /// The changes that follow this one (or begin the actor): more than one only for twins.
    pub fn after(&self, actor: ActorIx, spot: Option<Spot>) -> Vec<Spot> {
        let mut found = Vec::new();
        if let Some(spot) = spot
            && spot.seq < self.line(spot).end
        {
            found.push(Spot { line: spot.line, seq: spot.seq + 1 });
        }
        for index in self.of_actor.get(&actor).into_iter().flatten() {
            if let Some(line) = self.lines.get(*index)
                && line.before == spot
            {
                found.push(Spot { line: *index, seq: line.first() });
            }
        }
        found
    }

    /// Puts `count` new changes of a batch after this one, and says where the last of them stands.
    pub fn extend(&mut self, actor: ActorIx, spot: Option<Spot>, count: u64, start_op: u64, node: NodeIx) -> Spot {
        let goes_on = spot.filter(|spot| self.line(*spot).end == spot.seq);
        let index = goes_on.map_or_else(
            || {
                let end = spot.map_or(0, |spot| spot.seq);
                self.lines.push(Line { actor, before: spot, end, spans: Vec::new() });
                self.of_actor.entry(actor).or_default().push(self.lines.len() - 1);
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
    pub fn node_of_op(&self, mut spot: Spot, counter: u64) -> Option<(NodeIx, u64)> {
        loop {
            let line = self.line(spot);
            let after = line.spans.partition_point(|span| span.start_op <= counter);
            if let Some(span) = after.checked_sub(1).and_then(|at| line.spans.get(at)) {
                return Some((span.node, spot.seq));
            }
            spot = line.before?;
        }
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
