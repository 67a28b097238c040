//! Records of the signed logs: batches in every stage, those that wait, the heads of each device's log. The batches
//! this device is still writing are in `open_batches`.

pub use super::open_batches::{
    OpenBatch, all_open, extend_open, history_shrank, open_changes, open_of, put_open, remove_open,
};
use crate::error::{Code, Result};
use crate::ids::{BatchId, DeviceId, DocId, SpaceId};
use crate::store::{names, shortened};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};

/// How far a batch has come. The number is kept in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Its signature and chain are good; its content was not judged, since something it names is not here yet.
    Received = 1,
    /// It passed the gate.
    Passed = 2,
    /// It passed and counts.
    Accepted = 3,
    /// It passed and does not count; the reason is kept.
    Aside = 4,
    /// It needs a newer app.
    HeldBack = 5,
    /// It can never count; only its header is kept, with the reason.
    Refused = 6,
}

impl Stage {
    fn from_number(number: i64) -> Self {
        use Stage::*;
        [Received, Passed, Accepted, Aside, HeldBack]
            .into_iter()
            .find(|stage| *stage as i64 == number)
            .unwrap_or(Refused)
    }
}

/// A batch as it is kept.
#[derive(Clone)]
#[allow(missing_docs, reason = "columns of the table batch, named alike")]
pub struct BatchRecord {
    pub id: BatchId,
    pub space: SpaceId,
    pub device: DeviceId,
    pub seq: u64,
    pub doc: DocId,
    pub header: Vec<u8>,
    pub signature: Vec<u8>,
    pub payload: Option<Vec<u8>>,
    pub stage: Stage,
    pub reason: u8,
    /// What the gate found out about the changes inside; empty before it passed.
    pub facts: Vec<u8>,
}

impl std::fmt::Debug for BatchRecord {
    /// Without the payload, in which words may lie uncompressed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BatchRecord({:?}, {:?})", self.id, self.stage)
    }
}

const COLUMNS: &str = "id, (SELECT value FROM name WHERE name.id = batch.space),
    (SELECT value FROM name WHERE name.id = batch.device), seq, doc, header, signature,
    (SELECT bytes FROM payload WHERE payload.batch = batch.position), stage, reason, facts, payload";

pub(super) fn batch(row: &rusqlite::Row<'_>) -> Result<BatchRecord> {
    let (id, space, device, doc) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(4)?);
    Ok(BatchRecord {
        id,
        space,
        device,
        seq: row.get::<_, i64>(3)?.unsigned_abs(),
        doc,
        header: header_kept(&row.get::<_, Vec<u8>>(5)?, &space, &device, &doc),
        signature: row.get(6)?,
        payload: held(row.get(7)?, row.get(11)?),
        stage: Stage::from_number(row.get(8)?),
        reason: row.get(9)?,
        facts: shortened::whole_facts(&row.get::<_, Vec<u8>>(10)?, &id, &device),
    })
}

/// A header as it was signed; for what a row never keeps, bytes that nobody takes for one.
fn header_kept(short: &[u8], space: &SpaceId, device: &DeviceId, doc: &DocId) -> Vec<u8> {
    shortened::whole_header(short, space, device, doc).unwrap_or_else(|| vec![0xff])
}

/// A payload as its table has it, beside the length that the batch's row says. Where they do not fit, bytes that are no
/// payload: whoever opens them is told of damage in that document, and nobody else.
fn held(bytes: Option<Vec<u8>>, length: Option<i64>) -> Option<Vec<u8>> {
    let length = usize::try_from(length?).ok();
    Some(bytes.filter(|bytes| Some(bytes.len()) == length).unwrap_or_default())
}

/// Puts what a batch holds beside its row.
pub(super) fn put_payload(db: &Connection, position: i64, payload: &[u8]) -> Result<()> {
    db.prepare_cached("INSERT INTO payload (batch, bytes) VALUES (?1, ?2)")?.execute(params![position, payload])?;
    Ok(())
}

/// Drops what a batch holds; its row says so too, or the caller does it.
pub(super) fn drop_payload(db: &Connection, id: &BatchId) -> Result<()> {
    db.prepare_cached("DELETE FROM payload WHERE batch = (SELECT position FROM batch WHERE id = ?1)")?.execute([id])?;
    Ok(())
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Keeps a received batch and moves the heads of its log: what it follows is no head any more.
///
/// # Errors
/// Those of the database.
pub fn put(db: &Connection, record: &BatchRecord, prev: &[BatchId]) -> Result<()> {
    db.prepare_cached(
        "INSERT OR FAIL INTO batch (id, space, device, seq, doc, header, signature, payload, stage, reason, facts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        record.id,
        names::number(db, &record.space.0)?,
        names::number(db, &record.device.0)?,
        signed(record.seq),
        record.doc,
        shortened::header(&record.header, &record.space, &record.device, &record.doc),
        record.signature,
        record.payload.as_ref().map(|payload| signed(payload.len() as u64)),
        record.stage as i64,
        record.reason,
        shortened::facts(&record.facts, &record.id, &record.device)
    ])?;
    write_point!("batch-put");
    if let Some(payload) = &record.payload {
        put_payload(db, db.last_insert_rowid(), payload)?;
    }
    for id in prev {
        db.prepare_cached("DELETE FROM log_head WHERE space = ?1 AND device = ?2 AND batch = ?3")?.execute(params![
            record.space,
            record.device,
            id
        ])?;
        if !is_held(db, id)? {
            db.prepare_cached("INSERT OR IGNORE INTO followed (batch) VALUES (?1)")?.execute([id])?;
        }
    }
    // Taken in out of order, a batch may already have a follower (fetched by hash): then it is no head.
    db.prepare_cached(
        "INSERT OR IGNORE INTO log_head (space, device, batch, seq)
         SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM followed WHERE batch = ?3)",
    )?
    .execute(params![record.space, record.device, record.id, signed(record.seq)])?;
    Ok(())
}

/// Whether this batch is kept, in any stage.
///
/// # Errors
/// Those of the database.
pub fn is_held(db: &Connection, id: &BatchId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM batch WHERE id = ?1")?.exists([id])?)
}

/// One batch.
///
/// # Errors
/// Those of the database.
pub fn get(db: &Connection, id: &BatchId) -> Result<Option<BatchRecord>> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM batch WHERE id = ?1"))?;
    query.query_and_then([id], batch)?.next().transpose()
}

/// The header of a batch, without reading what it holds.
///
/// # Errors
/// Those of the database.
pub fn header(db: &Connection, id: &BatchId) -> Result<Option<Vec<u8>>> {
    let mut query = db.prepare_cached(
        "SELECT header, (SELECT value FROM name WHERE name.id = batch.space),
         (SELECT value FROM name WHERE name.id = batch.device), doc FROM batch WHERE id = ?1",
    )?;
    let mut headers = query.query_and_then([id], |row| {
        Ok(header_kept(&row.get::<_, Vec<u8>>(0)?, &row.get(1)?, &row.get(2)?, &row.get(3)?))
    })?;
    headers.next().transpose()
}

/// The log that a batch is of, and its number there.
///
/// # Errors
/// Those of the database.
pub fn stand(db: &Connection, id: &BatchId) -> Result<Option<(SpaceId, DeviceId, u64)>> {
    let mut query = db.prepare_cached(
        "SELECT (SELECT value FROM name WHERE name.id = batch.space),
         (SELECT value FROM name WHERE name.id = batch.device), seq FROM batch WHERE id = ?1",
    )?;
    let stand = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs()));
    Ok(query.query_row([id], stand).optional()?)
}

/// Writes anew what of a batch's row was damaged: what is signed, and what it holds where that is given.
///
/// # Errors
/// Those of the database.
pub fn heal(db: &Connection, held: &BatchRecord, whole: (&[u8], &[u8]), payload: Option<&[u8]>) -> Result<()> {
    let (header, signature) = (shortened::header(whole.0, &held.space, &held.device, &held.doc), whole.1);
    let mut write = db.prepare_cached("UPDATE batch SET header = ?2, signature = ?3 WHERE id = ?1")?;
    write.execute(params![held.id, header, signature])?;
    let Some(payload) = payload else { return Ok(()) };
    drop_payload(db, &held.id)?;
    let length = signed(payload.len() as u64);
    db.prepare_cached("UPDATE batch SET payload = ?2 WHERE id = ?1")?.execute(params![held.id, length])?;
    put_payload(db, position(db, &held.id)?, payload)
}

/// Changes a batch's stage; what can never count keeps its header only.
///
/// # Errors
/// Those of the database.
pub fn set_stage(db: &Connection, id: &BatchId, stage: Stage, reason: u8, facts: Option<&[u8]>) -> Result<()> {
    let device = "SELECT name.value FROM batch JOIN name ON name.id = batch.device WHERE batch.id = ?1";
    let shorten = |facts: &[u8]| -> Result<Vec<u8>> {
        let device = db.prepare_cached(device)?.query_row([id], |row| row.get(0)).optional()?;
        Ok(device.map_or_else(Vec::new, |device| shortened::facts(facts, id, &device)))
    };
    let facts = facts.map(shorten).transpose()?;
    if stage == Stage::Refused {
        drop_payload(db, id)?;
    }
    db.prepare_cached(
        "UPDATE OR FAIL batch SET stage = ?2, reason = ?3, facts = coalesce(?4, facts),
         payload = CASE WHEN ?2 = 6 THEN NULL ELSE payload END WHERE id = ?1",
    )?
    .execute(params![id, stage as i64, reason, facts])?;
    Ok(())
}

/// Says that a received batch of this device passed the gate, which learned these facts of it.
///
/// # Errors
/// Those of the database.
pub fn set_passed(db: &Connection, id: &BatchId, device: &DeviceId, facts: &[u8]) -> Result<()> {
    db.prepare_cached("UPDATE OR FAIL batch SET stage = 2, reason = 0, facts = ?2 WHERE id = ?1")?
        .execute(params![id, shortened::facts(facts, id, device)])?;
    Ok(())
}

/// Counts a batch: all of its changes, or as many as stand before a lost twin.
///
/// # Errors
/// Those of the database.
pub fn set_accepted(db: &Connection, id: &BatchId, counted: Option<u32>) -> Result<()> {
    db.prepare_cached("UPDATE OR FAIL batch SET stage = 3, reason = 0, counted = ?2 WHERE id = ?1")?
        .execute(params![id, counted])?;
    Ok(())
}

/// Takes the accepted batches of a document for such as have just passed: they are settled anew.
///
/// # Errors
/// Those of the database.
pub fn count_anew(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached("UPDATE batch SET stage = 2, reason = 0, counted = NULL WHERE doc = ?1 AND stage = 3")?
        .execute([doc])?;
    Ok(())
}

/// The accepted batches of a document, each with how many of its changes count (`None`: all).
///
/// # Errors
/// Those of the database.
pub fn accepted_of(db: &Connection, doc: &DocId) -> Result<BTreeMap<BatchId, Option<u32>>> {
    let mut query = db.prepare_cached("SELECT id, counted FROM batch WHERE doc = ?1 AND stage = 3")?;
    let rows = query.query_map([doc], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many batches of a space are in these stages; one whose words were dropped waits for nothing.
///
/// # Errors
/// Those of the database.
pub fn count(db: &Connection, space: &SpaceId, from: Stage, to: Stage) -> Result<u64> {
    let count: i64 = db
        .prepare_cached(
            "SELECT count(*) FROM batch WHERE space = (SELECT id FROM name WHERE value = ?1) AND stage BETWEEN ?2 AND ?3
             AND (stage <> 1 OR payload IS NOT NULL)",
        )?
        .query_row(params![space, from as i64, to as i64], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The devices of which something in a document waits for a newer app.
///
/// # Errors
/// Those of the database.
pub fn newer_from(db: &Connection, space: &SpaceId, doc: &DocId) -> Result<Vec<DeviceId>> {
    // The plus keeps SQLite from reading the space's whole log in the order of devices to find the few of one document.
    // Told apart here: SQLite would make a table of its own for that.
    let mut query = db.prepare_cached(
        "SELECT value FROM batch CROSS JOIN name ON name.id = batch.device WHERE doc = ?2 AND stage = 5
         AND +space = (SELECT id FROM name WHERE value = ?1)",
    )?;
    let rows = query.query_map(params![space, doc], |row| row.get(0))?;
    let devices: BTreeSet<DeviceId> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(devices.into_iter().collect())
}

/// Whether anything at all waits for a newer app.
///
/// # Errors
/// Those of the database.
pub fn is_any_newer(db: &Connection) -> Result<bool> {
    // Left to itself SQLite goes through another index of every batch there is.
    Ok(db.prepare_cached("SELECT 1 FROM batch INDEXED BY batch_of_newer_app WHERE stage = 5")?.exists([])?)
}

/// The batches of a document in these stages, in the order they came.
///
/// # Errors
/// Those of the database.
pub fn of_document(db: &Connection, doc: &DocId, from: Stage, to: Stage) -> Result<Vec<BatchRecord>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM batch WHERE doc = ?1 AND stage BETWEEN ?2 AND ?3 ORDER BY position"
    ))?;
    query.query_and_then(params![doc, from as i64, to as i64], batch)?.collect()
}

/// Shows every batch there is; nothing for one whose row cannot be read.
///
/// # Errors
/// Those of the database.
pub fn each(db: &Connection, see: &mut dyn FnMut(Option<BatchRecord>)) -> Result<()> {
    let mut query = db.prepare(&format!("SELECT {COLUMNS} FROM batch"))?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        see(batch(row).ok());
    }
    Ok(())
}

/// The documents of a space of which something was received that may count.
///
/// # Errors
/// Those of the database.
pub fn documents(db: &Connection, space: &SpaceId) -> Result<Vec<DocId>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT doc FROM batch WHERE space = (SELECT id FROM name WHERE value = ?1)
             AND stage BETWEEN 1 AND 4 ORDER BY doc",
    )?;
    let rows = query.query_map([space], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The payloads of the accepted batches of a document that came after a position, in the order they came, each with
/// how many of its changes count (`None`: all).
///
/// # Errors
/// Those of the database.
pub fn accepted_after(db: &Connection, doc: &DocId, position: i64) -> Result<Vec<(Vec<u8>, Option<u32>)>> {
    let mut query = db.prepare_cached(
        "SELECT (SELECT bytes FROM payload WHERE payload.batch = batch.position), payload, counted
         FROM batch WHERE doc = ?1 AND stage = 3 AND position > ?2 AND payload IS NOT NULL
         AND id NOT IN (SELECT batch FROM request) ORDER BY position",
    )?;
    let rows = query.query_and_then(params![doc, position], |row| {
        let payload = held(row.get(0)?, row.get(1)?);
        Ok((payload.ok_or(Code::Corrupt)?, row.get(2)?))
    })?;
    rows.collect()
}

/// What the gate learned of the accepted batches of a document.
///
/// # Errors
/// Those of the database.
pub fn facts_of_accepted(db: &Connection, doc: &DocId) -> Result<Vec<Vec<u8>>> {
    let mut query = db.prepare_cached(
        "SELECT facts, batch.id, name.value FROM batch JOIN name ON name.id = batch.device WHERE doc = ?1 AND stage = 3",
    )?;
    query
        .query_and_then([doc], |row| {
            Ok(shortened::whole_facts(&row.get::<_, Vec<u8>>(0)?, &row.get(1)?, &row.get(2)?))
        })?
        .collect()
}

/// How many accepted batches of a document came after its snapshot.
///
/// # Errors
/// Those of the database.
pub fn count_unsnapshotted(db: &Connection, doc: &DocId) -> Result<i64> {
    Ok(db
        .prepare_cached(
            "SELECT count(*) FROM batch WHERE doc = ?1 AND stage = 3
             AND position > coalesce((SELECT upto FROM snapshot WHERE doc = ?1), 0)",
        )?
        .query_row([doc], |row| row.get(0))?)
}

/// Where in the order of coming a batch stands.
///
/// # Errors
/// Those of the database.
pub fn position(db: &Connection, id: &BatchId) -> Result<i64> {
    Ok(db.prepare_cached("SELECT position FROM batch WHERE id = ?1")?.query_row([id], |row| row.get(0))?)
}

/// Batches of a space that were kept out, newest first.
///
/// # Errors
/// Those of the database.
pub fn kept_out(db: &Connection, space: &SpaceId, limit: u32) -> Result<Vec<BatchRecord>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM batch WHERE space = (SELECT id FROM name WHERE value = ?1)
         AND stage IN (4, 6) ORDER BY position DESC LIMIT ?2"
    ))?;
    query.query_and_then(params![space, limit], batch)?.collect()
}

/// The newest batches of a device's log: more than one after a fork.
///
/// # Errors
/// Those of the database.
pub fn heads(db: &Connection, space: &SpaceId, device: &DeviceId) -> Result<Vec<(u64, BatchId)>> {
    let mut query =
        db.prepare_cached("SELECT seq, batch FROM log_head WHERE space = ?1 AND device = ?2 ORDER BY seq DESC, batch")?;
    let rows =
        query.query_map(params![space, device], |row| Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether a device's log has any newest batch, or this one among them.
///
/// # Errors
/// Those of the database.
pub fn has_heads(db: &Connection, space: &SpaceId, device: &DeviceId, id: Option<&BatchId>) -> Result<bool> {
    Ok(match id {
        None => db
            .prepare_cached("SELECT 1 FROM log_head WHERE space = ?1 AND device = ?2")?
            .exists([&space.0, &device.0])?,
        Some(id) => db
            .prepare_cached("SELECT 1 FROM log_head WHERE space = ?1 AND device = ?2 AND batch = ?3")?
            .exists([&space.0, &device.0, &id.0])?,
    })
}

/// The devices with a log in this space.
///
/// # Errors
/// Those of the database.
pub fn devices(db: &Connection, space: &SpaceId) -> Result<Vec<DeviceId>> {
    let mut query = db.prepare_cached("SELECT DISTINCT device FROM log_head WHERE space = ?1 ORDER BY device")?;
    let rows = query.query_map([space], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The batches of a device's log from a sequence number on, lowest first.
///
/// # Errors
/// Those of the database.
pub fn since(db: &Connection, space: &SpaceId, device: &DeviceId, seq: u64) -> Result<Vec<BatchId>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM batch WHERE space = (SELECT id FROM name WHERE value = ?1)
             AND device = (SELECT id FROM name WHERE value = ?2) AND seq >= ?3 ORDER BY seq, id",
    )?;
    let rows = query.query_map(params![space, device, signed(seq)], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The space of what is held of a document; `None` where nothing is.
///
/// # Errors
/// Those of the database.
pub fn space_of(db: &Connection, doc: &DocId) -> Result<Option<SpaceId>> {
    let sql = "SELECT name.value FROM batch JOIN name ON name.id = batch.space WHERE batch.doc = ?1 LIMIT 1";
    Ok(db.prepare_cached(sql)?.query_row([doc], |row| row.get(0)).optional()?)
}

/// Whether a device has a batch in this document already (its first one carries the birth; what it asked bears nothing).
///
/// # Errors
/// Those of the database.
pub fn wrote_in(db: &Connection, doc: &DocId, device: &DeviceId) -> Result<bool> {
    Ok(db
        .prepare_cached(
            "SELECT 1 FROM batch WHERE doc = ?1 AND device = (SELECT id FROM name WHERE value = ?2) AND stage <> 6
             AND NOT EXISTS (SELECT 1 FROM request WHERE request.batch = batch.id)",
        )?
        .exists(params![doc, device])?)
}

#[cfg(test)]
mod tests;
