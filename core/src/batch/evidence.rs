//! What acceptance reads: who may write, and what is held.

use crate::batch::facts::BatchFacts;
use crate::batch::log::LogView;
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
