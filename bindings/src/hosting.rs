//! What a host says once, and what this crate gives core in its name: the system's randomness and a clock that never
//! goes back.

use belay::companion::{Companion, HostConfig as CoreConfig, HostOptions, Location, Stopwatch};
use belay::secret::SystemEntropy;
use std::path::PathBuf;
use std::time::Instant;

/// What an app says once.
#[derive(Clone, Debug, uniffi::Record)]
pub struct HostConfig {
    /// Where the vault lies.
    pub location: Location,
    /// Where bundles and other files that are carried lie; a job takes a name in it. Without one it takes paths.
    pub exchange_dir: Option<PathBuf>,
    /// BCP-47 languages, best first, at most 16.
    pub languages: Vec<String>,
    /// The bytes this app may use, where the platform tells: with less than 256 MiB a new passphrase costs less.
    pub max_memory: Option<u64>,
}

/// The process's monotonic clock, from when the companion was made.
struct SystemStopwatch(Instant);

impl Stopwatch for SystemStopwatch {
    fn now_ms(&mut self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A companion for this host.
pub fn companion(config: HostConfig) -> Companion {
    let HostConfig { location, exchange_dir, languages, max_memory } = config;
    let options = HostOptions { exchange_dir, stopwatch: Some(Box::new(SystemStopwatch(Instant::now()))) };
    let config = CoreConfig::at(&location, languages, max_memory);
    Companion::open_with(config, options, Box::new(SystemEntropy::default()))
}
