//! Pause and resume within a host's budget.

use super::{Answered, Companion, Inner, LogCall, hold};
use crate::clock::Moment;
use crate::error::Code;
use crate::projection::{Changes, changes_since};
use crate::secret::sweeping_deep;
use crate::store::{Running, batches};
use std::sync::{MutexGuard, TryLockError};
use std::time::Duration;

/// What a pause did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paused {
    /// Whether what ran came to its end. If not it was stopped, left nothing behind, and answered `Interrupted`.
    pub finished: bool,
    /// Whether every open batch was closed. If not, that is done at the next start; the words are on disk either way.
    pub closed: bool,
}

/// How often a pause looks whether the writer is free.
const LOOK_MS: u32 = 1;
/// What closing one batch may take on a cheap phone: signing, a snapshot, fsync.
const CLOSE_ONE_MS: u32 = 5;

impl Companion {
    /// [`Companion::pause`] within `budget_ms`: what runs may come to its end in that time, then it is stopped. After it
    /// returns no file of the vault is open and another process may open it. Folding the journal comes on top of the
    /// budget: at most a few megabytes.
    ///
    /// # Errors
    /// `Locked`; those of closing, after which the vault is locked.
    pub fn pause_within(&self, budget_ms: u32, at: &Moment) -> Answered<Paused> {
        let pause = || sweeping_deep(|| self.rest_within(budget_ms, at));
        self.host.logged(LogCall::Pause, Some(at), |paused| u64::from(paused.finished), pause)
    }

    fn rest_within(&self, budget_ms: u32, at: &Moment) -> Answered<Paused> {
        let _ending = self.host.begin_ending();
        self.ask_to_leave();
        let (mut inner, left_ms) = self.wait_for_writer(budget_ms);
        let paused = match &mut *inner {
            Inner::Paused(_) => return Ok(Paused { finished: true, closed: true }),
            Inner::Closed(_) => return Err(Code::Locked.detail().into()),
            Inner::Open(session) => {
                let open = session.store.read(|db| Ok(batches::all_open(db, None)?.len())).unwrap_or(0);
                let needs_ms = u32::try_from(open).unwrap_or(u32::MAX).saturating_mul(CLOSE_ONE_MS);
                let closed = open == 0 || left_ms.is_some_and(|left| needs_ms <= left);
                Paused { finished: left_ms.is_some(), closed }
            }
        };
        match self.rest_held(&mut inner, paused.closed, at) {
            // Stopped in the middle of closing: the words are on disk, and the next start closes the rest.
            Err(failure) if failure.code() == Code::Interrupted && matches!(*inner, Inner::Paused(_)) => {
                Ok(Paused { closed: false, ..paused })
            }
            rested => rested.map(|()| paused),
        }
    }

    /// The session, and what is left of the budget; `None` where what ran had to be stopped.
    fn wait_for_writer(&self, budget_ms: u32) -> (MutexGuard<'_, Inner>, Option<u32>) {
        let mut left_ms = budget_ms;
        loop {
            match self.inner.try_lock() {
                Ok(inner) => return (inner, Some(left_ms)),
                Err(TryLockError::Poisoned(poisoned)) => return (poisoned.into_inner(), Some(left_ms)),
                Err(TryLockError::WouldBlock) if left_ms == 0 => break,
                Err(TryLockError::WouldBlock) => {
                    std::thread::sleep(Duration::from_millis(u64::from(LOOK_MS)));
                    left_ms = left_ms.saturating_sub(LOOK_MS);
                }
            }
        }
        if let Some(stopper) = &*hold(&self.stopper) {
            stopper.interrupt(Running::Everything);
        }
        (hold(&self.inner), None)
    }

    /// [`Companion::resume`], with what was touched since the pause: what was dropped in meanwhile, and what another
    /// process wrote.
    ///
    /// # Errors
    /// As there.
    pub fn resume_with_changes(&self, at: &Moment) -> Answered<Changes> {
        let resume = || {
            let before = match &*hold(&self.inner) {
                Inner::Paused(resting) => Some(resting.commit),
                _ => None,
            };
            self.resume(at)?;
            self.with_session(|session, entropy| {
                let before = before.map_or_else(|| session.store.read(crate::store::meta::commit_number), Ok)?;
                session.take_drops(entropy, at)?;
                session.store.read(|db| changes_since(db, before))
            })
        };
        self.host.logged(LogCall::Resume, Some(at), |_| 0, resume)
    }
}
