//! One name, one meaning: words that meant two things in earlier drafts stay out of the code.

mod source;

use source::{members, rust_files};

/// Words that may not be used, alone or as part of a name (`epoch_key`, `EpochKey`), and what to say instead.
const FORBIDDEN: [(&[&str], &str); 4] = [
    (&["generation"], "Commit, Holdings or a version"),
    (&["epoch"], "the space, or a version"),
    (&["drawer"], "the inbox"),
    (&["have", "vector"], "Holdings"),
];
/// A constant of the standard library and of chrono; the name is theirs.
const NOT_OURS: &str = "UNIX_EPOCH";

/// The words of a text, names taken apart at `_`, `-` and capital letters, in lower case.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in text.chars() {
        if !letter.is_alphabetic() || letter.is_uppercase() && before.is_lowercase() {
            words.push(String::new());
        }
        if letter.is_alphabetic() {
            words.last_mut().expect("it begins with one").extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_or_are(word: &str, forbidden: &str) -> bool {
    word.strip_prefix(forbidden).is_some_and(|rest| matches!(rest, "" | "s"))
}

/// What is wrong with these lines, one complaint each.
fn complaints(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let words = words(&line.replace(NOT_OURS, ""));
        for (forbidden, instead) in FORBIDDEN {
            let hit = |seen: &[String]| seen.iter().zip(forbidden).all(|(word, forbidden)| is_or_are(word, forbidden));
            if words.windows(forbidden.len()).any(hit) {
                found.push(format!("{path}:{number}: \"{}\", say {instead}", forbidden.join("-")));
            }
        }
    }
    found
}

#[test]
fn forbidden_words_are_not_used() {
    let found: Vec<_> = rust_files(&members())
        .iter()
        .filter(|source| source.path != "tests/tests/words_of_code.rs")
        .flat_map(|source| complaints(&source.path, &source.text))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_form_of_a_forbidden_word_is_seen() {
    for bad in [
        "let generation = 1;",
        "struct EpochKey;",
        "const OLD_EPOCHS: u8 = 1;",
        "// the drawer of a mailbox",
        "fn keyGeneration()",
        "have_vector",
        "HaveVectors",
        "a have-vector",
        "UNIX_EPOCH + epoch",
    ] {
        assert_eq!(complaints("sample.rs", bad).len(), 1, "{bad}");
    }
    for good in ["regenerations", "SystemTime::UNIX_EPOCH", "withdrawer", "have no vector", "a vector"] {
        assert_eq!(complaints("sample.rs", good), [""; 0], "{good}");
    }
}
