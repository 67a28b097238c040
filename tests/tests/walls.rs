//! The walls of the house: which room may name which, who speaks SQL, and what the core never does.
//! The order of the rooms is that of the `mod` lines in `core/src/lib.rs`.

mod source;

use source::{Source, members, rust_files, workspace};
use std::collections::BTreeMap;

/// Past this a file is split (style: aim for files near 150 lines).
const FILE_MAX_LINES: usize = 500;
/// Rooms that speak SQL.
const SQL_ROOMS: [&str; 3] = ["store", "projection", "view"];
const SQL_WRITES: [&str; 5] = ["INSERT ", "UPDATE ", "DELETE FROM ", "REPLACE INTO ", "CREATE TABLE "];
const SQL_WORDS: [&str; 6] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM ", "REPLACE INTO ", "CREATE TABLE "];
/// A person's words reach a log through these.
const PRINTING: [&str; 5] = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];
/// Time and randomness are given to the core; `secret` alone asks the system, for `SystemEntropy`.
const NOT_GIVEN: [&str; 6] =
    ["SystemTime::now", "Instant::now", "Utc::now", "Local::now", "SystemRandom", "getrandom::"];
const RANDOMNESS_ROOM: &str = "secret";

/// Room → storey. Rooms of the ground floor share one, so they may name each other; every other room has its own.
type Storeys = BTreeMap<String, usize>;

fn storeys(lib: &str) -> Storeys {
    let mut storeys = Storeys::new();
    let (mut storey, mut shared) = (0, false);
    for line in lib.lines().map(str::trim) {
        if line == "// the ground floor" || line.is_empty() {
            (storey, shared) = (storey + 1, !line.is_empty());
        }
        let declared = line.strip_prefix("pub mod ").or_else(|| line.strip_prefix("mod "));
        if let Some(room) = declared.and_then(|rest| rest.strip_suffix(';')) {
            storey += usize::from(!shared);
            storeys.insert(room.to_owned(), storey);
        }
    }
    storeys
}

/// `core/src/vault/slots.rs` → `["vault", "slots"]`; `mod.rs` is the room itself.
fn module_path(path: &str) -> Vec<&str> {
    let inside = path.strip_prefix("core/src/").unwrap_or(path).trim_end_matches(".rs");
    inside.split('/').filter(|part| *part != "mod").collect()
}

/// A file of unit tests: they may look at rooms below, and speak SQL to see what was written.
fn is_test_file(path: &str) -> bool {
    module_path(path).iter().any(|part| *part == "tests" || part.ends_with("_tests"))
}

/// The text without comments, and without the unit tests at its end.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let begins = |line: &&str| line.starts_with("mod ") || line.starts_with("pub mod ");
        if line.trim() == "#[cfg(test)]" && lines.peek().is_some_and(|next| begins(next) && next.ends_with('{')) {
            break;
        }
        code.push_str(without_comment(line));
        code.push('\n');
    }
    code
}

/// A line up to its comment. `//` inside a string is none: there is an odd number of quotes before it.
fn without_comment(line: &str) -> &str {
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(|rest| rest.find("//")).map(|at| at + from) {
        let before = line.get(..at).unwrap_or_default();
        let quotes = before.matches('"').count() - before.matches("\\\"").count() - before.matches("'\"'").count();
        if quotes.is_multiple_of(2) {
            return before;
        }
        from = at + 2;
    }
    line
}

/// What stands at the beginning of each path after `root`: `root::a`, `root::{a, b::c}`.
fn first_names(code: &str, root: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = Vec::new();
    for (at, _) in code.match_indices(root) {
        let (before, rest) = (code.get(..at).unwrap_or_default(), code.get(at + root.len()..).unwrap_or_default());
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        match rest.strip_prefix('{') {
            None => found.push(name(rest)),
            Some(group) => {
                let mut depth = 0;
                let mut item = String::new();
                for letter in group.chars() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => found.push(name(std::mem::take(&mut item).trim())),
                        letter if depth == 0 => item.push(letter),
                        _ => {}
                    }
                }
                found.push(name(item.trim()));
            }
        }
    }
    found
}

/// Rooms below its own that a file names.
fn broken_walls(storeys: &Storeys, source: &Source) -> Vec<String> {
    let module = module_path(&source.path);
    let Some(room) = module.first().filter(|room| **room != "lib") else { return Vec::new() };
    let Some(own) = storeys.get(*room) else {
        return vec![format!("{}: lib.rs gives the room {room} no place", source.path)];
    };
    let code = code_of(&source.text);
    let to_the_root = "super::".repeat(module.len());
    let mut named = [first_names(&code, "crate::"), first_names(&code, &to_the_root)].concat();
    named.sort();
    named.dedup();
    named
        .iter()
        .filter(|name| storeys.get(*name).is_some_and(|storey| storey > own))
        .map(|name| format!("{}: {room} names {name}, which is below it", source.path))
        .collect()
}

/// SQL in a room that should not know it, and writing where only reading is allowed.
fn stray_sql(source: &Source) -> Vec<String> {
    let code = code_of(&source.text);
    let room = module_path(&source.path).first().copied().unwrap_or_default();
    let words: &[&str] = match room {
        "view" => &SQL_WRITES,
        room if SQL_ROOMS.contains(&room) => &[],
        _ => &SQL_WORDS,
    };
    words.iter().filter(|word| code.contains(*word)).map(|word| format!("{}: {word}in {room}", source.path)).collect()
}

/// Prints, clocks and randomness of its own in the core.
fn own_doings(source: &Source) -> Vec<String> {
    let code = code_of(&source.text);
    let room = module_path(&source.path).first().copied().unwrap_or_default();
    let not_given = NOT_GIVEN.iter().filter(|_| room != RANDOMNESS_ROOM);
    PRINTING
        .iter()
        .chain(not_given)
        .filter(|word| {
            let whole = |(at, _)| !code.get(..at).is_some_and(|b: &str| b.ends_with(|c: char| c.is_alphanumeric()));
            code.match_indices(**word).any(whole)
        })
        .map(|word| format!("{}: {word}", source.path))
        .collect()
}

fn too_long(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    (lines > FILE_MAX_LINES).then(|| format!("{}: {lines} lines, more than {FILE_MAX_LINES}", source.path))
}

fn core() -> Vec<Source> {
    let mut core = rust_files(&["core/src".to_owned()]);
    core.retain(|source| !is_test_file(&source.path));
    core
}

fn hold(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

fn core_storeys() -> Storeys {
    storeys(&std::fs::read_to_string(workspace().join("core/src/lib.rs")).expect("the core has a map"))
}

#[test]
fn a_room_names_only_rooms_above_it() {
    let storeys = core_storeys();
    hold(&core().iter().flat_map(|source| broken_walls(&storeys, source)).collect::<Vec<_>>());
}

#[test]
fn sql_is_spoken_in_three_rooms_and_view_only_reads() {
    hold(&core().iter().flat_map(stray_sql).collect::<Vec<_>>());
}

#[test]
fn the_core_prints_nothing_and_asks_no_clock() {
    hold(&core().iter().flat_map(own_doings).collect::<Vec<_>>());
}

#[test]
fn no_file_is_too_long() {
    hold(&rust_files(&members()).iter().filter_map(too_long).collect::<Vec<_>>());
}

fn sample(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn the_map_is_read_as_it_is_meant() {
    let read =
        storeys("//! Doc.\n\n// the ground floor\npub mod error;\npub mod ids;\n\npub mod crypto;\nmod vault;\n");
    let storey = |room: &str| *read.get(room).unwrap();
    assert_eq!(read.len(), 4);
    assert_eq!(storey("error"), storey("ids"), "the ground floor is one storey");
    assert!(storey("ids") < storey("crypto") && storey("crypto") < storey("vault"));
    let real = core_storeys();
    assert_eq!(real.get("error"), real.get("secret"));
    assert!(real.get("crypto") < real.get("store") && real.get("store") < real.get("exchange"));
}

#[test]
fn a_broken_wall_is_seen_however_it_is_written() {
    let storeys = core_storeys();
    let bad = [
        ("core/src/vault/mod.rs", "use crate::store::Db;"),
        ("core/src/vault/slots.rs", "fn f() { crate::store::open() }"),
        ("core/src/vault/slots.rs", "use crate::{\n    error::{Code, Field},\n    store::Db,\n};"),
        ("core/src/vault/slots.rs", "use super::super::store::Db;"),
        ("core/src/vault/mod.rs", "use super::store;"),
        ("core/src/crypto/aead.rs", "pub(in crate::vault) fn f() {}"),
        ("core/src/error.rs", "use crate::crypto::hash;"),
        ("core/src/attic/mod.rs", ""),
    ];
    for (path, text) in bad {
        assert_eq!(broken_walls(&storeys, &sample(path, text)).len(), 1, "{path}: {text}");
    }
    let good = [
        ("core/src/store/mod.rs", "use crate::{vault, error::Code};"),
        ("core/src/error.rs", "use crate::ids::Rev;"),
        ("core/src/vault/slots.rs", "use super::store; // its own module of that name\nuse crate::vault::header;"),
        ("core/src/vault/mod.rs", "// see crate::store\nlet x = \"a//b\";"),
        ("core/src/vault/mod.rs", "#[cfg(test)]\nmod tests {\n    use crate::store::Db;\n}"),
        ("core/src/lib.rs", "pub mod store; use crate::store::Db;"),
    ];
    for (path, text) in good {
        assert_eq!(broken_walls(&storeys, &sample(path, text)), [""; 0], "{path}: {text}");
    }
    assert_eq!(
        broken_walls(&storeys, &sample("core/src/vault/mod.rs", "let x = \"a//b\"; crate::store::f()")).len(),
        1
    );
}

#[test]
fn stray_sql_is_seen() {
    assert_eq!(stray_sql(&sample("core/src/batch/mod.rs", "db.run(\"SELECT a FROM b\")")).len(), 1);
    assert_eq!(stray_sql(&sample("core/src/companion.rs", "\"DELETE FROM b\"")).len(), 1);
    assert_eq!(stray_sql(&sample("core/src/view/notes.rs", "\"UPDATE b SET a = 1\"")).len(), 1);
    assert_eq!(stray_sql(&sample("core/src/view/notes.rs", "\"SELECT a FROM b\"")), [""; 0]);
    assert_eq!(stray_sql(&sample("core/src/store/mod.rs", "\"INSERT INTO b(a) VALUES (1)\"")), [""; 0]);
    assert_eq!(stray_sql(&sample("core/src/batch/mod.rs", "// SELECT is spoken elsewhere")), [""; 0]);
}

#[test]
fn prints_clocks_and_randomness_are_seen() {
    for bad in [
        "println!(\"{x}\")",
        "dbg!(x)",
        "std::time::SystemTime::now()",
        "Instant::now()",
        "chrono::Utc::now()",
        "ring::rand::SystemRandom::new()",
    ] {
        assert_eq!(own_doings(&sample("core/src/vault/mod.rs", bad)).len(), 1, "{bad}");
    }
    assert_eq!(own_doings(&sample("core/src/secret.rs", "ring::rand::SystemRandom::new()")), [""; 0]);
    assert_eq!(own_doings(&sample("core/src/secret.rs", "eprintln!(\"{key}\")")).len(), 1);
    assert_eq!(own_doings(&sample("core/src/vault/mod.rs", "moment.unix_ms")), [""; 0]);
}

#[test]
fn a_long_file_is_seen() {
    assert!(too_long(&sample("core/src/a.rs", &"\n".repeat(FILE_MAX_LINES))).is_none());
    assert!(too_long(&sample("core/src/a.rs", &"\n".repeat(FILE_MAX_LINES + 1))).is_some());
}

#[test]
fn test_files_are_told_from_the_rest() {
    assert!(is_test_file("core/src/editing/tests.rs") && is_test_file("core/src/editing/tests/caret.rs"));
    assert!(!is_test_file("core/src/editing/mod.rs") && !is_test_file("core/src/library/contests.rs"));
}
