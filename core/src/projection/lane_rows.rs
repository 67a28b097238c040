use super::history::subject;
use crate::document::lane::LaneState;
use crate::error::Result;
use crate::store::documents::DocumentRecord;
use rusqlite::{Connection, params};

pub(super) fn write(db: &Connection, document: &DocumentRecord, now: &LaneState) -> Result<()> {
    let about = subject(document);
    for sql in
        ["DELETE FROM idea WHERE doc = ?1", "DELETE FROM comment WHERE doc = ?1", "DELETE FROM mark WHERE doc = ?1"]
    {
        db.prepare_cached(sql)?.execute([document.id])?;
    }
    for (id, idea) in &now.ideas {
        // One column for all wordings: a line end stands in none of them after the first check, so a unit separator
        // keeps them apart whatever they contain.
        let alternatives = idea.alternatives.join("\u{1f}");
        db.prepare_cached(
            "INSERT INTO idea (doc, id, about, kind, part, element, alternatives, why, base, withdrawn, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            document.id,
            id,
            about,
            idea.kind.name(),
            idea.part,
            idea.element,
            alternatives,
            idea.why,
            idea.base,
            idea.withdrawn,
            idea.at_ms
        ])?;
    }
    for (id, comment) in &now.comments {
        db.prepare_cached(
            "INSERT INTO comment (doc, id, about, part, element, text, quote, at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            document.id,
            id,
            about,
            comment.part,
            comment.element,
            comment.text,
            comment.quote,
            comment.at_ms
        ])?;
    }
    for (step, stage) in &now.marks {
        db.prepare_cached("INSERT INTO mark (doc, step, about, stage, turn) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![document.id, step, about, stage.name(), stage.turn])?;
    }
    Ok(())
}
