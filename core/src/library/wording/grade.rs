//! How hard a text is to read: Flesch-Kincaid grade for English (Kincaid et al. 1975), as experience.md §5
//! gives it. Other languages bring their own measure.

use super::Hit;
use super::rules::rules;

/// Most words of a sentence.
const SENTENCE_WORDS_MAX: usize = 20;
/// Most sentences of a message.
const SENTENCES_MAX: usize = 3;
/// Highest grade of one message.
const MESSAGE_GRADE_MAX: f64 = 8.0;
/// Messages below this many words have no grade of their own.
const MESSAGE_WORDS_MIN: usize = 6;
/// Highest grade of a section.
pub(super) const SECTION_GRADE_MAX: f64 = 6.0;
/// A section is joined with the next until it has this many words.
pub(super) const SECTION_WORDS_MIN: usize = 100;

/// What is counted in a text; counts of several texts add up.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Counts {
    pub words: usize,
    pub sentences: usize,
    pub syllables: usize,
}

impl Counts {
    pub fn of(language: &str, text: &str) -> Self {
        let mut counts = Counts::default();
        for sentence in sentences(text) {
            counts.sentences += 1;
            for word in words(sentence) {
                counts.words += 1;
                counts.syllables += syllables(language, word);
            }
        }
        counts
    }

    pub fn add(&mut self, other: Counts) {
        self.words += other.words;
        self.sentences += other.sentences;
        self.syllables += other.syllables;
    }

    /// The grade of the school year that reads it with ease.
    #[allow(clippy::cast_precision_loss, reason = "counts of a catalogue are far below 2^52")]
    pub fn grade(self) -> f64 {
        if self.words == 0 {
            return 0.0;
        }
        let (words, sentences, syllables) = (self.words as f64, self.sentences as f64, self.syllables as f64);
        0.39 * words / sentences + 11.8 * syllables / words - 15.59
    }
}

/// What is to be said about one message.
pub(super) fn look(language: &str, text: &str) -> Vec<Hit> {
    if language != "en" {
        return Vec::new();
    }
    let mut hits = Vec::new();
    let counts = Counts::of(language, text);
    if counts.words >= MESSAGE_WORDS_MIN && counts.grade() > MESSAGE_GRADE_MAX {
        hits.push(Hit::new("grade", format!("grade {:.1} of {text:?}", counts.grade()), "shorter words"));
    }
    if counts.sentences > SENTENCES_MAX {
        hits.push(Hit::new("grade", format!("{} sentences", counts.sentences), "at most 3"));
    }
    let longest = sentences(text).map(|sentence| words(sentence).count()).max().unwrap_or(0);
    if longest > SENTENCE_WORDS_MAX {
        hits.push(Hit::new("grade", format!("{longest} words in one sentence"), "at most 20"));
    }
    hits
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.split_inclusive(['.', '?', '!', '\n']);
    ends.filter(|sentence| sentence.chars().any(char::is_alphanumeric))
}

fn words(sentence: &str) -> impl Iterator<Item = &str> {
    let words = sentence.split(|sign: char| !sign.is_alphanumeric() && !matches!(sign, '\'' | '’'));
    words.filter(|word| word.chars().any(char::is_alphanumeric))
}

/// The syllables of a word. A placeable, written `X`, counts as two (experience.md §5).
fn syllables(language: &str, word: &str) -> usize {
    let word = word.trim_end_matches("'s").to_lowercase();
    if word == "x" {
        return 2;
    }
    if let Some(count) = rules().syllables.get(language).and_then(|words| words.get(&word)) {
        return *count;
    }
    let is_vowel = |sign: char| matches!(sign, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let mut groups = 0;
    let mut before = false;
    for sign in word.chars() {
        let vowel = is_vowel(sign);
        groups += usize::from(vowel && !before);
        before = vowel;
    }
    let ends = |ending: &str| word.ends_with(ending);
    let voiced = ["ces", "ges", "ses", "xes", "zes", "ches", "shes"].iter().any(|ending| ends(ending));
    let silent = (ends("e") && !ends("le") && !ends("ee"))
        || (ends("es") && !voiced && !ends("les") && !ends("ees"))
        || (ends("ed") && !ends("ted") && !ends("ded") && !ends("eed"));
    if silent && groups > 1 {
        groups -= 1;
    }
    groups.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_near_enough() {
        let counted = ["note", "table", "passphrase", "shared", "wanted", "agreement", "you", "changes", "idea", "X's"];
        let right = [1, 2, 2, 1, 2, 3, 1, 2, 3, 2];
        for (word, count) in counted.into_iter().zip(right) {
            assert_eq!(syllables("en", word), count, "{word}");
        }
    }

    #[test]
    fn the_grade_follows_the_formula() {
        let counts = Counts::of("en", "The cat sat on the mat. It was red.");
        assert_eq!(counts, Counts { words: 9, sentences: 2, syllables: 9 });
        assert!((counts.grade() - (0.39 * 4.5 + 11.8 - 15.59)).abs() < 1e-9);
        let hard =
            "Institutional authorisation necessitates comprehensive documentation of organisational responsibilities.";
        assert!(look("en", hard).iter().any(|hit| hit.rule == "grade"));
        assert!(look("en", &"one word ".repeat(11)).iter().any(|hit| hit.found.starts_with("22 words")));
        assert!(look("en", "One. Two. Three. Four.").iter().any(|hit| hit.found == "4 sentences"));
        assert!(look("en", "Only you can see this.").is_empty());
    }
}
