//! An honest story of one document, and how it stands before each of its batches.

use super::Dice;
use super::engine::{Ground, Known};
use belay::batch::{
    Ask, Batch, BatchFacts, BatchKind, Birth, Body, Chunk, Claimed, DocumentPast, DocumentRules, Entry, Header,
    HeaderDraft, Held, LogView, Payloads, READER, Seeds, Verdict, derive_actor, judge, sign_batch,
};
use belay::crypto::hash::sha256;
use belay::crypto::sign::SigningKey;
use belay::document::{Doc, Kind, KnownSeeds, Scalar, State, Step, Tree};
use belay::editing::Splice;
use belay::ids::{BatchId, ChangeId, DeviceId, MemberId, SpaceId};
use belay::secret::{Entropy, Secret32};
use std::collections::{BTreeMap, BTreeSet};

/// A device and whose it is.
pub struct Writer {
    /// What it signs with.
    pub key: SigningKey,
    /// Its id.
    pub device: DeviceId,
    /// Its person.
    pub member: MemberId,
}

/// A batch of the story.
pub struct Honest {
    /// Which.
    pub id: BatchId,
    /// Index of its writer.
    pub author: usize,
    /// As it was signed.
    pub header: Header,
    /// What it holds.
    pub body: Body,
}

/// What is held: bodies for the gate, places for the log.
#[derive(Clone, Default)]
pub struct Shelf(pub BTreeMap<BatchId, (Header, Body)>);

impl Payloads for Shelf {
    fn body(&self, id: &BatchId) -> Option<Body> {
        self.0.get(id).map(|(_, body)| body.clone())
    }
}

impl LogView for Shelf {
    fn entry(&self, id: &BatchId) -> Option<Entry> {
        self.0.get(id).map(|(header, _)| Entry::from(header))
    }
    fn devices(&self) -> Vec<DeviceId> {
        let devices: BTreeSet<_> = self.0.values().map(|(header, _)| header.device).collect();
        devices.into_iter().collect()
    }
    fn heads(&self, device: &DeviceId) -> Vec<BatchId> {
        let followed: BTreeSet<_> = self.0.values().flat_map(|(header, _)| &header.prev).collect();
        let own = self.0.iter().filter(|(id, (header, _))| header.device == *device && !followed.contains(id));
        own.map(|(id, _)| *id).collect()
    }
    fn since(&self, device: &DeviceId, seq: u64) -> Vec<BatchId> {
        let own = self.0.iter().filter(|(_, (header, _))| header.device == *device && header.seq >= seq);
        let mut found: Vec<_> = own.map(|(id, (header, _))| (header.seq, *id)).collect();
        found.sort();
        found.into_iter().map(|(_, id)| id).collect()
    }
    fn holding(&self, ask: &Ask) -> Option<BatchId> {
        Some(BatchId(ask.0)).filter(|id| self.0.contains_key(id))
    }
}

/// How the document stands before one batch of the story.
pub struct Stand {
    /// What is held.
    pub shelf: Shelf,
    /// What the gate learned.
    pub held: Vec<Held>,
    facts: Vec<BatchFacts>,
    past: Option<DocumentPast>,
    /// All accepted.
    pub snapshot: Vec<u8>,
    /// Its heads.
    pub heads: Vec<ChangeId>,
    /// What it says.
    pub state: State,
    /// Every change so far, in causal order, the seed first.
    pub grounds: Vec<Ground>,
}

/// A document, its writers, and its story.
pub struct Scene {
    /// How it was born.
    pub birth: Birth,
    /// What it is.
    pub kind: Kind,
    /// Two devices of one member, one of another.
    pub writers: Vec<Writer>,
    /// In causal order.
    pub honest: Vec<Honest>,
    /// Before each of them.
    pub stands: Vec<Stand>,
}

impl Stand {
    /// Every operation so far.
    pub fn known(&self) -> Vec<Known> {
        self.grounds.iter().flat_map(|ground| ground.known.iter().cloned()).collect()
    }
    /// The past as the gate keeps it; made anew after a batch joined it.
    pub fn past(&mut self, birth: &Birth) -> &mut DocumentPast {
        self.past.get_or_insert_with(|| {
            DocumentPast::rebuild(birth, self.facts.clone(), &KnownSeeds, &self.shelf).expect("honest facts")
        })
    }
    /// To be called when a batch joined the past.
    pub fn forget_past(&mut self) {
        self.past = None;
    }
}

impl Scene {
    /// Who may write it.
    pub fn rules(&self) -> DocumentRules {
        let seed = KnownSeeds.seed(&self.birth).expect("a kind that is known");
        DocumentRules { writer: self.birth.writer, seeds: [Chunk::read(seed).expect("a change").id()].into() }
    }

    /// A story of so many batches about a document of this kind, by two devices of one member and, unless it is that
    /// member's alone, one of another.
    pub fn told(kind: Kind, owned: bool, batches: usize, seed: u64) -> Self {
        let mut dice = Dice::of_seed(seed);
        let writer = |name: u8, member: u8| {
            let key = SigningKey::from_seed(Secret32::new([name; 32]));
            let device = DeviceId(sha256(&[&key.public()]));
            Writer { key, device, member: MemberId([member; 32]) }
        };
        let writers = vec![writer(1, 0xa), writer(2, 0xa), writer(3, 0xb)];
        let birth = Birth {
            space: SpaceId([0x5a; 32]),
            kind: kind.number(),
            writer: owned.then_some(MemberId([0xa; 32])),
            about: None,
            key: None,
            nonce: [7; 32],
        };
        let writing = if owned { 2 } else { 3 };
        let mut pens: Vec<Pen> = (0..writing).map(|_| Pen::new(&birth)).collect();
        let mut honest: Vec<Honest> = Vec::new();
        while honest.len() < batches {
            let author = dice.below(writing);
            let (Some(pen), Some(writer)) = (pens.get_mut(author), writers.get(author)) else { continue };
            if dice.percent(60) {
                pen.receive(&honest, author, &mut dice);
            }
            if let Some((header, body)) = pen.write(writer, &birth, kind, &mut dice) {
                honest.push(Honest { id: BatchId(sha256(&[&belay::cbor::encode(&header)])), author, header, body });
            }
        }
        let mut scene = Scene { birth, kind, writers, honest, stands: Vec::new() };
        scene.stand_everywhere();
        scene
    }

    fn stand_everywhere(&mut self) {
        let seed = Chunk::read(KnownSeeds.seed(&self.birth).expect("a kind that is known")).expect("a change");
        let mut grounds = vec![Ground::of(&seed)];
        let (mut shelf, mut held, mut facts) = (Shelf::default(), Vec::new(), Vec::new());
        let mut past = DocumentPast::new(self.birth.doc());
        let mut doc = Doc::born(self.birth.clone()).expect("a kind that is known");
        for honest in &self.honest {
            self.stands.push(Stand {
                shelf: shelf.clone(),
                held: held.clone(),
                facts: facts.clone(),
                past: None,
                snapshot: doc.snapshot().expect("an honest document"),
                heads: doc.heads(),
                state: State::read(self.kind, doc.now()),
                grounds: grounds.clone(),
            });
            shelf.0.insert(honest.id, (honest.header.clone(), honest.body.clone()));
            match judge(&honest.id, &honest.header, &honest.body, &mut past, &shelf, &KnownSeeds) {
                Verdict::Passed(learned) => {
                    let doc = honest.header.doc;
                    held.push(Held { doc, adopts: vec![], again_of: None, facts: learned.clone() });
                    facts.push(learned);
                }
                other => panic!("an honest batch: {other:?}"),
            }
            doc.apply(honest.body.changes.iter().map(|chunk| chunk.bytes().to_vec())).expect("honest changes");
            grounds.extend(honest.body.changes.iter().map(Ground::of));
        }
    }
}

/// A writer's own copy, and the place in their log.
struct Pen {
    doc: Doc,
    seen: usize,
    seq: u64,
    prev: Vec<BatchId>,
    nonce: [u8; 16],
}

impl Pen {
    fn new(birth: &Birth) -> Self {
        let doc = Doc::born(birth.clone()).expect("a kind that is known");
        Pen { doc, seen: 0, seq: 0, prev: Vec::new(), nonce: [0; 16] }
    }

    fn receive(&mut self, honest: &[Honest], author: usize, dice: &mut Dice) {
        let until = self.seen + dice.below(honest.len() - self.seen + 1);
        let new = honest.get(self.seen..until).unwrap_or_default().iter().filter(|one| one.author != author);
        let chunks = new.flat_map(|one| one.body.changes.iter().map(|chunk| chunk.bytes().to_vec()));
        self.doc.apply(chunks).expect("honest changes");
        self.seen = until;
    }

    fn write(&mut self, writer: &Writer, birth: &Birth, kind: Kind, dice: &mut Dice) -> Option<(Header, Body)> {
        if self.seq == 0 || dice.percent(25) {
            dice.fill(&mut self.nonce);
        }
        let actor = derive_actor(&writer.device, &birth.doc(), &self.nonce);
        let mut changes = Vec::new();
        for _ in 0..1 + dice.below(4) {
            let steps = honest_steps(kind, &self.doc.now().tree(), dice);
            let made = self.doc.perform(actor, &steps).expect("steps that fit");
            changes.extend(made.into_iter().map(|bytes| Chunk::read(bytes).expect("a change")));
        }
        if changes.is_empty() {
            return None;
        }
        let body = Body { birth: (self.seq == 0).then(|| birth.clone()), changes };
        self.seq += 1;
        let draft = HeaderDraft {
            space: birth.space,
            seq: self.seq,
            prev: std::mem::take(&mut self.prev),
            doc: birth.doc(),
            kind: BatchKind::Changes,
            actor_nonce: self.nonce,
            min_reader: READER,
            adopts: vec![],
            again_of: None,
            claimed: Claimed { unix_ms: 1_700_000_000_000, zone: "Europe/Lisbon".into() },
        };
        let payload = body.encode(&[0x11; 16]).expect("a small body");
        let batch: Batch = sign_batch(draft, payload, &writer.key).expect("a small batch");
        self.prev = vec![batch.id()];
        Some((batch.header().expect("its own header"), body))
    }
}

/// What an app might do to a document of this kind: letters in its texts, keys in its maps.
fn honest_steps(kind: Kind, tree: &Tree, dice: &mut Dice) -> Vec<Step> {
    let (texts, maps): (&[&str], &[&str]) = match kind {
        Kind::Note => (&["title", "body"], &["tags", "layers", "links"]),
        Kind::Goal => (&["title", "why"], &["steps", "strengths", "supports", "decisions"]),
        _ => (&[], &["entries", "decisions"]),
    };
    if dice.percent(50)
        && let Some(text) = dice.pick(texts)
    {
        return vec![letters(vec![(*text).to_owned()], &tree.words(text), dice)];
    }
    let map = (*dice.pick(maps).unwrap_or(&"entries")).to_owned();
    let key = format!("k{}", dice.below(5));
    let path = vec![map.clone(), key.clone()];
    let inside = |name: &str| [path.clone(), vec![name.to_owned()]].concat();
    let there = tree.get(&map).and_then(|map| map.get(&key));
    match (dice.below(8), there) {
        (0, Some(_)) => vec![Step::Remove(path)],
        (1 | 2, Some(Tree::Map(item))) if matches!(item.get("text"), Some(Tree::Text(_))) => {
            let words = there.map(|item| item.words("text")).unwrap_or_default();
            vec![letters(inside("text"), &words, dice)]
        }
        (3, Some(Tree::Map(_))) => vec![Step::Set(inside("order"), Scalar::Str("m".into()))],
        (4, _) => vec![Step::Set(path, Scalar::Bytes(vec![dice.byte(); 40]))],
        (5, _) => vec![Step::Set(path, Scalar::Int(dice.roll().cast_signed()))],
        (6, _) => vec![Step::Set(path, Scalar::Bool(dice.percent(50)))],
        _ => {
            let order = Step::Set(inside("order"), Scalar::Str("g".into()));
            vec![Step::Map(path.clone()), order, Step::Text(inside("text"), "né🙂".into())]
        }
    }
}

fn letters(path: Vec<String>, words: &str, dice: &mut Dice) -> Step {
    let units = words.encode_utf16().count();
    let borders: Vec<usize> = words.char_indices().map(|(at, _)| words[..at].encode_utf16().count()).collect();
    let at = dice.pick(&borders).copied().unwrap_or(units);
    let one = words.encode_utf16().nth(at).map_or(0, |unit| if (0xd800..0xdc00).contains(&unit) { 2 } else { 1 });
    let remove = if dice.percent(30) { one } else { 0 };
    let insert = dice.pick(&["hello wörld", "x", "🙂", "é", "tea and rain"]).copied().unwrap_or("x");
    let insert = if remove > 0 { "" } else { insert };
    Step::Splice(path, vec![Splice::new(at, remove, insert)])
}
