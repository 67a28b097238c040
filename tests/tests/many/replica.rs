//! One who holds some of what was written, and makes of it what the core makes of it: the real evaluation, the real
//! gate, the real acceptance, without a vault.

use belay::batch::{
    Acceptance, Admitted, Ask, Batch, BatchFacts, Birth, Body, Chunk, DocumentPast, DocumentRules, Entry, Evidence,
    Header, Held, LogView, Payloads, Place, Refusal, Standing, Verdict, accept, judge, place,
};
use belay::document::{Described, Doc, KnownSeeds, Tree};
use belay::ids::{BatchId, DeviceId, DocId, SpaceId};
use belay::space::{DeviceBounds, Membership, SignedStatement, Statements};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A batch, and what its writer meant by it.
pub struct Sent {
    pub id: BatchId,
    pub batch: Batch,
    pub header: Header,
    pub body: Body,
    /// Written by a device in its owner's hands, where it may write.
    pub honest: bool,
    /// Words that stand nowhere else, one a change.
    pub marks: Vec<String>,
    /// The signature was looked at once.
    pub signed: OnceCell<bool>,
    /// What the merge engine reads in its changes.
    pub described: OnceCell<Vec<Described>>,
}

impl Sent {
    pub fn described(&self) -> &[Described] {
        let describe = |chunk: &Chunk| Doc::describe(chunk.bytes()).expect("a change of the story");
        self.described.get_or_init(|| self.body.changes.iter().map(describe).collect())
    }
}

/// Something that travels.
pub enum Item {
    Said(SignedStatement),
    Wrote(Box<Sent>),
}

impl Item {
    pub fn sent(&self) -> Option<&Sent> {
        match self {
            Item::Said(_) => None,
            Item::Wrote(sent) => Some(sent),
        }
    }
    pub fn said(&self) -> Option<&SignedStatement> {
        match self {
            Item::Said(signed) => Some(signed),
            Item::Wrote(_) => None,
        }
    }
}

/// Batches that found their place in a log.
#[derive(Clone, Default)]
pub struct Shelf(BTreeMap<BatchId, Rc<Item>>);

impl Shelf {
    pub fn get(&self, id: &BatchId) -> Option<&Sent> {
        self.0.get(id).and_then(|item| item.sent())
    }
    pub fn all(&self) -> impl Iterator<Item = &Sent> {
        self.0.values().filter_map(|item| item.sent())
    }
}

impl Payloads for Shelf {
    fn body(&self, id: &BatchId) -> Option<Body> {
        self.get(id).map(|sent| sent.body.clone())
    }
}

impl LogView for Shelf {
    fn entry(&self, id: &BatchId) -> Option<Entry> {
        self.get(id).map(|sent| Entry::from(&sent.header))
    }
    fn devices(&self) -> Vec<DeviceId> {
        let devices: BTreeSet<_> = self.all().map(|sent| sent.header.device).collect();
        devices.into_iter().collect()
    }
    fn heads(&self, device: &DeviceId) -> Vec<BatchId> {
        let own = || self.all().filter(|sent| sent.header.device == *device);
        let followed: BTreeSet<_> = own().flat_map(|sent| &sent.header.prev).collect();
        own().map(|sent| sent.id).filter(|id| !followed.contains(id)).collect()
    }
    fn since(&self, device: &DeviceId, seq: u64) -> Vec<BatchId> {
        let own = self.all().filter(|sent| sent.header.device == *device && sent.header.seq >= seq);
        let mut found: Vec<_> = own.map(|sent| (sent.header.seq, sent.id)).collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }
    fn holding(&self, ask: &Ask) -> Option<BatchId> {
        Some(BatchId(ask.0)).filter(|id| self.0.contains_key(id))
    }
}

/// What a replica makes of what it holds; a function of the set.
#[derive(Debug, PartialEq)]
pub struct Seen {
    pub membership: Membership,
    pub acceptance: Acceptance,
    pub refused: BTreeMap<BatchId, Refusal>,
    pub waiting: BTreeSet<BatchId>,
    /// Of what each document shows.
    pub hashes: BTreeMap<DocId, [u8; 32]>,
    /// The words of each document, line after line.
    pub shown: BTreeMap<DocId, String>,
}

/// A holder of some items of a story, in the order in which they came.
pub struct Replica {
    space: SpaceId,
    /// Items by their numbers in the story, a bit each.
    pub held: u128,
    statements: Statements,
    membership: Option<Membership>,
    pub shelf: Shelf,
    pasts: BTreeMap<DocId, DocumentPast>,
    /// Of a device that is not known, or after a gap in their log.
    loose: Vec<Rc<Item>>,
    /// Waiting for what their changes depend on.
    pending: Vec<Rc<Item>>,
    refused: BTreeMap<BatchId, Refusal>,
}

impl Replica {
    pub fn new(space: SpaceId) -> Self {
        Replica {
            space,
            held: 0,
            statements: Statements::default(),
            membership: None,
            shelf: Shelf::default(),
            pasts: BTreeMap::new(),
            loose: Vec::new(),
            pending: Vec::new(),
            refused: BTreeMap::new(),
        }
    }

    /// One who was given these from the first to the last.
    pub fn of(space: SpaceId, items: &[Rc<Item>], held: u128) -> Self {
        let mut made = Replica::new(space);
        for at in (0..items.len()).filter(|at| held >> at & 1 == 1) {
            made.take(at, &items[at]);
        }
        made
    }

    /// A copy of the vault: the same things held, the gate's memory made anew from its facts.
    pub fn copied(&self) -> Self {
        let rebuilt = |(id, past): (&DocId, &DocumentPast)| {
            let birth = past.birth().expect("only what has one is kept");
            let facts = past.facts().cloned().collect();
            (*id, DocumentPast::rebuild(birth, facts, &KnownSeeds, &self.shelf).expect("own facts"))
        };
        Replica {
            space: self.space,
            held: self.held,
            statements: self.statements.clone(),
            membership: self.membership.clone(),
            shelf: self.shelf.clone(),
            pasts: self.pasts.iter().filter(|(_, past)| past.birth().is_some()).map(rebuilt).collect(),
            loose: self.loose.clone(),
            pending: self.pending.clone(),
            refused: self.refused.clone(),
        }
    }

    pub fn membership(&self) -> &Membership {
        self.membership.as_ref().expect("Genesis came first")
    }

    /// Takes an item in, again or for the first time.
    pub fn take(&mut self, at: usize, item: &Rc<Item>) {
        self.held |= 1 << at;
        match &**item {
            Item::Said(signed) => {
                self.statements.take(signed);
                self.membership = Some(self.statements.evaluate(self.space).expect("Genesis came first"));
            }
            Item::Wrote(_) => self.loose.push(Rc::clone(item)),
        }
        loop {
            let before = (self.loose.len(), self.pending.len());
            for item in std::mem::take(&mut self.loose) {
                self.receive(item);
            }
            for item in std::mem::take(&mut self.pending) {
                self.judge(item);
            }
            if (self.loose.len(), self.pending.len()) == before {
                return;
            }
        }
    }

    /// Signature and place in the log: gate, steps 2 and 3.
    fn receive(&mut self, item: Rc<Item>) {
        let Some(sent) = item.sent() else { return };
        let Some(standing) = self.membership().device(&sent.header.device) else { return self.loose.push(item) };
        let key = standing.entry.signing;
        if !*sent.signed.get_or_init(|| sent.batch.verify(&sent.header, &key).is_ok()) {
            self.refused.insert(sent.id, Refusal::BadSignature);
            return;
        }
        match place(&sent.id, &sent.header, &self.shelf) {
            Place::Duplicate => {}
            Place::Broken => drop(self.refused.insert(sent.id, Refusal::BrokenChain)),
            Place::WaitsFor(_) => self.loose.push(item),
            Place::Next | Place::Fork => {
                self.shelf.0.insert(sent.id, Rc::clone(&item));
                self.pending.push(item);
            }
        }
    }

    /// Gate, steps 4 to 7.
    fn judge(&mut self, item: Rc<Item>) {
        let Some(sent) = item.sent() else { return };
        let doc = sent.header.doc;
        let past = self.pasts.entry(doc).or_insert_with(|| DocumentPast::new(doc));
        match judge(&sent.id, &sent.header, &sent.body, past, &self.shelf, &KnownSeeds) {
            Verdict::Passed(_) => {}
            Verdict::Waits { .. } => self.pending.push(item),
            Verdict::Refused(refusal) => drop(self.refused.insert(sent.id, refusal)),
            Verdict::HeldBack(newer) => panic!("nothing here is newer: {newer:?}"),
        }
    }

    pub fn facts(&self) -> impl Iterator<Item = &BatchFacts> {
        self.pasts.values().flat_map(DocumentPast::facts)
    }

    /// Documents whose birth is known, and what acceptance asks of them.
    pub fn rules(&self) -> BTreeMap<DocId, DocumentRules> {
        let rules = |past: &DocumentPast| {
            let (birth, seed) = (past.birth()?, past.seed()?);
            Some((past.doc(), DocumentRules { writer: birth.writer, seeds: [seed].into() }))
        };
        self.pasts.values().filter_map(rules).collect()
    }

    /// Every device with a batch, as the statements held have it.
    pub fn standings(&self) -> BTreeMap<DeviceId, Standing> {
        let known = |device: DeviceId| Some((device, standing(self.membership().bounds(&device, None)?)));
        self.shelf.devices().into_iter().filter_map(known).collect()
    }

    /// What passed the gate, in the order of `pasts`, of the batches that `counts` lets through.
    pub fn passed(&self, counts: impl Fn(&Sent) -> bool) -> Vec<Held> {
        let held = |facts: &BatchFacts| {
            let sent = self.shelf.get(&facts.id)?;
            let (adopts, again_of) = (sent.header.adopts.clone(), sent.header.again_of);
            counts(sent).then(|| Held { doc: sent.header.doc, adopts, again_of, facts: facts.clone() })
        };
        self.facts().filter_map(held).collect()
    }

    pub fn accept(&self, batches: &[Held]) -> Acceptance {
        let (devices, documents) = (self.standings(), self.rules());
        accept(&Evidence {
            devices: &devices,
            documents: &documents,
            batches,
            // All documents are here at once.
            elsewhere: &[],
            log: &self.shelf,
            payloads: &self.shelf,
        })
    }

    /// A document as what is accepted makes it.
    pub fn document(&self, birth: &Birth, acceptance: &Acceptance) -> Doc {
        let mut doc = Doc::born(birth.clone()).expect("a known kind");
        let accepted = acceptance.accepted.get(&birth.doc()).map(Vec::as_slice).unwrap_or_default();
        let changes = accepted.iter().flat_map(|batch| {
            let sent = self.shelf.get(&batch.id).expect("what is accepted is held");
            sent.body.changes.iter().take(batch.changes as usize)
        });
        doc.apply(changes.map(|chunk| chunk.bytes().to_vec())).expect("what the gate let in merges");
        doc
    }

    /// What follows from what is held.
    pub fn seen(&self) -> Seen {
        let acceptance = self.accept(&self.passed(|_| true));
        let (mut hashes, mut shown) = (BTreeMap::new(), BTreeMap::new());
        for birth in self.pasts.values().filter_map(DocumentPast::birth) {
            let doc = self.document(birth, &acceptance);
            hashes.insert(birth.doc(), doc.hash());
            let tree = doc.now().tree();
            let lines = tree.get("entries").into_iter().flat_map(Tree::entries).map(|(_, line)| line.words("text"));
            shown.insert(birth.doc(), lines.collect::<Vec<_>>().join("\n"));
        }
        let waiting =
            self.loose.iter().chain(&self.pending).filter_map(|item| item.sent()).map(|sent| sent.id).collect();
        let membership = self.membership().clone();
        Seen { membership, acceptance, refused: self.refused.clone(), waiting, hashes, shown }
    }
}

/// As the companion hands it to acceptance.
fn standing(bounds: &DeviceBounds) -> Standing {
    let admitted = match bounds.admitted {
        belay::space::Admitted::Standing => Admitted::Standing,
        belay::space::Admitted::ByResetCut => Admitted::ByResetCut,
        belay::space::Admitted::Once => Admitted::Once,
    };
    Standing { member: bounds.member, admitted, cuts: bounds.cuts.iter().cloned().collect() }
}
