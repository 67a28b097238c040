//! Chance from a seed: SHA-256 of (seed, counter).

use belay::crypto::hash::sha256;
use belay::secret::Entropy;

/// The same bytes for the same seed, every time. Each person has a seed of their own, so that an id that was made for
/// one is never equal to an id of another.
#[derive(Clone, Debug)]
pub struct SeededEntropy {
    seed: String,
    counter: u64,
}

impl SeededEntropy {
    /// Bytes that follow from this seed.
    pub fn new(seed: impl Into<String>) -> Self {
        SeededEntropy { seed: seed.into(), counter: 0 }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.counter += 1;
            let block = sha256(&[self.seed.as_bytes(), &self.counter.to_be_bytes()]);
            for (to, from) in chunk.iter_mut().zip(block) {
                *to = from;
            }
        }
    }
}

/// Dice for stories: what happens next.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Chance(seed)
    }

    /// The next number (splitmix64, public domain).
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        usize::try_from(self.roll() % end).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, of_a_hundred: usize) -> bool {
        self.below(100) < of_a_hundred
    }

    /// One of these, none where there are none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// Puts a list in another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
