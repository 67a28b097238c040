//! The gate over what was received of a document.

use super::intake::Taken;
use super::outside::Outside;
use crate::batch::{BatchFacts, Birth, Body, DocumentPast, Header, Verdict, judge};
use crate::cbor;
use crate::command::Desk;
use crate::document::KnownSeeds;
use crate::error::{Code, Result};
use crate::ids::{BatchId, DocId};
use crate::projection::{HeldPayloads, People, birth_held};
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::forgetting::lacks_words;
use crate::store::named;

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
) -> Result<Judged> {
    let any = super::forgetting::judge_requests(desk, doc, taken)?;
    let payloads = HeldPayloads(desk.db);
    let here = |birth: &Birth| birth.space == people.record.id;
    let mut birth = birth_held(desk.db, doc)?;
    let mut pending = batches::of_document(desk.db, doc, Stage::Received, Stage::Received)?;
    let mut judged = Judged { any, ..Judged::default() };
    // What stands on dropped words cannot be judged.
    if pending.is_empty() || lacks_words(desk.db, doc)? {
        return Ok(Judged { birth: birth.filter(here), ..judged });
    }
    let facts = batches::of_document(desk.db, doc, Stage::Passed, Stage::Aside)?
        .iter()
        .map(|record| cbor::decode_own::<BatchFacts>(&record.facts))
        .collect::<Result<Vec<_>>>()?;
    let past = match &birth {
        Some(birth) => DocumentPast::rebuild(birth, facts, &KnownSeeds, &payloads).ok_or(Code::Corrupt)?,
        None => DocumentPast::new(*doc),
    };
    let mut past = past.reading(reader);
    let mut outside = Outside::new(desk, people);
    loop {
        let before = pending.len();
        let mut rest = Vec::new();
        for record in pending {
            match verdict(&record, &mut past, &payloads) {
                None => rest.push(record),
                Some(Verdict::Waits { for_changes }) => {
                    // Only what may count is worth asking for.
                    let asks = outside.may_count(&record)?;
                    named::set_wanted(desk.db, &record.id, if asks { &for_changes } else { &[] })?;
                    rest.push(record);
                }
                Some(Verdict::Passed(facts)) => {
                    pass(desk, &record, &facts, &mut judged)?;
                    birth = birth.or_else(|| past.birth().cloned());
                }
                Some(Verdict::Refused(refusal)) => {
                    named::forget(desk.db, &record.id)?;
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
        if rest.is_empty() || rest.len() == before {
            judged.birth = birth.filter(here);
            return Ok(judged);
        }
        pending = rest;
    }
}

fn pass(desk: &Desk<'_>, record: &BatchRecord, facts: &BatchFacts, judged: &mut Judged) -> Result<()> {
    let header = Header::parse(&record.header).map_err(|_| Code::Corrupt)?;
    batches::set_stage(desk.db, &record.id, Stage::Passed, 0, Some(&cbor::encode(facts)))?;
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

/// What the gate says; nothing where the payload is not here.
fn verdict(record: &BatchRecord, past: &mut DocumentPast, payloads: &HeldPayloads<'_>) -> Option<Verdict> {
    let payload = record.payload.as_ref()?;
    let header = match Header::parse(&record.header) {
        Ok(header) => header,
        Err(refusal) => return Some(Verdict::Refused(refusal)),
    };
    // Before the body is looked at: another kind of batch has another payload.
    if let Some(newer) = past.newer(&header) {
        return Some(Verdict::HeldBack(newer));
    }
    match Body::decode(payload) {
        Ok(body) => Some(judge(&record.id, &header, &body, past, payloads, &KnownSeeds)),
        Err(refusal) => Some(Verdict::Refused(refusal)),
    }
}
