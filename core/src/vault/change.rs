//! Changing the ways in. A change is done when both header copies carry it; before that, nothing has changed.

use super::header::{self, Header, SLOTS_MAX};
use super::lock::FolderLock;
use super::opened::Opened;
use super::slot::{Inside, KeyAndPin, Slot, SlotKind, WRAPPED_MAX_BYTES, keystore_alias};
use super::unlock::{UnlockWith, current, unlock};
use crate::clock::Moment;
use crate::crypto::kdf::{PassphraseCost, check_passphrase};
use crate::crypto::sign::SigningKey;
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
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<()> {
    set_passphrase(lock, &UnlockWith::Passphrase(old), new, cost, at, entropy)
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
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<()> {
    // Told before anything is tried; checking needs the text.
    drop(SecretText::new(check_passphrase(new.expose())?));
    let (opened, admin) = unlock(lock, with, at)?;
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
    check_wrapped(&wrapped)?;
    let slot = Slot::make_keystore(opened.vault(), key.slot, &key.key32, wrapped, opened.vmk(), entropy);
    update(lock, opened, |header| {
        if header.slots.iter().filter_map(|bytes| Slot::decode(bytes)).any(|other| other.id == slot.id) {
            return Err(Code::Duplicate.of(Field::Key).into());
        }
        add(header, &slot)
    })
}

/// What a slot of keystore and PIN is made of.
#[derive(Debug)]
pub struct NewPin<'a> {
    /// What [`slot_begin`] gave.
    pub key: &'a SlotKey,
    /// The key as the host's keystore wrapped it.
    pub wrapped: Vec<u8>,
    /// 6–12 digits.
    pub pin: &'a SecretText,
    /// What deriving a key from the PIN spends.
    pub cost: PassphraseCost,
}

/// Sets or replaces keystore and PIN. It takes the admin key that a typed secret gave, since a PIN also leads to it. Answers
/// the keystore aliases of what it replaced, for the host to delete.
///
/// # Errors
/// `WeakSecret{Pin}`, `OutOfRange{Pin}` for an unsound cost, `TooBig{Key}` above [`WRAPPED_MAX_BYTES`],
/// `Duplicate{Key}`, `TooMany{Key}`, `StorageFull`, `Unwritable`; nothing has changed then.
pub fn slot_finish_with_pin(
    lock: &FolderLock,
    opened: &Opened,
    admin: SigningKey,
    new: NewPin<'_>,
    entropy: &mut dyn Entropy,
) -> Result<Vec<String>> {
    check_wrapped(&new.wrapped)?;
    let inside = Inside { vmk: opened.vmk().clone(), admin: Some(admin) };
    let both = KeyAndPin { key32: &new.key.key32, pin: new.pin };
    let slot = Slot::make_with_pin(opened.vault(), new.key.slot, both, new.wrapped, new.cost, &inside, entropy)?;
    let mut aliases = Vec::new();
    update(lock, opened, |header| {
        let (vault, known) = (header.vault, |bytes: &[u8]| Slot::decode(bytes));
        if header.slots.iter().filter_map(|bytes| known(bytes)).any(|other| other.id == slot.id) {
            return Err(Code::Duplicate.of(Field::Key).into());
        }
        header.slots.retain(|bytes| {
            let old = known(bytes).filter(|old| old.kind() == Some(SlotKind::KeystoreAndPin));
            aliases.extend(old.as_ref().map(|old| keystore_alias(vault, old.id)));
            old.is_none()
        });
        add(header, &slot)
    })?;
    Ok(aliases)
}

fn check_wrapped(wrapped: &[u8]) -> Result<()> {
    if wrapped.len() > WRAPPED_MAX_BYTES {
        return Err(Code::TooBig.of(Field::Key).max(WRAPPED_MAX_BYTES).actual(wrapped.len()).into());
    }
    Ok(())
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
        alias = gone.kind().is_some_and(SlotKind::has_alias).then(|| keystore_alias(header.vault, slot));
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
    if header.backup.is_some() {
        return Err(Code::Unwritable.of(Field::Header).into());
    }
    change(&mut header)?;
    header.rev += 1;
    header::write(lock.folder(), &header.encode(&opened.header_key()))
}
