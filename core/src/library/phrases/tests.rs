use super::*;

fn english() -> Phrases {
    Phrases::new(&["en"])
}

fn terminal() -> Phrases {
    Phrases::of_terminal(&["en"])
}

fn said(id: &str, args: &[(&str, Arg<'_>)]) -> String {
    strip_isolates(&terminal().say(id, args))
}

#[test]
fn a_sentence_is_said_with_names_in_isolates() {
    let text = english().say("audience-one", &[("name", "Theo".into())]);
    assert_eq!(text, "You and \u{2068}Theo\u{2069} can see this.");
    assert_eq!(strip_isolates(&text), "You and Theo can see this.");
}

#[test]
fn phrases_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&english());
}

#[test]
fn a_language_that_is_not_there_yet_says_it_in_english() {
    for languages in [&["pt-BR", "xx"][..], &[], &["en-GB"], &["EN_us.UTF-8"]] {
        let phrases = Phrases::new(languages);
        assert_eq!(phrases.language(), "en");
        assert_eq!(phrases.say("audience-only-me", &[]), "Only you can see this.");
    }
}

#[test]
fn numbers_choose_the_form_and_are_grouped() {
    assert_eq!(said("term-notes-count", &[("count", 1_usize.into())]), "1 note.");
    assert_eq!(said("term-notes-count", &[("count", 1_318_usize.into())]), "1,318 notes, newest first.");
    assert_eq!(said("term-search-count", &[("count", 0_usize.into())]), "No note has these words. Try fewer letters.");
    assert_eq!(grouped(1_000_000.0), "1,000,000");
    assert_eq!(grouped(100.0), "100");
}

#[test]
fn who_did_it_is_a_whole_sentence_each_way() {
    let part = ("part", Arg::Text("My toolbox"));
    let mine = [("who", Arg::Text("you")), ("of", "other".into()), ("author", "Theo".into()), part];
    assert_eq!(said("history-idea-added-as", &mine), "Theo's idea for My toolbox. You added it in other words.");
    let theirs = [("who", Arg::Text("other")), ("name", "Theo".into()), ("of", "you".into()), part];
    assert_eq!(said("history-idea-added", &theirs), "Your idea for My toolbox. Theo added it.");
}

#[test]
#[should_panic(expected = "no phrase")]
fn a_missing_phrase_is_a_defect() {
    english().say("no-such-phrase", &[]);
}

#[test]
#[should_panic(expected = "lacks an argument")]
fn a_missing_argument_is_a_defect() {
    english().say("audience-one", &[]);
}

#[test]
fn audiences_of_any_size_are_named() {
    let told = |others: &[&str]| strip_isolates(&english().audience(others));
    assert_eq!(told(&[]), "Only you can see this.");
    assert_eq!(told(&["Theo"]), "You and Theo can see this.");
    assert_eq!(told(&["Theo", "Rosa"]), "You, Theo and Rosa can see this.");
    assert_eq!(told(&["Theo", "Rosa", "Ife"]), "You, Theo, Rosa and Ife can see this.");
    assert_eq!(told(&["Theo", "Rosa", "Ife", "Ana"]), "You, Theo, Rosa, Ife and 1 more person can see this.");
    assert_eq!(strip_isolates(&english().audience_short(&["Theo"])), "you, Theo");
    assert_eq!(strip_isolates(&english().audience_short(&["A", "B", "C"])), "you and 3 more");
}

/// The variants of an enum of the ground floor, from its source.
fn variants(of: &str) -> Vec<String> {
    let source = include_str!("../../error.rs");
    let (_, rest) = source.split_once(&format!("pub enum {of} {{")).expect("the enum is there");
    let (body, _) = rest.split_once('}').expect("it ends");
    let found: Vec<String> = body.lines().filter_map(|line| line.trim().strip_suffix(',').map(kebab)).collect();
    assert!(found.len() > 30, "{of} was not read");
    found
}

#[test]
fn every_code_says_what_is_so_and_what_is_possible() {
    let phrases = english();
    for code in variants("Code") {
        assert!(phrases.has(&format!("error-{code}")), "error-{code}");
        assert!(phrases.has(&format!("error-{code}.next")), "error-{code}.next");
    }
    for field in variants("Field") {
        assert!(phrases.has(&format!("field-{field}")), "field-{field}");
    }
    assert_eq!(error_id(Code::NotForThisDevice), "error-not-for-this-device");
    assert_eq!(phrases.field(Field::AwayFrom), "Away from");
    assert_eq!(phrases.error(Code::InTrash).label, "This is in the trash.");
}

#[test]
fn what_another_belay_made_is_told_by_what_it_is() {
    use crate::error::Field;
    let phrases = Phrases::new(&["en"]);
    let now = Moment { unix_ms: 0, zone: "UTC".into(), boot_ms: 0, boot_id: 0 };
    let label = |detail: Detail| phrases.failure(&detail, &now).label;
    let code = Code::NewerSchema;
    assert!(label(code.of(Field::Store).max(1).actual(5)).starts_with("A newer Belay made what lies here"));
    assert!(label(code.of(Field::Header).max(0).actual(1)).starts_with("A newer Belay made what lies here"));
    assert!(label(code.of(Field::Store)).starts_with("Another version of Belay made what lies here"));
    assert!(label(code.of(Field::Bundle)).starts_with("A newer Belay made this file."));
    assert!(label(code.detail()).starts_with("A newer Belay wrote this. You can read it"));
}

#[test]
fn a_failure_is_told_with_its_numbers() {
    let now = Moment { unix_ms: 1_795_356_420_000, zone: "Europe/Lisbon".into(), boot_ms: 0, boot_id: 0 };
    let told = |detail: Detail| strip_isolates(&english().failure(&detail, &now).label);
    assert_eq!(
        told(Code::TooLong.of(Field::Body).max(100_000).actual(100_001)),
        "This has 100,001 signs. 100,000 fit here. Nothing was cut."
    );
    assert_eq!(told(Code::TooLong.detail()), "This is longer than fits here. Nothing was cut.");
    assert_eq!(
        told(Code::TryLater.detail().until(now.unix_ms + 25 * 60_000)),
        "To protect your words, the next try opens at 14:32. Nothing is lost."
    );
    assert_eq!(told(Code::InvalidText.detail().actual(0)), "The sign at place 1 cannot be kept here.");
}

#[test]
fn a_frozen_text_is_not_called_damaged_and_a_wait_ends_on_a_whole_minute() {
    let now = Moment { unix_ms: 1_800_000_000_000, zone: "UTC".into(), boot_ms: 0, boot_id: 0 };
    let frozen = english().failure(&Code::Corrupt.of(Field::Text), &now);
    assert!(frozen.label.starts_with("This can be read as it is.") && frozen.next.contains("new one"));
    assert!(english().failure(&Code::Corrupt.of(Field::Store), &now).label.contains("damaged"));
    for (ahead, told) in [(0, "08:00"), (1, "08:01"), (59_999, "08:01"), (60_000, "08:01"), (60_001, "08:02")] {
        let until = Detail { until_ms: Some(now.unix_ms + ahead), ..Code::TryLater.detail() };
        assert!(strip_isolates(&english().failure(&until, &now).label).contains(told), "{ahead}");
    }
}

#[test]
fn every_message_is_found_by_phrases_that_read_nothing_yet_and_stands_in_one_catalogue() {
    let mut known = std::collections::BTreeSet::new();
    for (language, files) in LANGUAGES.iter().chain(TERMINAL) {
        for (name, text) in *files {
            let resource = FluentResource::try_new((*text).to_owned()).expect("it reads");
            for entry in resource.entries() {
                let fluent_syntax::ast::Entry::Message(message) = entry else { continue };
                let id = message.id.name;
                assert!(known.insert((*language, id.to_owned())), "{id} stands in two catalogues");
                let phrases = Phrases::of_terminal(&[language]);
                let (_, all) = phrases.languages.first().expect("it is there");
                let naming: Vec<_> = all.iter().filter(|file| file.names(id)).map(|file| file.name).collect();
                assert_eq!(naming, [*name], "{id}");
                assert!(message.value.is_none() || phrases.has(id), "{id}");
                let read = all.iter().filter(|file| file.bundle.get().is_some()).count();
                assert!(read <= 1, "{id}: one catalogue is enough");
            }
        }
    }
    assert!(known.len() > 300);
}
