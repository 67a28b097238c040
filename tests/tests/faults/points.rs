//! A process that ends at a named point between two writes.

use crate::child::{is_asked_for, runs, side_by_side, stage};
use belay::fault::WRITE_POINTS;
use belay_tests::Chance;
use belay_tests::faults::Scenario;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Tallies = BTreeMap<Scenario, BTreeMap<String, usize>>;

/// How often each scenario passes each point. Nothing dies; what it leaves is looked at all the same.
fn tallies() -> Tallies {
    let tally = |scenario: Scenario| {
        let run = stage().begin(scenario, "nobody dies");
        (scenario, run.tally())
    };
    Scenario::ALL.into_iter().map(tally).collect()
}

/// Dies there at the n-th passage; what is left must be whole.
fn die(scenario: Scenario, point: &str, nth: usize, seed: u64) {
    let seed = format!("{point} {nth} {seed}");
    if !is_asked_for(scenario, &seed) {
        return;
    }
    let run = stage().begin(scenario, seed);
    let ended = run.live(|child| child.env("FAULTY_POINT", point).env("FAULTY_NTH", nth.to_string()));
    assert!(!ended.output.status.success(), "{run:?}: it lived on");
    run.look(&ended);
}

#[test]
fn a_process_that_dies_between_two_writes_loses_nothing_that_was_confirmed() {
    let _held = stage();
    let tallies = tallies();
    let passed: BTreeSet<&str> = tallies.values().flat_map(|tally| tally.keys().map(String::as_str)).collect();
    let dead: Vec<_> = WRITE_POINTS.iter().filter(|point| !passed.contains(**point)).collect();
    assert!(dead.is_empty(), "points that nothing passes: {dead:?}");
    let mut chance = Chance::new(4);
    let mut deaths = Vec::new();
    match runs() {
        // Every point once, in one of the scenarios that pass it.
        None => {
            for point in WRITE_POINTS {
                let passes: Vec<_> = tallies.iter().filter_map(|(s, tally)| Some((*s, *tally.get(*point)?))).collect();
                let (scenario, count) = *chance.pick(&passes).expect("it is passed");
                deaths.push((scenario, *point, 1 + chance.below(count), chance.roll()));
            }
        }
        Some(runs) => {
            for (scenario, tally) in &tallies {
                for (point, count) in tally {
                    // Each passage in turn, then again with other randomness.
                    deaths.extend((0..runs).map(|run| (*scenario, point.as_str(), 1 + run % count, chance.roll())));
                }
            }
        }
    }
    side_by_side(&deaths, |(scenario, point, nth, seed)| die(*scenario, point, *nth, *seed));
}

#[test]
fn every_point_of_the_sources_is_in_the_list() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/src");
    let (mut found, mut left) = (Vec::new(), vec![core]);
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).expect("sources").map(|entry| entry.expect("listed").path()) {
            if entry.is_dir() {
                left.push(entry);
            } else if entry.file_name().is_some_and(|name| name != "fault.rs") {
                let text = std::fs::read_to_string(&entry).expect("a source is text");
                let names = text.split("write_point!(\"").skip(1).filter_map(|rest| rest.split('"').next());
                found.extend(names.map(str::to_owned));
            }
        }
    }
    found.sort();
    let mut listed: Vec<String> = WRITE_POINTS.iter().map(|point| (*point).to_owned()).collect();
    listed.sort();
    assert_eq!(found, listed, "each point stands once in the sources and once in core/src/fault.rs");
}
