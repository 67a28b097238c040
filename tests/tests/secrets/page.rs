//! core/SECURITY.md and the tests it names: a page that claims what nobody tests is worse than none.

use std::collections::BTreeSet;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder of the workspace")
}

fn page() -> String {
    std::fs::read_to_string(root().join("core/SECURITY.md")).expect("the page is there").replace("\r\n", "\n")
}

/// The names in backticks that read like tests: `file::name` or `folder::file::name`.
fn named(page: &str) -> BTreeSet<String> {
    let quoted = page.split('`').skip(1).step_by(2);
    let is_name =
        |text: &&str| text.contains("::") && text.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
    quoted.filter(is_name).map(str::to_owned).collect()
}

/// Every function marked as a test below these folders: its file's path, and its name.
fn tests() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for folder in ["core/src", "cli/src", "cli/tests", "tests/tests", "tests/src"] {
        for path in crate::scan::files(&root().join(folder)) {
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source file");
            let file = path.strip_prefix(root()).expect("below it").to_string_lossy().replace(['\\', '/'], "::");
            let file = file.trim_end_matches(".rs").to_owned();
            let mut marked = false;
            for line in text.lines().map(str::trim) {
                marked |= line == "#[test]";
                if let Some(rest) = line.strip_prefix("fn ").filter(|_| marked) {
                    found.insert((file.clone(), rest.split('(').next().unwrap_or_default().to_owned()));
                    marked = false;
                }
            }
        }
    }
    found
}

fn exists(name: &str, tests: &BTreeSet<(String, String)>) -> bool {
    let Some((file, test)) = name.rsplit_once("::") else { return false };
    tests.iter().any(|(path, known)| known == test && format!("::{path}::").contains(&format!("::{file}::")))
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let (page, tests) = (page(), tests());
    let named = named(&page);
    assert!(named.len() > 30, "the page names its tests: {}", named.len());
    let missing: Vec<_> = named.iter().filter(|name| !exists(name, &tests)).collect();
    assert!(missing.is_empty(), "core/SECURITY.md names what is not there: {missing:#?}");
    assert!(!exists("locked::there_is_no_such_test", &tests), "the control");
}

#[test]
fn every_claim_of_the_page_names_a_test() {
    let page = page();
    for heading in
        ["Assets", "Adversaries", "Keys and their lives", "What is not protected", "How to report a weakness"]
    {
        assert!(page.contains(&format!("\n## {heading}\n")), "{heading}");
    }
    // A row of a table ends with the tests that show it, or with a dash and why there is none.
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    for row in rows.filter(|row| !row.contains("| shown by |")) {
        let last = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim();
        assert!(last.contains("::") || last.starts_with('—'), "no test is named: {row}");
    }
}

/// What stands in backticks and reads like a path of the tree.
#[test]
fn every_file_that_a_page_names_is_there() {
    let mut seen = 0;
    for page in ["README.md", "core/SECURITY.md", "core/DESIGN.md", "docs/formats.md", "docs/terminal.md"] {
        let text = std::fs::read_to_string(root().join(page)).expect("the page is there");
        // Blocks hold bytes and sessions.
        let prose: String = text.split("```").step_by(2).collect();
        let rooms = ["core/", "cli/", "tests/", "docs/", "bindings/", "scripts/"];
        let is_path = |name: &&str| {
            rooms.iter().any(|room| name.starts_with(room))
                && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c))
        };
        for name in prose.split('`').skip(1).step_by(2).filter(is_path) {
            seen += 1;
            let path = root().join(name);
            assert!(path.exists() || path.with_extension("rs").exists(), "{page} names {name}, which is not there");
        }
    }
    assert!(seen > 10, "{seen} paths seen");
}
