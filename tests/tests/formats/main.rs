//! The worked examples of docs/formats.md, made again from their recipes and compared with the blocks there, so that
//! the page and the code cannot drift apart.

#![allow(clippy::indexing_slicing, reason = "every function here serves a test")]

mod adopting;
mod births;
mod blocks;
mod carried;
mod copies;
mod documents;
mod forgetting;
mod pairing;
mod recipe;
mod statements;
mod stored;
mod vault;

use blocks::{Example, complaints};
use std::collections::BTreeMap;
use std::path::Path;

/// Every example by its name.
type Examples = BTreeMap<&'static str, Example>;

fn examples() -> Examples {
    let pairing = pairing::Pairing::run();
    let note = documents::Note::written(&pairing);
    let mut examples = vault::examples();
    examples.append(&mut pairing.examples());
    examples.append(&mut note.examples());
    examples.append(&mut documents::loose_examples(&pairing));
    examples.append(&mut births::examples(&pairing));
    examples.append(&mut copies::examples(&pairing));
    examples.append(&mut adopting::examples(&pairing, &note));
    examples.append(&mut stored::examples(&pairing, &note));
    examples.append(&mut statements::Statements::of(&pairing).examples());
    examples.append(&mut carried::examples(&pairing, &note));
    examples.append(&mut forgetting::examples(&pairing, &note));
    examples
}

#[test]
fn the_page_shows_what_the_code_makes() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder of the workspace");
    let page = std::fs::read_to_string(page.join("docs/formats.md")).expect("the page is there");
    // A checkout may have given the page other line ends.
    let found = complaints(&page.replace("\r\n", "\n"), &examples());
    assert!(found.is_empty(), "docs/formats.md\n{}", found.join("\n"));
}
