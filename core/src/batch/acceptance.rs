//! What is accepted: a pure function of what is held (protocol.md §5).

use crate::batch::chunk::Chunk;
use crate::batch::facts::BatchFacts;
use crate::batch::log::{LogView, ancestors};
use crate::batch::past::Payloads;
use crate::ids::{ActorKey, BatchId, ChangeId, DeviceId, DocId, MemberId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How a device belongs to its member, by the statements held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Admitted {
    /// An addition of it stands.
    Standing,
    /// It was added once, and the cut of its member's standing RootReset has an entry for it.
    ByResetCut,
    /// It was added once by a device or root of its member.
    Once,
}

/// What the statements say of one device; `space` tells it. A device without one was never added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose device.
    pub member: MemberId,
    /// How it belongs.
    pub admitted: Admitted,
    /// For every standing removal of the device or its member, and for the member's standing RootReset unless
    /// that names the device: the heads of its log that the cut names for it. An empty one covers nothing.
    pub cuts: Vec<BTreeSet<BatchId>>,
}

/// Who may write a document, and what it grew from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRules {
    /// The one member who may write it, or all.
    pub writer: Option<MemberId>,
    /// Hashes of its seed changes, which are accepted always.
    pub seeds: BTreeSet<ChangeId>,
}

/// A batch that passed the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its document.
    pub doc: DocId,
    /// What it takes over from others.
    pub adopts: Vec<BatchId>,
    /// What it makes again.
    pub again_of: Option<BatchId>,
    /// What the gate learned.
    pub facts: BatchFacts,
}

/// All that acceptance reads. Documents do not touch one another but by `adopts`: one document with everything
/// that adopts from it is enough to decide that document.
pub struct Evidence<'a> {
    /// Devices, by the statements held.
    pub devices: &'a BTreeMap<DeviceId, Standing>,
    /// Documents whose birth is known.
    pub documents: &'a BTreeMap<DocId, DocumentRules>,
    /// Batches that passed the gate, in any order.
    pub batches: &'a [Held],
    /// The logs, to follow a cut to its ancestors.
    pub log: &'a dyn LogView,
    /// Payloads, opened only where an actor wrote two changes with one number.
    pub payloads: &'a dyn Payloads,
}

/// Why a batch that passed the gate is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Its device was never added. It keeps its header only.
    UnknownDevice,
    /// Its member may not write this document. It keeps its header only.
    NotAWriter,
    /// Its device or member was removed, and the removal does not cover it.
    OutsideCut,
    /// Its author wrote two changes with one number, and the other one stays.
    LostTwin,
    /// It depends on a change that is not accepted.
    DependsOnUnaccepted,
    /// What it makes again is accepted after all.
    AgainOf,
}

impl Reason {
    /// Whether people may read it and a writer may adopt it.
    pub fn is_readable(self) -> bool {
        !matches!(self, Reason::UnknownDevice | Reason::NotAWriter)
    }
}

/// An accepted batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AcceptedBatch {
    /// Which.
    pub id: BatchId,
    /// How many of its changes, from the first: all but where a twin was lost in the middle.
    pub changes: u32,
    /// Shown as "from a removed device": others stand on it, its own device may write no more.
    pub vouched: bool,
}

/// What is accepted of the batches held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acceptance {
    /// Per document, in an order in which every change comes after what it depends on.
    pub accepted: BTreeMap<DocId, Vec<AcceptedBatch>>,
    /// Every batch of which not all changes are accepted, with the first reason that holds.
    pub others: BTreeMap<BatchId, Reason>,
    /// Devices that wrote two changes with one number.
    pub twins: BTreeSet<DeviceId>,
}

/// What is accepted. Deterministic, and independent of the order of what is given.
pub fn accept(input: &Evidence<'_>) -> Acceptance {
    let mut out = Acceptance::default();
    let mut by_doc: BTreeMap<DocId, BTreeMap<BatchId, &Held>> = BTreeMap::new();
    for held in input.batches {
        by_doc.entry(held.doc).or_default().insert(held.facts.id, held);
    }
    let authorised = authorised(input);
    for (doc, batches) in by_doc {
        let Some(rules) = input.documents.get(&doc) else { continue };
        Document::new(input, rules, batches, &authorised).decide(doc, &mut out);
    }
    out
}

impl Evidence<'_> {
    fn standing(&self, held: &Held) -> Option<&Standing> {
        self.devices.get(&held.facts.device)
    }

    fn may_write(&self, held: &Held) -> bool {
        let rules = self.documents.get(&held.doc);
        rules.zip(self.standing(held)).is_some_and(|(rules, standing)| rules.admits(&standing.member))
    }
}

impl DocumentRules {
    fn admits(&self, member: &MemberId) -> bool {
        self.writer.is_none_or(|writer| writer == *member)
    }
}

/// The first layer, over all documents: what a device in good standing wrote where it may.
fn authorised(input: &Evidence<'_>) -> BTreeSet<BatchId> {
    let mut covered: BTreeMap<DeviceId, Vec<BTreeSet<BatchId>>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for held in input.batches {
        let Some(standing) = input.standing(held) else { continue };
        if standing.admitted == Admitted::Once || !input.may_write(held) {
            continue;
        }
        let cuts = covered
            .entry(held.facts.device)
            .or_insert_with(|| standing.cuts.iter().map(|heads| ancestors(heads, input.log)).collect());
        if cuts.iter().all(|cut| cut.contains(&held.facts.id)) {
            found.insert(held.facts.id);
        }
    }
    found
}

/// One document on its way through the layers.
struct Document<'a> {
    input: &'a Evidence<'a>,
    rules: &'a DocumentRules,
    /// In an order in which every batch comes after what it depends on.
    batches: Vec<&'a Held>,
    index: BTreeMap<BatchId, usize>,
    changes: Changes,
    authorised: BTreeSet<usize>,
    vouched: BTreeSet<usize>,
    /// Of batches that lost a twin: how many changes are before it.
    limits: BTreeMap<usize, u32>,
}

impl<'a> Document<'a> {
    fn new(
        input: &'a Evidence<'a>,
        rules: &'a DocumentRules,
        batches: BTreeMap<BatchId, &'a Held>,
        authorised: &BTreeSet<BatchId>,
    ) -> Self {
        let mut batches: Vec<_> = batches.into_values().collect();
        // Operations are counted upwards along dependencies (gate, step 7), so this order is causal.
        batches.sort_by_key(|held| (held.facts.start_op, held.facts.id));
        let index: BTreeMap<_, _> = batches.iter().enumerate().map(|(at, held)| (held.facts.id, at)).collect();
        let changes = Changes::of(&batches, input.payloads);
        let own = index.iter().filter(|(id, _)| authorised.contains(id)).map(|(_, at)| *at).collect();
        let mut document = Document {
            input,
            rules,
            batches,
            index,
            changes,
            authorised: own,
            vouched: BTreeSet::new(),
            limits: BTreeMap::new(),
        };
        document.vouch(authorised);
        document
    }

    /// The second layer: what authorised batches stand on or take over.
    fn vouch(&mut self, authorised: &BTreeSet<BatchId>) {
        let adopted = self.input.batches.iter().filter(|held| {
            let writer = self.input.standing(held).is_some_and(|standing| self.rules.admits(&standing.member));
            authorised.contains(&held.facts.id) && writer
        });
        let named = adopted.flat_map(|held| &held.adopts).filter_map(|id| self.index.get(id).copied());
        let mut open: Vec<usize> = self.authorised.iter().copied().chain(named).collect();
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            let Some(held) = self.batches.get(at) else { continue };
            // Being in `devices` says that it was added once.
            if !self.authorised.contains(&at) && self.input.may_write(held) {
                self.vouched.insert(at);
            }
            open.extend(held.facts.deps.iter().flat_map(|dep| self.changes.holders(dep)).map(|(at, _)| at));
        }
    }

    fn counts(&self, at: usize) -> bool {
        self.authorised.contains(&at) || self.vouched.contains(&at)
    }

    /// The third layer: of two changes with one number, the one stays on which more others stand.
    fn settle_twins(&mut self, out: &mut Acceptance) {
        let mut numbers: BTreeMap<(ActorKey, u64), BTreeSet<ChangeId>> = BTreeMap::new();
        for (at, hashes) in self.changes.opened.iter().filter(|(at, _)| self.counts(**at)) {
            let Some(held) = self.batches.get(*at) else { continue };
            for (change, seq) in hashes.iter().zip(held.facts.first_seq..) {
                numbers.entry((held.facts.actor, seq)).or_default().insert(*change);
            }
        }
        for changes in numbers.into_values().filter(|changes| changes.len() > 1) {
            let stays = changes.iter().max_by_key(|change| (self.support(change), Reverse(**change))).copied();
            for lost in changes.iter().filter(|change| Some(**change) != stays) {
                for (at, offset) in self.changes.holders(lost) {
                    let limit = self.limits.entry(at).or_insert(offset);
                    *limit = (*limit).min(offset);
                    out.twins.extend(self.batches.get(at).map(|held| held.facts.device));
                }
            }
        }
    }

    /// How many members other than the author's, and other devices, stand on a change with authorised batches.
    fn support(&self, change: &ChangeId) -> (usize, usize) {
        let mut standing_on: BTreeSet<(usize, u32)> = self.changes.holders(change).collect();
        let author = standing_on.first().and_then(|(at, _)| self.batches.get(*at)).map(|held| held.facts.device);
        let author_member = author.and_then(|device| self.input.devices.get(&device)).map(|author| author.member);
        let (mut members, mut devices) = (BTreeSet::new(), BTreeSet::new());
        for (at, held) in self.batches.iter().enumerate() {
            let depends = held.facts.deps.iter().any(|dep| {
                self.changes
                    .holders(dep)
                    .any(|(on, offset)| standing_on.iter().any(|(held, from)| *held == on && *from <= offset))
            });
            if !depends {
                continue;
            }
            standing_on.insert((at, 0));
            if self.authorised.contains(&at) && Some(held.facts.device) != author {
                devices.insert(held.facts.device);
                members.extend(self.input.standing(held).map(|standing| standing.member));
            }
        }
        members.retain(|member| Some(*member) != author_member);
        (members.len(), devices.len())
    }

    /// How many changes of each batch are in, if of the batches in `out_for` all are: one pass in causal order.
    fn closure(&self, whole_before: &BTreeSet<BatchId>) -> Vec<u32> {
        let mut taken: Vec<u32> = Vec::with_capacity(self.batches.len());
        for (at, held) in self.batches.iter().enumerate() {
            let again = held.again_of.is_some_and(|of| whole_before.contains(&of));
            let stands = || {
                held.facts.deps.iter().all(|dep| {
                    let in_batch = |(on, offset): (usize, u32)| taken.get(on).is_some_and(|count| *count > offset);
                    self.rules.seeds.contains(dep) || self.changes.holders(dep).any(in_batch)
                })
            };
            let limit = self.limits.get(&at).copied().unwrap_or(held.facts.count);
            taken.push(if self.counts(at) && !again && stands() { limit } else { 0 });
        }
        taken
    }

    fn whole(&self, taken: &[u32]) -> BTreeSet<BatchId> {
        let all = self.batches.iter().enumerate().zip(taken);
        let whole = all.filter(|((at, held), count)| **count == held.facts.count && self.counts(*at));
        whole.map(|((_, held), _)| held.facts.id).collect()
    }

    /// The fourth layer. A batch made again is out while the first is in; so that a lying circle of those has one
    /// answer, what is certainly in and what is possibly in are narrowed until they stay (the well-founded model).
    fn least(&self) -> Vec<u32> {
        let mut certain = BTreeSet::new();
        loop {
            let possible = self.whole(&self.closure(&certain));
            let taken = self.closure(&possible);
            let next = self.whole(&taken);
            if next == certain {
                return taken;
            }
            certain = next;
        }
    }

    fn decide(mut self, doc: DocId, out: &mut Acceptance) {
        self.settle_twins(out);
        let taken = self.least();
        let whole = self.whole(&taken);
        let mut accepted = Vec::new();
        for ((at, held), changes) in self.batches.iter().enumerate().zip(&taken) {
            let id = held.facts.id;
            let vouched = self.vouched.contains(&at);
            if *changes > 0 || whole.contains(&id) {
                accepted.push(AcceptedBatch { id, changes: *changes, vouched });
            }
            if let Some(reason) = self.reason(at, held, *changes, &whole) {
                out.others.insert(id, reason);
            }
        }
        out.accepted.insert(doc, accepted);
    }

    fn reason(&self, at: usize, held: &Held, taken: u32, whole: &BTreeSet<BatchId>) -> Option<Reason> {
        if self.input.standing(held).is_none() {
            return Some(Reason::UnknownDevice);
        }
        if !self.input.may_write(held) {
            return Some(Reason::NotAWriter);
        }
        if !self.counts(at) {
            return Some(Reason::OutsideCut);
        }
        if whole.contains(&held.facts.id) {
            return None;
        }
        if held.again_of.is_some_and(|of| whole.contains(&of)) {
            return Some(Reason::AgainOf);
        }
        let lost = taken > 0 || self.limits.get(&at) == Some(&0);
        Some(if lost { Reason::LostTwin } else { Reason::DependsOnUnaccepted })
    }
}

/// Which batch holds which change.
struct Changes {
    /// Last changes, and all changes of what is opened.
    held: BTreeMap<ChangeId, BTreeSet<(usize, u32)>>,
    /// The hashes of batches whose numbers another batch of their actor shares.
    opened: BTreeMap<usize, Vec<ChangeId>>,
}

impl Changes {
    fn of(batches: &[&Held], payloads: &dyn Payloads) -> Self {
        let mut changes = Changes { held: BTreeMap::new(), opened: BTreeMap::new() };
        for (at, held) in batches.iter().enumerate() {
            if let Some(last) = held.facts.last {
                changes.held.entry(last).or_default().insert((at, held.facts.count.saturating_sub(1)));
            }
        }
        for at in overlapping(batches) {
            changes.open(at, batches, payloads);
        }
        changes.open_middles(batches, payloads);
        changes
    }

    fn open(&mut self, at: usize, batches: &[&Held], payloads: &dyn Payloads) {
        let Some(facts) = batches.get(at).map(|held| &held.facts) else { return };
        if self.opened.contains_key(&at) {
            return;
        }
        let hashes: Vec<ChangeId> = match (facts.count, facts.first, facts.last) {
            (1, Some(first), _) => vec![first],
            (2, Some(first), Some(last)) => vec![first, last],
            _ => payloads.body(&facts.id).iter().flat_map(|body| body.changes.iter().map(Chunk::id)).collect(),
        };
        for (change, offset) in hashes.iter().zip(0u32..) {
            self.held.entry(*change).or_default().insert((at, offset));
        }
        self.opened.insert(at, hashes);
    }

    /// Only what no honest device writes depends on the middle of a batch: then all are opened.
    fn open_middles(&mut self, batches: &[&Held], payloads: &dyn Payloads) {
        let firsts: BTreeSet<_> = batches.iter().map(|held| held.facts.start_op).collect();
        let lost = batches.iter().any(|held| {
            let grounds = held.facts.deps.iter();
            firsts.first().is_some_and(|first| held.facts.start_op > *first)
                && grounds.filter(|dep| !self.held.contains_key(dep)).count() > 0
        });
        if lost {
            (0..batches.len()).filter(|at| batches.get(*at).is_some_and(|held| held.facts.count > 1)).for_each(|at| {
                self.open(at, batches, payloads);
            });
        }
    }

    fn holders(&self, change: &ChangeId) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.held.get(change).into_iter().flatten().copied()
    }
}

/// Batches that share a number with another batch of the same actor.
fn overlapping(batches: &[&Held]) -> BTreeSet<usize> {
    let mut spans: Vec<_> = batches
        .iter()
        .enumerate()
        .filter(|(_, held)| held.facts.count > 0)
        .map(|(at, held)| (held.facts.actor, held.facts.first_seq, held.facts.last_seq(), at))
        .collect();
    spans.sort();
    let mut found = BTreeSet::new();
    let mut furthest: Option<(ActorKey, u64, usize)> = None;
    for (actor, first, last, at) in spans {
        let before = furthest.filter(|(other, ..)| *other == actor);
        if let Some((_, end, other)) = before
            && first <= end
        {
            found.extend([other, at]);
        }
        if before.is_none_or(|(_, end, _)| last > end) {
            furthest = Some((actor, last, at));
        }
    }
    found
}
