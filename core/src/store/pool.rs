//! Read-only connections: at most two, opened when first needed, lent to one reader each.

use super::pragmas::{Access, about_store, connect, vouch};
use crate::error::{Code, Result};
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

struct Pool {
    /// `None` once closed.
    key: Option<Secret32>,
    idle: Vec<Connection>,
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
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut pool = self.shared.pool();
        pool.lent.remove(&self.ticket);
        let kept = self.conn.take().filter(|_| !std::thread::panicking() && pool.key.is_some());
        pool.idle.extend(kept);
        drop(pool);
        self.shared.returned.notify_all();
    }
}

impl Readers {
    pub(super) fn new(path: PathBuf, key: Secret32, access: Access) -> Self {
        let pool = Pool { key: Some(key), idle: Vec::new(), lent: BTreeMap::new(), next: 0 };
        let stops = AtomicU64::new(0);
        Readers(Arc::new(Shared { path, access, pool: Mutex::new(pool), returned: Condvar::new(), stops }))
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
        let entered = stop.enter(conn);
        let answer = self.snapshot(conn, seen, stop, work);
        drop(entered);
        // Damage outweighs any answer, also another failure: it may come of zeros.
        if let Err(damage) = vouch(conn) {
            loan.conn = None;
            return Err(damage);
        }
        answer.map_err(about_store)
    }

    fn snapshot<T>(
        &self,
        conn: &Connection,
        seen: u64,
        stop: &Stop,
        work: impl FnOnce(&Connection) -> Result<T>,
    ) -> Result<T> {
        let tx = Transaction::new_unchecked(conn, TransactionBehavior::Deferred)?;
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
        pool.lent.insert(ticket, idle.as_ref().map(Connection::get_interrupt_handle));
        drop(pool);
        let mut loan = Loan { shared: &self.0, ticket, conn: idle };
        if loan.conn.is_none() {
            // Opening takes a while: other readers need not wait for it.
            let conn = connect(&self.0.path, &key, self.0.access).map_err(about_store)?;
            self.0.pool().lent.insert(ticket, Some(conn.get_interrupt_handle()));
            loan.conn = Some(conn);
        }
        Ok(loan)
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

    /// Ends reading for good: interrupts, waits until every loan is back, closes all, forgets the key.
    pub(super) fn shut(&self) {
        self.0.pool().key = None;
        self.interrupt();
        let mut pool = self.0.pool();
        pool.idle.clear();
        while !pool.lent.is_empty() {
            pool = self.0.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
