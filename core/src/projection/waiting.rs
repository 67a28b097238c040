//! Long notes whose words wait for the index. To name a text to the index costs as much as it is long, so it is not done
//! for every letter: what the index says of the note so far is kept beside it, and the note is indexed once, when its
//! batch is closed or someone searches. Shorter notes never wait.

use super::findable::{Findable, Words, number_of, put, take_out, units};
use crate::document::note::NoteState;
use crate::document::{Kind, State};
use crate::error::Result;
use crate::ids::DocId;
use rusqlite::{Connection, OptionalExtension, params};

/// Notes up to this many bytes are indexed at once. To take a note of 1,000 bytes out of the index and put it in again was
/// three quarters of what a keystroke in it cost.
const LONG_BYTES: usize = 256;

/// The note before an edit, if its words may wait: it is long, and is to be found before and after.
pub(super) fn may_wait<'s>(before: Option<&'s State>, now: &State) -> Option<&'s NoteState> {
    let (Some(State::Note(before)), State::Note(now)) = (before, now) else { return None };
    let is_long = before.body.len().max(now.body.len()) > LONG_BYTES;
    (is_long && !before.extra_lock && !now.extra_lock).then_some(before)
}

/// Keeps what the index says of a note, unless that is known already.
pub(super) fn wait(db: &Connection, doc: &DocId, indexed: &NoteState) -> Result<()> {
    let mut known = db.prepare_cached("SELECT 1 FROM unindexed WHERE doc = ?1")?;
    if !known.exists([doc])? {
        db.prepare_cached("INSERT INTO unindexed (doc, title, body) VALUES (?1, ?2, ?3)")?.execute(params![
            doc,
            indexed.title,
            indexed.body
        ])?;
    }
    Ok(())
}

/// Takes what the index says of a waiting note out of it. True where one waited.
pub(super) fn let_go(db: &Connection, doc: &DocId) -> Result<bool> {
    let found = db
        .prepare_cached("SELECT title, body FROM unindexed WHERE doc = ?1")?
        .query_row([doc], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((title, body)) = found else { return Ok(false) };
    if let Some(id) = number_of(db, doc, Findable::Note, None)? {
        take_out(db, id, &Words::of(title, body))?;
    }
    db.prepare_cached("DELETE FROM unindexed WHERE doc = ?1")?.execute([doc])?;
    Ok(true)
}

/// Indexes a note that waits.
///
/// # Errors
/// Those of the database.
pub fn index_waiting(db: &Connection, doc: &DocId) -> Result<()> {
    if !let_go(db, doc)? {
        return Ok(());
    }
    super::typed::fold(db, doc)?;
    for ((kind, element), words) in units(db, doc, Some(Kind::Note))? {
        put(db, doc, kind, element.as_ref(), &words, words.changed_ms.unwrap_or_default())?;
    }
    Ok(())
}

/// Whether any note waits.
///
/// # Errors
/// Those of the database.
pub fn is_any_waiting(db: &Connection) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM unindexed")?.exists([])?)
}

/// Indexes all that wait.
///
/// # Errors
/// Those of the database.
pub fn index_all_waiting(db: &Connection) -> Result<()> {
    let waiting: Vec<DocId> = {
        let mut query = db.prepare_cached("SELECT doc FROM unindexed ORDER BY doc")?;
        let rows = query.query_map([], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    waiting.iter().try_for_each(|doc| index_waiting(db, doc))
}
