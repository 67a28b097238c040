//! What lies outside a cut that stands: a courtesy with a bound, until something that counts needs it (protocol.md §5).

use super::evidence::forget_named;
use super::intake::cut_heads;
use crate::batch::{Body, Chunk, Header, LogHead, LogView, Reason, covered};
use crate::command::Desk;
use crate::error::Result;
use crate::ids::{BatchId, DeviceId, DocId};
use crate::projection::{HeldLog, People};
use crate::space::{Admitted, DeviceStanding};
use crate::store::batches::{self, BatchRecord};
use crate::store::logs::{self, Kept};
use crate::store::named;
use std::collections::{BTreeMap, BTreeSet};

/// Most bytes kept for one device (protocol.md §5).
const COURTESY_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Most batches kept for one device: as many as may wait.
const COURTESY_BATCHES_MAX: usize = 4_096;

/// Which batches of a space lie outside the cuts that stand, worked out once a device.
pub(super) struct Outside<'a> {
    log: HeldLog<'a>,
    me: DeviceId,
    people: &'a People,
    /// Every batch that a cut names.
    named: BTreeSet<BatchId>,
    /// What lies inside; `None` for a device whose log has no end that is known whole.
    inside: BTreeMap<DeviceId, Option<BTreeSet<BatchId>>>,
    /// How much is kept as a courtesy.
    kept: BTreeMap<DeviceId, (usize, u64)>,
}

impl<'a> Outside<'a> {
    pub fn new<'d: 'a>(desk: &Desk<'d>, people: &'a People) -> Self {
        let log = HeldLog { db: desk.db, space: people.record.id };
        let (me, named) = (desk.me.device, cut_heads(people));
        Outside { log, me, people, named, inside: BTreeMap::new(), kept: BTreeMap::new() }
    }

    fn inside(&mut self, device: &DeviceId) -> Option<&BTreeSet<BatchId>> {
        let (people, log) = (self.people, &self.log);
        self.inside.entry(*device).or_insert_with(|| inside(people, log, device)).as_ref()
    }

    /// Whether no statement held lets this batch count by itself, whatever else of its log may come.
    pub fn has(&mut self, device: &DeviceId, id: &BatchId) -> bool {
        self.inside(device).is_some_and(|inside| !inside.contains(id))
    }

    /// A batch came: where a cut names it, more lies inside now, and the rest outside.
    pub fn came(&mut self, device: &DeviceId, id: &BatchId) {
        if self.named.contains(id) {
            self.inside.remove(device);
        }
    }

    /// Whether a received batch may count: it lies inside, or something that does needs it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn may_count(&mut self, record: &BatchRecord) -> Result<bool> {
        Ok(!self.has(&record.device, &record.id) || self.is_needed(&record.id, record.payload.as_deref())?)
    }

    /// Whether a batch that lies inside takes this one over, or one that may count stands on a change in it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_needed(&mut self, id: &BatchId, payload: Option<&[u8]>) -> Result<bool> {
        for by in named::adopters(self.log.db, id)? {
            if let Some(by) = batches::get(self.log.db, &by)?
                && !self.has(&by.device, &by.id)
            {
                return Ok(true);
            }
        }
        if !named::wants_any(self.log.db)? {
            return Ok(false);
        }
        let changes = payload.and_then(|payload| Body::decode(payload).ok()).unwrap_or_default().changes;
        for change in changes.iter().map(Chunk::id) {
            if named::is_wanted(self.log.db, &change)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a batch outside may be kept as a courtesy; counts it as kept.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_room(&mut self, device: &DeviceId, bytes: usize) -> Result<bool> {
        if *device == self.me {
            return Ok(true);
        }
        let (count, sum) = match self.kept.get(device) {
            Some(kept) => *kept,
            None => {
                let kept = self.kept_of(device)?;
                (kept.len(), kept.iter().map(|kept| kept.bytes).sum())
            }
        };
        let more = (count + 1, sum + bytes as u64);
        let fits = more.0 <= COURTESY_BATCHES_MAX && more.1 <= COURTESY_BYTES_MAX;
        self.kept.insert(*device, if fits { more } else { (count, sum) });
        Ok(fits)
    }

    /// What is kept of a device and lies outside, lowest place first.
    fn kept_of(&mut self, device: &DeviceId) -> Result<Vec<Kept>> {
        let mut kept = logs::uncounted(self.log.db, &self.log.space, device)?;
        kept.retain(|kept| self.has(device, &kept.id));
        Ok(kept)
    }

    /// The heads that holdings tell of a log: those of what lies inside.
    ///
    /// # Errors
    /// Those of the database.
    pub fn heads(&mut self, device: &DeviceId) -> Result<Vec<LogHead>> {
        let held = batches::heads(self.log.db, &self.log.space, device)?;
        let log = self.log;
        let Some(inside) = self.inside(device) else {
            return Ok(held.into_iter().map(|(seq, id)| LogHead { device: *device, seq, id }).collect());
        };
        let entries: BTreeMap<_, _> = inside.iter().filter_map(|id| Some((*id, log.entry(id)?))).collect();
        let followed: BTreeSet<BatchId> = entries.values().flat_map(|entry| entry.prev.iter().copied()).collect();
        let heads = entries.iter().filter(|(id, _)| !followed.contains(id));
        Ok(heads.map(|(id, entry)| LogHead { device: *device, seq: entry.seq, id: *id }).collect())
    }
}

/// What of a log lies inside, by any member's claim to the device; `None` where it has no end that is known whole: a cut
/// whose heads, or what they stand on, are not all here may cover whatever comes.
fn inside(people: &People, log: &HeldLog<'_>, device: &DeviceId) -> Option<BTreeSet<BatchId>> {
    let claims = people.membership.claims(device);
    if claims.is_empty() {
        return None;
    }
    let all = claims.into_iter().map(|claim| of_claim(claim, log)).collect::<Option<Vec<_>>>()?;
    Some(all.into_iter().flatten().collect())
}

fn of_claim(claim: &DeviceStanding, log: &HeldLog<'_>) -> Option<BTreeSet<BatchId>> {
    if claim.bounds.admitted == Admitted::Once {
        return Some(BTreeSet::new());
    }
    let known = claim.bounds.cuts.iter().map(|cut| covered(cut, log)).filter(|covered| covered.whole);
    known.map(|covered| covered.batches).reduce(|one, other| one.intersection(&other).copied().collect())
}

/// Lets go of what is kept beyond the bound, the newest first, since a statement put more outside. Gives the documents to
/// settle again.
///
/// # Errors
/// Those of the database.
pub(super) fn trim(desk: &Desk<'_>, people: &People) -> Result<BTreeSet<DocId>> {
    let mut outside = Outside::new(desk, people);
    let log = outside.log;
    let mut docs = BTreeSet::new();
    for device in log.devices().into_iter().filter(|device| *device != desk.me.device) {
        let (mut count, mut sum, mut dropped) = (0, 0, BTreeSet::new());
        for kept in outside.kept_of(&device)? {
            (count, sum) = (count + 1, sum + kept.bytes);
            let fits = count <= COURTESY_BATCHES_MAX && sum <= COURTESY_BYTES_MAX;
            let Some(record) = batches::get(desk.db, &kept.id)?.filter(|_| !fits) else { continue };
            if counts_for_nothing(&record) && !outside.is_needed(&record.id, record.payload.as_deref())? {
                forget_named(desk, &record)?;
                logs::drop_batch(desk.db, &kept.id)?;
                dropped.insert(kept.id);
                docs.insert(kept.doc);
            }
        }
        if !dropped.is_empty() {
            mend_log(desk, &log, &device, &dropped)?;
        }
    }
    for doc in &docs {
        // What stood on one that went waits for it again.
        for reason in [Reason::OutsideCut, Reason::NotAWriter, Reason::UnknownDevice] {
            logs::judge_aside_anew(desk.db, doc, reason.number())?;
        }
    }
    Ok(docs)
}

/// Nothing that counts, or could but for another reason, stands on a batch that was set aside for this one.
fn counts_for_nothing(record: &BatchRecord) -> bool {
    use crate::store::batches::Stage::{Aside, HeldBack, Received};
    match record.stage {
        Aside => record.reason == Reason::OutsideCut.number(),
        stage => matches!(stage, Received | HeldBack),
    }
}

fn mend_log(desk: &Desk<'_>, log: &HeldLog<'_>, device: &DeviceId, dropped: &BTreeSet<BatchId>) -> Result<()> {
    let mut left = Vec::new();
    for id in log.since(device, 0) {
        if let Some(Ok(header)) = batches::header(desk.db, &id)?.map(|bytes| Header::parse(&bytes)) {
            left.push((header.seq, id, header.prev));
        }
    }
    let followed: BTreeSet<&BatchId> = left.iter().flat_map(|(_, _, prev)| prev).collect();
    let heads: Vec<(u64, BatchId)> =
        left.iter().filter(|(_, id, _)| !followed.contains(id)).map(|(seq, id, _)| (*seq, *id)).collect();
    let free: Vec<BatchId> =
        heads.iter().map(|(_, id)| *id).chain(dropped.iter().filter(|id| !followed.contains(id)).copied()).collect();
    let missed: Vec<BatchId> = dropped.iter().filter(|id| followed.contains(id)).copied().collect();
    logs::set_heads(desk.db, &log.space, device, &heads, &free, &missed)
}
