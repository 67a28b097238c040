//! The vault from outside: what it is made and opened with, and where it stands.

use belay::clock::Moment;
use belay::companion::{
    Created, DropsTaken, EraseReport, EraseScope, Location, NewSlot, NewVault, Paused, SlotAdded, SlotKey, UnlockWith,
    Unlocked, VaultState,
};
use belay::crypto::words::{RecoveryWords, WordCount};
use belay::error::Field;
use belay::ids::{DeviceId, SlotId, VaultId};
use belay::projection::Changes;
use belay::secret::{Secret32, SecretText};
use belay::vault::{SlotFacts, SlotKind, VaultFacts};
use std::path::PathBuf;

/// Now, as the host tells it with every call.
#[uniffi::remote(Record)]
pub struct Moment {
    /// Unix time in milliseconds.
    pub unix_ms: i64,
    /// IANA time zone name; an unknown one counts as UTC.
    pub zone: String,
    /// Milliseconds since the device started, if the host can tell: waits keep when the wall clock is set back.
    pub boot_ms: u64,
    /// Changes at every start of the device.
    pub boot_id: u64,
}

/// How many words: 24 unless a person asks for 12.
#[uniffi::remote(Enum)]
pub enum WordCount {
    /// 128 bits.
    Twelve,
    /// 256 bits.
    TwentyFour,
}

/// Where a vault lies.
#[uniffi::remote(Enum)]
pub enum Location {
    /// In folders.
    Folder {
        /// The app's own: vault, slots, what was dropped in.
        private: PathBuf,
        /// What widgets and share extensions may read; nothing is kept there yet.
        public: Option<PathBuf>,
    },
}

/// The kinds of slot that this build opens. A PIN alone is never one.
#[uniffi::remote(Enum)]
pub enum SlotKind {
    /// A typed passphrase.
    Passphrase,
    /// A key that the platform's keystore guards.
    Keystore,
    /// Such a key and a PIN, both needed.
    KeystoreAndPin,
    /// The recovery words.
    Recovery,
}

/// A way in.
#[uniffi::remote(Record)]
pub struct SlotFacts {
    /// Its name.
    pub id: SlotId,
    /// What opens it.
    pub kind: SlotKind,
    /// Keystore, alone or with a PIN: the key as the host wrapped it.
    pub wrapped: Option<Vec<u8>>,
}

/// What lies in a folder.
#[uniffi::remote(Enum)]
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
    /// An erasure began and was cut short: the only next step is `erase`, which needs no secret.
    Erasing,
}

/// Where a companion stands.
#[uniffi::remote(Enum)]
pub enum VaultState {
    /// No session; what the folder says.
    Closed(VaultFacts),
    /// Unlocked.
    Open,
    /// Unlocked, and no file is open: `resume` goes on.
    Paused,
}

/// What a new vault is made with.
#[uniffi::remote(Record)]
pub struct NewVault {
    /// 8–128 scalars.
    pub passphrase: SecretText,
    /// 24 unless 12 are wished.
    pub words: WordCount,
}

/// A vault that was just made, and is open.
#[uniffi::remote(Record)]
pub struct Created {
    /// Shown once and never stored.
    pub words: RecoveryWords,
    /// For the host to keep beside its keystore key.
    pub vault_counter: u64,
}

/// A secret, and the way it is meant for.
#[uniffi::remote(Enum)]
pub enum UnlockWith {
    /// What the person typed.
    Passphrase(SecretText),
    /// What the platform's keystore gave back.
    Keystore {
        /// Which slot it was wrapped for.
        slot: SlotId,
        /// The 32 bytes of `slot_begin`.
        key32: Secret32,
        /// The host's own copy of the vault counter, if it has one: the core compares (protocol.md §2).
        vault_counter: Option<u64>,
    },
    /// What the platform's keystore gave back and the PIN, both needed.
    KeystoreAndPin {
        /// Which slot the key was wrapped for.
        slot: SlotId,
        /// The 32 bytes of `slot_begin`.
        key32: Secret32,
        /// What the person typed.
        pin: SecretText,
        /// As above.
        vault_counter: Option<u64>,
    },
    /// The words, as `RecoveryWords::parse` read them.
    RecoveryWords(RecoveryWords),
}

/// What became of what was dropped in.
#[uniffi::remote(Record)]
pub struct DropsTaken {
    /// How many are in the vault now.
    pub taken: u32,
    /// How many wait still: the recovery notice is not understood yet, or the disk is full.
    pub waiting: u32,
    /// How many files nothing here opens; they are kept as they are.
    pub unread: u32,
}

/// A vault that was just unlocked.
#[uniffi::remote(Record)]
pub struct Unlocked {
    /// Whether the recovery notice was understood.
    pub acknowledged: bool,
    /// Whether words were asked back and were right.
    pub words_tested: bool,
    /// Whether nothing can be written (no permission, full disk): reading goes on.
    pub read_only: bool,
    /// For the host to keep beside its keystore key, instead of what it kept; it is raised at every unlock.
    pub vault_counter: u64,
    /// The host's counter and the vault's differ: this is a copy, or was put back from one, and another may be in use.
    /// To be said loudly. Open invitations have ended; it is told until `Companion::settle_copy`.
    pub copied: bool,
    /// Set for a backup: when it was made. It is read only; restoring makes a vault of it.
    pub backup_made_ms: Option<i64>,
    /// The device that this one was restored from, or whose keys it had before they were renewed, as long as that one
    /// counts in a space of mine: to be removed when the person says so, after what it wrote has come.
    pub comes_from: Option<DeviceId>,
    /// What was dropped in while it was locked.
    pub dropped: DropsTaken,
}

/// What a pause did.
#[uniffi::remote(Record)]
pub struct Paused {
    /// Whether what ran came to its end. If not it was stopped, left nothing behind, and answered `Interrupted`.
    pub finished: bool,
    /// Whether every open batch was closed. If not, that is done at the next start; the words are on disk either way.
    pub closed: bool,
}

/// A way in that is to be added.
#[uniffi::remote(Enum)]
pub enum NewSlot {
    /// A key that the platform's keystore guards; it gives no admin rights.
    Keystore,
    /// Such a key and a PIN of 6 to 12 digits; it replaces an earlier one.
    KeystoreAndPin {
        /// What the person chose.
        pin: SecretText,
    },
}

/// A fresh key for the host to wrap with its keystore. It is never the vault key.
#[uniffi::remote(Record)]
pub struct SlotKey {
    /// The slot it will open.
    pub slot: SlotId,
    /// What the host wraps and forgets.
    pub key32: Secret32,
}

/// What a slot that was added or taken out says.
#[uniffi::remote(Record)]
pub struct SlotAdded {
    /// Keystore aliases of what it replaced or was, for the host to delete.
    pub aliases: Vec<String>,
    /// The commit it came after; slots lie in the header, so nothing else was touched.
    pub changes: Changes,
}

/// What is erased.
#[uniffi::remote(Enum)]
pub enum EraseScope {
    /// The vault on this device, with all that was dropped in.
    Vault,
}

/// What erasing did, and what is left to do for the host.
#[uniffi::remote(Record)]
pub struct EraseReport {
    /// Keys that the host must delete from its keystore. A name may be told again after an erasure was cut short.
    pub aliases: Vec<String>,
    /// How many files are gone.
    pub removed: u32,
}
