//! What is held of a document goes through the gate, then through acceptance, and document, rows and history follow.

use super::intake::Taken;
use crate::batch::{
    AcceptedBatch, Admitted, BatchFacts, Birth, Body, DocumentPast, DocumentRules, Evidence, Header, Held, Payloads,
    Reason, Refusal, Seeds, Standing, Verdict, accept, judge, newer,
};
use crate::cbor;
use crate::command::Desk;
use crate::document::{KnownSeeds, State};
use crate::error::{Code, Result};
use crate::ids::{BatchId, ChangeId, DeviceId, DocId, SpaceId, StatementId};
use crate::projection::{
    Cause, HeldLog, HeldPayloads, How, People, Signer, forget, record, remove_rows, touch, write_rows,
};
use crate::space::{DeviceBounds, SignedStatement, Statement};
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::{documents, spaces};
use std::collections::{BTreeMap, BTreeSet};

/// Judges and settles the documents of which something came. What waits for a change of its document is judged again
/// only when something of that document comes, so that what never can be judged costs nothing.
pub(super) fn settle_some(
    desk: &mut Desk<'_>,
    people: &People,
    docs: &BTreeSet<DocId>,
    taken: &mut Taken,
) -> Result<()> {
    let space = people.record.id;
    for doc in docs {
        let (birth, any) = judge_document(desk, doc, &space, taken)?;
        if let Some(birth) = birth.filter(|_| any) {
            settle(desk, people, &birth, taken)?;
        }
    }
    taken.waiting += batches::count(desk.db, &space, Stage::Received, Stage::Received)?;
    Ok(())
}

/// Settles every document of a space again: other devices or cuts count now than before, so what is accepted may grow
/// or shrink anywhere.
///
/// # Errors
/// Those of the database.
pub(super) fn settle_all(desk: &mut Desk<'_>, people: &People, taken: &mut Taken) -> Result<()> {
    let space = people.record.id;
    for doc in batches::documents(desk.db, &space)? {
        let (birth, _) = judge_document(desk, &doc, &space, taken)?;
        if let Some(birth) = birth {
            settle(desk, people, &birth, taken)?;
        }
    }
    taken.waiting += batches::count(desk.db, &space, Stage::Received, Stage::Received)?;
    Ok(())
}

/// How a document was born: by its record, or by a batch that passed and does not count.
fn birth_of(desk: &Desk<'_>, doc: &DocId) -> Result<Option<Birth>> {
    if let Some(record) = documents::get(desk.db, doc)? {
        return Ok(Some(Birth {
            space: record.space,
            kind: record.kind,
            writer: record.writer,
            about: record.about,
            key: record.key,
            nonce: record.nonce,
        }));
    }
    let held = batches::of_document(desk.db, doc, Stage::Passed, Stage::Aside)?;
    let births = |record: &BatchRecord| {
        let facts: BatchFacts = cbor::decode_own(&record.facts).ok()?;
        facts.births.then(|| Body::decode(record.payload.as_ref()?).ok()?.birth).flatten()
    };
    Ok(held.iter().find_map(births))
}

/// Runs the gate over a document's received batches until none more passes. Gives the document's birth once it is
/// known, and whether something passed.
fn judge_document(desk: &Desk<'_>, doc: &DocId, space: &SpaceId, taken: &mut Taken) -> Result<(Option<Birth>, bool)> {
    let payloads = HeldPayloads(desk.db);
    let mut birth = birth_of(desk, doc)?;
    let mut pending = batches::of_document(desk.db, doc, Stage::Received, Stage::Received)?;
    if pending.is_empty() {
        return Ok((birth.filter(|birth| birth.space == *space), false));
    }
    let facts = batches::of_document(desk.db, doc, Stage::Passed, Stage::Aside)?
        .iter()
        .map(|record| cbor::decode_own::<BatchFacts>(&record.facts))
        .collect::<Result<Vec<_>>>()?;
    let mut past = match &birth {
        Some(birth) => DocumentPast::rebuild(birth, facts, &KnownSeeds, &payloads).ok_or(Code::Corrupt)?,
        None => DocumentPast::new(*doc),
    };
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
            return Ok((birth.filter(|birth| birth.space == *space), any));
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
        put_aside(desk, people, id, *reason, was.contains_key(id), taken)?;
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
    if shrunk {
        // A change of ours that counts no longer keeps its number: as the same actor the next one would be its twin.
        desk.nonces.remove(&doc);
    }
    if new.is_empty() && !shrunk {
        return Ok(());
    }
    if now.is_empty() {
        return unmake(desk, &doc);
    }
    let headers = held.iter().map(|record| (record.id, record)).collect::<BTreeMap<_, _>>();
    show(desk, people, birth, &Newly { batches: new, facts, records: headers, shrunk, before })
}

fn put_aside(
    desk: &Desk<'_>,
    people: &People,
    id: &BatchId,
    reason: Reason,
    was: bool,
    taken: &mut Taken,
) -> Result<()> {
    let Some(known) = batches::get(desk.db, id)? else { return Ok(()) };
    if known.stage != Stage::Aside && !was {
        taken.kept_out += 1;
    }
    // What can never count keeps only its header. A device that Genesis gave to nobody may be another member's too by
    // a later statement, and what it wrote may count then.
    if reason == Reason::NotAWriter && is_of_genesis(desk, people, &known.device)? {
        return batches::set_stage(desk.db, id, Stage::Refused, Refusal::NotAWriter.number(), None);
    }
    batches::set_stage(desk.db, id, Stage::Aside, 100 + reason as u8, None)
}

fn is_of_genesis(desk: &Desk<'_>, people: &People, device: &DeviceId) -> Result<bool> {
    let id = StatementId(people.record.id.0);
    let statements = spaces::statements(desk.db, &people.record.id)?;
    let Some((_, wire)) = statements.iter().find(|(held, _)| *held == id) else { return Ok(false) };
    let Ok(Statement::Genesis(genesis)) = SignedStatement::parse(wire)?.statement() else { return Ok(false) };
    Ok(genesis.members.iter().flat_map(|member| &member.devices).any(|entry| entry.device_id() == *device))
}

fn standing(bounds: &DeviceBounds) -> Standing {
    let admitted = match bounds.admitted {
        crate::space::Admitted::Standing => Admitted::Standing,
        crate::space::Admitted::ByResetCut => Admitted::ByResetCut,
        crate::space::Admitted::Once => Admitted::Once,
    };
    Standing { member: bounds.member, admitted, cuts: bounds.cuts.iter().cloned().collect() }
}

fn decide(desk: &Desk<'_>, people: &People, birth: &Birth, held: &[BatchRecord]) -> Result<crate::batch::Acceptance> {
    let bounds = |device: &DeviceId| people.membership.bounds(device, birth.writer.as_ref()).map(standing);
    let devices: BTreeMap<DeviceId, Standing> =
        held.iter().filter_map(|record| Some((record.device, bounds(&record.device)?))).collect();
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

/// Nothing of a document counts any more: it is as if it had never come, except that what came is held.
fn unmake(desk: &mut Desk<'_>, doc: &DocId) -> Result<()> {
    let Some(record) = documents::get(desk.db, doc)? else { return Ok(()) };
    desk.documents.forget(doc);
    remove_rows(desk.db, doc)?;
    documents::remove(desk.db, doc)?;
    touch(desk.db, &record, desk.db.commit_number(), Cause::Theirs, How::Gone)
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
        let bounds = people.membership.bounds(&entry.device, birth.writer.as_ref());
        let member = bounds.ok_or(Code::Corrupt)?.member;
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
