//! The fuzz targets with a small fixed budget, so that every `cargo test` runs them; and the corpus.
//!
//! More: `BELAY_FUZZ_CASES=1000000 cargo test -p belay-tests --test fuzz --release -- --nocapture gate`.
//! One case again: `BELAY_FUZZ_CASES=1 BELAY_FUZZ_SEED=… cargo test -p belay-tests --test fuzz -- gate`.

#![allow(clippy::print_stdout, reason = "a run's report is what it is for")]

use belay::secret::Entropy;
use belay_tests::fuzz::{
    Batches, Bundles, Cards, Chunks, Dice, Editing, Envelopes, Gate, HoldingsTold, Inflating, Pairing, Statements,
    Target, VaultHeaders, bomb, feed, run,
};
use std::fs;
use std::path::Path;

/// More than this at once is a harm of its own on a phone. The whole process counts, with the tests beside it.
const PEAK_MAX_KIB: u64 = 512 * 1024;

#[track_caller]
fn held(name: &'static str, target: &mut dyn Target, cases: u64) {
    let report = run(name, target, cases);
    println!("{report}");
    report.hold();
    assert!(report.peak_kib < PEAK_MAX_KIB, "{report}\ntoo much memory");
}

#[test]
fn gate() {
    held("gate", &mut Gate::default(), 2_000);
}

#[test]
fn chunk() {
    held("chunk", &mut Chunks::default(), 1_000);
}

#[test]
fn envelope() {
    held("envelope", &mut Envelopes::default(), 500);
}

#[test]
fn bundle() {
    held("bundle", &mut Bundles::default(), 2_000);
}

#[test]
fn batch() {
    held("batch", &mut Batches::default(), 1_000);
}

#[test]
fn holdings() {
    held("holdings", &mut HoldingsTold::default(), 1_000);
}

#[test]
fn inflate() {
    held("inflate", &mut Inflating::default(), 500);
}

#[test]
fn statement() {
    held("statement", &mut Statements::default(), 500);
}

#[test]
fn card() {
    held("card", &mut Cards::default(), 1_000);
}

#[test]
fn pairing() {
    held("pairing", &mut Pairing::default(), 500);
}

#[test]
fn header() {
    held("header", &mut VaultHeaders::default(), 500);
}

#[test]
fn editing() {
    held("editing", &mut Editing::default(), 2_000);
}

/// Files of the corpus below a folder named after a target.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = fs::read_dir(&folder).expect("the corpus is in the tree").map(|file| file.expect("listed").path());
    let mut files: Vec<_> =
        files.map(|path| (path.display().to_string(), fs::read(&path).expect("a corpus file"))).collect();
    files.sort();
    files
}

#[test]
fn the_crashers_of_the_merge_engine_are_refused() {
    let files = corpus("chunk");
    assert_eq!(files.len(), 8, "automerge's published crashers");
    let (mut chunks, mut gate) = (Chunks::default(), Gate::default());
    for (name, bytes) in files {
        for target in [&mut chunks as &mut dyn Target, &mut gate] {
            let depth = target.given(&bytes);
            println!("{}: {depth:?}", name.rsplit('/').next().unwrap_or_default());
            assert!(depth.passed < target.steps().len(), "{name}: {depth:?}");
        }
    }
}

#[test]
fn the_small_change_with_ten_million_operations_is_refused_unread() {
    let bytes = bomb(10_000_000);
    assert_eq!(bytes.len(), 69, "as measured (protocol-evidence.md, section 1.4)");
    let mut chunks = Chunks::default();
    for count in [5_001, 10_000_000, 100_000_000, i64::MAX] {
        let depth = chunks.given(&bomb(count));
        assert_eq!((depth.passed, depth.ended.as_str()), (6, "BadChunk"), "stopped by the pre-scan");
    }
    // Under a head that is bound to a device, the same change with few operations is read.
    let depth = chunks.given(&bomb(100));
    assert!(depth.passed > 6, "{depth:?}");
}

/// As `cargo fuzz` calls them: bytes as they are, and bytes as dice.
#[test]
fn a_fuzzers_bytes_reach_every_target() {
    let targets: [&mut dyn Target; 12] = [
        &mut Gate::default(),
        &mut Chunks::default(),
        &mut Envelopes::default(),
        &mut Bundles::default(),
        &mut Batches::default(),
        &mut HoldingsTold::default(),
        &mut Inflating::default(),
        &mut Statements::default(),
        &mut Cards::default(),
        &mut Pairing::default(),
        &mut VaultHeaders::default(),
        &mut Editing::default(),
    ];
    for target in targets {
        for case in 0..40 {
            let mut dice = Dice::of_seed(case);
            let mut bytes = vec![0; dice.below(300)];
            dice.fill(&mut bytes);
            feed(target, &bytes);
        }
    }
}
