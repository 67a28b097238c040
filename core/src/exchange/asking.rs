//! What is missed and asked for by hash.

use super::intake::cut_heads;
use super::outside::Outside;
use crate::batch::{Ask, Batch, HOLDINGS_LIST_MAX, LogView};
use crate::command::Desk;
use crate::error::Result;
use crate::ids::DeviceId;
use crate::projection::{HeldLog, People};
use crate::store::{forgetting, named, waiting};
use std::collections::{BTreeMap, BTreeSet};

/// What cuts name (until it is here they cover nothing), what waiting batches wait for, what may count and stands on
/// changes that are not here, and what is taken over. As many as fit: the devices whose batches miss something take turns,
/// and each begins elsewhere with every telling, so that nobody's endless wishes keep another's out.
///
/// # Errors
/// Those of the database.
pub(super) fn asks(desk: &Desk<'_>, people: &People, counter: u64) -> Result<Vec<Ask>> {
    let space = people.record.id;
    let log = HeldLog { db: desk.db, space };
    let mut outside = Outside::new(desk, people);
    let mut by_device: BTreeMap<DeviceId, BTreeSet<Ask>> = BTreeMap::new();
    for bytes in waiting::all(desk.db, &space)? {
        let Ok((batch, header)) = Batch::parse(&bytes) else { continue };
        // Outside a cut nothing is fetched for its chain's sake.
        if !outside.has(&header.device, &batch.id()) {
            let missing = header.prev.iter().filter(|prev| log.entry(prev).is_none());
            by_device.entry(header.device).or_default().extend(missing.map(|prev| Ask::from(*prev)));
        }
    }
    for (change, device) in named::wanted(desk.db, &space)? {
        by_device.entry(device).or_default().insert(change.into());
    }
    for (batch, by, device) in named::adopted_missing(desk.db, &space)? {
        if !outside.has(&device, &by) {
            by_device.entry(device).or_default().insert(batch.into());
        }
    }
    // Words that went here though nobody forgot them.
    for lost in forgetting::lacking(desk.db, &space)? {
        if let Some(entry) = log.entry(&lost) {
            by_device.entry(entry.device).or_default().insert(lost.into());
        }
    }
    let heads = cut_heads(people);
    let mut chosen: BTreeSet<Ask> = heads.into_iter().filter(|id| log.entry(id).is_none()).map(Ask::from).collect();
    take_turns(&by_device, counter, &mut chosen);
    Ok(chosen.into_iter().collect())
}

fn take_turns(by_device: &BTreeMap<DeviceId, BTreeSet<Ask>>, counter: u64, chosen: &mut BTreeSet<Ask>) {
    let mut lists: Vec<_> = by_device
        .values()
        .filter(|asks| !asks.is_empty())
        .map(|asks| {
            let begin = counter.wrapping_mul(HOLDINGS_LIST_MAX as u64) % asks.len() as u64;
            let begin = usize::try_from(begin).unwrap_or_default();
            asks.iter().skip(begin).chain(asks.iter().take(begin)).copied()
        })
        .collect();
    let mut any = true;
    while any && chosen.len() < HOLDINGS_LIST_MAX {
        any = false;
        for list in &mut lists {
            if let Some(ask) = list.next().filter(|_| chosen.len() < HOLDINGS_LIST_MAX) {
                chosen.insert(ask);
                any = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_take_turns_and_every_wish_comes_up() {
        let ask = |device: u8, number: u16| {
            let mut bytes = [device; 32];
            bytes[..2].copy_from_slice(&number.to_be_bytes());
            Ask(bytes)
        };
        let greedy: BTreeSet<Ask> = (0..2_000).map(|number| ask(1, number)).collect();
        let modest = BTreeSet::from([ask(2, 9)]);
        let lists = BTreeMap::from([(DeviceId([1; 32]), greedy.clone()), (DeviceId([2; 32]), modest.clone())]);
        let mut told = BTreeSet::new();
        for counter in 0..20 {
            let mut chosen = BTreeSet::new();
            take_turns(&lists, counter, &mut chosen);
            assert_eq!(chosen.len(), HOLDINGS_LIST_MAX);
            assert!(modest.is_subset(&chosen));
            told.extend(chosen);
        }
        assert!(greedy.is_subset(&told));
    }
}
