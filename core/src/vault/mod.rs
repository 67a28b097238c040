//! The vault: a folder with a header, its slots and the encrypted store; what can be told of it while it is locked.
//!
//! | file | what |
//! |---|---|
//! | `header.a`, `header.b` | two copies of the header (protocol.md §2); a vault is there as soon as one of them is |
//! | `store-N.db` | the store that the header names by its number |
//! | `store-N.new` | a store no header has named yet: a creation, re-key, mending or backup, under way or cut short |
//! | `attempts.a`, `attempts.b` | how many wrong secrets in a row, and since when one waits |
//! | `lock` | held by the one process that may write |
//! | `drop/` | what was given to it while it was locked, sealed |
//! | `erasing` | an erasure has begun and must be finished; the keystore aliases it has to tell |
//!
//! This room makes and opens keys and never opens the store. Nothing is deleted or overwritten because a secret was
//! wrong or a file was damaged: only [`erase`] removes what a vault holds, a creation, re-key or backup only its own
//! leftovers, and [`sweep`] the store that a re-key replaced, once the new one has opened.
//!
//! A **backup** is a vault with slots for the words and perhaps a passphrase, and a mark in its header. It opens for
//! reading: no slot of it can be changed, no header copy is repaired, and its store is opened frozen, so that nobody
//! goes on writing under device keys that the vault it was made of still uses. Restoring makes new ones.

mod attempts;
mod change;
mod copy;
mod draft;
mod drop_box;
mod erase;
mod files;
mod header;
mod inspect;
mod lock;
mod opened;
mod pin;
mod place;
mod slot;
mod unlock;

pub use attempts::{FREE_TRIES, WAIT_FIRST_MS, WAIT_MAX_MS};
pub use change::{
    NewPin, SlotKey, change_passphrase, remove_slot, set_passphrase, slot_begin, slot_finish, slot_finish_with_pin,
};
pub use copy::{
    Admins, CopyDraft, CopyPassphrase, begin_backup, begin_backup_as, begin_mend, begin_rekey, begin_renewal,
    begin_restore, discard_backup,
};
pub use draft::{Draft, Made, NewVault};
pub use drop_box::{
    DROP_MAX_BYTES, DROP_VERSION, DROPS_MAX, DROPS_MAX_BYTES, Waiting, clear, lay_in, set_aside, take_out, waiting,
};
pub use erase::{EraseReport, erase};
pub use header::{BackupMark, FORMAT};
pub use inspect::{SlotFacts, VaultFacts, inspect, inspect_at};
pub use lock::FolderLock;
pub use opened::{HeaderState, Opened};
pub use pin::{PIN_DIGITS, check_pin};
pub use place::{Placing, sweep};
pub use slot::{SlotKind, WRAPPED_MAX_BYTES, derive_recovery_key, keystore_alias};
pub use unlock::{UnlockWith, drop_pk, still_opens, unlock};

#[cfg(test)]
mod tests;
#[cfg(all(test, unix))]
pub(crate) mod unprivileged;
