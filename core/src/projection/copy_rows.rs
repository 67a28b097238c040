use crate::document::consent::ConsentState;
use crate::document::copy::CopyState;
use crate::error::Result;
use crate::store::documents::DocumentRecord;
use rusqlite::{Connection, params};

pub(super) fn write(db: &Connection, document: &DocumentRecord, now: &CopyState) -> Result<()> {
    db.prepare_cached("DELETE FROM copy WHERE doc = ?1")?.execute([document.id])?;
    let Some(copied) = &now.copied else { return Ok(()) };
    db.prepare_cached("INSERT INTO copy (doc, title, text, extent, at_ms, zone) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![document.id, copied.title, copied.text, copied.extent.name(), copied.at_ms, copied.zone])?;
    Ok(())
}

/// A consent that names no copy of a note is one of a newer app, and shown nowhere.
pub(super) fn write_consent(db: &Connection, document: &DocumentRecord, now: &ConsentState) -> Result<()> {
    db.prepare_cached("DELETE FROM consent WHERE doc = ?1")?.execute([document.id])?;
    let (Some(purpose), Some(copy), Some(note)) = (now.purpose, now.copy, now.note) else { return Ok(()) };
    db.prepare_cached(
        "INSERT INTO consent (doc, purpose, copy, note, wording, language, from_ms, until_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        document.id,
        purpose.name(),
        copy,
        note,
        now.wording,
        now.language,
        now.from_ms,
        now.until_ms
    ])?;
    Ok(())
}
