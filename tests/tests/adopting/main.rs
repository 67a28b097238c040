//! Changes that do not count: read, taken over, written again, and how much of them is kept (protocol.md §5), on whole
//! companions. `BELAY_CASES` says how many random stories are told.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod bounds;
mod cast;
mod cut;
mod twins;
