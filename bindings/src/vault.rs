//! The vault from outside: what it is made and opened with, and where it stands.

use belay::clock::Moment;
use belay::companion::{Created, HostConfig, NewVault, UnlockWith, Unlocked, VaultState};
use belay::crypto::kdf::PassphraseCost;
use belay::crypto::words::{RecoveryWords, WordCount};
use belay::error::Field;
use belay::ids::{DeviceId, SlotId, VaultId};
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

/// What Argon2id spends (RFC 9106): stored beside the slot it made.
#[uniffi::remote(Record)]
pub struct PassphraseCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// What a host says once.
#[uniffi::remote(Record)]
pub struct HostConfig {
    /// The vault's folder; made with mode 0700 when a vault is created.
    pub folder: PathBuf,
    /// BCP-47 languages, best first.
    pub languages: Vec<String>,
    /// What a passphrase costs: the default, or the floor where memory is short.
    pub cost: PassphraseCost,
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
}
