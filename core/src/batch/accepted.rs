//! What acceptance says of batches, and the reasons that are kept.

use crate::ids::{BatchId, DeviceId, DocId};
use std::collections::{BTreeMap, BTreeSet};

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
