use crate::clock::Moment;
use crate::command::{Desk, Me};
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Error, Field, Result};
use crate::identity::{DeviceEntry, DeviceKeys};
use crate::ids::{DocId, SpaceId};
use crate::projection::{Changes, Documents, changes_since, index_if_due};
use crate::secret::{Entropy, SecretBytes};
use crate::store::{Committed, Store, batches, documents, singles, spaces};
use crate::vault::{FolderLock, Opened};
pub(super) use crate::view::{ACKNOWLEDGED, WORDS_TESTED as TESTED};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// This device's own secrets in the store.
const DEVICE_KEYS: &str = "device_keys";
const ADMIN_PUBLIC: &str = "admin_public";
const RECOVERY_PUBLIC: &str = "recovery_public";
const DROP_KEY: &str = "drop_key";
const OWN_SPACE: &str = "own_space";

/// An unlocked vault.
pub(super) struct Session {
    pub store: Store,
    pub lock: FolderLock,
    pub opened: Opened,
    pub me: Me,
    pub keys: DeviceKeys,
    pub admin_public: [u8; 32],
    pub recovery_public: [u8; 32],
    /// The words just made, kept until some were asked back or the vault is locked.
    pub words: Option<RecoveryWords>,
    documents: Documents,
    nonces: BTreeMap<DocId, [u8; 16]>,
}

/// What a pause keeps: keys in memory, no file open.
pub(super) struct Resting {
    pub opened: Opened,
    pub words: Option<RecoveryWords>,
}

/// What a store begins with.
pub(super) struct Beginning<'a> {
    pub keys: &'a DeviceKeys,
    pub admin_public: [u8; 32],
    pub recovery_public: [u8; 32],
    pub drop_key: &'a SecretBytes,
}

/// Writes what a new store needs before its header names it.
pub(super) fn begin(store: &mut Store, what: &Beginning<'_>, entropy: &mut dyn Entropy) -> Result<()> {
    let entry: DeviceEntry = what.keys.entry(what.admin_public);
    let genesis = crate::space::make_own_space(entry, &what.recovery_public, entropy)?;
    let space = genesis.space_id();
    let membership = crate::space::evaluate(space, std::slice::from_ref(&genesis))?;
    let me = membership.member_of(&what.keys.device_id()).ok_or(Error::Broken("companion: own genesis"))?;
    store.write(|tx| {
        singles::put_secret(tx, DEVICE_KEYS, what.keys.to_stored().expose())?;
        singles::put_secret(tx, ADMIN_PUBLIC, &what.admin_public)?;
        singles::put_secret(tx, RECOVERY_PUBLIC, &what.recovery_public)?;
        singles::put_secret(tx, DROP_KEY, what.drop_key.expose())?;
        singles::put_secret(tx, OWN_SPACE, &space.0)?;
        let stage = u32::from(crate::space::SpaceState::Checked.code());
        let kind = membership.kind.code();
        spaces::put_space(tx, &spaces::SpaceRecord { id: space, kind, stage, me })?;
        spaces::put_statement(tx, &space, &genesis.id(), &genesis.to_wire())?;
        Ok(())
    })?;
    Ok(())
}

fn own<const N: usize>(db: &Connection, name: &str) -> Result<[u8; N]> {
    let bytes = singles::secret(db, name)?.ok_or(Code::Corrupt.of(Field::Store))?;
    bytes.expose().try_into().map_err(|_| Code::Corrupt.of(Field::Store).into())
}

impl Session {
    /// Opens the store of an unlocked vault and closes every batch that an earlier session left open: it is never
    /// extended, so that a copied vault never writes under the same actor.
    pub fn begin(lock: FolderLock, opened: Opened, entropy: &mut dyn Entropy, at: &Moment) -> Result<Self> {
        let (file, key, vault) = (opened.store_file(), opened.db_key(), opened.vault());
        // A backup's device keys are another's by now: nothing may be written under them.
        let of = if opened.backup().is_some() { Store::open_to_read } else { Store::open };
        let store = of(file, &key, vault)?;
        let (keys, admin_public, recovery_public, space) = store.read(|db| {
            let stored = singles::secret(db, DEVICE_KEYS)?.ok_or(Code::Corrupt.of(Field::Store))?;
            let keys = DeviceKeys::from_stored(stored.expose())?;
            Ok((keys, own(db, ADMIN_PUBLIC)?, own(db, RECOVERY_PUBLIC)?, SpaceId(own(db, OWN_SPACE)?)))
        })?;
        let me = Me { device: keys.device_id(), signing: keys.signing.clone(), own: space };
        let mut session = Session {
            store,
            lock,
            opened,
            me,
            keys,
            admin_public,
            recovery_public,
            words: None,
            documents: Documents::default(),
            nonces: BTreeMap::new(),
        };
        // Where nothing can be written the vault still opens for reading.
        if session.store.frozen().is_none() {
            session.write(entropy, at, |desk| {
                index_if_due(desk.db)?;
                desk.close_all(None)
            })?;
        }
        Ok(session)
    }

    /// One transaction. Whatever fails, a panic too, memory follows the disk: documents are put back only after a
    /// commit.
    pub fn write<T>(
        &mut self,
        entropy: &mut dyn Entropy,
        at: &Moment,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T>,
    ) -> Result<Committed<T>> {
        let (me, nonces) = (&self.me, &mut self.nonces);
        let mut documents = std::mem::take(&mut self.documents);
        let held = &mut documents;
        let done = self.store.write(|tx| work(&mut Desk { db: tx, me, documents: held, nonces, entropy, at }))?;
        self.documents = documents;
        Ok(done)
    }

    /// What one commit touched.
    pub fn changes_of(&self, commit: u64) -> Result<Changes> {
        self.store.read(|db| changes_since(db, commit.saturating_sub(1)))
    }

    /// Remembers the hash of every document that changed. Open batches are closed first: they are no part of it.
    pub fn refresh_hashes(&mut self, entropy: &mut dyn Entropy, at: &Moment) -> Result<()> {
        if self.store.frozen().is_some() {
            return Ok(());
        }
        let stale =
            self.store.read(|db| Ok((documents::without_hash(db)?, !batches::all_open(db, None)?.is_empty())))?;
        if stale.0.is_empty() && !stale.1 {
            return Ok(());
        }
        self.write(entropy, at, |desk| {
            desk.close_all(None)?;
            for doc in documents::without_hash(desk.db)? {
                let hash = match desk.load(&doc) {
                    Ok(loaded) => loaded.doc.hash(),
                    // A kind of a newer app: its batches are held, its content counts nowhere here.
                    Err(error) if error.code() == Code::NewerSchema => continue,
                    Err(error) => return Err(error),
                };
                documents::set_hash(desk.db, &doc, &hash)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Closes every file and gives the folder back.
    pub fn rest(self) -> Result<Resting> {
        let Session { store, lock, opened, words, .. } = self;
        let closed = store.close();
        drop(lock);
        closed?;
        Ok(Resting { opened, words })
    }
}
