//! What counts newly, or no longer, becomes document, rows and history.

use crate::batch::{AcceptedBatch, BatchFacts, Birth, Chunk, Payloads};
use crate::command::Desk;
use crate::document::State;
use crate::error::{Code, Result};
use crate::ids::{BatchId, ChangeId, DocId};
use crate::projection::{HeldPayloads, People, Signer, record, remove_rows, write_rows};
use crate::store::{batches, documents};
use std::collections::BTreeMap;

use super::evidence::Held;

/// Nothing of a document counts any more: it is as if it had never come, except that what came is held.
pub(super) fn unmake(desk: &mut Desk<'_>, doc: &DocId) -> Result<()> {
    desk.documents.forget(doc);
    remove_rows(desk.db, doc)?;
    documents::remove(desk.db, doc)
}

/// What is newly accepted of a document, in causal order, and whether something is accepted no longer.
pub(super) struct Newly<'a> {
    pub batches: Vec<AcceptedBatch>,
    pub held: &'a BTreeMap<BatchId, Held>,
    pub shrunk: bool,
    pub before: Option<State>,
}

/// Applies what is newly accepted in one call, then writes rows and one history line per act and batch.
pub(super) fn show(desk: &mut Desk<'_>, people: &People, birth: &Birth, newly: &Newly<'_>) -> Result<()> {
    let doc = birth.doc();
    apply(desk, birth, newly)?;
    let db = desk.db;
    let mut signer = fallback(desk, people);
    let loaded = desk.documents.load(db, &doc)?;
    let kind = loaded.kind;
    let mut is_first = newly.before.is_none();
    // What was said at the newest change that was looked at, and before anything came: a log that goes on where it stood
    // is not read from its beginning for each batch.
    let stood = heads_of(&documents::heads(db, &doc)?);
    let mut last = newly.before.clone().filter(|_| !newly.shrunk).map(|before| (stood, before));
    for batch in &newly.batches {
        let id = &batch.id;
        let Some(Held { facts, header, .. }) = newly.held.get(id) else { continue };
        let bounds = people.membership.bounds(&header.device, birth.writer.as_ref());
        let member = bounds.ok_or(Code::Corrupt)?.member;
        signer = Signer { member, device: header.device, stamp: header.claimed.stamp(), ..signer };
        let Some(newest) = newest(batch, facts, &HeldPayloads(db)) else { continue };
        let after = loaded.doc.at(&[newest], |view| State::read(kind, view))?;
        let saw = match last.take() {
            Some((heads, said)) if heads == facts.deps => said,
            _ => loaded.doc.at(&facts.deps, |view| State::read(kind, view))?,
        };
        let saw = (!std::mem::take(&mut is_first)).then_some(saw);
        record(db, &loaded.record, &after.acts_since(saw.as_ref()), &signer, Some(id))?;
        last = Some((vec![newest], after));
    }
    let now = State::read(kind, loaded.doc.now());
    let heads: Vec<u8> = loaded.doc.heads().iter().flat_map(|head| head.0).collect();
    documents::set_heads(db, &doc, &heads)?;
    write_rows(db, &loaded.record, newly.before.as_ref(), &now, &signer)?;
    loaded.state = now;
    loaded.is_new = false;
    desk.snapshot_if_due(&doc)
}

/// Brings the document in memory to what is accepted now.
fn apply(desk: &mut Desk<'_>, birth: &Birth, newly: &Newly<'_>) -> Result<()> {
    let (db, doc) = (desk.db, birth.doc());
    let snapshot_holds = documents::snapshot(db, &doc)?.map_or(0, |(_, upto)| upto);
    let is_older = |batch: &AcceptedBatch| batches::position(db, &batch.id).is_ok_and(|at| at <= snapshot_holds);
    let older = newly.batches.iter().any(is_older);
    if newly.shrunk || older {
        // The snapshot holds what counts no longer, or lacks what came before it and counts only now.
        documents::drop_snapshot(db, &doc)?;
    }
    if newly.before.is_none() || newly.shrunk {
        desk.documents.begin(db, birth.clone())?;
        desk.documents.forget(&doc);
        desk.documents.load(db, &doc)?;
        return Ok(());
    }
    let payloads = HeldPayloads(db);
    let mut chunks = Vec::new();
    for batch in &newly.batches {
        let body = payloads.body(&batch.id).unwrap_or_default();
        chunks.extend(body.changes.iter().take(batch.changes as usize).map(|chunk| chunk.bytes().to_vec()));
    }
    desk.documents.load(db, &doc)?.doc.apply(chunks)
}

/// The last change of a batch that counts; none in one that only adopts.
pub(super) fn newest(batch: &AcceptedBatch, facts: &BatchFacts, payloads: &HeldPayloads<'_>) -> Option<ChangeId> {
    if batch.changes == facts.count {
        return facts.last;
    }
    let last = usize::try_from(batch.changes).ok()?.checked_sub(1)?;
    payloads.body(&batch.id)?.changes.get(last).map(Chunk::id)
}

/// Heads as they are kept, in their order.
fn heads_of(kept: &[u8]) -> Vec<ChangeId> {
    kept.chunks(32).filter_map(ChangeId::from_slice).collect()
}

/// Who stands for a change that only took something away.
fn fallback(desk: &Desk<'_>, people: &People) -> Signer {
    let commit = desk.db.commit_number();
    Signer { member: people.me(), device: desk.me.device, stamp: desk.at.stamp(), commit }
}
