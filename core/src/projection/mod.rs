//! Accepted changes become rows and history, in the transaction that commits them.
//!
//! Rows are a pure function of a document's state; [`write_rows`] makes those of one document again, touching only
//! what differs. History keeps one line per batch, act and element, with the words before and after.

mod age;
pub mod copies;
mod copy_rows;
mod documents;
mod findable;
mod forgetting;
mod goal_rows;
mod history;
mod lane_rows;
pub mod lines;
mod log;
mod note_rows;
mod people;
mod people_rows;
mod plan_rows;
pub mod texts;
mod touched;
mod typed;
mod waiting;

pub use age::{Age, Wrote, any_newer, timed, worded};
pub use documents::{Documents, Loaded, birth_held, birth_of, record_of};
pub use findable::{Findable, Unsaid, Words, compact_index, index_if_due, is_index_due, reindex, words};
pub use forgetting::{KEPT_AFTER_FORGET_MS, copied, drop_forgotten, hide, hide_forgotten, kept, owner_of, retell};
pub use history::{Signer, forget, record, settle};
pub use log::{HeldLog, HeldPayloads};
pub use note_rows::{BODY, HEAD_SCALARS, OF_DOC, bodies, has_row};
pub use people::People;
pub use touched::{
    COMMITS_KEPT, Cause, Changes, Extent, How, Matter, TOUCHED_MAX, Touched, acts_since, caused_by, changes_since,
    drop_old_touched, touch_space,
};
pub use typed::{body_of, typed_in};
pub use waiting::{index_all_waiting, index_waiting, is_any_waiting};

use crate::document::note::NoteState;
use crate::document::{Kind, State};
use crate::error::Result;
use crate::ids::DocId;
use crate::space::SpaceKind;
use crate::store::SHOWN;
use crate::store::documents::DocumentRecord;
use crate::store::spaces::{self, SpaceRecord};
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
    let mut unsaid = Unsaid::default();
    write_rows_unsaid(db, record, before, now, signer, &mut unsaid)?;
    unsaid.say(db)
}

/// [`write_rows`] for one of several documents that are written together: the index follows with [`Unsaid::say`].
///
/// # Errors
/// Those of the database.
pub fn write_rows_unsaid(
    db: &Connection,
    record: &DocumentRecord,
    before: Option<&State>,
    now: &State,
    signer: &Signer,
    unsaid: &mut Unsaid,
) -> Result<()> {
    if before == Some(now) || !belongs(db, record)? {
        return Ok(());
    }
    index_waiting(db, &record.id)?;
    let findable = findable::units(db, &record.id, Kind::from_number(record.kind))?;
    match now {
        State::Note(now) => note_rows::write(db, record, note_of(before), now, signer),
        State::Goal(now) => goal_rows::write(db, record, now, signer),
        State::Plan(now) => plan_rows::write(db, record, now, signer),
        State::Lane(now) => lane_rows::write(db, record, now),
        State::Profile(now) => people_rows::write_profile(db, record, now),
        State::Spaces(now) => people_rows::write_spaces(db, record, now),
        State::Copy(now) => copy_rows::write(db, record, now),
        State::Consent(now) => copy_rows::write_consent(db, record, now),
    }?;
    unsaid.follow(db, record, findable, signer)
}

/// [`write_rows`] for what is written here: the words of a long note or a new one may wait for the index, until
/// [`index_waiting`].
///
/// # Errors
/// Those of the database.
pub fn write_rows_typed(
    db: &Connection,
    record: &DocumentRecord,
    before: Option<&State>,
    now: &State,
    signer: &Signer,
) -> Result<()> {
    let State::Note(note) = now else { return write_rows(db, record, before, now, signer) };
    if before == Some(now) || !belongs(db, record)? {
        return Ok(());
    }
    let Some(indexed) = waiting::may_wait(db, &record.id, before, note)? else {
        return write_rows(db, record, before, now, signer);
    };
    waiting::wait(db, &record.id, &indexed)?;
    if let Some(State::Note(before)) = before
        && typed::keep(db, &record.id, before, note, signer)?
    {
        return Ok(());
    }
    note_rows::write(db, record, note_of(before), note, signer)?;
    waiting::index_if_many(db)
}

fn note_of(state: Option<&State>) -> Option<&NoteState> {
    match state {
        Some(State::Note(note)) => Some(note),
        _ => None,
    }
}

/// Takes out all rows of a document of which nothing counts any more.
///
/// # Errors
/// Those of the database.
pub fn remove_rows(db: &Connection, doc: &DocId) -> Result<()> {
    remove_shown(db, doc)?;
    retell(db, doc)
}

/// Takes out what screens show of a document; its history stays.
fn remove_shown(db: &Connection, doc: &DocId) -> Result<()> {
    findable::remove(db, doc)?;
    note_rows::remove(db, doc)?;
    // Notes go by their number.
    for table in SHOWN.into_iter().filter(|table| *table != "note") {
        db.execute(&format!("DELETE FROM {table} WHERE doc = ?1"), [doc])?;
    }
    Ok(())
}

/// Whether a document is of a form in which this app makes its kind, where it makes it. Another writer can bear any
/// kind in any form; what does not belong is held, hashed and carried like everything accepted, and shown nowhere: no
/// notes and no names of mine come from a shared space, and nobody gives me anything in my own.
fn belongs(db: &Connection, record: &DocumentRecord) -> Result<bool> {
    use Kind::{Column, Consent, Copy, Goal, Joint, Lane, Note, Plan, Spaces};
    let Some(kind) = Kind::from_number(record.kind) else { return Ok(false) };
    let is_private = matches!(kind, Note | Spaces | Consent);
    let has_writer = record.writer.is_some() != (kind == Joint);
    let has_about = record.about.is_some() == matches!(kind, Joint | Column | Lane);
    let has_key = record.key.is_some() == matches!(kind, Joint | Column);
    let is_only = record.nonce == [0; 32] || matches!(kind, Note | Goal | Plan | Copy | Consent);
    let sound = has_writer && has_about && has_key && is_only;
    if !sound || !(is_private || kind == Copy) {
        return Ok(sound);
    }
    let is_own = |space: SpaceRecord| space.kind == SpaceKind::Own.code();
    Ok(spaces::get_space(db, &record.space)?.is_some_and(|space| is_own(space) == is_private))
}
