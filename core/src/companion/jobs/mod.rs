//! Work that takes longer than a screen waits: in steps, between which everyone else may write. A job lives in the
//! session: a pause keeps it, a lock ends it. What it makes counts as a whole or not at all.

mod bundle_in;
mod bundle_out;
mod whole;

use super::backing_up::{self, make_backup};
use super::confirming::Proof;
use super::session::Session;
use super::{Answered, BundleReport, Companion, LogCall, Mended, Rekeyed, Restored, UnlockWith, hold};
use crate::clock::Moment;
use crate::command::{Confirmation, Purpose};
use crate::error::{Code, Error, Result};
use crate::exchange::Scope;
use crate::ids::SpaceId;
use crate::projection::Changes;
use crate::secret::{Entropy, SecretText};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
pub(super) use whole::Wholes;

/// Most jobs at once; a finished one makes room.
const JOBS_MAX: usize = 8;
/// The highest bit but one: every job's number has it. A host counts its own operations from below.
const JOB: u64 = 1 << 62;
/// Interrupted jobs that are remembered.
const STOPPED_MAX: usize = 64;

/// A job of this session. Its number is random and no operation of a host's: [`Companion::interrupt`] takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// What is to be done.
#[derive(Clone, Debug)]
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
        /// For `Backup`; used up by opening the job, unless no backup is made.
        confirmation: Confirmation,
        /// Opens it besides the words, if one is given.
        passphrase: Option<SecretText>,
    },
    /// Makes a vault of a backup, where there is none yet, and opens it ([`Companion::restore`]). One step.
    Restore {
        /// Where the backup lies. Of it nothing changes but the count of wrong secrets.
        folder: PathBuf,
        /// One of the backup's secrets.
        with: UnlockWith,
        /// For the new vault; the words stay the same.
        passphrase: SecretText,
    },
    /// Puts the whole vault under a new key ([`Companion::rekey`]). One step.
    ReKey {
        /// A typed secret.
        with: UnlockWith,
        /// A new one, needed where the vault has one and another secret was typed.
        passphrase: Option<SecretText>,
    },
    /// Reads every page, and mends what can be made again ([`Companion::mend`]). One step; the vault is closed afterwards.
    Integrity {
        /// Opens it.
        with: UnlockWith,
    },
}

/// What a finished job made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobOutcome {
    /// The file is there.
    BundleOut {
        /// Envelopes in it.
        envelopes: u64,
        /// Devices it is for.
        devices: u64,
        /// Batches in it.
        batches: u64,
        /// Whether a card it is sealed to is old ([`crate::exchange::Outgoing`]).
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

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// When a step has to end.
pub(super) struct Until<'a> {
    companion: &'a Companion,
    id: u64,
    leaving: u64,
    ends_ms: Option<u64>,
}

impl Until<'_> {
    /// Whether another piece may begin. Without a stopwatch a step is one piece.
    ///
    /// # Errors
    /// `Interrupted`.
    fn has_time(&self) -> Result<bool> {
        self.check()?;
        let now_ms = self.companion.host.now_ms();
        Ok(self.ends_ms.zip(now_ms).is_some_and(|(ends, now)| now < ends))
    }

    fn check(&self) -> Result<()> {
        let is_leaving = self.companion.leaving.load(Ordering::SeqCst) != self.leaving;
        let is_stopped = hold(&self.companion.host.stopped).remove(&self.id);
        if is_leaving || is_stopped { Code::Interrupted.err() } else { Ok(()) }
    }
}

enum Running {
    Out(Box<bundle_out::BundleOut>),
    In(Box<bundle_in::BundleIn>),
    Backup(PathBuf, Proof, Option<SecretText>),
    Finished(Box<JobProgress>),
}

/// Those of a session.
#[derive(Default)]
pub(super) struct Jobs(BTreeMap<u64, Running>);

impl Companion {
    /// Begins a job; nothing of it is done yet.
    ///
    /// # Errors
    /// `Locked`; `TooMany` above eight; `OutOfRange{Folder}` for a file elsewhere than in the exchange folder;
    /// `NotFound` for a file that is not there, `Corrupt{Bundle}`, `Truncated{Bundle}`, `NewerSchema{Bundle}` for one
    /// that is no bundle; `NeedsConfirmation{Key}` for a backup without a proof. To restore, re-key or mend is asked for
    /// in any state, and refused by its step.
    pub fn job_open(&self, job: Job, at: &Moment) -> Answered<JobId> {
        if job.is_whole() {
            return self.whole_open(job);
        }
        let job = match job {
            Job::BundleOut { space, scope, file } => Job::BundleOut { space, scope, file: self.host.carried(&file)? },
            Job::BundleIn { file } => Job::BundleIn { file: self.host.carried(&file)? },
            other => other,
        };
        self.with_session(|session, entropy| {
            let jobs = &mut session.hosted.jobs.0;
            if jobs.len() >= JOBS_MAX {
                jobs.retain(|_, running| !matches!(running, Running::Finished(_)));
            }
            if jobs.len() >= JOBS_MAX {
                return Err(Code::TooMany.detail().max(JOBS_MAX).actual(jobs.len() + 1).into());
            }
            let running = match job {
                Job::BundleOut { space, scope, file } => {
                    Running::Out(Box::new(bundle_out::BundleOut::begin(space.unwrap_or(session.me.own), scope, file)))
                }
                Job::BundleIn { file } => Running::In(Box::new(bundle_in::BundleIn::begin(session, &file)?)),
                Job::Backup { folder, confirmation, passphrase } => {
                    let proof = session.take_proof(Purpose::Backup, Some(&confirmation), at)?;
                    Running::Backup(folder, proof, passphrase)
                }
                Job::Restore { .. } | Job::ReKey { .. } | Job::Integrity { .. } => {
                    return Err(broken("a job beside the session"));
                }
            };
            let id = make_id(entropy);
            session.hosted.jobs.0.insert(id, running);
            Ok(JobId(id))
        })
    }

    /// Goes on with a job for about `budget_ms` (a piece that has begun is finished; one piece at least is done). Others
    /// write between two steps. A finished job gives its answer again until it is closed.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a job that is none, or ended with the session; `Interrupted`, after which it can go on;
    /// else what ended the job, `InUse{Bundle}` where another job is writing the same file. What it took in before stays, what it was writing is gone.
    pub fn job_step(&self, id: JobId, budget_ms: u32, at: &Moment) -> Answered<JobProgress> {
        let leaving = self.leaving.load(Ordering::SeqCst);
        let ends_ms = self.host.now_ms().map(|now| now.saturating_add(u64::from(budget_ms)));
        let until = Until { companion: self, id: id.0, leaving, ends_ms };
        let step = || {
            if let Some(whole) = self.whole_step(id, &until, at) {
                return whole;
            }
            self.with_session(|session, entropy| {
                // What others wrote is never put under words that are typed and not written (protocol.md §4).
                hold(&self.typing).write_all(session, entropy, at);
                let mut running = session.hosted.jobs.0.remove(&id.0).ok_or(Code::NotFound)?;
                let progress = running.step(self, session, &until, entropy, at);
                match &progress {
                    Ok(progress) if progress.finished => {
                        session.hosted.jobs.0.insert(id.0, Running::Finished(Box::new(progress.clone())));
                    }
                    Ok(_) => drop(session.hosted.jobs.0.insert(id.0, running)),
                    Err(error) if error.code() == Code::Interrupted => {
                        session.hosted.jobs.0.insert(id.0, running);
                    }
                    Err(_) => {
                        if let Running::Backup(_, proof, _) = running {
                            session.hosted.proofs.give_back([proof]);
                        }
                    }
                }
                progress
            })
        };
        self.host.logged(LogCall::Job, Some(at), |progress| progress.done, step)
    }

    /// Ends a job, wherever it stands; what it was writing is gone.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a job that is none.
    pub fn job_close(&self, id: JobId) -> Answered<()> {
        if self.whole_close(id) {
            return Ok(());
        }
        self.with_session(|session, _| match session.hosted.jobs.0.remove(&id.0) {
            Some(_) => Ok(()),
            None => Code::NotFound.err(),
        })
    }

    /// Stops the step of a job that runs, or its next one, between two pieces.
    pub(super) fn interrupt_job(&self, id: JobId) {
        if id.0 & JOB == 0 {
            return;
        }
        let mut stopped = hold(&self.host.stopped);
        if stopped.len() >= STOPPED_MAX {
            stopped.pop_first();
        }
        stopped.insert(id.0);
    }
}

impl Running {
    /// Whether it is writing where a bundle for `file` would be written.
    fn touches(&self, file: &Path) -> bool {
        match self {
            Running::Out(job) => job.touches(file),
            Running::In(_) | Running::Backup(..) | Running::Finished(_) => false,
        }
    }

    fn step(
        &mut self,
        companion: &Companion,
        session: &mut Session,
        until: &Until<'_>,
        entropy: &mut dyn Entropy,
        at: &Moment,
    ) -> Result<JobProgress> {
        until.check()?;
        match self {
            Running::Out(job) => job.step(session, until, entropy, at),
            Running::In(job) => job.step(session, until, entropy, at),
            Running::Finished(progress) => Ok(JobProgress { changes: session.no_changes()?, ..*progress.clone() }),
            Running::Backup(folder, proof, passphrase) => {
                let new = companion.copy_passphrase(passphrase.as_ref());
                let prove = |_: &mut Session| Ok(backing_up::Proof::Admin(proof.admin()?.clone()));
                let made = make_backup(session, folder, new, prove, at, entropy)?;
                let outcome = Some(JobOutcome::Backup { header_is_whole: made.header_is_whole });
                Ok(JobProgress { done: 1, total: 1, finished: true, changes: session.no_changes()?, outcome })
            }
        }
    }
}

impl From<&crate::exchange::Outgoing> for JobOutcome {
    fn from(made: &crate::exchange::Outgoing) -> Self {
        let crate::exchange::Outgoing { envelopes, devices, batches, old_card, .. } = *made;
        JobOutcome::BundleOut { envelopes, devices, batches, old_card }
    }
}

/// The highest bit but one: a host counts its own operations from below.
fn make_id(entropy: &mut dyn Entropy) -> u64 {
    u64::from_be_bytes(entropy.bytes()) >> 2 | JOB
}

fn broken(place: &'static str) -> Error {
    Error::Broken(place)
}
