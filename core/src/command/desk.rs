use crate::batch::{
    BatchFacts, BatchKind, Birth, Body, Chunk, Claimed, HeaderDraft, PREV_MAX, READER, Refusal, derive_actor,
    sign_batch,
};
use crate::cbor;
use crate::clock::Moment;
use crate::crypto::sign::SigningKey;
use crate::document::{Described, Kind, State, Step};
use crate::error::{Code, Error, Result};
use crate::ids::{BatchId, ChangeId, DeviceId, DocId, ElementId, MemberId, SpaceId};
use crate::projection::{
    Documents, Loaded, People, Signer, Wrote, any_newer, birth_of, index_waiting, settle, write_rows_typed,
};
use crate::secret::Entropy;
use crate::store::WriteTx;
use crate::store::batches::{self, BatchRecord, OpenBatch, Stage};
use crate::store::documents::DocumentRecord;
use crate::store::{documents, named};
use std::collections::{BTreeMap, BTreeSet};

/// This device in the eyes of its commands.
#[derive(Clone, Debug)]
pub struct Me {
    /// The device.
    pub device: DeviceId,
    /// What it signs with.
    pub signing: SigningKey,
    /// The space of my own devices.
    pub own: SpaceId,
}

/// What a command leaves for the door to finish in the same transaction, and what the batch being closed says.
#[derive(Debug, Default)]
pub struct Marks {
    /// Documents of which something else may count now.
    pub unsettled: BTreeSet<DocId>,
    /// Batches that were just taken over: one that still does not count is made again.
    pub adopted: Vec<BatchId>,
    /// What the person confirmed for these commands.
    pub confirmed: Option<super::Purpose>,
    /// What the batches closed now make again.
    pub(super) again_of: Option<BatchId>,
    /// The documents written by commands, with what they were before.
    pub(super) written: BTreeMap<DocId, Before>,
    /// Every step written, where someone wants to see them: a rehearsal.
    pub(super) steps: Option<Vec<(DocId, Vec<Step>)>>,
    /// Something asked for could only be done in part.
    pub(super) partly: bool,
    /// What was taken back, by what it was.
    pub(super) undid: Option<super::DoneKind>,
    /// Documents were settled: what any of them holds in memory may have changed.
    settled: bool,
}

impl Marks {
    /// Those of a rehearsal, in which every step is kept for whoever looks at it.
    pub fn rehearsing() -> Self {
        Marks { steps: Some(Vec::new()), ..Marks::default() }
    }

    /// The documents that are not in memory as they are on disk, once the transaction was taken back; `None`: any.
    pub fn unsure(&self) -> Option<Vec<DocId>> {
        (!self.settled).then(|| self.written.keys().copied().collect())
    }
}

/// A document before a command wrote in it.
#[derive(Clone, Debug)]
pub(super) struct Before {
    /// Whether it was not there.
    pub made: bool,
    /// Its newest changes.
    pub heads: Vec<ChangeId>,
}

/// A batch is closed before it grows past these, so that it fits protocol.md §4 with room for header and birth.
const OPEN_OPERATIONS_MAX: u64 = 5_000;
const OPEN_BYTES_MAX: u64 = 200 * 1024;
/// A snapshot is written when this many accepted batches came after the last one (protocol.md §6).
const SNAPSHOT_EVERY: i64 = 64;

/// The batch that begins a note says when the note was made. It takes words for so long, in milliseconds: what is shown of a
/// time ends at its minute.
const BEGUN_WITHIN_MS: i64 = 60_000;

/// Whether this is the first batch of a note: nothing but the seed lies before it.
fn begins_a_note(facts: &BatchFacts) -> bool {
    facts.start_op == Kind::Note.seed_operations() + 1
}

/// Whether words that come now may go into an open batch of a note: later ones would be told with the time of the first, and
/// so would earlier ones, of a clock that was ahead. Nor may they where another note was written in since, which would stay
/// the newest.
fn may_go_on_claiming(db: &rusqlite::Connection, open: &OpenBatch, now_ms: i64) -> Result<bool> {
    if !begins_a_note(&cbor::decode_own(&open.facts)?) {
        return Ok(true);
    }
    let since_ms = now_ms.saturating_sub(open.claimed_ms);
    Ok((0..BEGUN_WITHIN_MS).contains(&since_ms) && !any_newer(db, open.claimed_ms)?)
}

fn unfit(_: Refusal) -> Error {
    Error::Broken("desk: a batch of mine that others would refuse")
}

/// Everything a command works with inside one transaction.
pub struct Desk<'a> {
    /// The transaction.
    pub db: &'a WriteTx<'a>,
    /// Who writes.
    pub me: &'a Me,
    /// Documents in memory.
    pub documents: &'a mut Documents,
    /// One actor nonce a document, random per unlock: clones never share an actor.
    pub nonces: &'a mut BTreeMap<DocId, [u8; 16]>,
    /// Randomness.
    pub entropy: &'a mut dyn Entropy,
    /// Now, as the host says.
    pub at: &'a Moment,
    /// What is still to be done.
    pub marks: Marks,
}

impl Desk<'_> {
    /// A fresh id for an element inside a document.
    pub fn make_element(&mut self) -> ElementId {
        ElementId(self.entropy.bytes())
    }

    /// The people of a space.
    ///
    /// # Errors
    /// `NotFound` for a space this device is not in.
    pub fn people(&self, space: &SpaceId) -> Result<People> {
        People::of(self.db, space)
    }

    /// Who I am in a space.
    ///
    /// # Errors
    /// `NotFound` for a space this device is not in.
    pub fn member(&self, space: &SpaceId) -> Result<MemberId> {
        Ok(self.people(space)?.me())
    }

    /// The document, in memory.
    ///
    /// # Errors
    /// `NotFound`, `NewerSchema`, `Corrupt`.
    pub fn load(&mut self, doc: &DocId) -> Result<&mut Loaded> {
        self.documents.load(self.db, doc)
    }

    /// Does the steps in a document that is born if it is not there, and gives its id.
    ///
    /// # Errors
    /// Those of [`Desk::write`].
    pub fn write_in(&mut self, birth: Birth, steps: &[Step]) -> Result<DocId> {
        let id = birth.doc();
        self.documents.begin(self.db, birth)?;
        self.write(&id, steps)?;
        Ok(id)
    }

    /// Does the steps in a document: changes into its open batch, rows and history, all in this transaction.
    ///
    /// # Errors
    /// `NotFound` when a step names something that is not there; those of the database. The caller rolls back.
    pub fn write(&mut self, id: &DocId, steps: &[Step]) -> Result<()> {
        super::forgetting::may_go_on(self.db, id)?;
        let nonce = *self.nonces.entry(*id).or_insert_with(|| self.entropy.bytes());
        let actor = derive_actor(&self.me.device, id, &nonce);
        let loaded = self.documents.load(self.db, id)?;
        let record = loaded.record.clone();
        let was = || Before { made: loaded.is_new, heads: loaded.doc.heads() };
        self.marks.written.entry(*id).or_insert_with(was);
        if let Some(told) = &mut self.marks.steps {
            told.push((*id, steps.to_vec()));
        }
        let made = loaded.doc.perform_described(actor, steps)?;
        if made.is_empty() {
            return Ok(());
        }
        let told = if loaded.is_new { None } else { loaded.state.after(steps) };
        let now = told.unwrap_or_else(|| State::read(loaded.kind, loaded.doc.now()));
        debug_assert!(now == State::read(loaded.kind, loaded.doc.now()), "steps told another state");
        let before = std::mem::replace(&mut loaded.state, now);
        let before = (!std::mem::replace(&mut loaded.is_new, false)).then_some(before);
        let heads = loaded.doc.heads();
        let mut signer = self.signer(&record.space)?;
        let are_words = record.kind == Kind::Note.number() && steps.iter().any(Step::is_words);
        for (change, said) in &made {
            let (from_op, claimed) = self.extend(&record, nonce, change, said, are_words)?;
            if are_words || before.is_none() {
                signer.wrote = Some(Wrote { from_op, is_open: true });
            }
            // A note is as old as its batches say, here as on every other phone.
            if are_words && (claimed.unix_ms, &claimed.zone) != (signer.stamp.unix_ms, &signer.stamp.zone) {
                signer.stamp = claimed.stamp();
            }
        }
        documents::set_heads(self.db, id, &heads.iter().flat_map(|head| head.0).collect::<Vec<_>>())?;
        let now = &self.documents.load(self.db, id)?.state;
        write_rows_typed(self.db, &record, before.as_ref(), now, &signer)?;
        signer.stamp = self.at.stamp();
        crate::projection::record(self.db, &record, &now.acts_since(before.as_ref()), &signer, None)
    }

    fn signer(&self, space: &SpaceId) -> Result<Signer> {
        Ok(Signer {
            member: crate::store::spaces::get_space(self.db, space)?.ok_or(Code::NotFound)?.me,
            device: self.me.device,
            stamp: self.at.stamp(),
            commit: self.db.commit_number(),
            wrote: None,
        })
    }

    /// Puts one change into the document's open batch, closing that one first where it would grow too large. Gives the first
    /// operation of that batch, and the time that it claims: that of its first change, or of the last words of a note in it.
    fn extend(
        &mut self,
        record: &DocumentRecord,
        nonce: [u8; 16],
        change: &[u8],
        said: &Described,
        are_words: bool,
    ) -> Result<(u64, Claimed)> {
        let (operations, bytes) = (said.operations as u64, change.len() as u64);
        let stamp = self.at.stamp();
        let mut open = batches::open_of(self.db, &record.id)?;
        let fits = |open: &OpenBatch| {
            open.actor_nonce == nonce
                && open.operations + operations <= OPEN_OPERATIONS_MAX
                && open.bytes + bytes <= OPEN_BYTES_MAX
        };
        if let Some(known) = &open
            && !(fits(known) && (!are_words || may_go_on_claiming(self.db, known, stamp.unix_ms)?))
        {
            self.close(&record.id)?;
            open = None;
        }
        if let Some(open) = open {
            let facts: BatchFacts = cbor::decode_own(&open.facts)?;
            // Also where the clock was set back since: what is written now is written now.
            let says_now = are_words && !begins_a_note(&facts);
            let (claimed_ms, zone) = if says_now { (stamp.unix_ms, stamp.zone) } else { (open.claimed_ms, open.zone) };
            let facts =
                BatchFacts { count: facts.count.saturating_add(1), max_op: said.max_op, last: Some(said.id), ..facts };
            let (operations, bytes) = (open.operations + operations, open.bytes + bytes);
            let open = OpenBatch { operations, bytes, facts: cbor::encode(&facts), claimed_ms, zone, ..open };
            batches::extend_open(self.db, &open, change)?;
            return Ok((facts.start_op, Claimed { unix_ms: open.claimed_ms, zone: open.zone }));
        }
        let open = OpenBatch {
            doc: record.id,
            space: record.space,
            actor_nonce: nonce,
            random: self.entropy.bytes(),
            claimed_ms: stamp.unix_ms,
            zone: stamp.zone,
            operations,
            bytes,
            facts: cbor::encode(&self.facts_of_first(said)),
        };
        batches::put_open(self.db, &open, change)?;
        Ok((said.start_op, Claimed { unix_ms: open.claimed_ms, zone: open.zone }))
    }

    /// Closes every open batch, or those of one space: numbered, signed and never changed again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn close_all(&mut self, space: Option<&SpaceId>) -> Result<()> {
        for open in batches::all_open(self.db, space)? {
            self.close(&open.doc)?;
        }
        Ok(())
    }

    /// Closes the open batch of a document, if it has one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn close(&mut self, id: &DocId) -> Result<()> {
        let Some(open) = batches::open_of(self.db, id)? else { return Ok(()) };
        let chunks = batches::open_changes(self.db, id)?;
        let facts = cbor::decode_own(&open.facts)?;
        let changes = chunks.into_iter().map(Chunk::read).collect::<Result<Vec<_>, _>>().map_err(unfit)?;
        let birth = if batches::wrote_in(self.db, id, &self.me.device)? { None } else { Some(self.birth(id)?) };
        let body = Body { birth, changes };
        let batch = self.keep(&open, &body, facts, &[])?;
        let claimed = Claimed { unix_ms: open.claimed_ms, zone: open.zone };
        settle(self.db, id, &batch, &claimed)?;
        batches::remove_open(self.db, id)?;
        index_waiting(self.db, id)?;
        self.snapshot_if_due(id)
    }

    /// Takes batches of others over: a batch of mine without changes names them, in a document I may write. It is left
    /// to the door to settle the document.
    ///
    /// # Errors
    /// Those of the database.
    pub fn adopt(&mut self, birth: &Birth, taken: &[BatchId]) -> Result<BatchId> {
        let doc = birth.doc();
        // A foreign change is never applied on top of an open batch.
        self.close(&doc)?;
        let nonce = *self.nonces.entry(doc).or_insert_with(|| self.entropy.bytes());
        let stamp = self.at.stamp();
        let open = OpenBatch {
            doc,
            space: birth.space,
            actor_nonce: nonce,
            random: self.entropy.bytes(),
            claimed_ms: stamp.unix_ms,
            zone: stamp.zone,
            operations: 0,
            bytes: 0,
            facts: Vec::new(),
        };
        let said = batches::wrote_in(self.db, &doc, &self.me.device)?;
        let body = Body { birth: (!said).then(|| birth.clone()), changes: Vec::new() };
        let facts = BatchFacts {
            id: BatchId([0; 32]),
            device: self.me.device,
            actor: derive_actor(&self.me.device, &doc, &nonce),
            first_seq: 0,
            count: 0,
            start_op: 0,
            max_op: 0,
            deps: Vec::new(),
            first: None,
            last: None,
            births: false,
        };
        self.marks.unsettled.insert(doc);
        self.marks.settled = true;
        self.marks.adopted.extend(taken);
        self.keep(&open, &body, facts, taken)
    }

    /// Numbers, signs and keeps a batch of mine.
    fn keep(&mut self, open: &OpenBatch, body: &Body, facts: BatchFacts, adopts: &[BatchId]) -> Result<BatchId> {
        let payload = body.encode(&open.random).map_err(unfit)?;
        let heads = batches::heads(self.db, &open.space, &self.me.device)?;
        let draft = HeaderDraft {
            space: open.space,
            seq: heads.iter().map(|(seq, _)| *seq).max().unwrap_or(0) + 1,
            prev: heads.iter().take(PREV_MAX).map(|(_, id)| *id).collect(),
            doc: open.doc,
            kind: BatchKind::Changes,
            actor_nonce: open.actor_nonce,
            min_reader: READER,
            adopts: adopts.to_vec(),
            again_of: self.marks.again_of,
            claimed: Claimed { unix_ms: open.claimed_ms, zone: open.zone.clone() },
        };
        let (seq, prev) = (draft.seq, draft.prev.clone());
        let batch = sign_batch(draft, payload, &self.me.signing).map_err(unfit)?;
        let id = batch.id();
        let facts = BatchFacts { id, births: body.birth.is_some(), ..facts };
        let record = BatchRecord {
            id,
            space: open.space,
            device: self.me.device,
            seq,
            doc: open.doc,
            header: batch.header_bytes,
            signature: batch.signature.to_vec(),
            payload: batch.payload,
            stage: Stage::Accepted,
            reason: 0,
            facts: cbor::encode(&facts),
        };
        batches::put(self.db, &record, &prev)?;
        named::put_changes(self.db, &id, facts.first.into_iter().chain(facts.last))?;
        named::put_adopts(self.db, &id, adopts)?;
        if let Some(of) = &self.marks.again_of {
            named::put_again(self.db, &id, of)?;
        }
        Ok(id)
    }

    /// What a receiver's gate will find out about a batch with this first change; it was made here, so it is read off it.
    fn facts_of_first(&self, said: &Described) -> BatchFacts {
        BatchFacts {
            id: BatchId([0; 32]),
            device: self.me.device,
            actor: said.actor,
            first_seq: said.seq,
            count: 1,
            start_op: said.start_op,
            max_op: said.max_op,
            deps: said.deps.clone(),
            first: Some(said.id),
            last: Some(said.id),
            births: false,
        }
    }

    fn birth(&self, id: &DocId) -> Result<Birth> {
        Ok(birth_of(&documents::get(self.db, id)?.ok_or(Code::NotFound)?))
    }

    /// Writes a snapshot where enough came after the last one. One that does not load back is not kept, and the document
    /// is frozen: readable, and written on only in a successor (protocol.md §5, "Poison").
    ///
    /// # Errors
    /// Those of the database.
    pub fn snapshot_if_due(&mut self, id: &DocId) -> Result<()> {
        if batches::count_unsnapshotted(self.db, id)? < SNAPSHOT_EVERY || batches::open_of(self.db, id)?.is_some() {
            return Ok(());
        }
        let db = self.db;
        let doc = &self.load(id)?.doc;
        if !doc.is_worth_a_snapshot() {
            return Ok(());
        }
        match doc.snapshot() {
            Ok(bytes) => documents::put_snapshot(db, id, &bytes, doc.weight()),
            Err(_) => super::forgetting::freeze(self, id),
        }
    }
}
