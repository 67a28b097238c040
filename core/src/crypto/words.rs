//! Recovery words (BIP39, English list). The words are the person's last way back; they are shown once,
//! asked back, and never stored.

use crate::error::{Code, Field, Result};
use crate::secret::{Entropy, Secret, SecretText};
use bip39::{Language, Mnemonic};
use zeroize::Zeroizing;

/// How many words: 24 unless a person asks for 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum WordCount {
    /// 128 bits.
    Twelve,
    /// 256 bits.
    #[default]
    TwentyFour,
}

/// A person's recovery words. They print as redacted and are wiped when dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryWords(SecretText);

impl RecoveryWords {
    /// Fresh words.
    pub fn make(count: WordCount, entropy: &mut dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        let used = match count {
            WordCount::Twelve => 16,
            WordCount::TwentyFour => 32,
        };
        let mnemonic = Mnemonic::from_entropy(bytes.split_at(used).0).expect("16 and 32 bytes are BIP39 lengths");
        RecoveryWords(SecretText::new(mnemonic.to_string()))
    }

    /// The words a person typed: any case and spacing.
    ///
    /// # Errors
    /// `WrongSecret` when they are no 12 or 24 words of the list with a good checksum.
    pub fn parse(typed: &str) -> Result<Self> {
        let tidy = Zeroizing::new(typed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase());
        let mnemonic = Mnemonic::parse_in(Language::English, tidy.as_str())
            .ok()
            .filter(|mnemonic| matches!(mnemonic.word_count(), 12 | 24))
            .ok_or_else(|| Code::WrongSecret.of(Field::RecoveryWords))?;
        Ok(RecoveryWords(SecretText::new(mnemonic.to_string())))
    }

    /// The words in order: to show them, or to ask some of them back.
    pub fn list(&self) -> Vec<&str> {
        // Showing words is what they are for.
        self.0.expose().split(' ').collect()
    }

    /// The BIP39 seed with an empty passphrase, from which the recovery key is derived.
    pub fn derive_seed(&self) -> Secret<64> {
        let mnemonic = Mnemonic::parse_in(Language::English, self.0.expose()).expect("checked when it was made");
        Secret::new(mnemonic.to_seed_normalized(""))
    }
}
