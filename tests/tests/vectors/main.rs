//! Known answers: every primitive of `core/src/crypto` against the published vectors of its RFC, and against a
//! second implementation where one is at hand. A module names the document and section of each answer.

mod aead;
mod attacks;
mod curve;
mod hashing;
mod passphrase;
mod seal;
mod sign;
mod words;

use belay::secret::Entropy;

/// The bytes behind hex digits; blanks and line ends between them do not count.
fn hex(text: &str) -> Vec<u8> {
    let digits: String = text.split_whitespace().collect();
    data_encoding::HEXLOWER.decode(digits.as_bytes()).expect("a vector is lower-case hex")
}

/// As [`hex`], of a length that is known.
fn hex_array<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().expect("a vector has the length that its primitive asks for")
}

/// Gives the bytes it was made with, once, and fails the test when anybody asks for more.
struct Fixed(Vec<u8>);

impl Entropy for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) {
        let rest = self.0.split_off(bytes.len());
        bytes.copy_from_slice(&self.0);
        self.0 = rest;
    }
}

/// Every text that differs from `bytes` in one bit.
fn bit_flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        bytes.iter().enumerate().map(|(at, byte)| if at == bit / 8 { byte ^ (1 << (bit % 8)) } else { *byte }).collect()
    })
}
