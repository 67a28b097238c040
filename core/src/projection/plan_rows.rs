use super::Signer;
use crate::document::Kind;
use crate::document::plan::{DecisionState, PlanState};
use crate::error::Result;
use crate::ids::ElementId;
use crate::store::documents::DocumentRecord;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

pub(super) fn write(db: &Connection, document: &DocumentRecord, now: &PlanState, signer: &Signer) -> Result<()> {
    if document.kind == Kind::Plan.number() {
        write_frame(db, document, now, signer)?;
    }
    db.prepare_cached("DELETE FROM entry WHERE doc = ?1")?.execute([document.id])?;
    for (id, entry) in &now.entries {
        db.prepare_cached(
            "INSERT INTO entry (doc, id, part, text, place, gone, from_idea, copied)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            document.id,
            id,
            entry.part,
            entry.text,
            entry.order,
            entry.gone,
            entry.from_idea,
            entry.copied
        ])?;
    }
    write_decisions(db, document, &now.decisions)
}

fn write_frame(db: &Connection, document: &DocumentRecord, now: &PlanState, signer: &Signer) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO plan (doc, title, template, template_version, made_ms, changed_ms, zone, origin)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7)
         ON CONFLICT (doc) DO UPDATE SET title = excluded.title, template = excluded.template,
         template_version = excluded.template_version, changed_ms = excluded.changed_ms, zone = excluded.zone,
         origin = excluded.origin",
    )?
    .execute(params![
        document.id,
        now.title,
        now.template,
        now.template_version,
        signer.stamp.unix_ms,
        signer.stamp.zone,
        now.origin
    ])?;
    db.prepare_cached("DELETE FROM part WHERE doc = ?1")?.execute([document.id])?;
    for (key, part) in &now.parts {
        db.prepare_cached(
            "INSERT INTO part (doc, key, owner, place, title, skipped, gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            document.id,
            key,
            part.owner.name(),
            part.order,
            part.title,
            part.skipped,
            part.gone
        ])?;
    }
    Ok(())
}

pub(super) fn write_decisions(
    db: &Connection,
    document: &DocumentRecord,
    decisions: &BTreeMap<ElementId, Vec<DecisionState>>,
) -> Result<()> {
    db.prepare_cached("DELETE FROM decision WHERE doc = ?1")?.execute([document.id])?;
    for (idea, decided) in decisions {
        for (turn, decision) in decided.iter().enumerate() {
            db.prepare_cached(
                "INSERT INTO decision (doc, idea, turn, choice, text, by, at_ms, element)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                document.id,
                idea,
                i64::try_from(turn).unwrap_or(i64::MAX),
                decision.choice.name(),
                decision.text,
                decision.by,
                decision.at_ms,
                decision.into
            ])?;
        }
    }
    Ok(())
}
