//! A process that is to die: does one scenario on one vault, for `tests/tests/faults`. What it is to do and where it ends
//! comes in variables; what it was told comes out as lines.

use belay::clock::Moment;
use belay::error::Code;
use belay_tests::faults::{Scenario, Scene, Told, after, live};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn main() {
    let (scene, run) = (Scene::at(&PathBuf::from(given("FAULTY_SCENE"))), PathBuf::from(given("FAULTY_RUN")));
    let scenario = Scenario::of_name(&given("FAULTY_SCENARIO")).expect("a scenario");
    let looks = std::env::var("FAULTY_AFTER");
    if scenario == Scenario::Migration {
        if looks.is_ok() {
            older_app(&scene, &run);
        }
        fail::cfg(belay::fault::TRIAL_POINT, "return").expect("a point of this build");
    }
    if let Ok(lines) = looks {
        let lines = std::fs::read_to_string(lines).expect("what a child said");
        let is_said = |name: &str| std::env::var_os(name).is_some();
        let told = Told::parse(scenario, &lines).with_lost_header(is_said("FAULTY_LOST_HEADER"));
        after(&scene, &run, scenario, &told.with_disk_broken(is_said("FAULTY_DISK_BROKE")));
        return;
    }
    let passed = Arc::new(Mutex::new(BTreeMap::new()));
    match std::env::var("FAULTY_POINT") {
        Ok(point) => die_at(point, given("FAULTY_NTH").parse().expect("a number")),
        Err(_) => belay::fault::WRITE_POINTS.iter().for_each(|point| count(point, &passed)),
    }
    live(&scene, &run, scenario, &given("FAULTY_SEED"), &mut say);
    if let Ok(tally) = std::env::var("FAULTY_TALLY") {
        let passed = passed.lock().expect("nobody panicked");
        let lines: Vec<String> = passed.iter().map(|(point, count)| format!("{point} {count}\n")).collect();
        std::fs::write(tally, lines.concat()).expect("a file of its own");
    }
}

/// The released build opens a store that was not upgraded, and says of one that was that it is newer.
fn older_app(scene: &Scene, run: &Path) {
    let mara = scene.companion(&run.join("vault"), "an older app");
    let at = Moment { unix_ms: 1_800_001_000_000, zone: "UTC".into(), boot_ms: 0, boot_id: 0 };
    match mara.unlock(&scene.key(), &at) {
        Ok(_) => mara.lock().expect("locking"),
        Err(failure) => assert_eq!(failure.code(), Code::NewerSchema),
    }
}

/// A line is out when this returns.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("someone listens");
}

/// Ends the process there, at once: nothing is dropped, flushed or unwound.
fn die_at(point: String, nth: u64) {
    let passed = AtomicU64::new(0);
    let die = move || {
        if passed.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            std::process::abort();
        }
    };
    fail::cfg_callback(point, die).expect("a point of this build");
}

fn count(point: &'static str, passed: &Arc<Mutex<BTreeMap<&'static str, u64>>>) {
    let passed = passed.clone();
    let one_more = move || *passed.lock().expect("nobody panicked").entry(point).or_insert(0) += 1;
    fail::cfg_callback(point, one_more).expect("a point of this build");
}
