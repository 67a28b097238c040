use super::Signer;
use crate::document::note::NoteState;
use crate::error::Result;
use crate::ids::DocId;
use crate::store::documents::DocumentRecord;
use rusqlite::{Connection, OptionalExtension, params};

pub(super) fn write(db: &Connection, document: &DocumentRecord, now: &NoteState, signer: &Signer) -> Result<()> {
    let was = trashed(db, &document.id)?;
    // Told apart here: SQLite would keep a copy of every page for an INSERT that may turn out to be an UPDATE.
    let sql = match was {
        None => {
            "INSERT INTO note (doc, title, body, pinned, trashed_ms, extra_lock, made_ms, changed_ms, zone)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)"
        }
        Some(_) => {
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
    count(db, was, Some(now.trashed_ms.is_some()))?;
    if was.is_some() {
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

/// Takes the row of a note out, if there is one.
pub(super) fn remove(db: &Connection, doc: &DocId) -> Result<()> {
    let was = trashed(db, doc)?;
    if was.is_some() {
        db.prepare_cached("DELETE FROM note WHERE doc = ?1")?.execute([doc])?;
        count(db, was, None)?;
    }
    Ok(())
}

/// Whether a note is in the trash; `None` where it has no row.
fn trashed(db: &Connection, doc: &DocId) -> Result<Option<bool>> {
    let mut query = db.prepare_cached("SELECT trashed_ms IS NOT NULL FROM note WHERE doc = ?1")?;
    Ok(query.query_row([doc], |row| row.get(0)).optional()?)
}

/// Keeps how many notes there are: a list tells it without counting them.
fn count(db: &Connection, was: Option<bool>, is: Option<bool>) -> Result<()> {
    if was == is {
        return Ok(());
    }
    for (trashed, by) in [(was, -1), (is, 1)] {
        let Some(trashed) = trashed else { continue };
        let changed = db
            .prepare_cached("UPDATE note_count SET notes = notes + ?2 WHERE trashed = ?1")?
            .execute(params![trashed, by])?;
        if changed == 0 {
            db.prepare_cached("INSERT INTO note_count (trashed, notes) VALUES (?1, ?2)")?
                .execute(params![trashed, by])?;
        }
    }
    Ok(())
}
