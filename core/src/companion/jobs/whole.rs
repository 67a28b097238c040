//! Jobs that take the vault as a whole: they make, replace or end the session, so they lie beside it. One step each; what
//! goes wrong in it leaves the vault as it was. A lock, and whatever else ends a session, ends those that wait.

use super::{JOBS_MAX, Job, JobId, JobOutcome, JobProgress, Until};
use crate::clock::Moment;
use crate::companion::{Answered, Companion, hold};
use crate::error::{Code, Failure};
use crate::projection::Changes;
use std::collections::BTreeMap;

enum Whole {
    Waiting(Job),
    Finished(Box<JobProgress>),
}

/// Those of a companion.
#[derive(Default)]
pub(in crate::companion) struct Wholes(BTreeMap<u64, Whole>);

impl Wholes {
    /// Lets go of those that wait, with the secrets they hold. What is finished can still be asked for.
    pub fn end(&mut self) {
        self.0.retain(|_, whole| matches!(whole, Whole::Finished(_)));
    }
}

impl Job {
    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Job::Restore { .. } | Job::ReKey { .. } | Job::Integrity { .. })
    }
}

impl Companion {
    pub(super) fn whole_open(&self, job: Job) -> Answered<JobId> {
        let id = super::make_id(hold(&self.entropy).as_mut());
        let wholes = &mut hold(&self.host.wholes).0;
        if wholes.len() >= JOBS_MAX {
            wholes.retain(|_, whole| matches!(whole, Whole::Waiting(_)));
        }
        if wholes.len() >= JOBS_MAX {
            return Err(Code::TooMany.detail().max(JOBS_MAX).actual(wholes.len() + 1).into());
        }
        wholes.insert(id, Whole::Waiting(job));
        Ok(JobId(id))
    }

    /// `None` for a job that is none of these.
    pub(super) fn whole_step(&self, id: JobId, until: &Until<'_>, at: &Moment) -> Option<Answered<JobProgress>> {
        let job = {
            let wholes = &mut hold(&self.host.wholes).0;
            if let Err(error) = wholes.contains_key(&id.0).then(|| until.check())? {
                return Some(Err(error.into()));
            }
            match wholes.remove(&id.0)? {
                Whole::Waiting(job) => job,
                Whole::Finished(progress) => {
                    wholes.insert(id.0, Whole::Finished(progress.clone()));
                    return Some(Ok(JobProgress { changes: Changes::default(), ..*progress }));
                }
            }
        };
        let done = self.whole_done(job, at);
        if let Ok(progress) = &done {
            hold(&self.host.wholes).0.insert(id.0, Whole::Finished(Box::new(progress.clone())));
        }
        Some(done)
    }

    /// Whether it was one of these.
    pub(super) fn whole_close(&self, id: JobId) -> bool {
        hold(&self.host.wholes).0.remove(&id.0).is_some()
    }

    fn whole_done(&self, job: Job, at: &Moment) -> Answered<JobProgress> {
        let outcome = match job {
            Job::Restore { folder, with, passphrase } => {
                JobOutcome::Restore { restored: self.restore(&folder, &with, &passphrase, at)? }
            }
            Job::ReKey { with, passphrase } => {
                JobOutcome::ReKey { rekeyed: self.rekey(&with, passphrase.as_ref(), at)? }
            }
            Job::Integrity { with } => JobOutcome::Integrity { mended: self.mend(&with, at)? },
            Job::BundleOut { .. } | Job::BundleIn { .. } | Job::Backup { .. } => {
                return Err(Failure::from(super::broken("a job of the session")));
            }
        };
        // Nobody has seen anything of this session yet, or there is none.
        Ok(JobProgress { done: 1, total: 1, finished: true, changes: Changes::default(), outcome: Some(outcome) })
    }
}
