//! Work in steps: bundles, backups, and what takes the vault as a whole.

use belay::command::Confirmation;
use belay::companion::{
    Brought, BroughtKind, BundleReport, Entered, Job, JobOutcome, JobProgress, Mended, NewDevice, Rekeyed, Restored,
    UnlockWith,
};
use belay::error::Code;
use belay::exchange::Scope;
use belay::ids::{DeviceId, DocId, SpaceId};
use belay::projection::Changes;
use belay::secret::SecretText;
use std::path::PathBuf;

/// How much goes out.
#[uniffi::remote(Enum)]
pub enum Scope {
    /// Everything since what the other last said to hold.
    SinceLast,
    /// Everything.
    Everything,
}

/// What is to be done.
#[uniffi::remote(Enum)]
pub enum Job {
    /// Writes a bundle for the others of a space into a file, which is there once it is whole.
    BundleOut {
        /// `None`: for my own other devices, every space of mine.
        space: Option<SpaceId>,
        /// How much.
        scope: Scope,
        /// A name in the host's exchange folder, or a path where it has none. What lies there is replaced.
        file: PathBuf,
    },
    /// Takes a bundle in.
    BundleIn {
        /// As above.
        file: PathBuf,
    },
    /// A backup in an empty or new folder; one step, since what is copied must not change meanwhile.
    Backup {
        /// Where.
        folder: PathBuf,
        /// For `Backup`; used up by opening the job.
        confirmation: Confirmation,
        /// Opens it besides the words, if one is given.
        passphrase: Option<SecretText>,
    },
    /// Makes a vault of a backup, where there is none yet, and opens it. One step.
    Restore {
        /// Where the backup lies. Of it nothing changes but the count of wrong secrets.
        folder: PathBuf,
        /// One of the backup's secrets.
        with: UnlockWith,
        /// For the new vault; the words stay the same.
        passphrase: SecretText,
    },
    /// Puts the whole vault under a new key. One step.
    ReKey {
        /// A typed secret.
        with: UnlockWith,
        /// A new one, needed where the vault has one and another secret was typed.
        passphrase: Option<SecretText>,
    },
    /// Reads every page, and mends what can be made again. One step; the vault is closed afterwards.
    Integrity {
        /// Opens it.
        with: UnlockWith,
    },
}

/// The kinds of things that come from others, as a report counts them.
#[uniffi::remote(Enum)]
pub enum BroughtKind {
    Idea,
    Decision,
    Edit,
    Comment,
    Copy,
    Other,
}

/// Something that came, counted.
#[uniffi::remote(Record)]
pub struct Brought {
    /// What kind of thing.
    pub kind: BroughtKind,
    /// The plan, goal or other object it is about.
    pub about: DocId,
    /// The part of a plan; empty elsewhere.
    pub part: String,
    /// How many.
    pub count: u64,
}

/// What a bundle brought.
#[uniffi::remote(Record)]
pub struct BundleReport {
    /// The spaces it had something for.
    pub spaces: Vec<SpaceId>,
    /// Batches that were not here before and counted, or wait to.
    pub new: u64,
    /// Batches that were here already.
    pub already: u64,
    /// Batches that wait for something that is not here yet.
    pub waiting: u64,
    /// Batches that were kept out.
    pub kept_out: u64,
    /// Batches that need a newer app.
    pub newer: u64,
    /// Envelopes that no key of this device opens.
    pub not_for_me: u64,
    /// Envelopes that opened and could not be taken in: nothing of them is kept, the others are taken in all the same.
    pub not_taken: u64,
    /// Whether the file ends too early: what was whole is taken in.
    pub truncated: bool,
    /// Whether content came before the digits were compared: it is sent again.
    pub too_early: bool,
    /// What it brought, for a sentence.
    pub brought: Vec<Brought>,
    /// Whether both sides hold the same now, as far as the other said; per space as in `spaces`.
    pub equal: Vec<Option<bool>>,
    /// What it touched.
    pub changes: Changes,
}

/// What a finished job made.
#[uniffi::remote(Enum)]
pub enum JobOutcome {
    /// The file is there.
    BundleOut {
        /// Envelopes in it.
        envelopes: u64,
        /// Devices it is for.
        devices: u64,
        /// Batches in it.
        batches: u64,
        /// Whether a card it is sealed to is old (`Outgoing`).
        old_card: bool,
    },
    /// It is taken in.
    BundleIn {
        /// What it brought.
        report: BundleReport,
    },
    /// It is made, and was read again from end to end.
    Backup {
        /// Whether both copies of its header are there.
        header_is_whole: bool,
    },
    /// It is there, and open.
    Restore {
        /// The new device, and what became of it in each space.
        restored: Restored,
    },
    /// It is under a new key.
    ReKey {
        /// What ended with the old one.
        rekeyed: Rekeyed,
    },
    /// It was whole, or is again.
    Integrity {
        /// What was damaged.
        mended: Mended,
    },
}

/// What became of one of my spaces.
#[uniffi::remote(Record)]
pub struct Entered {
    /// Which.
    pub space: SpaceId,
    /// Why this device does not write in it; `None` where it does.
    pub refused: Option<Code>,
}

/// A device with keys of its own.
#[uniffi::remote(Record)]
pub struct NewDevice {
    /// The one whose keys it no longer uses.
    pub from: DeviceId,
    /// Its own.
    pub device: DeviceId,
    /// Each space of mine, and why this device does not write in it where it does not.
    pub spaces: Vec<Entered>,
}

/// A vault made of a backup, and open.
#[uniffi::remote(Record)]
pub struct Restored {
    /// The new device, and what became of it in each space.
    pub device: NewDevice,
    /// When the backup was made, Unix milliseconds as its device claimed.
    pub made_ms: i64,
    /// For the host to keep beside its keystore key.
    pub vault_counter: u64,
}

/// A vault under a new key.
#[uniffi::remote(Record)]
pub struct Rekeyed {
    /// Keystore slots that ended: the host deletes these and sets up new ones.
    pub aliases: Vec<String>,
    /// Whether nothing of the old key is left in the folder. If not, the next unlock takes it away.
    pub old_is_gone: bool,
}

/// What mending found and did.
#[uniffi::remote(Record)]
pub struct Mended {
    /// Pages that were damaged, from 1. None: it was whole, and nothing was done.
    pub pages: Vec<u32>,
}

/// How far a job is.
#[uniffi::remote(Record)]
pub struct JobProgress {
    /// Of `total`, in a unit of the job's own.
    pub done: u64,
    /// 0 where it cannot be told yet.
    pub total: u64,
    /// Whether there is nothing left to do.
    pub finished: bool,
    /// What this step touched.
    pub changes: Changes,
    /// Once it is finished.
    pub outcome: Option<JobOutcome>,
}
