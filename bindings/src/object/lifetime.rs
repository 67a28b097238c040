//! A vault's day: create, unlock, lock, pause, resume, and what time does.

use super::BelayCore;
use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::companion::{Created, HostFacts, LogLine, NewVault, Paused, Tick, UnlockWith, Unlocked};
use belay::projection::Changes;

#[uniffi::export]
impl BelayCore {
    /// Makes a vault and opens it.
    ///
    /// # Errors
    /// `Duplicate{Folder}` unless nothing is there, `WeakSecret`, `Unwritable`, `StorageFull`, `InUse`; nothing is left
    /// behind.
    pub fn create(&self, with: &NewVault, at: &Moment) -> Answered<Created> {
        guarded(|| self.companion.create(with, at))
    }

    /// Opens a vault with one of its secrets.
    ///
    /// # Errors
    /// `WrongSecret`; `TryLater{until}` after five wrong passphrases or PINs; `Corrupt`, `NewerSchema`, `InUse`,
    /// `NotFound` where no vault is, `Unwritable`. Nothing is deleted because of them.
    pub fn unlock(&self, with: &UnlockWith, at: &Moment) -> Answered<Unlocked> {
        guarded(|| self.companion.unlock(with, at))
    }

    /// Locks: keys are wiped, no file stays open. From any thread, as often as one likes; never queued.
    ///
    /// # Errors
    /// Those of closing; the keys are gone all the same.
    pub fn lock(&self) -> Answered<()> {
        guarded(|| self.companion.lock())
    }

    /// Closes every file and gives the folder back, keeping the keys in memory for `resume`. What runs may come to its
    /// end within the budget, then it is stopped. After it returns no file of the vault is open.
    ///
    /// # Errors
    /// `Locked`; those of closing, after which the vault is locked.
    pub fn pause(&self, budget_ms: u32, at: &Moment) -> Answered<Paused> {
        guarded(|| self.companion.pause_within(budget_ms, at))
    }

    /// Goes on after a pause, with what was touched since.
    ///
    /// # Errors
    /// `Locked` where nothing is paused: unlock again; `InUse` where another process has the vault now.
    pub fn resume(&self, at: &Moment) -> Answered<Changes> {
        guarded(|| self.companion.resume_with_changes(at))
    }

    /// Does what time alone does and takes in what was dropped; heeds languages and memory. To be called when the app
    /// comes to the front, at `next_wake_ms`, and when a fact changes.
    ///
    /// # Errors
    /// `Locked`; `UnknownZone`, `TooLong{Zone}`, `UnknownLanguage`, `TooMany{Language}`.
    pub fn tick(&self, facts: &HostFacts, at: &Moment) -> Answered<Tick> {
        guarded(|| self.companion.tick(facts, at))
    }

    /// The newest lines of the log of this run, at most `max`, oldest first; also while it is locked. Codes, counts and
    /// durations alone.
    ///
    /// # Errors
    /// None but `Internal`.
    pub fn diagnostics(&self, max: u32) -> Answered<Vec<LogLine>> {
        guarded(|| Ok(self.companion.diagnostics(max)))
    }

    /// Keeps that the person understood: without words, passphrase or another phone nobody opens this vault. Nothing
    /// can be written before.
    ///
    /// # Errors
    /// `Locked`.
    pub fn acknowledge(&self, at: &Moment) -> Answered<()> {
        guarded(|| self.companion.acknowledge_recovery(at))
    }
}
