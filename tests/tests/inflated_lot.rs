//! Copy to tests/tests/inflated_lot.rs; `cargo test --workspace --test inflated_lot -- --nocapture`.
//!
//! Each batch may inflate to 1 MiB, and 1 MiB of a file is taken in together: a member sends a document of their own in which
//! every batch sets one value of a million letters. 256 of them are some 400 kB in a file.

#![allow(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use belay::batch::{Batch, Birth};
use belay::document::{Doc, Kind, Scalar, Step};
use belay_tests::fuzz::peak_kib;
use belay_tests::{Circle, Forge, World};

const BATCHES: u8 = 255;

/// FAILS today: what they inflate to is held all at once (`exchange/showing.rs`, `apply`), and then by the merge engine.
#[test]
fn what_a_small_file_inflates_to_is_not_held_at_once() {
    let world = World::new("inflated");
    let circle = Circle::new(&world, 1, 1);
    let (mara, theo, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let (kind, writer) = (Kind::Plan.number(), Some(theo.member(&space)));
    let birth = Birth { space, kind, writer, about: None, key: None, nonce: [3; 32] };
    let mut forge = Forge::with_keys_of(theo, &space);
    let mut wires: Vec<Vec<u8>> = Vec::new();
    for number in 0..BATCHES {
        // Each of an actor of its own: no twins, and each stands on the seed alone.
        forge.nonce = [number; 16];
        let letter = char::from(b'a' + number % 26).to_string();
        let step = Step::Set(vec!["template".to_owned()], Scalar::Str(letter.repeat(1_000_000)));
        let batch: Batch = forge.batch(&birth, Doc::born(birth.clone()).expect("a known kind"), &[step], |_| ());
        forge.seq += 1;
        forge.prev = vec![batch.id()];
        wires.push(batch.encode());
    }
    let bytes: usize = wires.iter().map(Vec::len).sum();
    let bundle = circle.carry(0, &space, vec![], wires);
    let before = peak_kib();
    let report = mara.take(&bundle).expect("an envelope");
    let more = (peak_kib() - before) / 1024;
    println!("{bytes} bytes of batches, {} in the file: {more} MiB more, {} taken", bundle.len(), report.new);
    assert!(more < 64, "{more} MiB for {bytes} bytes");
}
