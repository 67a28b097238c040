use super::session::Session;
use super::{Answered, Companion};
use crate::clock::Moment;
use crate::command::Desk;
use crate::crypto::hash::sha256;
use crate::document::ActKind;
use crate::error::{Code, Error, Result};
use crate::exchange::{
    BundleReader, Opened, Outgoing, Scope, Taken, bundle_out, is_equal, take_envelope, take_envelopes,
};
use crate::ids::{DocId, SpaceId};
use crate::projection::{self, Changes, People, changes_since};
use crate::secret::Entropy;
use crate::space::may_read_content;
use crate::store::singles;
use crate::view::keep_heard;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::atomic::Ordering;

/// The kinds of things that come from others, as a report counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the kinds")]
pub enum BroughtKind {
    Idea,
    Decision,
    Edit,
    Comment,
    Copy,
    Other,
}

/// Something that came, counted.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Brought {
    /// What kind of thing.
    pub kind: BroughtKind,
    /// The plan, goal or other object it is about.
    pub about: DocId,
    /// The part of a plan; empty elsewhere.
    pub part: String,
    /// How many.
    pub count: u64,
}

/// What a bundle brought.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BundleReport {
    /// The spaces it had something for.
    pub spaces: Vec<SpaceId>,
    /// Batches that were not here before and counted, or wait to.
    pub new: u64,
    /// Batches that were here already.
    pub already: u64,
    /// Batches that wait for something that is not here yet.
    pub waiting: u64,
    /// Batches that were kept out.
    pub kept_out: u64,
    /// Batches that need a newer app.
    pub newer: u64,
    /// Spaces of mine of which something seems to be in it that no key of this device opens: in a bundle of my own phones
    /// alone, where a part was closed for an earlier lock of this one. What is for other phones is none of them.
    pub not_for_me: u64,
    /// Envelopes that opened and could not be taken in: nothing of them is kept, the others are taken in all the same.
    pub not_taken: u64,
    /// Whether the file ends too early: what was whole is taken in.
    pub truncated: bool,
    /// Whether content came before the digits were compared: it is sent again.
    pub too_early: bool,
    /// What it brought, for a sentence.
    pub brought: Vec<Brought>,
    /// Whether both sides hold the same now, as far as the other said; per space as in `spaces`.
    pub equal: Vec<Option<bool>>,
    /// What it touched.
    pub changes: Changes,
}

/// Envelopes that are taken in together. On a phone one transaction costs about as much as to take in one small
/// envelope, and each judges, reads and indexes the documents again that it touches; more at once would keep the writer
/// from everyone else.
pub(super) const LOT_ENVELOPES: usize = 1_024;
/// Envelopes that are taken in together however often that was interrupted.
const LOT_LEAST: usize = 16;
/// Bytes an envelope after which no more are taken together: the least that one has, so 1 MiB in a whole lot.
const LOT_BYTES_EACH: usize = 1_024;

/// The last files that were carried out, by number, and how many of them.
const CARRIED_OUT: &str = "carried-out";
const CARRIED_OUT_KEPT: i64 = 32;
/// Bytes at the beginning of a bundle by which it is known again: its first envelope is sealed with a key of its own.
pub const KNOWN_BY_BYTES: usize = 512;

/// Never 0, which stands for none.
fn known_by(file: &[u8]) -> i64 {
    let hash = sha256(&[b"belay carried out", file.get(..KNOWN_BY_BYTES).unwrap_or(file)]);
    hash.first_chunk().map_or(1, |bytes| i64::from_be_bytes(*bytes) | 1)
}

impl Companion {
    /// Makes a bundle for the others of a space.
    ///
    /// # Errors
    /// `Locked`, `NotInForce` before the digits were compared, `NotFound`.
    pub fn bundle_out(&self, space: &SpaceId, scope: Scope, at: &Moment) -> Answered<Outgoing> {
        self.with_session(|session, entropy| {
            Ok(session.write(entropy, at, |desk| bundle_out(desk, space, scope))?.value)
        })
    }

    /// Keeps by which a file of mine is known again that was carried out: whoever takes it in here is told so. Of the last
    /// few; local, and nothing of what is in it.
    ///
    /// # Errors
    /// `Locked`; those of the database.
    pub fn carried_out(&self, file: &[u8], at: &Moment) -> Answered<()> {
        self.with_session(|session, entropy| {
            let keep = |desk: &mut Desk<'_>| {
                let place = singles::next(desk.db, CARRIED_OUT)?.rem_euclid(CARRIED_OUT_KEPT);
                singles::set_counter(desk.db, &format!("{CARRIED_OUT}/{place}"), known_by(file))
            };
            session.write(entropy, at, keep).map(|_| ())
        })
    }

    /// Whether the file that begins like this is one of the last that were carried out from here.
    ///
    /// # Errors
    /// `Locked`; those of the database.
    pub fn is_carried_out(&self, head: &[u8]) -> Answered<bool> {
        self.with_session(|session, _| {
            session.store.read(|db| {
                for place in 0..CARRIED_OUT_KEPT {
                    if singles::counter(db, &format!("{CARRIED_OUT}/{place}"))? == known_by(head) {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
        })
    }

    /// Takes in a bundle, a few envelopes at a time, each lot in one transaction; where something in a lot cannot be taken
    /// in, each of its envelopes in one of its own. Never more than 1 MiB and one envelope in memory. After an interruption
    /// the next lots are half as large, so that who has a few seconds now and then gets on.
    ///
    /// # Errors
    /// `Corrupt{Bundle}` for what is no bundle; what kept the only envelopes that open here from being taken in,
    /// `NotForThisDevice` when nothing in it opens here, `Truncated` when not
    /// even one whole envelope came; `Locked`; `Interrupted` when it is locked or paused meanwhile. What was taken in
    /// before a fault stays.
    pub fn bundle_in(&self, from: &mut dyn Read, at: &Moment) -> Answered<BundleReport> {
        let most = self.lot.load(Ordering::SeqCst);
        let done = self.take_bundle(from, most, at);
        match &done {
            Ok(_) => self.lot.store((most * 2).min(LOT_ENVELOPES), Ordering::SeqCst),
            Err(failure) if failure.code() == Code::Interrupted => {
                self.lot.store((most / 2).max(LOT_LEAST), Ordering::SeqCst);
            }
            Err(_) => {}
        }
        done
    }

    fn take_bundle(&self, from: &mut dyn Read, most: usize, at: &Moment) -> Answered<BundleReport> {
        let seen = self.leaving.load(Ordering::SeqCst);
        self.with_session(|session, entropy| {
            // A foreign change is never applied under words that are typed and not written (protocol.md §4).
            super::hold(&self.typing).write_all(session, entropy, at);
            let mut taking = Taking::begin(session)?;
            let (mut lot, mut bytes) = (Vec::new(), 0);
            for envelope in BundleReader::new(from)? {
                if self.leaving.load(Ordering::SeqCst) != seen {
                    return Code::Interrupted.err();
                }
                let envelope = match envelope {
                    Ok(envelope) => envelope,
                    fault => {
                        taking.take_lot(session, &std::mem::take(&mut lot), entropy, at)?;
                        taking.take(session, fault, entropy, at)?;
                        break;
                    }
                };
                bytes += envelope.len();
                lot.push(envelope);
                if lot.len() >= most || bytes >= most * LOT_BYTES_EACH {
                    taking.take_lot(session, &std::mem::take(&mut lot), entropy, at)?;
                    bytes = 0;
                }
            }
            taking.take_lot(session, &lot, entropy, at)?;
            taking.finish(session, entropy, at)
        })
    }
}

/// A bundle while it is taken in, envelope by envelope.
pub(super) struct Taking {
    begun: u64,
    report: BundleReport,
    spaces: BTreeSet<SpaceId>,
    ended_by: Option<Error>,
    not_taken: Option<Error>,
    dropped: u64,
    knows_i_left: bool,
}

impl Taking {
    pub fn begin(session: &Session) -> Result<Taking> {
        let begun = session.store.read(crate::store::meta::commit_number)?;
        let (report, spaces) = (empty(), BTreeSet::new());
        Ok(Taking { begun, report, spaces, ended_by: None, not_taken: None, dropped: 0, knows_i_left: false })
    }

    /// Takes what the reader gave next, in one transaction; tells whether to go on.
    pub fn take(
        &mut self,
        session: &mut Session,
        envelope: Result<Vec<u8>>,
        entropy: &mut dyn Entropy,
        at: &Moment,
    ) -> Result<bool> {
        let bytes = match envelope {
            Ok(bytes) => bytes,
            Err(error) => {
                self.ended_by = Some(error);
                return Ok(false);
            }
        };
        before_taking();
        match session.write(entropy, at, |desk| take_envelope(desk, &bytes)).map(|done| done.value) {
            Ok(opened) => self.add(opened),
            Err(error) if is_not_its_own(&error) => return Err(error),
            // Each is its own transaction. A disk that is full or gone ends it; one bad envelope does not.
            Err(error @ (Error::Refused(_) | Error::Broken(_))) => {
                self.report.not_taken += 1;
                self.not_taken = Some(error);
            }
            Err(other) => return Err(other),
        }
        Ok(true)
    }

    /// Takes several in, in one transaction; where something in them cannot be taken in, each in one of its own.
    fn take_lot(
        &mut self,
        session: &mut Session,
        lot: &[Vec<u8>],
        entropy: &mut dyn Entropy,
        at: &Moment,
    ) -> Result<()> {
        if lot.len() > 1 {
            before_taking();
            match session.write(entropy, at, |desk| take_envelopes(desk, lot)) {
                Ok(done) => {
                    done.value.into_iter().for_each(|opened| self.add(opened));
                    return Ok(());
                }
                Err(error) if is_not_its_own(&error) => return Err(error),
                Err(Error::Refused(_) | Error::Broken(_)) => {}
                Err(other) => return Err(other),
            }
        }
        for envelope in lot {
            self.take(session, Ok(envelope.clone()), entropy, at)?;
        }
        Ok(())
    }

    fn add(&mut self, opened: Opened) {
        match opened {
            Opened::Mine(space, taken) => {
                self.dropped += taken.dropped;
                self.knows_i_left |= taken.knows_i_left;
                add(&mut self.report, taken);
                self.spaces.insert(space);
            }
            Opened::NotMine => self.report.not_for_me += 1,
        }
    }

    /// What came, once all of it is taken in. Stopped from outside it can be asked again.
    pub fn finish(&mut self, session: &mut Session, entropy: &mut dyn Entropy, at: &Moment) -> Result<BundleReport> {
        let mut report = self.report.clone();
        if std::mem::take(&mut self.dropped) > 0 {
            session.fold_dropped()?;
        }
        match self.ended_by.take_if(|error| error.code() != Code::Truncated || self.spaces.is_empty()) {
            Some(error) => return Err(error),
            None => report.truncated = self.ended_by.is_some(),
        }
        if self.spaces.is_empty() {
            let nothing = || Code::NotForThisDevice.of(crate::error::Field::Bundle).into();
            return Err(self.not_taken.take().unwrap_or_else(nothing));
        }
        write_point!("bundle-taken");
        report.not_for_me = report.not_for_me.min(session.store.read(|db| left_closed(db, &self.spaces))?);
        report.spaces = self.spaces.iter().copied().collect();
        for space in report.spaces.clone() {
            let equal = session.write(entropy, at, |desk| is_equal(desk, &desk.people(&space)?))?;
            report.equal.push(equal.value);
            // My own phones know it from me.
            if self.knows_i_left && !self.spaces.contains(&session.me.own) {
                session.write(entropy, at, |desk| keep_heard(desk.db, &space))?;
            }
        }
        report.brought = session.store.read(|db| brought(db, self.begun))?;
        report.changes = session.store.read(|db| changes_since(db, self.begun))?;
        Ok(report)
    }
}

/// What says nothing of a piece, which was not judged: it was stopped from outside, or the place takes nothing, as a writer
/// that must be opened anew is told.
fn is_not_its_own(error: &Error) -> bool {
    matches!(error.code(), Code::Interrupted | Code::StorageFull | Code::Unwritable | Code::InUse)
}

fn before_taking() {
    write_point!("bundle-taking");
}

fn empty() -> BundleReport {
    BundleReport {
        spaces: Vec::new(),
        new: 0,
        already: 0,
        waiting: 0,
        kept_out: 0,
        newer: 0,
        not_for_me: 0,
        not_taken: 0,
        truncated: false,
        too_early: false,
        brought: Vec::new(),
        equal: Vec::new(),
        changes: Changes::default(),
    }
}

fn add(report: &mut BundleReport, taken: Taken) {
    report.new += taken.new;
    report.already += taken.already;
    report.waiting = taken.waiting;
    report.kept_out += taken.kept_out;
    report.newer += taken.newer;
    report.too_early |= taken.too_early;
}

/// A bundle holds parts for each phone of those it is for, and which are for whom cannot be seen. One key opens all of a
/// space, so where something of a space opened, the rest of it is for others. A bundle between my own phones has a part of
/// every space of mine: those of which nothing opened may have been closed for an earlier lock.
fn left_closed(db: &rusqlite::Connection, opened: &BTreeSet<SpaceId>) -> Result<u64> {
    let mut closed = 0;
    let mut between_mine = false;
    for space in crate::store::spaces::all_spaces(db)? {
        let people = People::of(db, &space.id)?;
        between_mine |= people.is_own() && opened.contains(&space.id);
        let others = people.membership.active_devices_of(&people.me()).len() > 1;
        let is_sent = others && may_read_content(people.state()).is_ok();
        closed += u64::from(is_sent && !opened.contains(&space.id));
    }
    Ok(if between_mine { closed } else { 0 })
}

fn brought(db: &rusqlite::Connection, after: u64) -> Result<Vec<Brought>> {
    let mut counted = BTreeMap::new();
    for (act, about, part) in projection::acts_since(db, after)? {
        *counted.entry((kind(act), about, part)).or_insert(0) += 1;
    }
    Ok(counted.into_iter().map(|((kind, about, part), count)| Brought { kind, about, part, count }).collect())
}

fn kind(act: ActKind) -> BroughtKind {
    use ActKind::*;
    match act {
        IdeaGiven | IdeaTaken => BroughtKind::Idea,
        IdeaAdded | IdeaChanged | IdeaDeclined => BroughtKind::Decision,
        EntryAdded | EntryText | EntryMoved | EntryTaken | EntryBack | GoalField | StepAdded | StepText => {
            BroughtKind::Edit
        }
        Commented => BroughtKind::Comment,
        CopyGiven => BroughtKind::Copy,
        _ => BroughtKind::Other,
    }
}
