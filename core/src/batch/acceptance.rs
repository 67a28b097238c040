//! What is accepted: a pure function of what is held (protocol.md §5).

use crate::batch::accepted::Acceptance;
use crate::batch::evidence::{Admitted, Adoption, Evidence, Held};
use crate::batch::layers::Document;
use crate::batch::log::ancestors;
use crate::ids::{BatchId, DeviceId, DocId};
use std::collections::{BTreeMap, BTreeSet};

/// What is accepted. Deterministic, and independent of the order of what is given.
pub fn accept(input: &Evidence<'_>) -> Acceptance {
    let mut out = Acceptance::default();
    let mut by_doc: BTreeMap<DocId, BTreeMap<BatchId, &Held>> = BTreeMap::new();
    for held in input.batches {
        by_doc.entry(held.doc).or_default().insert(held.facts.id, held);
    }
    let authorised = authorised(input);
    let mut adopted = adopted_by(input, &authorised);
    adopted.extend(input.elsewhere);
    for (doc, batches) in by_doc {
        let Some(rules) = input.documents.get(&doc) else { continue };
        Document::new(input, rules, batches, &authorised, &adopted).decide(doc, &mut out);
    }
    out
}

/// What the authorised ones of these batches adopt.
pub fn adoptions(input: &Evidence<'_>) -> Vec<Adoption> {
    adopted_by(input, &authorised(input))
}

fn adopted_by(input: &Evidence<'_>, authorised: &BTreeSet<BatchId>) -> Vec<Adoption> {
    let mut found = Vec::new();
    for held in input.batches.iter().filter(|held| authorised.contains(&held.facts.id)) {
        let Some(standing) = input.standing(held) else { continue };
        found.extend(held.adopts.iter().map(|batch| Adoption { batch: *batch, by: standing.member }));
    }
    found
}

/// The first layer, over all documents: what a device in good standing wrote where it may.
fn authorised(input: &Evidence<'_>) -> BTreeSet<BatchId> {
    let mut covered: BTreeMap<DeviceId, Vec<BTreeSet<BatchId>>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for held in input.batches {
        let Some(standing) = input.standing(held) else { continue };
        if standing.admitted == Admitted::Once || !input.may_write(held) {
            continue;
        }
        let cuts = covered
            .entry(held.facts.device)
            .or_insert_with(|| standing.cuts.iter().map(|heads| ancestors(heads, input.log)).collect());
        if cuts.iter().all(|cut| cut.contains(&held.facts.id)) {
            found.insert(held.facts.id);
        }
    }
    found
}
