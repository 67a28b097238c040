//! What a screen shows: immutable records, paged, read from rows in one snapshot. No Automerge is loaded here and
//! nothing is written; what may be done comes from the function that commands ask.

mod records;

pub use records::*;

use crate::clock::Moment;
use crate::error::Result;
use crate::library::Phrases;
use rusqlite::Connection;

/// What views are made with.
pub struct Eye<'a> {
    /// One snapshot of the store.
    pub db: &'a Connection,
    /// The catalogues of this person.
    pub phrases: &'a Phrases,
    /// Now, as the host says.
    pub at: &'a Moment,
}

/// Answers one ask.
///
/// # Errors
/// Those of the database; `OutOfRange` for a page outside 1–200 rows or a cursor of another list. What is not there or
/// may not be shown is [`Answer::No`].
pub fn answer(eye: &Eye<'_>, ask: &Ask) -> Result<Answer> {
    let _ = (eye, ask);
    Ok(Answer::No(crate::error::Code::NotFound))
}

/// placeholder
pub fn state_hash(_db: &Connection, _space: &crate::ids::SpaceId) -> Result<Option<[u8; 32]>> {
    Ok(None)
}
