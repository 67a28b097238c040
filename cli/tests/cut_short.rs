//! A file for someone else, cut short at every system call of its writing: whoever finds it has all of it.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World, said};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The same that the faults of a vault are tested with.
fn shim(place: &Path) -> PathBuf {
    let path = place.join("shim.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tests/faults/shim.c");
    let mut build = Command::new(std::env::var("CC").unwrap_or_else(|_| "cc".to_owned()));
    build.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&path).arg(source).arg("-ldl");
    assert!(build.status().expect("a C compiler").success());
    path
}

/// Writes a bundle while the n-th call on files of its name goes wrong; whether it was said to be done.
fn write(mara: &Person, file: &Path, shim: &Path, kind: &str, at: usize) -> (bool, usize) {
    let tally = file.with_extension("calls");
    let mut command = mara.command(&["bundle", "out", "Theo", "--everything", "--out", file.to_str().unwrap()]);
    command.env("LD_PRELOAD", shim).env("FAULT_UNDER", file).env("FAULT_KIND", kind);
    command.env("FAULT_AT", at.to_string()).env("FAULT_TALLY", &tally);
    let said = said(command.output().unwrap());
    let calls = std::fs::read_to_string(&tally).unwrap_or_default();
    (said.code == 0, calls.split(' ').next().unwrap().parse().unwrap_or(0))
}

#[test]
fn a_bundle_that_lies_there_is_whole() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    let shim = shim(world.path());
    let (done, calls) = write(&mara, &world.path().join("counted.belay"), &shim, "nothing", 0);
    assert!(done && calls >= 4, "made, written, made durable, named: {calls}");
    let mut found = 0;
    for kind in ["kill-before", "torn", "half-full", "eio-ever"] {
        for at in 1..=calls {
            let file = world.path().join(format!("{kind}-{at}.belay"));
            let (done, _) = write(&mara, &file, &shim, kind, at);
            assert!(!done || file.exists(), "{kind} {at}: it was said to be there");
            if file.exists() {
                let told = theo.does(&["bundle", "in", file.to_str().unwrap()]);
                assert!(!told.contains("The end of this is not here"), "{kind} {at}: {told}");
                found += 1;
            } else {
                mara.does(&["bundle", "out", "Theo", "--out", file.to_str().unwrap()]);
            }
        }
    }
    assert!(found > 0 && found < 4 * calls, "{found} of {}", 4 * calls);
}
