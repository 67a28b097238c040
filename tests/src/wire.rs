//! A wire that may lose, repeat, reorder, cut and flip what is put on it.

use crate::Chance;

/// What a bundle becomes on its way. Percentages of the bundles put on it.
#[derive(Clone, Debug)]
pub struct Wire {
    /// What it decides with.
    pub chance: Chance,
    /// Never arrive.
    pub lost: usize,
    /// Arrive twice.
    pub twice: usize,
    /// End too early.
    pub cut: usize,
    /// Have one bit turned.
    pub flipped: usize,
    waiting: Vec<Vec<u8>>,
}

impl Wire {
    /// A wire that does all of it, often.
    pub fn hostile(seed: u64) -> Self {
        Wire { chance: Chance::new(seed), lost: 20, twice: 20, cut: 15, flipped: 15, waiting: Vec::new() }
    }

    /// Puts a bundle on the wire.
    pub fn put(&mut self, bundle: Vec<u8>) {
        self.waiting.push(bundle);
    }

    /// Everything that arrives now, in any order; a part may stay on the wire until the next time.
    pub fn arrivals(&mut self) -> Vec<Vec<u8>> {
        let mut arrived = Vec::new();
        let mut late = Vec::new();
        for bundle in std::mem::take(&mut self.waiting) {
            if self.chance.percent(self.lost) {
                continue;
            }
            if self.chance.percent(20) {
                late.push(bundle);
                continue;
            }
            if self.chance.percent(self.twice) {
                arrived.push(bundle.clone());
            }
            arrived.push(self.damage(bundle));
        }
        self.waiting = late;
        self.chance.shuffle(&mut arrived);
        arrived
    }

    fn damage(&mut self, mut bundle: Vec<u8>) -> Vec<u8> {
        if self.chance.percent(self.cut) {
            bundle.truncate(self.chance.below(bundle.len()));
        }
        if self.chance.percent(self.flipped) {
            let (at, bit) = (self.chance.below(bundle.len()), self.chance.below(8));
            if let Some(byte) = bundle.get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
        bundle
    }
}
