//! Records of documents: what each was born as, its newest heads, and a snapshot to start from.

use crate::error::Result;
use crate::ids::{DocId, MemberId, SpaceId};
use crate::store::names;
use rusqlite::{Connection, OptionalExtension, params};

/// A document as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table document, named alike")]
pub struct DocumentRecord {
    pub id: DocId,
    pub space: SpaceId,
    pub kind: u32,
    /// `None`: every member writes.
    pub writer: Option<MemberId>,
    pub about: Option<DocId>,
    pub key: Option<String>,
    pub nonce: [u8; 32],
}

fn document(row: &rusqlite::Row<'_>) -> rusqlite::Result<DocumentRecord> {
    Ok(DocumentRecord {
        id: row.get(0)?,
        space: row.get(1)?,
        kind: row.get(2)?,
        writer: row.get(3)?,
        about: row.get(4)?,
        key: row.get(5)?,
        nonce: row.get(6)?,
    })
}

const COLUMNS: &str = "id, (SELECT value FROM name WHERE name.id = document.space), kind,
    (SELECT value FROM name WHERE name.id = document.writer), about, key, nonce";

/// Keeps a new document; a known one stays as it is.
///
/// # Errors
/// Those of the database.
pub fn put(db: &Connection, record: &DocumentRecord) -> Result<()> {
    db.prepare_cached(
        "INSERT OR IGNORE INTO document (id, space, kind, writer, about, key, nonce) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        record.id,
        names::number(db, &record.space.0)?,
        record.kind,
        record.writer.map(|writer| names::number(db, &writer.0)).transpose()?,
        record.about,
        record.key,
        record.nonce
    ])?;
    Ok(())
}

/// Takes out a document of which nothing counts any more, and its snapshot; its batches stay.
///
/// # Errors
/// Those of the database.
pub fn remove(db: &Connection, id: &DocId) -> Result<()> {
    drop_snapshot(db, id)?;
    db.prepare_cached("DELETE FROM document WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// One document.
///
/// # Errors
/// Those of the database.
pub fn get(db: &Connection, id: &DocId) -> Result<Option<DocumentRecord>> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM document WHERE id = ?1"))?
        .query_row([id], document)
        .optional()?)
}

/// The number by which rows name a document.
///
/// # Errors
/// Those of the database, also where there is no such document.
pub fn number(db: &Connection, id: &DocId) -> Result<i64> {
    Ok(db.prepare_cached("SELECT number FROM document WHERE id = ?1")?.query_row([id], |row| row.get(0))?)
}

/// The documents of a space, by id.
///
/// # Errors
/// Those of the database.
pub fn of_space(db: &Connection, space: &SpaceId) -> Result<Vec<DocumentRecord>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM document WHERE space = (SELECT id FROM name WHERE value = ?1) ORDER BY id"
    ))?;
    let rows = query.query_map([space], document)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Of table `document`, what is about the document ?1 and in its space. Whoever writes a document names what it is about, and
/// what is in another space cannot be theirs to name: it is about nothing.
macro_rules! about_it {
    () => {
        "document.about = ?1 AND document.space = (SELECT there.space FROM document AS there WHERE there.id = ?1)"
    };
}
pub(crate) use about_it;

/// The documents about another one that is here (joint parts, columns, lanes), by id.
///
/// # Errors
/// Those of the database.
pub fn about(db: &Connection, id: &DocId) -> Result<Vec<DocumentRecord>> {
    let about_it = about_it!();
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM document WHERE {about_it} ORDER BY id"))?;
    let rows = query.query_map([id], document)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The newest heads, as the bytes a revision is made of.
///
/// # Errors
/// Those of the database.
pub fn heads(db: &Connection, id: &DocId) -> Result<Vec<u8>> {
    let heads =
        db.prepare_cached("SELECT heads FROM document WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()?;
    Ok(heads.unwrap_or_default())
}

/// Sets the newest heads; a remembered hash of the older ones is dropped.
///
/// # Errors
/// Those of the database.
pub fn set_heads(db: &Connection, id: &DocId, heads: &[u8]) -> Result<()> {
    // A transaction ends with the first failure, so no statement needs a way back of its own: for one with triggers SQLite
    // would keep a copy of every page it writes.
    db.prepare_cached("UPDATE OR FAIL document SET heads = ?2, hash = NULL WHERE id = ?1")?
        .execute(params![id, heads])?;
    Ok(())
}

/// A snapshot, the position up to which it holds every accepted batch, and the bytes of the changes in it.
#[allow(missing_docs, reason = "columns of the table snapshot, named alike")]
pub struct Snapshot {
    pub bytes: Vec<u8>,
    pub upto: i64,
    pub weight: u64,
}

/// The snapshot of a document.
///
/// # Errors
/// Those of the database.
pub fn snapshot(db: &Connection, id: &DocId) -> Result<Option<Snapshot>> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Snapshot { bytes: row.get(0)?, upto: row.get(1)?, weight: row.get::<_, i64>(2)?.unsigned_abs() })
    };
    Ok(db
        .prepare_cached("SELECT bytes, upto, weight FROM snapshot WHERE doc = ?1")?
        .query_row([id], read)
        .optional()?)
}

/// The position up to which a document's snapshot holds every accepted batch; 0 where there is none.
///
/// # Errors
/// Those of the database.
pub fn snapshot_holds(db: &Connection, id: &DocId) -> Result<i64> {
    let upto = db.prepare_cached("SELECT upto FROM snapshot WHERE doc = ?1")?.query_row([id], |row| row.get(0));
    Ok(upto.optional()?.unwrap_or_default())
}

/// Keeps a snapshot that holds every batch accepted so far, and the bytes of the changes in it.
///
/// # Errors
/// Those of the database.
pub fn put_snapshot(db: &Connection, id: &DocId, bytes: &[u8], weight: u64) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO snapshot (doc, bytes, upto, weight)
         SELECT ?1, ?2, coalesce(max(position), 0), ?3 FROM batch WHERE doc = ?1 AND stage = 3
         ON CONFLICT (doc) DO UPDATE SET bytes = excluded.bytes, upto = excluded.upto, weight = excluded.weight",
    )?
    .execute(params![id, bytes, super::batches::signed(weight)])?;
    write_point!("snapshot-put");
    Ok(())
}

/// Drops a snapshot: the document is rebuilt from its batches when it is next needed.
///
/// # Errors
/// Those of the database.
pub fn drop_snapshot(db: &Connection, id: &DocId) -> Result<()> {
    db.prepare_cached("DELETE FROM snapshot WHERE doc = ?1")?.execute([id])?;
    Ok(())
}

/// The remembered hash of the accepted state, if it is still true.
///
/// # Errors
/// Those of the database.
pub fn hash(db: &Connection, id: &DocId) -> Result<Option<[u8; 32]>> {
    Ok(db
        .prepare_cached("SELECT hash FROM document WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .flatten())
}

/// By an index of its own: they are few, whatever the store holds.
pub const WITHOUT_HASH: &str =
    "SELECT id FROM document INDEXED BY document_unhashed WHERE hash IS NULL AND heads <> x''";

/// The documents whose hash is not remembered, by id.
///
/// # Errors
/// Those of the database.
pub fn without_hash(db: &Connection) -> Result<Vec<DocId>> {
    let mut query = db.prepare_cached(WITHOUT_HASH)?;
    let rows = query.query_map([], |row| row.get(0))?;
    let mut found: Vec<DocId> = rows.collect::<rusqlite::Result<_>>()?;
    found.sort();
    Ok(found)
}

/// Remembers the hash of the accepted state.
///
/// # Errors
/// Those of the database.
pub fn set_hash(db: &Connection, id: &DocId, hash: &[u8; 32]) -> Result<()> {
    db.prepare_cached("UPDATE document SET hash = ?2 WHERE id = ?1")?.execute(params![id, hash])?;
    Ok(())
}
