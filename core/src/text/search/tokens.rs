//! A text as the terms of its index.

use super::fold::{Sign, signs};
use std::iter::from_fn;
use std::ops::Range;
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

impl<'a> Piece<'a> {
    /// The terms of this stretch. In pairs, the last sign alone comes after them, so that every sign begins a term.
    fn kept(&self) -> impl Iterator<Item = &'a [Sign]> + use<'a> {
        let (class, signs) = (self.class, self.signs);
        let (count, most) = if class == Class::Pairs { (signs.len(), 2) } else { (1, WORD_SIGNS_MAX) };
        (0..count).filter_map(move |from| signs.get(from..)).map(move |signs| signs.get(..most).unwrap_or(signs))
    }

    /// The terms to look for: where there is a pair, the last sign alone would ask for the end of the stretch.
    pub fn terms(&self) -> Vec<String> {
        let term = |signs: &[Sign]| signs.iter().map(|sign| sign.sign).collect();
        let mut terms: Vec<String> = self.kept().map(term).collect();
        if self.class == Class::Pairs && terms.len() > 1 {
            terms.pop();
        }
        terms
    }
}

/// A term where it stands in a text.
pub(super) struct Place {
    /// Whether it is as the text has it but for capitals; else its folded signs are at hand.
    is_plain: bool,
    /// In the text, or among the folded signs.
    kept: Range<usize>,
    /// As [`Token`] has them.
    pub start: usize,
    pub end: usize,
    pub first_end: usize,
}

/// The terms of a text in their order. Most words need no folding: of these only places are kept.
pub(super) struct Places<'t> {
    text: &'t str,
    signs: Vec<Sign>,
    pub all: Vec<Place>,
}

/// Bytes of a text that mostly go on a term.
const BYTES_A_TERM: usize = 5;

impl<'t> Places<'t> {
    pub fn of(text: &'t str) -> Self {
        let mut places = Places { text, signs: Vec::new(), all: Vec::with_capacity(text.len() / BYTES_A_TERM) };
        let is_gap = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
        // No sign joins, folds or pairs over one of ASCII that is neither letter nor digit.
        let mut start = 0;
        for word in text.as_bytes().split(is_gap) {
            let end = start + word.len();
            if word.is_ascii() {
                places.put_plain(start..end);
            } else {
                places.put_folded(start..end);
            }
            start = end + 1;
        }
        places
    }

    fn put_plain(&mut self, word: Range<usize>) {
        if !word.is_empty() {
            let kept = word.start..word.end.min(word.start + WORD_SIGNS_MAX);
            let (start, end) = (word.start, word.end);
            self.all.push(Place { is_plain: true, kept, start, end, first_end: start + 1 });
        }
    }

    fn put_folded(&mut self, word: Range<usize>) {
        let from = word.start;
        let folded = signs(self.text.get(word).unwrap_or_default());
        let mut at = self.signs.len();
        for piece in pieces(&folded) {
            for kept in piece.kept() {
                let (Some(first), Some(last)) = (kept.first(), kept.last()) else { continue };
                // Of a word that is too long all is pointed at.
                let last = if piece.class == Class::Word { piece.signs.last().unwrap_or(last) } else { last };
                let (start, end, first_end) = (from + first.start, from + last.end, from + first.end);
                self.signs.extend(kept);
                self.all.push(Place { is_plain: false, kept: at..self.signs.len(), start, end, first_end });
                at = self.signs.len();
            }
        }
    }

    /// The term as it is compared, put behind a text.
    fn put_term(&self, place: &Place, into: &mut String) {
        if place.is_plain {
            let from = into.len();
            into.push_str(self.text.get(place.kept.clone()).unwrap_or_default());
            into.get_mut(from..).unwrap_or_default().make_ascii_lowercase();
        } else {
            let signs = self.signs.get(place.kept.clone()).unwrap_or_default();
            into.extend(signs.iter().map(|sign| sign.sign));
        }
    }

    /// Whether a term is this one, or the beginning of it.
    pub fn is(&self, place: &Place, term: &str, is_open: bool) -> bool {
        if place.is_plain {
            let written = self.text.as_bytes().get(place.kept.clone()).unwrap_or_default();
            let compared = if is_open { written.get(..term.len()) } else { Some(written) };
            return compared.is_some_and(|written| written.eq_ignore_ascii_case(term.as_bytes()));
        }
        let mut signs = self.signs.get(place.kept.clone()).unwrap_or_default().iter().map(|sign| sign.sign);
        term.chars().all(|sign| signs.next() == Some(sign)) && (is_open || signs.next().is_none())
    }
}

/// The terms of a text in their order.
pub fn tokens(text: &str) -> Vec<Token> {
    let places = Places::of(text);
    let token = |place: &Place| {
        let mut term = String::new();
        places.put_term(place, &mut term);
        Token { term, start: place.start, end: place.end, first_end: place.first_end }
    };
    places.all.iter().map(token).collect()
}

/// A text as the index takes it: its terms, parted by blanks. No term holds a blank or an ASCII sign that is neither
/// letter nor digit, so an index that parts ASCII alone reads exactly these terms.
pub fn indexed(text: &str) -> String {
    let places = Places::of(text);
    let mut line = String::with_capacity(text.len());
    for place in &places.all {
        if !line.is_empty() {
            line.push(' ');
        }
        places.put_term(place, &mut line);
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
        // Words that need no folding are the same as folded with all that stands around them.
        let pieces_of = [
            "Don't",
            "日本",
            "e\u{301}",
            "x\u{3099}",
            " ",
            "…",
            "½",
            "\u{200b}",
            "ＡＢ",
            "🌱",
            "ß",
            "한",
            "12:30",
            "ﷺ",
        ];
        for one in pieces_of {
            for next in pieces_of {
                let text = format!("{one}{next}a {next}{one}-{one} {next}");
                let folded = signs(&text);
                let whole: Vec<String> = pieces(&folded)
                    .flat_map(|piece| piece.kept().collect::<Vec<_>>())
                    .map(|kept| kept.iter().map(|sign| sign.sign).collect())
                    .collect();
                assert_eq!(indexed(&text), whole.join(" "), "{text:?}");
                let tokens = tokens(&text);
                assert!(tokens.iter().all(|token| text.get(token.start..token.end).is_some()), "{text:?}");
            }
        }
        let long = "a".repeat(500);
        let [token] = tokens(&long).try_into().unwrap_or_else(|_| panic!("one word"));
        assert_eq!((token.term.len(), token.end), (64, 500));
    }
}
