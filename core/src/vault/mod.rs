//! The vault: a folder with a header, its slots and the encrypted store; what can be told of it while it is locked.
//!
//! | file | what |
//! |---|---|
//! | `header.a`, `header.b` | two copies of the header (protocol.md §2); a vault is there as soon as one of them is |
//! | `store-N.db` | the store that the header names by its number |
//! | `store-N.new` | a store that no header has named yet: a creation that is under way, or was cut short |
//! | `lock` | held by the one process that may write |
//! | `erasing` | an erasure has begun and must be finished; the keystore aliases it has to tell |
//!
//! This room makes and opens keys and never opens the store. Nothing is deleted or overwritten because a secret was
//! wrong or a file was damaged: only [`erase`] removes what a vault holds, and a creation only its own leftovers.

mod change;
mod draft;
mod erase;
mod files;
mod header;
mod inspect;
mod lock;
mod opened;
mod slot;
mod unlock;

pub use change::{SlotKey, change_passphrase, remove_slot, set_passphrase, slot_begin, slot_finish};
pub use draft::{Draft, Made, NewVault};
pub use erase::{EraseReport, erase};
pub use header::FORMAT;
pub use inspect::{SlotFacts, VaultFacts, inspect};
pub use lock::FolderLock;
pub use opened::{HeaderState, Opened};
pub use slot::{SlotKind, WRAPPED_MAX_BYTES, derive_recovery_key, keystore_alias};
pub use unlock::{UnlockWith, unlock};

#[cfg(test)]
mod tests;
#[cfg(all(test, unix))]
pub(crate) mod unprivileged;
