//! The digits two people read to each other: they show that nobody sat between the devices.

use crate::crypto::kdf::derive;
use crate::error::{Code, Field, Result};

/// Digits each device shows.
pub const DIGITS: usize = 6;
const DIGITS_INFO: &[u8] = b"belay/pair/digits/1";

/// (inviter's, replier's) digits (protocol.md §8).
pub(super) fn derive_digits(transcript: &[u8; 32], inviter: &[u8; 32], replier: &[u8; 32]) -> (String, String) {
    let key = [transcript.as_slice(), inviter, replier].concat();
    let out = derive::<16>(&key, b"", DIGITS_INFO);
    // The digits are for showing; what they were derived from stays.
    let number = u128::from_be_bytes(*out.expose());
    let six = |half: u128| format!("{:06}", (half & u128::from(u64::MAX)) % 1_000_000);
    (six(number >> 64), six(number))
}

/// Six digits as people read them: `402 917`.
pub fn spaced(digits: &str) -> String {
    digits.split_at_checked(DIGITS / 2).map_or_else(|| digits.to_owned(), |(first, last)| format!("{first} {last}"))
}

/// Whether a person typed the digits that the other's device shows. Blanks, a hyphen and the marks that
/// right-to-left screens add are forgiven; Arabic-Indic digits count as theirs.
///
/// # Errors
/// `InvalidText{max, actual}` for anything but six digits: ask again. `DigitsDiffer`: the pairing ends.
pub fn digits_match(expected: &str, typed: &str) -> Result<()> {
    if six_digits(typed)? == expected { Ok(()) } else { Err(Code::DigitsDiffer.of(Field::Digits).into()) }
}

/// What a person typed, as six digits: to be shown once more before it counts.
///
/// # Errors
/// `InvalidText{max, actual}` for anything but six digits.
pub fn six_digits(typed: &str) -> Result<String> {
    // A typed text of any length costs no more than a short one.
    let told: Vec<char> = typed.chars().take(64).filter(|c| !is_blank(*c)).collect();
    let digits: String = told.iter().filter_map(|c| to_digit(*c)).collect();
    if told.len() != DIGITS || digits.len() != DIGITS {
        return Err(Code::InvalidText.of(Field::Digits).max(DIGITS).actual(told.len()).into());
    }
    Ok(digits)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
}

fn to_digit(c: char) -> Option<char> {
    let value = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        _ => return None,
    };
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recipe: HKDF-SHA256 by Python's `hmac`, no salt, key 32 × 1 ‖ 32 × 2 ‖ 32 × 3; the two u64 BE mod 10^6.
    #[test]
    fn digits_are_those_of_another_implementation() {
        let digits = derive_digits(&[1; 32], &[2; 32], &[3; 32]);
        assert_eq!(digits, ("386407".to_owned(), "497175".to_owned()));
    }
}
