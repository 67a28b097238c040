//! The judged batches of one document, indexed so that the next can be judged on its own past.

use crate::batch::birth::Birth;
use crate::batch::canonical::expand_own;
use crate::batch::chunk::Chunk;
use crate::batch::clock::{Clock, Spot};
use crate::batch::facts::BatchFacts;
use crate::batch::header::Header;
use crate::batch::lines::{Lines, NodeIx};
use crate::batch::newer::READER;
use crate::batch::newer::{Newer, newer_than};
use crate::batch::ops::{ActorIx, Row, Rows, Stop, row_of};
use crate::batch::payload::Body;
use crate::batch::refusal::Refusal;
use crate::ids::{ActorKey, BatchId, ChangeId, DeviceId, DocId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

/// Bytes of operations kept in memory before all are dropped and read again where needed.
const ROWS_KEPT: usize = 16 * 1024 * 1024;

/// The seeds of the kinds this build knows; `document` implements it.
pub trait Seeds {
    /// The raw seed change of a document; `None` for a kind this build does not know.
    fn seed(&self, birth: &Birth) -> Option<Vec<u8>>;
}

/// The payloads of batches that passed before; the store implements it.
pub trait Payloads {
    /// What a batch holds; `None` once it is dropped.
    fn body(&self, id: &BatchId) -> Option<Body>;
}

/// A batch that passed, or the seed.
struct Node {
    /// Of the seed: facts under a batch id of zeros, never looked up.
    facts: BatchFacts,
    /// What its first change stands on, without its actor's own changes.
    others: Clock,
    last: Spot,
    rows: Option<Arc<Rows>>,
    /// Where each of its changes stands is in `spots`, not of the first and the last alone.
    is_open: bool,
}

/// Everything judged of one document so far, in memory: one row a batch, operations read when they are needed.
pub struct DocumentPast {
    doc: DocId,
    grown: Option<Grown>,
    /// Facts of batches that only adopt.
    bare: BTreeMap<BatchId, BatchFacts>,
    births: BTreeSet<DeviceId>,
    nodes: Vec<Node>,
    by_id: HashMap<BatchId, NodeIx>,
    lines: Lines,
    actors: HashMap<ActorKey, ActorIx>,
    /// First and last change of every batch, and all changes of those that are open.
    spots: HashMap<ChangeId, Spot>,
    /// How many nodes were gone through to be opened.
    opened: usize,
    /// Bytes of the rows that are kept, about.
    rows_kept: usize,
    /// The newest `min_reader` that is judged.
    reader: u32,
}

/// A document whose birth is known.
struct Grown {
    birth: Birth,
    seed: Chunk,
}

impl fmt::Debug for DocumentPast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DocumentPast({:?}, {} batches)", self.doc, self.nodes.len() + self.bare.len())
    }
}

/// What the first change of a batch stands on.
pub(super) struct Ground {
    /// The actor's own change before, if it is in the past.
    pub own: Option<Spot>,
    /// The rest.
    pub others: Clock,
    /// The highest operation in the past.
    pub max_op: u64,
}

/// What judging a batch learned besides its facts.
pub(super) struct Judged {
    pub ground: Ground,
    pub hashes: Vec<ChangeId>,
    pub rows: Rows,
}

impl DocumentPast {
    /// The past of a document of which nothing passed yet.
    pub fn new(doc: DocId) -> Self {
        DocumentPast {
            doc,
            grown: None,
            bare: BTreeMap::new(),
            births: BTreeSet::new(),
            nodes: Vec::new(),
            by_id: HashMap::new(),
            lines: Lines::default(),
            actors: HashMap::new(),
            spots: HashMap::new(),
            opened: 0,
            rows_kept: 0,
            reader: READER,
        }
    }

    /// Judges as a build that reads up to this `min_reader`, instead of [`READER`].
    #[must_use]
    pub fn reading(self, reader: u32) -> Self {
        DocumentPast { reader, ..self }
    }
    /// What of a batch the build judging here is too old for ([`crate::batch::newer`]).
    pub fn newer(&self, header: &Header) -> Option<Newer> {
        newer_than(header, self.reader)
    }

    /// The past of a document whose batches were judged before, in any order. One whose words were dropped, and which
    /// only they could put in its place (it has a twin), is left out with all that stands on it, and so is what stands on a
    /// batch that is not among them: what depends on those waits.
    /// `None` where the facts do not belong together (damage) or the seed's kind is unknown.
    pub fn rebuild(
        birth: &Birth,
        mut facts: Vec<BatchFacts>,
        seeds: &dyn Seeds,
        payloads: &dyn Payloads,
    ) -> Option<Self> {
        let mut past = DocumentPast::new(birth.doc());
        past.plant(birth, seeds)?;
        // Operations are counted upwards along dependencies, so this order has every change after its past.
        facts.sort_by_key(|facts| (facts.start_op, facts.id));
        let mut has_gaps = false;
        for facts in facts {
            let (device, births) = (facts.device, facts.births);
            match past.add(facts, None, payloads) {
                Ok(()) => continue,
                Err(Stop::Dropped(_)) => has_gaps = true,
                // It may stand on what was left out, or on the middle of a batch that has no words any more.
                Err(Stop::Refused(_)) if has_gaps || past.lacks_words(payloads) => has_gaps = true,
                Err(Stop::Refused(_)) => return None,
            }
            if births {
                past.births.insert(device);
            }
        }
        Some(past)
    }

    /// Which document.
    pub fn doc(&self) -> DocId {
        self.doc
    }
    /// Its birth, once a batch that carries it came.
    pub fn birth(&self) -> Option<&Birth> {
        self.grown.as_ref().map(|grown| &grown.birth)
    }
    /// The hash of its seed, once its birth is known.
    pub fn seed(&self) -> Option<ChangeId> {
        self.grown.as_ref().map(|grown| grown.seed.id())
    }
    /// The facts of every batch that passed, in no order.
    pub fn facts(&self) -> impl Iterator<Item = &BatchFacts> {
        self.bare.values().chain(self.nodes.iter().skip(1).map(|node| &node.facts))
    }
    /// The facts of a batch that passed.
    pub fn facts_of(&self, id: &BatchId) -> Option<&BatchFacts> {
        let bare = self.bare.get(id);
        bare.or_else(|| Some(&self.nodes.get(*self.by_id.get(id)?)?.facts))
    }

    fn lacks_words(&self, payloads: &dyn Payloads) -> bool {
        self.nodes.iter().skip(1).any(|node| payloads.body(&node.facts.id).is_none())
    }

    pub(super) fn was_born_by(&self, device: &DeviceId) -> bool {
        self.births.contains(device)
    }

    /// Begins the document with its seed. `None` for a kind this build does not know, or has no sound seed of.
    pub(super) fn plant(&mut self, birth: &Birth, seeds: &dyn Seeds) -> Option<()> {
        if self.grown.is_some() {
            return Some(());
        }
        let seed = Chunk::read(seeds.seed(birth)?).ok()?;
        let change = expand_own(&seed)?;
        let actor = ActorKey::from_slice(change.actor_id.as_ref())?;
        let rows = self.read_rows(std::slice::from_ref(&seed), actor, 0)?;
        let max_op = (rows.rows.len() as u64 + change.start_op.get()).saturating_sub(1);
        let facts = BatchFacts {
            id: BatchId([0; 32]),
            device: DeviceId([0; 32]),
            actor,
            first_seq: 1,
            count: 1,
            start_op: change.start_op.get(),
            max_op,
            deps: Vec::new(),
            first: Some(seed.id()),
            last: Some(seed.id()),
            births: false,
        };
        self.actors.insert(actor, 0);
        let last = self.lines.extend((0, None), (seed.id(), 1), facts.start_op, 0);
        self.spots.insert(seed.id(), last);
        let rows = Some(Arc::new(rows));
        self.nodes.push(Node { facts, others: Clock::default(), last, rows, is_open: true });
        self.grown = Some(Grown { birth: birth.clone(), seed });
        Some(())
    }

    /// The number of an actor that wrote something here.
    pub(super) fn actor(&self, id: &[u8]) -> Option<ActorIx> {
        self.actors.get(&ActorKey::from_slice(id)?).copied()
    }
    /// The number that a new actor gets.
    pub(super) fn next_actor(&self) -> ActorIx {
        ActorIx::try_from(self.actors.len()).expect("fewer actors than changes, and their counters have 31 bits")
    }

    /// Where these changes stand; the error names those that are not here.
    pub(super) fn find(&mut self, changes: &[ChangeId], payloads: &dyn Payloads) -> Result<Vec<Spot>, Vec<ChangeId>> {
        if changes.iter().any(|change| !self.spots.contains_key(change)) {
            self.open_all(payloads);
        }
        let missing: Vec<_> = changes.iter().filter(|change| !self.spots.contains_key(change)).copied().collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        Ok(changes.iter().filter_map(|change| self.spots.get(change).copied()).collect())
    }

    /// Learns every change hash. Only a batch that came before its past, or one that depends on the middle of
    /// another (which no honest one does), makes this necessary; each batch is opened once.
    fn open_all(&mut self, payloads: &dyn Payloads) {
        for index in self.opened..self.nodes.len() {
            self.open(index, payloads);
        }
        self.opened = self.nodes.len();
    }

    /// Learns where each change of a batch stands; false where its words are not here.
    fn open(&mut self, index: NodeIx, payloads: &dyn Payloads) -> bool {
        let Some(node) = self.nodes.get(index) else { return false };
        let (is_open, id, last, first) = (node.is_open, node.facts.id, node.last, node.facts.first_seq);
        let body = if is_open { None } else { payloads.body(&id) };
        for (chunk, seq) in body.iter().flat_map(|body| &body.changes).zip(first..) {
            if let Some(spot) = self.lines.back(last, seq) {
                self.spots.insert(chunk.id(), spot);
            }
        }
        self.nodes.get_mut(index).is_some_and(|node| {
            node.is_open |= body.is_some();
            node.is_open
        })
    }

    /// What a change with these dependencies stands on. `WrongDependency` for a past that holds twins: one of
    /// them can never be accepted, so nothing on both can.
    pub(super) fn ground(&mut self, deps: &[Spot], actor: ActorIx, payloads: &dyn Payloads) -> Result<Ground, Stop> {
        let mut max_op = 0;
        for spot in deps {
            max_op = max_op.max(self.max_op(*spot, payloads)?);
        }
        if let [only] = deps
            && self.lines.actor(*only) == actor
            && let Some(node) = self.nodes.get(self.lines.node(*only))
        {
            return Ok(Ground { own: Some(*only), others: node.others.clone(), max_op });
        }
        let twins = Stop::Refused(Refusal::WrongDependency);
        let mut clock = Clock::default();
        for spot in deps {
            if let Some(node) = self.nodes.get(self.lines.node(*spot)) {
                clock = self.lines.join(&clock, &node.others).ok_or_else(|| twins.clone())?;
            }
            self.lines.join_one(&mut clock, self.lines.actor(*spot), *spot).ok_or_else(|| twins.clone())?;
        }
        let own = clock.get(actor);
        if own.is_some() {
            clock.set(actor, None);
        }
        Ok(Ground { own, others: clock, max_op })
    }

    fn max_op(&mut self, spot: Spot, payloads: &dyn Payloads) -> Result<u64, Stop> {
        let node = self.lines.node(spot);
        let facts = self.nodes.get(node).map(|node| (node.facts.last_seq(), node.facts.first_seq, node.facts.max_op));
        match facts {
            Some((last, _, max_op)) if last == spot.seq => Ok(max_op),
            Some((_, first, max_op)) => {
                let next = (spot.seq + 1).checked_sub(first).ok_or(Refusal::WrongDependency)?;
                let rows = self.rows(node, payloads)?;
                let next = usize::try_from(next).ok().and_then(|next| rows.starts.get(next));
                Ok(next.map_or(max_op, |next| u64::from(*next) - 1))
            }
            None => Err(Refusal::WrongDependency.into()),
        }
    }

    /// The operation of this counter by the actor of `spot`, at or before it.
    pub(super) fn row(&mut self, spot: Spot, counter: u32, payloads: &dyn Payloads) -> Result<Row, Stop> {
        let unknown = Stop::Refused(Refusal::UnknownTarget);
        let (node, last) = self.lines.node_of_op(spot, u64::from(counter)).ok_or_else(|| unknown.clone())?;
        let first = self.nodes.get(node).map_or(0, |node| node.facts.first_seq);
        let rows = self.rows(node, payloads)?;
        let (row, change) = rows.get(counter).ok_or_else(|| unknown.clone())?;
        if first + change as u64 <= last { Ok(row.clone()) } else { Err(unknown) }
    }

    fn rows(&mut self, index: NodeIx, payloads: &dyn Payloads) -> Result<Arc<Rows>, Stop> {
        let node = self.nodes.get(index).ok_or(Stop::Refused(Refusal::UnknownTarget))?;
        if let Some(rows) = &node.rows {
            return Ok(Arc::clone(rows));
        }
        let (id, actor, last) = (node.facts.id, node.facts.actor, node.facts.last.unwrap_or(ChangeId([0; 32])));
        let own = self.actor(&actor.0).unwrap_or_default();
        let read = match (index, &self.grown) {
            (0, Some(grown)) => self.read_rows(std::slice::from_ref(&grown.seed), actor, own),
            _ => payloads.body(&id).and_then(|body| self.read_rows(&body.changes, actor, own)),
        };
        let rows = Arc::new(read.ok_or(Stop::Dropped(last))?);
        self.keep_rows(index, &rows);
        Ok(rows)
    }

    fn keep_rows(&mut self, index: NodeIx, rows: &Arc<Rows>) {
        if self.rows_kept > ROWS_KEPT {
            self.nodes.iter_mut().for_each(|node| node.rows = None);
            self.rows_kept = 0;
        }
        self.rows_kept += rows.weight();
        if let Some(node) = self.nodes.get_mut(index) {
            node.rows = Some(Arc::clone(rows));
        }
    }

    fn read_rows(&self, chunks: &[Chunk], actor: ActorKey, own: ActorIx) -> Option<Rows> {
        let number = |id: &[u8]| if id == actor.0 { Some(own) } else { self.actor(id) };
        let mut read = Rows::default();
        for chunk in chunks {
            let change = expand_own(chunk)?;
            read.starts.push(u32::try_from(change.start_op.get()).ok()?);
            for op in &change.operations {
                read.push(row_of(op, number)?);
            }
        }
        Some(read)
    }

    /// Takes in a batch that passed; `judged` is what judging it learned, `None` for one that passed before.
    pub(super) fn add(
        &mut self,
        facts: BatchFacts,
        judged: Option<Judged>,
        payloads: &dyn Payloads,
    ) -> Result<(), Stop> {
        if facts.count == 0 {
            self.note_birth(&facts);
            self.bare.insert(facts.id, facts);
            return Ok(());
        }
        if self.by_id.contains_key(&facts.id) {
            return Ok(());
        }
        let actor = self.actor(&facts.actor.0).unwrap_or_else(|| self.next_actor());
        let (ground, learned) = match judged {
            Some(Judged { ground, hashes, rows }) => (ground, Some((hashes, rows))),
            None => {
                // What it stands on may have been refused since, and keeps no facts: a gap, as where words were dropped.
                let gap = |missing: Vec<ChangeId>| Stop::Dropped(missing.first().copied().unwrap_or(ChangeId([0; 32])));
                let deps = self.find(&facts.deps, payloads).map_err(gap)?;
                (self.ground(&deps, actor, payloads)?, None)
            }
        };
        let last = self.place(&facts, ground.own, actor, learned.as_ref(), payloads)?;
        let index = self.nodes.len();
        self.note_birth(&facts);
        self.actors.insert(facts.actor, actor);
        self.by_id.insert(facts.id, index);
        self.index_ends(&facts, last);
        let is_open = facts.count < 3;
        self.nodes.push(Node { facts, others: ground.others, last, rows: None, is_open });
        if let Some((_, rows)) = learned {
            self.keep_rows(index, &Arc::new(rows));
        }
        Ok(())
    }

    fn note_birth(&mut self, facts: &BatchFacts) {
        if facts.births {
            self.births.insert(facts.device);
        }
    }

    fn index_ends(&mut self, facts: &BatchFacts, last: Spot) {
        if let Some(id) = facts.last {
            self.spots.insert(id, last);
        }
        if let (Some(id), Some(first)) = (facts.first, self.lines.back(last, facts.first_seq)) {
            self.spots.insert(id, first);
        }
    }

    /// Puts a batch's changes on its actor's lines: those that are there already stay where they are.
    fn place(
        &mut self,
        facts: &BatchFacts,
        own: Option<Spot>,
        actor: ActorIx,
        learned: Option<&(Vec<ChangeId>, Rows)>,
        payloads: &dyn Payloads,
    ) -> Result<Spot, Stop> {
        let (count, node) = (u64::from(facts.count), self.nodes.len());
        let first = facts.first.ok_or(Refusal::WrongSequence)?;
        if self.after(actor, own, &first, payloads)?.is_none() {
            return Ok(self.lines.extend((actor, own), (first, count), facts.start_op, node));
        }
        // The same changes, at least from the first, lie in another batch already.
        let opened = if learned.is_none() { Some(self.reopen(facts, actor, payloads)?) } else { None };
        let (hashes, rows) = learned.or(opened.as_ref()).ok_or(Refusal::WrongSequence)?;
        let mut spot = own;
        for (done, (hash, start)) in (0u64..).zip(hashes.iter().zip(&rows.starts)) {
            let same = self.after(actor, spot, hash, payloads)?;
            if same.is_none() {
                return Ok(self.lines.extend((actor, spot), (*hash, count - done), u64::from(*start), node));
            }
            spot = same;
        }
        spot.ok_or(Refusal::WrongSequence.into())
    }

    /// Where this very change stands after another of its actor (or begins the actor), if it is there. What follows is looked
    /// up, not gone through: there may be thousands of twins, and thousands of changes in a batch.
    fn after(
        &mut self,
        actor: ActorIx,
        spot: Option<Spot>,
        change: &ChangeId,
        payloads: &dyn Payloads,
    ) -> Result<Option<Spot>, Stop> {
        if let Some(begun) = self.lines.begun(actor, spot, change) {
            return Ok(Some(begun));
        }
        let Some(next) = spot.and_then(|spot| self.lines.next(spot)) else { return Ok(None) };
        if self.spots.get(change) == Some(&next) {
            return Ok(Some(next));
        }
        let index = self.lines.node(next);
        let facts = self.nodes.get(index).map(|node| &node.facts).ok_or(Stop::Refused(Refusal::WrongSequence))?;
        let is_end = next.seq == facts.first_seq || next.seq == facts.last_seq();
        let dropped = Stop::Dropped(facts.last.unwrap_or(ChangeId([0; 32])));
        if !is_end && !self.open(index, payloads) {
            return Err(dropped);
        }
        Ok((self.spots.get(change) == Some(&next)).then_some(next))
    }

    fn reopen(
        &self,
        facts: &BatchFacts,
        actor: ActorIx,
        payloads: &dyn Payloads,
    ) -> Result<(Vec<ChangeId>, Rows), Stop> {
        let dropped = || Stop::Dropped(facts.last.unwrap_or(ChangeId([0; 32])));
        let body = payloads.body(&facts.id).ok_or_else(dropped)?;
        let rows = self.read_rows(&body.changes, facts.actor, actor).ok_or_else(dropped)?;
        Ok((body.changes.iter().map(Chunk::id).collect(), rows))
    }
}
