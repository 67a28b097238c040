//! What counts newly, or no longer, becomes document, rows and history.

use crate::batch::{AcceptedBatch, BatchFacts, Birth, Chunk, Claimed, Payloads};
use crate::command::Desk;
use crate::document::{Kind, State, writes_words};
use crate::error::{Code, Result};
use crate::ids::{BatchId, ChangeId, DocId};
use crate::projection::{
    Age, HeldPayloads, People, Signer, Unsaid, Wrote, has_row, record, remove_rows, timed, worded, write_rows_unsaid,
};
use crate::store::{batches, documents};
use std::collections::{BTreeMap, BTreeSet};

use super::ahead::{Ahead, Told};
use super::evidence::Held;
use super::following::{Following, heads_of};

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
pub(super) fn show(
    desk: &mut Desk<'_>,
    people: &People,
    birth: &Birth,
    newly: &Newly<'_>,
    ahead: Option<Ahead>,
    unsaid: &mut Unsaid,
) -> Result<()> {
    let doc = birth.doc();
    let told = apply(desk, birth, newly, ahead)?;
    let db = desk.db;
    let mut signer = fallback(desk, people);
    let mut written = Written::default();
    let had_row = has_row(db, &doc)?;
    let loaded = desk.documents.load(db, &doc)?;
    let kind = loaded.kind;
    let Told { mut acts, mut following } = match told {
        Some(told) => told,
        None => {
            let (said, stood) =
                (newly.before.clone().filter(|_| !newly.shrunk), heads_of(&documents::heads(db, &doc)?));
            let following = Following::begin(&loaded.doc, kind, newly.before.is_none(), said, stood);
            Told { acts: BTreeMap::new(), following }
        }
    };
    for batch in &newly.batches {
        let id = &batch.id;
        let Some(Held { facts, header, .. }) = newly.held.get(id) else { continue };
        let bounds = people.membership.bounds(&header.device, birth.writer.as_ref());
        let member = bounds.ok_or(Code::Corrupt)?.member;
        signer = Signer { member, device: header.device, stamp: header.claimed.stamp(), ..signer };
        let Some(newest) = newest(batch, facts, &HeldPayloads(db)) else { continue };
        let acts = match acts.remove(id) {
            Some(acts) => acts,
            None => following.acts(&loaded.doc, facts, newest, || counted(batch, &HeldPayloads(db)))?,
        };
        record(db, &loaded.record, &acts, &signer, Some(id))?;
        if kind == Kind::Note {
            // Words that come and go within a batch are no act, and were written all the same.
            let is_worded = acts.iter().any(|act| act.kind.words_a_note()) || writes(batch, &HeldPayloads(db));
            written.add(facts, &header.claimed, is_worded);
        }
    }
    let now = State::read(kind, loaded.doc.now());
    let heads: Vec<u8> = loaded.doc.heads().iter().flat_map(|head| head.0).collect();
    documents::set_heads(db, &doc, &heads)?;
    // A note is as old as its words, whatever was done with it since.
    let stamp = written.last.as_ref().map_or_else(|| signer.stamp.clone(), Age::stamp);
    let wrote = written.last.as_ref().map(|last| Wrote { from_op: last.from_op, is_open: false });
    write_rows_unsaid(db, &loaded.record, newly.before.as_ref(), &now, &Signer { stamp, wrote, ..signer }, unsaid)?;
    loaded.state = now;
    loaded.is_new = false;
    if kind == Kind::Note {
        time_note(desk, &doc, newly, written, had_row)?;
    }
    desk.snapshot_if_due(&doc)
}

/// When a note was begun and last written in, of what its batches claim. A function of which batches count, whatever came
/// first: a note is as old on each phone, and as old as it was when it is made again.
#[derive(Default)]
struct Written {
    /// The number of the first operation of the batch that began it, and when that was.
    begun: Option<(u64, i64)>,
    last: Option<Age>,
}

impl Written {
    fn add(&mut self, facts: &BatchFacts, claimed: &Claimed, is_worded: bool) {
        let begun = (facts.start_op, claimed.unix_ms);
        self.begun = Some(self.begun.map_or(begun, |known| known.min(begun)));
        if is_worded {
            self.last = self.last.take().max(Some(Age::of(facts.start_op, claimed)));
        }
    }
}

/// Whether what counts of a batch writes in a text.
fn writes(batch: &AcceptedBatch, payloads: &HeldPayloads<'_>) -> bool {
    counted(batch, payloads).iter().any(writes_words)
}

/// Keeps when a note was made and last written in. Where its row was not there, or something counts no longer, that is asked
/// of all its batches.
fn time_note(desk: &Desk<'_>, doc: &DocId, newly: &Newly<'_>, mut written: Written, had_row: bool) -> Result<()> {
    let db = desk.db;
    if had_row && !newly.shrunk {
        return written.last.map_or(Ok(()), |last| worded(db, doc, &last));
    }
    let payloads = HeldPayloads(db);
    let new: BTreeSet<BatchId> = newly.batches.iter().map(|batch| batch.id).collect();
    for (id, counted) in batches::accepted_of(db, doc)?.into_iter().filter(|(id, _)| !new.contains(id)) {
        let Some(Held { facts, header, .. }) = newly.held.get(&id) else { continue };
        let batch = AcceptedBatch { id, changes: counted.unwrap_or(facts.count), vouched: false };
        if batch.changes > 0 {
            let begins = facts.start_op == Kind::Note.seed_operations() + 1;
            written.add(facts, &header.claimed, begins || writes(&batch, &payloads));
        }
    }
    match (written.begun, written.last) {
        (Some((_, made_ms)), Some(last)) => timed(db, doc, made_ms, &last),
        _ => Ok(()),
    }
}

/// The changes of a batch that count.
fn counted(batch: &AcceptedBatch, payloads: &HeldPayloads<'_>) -> Vec<Chunk> {
    let body = payloads.body(&batch.id).unwrap_or_default();
    body.changes.into_iter().take(batch.changes as usize).collect()
}

/// Brings the document in memory to what is accepted now, by what was worked out ahead where that is just this.
fn apply(desk: &mut Desk<'_>, birth: &Birth, newly: &Newly<'_>, ahead: Option<Ahead>) -> Result<Option<Told>> {
    let (db, doc) = (desk.db, birth.doc());
    let snapshot_holds = documents::snapshot_holds(db, &doc)?;
    let is_older = |batch: &AcceptedBatch| batches::position(db, &batch.id).is_ok_and(|at| at <= snapshot_holds);
    let older = snapshot_holds > 0 && newly.batches.iter().any(is_older);
    if newly.shrunk || older {
        // The snapshot holds what counts no longer, or lacks what came before it and counts only now.
        documents::drop_snapshot(db, &doc)?;
    }
    if newly.before.is_none() || newly.shrunk {
        desk.documents.begin(db, birth.clone())?;
        desk.documents.forget(&doc);
        desk.documents.load(db, &doc)?;
        return Ok(None);
    }
    if let Some(ahead) = ahead.filter(|ahead| ahead.is_of(&newly.batches)) {
        return Ok(Some(ahead.put(desk)));
    }
    let payloads = HeldPayloads(db);
    // Opened one by one, as the merge engine asks for them: a batch may be a thousand times its size.
    let chunks = newly.batches.iter().flat_map(|batch| counted(batch, &payloads)).map(Chunk::into_bytes);
    desk.documents.load(db, &doc)?.doc.apply(chunks)?;
    Ok(None)
}

/// The last change of a batch that counts; none in one that only adopts.
pub(super) fn newest(batch: &AcceptedBatch, facts: &BatchFacts, payloads: &HeldPayloads<'_>) -> Option<ChangeId> {
    if batch.changes == facts.count {
        return facts.last;
    }
    let last = usize::try_from(batch.changes).ok()?.checked_sub(1)?;
    payloads.body(&batch.id)?.changes.get(last).map(Chunk::id)
}

/// Who stands for a change that only took something away.
fn fallback(desk: &Desk<'_>, people: &People) -> Signer {
    let commit = desk.db.commit_number();
    Signer { member: people.me(), device: desk.me.device, stamp: desk.at.stamp(), commit, wrote: None }
}
