//! Processes that die at every point between two writes and at every system call, disks that are full or break, pages and
//! headers that are lost, clocks that are wrong: what was confirmed is there, what was not is there whole or not at all.
//!
//! `BELAY_FAULT_RUNS=20` runs each point and call so often, with other places and seeds each time; without it a sample.
//! A run that goes wrong names its scenario, place and seed; `BELAY_FAULT_ONLY` with the beginning of that runs nothing else.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

#[cfg(target_os = "linux")]
mod calls;
mod child;
mod points;
