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
use std::ops::Range;

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
    if let Some(text) = with_few(text, splices) {
        return Ok(text);
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    Ok(hunks::written(&units, &hunks::compose(&units, splices)?))
}

/// Most splices that are put into a text one by one: each moves what stands behind it.
const FEW: usize = 4;

/// The text after a few splices that cut no surrogate pair, as a person types them, without a look at each of its letters.
fn with_few(text: &str, splices: &[Splice]) -> Option<String> {
    if splices.len() > FEW {
        return None;
    }
    let mut text = text.to_owned();
    splices.iter().try_for_each(|splice| put_in(&mut text, splice))?;
    Some(text)
}

/// Puts a splice into a text; `None`, and nothing done, past its end and where a surrogate pair would be cut.
pub(crate) fn put_in(text: &mut String, splice: &Splice) -> Option<()> {
    let range = bytes_of(text, splice)?;
    text.replace_range(range, &splice.insert);
    Some(())
}

/// The bytes that a splice takes out; `None` past the end of the text, and where it would cut a surrogate pair.
fn bytes_of(text: &str, splice: &Splice) -> Option<Range<usize>> {
    let start = byte_of(text, splice.at)?;
    let gone = byte_of(text.get(start..)?, splice.remove)?;
    Some(start..start + gone)
}

/// Bytes that are counted together, of which none can have more than 255 code units.
const STRETCH: usize = 64;

/// Code units of the signs that begin in these bytes: told by the first byte of each, so that nothing is decoded.
fn units_in(bytes: &[u8]) -> usize {
    let begun = |byte: &u8| u8::from(byte & 0xc0 != 0x80) + u8::from(*byte >= 0xf0);
    bytes.chunks(STRETCH).map(|stretch| usize::from(stretch.iter().map(begun).sum::<u8>())).sum()
}

/// The length of a text in UTF-16 code units.
pub(crate) fn units(text: &str) -> usize {
    units_in(text.as_bytes())
}

/// The byte at a UTF-16 code unit; `None` behind the end, and inside a surrogate pair.
fn byte_of(text: &str, units: usize) -> Option<usize> {
    let (mut at, mut left) = (0, units);
    for stretch in text.as_bytes().chunks_exact(STRETCH) {
        let here = units_in(stretch);
        if here > left {
            break;
        }
        (at, left) = (at + STRETCH, left - here);
    }
    while !text.is_char_boundary(at) {
        at += 1;
    }
    for sign in text.get(at..)?.chars() {
        if left < sign.len_utf16() {
            break;
        }
        (at, left) = (at + sign.len_utf8(), left - sign.len_utf16());
    }
    (left == 0).then_some(at)
}
