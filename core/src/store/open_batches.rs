//! Records of the batches that this device is still writing.

use super::batches::signed;
use crate::error::Result;
use crate::ids::{DocId, SpaceId};
use rusqlite::{Connection, OptionalExtension, params};

/// The batch this device is writing in a document. Nonce and random bytes serve only to close it.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "columns of the table open_batch, named alike")]
pub struct OpenBatch {
    pub doc: DocId,
    pub space: SpaceId,
    pub actor_nonce: [u8; 16],
    pub random: [u8; 16],
    pub claimed_ms: i64,
    pub zone: String,
    pub operations: u64,
    pub bytes: u64,
    /// What a gate will find out about its changes so far, as in [`BatchRecord`].
    pub facts: Vec<u8>,
}

fn open_batch(row: &rusqlite::Row<'_>) -> rusqlite::Result<OpenBatch> {
    Ok(OpenBatch {
        doc: row.get(0)?,
        space: row.get(1)?,
        actor_nonce: row.get(2)?,
        random: row.get(3)?,
        claimed_ms: row.get(4)?,
        zone: row.get(5)?,
        operations: row.get::<_, i64>(6)?.unsigned_abs(),
        bytes: row.get::<_, i64>(7)?.unsigned_abs(),
        facts: row.get(8)?,
    })
}

const OPEN_COLUMNS: &str = "doc, space, actor_nonce, random, claimed_ms, zone, operations, bytes, facts";
/// A first change of more bytes lies apart: the row is written anew with each further one.
const BESIDE_BYTES_MAX: usize = 2_048;

/// Begins the open batch of a document with its first change. What history is told from here on is of this sitting.
///
/// # Errors
/// Those of the database.
pub fn put_open(db: &Connection, open: &OpenBatch, change: &[u8]) -> Result<()> {
    let beside = (change.len() <= BESIDE_BYTES_MAX).then_some(change);
    db.prepare_cached(
        "INSERT INTO open_batch (doc, space, actor_nonce, random, claimed_ms, zone, operations, bytes, facts, told_from, chunk)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, (SELECT coalesce(max(id), 0) FROM told), ?10)",
    )?
    .execute(params![
        open.doc,
        open.space,
        open.actor_nonce,
        open.random,
        open.claimed_ms,
        open.zone,
        signed(open.operations),
        signed(open.bytes),
        open.facts,
        beside
    ])?;
    write_point!("open-batch-opening");
    if beside.is_none() {
        put_open_change(db, &open.doc, change)?;
    }
    Ok(())
}

/// Lines of history went: their numbers may come again, so what is of an open sitting lies behind the last that is left.
///
/// # Errors
/// Those of the database.
pub fn history_shrank(db: &Connection) -> Result<()> {
    const LAST: &str = "(SELECT coalesce(max(id), 0) FROM told)";
    db.prepare_cached(&format!("UPDATE open_batch SET told_from = {LAST} WHERE told_from > {LAST}"))?.execute([])?;
    Ok(())
}

/// Adds a change to the open batch of a document and keeps its sums, and the time that it claims.
///
/// # Errors
/// Those of the database.
pub fn extend_open(db: &Connection, open: &OpenBatch, change: &[u8]) -> Result<()> {
    db.prepare_cached(
        "UPDATE open_batch SET operations = ?2, bytes = ?3, facts = ?4, claimed_ms = ?5, zone = ?6 WHERE doc = ?1",
    )?
    .execute(params![
        open.doc,
        signed(open.operations),
        signed(open.bytes),
        open.facts,
        open.claimed_ms,
        open.zone
    ])?;
    write_point!("open-batch-extending");
    put_open_change(db, &open.doc, change)
}

fn put_open_change(db: &Connection, doc: &DocId, change: &[u8]) -> Result<()> {
    db.prepare_cached("INSERT INTO open_change (doc, chunk) VALUES (?1, ?2)")?.execute(params![doc, change])?;
    Ok(())
}

/// The open batch of a document.
///
/// # Errors
/// Those of the database.
pub fn open_of(db: &Connection, doc: &DocId) -> Result<Option<OpenBatch>> {
    Ok(db
        .prepare_cached(&format!("SELECT {OPEN_COLUMNS} FROM open_batch WHERE doc = ?1"))?
        .query_row([doc], open_batch)
        .optional()?)
}

/// Every open batch, or those of one space.
///
/// # Errors
/// Those of the database.
pub fn all_open(db: &Connection, space: Option<&SpaceId>) -> Result<Vec<OpenBatch>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {OPEN_COLUMNS} FROM open_batch WHERE ?1 IS NULL OR space = ?1 ORDER BY rowid"
    ))?;
    let rows = query.query_map([space], open_batch)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The changes of a document's open batch, oldest first.
///
/// # Errors
/// Those of the database.
pub fn open_changes(db: &Connection, doc: &DocId) -> Result<Vec<Vec<u8>>> {
    let mut chunks = Vec::new();
    for sql in [
        "SELECT chunk FROM open_batch WHERE doc = ?1 AND chunk IS NOT NULL",
        "SELECT chunk FROM open_change WHERE doc = ?1 ORDER BY position",
    ] {
        let mut query = db.prepare_cached(sql)?;
        let rows = query.query_map([doc], |row| row.get(0))?;
        chunks.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    Ok(chunks)
}

/// Forgets a document's open batch: it was closed.
///
/// # Errors
/// Those of the database.
pub fn remove_open(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached("DELETE FROM open_change WHERE doc = ?1")?.execute([doc])?;
    write_point!("open-batch-closed");
    db.prepare_cached("DELETE FROM open_batch WHERE doc = ?1")?.execute([doc])?;
    Ok(())
}
