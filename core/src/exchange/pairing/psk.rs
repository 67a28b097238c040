//! The secret of an invitation, and the pre-shared key made of it.

use crate::crypto::hash::sha256;
use crate::crypto::kdf::derive;
use crate::crypto::seal::{self, OpeningKey, Psk};
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Field, Result};
use crate::secret::{Entropy, Secret32, SecretBytes};

const PSK_INFO: &[u8] = b"belay/pair/psk/1";
/// HPKE info of the reply and of the completion.
pub(super) const REPLY_INFO: &[u8] = b"belay/pair/reply/1";
pub(super) const COMPLETION_INFO: &[u8] = b"belay/pair/completion/1";

/// The key both sides know, and its name: SHA-256 of the invitation without its secret.
pub(super) struct PairKey {
    pub key: Secret32,
    pub id: [u8; 32],
}

impl PairKey {
    /// From an invitation's body and its secret.
    pub fn derive(body: &[u8], secret: &Secret32) -> Self {
        let id = sha256(&[body]);
        // The key is derived from the secret's bytes.
        PairKey { key: derive::<32>(secret.expose(), &id, PSK_INFO), id }
    }
    pub fn seal(&self, to: &[u8; 32], info: &[u8], plain: &[u8], entropy: &mut dyn Entropy) -> Option<Vec<u8>> {
        seal::seal(to, info, b"", Some(Psk { key: &self.key, id: &self.id }), plain, entropy)
    }
    pub fn open(&self, with: &OpeningKey, info: &[u8], sealed: &[u8]) -> Option<SecretBytes> {
        seal::open(with, info, b"", Some(Psk { key: &self.key, id: &self.id }), sealed)
    }
}

/// The secret that 24 words carry.
///
/// # Errors
/// `WrongSecret` for other words.
pub(super) fn secret_of_words(words: &RecoveryWords) -> Result<Secret32> {
    words.to_secret().ok_or_else(|| Code::WrongSecret.of(Field::RecoveryWords).into())
}

/// The 24 words that carry a secret.
pub(super) fn words_of_secret(secret: &Secret32) -> RecoveryWords {
    RecoveryWords::of_secret(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::Seeded;
    use data_encoding::HEXLOWER;

    /// Recipe: HKDF-SHA256 by Python's `hmac`, secret 32 × 7, salt SHA-256("an invitation").
    #[test]
    fn the_key_is_that_of_another_implementation() {
        let derived = PairKey::derive(b"an invitation", &Secret32::new([7; 32]));
        assert_eq!(
            HEXLOWER.encode(derived.key.expose()),
            "6fb3a9c46ea329dc7226b64fb76be3b8615d6267d0690b5393116dc6452a99c8"
        );
    }

    #[test]
    fn words_carry_the_whole_secret() {
        let secret = Secret32::make(&mut Seeded::new("words"));
        assert_eq!(secret_of_words(&words_of_secret(&secret)).expect("24 words"), secret);
    }
}
