//! Notes whose words wait for the index. To name a text to the index costs as much as it is long, so it is not done for
//! every letter: what the index says of a long note so far is kept beside it, and the note is indexed once, when its batch
//! is closed or someone searches. New notes wait for one another: to write the index for several at once costs little more
//! than for one. Other short notes never wait.

use super::findable::{Findable, Words, number_of, put, take_out, units};
use crate::document::note::NoteState;
use crate::document::{Kind, State};
use crate::error::Result;
use crate::ids::DocId;
use rusqlite::{Connection, OptionalExtension, params};

/// Notes up to this many bytes are indexed at once. To take a note of 1,000 bytes out of the index and put it in again was
/// three quarters of what a keystroke in it cost.
const LONG_BYTES: usize = 256;
/// New notes of more bytes are indexed at once, so that whoever searches waits for little.
const NEW_BYTES_MAX: usize = 4_096;
/// How many notes wait for one another: the index writes much the same pages for one as for a few. A search pays for fewer.
const WAITING_MAX: i64 = 32;

/// What the index says of a note that may wait.
pub(super) struct Indexed<'s> {
    title: &'s str,
    body: &'s str,
}

/// What the index says of a note before an edit, if its words may wait: it is to be found before and after, and it is long or
/// waits already; or it is new, and the index says nothing of it.
pub(super) fn may_wait<'s>(
    db: &Connection,
    doc: &DocId,
    before: Option<&'s State>,
    now: &NoteState,
) -> Result<Option<Indexed<'s>>> {
    if now.extra_lock {
        return Ok(None);
    }
    match before {
        Some(State::Note(before)) => {
            let is_long = before.body.len().max(now.body.len()) > LONG_BYTES;
            let may = !before.extra_lock && (is_long || is_waiting(db, doc)?);
            Ok(may.then_some(Indexed { title: &before.title, body: &before.body }))
        }
        Some(_) => Ok(None),
        None => {
            let may = now.body.len() <= NEW_BYTES_MAX && number_of(db, doc, Findable::Note, None)?.is_none();
            Ok(may.then_some(Indexed { title: "", body: "" }))
        }
    }
}

fn is_waiting(db: &Connection, doc: &DocId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM unindexed WHERE doc = ?1")?.exists([doc])?)
}

/// Keeps what the index says of a note, unless that is known already.
pub(super) fn wait(db: &Connection, doc: &DocId, indexed: &Indexed<'_>) -> Result<()> {
    if !is_waiting(db, doc)? {
        db.prepare_cached("INSERT INTO unindexed (doc, title, body) VALUES (?1, ?2, ?3)")?.execute(params![
            doc,
            indexed.title,
            indexed.body
        ])?;
    }
    Ok(())
}

/// Indexes all that wait where they have become enough.
pub(super) fn index_if_many(db: &Connection) -> Result<()> {
    let count: i64 = db.prepare_cached("SELECT count(*) FROM unindexed")?.query_row([], |row| row.get(0))?;
    if count < WAITING_MAX { Ok(()) } else { index_all_waiting(db) }
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
        // The index takes in one piece what comes in the order of its numbers, which are times.
        let mut query = db.prepare_cached(
            "SELECT unindexed.doc FROM unindexed LEFT JOIN document ON document.id = unindexed.doc
             LEFT JOIN note ON note.number = document.number
             ORDER BY note.changed_ms, unindexed.doc",
        )?;
        let rows = query.query_map([], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    waiting.iter().try_for_each(|doc| index_waiting(db, doc))
}
