//! Work in steps: bundles and backups.

use belay::command::Confirmation;
use belay::companion::{Brought, BroughtKind, BundleReport, Job, JobOutcome, JobProgress};
use belay::exchange::Scope;
use belay::ids::{DocId, SpaceId};
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
