//! The one object a host holds: create, unlock, pause, resume, lock, erase; read, preview, apply; pairing and bundles.
//!
//! Calls block; none reads a clock: time comes with each call as a [`Moment`]. Writes go one after another; reads run
//! beside them on readers of their own. What a caller gets back is a [`Failure`] of a closed set, never a cause.

mod acting;
mod backing_up;
mod carrying;
mod confirming;
mod copies;
mod devices;
mod diagnostics;
mod dropping;
mod exchanges;
mod forgetting;
#[cfg(feature = "hostile")]
#[doc(hidden)]
pub mod hostile;
mod hosted;
mod hosting;
mod jobs;
mod mending;
mod opening;
mod pairings;
mod pausing;
mod phrasing;
mod reading;
mod rekeying;
mod renewing;
mod searching;
mod session;
mod sharing;
mod slots;
mod texting;
mod ticking;

pub use crate::exchange::Entered;
pub use crate::store::Readout;
pub use backing_up::{BackupChecked, check_backup};
pub use carrying::{Brought, BroughtKind, BundleReport, KNOWN_BY_BYTES};
pub use confirming::CONFIRMED_FOR_MS;
pub use devices::{BegunAgain, DeviceRow};
pub use diagnostics::{LOG_LINES_MAX, LogCall, LogLine};
pub use dropping::{DropIn, DropsTaken, drop_in};
pub use exchanges::{ExchangeEnd, ExchangeIn, ExchangeKind, ExchangeOut, ExchangeShow};
pub use hosting::{HostOptions, Location, Stopwatch};
pub use jobs::{Job, JobId, JobOutcome, JobProgress};
pub use mending::Mended;
pub use opening::{Created, EraseReport, NewVault, SlotKey, UnlockWith, Unlocked};
pub use pausing::Paused;
pub use phrasing::{FormatVersion, PHRASES_MAX, PhraseId, Plain, Version, phrases, version};
pub use reading::{FAMILIES_MAX, INTERRUPTED_MAX};
pub use rekeying::Rekeyed;
pub use renewing::{NewDevice, Renewed, Restored};
pub use slots::{EraseScope, NewSlot, SlotAdded};
pub use texting::{
    FIELDS_MAX, Fate, Recovered, Resend, Saved, Selection, Settle, Splice16, TextChange, TextMerge, TextNow, TextOpened,
};
pub use ticking::{Alarm, AlarmKind, HostFacts, Memory, Network, Power, Tick};

use crate::clock::Moment;
use crate::crypto::kdf::PassphraseCost;
use crate::error::{Code, Failure, Result};
use crate::ids::SpaceId;
use crate::library::Phrases;
use crate::projection::People;
use crate::secret::{Entropy, sweeping_deep};
use crate::store::{Interrupter, Readers};
use crate::text::PersonText;
use crate::vault::{FolderLock, VaultFacts};
#[cfg(test)]
use crate::{
    command::{Applied, Command, Outcome},
    store::singles,
};
use session::Session;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most commands of one call: more would keep the writer from everyone else.
pub const COMMANDS_MAX: usize = 1_000;
/// Most asks of one call.
pub const ASKS_MAX: usize = 64;

/// What a host says once.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// The vault's folder; made with mode 0700 when a vault is created.
    pub folder: PathBuf,
    /// BCP-47 languages, best first.
    pub languages: Vec<String>,
    /// What a passphrase costs: the default, or the floor where memory is short.
    pub cost: PassphraseCost,
}

/// Where a companion stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultState {
    /// No session; what the folder says.
    Closed(VaultFacts),
    /// Unlocked.
    Open,
    /// Unlocked, and no file is open: `resume` goes on.
    Paused,
}

enum Inner {
    Closed(Option<FolderLock>),
    Open(Box<Session>),
    Paused(Box<session::Resting>),
}

/// What reads need, beside the writer.
#[derive(Clone)]
struct Reader {
    readers: Readers,
    phrases: Arc<Phrases>,
}

/// The companion of one vault.
pub struct Companion {
    config: HostConfig,
    inner: Mutex<Inner>,
    entropy: Mutex<Box<dyn Entropy>>,
    reading: Mutex<Option<Reader>>,
    stopper: Mutex<Option<Interrupter>>,
    /// The fields somebody types in. Taken after `inner` where both are.
    typing: Mutex<texting::Typing>,
    ops: reading::Ops,
    /// Rises whenever someone wants the session ended or at rest: what works through many writes stops between two.
    leaving: AtomicU64,
    /// How many envelopes of a bundle are taken in together: fewer after an interruption, until a bundle came in whole.
    lot: AtomicUsize,
    /// What the host said, and the log it may pull.
    host: hosting::HostSide,
}

impl std::fmt::Debug for Companion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Companion")
    }
}

/// A lock that a panic elsewhere does not poison: what it guards is checked by transactions, not by threads.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a vault's folder says while it is locked, with how long the next try has to wait; never fails and writes
/// nothing. [`Companion::state`] says the same without the wait.
pub fn inspect(folder: &Path, at: &Moment) -> VaultFacts {
    crate::vault::inspect_at(folder, at)
}

type Answered<T> = std::result::Result<T, Failure>;

impl Companion {
    /// Takes a vault's folder; opens no file of it.
    pub fn open(config: HostConfig, entropy: Box<dyn Entropy>) -> Self {
        Self::open_with(config, HostOptions::default(), entropy)
    }

    /// [`Companion::open`] for a host that says more.
    pub fn open_with(config: HostConfig, options: HostOptions, entropy: Box<dyn Entropy>) -> Self {
        Companion {
            config,
            inner: Mutex::new(Inner::Closed(None)),
            entropy: Mutex::new(entropy),
            reading: Mutex::new(None),
            stopper: Mutex::new(None),
            typing: Mutex::default(),
            ops: reading::Ops::default(),
            leaving: AtomicU64::new(0),
            lot: AtomicUsize::new(carrying::LOT_ENVELOPES),
            host: hosting::HostSide::new(options),
        }
    }

    /// Where it stands.
    pub fn state(&self) -> VaultState {
        match &*hold(&self.inner) {
            Inner::Closed(Some(lock)) => VaultState::Closed(lock.inspect()),
            Inner::Closed(None) => VaultState::Closed(crate::vault::inspect(&self.config.folder)),
            Inner::Open(_) => VaultState::Open,
            Inner::Paused(_) => VaultState::Paused,
        }
    }

    /// The catalogues of this person.
    pub fn phrases(&self) -> Phrases {
        let told = self.host.languages();
        let languages = told.as_ref().unwrap_or(&self.config.languages);
        Phrases::new(&languages.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn ask_to_leave(&self) {
        self.leaving.fetch_add(1, Ordering::SeqCst);
    }

    fn with_session<T>(&self, work: impl FnOnce(&mut Session, &mut dyn Entropy) -> Result<T>) -> Answered<T> {
        let mut inner = hold(&self.inner);
        // Whoever waited here behind a lock or a pause must not keep it waiting.
        let Inner::Open(session) = &mut *inner else { return Err(Code::Locked.detail().into()) };
        if self.host.is_ending() {
            return Err(Code::Locked.detail().into());
        }
        let mut entropy = hold(&self.entropy);
        sweeping_deep(|| work(session, entropy.as_mut())).map_err(Failure::from)
    }

    /// My own space.
    ///
    /// # Errors
    /// `Locked`.
    pub fn own_space(&self) -> Answered<SpaceId> {
        self.with_session(|session, _| Ok(session.me.own))
    }

    /// What I am called in a space, as the others there read it; empty where I said nothing. That of my own space is what
    /// I called myself in all.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a space this device is not in.
    pub fn my_name(&self, space: &SpaceId) -> Answered<PersonText> {
        self.with_session(|session, _| {
            let people = session.store.read(|db| People::of(db, space))?;
            Ok(people.name(&people.me()).into())
        })
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vault_tests;
