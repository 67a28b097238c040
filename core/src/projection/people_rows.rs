use crate::document::profile::ProfileState;
use crate::document::spaces::SpacesState;
use crate::error::Result;
use crate::store::documents::DocumentRecord;
use rusqlite::{Connection, params};

pub(super) fn write_profile(db: &Connection, document: &DocumentRecord, now: &ProfileState) -> Result<()> {
    let Some(member) = document.writer else { return Ok(()) };
    db.prepare_cached(
        "INSERT INTO profile (doc, space, member, display_name, pronouns) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (doc) DO UPDATE SET display_name = excluded.display_name, pronouns = excluded.pronouns",
    )?
    .execute(params![document.id, document.space, member, now.display_name, now.pronouns])?;
    Ok(())
}

pub(super) fn write_spaces(db: &Connection, document: &DocumentRecord, now: &SpacesState) -> Result<()> {
    db.prepare_cached("DELETE FROM known_space WHERE doc = ?1")?.execute([document.id])?;
    for (space, nickname) in &now.spaces {
        db.prepare_cached(
            "INSERT INTO known_space (space, doc, nickname) VALUES (?1, ?2, ?3)
             ON CONFLICT (space) DO UPDATE SET doc = excluded.doc, nickname = excluded.nickname",
        )?
        .execute(params![space, document.id, nickname])?;
    }
    Ok(())
}
