use super::Signer;
use crate::document::note::NoteState;
use crate::error::Result;
use crate::store::documents::DocumentRecord;
use rusqlite::{Connection, params};

pub(super) fn write(db: &Connection, document: &DocumentRecord, now: &NoteState, signer: &Signer) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO note (doc, title, body, pinned, trashed_ms, extra_lock, made_ms, changed_ms, zone)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)
         ON CONFLICT (doc) DO UPDATE SET title = excluded.title, body = excluded.body, pinned = excluded.pinned,
         trashed_ms = excluded.trashed_ms, extra_lock = excluded.extra_lock, changed_ms = excluded.changed_ms,
         zone = excluded.zone",
    )?
    .execute(params![
        document.id,
        now.title,
        now.body,
        now.pinned,
        now.trashed_ms,
        now.extra_lock,
        signer.stamp.unix_ms,
        signer.stamp.zone
    ])?;
    db.prepare_cached("DELETE FROM note_tag WHERE doc = ?1")?.execute([document.id])?;
    for (fold, tag) in &now.tags {
        db.prepare_cached("INSERT INTO note_tag (doc, fold, tag) VALUES (?1, ?2, ?3)")?.execute(params![
            document.id,
            fold,
            tag
        ])?;
    }
    Ok(())
}
