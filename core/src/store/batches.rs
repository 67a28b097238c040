//! Records of the signed logs: batches in every stage, those that wait, the heads of each device's log. The batches
//! this device is still writing are in `open_batches`.

pub use super::open_batches::{
    OpenBatch, all_open, extend_open, history_shrank, open_changes, open_of, put_open, remove_open,
};
use crate::error::Result;
use crate::ids::{BatchId, DeviceId, DocId, SpaceId};
use crate::store::names;
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
    (SELECT value FROM name WHERE name.id = batch.device), seq, doc, header, signature, payload, stage, reason, facts";

fn batch(row: &rusqlite::Row<'_>) -> rusqlite::Result<BatchRecord> {
    Ok(BatchRecord {
        id: row.get(0)?,
        space: row.get(1)?,
        device: row.get(2)?,
        seq: row.get::<_, i64>(3)?.unsigned_abs(),
        doc: row.get(4)?,
        header: row.get(5)?,
        signature: row.get(6)?,
        payload: row.get(7)?,
        stage: Stage::from_number(row.get(8)?),
        reason: row.get(9)?,
        facts: row.get(10)?,
    })
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
        record.header,
        record.signature,
        record.payload,
        record.stage as i64,
        record.reason,
        record.facts
    ])?;
    write_point!("batch-put");
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
    Ok(db.prepare_cached(&format!("SELECT {COLUMNS} FROM batch WHERE id = ?1"))?.query_row([id], batch).optional()?)
}

/// The header of a batch, without reading what it holds.
///
/// # Errors
/// Those of the database.
pub fn header(db: &Connection, id: &BatchId) -> Result<Option<Vec<u8>>> {
    Ok(db.prepare_cached("SELECT header FROM batch WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()?)
}

/// Changes a batch's stage; what can never count keeps its header only.
///
/// # Errors
/// Those of the database.
pub fn set_stage(db: &Connection, id: &BatchId, stage: Stage, reason: u8, facts: Option<&[u8]>) -> Result<()> {
    db.prepare_cached(
        "UPDATE OR FAIL batch SET stage = ?2, reason = ?3, facts = coalesce(?4, facts),
         payload = CASE WHEN ?2 = 6 THEN NULL ELSE payload END WHERE id = ?1",
    )?
    .execute(params![id, stage as i64, reason, facts])?;
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
    let rows = query.query_map(params![doc, from as i64, to as i64], batch)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
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
        "SELECT payload, counted FROM batch WHERE doc = ?1 AND stage = 3 AND position > ?2 AND payload IS NOT NULL
         AND id NOT IN (SELECT batch FROM request) ORDER BY position",
    )?;
    let rows = query.query_map(params![doc, position], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
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
    let rows = query.query_map(params![space, limit], batch)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
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

/// What a device's batches take up while they wait, as [`put_waiting`] counts it.
const WAITING_TAKEN: &str = "SELECT count(*), coalesce(sum(length(bytes)), 0) FROM waiting WHERE device = ?1";

/// How much waits of each device. Counted once for a taking-in and kept up from there: to count anew for each batch that
/// comes costs as many rows as wait, thousands of times over.
#[derive(Debug, Default)]
pub struct WaitingRoom {
    taken: BTreeMap<DeviceId, (i64, i64)>,
}

/// Keeps the bytes of a batch whose log has a gap before it; false when the device's share is full
/// (8 MiB and 4,096 batches, the newest is not kept and is asked for again). Nothing that waits may be taken out while `room`
/// is in use.
///
/// # Errors
/// Those of the database.
pub fn put_waiting(
    db: &Connection,
    room: &mut WaitingRoom,
    space: &SpaceId,
    device: &DeviceId,
    id: &BatchId,
    bytes: &[u8],
) -> Result<bool> {
    const WAITING_BYTES_MAX: i64 = 8 * 1024 * 1024;
    const WAITING_BATCHES_MAX: i64 = 4_096;
    let (count, total) = match room.taken.get(device) {
        Some(taken) => *taken,
        None => db.prepare_cached(WAITING_TAKEN)?.query_row([device], |row| Ok((row.get(0)?, row.get(1)?)))?,
    };
    let length = signed(bytes.len() as u64);
    let fits = count < WAITING_BATCHES_MAX && total + length <= WAITING_BYTES_MAX;
    let is_new = fits
        && db
            .prepare_cached("INSERT OR IGNORE INTO waiting (id, space, device, bytes) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![id, space, device, bytes])?
            > 0;
    room.taken.insert(*device, if is_new { (count + 1, total + length) } else { (count, total) });
    Ok(fits)
}

/// Everything that waits in a space, in the order it came.
///
/// # Errors
/// Those of the database.
pub fn waiting(db: &Connection, space: &SpaceId) -> Result<Vec<Vec<u8>>> {
    let mut query = db.prepare_cached("SELECT bytes FROM waiting WHERE space = ?1 ORDER BY position")?;
    let rows = query.query_map([space], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many batches wait in a space.
///
/// # Errors
/// Those of the database.
pub fn count_waiting(db: &Connection, space: &SpaceId) -> Result<u64> {
    let count: i64 =
        db.prepare_cached("SELECT count(*) FROM waiting WHERE space = ?1")?.query_row([space], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Forgets a batch that waited: it found its place.
///
/// # Errors
/// Those of the database.
pub fn remove_waiting(db: &Connection, id: &BatchId) -> Result<()> {
    db.prepare_cached("DELETE FROM waiting WHERE id = ?1")?.execute([id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::StatementStatus;

    #[test]
    fn what_waits_is_counted_once_and_no_more_than_its_share_is_kept() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(include_str!("schema.sql")).unwrap();
        let (space, devices) = (SpaceId([1; 32]), [DeviceId([2; 32]), DeviceId([3; 32])]);
        let id = |device: u8, at: u32| {
            let mut id = [device; 32];
            id[..4].copy_from_slice(&at.to_be_bytes());
            BatchId(id)
        };
        let mut room = WaitingRoom::default();
        let mut put = |device: u8, at: u32, bytes: &[u8]| {
            put_waiting(&db, &mut room, &space, &devices[usize::from(device)], &id(device, at), bytes).unwrap()
        };
        let kept = (0..5_000).filter(|at| put(0, *at, b"few") && put(0, *at, b"few") == (*at < 4_095)).count();
        assert_eq!((kept, put(1, 0, b"few")), (4_096, true), "each has a share of its own");
        let large = vec![7; 1024 * 1024];
        assert_eq!((1..=9).filter(|at| put(1, *at, &large)).count(), 7, "8 MiB of a device");
        assert_eq!(count_waiting(&db, &space).unwrap(), 4_096 + 8);
        let steps = db.prepare_cached(WAITING_TAKEN).unwrap().get_status(StatementStatus::VmStep);
        assert!(steps < 100_000, "{steps} steps to count what waits");
        // Another taking-in finds what the one before left.
        let mut room = WaitingRoom::default();
        assert!(!put_waiting(&db, &mut room, &space, &devices[0], &id(0, 9_999), b"few").unwrap());
    }
}
