//! Create, unlock, lock, pause, resume.

use super::BelayCore;
use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::companion::{Created, NewVault, UnlockWith, Unlocked};

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

    /// Closes every file and gives the folder back, keeping the keys in memory for `resume`.
    ///
    /// # Errors
    /// `Locked`; those of closing, after which the vault is locked.
    pub fn pause(&self, at: &Moment) -> Answered<()> {
        guarded(|| self.companion.pause(at))
    }

    /// Goes on after a pause.
    ///
    /// # Errors
    /// `Locked` where nothing is paused: unlock again; `InUse` where another process has the vault now.
    pub fn resume(&self, at: &Moment) -> Answered<()> {
        guarded(|| self.companion.resume(at))
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
