//! How wide text is on a terminal, and where it breaks.

use std::mem::take;

/// Columns a sign takes: none for marks that stand on another, two for East Asian wide signs and pictures
/// (Unicode Standard Annex 11, in blocks).
pub(super) fn width_of(sign: char) -> usize {
    match u32::from(sign) {
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x610..=0x61a | 0x64b..=0x65f => 0,
        0x200b..=0x200f | 0x2060..=0x2064 | 0xfe00..=0xfe0f | 0x20d0..=0x20ff => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0x33ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff => 2,
        0xa000..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f | 0xff00..=0xff60 => 2,
        0xffe0..=0xffe6 | 0x1f300..=0x1f64f | 0x1f900..=0x1f9ff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Columns a text takes on one line.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(width_of).sum()
}

/// A text as a terminal may have it: no control signs and no marks that turn directions, so that nobody's words
/// can move the cursor or turn a line round; its line ends and tabs are kept.
pub fn tame(text: &str) -> String {
    let unruly = |sign: char| {
        (sign.is_control() && sign != '\n' && sign != '\t')
            || matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(|sign| !unruly(*sign)).map(|sign| if sign == '\t' { ' ' } else { sign }).collect()
}

/// The lines of a text in this many columns: broken between words, a longer word within. Blanks inside a line stay.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    text.split('\n').flat_map(|line| wrap_line(line, room)).collect()
}

fn wrap_line(line: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    // What stands in the line so far is never measured again: signs without a width may be as many as anybody likes.
    let (mut now, mut wide, mut has_words) = (String::new(), 0, false);
    for word in line.split_inclusive(' ') {
        if has_words && wide + width(word.trim_end()) > room {
            lines.push(take(&mut now).trim_end().to_owned());
            (wide, has_words) = (0, false);
        }
        for sign in word.chars() {
            if wide + width_of(sign) > room && sign != ' ' {
                lines.push(take(&mut now).trim_end().to_owned());
                (wide, has_words) = (0, false);
            }
            now.push(sign);
            wide += width_of(sign);
            has_words |= !sign.is_whitespace();
        }
    }
    lines.push(now.trim_end().to_owned());
    lines
}

/// The text with blanks behind it, up to this many columns.
pub(super) fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_cut_and_nothing_is_too_wide() {
        let text = "Walk by the river when the flat feels small\n\nDonaudampfschifffahrtsgesellschaft 川のそばを歩く";
        for room in [1, 2, 5, 12, 40] {
            let lines = wrap(text, room);
            assert!(lines.iter().all(|line| width(line) <= room.max(2)), "{room}");
            let squeeze = |text: &str| text.chars().filter(|sign| !sign.is_whitespace()).collect::<String>();
            assert_eq!(squeeze(&lines.concat()), squeeze(text), "{room}");
        }
        assert_eq!(wrap("one two", 80), ["one two"]);
        assert_eq!(wrap("", 80), [""]);
        assert_eq!(wrap("Next:  belay init", 80), ["Next:  belay init"]);
    }

    /// As another's text may hold a million of them.
    #[test]
    fn signs_without_width_cost_no_square() {
        let took = |sign: &str, count: usize| {
            let text = format!("e{}", sign.repeat(count));
            let began = std::time::Instant::now();
            assert_eq!(wrap(&text, 80).concat(), text.trim_end());
            began.elapsed()
        };
        for sign in ["\u{301}", " "] {
            let (few, many) = (took(sign, 4_000), took(sign, 64_000));
            assert!(many < few * 128, "{few:?} {many:?}");
        }
    }

    #[test]
    fn words_of_others_do_not_steer_the_terminal() {
        assert_eq!(tame("a\u{1b}[2Jb\u{202e}c\td\n\u{9b}e"), "a[2Jbc d\ne");
    }
}
