use super::{Signer, plan_rows};
use crate::document::goal::GoalState;
use crate::error::Result;
use crate::store::documents::DocumentRecord;
use rusqlite::{Connection, params};

pub(super) fn write(db: &Connection, document: &DocumentRecord, now: &GoalState, signer: &Signer) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO goal (doc, title, why, towards, away_from, area, stage, made_ms, changed_ms, zone, origin)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10)
         ON CONFLICT (doc) DO UPDATE SET title = excluded.title, why = excluded.why, towards = excluded.towards,
         away_from = excluded.away_from, area = excluded.area, stage = excluded.stage,
         changed_ms = excluded.changed_ms, zone = excluded.zone, origin = excluded.origin",
    )?
    .execute(params![
        document.id,
        now.title,
        now.why,
        now.towards,
        now.away_from,
        now.area,
        now.stage.name(),
        signer.stamp.unix_ms,
        signer.stamp.zone,
        now.origin
    ])?;
    db.prepare_cached("DELETE FROM step WHERE doc = ?1")?.execute([document.id])?;
    for (id, step) in &now.steps {
        db.prepare_cached(
            "INSERT INTO step (doc, id, text, who, kind, by_date, stage, place, gone, turn)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            document.id,
            id,
            step.text,
            step.who.name(),
            step.kind.name(),
            step.by_date,
            step.stage.name(),
            step.order,
            step.gone,
            step.stage.turn
        ])?;
    }
    plan_rows::write_decisions(db, document, &now.decisions)
}
