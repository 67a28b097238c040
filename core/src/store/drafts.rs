//! Records of words that were typed and are not kept yet: one a field, by the name of what it is a text of.

use crate::error::Result;
use crate::ids::DocId;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Words of one field.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table draft, named alike")]
pub struct DraftRecord {
    pub target: String,
    pub field: String,
    pub text: String,
    /// Splices from the text to what the document had.
    pub back: Vec<u8>,
    /// Splices from the text to what the field showed.
    pub unseen: Vec<u8>,
    /// Where the caret stood, in UTF-16 code units of the text.
    pub caret: u32,
    pub changed_ms: i64,
    pub zone: String,
}

fn record(row: &Row<'_>) -> rusqlite::Result<DraftRecord> {
    Ok(DraftRecord {
        target: row.get(0)?,
        field: row.get(1)?,
        text: row.get(2)?,
        back: row.get(3)?,
        unseen: row.get(4)?,
        caret: row.get(5)?,
        changed_ms: row.get(6)?,
        zone: row.get(7)?,
    })
}

/// The columns of a [`DraftRecord`], in its order.
const COLUMNS: &str = "target, field, text, back, unseen, caret, changed_ms, zone";

/// Keeps words in the place of those that were kept for the field. True where there were none.
///
/// # Errors
/// Those of the database.
pub fn put(db: &Connection, draft: &DraftRecord) -> Result<bool> {
    let is_new = get(db, &draft.target, &draft.field)?.is_none();
    db.prepare_cached(
        "INSERT INTO draft (target, field, text, back, unseen, caret, changed_ms, zone)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (target, field) DO UPDATE SET text = excluded.text, back = excluded.back,
         unseen = excluded.unseen, caret = excluded.caret, changed_ms = excluded.changed_ms, zone = excluded.zone",
    )?
    .execute(params![
        draft.target,
        draft.field,
        draft.text,
        draft.back,
        draft.unseen,
        draft.caret,
        draft.changed_ms,
        draft.zone
    ])?;
    Ok(is_new)
}

/// The words kept for a field.
///
/// # Errors
/// Those of the database.
pub fn get(db: &Connection, target: &str, field: &str) -> Result<Option<DraftRecord>> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM draft WHERE target = ?1 AND field = ?2"))?;
    Ok(query.query_row([target, field], record).optional()?)
}

/// The words of a field are kept elsewhere, or let go of. True where there were any.
///
/// # Errors
/// Those of the database.
pub fn remove(db: &Connection, target: &str, field: &str) -> Result<bool> {
    let gone =
        db.prepare_cached("DELETE FROM draft WHERE target = ?1 AND field = ?2")?.execute(params![target, field])?;
    Ok(gone > 0)
}

/// What is kept for fields of an object, or about it: their targets name it.
///
/// # Errors
/// Those of the database.
pub fn of(db: &Connection, doc: &DocId) -> Result<Vec<DraftRecord>> {
    let mut query =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM draft WHERE instr(target, ?1) > 0 ORDER BY target, field"))?;
    let rows = query.query_map([doc.to_string()], record)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Lets go of what is kept for fields of an object, or about it.
///
/// # Errors
/// Those of the database.
pub fn remove_of(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached("DELETE FROM draft WHERE instr(target, ?1) > 0")?.execute([doc.to_string()])?;
    Ok(())
}

crate::text::redacted!(DraftRecord);
