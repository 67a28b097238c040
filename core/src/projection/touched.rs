use super::history::subject;
use crate::error::Result;
use crate::store::documents::DocumentRecord;
use rusqlite::{Connection, params};

/// Who caused a change, seen from this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum Cause {
    Mine = 1,
    Theirs = 2,
    Clock = 3,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum How {
    Added = 1,
    Changed = 2,
    Gone = 3,
    Rights = 4,
}

/// Notes that a commit touched what this document is about, so that a host can ask what it missed.
///
/// # Errors
/// Those of the database.
pub fn touch(db: &Connection, document: &DocumentRecord, commit: u64, cause: Cause, how: How) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO touched (made_in, object, kind, parent, how, cause) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (made_in, object) DO UPDATE SET how = min(how, excluded.how)",
    )?
    .execute(params![
        i64::try_from(commit).unwrap_or(i64::MAX),
        subject(document),
        document.kind,
        document.about,
        how as u8,
        cause as u8
    ])?;
    Ok(())
}
