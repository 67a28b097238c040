//! A text as the terms of its index.

use super::fold::{Sign, signs};
use std::iter::from_fn;
use unicode_normalization::char::is_combining_mark;

/// Longer words are told apart by this many of their first signs: nobody types more, and a term has a bound.
const WORD_SIGNS_MAX: usize = 64;

/// One term of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// As it is compared.
    pub term: String,
    /// The bytes of the text it stands for.
    pub start: usize,
    /// Behind the last of them.
    pub end: usize,
    /// Behind the first sign: a pair of signs begins with one that may be looked for alone.
    pub first_end: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Letters, digits and marks between gaps.
    Word,
    /// A stretch of a script in pairs.
    Pairs,
    /// A picture.
    Symbol,
    Gap,
}

/// A stretch of signs of one class.
pub(super) struct Piece<'a> {
    pub class: Class,
    pub signs: &'a [Sign],
}

pub(super) fn pieces(signs: &[Sign]) -> impl Iterator<Item = Piece<'_>> {
    // The class of each sign is asked once: of what is not ASCII it takes a look into tables.
    let (mut rest, mut next) = (signs, signs.first().map(|sign| class(sign.sign)));
    from_fn(move || {
        loop {
            let class = next?;
            let mut length = 1;
            next = loop {
                match rest.get(length).map(|sign| self::class(sign.sign)) {
                    Some(same) if same == class && class != Class::Symbol => length += 1,
                    other => break other,
                }
            };
            let (signs, behind) = rest.split_at_checked(length)?;
            rest = behind;
            if class != Class::Gap {
                return Some(Piece { class, signs });
            }
        }
    })
}

/// A term where it stands in a text.
pub(super) struct Place<'a> {
    /// As it is compared.
    pub signs: &'a [Sign],
    /// As [`Token`] has them.
    pub start: usize,
    pub end: usize,
    pub first_end: usize,
}

impl<'a> Piece<'a> {
    /// The terms of this stretch. In pairs, the last sign alone comes after them, so that every sign begins a term.
    pub fn places(&self) -> impl Iterator<Item = Place<'a>> + use<'a> {
        let (class, signs) = (self.class, self.signs);
        let (count, most) = if class == Class::Pairs { (signs.len(), 2) } else { (1, WORD_SIGNS_MAX) };
        (0..count).filter_map(move |from| place(class, signs.get(from..)?, most))
    }

    /// The same, each as it is told.
    pub fn tokens(&self) -> impl Iterator<Item = Token> + use<'a> {
        self.places().map(|place| {
            let term = place.signs.iter().map(|sign| sign.sign).collect();
            Token { term, start: place.start, end: place.end, first_end: place.first_end }
        })
    }

    /// The terms to look for: where there is a pair, the last sign alone would ask for the end of the stretch.
    pub fn terms(&self) -> Vec<String> {
        let mut tokens: Vec<Token> = self.tokens().collect();
        if self.class == Class::Pairs && tokens.len() > 1 {
            tokens.pop();
        }
        tokens.into_iter().map(|token| token.term).collect()
    }
}

fn place(class: Class, signs: &[Sign], most: usize) -> Option<Place<'_>> {
    let kept = signs.get(..most).unwrap_or(signs);
    let (first, last) = (kept.first()?, kept.last()?);
    // Of a word that is too long all is pointed at.
    let end = if class == Class::Word { signs.last()?.end } else { last.end };
    Some(Place { signs: kept, start: first.start, end, first_end: first.end })
}

/// The terms of a text in their order.
pub fn tokens(text: &str) -> Vec<Token> {
    pieces(&signs(text)).flat_map(|piece| piece.tokens()).collect()
}

/// A text as the index takes it: its terms, parted by blanks. No term holds a blank or an ASCII sign that is neither
/// letter nor digit, so an index that parts ASCII alone reads exactly these terms.
pub fn indexed(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for piece in pieces(&signs(text)) {
        for place in piece.places() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.extend(place.signs.iter().map(|sign| sign.sign));
        }
    }
    line
}

fn class(sign: char) -> Class {
    if sign.is_ascii() {
        return if sign.is_ascii_alphanumeric() { Class::Word } else { Class::Gap };
    }
    let is_written = sign.is_alphanumeric() || is_combining_mark(sign);
    match (is_written, is_in_pairs(sign)) {
        (true, true) => Class::Pairs,
        (true, false) => Class::Word,
        (false, _) if is_picture(sign) => Class::Symbol,
        (false, _) => Class::Gap,
    }
}

/// Whether a sign belongs to a script without spaces between words, or to Hangul (Unicode blocks; Unicode Standard Annex 24).
pub fn is_in_pairs(sign: char) -> bool {
    matches!(u32::from(sign),
        // Thai, Lao, Myanmar, Hangul jamo, Khmer
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1100..=0x11ff | 0x1780..=0x17ff | 0xa960..=0xa97f | 0xa9e0..=0xa9ff
        | 0xaa60..=0xaa7f | 0xd7b0..=0xd7ff
        // signs of repetition, kana, Bopomofo, Hangul letters, Han, Yi, Hangul syllables
        | 0x3005..=0x3007 | 0x3031..=0x3035 | 0x303b | 0x3041..=0x318f | 0x31a0..=0x31bf | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0x1_aff0..=0x1_b16f
        | 0x2_0000..=0x3_ffff)
}

/// Arrows, signs and pictures that people use as words.
fn is_picture(sign: char) -> bool {
    matches!(u32::from(sign), 0x2190..=0x21ff | 0x2300..=0x23ff | 0x2460..=0x27bf | 0x2900..=0x297f | 0x2b00..=0x2bff
        | 0x3030 | 0x303d | 0x1_f000..=0x1_faff)
}

crate::text::redacted!(Token);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_terms() {
        let cases = [
            ("Slept badly. The radio-clock's on!", "slept badly the radio clock s on"),
            ("日本語", "日本 本語 語"),
            ("東京tower 12:30", "東京 京 tower 12 30"),
            ("ラジオ・テレビ", "ラジ ジオ オ テレ レビ ビ"),
            ("학교에", "학교 교에 에"),
            ("นอน", "นอ อน น"),
            ("👨‍👩‍👧 🌱", "👨 👩 👧 🌱"),
            ("हिन्दी", "हिन्दी"),
            ("\u{0}\"* AND(", "and"),
            ("", ""),
        ];
        for (text, line) in cases {
            assert_eq!(indexed(text), line, "{text}");
        }
        let long = "a".repeat(500);
        let [token] = tokens(&long).try_into().unwrap_or_else(|_| panic!("one word"));
        assert_eq!((token.term.len(), token.end), (64, 500));
    }
}
