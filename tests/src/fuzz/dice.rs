//! What decides what a case is: a seed, or the bytes of a fuzzer.

use crate::Chance;
use belay::secret::Entropy;

/// Dice that fall as a seed or a fuzzer's bytes say.
#[derive(Clone, Debug)]
pub struct Dice {
    told: Vec<u8>,
    after: Chance,
}

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn of_seed(seed: u64) -> Self {
        Dice { told: Vec::new(), after: Chance::new(seed) }
    }
    /// Dice that fall as these bytes say, and all the same way once they are used up.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Dice { told: bytes.iter().rev().copied().collect(), after: Chance::new(0) }
    }

    /// The next number.
    pub fn roll(&mut self) -> u64 {
        if self.told.is_empty() {
            return self.after.roll();
        }
        (0..8).fold(0, |value, _| (value << 8) | u64::from(self.told.pop().unwrap_or_default()))
    }
    /// A number from 0 up to, not including, `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end <= 256
            && let Some(byte) = self.told.pop()
        {
            return usize::from(byte) % end.max(1);
        }
        usize::try_from(self.roll() % end.max(1) as u64).unwrap_or(0)
    }
    /// True in so many of a hundred cases.
    pub fn percent(&mut self, of_a_hundred: usize) -> bool {
        self.below(100) < of_a_hundred
    }
    /// One byte.
    pub fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or_default()
    }
    /// One of these, none where there are none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
    /// One of these numbers.
    pub fn number(&mut self, from: &[u64]) -> u64 {
        self.pick(from).copied().unwrap_or_default()
    }
    /// Puts a list in another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

impl Entropy for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            for (to, from) in part.iter_mut().zip(self.roll().to_le_bytes()) {
                *to = from;
            }
        }
    }
}
