//! What to send to a device that told its holdings (protocol.md §4).

use crate::batch::holdings::{Holdings, LogHead};
use crate::batch::log::{LogView, ancestors, ancestors_since};
use crate::ids::{BatchId, DeviceId};
use std::collections::BTreeSet;

/// How far before an unknown head one sends (protocol.md §4).
const OVERLAP: u64 = 64;

/// The batches that `theirs` lacks of what is in the log, parents before children; all of them for `None`.
///
/// Where the other names a head that is not here at seq n, sending begins at n − 64; an ask is answered with
/// the batch and up to 64 places before it.
pub fn to_send(theirs: Option<&Holdings>, log: &dyn LogView) -> Vec<BatchId> {
    log.devices().iter().flat_map(|device| of_device(device, theirs, log)).collect()
}

fn of_device(device: &DeviceId, theirs: Option<&Holdings>, log: &dyn LogView) -> Vec<BatchId> {
    let told: Vec<&LogHead> = theirs.map(|holdings| holdings.heads_of(device).collect()).unwrap_or_default();
    let held = ancestors(told.iter().map(|head| &head.id), log);
    let unknown = told.iter().filter(|head| log.entry(&head.id).is_none()).map(|head| head.seq).min();
    let start = unknown.map_or(1, |seq| seq.saturating_sub(OVERLAP).max(1));
    let mut wanted: BTreeSet<(u64, BatchId)> =
        log.since(device, start).into_iter().filter_map(|id| Some((log.entry(&id)?.seq, id))).collect();
    wanted.retain(|(_, id)| !held.contains(id));
    // What they hold is asked for when its words are missed: then itself, and not the places before it.
    let named: BTreeSet<BatchId> = asks_of(theirs, log).collect();
    wanted.extend(asked(device, theirs, log).into_iter().filter(|(_, id)| named.contains(id) || !held.contains(id)));
    wanted.into_iter().map(|(_, id)| id).collect()
}

/// What is asked for by name, with the places before it: one ask must not cost one round trip per batch.
fn asked(device: &DeviceId, theirs: Option<&Holdings>, log: &dyn LogView) -> BTreeSet<(u64, BatchId)> {
    let mut found = BTreeSet::new();
    for id in asks_of(theirs, log) {
        let Some(entry) = log.entry(&id).filter(|entry| entry.device == *device) else { continue };
        for near in ancestors_since([&id], entry.seq.saturating_sub(OVERLAP), log) {
            found.extend(log.entry(&near).map(|entry| (entry.seq, near)));
        }
    }
    found
}

fn asks_of<'a>(theirs: Option<&'a Holdings>, log: &'a dyn LogView) -> impl Iterator<Item = BatchId> + 'a {
    let asks = theirs.map(|holdings| holdings.asks.as_slice()).unwrap_or_default();
    asks.iter().filter_map(|ask| log.holding(ask))
}

/// What one who told these holdings has, as far as the log can say.
pub fn told(theirs: &Holdings, log: &dyn LogView) -> BTreeSet<BatchId> {
    ancestors(theirs.logs.iter().map(|head| &head.id), log)
}

/// Whether one who told `a` holds every log head that `b` tells, as far as the log can say.
pub fn covers(a: &Holdings, b: &Holdings, log: &dyn LogView) -> bool {
    let named = |id: &BatchId| a.logs.iter().any(|head| head.id == *id);
    // No further back than where it stands: both ends of a long log mostly agree.
    let stands_on = |id: &BatchId| {
        let Some(entry) = log.entry(id) else { return false };
        let beside = |id: &&BatchId| log.entry(id).is_some_and(|head| head.device == entry.device);
        ancestors_since(a.logs.iter().map(|head| &head.id).filter(beside), entry.seq, log).contains(id)
    };
    b.logs.iter().all(|head| named(&head.id) || stands_on(&head.id))
}
