//! What must hold whatever was written and in whatever order it came (protocol.md §11), at every prefix of arrival.

use crate::page::{fates_of, told};
use crate::replica::{Item, Replica, Seen};
use crate::story::Story;
use belay::batch::{AcceptedBatch, Reason};
use belay::ids::{BatchId, StatementId};
use belay::space::{Admitted, DEVICES_MAX, Membership, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// What was seen of each set of items, whoever held it and however it came.
#[derive(Default)]
pub struct Book {
    sets: BTreeMap<u128, Seen>,
    pub tally: Tally,
}

/// How often what the story is about came about: a story that never does is no proof.
#[derive(Clone, Default, Debug)]
pub struct Tally(pub BTreeMap<&'static str, u64>);

impl Tally {
    pub fn note(&mut self, what: &'static str, times: usize) {
        *self.0.entry(what).or_default() += times as u64;
    }
}

impl Book {
    /// Looks at a replica; whoever held the same saw the same.
    pub fn look(&mut self, replica: &Replica, story: &Story) -> &Seen {
        let seen = replica.seen();
        if let Some(known) = self.sets.get(&replica.held) {
            assert_eq!(&seen, known, "equal sets are seen differently");
            self.tally.note("equal sets met", 1);
        } else {
            holds(replica, &seen, story);
            self.tally.count(&seen);
            self.sets.insert(replica.held, seen);
        }
        &self.sets[&replica.held]
    }
}

impl Tally {
    fn count(&mut self, seen: &Seen) {
        self.note("sets looked at", 1);
        use Reason::{AgainOf, DependsOnUnaccepted, LostTwin, NotAWriter, OutsideCut};
        for reason in [NotAWriter, OutsideCut, LostTwin, DependsOnUnaccepted, AgainOf] {
            self.note(name(reason), 0);
        }
        for reason in seen.acceptance.others.values() {
            self.note(name(*reason), 1);
        }
        let accepted = || seen.acceptance.accepted.values().flatten();
        self.note("vouched", accepted().filter(|batch| batch.vouched).count());
        self.note("devices with twins", seen.acceptance.twins.len());
        self.note("refused by the gate", seen.refused.len());
        self.note("waiting", seen.waiting.len());
        self.note("statements refused", seen.membership.refused.len());
        for member in seen.membership.members.values() {
            self.note("members by their words", usize::from(member.reset.is_some()));
            self.note("members who left", usize::from(member.left));
            self.note("members past the bound", usize::from(member.active_devices().count() > DEVICES_MAX));
            let out =
                |admitted| member.devices.values().filter(|one| !one.active && one.bounds.admitted == admitted).count();
            self.note("removed devices", out(Admitted::Standing));
            self.note("devices ended by words, with heads", out(Admitted::ByResetCut));
            self.note("devices whose addition fell", out(Admitted::Once));
        }
    }
}

fn name(reason: Reason) -> &'static str {
    match reason {
        Reason::UnknownDevice => "of no device",
        Reason::NotAWriter => "by no writer",
        Reason::OutsideCut => "outside a cut",
        Reason::LostTwin => "lost twin",
        Reason::DependsOnUnaccepted => "on what does not count",
        Reason::AgainOf => "made again, and the first counts",
    }
}

fn holds(replica: &Replica, seen: &Seen, story: &Story) {
    let batches = replica.passed(|_| true);
    assert_eq!(fates_of(&seen.acceptance), told(replica, &batches), "the page says otherwise");
    nothing_is_lost(replica, seen);
    outsiders_change_nothing(replica, seen, story);
    the_removed_have_no_power(&seen.membership, replica.held, &story.items);
}

/// Every honest batch that is held counts, or is readable with its reason, or waits; and what counts is shown.
fn nothing_is_lost(replica: &Replica, seen: &Seen) {
    let counted: BTreeMap<BatchId, AcceptedBatch> =
        seen.acceptance.accepted.values().flatten().map(|batch| (batch.id, *batch)).collect();
    for sent in replica.shelf.all() {
        let shown = seen.shown.get(&sent.header.doc).map(String::as_str).unwrap_or_default();
        let counts = counted.get(&sent.id).map_or(0, |batch| batch.changes as usize);
        for (at, mark) in sent.marks.iter().enumerate() {
            assert_eq!(shown.contains(mark), at < counts, "{mark} of {:?}", sent.id);
        }
        if sent.honest {
            assert!(!seen.refused.contains_key(&sent.id), "an honest batch: {:?}", seen.refused.get(&sent.id));
            let told = seen.acceptance.others.get(&sent.id).is_none_or(|reason| reason.is_readable());
            let known = counted.contains_key(&sent.id)
                || seen.acceptance.others.contains_key(&sent.id)
                || seen.waiting.contains(&sent.id);
            assert!(told && known, "an honest batch is neither shown nor listed");
        }
    }
}

/// What is accepted in a document is the same without what others than its writers wrote.
fn outsiders_change_nothing(replica: &Replica, seen: &Seen, story: &Story) {
    for birth in &story.docs {
        let Some(writer) = birth.writer else { continue };
        let without = replica.passed(|sent| replica.membership().member_of(&sent.header.device) == Some(writer));
        let accepted = replica.accept(&without);
        let doc = birth.doc();
        let of = |accepted: Option<&Vec<AcceptedBatch>>| accepted.cloned().unwrap_or_default();
        assert_eq!(of(accepted.accepted.get(&doc)), of(seen.acceptance.accepted.get(&doc)));
    }
}

/// The statements that count, each with all that lies before it.
fn pasts(
    membership: &Membership,
    held: u128,
    items: &[std::rc::Rc<Item>],
) -> BTreeMap<StatementId, (Statement, BTreeSet<StatementId>)> {
    let mut pasts: BTreeMap<StatementId, (Statement, BTreeSet<StatementId>)> = BTreeMap::new();
    // Items come in the order of their making: parents before children.
    let here = items.iter().enumerate().filter(|(at, _)| held >> at & 1 == 1);
    for signed in here.filter_map(|(_, item)| item.said()) {
        let (id, Ok(statement)) = (signed.id(), signed.statement()) else { continue };
        let mut past: BTreeSet<StatementId> = statement.parents().iter().copied().collect();
        for parent in statement.parents() {
            past.extend(pasts.get(parent).map(|(_, past)| past.clone()).unwrap_or_default());
        }
        pasts.insert(id, (statement, past));
    }
    let known = |id: &StatementId| !membership.refused.contains_key(id) && !membership.waiting.contains(id);
    pasts.retain(|id, _| known(id));
    pasts
}

/// A device that is in was not brought in by one who is out, unless the removal knew of it.
fn the_removed_have_no_power(membership: &Membership, held: u128, items: &[std::rc::Rc<Item>]) {
    let pasts = pasts(membership, held, items);
    for member in membership.members.values() {
        let removals: Vec<_> = pasts
            .values()
            .filter(|(_, past)| member.reset.is_none_or(|reset| past.contains(&reset)))
            .filter_map(|(statement, past)| match statement {
                Statement::DeviceRemove(removal) => Some((removal.device, past)),
                _ => None,
            })
            .filter(|(device, _)| member.devices.get(device).is_some_and(|known| !known.active))
            .collect();
        for (device, known) in member.devices.iter().filter(|(_, known)| known.active) {
            let Some((Statement::DeviceAdd(added), _)) = pasts.get(&known.added_by) else { continue };
            let signer = member.devices.iter().find(|(_, one)| one.entry.admin == added.by).map(|(id, _)| *id);
            for (_, past) in removals.iter().filter(|(removed, _)| Some(*removed) == signer && removed != device) {
                assert!(past.contains(&known.added_by), "{device:?} came in by one who is out");
            }
        }
    }
}

/// From one prefix of arrival to the next.
pub fn never_undone(earlier: &Membership, now: &Membership) {
    for (id, was) in &earlier.members {
        let is = &now.members[id];
        assert!(!was.left || is.left, "who left stays out");
        for (device, known) in &was.devices {
            let later = is.devices.get(device).expect("once added, always known");
            let was_removed = !known.active && known.bounds.admitted == Admitted::Standing;
            assert!(!(was_removed && was.reset == is.reset && later.active), "a standing removal was undone");
        }
    }
    for (id, refusal) in &earlier.refused {
        assert_eq!(now.refused.get(id), Some(refusal), "judged once");
    }
}
