//! One side's splices, moved so that they apply after the other side's.

use super::hunks::{Hunk, align, compose, compose_blind, written};
use super::{Edit, Splice, bytes_of, differences};
use crate::error::{Code, Field, Result};
use std::ops::Range;
use unicode_segmentation::GraphemeCursor;

/// Whose words stand last where both wrote at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// Mine after theirs: theirs was there first.
    MineLast,
    /// Mine before theirs: mine was there first.
    MineFirst,
}

/// `mine`, made at the same text as `theirs`, as it applies after `theirs`; ties as the module says.
///
/// Knows no text, so it trusts that neither side cuts a grapheme cluster; [`rebase`] makes sure.
pub fn transform(mine: &[Splice], theirs: &[Splice]) -> Vec<Splice> {
    transform_with(mine, theirs, Tie::MineLast)
}

/// [`transform`] with the tie rule named. The two rules are each other's mirror: `theirs` and then `mine`
/// moved with one give the same text as `mine` and then `theirs` moved with the other.
pub fn transform_with(mine: &[Splice], theirs: &[Splice], tie: Tie) -> Vec<Splice> {
    over(&compose_blind(mine), &compose_blind(theirs), tie)
}

/// What to write at the current text: `edit`, made at `base`, over `theirs`, which led from `base` to `now`.
///
/// Every edge of the splices lies between two grapheme clusters of the text it applies to. Letters that
/// had to be taken in for that are removed and put back.
///
/// # Errors
/// `OutOfRange` when the edit reaches past the base; `Stale` when `theirs` does not lead from `base` to `now`.
pub fn rebase(base: &str, now: &str, theirs: &[Splice], edit: Edit<'_>) -> Result<Vec<Splice>> {
    let found;
    let mine = match edit {
        Edit::Whole(text) => {
            found = differences(base, text);
            &found
        }
        Edit::Splices(splices) => splices,
    };
    if theirs.is_empty()
        && base == now
        && let [one] = mine
        && stands_alone(base, one)
    {
        return Ok(vec![one.clone()]);
    }
    let units: Vec<u16> = base.encode_utf16().collect();
    let mine = compose(&units, mine)?;
    let theirs = compose(&units, theirs).map_err(|_| Code::Stale.of(Field::Text))?;
    if written(&units, &theirs) != now {
        return Err(Code::Stale.of(Field::Text).into());
    }
    Ok(over(&align(&units, mine), &align(&units, theirs), Tie::MineLast))
}

/// Whether a splice does something, and its edges lie between two grapheme clusters of the text before and after it. Looks
/// at the text around them alone, however long it is.
fn stands_alone(base: &str, one: &Splice) -> bool {
    let Some(range) = bytes_of(base, one) else { return false };
    let stretches = (base.get(..range.start), base.get(range.clone()), base.get(range.end..));
    let (Some(before), Some(gone), Some(after)) = stretches else { return false };
    let come = one.insert.as_str();
    (!gone.is_empty() || !come.is_empty())
        && is_border(["", before], [gone, after])
        && is_border([before, gone], [after, ""])
        && is_border(["", before], [come, after])
        && is_border([before, come], [after, ""])
}

/// Whether two grapheme clusters meet between what stands before and what stands after a place. No rule of UAX #29 looks back
/// past a printable sign of ASCII, nor on past the next sign.
pub(super) fn is_border(before: [&str; 2], after: [&str; 2]) -> bool {
    let Some(next) = after.iter().find_map(|text| text.chars().next()) else { return true };
    let last = |text: &str| text.bytes().rposition(|byte| matches!(byte, b' '..=b'~'));
    let from = |text: &'_ str, at: usize| text.get(at..).unwrap_or_default().to_owned();
    let [far, near] = before;
    let mut text = match last(near) {
        Some(at) => from(near, at),
        None => from(far, last(far).unwrap_or(0)) + near,
    };
    let at = text.len();
    text.push(next);
    GraphemeCursor::new(at, text.len(), true).is_boundary(&text, 0) == Ok(true)
}

/// Where places of the base lie after one side's hunks; asked from front to back.
struct Shift<'a> {
    hunks: std::slice::Iter<'a, Hunk>,
    next: Option<&'a Hunk>,
    inserted: usize,
    removed: usize,
    // End of the removal that was passed last; it may reach beyond the place asked for.
    removed_to: usize,
}

impl<'a> Shift<'a> {
    fn over(hunks: &'a [Hunk]) -> Self {
        let mut hunks = hunks.iter();
        let next = hunks.next();
        Shift { hunks, next, inserted: 0, removed: 0, removed_to: 0 }
    }

    /// The place after the hunks that `passed` says begin before it.
    fn place(&mut self, at: usize, passed: impl Fn(&Hunk) -> bool) -> usize {
        while let Some(hunk) = self.next.filter(|hunk| passed(hunk)) {
            self.inserted += hunk.insert.len();
            self.removed += hunk.removed.len();
            self.removed_to = hunk.removed.end;
            self.next = self.hunks.next();
        }
        // A place inside a removal is where that removal was.
        at.max(self.removed_to) + self.inserted - self.removed
    }
}

/// What `mine` does to the text after `theirs`, each splice on the text as the one before left it.
pub(super) fn over(mine: &[Hunk], theirs: &[Hunk], tie: Tie) -> Vec<Splice> {
    let mut moved = Moved { shift: Shift::over(theirs), inserted: 0, removed: 0, splices: Vec::new() };
    let mut left = theirs;
    for hunk in mine {
        moved.insert(hunk, tie);
        // Hunks of theirs that end before this one cannot meet it or a later one.
        while let Some((first, rest)) = left.split_first()
            && first.removed.end < hunk.removed.start
        {
            left = rest;
        }
        let mut from = hunk.removed.start;
        for other in left.iter().take_while(|other| other.removed.start < hunk.removed.end) {
            moved.remove(from..other.removed.start);
            from = from.max(other.removed.end);
        }
        moved.remove(from..hunk.removed.end);
    }
    moved.splices
}

struct Moved<'a> {
    shift: Shift<'a>,
    inserted: usize,
    removed: usize,
    splices: Vec<Splice>,
}

impl Moved<'_> {
    fn insert(&mut self, hunk: &Hunk, tie: Tie) {
        let at = hunk.removed.start;
        if hunk.insert.is_empty() {
            return;
        }
        let theirs_first = |other: &Hunk| match (other.is_pure(), hunk.is_pure()) {
            (true, false) => true,
            (false, true) => false,
            _ => tie == Tie::MineLast,
        };
        let place = self
            .shift
            .place(at, |other| other.removed.start < at || (other.removed.start == at && theirs_first(other)));
        self.write(place, 0, String::from_utf16_lossy(&hunk.insert));
        self.inserted += hunk.insert.len();
    }

    fn remove(&mut self, range: Range<usize>) {
        if range.start >= range.end {
            return;
        }
        let place = self.shift.place(range.start, |other| other.removed.start <= range.start);
        self.write(place, range.len(), String::new());
        self.removed += range.len();
    }

    fn write(&mut self, place: usize, remove: usize, insert: String) {
        let at = place + self.inserted - self.removed;
        match self.splices.last_mut() {
            Some(last) if last.at + super::units(&last.insert) == at => {
                last.remove += remove;
                last.insert.push_str(&insert);
            }
            _ => self.splices.push(Splice { at, remove, insert }),
        }
    }
}
