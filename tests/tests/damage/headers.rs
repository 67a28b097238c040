//! One copy of the header lost is no loss; both are told, and nothing is touched.

use crate::{at, files, stage};
use belay::error::{Code, Field};
use belay::vault::VaultFacts;
use belay_tests::faults::seen;
use std::path::Path;

const COPIES: [&str; 2] = ["header.a", "header.b"];

/// What a disk may make of a file.
const LOSSES: [fn(&Path); 5] = [
    |path| std::fs::remove_file(path).expect("there"),
    |path| std::fs::write(path, []).expect("writing"),
    |path| {
        let bytes = std::fs::read(path).expect("there");
        std::fs::write(path, &bytes[..bytes.len() / 2]).expect("writing");
    },
    |path| {
        let bytes = std::fs::read(path).expect("there");
        std::fs::write(path, vec![0; bytes.len()]).expect("writing");
    },
    |path| {
        let mut bytes = std::fs::read(path).expect("there");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        std::fs::write(path, bytes).expect("writing");
    },
];

#[test]
fn one_header_copy_lost_in_any_way_is_replaced_by_the_other() {
    let stage = stage();
    let scene = &stage.scene;
    for (copy, name) in COPIES.into_iter().enumerate() {
        for (how, lose) in LOSSES.iter().enumerate() {
            let folder = stage.copy(&format!("one {copy} {how}"));
            lose(&folder.join(name));
            assert!(matches!(belay::companion::inspect(&folder, &at(0)), VaultFacts::Locked { .. }), "{name} {how}");
            let mara = scene.companion(&folder, "headers");
            mara.unlock(&scene.key(), &at(1)).unwrap_or_else(|failure| panic!("{name} {how}: {failure:?}"));
            assert!(seen(&mara, scene, &at(2)).expect("reading").notes.contains_key("kept"));
            mara.lock().expect("locking");
            let files = files(&folder);
            assert_eq!(files.get("header.a"), files.get("header.b"), "{name} {how}");
        }
    }
}

#[test]
fn both_header_copies_lost_are_told_and_nothing_is_touched() {
    let stage = stage();
    let scene = &stage.scene;
    for (one, lose_one) in LOSSES.iter().enumerate() {
        for (other, lose_other) in LOSSES.iter().enumerate() {
            let folder = stage.copy(&format!("both {one} {other}"));
            lose_one(&folder.join(COPIES[0]));
            lose_other(&folder.join(COPIES[1]));
            let before = files(&folder);
            let facts = belay::companion::inspect(&folder, &at(0));
            assert_eq!(facts, VaultFacts::Damaged { what: Field::Header }, "{one} {other}");
            let mara = scene.companion(&folder, "headers");
            for with in [scene.key(), scene.words()] {
                let refused = mara.unlock(&with, &at(1)).expect_err("no header");
                assert_eq!((refused.code(), refused.detail().field), (Code::Corrupt, Some(Field::Header)));
                let refused = mara.mend(&with, &at(2)).expect_err("no header");
                assert_eq!((refused.code(), refused.detail().field), (Code::Corrupt, Some(Field::Header)));
            }
            assert!(files(&folder) == before, "{one} {other}: a file was touched");
        }
    }
}
