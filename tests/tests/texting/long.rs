//! Typing in a long note, whose row follows after some keys only: whoever reads meets the words that stand there now.

use crate::cast::{body, note};
use crate::typist::{Typist, applied, splice, units};
use belay::companion::{Saved, Settle};
use belay::view::{Answer, Ask, SearchQuery};
use belay_tests::{Chance, Device, World, text};
use std::collections::BTreeSet;
use unicode_segmentation::UnicodeSegmentation;

/// Keys typed with one seed: more than lie beside a row.
const KEYS: usize = 150;
const CLUSTERS: [&str; 7] = ["a", "é", "👩\u{200d}👩\u{200d}👧", "نَحْنُ", "說", "\n", " "];

fn found(on: &Device, word: &str) -> usize {
    let query = SearchQuery { words: text(word), ..SearchQuery::default() };
    match on.ask(Ask::Search { query, at: Default::default() }) {
        Answer::Search(page) => page.rows.len(),
        other => panic!("{other:?}"),
    }
}

/// Places between characters where an editor may stand, in UTF-16 units.
fn places(field: &str) -> Vec<usize> {
    let mut at = 0;
    let mut places = vec![0];
    for cluster in field.graphemes(true) {
        at += units(cluster);
        places.push(at);
    }
    places
}

fn type_a_key(typist: &mut Typist, mara: &Device, chance: &mut Chance) -> Saved {
    let places = places(&typist.field);
    let start = chance.below(places.len());
    let gone = if chance.below(3) == 0 { chance.below(4) } else { 0 };
    let end = (start + gone).min(places.len() - 1);
    let come = chance.pick(&CLUSTERS).copied().unwrap_or("b");
    let change = splice(places[start], places[end] - places[start], come);
    let should = applied(&typist.field, std::slice::from_ref(&change));
    let merge = typist.key(mara, change, Settle::Pause);
    assert!(merge.patches.is_empty(), "nobody else writes");
    assert_eq!(typist.field, should);
    merge.saved
}

#[test]
fn what_is_typed_in_a_long_note_is_read_found_and_kept_at_once() {
    let cases = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2);
    for seed in 0..cases {
        let world = World::new(format!("long {seed}"));
        let mut mara = world.person("Mara");
        let mut chance = Chance::new(seed);
        let (id, target) = note(&mara, &"Slept, woke 說 up. ".repeat(270));
        let mut typist = Typist::at(&mara, &target);
        let mut kinds = BTreeSet::new();
        for key in 0..KEYS {
            assert_eq!(type_a_key(&mut typist, &mara, &mut chance), Saved::Kept);
            let doing = chance.below(40);
            kinds.insert(doing.min(7));
            match doing {
                0 => {
                    let word = format!("quokka{seed}x{key}");
                    typist.types(&mara, &format!(" {word}"), Settle::Pause);
                    assert_eq!((found(&mara, &word), found(&mara, "nobodysword")), (1, 0), "seed {seed}");
                }
                1 => {
                    mara.lock_and_unlock();
                    typist = Typist::at(&mara, &target);
                }
                2 => {
                    mara.die_and_return();
                    typist = Typist::at(&mara, &target);
                }
                3 => mara.rest(),
                4 => mara.set_clock(mara.at().unix_ms + 61_000),
                _ => (),
            }
            assert_eq!(body(&mara, id), typist.field, "seed {seed}, key {key}, after {doing}");
        }
        typist.closes(&mara);
        assert!(kinds.len() > 3, "seed {seed}: locks, deaths and searches came between");
    }
}
