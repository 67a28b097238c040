//! Logs of which only a part is kept: how much lies there, and what goes.

use super::batches::{self, BatchRecord, Stage};
use super::shortened::whole_header_len;
use crate::error::Result;
use crate::ids::{BatchId, DeviceId, DocId, SpaceId};
use rusqlite::{Connection, params};

/// A batch of a log, by what keeping it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which.
    pub id: BatchId,
    /// Its document.
    pub doc: DocId,
    /// Its place in the log.
    pub seq: u64,
    /// Bytes of header and payload as they were signed: what is kept of a log hangs on it, and so must be the same on every
    /// phone, however its rows lie.
    pub bytes: u64,
}

/// The batches of a device's log that do not count and hold something, lowest place first.
///
/// # Errors
/// Those of the database.
pub fn uncounted(db: &Connection, space: &SpaceId, device: &DeviceId) -> Result<Vec<Kept>> {
    let mut query = db.prepare_cached(
        "SELECT id, doc, seq, coalesce(payload, 0), header FROM batch
         WHERE space = (SELECT id FROM name WHERE value = ?1) AND device = (SELECT id FROM name WHERE value = ?2)
         AND stage IN (1, 2, 4, 5) ORDER BY seq, id",
    )?;
    let rows = query.query_and_then(params![space, device], |row| {
        let (seq, payload): (i64, i64) = (row.get(2)?, row.get(3)?);
        let header = whole_header_len(&row.get::<_, Vec<u8>>(4)?).unwrap_or_default();
        let bytes = payload.unsigned_abs() + header as u64;
        Ok(Kept { id: row.get(0)?, doc: row.get(1)?, seq: seq.unsigned_abs(), bytes })
    })?;
    rows.collect()
}

/// Takes a batch out as if it had never come, after [`super::named::forget`]; [`set_heads`] is called after the last one of
/// a log.
///
/// # Errors
/// Those of the database.
pub fn drop_batch(db: &Connection, id: &BatchId) -> Result<()> {
    batches::drop_payload(db, id)?;
    db.prepare_cached("DELETE FROM batch WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Sets the heads of a log, and takes these batches for followed by none, and those, which are held no more, for followed.
///
/// # Errors
/// Those of the database.
pub fn set_heads(
    db: &Connection,
    space: &SpaceId,
    device: &DeviceId,
    heads: &[(u64, BatchId)],
    not_followed: &[BatchId],
    followed: &[BatchId],
) -> Result<()> {
    db.prepare_cached("DELETE FROM log_head WHERE space = ?1 AND device = ?2")?.execute(params![space, device])?;
    for (seq, id) in heads {
        db.prepare_cached("INSERT INTO log_head (space, device, batch, seq) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![space, device, id, i64::try_from(*seq).unwrap_or(i64::MAX)])?;
    }
    for id in not_followed {
        db.prepare_cached("DELETE FROM followed WHERE batch = ?1")?.execute([id])?;
    }
    for id in followed {
        db.prepare_cached("INSERT OR IGNORE INTO followed (batch) VALUES (?1)")?.execute([id])?;
    }
    Ok(())
}

/// Makes batches of a document that were set aside for this reason wait to be judged anew.
///
/// # Errors
/// Those of the database.
pub fn judge_aside_anew(db: &Connection, doc: &DocId, reason: u8) -> Result<()> {
    db.prepare_cached(
        "UPDATE batch SET stage = 1, reason = 0, facts = x'' WHERE doc = ?1 AND stage = 4 AND reason = ?2",
    )?
    .execute(params![doc, reason])?;
    Ok(())
}

/// Makes every batch that waits for a newer app wait to be judged anew, and gives the spaces that hold any, or any that
/// was received and never judged.
///
/// # Errors
/// Those of the database.
pub fn judge_newer_anew(db: &Connection) -> Result<Vec<SpaceId>> {
    db.prepare_cached("UPDATE batch SET stage = 1, reason = 0 WHERE stage = 5")?.execute([])?;
    let mut query = db.prepare_cached(
        "SELECT value FROM name WHERE id IN (SELECT space FROM batch WHERE stage = 1) ORDER BY value",
    )?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The documents of these batches, as far as they are held.
///
/// # Errors
/// Those of the database.
pub fn documents_of<'a>(db: &Connection, ids: impl IntoIterator<Item = &'a BatchId>) -> Result<Vec<DocId>> {
    let mut query = db.prepare_cached("SELECT doc FROM batch WHERE id = ?1")?;
    let mut found = Vec::new();
    for id in ids {
        let docs = query.query_map([id], |row| row.get(0))?;
        found.extend(docs.collect::<rusqlite::Result<Vec<DocId>>>()?);
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The batches of a document in these stages, in the order they came, without what they hold, which is long; each with whether it
/// holds anything.
///
/// # Errors
/// Those of the database.
pub fn rows_of_document(db: &Connection, doc: &DocId, from: Stage, to: Stage) -> Result<Vec<(BatchRecord, bool)>> {
    let mut query = db.prepare_cached(
        "SELECT id, (SELECT value FROM name WHERE name.id = batch.space),
         (SELECT value FROM name WHERE name.id = batch.device), seq, doc, header, signature,
         NULL, stage, reason, facts, NULL, payload IS NOT NULL
         FROM batch WHERE doc = ?1 AND stage BETWEEN ?2 AND ?3 ORDER BY position",
    )?;
    query
        .query_and_then(params![doc, from as i64, to as i64], |row| Ok((batches::batch(row)?, row.get(12)?)))?
        .collect()
}
