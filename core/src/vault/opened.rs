//! What an open vault gives: its keys, and where its store lies.

use super::header::BackupMark;
use crate::crypto::kdf::derive;
use crate::ids::VaultId;
use crate::secret::Secret32;
use std::path::{Path, PathBuf};

/// How the header's copies were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderState {
    /// Both were the same.
    Whole,
    /// One was missing, damaged or older, and has been replaced by the other.
    Repaired,
    /// As before, but the folder could not be written, or is a backup: the vault hangs on one copy.
    OneCopy,
}

/// An open vault. Its key is wiped when this is dropped.
#[derive(Clone, Debug)]
pub struct Opened {
    vault: VaultId,
    vmk: Secret32,
    store_file: PathBuf,
    state: HeaderState,
    backup: Option<BackupMark>,
}

impl Opened {
    pub(super) fn new(vault: VaultId, vmk: Secret32, store_file: PathBuf, state: HeaderState) -> Self {
        Opened { vault, vmk, store_file, state, backup: None }
    }
    pub(super) fn of_backup(mut self, mark: Option<BackupMark>) -> Self {
        self.backup = mark;
        self
    }
    /// Set for a backup: its files are never written again, so its store must be opened for reading only.
    pub fn backup(&self) -> Option<BackupMark> {
        self.backup
    }
    pub(super) fn vmk(&self) -> &Secret32 {
        &self.vmk
    }
    /// Which vault this is; its store must say the same.
    pub fn vault(&self) -> VaultId {
        self.vault
    }
    /// The store that the header names.
    pub fn store_file(&self) -> &Path {
        &self.store_file
    }
    /// How the header's copies were found.
    pub fn header_state(&self) -> HeaderState {
        self.state
    }
    /// SQLCipher's raw key.
    pub fn db_key(&self) -> Secret32 {
        derive_db_key(self.vault, &self.vmk)
    }
    /// For attachments.
    pub fn blob_key(&self) -> Secret32 {
        derive_key(self.vault, &self.vmk, b"belay/vault/blob/1")
    }
    /// For the header's MAC.
    pub(super) fn header_key(&self) -> Secret32 {
        derive_header_key(self.vault, &self.vmk)
    }
}

pub(super) fn derive_db_key(vault: VaultId, vmk: &Secret32) -> Secret32 {
    derive_key(vault, vmk, b"belay/vault/db/1")
}

pub(super) fn derive_header_key(vault: VaultId, vmk: &Secret32) -> Secret32 {
    derive_key(vault, vmk, b"belay/vault/header/1")
}

/// HKDF-SHA256 with the vault's id as salt (design.md, defaults).
fn derive_key(vault: VaultId, vmk: &Secret32, info: &[u8]) -> Secret32 {
    // The derivation needs the key's bytes.
    derive(vmk.expose(), &vault.0, info)
}
