//! The word rules W1 to W14 as data, and looking for them.

use super::{Hit, Kind};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// The file `rules.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    pub glossary: Vec<String>,
    capitals: Vec<String>,
    pub names: Vec<String>,
    pub plural: BTreeMap<String, Vec<String>>,
    pub syllables: BTreeMap<String, BTreeMap<String, usize>>,
    pub rule: Vec<Rule>,
}

/// One rule, with its words in each language.
#[derive(Deserialize)]
#[cfg_attr(not(test), expect(dead_code, reason = "the tests hold each rule to its name and examples"))]
pub(super) struct Rule {
    pub id: String,
    pub name: String,
    pub why: String,
    instead: String,
    /// Words of the glossary pass in the terminal.
    #[serde(default)]
    glossary: bool,
    /// Only where a name stands in the text.
    #[serde(default)]
    with_name: bool,
    /// Also capitals, pictures and strokes between words.
    #[serde(default)]
    marks: bool,
    /// The words by language, the other keys of the table.
    #[serde(flatten)]
    pub words: BTreeMap<String, Words>,
}

/// The words of a rule in one language, and an example for each side of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "the tests hold each rule to its name and examples"))]
pub(super) struct Words {
    words: Vec<String>,
    #[serde(default)]
    except: Vec<String>,
    pub bad: String,
    pub good: String,
}

static RULES: LazyLock<Rules> =
    LazyLock::new(|| toml::from_str(include_str!("rules.toml")).expect("the shipped file is read in tests"));

pub(super) fn rules() -> &'static Rules {
    &RULES
}

impl Rules {
    /// Everything the word rules say about a text.
    pub fn look(&self, language: &str, kind: Kind, has_name: bool, text: &str) -> Vec<Hit> {
        let mut hits = Vec::new();
        for rule in &self.rule {
            let Some(list) = rule.words.get(language) else { continue };
            // The name of a kind of plan is a name; it still neither shouts nor speaks jargon.
            let is_named = kind == Kind::Title && matches!(rule.id.as_str(), "W6" | "W8");
            if is_named || (rule.with_name && !has_name) {
                continue;
            }
            let glossary = if rule.glossary && kind == Kind::Terminal { self.glossary.as_slice() } else { &[] };
            let mut found = list.look(text, glossary);
            if rule.marks {
                found.extend(self.marks(text));
            }
            hits.extend(found.into_iter().map(|word| Hit::new(&rule.id, word, &rule.instead)));
        }
        hits
    }

    fn marks(&self, text: &str) -> Vec<String> {
        let text = without_flags(text);
        let shouted = text.split(|sign: char| !sign.is_alphanumeric()).filter(|word| {
            let letters = word.chars().filter(|sign| sign.is_alphabetic()).count();
            letters > 1 && !word.chars().any(char::is_lowercase) && !self.capitals.iter().any(|name| name == word)
        });
        let mut found: Vec<String> = shouted.filter(|word| has_case(word)).map(str::to_owned).collect();
        found.extend(text.chars().filter(|sign| is_picture(*sign)).map(String::from));
        let signs: Vec<char> = text.chars().collect();
        let stroke = signs.windows(3).any(|near| match near {
            [before, '/', after] => before.is_alphabetic() && after.is_alphabetic(),
            _ => false,
        });
        // `Europe/Lisbon` is one name: a stroke between two capitals.
        let is_zone = text.split_whitespace().any(|word| {
            word.split('/').count() > 1 && word.split('/').all(|part| part.starts_with(char::is_uppercase))
        });
        found.extend((stroke && !is_zone).then(|| "/".to_owned()));
        found
    }
}

fn has_case(word: &str) -> bool {
    word.chars().any(char::is_uppercase)
}

fn is_picture(sign: char) -> bool {
    matches!(u32::from(sign), 0x2600..=0x27bf | 0x2b00..=0x2bff | 0xfe0f | 0x1f000..=0x1faff)
}

impl Words {
    fn look(&self, text: &str, allowed: &[String]) -> Vec<String> {
        let text = without_flags(&text.nfc().collect::<String>().to_lowercase().replace('’', "'"));
        let words = cut(&text);
        let passed: Vec<Range<usize>> = self.except.iter().flat_map(|phrase| places(&words, phrase)).collect();
        let mut found = Vec::new();
        for pattern in &self.words {
            if !pattern.chars().any(char::is_alphabetic) {
                found.extend(text.contains(pattern.as_str()).then(|| pattern.clone()));
            } else if let Some((one, other)) = pattern.split_once(" + ") {
                let both = !places(&words, one).is_empty() && !places(&words, other).is_empty();
                found.extend(both.then(|| pattern.clone()));
            } else {
                let hits = places(&words, pattern).into_iter();
                let hits = hits.filter(|hit| !passed.iter().any(|pass| pass.start <= hit.start && hit.end <= pass.end));
                let said = hits.filter_map(|hit| words.get(hit).map(|hit| hit.join(" ")));
                found.extend(said.filter(|said| !allowed.iter().any(|word| word == said)));
            }
        }
        found
    }
}

/// Flags of the terminal are names: `--break` says nothing to anyone.
fn without_flags(text: &str) -> String {
    text.split_inclusive(char::is_whitespace).filter(|word| !word.starts_with("--")).collect()
}

/// The words of a text in lower case, without what shows whose something is.
fn cut(text: &str) -> Vec<&str> {
    let words = text.split(|sign: char| !sign.is_alphanumeric() && sign != '\'');
    let bare = words.map(|word| word.trim_matches('\''));
    bare.map(|word| word.strip_suffix("'s").unwrap_or(word)).filter(|word| !word.is_empty()).collect()
}

/// Where a phrase stands among the words; `*` at a word's end stands for any ending.
fn places(words: &[&str], phrase: &str) -> Vec<Range<usize>> {
    let pattern: Vec<&str> = phrase.split([' ', '-']).collect();
    let fits = |(pattern, word): (&&str, &&str)| match pattern.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => pattern == word,
    };
    let starts = words.windows(pattern.len()).enumerate();
    starts.filter(|(_, near)| pattern.iter().zip(*near).all(fits)).map(|(at, near)| at..at + near.len()).collect()
}
