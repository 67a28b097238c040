//! Connections: at most two read, each lent to one reader, and one writes. To open one costs as much as a screen, since
//! each reads the whole schema into memory that is wiped piece by piece. So whoever reads while nobody writes is lent the
//! writer's, with its writing forbidden, and others are opened when they are first needed at the same time.

use super::pragmas::{Access, about_store, connect, forbid_writing, is_damaged, make_writer, vouch};
use crate::error::{Code, Error, Field, Result};
use crate::secret::Secret32;
use rusqlite::{Connection, InterruptHandle, Transaction, TransactionBehavior};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Two: a screen and a job read side by side; more would only hold more page caches.
const READERS_MAX: usize = 2;

/// Reads a store while another thread writes it. Cheap to clone; it answers `Closed` once the store is closed.
#[derive(Clone)]
pub struct Readers(Arc<Shared>);

struct Shared {
    path: PathBuf,
    access: Access,
    pool: Mutex<Pool>,
    returned: Condvar,
    /// Raised by every interruption; a reader that sees it change stops.
    stops: AtomicU64,
    /// Damage was told and found again: it is not looked for each time.
    is_damaged: AtomicBool,
}

/// Stops one read and nothing else.
#[derive(Default)]
pub struct Stop {
    raised: AtomicBool,
    running: Mutex<Option<InterruptHandle>>,
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stop({})", self.is_raised())
    }
}

impl Stop {
    /// Whether it was raised; it stays so.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::SeqCst)
    }

    /// Stops what runs under it, and all that is still to begin. A read that waits for a connection hears of it by
    /// [`Readers::stop`].
    pub fn raise(&self) {
        self.raised.store(true, Ordering::SeqCst);
        if let Some(running) = &*self.running() {
            running.interrupt();
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<InterruptHandle>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, conn: &Connection) -> Entered<'_> {
        *self.running() = Some(conn.get_interrupt_handle());
        Entered(self)
    }
}

/// A read under a stop. It leaves before its connection is lent to another.
struct Entered<'s>(&'s Stop);

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        *self.0.running() = None;
    }
}

/// The connection that may write.
pub(super) struct Writer {
    pub conn: Connection,
    /// Whether it tells what is touched ([`super::telling`]).
    pub tells: bool,
    /// Whether it was made to read alone.
    reads_alone: bool,
}

impl Writer {
    pub fn allow(&mut self) -> Result<()> {
        if self.reads_alone {
            forbid_writing(&self.conn, false)?;
            self.reads_alone = false;
        }
        Ok(())
    }
}

/// The writer's connection in use. It goes back when dropped, also while unwinding: its transaction is over by then.
pub(super) struct Writing<'p> {
    shared: &'p Shared,
    writer: Option<Writer>,
}

impl Writing<'_> {
    pub fn writer(&mut self) -> &mut Writer {
        self.writer.as_mut().expect("taken only by let_go, which takes this along")
    }

    /// Closes it: the next write opens another.
    pub fn let_go(mut self) {
        self.writer = None;
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let mut pool = self.shared.pool();
        pool.is_writing = false;
        pool.writer = self.writer.take().filter(|writer| is_reusable(&writer.conn));
    }
}

/// Whether its transaction is over. An interruption can meet the ROLLBACK itself, and then only closing ends it: whoever
/// is given such a connection can begin nothing on it.
fn is_reusable(conn: &Connection) -> bool {
    conn.is_autocommit()
}

struct Pool {
    /// `None` once closed.
    key: Option<Secret32>,
    idle: Vec<Connection>,
    /// While nobody writes and no reader has it.
    writer: Option<Writer>,
    is_writing: bool,
    lent: BTreeMap<u64, Option<InterruptHandle>>,
    next: u64,
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readers")
    }
}

impl Shared {
    /// A reader that panicked left the pool's own lists whole, so its poison says nothing.
    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan. It goes back when dropped, also while unwinding.
struct Loan<'p> {
    shared: &'p Shared,
    ticket: u64,
    conn: Option<Connection>,
    /// Where it is the writer's: whether that one tells.
    tells: Option<bool>,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut pool = self.shared.pool();
        pool.lent.remove(&self.ticket);
        let kept = self.conn.take().filter(|conn| !std::thread::panicking() && is_reusable(conn));
        match self.tells {
            // Also of a store that is closing: the writer is the one that folds the journal.
            Some(tells) if pool.writer.is_none() && !pool.is_writing => {
                pool.writer = kept.map(|conn| Writer { conn, tells, reads_alone: true });
            }
            // A write that came meanwhile has a connection of its own: this one reads from now on.
            _ => {
                let kept = kept.filter(|_| pool.key.is_some());
                pool.idle.extend(kept);
            }
        }
        drop(pool);
        self.shared.returned.notify_all();
    }
}

impl Readers {
    /// `access` is that of readers; where it is not [`Access::Read`] beside a writer, `conn` reads alone too.
    pub(super) fn new(path: PathBuf, key: Secret32, access: Access, conn: Connection, may_write: bool) -> Self {
        let writer = Some(Writer { conn, tells: false, reads_alone: !may_write });
        let (idle, lent) = (Vec::new(), BTreeMap::new());
        let pool = Pool { key: Some(key), idle, writer, is_writing: false, lent, next: 0 };
        let stops = AtomicU64::new(0);
        let (returned, is_damaged) = (Condvar::new(), AtomicBool::new(false));
        Readers(Arc::new(Shared { path, access, pool: Mutex::new(pool), returned, stops, is_damaged }))
    }

    /// Runs `work` on one snapshot: what is committed meanwhile is not seen in it. Waits while two others read, so
    /// `work` must not itself start another read.
    ///
    /// # Errors
    /// `Closed`, `Interrupted`, `Corrupt{Store}`, and what `work` says.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.read_until(&Stop::default(), work)
    }

    /// [`Readers::read`] that this stop ends too; each read has a stop of its own.
    ///
    /// # Errors
    /// Those of [`Readers::read`].
    pub fn read_until<T>(&self, stop: &Stop, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let seen = self.0.stops.load(Ordering::SeqCst);
        let mut loan = self.lend(seen, stop)?;
        let conn = loan.conn.as_ref().expect("taken only below and when the loan is dropped");
        let answer = self.snapshot(conn, seen, stop, work);
        // Damage outweighs any answer, also another failure: it may come of zeros.
        if let Err(damage) = vouch(conn) {
            loan.conn = None;
            drop(loan);
            return Err(self.looked_at(damage, true));
        }
        drop(loan);
        answer.map_err(|error| about_store(self.looked_at(error, false)))
    }

    /// A failure that SQLite tells as damage, or that came while the cipher did not vouch for every page: what it is when
    /// all is read again. A page that the disk refused goes to the cipher as well, and fails there. Called while no
    /// connection of this thread reads.
    pub(super) fn looked_at(&self, error: Error, is_unvouched: bool) -> Error {
        let is_told = error.code() == Code::Corrupt && (is_unvouched || matches!(error, Error::Sql(_)));
        if !is_told || self.0.is_damaged.load(Ordering::SeqCst) {
            return error;
        }
        let Some(key) = self.0.pool().key.clone() else { return error };
        if is_damaged(&self.0.path, &key, self.0.access) {
            self.0.is_damaged.store(true, Ordering::SeqCst);
            return error;
        }
        Code::Unwritable.of(Field::Store).into()
    }

    fn snapshot<T>(
        &self,
        conn: &Connection,
        seen: u64,
        stop: &Stop,
        work: impl FnOnce(&Connection) -> Result<T>,
    ) -> Result<T> {
        let tx = Transaction::new_unchecked(conn, TransactionBehavior::Deferred)?;
        // Left before the transaction ends: a stop that met the ROLLBACK would leave it open.
        let _entered = stop.enter(conn);
        // A statement that stays open fixes the snapshot now, and keeps an interruption standing until the read is
        // over: SQLite forgets one as soon as no statement runs.
        let mut held = tx.prepare_cached("SELECT key FROM meta")?;
        let mut rows = held.query([])?;
        rows.next()?;
        if self.0.stops.load(Ordering::SeqCst) != seen || stop.is_raised() {
            return Code::Interrupted.err();
        }
        work(&tx)
    }

    fn lend(&self, seen: u64, stop: &Stop) -> Result<Loan<'_>> {
        let is_stopped = || self.0.stops.load(Ordering::SeqCst) != seen || stop.is_raised();
        let mut pool = self.0.pool();
        while pool.key.is_some() && pool.lent.len() >= READERS_MAX && !is_stopped() {
            pool = self.0.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        let Some(key) = pool.key.clone() else { return Code::Closed.err() };
        if is_stopped() {
            return Code::Interrupted.err();
        }
        let ticket = pool.next;
        pool.next += 1;
        let idle = pool.idle.pop();
        let writer = if idle.is_none() { pool.writer.take() } else { None };
        let (tells, reads_alone) = (writer.as_ref().map(|writer| writer.tells), writer.as_ref().map(|w| w.reads_alone));
        let conn = idle.or(writer.map(|writer| writer.conn));
        pool.lent.insert(ticket, conn.as_ref().map(Connection::get_interrupt_handle));
        drop(pool);
        let mut loan = Loan { shared: &self.0, ticket, conn, tells };
        if let (Some(conn), Some(false)) = (&loan.conn, reads_alone) {
            // A mistake in a reader cannot become a write here either.
            forbid_writing(conn, true)?;
        }
        if loan.conn.is_none() {
            // Opening takes a while: other readers need not wait for it.
            let conn = connect(&self.0.path, &key, self.0.access).map_err(about_store)?;
            self.0.pool().lent.insert(ticket, Some(conn.get_interrupt_handle()));
            loan.conn = Some(conn);
        }
        Ok(loan)
    }

    /// The connection that writes; opened where a reader has it.
    ///
    /// # Errors
    /// `Closed`, and those of opening.
    pub(super) fn take_writer(&self) -> Result<Writing<'_>> {
        let mut pool = self.0.pool();
        let Some(key) = pool.key.clone() else { return Code::Closed.err() };
        let writer = pool.writer.take();
        pool.is_writing = true;
        drop(pool);
        let mut writing = Writing { shared: &self.0, writer };
        match &mut writing.writer {
            Some(_) => {}
            None => writing.writer = Some(self.open_writer(&key)?),
        }
        Ok(writing)
    }

    fn open_writer(&self, key: &Secret32) -> Result<Writer> {
        let conn = connect(&self.0.path, key, Access::Write)?;
        make_writer(&conn)?;
        Ok(Writer { conn, tells: false, reads_alone: false })
    }

    /// Raises a stop, and wakes a read under it that waits for a connection.
    pub fn stop(&self, stop: &Stop) {
        // A read looks at its stop under the pool's lock before it waits, so it cannot miss this.
        let pool = self.0.pool();
        stop.raise();
        drop(pool);
        self.0.returned.notify_all();
    }

    /// Stops the reads that run or wait now; each answers `Interrupted`.
    pub(super) fn interrupt(&self) {
        let pool = self.0.pool();
        self.0.stops.fetch_add(1, Ordering::SeqCst);
        pool.lent.values().flatten().for_each(InterruptHandle::interrupt);
        drop(pool);
        self.0.returned.notify_all();
    }

    /// Ends reading for good: interrupts, waits until every loan is back, closes all but the writer, forgets the key.
    pub(super) fn shut(&self) -> Option<Connection> {
        self.0.pool().key = None;
        self.interrupt();
        let mut pool = self.0.pool();
        pool.idle.clear();
        while !pool.lent.is_empty() {
            pool = self.0.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        pool.writer.take().map(|writer| writer.conn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::VaultId;
    use crate::store::{Store, meta};

    /// As an interruption that meets the ROLLBACK leaves it.
    fn begin(conn: &Connection) {
        conn.execute_batch("BEGIN; SELECT key FROM meta").unwrap();
    }

    #[test]
    fn a_transaction_that_was_not_ended_goes_with_its_connection() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store-1.db");
        let key = Secret32::new([0x5a; 32]);
        let mut store = Store::create(&path, &key, VaultId([3; 16])).unwrap();
        let readers = store.readers();
        for turn in 1..=2 {
            // The writer's connection, lent to a reader; then two that read alone; then the writer's own.
            let loans = [readers.lend(0, &Stop::default()).unwrap(), readers.lend(0, &Stop::default()).unwrap()];
            loans.iter().for_each(|loan| begin(loan.conn.as_ref().unwrap()));
            drop(loans);
            let mut writing = readers.take_writer().unwrap();
            begin(&writing.writer().conn);
            drop(writing);
            assert_eq!(store.write(|_| Ok(())).unwrap().commit, turn);
            assert_eq!(readers.read(meta::commit_number).unwrap(), turn);
        }
        store.close().unwrap();
        let store = Store::open(&path, &key, VaultId([3; 16])).unwrap();
        assert_eq!(store.read(meta::commit_number).unwrap(), 2);
    }
}
