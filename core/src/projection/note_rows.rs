use super::Signer;
use crate::document::note::NoteState;
use crate::error::Result;
use crate::store::documents::DocumentRecord;
use rusqlite::{Connection, params};

pub(super) fn write(db: &Connection, document: &DocumentRecord, now: &NoteState, signer: &Signer) -> Result<()> {
    let was = db.prepare_cached("SELECT 1 FROM note WHERE doc = ?1")?.exists([document.id])?;
    // Told apart here: SQLite would keep a copy of every page for an INSERT that may turn out to be an UPDATE.
    let sql = match was {
        false => {
            "INSERT INTO note (doc, title, body, pinned, trashed_ms, extra_lock, made_ms, changed_ms, zone,
             found) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?7)"
        }
        true => {
            "UPDATE note SET title = ?2, body = ?3, pinned = ?4, trashed_ms = ?5, extra_lock = ?6, changed_ms = ?7,
             zone = ?8 WHERE doc = ?1"
        }
    };
    db.prepare_cached(sql)?.execute(params![
        document.id,
        now.title,
        now.body,
        now.pinned,
        now.trashed_ms,
        now.extra_lock,
        signer.stamp.unix_ms,
        signer.stamp.zone
    ])?;
    if was {
        super::typed::let_go(db, &document.id)?;
        db.prepare_cached("DELETE FROM note_tag WHERE doc = ?1")?.execute([document.id])?;
    }
    for (fold, tag) in &now.tags {
        db.prepare_cached("INSERT INTO note_tag (doc, fold, tag) VALUES (?1, ?2, ?3)")?.execute(params![
            document.id,
            fold,
            tag
        ])?;
    }
    Ok(())
}
