//! Secrets and randomness: what prints as redacted, is wiped when dropped, and where random bytes come from.

use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// A secret of `N` bytes. It is wiped when dropped and prints as redacted.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<const N: usize>(Zeroizing<[u8; N]>);

/// The common size of a key.
pub type Secret32 = Secret<32>;

impl<const N: usize> Secret<N> {
    /// Takes the bytes over.
    pub fn new(bytes: [u8; N]) -> Self {
        Secret(Zeroizing::new(bytes))
    }
    /// The secret in these bytes, `None` where the length differs.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::new)
    }
    /// Fresh random bytes.
    pub fn make(entropy: &mut dyn Entropy) -> Self {
        let mut bytes = [0; N];
        entropy.fill(&mut bytes);
        Self::new(bytes)
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
