//! What a host says besides its folder, and what the companion keeps of it beside the session.

use super::diagnostics::{Log, LogCall, LogLine};
use super::jobs::Wholes;
use super::ticking::HostFacts;
use super::{Answered, HostConfig, hold};
use crate::clock::Moment;
use crate::crypto::kdf::PassphraseCost;
use crate::error::{Code, Field};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

/// A clock that never goes back: the core has none of its own.
pub trait Stopwatch: Send {
    /// Milliseconds since any fixed beginning.
    fn now_ms(&mut self) -> u64;
}

/// Where a vault lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In folders.
    Folder {
        /// The app's own: vault, slots, what was dropped in.
        private: PathBuf,
        /// What widgets and share extensions may read; nothing is kept there yet.
        public: Option<PathBuf>,
    },
}

impl Location {
    /// The vault's folder.
    pub fn folder(&self) -> &Path {
        match self {
            Location::Folder { private, .. } => private,
        }
    }
}

/// What a host may say besides.
#[derive(Default)]
pub struct HostOptions {
    /// Where bundles and other files that are carried lie: a name alone is looked for there.
    pub exchange_dir: Option<PathBuf>,
    /// Measures job steps and durations in the log. Without one a step is a single envelope or block.
    pub stopwatch: Option<Box<dyn Stopwatch>>,
}

impl std::fmt::Debug for HostOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HostOptions")
    }
}

/// Below this much memory a passphrase costs the floor: the default takes 64 MiB while it is tried.
const MEMORY_SHORT_BYTES: u64 = 256 * 1024 * 1024;

impl HostConfig {
    /// What a host says at least. `max_memory`: the bytes that this app may use, where the host knows; under 256 MiB a
    /// new passphrase costs the floor (protocol.md §2).
    pub fn at(location: &Location, languages: Vec<String>, max_memory: Option<u64>) -> HostConfig {
        let is_short = max_memory.is_some_and(|bytes| bytes < MEMORY_SHORT_BYTES);
        let cost = if is_short { PassphraseCost::FLOOR } else { PassphraseCost::DEFAULT };
        HostConfig { folder: location.folder().to_owned(), languages, cost }
    }
}

/// Beside the session, since some of it is asked for while the session is busy or gone.
pub(super) struct HostSide {
    exchange_dir: Option<PathBuf>,
    stopwatch: Option<Mutex<Box<dyn Stopwatch>>>,
    pub(super) facts: Mutex<Option<HostFacts>>,
    log: Mutex<Log>,
    /// The last wall clock that was told, for calls that come without one.
    last_ms: AtomicI64,
    /// How many calls want the session ended or at rest now.
    ending: AtomicU32,
    /// Jobs that are to stop.
    pub(super) stopped: Mutex<BTreeSet<u64>>,
    /// Jobs that take the vault as a whole.
    pub(super) wholes: Mutex<Wholes>,
}

/// Keeps others from starting while one waits to end the session.
pub(super) struct Ending<'a>(&'a AtomicU32);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl HostSide {
    pub(super) fn new(options: HostOptions) -> HostSide {
        HostSide {
            exchange_dir: options.exchange_dir,
            stopwatch: options.stopwatch.map(Mutex::new),
            facts: Mutex::new(None),
            log: Mutex::new(Log::default()),
            last_ms: AtomicI64::new(0),
            ending: AtomicU32::new(0),
            stopped: Mutex::new(BTreeSet::new()),
            wholes: Mutex::new(Wholes::default()),
        }
    }

    /// The languages that a tick told last.
    pub(super) fn languages(&self) -> Option<Vec<String>> {
        hold(&self.facts).as_ref().map(|facts| facts.languages.clone()).filter(|languages| !languages.is_empty())
    }

    /// A file that is carried, where the host keeps those.
    pub(super) fn carried(&self, file: &Path) -> Answered<PathBuf> {
        let is_name = file.file_name().is_some_and(|name| file.as_os_str() == name);
        match &self.exchange_dir {
            Some(folder) if is_name => Ok(folder.join(file)),
            // Elsewhere than where such files lie is a mistake of the host's.
            Some(folder) if file.parent() != Some(folder) => Err(Code::OutOfRange.of(Field::Folder).into()),
            _ if file.file_name().is_none() => Err(Code::OutOfRange.of(Field::Folder).into()),
            _ => Ok(file.to_owned()),
        }
    }

    pub(super) fn begin_ending(&self) -> Ending<'_> {
        self.ending.fetch_add(1, Ordering::SeqCst);
        Ending(&self.ending)
    }

    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst) > 0
    }

    /// Milliseconds by the host's stopwatch.
    pub(super) fn now_ms(&self) -> Option<u64> {
        self.stopwatch.as_ref().map(|watch| hold(watch).now_ms())
    }

    /// Does `work` and logs how it went; `count` reads a number off the answer.
    pub(super) fn logged<T>(
        &self,
        call: LogCall,
        at: Option<&Moment>,
        count: impl FnOnce(&T) -> u64,
        work: impl FnOnce() -> Answered<T>,
    ) -> Answered<T> {
        let begun = self.now_ms();
        let answer = work();
        let took_ms = begun.and_then(|begun| Some(self.now_ms()?.saturating_sub(begun)));
        if let Some(at) = at {
            self.last_ms.store(at.unix_ms, Ordering::Relaxed);
        }
        let (code, count) = match &answer {
            Ok(value) => (None, count(value)),
            Err(failure) => (Some(failure.code()), 0),
        };
        let at_ms = self.last_ms.load(Ordering::Relaxed);
        hold(&self.log).put(LogLine { at_ms, call, code, count, took_ms });
        answer
    }

    pub(super) fn log_lines(&self, max: u32) -> Vec<LogLine> {
        hold(&self.log).newest(max)
    }
}
