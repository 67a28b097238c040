//! A list of splices folded into one set of hunks over the text they began with.

use super::Splice;
use crate::error::{Code, Field, Result};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// `removed` of the base goes and `insert` stands where it began. In a list: in order, never touching.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    pub removed: Range<usize>,
    pub insert: Vec<u16>,
}

impl Hunk {
    /// Whether it only adds.
    pub fn is_pure(&self) -> bool {
        self.removed.is_empty()
    }
}

enum Piece {
    Kept(Range<usize>),
    Added(Vec<u16>),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Piece::Kept(range) => range.len(),
            Piece::Added(units) => units.len(),
        }
    }
}

/// Which way a place between the halves of a surrogate pair is moved.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

/// The text as pieces of the base and pieces added.
struct Pieces<'a> {
    base: Option<&'a [u16]>,
    list: Vec<Piece>,
    length: usize,
    // Editors and differences go through a text from front to back: the search goes on from the last place.
    last: (usize, usize),
}

impl Pieces<'_> {
    fn splits_pair(&self, piece: &Piece, offset: usize) -> bool {
        let units = match piece {
            Piece::Kept(range) => self.base.and_then(|base| base.get(range.clone())),
            Piece::Added(units) => Some(units.as_slice()),
        };
        units.is_some_and(|units| splits_pair(units, offset))
    }

    /// Makes a piece begin at `at` (moved off the middle of a pair); its index and the place.
    fn cut(&mut self, at: usize, side: Side) -> (usize, usize) {
        let (mut index, mut before) = if at >= self.last.1 { self.last } else { (0, 0) };
        while let Some(piece) = self.list.get(index) {
            if at == before {
                break;
            }
            let length = piece.len();
            if at < before + length {
                let offset = match (self.splits_pair(piece, at - before), side) {
                    (false, _) => at - before,
                    (true, Side::Left) => at - before - 1,
                    (true, Side::Right) => at - before + 1,
                };
                if offset == length {
                    return (index + 1, before + length);
                }
                if offset > 0 {
                    self.split(index, offset);
                    index += 1;
                }
                return (index, before + offset);
            }
            before += length;
            index += 1;
        }
        (index, before)
    }

    fn split(&mut self, index: usize, offset: usize) {
        let Some(piece) = self.list.get_mut(index) else { return };
        let rest = match piece {
            Piece::Kept(range) => {
                let middle = range.start + offset;
                let rest = middle..range.end;
                range.end = middle;
                Piece::Kept(rest)
            }
            Piece::Added(units) => Piece::Added(units.split_off(offset)),
        };
        self.list.insert(index + 1, rest);
    }

    fn splice(&mut self, splice: &Splice) -> Result<()> {
        let end = splice.at.saturating_add(splice.remove);
        if end > self.length {
            return Err(Code::OutOfRange.of(Field::Text).max(self.length).actual(end).into());
        }
        let side = if splice.remove == 0 { Side::Right } else { Side::Left };
        let (from, at) = self.cut(splice.at, side);
        self.last = (from, at);
        let (to, end) = if splice.remove == 0 { (from, at) } else { self.cut(end, Side::Right) };
        let insert: Vec<u16> = splice.insert.encode_utf16().collect();
        self.length = self.length - (end - at) + insert.len();
        let added = (!insert.is_empty()).then_some(Piece::Added(insert));
        self.list.splice(from..to, added);
        Ok(())
    }

    fn hunks(self) -> Vec<Hunk> {
        let mut hunks = Vec::new();
        let mut open = Hunk { removed: 0..0, insert: Vec::new() };
        // Without the base the last piece has no end, so nothing can be open behind it.
        let closing = self.base.map(|base| Piece::Kept(base.len()..base.len()));
        for piece in self.list.into_iter().chain(closing) {
            match piece {
                Piece::Added(mut units) => open.insert.append(&mut units),
                Piece::Kept(range) => {
                    open.removed.end = range.start;
                    let next = Hunk { removed: range.end..range.end, insert: Vec::new() };
                    let done = std::mem::replace(&mut open, next);
                    if !done.insert.is_empty() || !done.removed.is_empty() {
                        hunks.push(done);
                    }
                }
            }
        }
        hunks
    }
}

fn splits_pair(units: &[u16], offset: usize) -> bool {
    let high = offset.checked_sub(1).and_then(|before| units.get(before));
    let low = units.get(offset);
    high.is_some_and(|unit| (0xd800..0xdc00).contains(unit)) && low.is_some_and(|unit| (0xdc00..0xe000).contains(unit))
}

/// The splices as hunks over the text they began with; pairs of that text are never cut.
pub(super) fn compose(base: &[u16], splices: &[Splice]) -> Result<Vec<Hunk>> {
    let list = if base.is_empty() { Vec::new() } else { vec![Piece::Kept(0..base.len())] };
    let mut pieces = Pieces { base: Some(base), list, length: base.len(), last: (0, 0) };
    splices.iter().try_for_each(|splice| pieces.splice(splice))?;
    Ok(pieces.hunks())
}

/// The same when the text is not at hand: any length is possible.
pub(super) fn compose_blind(splices: &[Splice]) -> Vec<Hunk> {
    const UNKNOWN: usize = usize::MAX / 2;
    let mut pieces = Pieces { base: None, list: vec![Piece::Kept(0..UNKNOWN)], length: UNKNOWN, last: (0, 0) };
    for splice in splices {
        // Past any length there is nothing to change.
        let _beyond = pieces.splice(splice);
    }
    pieces.hunks()
}

/// The text that the hunks make of the base.
pub(super) fn written(base: &[u16], hunks: &[Hunk]) -> String {
    let mut text: Vec<u16> = Vec::with_capacity(base.len());
    let mut from = 0;
    for hunk in hunks {
        text.extend(base.get(from..hunk.removed.start).unwrap_or_default());
        text.extend(&hunk.insert);
        from = hunk.removed.end;
    }
    text.extend(base.get(from..).unwrap_or_default());
    String::from_utf16_lossy(&text)
}

/// The places in UTF-16 units where a grapheme cluster begins or ends.
fn borders(text: &str) -> Vec<usize> {
    let ends = text.graphemes(true).scan(0, |at, cluster| {
        *at += super::units(cluster);
        Some(*at)
    });
    std::iter::once(0).chain(ends).collect()
}

/// The hunks widened until every edge is the border of a grapheme cluster before and after them. The
/// letters taken in by widening are put back in the insertion, so the text they make is the same.
pub(super) fn align(base: &[u16], hunks: Vec<Hunk>) -> Vec<Hunk> {
    let old = borders(&String::from_utf16_lossy(base));
    let new = borders(&written(base, &hunks));
    let is_border = |at: usize, removed: usize, inserted: usize| {
        old.binary_search(&at).is_ok() && new.binary_search(&(at + inserted - removed)).is_ok()
    };
    let (mut inserted, mut removed) = (0, 0);
    let mut aligned: Vec<Hunk> = Vec::new();
    let mut rest = hunks.into_iter().peekable();
    while let Some(mut hunk) = rest.next() {
        while !is_border(hunk.removed.start, removed, inserted) {
            let before = old.partition_point(|border| *border < hunk.removed.start);
            let Some(start) = before.checked_sub(1).and_then(|index| old.get(index)).copied() else { break };
            if let Some(last) = aligned.pop_if(|last| last.removed.end >= start) {
                (inserted, removed) = (inserted - last.insert.len(), removed - last.removed.len());
                hunk = joined(base, last, hunk);
                break;
            }
            hunk = joined(base, Hunk { removed: start..start, insert: Vec::new() }, hunk);
        }
        loop {
            let (put, gone) = (inserted + hunk.insert.len(), removed + hunk.removed.len());
            let reached = rest.peek().is_some_and(|next| next.removed.start <= hunk.removed.end);
            if reached {
                let Some(next) = rest.next() else { break };
                hunk = joined(base, hunk, next);
                continue;
            }
            if is_border(hunk.removed.end, gone, put) {
                break;
            }
            let after = old.partition_point(|border| *border <= hunk.removed.end);
            let Some(end) = old.get(after).copied() else { break };
            match rest.next_if(|next| next.removed.start <= end) {
                Some(next) => hunk = joined(base, hunk, next),
                None => hunk = joined(base, hunk, Hunk { removed: end..end, insert: Vec::new() }),
            }
        }
        inserted += hunk.insert.len();
        removed += hunk.removed.len();
        aligned.push(hunk);
    }
    aligned
}

/// Two hunks and what stands between them as one.
fn joined(base: &[u16], mut first: Hunk, second: Hunk) -> Hunk {
    let between = base.get(first.removed.end..second.removed.start).unwrap_or_default();
    first.insert.extend(between);
    first.insert.extend(second.insert);
    Hunk { removed: first.removed.start..second.removed.end, insert: first.insert }
}
