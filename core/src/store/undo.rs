//! What was done here lately and can be taken back: documents and their revisions, never words. Local; no other device
//! hears of it.

use crate::cbor;
use crate::error::Result;
use crate::ids::{ChangeId, DocId, ElementId};
use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension, params};

/// How many of the last calls of `apply` can be taken back.
pub const UNDO_MAX: i64 = 20;

/// What one call did to one document.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Deeds {
    /// Which document.
    #[n(1)]
    pub doc: DocId,
    /// Whether it was made by this.
    #[n(2)]
    pub made: bool,
    /// The newest changes before.
    #[n(3)]
    pub before: Vec<ChangeId>,
    /// The newest changes after.
    #[n(4)]
    pub after: Vec<ChangeId>,
}

/// Keeps what a call did, none for one that is not taken back, and lets go of what lies too far behind.
///
/// # Errors
/// Those of the database.
pub fn put(db: &Connection, token: &ElementId, deeds: &[Deeds]) -> Result<()> {
    db.prepare_cached("INSERT INTO undo (token, deeds) VALUES (?1, ?2)")?
        .execute(params![token, cbor::encode(&deeds.to_vec())])?;
    db.prepare_cached("DELETE FROM undo WHERE position <= (SELECT max(position) FROM undo) - ?1")?
        .execute([UNDO_MAX])?;
    Ok(())
}

/// Takes out what a token stands for; it is good for one use.
///
/// # Errors
/// Those of the database.
pub fn take(db: &Connection, token: &ElementId) -> Result<Option<Vec<Deeds>>> {
    let found: Option<Vec<u8>> = db
        .prepare_cached("SELECT deeds FROM undo WHERE token = ?1")?
        .query_row([token], |row| row.get(0))
        .optional()?;
    db.prepare_cached("DELETE FROM undo WHERE token = ?1")?.execute([token])?;
    found.map(|bytes| cbor::decode_own(&bytes)).transpose()
}

/// The token of what was done last, `None` where that is not taken back.
///
/// # Errors
/// Those of the database.
pub fn newest(db: &Connection) -> Result<Option<ElementId>> {
    let found: Option<(ElementId, Vec<u8>)> = db
        .prepare_cached("SELECT token, deeds FROM undo ORDER BY position DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((token, bytes)) = found else { return Ok(None) };
    let deeds: Vec<Deeds> = cbor::decode_own(&bytes)?;
    Ok((!deeds.is_empty()).then_some(token))
}
