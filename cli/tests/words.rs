//! Everything the terminal says comes from the catalogue: no text with a letter is handed to the page.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

use std::path::Path;

/// What puts text before a person.
const SAYS: [&str; 8] = [".line(", ".inside(", ".item(", ".item_beside(", ".quote(", ".raw(", ".put(", "writeln!("];

/// What stands between the bracket at the end of `code` and its partner.
fn inside(code: &str) -> &str {
    let (mut depth, mut quoted, mut escaped) = (1, false, false);
    for (at, sign) in code.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &code[..at];
        }
    }
    code
}

/// The arguments without what is asked of the catalogue.
fn without_phrases(arguments: &str) -> String {
    let mut text = arguments.to_owned();
    for asked in ["say(", "say_of(", "field(", "date_label("] {
        while let Some(at) = text.find(asked) {
            let from = at + asked.len();
            let length = inside(&text[from..]).len();
            text.replace_range(at..from + length, "");
        }
    }
    text
}

/// The literals of a piece of code that have a letter of their own.
fn literals(code: &str) -> Vec<String> {
    let pieces = code.split('"').skip(1).step_by(2);
    let bare = pieces.map(|piece| {
        let mut words = piece.to_owned();
        while let (Some(from), Some(to)) = (words.find('{'), words.find('}')) {
            if to < from {
                break;
            }
            words.replace_range(from..=to, "");
        }
        words.replace("\\n", "")
    });
    bare.filter(|words| words.chars().any(char::is_alphabetic)).collect()
}

fn complaints(path: &str, code: &str) -> Vec<String> {
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for says in SAYS {
        for (at, _) in code.match_indices(says) {
            let arguments = without_phrases(inside(&code[at + says.len()..]));
            found.extend(literals(&arguments).into_iter().map(|words| format!("{path}: {says} {words:?}")));
        }
    }
    found
}

fn files(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn nothing_is_said_past_the_catalogue() {
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 20);
    let found: Vec<String> = all.iter().flat_map(|(path, code)| complaints(path, code)).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_text_past_the_catalogue_is_seen() {
    let bad = ["page.line(\"Kept.\")", "page.inside(edge, 2, &format!(\"Kept {id}\"))", "writeln!(out, \"Kept\")"];
    for code in bad {
        assert_eq!(complaints("sample", code).len(), 1, "{code}");
    }
    let good = [
        "page.line(&host.say(\"term-kept\", &[(\"id\", id)]))",
        "page.inside(edge, 2, &format!(\"  {id}. {}\", host.say(\"kept\", &[])))",
        "page.item(edge, \"- \", words)",
        "writeln!(out, \"{text}\")",
    ];
    for code in good {
        assert_eq!(complaints("sample", code), [""; 0], "{code}");
    }
}
