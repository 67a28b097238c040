//! What is kept of a judged batch, so that later ones can be judged without opening it again.

use crate::ids::{ActorKey, BatchId, ChangeId, DeviceId};
use minicbor::{Decode, Encode};

/// What the gate learned of a batch that passed. It stands in the batch's row, as CBOR.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct BatchFacts {
    /// The batch.
    #[n(1)]
    pub id: BatchId,
    /// Its writer.
    #[n(2)]
    pub device: DeviceId,
    /// The actor of its changes.
    #[n(3)]
    pub actor: ActorKey,
    /// The sequence number of its first change; 0 where it has none.
    #[n(4)]
    pub first_seq: u64,
    /// How many changes; 0 for one that only adopts.
    #[n(5)]
    pub count: u32,
    /// The counter of its first operation; 0 where it has none.
    #[n(6)]
    pub start_op: u64,
    /// The counter of its last operation.
    #[n(7)]
    pub max_op: u64,
    /// The dependencies of its first change.
    #[n(8)]
    pub deps: Vec<ChangeId>,
    /// The hash of its first change.
    #[n(9)]
    pub first: Option<ChangeId>,
    /// The hash of its last change.
    #[n(10)]
    pub last: Option<ChangeId>,
    /// Whether it carries the document's birth.
    #[n(11)]
    pub births: bool,
}

impl BatchFacts {
    /// The sequence number of its last change; 0 where it has none.
    pub fn last_seq(&self) -> u64 {
        (self.first_seq + u64::from(self.count)).saturating_sub(1)
    }
}
