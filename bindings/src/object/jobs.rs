//! Jobs: work in steps, between which everyone else may write.

use super::BelayCore;
use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::companion::{Job, JobId, JobProgress};

#[uniffi::export]
impl BelayCore {
    /// Begins a job; nothing of it is done yet.
    ///
    /// # Errors
    /// `Locked`; `TooMany` above eight; `OutOfRange{Folder}` for a file elsewhere than in the exchange folder; `NotFound`
    /// for a file that is not there, `Corrupt{Bundle}`, `Truncated{Bundle}`, `NewerSchema{Bundle}`;
    /// `NeedsConfirmation{Key}` for a backup without a proof.
    pub fn job_open(&self, job: Job, at: &Moment) -> Answered<JobId> {
        guarded(|| self.companion.job_open(job, at))
    }

    /// Goes on with a job for about `budget_ms`; at least one piece is done.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a job that is none, or ended with the session; `Interrupted`, after which it can go on;
    /// else what ended the job.
    pub fn job_step(&self, id: JobId, budget_ms: u32, at: &Moment) -> Answered<JobProgress> {
        guarded(|| self.companion.job_step(id, budget_ms, at))
    }

    /// Ends a job, wherever it stands; what it was writing is gone.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a job that is none.
    pub fn job_close(&self, id: JobId) -> Answered<()> {
        guarded(|| self.companion.job_close(id))
    }
}
