use super::super::{Arg, Phrases};
use super::*;
use fluent_syntax::ast::Entry;
use std::collections::BTreeMap;

fn list(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("\n{finding}")).collect()
}

#[test]
fn all_our_words_follow_the_rules() {
    let findings = check_catalogues();
    assert!(findings.is_empty(), "{} findings{}", findings.len(), list(&findings));
}

#[test]
fn each_rule_sees_its_bad_example_and_passes_its_good_one() {
    let ids: Vec<&str> = rules().rule.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, (1..=14).map(|number| format!("W{number}")).collect::<Vec<_>>());
    for rule in &rules().rule {
        assert!(!rule.name.is_empty() && !rule.why.is_empty());
        assert!(rule.words.contains_key("en"), "{}", rule.id);
        for (language, words) in &rule.words {
            let bad = check_text(language, Kind::Screen, "bad", &words.bad);
            assert!(bad.iter().any(|finding| finding.rule == rule.id), "{} {language} misses its bad example", rule.id);
            let good = check_text(language, Kind::Screen, "good", &words.good);
            assert!(good.is_empty(), "{} {language}{}", rule.id, list(&good));
        }
    }
    assert!(rules().glossary.len() <= 12, "the glossary of the terminal has at most 12 words");
}

fn rules_of(kind: Kind, text: &str) -> Vec<String> {
    check_text("en", kind, "here", text).into_iter().map(|finding| finding.rule).collect()
}

#[test]
fn every_listed_word_is_seen_in_a_sentence() {
    for bad in [
        "Four FAILURES so far.",
        "Keep it in case. That case is closed.",
        "She will not. X said she might.",
        "Read/write.",
        "A 😀 face.",
        "Commit to paper, not suicide.",
        "They resisted.",
        "Don’t forget.",
        "A key's end.",
    ] {
        assert!(!rules_of(Kind::Screen, bad).is_empty(), "{bad}");
    }
    for good in [
        "Keep it near, in case.",
        "She did.",
        "Europe/Lisbon",
        "Use --device or --delete here.",
        "I am. A PIN.",
        "Fresh paint.",
        "Skating.",
        "Hers to keep.",
    ] {
        assert_eq!(rules_of(Kind::Screen, good), [""; 0], "{good}");
    }
}

#[test]
fn where_a_text_stands_decides_what_passes() {
    assert_eq!(rules_of(Kind::Terminal, "Make a vault."), [""; 0]);
    assert_eq!(rules_of(Kind::Screen, "Make a vault."), ["W11"]);
    assert_eq!(rules_of(Kind::Terminal, "Make a device."), ["W11"]);
    assert_eq!(rules_of(Kind::Title, "Crisis plan"), [""; 0]);
    assert_eq!(rules_of(Kind::Screen, "Crisis plan"), ["W6"]);
    assert_eq!(rules_of(Kind::Title, "Failure plan"), ["W1"]);
}

fn catalogue_rules(source: &str) -> Vec<String> {
    catalogue::check("en", "states.ftl", source).into_iter().map(|finding| finding.rule).collect()
}

#[test]
fn shape_and_length_are_seen() {
    assert_eq!(catalogue_rules("a = { $name } changed a note.\n"), [""; 0]);
    assert_eq!(catalogue_rules("a = { $name } changed their note.\n"), ["W13"]);
    assert_eq!(catalogue_rules("a = Mr{ $name } is here.\n"), ["shape"]);
    assert_eq!(catalogue_rules("a = { $n ->\n  *[other] { $n } notes\n}\n"), [""; 0]);
    assert_eq!(catalogue_rules("a = { $n ->\n   [two] two notes\n  *[other] { $n } notes\n}\n"), ["shape"]);
    assert_eq!(catalogue_rules("state-a = Kept\n"), ["shape"]);
    assert_eq!(catalogue_rules(&format!("action-a = {}\n", "a".repeat(41))), ["length"]);
    assert_eq!(
        catalogue_rules(&format!("b = B\n    .hint = {}\n", "ab cd. ".repeat(2) + &"a".repeat(120))),
        ["length"]
    );
    assert_eq!(catalogue_rules("a\n b"), ["shape"]);
    let hard = "Comprehensive documentation necessitates organisational consideration.\n";
    let section = &(0..20).map(|n| format!("a{n} = {hard}")).collect::<String>();
    assert!(catalogue::check("en", "x.ftl", section).iter().any(|finding| finding.key == "x.ftl"));
}

#[test]
fn an_exception_covers_one_rule_of_one_phrase_and_grows_stale() {
    let file = |rule: &str| {
        format!(
            "[[exception]]\nkey = \"a\"\nrule = \"{rule}\"\nreason = \"a name\"\nwho = \"lead\"\ndate = \"2026-11-22\"\n"
        )
    };
    let found = || catalogue::check("en", "states.ftl", "a = A device.\n");
    assert_eq!(found().len(), 1);
    assert!(without(found(), &exceptions(&file("W11"))).is_empty());
    let stale = without(found(), &exceptions(&file("W1")));
    assert_eq!(stale.len(), 2, "{}", list(&stale));
    let silent = file("W11").replace("a name", "");
    assert_eq!(without(found(), &exceptions(&silent)).len(), 1);
}

/// Every phrase in every language, said with every choice and with numbers that differ in their forms.
#[test]
fn every_phrase_can_be_said() {
    const NUMBERS: [&str; 8] = ["0", "1", "2", "3", "11", "100", "101", "1000000"];
    let mut count = 0;
    for (language, files) in LANGUAGES.iter().chain(TERMINAL) {
        let phrases = Phrases::of_terminal(&[language]);
        for (_, source) in *files {
            let resource = fluent_syntax::parser::parse(*source).expect("a Fluent file");
            for entry in &resource.body {
                assert!(!matches!(entry, Entry::Junk { .. }));
                let Entry::Message(message) = entry else { continue };
                let id = message.id.name;
                let attributes = message.attributes.iter().map(|part| (format!("{id}.{}", part.id.name), &part.value));
                for (key, pattern) in message.value.iter().map(|value| (id.to_owned(), value)).chain(attributes) {
                    // Code that has only a state, a failure or a part says these without knowing more.
                    let is_bare = key.ends_with(".hint") || key.ends_with(".next") || key.ends_with(".prompt");
                    assert!(!is_bare || catalogue::variables(pattern).is_empty(), "{key} takes an argument");
                    let choices: BTreeMap<&str, Vec<&str>> = catalogue::choices(pattern).into_iter().collect();
                    let mut worlds: Vec<BTreeMap<&str, &str>> = vec![BTreeMap::new()];
                    for variable in catalogue::variables(pattern) {
                        let values: &[&str] = match choices.get(variable) {
                            Some(keys) if keys.contains(&"you") => keys,
                            Some(_) => &NUMBERS,
                            None => &["Theo"],
                        };
                        let more = |world: &BTreeMap<_, _>| -> Vec<BTreeMap<_, _>> {
                            let with = |value| world.clone().into_iter().chain([(variable, value)]);
                            match world.contains_key(variable) {
                                true => vec![world.clone()],
                                false => values.iter().map(|value| with(*value).collect()).collect(),
                            }
                        };
                        worlds = worlds.iter().flat_map(more).collect();
                    }
                    for world in worlds {
                        let args: Vec<(&str, Arg<'_>)> = world
                            .iter()
                            .map(|(name, value)| (*name, value.parse().map_or(Arg::Text(value), Arg::Number)))
                            .collect();
                        let said = phrases.say(&key, &args);
                        assert!(!said.is_empty() && !said.contains(['{', '}', '$']), "{key}: {said}");
                        count += 1;
                    }
                }
            }
        }
    }
    assert!(count > 500, "{count} sentences");
}
