//! Single texts out of rows: what a field shows before its document is in memory.

use super::note_rows::{body, of_doc};
use crate::document::goal::TEXT_FIELDS;
use crate::error::{Code, Result};
use crate::ids::{DocId, ElementId};
use rusqlite::{Connection, OptionalExtension, params};

fn one(db: &Connection, sql: &str, doc: &DocId) -> Result<String> {
    let found = db.prepare_cached(sql)?.query_row([doc], |row| row.get(0)).optional()?;
    found.ok_or_else(|| Code::NotFound.into())
}

/// The body of a note.
///
/// # Errors
/// `NotFound`; those of the database.
pub fn note_body(db: &Connection, note: &DocId) -> Result<String> {
    super::body_of(db, note, one(db, concat!("SELECT ", body!(), " FROM note WHERE ", of_doc!()), note)?)
}

/// The title of a note.
///
/// # Errors
/// `NotFound`; those of the database.
pub fn note_title(db: &Connection, note: &DocId) -> Result<String> {
    one(db, concat!("SELECT title FROM note WHERE ", of_doc!()), note)
}

/// The title of a plan.
///
/// # Errors
/// `NotFound`; those of the database.
pub fn plan_title(db: &Connection, plan: &DocId) -> Result<String> {
    one(db, "SELECT title FROM plan WHERE doc = ?1", plan)
}

/// A text of a goal by the name of its field.
///
/// # Errors
/// `NotFound`, also for a name that is none; those of the database.
pub fn goal_field(db: &Connection, goal: &DocId, field: &str) -> Result<String> {
    // Names of fields are columns here, so only those that are known.
    let known = TEXT_FIELDS.iter().find(|known| **known == field).ok_or(Code::NotFound)?;
    one(db, &format!("SELECT {known} FROM goal WHERE doc = ?1"), goal)
}

/// The words of a goal's step that is there.
///
/// # Errors
/// `NotFound`; those of the database.
pub fn step(db: &Connection, goal: &DocId, step: &ElementId) -> Result<String> {
    let found = db
        .prepare_cached("SELECT text FROM step WHERE doc = ?1 AND id = ?2 AND gone = 0")?
        .query_row(params![goal, step], |row| row.get(0))
        .optional()?;
    found.ok_or_else(|| Code::NotFound.into())
}

/// Whether a commit after this one touched one of these, or what belongs to it.
///
/// # Errors
/// Those of the database.
pub fn is_touched_since(db: &Connection, commit: u64, objects: &[DocId]) -> Result<bool> {
    let mut query = db.prepare_cached("SELECT 1 FROM touched WHERE made_in > ?1 AND (object = ?2 OR parent = ?2)")?;
    let commit = i64::try_from(commit).unwrap_or(i64::MAX);
    for object in objects {
        if query.exists(params![commit, object])? {
            return Ok(true);
        }
    }
    Ok(false)
}
