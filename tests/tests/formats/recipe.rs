//! Where the examples' bytes come from: seeds, blocks of seeds, and two people made of them.

use belay::crypto::hash::sha256;
use belay::crypto::seal::OpeningKey;
use belay::crypto::sign::SigningKey;
use belay::exchange::pairing::PairingSelf;
use belay::identity::DeviceKeys;
use belay::secret::Entropy;

/// Now, in every example: Unix milliseconds.
pub const NOW: i64 = 1_700_000_000_000;

/// Block `number` of a seed, from 1: SHA-256 of the seed's text and the number as eight bytes, big endian.
pub fn block(seed: &str, number: u64) -> [u8; 32] {
    sha256(&[seed.as_bytes(), &number.to_be_bytes()])
}

/// The first half of a block.
pub fn half_block(seed: &str, number: u64) -> [u8; 16] {
    *block(seed, number).first_chunk().expect("half of a block")
}

/// The blocks of a seed one after the other; every draw begins with a new one.
pub struct Seeded {
    seed: &'static str,
    drawn: u64,
}

impl Seeded {
    pub fn new(seed: &'static str) -> Self {
        Seeded { seed, drawn: 0 }
    }
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            self.drawn += 1;
            part.copy_from_slice(block(self.seed, self.drawn).split_at(part.len()).0);
        }
    }
}

/// A person with one device: blocks 1 to 4 of their name are its keys and the recovery key.
pub struct Person {
    pub keys: DeviceKeys,
    pub admin: SigningKey,
    recovery: OpeningKey,
    entropy: Seeded,
}

impl Person {
    pub fn named(name: &'static str) -> Self {
        let mut entropy = Seeded::new(name);
        Person {
            keys: DeviceKeys::make(&mut entropy),
            admin: SigningKey::make(&mut entropy),
            recovery: OpeningKey::make(&mut entropy),
            entropy,
        }
    }
    /// Who pairs, and where the next random bytes come from.
    pub fn split(&mut self) -> (PairingSelf<'_>, &mut Seeded) {
        let (admin_pk, recovery_pk) = (self.admin.public(), self.recovery.public());
        (PairingSelf { keys: &self.keys, admin_pk, recovery_pk }, &mut self.entropy)
    }
}
