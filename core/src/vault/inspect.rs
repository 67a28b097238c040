//! What can be told of a vault without a secret. It never fails and never writes.

use super::attempts::Attempts;
use super::files::{ERASING, draft_name, is_store, names, store_name};
use super::header::{self, BackupMark, Both, Good, Header};
use super::lock::{FolderLock, is_held};
use super::slot::{Slot, SlotKind};
use crate::clock::Moment;
use crate::error::Field;
use crate::ids::{SlotId, VaultId};
use std::io::ErrorKind;
use std::path::Path;

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotFacts {
    /// Its name.
    pub id: SlotId,
    /// What opens it.
    pub kind: SlotKind,
    /// Keystore, alone or with a PIN: the key as the host wrapped it.
    pub wrapped: Option<Vec<u8>>,
}

/// What lies in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultFacts {
    /// No vault; the only answer on which an app may create one.
    Absent,
    /// Something is there that cannot be read now: before the first unlock of a phone, or without permission.
    NotYet,
    /// A vault that can be opened.
    Locked {
        /// Which one.
        vault: VaultId,
        /// The ways in that this build knows.
        slots: Vec<SlotFacts>,
        /// How long to wait before the next try of a passphrase or PIN; the words and a keystore's key never wait.
        /// `None` for not at all, and where no time was given.
        retry_after_ms: Option<i64>,
    },
    /// A backup: it can be read and checked with its secrets, and is never written. An app offers to restore it, and
    /// never uses it as the vault it is a copy of.
    Backup {
        /// The vault it is a copy of.
        vault: VaultId,
        /// The ways in.
        slots: Vec<SlotFacts>,
        /// When it was made, Unix milliseconds as its device claimed.
        made_ms: i64,
        /// As in `Locked`.
        retry_after_ms: Option<i64>,
    },
    /// A newer app wrote it.
    Newer {
        /// The format it needs.
        need: u32,
    },
    /// A vault that cannot be opened as it is. Nothing of it is deleted.
    Damaged {
        /// `Header`: neither copy is good; `Store`: the store is missing; `Folder`: no folder.
        what: Field,
    },
    /// Another process, or another holder in this one, has it open.
    InUse,
    /// An erasure began and was cut short: the only next step is [`super::erase`], which needs no secret.
    Erasing,
}

/// Tells what lies in a folder, without a secret. Writes nothing, not even into a missing folder.
pub fn inspect(folder: &Path) -> VaultFacts {
    if is_held(folder) { VaultFacts::InUse } else { look(folder, None) }
}

/// [`inspect`] at a time: it also tells how long to wait before the next try.
pub fn inspect_at(folder: &Path, at: &Moment) -> VaultFacts {
    if is_held(folder) { VaultFacts::InUse } else { look(folder, Some(at)) }
}

impl FolderLock {
    /// [`inspect`] by the one who holds the lock: never `InUse`.
    pub fn inspect(&self) -> VaultFacts {
        look(self.folder(), None)
    }
}

fn look(folder: &Path, at: Option<&Moment>) -> VaultFacts {
    let names = match names(folder) {
        Ok(names) => names,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return VaultFacts::Absent,
        Err(cause) if cause.kind() == ErrorKind::NotADirectory => {
            return VaultFacts::Damaged { what: Field::Folder };
        }
        Err(_) => return VaultFacts::NotYet,
    };
    let has = |name: &str| names.iter().any(|other| other == name);
    if has(ERASING) {
        return VaultFacts::Erasing;
    }
    match header::read(folder) {
        Both::Unreadable => VaultFacts::NotYet,
        Both::Newer(need) => VaultFacts::Newer { need },
        Both::Damaged => VaultFacts::Damaged { what: Field::Header },
        Both::Missing if names.iter().any(|name| is_store(name)) => VaultFacts::Damaged { what: Field::Header },
        Both::Missing => VaultFacts::Absent,
        Both::Good(copies) => {
            // Only a secret tells which copy is genuine: one that names no store here must not hide the other.
            let named = |header: &Header| has(&store_name(header.store)) || has(&draft_name(header.store));
            // A re-key says of itself that it is one: what lies under it is not the vault any more.
            let mut above = copies.iter().take_while(|copy| !named(&copy.header));
            match copies.iter().find(|copy| named(&copy.header)) {
                Some(copy) if !above.any(Good::says_it_follows) => locked(folder, &copy.header, at),
                _ => VaultFacts::Damaged { what: Field::Store },
            }
        }
    }
}

fn locked(folder: &Path, header: &Header, at: Option<&Moment>) -> VaultFacts {
    let (vault, slots) = (header.vault, slot_facts(header));
    let left = at.map_or(0, |at| Attempts::read(folder, vault).wait_ms(at));
    let retry_after_ms = Some(left).filter(|left| *left > 0);
    match header.backup {
        Some(BackupMark { made_ms }) => VaultFacts::Backup { vault, slots, made_ms, retry_after_ms },
        None => VaultFacts::Locked { vault, slots, retry_after_ms },
    }
}

pub(super) fn slot_facts(header: &Header) -> Vec<SlotFacts> {
    let known = header.slots.iter().filter_map(|bytes| Slot::decode(bytes));
    known
        .filter_map(|slot| Some(SlotFacts { id: slot.id, kind: slot.kind()?, wrapped: slot.wrapped.map(Into::into) }))
        .collect()
}
