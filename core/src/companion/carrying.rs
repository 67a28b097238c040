use super::session::Session;
use super::{Answered, Companion};
use crate::clock::Moment;
use crate::document::ActKind;
use crate::error::{Code, Error, Result};
use crate::exchange::{
    BundleReader, Opened, Outgoing, Scope, Taken, bundle_out, is_equal, take_envelope, take_envelopes,
};
use crate::ids::{DocId, SpaceId};
use crate::projection::{self, Changes, changes_since};
use crate::secret::Entropy;
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
    /// Envelopes that no key of this device opens.
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
/// envelope; more at once would keep the writer from everyone else.
const LOT_ENVELOPES: usize = 64;
/// Bytes after which no more are taken together.
const LOT_BYTES: usize = 1024 * 1024;

/// A bundle while it is taken in.
struct Bringing {
    report: BundleReport,
    spaces: BTreeSet<SpaceId>,
    not_taken: Option<Error>,
    dropped: u64,
}

impl Bringing {
    /// Takes a lot in. Each try is its own transaction. A disk that is full or gone ends it; one bad envelope does not.
    fn take(&mut self, session: &mut Session, entropy: &mut dyn Entropy, lot: &[Vec<u8>], at: &Moment) -> Result<()> {
        if lot.len() > 1 {
            write_point!("bundle-taking");
            match session.write(entropy, at, |desk| take_envelopes(desk, lot)) {
                Ok(done) => {
                    done.value.into_iter().for_each(|opened| self.add(opened));
                    return Ok(());
                }
                Err(Error::Refused(_) | Error::Broken(_)) => {}
                Err(other) => return Err(other),
            }
        }
        for envelope in lot {
            write_point!("bundle-taking");
            match session.write(entropy, at, |desk| take_envelope(desk, envelope)) {
                Ok(done) => self.add(done.value),
                Err(error @ (Error::Refused(_) | Error::Broken(_))) => {
                    self.report.not_taken += 1;
                    self.not_taken = Some(error);
                }
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    fn add(&mut self, opened: Opened) {
        match opened {
            Opened::Mine(space, taken) => {
                self.dropped += taken.dropped;
                add(&mut self.report, taken);
                self.spaces.insert(space);
            }
            Opened::NotMine => self.report.not_for_me += 1,
        }
    }
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

    /// Takes in a bundle, a few envelopes at a time, each lot in one transaction; where something in a lot cannot be taken
    /// in, each of its envelopes in one of its own. Never more than [`LOT_BYTES`] and one envelope in memory.
    ///
    /// # Errors
    /// `Corrupt{Bundle}` for what is no bundle; what kept the only envelopes that open here from being taken in,
    /// `NotForThisDevice` when nothing in it opens here, `Truncated` when not
    /// even one whole envelope came; `Locked`; `Interrupted` when it is locked or paused meanwhile. What was taken in
    /// before a fault stays.
    pub fn bundle_in(&self, from: &mut dyn Read, at: &Moment) -> Answered<BundleReport> {
        let seen = self.leaving.load(Ordering::SeqCst);
        self.with_session(|session, entropy| {
            let begun = session.store.read(crate::store::meta::commit_number)?;
            let mut bringing = Bringing { report: empty(), spaces: BTreeSet::new(), not_taken: None, dropped: 0 };
            let mut last = None;
            let (mut lot, mut bytes) = (Vec::new(), 0);
            for envelope in BundleReader::new(from)? {
                if self.leaving.load(Ordering::SeqCst) != seen {
                    return Code::Interrupted.err();
                }
                let envelope = match envelope {
                    Ok(envelope) => envelope,
                    Err(error) => {
                        last = Some(error);
                        break;
                    }
                };
                bytes += envelope.len();
                lot.push(envelope);
                if lot.len() >= LOT_ENVELOPES || bytes >= LOT_BYTES {
                    bringing.take(session, entropy, &std::mem::take(&mut lot), at)?;
                    bytes = 0;
                }
            }
            bringing.take(session, entropy, &lot, at)?;
            let Bringing { mut report, spaces, not_taken, dropped } = bringing;
            if dropped > 0 {
                session.fold_dropped()?;
            }
            if let Some(error) = last {
                if error.code() != Code::Truncated || spaces.is_empty() {
                    return Err(error);
                }
                report.truncated = true;
            }
            if spaces.is_empty() {
                if let Some(error) = not_taken {
                    return Err(error);
                }
                return Err(Code::NotForThisDevice.of(crate::error::Field::Bundle).into());
            }
            write_point!("bundle-taken");
            report.spaces = spaces.into_iter().collect();
            for space in report.spaces.clone() {
                let equal = session.write(entropy, at, |desk| is_equal(desk, &desk.people(&space)?))?;
                report.equal.push(equal.value);
            }
            report.brought = session.store.read(|db| brought(db, begun))?;
            report.changes = session.store.read(|db| changes_since(db, begun))?;
            Ok(report)
        })
    }
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
        _ => BroughtKind::Other,
    }
}
