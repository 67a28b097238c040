//! What a person types, and where it lies in a text.

use super::fold::signs;
use super::tokens::{Class, Place, Places, pieces};
use std::ops::Range;

/// Terms that must stand side by side.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phrase {
    terms: Vec<String>,
    /// The last term may be the beginning of a longer one.
    open: bool,
    /// One sign of a script in pairs, which is all that is pointed at.
    single: bool,
}

/// The phrases of typed words; all of them are looked for. Words parted by a blank are phrases of their own, what is
/// joined by other marks (`don't`, `12:30`) stays together, and the word being typed, the last with no blank after it,
/// may go on.
pub fn phrases(typed: &str) -> Vec<Phrase> {
    let mut found: Vec<Phrase> = Vec::new();
    for word in typed.split_whitespace() {
        let signs = signs(word);
        let mut joined: Option<Phrase> = None;
        for piece in pieces(&signs) {
            let terms = piece.terms();
            if piece.class == Class::Word {
                joined.get_or_insert_with(Phrase::empty).terms.extend(terms);
                continue;
            }
            found.extend(joined.take());
            let single = piece.class == Class::Pairs && piece.signs.len() == 1;
            found.push(Phrase { terms, open: single, single });
        }
        found.extend(joined);
    }
    let is_going_on = !typed.ends_with(char::is_whitespace);
    if let Some(last) = found.last_mut().filter(|_| is_going_on) {
        last.open = true;
    }
    found.sort();
    found.dedup();
    found
}

impl Phrase {
    fn empty() -> Self {
        Phrase { terms: Vec::new(), open: false, single: false }
    }

    /// Whether it begins with the first of these terms of a text.
    fn begins(&self, text: &Places<'_>, here: &[Place]) -> bool {
        let Some(last) = self.terms.len().checked_sub(1) else { return false };
        let is_same = |(at, (term, place)): (usize, (&String, &Place))| text.is(place, term, at == last && self.open);
        here.len() > last && self.terms.iter().zip(here).enumerate().all(is_same)
    }

    /// Whether its last term may go on.
    pub fn is_open(&self) -> bool {
        self.open
    }
}

/// The phrases as a question for FTS5; every term is quoted, so nothing typed is ever an operator. `None` where there is
/// nothing to look for.
pub fn expression(phrases: &[Phrase]) -> Option<String> {
    let quoted = |phrase: &Phrase| format!("\"{}\"{}", phrase.terms.join(" "), if phrase.open { " *" } else { "" });
    (!phrases.is_empty()).then(|| phrases.iter().map(quoted).collect::<Vec<_>>().join(" AND "))
}

/// A place in a text that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which phrase.
    pub phrase: usize,
    /// The bytes of the text as it was written; of a word that goes on, the whole word.
    pub bytes: Range<usize>,
}

/// Where phrases lie in a text, in its order.
pub fn hits(phrases: &[Phrase], text: &str) -> Vec<Hit> {
    let places = Places::of(text);
    let mut found = Vec::new();
    for at in 0..places.all.len() {
        let here = places.all.get(at..).unwrap_or_default();
        for (number, phrase) in phrases.iter().enumerate().filter(|(_, phrase)| phrase.begins(&places, here)) {
            let (Some(first), Some(last)) = (here.first(), here.get(phrase.terms.len().saturating_sub(1))) else {
                continue;
            };
            let end = if phrase.single { first.first_end } else { last.end };
            found.push(Hit { phrase: number, bytes: first.start..end });
        }
    }
    found
}

crate::text::redacted!(Phrase);

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(typed: &str) -> String {
        expression(&phrases(typed)).unwrap_or_default()
    }

    #[test]
    fn typed_words_become_a_question_without_operators() {
        let cases = [
            ("Slept bad", "\"bad\" * AND \"slept\""),
            ("slept bad ", "\"bad\" AND \"slept\""),
            ("don't", "\"don t\" *"),
            ("NEAR(a b) OR title:x*", "\"b\" AND \"near a\" AND \"or\" AND \"title x\" *"),
            ("\"-^+{}:*\u{0}", ""),
            ("日本語", "\"日本 本語\" *"),
            ("本", "\"本\" *"),
            ("本 屋", "\"屋\" * AND \"本\" *"),
            ("東京tower", "\"tower\" * AND \"東京\""),
            ("\u{301}\u{200d}", ""),
        ];
        for (typed, question) in cases {
            assert_eq!(asked(typed), question, "{typed}");
        }
    }

    #[test]
    fn hits_point_into_the_text_as_written() {
        let told = |typed: &str, text: &str| -> Vec<String> {
            let found = hits(&phrases(typed), text);
            found.into_iter().map(|hit| text.get(hit.bytes).expect("whole signs").to_owned()).collect()
        };
        assert_eq!(told("cafe", "Le Cafe\u{301}s, CAFÉ"), ["Cafe\u{301}s", "CAFÉ"]);
        assert_eq!(told("本", "日本"), ["本"]);
        assert_eq!(told("日本語", "今日本語を"), ["日本語"]);
        assert_eq!(told("راديو", "شاي مع رَاديُو"), ["رَاديُو"]);
        assert_eq!(told("don't ", "I don’t, don then"), ["don’t"]);
        assert_eq!(told("strass", "Hauptstraße, Straße"), ["Straße"]);
        assert_eq!(told("radio ", "radios"), [""; 0]);
    }
}
