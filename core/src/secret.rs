//! Secrets and randomness: what prints as redacted, is wiped when dropped, and where random bytes come from.

use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A secret of `N` bytes. It is wiped when dropped and prints as redacted. It lies on the heap, so that moving it
/// leaves no copy behind on a stack.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<const N: usize>(Box<Zeroizing<[u8; N]>>);

/// The common size of a key.
pub type Secret32 = Secret<32>;

impl<const N: usize> Secret<N> {
    /// Takes the bytes over. Where the caller has them in a variable of its own, that one is the caller's to wipe.
    pub fn new(mut bytes: [u8; N]) -> Self {
        let secret = Self::filled(|place| place.copy_from_slice(&bytes));
        bytes.zeroize();
        secret
    }
    /// A secret that is written where it stays: `fill` is shown `N` zeros.
    pub fn filled(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut place = Box::new(Zeroizing::new([0; N]));
        fill(&mut place);
        Secret(place)
    }
    /// The secret in these bytes, `None` where the length differs.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; N] = bytes.try_into().ok()?;
        Some(Self::filled(|place| place.copy_from_slice(bytes)))
    }
    /// Fresh random bytes.
    pub fn make(entropy: &mut dyn Entropy) -> Self {
        Self::filled(|place| entropy.fill(place))
    }
    /// The bytes themselves. Each caller says why it must see them.
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹secret›")
    }
}

/// A secret that a person types or reads: a passphrase, recovery words. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        SecretText(Zeroizing::new(text))
    }
    /// The text itself. Each caller says why it must see it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹secret›")
    }
}

/// Secret bytes of any length (a plaintext on its way, a sealed root's opening). Wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes over.
    pub fn new(bytes: Vec<u8>) -> Self {
        SecretBytes(Zeroizing::new(bytes))
    }
    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
    /// Wipes now.
    pub fn wipe(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹secret›")
    }
}

/// Words of the stack that [`sweeping`] overwrites: 32 KiB. A process of the tests is looked at afterwards
/// (tests/tests/secrets); the smallest stack that a platform gives a thread has 512 KiB.
const SHALLOW_WORDS: usize = 4 * 1024;
/// The same for [`sweeping_deep`]: 128 KiB, a quarter of that stack.
const DEEP_WORDS: usize = 16 * 1024;

/// Runs one primitive on a secret and then overwrites the stack it used: the primitives of others keep expanded keys in
/// variables that nobody wipes. What `work` gives back must hold its secrets on the heap, as [`Secret`] does.
pub fn sweeping<T>(work: impl FnOnce() -> T) -> T {
    let answer = apart(work);
    overwrite::<SHALLOW_WORDS>();
    answer
}

/// [`sweeping`] for a whole call of the companion: in an optimised build the database and the merge engine leave words of
/// people on the stack too.
pub fn sweeping_deep<T>(work: impl FnOnce() -> T) -> T {
    let answer = apart(work);
    overwrite::<DEEP_WORDS>();
    answer
}

/// In a frame of its own, so that all that it uses lies where [`overwrite`] will.
#[inline(never)]
fn apart<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn overwrite<const WORDS: usize>() {
    let mut stack = [0u64; WORDS];
    // Writes that the compiler may not leave out, though nobody reads them.
    stack.zeroize();
    std::hint::black_box(&stack);
}

/// Where random bytes come from: the system's generator in a product, a seed in a test.
pub trait Entropy: Send {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// The operating system's generator, through `ring`.
#[derive(Debug, Default)]
pub struct SystemEntropy(());

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        use ring::rand::SecureRandom;
        ring::rand::SystemRandom::new().fill(bytes).expect("a system without randomness can keep no secret");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_prints() {
        let canary = "canary-7f3a";
        let text = SecretText::new(canary.into());
        let bytes = SecretBytes::new(canary.as_bytes().to_vec());
        let key = Secret32::new([0x41; 32]);
        let printed = format!("{text:?} {bytes:?} {key:?}");
        assert!(!printed.contains(canary) && !printed.contains("65") && !printed.contains("AAAA"));
    }
}
