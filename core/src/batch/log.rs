//! One log per space and device: batches chained by hash, with forks kept (protocol.md §4, §5).

use crate::batch::header::Header;
use crate::batch::holdings::Ask;
use crate::ids::{BatchId, DeviceId, SpaceId};
use std::collections::BTreeSet;

/// A held batch's place in its log; it stays when the payload is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of Header")]
pub struct Entry {
    pub space: SpaceId,
    pub device: DeviceId,
    pub seq: u64,
    pub prev: Vec<BatchId>,
}

impl From<&Header> for Entry {
    fn from(header: &Header) -> Self {
        Entry { space: header.space, device: header.device, seq: header.seq, prev: header.prev.clone() }
    }
}

/// The log that a held batch is of, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of Header")]
pub struct Stand {
    pub space: SpaceId,
    pub device: DeviceId,
    pub seq: u64,
}

/// The received batches of one space, whatever became of them.
pub trait LogView {
    /// The place of a held batch.
    fn entry(&self, id: &BatchId) -> Option<Entry>;
    /// Where a held batch stands, also one whose header cannot be read any more: what follows it is not held up.
    fn stand(&self, id: &BatchId) -> Option<Stand> {
        self.entry(id).map(|Entry { space, device, seq, .. }| Stand { space, device, seq })
    }
    /// Every device with a held batch.
    fn devices(&self) -> Vec<DeviceId>;
    /// The batches of a device's log that no other held batch follows, in any order.
    fn heads(&self, device: &DeviceId) -> Vec<BatchId>;
    /// Whether anything of a device's log is held.
    fn has_heads(&self, device: &DeviceId) -> bool {
        !self.heads(device).is_empty()
    }
    /// Whether no other held batch follows this one of a device's log.
    fn is_head(&self, device: &DeviceId, id: &BatchId) -> bool {
        self.heads(device).contains(id)
    }
    /// The held batches of a device with `seq` of at least this, lowest first.
    fn since(&self, device: &DeviceId, seq: u64) -> Vec<BatchId>;
    /// The held batch that an ask names, by its own hash or by that of a change in it.
    fn holding(&self, ask: &Ask) -> Option<BatchId>;
}

/// Where a batch stands in its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It follows heads of the log (or begins it).
    Next,
    /// It follows what another batch follows too: both stay, and the device's owner is told.
    Fork,
    /// It is held already.
    Duplicate,
    /// These are not held yet; ask for them.
    WaitsFor(Vec<BatchId>),
    /// `prev` or `seq` cannot be.
    Broken,
}

/// The place of a batch whose signature is good, among what is held.
pub fn place(id: &BatchId, header: &Header, known: &dyn LogView) -> Place {
    if known.stand(id).is_some() {
        return Place::Duplicate;
    }
    if header.prev.is_empty() != (header.seq == 1) {
        return Place::Broken;
    }
    let mut missing = Vec::new();
    let mut last = 0;
    for prev in &header.prev {
        match known.stand(prev) {
            Some(stand) if stand.device == header.device && stand.space == header.space => {
                last = last.max(stand.seq);
            }
            Some(_) => return Place::Broken,
            None => missing.push(*prev),
        }
    }
    if !missing.is_empty() {
        return Place::WaitsFor(missing);
    }
    if header.seq != last + 1 {
        return Place::Broken;
    }
    // Asked for each: a log may have thousands of heads, and all of them would be read for every batch.
    let follows = if header.prev.is_empty() {
        !known.has_heads(&header.device)
    } else {
        header.prev.iter().all(|prev| known.is_head(&header.device, prev))
    };
    if follows { Place::Next } else { Place::Fork }
}

/// What the heads of a cut cover, as far as it is held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// The heads and all they stand on by `prev`.
    pub batches: BTreeSet<BatchId>,
    /// Whether nothing of that is missing: then whatever else comes of the log is not covered.
    pub whole: bool,
}

/// What these heads cover.
pub fn covered(heads: &BTreeSet<BatchId>, log: &dyn LogView) -> Covered {
    let batches = ancestors(heads, log);
    let mut named = batches.iter().filter_map(|id| log.entry(id)).flat_map(|entry| entry.prev);
    let whole = heads.iter().all(|head| batches.contains(head)) && named.all(|prev| batches.contains(&prev));
    Covered { batches, whole }
}

/// Everything these batches stand on by `prev`, themselves included, as far as it is held. A head that is not
/// held covers nothing.
pub(super) fn ancestors<'a>(heads: impl IntoIterator<Item = &'a BatchId>, log: &dyn LogView) -> BTreeSet<BatchId> {
    ancestors_since(heads, 0, log)
}

/// [`ancestors`] with a `seq` of at least this.
pub(super) fn ancestors_since<'a>(
    heads: impl IntoIterator<Item = &'a BatchId>,
    seq: u64,
    log: &dyn LogView,
) -> BTreeSet<BatchId> {
    let mut found = BTreeSet::new();
    let mut open: Vec<BatchId> = heads.into_iter().copied().collect();
    while let Some(id) = open.pop() {
        if found.contains(&id) {
            continue;
        }
        if let Some(entry) = log.entry(&id).filter(|entry| entry.seq >= seq) {
            found.insert(id);
            open.extend(entry.prev);
        }
    }
    found
}
