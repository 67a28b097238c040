//! Changing the ways in. A change is done when both header copies carry it; before that, nothing has changed.

use super::header::{self, Header, SLOTS_MAX};
use super::lock::FolderLock;
use super::opened::Opened;
use super::slot::{Inside, Slot, SlotKind, WRAPPED_MAX_BYTES, keystore_alias};
use super::unlock::{UnlockWith, current, unlock};
use crate::crypto::kdf::{PassphraseCost, check_passphrase};
use crate::error::{Code, Error, Field, Result};
use crate::ids::SlotId;
use crate::secret::{Entropy, Secret32, SecretText};

/// A fresh key for the host to wrap with its keystore. It is never the vault key.
#[derive(Clone, Debug)]
pub struct SlotKey {
    /// The slot it will open.
    pub slot: SlotId,
    /// What the host wraps and forgets.
    pub key32: Secret32,
}

/// Sets a passphrase with the old one.
///
/// # Errors
/// Those of [`set_passphrase`].
pub fn change_passphrase(
    lock: &FolderLock,
    old: SecretText,
    new: &SecretText,
    cost: PassphraseCost,
    entropy: &mut dyn Entropy,
) -> Result<()> {
    set_passphrase(lock, &UnlockWith::Passphrase(old), new, cost, entropy)
}

/// Sets or replaces the passphrase. It takes a typed secret, since a passphrase also leads to the admin key.
///
/// # Errors
/// `WeakSecret{Passphrase}`, `OutOfRange{Passphrase}` for an unsound cost, `NeedsConfirmation{RecoveryWords}` with a
/// keystore alone, those of [`unlock`], `StorageFull`, `Unwritable`; the old secrets still open it then.
pub fn set_passphrase(
    lock: &FolderLock,
    with: &UnlockWith,
    new: &SecretText,
    cost: PassphraseCost,
    entropy: &mut dyn Entropy,
) -> Result<()> {
    // Told before anything is tried; checking needs the text.
    drop(SecretText::new(check_passphrase(new.expose())?));
    let (opened, admin) = unlock(lock, with)?;
    let Some(admin) = admin else {
        return Err(Code::NeedsConfirmation.of(Field::RecoveryWords).into());
    };
    let inside = Inside { vmk: opened.vmk().clone(), admin: Some(admin) };
    let slot = Slot::make_passphrase(opened.vault(), new, cost, &inside, entropy)?;
    update(lock, &opened, |header| {
        header.slots.retain(|bytes| Slot::decode(bytes).and_then(|slot| slot.kind()) != Some(SlotKind::Passphrase));
        add(header, &slot)
    })
}

/// Begins a keystore slot: the host wraps the key and gives what it wrapped to [`slot_finish`].
pub fn slot_begin(entropy: &mut dyn Entropy) -> SlotKey {
    SlotKey { slot: SlotId(entropy.bytes()), key32: Secret32::make(entropy) }
}

/// Adds the slot that [`slot_begin`] began. `wrapped` is kept as it is, for the host to unwrap.
///
/// # Errors
/// `TooBig{Key}` above [`WRAPPED_MAX_BYTES`], `Duplicate{Key}`, `TooMany{Key}` slots, `Corrupt{Header}`,
/// `StorageFull`, `Unwritable`; nothing has changed then.
pub fn slot_finish(
    lock: &FolderLock,
    opened: &Opened,
    key: &SlotKey,
    wrapped: Vec<u8>,
    entropy: &mut dyn Entropy,
) -> Result<()> {
    if wrapped.len() > WRAPPED_MAX_BYTES {
        return Err(Code::TooBig.of(Field::Key).max(WRAPPED_MAX_BYTES).actual(wrapped.len()).into());
    }
    let slot = Slot::make_keystore(opened.vault(), key.slot, &key.key32, wrapped, opened.vmk(), entropy);
    update(lock, opened, |header| {
        if header.slots.iter().filter_map(|bytes| Slot::decode(bytes)).any(|other| other.id == slot.id) {
            return Err(Code::Duplicate.of(Field::Key).into());
        }
        add(header, &slot)
    })
}

/// Removes a way in. Answers the keystore alias that the host must delete, if it was one.
///
/// # Errors
/// `NotFound{Key}`; `OutOfRange{Key}` for the last one that leads to the admin key, without which nothing could ever
/// be set again; `Corrupt{Header}`, `StorageFull`, `Unwritable`; nothing has changed then.
pub fn remove_slot(lock: &FolderLock, opened: &Opened, slot: SlotId) -> Result<Option<String>> {
    let mut alias = None;
    update(lock, opened, |header| {
        let is_it = |bytes: &[u8]| Slot::decode(bytes).filter(|known| known.id == slot);
        let gone = header.slots.iter().find_map(|bytes| is_it(bytes));
        let gone = gone.ok_or_else(|| Error::from(Code::NotFound.of(Field::Key)))?;
        header.slots.retain(|bytes| is_it(bytes).is_none());
        if !header.slots.iter().filter_map(|bytes| Slot::decode(bytes)).any(|left| left.has_admin()) {
            return Err(Code::OutOfRange.of(Field::Key).into());
        }
        alias = (gone.kind() == Some(SlotKind::Keystore)).then(|| keystore_alias(header.vault, slot));
        Ok(())
    })?;
    Ok(alias)
}

fn add(header: &mut Header, slot: &Slot) -> Result<()> {
    if header.slots.len() >= SLOTS_MAX {
        return Err(Code::TooMany.of(Field::Key).max(SLOTS_MAX).into());
    }
    header.slots.push(slot.encode());
    Ok(())
}

fn update(lock: &FolderLock, opened: &Opened, change: impl FnOnce(&mut Header) -> Result<()>) -> Result<()> {
    let mut header = current(lock, opened)?;
    change(&mut header)?;
    header.rev += 1;
    header::write(lock.folder(), &header.encode(&opened.header_key()))
}
