use super::hosted::Hosted;
use crate::batch::READER;
use crate::clock::Moment;
use crate::command::{Desk, Marks, Me, Rehearsal};
use crate::crypto::seal::OpeningKey;
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Error, Field, Result};
use crate::exchange::judge_anew;
use crate::identity::{DeviceEntry, DeviceKeys, SpaceKeys};
use crate::ids::{DeviceId, DocId, SpaceId};
use crate::projection::{
    Changes, Documents, People, changes_since, drop_old_touched, index_all_waiting, index_if_due, is_any_waiting,
    is_index_due,
};
use crate::secret::{Entropy, Secret32, SecretBytes};
use crate::store::{Committed, Store, batches, documents, forgetting, meta, singles, spaces};
use crate::vault::{FolderLock, Opened};
pub(super) use crate::view::{ACKNOWLEDGED, WORDS_TESTED as TESTED};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// This device's own secrets in the store.
use crate::store::singles::DEVICE_KEYS;
const ADMIN_PUBLIC: &str = "admin_public";
const RECOVERY_PUBLIC: &str = "recovery_public";
const DROP_KEY: &str = "drop_key";
const DROP_KEY_BEFORE: &str = "drop_key_before";
/// The device whose keys these replaced: a backup's, or that of a vault that was copied.
const COMES_FROM: &str = "comes_from";
const OWN_SPACE: &str = "own_space";
/// The counter that says up to which `min_reader` this store was judged.
const UNDERSTOOD: &str = "reader";

/// Commits after which what was touched too long ago is dropped.
const TOUCHED_DROPPED_EVERY: u64 = 512;

/// How often what was committed is read again: an interruption stops one read, and a lock interrupts once.
const READ_AGAIN: usize = 16;

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
    /// What hosts have begun and not finished: confirmations, slots, jobs.
    pub hosted: Hosted,
    documents: Documents,
    nonces: BTreeMap<DocId, [u8; 16]>,
}

/// What a pause keeps: keys in memory, no file open.
pub(super) struct Resting {
    pub opened: Opened,
    pub words: Option<RecoveryWords>,
    pub hosted: Hosted,
    /// The last commit before the rest.
    pub commit: u64,
}

/// What a store begins with.
pub(super) struct Beginning<'a> {
    pub keys: &'a DeviceKeys,
    pub admin_public: [u8; 32],
    pub recovery_public: [u8; 32],
    pub drop_key: &'a SecretBytes,
}

/// Writes what a new store needs before its header names it.
pub(super) fn begin(store: &mut Store, what: &Beginning<'_>, entropy: &mut dyn Entropy, at: &Moment) -> Result<()> {
    let entry: DeviceEntry = what.keys.entry(what.admin_public);
    let genesis = crate::space::make_own_space(entry, &what.recovery_public, entropy)?;
    let space = genesis.space_id();
    let membership = crate::space::evaluate(space, std::slice::from_ref(&genesis))?;
    let device = what.keys.device_id();
    let me = membership.member_of(&device).ok_or(Error::Broken("companion: own genesis"))?;
    // So that my next device can seal for this one.
    let space_keys = SpaceKeys::make(entropy);
    let card = space_keys.card(device, space, 1, Vec::new()).sign(&what.keys.signing);
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
        spaces::put_card(tx, &space, &device, 1, &card.to_wire(), at.unix_ms)?;
        spaces::put_space_keys(tx, &space, space_keys.to_stored().expose())?;
        Ok(())
    })?;
    Ok(())
}

fn own<const N: usize>(db: &Connection, name: &str) -> Result<[u8; N]> {
    let bytes = singles::secret(db, name)?.ok_or(Code::Corrupt.of(Field::Store))?;
    bytes.expose().try_into().map_err(|_| Code::Corrupt.of(Field::Store).into())
}

/// Who a store's device is.
pub(super) struct Kept {
    pub keys: DeviceKeys,
    pub admin_public: [u8; 32],
    pub recovery_public: [u8; 32],
    pub me: Me,
}

impl Kept {
    pub fn read(db: &Connection) -> Result<Kept> {
        let stored = singles::secret(db, DEVICE_KEYS)?.ok_or(Code::Corrupt.of(Field::Store))?;
        let keys = DeviceKeys::from_stored(stored.expose())?;
        let me = Me { device: keys.device_id(), signing: keys.signing.clone(), own: SpaceId(own(db, OWN_SPACE)?) };
        Ok(Kept { keys, admin_public: own(db, ADMIN_PUBLIC)?, recovery_public: own(db, RECOVERY_PUBLIC)?, me })
    }

    /// The same vault's device with new keys, written instead of these; what the old ones were is kept by name only.
    pub fn replace(&self, db: &Connection, keys: &DeviceKeys, admin_public: [u8; 32]) -> Result<Kept> {
        singles::put_secret(db, DEVICE_KEYS, keys.to_stored().expose())?;
        singles::put_secret(db, ADMIN_PUBLIC, &admin_public)?;
        singles::put_secret(db, COMES_FROM, &self.me.device.0)?;
        Kept::read(db)
    }
}

/// The device that this one came from, as long as it counts in a space of mine.
pub(super) fn comes_from(db: &Connection) -> Result<Option<DeviceId>> {
    if singles::secret(db, COMES_FROM)?.is_none() {
        return Ok(None);
    }
    let before = DeviceId(own(db, COMES_FROM)?);
    for record in spaces::all_spaces(db)? {
        let people = People::of(db, &record.id)?;
        let mine = people.membership.members.get(&people.me());
        if mine.and_then(|mine| mine.devices.get(&before)).is_some_and(|standing| standing.active) {
            return Ok(Some(before));
        }
    }
    Ok(None)
}

/// What becomes of the key that opened the drop box until now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DropKeyBefore {
    /// It opens what was sealed in the last moment before a re-key.
    Kept,
    /// It is another vault's.
    LetGo,
}

/// Keeps what opens the drop box from now on.
pub(super) fn put_drop_key(db: &Connection, key: &OpeningKey, before: DropKeyBefore) -> Result<()> {
    match (before, singles::secret(db, DROP_KEY)?) {
        (DropKeyBefore::Kept, Some(old)) => singles::put_secret(db, DROP_KEY_BEFORE, old.expose())?,
        _ => singles::forget_secret(db, DROP_KEY_BEFORE)?,
    }
    // The store is sealed; what is dropped in while it is locked is opened with this.
    singles::put_secret(db, DROP_KEY, key.bytes().expose())
}

/// What opens the drop box: today's key, and the one before a re-key.
pub(super) fn drop_keys(db: &Connection) -> Result<Vec<OpeningKey>> {
    let mut keys = Vec::new();
    for name in [DROP_KEY, DROP_KEY_BEFORE] {
        let kept = singles::secret(db, name)?;
        keys.extend(kept.and_then(|bytes| Secret32::from_slice(bytes.expose())).map(OpeningKey::from_bytes));
    }
    Ok(keys)
}

impl Session {
    /// Writes once in a store that is no vault's yet, as the device whose keys it holds, and closes it.
    pub fn remake(
        mut store: Store,
        work: &mut dyn FnMut(&mut Desk<'_>) -> Result<()>,
        entropy: &mut dyn Entropy,
        at: &Moment,
    ) -> Result<()> {
        let (keys, space) = store.read(|db| {
            let stored = singles::secret(db, DEVICE_KEYS)?.ok_or(Code::Corrupt.of(Field::Store))?;
            Ok((DeviceKeys::from_stored(stored.expose())?, SpaceId(own(db, OWN_SPACE)?)))
        })?;
        let me = Me { device: keys.device_id(), signing: keys.signing.clone(), own: space };
        let (mut documents, mut nonces) = (Documents::default(), BTreeMap::new());
        store.write(|tx| {
            let (documents, nonces) = (&mut documents, &mut nonces);
            work(&mut Desk { db: tx, me: &me, documents, nonces, entropy, at, marks: Marks::default() })
        })?;
        store.close()
    }

    /// Opens the store of an unlocked vault and closes every batch that an earlier session left open: it is never
    /// extended, so that a copied vault never writes under the same actor.
    pub fn begin(lock: FolderLock, opened: Opened, entropy: &mut dyn Entropy, at: &Moment) -> Result<Self> {
        let (file, key, vault) = (opened.store_file(), opened.db_key(), opened.vault());
        // A backup's device keys are another's by now: nothing may be written under them.
        let of = if opened.backup().is_some() { Store::open_to_read } else { Store::open };
        let store = of(file, &key, vault)?;
        let Kept { keys, admin_public, recovery_public, me } = store.read(Kept::read)?;
        let mut session = Session {
            store,
            lock,
            opened,
            me,
            keys,
            admin_public,
            recovery_public,
            words: None,
            hosted: Hosted::default(),
            documents: Documents::default(),
            nonces: BTreeMap::new(),
        };
        // Where nothing can be written the vault still opens for reading.
        if session.store.frozen().is_none() {
            // A write that changes nothing is synced all the same: most starts have nothing to do.
            if session.store.look_back(|db| Ok(is_index_due(db)? || !batches::all_open(db, None)?.is_empty()))? {
                session.write(entropy, at, |desk| {
                    index_if_due(desk.db)?;
                    drop_old_touched(desk.db)?;
                    desk.close_all(None)
                })?;
            }
            // What cannot be judged or dropped now is at the next start: the vault opens all the same.
            let _ = session.understand(READER, entropy, at);
            let _ = session.drop_due(entropy, at);
        }
        Ok(session)
    }

    /// Judges again what waited for a newer app, once this build reads more (`reader`) than the one before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn understand(&mut self, reader: u32, entropy: &mut dyn Entropy, at: &Moment) -> Result<()> {
        let known = self.store.read(|db| singles::counter(db, UNDERSTOOD))?;
        if known >= i64::from(reader) {
            return Ok(());
        }
        self.write(entropy, at, |desk| {
            judge_anew(desk, reader)?;
            singles::set_counter(desk.db, UNDERSTOOD, i64::from(reader))
        })?;
        Ok(())
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
        let done = self.store.write(|tx| {
            let done = work(&mut Desk { db: tx, me, documents: held, nonces, entropy, at, marks: Marks::default() })?;
            // A long sitting has many commits, and what was touched in old ones is told to nobody.
            if tx.commit_number() % TOUCHED_DROPPED_EVERY == 0 {
                drop_old_touched(tx)?;
            }
            Ok(done)
        })?;
        self.documents = documents;
        Ok(done)
    }

    /// One transaction that is taken back, with steps kept for whoever looks at it. Memory is as it was: documents written
    /// meanwhile are dropped from it, and no randomness is kept.
    pub fn rehearse<T>(&mut self, at: &Moment, work: impl FnOnce(&mut Desk<'_>) -> Result<T>) -> Result<T> {
        let (me, mut nonces, mut dice) = (&self.me, self.nonces.clone(), Rehearsal::default());
        let mut documents = std::mem::take(&mut self.documents);
        let held = &mut documents;
        let mut unsure = None;
        let seen = self.store.rehearse(|tx| {
            let marks = Marks::rehearsing();
            let (nonces, entropy) = (&mut nonces, &mut dice);
            let mut desk = Desk { db: tx, me, documents: held, nonces, entropy, at, marks };
            let seen = work(&mut desk)?;
            unsure = desk.marks.unsure();
            Ok(seen)
        })?;
        match unsure {
            Some(docs) => docs.iter().for_each(|doc| documents.forget(doc)),
            None => documents.clear(),
        }
        self.documents = documents;
        Ok(seen)
    }

    /// Looks at documents without writing.
    pub fn look<T>(&mut self, work: impl FnOnce(&Connection, &mut Documents) -> Result<T>) -> Result<T> {
        let documents = &mut self.documents;
        self.store.read(|db| work(db, documents))
    }

    /// Forgets the documents in memory: the next call that needs one loads it.
    pub fn shed(&mut self) {
        self.documents = Documents::default();
    }

    /// What is touched by nothing: from the last commit to itself.
    pub fn no_changes(&self) -> Result<Changes> {
        self.store.read(|db| changes_since(db, meta::commit_number(db)?))
    }

    /// What one commit touched. The commit is on disk: a lock that interrupts this read must not make a call that is done
    /// say `Interrupted`, after which its caller would do it again.
    pub fn changes_of(&mut self, commit: u64) -> Result<Changes> {
        let mut read = || self.store.look_back(|db| changes_since(db, commit.saturating_sub(1)));
        let mut changes = read();
        for _ in 0..READ_AGAIN {
            match changes {
                Err(error) if error.code() == Code::Interrupted => changes = read(),
                told => return told,
            }
        }
        changes
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
        self.write(entropy, at, remember_hashes)?;
        Ok(())
    }

    /// Indexes what was typed and waits for it: whoever searches finds the newest words.
    pub fn index_typed(&mut self, entropy: &mut dyn Entropy, at: &Moment) -> Result<()> {
        if self.store.frozen().is_some() || !self.store.look_back(is_any_waiting)? {
            return Ok(());
        }
        self.write(entropy, at, |desk| index_all_waiting(desk.db))?;
        Ok(())
    }

    /// Closes every file and gives the folder back.
    pub fn rest(self) -> Result<Resting> {
        let Session { store, lock, opened, words, hosted, .. } = self;
        let commit = store.read(meta::commit_number);
        let closed = store.close();
        drop(lock);
        closed?;
        Ok(Resting { opened, words, hosted: hosted.rested(), commit: commit.unwrap_or(0) })
    }
}

/// Closes every open batch, and remembers the hash of each document that has none.
pub(super) fn remember_hashes(desk: &mut Desk<'_>) -> Result<()> {
    desk.close_all(None)?;
    for doc in documents::without_hash(desk.db)? {
        if forgetting::is_frozen(desk.db, &doc)? {
            documents::set_hash(desk.db, &doc, &forgetting::FROZEN_HASH)?;
            continue;
        }
        let hash = match desk.load(&doc) {
            Ok(loaded) => loaded.doc.hash(),
            // A kind of a newer app counts nowhere here; one that does not load keeps the others from nothing.
            Err(Error::Refused(_) | Error::Broken(_)) => continue,
            Err(error) => return Err(error),
        };
        documents::set_hash(desk.db, &doc, &hash)?;
    }
    Ok(())
}
