//! What newly judged batches make of their documents, worked out before the documents are settled, several at once. Nothing
//! is decided here: a document is settled alone and in its turn, and takes what was worked out only where it stands where it
//! stood, and just these batches count. Else it is dropped, and the document is read again.

use super::following::{Following, heads_of};
use super::pieces::in_turns;
use crate::batch::{AcceptedBatch, BatchFacts, Birth, Chunk};
use crate::command::Desk;
use crate::document::{Act, Doc};
use crate::error::Result;
use crate::ids::{BatchId, DocId};
use crate::projection::Loaded;
use crate::store::documents;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Bytes of changes that are kept from judging to settling.
const KEPT_BYTES: usize = 4 * 1024 * 1024;
/// What all documents that are worked on at once may weigh, those batches with them; the rest is settled as it is read.
const WEIGHT_MAX: u64 = 4 * 1024 * 1024;
/// What an operation weighs at least: as content, which is held some five times, a short key takes far more than as a change.
const OPERATION_BYTES: u64 = 256;
/// Documents that are worked on at once, at most.
const DOCUMENTS_MAX: usize = 64;
/// Bytes of words that are told ahead of all documents together, about.
const WORDS_BYTES: usize = 16 * 1024 * 1024;

/// A batch that passed just now.
struct Passed {
    facts: BatchFacts,
    changes: Vec<Chunk>,
}

/// The batches that passed, with their changes, as far as there is room for them: all of a document or none.
pub(super) struct Kept {
    room: usize,
    by_doc: BTreeMap<DocId, Vec<Passed>>,
}

impl Default for Kept {
    fn default() -> Self {
        Kept { room: KEPT_BYTES, by_doc: BTreeMap::new() }
    }
}

impl Kept {
    pub fn add(&mut self, doc: &DocId, facts: BatchFacts, changes: Vec<Chunk>) {
        if self.room == 0 {
            return;
        }
        self.room = self.room.saturating_sub(changes.iter().map(|change| change.bytes().len()).sum());
        if self.room == 0 {
            self.by_doc.remove(doc);
        } else {
            self.by_doc.entry(*doc).or_default().push(Passed { facts, changes });
        }
    }

    /// Works out what they make of the documents that are `due`: of those that are here, and whole.
    ///
    /// # Errors
    /// Those of the database.
    pub fn work_out(self, desk: &mut Desk<'_>, due: &BTreeMap<DocId, Birth>) -> Result<BTreeMap<DocId, Ahead>> {
        let (mut jobs, mut weight) = (Vec::new(), 0);
        // One batch is soon told in its turn.
        let several = self.by_doc.into_iter().filter(|(doc, batches)| batches.len() > 1 && due.contains_key(doc));
        for (doc, mut batches) in several.take(DOCUMENTS_MAX) {
            // What is damaged is told by whoever settles it.
            if documents::get(desk.db, &doc)?.is_none() || desk.load(&doc).is_err() {
                continue;
            }
            let Some(loaded) = desk.documents.take(&doc) else { continue };
            let (stood, weighs) = (documents::heads(desk.db, &doc)?, weight_of(&loaded.doc, &batches));
            if weight + weighs > WEIGHT_MAX || loaded.doc.heads() != heads_of(&stood) {
                desk.documents.put(loaded);
                continue;
            }
            weight += weighs;
            // As acceptance goes through them.
            batches.sort_by_key(|passed| (passed.facts.start_op, passed.facts.id));
            jobs.push(Job { loaded, stood, batches });
        }
        let words = WORDS_BYTES / jobs.len().max(1);
        // A panic of the merge engine comes again when the document is settled, where it is met.
        let work = |job: Job| catch_unwind(AssertUnwindSafe(|| job.done(words))).ok().flatten();
        let size = jobs.iter().map(|job| job.batches.len()).sum();
        let done = in_turns(jobs, size, work).into_iter().flatten();
        Ok(done.map(|ahead| (ahead.loaded.record.id, ahead)).collect())
    }
}

struct Job {
    loaded: Loaded,
    stood: Vec<u8>,
    batches: Vec<Passed>,
}

impl Job {
    fn done(mut self, mut words: usize) -> Option<Ahead> {
        let (loaded, batches) = (&mut self.loaded, &self.batches);
        loaded
            .doc
            .apply(batches.iter().flat_map(|passed| &passed.changes).map(|change| change.bytes().to_vec()))
            .ok()?;
        let before = Some(loaded.state.clone());
        let mut following = Following::begin(&loaded.doc, loaded.kind, false, before, heads_of(&self.stood));
        let mut acts = BTreeMap::new();
        for Passed { facts, changes } in batches {
            let Some(newest) = facts.last else { continue };
            // To read a document at older heads costs all of it: that is for its turn, where it can be stopped.
            if !following.goes_on(facts) {
                break;
            }
            let done = following.acts(&loaded.doc, facts, newest, || changes).ok()?;
            words = words.saturating_sub(done.iter().map(weight).sum());
            acts.insert(facts.id, done);
            if words == 0 {
                break;
            }
        }
        let batches = batches.iter().map(|passed| (passed.facts.id, passed.facts.count)).collect();
        Some(Ahead { loaded: self.loaded, stood: self.stood, batches, told: Told { acts, following } })
    }
}

fn weight_of(doc: &Doc, batches: &[Passed]) -> u64 {
    let operations = |passed: &Passed| passed.facts.max_op.saturating_sub(passed.facts.start_op) + 1;
    let bytes = |passed: &Passed| passed.changes.iter().map(|change| change.bytes().len() as u64).sum::<u64>();
    let all = batches.iter().map(operations).fold(doc.operations(), u64::saturating_add);
    let said = batches.iter().map(bytes).fold(doc.weight(), u64::saturating_add);
    said.max(all.saturating_mul(OPERATION_BYTES))
}

fn weight(act: &Act) -> usize {
    let words = |text: &Option<crate::text::PersonText>| text.as_ref().map_or(0, |text| text.as_str().len());
    size_of::<Act>() + words(&act.before) + words(&act.after)
}

/// A document with batches in it that may all count, and what each did.
pub(super) struct Ahead {
    /// Its state is that before they came.
    loaded: Loaded,
    stood: Vec<u8>,
    batches: Vec<(BatchId, u32)>,
    told: Told,
}

/// What the first of some batches did, and where to go on.
pub(super) struct Told {
    pub acts: BTreeMap<BatchId, Vec<Act>>,
    pub following: Following,
}

impl Ahead {
    /// Whether its document still stands where it stood.
    pub fn stands(&self, desk: &Desk<'_>) -> bool {
        documents::heads(desk.db, &self.loaded.record.id).is_ok_and(|heads| heads == self.stood)
    }

    /// The document as it was before.
    pub fn before(&self) -> &Loaded {
        &self.loaded
    }

    /// Whether just these batches count now, all of each, in this order.
    pub fn is_of(&self, batches: &[AcceptedBatch]) -> bool {
        self.batches.iter().copied().eq(batches.iter().map(|batch| (batch.id, batch.changes)))
    }

    /// Puts the document where all look for it.
    pub fn put(self, desk: &mut Desk<'_>) -> Told {
        desk.documents.put(self.loaded);
        self.told
    }
}
