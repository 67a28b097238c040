//! The rules our own words follow (experience.md §5): read by tests over every catalogue and over the
//! terminal's help, never over the words of people (invariant I14).

mod catalogue;
mod grade;
mod rules;

use super::phrases::{LANGUAGES, TERMINAL};
use rules::rules;
use serde::Deserialize;
use std::fmt;

/// Where a text stands, and so which words it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Screens, failures, history, plans.
    Screen,
    /// The name of a kind of plan: words of the clinic and promises in it are names.
    Title,
    /// The terminal, its help and the demo: words of the glossary are allowed.
    Terminal,
}

/// One place where a text does what it does not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `en/errors.ftl:12`, or what the caller named the text.
    pub place: String,
    /// The phrase, with its attribute; the file for a section of it.
    pub key: String,
    /// `W1` to `W14`, `grade`, `length` or `shape`.
    pub rule: String,
    /// What was found.
    pub found: String,
    /// What to write in its place.
    pub instead: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}: {} -> {}", self.place, self.key, self.rule, self.found, self.instead)
    }
}

/// What is to be said about one text of ours, such as a line of the terminal's help. A name in it is
/// written `X`.
pub fn check_text(language: &str, kind: Kind, place: &str, text: &str) -> Vec<Finding> {
    let has_name = text.split(|sign: char| !sign.is_alphanumeric()).any(|word| word == "X");
    let found = rules().look(language, kind, has_name, text).into_iter().chain(grade::look(language, text));
    found.map(|hit| hit.at(place, "")).collect()
}

/// What is to be said about all shipped catalogues, without the written exceptions and with those of them
/// that are no longer true.
pub fn check_catalogues() -> Vec<Finding> {
    let mut findings = Vec::new();
    for (language, files) in LANGUAGES.iter().chain(TERMINAL) {
        for (file, source) in *files {
            findings.extend(catalogue::check(language, file, source));
        }
    }
    without(findings, &exceptions(include_str!("../phrases/wording-exceptions.toml")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exceptions {
    #[serde(default)]
    exception: Vec<Exception>,
}

/// A phrase that may break one rule, and who says so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    key: String,
    rule: String,
    reason: String,
    who: String,
    date: String,
}

fn exceptions(file: &str) -> Vec<Exception> {
    toml::from_str::<Exceptions>(file).expect("the shipped file is read in tests").exception
}

fn without(findings: Vec<Finding>, exceptions: &[Exception]) -> Vec<Finding> {
    let covers =
        |exception: &Exception, finding: &Finding| exception.key == finding.key && exception.rule == finding.rule;
    let stale: Vec<Finding> = exceptions
        .iter()
        .filter(|exception| {
            let says_why = [&exception.reason, &exception.who, &exception.date].iter().all(|field| !field.is_empty());
            !says_why || !findings.iter().any(|finding| covers(exception, finding))
        })
        .map(|exception| Finding {
            place: "wording-exceptions.toml".into(),
            key: exception.key.clone(),
            rule: exception.rule.clone(),
            found: "an exception that is stale or does not say why, who and when".into(),
            instead: "take it out".into(),
        })
        .collect();
    let left = findings.into_iter().filter(|finding| !exceptions.iter().any(|exception| covers(exception, finding)));
    left.chain(stale).collect()
}

/// A finding before it has a place.
struct Hit {
    rule: String,
    found: String,
    instead: String,
}

impl Hit {
    fn new(rule: &str, found: impl Into<String>, instead: &str) -> Self {
        Hit { rule: rule.into(), found: found.into(), instead: instead.into() }
    }

    fn at(self, place: &str, key: &str) -> Finding {
        Finding { place: place.into(), key: key.into(), rule: self.rule, found: self.found, instead: self.instead }
    }
}

#[cfg(test)]
mod tests;
