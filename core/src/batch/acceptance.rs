//! What is accepted: a pure function of what is held (protocol.md §5).

use crate::batch::facts::BatchFacts;
use crate::batch::layers::Document;
use crate::batch::log::{LogView, ancestors};
use crate::batch::past::Payloads;
use crate::ids::{BatchId, ChangeId, DeviceId, DocId, MemberId};
use std::collections::{BTreeMap, BTreeSet};

/// How a device belongs to its member, by the statements held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Admitted {
    /// An addition of it stands.
    Standing,
    /// It was added once, and the cut of its member's standing RootReset has an entry for it.
    ByResetCut,
    /// It was added once by a device or root of its member.
    Once,
}

/// What the statements say of one device; `space` tells it. A device without one was never added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose device.
    pub member: MemberId,
    /// How it belongs.
    pub admitted: Admitted,
    /// For every standing removal of the device or its member, and for the member's standing RootReset unless
    /// that names the device: the heads of its log that the cut names for it. An empty one covers nothing.
    pub cuts: Vec<BTreeSet<BatchId>>,
}

/// Who may write a document, and what it grew from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRules {
    /// The one member who may write it, or all.
    pub writer: Option<MemberId>,
    /// Hashes of its seed changes, which are accepted always.
    pub seeds: BTreeSet<ChangeId>,
}

/// A batch that passed the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its document.
    pub doc: DocId,
    /// What it takes over from others.
    pub adopts: Vec<BatchId>,
    /// What it makes again.
    pub again_of: Option<BatchId>,
    /// What the gate learned.
    pub facts: BatchFacts,
}

impl Held {
    /// Whether it changes nothing and takes nothing over: kinds 5 and 6, which ask.
    pub(super) fn only_asks(&self) -> bool {
        self.facts.count == 0 && self.adopts.is_empty()
    }
}

/// What an authorised batch takes over, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Adoption {
    /// The batch that is named.
    pub batch: BatchId,
    /// The member whose device names it.
    pub by: MemberId,
}

/// All that acceptance reads. Documents do not touch one another but by `adopts`: one document with everything
/// that adopts from it is enough to decide that document; what adopts may be told by [`adoptions`] of its own.
pub struct Evidence<'a> {
    /// Devices, by the statements held.
    pub devices: &'a BTreeMap<DeviceId, Standing>,
    /// Documents whose birth is known.
    pub documents: &'a BTreeMap<DocId, DocumentRules>,
    /// Batches that passed the gate, in any order.
    pub batches: &'a [Held],
    /// What authorised batches of other documents adopt, where those are not among `batches`.
    pub elsewhere: &'a [Adoption],
    /// The logs, to follow a cut to its ancestors.
    pub log: &'a dyn LogView,
    /// Payloads, opened only where an actor wrote two changes with one number.
    pub payloads: &'a dyn Payloads,
}

/// Why a batch that passed the gate is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Its device was never added. It keeps its header only.
    UnknownDevice,
    /// Its member may not write this document. It keeps its header only.
    NotAWriter,
    /// Its device or member was removed, and the removal does not cover it.
    OutsideCut,
    /// Its author wrote two changes with one number, and the other one stays.
    LostTwin,
    /// It depends on a change that is not accepted.
    DependsOnUnaccepted,
    /// What it makes again is accepted after all.
    AgainOf,
}

/// A reason's number where it is kept is this and its place among the reasons; refusals lie below.
const REASON_NUMBERS: u8 = 100;

impl Reason {
    /// Every reason, in the order of its numbers.
    pub const ALL: [Reason; 6] = [
        Reason::UnknownDevice,
        Reason::NotAWriter,
        Reason::OutsideCut,
        Reason::LostTwin,
        Reason::DependsOnUnaccepted,
        Reason::AgainOf,
    ];

    /// The number that is stored; it never changes its meaning.
    pub fn number(self) -> u8 {
        REASON_NUMBERS + self as u8
    }
    /// The reason with this number, `None` for one of a newer build.
    pub fn from_number(number: u8) -> Option<Self> {
        Reason::ALL.into_iter().find(|reason| reason.number() == number)
    }
    /// Whether people may read it and a writer may adopt it.
    pub fn is_readable(self) -> bool {
        !matches!(self, Reason::UnknownDevice | Reason::NotAWriter)
    }
}

/// An accepted batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AcceptedBatch {
    /// Which.
    pub id: BatchId,
    /// How many of its changes, from the first: all but where a twin was lost in the middle.
    pub changes: u32,
    /// Shown as "from a removed device": others stand on it, its own device may write no more.
    pub vouched: bool,
}

/// What is accepted of the batches held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// Per document, in an order in which every change comes after what it depends on.
    pub accepted: BTreeMap<DocId, Vec<AcceptedBatch>>,
    /// Every batch of which not all changes are accepted, with the first reason that holds.
    pub others: BTreeMap<BatchId, Reason>,
    /// Devices that wrote two changes with one number.
    pub twins: BTreeSet<DeviceId>,
}

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

impl Evidence<'_> {
    pub(super) fn standing(&self, held: &Held) -> Option<&Standing> {
        self.devices.get(&held.facts.device)
    }

    pub(super) fn may_write(&self, held: &Held) -> bool {
        let rules = self.documents.get(&held.doc);
        rules.zip(self.standing(held)).is_some_and(|(rules, standing)| rules.admits(&standing.member))
    }
}

impl DocumentRules {
    pub(super) fn admits(&self, member: &MemberId) -> bool {
        self.writer.is_none_or(|writer| writer == *member)
    }
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
