//! Recovery words (BIP39, English list). The words are the person's last way back; they are shown once,
//! asked back, and never stored.

use crate::error::{Code, Field, Result};
use crate::secret::{Entropy, Secret, SecretText, sweeping};
use bip39::{Language, Mnemonic};
use zeroize::Zeroizing;

/// 24 words of at most 8 letters (BIP39) and what stands between them.
const WORDS_MAX_BYTES: usize = 24 * 9;

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
        let bytes = Secret::<32>::make(entropy);
        let used = match count {
            WordCount::Twelve => 16,
            WordCount::TwentyFour => 32,
        };
        // The words are made of the bytes themselves.
        let (used, _) = bytes.expose().split_at(used);
        sweeping(|| Self::spelled(&Mnemonic::from_entropy(used).expect("16 and 32 bytes are BIP39 lengths")))
    }

    /// The words a person typed: any case and spacing.
    ///
    /// # Errors
    /// `WrongSecret` when they are no 12 or 24 words of the list with a good checksum.
    pub fn parse(typed: &str) -> Result<Self> {
        // Sized first, so that no copy is left by growing; no lower case is three times as long (U+0130 has 3 for 2).
        let mut tidy = Zeroizing::new(String::with_capacity(typed.len() * 3 + 1));
        for word in typed.split_whitespace() {
            if !tidy.is_empty() {
                tidy.push(' ');
            }
            tidy.extend(word.chars().flat_map(char::to_lowercase));
        }
        let parsed = sweeping(|| {
            let mnemonic = Mnemonic::parse_in(Language::English, tidy.as_str()).ok();
            mnemonic.filter(|mnemonic| matches!(mnemonic.word_count(), 12 | 24)).map(|words| Self::spelled(&words))
        });
        parsed.ok_or_else(|| Code::WrongSecret.of(Field::RecoveryWords).into())
    }

    fn spelled(mnemonic: &Mnemonic) -> Self {
        let mut text = String::with_capacity(WORDS_MAX_BYTES);
        for word in mnemonic.words() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        RecoveryWords(SecretText::new(text))
    }

    /// The words in order: to show them, or to ask some of them back.
    pub fn list(&self) -> Vec<&str> {
        // Showing words is what they are for.
        self.0.expose().split(' ').collect()
    }

    /// The BIP39 seed with an empty passphrase, from which the recovery key is derived.
    pub fn derive_seed(&self) -> Secret<64> {
        sweeping(|| {
            let mnemonic = Mnemonic::parse_in(Language::English, self.0.expose()).expect("checked when it was made");
            Secret::new(mnemonic.to_seed_normalized(""))
        })
    }
}
