//! What takes a proof that it is the person: words, ways in, phones, leaving, erasing.

use super::BelayCore;
use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::command::{Confirmation, Purpose};
use belay::companion::{EraseReport, EraseScope, NewSlot, SlotAdded, SlotKey, UnlockWith};
use belay::crypto::words::RecoveryWords;
use belay::ids::{DeviceId, DocId, SlotId, SpaceId};
use belay::projection::Changes;
use belay::secret::SecretText;

#[uniffi::export]
impl BelayCore {
    /// Proves that it is the person who asks, for one purpose, within 60 seconds, once.
    ///
    /// # Errors
    /// `Locked`; `WrongSecret`, `TryLater{until}`; `NeedsConfirmation{RecoveryWords}` where a secret has to be typed and
    /// a keystore's key alone was given.
    pub fn confirm(&self, with: &UnlockWith, purpose: Purpose, at: &Moment) -> Answered<Confirmation> {
        guarded(|| self.companion.confirm(with, purpose, at))
    }

    /// The words of a vault that was just made, until some were asked back or it is locked.
    ///
    /// # Errors
    /// `Locked`; `NeedsConfirmation{Key}` without a proof for `Words`; `NotFound{RecoveryWords}` once they are gone.
    pub fn recovery_words(&self, confirmation: &Confirmation, at: &Moment) -> Answered<RecoveryWords> {
        guarded(|| self.companion.recovery_words(confirmation, at))
    }

    /// Whether these are the words, all of them typed back. Kept, so that nobody is asked for ever.
    ///
    /// # Errors
    /// `Locked`; `WrongSecret{RecoveryWords}`.
    pub fn test_words(&self, words: &RecoveryWords, at: &Moment) -> Answered<()> {
        guarded(|| self.companion.test_all_words(words, at))
    }

    /// Begins a way in with a proof for `Slots`: a fresh key for the host to wrap, never the vault's own.
    ///
    /// # Errors
    /// `Locked`; `NeedsConfirmation{Key}` without a proof; `WeakSecret{Pin}`.
    pub fn slot_begin(&self, new: NewSlot, confirmation: &Confirmation, at: &Moment) -> Answered<SlotKey> {
        guarded(|| self.companion.slot_new(new, confirmation, at))
    }

    /// Adds the way in that `slot_begin` began, with its key as the host wrapped it.
    ///
    /// # Errors
    /// `Locked`; `NotFound{Key}` for one that was not begun in this session; `TooBig{Key}` for more than 4,096 bytes,
    /// `StorageFull`, `Unwritable`, after which it still waits.
    pub fn slot_finish(&self, slot: SlotId, wrapped: Vec<u8>, at: &Moment) -> Answered<SlotAdded> {
        guarded(|| self.companion.slot_add(slot, wrapped, at))
    }

    /// Takes a way in out, with a proof for `Slots`. Names the keystore alias that the host must delete.
    ///
    /// # Errors
    /// `Locked`; `NeedsConfirmation{Key}` without a proof; `NotFound{Key}`; `OutOfRange{Key}` for the last one that gives
    /// admin rights.
    pub fn slot_remove(&self, slot: SlotId, confirmation: &Confirmation, at: &Moment) -> Answered<SlotAdded> {
        guarded(|| self.companion.slot_remove(slot, confirmation, at))
    }

    /// Sets a new passphrase with a typed secret: for someone who came in with the words too.
    ///
    /// # Errors
    /// `Locked`; `WrongSecret`, `TryLater{until}`, `WeakSecret`; `NeedsConfirmation{RecoveryWords}` for a keystore's key
    /// alone; `Unwritable`. The old secrets still open then.
    pub fn set_passphrase(&self, with: &UnlockWith, new: &SecretText, at: &Moment) -> Answered<()> {
        guarded(|| self.companion.set_passphrase(with, new, at))
    }

    /// Erases. An open vault takes a proof for `Erase`; a locked one takes none. Names the keystore aliases that the
    /// host must delete.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` where it is open or paused and no proof is given; `Unwritable{Folder}`.
    pub fn erase(&self, scope: EraseScope, confirmation: &Option<Confirmation>, at: &Moment) -> Answered<EraseReport> {
        guarded(|| self.companion.erase_scope(scope, confirmation.as_ref(), at))
    }

    /// Leaves a relationship, with a proof for `Leaving`.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` without it; `NotFound`, `NotInForce`, `RelationshipEnded`.
    pub fn leave(&self, space: &SpaceId, confirmation: &Confirmation, at: &Moment) -> Answered<Changes> {
        guarded(|| self.companion.leave_confirmed(space, confirmation, at))
    }

    /// Removes a phone of mine from a space, with a proof for `Devices`.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` without it; `NotFound`, `NotOwner`, `Revoked`.
    pub fn remove_device(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        confirmation: &Confirmation,
        at: &Moment,
    ) -> Answered<Changes> {
        guarded(|| self.companion.remove_device_confirmed(space, device, confirmation, at))
    }

    /// Asks every phone to drop the words of what was forgotten at once, with a proof for `Erase`.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` without it; `NotFound`, `NotOwner`.
    pub fn purge(&self, docs: &[DocId], confirmation: &Confirmation, at: &Moment) -> Answered<Changes> {
        guarded(|| self.companion.purge_confirmed(docs, confirmation, at))
    }
}
