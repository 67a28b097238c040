//! A text at a named revision, transformed over what arrived since (boundary.md, text sessions).
//!
//! Pure: plain splices in, plain splices out. A caller that edited an older text than the current one
//! asks [`rebase`] what to write at the current heads.
//!
//! **When both wrote at the same place**, what was there first stays first: `mine` lands after `theirs`.
//! One exception, so that a replacement stays where its old words were: an insertion goes before a
//! replacement that begins at the same place. What both removed is removed once; an insertion inside a
//! stretch that the other removed is kept, where the stretch was.

mod differences;
mod hunks;
pub mod session;
#[cfg(test)]
mod session_tests;
#[cfg(test)]
mod tests;
mod transform;
mod typed;

pub use differences::differences;
pub use transform::{Tie, rebase, transform, transform_with};
pub use typed::typed_only;

use crate::error::Result;
use std::fmt;

/// One replacement in a text, in UTF-16 code units; in a list, each is on the text as the one before left it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Splice {
    /// Where it begins.
    pub at: usize,
    /// How many units go.
    pub remove: usize,
    /// What comes in their place.
    pub insert: String,
}

impl Splice {
    /// A replacement of `remove` units at `at`.
    pub fn new(at: usize, remove: usize, insert: impl Into<String>) -> Self {
        Splice { at, remove, insert: insert.into() }
    }
}

impl fmt::Debug for Splice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Splice {{ at: {}, remove: {}, insert: ‹{} units› }}", self.at, self.remove, units(&self.insert))
    }
}

/// What the person did to the text at the base.
#[derive(Clone, Copy)]
pub enum Edit<'a> {
    /// The whole text as it should read (a terminal's `$EDITOR`).
    Whole(&'a str),
    /// Splices from an editor.
    Splices(&'a [Splice]),
}

/// The text after the splices.
///
/// A splice that would cut a surrogate pair is widened to the whole pair; an insertion between the halves
/// goes behind them. A cut grapheme cluster needs no widening here: the letters come out the same.
///
/// # Errors
/// `OutOfRange{max: length, actual: end of the splice}` for a splice past the end of its text.
pub fn apply(text: &str, splices: &[Splice]) -> Result<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    Ok(hunks::written(&units, &hunks::compose(&units, splices)?))
}

/// The length of a text in UTF-16 code units.
pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}
