//! Signs as they are compared, each with the bytes of the text it came from.

use std::iter::once;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;

/// One folded sign.
#[derive(Clone, Copy)]
pub(super) struct Sign {
    pub sign: char,
    /// The bytes in the text as written.
    pub start: usize,
    pub end: usize,
}

/// The folded signs of a text, in their order. One sign written can become several, or none.
pub(super) fn signs(text: &str) -> Vec<Sign> {
    let mut folded = Vec::with_capacity(text.len());
    for (start, written) in text.char_indices() {
        let end = start + written.len_utf8();
        if written.is_ascii() {
            folded.push(Sign { sign: written.to_ascii_lowercase(), start, end });
        } else if is_hangul(written) {
            // NFKD would take syllables apart.
            folded.push(Sign { sign: written, start, end });
        } else {
            for sign in once(written).nfkd().flat_map(char::to_lowercase) {
                put(&mut folded, Sign { sign, start, end });
            }
        }
    }
    folded
}

fn put(folded: &mut Vec<Sign>, next: Sign) {
    if is_dropped(next.sign) {
        return;
    }
    if joins(next.sign)
        && let Some(last) = folded.last_mut()
        && let Some(whole) = compose(last.sign, next.sign)
    {
        (last.sign, last.end) = (whole, next.end);
        return;
    }
    let (sign, second) = twin(next.sign);
    folded.push(Sign { sign, ..next });
    folded.extend(second.map(|sign| Sign { sign, ..next }));
}

fn is_hangul(sign: char) -> bool {
    matches!(sign, '\u{ac00}'..='\u{d7a3}')
}

/// Voicing marks of kana, vowels and finals of Hangul: part of the sign before them, however it was typed.
fn joins(sign: char) -> bool {
    matches!(sign, '\u{3099}' | '\u{309a}' | '\u{1161}'..='\u{1175}' | '\u{11a8}'..='\u{11c2}')
}

/// Marks that a person may leave out, and signs that cannot be seen (Unicode blocks; `Default_Ignorable_Code_Point`).
fn is_dropped(sign: char) -> bool {
    match u32::from(sign) {
        // combining marks of Latin, Greek and Cyrillic; those for symbols; half marks
        0x0300..=0x036f | 0x0483..=0x0489 | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f => {
            true
        }
        // Hebrew points
        0x0591..=0x05bd | 0x05bf | 0x05c1..=0x05c2 | 0x05c4..=0x05c5 | 0x05c7 => true,
        // Arabic marks and tatweel; Syriac points
        0x0610..=0x061a | 0x0640 | 0x064b..=0x065f | 0x0670 | 0x06d6..=0x06dc | 0x06df..=0x06e8 | 0x06ea..=0x06ed => {
            true
        }
        0x0711 | 0x0730..=0x074a | 0x0898..=0x089f | 0x08ca..=0x08e1 | 0x08e3..=0x08ff => true,
        // joiners, directions, variation selectors, tags, skins
        0x00ad | 0x061c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f => true,
        0x202a..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff | 0x1_f3fb..=0x1_f3ff | 0xe_0000..=0xe_0fff => {
            true
        }
        _ => false,
    }
}

/// The letter or letters that stand for this one.
fn twin(sign: char) -> (char, Option<char>) {
    let one = match sign {
        'ß' => return ('s', Some('s')),
        'æ' => return ('a', Some('e')),
        'œ' => return ('o', Some('e')),
        'þ' => return ('t', Some('h')),
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        'ł' => 'l',
        'ŧ' => 't',
        'ς' => 'σ',
        'ٱ' => 'ا',
        'ى' | 'ی' | 'ے' | 'ې' => 'ي',
        'ک' | 'ڪ' => 'ك',
        'ة' | 'ہ' | 'ە' | 'ھ' | 'ۃ' => 'ه',
        'ں' => 'ن',
        'ך' => 'כ',
        'ם' => 'מ',
        'ן' => 'נ',
        'ף' => 'פ',
        'ץ' => 'צ',
        other => digit(other).unwrap_or(other),
    };
    (one, None)
}

/// The zeros of the scripts whose digits have no other form in NFKD (General_Category Nd).
const ZEROS: [u32; 21] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50,
    0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946,
];

fn digit(sign: char) -> Option<char> {
    let code = u32::from(sign);
    let zero = ZEROS.iter().rfind(|zero| **zero <= code)?;
    char::from_digit(code.checked_sub(*zero)?, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        signs(text).iter().map(|sign| sign.sign).collect()
    }

    #[test]
    fn forms_of_one_letter_are_one() {
        let same = [
            ("Café CAFE\u{301}", "cafe cafe"),
            ("İIıi", "iiii"),
            ("Straße STRASSE ẞ", "strasse strasse ss"),
            ("Łódź Ærø Đà þing œuvre", "lodz aero da thing oeuvre"),
            ("Ёлка Ελλάδα ΟΔΟΣ οδός", "елка ελλαδα οδοσ οδοσ"),
            ("Ｒａｄｉｏ ① ﬁ", "radio 1 fi"),
            ("أإآٱا مُؤْمِنــة على", "ااااا مومنه علي"),
            ("می\u{200c}خواهم کتاب ہے", "ميخواهم كتاب هي"),
            ("שָׁלוֹם שלומות", "שלומ שלומות"),
            ("٢٠٢٦ ۲۰۲۶ २०२६ ๒๐๒๖", "2026 2026 2026 2026"),
            ("ｶﾞ か\u{3099} が", "ガ が が"),
            ("한국 \u{1112}\u{1161}\u{11ab}", "한국 한"),
            ("👩🏽‍🌾", "👩🌾"),
            ("हिन्दी นี้", "हिन्दी นี้"),
        ];
        for (written, plain) in same {
            assert_eq!(folded(written), plain, "{written}");
            assert_eq!(folded(plain), plain, "folded twice is folded once: {written}");
        }
    }

    #[test]
    fn letters_that_differ_stay_apart() {
        for (one, other) in [("が", "か"), ("プ", "フ"), ("ب", "ت"), ("گ", "ك"), ("कि", "क"), ("日", "曰")]
        {
            assert_ne!(folded(one), folded(other));
        }
    }

    #[test]
    fn each_sign_knows_the_bytes_it_came_from() {
        let text = "ﷺ ß\u{301}x ガ";
        for sign in signs(text) {
            assert!(text.get(sign.start..sign.end).is_some_and(|written| !written.is_empty()));
        }
        let half = "ｶﾞ";
        let [one] = signs(half).try_into().unwrap_or_else(|_| panic!("one sign"));
        assert_eq!((one.start, one.end), (0, half.len()));
    }
}
