//! PINs: 6 to 12 digits, never alone. They are hashed beside a key that the platform's keystore guards
//! ([`super::SlotKind::KeystoreAndPin`]), so that guessing takes the phone.

use crate::error::{Code, Field, Result};
use crate::secret::SecretText;
use std::ops::RangeInclusive;

/// Digits a PIN may have (domain.md, AppLock).
pub const PIN_DIGITS: RangeInclusive<usize> = 6..=12;

/// The first digit of every script that a phone's number keys may write: ASCII, Arabic, Persian and Urdu,
/// Devanagari, Bengali, full width.
const ZEROS: [char; 6] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];

/// The straight lines of a number pad, to be read either way: what is made of them alone is tried first.
const PAD_LINES: [[u8; 3]; 8] =
    [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 4, 7], [2, 5, 8], [3, 6, 9], [1, 5, 9], [3, 5, 7]];

/// The PIN as it is hashed: ASCII digits, so that every keyboard gives the same bytes.
///
/// # Errors
/// `WeakSecret{Pin, max, actual}` outside 6–12 digits or for anything else than digits; `WeakSecret{Pin}` for one that
/// others guess first: fewer than three different digits, an even step from digit to digit, a block said twice, a
/// palindrome, doubled digits that count up or down, lines of the number pad alone.
pub fn check_pin(pin: &SecretText) -> Result<SecretText> {
    // Checking needs the digits.
    let typed = pin.expose();
    let max = *PIN_DIGITS.end();
    let actual = typed.chars().take(max + 1).count();
    let weak = || Code::WeakSecret.of(Field::Pin);
    let mut digits = zeroize::Zeroizing::new(Vec::with_capacity(max));
    for sign in typed.chars().take(max) {
        digits.push(digit(sign).ok_or_else(|| weak().max(max).actual(actual))?);
    }
    if !PIN_DIGITS.contains(&actual) {
        return Err(weak().max(max).actual(actual).into());
    }
    if is_trivial(&digits) {
        return Err(weak().into());
    }
    let mut ascii = String::with_capacity(max);
    ascii.extend(digits.iter().map(|digit| char::from(b'0' + digit)));
    Ok(SecretText::new(ascii))
}

fn digit(sign: char) -> Option<u8> {
    let after = |zero: &char| u32::from(sign).checked_sub(u32::from(*zero)).filter(|digit| *digit < 10);
    ZEROS.iter().find_map(after).and_then(|digit| u8::try_from(digit).ok())
}

fn is_trivial(digits: &[u8]) -> bool {
    let mut distinct = zeroize::Zeroizing::new(digits.to_vec());
    distinct.sort_unstable();
    distinct.dedup();
    let halves_are_steps = || {
        let doubled = digits.chunks(2).all(|pair| matches!(pair, [one, other] if one == other));
        doubled && is_even_step(&zeroize::Zeroizing::new(digits.iter().step_by(2).copied().collect::<Vec<_>>()))
    };
    distinct.len() < 3
        || is_even_step(digits)
        || (1..=digits.len() / 2).any(|block| repeats(digits, block))
        || digits.iter().eq(digits.iter().rev())
        || halves_are_steps()
        || are_pad_lines(digits)
}

/// 123456, 975319 (counted on past 9), 000000.
fn is_even_step(digits: &[u8]) -> bool {
    let mut steps = digits.windows(2).map(|pair| match pair {
        [one, next] => (next + 10 - one) % 10,
        _ => 0,
    });
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

/// Whether it is a block said again and again, the last time perhaps not to its end.
fn repeats(digits: &[u8], block: usize) -> bool {
    digits.iter().zip(digits.iter().skip(block)).all(|(one, next)| one == next)
}

fn are_pad_lines(digits: &[u8]) -> bool {
    let is_line =
        |three: &[u8]| PAD_LINES.iter().any(|line| line.iter().eq(three.iter()) || line.iter().rev().eq(three.iter()));
    digits.chunks(3).all(is_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(pin: &str) -> Result<String> {
        check_pin(&SecretText::new(pin.to_owned())).map(|pin| pin.expose().to_owned())
    }

    #[test]
    fn a_pin_that_others_guess_first_is_refused() {
        for trivial in [
            "000000",
            "123456",
            "654321",
            "890123",
            "135791",
            "121212",
            "123123",
            "1231231",
            "112211",
            "123321",
            "112233",
            "665544",
            "147258",
            "852147",
            "159753",
            "111112",
            "12341234",
            "998877665544",
        ] {
            let error = checked(trivial).unwrap_err();
            assert_eq!(error.code(), Code::WeakSecret, "{trivial}");
        }
        for pin in ["482915", "190733", "7302846591", "112358", "482915730264"] {
            assert_eq!(checked(pin).unwrap(), pin);
        }
    }

    #[test]
    fn six_to_twelve_digits_of_any_keyboard() {
        for wrong in ["", "48291", "4829157302645", "48291a", "48 915", "\u{664}829\u{661}"] {
            assert_eq!(checked(wrong).unwrap_err().code(), Code::WeakSecret, "{wrong}");
        }
        let arabic = "\u{664}\u{668}\u{662}\u{669}\u{661}\u{665}";
        assert_eq!(checked(arabic).unwrap(), "482915");
        assert_eq!(checked("\u{ff14}\u{ff18}\u{ff12}\u{ff19}\u{ff11}\u{ff15}").unwrap(), "482915");
    }
}
