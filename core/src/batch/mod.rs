//! Signed batches: header and payload, device logs, holdings, the gate, acceptance.
//!
//! Pure logic over bytes and small traits: nothing here stores, and no foreign byte reaches the merge engine
//! before [`judge`] passed it (protocol.md §6). What is accepted is a pure function of what is held ([`accept`], §5).

mod acceptance;
mod accepted;
mod actor;
mod again;
mod birth;
mod canonical;
mod chunk;
mod clock;
mod evidence;
mod facts;
mod forgetting;
mod header;
mod holders;
mod holdings;
mod judge;
mod layers;
mod lines;
mod log;
mod newer;
mod ops;
mod past;
mod payload;
mod prescan;
mod refusal;
mod sending;
mod support;
mod wire;
mod words;

pub use acceptance::{accept, adoptions};
pub use accepted::{Acceptance, AcceptedBatch, Reason};
pub use actor::{derive_actor, derive_seed_actor};
pub use birth::{BIRTH_KEY_BYTES_MAX, Birth};
pub use chunk::Chunk;
pub use evidence::{Admitted, Adoption, DocumentRules, Evidence, Held, Standing};
pub use facts::BatchFacts;
pub use forgetting::{COPIED_HEADS_MAX, Forget, PURGE_DOCS_MAX, Purge, Request, forgotten_hash, successor_of};
pub use header::{ADOPTS_MAX, BatchKind, Claimed, Header, HeaderDraft, PREV_MAX, ZONE_BYTES_MAX};
pub use holdings::{Ask, CardRev, HOLDINGS_LIST_MAX, Holdings, LogHead, SignedHoldings};
pub use judge::{Verdict, judge};
pub use log::{Covered, Entry, LogView, Place, Stand, covered, place};
pub use newer::{Newer, READER, newer};
pub use ops::BATCH_OPS_MAX;
pub use past::{DocumentPast, Payloads, Seeds};
pub use payload::{BODY_BYTES_MAX, Body, PAYLOAD_RANDOM_BYTES};
pub use refusal::Refusal;
pub use sending::{covers, to_send, told};
pub use wire::{BATCH_BYTES_MAX, Batch, sign_batch};
pub use words::added_words;

#[cfg(test)]
mod tests;
