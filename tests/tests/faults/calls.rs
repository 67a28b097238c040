//! Every system call that writes or reads under a vault's folder, gone wrong: the process dies before or after it, half of
//! it is written, the power goes and takes what was not made durable, the disk is full or breaks there. `shim.c` stands between the child and the C library.

use crate::child::{Run, is_asked_for, runs, side_by_side, stage};
use belay_tests::Chance;
use belay_tests::faults::{Deed, Scenario};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What goes wrong; the names are those of `shim.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    name: &'static str,
    /// Whether the child dies of it.
    kills: bool,
    /// Whether it befalls reads.
    reads: bool,
}

const fn kind(name: &'static str, kills: bool, reads: bool) -> Kind {
    Kind { name, kills, reads }
}

const KINDS: [Kind; 13] = [
    kind("kill-before", true, false),
    kind("kill-after", true, false),
    kind("torn", true, false),
    kind("power", true, false),
    kind("power-some", true, false),
    kind("full", false, false),
    kind("full-once", false, false),
    kind("half-full", false, false),
    kind("eio-once", false, false),
    kind("eio-ever", false, false),
    kind("short", false, false),
    kind("read-once", false, true),
    kind("read-ever", false, true),
];

/// Runs of each kind in the sample of every day.
const SAMPLE: usize = 3;

/// From so many runs of each place on, a process dies at every single call: hours, where 20 take minutes.
const SWEEPS_FROM: usize = 100;

/// The shim, built once a test run; a compiler is needed to build Belay at all.
fn shim() -> &'static Path {
    static SHIM: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = SHIM.get_or_init(|| {
        let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
        let path = place.path().join("shim.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/shim.c");
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let mut build = Command::new(&compiler);
        build.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&path).arg(source).arg("-ldl");
        let built = build.output().unwrap_or_else(|cause| panic!("no C compiler ({compiler}): {cause}"));
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        (place, path)
    });
    path
}

/// A scenario's folder in which calls are counted: its vault, or the backup that it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    scenario: Scenario,
    folder: &'static str,
}

fn places() -> Vec<Place> {
    let vaults = Scenario::ALL.into_iter().map(|scenario| Place { scenario, folder: "vault" });
    vaults.chain([Place { scenario: Scenario::Backup, folder: "backup" }]).collect()
}

fn meddle<'c>(child: &'c mut Command, run: &Run, place: Place, name: &str, at: usize) -> &'c mut Command {
    child
        .env("LD_PRELOAD", shim())
        .env("FAULT_UNDER", run.folder.join(place.folder))
        .env("FAULT_KIND", name)
        .env("FAULT_AT", at.to_string())
}

/// How many calls that write and how many that read, where nothing goes wrong.
fn count(place: Place) -> (usize, usize) {
    let run = stage().begin(place.scenario, "nothing goes wrong");
    let tally = run.folder.join("calls");
    let ended = run.live(|child| meddle(child, &run, place, "nothing", 0).env("FAULT_TALLY", &tally));
    assert!(ended.output.status.success(), "{run:?}: {}", ended.short());
    let counts = std::fs::read_to_string(tally).expect("counted");
    let (writes, reads) = counts.trim().split_once(' ').expect("two numbers");
    run.look(&ended);
    (writes.parse().expect("a number"), reads.parse().expect("a number"))
}

fn go_wrong(place: Place, kind: Kind, at: usize, seed: u64) {
    let seed = format!("{} {} {at} {seed}", place.folder, kind.name);
    if !is_asked_for(place.scenario, &seed) {
        return;
    }
    let run = stage().begin(place.scenario, seed);
    let ended = run.live(|child| meddle(child, &run, place, kind.name, at));
    if !kind.kills {
        assert!(ended.output.status.success(), "{run:?}: {:?}\n{}", ended.output.status, ended.short());
        for (number, code) in ended.told.failed.iter().chain(&ended.told.shut) {
            let told = code.split(' ').next().unwrap_or_default();
            let is_fit = match (place.scenario.deeds().get(*number), told) {
                (_, "StorageFull" | "Unwritable") => true,
                // A page that could not be read once is not damaged: whoever is told so goes to mend what is whole.
                (_, "Corrupt") => place.scenario == Scenario::Mend,
                // A pause that could not close its files has locked.
                (Some(Deed::Resume), "Locked") => true,
                (Some(Deed::Wrong), "TryLater") => true,
                // A slot that could not be added cannot be removed either.
                (Some(Deed::RemoveSlot), "NotFound") => true,
                // What was not created, or not acknowledged, is not there to go on with.
                (_, "NotFound" | "NeedsAcknowledgement") => place.scenario == Scenario::Create,
                _ => false,
            };
            assert!(is_fit, "{run:?}: deed {number} was told {code}\n{}", ended.short());
        }
        // A disk that takes nothing more keeps nobody from reading.
        assert!(kind.reads || ended.told.unseen.is_empty(), "{run:?}: {:?}\n{}", ended.told.unseen, ended.short());
    }
    run.look(&ended);
}

#[test]
fn a_call_that_goes_wrong_loses_nothing_that_was_confirmed() {
    let _held = stage();
    let counts: BTreeMap<Place, (usize, usize)> = places().into_iter().map(|place| (place, count(place))).collect();
    let mut chance = Chance::new(11);
    let mut faults = Vec::new();
    for kind in KINDS {
        let calls = |place: &Place| counts.get(place).map_or(0, |(w, r)| if kind.reads { *r } else { *w });
        match runs() {
            None => {
                for _ in 0..SAMPLE {
                    let place = *chance.pick(&places()).expect("there are some");
                    faults.push((place, kind, 1 + chance.below(calls(&place)), chance.roll()));
                }
            }
            Some(runs) => {
                for place in counts.keys() {
                    // In a really long run deaths at every call; the rest so often, spread over the scenario.
                    let all = calls(place);
                    let is_swept = runs >= SWEEPS_FROM && matches!(kind.name, "kill-before" | "torn" | "power");
                    let step = if is_swept { 1 } else { (all / runs).max(1) };
                    let from = 1 + chance.below(step);
                    faults.extend((from..=all).step_by(step).map(|at| (*place, kind, at, chance.roll())));
                }
            }
        }
    }
    side_by_side(&faults, |(place, kind, at, seed)| go_wrong(*place, *kind, *at, *seed));
}
