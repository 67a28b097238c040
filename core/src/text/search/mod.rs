//! Words as a search compares them, in every script, with the way back to the text that was written.
//!
//! [`indexed`] is what goes into the index, [`phrases`] what a person types, [`hits`] where the one lies in the other.
//! What is folded is never shown: places always point into the text as it was written.
//!
//! - Case, accents and other marks that stand on Latin, Greek and Cyrillic letters are off (Unicode NFKD, then marks
//!   dropped): `Café` = `cafe`, `ё` = `е`. Full-width, ligature and circled forms are their plain ones. `ß` = `ss`,
//!   `æ` = `ae`, `œ` = `oe`, `ø` = `o`, `đ` = `d`, `ł` = `l`, `þ` = `th`. All four Turkish i are one: `ılık` = `ILIK`.
//!   German umlauts are their letters without dots, not `ae`.
//! - Arabic: marks and tatweel off, alef forms are one, hamza stands with what carries it, `ة` = `ه`, `ى` = `ي`, and the
//!   Persian and Urdu twins of yeh, kaf, heh and noon are theirs. The article stays part of its word.
//! - Hebrew: points off, letters at the end of a word are those within.
//! - Digits of every script are one.
//! - What is written without spaces (Han, kana, Bopomofo, Yi, Thai, Lao, Khmer, Myanmar), and Hangul, whose endings grow
//!   onto the word, is kept in overlapping pairs: any stretch of it is found, one sign too. Voiced kana stay themselves;
//!   hiragana is not katakana, and simplified Han is not traditional.
//! - An emoji is found by each person or thing in it, whatever its skin.
//! - Marks that make the letter in other scripts (vowels and joiners from Devanagari to Tibetan) stay.

mod fold;
mod phrases;
mod tokens;

pub use phrases::{Hit, Phrase, expression, hits, phrases};
pub use tokens::{Token, indexed, is_in_pairs, tokens};

/// Rises with every change to what folds into what: an index of another version is made anew.
pub const FOLD_VERSION: i64 = 1;
