//! Seeded randomness for tests: SHA-256 of (seed, counter).

use crate::crypto::hash::sha256;
use crate::secret::Entropy;

/// The same bytes for the same seed, every time.
pub(crate) struct Seeded {
    seed: String,
    counter: u64,
}

impl Seeded {
    pub(crate) fn new(seed: &str) -> Self {
        Seeded { seed: seed.to_owned(), counter: 0 }
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.counter += 1;
            let block = sha256(&[self.seed.as_bytes(), &self.counter.to_be_bytes()]);
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}
