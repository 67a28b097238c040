//! What a host has begun in this session and not finished. It dies at lock; a pause keeps slots and jobs.

use super::confirming::Proofs;
use super::jobs::Jobs;
use super::slots::PendingSlots;

#[derive(Default)]
pub(super) struct Hosted {
    pub proofs: Proofs,
    pub slots: PendingSlots,
    pub jobs: Jobs,
}

impl Hosted {
    /// As a pause keeps it: whoever comes back proves again that it is them.
    pub fn rested(self) -> Hosted {
        Hosted { proofs: Proofs::default(), ..self }
    }
}
