//! Text sessions on whole companions (boundary.md, "Text sessions"): typing while others' words arrive, drafts that
//! survive a lock and a death, words that cannot be written, long pastes, and what a wrong caller gets.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod cast;
mod drafts;
mod fates;
mod letters;
mod long;
mod sessions;
mod typist;
mod wrong;
