use crate::batch::{BatchFacts, Birth, Body, Chunk, Header, Request};
use crate::cbor;
use crate::document::{Doc, Kind, State};
use crate::error::{Code, Error, Result};
use crate::ids::DocId;
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::documents::{self, DocumentRecord};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// How many documents stay in memory between calls.
const LOADED_MAX: usize = 64;
/// Bytes of changes that the documents in memory may be made of; the newest stays whatever it is made of.
const LOADED_WEIGHT_MAX: u64 = 64 * 1024 * 1024;

/// The documents that are in memory: caches of their batches, dropped whenever a transaction did not commit.
#[derive(Debug, Default)]
pub struct Documents {
    loaded: BTreeMap<DocId, Loaded>,
    order: Vec<DocId>,
}

/// A document in memory with what it says.
#[derive(Debug)]
pub struct Loaded {
    /// Its record.
    pub record: DocumentRecord,
    /// Its kind.
    pub kind: Kind,
    /// The merged changes.
    pub doc: Doc,
    /// What they say.
    pub state: State,
    /// Whether its rows were ever written: a document just begun has none.
    pub is_new: bool,
}

impl Documents {
    /// The document, loaded if it is not: from its snapshot, the batches accepted since and the open batch.
    ///
    /// # Errors
    /// `NotFound`; `NewerSchema` for a kind this build does not know; `Corrupt`.
    pub fn load(&mut self, db: &Connection, id: &DocId) -> Result<&mut Loaded> {
        if !self.loaded.contains_key(id) {
            let record = documents::get(db, id)?.ok_or(Code::NotFound)?;
            let loaded = load(db, record)?;
            self.keep(loaded);
        }
        self.loaded.get_mut(id).ok_or(Error::Broken("documents: just loaded"))
    }

    /// The document of this birth, begun if it is not there.
    ///
    /// # Errors
    /// `NewerSchema` for a kind this build does not know; those of the database.
    pub fn begin(&mut self, db: &Connection, birth: Birth) -> Result<&mut Loaded> {
        let id = birth.doc();
        if documents::get(db, &id)?.is_none() {
            let record = record_of(&birth);
            documents::put(db, &record)?;
            let kind = Kind::from_number(birth.kind).ok_or(Code::NewerSchema)?;
            let doc = Doc::born(birth)?;
            let state = State::read(kind, doc.now());
            self.keep(Loaded { record, kind, doc, state, is_new: true });
        }
        self.load(db, &id)
    }

    /// Drops a document from memory: what it holds there may not be what is on disk.
    pub fn forget(&mut self, id: &DocId) {
        self.loaded.remove(id);
        self.order.retain(|known| known != id);
    }

    /// Takes a document out, as it is in memory.
    pub fn take(&mut self, id: &DocId) -> Option<Loaded> {
        self.order.retain(|known| known != id);
        self.loaded.remove(id)
    }

    /// Puts in a document that is as it is on disk, or will be in this transaction.
    pub fn put(&mut self, loaded: Loaded) {
        self.keep(loaded);
    }

    /// Drops all.
    pub fn clear(&mut self) {
        self.loaded.clear();
        self.order.clear();
    }

    fn keep(&mut self, loaded: Loaded) {
        let id = loaded.record.id;
        self.forget(&id);
        let mut weight: u64 = self.loaded.values().map(|known| known.doc.weight()).sum();
        while !self.order.is_empty() && (self.order.len() >= LOADED_MAX || weight > LOADED_WEIGHT_MAX) {
            let oldest = self.loaded.remove(&self.order.remove(0));
            weight -= oldest.map_or(0, |oldest| oldest.doc.weight());
        }
        self.order.push(id);
        self.loaded.insert(id, loaded);
    }
}

/// The record of a document born like this.
pub fn record_of(birth: &Birth) -> DocumentRecord {
    DocumentRecord {
        id: birth.doc(),
        space: birth.space,
        kind: birth.kind,
        writer: birth.writer,
        about: birth.about,
        key: birth.key.clone(),
        nonce: birth.nonce,
    }
}

/// How a document was born, by its record.
pub fn birth_of(record: &DocumentRecord) -> Birth {
    Birth {
        space: record.space,
        kind: record.kind,
        writer: record.writer,
        about: record.about,
        key: record.key.clone(),
        nonce: record.nonce,
    }
}

/// How a document was born: by its record, or by a batch that passed the gate and does not count.
///
/// # Errors
/// Those of the database.
pub fn birth_held(db: &Connection, doc: &DocId) -> Result<Option<Birth>> {
    if let Some(record) = documents::get(db, doc)? {
        return Ok(Some(birth_of(&record)));
    }
    let held = batches::of_document(db, doc, Stage::Passed, Stage::Aside)?;
    let births = |record: &BatchRecord| {
        let facts: BatchFacts = cbor::decode_own(&record.facts).ok()?;
        let payload = record.payload.as_ref()?;
        match facts.births {
            true => Body::decode(payload).ok()?.birth,
            false if facts.count == 0 => asked_birth(record, payload),
            false => None,
        }
    };
    Ok(held.iter().find_map(births))
}

/// The birth in a batch that asks to forget or to purge.
fn asked_birth(record: &BatchRecord, payload: &[u8]) -> Option<Birth> {
    let header = Header::parse(&record.header).ok()?;
    Some(Request::judge(&header, payload).ok()?.birth().clone())
}

fn load(db: &Connection, record: DocumentRecord) -> Result<Loaded> {
    let kind = Kind::from_number(record.kind).ok_or(Code::NewerSchema)?;
    let birth = birth_of(&record);
    let snapshot = documents::snapshot(db, &record.id)?;
    // A snapshot is a cache: one that does not load is passed over, and the batches tell the same.
    let from_snapshot = snapshot.and_then(|held| {
        let doc = Doc::load(birth.clone(), &held.bytes).ok()?;
        Some((doc.weighing(held.weight), held.upto))
    });
    let (mut doc, upto) = match from_snapshot {
        Some(found) => found,
        None => (Doc::born(birth)?, 0),
    };
    let mut is_sound = true;
    let accepted = batches::accepted_after(db, &record.id, upto)?.into_iter();
    let chunks = accepted.flat_map(|(payload, counted)| {
        let body = Body::decode(&payload);
        is_sound &= body.is_ok();
        let counted = counted.map_or(usize::MAX, |counted| counted as usize);
        body.unwrap_or_default().changes.into_iter().take(counted).map(Chunk::into_bytes)
    });
    let applied = doc.apply(chunks);
    if !is_sound {
        return Code::Corrupt.err();
    }
    applied?;
    doc.apply(batches::open_changes(db, &record.id)?)?;
    let state = State::read(kind, doc.now());
    let is_new = documents::heads(db, &record.id)?.is_empty();
    Ok(Loaded { record, kind, doc, state, is_new })
}
