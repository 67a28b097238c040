//! Accepted changes become rows and history, in the transaction that commits them.
//!
//! Rows are a pure function of a document's state; [`write_rows`] makes those of one document again, touching only
//! what differs. History keeps one line per batch, act and element, with the words before and after.

mod documents;
mod goal_rows;
mod history;
mod lane_rows;
pub mod lines;
mod log;
mod note_rows;
mod people;
mod people_rows;
mod plan_rows;
mod touched;

pub use documents::{Documents, Loaded};
pub use history::{Signer, record, settle};
pub use log::{HeldLog, HeldPayloads};
pub use people::People;
pub use touched::{Cause, Changes, How, acts_since, changes_since, touch};

use crate::document::State;
use crate::error::Result;
use crate::store::documents::DocumentRecord;
use rusqlite::Connection;

/// Makes the rows of a document say what `now` says; `before` is what they say already, `None` when that is unknown.
///
/// # Errors
/// Those of the database.
pub fn write_rows(
    db: &Connection,
    record: &DocumentRecord,
    before: Option<&State>,
    now: &State,
    signer: &Signer,
) -> Result<()> {
    if before == Some(now) {
        return Ok(());
    }
    match now {
        State::Note(now) => note_rows::write(db, record, now, signer),
        State::Goal(now) => goal_rows::write(db, record, now, signer),
        State::Plan(now) => plan_rows::write(db, record, now, signer),
        State::Lane(now) => lane_rows::write(db, record, now),
        State::Profile(now) => people_rows::write_profile(db, record, now),
        State::Spaces(now) => people_rows::write_spaces(db, record, now),
    }
}
