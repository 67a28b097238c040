//! The Markdown subset of notes as paragraphs, each with a direction of its own (experience.md §3).

use super::records::{Direction, Paragraph, ParagraphKind};
use crate::text::PersonText;

/// Most scalars of a snippet.
const SNIPPET_SCALARS_MAX: usize = 160;

/// The paragraphs of a body; blank lines only part them.
pub(super) fn paragraphs(body: &str) -> Vec<Paragraph> {
    lines(body).map(|(kind, text)| Paragraph { text: PersonText::new(text), dir: direction(text), kind }).collect()
}

/// The first words of a body on one line, without the marks of lists.
pub(super) fn snippet(body: &str) -> String {
    snippet_from(body).0
}

/// The same, and whether it is full: what follows in the body would not be in it.
pub(super) fn snippet_from(body: &str) -> (String, bool) {
    let mut text = String::with_capacity(body.len().min(SNIPPET_SCALARS_MAX * 2));
    let mut left = SNIPPET_SCALARS_MAX;
    for (_, line) in lines(body) {
        for piece in pieces(line) {
            let gap = usize::from(!text.is_empty());
            // A blank stands only before a sign of the next word.
            if left <= gap {
                return (text, true);
            }
            if gap > 0 {
                text.push(' ');
                left -= 1;
            }
            let (kept, over, count) = split(piece, left);
            text.push_str(kept.trim_end());
            if !over.is_empty() {
                return (text, true);
            }
            left -= count;
        }
    }
    (text, left == 0)
}

/// A line as it stands where a snippet shows it so, which most are, and its words otherwise.
fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let bytes = line.as_bytes();
    let is_bare = |at: &[u8]| matches!(at, [b' ', b' ']);
    let is_whole = !line.is_empty()
        && line.is_ascii()
        && line.trim() == line
        && bytes.iter().fold(true, |plain, byte| plain & (*byte >= b' '))
        && !bytes.windows(2).fold(false, |bare, at| bare | is_bare(at));
    is_whole.then_some(line).into_iter().chain(if is_whole { "" } else { line }.split_whitespace())
}

/// The first scalars of a piece, the rest, and how many the first are.
fn split(piece: &str, most: usize) -> (&str, &str, usize) {
    let count = if piece.is_ascii() { piece.len() } else { piece.chars().count() }.min(most);
    let end = if piece.is_ascii() { count } else { piece.char_indices().nth(count).map_or(piece.len(), |(at, _)| at) };
    let (kept, over) = piece.split_at(end);
    (kept, over, count)
}

/// The paragraphs of a body, each a part of it, without the marks of lists.
pub(super) fn lines(body: &str) -> impl Iterator<Item = (ParagraphKind, &str)> {
    body.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let inner = line.trim();
        let marks = [
            ("- [ ]", ParagraphKind::Unchecked),
            ("- [x]", ParagraphKind::Checked),
            ("- [X]", ParagraphKind::Checked),
            ("-", ParagraphKind::Bullet),
        ];
        let marked = marks.into_iter().find_map(|(mark, kind)| {
            let rest = inner.strip_prefix(mark)?;
            (rest.is_empty() && mark != "-" || rest.starts_with(' ')).then(|| (kind, rest.trim()))
        });
        marked.unwrap_or((ParagraphKind::Plain, line.trim_end()))
    })
}

/// By the first strong character; neutral without one (Unicode Standard Annex 9, rule P2, without isolates).
pub(super) fn direction(text: &str) -> Direction {
    text.chars().find_map(strong).unwrap_or(Direction::Neutral)
}

/// [`direction`] of texts that are shown under each other.
pub(super) fn first_direction(texts: [&str; 2]) -> Direction {
    texts.into_iter().flat_map(str::chars).find_map(strong).unwrap_or(Direction::Neutral)
}

pub(super) fn strong(sign: char) -> Option<Direction> {
    match u32::from(sign) {
        0x200e => Some(Direction::Ltr),
        0x200f | 0x061c => Some(Direction::Rtl),
        _ if !sign.is_alphabetic() => None,
        // Hebrew, Arabic, Syriac, Thaana, NKo, Samaritan, Mandaic and what was added to Arabic; presentation forms;
        // the scripts of plane 1 that run so.
        0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff => {
            Some(Direction::Rtl)
        }
        _ => Some(Direction::Ltr),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_paragraph_has_its_own_direction() {
        let found = paragraphs(
            "Slept badly.\n\nشاي مع الراديو\n- שלום world\n- [ ] 12:30\n- [x] ܫܠܡܐ\n  - ދިވެހި\n- [X] ߒߞߏ\n-not a list",
        );
        let seen: Vec<_> = found.iter().map(|paragraph| (paragraph.kind, paragraph.dir)).collect();
        use Direction::{Ltr, Neutral, Rtl};
        use ParagraphKind::{Bullet, Checked, Plain, Unchecked};
        let expected = [
            (Plain, Ltr),
            (Plain, Rtl),
            (Bullet, Rtl),
            (Unchecked, Neutral),
            (Checked, Rtl),
            (Bullet, Rtl),
            (Checked, Rtl),
            (Plain, Ltr),
        ];
        assert_eq!(seen, expected);
        assert_eq!(found[2].text.as_str(), "שלום world");
        assert_eq!(found[7].text.as_str(), "-not a list");
        assert_eq!(paragraphs("- [ ]")[0].kind, Unchecked);
    }

    #[test]
    fn digits_and_signs_decide_nothing() {
        assert_eq!(direction("١٢٣ (…)"), Direction::Neutral);
        assert_eq!(direction("12. مرحبا"), Direction::Rtl);
        assert_eq!(direction("**日本** مرحبا"), Direction::Ltr);
        assert_eq!(direction("\u{200f}12"), Direction::Rtl);
    }

    #[test]
    fn a_snippet_is_one_line_of_160_scalars() {
        assert_eq!(snippet("\n- [ ] one\n\n two\tthree "), "one two three");
        assert_eq!(snippet("-"), "-");
        let long = snippet(&"wörter ".repeat(90));
        assert_eq!(long.chars().count(), 160);
        assert_eq!(snippet(&"ا".repeat(500)).chars().count(), 160);
        assert!(!snippet(&format!("{} b", "a".repeat(159))).ends_with(' '));
    }
}
