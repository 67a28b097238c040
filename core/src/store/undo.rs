//! What was done here lately and can be taken back: documents and their revisions, never words. Local; no other device
//! hears of it.

use crate::cbor;
use crate::error::Result;
use crate::ids::{ChangeId, DocId, ElementId};
use crate::store::singles;
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

/// One of the last calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What stands for it.
    pub token: ElementId,
    /// What it did; nothing for one that is not taken back.
    pub deeds: Vec<Deeds>,
    /// What was done, as a number of `command`'s.
    pub what: i64,
    /// The documents it was about, of one that is not taken back.
    pub about: Vec<DocId>,
}

/// What was done after the newest call that is none of them; 0 for nothing.
const BESIDES: &str = "undo_besides";

/// Keeps what a call did, or only what one was about that is not taken back, and lets go of what lies too far behind.
///
/// # Errors
/// Those of the database.
pub fn put(db: &Connection, token: &ElementId, deeds: &[Deeds], what: i64, about: &[DocId]) -> Result<()> {
    let about = (!about.is_empty()).then(|| cbor::encode(&about.to_vec()));
    db.prepare_cached("INSERT INTO undo (token, deeds, what, about) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        token,
        cbor::encode(&deeds.to_vec()),
        what,
        about
    ])?;
    db.prepare_cached("DELETE FROM undo WHERE position <= (SELECT max(position) FROM undo) - ?1")?
        .execute([UNDO_MAX])?;
    // Mostly it stands at nothing: it is looked at, and no page is written.
    if singles::counter(db, BESIDES)? != 0 {
        singles::set_counter(db, BESIDES, 0)?;
    }
    Ok(())
}

/// Takes out what a token stands for; it is good for one use.
///
/// # Errors
/// Those of the database.
pub fn take(db: &Connection, token: &ElementId) -> Result<Option<Kept>> {
    let found =
        db.prepare_cached(&format!("SELECT {KEPT} FROM undo WHERE token = ?1"))?.query_row([token], row).optional()?;
    db.prepare_cached("DELETE FROM undo WHERE token = ?1")?.execute([token])?;
    found.map(kept).transpose()
}

/// The last calls, the newest first.
///
/// # Errors
/// Those of the database.
pub fn all(db: &Connection) -> Result<Vec<Kept>> {
    let mut query = db.prepare_cached(&format!("SELECT {KEPT} FROM undo ORDER BY position DESC"))?;
    let rows = query.query_map([], row)?;
    rows.map(|found| kept(found?)).collect()
}

const KEPT: &str = "token, deeds, what, about";

type Row = (ElementId, Vec<u8>, i64, Option<Vec<u8>>);

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn kept((token, deeds, what, about): Row) -> Result<Kept> {
    let about = about.map_or(Ok(Vec::new()), |about| cbor::decode_own(&about))?;
    Ok(Kept { token, deeds: cbor::decode_own(&deeds)?, what, about })
}

/// Says that something was done after the newest call that is none of them. It takes no place of theirs.
///
/// # Errors
/// Those of the database.
pub fn put_besides(db: &Connection, what: i64) -> Result<()> {
    singles::set_counter(db, BESIDES, what)
}

/// What was done after the newest call, if something was.
///
/// # Errors
/// Those of the database.
pub fn besides(db: &Connection) -> Result<Option<i64>> {
    let what = singles::counter(db, BESIDES)?;
    Ok((what != 0).then_some(what))
}
