//! Starting a child, and what it leaves.

use belay_tests::faults::{Scenario, Scene, Told, prepare};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The scene of this test run, made once and never changed, and a place for runs beside it. It lies in Cargo's
/// own place for tests, so that nothing is left in the system's.
pub struct Stage {
    pub scene: Scene,
    place: tempfile::TempDir,
    runs: AtomicU64,
}

/// The one that runs use side by side. A test holds it from its beginning to its end; with the last the folder goes.
pub fn stage() -> Arc<Stage> {
    static STAGE: Mutex<Weak<Stage>> = Mutex::new(Weak::new());
    let mut held = STAGE.lock().unwrap_or_else(PoisonError::into_inner);
    held.upgrade().unwrap_or_else(|| {
        let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
        let scene = place.path().join("scene");
        std::fs::create_dir(&scene).expect("a new folder");
        let stage = Arc::new(Stage { scene: Scene::make(&scene), place, runs: AtomicU64::new(0) });
        *held = Arc::downgrade(&stage);
        stage
    })
}

/// How often each place is tried in the long run; `None` for the sample of every day.
pub fn runs() -> Option<usize> {
    std::env::var("BELAY_FAULT_RUNS").ok().map(|count| count.parse().expect("BELAY_FAULT_RUNS is a number"))
}

/// Only the runs of a scenario whose seed begins so: `BELAY_FAULT_ONLY="mend vault read-ever"`, to see again what went wrong.
pub fn is_asked_for(scenario: Scenario, seed: &str) -> bool {
    std::env::var("BELAY_FAULT_ONLY").map_or(true, |only| format!("{} {seed}", scenario.name()).starts_with(&only))
}

/// One child's folder; it is removed when all was well.
pub struct Run {
    pub scenario: Scenario,
    pub seed: String,
    pub folder: PathBuf,
}

/// What came of a child.
pub struct Ended {
    pub told: Told,
    pub lines: String,
    pub output: Output,
}

impl Ended {
    /// What it said, for a message.
    pub fn short(&self) -> String {
        let short = self.lines.lines().map(|line| line.chars().take(160).collect::<String>());
        let words = String::from_utf8_lossy(&self.output.stderr);
        short.chain([words.into_owned()]).collect::<Vec<_>>().join("\n")
    }
}

impl Stage {
    pub fn begin(&self, scenario: Scenario, seed: impl Into<String>) -> Run {
        let number = self.runs.fetch_add(1, Ordering::SeqCst);
        let folder = self.place.path().join(format!("{}-{number}", scenario.name()));
        prepare(&self.scene, &folder, scenario);
        Run { scenario, seed: seed.into(), folder }
    }

    pub fn scene_folder(&self) -> PathBuf {
        self.place.path().join("scene")
    }
}

impl Run {
    /// The child, still to be told where to end.
    pub fn child(&self, scene: &Path) -> Command {
        // A long run uses a child of its own, so that a build meanwhile does not change it.
        let built = std::env::var_os("BELAY_FAULT_CHILD").unwrap_or_else(|| env!("CARGO_BIN_EXE_faulty").into());
        let mut command = Command::new(built);
        command
            .env("FAULTY_SCENE", scene)
            .env("FAULTY_RUN", &self.folder)
            .env("FAULTY_SCENARIO", self.scenario.name())
            .env("FAULTY_SEED", &self.seed)
            .stdin(Stdio::null());
        command
    }

    /// Runs the child to its end, which is not a panic.
    pub fn live(&self, tell: impl FnOnce(&mut Command) -> &mut Command) -> Ended {
        let mut command = self.child(&stage().scene_folder());
        tell(&mut command);
        let output = command.output().expect("the child starts");
        let lines = String::from_utf8(output.stdout.clone()).expect("text");
        let words = String::from_utf8_lossy(&output.stderr);
        assert_ne!(output.status.code(), Some(101), "{self:?}: it panicked:\n{lines}{words}");
        Ended { told: Told::parse(self.scenario, &lines), lines, output }
    }

    /// Looks at what is left, and takes it away. Another process looks: while this one starts children, each of them
    /// holds for a moment what this one has open, a vault's lock as well.
    pub fn look(self, ended: &Ended) {
        let said = self.folder.join("said");
        std::fs::write(&said, &ended.lines).expect("a file of its own");
        let mut looking = self.child(&stage().scene_folder());
        looking.env("FAULTY_AFTER", &said);
        if self.lose_a_header() {
            looking.env("FAULTY_LOST_HEADER", "yes");
        }
        if [" eio-ever ", " read-ever "].iter().any(|kind| self.seed.contains(kind)) {
            looking.env("FAULTY_DISK_BROKE", "yes");
        }
        let looked = looking.output().expect("the child starts");
        if !looked.status.success() {
            let words = String::from_utf8_lossy(&looked.stderr).into_owned();
            panic!("{self:?}, {:?}:\n{}\n{words}", ended.output.status, ended.short());
        }
        std::fs::remove_dir_all(&self.folder).expect("a run's own folder");
    }

    /// In every third run the disk loses a header copy as well. Not where the other one may not be written yet.
    fn lose_a_header(&self) -> bool {
        let dice = self.seed.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        let has_two =
            !matches!(self.scenario, Scenario::Create | Scenario::Finish | Scenario::Erase | Scenario::EraseLocked);
        let name = ["header.a", "header.b"][dice / 3 % 2];
        has_two && dice % 3 == 0 && std::fs::remove_file(self.folder.join("vault").join(name)).is_ok()
    }

    /// The passes of every point, where nothing is cut short.
    pub fn tally(&self) -> BTreeMap<String, usize> {
        let tally = self.folder.join("tally");
        let ended = self.live(|child| child.env("FAULTY_TALLY", &tally));
        assert!(ended.output.status.success() && ended.told.is_whole() || self.refuses(), "{self:?}: {}", ended.lines);
        let lines = std::fs::read_to_string(&tally).expect("counted");
        let pair =
            |line: &str| line.split_once(' ').map(|(at, count)| (at.to_owned(), count.parse().expect("a count")));
        lines.lines().filter_map(pair).collect()
    }

    /// The last of too many wrong secrets is not even tried.
    fn refuses(&self) -> bool {
        self.scenario == Scenario::Attempts
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}] in {}", self.scenario.name(), self.seed, self.folder.display())
    }
}

/// Does all of it, on as many threads as the machine has, and says at the end how much went wrong.
pub fn side_by_side<T: Sync>(work: &[T], each: impl Fn(&T) + Sync) {
    let (next, wrong) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let worker = || {
        while let Some(one) = work.get(next.fetch_add(1, Ordering::SeqCst)) {
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| each(one)));
            wrong.fetch_add(usize::from(done.is_err()), Ordering::SeqCst);
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(worker))));
    assert_eq!(wrong.into_inner(), 0, "of {}", work.len());
}
