//! The merge engine's own reading of a change that passed the pre-scan (protocol.md §6 step 6).

use crate::batch::chunk::Chunk;
use crate::batch::refusal::Refusal;
use automerge::{Change, ExpandedChange};
use std::panic::catch_unwind;

/// Reads a change of another: only one that the engine would write byte for byte the same.
pub(super) fn expand(chunk: &Chunk) -> Result<ExpandedChange, Refusal> {
    // A panic of the engine on bytes of another is a refusal, never an end of the app.
    let read = catch_unwind(|| {
        let change = Change::try_from(chunk.bytes()).map_err(|_| Refusal::BadChunk)?;
        let expanded = change.decode();
        let again = Change::from(expanded.clone());
        if again.raw_bytes() == chunk.bytes() { Ok(expanded) } else { Err(Refusal::NotCanonical) }
    });
    read.unwrap_or(Err(Refusal::NotCanonical))
}

/// Reads a change that passed before, or our own seed; `None` is damage.
pub(super) fn expand_own(chunk: &Chunk) -> Option<ExpandedChange> {
    catch_unwind(|| Change::try_from(chunk.bytes()).ok().map(|change| change.decode())).ok().flatten()
}
