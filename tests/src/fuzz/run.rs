//! The runner under plain `cargo test`.

use super::measure::{count_panics, counted_panics, forget_peak, last_panic, peak_kib};
use super::{Depth, Dice, Target};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

/// Failures after which a run gives up.
const FAILURES_MAX: usize = 20;
/// A case that adds so much to the most memory held is told.
const JUMP_KIB: u64 = 16 * 1024;

/// What a run found.
#[derive(Debug)]
pub struct Report {
    name: &'static str,
    steps: &'static [&'static str],
    /// How many cases.
    pub cases: u64,
    ends: BTreeMap<Depth, u64>,
    /// Seeds with what went wrong.
    pub failures: Vec<(u64, String)>,
    caught: BTreeMap<String, u64>,
    begun_kib: u64,
    /// The most memory the process held while it ran, KiB.
    pub peak_kib: u64,
    jumps: Vec<(u64, u64)>,
    took: Duration,
    slowest: (u64, Duration),
}

/// How many cases: `BELAY_FUZZ_CASES`, else these.
fn cases(default: u64) -> u64 {
    std::env::var("BELAY_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default)
}

/// The first seed: `BELAY_FUZZ_SEED`, else 1. Each case has the seed after the one before.
fn first_seed() -> u64 {
    std::env::var("BELAY_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

/// Runs a target for as many cases as `BELAY_FUZZ_CASES` says, else `default`.
pub fn run(name: &'static str, target: &mut dyn Target, default: u64) -> Report {
    forget_peak();
    let begun_kib = peak_kib();
    let mut report = Report {
        name,
        steps: target.steps(),
        cases: 0,
        ends: BTreeMap::new(),
        failures: Vec::new(),
        caught: BTreeMap::new(),
        begun_kib,
        peak_kib: begun_kib,
        jumps: Vec::new(),
        took: Duration::ZERO,
        slowest: (0, Duration::ZERO),
    };
    count_panics();
    let (begun, wanted) = (Instant::now(), cases(default));
    let mut seed = first_seed();
    while report.cases < wanted && report.failures.len() < FAILURES_MAX {
        let case_begun = Instant::now();
        let end = catch_unwind(AssertUnwindSafe(|| target.case(&mut Dice::of_seed(seed))));
        report.note(seed, end.map_err(|_| last_panic()), case_begun.elapsed());
        seed += 1;
    }
    report.took = begun.elapsed();
    report.caught = counted_panics();
    report
}

impl Report {
    fn note(&mut self, seed: u64, end: Result<Option<Depth>, String>, took: Duration) {
        match end {
            Ok(None) => return,
            Ok(Some(depth)) => *self.ends.entry(depth).or_default() += 1,
            Err(why) => self.failures.push((seed, why)),
        }
        self.cases += 1;
        if took > self.slowest.1 {
            self.slowest = (seed, took);
        }
        let peak = peak_kib();
        if peak > self.peak_kib + JUMP_KIB {
            self.jumps.push((seed, peak - self.peak_kib));
        }
        self.peak_kib = self.peak_kib.max(peak);
    }

    /// How many cases passed at least so many steps.
    pub fn passed(&self, steps: usize) -> u64 {
        self.ends.iter().filter(|(depth, _)| depth.passed >= steps).map(|(_, count)| count).sum()
    }

    /// Fails for every case that failed, with its seed; and for a run that never came to the end of its steps, or in
    /// which no case was stopped.
    #[track_caller]
    pub fn hold(&self) {
        let name = self.name;
        assert!(
            self.failures.is_empty(),
            "{self}\nfailed; again with BELAY_FUZZ_CASES=1 BELAY_FUZZ_SEED=… cargo test -p belay-tests --test fuzz \
             -- {name}: {:#?}",
            self.failures
        );
        if self.cases >= 500 {
            for (at, step) in self.steps.iter().enumerate() {
                assert!(self.passed(at + 1) > 0, "{self}\nno case passed the step \"{step}\"");
            }
            assert!(self.passed(self.steps.len()) < self.cases, "{self}\nno case was stopped");
        }
    }
}

fn share(part: u64, of: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a share to one decimal")]
    let (part, of) = (part as f64, of.max(1) as f64);
    100.0 * part / of
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { name, cases, begun_kib, peak_kib, .. } = self;
        let (seconds, failed) = (self.took.as_secs_f32(), self.failures.len());
        writeln!(f, "{name}: {cases} cases, {failed} failed, {seconds:.1} s")?;
        writeln!(
            f,
            "  memory: at most {} MiB, {} MiB before; slowest case {:.1} ms (seed {})",
            peak_kib / 1024,
            begun_kib / 1024,
            self.slowest.1.as_secs_f64() * 1e3,
            self.slowest.0
        )?;
        for (seed, more) in self.jumps.iter().take(10) {
            writeln!(f, "  memory rose by {} MiB at seed {seed}", more / 1024)?;
        }
        for (at, step) in self.steps.iter().enumerate() {
            writeln!(f, "  {:5.1} % {step}", share(self.passed(at + 1), *cases))?;
        }
        let mut ends: Vec<_> = self.ends.iter().collect();
        ends.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let told: Vec<String> =
            ends.iter().take(24).map(|(end, n)| format!("{}:{} {n}", end.passed, end.ended)).collect();
        writeln!(f, "  ends: {}", told.join(", "))?;
        let sites: Vec<String> = self.caught.iter().map(|(place, n)| format!("{place} {n}")).collect();
        write!(f, "  panics: {} at {} places {}", self.caught.values().sum::<u64>(), sites.len(), sites.join(", "))
    }
}

/// One case from a fuzzer's bytes: an even first byte says that the rest is given as it is, an odd one that it is dice.
///
/// A panic that the core catches is no failure, so a fuzzer's own way of watching for panics is put aside.
pub fn feed(target: &mut dyn Target, data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    count_panics();
    let case = || match first % 2 {
        0 => drop(target.given(rest)),
        _ => drop(target.case(&mut Dice::of_bytes(rest))),
    };
    let end = catch_unwind(AssertUnwindSafe(case));
    counted_panics();
    if let Err(panic) = end {
        eprintln!("{}", last_panic());
        resume_unwind(panic);
    }
}
