//! SQLCipher: one writer, read-only readers, migrations, records.
//!
//! A [`Store`] is one file under a raw key. It is written by one connection, a transaction at a time, and read by up
//! to two at once, each on a snapshot of its own; the writer's is one of them while nobody writes. It is never repaired, truncated or deleted because something in it
//! is wrong: what is wrong is named, and the file stays as it is.

pub mod batches;
pub mod documents;
pub mod drafts;
pub mod exchanges;
mod export;
pub mod forgetting;
pub mod logs;
pub mod meta;
mod migrate;
pub mod named;
pub mod names;
mod open_batches;
mod pool;
mod pragmas;
mod readout;
mod salvage;
pub mod shortened;
pub mod singles;
pub mod spaces;
mod telling;
pub mod undo;
pub mod waiting;

pub use pool::{Readers, Stop};
pub use readout::{Readout, read_out};
pub use salvage::SHOWN;

use crate::error::{Code, Error, Field, Result};
use crate::ids::VaultId;
use crate::secret::Secret32;
use pragmas::{Access, about_store, connect, fold_on_close, forbid_writing, is_damaged, make_writer, twice, vouch};
use rusqlite::{Connection, InterruptHandle, Transaction, TransactionBehavior};
use std::fs::OpenOptions;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The newest schema that this build reads and writes.
pub fn schema() -> u32 {
    migrate::newest()
}

/// The encrypted store of one vault.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    key: Secret32,
    readers: Shutting,
    stopper: Arc<Stopper>,
    /// Why nothing can be written, where nothing can.
    frozen: Option<Code>,
}

/// Ends all reading with the store, however it ends.
#[derive(Debug)]
struct Shutting(Readers);

impl Drop for Shutting {
    fn drop(&mut self) {
        drop(self.0.shut());
    }
}

struct Stopper {
    writer: Mutex<InterruptHandle>,
    stops: AtomicU64,
}

impl Stopper {
    fn writer(&self) -> MutexGuard<'_, InterruptHandle> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Stopper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stopper")
    }
}

/// A write that is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed<T> {
    /// What the work answered.
    pub value: T,
    /// The local commit number: 1 for the first write, one more for each next.
    pub commit: u64,
}

/// The transaction a write runs in; it is a connection to everything that only needs one.
#[derive(Debug)]
pub struct WriteTx<'c> {
    tx: Transaction<'c>,
    commit: u64,
}

impl WriteTx<'_> {
    /// The commit number this write gets if it succeeds.
    pub fn commit_number(&self) -> u64 {
        self.commit
    }
}

impl Deref for WriteTx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.tx
    }
}

impl Store {
    /// Makes a new, empty store. Only its owner may read the file.
    ///
    /// # Errors
    /// `Duplicate{Store}` where a file is, `Unwritable{Store}`, `StorageFull{Store}`; nothing is left behind.
    pub fn create(path: &Path, key: &Secret32, vault: VaultId) -> Result<Store> {
        make_private(path)?;
        write_point!("store-made");
        Self::fill(path, key, vault).map_err(|error| {
            // The file is ours and was empty a moment ago.
            for leftover in std::iter::once(path.to_owned()).chain(["-wal", "-shm"].map(|tail| beside(path, tail))) {
                let _ = std::fs::remove_file(leftover);
            }
            about_store(error)
        })
    }

    fn fill(path: &Path, key: &Secret32, vault: VaultId) -> Result<Store> {
        let conn = connect(path, key, Access::Write)?;
        make_writer(&conn)?;
        write_point!("store-keyed");
        migrate::upgrade(&conn, 0, |tx| meta::begin(tx, vault))?;
        Ok(Self::over(path, key, conn, Access::Read, None))
    }

    /// Opens a store and brings its schema up to this build's. Where nothing can be written (a folder without
    /// permission, a full disk) it opens for reading, and every write says why it cannot.
    ///
    /// # Errors
    /// `NotFound{Store}`, `Corrupt{Store}` (also for a key or vault id that is not this store's),
    /// `NewerSchema{Store, max: have, actual: need}`; the file is untouched.
    pub fn open(path: &Path, key: &Secret32, vault: VaultId) -> Result<Store> {
        if !path.try_exists()? {
            return Err(Code::NotFound.of(Field::Store).into());
        }
        twice(path, || Self::open_checked(path, key, vault)).map_err(about_store)
    }

    /// Opens a store for reading alone, whatever its folder allows, and writes nothing beside it: a backup's. Every
    /// write answers `Unwritable{Store}`.
    ///
    /// # Errors
    /// Those of [`Store::open`]; `Unwritable{Store}` for an older schema, which this build's questions cannot read, and
    /// where a journal lies beside it: no backup has one.
    pub fn open_to_read(path: &Path, key: &Secret32, vault: VaultId) -> Result<Store> {
        Self::open_frozen(path, key, vault, migrate::newest())
    }

    /// [`Store::open_to_read`] for [`Store::export`] alone: an older schema is no hindrance, since the copy is brought up
    /// to this build's when it is opened.
    ///
    /// # Errors
    /// Those of [`Store::open_to_read`].
    pub fn open_to_copy(path: &Path, key: &Secret32, vault: VaultId) -> Result<Store> {
        Self::open_frozen(path, key, vault, 0)
    }

    fn open_frozen(path: &Path, key: &Secret32, vault: VaultId, oldest: u32) -> Result<Store> {
        if !path.try_exists()? {
            return Err(Code::NotFound.of(Field::Store).into());
        }
        let open = || {
            let conn = connect(path, key, Access::Frozen)?;
            let at = migrate::check(&conn)?;
            if meta::vault(&conn)? != vault {
                return Err(Code::Corrupt.of(Field::Store).into());
            }
            if at < oldest || journal_bytes(path) > 0 {
                return Err(Code::Unwritable.of(Field::Store).into());
            }
            Ok(Self::over(path, key, conn, Access::Frozen, Some(Code::Unwritable)))
        };
        open().map_err(about_store)
    }

    fn open_checked(path: &Path, key: &Secret32, vault: VaultId) -> Result<Store> {
        let had_journal = journal_bytes(path) > 0;
        let (conn, access, frozen) = first_that_opens(path, key)?;
        // Where there was no journal, closing takes away the empty one that looking made.
        fold_on_close(&conn, !had_journal)?;
        let at = migrate::check(&conn)?;
        if meta::vault(&conn)? != vault {
            return Err(Code::Corrupt.of(Field::Store).into());
        }
        if access == Access::Write {
            fold_on_close(&conn, false)?;
            make_writer(&conn)?;
            if at < migrate::newest() {
                migrate::upgrade(&conn, at, |_| Ok(()))?;
            }
        } else if at < migrate::newest() {
            // An older schema cannot be read by this build's questions.
            return Err(frozen.unwrap_or(Code::Unwritable).of(Field::Store).into());
        }
        let readers = if access == Access::Frozen { Access::Frozen } else { Access::Read };
        Ok(Self::over(path, key, conn, readers, frozen))
    }

    fn over(path: &Path, key: &Secret32, conn: Connection, readers: Access, frozen: Option<Code>) -> Store {
        let stopper = Arc::new(Stopper { writer: Mutex::new(conn.get_interrupt_handle()), stops: AtomicU64::new(0) });
        let readers = Readers::new(path.to_owned(), key.clone(), readers, conn, frozen.is_none());
        Store { path: path.to_owned(), key: key.clone(), readers: Shutting(readers), stopper, frozen }
    }

    /// Runs `work` in one transaction that is on disk when this returns. When `work` or the commit fails, nothing
    /// has changed.
    ///
    /// # Errors
    /// `StorageFull{Store}`, `Unwritable{Store}`, `Corrupt{Store}`, `Interrupted`, and what `work` says.
    pub fn write<T>(&mut self, work: impl FnOnce(&WriteTx<'_>) -> Result<T>) -> Result<Committed<T>> {
        self.transact(Ending::Keep, work)
    }

    /// [`Store::write`] of which nothing is told: for counters that no screen shows. It spares a session that only reads
    /// the making of what tells.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub fn write_untold<T>(&mut self, work: impl FnOnce(&WriteTx<'_>) -> Result<T>) -> Result<Committed<T>> {
        self.transact(Ending::KeepUntold, work)
    }

    fn transact<T>(&mut self, ending: Ending, work: impl FnOnce(&WriteTx<'_>) -> Result<T>) -> Result<Committed<T>> {
        if let Some(code) = self.frozen {
            return Err(code.of(Field::Store).into());
        }
        let seen = self.stopper.stops.load(Ordering::SeqCst);
        let mut writing = self.readers.0.take_writer().map_err(about_store)?;
        let writer = writing.writer();
        *self.stopper.writer() = writer.conn.get_interrupt_handle();
        let run = || {
            writer.allow()?;
            if ending != Ending::KeepUntold {
                writer.tell()?;
            }
            transact(&writer.conn, &self.stopper, seen, ending, work)
        };
        let answer = run();
        // Asked before the commit already; an answer of another kind may come of a damaged page all the same.
        let is_unvouched = answer.is_err() && vouch(&writer.conn).is_err();
        if is_unvouched {
            // The pages that are whole can still be written, by a connection that has not met the damaged one.
            writing.let_go();
        } else {
            drop(writing);
        }
        answer.map_err(|error| about_store(self.readers.0.looked_at(error, is_unvouched)))
    }

    /// Runs `work` as [`Store::write`] does, sees it through to where it would be kept, and takes all of it back: nothing
    /// of it is on disk, and the commit number stays.
    ///
    /// # Errors
    /// Those of [`Store::write`].
    pub fn rehearse<T>(&mut self, work: impl FnOnce(&WriteTx<'_>) -> Result<T>) -> Result<T> {
        self.transact(Ending::TakeBack, work).map(|done| done.value)
    }

    /// Runs `work` on one snapshot; see [`Readers::read`].
    ///
    /// # Errors
    /// `Interrupted`, `Corrupt{Store}`, and what `work` says.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.readers.0.read(work)
    }

    /// Reads what was just written, over the connection that wrote it: its pages are at hand there, and a reader would
    /// fetch them anew. For little.
    ///
    /// # Errors
    /// `Corrupt{Store}`, and what `work` says.
    pub fn look_back<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        if self.frozen.is_some() {
            return self.read(work);
        }
        let mut writing = self.readers.0.take_writer()?;
        let conn = &writing.writer().conn;
        let answer = work(conn);
        if let Err(damage) = vouch(conn) {
            writing.let_go();
            return Err(self.readers.0.looked_at(damage, true));
        }
        drop(writing);
        answer.map_err(|error| about_store(self.readers.0.looked_at(error, false)))
    }

    /// A handle that reads from other threads, also while [`Store::write`] runs.
    pub fn readers(&self) -> Readers {
        self.readers.0.clone()
    }

    /// A handle that stops what runs.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter { readers: self.readers(), stopper: self.stopper.clone() }
    }

    /// Why writes are refused in this session, `None` where they are not.
    pub fn frozen(&self) -> Option<Code> {
        self.frozen
    }

    /// Every page of the file whose MAC does not fit, by number from 1 (0: damage that names no page). Empty means
    /// whole. Reads the file once; what still lies in the journal is checked by SQLite as it is read.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn integrity(&self) -> Result<Vec<u32>> {
        // Borrowing the store keeps its writer, and so a checkpoint, from changing pages under the check.
        Self::examine(&self.path, &self.key)
    }

    /// Folds the journal into the store and empties it.
    ///
    /// # Errors
    /// `InUse` while a reader's snapshot stands in the way, `StorageFull{Store}`.
    pub fn checkpoint(&mut self) -> Result<()> {
        if self.frozen.is_some() {
            return Ok(());
        }
        let mut writing = self.readers.0.take_writer().map_err(about_store)?;
        let writer = writing.writer();
        writer.allow()?;
        let folded = fold(&writer.conn);
        drop(writing);
        folded.map_err(|error| self.readers.0.looked_at(error, true))
    }

    /// Stops reads, folds the journal and closes. No file of the store is open afterwards, whatever the answer; after
    /// an error the journal still holds the last writes, and the next open takes them from there.
    ///
    /// # Errors
    /// `StorageFull{Store}`, and what SQLite says.
    pub fn close(self) -> Result<()> {
        let conn = match self.readers.0.shut() {
            Some(conn) => conn,
            None if self.frozen.is_some() => return Ok(()),
            // Its last reader met damage: somebody has to fold the journal all the same.
            None => connect(&self.path, &self.key, Access::Write).and_then(|conn| make_writer(&conn).map(|()| conn))?,
        };
        let fold_last =
            || forbid_writing(&conn, false).and_then(|()| fold(&conn)).and_then(|()| fold_on_close(&conn, true));
        let folded = if self.frozen.is_none() { fold_last() } else { Ok(()) };
        write_point!("store-folded");
        let closed = conn.close().map_err(|(_, cause)| Error::from(cause));
        folded.and(closed).map_err(|error| match error.code() {
            Code::Corrupt if !is_damaged(&self.path, &self.key, Access::Read) => {
                Code::Unwritable.of(Field::Store).into()
            }
            _ => error,
        })
    }
}

/// Which running work to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Running {
    /// Reads only: a screen that is gone.
    Reads,
    /// Reads and the write: locking and pausing.
    Everything,
}

/// Stops what runs on a store, from any thread.
#[derive(Clone, Debug)]
pub struct Interrupter {
    readers: Readers,
    stopper: Arc<Stopper>,
}

impl Interrupter {
    /// Makes what runs now answer `Interrupted`; an interrupted write has changed nothing. Later work is not touched.
    pub fn interrupt(&self, what: Running) {
        if what == Running::Everything {
            self.stopper.stops.fetch_add(1, Ordering::SeqCst);
            self.stopper.writer().interrupt();
        }
        self.readers.interrupt();
    }
}

/// What becomes of a transaction whose work succeeded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Keep,
    /// Kept, with nothing told of it.
    KeepUntold,
    TakeBack,
}

fn transact<T>(
    conn: &Connection,
    stopper: &Stopper,
    seen: u64,
    ending: Ending,
    work: impl FnOnce(&WriteTx<'_>) -> Result<T>,
) -> Result<Committed<T>> {
    let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    let commit = meta::commit_number(&tx)? + 1;
    let tx = WriteTx { tx, commit };
    let value = {
        // As in a read: while this statement is open, an interruption stands.
        let mut held = tx.prepare_cached("VALUES (1), (2)")?;
        let mut rows = held.query([])?;
        rows.next()?;
        if stopper.stops.load(Ordering::SeqCst) != seen {
            return Code::Interrupted.err();
        }
        // Zeros in place of a damaged page can make the work fail in any way: damage is what is told.
        write_point!("write-begun");
        if ending != Ending::KeepUntold {
            meta::begin_writing(&tx, commit)?;
        }
        let value = work(&tx).or_else(|error| vouch(&tx).and(Err(error)))?;
        meta::set_commit_number(&tx, commit)?;
        value
    };
    vouch(&tx)?;
    if ending == Ending::TakeBack {
        tx.tx.rollback()?;
        return Ok(Committed { value, commit });
    }
    write_point!("write-committing");
    tx.tx.commit()?;
    write_point!("write-committed");
    Ok(Committed { value, commit })
}

/// Makes an empty file that only its owner may read.
fn make_private(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Err(Code::Duplicate.of(Field::Store).into()),
        Err(cause) => Err(about_store(cause.into())),
    }
}

/// Opens for writing; where the place forbids that, for reading; where it forbids even a journal's index, frozen.
fn first_that_opens(path: &Path, key: &Secret32) -> Result<(Connection, Access, Option<Code>)> {
    let hindered = |error: &Error| matches!(error.code(), Code::Unwritable | Code::StorageFull);
    let cause = match connect(path, key, Access::Write) {
        Ok(conn) if conn.is_readonly("main")? => return Ok((conn, Access::Read, Some(Code::Unwritable))),
        Ok(conn) => return Ok((conn, Access::Write, None)),
        Err(error) if hindered(&error) => error,
        Err(error) => return Err(error),
    };
    let code = Some(cause.code());
    match connect(path, key, Access::Read) {
        Ok(conn) => Ok((conn, Access::Read, code)),
        // Without a journal the file alone is the whole truth.
        Err(error) if hindered(&error) && journal_bytes(path) == 0 => {
            Ok((connect(path, key, Access::Frozen)?, Access::Frozen, code))
        }
        Err(error) => Err(error),
    }
}

fn fold(conn: &Connection) -> Result<()> {
    write_point!("store-folding");
    let busy: i64 =
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(|e| about_store(e.into()))?;
    if busy == 0 { Ok(()) } else { Code::InUse.err() }
}

fn journal_bytes(path: &Path) -> u64 {
    std::fs::metadata(beside(path, "-wal")).map_or(0, |facts| facts.len())
}

fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    name.into()
}

#[cfg(test)]
mod tests;
