//! Every sentence that the sources name is there: what the engine names in the catalogues of every build, what the terminal
//! names in those or in its own. An app has no other: before they were parted, a preview ended with `Internal` in one.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;

/// How ids of the terminal begin, and no others.
const OF_TERMINAL: [&str; 2] = ["term", "demo"];

/// Literals that look like the id of a sentence and are none, each with the end of the file it stands in.
const OTHER: [(&str, &str); 10] = [
    ("kept-out", "view/kept_out.rs"),
    ("share-item", "document/consent/mod.rs"),
    ("kept-out", "commands/history.rs"),
    ("plan-begun", "commands/undo.rs"),
    ("step-state", "commands/undone.rs"),
    ("step-marked", "commands/undone.rs"),
    ("idea-taken", "find/ideas.rs"),
    ("idea-added", "find/ideas.rs"),
    ("idea-changed", "find/ideas.rs"),
    ("idea-declined", "find/ideas.rs"),
];

/// The ids in these catalogues, attributes too.
fn ids(catalogues: &[Language]) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (name, text) in catalogues.iter().flat_map(|(_, files)| files.iter()) {
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|_| panic!("{name} reads"));
        for entry in resource.entries() {
            let fluent_syntax::ast::Entry::Message(message) = entry else { continue };
            ids.insert(message.id.name.to_owned());
            ids.extend(message.attributes.iter().map(|part| format!("{}.{}", message.id.name, part.id.name)));
        }
    }
    ids
}

/// The first word of an id, where it has two or more.
fn first(id: &str) -> Option<&str> {
    id.split_once('-').map(|(first, _)| first)
}

/// The literals of a source text, without those of comments.
fn literals(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let (_, here) = rest.split_at(at);
        rest = match here.as_bytes() {
            [b'/', b'/', ..] => here.find('\n').map_or("", |end| &here[end..]),
            [b'\'', b'\\', ..] => here.get(3..).unwrap_or_default(),
            [b'\'', b'"', b'\'', ..] => &here[3..],
            [b'"', ..] => {
                let mut escaped = false;
                let ends = |sign: char| {
                    let is_end = sign == '"' && !escaped;
                    escaped = sign == '\\' && !escaped;
                    is_end
                };
                let end = here[1..].find(ends).map_or(here.len(), |end| end + 1);
                found.push(&here[1..end]);
                here.get(end + 1..).unwrap_or_default()
            }
            _ => &here[1..],
        };
    }
    found
}

/// What of a literal could be the id of a sentence or, up to what is filled in, the beginning of one.
fn named(literal: &str) -> Option<&str> {
    let (known, _) = literal.split_once('{').unwrap_or((literal, ""));
    let fits = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, '-' | '.');
    let is_id = known.starts_with(|sign: char| sign.is_ascii_lowercase()) && known.chars().all(fits);
    is_id.then_some(known)
}

/// Whether a source says nothing to anybody: tests, and the rules of our words, which look at beginnings of ids.
fn is_aside(path: &str) -> bool {
    ["/tests/", "/tests.rs", "_tests/", "_tests.rs", "/named.rs", "library/wording/"]
        .iter()
        .any(|part| path.contains(part))
}

/// Rust sources below a folder of the workspace, up to their tests.
fn sources(folder: &str) -> Vec<(String, String)> {
    let (mut folders, mut found) = (vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("readable").path()) {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") {
                let source = std::fs::read_to_string(&path).expect("a source");
                let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                found.push((path.display().to_string(), code.to_owned()));
            }
        }
    }
    found.retain(|(path, _)| !is_aside(path));
    found
}

#[test]
fn literals_are_read_as_the_compiler_reads_them() {
    let source = r#"say("a-b", x); // not "c-d"
        let q = '"'; let s = ['\'', '\\']; f("e\"-f", "{x}-g"); fn g<'a>(s: &'a str) { h("history-{}", "") }"#;
    assert_eq!(literals(source), ["a-b", "e\\\"-f", "{x}-g", "history-{}", ""]);
    assert_eq!(named("history-{}"), Some("history-"));
    assert_eq!(named("error-not-found.next"), Some("error-not-found.next"));
    assert_eq!([named("{x}-g"), named("A-b"), named("a b-c"), named("a_b-c")], [None; 4]);
}

#[test]
fn what_only_the_terminal_says_is_known_by_its_id() {
    let begins = |id: &String| OF_TERMINAL.iter().any(|start| first(id) == Some(start));
    let wrong: Vec<String> = ids(TERMINAL).into_iter().filter(|id| !begins(id)).collect();
    assert_eq!(wrong, [""; 0], "what others say too stands in another catalogue");
    let wrong: Vec<String> = ids(LANGUAGES).into_iter().filter(begins).collect();
    assert_eq!(wrong, [""; 0], "what only the terminal says is in no app");
}

#[test]
fn phrases_of_an_app_have_every_sentence_but_the_terminals() {
    let (app, terminal) = (Phrases::new(&["en"]), Phrases::of_terminal(&["en"]));
    assert!(ids(LANGUAGES).len() > 400 && ids(TERMINAL).len() > 300);
    for id in ids(LANGUAGES) {
        assert_eq!((app.has(&id), terminal.has(&id)), (true, true), "{id}");
    }
    for id in ids(TERMINAL) {
        assert_eq!((app.has(&id), terminal.has(&id)), (false, true), "{id}");
    }
}

/// The first words of all ids: what begins with one of these is meant to be an id.
fn words() -> BTreeSet<String> {
    ids(LANGUAGES).iter().chain(&ids(TERMINAL)).filter_map(|id| first(id).map(str::to_owned)).collect()
}

/// What is wrong with the literals of these sources: an id of another's catalogue, or of none.
fn wrong(sources: &[(String, String)], may_say: &BTreeSet<String>, words: &BTreeSet<String>) -> (usize, Vec<String>) {
    let (mut count, mut wrong) = (0, Vec::new());
    for (path, source) in sources {
        for literal in literals(source) {
            let Some(id) = named(literal) else { continue };
            let is_other = OTHER.iter().any(|(other, file)| *other == literal && path.ends_with(file));
            if is_other || first(id).is_none_or(|first| !words.contains(first)) {
                continue;
            }
            count += 1;
            let is_there = match literal == id {
                true => may_say.contains(id),
                false => may_say.iter().any(|known| known.starts_with(id)),
            };
            if !is_there {
                wrong.push(format!("{path}: {literal}"));
            }
        }
    }
    (count, wrong)
}

#[test]
fn the_engine_names_no_sentence_that_an_app_lacks() {
    let mut engine = sources("core/src");
    engine.extend(sources("bindings/src"));
    let (count, found) = wrong(&engine, &ids(LANGUAGES), &words());
    assert_eq!(found, [""; 0]);
    assert!(engine.len() > 200 && count > 120, "{} files, {count} ids", engine.len());
}

#[test]
fn the_terminal_names_no_sentence_that_nobody_wrote() {
    let terminal = sources("cli/src");
    let (count, found) = wrong(&terminal, &ids(LANGUAGES).into_iter().chain(ids(TERMINAL)).collect(), &words());
    assert_eq!(found, [""; 0]);
    assert!(terminal.len() > 20 && count > 300, "{} files, {count} ids", terminal.len());
}

#[test]
fn a_sentence_of_the_terminal_in_the_engine_is_seen() {
    let source = |code: &str| vec![("here.rs".to_owned(), code.to_owned())];
    let app = ids(LANGUAGES);
    let said = |code: &str| wrong(&source(code), &app, &words()).1.len();
    for code in
        ["x(\"term-more\")", "format!(\"demo-{part}\")", "x(\"share-previews\")", "format!(\"limit-that-{what}\")"]
    {
        assert_eq!(said(code), 1, "{code}");
    }
    assert_eq!(said("x(\"share-preview\"); format!(\"limit-{what}\"); y(\"error-not-found.next\")"), 0);
}
