//! Pieces of a text as it was written, around what was found in it.

use super::records::{SNIPPET_GRAPHEMES_MAX, Span};
use crate::text::search::{Hit, Phrase, hits, is_in_pairs};
use crate::view::paragraphs::{direction, lines, strong};
use crate::view::records::Direction;
use std::collections::BTreeSet;
use std::ops::Range;
use unicode_segmentation::GraphemeCursor;

/// How much of a snippet stands before the first hit, where the text goes on behind it.
const LEAD_GRAPHEMES: usize = 40;

/// All of a text, what was found in it apart.
pub(super) fn whole(text: &str, phrases: &[Phrase]) -> Vec<Span> {
    spans(text, 0, text, 0..text.len(), &hits(phrases, text))
}

/// A stretch of the paragraph in which most of the phrases are, the first of such; of the first one where none is. With
/// the direction of that paragraph.
pub(super) fn snippet(body: &str, phrases: &[Phrase]) -> (Vec<Span>, Direction) {
    let mut best: Option<(usize, &str, Vec<Hit>)> = None;
    for (_, line) in lines(body) {
        let found = hits(phrases, line);
        let different = found.iter().map(|hit| hit.phrase).collect::<BTreeSet<_>>().len();
        if best.as_ref().is_none_or(|(most, ..)| different > *most) {
            best = Some((different, line, found));
        }
        if different == phrases.len() {
            break;
        }
    }
    let Some((_, line, found)) = best else { return (Vec::new(), Direction::Neutral) };
    let dir = direction(line);
    let window = window(line, found.first().map_or(0..0, |hit| hit.bytes.clone()), dir);
    // A line is a part of the body, so this is where it begins in it.
    let from = (line.as_ptr() as usize).saturating_sub(body.as_ptr() as usize);
    (spans(body, from, line, window, &found), dir)
}

/// The bytes of a line to show: all of it, or whole words around these, and no stretch of the other direction in half
/// where that can be helped.
fn window(line: &str, around: Range<usize>, dir: Direction) -> Range<usize> {
    let start = grapheme_start(line, around.start);
    let (before, behind) = line.split_at_checked(start).unwrap_or(("", line));
    let mut before_it = graphemes_before(before);
    let mut before: Vec<usize> = before_it.by_ref().take(LEAD_GRAPHEMES).collect();
    let most = SNIPPET_GRAPHEMES_MAX - before.len();
    let behind: Vec<usize> = grapheme_ends(behind).map(|at| start + at).take(most).collect();
    let tail = behind.len();
    // Where the text ends soon, there is room for more before.
    before.extend(before_it.take(most - tail));
    let lead = before.len();
    let nth = |places: &[usize], count: usize| count.checked_sub(1).and_then(|at| places.get(at)).copied();
    let (first, last) = (nth(&before, lead).unwrap_or(start), nth(&behind, tail).unwrap_or(start));
    let end = grapheme_end(line, around.end).min(last);
    let first = if first == 0 { 0 } else { word_start(line, first..start, dir) };
    let last = if last == line.len() { last } else { word_end(line, end..last, dir) };
    first..last
}

/// The first place in a range where a word begins after a blank, not within a stretch of the other direction if there is
/// one such. Without blanks: the beginning of the range where the script has none, else its end, where a hit begins.
fn word_start(line: &str, range: Range<usize>, dir: Direction) -> usize {
    let stretch = line.get(range.clone()).unwrap_or_default();
    let blank_before = |at: &usize| line.get(..*at).is_some_and(|before| before.ends_with(char::is_whitespace));
    let places = stretch.char_indices().filter(|(_, sign)| !sign.is_whitespace()).map(|(at, _)| range.start + at);
    let places: Vec<usize> = places.chain([range.end]).filter(blank_before).collect();
    let calm = places.iter().find(|at| !is_within_contrary(line, **at, dir));
    let fallback = if stretch.starts_with(is_in_pairs) { range.start } else { range.end };
    calm.or(places.first()).copied().unwrap_or(fallback)
}

/// The same for the last place where a word ends.
fn word_end(line: &str, range: Range<usize>, dir: Direction) -> usize {
    let stretch = line.get(range.clone()).unwrap_or_default();
    let places = stretch.char_indices().filter(|(_, sign)| sign.is_whitespace()).map(|(at, _)| range.start + at);
    let next_is_blank = line.get(range.end..).is_some_and(|rest| rest.starts_with(char::is_whitespace));
    let places: Vec<usize> = places.chain(next_is_blank.then_some(range.end)).collect();
    let calm = places.iter().rfind(|at| !is_within_contrary(line, **at, dir));
    let fallback = if stretch.ends_with(is_in_pairs) { range.end } else { range.start };
    calm.or(places.last()).copied().unwrap_or(fallback)
}

/// Whether the letters on both sides run against the paragraph: a cut there would show the half in the wrong order.
fn is_within_contrary(line: &str, at: usize, dir: Direction) -> bool {
    let (before, behind) = line.split_at_checked(at).unwrap_or(("", line));
    let (before, behind) = (before.chars().rev().find_map(strong), behind.chars().find_map(strong));
    before.is_some() && before == behind && before != Some(dir)
}

/// Whether a grapheme ends at a place between two bytes of a text: told for signs of ASCII alone, where all but a line
/// end of two signs are parted (Unicode Standard Annex 29, rules GB3 and GB999).
fn parts_ascii(text: &[u8], at: usize) -> bool {
    let sign = |at: usize| text.get(at).copied();
    match (at.checked_sub(1).and_then(sign), sign(at)) {
        (Some(one), Some(next)) => one.is_ascii() && next.is_ascii() && (one, next) != (b'\r', b'\n'),
        _ => false,
    }
}

/// Where the graphemes of a text end.
fn grapheme_ends(text: &str) -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at = if parts_ascii(text.as_bytes(), at + 1) {
            at + 1
        } else {
            GraphemeCursor::new(at, text.len(), true).next_boundary(text, 0).ok()??
        };
        Some(at)
    })
}

/// Where the graphemes of a text begin, the last one first.
fn graphemes_before(text: &str) -> impl Iterator<Item = usize> {
    let mut at = text.len();
    std::iter::from_fn(move || {
        let before = at.checked_sub(1)?;
        at = if before == 0 || parts_ascii(text.as_bytes(), before) {
            before
        } else {
            GraphemeCursor::new(at, text.len(), true).prev_boundary(text, 0).ok()??
        };
        Some(at)
    })
}

fn grapheme_start(text: &str, at: usize) -> usize {
    if parts_ascii(text.as_bytes(), at) {
        return at;
    }
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(true) => at,
        _ => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
    }
}

fn grapheme_end(text: &str, at: usize) -> usize {
    if parts_ascii(text.as_bytes(), at) {
        return at;
    }
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(true) => at,
        _ => cursor.next_boundary(text, 0).ok().flatten().unwrap_or(text.len()),
    }
}

/// The pieces of a stretch of a line that begins `from` bytes into its text. Hits are widened to whole graphemes.
fn spans(text: &str, from: usize, line: &str, window: Range<usize>, found: &[Hit]) -> Vec<Span> {
    let mut marks: Vec<Range<usize>> = Vec::new();
    for hit in found {
        let whole = grapheme_start(line, hit.bytes.start)..grapheme_end(line, hit.bytes.end);
        let shown = whole.start.max(window.start)..whole.end.min(window.end);
        match marks.last_mut() {
            _ if shown.is_empty() => {}
            Some(last) if shown.start <= last.end => last.end = last.end.max(shown.end),
            _ => marks.push(shown),
        }
    }
    let mut pieces = Vec::new();
    let mut at = text.get(..from + window.start).unwrap_or_default().encode_utf16().count();
    let mut put = |range: Range<usize>, hit: bool| {
        let piece = line.get(range).unwrap_or_default();
        if !piece.is_empty() {
            // Marks that turn directions come in pairs, and one of a pair may lie outside.
            let words: String = match piece.contains(is_turning) {
                true => piece.chars().filter(|sign| !is_turning(*sign)).collect(),
                false => piece.to_owned(),
            };
            pieces.push(Span { at: u32::try_from(at).unwrap_or(u32::MAX), t: words.into(), hit });
            at += piece.encode_utf16().count();
        }
    };
    let mut done = window.start;
    for mark in marks {
        put(done..mark.start, false);
        done = mark.end;
        put(mark, true);
    }
    put(done..window.end, false);
    pieces
}

fn is_turning(sign: char) -> bool {
    matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::search::phrases;
    use unicode_segmentation::UnicodeSegmentation;

    fn shown(typed: &str, body: &str) -> String {
        let (spans, _) = snippet(body, &phrases(typed));
        let told = |span: &Span| if span.hit { format!("[{}]", span.t.as_str()) } else { span.t.as_str().to_owned() };
        spans.iter().map(told).collect()
    }

    #[test]
    fn a_snippet_is_the_paragraph_with_the_most_of_what_was_typed() {
        let body = "A radio.\n- [ ] Tea with the radio on\nThe radio, tea";
        assert_eq!(shown("tea radio", body), "[Tea] with the [radio] on");
        assert_eq!(shown("nothing", body), "A radio.");
        assert_eq!(shown("x", ""), "");
    }

    #[test]
    fn a_long_paragraph_is_cut_between_words_and_graphemes() {
        let body = format!("{}the 👨‍👩‍👧 radio {}", "wörter und ".repeat(100), "und mehr ".repeat(100));
        let seen = shown("radio", &body);
        assert!(seen.graphemes(true).count() <= SNIPPET_GRAPHEMES_MAX + 2 && seen.len() > 100, "{seen}");
        assert!(seen.contains("the 👨‍👩‍👧 [radio] und mehr"), "{seen}");
        let words = seen.replace(['[', ']'], "");
        assert!(words.split_whitespace().all(|word| body.split_whitespace().any(|whole| whole == word)), "{seen}");
        let run = format!("{}収音機{}", "日".repeat(500), "月".repeat(500));
        let seen = shown("収音", &run);
        assert!(seen.contains("日[収音]機月") && seen.chars().count() == SNIPPET_GRAPHEMES_MAX + 2, "{seen}");
        let word = format!("x {} y", "a".repeat(1_000));
        assert_eq!(shown("aaa", &word).chars().filter(|sign| *sign == 'a').count(), SNIPPET_GRAPHEMES_MAX - 2);
    }

    #[test]
    fn a_stretch_of_the_other_direction_is_not_cut() {
        let body = format!("One {} two radio {}", "שלום עולם ".repeat(3), "three four ".repeat(40));
        let seen = shown("radio", &body);
        assert!(seen.starts_with("two [radio]") || seen.starts_with("One "), "{seen}");
        let (spans, dir) = snippet("\u{202b}a radio", &phrases("radio"));
        assert_eq!((spans.first().map(|span| span.t.as_str()), dir), (Some("a "), Direction::Ltr));
        assert_eq!(spans.iter().map(|span| span.at).collect::<Vec<_>>(), [0, 3]);
    }

    #[test]
    fn graphemes_end_where_the_tables_say() {
        let texts = ["", "a", "ab\r\nc\n", "e\u{301}x", "a👨‍👩‍👧b", "🇵🇹🇪🇸a", "\u{301}a", "日本 ラジオ\t한국", "हिन्दी x"];
        for text in texts.into_iter().flat_map(|text| [text.to_owned(), format!("{text}{text}a"), format!("a{text}\r")])
        {
            let wanted: Vec<usize> = text.grapheme_indices(true).map(|(at, whole)| at + whole.len()).collect();
            assert_eq!(grapheme_ends(&text).collect::<Vec<_>>(), wanted, "{text:?}");
            let wanted: Vec<usize> = text.grapheme_indices(true).rev().map(|(at, _)| at).collect();
            assert_eq!(graphemes_before(&text).collect::<Vec<_>>(), wanted, "{text:?}");
        }
    }

    #[test]
    fn places_count_utf16_in_the_whole_text() {
        let body = "🌱\n- tea, the radio";
        let (spans, _) = snippet(body, &phrases("radio"));
        let hit = spans.iter().find(|span| span.hit).map(|span| span.at);
        assert_eq!(hit, Some(14));
        let units: Vec<u16> = body.encode_utf16().skip(14).take(5).collect();
        assert_eq!(String::from_utf16_lossy(&units), "radio");
    }
}
