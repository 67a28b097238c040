//! A screen never shows old words: what an answer depends on is told with it, and whatever changes it is told by the commit
//! that did, or is a moment that was told as well (boundary.md, "Reading" and "Changes").
//!
//! `BELAY_CASES` says how many random stories are told.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod clock;
mod growth;
mod screens;
mod stopping;
mod story;

use proptest::prelude::*;

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default);
    // A story is told by its seed alone; nothing is written beside the tests.
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 4, ..ProptestConfig::default() }
}
