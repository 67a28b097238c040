//! Making a vault, in an order that leaves nothing or a whole vault wherever it stops:
//!
//! 1. [`Draft::make`] makes keys; nothing is written.
//! 2. The caller makes the store at [`Draft::store_file`] (`store-1.new`), fills it and closes it.
//! 3. [`Draft::commit`] writes `header.a`, then renames the store to `store-1.db`, then writes `header.b`.
//!
//! Where it can be cut short, and what that leaves, is in the table of `place.rs`.
//! A `store-1.db` without a header is therefore never a creation that was cut short, but always damage.

use super::files::{draft_name, store_name};
use super::header::Header;
use super::inspect::VaultFacts;
use super::lock::FolderLock;
use super::opened::{Opened, derive_db_key, derive_header_key};
use super::place::{clear_drafts, place};
use super::slot::{Inside, Slot, derive_recovery_key};
use crate::crypto::kdf::PassphraseCost;
use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::SigningKey;
use crate::crypto::words::{RecoveryWords, WordCount};
use crate::error::{Code, Error, Field, Result};
use crate::ids::VaultId;
use crate::secret::{Entropy, Secret32, SecretText};
use std::path::PathBuf;

const FIRST_STORE: u32 = 1;

/// What a new vault is to have besides its recovery words. A keystore slot is added once it is open, by
/// [`super::slot_begin`] and [`super::slot_finish`].
#[derive(Clone, Debug)]
pub struct NewVault {
    /// 8–128 scalars; without one, until a keystore slot is added, only the words open it.
    pub passphrase: Option<SecretText>,
    /// What deriving a key from the passphrase spends.
    pub cost: PassphraseCost,
    /// How many words.
    pub words: WordCount,
}

/// A vault that is not there yet. Dropped without [`Draft::commit`], it takes its store away again.
#[derive(Debug)]
pub struct Draft<'l> {
    lock: &'l FolderLock,
    header: Header,
    made: Option<Secrets>,
}

#[derive(Debug)]
struct Secrets {
    vmk: Secret32,
    words: RecoveryWords,
    admin: SigningKey,
    drop_key: OpeningKey,
}

/// A vault that is there.
#[derive(Debug)]
pub struct Made {
    /// The vault, open.
    pub opened: Opened,
    /// To be shown once and asked back.
    pub words: RecoveryWords,
    /// The device admin key, to be wiped after its use.
    pub admin: SigningKey,
}

impl<'l> Draft<'l> {
    /// Makes the keys and slots of a new vault. Writes nothing; takes away what an earlier creation left that was cut
    /// short before any header.
    ///
    /// # Errors
    /// `Duplicate{Folder}` unless the folder holds no vault, `WeakSecret{Passphrase}`, `OutOfRange{Passphrase}` for
    /// an unsound cost.
    pub fn make(lock: &'l FolderLock, new: &NewVault, entropy: &mut dyn Entropy) -> Result<Draft<'l>> {
        if lock.inspect() != VaultFacts::Absent {
            return Err(Code::Duplicate.of(Field::Folder).into());
        }
        let vault = VaultId(entropy.bytes());
        let vmk = Secret32::make(entropy);
        let admin = SigningKey::make(entropy);
        let drop_key = OpeningKey::make(entropy);
        let words = RecoveryWords::make(new.words, entropy);
        let recovery_pk = derive_recovery_key(&words).public();
        let mut slots = vec![Slot::make_recovery(vault, &recovery_pk, &vmk, &admin, entropy)?.encode()];
        if let Some(passphrase) = &new.passphrase {
            let inside = Inside { vmk: vmk.clone(), admin: Some(admin.clone()) };
            slots.push(Slot::make_passphrase(vault, passphrase, new.cost, &inside, entropy)?.encode());
        }
        let header = Header {
            rev: 1,
            vault,
            store: FIRST_STORE,
            drop_pk: drop_key.public().into(),
            recovery_pk: recovery_pk.into(),
            slots,
            backup: None,
        };
        clear_drafts(lock.folder());
        Ok(Draft { lock, header, made: Some(Secrets { vmk, words, admin, drop_key }) })
    }

    fn secrets(&self) -> &Secrets {
        self.made.as_ref().expect("taken only by commit, which consumes the draft")
    }

    /// The id that the store must carry.
    pub fn vault(&self) -> VaultId {
        self.header.vault
    }
    /// SQLCipher's raw key.
    pub fn db_key(&self) -> Secret32 {
        derive_db_key(self.header.vault, &self.secrets().vmk)
    }
    /// Where to make the store; it must be closed before [`Draft::commit`].
    pub fn store_file(&self) -> PathBuf {
        self.lock.folder().join(draft_name(self.header.store))
    }
    /// Opens what was dropped in while locked; it is kept in the store.
    pub fn drop_key(&self) -> &OpeningKey {
        &self.secrets().drop_key
    }
    /// The words, for what the store is to hold sealed to the recovery key.
    pub fn words(&self) -> &RecoveryWords {
        &self.secrets().words
    }
    /// The device admin key.
    pub fn admin(&self) -> &SigningKey {
        &self.secrets().admin
    }

    /// Makes it a vault.
    ///
    /// # Errors
    /// `StorageFull`, `Unwritable`: the folder is as it was before the draft. `Internal` where the store was not made
    /// or not closed.
    pub fn commit(mut self) -> Result<Made> {
        let folder = self.lock.folder();
        let bytes = self.header.encode(&derive_header_key(self.header.vault, &self.secrets().vmk));
        let state = place(folder, self.header.store, &bytes, &mut |_| ())?;
        let secrets = self.made.take().ok_or(Error::Broken("a draft is committed once"))?;
        let store = folder.join(store_name(self.header.store));
        let opened = Opened::new(self.header.vault, secrets.vmk, store, state);
        Ok(Made { opened, words: secrets.words, admin: secrets.admin })
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if self.made.is_some() {
            clear_drafts(self.lock.folder());
        }
    }
}
