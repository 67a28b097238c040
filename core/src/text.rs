//! Text that people wrote: bounded, checked, and never printed by accident (domain.md §3.1).

pub mod search;

use crate::error::{Code, Field, Result};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Words of a person. Debug output shows that they are there, never what they are.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonText(String);

impl PersonText {
    /// Takes the words over.
    pub fn new(text: impl Into<String>) -> Self {
        PersonText(text.into())
    }
    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The words, given away.
    pub fn into_string(self) -> String {
        self.0
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for PersonText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹words›")
    }
}
impl From<&str> for PersonText {
    fn from(text: &str) -> Self {
        PersonText(text.to_owned())
    }
}
impl From<String> for PersonText {
    fn from(text: String) -> Self {
        PersonText(text)
    }
}
impl serde::Serialize for PersonText {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

/// Debug output for records that hold words of a person: their name and nothing of what they hold.
macro_rules! redacted {
    ($($name:ident),+ $(,)?) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(‹words›)"))
            }
        }
    )+};
}
pub(crate) use redacted;

/// The kinds of text and their bounds in Unicode scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// 1–80, one line.
    Label,
    /// 0–200, one line.
    Title,
    /// 1–300, one line.
    Line,
    /// 1–2,000.
    ItemText,
    /// 0–2,000, kept as typed.
    Reason,
    /// 0–20,000, kept as typed.
    Long,
    /// 0–100,000, kept as typed.
    Body,
    /// 1–40, one line.
    Tag,
}

impl Shape {
    /// Least and most scalars.
    pub fn bounds(self) -> (usize, usize) {
        match self {
            Shape::Label => (1, 80),
            Shape::Title => (0, 200),
            Shape::Line => (1, 300),
            Shape::ItemText => (1, 2_000),
            Shape::Reason => (0, 2_000),
            Shape::Long => (0, 20_000),
            Shape::Body => (0, 100_000),
            Shape::Tag => (1, 40),
        }
    }

    fn one_line(self) -> bool {
        matches!(self, Shape::Label | Shape::Title | Shape::Line | Shape::Tag)
    }

    /// Whether a text of this shape is kept as it was typed, blanks at its ends too.
    pub fn is_kept_as_typed(self) -> bool {
        matches!(self, Shape::Reason | Shape::Long | Shape::Body)
    }

    /// The text as it is kept: NFC, line ends as `\n`, trimmed (Long and Body stay as typed).
    ///
    /// # Errors
    /// `Empty`, `TooLong{max, actual}`, `InvalidText{actual: position}` for control characters other than
    /// line end and tab, and for bidirectional overrides and line ends in one-line shapes.
    pub fn check(self, field: Field, text: &str) -> Result<String> {
        // Counting stops at the bound, so a text of any size costs no more than a legal one.
        let (least, most) = self.bounds();
        if text.len() > most * 4 + 4_096 {
            return Err(Code::TooLong.of(field).max(most).actual(text.chars().count()).into());
        }
        if self.is_kept_as_it_is(text) {
            return Ok(text.to_owned());
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = if self.is_kept_as_typed() { text } else { text.nfc().collect::<String>().trim().to_owned() };
        if let Some(at) = text.chars().position(|c| self.forbids(c)) {
            return Err(Code::InvalidText.of(field).actual(at).into());
        }
        let actual = text.chars().count();
        if actual < least {
            return Err(Code::Empty.of(field).into());
        }
        if actual > most {
            return Err(Code::TooLong.of(field).max(most).actual(actual).into());
        }
        Ok(text)
    }

    /// Whether [`Shape::check`] gives this text, for whoever does not need it again.
    ///
    /// # Errors
    /// Those of [`Shape::check`].
    pub fn allows(self, field: Field, text: &str) -> Result<()> {
        if self.is_kept_as_it_is(text) { Ok(()) } else { self.check(field, text).map(|_| ()) }
    }

    /// Whether a look at bytes is enough to see that a text is kept letter by letter.
    fn is_kept_as_it_is(self, text: &str) -> bool {
        let (least, most) = self.bounds();
        self.is_kept_as_typed()
            && least == 0
            && text.len() <= most.saturating_mul(4)
            && text.chars().count() <= most
            && is_plain(text)
    }

    fn forbids(self, c: char) -> bool {
        let control = c.is_control() && !matches!(c, '\n' | '\t');
        let breaks_line = self.one_line() && matches!(c, '\n' | '\t' | '\u{2028}' | '\u{2029}');
        let overrides_direction = self.one_line() && matches!(c, '\u{202a}'..='\u{202e}');
        control || breaks_line || overrides_direction
    }
}

/// Whether a text holds no control character but line end and tab, as far as bytes tell: some letters begin with the byte
/// that the rarer control characters begin with.
fn is_plain(text: &str) -> bool {
    let is_odd = |byte: &u8| (*byte < 0x20 && *byte != b'\n' && *byte != b'\t') || *byte == 0x7f || *byte == 0xc2;
    // All of a stretch, without a way out in the middle: compilers make one step of many bytes then.
    text.as_bytes().chunks(64).all(|stretch| !stretch.iter().fold(false, |odd, byte| odd | is_odd(byte)))
}

/// The form in which two tags, names or repeated ideas count as equal: NFKC, lower case, inner blanks folded.
pub fn fold(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    fn refused(shape: Shape, text: &str) -> Code {
        let Err(error) = shape.check(Field::Text, text) else { panic!("expected a refusal") };
        assert!(matches!(error, Error::Refused(_)));
        error.code()
    }

    #[test]
    fn bounds_are_counted_in_scalars_at_both_ends() {
        let long = [Shape::ItemText, Shape::Reason, Shape::Long, Shape::Body];
        for shape in [Shape::Label, Shape::Title, Shape::Line, Shape::Tag].into_iter().chain(long) {
            let (least, most) = shape.bounds();
            assert!(shape.check(Field::Text, &"ا".repeat(most)).is_ok(), "{shape:?}");
            assert_eq!(refused(shape, &"ا".repeat(most + 1)), Code::TooLong, "{shape:?}");
            assert_eq!(refused(shape, &"x".repeat(most * 5 + 5_000)), Code::TooLong, "{shape:?}");
            if least > 0 {
                assert_eq!(refused(shape, "  "), Code::Empty, "{shape:?}");
            }
        }
    }

    #[test]
    fn controls_and_overrides_are_told_with_their_place() {
        assert_eq!(refused(Shape::Body, "a\u{7}"), Code::InvalidText);
        assert_eq!(refused(Shape::Line, "a\nb"), Code::InvalidText);
        assert_eq!(refused(Shape::Line, "a\u{202e}b"), Code::InvalidText);
        assert!(Shape::Body.check(Field::Text, "a\u{202e}b\n\tc").is_ok());
    }

    #[test]
    fn fields_are_normalised_and_long_texts_kept_as_typed() {
        assert_eq!(Shape::Line.check(Field::Text, " cafe\u{301} ").expect("fine"), "café");
        assert_eq!(Shape::Body.check(Field::Text, " cafe\u{301} \r\n").expect("fine"), " cafe\u{301} \n");
    }

    #[test]
    fn hard_words_are_kept_like_any_other() {
        let hard = "I wanted to die last night. I am still here.";
        assert_eq!(Shape::Body.check(Field::Text, hard).expect("kept"), hard);
        assert_eq!(format!("{:?}", PersonText::new(hard)), "‹words›");
    }
}
