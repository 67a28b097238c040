//! What an app tells of its surroundings, and what it hears without a vault.

use belay::command::TextTarget;
use belay::companion::{
    Alarm, AlarmKind, DropIn, DropsTaken, FormatVersion, HostFacts, LogCall, LogLine, Memory, Network, PhraseId, Plain,
    Power, Tick, Version,
};
use belay::error::Code;
use belay::projection::Changes;
use belay::text::PersonText;

/// A format that this library reads and writes.
#[uniffi::remote(Record)]
pub struct FormatVersion {
    /// `vault`, `store`, `batch`, `bundle`, `drop`.
    pub name: String,
    /// The newest it writes.
    pub version: u32,
}

/// Which library this is.
#[uniffi::remote(Record)]
pub struct Version {
    /// The release.
    pub library: String,
    /// What a facade was generated from must be the same: it refuses a library of another build. Set by whoever builds
    /// with `BELAY_BUILD`, else the release.
    pub build: String,
    /// Each format with its number, by name.
    pub formats: Vec<FormatVersion>,
}

/// A sentence of the catalogue, without marks around names: nobody's words.
#[uniffi::remote(Record)]
pub struct Plain {
    /// Which.
    pub id: PhraseId,
    /// In the first of the languages that has it, else in English.
    pub text: String,
}

/// What is dropped in.
#[uniffi::remote(Enum)]
pub enum DropIn {
    /// A note written before unlocking, 1–100,000 scalars.
    QuickNote {
        /// Its body.
        text: PersonText,
    },
    /// What another app shared.
    Shared {
        /// At most 200 scalars.
        title: PersonText,
        /// At most 100,000 scalars; one of the two says something.
        text: PersonText,
    },
    /// The whole text of an editor that the vault was locked under, as far as it was typed; at most 1 MiB. It becomes
    /// the draft of its field.
    EditorWords {
        /// Where they belong.
        target: TextTarget,
        /// As typed: nothing is trimmed, cut or refused for its signs.
        text: PersonText,
        /// What the field showed when the vault last answered it. Where its object is forgotten by then, only what was typed
        /// since goes into the draft, and without this nothing.
        before: Option<PersonText>,
    },
}

/// How much memory the system leaves.
#[uniffi::remote(Enum)]
pub enum Memory {
    /// Enough.
    Fine,
    /// Getting short: documents in memory are let go.
    Low,
    /// The app may be ended: as `Low`.
    Critical,
}

/// What the network costs.
#[uniffi::remote(Enum)]
pub enum Network {
    None,
    Metered,
    Free,
}

/// How the device is fed.
#[uniffi::remote(Enum)]
pub enum Power {
    Battery,
    Low,
    Charging,
}

/// What the host sees around it.
#[uniffi::remote(Record)]
pub struct HostFacts {
    /// IANA time zone; empty for unknown.
    pub zone: String,
    /// BCP-47 languages, best first, at most 16; empty: as told at `open`.
    pub languages: Vec<String>,
    /// Memory.
    pub memory: Memory,
    /// Network.
    pub network: Network,
    /// Power.
    pub power: Power,
}

/// What rings.
#[uniffi::remote(Enum)]
pub enum AlarmKind {
    /// Something of one's own; the system shows "Reminder", never what of.
    Reminder,
}

/// When to ring; says nothing of what about.
#[uniffi::remote(Record)]
pub struct Alarm {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// What rings.
    pub kind: AlarmKind,
}

/// What a tick did and what comes next.
#[uniffi::remote(Record)]
pub struct Tick {
    /// What it touched.
    pub changes: Changes,
    /// At most 64, the next first; for the host to set instead of those it had. None yet: nothing here rings.
    pub alarms: Vec<Alarm>,
    /// When time will do something again, Unix milliseconds; `None` where nothing waits.
    pub next_wake_ms: Option<i64>,
    /// What was dropped in and is taken in now.
    pub dropped: DropsTaken,
}

/// Which call a line tells of.
#[uniffi::remote(Enum)]
pub enum LogCall {
    Create,
    Unlock,
    Lock,
    Pause,
    Resume,
    Confirm,
    RecoveryWords,
    Slot,
    Erase,
    Tick,
    Job,
    Exchange,
}

/// One call: when, how it ended, how much, how long.
#[uniffi::remote(Record)]
pub struct LogLine {
    /// Unix milliseconds of the last moment that the host told.
    pub at_ms: i64,
    /// Which call.
    pub call: LogCall,
    /// How it was refused, where it was.
    pub code: Option<Code>,
    /// How many things it was about; 0 where it counts none.
    pub count: u64,
    /// How long it took, where the host gave a stopwatch.
    pub took_ms: Option<u64>,
}
