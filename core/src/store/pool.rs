//! Read-only connections: at most two, opened when first needed, lent to one reader each.

use super::pragmas::{Access, about_store, connect, vouch};
use crate::error::{Code, Result};
use crate::secret::Secret32;
use rusqlite::{Connection, InterruptHandle, Transaction, TransactionBehavior};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
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
        let seen = self.0.stops.load(Ordering::SeqCst);
        let mut loan = self.lend(seen)?;
        let conn = loan.conn.as_ref().expect("taken only below and when the loan is dropped");
        let answer = self.snapshot(conn, seen, work);
        // Damage outweighs any answer, also another failure: it may come of zeros.
        if let Err(damage) = vouch(conn) {
            loan.conn = None;
            return Err(damage);
        }
        answer.map_err(about_store)
    }

    fn snapshot<T>(&self, conn: &Connection, seen: u64, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let tx = Transaction::new_unchecked(conn, TransactionBehavior::Deferred)?;
        // A statement that stays open fixes the snapshot now, and keeps an interruption standing until the read is
        // over: SQLite forgets one as soon as no statement runs.
        let mut held = tx.prepare_cached("SELECT key FROM meta")?;
        let mut rows = held.query([])?;
        rows.next()?;
        if self.0.stops.load(Ordering::SeqCst) != seen {
            return Code::Interrupted.err();
        }
        work(&tx)
    }

    fn lend(&self, seen: u64) -> Result<Loan<'_>> {
        let mut pool = self.0.pool();
        while pool.key.is_some() && pool.lent.len() >= READERS_MAX && self.0.stops.load(Ordering::SeqCst) == seen {
            pool = self.0.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        let Some(key) = pool.key.clone() else { return Code::Closed.err() };
        if self.0.stops.load(Ordering::SeqCst) != seen {
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
