//! People writing into one document, and what the gate says of it.

#![allow(clippy::cast_possible_truncation, reason = "dice are cut to size")]

mod accepting;
mod exchanging;
mod histories;
mod hostile;
mod pinned;
mod taking;
mod twins;

use super::chunk::write_unsigned;
use super::*;
use crate::crypto::hash::sha256;
use crate::crypto::sign::SigningKey;
use crate::ids::{ActorKey, BatchId, ChangeId, DeviceId, DocId, SpaceId};
use crate::secret::Secret32;
use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, Change, ChangeHash, ExpandedChange, ObjId, ObjType, ROOT, ReadDoc};
use std::collections::BTreeMap;

/// Xorshift: the same story for the same seed.
pub(super) struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut x = self.0;
        x ^= x >> 33;
        x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
        x ^ (x >> 33)
    }
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % (end.max(1) as u64)) as usize
    }
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}

/// A kind with a text and two maps.
pub(super) struct OneKind;

impl Seeds for OneKind {
    fn seed(&self, birth: &Birth) -> Option<Vec<u8>> {
        let mut doc = AutoCommit::new().with_actor(engine_actor(&derive_seed_actor(&birth.doc())));
        doc.put_object(ROOT, "body", ObjType::Text).unwrap();
        doc.put_object(ROOT, "items", ObjType::Map).unwrap();
        doc.put_object(ROOT, "values", ObjType::Map).unwrap();
        doc.commit();
        (birth.kind == 1).then(|| doc.get_changes(&[]).remove(0).raw_bytes().to_vec())
    }
}

pub(super) fn engine_actor(actor: &ActorKey) -> ActorId {
    ActorId::from(actor.0)
}

/// Everything that was ever handed in, opened.
#[derive(Clone, Default)]
pub(super) struct Shelf(pub BTreeMap<BatchId, (Header, Body)>);

impl Payloads for Shelf {
    fn body(&self, id: &BatchId) -> Option<Body> {
        self.0.get(id).map(|(_, body)| body.clone())
    }
}

impl Shelf {
    /// Puts a batch as it came over the wire on the shelf.
    pub fn take(&mut self, batch: &Batch) -> BatchId {
        let (batch, header) = Batch::parse(&batch.encode()).unwrap();
        let body = Body::decode(batch.payload.as_ref().unwrap()).unwrap();
        self.0.insert(batch.id(), (header, body));
        batch.id()
    }
    pub fn judge(&self, id: &BatchId, past: &mut DocumentPast) -> Verdict {
        let (header, body) = &self.0[id];
        judge(id, header, body, past, self, &OneKind)
    }
    pub fn passes(&self, id: &BatchId, past: &mut DocumentPast) -> BatchFacts {
        match self.judge(id, past) {
            Verdict::Passed(facts) => facts,
            other => panic!("{id:?}: {other:?}"),
        }
    }
}

pub(super) fn birth() -> Birth {
    Birth { space: SpaceId([0x5a; 32]), kind: 1, writer: None, about: None, key: None, nonce: [7; 32] }
}

/// The document with nothing but its seed.
pub(super) fn seeded() -> AutoCommit {
    let mut doc = AutoCommit::new();
    doc.apply_changes([Change::from_bytes(OneKind.seed(&birth()).unwrap()).unwrap()]).unwrap();
    doc
}

/// A device with a copy of the document. Names are numbers, and so are keys.
pub(super) struct Writer {
    pub key: SigningKey,
    pub device: DeviceId,
    pub nonce: [u8; 16],
    pub doc: AutoCommit,
    pub closed: Vec<ChangeHash>,
    pub seq: u64,
    pub prev: Vec<BatchId>,
    pub adopts: Vec<BatchId>,
    pub again_of: Option<BatchId>,
}

impl Writer {
    pub fn new(name: u8) -> Self {
        let key = SigningKey::from_seed(Secret32::new([name; 32]));
        let device = DeviceId(sha256(&[&key.public()]));
        let mut writer = Writer {
            key,
            device,
            nonce: [0; 16],
            doc: seeded(),
            closed: Vec::new(),
            seq: 0,
            prev: Vec::new(),
            adopts: Vec::new(),
            again_of: None,
        };
        writer.unlock(name);
        writer.closed = writer.doc.get_heads();
        writer
    }
    pub fn actor(&self) -> ActorKey {
        derive_actor(&self.device, &birth().doc(), &self.nonce)
    }
    /// A new session: a new nonce, so a new actor.
    pub fn unlock(&mut self, nonce: u8) {
        self.nonce = [nonce; 16];
        self.doc.set_actor(engine_actor(&self.actor()));
    }
    pub fn object(&self, key: &str) -> ObjId {
        self.doc.get(ROOT, key).unwrap().unwrap().1
    }
    pub fn type_at(&mut self, at: usize, delete: isize, text: &str) {
        let body = self.object("body");
        self.doc.splice_text(&body, at, delete, text).unwrap();
        self.doc.commit();
    }
    pub fn put(&mut self, key: &str, value: i64) {
        let values = self.object("values");
        self.doc.put(&values, key, value).unwrap();
        self.doc.commit();
    }
    /// One random change, as an app would make it.
    pub fn edit(&mut self, dice: &mut Dice) {
        let (items, values, body) = (self.object("items"), self.object("values"), self.object("body"));
        let key = format!("k{}", dice.below(5));
        match dice.below(9) {
            0 => self.doc.put(&values, key, dice.roll() as i64).unwrap(),
            1 => self.doc.put(&values, key, "some words").unwrap(),
            2 => self.doc.put(&values, key, vec![1u8, 2, 3]).unwrap(),
            3 if self.doc.get(&values, &key).unwrap().is_some() => self.doc.delete(&values, key).unwrap(),
            4 => {
                let item = self.doc.put_object(&items, key, ObjType::Map).unwrap();
                self.doc.put(&item, "order", 5u64).unwrap();
                let title = self.doc.put_object(&item, "title", ObjType::Text).unwrap();
                self.doc.splice_text(&title, 0, 0, "né🙂").unwrap();
                self.doc.put(&item, "open", true).unwrap();
                self.doc.put(&item, "open", ()).unwrap();
            }
            5 => {
                if let Some((_, item)) = self.doc.get(&items, &key).unwrap() {
                    let title = self.doc.get(&item, "title").unwrap().unwrap().1;
                    let end = self.doc.length(&title);
                    self.doc.splice_text(&title, dice.below(end + 1), 0, "x").unwrap();
                }
            }
            6 if self.doc.length(&body) > 4 => {
                let at = dice.below(self.doc.length(&body) - 3);
                self.doc.splice_text(&body, at, 3, "").unwrap();
            }
            _ => {
                let at = dice.below(self.doc.length(&body) + 1);
                self.doc.splice_text(&body, at, 0, "hello wörld").unwrap();
            }
        }
        self.doc.commit();
    }
    /// What was written since the last batch, as a body.
    pub fn body(&mut self) -> Body {
        let changes = self.doc.get_changes(&self.closed);
        self.closed = self.doc.get_heads();
        let changes = changes.iter().map(|change| Chunk::read(change.raw_bytes().to_vec()).unwrap()).collect();
        Body { birth: (self.seq == 0).then(birth), changes }
    }
    /// Closes the open batch.
    pub fn close(&mut self) -> Batch {
        let body = self.body();
        self.sign(&body)
    }
    pub fn sign(&mut self, body: &Body) -> Batch {
        self.seq += 1;
        let draft = HeaderDraft {
            space: birth().space,
            seq: self.seq,
            prev: std::mem::take(&mut self.prev),
            doc: birth().doc(),
            kind: BatchKind::Changes,
            actor_nonce: self.nonce,
            min_reader: 1,
            adopts: std::mem::take(&mut self.adopts),
            again_of: self.again_of.take(),
            claimed: Claimed { unix_ms: 1_700_000_000_000, zone: "Europe/Lisbon".into() },
        };
        let batch = sign_batch(draft, body.encode(&[0x11; 16]).unwrap(), &self.key).unwrap();
        self.prev = vec![batch.id()];
        batch
    }
    /// Takes in what another wrote; the open batch was closed before.
    pub fn receive(&mut self, body: &Body) {
        let changes: Vec<Change> = body.changes.iter().map(engine_change).collect();
        self.doc.apply_changes(changes).unwrap();
        self.closed = self.doc.get_heads();
    }
}

pub(super) fn engine_change(chunk: &Chunk) -> Change {
    Change::try_from(chunk.bytes()).unwrap()
}

/// A change as chunk, whatever it says.
pub(super) fn chunk_of(change: ExpandedChange) -> Chunk {
    Chunk::read(Change::from(change).raw_bytes().to_vec()).unwrap()
}

/// Chunk bytes around data, with type, length and checksum right.
pub(super) fn with_checksum(data: &[u8]) -> Vec<u8> {
    let hashed = [&[1], write_unsigned(data.len() as u64).as_slice(), data].concat();
    [&[0x85, 0x6f, 0x4a, 0x83], &sha256(&[&hashed])[..4], &hashed].concat()
}

/// The values a document shows, for comparing.
pub(super) fn shown(doc: &AutoCommit, object: &ObjId, depth: usize) -> String {
    let one = |value: Option<(automerge::Value<'_>, ObjId)>| match value {
        Some((automerge::Value::Object(kind), id)) if depth < 6 => format!("{kind:?}({})", shown(doc, &id, depth + 1)),
        other => format!("{:?}", other.map(|(value, _)| value.into_owned())),
    };
    match doc.object_type(object).unwrap() {
        ObjType::Text => doc.text(object).unwrap(),
        _ => doc.keys(object).map(|key| format!("{key}={};", one(doc.get(object, key.as_str()).unwrap()))).collect(),
    }
}

/// Applies everything at once, saves, loads and rebuilds: nothing may differ, nothing may fail.
pub(super) fn holds_together(changes: Vec<Change>) -> Result<String, String> {
    let mut doc = seeded();
    doc.apply_changes(changes).map_err(|error| format!("apply: {error}"))?;
    let saved = doc.save();
    let mut loaded = AutoCommit::load(&saved).map_err(|error| format!("load: {error}"))?;
    let mut again = AutoCommit::new();
    again.apply_changes(doc.get_changes(&[])).map_err(|error| format!("rebuild: {error}"))?;
    let sorted = |doc: &mut AutoCommit| {
        let mut heads = doc.get_heads();
        heads.sort();
        heads
    };
    if sorted(&mut doc) != sorted(&mut loaded) || sorted(&mut doc) != sorted(&mut again) {
        return Err("heads differ".into());
    }
    let show = shown(&doc, &ROOT, 0);
    if show != shown(&loaded, &ROOT, 0) || show != shown(&again, &ROOT, 0) {
        return Err("values differ".into());
    }
    doc.put(ROOT, "after", 1).map_err(|error| format!("edit: {error}"))?;
    doc.commit();
    Ok(show)
}
