//! Opening a vault with one of its secrets.

use super::attempts::Attempts;
use super::files::{HEADERS, draft_name, is_store, names, read_ahead, replace, store_name, sync};
use super::header::{self, Both, Good, Header};
use super::inspect::VaultFacts;
use super::lock::FolderLock;
use super::opened::{HeaderState, Opened, derive_header_key};
use super::slot::{Inside, KeyAndPin, Slot, SlotKind, derive_recovery_key};
use crate::clock::Moment;
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
        /// The host's own copy of the vault counter, if it has one: the core compares (protocol.md §2).
        vault_counter: Option<u64>,
    },
    /// What the platform's keystore gave back and the PIN, both needed.
    KeystoreAndPin {
        /// Which slot the key was wrapped for.
        slot: SlotId,
        /// The 32 bytes of [`super::slot_begin`].
        key32: Secret32,
        /// What the person typed.
        pin: SecretText,
        /// As above.
        vault_counter: Option<u64>,
    },
    /// The words, as [`RecoveryWords::parse`] read them.
    RecoveryWords(RecoveryWords),
}

impl UnlockWith {
    /// Whether someone could find it by trying: such a secret is counted and made to wait. The words (128 bits or more)
    /// and a keystore's key open at any time, so nobody is shut out of their own vault by another's tries.
    fn is_guessable(&self) -> bool {
        matches!(self, UnlockWith::Passphrase(_) | UnlockWith::KeystoreAndPin { .. })
    }

    /// The host's copy of the vault counter.
    pub fn vault_counter(&self) -> Option<u64> {
        match self {
            UnlockWith::Keystore { vault_counter, .. } | UnlockWith::KeystoreAndPin { vault_counter, .. } => {
                *vault_counter
            }
            UnlockWith::Passphrase(_) | UnlockWith::RecoveryWords(_) => None,
        }
    }
}

/// Opens the vault. With a typed secret it also gives the device admin key, to be wiped after its use. A header copy
/// that is missing, damaged or older is replaced by the good one once this has succeeded, and a creation or re-key that
/// was cut short after its header is finished. A backup opens too, and nothing of it is repaired.
///
/// # Errors
/// `TryLater{until}` for a passphrase or PIN after five wrong ones, which are counted across restarts;
/// `WrongSecret{Passphrase | Pin | Key | RecoveryWords}`, `NotFound{Key}` where the vault has no such slot,
/// `NotFound{Header}` where no vault is, `Corrupt{Header | Store}`, `NewerSchema{Header, max: have, actual: need}`,
/// `Unwritable{Header}` where it cannot be read now. Nothing but the count has changed then.
pub fn unlock(lock: &FolderLock, with: &UnlockWith, at: &Moment) -> Result<(Opened, Option<SigningKey>)> {
    let folder = lock.folder();
    let (good, inside) = prove(lock, with, at)?;
    let vault = good.header.vault;
    let store_file = find_store(folder, good.header.store)?;
    let state = if good.header.backup.is_some() { compare(folder, &good.bytes) } else { repair(folder, &good.bytes) };
    Ok((Opened::new(vault, inside.vmk, store_file, state).of_backup(good.header.backup), inside.admin))
}

/// Whether keys that were kept in memory still open what lies there: another process may have re-keyed it meanwhile.
///
/// # Errors
/// `Locked` where they do not.
pub fn still_opens(lock: &FolderLock, opened: &Opened) -> Result<()> {
    let key = opened.header_key();
    match header::read(lock.folder()) {
        // The higher one counts, as at unlock.
        Both::Good(copies) if copies.first().is_some_and(|good| !good.is_genuine(&key)) => Code::Locked.err(),
        _ => Ok(()),
    }
}

/// The public half of the drop key, as the header tells everyone; its private half must lie in the store.
///
/// # Errors
/// `Corrupt{Header}`, `Unwritable{Header}`.
pub fn drop_pk(lock: &FolderLock, opened: &Opened) -> Result<[u8; 32]> {
    Ok(current(lock, opened)?.drop_pk.into())
}

/// [`open`], counted: a guessable secret waits after five wrong ones.
pub(super) fn prove(lock: &FolderLock, with: &UnlockWith, at: &Moment) -> Result<(Good, Inside)> {
    let folder = lock.folder();
    let copies = good_copies(lock)?;
    let vault = copies.first().map(|good| good.header.vault).ok_or(Error::Broken("good copies are some"))?;
    let attempts = Attempts::read(folder, vault);
    if with.is_guessable() {
        attempts.ask(folder, at)?;
    }
    if let Some(good) = copies.first() {
        read_ahead(&folder.join(store_name(good.header.store)));
    }
    let proven = open(folder, copies, with);
    match &proven {
        Ok(_) => attempts.clear(folder, at),
        // Counted after the try: who stops it before this has not learned anything either.
        Err(error) if error.code() == Code::WrongSecret && with.is_guessable() => attempts.count(folder, at),
        Err(_) => (),
    }
    proven
}

/// The header that counts, opened and proven: the higher one, unless someone without the key wrote it. That shows once
/// the other one opens: its key tells whether the higher one is of the same vault, or of a re-key of it.
fn open(folder: &Path, copies: Vec<Good>, with: &UnlockWith) -> Result<(Good, Inside)> {
    let lost = || Error::from(Code::Corrupt.of(Field::Store));
    // No secret helps where no store is left, and none is counted as wrong.
    if !copies.iter().any(|copy| has_store(folder, &copy.header)) {
        return Err(lost());
    }
    let mut above: Vec<(Good, Error)> = Vec::new();
    for good in copies {
        let inside = match open_slot(&good.header, with) {
            Ok(inside) => inside,
            Err(error) => {
                above.push((good, error));
                continue;
            }
        };
        let key = derive_header_key(good.header.vault, &inside.vmk);
        if !good.is_genuine(&key) {
            above.push((good, Code::Corrupt.of(Field::Header).into()));
            continue;
        }
        let counts = |higher: &Good| higher.is_genuine(&key) || higher.follows(&key);
        return match above.into_iter().find(|(higher, _)| counts(higher)) {
            None => Ok((good, inside)),
            Some((higher, _)) if !has_store(folder, &higher.header) => Err(lost()),
            Some((_, refused)) => Err(refused),
        };
    }
    let highest = above.into_iter().next().map(|(_, error)| error);
    Err(highest.unwrap_or_else(|| Code::Corrupt.of(Field::Header).into()))
}

fn has_store(folder: &Path, header: &Header) -> bool {
    let is_there = |name: String| folder.join(name).exists();
    is_there(store_name(header.store)) || is_there(draft_name(header.store))
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
        UnlockWith::Keystore { slot: id, key32, .. } => {
            of(SlotKind::Keystore).find(|slot| slot.id == *id).ok_or_else(absent)?.open_keystore(header.vault, key32)
        }
        UnlockWith::KeystoreAndPin { slot: id, key32, pin, .. } => {
            let slot = of(SlotKind::KeystoreAndPin).find(|slot| slot.id == *id).ok_or_else(absent)?;
            slot.open_with_pin(header.vault, KeyAndPin { key32, pin })
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
    write_point!("store-finished");
    sync(folder)?;
    Ok(store)
}

/// The state of the copies, left as they are.
fn compare(folder: &Path, bytes: &[u8]) -> HeaderState {
    let is_same = |name: &str| std::fs::read(folder.join(name)).is_ok_and(|other| other == bytes);
    if HEADERS.into_iter().all(is_same) { HeaderState::Whole } else { HeaderState::OneCopy }
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
