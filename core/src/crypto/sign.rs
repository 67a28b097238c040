//! Ed25519 (RFC 8032). Every signature covers `"belay/<type>/<version>\0" ‖ exact bytes received`.

use crate::secret::{Entropy, Secret32, sweeping};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt;

/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// What a signature is for; it keeps one kind of signed thing from standing in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named after the things they sign")]
pub enum Signed {
    Batch,
    Statement,
    Card,
    Holdings,
}

impl Signed {
    fn label(self) -> &'static [u8] {
        match self {
            Signed::Batch => b"belay/batch/1\0",
            Signed::Statement => b"belay/statement/1\0",
            Signed::Card => b"belay/card/1\0",
            Signed::Holdings => b"belay/holdings/1\0",
        }
    }
}

/// A private signing key; kept as its seed.
#[derive(Clone)]
pub struct SigningKey(Secret32);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹secret›")
    }
}

impl SigningKey {
    /// A fresh key.
    pub fn make(entropy: &mut dyn Entropy) -> Self {
        SigningKey(Secret32::make(entropy))
    }
    /// The key of this seed.
    pub fn from_seed(seed: Secret32) -> Self {
        SigningKey(seed)
    }
    /// The seed, for the place that stores it.
    pub fn seed(&self) -> &Secret32 {
        &self.0
    }
    fn pair(&self) -> Ed25519KeyPair {
        // The signer needs the seed's bytes.
        Ed25519KeyPair::from_seed_unchecked(self.0.expose()).expect("a seed has 32 bytes")
    }
    /// The public half.
    pub fn public(&self) -> [u8; 32] {
        let public = sweeping(|| *self.pair().public_key());
        public.as_ref().try_into().expect("an Ed25519 key has 32 bytes")
    }
    /// A signature over these bytes for this use.
    pub fn sign(&self, what: Signed, bytes: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.sign_raw(&[what.label(), bytes].concat())
    }
    /// A signature without a label: only for known-answer vectors.
    pub fn sign_raw(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let signature = sweeping(|| self.pair().sign(message));
        signature.as_ref().try_into().expect("an Ed25519 signature has 64 bytes")
    }
}

/// Whether `signature` by `public` covers these bytes for this use.
pub fn verifies(public: &[u8; 32], what: Signed, bytes: &[u8], signature: &[u8]) -> bool {
    verifies_raw(public, &[what.label(), bytes].concat(), signature)
}

/// Verification without a label: only for known-answer vectors.
pub fn verifies_raw(public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok()
}
