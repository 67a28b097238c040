//! Hiding what was forgotten, and dropping its words: rows, history, snapshots, drafts, and in time the batches' payloads.

use super::findable::compact_index;
use super::history::SUBJECT;
use super::{Documents, HeldLog, People, record_of, remove_shown};
use crate::batch::{BatchFacts, Birth, Body, LogView, forgotten_hash};
use crate::cbor;
use crate::document::ActKind;
use crate::error::Result;
use crate::ids::{BatchId, DocId, MemberId, SpaceId};
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::documents::{self, DocumentRecord};
use crate::store::forgetting::{self, Asked, ForgottenRecord};
use crate::store::named;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

/// Words stay this long after a Forget was taken in, where no purge comes (protocol.md §5), in milliseconds.
pub const KEPT_AFTER_FORGET_MS: i64 = 30 * 86_400_000;

/// Whoever may forget a document: its one writer; where all write, the person (in a team the lead).
pub fn owner_of(people: &People, writer: Option<MemberId>) -> Option<MemberId> {
    let leads = || people.membership.members.iter().find(|(_, member)| member.role.leads()).map(|(id, _)| *id);
    writer.or_else(leads)
}

/// Takes a document from every screen: rows go, history keeps its facts and loses the words, nothing of it counts. What
/// is held of it stays judged, so that it can come back.
///
/// # Errors
/// Those of the database.
pub fn hide(db: &Connection, documents: &mut Documents, record: &DocumentRecord) -> Result<()> {
    documents.forget(&record.id);
    remove_shown(db, &record.id)?;
    blank_history(db, &record.id)?;
    documents::drop_snapshot(db, &record.id)?;
    forgetting::uncount(db, &record.id)
}

/// The fact of each act stays, with who did it and when (invariant I5). A goal's or a step's stage and a part's owner are
/// names of the code, no words; a tag is a word.
fn blank_history(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached(&format!(
        "UPDATE told SET before = NULL, after = NULL, field = CASE WHEN act IN (?2, ?3) THEN '…' ELSE field END
         WHERE subject = {SUBJECT} AND coalesce(doc, subject) = ?1 AND act NOT IN (?4, ?5)"
    ))?
    .execute(params![
        doc,
        ActKind::TagAdded as u8,
        ActKind::TagTaken as u8,
        ActKind::GoalState as u8,
        ActKind::PartOwner as u8
    ])?;
    Ok(())
}

/// Nothing of a document's history is told any more: it is about to be told again from its batches.
///
/// # Errors
/// Those of the database.
pub fn retell(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached(&format!("DELETE FROM told WHERE subject = {SUBJECT} AND coalesce(doc, subject) = ?1"))?
        .execute([doc])?;
    batches::history_shrank(db)
}

/// Hides a document that its owner forgot, with everything about it: joint parts, columns, lanes. Ideas and comments are
/// nothing without what they are about.
///
/// # Errors
/// Those of the database.
pub fn hide_forgotten(
    db: &Connection,
    documents: &mut Documents,
    record: &DocumentRecord,
    into: Option<DocId>,
    at_ms: i64,
) -> Result<()> {
    documents::put(db, record)?;
    let known = forgetting::get(db, &record.id)?;
    let fresh =
        ForgottenRecord { doc: record.id, space: record.space, into, since_ms: at_ms, dropped_ms: None, let_go: false };
    forgetting::put(db, &ForgottenRecord { into, ..known.unwrap_or(fresh) })?;
    for stray in strays_about(db, record)? {
        documents::put(db, &stray)?;
    }
    for hidden in with_about(db, record)? {
        hide(db, documents, &hidden)?;
        forgetting::thaw(db, &hidden.id)?;
    }
    documents::set_hash(db, &record.id, &forgotten_hash(&record.id, into.as_ref()))
}

/// Documents about this one of which nothing counts (all of it lies outside a cut, or waits to be judged): their words are
/// held, and no row names them.
fn strays_about(db: &Connection, record: &DocumentRecord) -> Result<Vec<DocumentRecord>> {
    let mut found = Vec::new();
    for doc in forgetting::without_a_row(db, &record.space)? {
        let held = batches::of_document(db, &doc, Stage::Received, Stage::Aside)?;
        let births = held.iter().filter_map(|batch| Body::decode(batch.payload.as_ref()?).ok()?.birth);
        let about = |birth: &Birth| birth.doc() == doc && birth.space == record.space && birth.about == Some(record.id);
        found.extend(births.into_iter().find(about).map(|birth| record_of(&birth)));
    }
    Ok(found)
}

/// A document, and those about it.
fn with_about(db: &Connection, record: &DocumentRecord) -> Result<Vec<DocumentRecord>> {
    let mut all = vec![record.clone()];
    all.extend(documents::about(db, &record.id)?);
    Ok(all)
}

/// My batches of a forgotten document, and of those about it, whose words nobody copied or asked me to give up: they stay
/// on my devices until I let go of them. What I forgot myself takes along what I wrote about it.
///
/// # Errors
/// Those of the database.
pub fn kept(db: &Connection, people: &People, forgotten: &ForgottenRecord) -> Result<Vec<(DocId, BatchId)>> {
    let Some(record) = documents::get(db, &forgotten.doc)? else { return Ok(Vec::new()) };
    if forgotten.let_go {
        return Ok(Vec::new());
    }
    let mine = owner_of(people, record.writer) == Some(people.me());
    let mut kept = Vec::new();
    for doc in with_about(db, &record)? {
        if mine && doc.id != record.id {
            continue;
        }
        // Of what others may write only its writer says that it may go: a Forget can name what was never copied.
        let copied = if doc.id == record.id { copied(db, record.space, &doc.id)? } else { BTreeSet::new() };
        for batch in forgetting::written(db, &doc.id)? {
            let writes = people.membership.member_of(&batch.device) == Some(people.me());
            // What was not judged yet may hold words.
            let is_bare = cbor::decode_own::<BatchFacts>(&batch.facts).is_ok_and(|facts| facts.count == 0);
            if writes && batch.has_words && !is_bare && !copied.contains(&batch.id) && !goes_on(db, people, &batch.id)?
            {
                kept.push((doc.id, batch.id));
            }
        }
    }
    Ok(kept)
}

/// Whether a batch of mine that counts says the same in what goes on.
fn goes_on(db: &Connection, people: &People, batch: &BatchId) -> Result<bool> {
    let mine = |by: &BatchRecord| people.membership.member_of(&by.device) == Some(people.me());
    for by in named::made_again(db, batch)? {
        if batches::get(db, &by)?.is_some_and(|by| by.stage == Stage::Accepted && mine(&by)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The batches that the standing Forgets of a document say were copied: those they name, and what lies before these in
/// the same log. Headers tell it, so it does not matter whose words are here.
///
/// # Errors
/// Those of the database.
pub fn copied(db: &Connection, space: SpaceId, doc: &DocId) -> Result<BTreeSet<BatchId>> {
    let log = HeldLog { db, space };
    let mut open: Vec<BatchId> = Vec::new();
    for forget in forgetting::standing(db, doc, Asked::Forget)? {
        open.extend(forget.heads.chunks(BatchId::LEN).filter_map(BatchId::from_slice));
    }
    let mut found = BTreeSet::new();
    while let Some(id) = open.pop() {
        if let Some(entry) = log.entry(&id).filter(|_| found.insert(id)) {
            open.extend(entry.prev);
        }
    }
    Ok(found)
}

/// Drops what is held of a forgotten document and of those about it, but for what is [`kept`]. Gives how many batches lost
/// their words.
///
/// # Errors
/// Those of the database.
pub fn drop_forgotten(db: &Connection, people: &People, forgotten: &ForgottenRecord, at_ms: i64) -> Result<usize> {
    let Some(record) = documents::get(db, &forgotten.doc)? else { return Ok(0) };
    let kept: Vec<BatchId> = kept(db, people, forgotten)?.into_iter().map(|(_, id)| id).collect();
    let mut dropped = 0;
    for doc in with_about(db, &record)? {
        dropped += forgetting::drop_words(db, &doc.id, &kept)?;
    }
    if forgotten.dropped_ms.is_none() {
        forgetting::put(db, &ForgottenRecord { dropped_ms: Some(at_ms), ..forgotten.clone() })?;
        // Beginnings of its words may still part two pages of the search index.
        compact_index(db)?;
    }
    Ok(dropped)
}
