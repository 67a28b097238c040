//! Records of what is to be forgotten: what batches of kinds 5 and 6 ask, which documents are hidden because of it, and
//! which are frozen. Whoever may ask is not decided here.

use crate::error::Result;
use crate::ids::{BatchId, DeviceId, DocId, SpaceId};
use crate::store::documents::about_it;
use crate::store::{batches, shortened};
use rusqlite::{Connection, OptionalExtension, params};

/// What a batch asks of a document; the number is kept in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// To hide it, and drop its words in time.
    Forget = 5,
    /// To drop its words at once.
    Purge = 6,
}

/// One document that a batch asks to forget or to purge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table request, named alike")]
pub struct RequestRecord {
    pub batch: BatchId,
    pub doc: DocId,
    pub asked: Asked,
    /// Of a Forget: the batches up to which values were copied, 32 bytes each.
    pub heads: Vec<u8>,
    pub into: Option<DocId>,
}

/// Keeps what a batch asks; the same again changes nothing.
///
/// # Errors
/// Those of the database.
pub fn put_request(db: &Connection, request: &RequestRecord) -> Result<()> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO request (batch, doc, asked, heads, into_doc) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![request.batch, request.doc, request.asked as u8, request.heads, request.into])?;
    Ok(())
}

fn request(row: &rusqlite::Row<'_>) -> rusqlite::Result<RequestRecord> {
    let asked: u8 = row.get(2)?;
    Ok(RequestRecord {
        batch: row.get(0)?,
        doc: row.get(1)?,
        asked: if asked == Asked::Forget as u8 { Asked::Forget } else { Asked::Purge },
        heads: row.get(3)?,
        into: row.get(4)?,
    })
}

const REQUEST: &str = "request.batch, request.doc, request.asked, request.heads, request.into_doc";

/// What is asked of a document by batches that count, by the batch's id.
///
/// # Errors
/// Those of the database.
pub fn standing(db: &Connection, doc: &DocId, asked: Asked) -> Result<Vec<RequestRecord>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {REQUEST} FROM request JOIN batch ON batch.id = request.batch
         WHERE request.doc = ?1 AND request.asked = ?2 AND batch.stage = 3 ORDER BY request.batch"
    ))?;
    let rows = query.query_map(params![doc, asked as u8], request)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The documents that one batch asks about.
///
/// # Errors
/// Those of the database.
pub fn asked_by(db: &Connection, batch: &BatchId) -> Result<Vec<RequestRecord>> {
    let mut query = db.prepare_cached(&format!("SELECT {REQUEST} FROM request WHERE batch = ?1 ORDER BY doc"))?;
    let rows = query.query_map([batch], request)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The batches in a document's own log lines that ask something, whatever became of them.
///
/// # Errors
/// Those of the database.
pub fn requests_in(db: &Connection, doc: &DocId) -> Result<Vec<BatchId>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT batch.id FROM batch JOIN request ON request.batch = batch.id WHERE batch.doc = ?1 ORDER BY 1",
    )?;
    let rows = query.query_map([doc], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A document that is hidden because its owner forgot it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table forgotten, named alike")]
pub struct ForgottenRecord {
    pub doc: DocId,
    pub space: SpaceId,
    pub into: Option<DocId>,
    /// When it was taken in, by this device's clock.
    pub since_ms: i64,
    /// When its words were dropped here.
    pub dropped_ms: Option<i64>,
    /// Whether my own words that nobody copied may go as well.
    pub let_go: bool,
}

const FORGOTTEN: &str = "doc, space, into_doc, since_ms, dropped_ms, let_go";

fn forgotten(row: &rusqlite::Row<'_>) -> rusqlite::Result<ForgottenRecord> {
    Ok(ForgottenRecord {
        doc: row.get(0)?,
        space: row.get(1)?,
        into: row.get(2)?,
        since_ms: row.get(3)?,
        dropped_ms: row.get(4)?,
        let_go: row.get(5)?,
    })
}

/// Keeps that a document is forgotten, instead of what was known of it.
///
/// # Errors
/// Those of the database.
pub fn put(db: &Connection, record: &ForgottenRecord) -> Result<()> {
    db.prepare_cached(&format!("INSERT OR REPLACE INTO forgotten ({FORGOTTEN}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"))?
        .execute(params![record.doc, record.space, record.into, record.since_ms, record.dropped_ms, record.let_go])?;
    Ok(())
}

/// A document is forgotten no longer.
///
/// # Errors
/// Those of the database.
pub fn remove(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached("DELETE FROM forgotten WHERE doc = ?1")?.execute([doc])?;
    Ok(())
}

/// What is known of a forgotten document.
///
/// # Errors
/// Those of the database.
pub fn get(db: &Connection, doc: &DocId) -> Result<Option<ForgottenRecord>> {
    let mut query = db.prepare_cached(&format!("SELECT {FORGOTTEN} FROM forgotten WHERE doc = ?1"))?;
    Ok(query.query_row([doc], forgotten).optional()?)
}

/// Every forgotten document, the newest first.
///
/// # Errors
/// Those of the database.
pub fn all(db: &Connection) -> Result<Vec<ForgottenRecord>> {
    let mut query = db.prepare_cached(&format!("SELECT {FORGOTTEN} FROM forgotten ORDER BY since_ms DESC, doc"))?;
    let rows = query.query_map([], forgotten)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether a document is shown nowhere: it is forgotten, or what it is about is.
///
/// # Errors
/// Those of the database.
pub fn is_hidden(db: &Connection, doc: &DocId) -> Result<bool> {
    let mut query = db.prepare_cached(
        // As two questions: a list made on the way would be a table of its own, and this is asked with every write.
        "SELECT 1 FROM forgotten WHERE doc = ?1
         UNION ALL SELECT 1 FROM document JOIN forgotten ON forgotten.doc = document.about WHERE document.id = ?1
         AND forgotten.space = (SELECT value FROM name WHERE name.id = document.space)",
    )?;
    Ok(query.exists([doc])?)
}

/// Whether words of a document that may count are gone from here, so that it cannot be read whole.
///
/// # Errors
/// Those of the database.
pub fn lacks_words(db: &Connection, doc: &DocId) -> Result<bool> {
    let mut query = db.prepare_cached(
        "SELECT 1 FROM batch WHERE doc = ?1 AND stage IN (2, 3) AND payload IS NULL
         AND id NOT IN (SELECT batch FROM request)",
    )?;
    Ok(query.exists([doc])?)
}

/// Whether words of a document are gone from here, of what is set aside as well.
///
/// # Errors
/// Those of the database.
pub fn has_gaps(db: &Connection, doc: &DocId) -> Result<bool> {
    let mut query = db.prepare_cached(
        "SELECT 1 FROM batch WHERE doc = ?1 AND stage IN (2, 3, 4) AND payload IS NULL
         AND id NOT IN (SELECT batch FROM request)",
    )?;
    Ok(query.exists([doc])?)
}

/// The batches of a space that came, or stayed, without their words though nobody forgot their document: to be asked for.
/// Of what is set aside those that someone took over.
///
/// # Errors
/// Those of the database.
pub fn lacking(db: &Connection, space: &SpaceId) -> Result<Vec<BatchId>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM batch WHERE space = (SELECT id FROM name WHERE value = ?1) AND payload IS NULL
         AND (stage IN (1, 2, 3) OR (stage = 4 AND id IN (SELECT batch FROM adopted)))
         AND doc NOT IN (SELECT doc FROM forgotten)
         AND doc NOT IN (SELECT id FROM document WHERE about IN (SELECT doc FROM forgotten WHERE space = ?1))
         ORDER BY position",
    )?;
    let rows = query.query_map([space], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Gives a batch its words back. It is judged again.
///
/// # Errors
/// Those of the database.
pub fn refill(db: &Connection, batch: &BatchId, payload: &[u8]) -> Result<()> {
    let length = batches::signed(payload.len() as u64);
    let filled = db
        .prepare_cached("UPDATE batch SET payload = ?2, stage = 1 WHERE id = ?1 AND payload IS NULL AND stage <> 6")?
        .execute(params![batch, length])?;
    if filled > 0 {
        batches::put_payload(db, batches::position(db, batch)?, payload)?;
    }
    Ok(())
}

/// The document goes as far as nothing of it counts or is listed as kept out: what passed stays judged, so that it can
/// come back.
///
/// # Errors
/// Those of the database.
pub fn uncount(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached(
        "UPDATE batch SET stage = 2, reason = 0, counted = NULL
         WHERE doc = ?1 AND stage IN (3, 4) AND id NOT IN (SELECT batch FROM request)",
    )?
    .execute([doc])?;
    db.prepare_cached("UPDATE document SET heads = x'', hash = NULL WHERE id = ?1")?.execute([doc])?;
    Ok(())
}

/// Drops what the batches of a document hold, but those of `kept`, and what was typed for it and not kept. Headers and
/// signatures stay, so that logs can be verified; what the batch itself asks stays too. Gives how many lost their words.
///
/// # Errors
/// Those of the database.
pub fn drop_words(db: &Connection, doc: &DocId, kept: &[BatchId]) -> Result<usize> {
    let mut query = db.prepare_cached(
        "SELECT id FROM batch WHERE doc = ?1 AND payload IS NOT NULL AND id NOT IN (SELECT batch FROM request)",
    )?;
    let found: Vec<BatchId> = query.query_map([doc], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut dropped = 0;
    for id in found.iter().filter(|id| !kept.contains(id)) {
        batches::drop_payload(db, id)?;
        dropped += db.prepare_cached("UPDATE batch SET payload = NULL WHERE id = ?1")?.execute([id])?;
    }
    super::drafts::remove_of(db, doc)?;
    Ok(dropped)
}

/// Documents of a space of which batches are held and no row is.
///
/// # Errors
/// Those of the database.
pub fn without_a_row(db: &Connection, space: &SpaceId) -> Result<Vec<DocId>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT doc FROM batch WHERE space = (SELECT id FROM name WHERE value = ?1)
         AND stage <> 6 AND payload IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM document WHERE document.id = batch.doc) ORDER BY doc",
    )?;
    let rows = query.query_map([space], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether words of a document, or of those about it, are held.
///
/// # Errors
/// Those of the database.
pub fn has_words(db: &Connection, doc: &DocId) -> Result<bool> {
    let mut query = db.prepare_cached(concat!(
        "SELECT 1 FROM batch WHERE doc IN (SELECT ?1 UNION SELECT document.id FROM document WHERE ",
        about_it!(),
        ") AND payload IS NOT NULL AND id NOT IN (SELECT batch FROM request)"
    ))?;
    Ok(query.exists([doc])?)
}

/// Puts other bytes in place of a batch that waits.
///
/// # Errors
/// Those of the database.
pub fn replace_waiting(db: &Connection, batch: &BatchId, bytes: &[u8]) -> Result<()> {
    db.prepare_cached("UPDATE waiting SET bytes = ?2 WHERE id = ?1")?.execute(params![batch, bytes])?;
    Ok(())
}

/// A batch of a document: whose it is, what the gate learned of it, and whether its words are here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table batch, named alike")]
pub struct WrittenRecord {
    pub id: BatchId,
    pub device: DeviceId,
    pub facts: Vec<u8>,
    pub has_words: bool,
}

/// Who wrote each batch of a document: what tells own words that nobody copied.
///
/// # Errors
/// Those of the database.
pub fn written(db: &Connection, doc: &DocId) -> Result<Vec<WrittenRecord>> {
    let mut query = db.prepare_cached(
        "SELECT id, (SELECT value FROM name WHERE name.id = device), facts, payload IS NOT NULL FROM batch
         WHERE doc = ?1 AND stage BETWEEN 1 AND 5 AND id NOT IN (SELECT batch FROM request) ORDER BY position",
    )?;
    let written = |row: &rusqlite::Row<'_>| {
        let (id, device) = (row.get(0)?, row.get(1)?);
        let facts = shortened::whole_facts(&row.get::<_, Vec<u8>>(2)?, &id, &device);
        Ok(WrittenRecord { id, device, facts, has_words: row.get(3)? })
    };
    let rows = query.query_map([doc], written)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What a frozen document counts as in its space's hash: its content can be vouched for no more, so the hash is that of
/// nothing, and differs from everybody's until it went on in a successor. The hashes of others stay true.
pub const FROZEN_HASH: [u8; 32] = [0; 32];

/// Marks a document whose snapshot does not load back. Local; acceptance knows nothing of it.
///
/// # Errors
/// Those of the database.
pub fn freeze(db: &Connection, doc: &DocId, at_ms: i64) -> Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO frozen (doc, since_ms) VALUES (?1, ?2)")?.execute(params![doc, at_ms])?;
    db.prepare_cached("UPDATE document SET hash = NULL WHERE id = ?1")?.execute([doc])?;
    Ok(())
}

/// Whether a document is frozen.
///
/// # Errors
/// Those of the database.
pub fn is_frozen(db: &Connection, doc: &DocId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM frozen WHERE doc = ?1")?.exists([doc])?)
}

/// A document is frozen no longer: it went on in another.
///
/// # Errors
/// Those of the database.
pub fn thaw(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached("DELETE FROM frozen WHERE doc = ?1")?.execute([doc])?;
    Ok(())
}

/// What needs repair: each frozen document, or what it is about, once, the newest first.
///
/// # Errors
/// Those of the database.
pub fn frozen(db: &Connection) -> Result<Vec<DocId>> {
    let mut query = db.prepare_cached(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM document AS there WHERE there.id = document.about
             AND there.space <> document.space) THEN frozen.doc ELSE coalesce(document.about, frozen.doc) END AS shown
         FROM frozen LEFT JOIN document ON document.id = frozen.doc
         WHERE document.id IS NOT NULL OR EXISTS (SELECT 1 FROM batch WHERE batch.doc = frozen.doc)
         GROUP BY shown ORDER BY max(frozen.since_ms) DESC, shown",
    )?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether anything is frozen.
///
/// # Errors
/// Those of the database.
pub fn is_any_frozen(db: &Connection) -> Result<bool> {
    let sql = "SELECT 1 FROM frozen WHERE EXISTS (SELECT 1 FROM document WHERE document.id = frozen.doc)
        OR EXISTS (SELECT 1 FROM batch WHERE batch.doc = frozen.doc) LIMIT 1";
    Ok(db.prepare_cached(sql)?.exists([])?)
}

/// Whether a document, or one about it, is frozen.
///
/// # Errors
/// Those of the database.
pub fn needs_repair(db: &Connection, doc: &DocId) -> Result<bool> {
    let mut query = db.prepare_cached(concat!(
        "SELECT 1 FROM frozen JOIN document ON document.id = frozen.doc WHERE document.id = ?1 OR (",
        about_it!(),
        ")"
    ))?;
    Ok(query.exists([doc])?)
}
