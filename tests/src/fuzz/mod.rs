//! Fuzzing: one [`Target`] for each place where bytes of another come in. Each makes cases of its own from dice
//! (honest things with something wrong in them, checksums, hashes, lengths and signatures made right again, so that
//! the case reaches what it aims at), and takes bytes as they are (a corpus, or a fuzzer's own ideas).
//!
//! The same targets run under plain `cargo test` ([`run`], a budget and a seed) and under `cargo fuzz` ([`feed`]).

mod bytes;
mod change;
mod dice;
mod engine;
mod gate;
mod item;
mod letters;
mod measure;
mod pairing;
mod people;
mod rewriting;
mod run;
mod scene;
mod vault;

pub use change::bomb;
pub use dice::Dice;
pub use gate::{Chunks, Gate};
pub use letters::{Batches, Bundles, Envelopes, HoldingsTold, Inflating};
pub use measure::{forget_peak, peak_kib};
pub use pairing::Pairing;
pub use people::{Cards, Statements};
pub use rewriting::Editing;
pub use run::{Report, feed, run};
pub use vault::VaultHeaders;

/// How far a case came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Depth {
    /// How many of the target's steps it passed.
    pub passed: usize,
    /// What stopped it, or how it ended.
    pub ended: String,
}

impl Depth {
    /// Stopped after this many steps, for this reason.
    pub fn stopped(passed: usize, why: impl std::fmt::Debug) -> Self {
        Depth { passed, ended: format!("{why:?}") }
    }
    /// Through to the end.
    pub fn whole(steps: &[&str]) -> Self {
        Depth { passed: steps.len(), ended: "whole".to_owned() }
    }
}

/// One place where bytes of another come in. What must not happen, panics.
pub trait Target {
    /// The steps a case passes one after the other.
    fn steps(&self) -> &'static [&'static str];
    /// A case of its own; `None` where the dice made nothing.
    fn case(&mut self, dice: &mut Dice) -> Option<Depth>;
    /// These bytes, as deep as they can be brought.
    fn given(&mut self, bytes: &[u8]) -> Depth;
}
