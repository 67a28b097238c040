//! The gate over what was received of a document.

use super::ahead::Kept;
use super::evidence::forget_named;
use super::healing::is_what_came;
use super::intake::Taken;
use super::outside::Outside;
use crate::batch::{BatchFacts, Birth, Body, Chunk, DocumentPast, Header, Verdict, judge};
use crate::cbor;
use crate::command::Desk;
use crate::document::KnownSeeds;
use crate::error::{Code, Result};
use crate::ids::{BatchId, ChangeId, DeviceId, DocId};
use crate::projection::{HeldPayloads, People, birth_held};
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::forgetting::lacks_words;
use crate::store::{logs, named};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What the gate said of a document's received batches.
#[derive(Default)]
pub(super) struct Judged {
    /// The document's birth, once it is known and of this space.
    pub birth: Option<Birth>,
    /// Whether something passed.
    pub any: bool,
    /// What the batches that passed take over.
    pub adopts: Vec<BatchId>,
}

/// Runs the gate over a document's received batches until none more passes.
///
/// # Errors
/// `Corrupt`; those of the database.
pub(super) fn judge_document(
    desk: &Desk<'_>,
    people: &People,
    doc: &DocId,
    reader: u32,
    taken: &mut Taken,
    kept: &mut Kept,
) -> Result<Judged> {
    let mut any = super::forgetting::judge_requests(desk, doc, taken)?;
    let payloads = HeldPayloads(desk.db);
    let here = |birth: &Birth| birth.space == people.record.id;
    let received = batches::of_document(desk.db, doc, Stage::Received, Stage::Received)?;
    // What has its words back passed before: others that were judged stand on it.
    let (known, pending): (Vec<_>, Vec<_>) = received.into_iter().partition(|record| !record.facts.is_empty());
    for record in &known {
        batches::set_stage(desk.db, &record.id, Stage::Passed, 0, None)?;
        any = true;
    }
    let mut birth = birth_held(desk.db, doc)?;
    let mut judged = Judged { any, ..Judged::default() };
    // What stands on dropped words cannot be judged.
    if pending.is_empty() || lacks_words(desk.db, doc)? {
        return Ok(Judged { birth: birth.filter(here), ..judged });
    }
    let facts = logs::rows_of_document(desk.db, doc, Stage::Passed, Stage::Aside)?
        .iter()
        .map(|(record, _)| cbor::decode_own::<BatchFacts>(&record.facts))
        .collect::<Result<Vec<_>>>()?;
    let past = match &birth {
        Some(birth) => DocumentPast::rebuild(birth, facts, &KnownSeeds, &payloads).ok_or(Code::Corrupt)?,
        None => DocumentPast::new(*doc),
    };
    let mut past = past.reading(reader);
    let (mut waits, mut open) = (Waits::default(), VecDeque::from(pending));
    while let Some(record) = open.pop_front() {
        let (verdict, changes) = verdict(&record, &mut past, &payloads);
        match verdict {
            None => {}
            Some(Verdict::Waits { for_changes }) => waits.put(Waiting::new(record, &changes, for_changes)),
            Some(Verdict::Passed(facts)) => {
                pass(desk, &record, &facts, &mut judged)?;
                birth = birth.or_else(|| past.birth().cloned());
                open.extend(waits.wake(desk, &record.device, &changes)?);
                kept.add(doc, facts, changes);
            }
            Some(Verdict::Refused(refusal)) => {
                forget_named(desk, &record)?;
                batches::set_stage(desk.db, &record.id, Stage::Refused, refusal.number(), None)?;
                taken.kept_out += 1;
            }
            Some(Verdict::HeldBack(_)) => {
                named::set_wanted(desk.db, &record.id, &[])?;
                batches::set_stage(desk.db, &record.id, Stage::HeldBack, 0, None)?;
                taken.newer += 1;
            }
        }
    }
    waits.ask(desk, &mut Outside::new(desk, people))?;
    judged.birth = birth.filter(here);
    Ok(judged)
}

/// A batch that cannot be judged yet, the changes in it, and those it stands on that are not here.
struct Waiting {
    record: BatchRecord,
    changes: Vec<ChangeId>,
    for_changes: Vec<ChangeId>,
}

impl Waiting {
    fn new(record: BatchRecord, changes: &[Chunk], for_changes: Vec<ChangeId>) -> Self {
        Waiting { record, changes: changes.iter().map(Chunk::id).collect(), for_changes }
    }
}

/// What waits, by what it is looked at again for: so a log whose batches stand on one another backwards costs no more than
/// one that is in order.
#[derive(Default)]
struct Waits {
    all: BTreeMap<BatchId, Waiting>,
    by_change: BTreeMap<ChangeId, Vec<BatchId>>,
    by_birth: BTreeMap<DeviceId, Vec<BatchId>>,
}

impl Waits {
    fn put(&mut self, mut waiting: Waiting) {
        // Read again when it is woken: what may wait for ever is not held in memory.
        waiting.record.payload = None;
        let (id, device) = (waiting.record.id, waiting.record.device);
        match waiting.for_changes.first() {
            Some(change) => self.by_change.entry(*change).or_default().push(id),
            None => self.by_birth.entry(device).or_default().push(id),
        }
        self.all.insert(id, waiting);
    }

    fn wake(&mut self, desk: &Desk<'_>, device: &DeviceId, changes: &[Chunk]) -> Result<Vec<BatchRecord>> {
        let mut woken = self.by_birth.remove(device).unwrap_or_default();
        woken.extend(changes.iter().filter_map(|change| self.by_change.remove(&change.id())).flatten());
        let woken = woken.iter().filter_map(|id| self.all.remove(id));
        woken.filter_map(|waiting| batches::get(desk.db, &waiting.record.id).transpose()).collect()
    }

    /// Notes what is missed by what may count: what lies inside a cut, and whatever that stands on in turn.
    fn ask(&self, desk: &Desk<'_>, outside: &mut Outside<'_>) -> Result<()> {
        let held =
            |waiting: &Waiting| waiting.changes.iter().map(|change| (*change, waiting.record.id)).collect::<Vec<_>>();
        let holders: BTreeMap<ChangeId, BatchId> = self.all.values().flat_map(held).collect();
        let mut open = Vec::new();
        for id in self.all.keys() {
            let Some(record) = batches::get(desk.db, id)? else { continue };
            if outside.may_count(&record)? {
                open.push(*id);
            } else {
                named::set_wanted(desk.db, id, &[])?;
            }
        }
        let mut asking = BTreeSet::new();
        while let Some(id) = open.pop() {
            let Some(waiting) = self.all.get(&id).filter(|_| asking.insert(id)) else { continue };
            named::set_wanted(desk.db, &waiting.record.id, &waiting.for_changes)?;
            open.extend(waiting.for_changes.iter().filter_map(|change| holders.get(change)));
        }
        Ok(())
    }
}

fn pass(desk: &Desk<'_>, record: &BatchRecord, facts: &BatchFacts, judged: &mut Judged) -> Result<()> {
    let header = Header::parse(&record.header).map_err(|_| Code::Corrupt)?;
    batches::set_passed(desk.db, &record.id, &record.device, &cbor::encode(facts))?;
    named::set_wanted(desk.db, &record.id, &[])?;
    named::put_changes(desk.db, &record.id, facts.first.into_iter().chain(facts.last))?;
    named::put_adopts(desk.db, &record.id, &header.adopts)?;
    if let Some(of) = &header.again_of {
        named::put_again(desk.db, &record.id, of)?;
    }
    judged.any = true;
    judged.adopts.extend(header.adopts);
    Ok(())
}

/// What the gate says, and the changes it was asked about; nothing where the payload is not here, or something was damaged here
/// and is no fault of the writer's: what comes again heals it.
fn verdict(
    record: &BatchRecord,
    past: &mut DocumentPast,
    payloads: &HeldPayloads<'_>,
) -> (Option<Verdict>, Vec<Chunk>) {
    let (verdict, changes) = looked_through(record, past, payloads);
    match verdict {
        Some(Verdict::Refused(_)) if !is_what_came(record.clone()) => (None, Vec::new()),
        verdict => (verdict, changes),
    }
}

fn looked_through(
    record: &BatchRecord,
    past: &mut DocumentPast,
    payloads: &HeldPayloads<'_>,
) -> (Option<Verdict>, Vec<Chunk>) {
    let Some(payload) = &record.payload else { return (None, Vec::new()) };
    let header = match Header::parse(&record.header) {
        Ok(header) => header,
        Err(refusal) => return (Some(Verdict::Refused(refusal)), Vec::new()),
    };
    // Before the body is looked at: another kind of batch has another payload.
    if let Some(newer) = past.newer(&header) {
        return (Some(Verdict::HeldBack(newer)), Vec::new());
    }
    match Body::decode(payload) {
        Ok(body) => {
            let verdict = judge(&record.id, &header, &body, past, payloads, &KnownSeeds);
            (Some(verdict), body.changes)
        }
        Err(refusal) => (Some(Verdict::Refused(refusal)), Vec::new()),
    }
}
