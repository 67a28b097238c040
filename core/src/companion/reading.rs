//! Reading beside the writer: several asks on one snapshot, what changed meanwhile, and stopping a read that nobody waits
//! for any more.

use super::{ASKS_MAX, Answered, Companion, JobId, hold};
use crate::clock::Moment;
use crate::error::{Code, Error, Failure, Field, Result};
use crate::ids::SpaceId;
use crate::projection::{Changes, changes_since, is_any_waiting};
use crate::secret::sweeping_deep;
use crate::store::{Readers, Running, Stop, meta, spaces};
use crate::view::{self, Ask, Eye, Reading};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// How many operations are remembered that were interrupted before they came; of more, the oldest are forgotten.
pub const INTERRUPTED_MAX: usize = 64;
/// How many families of operations are remembered with their newest turn.
pub const FAMILIES_MAX: usize = 64;

/// The operations that are under way, and those that are not wanted any more.
#[derive(Default)]
pub(super) struct Ops(Mutex<Known>);

#[derive(Default)]
struct Known {
    running: Vec<(u64, Arc<Stop>)>,
    interrupted: VecDeque<u64>,
    /// Each family with its newest turn.
    newest: VecDeque<(u32, u32)>,
}

/// An operation under way: it is over when this is dropped.
pub(super) struct Operation<'o> {
    ops: &'o Ops,
    stop: Arc<Stop>,
}

impl Operation<'_> {
    /// Whether it is wanted no longer. What works in steps asks between two of them.
    pub fn is_stopped(&self) -> bool {
        self.stop.is_raised()
    }
}

impl Drop for Operation<'_> {
    fn drop(&mut self) {
        hold(&self.ops.0).running.retain(|(_, stop)| !Arc::ptr_eq(stop, &self.stop));
    }
}

/// The family of an operation and its turn in it.
fn parts(op: u64) -> (u32, u32) {
    (u32::try_from(op >> 32).unwrap_or_default(), u32::try_from(op & u64::from(u32::MAX)).unwrap_or_default())
}

impl Ops {
    /// Begins an operation, and stops older ones of its family.
    ///
    /// # Errors
    /// `Interrupted` where it was interrupted before it came, or a newer one of its family did.
    pub fn begin(&self, op: u64, readers: Option<&Readers>) -> Result<Operation<'_>> {
        let stop = Arc::new(Stop::default());
        let mut known = hold(&self.0);
        if let Some(place) = known.interrupted.iter().position(|interrupted| op != 0 && *interrupted == op) {
            known.interrupted.remove(place);
            return Code::Interrupted.err();
        }
        let mut older = Vec::new();
        let (family, turn) = parts(op);
        if family != 0 {
            let place = known.newest.iter().position(|(known, _)| *known == family);
            let newest =
                place.and_then(|place| known.newest.remove(place)).map_or(turn, |(_, newest)| newest.max(turn));
            known.newest.push_back((family, newest));
            while known.newest.len() > FAMILIES_MAX {
                known.newest.pop_front();
            }
            if newest > turn {
                return Code::Interrupted.err();
            }
            let is_older = |other: u64| parts(other).0 == family && parts(other).1 < turn;
            older.extend(known.running.iter().filter(|(other, _)| is_older(*other)).map(|(_, stop)| Arc::clone(stop)));
        }
        known.running.push((op, Arc::clone(&stop)));
        drop(known);
        raise(&older, readers);
        Ok(Operation { ops: self, stop })
    }

    fn interrupt(&self, op: u64, readers: Option<&Readers>) {
        if op == 0 {
            return;
        }
        let mut known = hold(&self.0);
        let of: Vec<Arc<Stop>> =
            known.running.iter().filter(|(running, _)| *running == op).map(|(_, stop)| Arc::clone(stop)).collect();
        if of.is_empty() && !known.interrupted.contains(&op) {
            known.interrupted.push_back(op);
            while known.interrupted.len() > INTERRUPTED_MAX {
                known.interrupted.pop_front();
            }
        }
        drop(known);
        raise(&of, readers);
    }
}

fn raise(stops: &[Arc<Stop>], readers: Option<&Readers>) {
    for stop in stops {
        match readers {
            Some(readers) => readers.stop(stop),
            None => stop.raise(),
        }
    }
}

impl Companion {
    /// Answers several asks from one snapshot. Runs beside a write. Each answer comes with what it depends on.
    ///
    /// # Errors
    /// `Locked`; `TooMany` asks; `OutOfRange` for a page or a cursor that is none; `Interrupted`. What is not there or may
    /// not be shown is [`view::Answer::No`].
    pub fn read(&self, asks: &[Ask], at: &Moment) -> Answered<Reading> {
        self.read_as(0, asks, at)
    }

    /// [`Companion::read`] under the name of an operation, so that [`Companion::interrupt`] can stop it. The upper half of
    /// `op` is a family, such as one search field, the lower its turn: within a family other than 0 the newest turn wins,
    /// whichever thread comes first. Operations bear different names; 0 is no name.
    ///
    /// # Errors
    /// Those of [`Companion::read`]; `Interrupted` where a newer turn came or `op` was interrupted, before or during it.
    pub fn read_as(&self, op: u64, asks: &[Ask], at: &Moment) -> Answered<Reading> {
        if asks.len() > ASKS_MAX {
            return Err(Code::TooMany.of(Field::Commands).max(ASKS_MAX).actual(asks.len()).into());
        }
        let operation = self.begin_op(op)?;
        // No other ask closes a batch or hashes a document: their cost is that of what is shown.
        if asks.contains(&Ask::States) {
            self.with_session(|session, entropy| session.refresh_hashes(entropy, at))?;
        }
        let reading = hold(&self.reading).clone().ok_or_else(|| Failure::from(Code::Locked.detail()))?;
        let searches = asks.iter().any(|ask| matches!(ask, Ask::Search { .. }));
        let answer = |db: &rusqlite::Connection, is_indexed: bool| {
            if !is_indexed && is_any_waiting(db)? {
                return Ok(None);
            }
            let eye = Eye { db, phrases: &reading.phrases, at };
            let (mut answers, mut watch) = (Vec::with_capacity(asks.len()), Vec::with_capacity(asks.len()));
            for ask in asks {
                if operation.is_stopped() {
                    return Code::Interrupted.err();
                }
                let (answer, on) = view::answer(&eye, ask)?;
                answers.push(answer);
                watch.push(on);
            }
            Ok(Some(Reading { commit: meta::commit_number(db)?, answers, watch }))
        };
        let read = |is_indexed: bool| {
            let read = || reading.readers.read_until(&operation.stop, |db| answer(db, is_indexed));
            sweeping_deep(read).map_err(locked_when_closed)
        };
        if let Some(reading) = read(!searches)? {
            return Ok(reading);
        }
        self.with_session(|session, entropy| session.index_typed(entropy, at))?;
        read(true)?.ok_or_else(|| Error::Broken("reading: what was indexed waits").into())
    }

    /// Begins an operation that [`Companion::interrupt`] can stop.
    pub(super) fn begin_op(&self, op: u64) -> Answered<Operation<'_>> {
        let readers = hold(&self.reading).as_ref().map(|reading| reading.readers.clone());
        Ok(self.ops.begin(op, readers.as_ref())?)
    }

    /// What was touched after a commit: what every call that writes can be asked for afterwards, and what a host missed
    /// while it was at rest.
    ///
    /// # Errors
    /// `Locked`.
    pub fn changes_since(&self, commit: u64) -> Answered<Changes> {
        let reading = hold(&self.reading).clone().ok_or_else(|| Failure::from(Code::Locked.detail()))?;
        let changes = reading.readers.read(|db| changes_since(db, commit));
        changes.map_err(locked_when_closed)
    }

    /// The hash of what is accepted in a space: equal where two devices show the same.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a space this device is not in.
    pub fn state_hash(&self, space: &SpaceId, at: &Moment) -> Answered<[u8; 32]> {
        self.with_session(|session, entropy| {
            if session.store.read(|db| spaces::get_space(db, space))?.is_none() {
                return Code::NotFound.err();
            }
            session.refresh_hashes(entropy, at)?;
            session.store.read(|db| view::state_hash(db, space))?.ok_or_else(|| Code::NotFound.into())
        })
    }

    /// Stops the reads with this name, or the step of the job with this number, between two pieces, and one that is still to
    /// come; a write that has begun is finished. Each answers `Interrupted`. Nothing else is stopped. From any thread.
    pub fn interrupt(&self, op: u64) {
        self.interrupt_job(JobId(op));
        let readers = hold(&self.reading).as_ref().map(|reading| reading.readers.clone());
        self.ops.interrupt(op, readers.as_ref());
    }

    /// Stops all reads that run; a write that has begun is finished.
    pub fn interrupt_all(&self) {
        if let Some(stopper) = &*hold(&self.stopper) {
            stopper.interrupt(Running::Reads);
        }
    }
}

fn locked_when_closed(error: Error) -> Failure {
    match error.code() {
        Code::Closed => Code::Locked.detail().into(),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: u64 = 7 << 32;

    fn is_begun(ops: &Ops, op: u64) -> bool {
        ops.begin(op, None).is_ok()
    }

    #[test]
    fn the_newest_turn_of_a_family_wins_whichever_comes_first() {
        let ops = Ops::default();
        let first = ops.begin(FAMILY | 1, None).unwrap();
        let other = ops.begin((8 << 32) | 1, None).unwrap();
        let alone = ops.begin(1, None).unwrap();
        let third = ops.begin(FAMILY | 3, None).unwrap();
        assert!(first.is_stopped() && !third.is_stopped() && !other.is_stopped() && !alone.is_stopped());
        assert!(!is_begun(&ops, FAMILY | 2), "it comes too late");
        assert!(is_begun(&ops, FAMILY | 4) && third.is_stopped());
        assert!(is_begun(&ops, 2) && !alone.is_stopped(), "what has no family has no rivals");
    }

    #[test]
    fn what_is_interrupted_before_it_comes_does_not_begin_once() {
        let ops = Ops::default();
        ops.interrupt(5, None);
        ops.interrupt(0, None);
        assert!(!is_begun(&ops, 5) && is_begun(&ops, 5) && is_begun(&ops, 0));
        for op in 1..=INTERRUPTED_MAX as u64 + 1 {
            ops.interrupt(op, None);
        }
        assert!(is_begun(&ops, 1), "the oldest is forgotten");
        assert!(!is_begun(&ops, 2) && hold(&ops.0).interrupted.len() < INTERRUPTED_MAX);
        let running = ops.begin(200, None).unwrap();
        ops.interrupt(200, None);
        assert!(running.is_stopped());
        drop(running);
        assert!(is_begun(&ops, 200), "what ran was stopped, and nothing is remembered of it");
        for family in 1..=2 * FAMILIES_MAX as u64 {
            assert!(is_begun(&ops, (family << 32) | 1));
        }
        let known = hold(&ops.0);
        assert_eq!((known.newest.len(), known.running.len()), (FAMILIES_MAX, 0));
    }
}
