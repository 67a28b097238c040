//! What time alone does, and what the host's surroundings ask for.

use super::phrasing::check_languages;
use super::session::Session;
use super::{Answered, Companion, DropsTaken, LogCall, Reader, hold};
use crate::clock::{Moment, is_zone};
use crate::error::{Code, Error, Field, Result};
use crate::exchange::flow;
use crate::projection::{Cause, Changes, KEPT_AFTER_FORGET_MS, caused_by, changes_since};
use crate::secret::Entropy;
use crate::store::{exchanges, forgetting, meta};
use rusqlite::Connection;
use std::sync::Arc;

/// How much memory the system leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Memory {
    /// Enough.
    #[default]
    Fine,
    /// Getting short: documents in memory are let go.
    Low,
    /// The app may be ended: as `Low`.
    Critical,
}

/// What the network costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names are the states")]
pub enum Network {
    #[default]
    None,
    Metered,
    Free,
}

/// How the device is fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[allow(missing_docs, reason = "the names are the states")]
pub enum Power {
    #[default]
    Battery,
    Low,
    Charging,
}

/// What the host sees around it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct HostFacts {
    /// IANA time zone; empty for unknown.
    pub zone: String,
    /// BCP-47 languages, best first, at most 16; empty: as told at `open`.
    pub languages: Vec<String>,
    /// Memory.
    pub memory: Memory,
    /// Network.
    pub network: Network,
    /// Power.
    pub power: Power,
}

/// What rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmKind {
    /// Something of one's own; the system shows "Reminder", never what of.
    Reminder,
}

/// When to ring; says nothing of what about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// What rings.
    pub kind: AlarmKind,
}

/// What a tick did and what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// What it touched.
    pub changes: Changes,
    /// At most 64, the next first; for the host to set instead of those it had. None yet: nothing here rings.
    pub alarms: Vec<Alarm>,
    /// When time will do something again, Unix milliseconds; `None` where nothing waits.
    pub next_wake_ms: Option<i64>,
    /// What was dropped in and is taken in now.
    pub dropped: DropsTaken,
}

/// Beyond an invitation's date its private half is kept this long: a clock that was wrong for a day ends nothing.
const EXPIRED_KEPT_MS: i64 = 86_400_000;
/// The longest name of a zone in the IANA database has 32 bytes.
const ZONE_MAX_BYTES: usize = 64;

impl HostFacts {
    fn check(&self) -> Answered<()> {
        if self.zone.len() > ZONE_MAX_BYTES {
            return Err(Code::TooLong.of(Field::Zone).max(ZONE_MAX_BYTES).actual(self.zone.len()).into());
        }
        if !self.zone.is_empty() && !is_zone(&self.zone) {
            return Err(Code::UnknownZone.of(Field::Zone).into());
        }
        check_languages(&self.languages)
    }
}

impl Companion {
    /// Does what time alone does (words forgotten 30 days ago go, invitations past their date end) and takes in what was
    /// dropped; heeds languages and memory. To be called when the app comes to the front, at `next_wake_ms`, and when a
    /// fact changes.
    ///
    /// # Errors
    /// `Locked`; `UnknownZone`, `TooLong{Zone}`, `UnknownLanguage`, `TooMany{Language}`, after which nothing has changed;
    /// those of the database.
    pub fn tick(&self, facts: &HostFacts, at: &Moment) -> Answered<Tick> {
        let tick = || {
            facts.check()?;
            let tick = self.with_session(|session, entropy| session.tick(facts, entropy, at))?;
            *hold(&self.host.facts) = Some(facts.clone());
            self.renew_phrases();
            Ok(tick)
        };
        self.host.logged(LogCall::Tick, Some(at), |tick| u64::from(tick.dropped.taken), tick)
    }

    /// Reads answer in the languages told last.
    fn renew_phrases(&self) {
        let phrases = self.phrases();
        if let Some(reader) = &mut *hold(&self.reading)
            && reader.phrases.language() != phrases.language()
        {
            *reader = Reader { phrases: Arc::new(phrases), ..reader.clone() };
        }
    }
}

impl Session {
    fn tick(&mut self, facts: &HostFacts, entropy: &mut dyn Entropy, at: &Moment) -> Result<Tick> {
        let begun = self.store.read(meta::commit_number)?;
        let mut dropped = DropsTaken::default();
        if self.store.frozen().is_none() {
            dropped = self.take_drops(entropy, at)?;
            self.drop_due(entropy, at)?;
            self.end_expired(entropy, at)?;
        }
        if facts.memory != Memory::Fine {
            self.shed();
        }
        let (changes, next_wake_ms) = self.store.read(|db| Ok((changes_since(db, begun)?, next_wake(db, at)?)))?;
        Ok(Tick { changes, alarms: Vec::new(), next_wake_ms, dropped })
    }

    fn end_expired(&mut self, entropy: &mut dyn Entropy, at: &Moment) -> Result<()> {
        let ended: Vec<_> = self.store.read(|db| {
            let open = exchanges::all(db)?.into_iter().filter(|record| record.stage == INVITED);
            Ok(open.filter(|record| ends_ms(record.expires_ms) <= at.unix_ms).map(|record| record.id).collect())
        })?;
        if !ended.is_empty() {
            self.write(entropy, at, |desk| {
                caused_by(desk.db, Cause::Clock)?;
                ended.iter().try_for_each(|id| flow::cancel(desk, id).map(|_| ()))
            })?;
        }
        Ok(())
    }
}

/// Only an invitation ends by its date: a reply that is out may still be completed.
const INVITED: u32 = flow::PairingStage::Invited as u32;

fn ends_ms(expires_ms: i64) -> i64 {
    expires_ms.saturating_add(EXPIRED_KEPT_MS)
}

fn next_wake(db: &Connection, at: &Moment) -> Result<Option<i64>> {
    let open = exchanges::all(db)?.into_iter().filter(|record| record.stage == INVITED);
    // Twice: when it can be answered no more, and when it is let go.
    let windows = open.flat_map(|record| [record.expires_ms, ends_ms(record.expires_ms)]);
    let waiting = forgetting::all(db)?.into_iter().filter(|record| record.dropped_ms.is_none());
    let drops = waiting.map(|record| record.since_ms.saturating_add(KEPT_AFTER_FORGET_MS));
    Ok::<_, Error>(windows.chain(drops).filter(|due| *due > at.unix_ms).min())
}
