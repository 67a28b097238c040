//! A vault that was copied, or put back from a copy: told by a counter that the host keeps beside its keystore key.
//!
//! The counter lies in the store, not in the header: a store put back alone under its own header is what makes two
//! writers of one device, and is told too; and raising it costs no write of the header. Each raise is by one and a random
//! step, so that of two copies that were opened equally often the counters differ as well.

use super::session::Session;
use super::{Answered, Companion};
use crate::clock::Moment;
use crate::command::Desk;
use crate::error::{Code, Result};
use crate::exchange::flow;
use crate::secret::Entropy;
use crate::store::{exchanges, singles};
use rusqlite::Connection;

const COUNTER: &str = "vault_counter";
/// The last one a host gave back: still good, since a process may die before its host keeps the next.
const KNOWN: &str = "vault_counter_known";
const COPIED: &str = "vault_copied";

/// What an unlock saw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// For the host to keep.
    pub counter: u64,
    /// Whether this is a copy.
    pub copied: bool,
}

/// Compares the host's counter, where it has one, and raises ours. Once a copy was noticed, open invitations end with
/// the same write. Where nothing can be written it is only told, and the host keeps what it has, so that it is told
/// again.
pub(super) fn raise(session: &mut Session, host: Option<u64>, entropy: &mut dyn Entropy, at: &Moment) -> Result<Seen> {
    let (current, known, copied) = session.store.read(|db| {
        Ok((singles::counter(db, COUNTER)?, singles::counter(db, KNOWN)?, singles::counter(db, COPIED)? > 0))
    })?;
    let fits = |told: i64| told == current || (known > 0 && told == known);
    let fitting = host.and_then(|told| i64::try_from(told).ok()).filter(|told| fits(*told));
    let is_other = host.is_some() && fitting.is_none();
    let copied = copied || is_other;
    let unwritten = Seen { counter: host.filter(|_| is_other).unwrap_or(current.unsigned_abs()), copied };
    if session.store.frozen().is_some() {
        return Ok(unwritten);
    }
    let step = i64::from(u32::from_be_bytes(entropy.bytes()));
    let next = current.saturating_add(1).saturating_add(step);
    let written = if is_other {
        session.write(entropy, at, |desk| {
            singles::set_counter(desk.db, COUNTER, next)?;
            singles::set_counter(desk.db, COPIED, 1)?;
            singles::set_counter(desk.db, KNOWN, 0)?;
            end_pairings(desk)
        })
    } else {
        // No screen shows these.
        session.store.write_untold(|tx| {
            singles::set_counter(tx, COUNTER, next)?;
            fitting.map_or(Ok(()), |told| singles::set_counter(tx, KNOWN, told))
        })
    };
    match written {
        Ok(_) => Ok(Seen { counter: next.unsigned_abs(), copied }),
        // A full disk keeps nobody from reading.
        Err(error) if matches!(error.code(), Code::StorageFull | Code::Unwritable) => Ok(unwritten),
        Err(error) => Err(error),
    }
}

/// Ends every pairing that is not done, with its private half: it lives on one device only (protocol.md §8).
pub(super) fn end_pairings(desk: &mut Desk<'_>) -> Result<()> {
    for record in exchanges::all(desk.db)? {
        match flow::cancel(desk, &record.id) {
            Err(error) if error.code() != Code::NotFound => return Err(error),
            // Done or over already.
            _ => (),
        }
    }
    Ok(())
}

/// Forgets what was noticed of another copy: a device with keys of its own is none.
pub(super) fn forget(db: &Connection) -> Result<()> {
    singles::set_counter(db, KNOWN, 0)?;
    singles::set_counter(db, COPIED, 0)
}

impl Companion {
    /// Keeps that the person knows of the copy and settled it: [`super::Unlocked::copied`] is told no more.
    ///
    /// # Errors
    /// `Locked`, `Unwritable`.
    pub fn settle_copy(&self, at: &Moment) -> Answered<()> {
        self.with_session(|session, entropy| {
            session.write(entropy, at, |desk| singles::set_counter(desk.db, COPIED, 0))?;
            Ok(())
        })
    }
}
