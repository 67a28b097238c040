//! What is given of notes, as rows say it: the words to give, copies, and what leads from one to the other.

use super::note_rows::{body, of_doc};
use crate::error::Result;
use crate::ids::DocId;
use rusqlite::{Connection, OptionalExtension};

/// The words of a note, as a screen shows them.
#[allow(missing_docs, reason = "columns of the table note, named alike")]
pub struct NoteWords {
    pub title: String,
    pub body: String,
    pub extra_lock: bool,
}

/// A copy.
#[allow(missing_docs, reason = "columns of the table copy, named alike")]
pub struct CopyLine {
    pub title: String,
    pub text: String,
    pub extent: String,
    pub at_ms: i64,
    pub zone: String,
}

crate::text::redacted!(NoteWords, CopyLine);

/// The words of a note; `None` where there is no such row.
///
/// # Errors
/// Those of the database.
pub fn note_words(db: &Connection, note: &DocId) -> Result<Option<NoteWords>> {
    let sql = concat!("SELECT title, ", body!(), ", extra_lock FROM note WHERE ", of_doc!());
    let mut query = db.prepare_cached(sql)?;
    let words =
        |row: &rusqlite::Row<'_>| Ok(NoteWords { title: row.get(0)?, body: row.get(1)?, extra_lock: row.get(2)? });
    let Some(words) = query.query_row([note], words).optional()? else { return Ok(None) };
    Ok(Some(NoteWords { body: super::body_of(db, note, words.body)?, ..words }))
}

/// A copy; `None` where not all of it is here, or it was taken back.
///
/// # Errors
/// Those of the database.
pub fn copy_line(db: &Connection, copy: &DocId) -> Result<Option<CopyLine>> {
    let mut query = db.prepare_cached("SELECT title, text, extent, at_ms, zone FROM copy WHERE doc = ?1")?;
    let line = |row: &rusqlite::Row<'_>| {
        Ok(CopyLine {
            title: row.get(0)?,
            text: row.get(1)?,
            extent: row.get(2)?,
            at_ms: row.get(3)?,
            zone: row.get(4)?,
        })
    };
    Ok(query.query_row([copy], line).optional()?)
}

/// The note that a copy of mine is from, as my own phones alone know it.
///
/// # Errors
/// Those of the database.
pub fn note_of(db: &Connection, copy: &DocId) -> Result<Option<DocId>> {
    let mut query = db.prepare_cached("SELECT note FROM consent WHERE copy = ?1 ORDER BY doc LIMIT 1")?;
    Ok(query.query_row([copy], |row| row.get(0)).optional()?)
}

/// The copies that were given of a note, taken back or not.
///
/// # Errors
/// Those of the database.
pub fn copies_of(db: &Connection, note: &DocId) -> Result<Vec<DocId>> {
    let mut query = db.prepare_cached("SELECT DISTINCT copy FROM consent WHERE note = ?1 ORDER BY copy")?;
    let rows = query.query_map([note], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every copy that was given in a space by whomever, taken back or not, by id.
///
/// # Errors
/// Those of the database.
pub fn all_in(db: &Connection, space: &crate::ids::SpaceId) -> Result<Vec<DocId>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM document WHERE space = (SELECT id FROM name WHERE value = ?1) AND kind = ?2 ORDER BY id",
    )?;
    let kind = crate::document::Kind::Copy.number();
    let rows = query.query_map(rusqlite::params![space, kind], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
