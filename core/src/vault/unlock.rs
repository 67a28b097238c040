//! Opening a vault with one of its secrets.

use super::files::{HEADERS, draft_name, is_store, names, replace, store_name, sync};
use super::header::{self, Both, Good, Header};
use super::inspect::VaultFacts;
use super::lock::FolderLock;
use super::opened::{HeaderState, Opened, derive_header_key};
use super::slot::{Inside, Slot, SlotKind, derive_recovery_key};
use crate::crypto::sign::SigningKey;
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Error, Field, Result};
use crate::ids::SlotId;
use crate::secret::{Secret32, SecretText};
use std::path::Path;

/// A secret, and the way it is meant for.
#[derive(Clone, Debug)]
pub enum UnlockWith {
    /// What the person typed.
    Passphrase(SecretText),
    /// What the platform's keystore gave back.
    Keystore {
        /// Which slot it was wrapped for.
        slot: SlotId,
        /// The 32 bytes of [`super::slot_begin`].
        key32: Secret32,
    },
    /// The words, as [`RecoveryWords::parse`] read them.
    RecoveryWords(RecoveryWords),
}

/// Opens the vault. With a typed secret it also gives the device admin key, to be wiped after its use. A header copy
/// that is missing, damaged or older is replaced by the good one once this has succeeded, and a creation that was cut
/// short after its header is finished.
///
/// # Errors
/// `WrongSecret{Passphrase | Key | RecoveryWords}`, `NotFound{Key}` where the vault has no such slot,
/// `NotFound{Header}` where no vault is, `Corrupt{Header | Store}`, `NewerSchema{Header, max: have, actual: need}`,
/// `Unwritable{Header}` where it cannot be read now. Nothing has changed then.
pub fn unlock(lock: &FolderLock, with: &UnlockWith) -> Result<(Opened, Option<SigningKey>)> {
    let folder = lock.folder();
    let (good, inside) = open(lock, with)?;
    let vault = good.header.vault;
    let store_file = find_store(folder, good.header.store)?;
    let state = repair(folder, &good.bytes);
    Ok((Opened::new(vault, inside.vmk, store_file, state), inside.admin))
}

/// The header that counts, opened and proven.
fn open(lock: &FolderLock, with: &UnlockWith) -> Result<(Good, Inside)> {
    for good in good_copies(lock)? {
        let inside = open_slot(&good.header, with)?;
        if good.is_genuine(&derive_header_key(good.header.vault, &inside.vmk)) {
            return Ok((good, inside));
        }
        // Someone without the key wrote this copy; the other may still be ours.
    }
    Err(Code::Corrupt.of(Field::Header).into())
}

/// The header that counts in a vault that is open already.
pub(super) fn current(lock: &FolderLock, opened: &Opened) -> Result<Header> {
    let key = opened.header_key();
    let mut copies = good_copies(lock)?.into_iter();
    let ours = copies.find(|good| good.header.vault == opened.vault() && good.is_genuine(&key));
    ours.map(|good| good.header).ok_or_else(|| Code::Corrupt.of(Field::Header).into())
}

fn good_copies(lock: &FolderLock) -> Result<Vec<Good>> {
    let folder = lock.folder();
    if lock.inspect() == VaultFacts::Erasing {
        return Err(Code::NotFound.of(Field::Header).into());
    }
    match header::read(folder) {
        Both::Good(copies) => Ok(copies),
        none => {
            let store_is_there = names(folder).is_ok_and(|names| names.iter().any(|name| is_store(name)));
            Err(header::refusal(&none, store_is_there))
        }
    }
}

fn open_slot(header: &Header, with: &UnlockWith) -> Result<Inside> {
    let absent = || Error::from(Code::NotFound.of(Field::Key));
    let slots: Vec<Slot> = header.slots.iter().filter_map(|bytes| Slot::decode(bytes)).collect();
    let of = |kind| slots.iter().filter(move |slot| slot.kind() == Some(kind));
    match with {
        UnlockWith::Passphrase(passphrase) => {
            of(SlotKind::Passphrase).next().ok_or_else(absent)?.open_passphrase(header.vault, passphrase)
        }
        UnlockWith::Keystore { slot: id, key32 } => {
            of(SlotKind::Keystore).find(|slot| slot.id == *id).ok_or_else(absent)?.open_keystore(header.vault, key32)
        }
        UnlockWith::RecoveryWords(words) => {
            let key = derive_recovery_key(words);
            if key.public() != *header.recovery_pk {
                return Err(Code::WrongSecret.of(Field::RecoveryWords).into());
            }
            of(SlotKind::Recovery).next().ok_or_else(absent)?.open_recovery(header.vault, &key)
        }
    }
}

/// The store that the header names; a creation that stopped between its header and this name is finished.
fn find_store(folder: &Path, number: u32) -> Result<std::path::PathBuf> {
    let (store, draft) = (folder.join(store_name(number)), folder.join(draft_name(number)));
    if store.try_exists()? {
        return Ok(store);
    }
    if !draft.try_exists()? {
        return Err(Code::Corrupt.of(Field::Store).into());
    }
    std::fs::rename(draft, &store)?;
    sync(folder)?;
    Ok(store)
}

fn repair(folder: &Path, bytes: &[u8]) -> HeaderState {
    let mut state = HeaderState::Whole;
    for name in HEADERS {
        if std::fs::read(folder.join(name)).is_ok_and(|other| other == bytes) {
            continue;
        }
        match replace(folder, name, bytes) {
            Ok(()) if state == HeaderState::Whole => state = HeaderState::Repaired,
            Ok(()) => (),
            // The vault is open: that the second copy must wait is no reason to keep it shut.
            Err(_) => state = HeaderState::OneCopy,
        }
    }
    state
}
