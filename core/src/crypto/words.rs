//! Recovery words (BIP39, English list). The words are the person's last way back; they are shown once,
//! asked back, and never stored.

use crate::error::{Code, Field, Result};
use crate::secret::{Entropy, Secret, SecretText, sweeping};
use bip39::{Language, Mnemonic};
use zeroize::{Zeroize, Zeroizing};

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

/// Why typed words are not those of any paper, without a word of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// How many were typed.
    pub count: usize,
    /// The places of those that are not in the list, the first being 1.
    pub unknown: Vec<usize>,
}

impl RecoveryWords {
    /// Fresh words.
    pub fn make(count: WordCount, entropy: &mut dyn Entropy) -> Self {
        let bytes = Secret::<32>::make(entropy);
        match count {
            WordCount::Twelve => Self::of_entropy(bytes.expose().split_at(16).0),
            WordCount::TwentyFour => Self::of_entropy(bytes.expose()),
        }
    }

    /// The 24 words that carry these 32 bytes.
    pub fn of_secret(secret: &Secret<32>) -> Self {
        Self::of_entropy(secret.expose())
    }

    fn of_entropy(bytes: &[u8]) -> Self {
        // The words are made of the bytes themselves.
        sweeping(|| Self::spelled(&Mnemonic::from_entropy(bytes).expect("16 and 32 bytes are BIP39 lengths")))
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

    /// What can be seen of typed words that [`RecoveryWords::parse`] does not take. Where there are 12 or 24 and all are in
    /// the list, one of them is another or two changed places.
    pub fn slip_in(typed: &str) -> Slip {
        let mut slip = Slip { count: 0, unknown: Vec::new() };
        for word in typed.split_whitespace() {
            slip.count += 1;
            let mut tidy = Zeroizing::new(String::with_capacity(word.len() * 3));
            tidy.extend(word.chars().flat_map(char::to_lowercase));
            if Language::English.find_word(&tidy).is_none() {
                slip.unknown.push(slip.count);
            }
        }
        slip
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

    /// The 32 bytes that 24 words carry; `None` for 12.
    pub fn to_secret(&self) -> Option<Secret<32>> {
        sweeping(|| {
            let mnemonic = Mnemonic::parse_in(Language::English, self.0.expose()).expect("checked when it was made");
            let (mut bytes, length) = mnemonic.to_entropy_array();
            let secret = bytes.get(..length).and_then(Secret::from_slice);
            bytes.zeroize();
            secret
        })
    }

    /// The BIP39 seed with an empty passphrase, from which the recovery key is derived.
    pub fn derive_seed(&self) -> Secret<64> {
        sweeping(|| {
            let mnemonic = Mnemonic::parse_in(Language::English, self.0.expose()).expect("checked when it was made");
            Secret::new(mnemonic.to_seed_normalized(""))
        })
    }
}
