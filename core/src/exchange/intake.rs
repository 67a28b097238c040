//! What an opened envelope brings becomes part of what is held: statements, cards, then batches through the gate and
//! acceptance, then rows. One envelope is one transaction.

use crate::batch::{AcceptedBatch, Admitted, Birth, Seeds};
use crate::batch::{
    Batch, BatchFacts, Body, DocumentPast, DocumentRules, Evidence, Header, Held, LogView, Payloads, Place, Reason,
    Refusal, SignedHoldings, Standing, Verdict, accept, judge, newer, place,
};
use crate::cbor;
use crate::command::Desk;
use crate::document::{KnownSeeds, State};
use crate::envelope::EnvelopeContent;
use crate::error::{Code, Result};
use crate::identity::{SignedCard, replaces};
use crate::ids::{BatchId, ChangeId, DeviceId, DocId, SpaceId};
use crate::projection::{Cause, HeldLog, HeldPayloads, How, People, Signer, forget, record, touch, write_rows};
use crate::space::{Statement, may_hold_content};
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::{documents, spaces};
use std::collections::{BTreeMap, BTreeSet};

/// Most statements kept of one space, and most bytes of one. This build acts on the Genesis alone and reads all of them
/// whenever it asks who is who; what is left out now is sent again with every bundle, to a build that acts on it.
const STATEMENTS_MAX: usize = 64;
const STATEMENT_BYTES_MAX: usize = 16 * 1_024;

/// What became of what came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Batches that were not here before.
    pub new: u64,
    /// Batches that were here already.
    pub already: u64,
    /// Batches that wait for something that is not here yet.
    pub waiting: u64,
    /// Batches that were kept out.
    pub kept_out: u64,
    /// Batches that need a newer app.
    pub newer: u64,
    /// Whether content came before the digits were compared; it is sent again.
    pub too_early: bool,
}

/// Takes in an envelope's content for a space this device is in.
///
/// # Errors
/// `NotFound` for a space this device is not in; those of the database.
pub fn take_in(desk: &mut Desk<'_>, content: &EnvelopeContent) -> Result<Taken> {
    let space = content.space;
    // Also says whether this device is in the space at all.
    desk.people(&space)?;
    take_statements(desk, content)?;
    let people = desk.people(&space)?;
    take_cards(desk, &people, &content.cards)?;
    let mut taken = Taken::default();
    if may_hold_content(people.state()).is_err() {
        taken.too_early = !content.batches.is_empty();
        return Ok(taken);
    }
    // A foreign change is never applied on top of an open batch.
    desk.close_all(Some(&space))?;
    let docs = receive_all(desk, &people, &content.batches, &mut taken)?;
    judge_all(desk, &people, &docs, &mut taken)?;
    if let Some(bytes) = &content.holdings {
        take_holdings(desk, &people, bytes)?;
    }
    Ok(taken)
}

fn take_statements(desk: &Desk<'_>, content: &EnvelopeContent) -> Result<()> {
    let mut held = spaces::statements(desk.db, &content.space)?.len();
    for statement in &content.statements {
        let wire = statement.to_wire();
        if held >= STATEMENTS_MAX || wire.len() > STATEMENT_BYTES_MAX {
            continue;
        }
        // The Genesis of this space is held already, that of another has no place in it.
        if statement.verify().is_ok_and(|told| !matches!(told, Statement::Genesis(_)))
            && spaces::put_statement(desk.db, &content.space, &statement.id(), &wire)?
        {
            held += 1;
        }
    }
    Ok(())
}

fn take_cards(desk: &Desk<'_>, people: &People, cards: &[SignedCard]) -> Result<()> {
    let mut known: BTreeMap<DeviceId, Vec<u8>> =
        spaces::cards(desk.db, &people.record.id)?.into_iter().map(|(device, _, wire)| (device, wire)).collect();
    for card in cards {
        let Ok(told) = card.read() else { continue };
        let Some(standing) = people.membership.device(&told.device) else { continue };
        if told.space != people.record.id || card.verify(&standing.entry.signing).is_err() {
            continue;
        }
        let newer = match known.get(&told.device).map(|wire| SignedCard::parse(wire)) {
            Some(Ok(old)) => replaces(&old, card),
            _ => true,
        };
        if newer && told.device != desk.me.device {
            let wire = card.to_wire();
            spaces::put_card(desk.db, &told.space, &told.device, told.card_rev, &wire, desk.at.unix_ms)?;
            // Two of one device may come at once, in any order.
            known.insert(told.device, wire);
        }
    }
    Ok(())
}

fn take_holdings(desk: &Desk<'_>, people: &People, bytes: &[u8]) -> Result<()> {
    let Some((signed, holdings)) = SignedHoldings::parse(bytes) else { return Ok(()) };
    let known = people.membership.device(&holdings.device).filter(|_| holdings.device != desk.me.device);
    let sound = holdings.space == people.record.id
        && known.is_some_and(|standing| signed.verify(&holdings, &standing.entry.signing));
    if sound {
        spaces::put_holdings(desk.db, &holdings.space, &holdings.device, holdings.counter, bytes)?;
    }
    Ok(())
}

/// Receives what came, then what waited for it. A batch is opened and its signature looked at once when it comes; one
/// that waits is looked at again only when what it named came, so that a log sent backwards costs no more than one sent
/// forwards. Gives the documents of which something is new.
fn receive_all(desk: &Desk<'_>, people: &People, came: &[Vec<u8>], taken: &mut Taken) -> Result<BTreeSet<DocId>> {
    let mut new = Vec::new();
    let mut docs = BTreeSet::new();
    for bytes in came {
        match receive(desk, people, bytes, taken)? {
            Received::New(id, doc) => {
                docs.insert(doc);
                new.push(id);
            }
            Received::Waits(id, device) => {
                batches::put_waiting(desk.db, &people.record.id, &device, &id, bytes)?;
            }
            Received::Done => {}
        }
    }
    if !new.is_empty() {
        receive_waiting(desk, people, new, &mut docs, taken)?;
    }
    taken.waiting += batches::count_waiting(desk.db, &people.record.id)?;
    Ok(docs)
}

fn receive_waiting(
    desk: &Desk<'_>,
    people: &People,
    mut new: Vec<BatchId>,
    docs: &mut BTreeSet<DocId>,
    taken: &mut Taken,
) -> Result<()> {
    let space = &people.record.id;
    let waiting = batches::waiting(desk.db, space)?;
    let mut followers: BTreeMap<BatchId, Vec<&[u8]>> = BTreeMap::new();
    for bytes in &waiting {
        let Ok((_, header)) = Batch::parse(bytes) else { continue };
        for prev in header.prev {
            followers.entry(prev).or_default().push(bytes);
        }
    }
    while let Some(id) = new.pop() {
        for bytes in followers.remove(&id).unwrap_or_default() {
            let Ok((batch, _)) = Batch::parse(bytes) else { continue };
            match receive(desk, people, bytes, taken)? {
                Received::Waits(..) => continue,
                Received::New(id, doc) => {
                    docs.insert(doc);
                    new.push(id);
                }
                Received::Done => {}
            }
            batches::remove_waiting(desk.db, &batch.id())?;
        }
    }
    Ok(())
}

enum Received {
    /// It found its place.
    New(BatchId, DocId),
    /// Its log has a gap before it.
    Waits(BatchId, DeviceId),
    /// It was here, or is kept out.
    Done,
}

/// Receives one batch: size, shape, signature, place in its log.
fn receive(desk: &Desk<'_>, people: &People, bytes: &[u8], taken: &mut Taken) -> Result<Received> {
    let Ok((batch, header)) = Batch::parse(bytes) else {
        taken.kept_out += 1;
        return Ok(Received::Done);
    };
    let id = batch.id();
    let known = people.membership.device(&header.device);
    let signed = known.is_some_and(|standing| batch.verify(&header, &standing.entry.signing).is_ok());
    // A batch of an unknown device is not received, nor one that is signed by another or for another space: its
    // header proves nothing, so nothing of it is kept.
    if !signed || header.space != people.record.id {
        taken.kept_out += 1;
        return Ok(Received::Done);
    }
    let log = HeldLog { db: desk.db, space: header.space };
    match place(&id, &header, &log) {
        Place::Duplicate => taken.already += 1,
        Place::Broken => taken.kept_out += 1,
        Place::WaitsFor(_) => return Ok(Received::Waits(id, header.device)),
        Place::Next | Place::Fork => {
            batches::put(desk.db, &received(id, &header, batch), &header.prev)?;
            taken.new += 1;
            return Ok(Received::New(id, header.doc));
        }
    }
    Ok(Received::Done)
}

fn received(id: BatchId, header: &Header, batch: Batch) -> BatchRecord {
    BatchRecord {
        id,
        space: header.space,
        device: header.device,
        seq: header.seq,
        doc: header.doc,
        header: batch.header_bytes,
        signature: batch.signature.to_vec(),
        payload: batch.payload,
        stage: Stage::Received,
        reason: 0,
        facts: Vec::new(),
    }
}

/// Judges and settles the documents of which something came. What waits for a change of its document is judged again
/// only when something of that document comes, so that what never can be judged costs nothing.
fn judge_all(desk: &mut Desk<'_>, people: &People, docs: &BTreeSet<DocId>, taken: &mut Taken) -> Result<()> {
    let space = people.record.id;
    for doc in docs {
        let birth = judge_document(desk, doc, &space, taken)?;
        if let Some(birth) = birth {
            settle(desk, people, &birth, taken)?;
        }
    }
    taken.waiting += batches::count(desk.db, &space, Stage::Received, Stage::Received)?;
    Ok(())
}

fn birth_of(desk: &Desk<'_>, doc: &DocId) -> Result<Option<Birth>> {
    Ok(documents::get(desk.db, doc)?.map(|record| Birth {
        space: record.space,
        kind: record.kind,
        writer: record.writer,
        about: record.about,
        key: record.key,
        nonce: record.nonce,
    }))
}

/// Runs the gate over a document's received batches until none more passes. Gives the document's birth once it is known
/// and something passed.
fn judge_document(desk: &Desk<'_>, doc: &DocId, space: &SpaceId, taken: &mut Taken) -> Result<Option<Birth>> {
    let payloads = HeldPayloads(desk.db);
    let mut birth = birth_of(desk, doc)?;
    let facts = batches::of_document(desk.db, doc, Stage::Passed, Stage::Aside)?
        .iter()
        .map(|record| cbor::decode_own::<BatchFacts>(&record.facts))
        .collect::<Result<Vec<_>>>()?;
    let mut past = match &birth {
        Some(birth) => DocumentPast::rebuild(birth, facts, &KnownSeeds, &payloads).ok_or(Code::Corrupt)?,
        None => DocumentPast::new(*doc),
    };
    let mut pending = batches::of_document(desk.db, doc, Stage::Received, Stage::Received)?;
    let mut any = false;
    loop {
        let before = pending.len();
        let mut rest = Vec::new();
        for record in pending {
            let Some(verdict) = verdict(&record, &mut past, &payloads) else {
                rest.push(record);
                continue;
            };
            match verdict {
                Verdict::Waits { .. } => rest.push(record),
                Verdict::Passed(facts) => {
                    batches::set_stage(desk.db, &record.id, Stage::Passed, 0, Some(&cbor::encode(&facts)))?;
                    birth = birth.or_else(|| past.birth().cloned());
                    any = true;
                }
                Verdict::Refused(refusal) => {
                    batches::set_stage(desk.db, &record.id, Stage::Refused, refusal.number(), None)?;
                    taken.kept_out += 1;
                }
                Verdict::HeldBack(_) => {
                    batches::set_stage(desk.db, &record.id, Stage::HeldBack, 0, None)?;
                    taken.newer += 1;
                }
            }
        }
        if rest.is_empty() || rest.len() == before {
            return Ok(birth.filter(|birth| any && birth.space == *space));
        }
        pending = rest;
    }
}

/// What the gate says; nothing where the payload is not here.
fn verdict(record: &BatchRecord, past: &mut DocumentPast, payloads: &HeldPayloads<'_>) -> Option<Verdict> {
    let payload = record.payload.as_ref()?;
    let header = match Header::parse(&record.header) {
        Ok(header) => header,
        Err(refusal) => return Some(Verdict::Refused(refusal)),
    };
    // Before the body is looked at: another kind of batch has another payload.
    if let Some(newer) = newer(&header) {
        return Some(Verdict::HeldBack(newer));
    }
    match Body::decode(payload) {
        Ok(body) => Some(judge(&record.id, &header, &body, past, payloads, &KnownSeeds)),
        Err(refusal) => Some(Verdict::Refused(refusal)),
    }
}

/// Decides what of a document is accepted and makes document, rows and history say so.
fn settle(desk: &mut Desk<'_>, people: &People, birth: &Birth, taken: &mut Taken) -> Result<()> {
    let doc = birth.doc();
    let held = batches::of_document(desk.db, &doc, Stage::Passed, Stage::Aside)?;
    // As it was before anything is counted anew.
    let before = match documents::get(desk.db, &doc)? {
        Some(_) => Some(desk.load(&doc)?.state.clone()),
        None => None,
    };
    let facts: BTreeMap<BatchId, BatchFacts> =
        held.iter().filter_map(|record| Some((record.id, cbor::decode_own(&record.facts).ok()?))).collect();
    let all = |id: &BatchId| facts.get(id).map_or(u32::MAX, |facts| facts.count);
    let was: BTreeMap<BatchId, u32> = batches::accepted_of(desk.db, &doc)?
        .into_iter()
        .map(|(id, counted)| (id, counted.unwrap_or_else(|| all(&id))))
        .collect();
    let acceptance = decide(desk, people, birth, &held)?;
    let accepted = acceptance.accepted.get(&doc).cloned().unwrap_or_default();
    for (id, reason) in &acceptance.others {
        put_aside(desk, id, *reason, was.contains_key(id), taken)?;
    }
    for batch in &accepted {
        let whole = all(&batch.id) == batch.changes;
        batches::set_accepted(desk.db, &batch.id, (!whole).then_some(batch.changes))?;
    }
    let now: BTreeMap<BatchId, u32> = accepted.iter().map(|batch| (batch.id, batch.changes)).collect();
    // A batch of which another number of changes counts than before is taken out and put in anew.
    let out: Vec<&BatchId> =
        was.iter().filter(|(id, changes)| now.get(*id) != Some(*changes)).map(|(id, _)| id).collect();
    for id in &out {
        forget(desk.db, &doc, id)?;
    }
    let new: Vec<AcceptedBatch> =
        accepted.into_iter().filter(|batch| was.get(&batch.id) != Some(&batch.changes)).collect();
    let shrunk = !out.is_empty();
    if new.is_empty() && !shrunk {
        return Ok(());
    }
    let headers = held.iter().map(|record| (record.id, record)).collect::<BTreeMap<_, _>>();
    show(desk, people, birth, &Newly { batches: new, facts, records: headers, shrunk, before })
}

fn put_aside(desk: &Desk<'_>, id: &BatchId, reason: Reason, was: bool, taken: &mut Taken) -> Result<()> {
    let known = batches::get(desk.db, id)?.is_some_and(|record| record.stage == Stage::Aside);
    if !known && !was {
        taken.kept_out += 1;
    }
    match reason {
        // These can never count: only the header stays.
        Reason::NotAWriter => batches::set_stage(desk.db, id, Stage::Refused, Refusal::NotAWriter.number(), None),
        Reason::UnknownDevice => batches::set_stage(desk.db, id, Stage::Refused, Refusal::UnknownDevice.number(), None),
        other => batches::set_stage(desk.db, id, Stage::Aside, 100 + other as u8, None),
    }
}

fn decide(desk: &Desk<'_>, people: &People, birth: &Birth, held: &[BatchRecord]) -> Result<crate::batch::Acceptance> {
    let members = &people.membership.members;
    let devices: BTreeMap<DeviceId, Standing> = members
        .iter()
        .flat_map(|(member, entry)| entry.devices.keys().map(move |device| (*device, *member)))
        .map(|(device, member)| (device, Standing { member, admitted: Admitted::Standing, cuts: Vec::new() }))
        .collect();
    let seed = KnownSeeds.seed(birth).and_then(|chunk| crate::batch::Chunk::read(chunk).ok());
    let seeds: BTreeSet<ChangeId> = seed.map(|chunk| chunk.id()).into_iter().collect();
    let documents = BTreeMap::from([(birth.doc(), DocumentRules { writer: birth.writer, seeds })]);
    let batches = held
        .iter()
        .map(|record| {
            let facts = cbor::decode_own::<BatchFacts>(&record.facts)?;
            let header = Header::parse(&record.header).map_err(|_| Code::Corrupt)?;
            Ok(Held { doc: record.doc, adopts: header.adopts, again_of: header.again_of, facts })
        })
        .collect::<Result<Vec<_>>>()?;
    let log = HeldLog { db: desk.db, space: people.record.id };
    let payloads = HeldPayloads(desk.db);
    Ok(accept(&Evidence {
        devices: &devices,
        documents: &documents,
        batches: &batches,
        log: &log,
        payloads: &payloads,
    }))
}

/// What is newly accepted of a document, in causal order, and whether something is accepted no longer.
struct Newly<'a> {
    batches: Vec<AcceptedBatch>,
    facts: BTreeMap<BatchId, BatchFacts>,
    records: BTreeMap<BatchId, &'a BatchRecord>,
    shrunk: bool,
    before: Option<State>,
}

/// Applies what is newly accepted in one call, then writes rows and one history line per act and batch.
fn show(desk: &mut Desk<'_>, people: &People, birth: &Birth, newly: &Newly<'_>) -> Result<()> {
    let doc = birth.doc();
    apply(desk, birth, newly)?;
    let db = desk.db;
    let mut signer = fallback(desk, people);
    let loaded = desk.documents.load(db, &doc)?;
    let kind = loaded.kind;
    let mut is_first = newly.before.is_none();
    for batch in &newly.batches {
        let id = &batch.id;
        let (Some(facts), Some(entry)) = (newly.facts.get(id), newly.records.get(id)) else { continue };
        let header = Header::parse(&entry.header).map_err(|_| Code::Corrupt)?;
        let member = people.membership.member_of(&entry.device).ok_or(Code::Corrupt)?;
        signer = Signer { member, device: entry.device, stamp: header.claimed.stamp(), ..signer };
        let Some(newest) = newest(batch, facts, &HeldPayloads(db)) else { continue };
        let after = loaded.doc.at(&[newest], |view| State::read(kind, view))?;
        let saw = loaded.doc.at(&facts.deps, |view| State::read(kind, view))?;
        let saw = (!std::mem::take(&mut is_first)).then_some(saw);
        record(db, &loaded.record, &after.acts_since(saw.as_ref()), &signer, Some(id))?;
    }
    let now = State::read(kind, loaded.doc.now());
    let heads: Vec<u8> = loaded.doc.heads().iter().flat_map(|head| head.0).collect();
    documents::set_heads(db, &doc, &heads)?;
    write_rows(db, &loaded.record, newly.before.as_ref(), &now, &signer)?;
    let how = if newly.before.is_some() { How::Changed } else { How::Added };
    touch(db, &loaded.record, signer.commit, Cause::Theirs, how)?;
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
fn newest(batch: &AcceptedBatch, facts: &BatchFacts, payloads: &HeldPayloads<'_>) -> Option<ChangeId> {
    if batch.changes == facts.count {
        return facts.last;
    }
    let last = usize::try_from(batch.changes).ok()?.checked_sub(1)?;
    payloads.body(&batch.id)?.changes.get(last).map(crate::batch::Chunk::id)
}

/// Who stands for a change that only took something away.
fn fallback(desk: &Desk<'_>, people: &People) -> Signer {
    let commit = desk.db.commit_number();
    Signer { member: people.me(), device: desk.me.device, stamp: desk.at.stamp(), commit }
}

/// The heads of every log of a space: what holdings tell.
pub(super) fn log_heads(desk: &Desk<'_>, space: &SpaceId) -> Result<Vec<crate::batch::LogHead>> {
    let log = HeldLog { db: desk.db, space: *space };
    let mut heads = Vec::new();
    for device in log.devices() {
        for (seq, id) in batches::heads(desk.db, space, &device)? {
            heads.push(crate::batch::LogHead { device, seq, id });
        }
    }
    Ok(heads)
}
