//! Where two rules meet: what is asked to be forgotten and what is taken over, made again, cut off, frozen or mended.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod cast;
mod chains;
mod forgetting;
mod mending;
