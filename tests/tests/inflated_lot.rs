//! Each batch may inflate to 1 MiB, and 1 MiB of a file is taken in together: a member with an app of their own sends what
//! is a thousand times its size. What it takes to take it in is what the document holds then, and little more.

#![allow(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use belay::batch::{Batch, Birth};
use belay::document::{Doc, Kind, Scalar, Step};
use belay_tests::fuzz::{forget_peak, peak_kib};
use belay_tests::{Circle, Device, Forge, World};
use std::sync::Mutex;

const LETTERS: usize = 1_000_000;
/// The tests of this file measure the memory of one process.
static ALONE: Mutex<()> = Mutex::new(());

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says");
    line.split_whitespace().next().expect("a number").parse().expect("a number")
}

/// Batches of one value of a million letters each, in documents of the supporter's own.
fn crafted(by: &Device, circle: &Circle, documents: u8, batches: u8) -> Vec<Vec<u8>> {
    let (space, kind, writer) = (circle.space, Kind::Plan.number(), Some(by.member(&circle.space)));
    let mut forge = Forge::with_keys_of(by, &space);
    let mut wires: Vec<Vec<u8>> = Vec::new();
    for document in 0..documents {
        let birth = Birth { space, kind, writer, about: None, key: None, nonce: [document; 32] };
        for number in 0..batches {
            // Each of an actor of its own: no twins, and each stands on the seed alone.
            forge.nonce = [number; 16];
            let letter = char::from(b'a' + number % 26).to_string();
            let step = Step::Set(vec!["template".to_owned()], Scalar::Str(letter.repeat(LETTERS)));
            let batch: Batch = forge.batch(&birth, Doc::born(birth.clone()).expect("a known kind"), &[step], |_| ());
            forge.seq += 1;
            forge.prev = vec![batch.id()];
            wires.push(batch.encode());
        }
    }
    wires
}

/// MiB more than before while it is taken in, and afterwards.
fn taken(documents: u8, batches: u8) -> (u64, u64) {
    let _alone = ALONE.lock();
    let world = World::new("inflated");
    let circle = Circle::new(&world, 1, 1);
    let (mara, theo, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let wires = crafted(theo, &circle, documents, batches);
    let bytes: usize = wires.iter().map(Vec::len).sum();
    let count = wires.len() as u64;
    let bundle = circle.carry(0, &space, vec![], wires);
    forget_peak();
    let before = resident_kib();
    let report = mara.take(&bundle).expect("an envelope");
    assert_eq!(report.new, count);
    let (most, after) = (peak_kib().saturating_sub(before) / 1024, resident_kib().saturating_sub(before) / 1024);
    eprintln!("{bytes} bytes of batches, {} in the file: at most {most} MiB more, {after} afterwards", bundle.len());
    (most, after)
}

/// Red before: 1,189 MiB for 243 MiB, since everything was inflated at once, and once more by the merge engine.
#[test]
fn what_a_small_file_inflates_to_is_held_once() {
    let document = (255 * LETTERS / 1024 / 1024) as u64;
    let (most, _) = taken(1, 255);
    assert!(most < document + 48, "{most} MiB for a document of {document} MiB");
}

/// Red before: all of them stayed in memory.
#[test]
fn documents_that_are_heavy_do_not_stay_in_memory_together() {
    let (most, after) = taken(8, 30);
    assert!(most < 160 && after < 160, "at most {most} MiB, {after} MiB afterwards");
}
