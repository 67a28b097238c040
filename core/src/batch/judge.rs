//! Steps 4 to 7 of the gate (protocol.md §6).

use crate::batch::facts::BatchFacts;
use crate::batch::header::Header;
use crate::batch::past::{DocumentPast, Payloads, Seeds};
use crate::batch::payload::Body;
use crate::batch::refusal::Refusal;
use crate::ids::{BatchId, ChangeId};

/// What this build is too old for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newer {
    /// The batch asks for a newer reader.
    Reader(u32),
    /// A kind of batch.
    BatchKind(u32),
    /// A kind of document.
    DocumentKind(u32),
}

/// What the gate says of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may reach the merge engine once it is accepted. Its facts are kept beside it.
    Passed(BatchFacts),
    /// It depends on changes that are not here yet; judge it again when one comes, ask for them meanwhile.
    /// None named: an earlier batch of the same device, with the document's birth, is missing.
    Waits {
        /// Hashes of the missing changes.
        for_changes: Vec<ChangeId>,
    },
    /// It can never pass.
    Refused(Refusal),
    /// Kept and forwarded, for a newer build to judge.
    HeldBack(Newer),
}

/// Judges a batch whose signature and place in its log are good. A batch that passes joins `past`.
///
/// The verdict depends on the batch and on what it depends on, never on anything else in `past`, nor on order.
pub fn judge(
    id: &BatchId,
    header: &Header,
    body: &Body,
    past: &mut DocumentPast,
    payloads: &dyn Payloads,
    seeds: &dyn Seeds,
) -> Verdict {
    let _ = (id, header, body, past, payloads, seeds);
    Verdict::Refused(Refusal::Malformed)
}
