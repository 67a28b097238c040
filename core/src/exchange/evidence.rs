//! What acceptance is told of one document: its batches that passed the gate, its writers' devices and their cuts, and
//! what is adopted from elsewhere in the space.

use crate::batch::{
    Acceptance, Admitted, Adoption, BatchFacts, Birth, Body, Chunk, DocumentRules, Evidence, Header, Seeds, Standing,
    accept, adoptions,
};
use crate::cbor;
use crate::command::Desk;
use crate::document::KnownSeeds;
use crate::error::{Code, Result};
use crate::ids::{BatchId, ChangeId, DeviceId, DocId};
use crate::projection::{HeldLog, HeldPayloads, People, birth_held};
use crate::space::DeviceBounds;
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::{logs, named};
use std::collections::{BTreeMap, BTreeSet};

/// A batch that passed the gate, read once.
pub(super) struct Held {
    pub header: Header,
    pub facts: BatchFacts,
    pub stage: Stage,
    pub reason: u8,
    /// What it holds is here, or it never held anything.
    pub has_words: bool,
}

impl Held {
    fn read(record: &BatchRecord, holds: bool) -> Result<Self> {
        let header = Header::parse(&record.header).map_err(|_| Code::Corrupt)?;
        let facts: BatchFacts = cbor::decode_own(&record.facts)?;
        let has_words = holds || facts.count == 0;
        Ok(Held { header, facts, stage: record.stage, reason: record.reason, has_words })
    }

    fn evidence(&self) -> crate::batch::Held {
        let Header { doc, adopts, again_of, .. } = &self.header;
        crate::batch::Held { doc: *doc, adopts: adopts.clone(), again_of: *again_of, facts: self.facts.clone() }
    }
}

/// Takes out all that a batch named and held ([`named::forget`]). One that never passed the gate named nothing.
///
/// # Errors
/// Those of the database.
pub(super) fn forget_named(desk: &Desk<'_>, record: &BatchRecord) -> Result<()> {
    let again_of = Header::parse(&record.header).ok().and_then(|header| header.again_of);
    let mut changes: BTreeSet<ChangeId> = BTreeSet::new();
    if let Ok(facts) = cbor::decode_own::<BatchFacts>(&record.facts) {
        changes.extend(facts.first.into_iter().chain(facts.last));
        // Of one that counted in part, the last change that did is among them, too.
        let body = record.payload.as_ref().filter(|_| facts.count > 2).and_then(|payload| Body::decode(payload).ok());
        changes.extend(body.iter().flat_map(|body| &body.changes).map(Chunk::id));
    }
    named::forget(desk.db, &record.id, again_of.as_ref(), changes)
}

/// The batches of a document that passed the gate.
///
/// # Errors
/// `Corrupt`; those of the database.
pub(super) fn held_of(desk: &Desk<'_>, doc: &DocId) -> Result<BTreeMap<BatchId, Held>> {
    let records = logs::rows_of_document(desk.db, doc, Stage::Passed, Stage::Aside)?;
    records.iter().map(|(record, holds)| Ok((record.id, Held::read(record, *holds)?))).collect()
}

/// What of a document is accepted.
///
/// # Errors
/// `Corrupt`; those of the database.
pub(super) fn decide(
    desk: &Desk<'_>,
    people: &People,
    birth: &Birth,
    held: &BTreeMap<BatchId, Held>,
) -> Result<Acceptance> {
    let batches: Vec<_> = held.values().map(Held::evidence).collect();
    let elsewhere = adopted_elsewhere(desk, people, birth)?;
    Ok(with_evidence(desk, people, birth, &batches, &elsewhere, accept))
}

fn with_evidence<T>(
    desk: &Desk<'_>,
    people: &People,
    birth: &Birth,
    batches: &[crate::batch::Held],
    elsewhere: &[Adoption],
    ask: impl FnOnce(&Evidence<'_>) -> T,
) -> T {
    let bounds = |device: &DeviceId| people.membership.bounds(device, birth.writer.as_ref()).map(standing);
    let devices: BTreeMap<DeviceId, Standing> = batches
        .iter()
        .map(|held| held.facts.device)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|device| Some((device, bounds(&device)?)))
        .collect();
    let seed = KnownSeeds.seed(birth).and_then(|chunk| Chunk::read(chunk).ok());
    let seeds: BTreeSet<ChangeId> = seed.map(|chunk| chunk.id()).into_iter().collect();
    let documents = BTreeMap::from([(birth.doc(), DocumentRules { writer: birth.writer, seeds })]);
    let log = HeldLog { db: desk.db, space: people.record.id };
    let payloads = HeldPayloads(desk.db);
    let (devices, documents) = (&devices, &documents);
    ask(&Evidence { devices, documents, batches, elsewhere, log: &log, payloads: &payloads })
}

/// What authorised batches of other documents of the space adopt of this one. Whether one is authorised is asked with
/// the rules of its own document.
fn adopted_elsewhere(desk: &Desk<'_>, people: &People, birth: &Birth) -> Result<Vec<Adoption>> {
    let mut by_doc: BTreeMap<DocId, BTreeMap<BatchId, Held>> = BTreeMap::new();
    for by in named::adopters_elsewhere(desk.db, &birth.doc())? {
        let record = batches::get(desk.db, &by)?.filter(|record| record.space == birth.space);
        if let Some(record) = record {
            by_doc.entry(record.doc).or_default().insert(by, Held::read(&record, record.payload.is_some())?);
        }
    }
    let mut found = Vec::new();
    for (doc, adopters) in by_doc {
        let Some(birth) = birth_held(desk.db, &doc)? else { continue };
        let adopters: Vec<_> = adopters.values().map(Held::evidence).collect();
        found.extend(with_evidence(desk, people, &birth, &adopters, &[], adoptions));
    }
    Ok(found)
}

fn standing(bounds: &DeviceBounds) -> Standing {
    let admitted = match bounds.admitted {
        crate::space::Admitted::Standing => Admitted::Standing,
        crate::space::Admitted::ByResetCut => Admitted::ByResetCut,
        crate::space::Admitted::Once => Admitted::Once,
    };
    Standing { member: bounds.member, admitted, cuts: bounds.cuts.iter().cloned().collect() }
}
