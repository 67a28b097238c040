//! Writing: changes to a document as its writer sees it, signed as the next batch of a log.

use crate::replica::{Item, Sent};
use crate::story::{Story, signing};
use belay::batch::{
    BatchKind, Birth, Body, Chunk, Claimed, HeaderDraft, LogView, PREV_MAX, READER, derive_actor, sign_batch,
};
use belay::document::{Doc, Step, Tree};
use belay::editing::Splice;
use belay::ids::BatchId;
use belay_tests::Chance;
use std::cell::OnceCell;

impl Story {
    /// One or two changes in a document where the writer may write.
    pub fn write(&mut self, by: usize) -> Option<usize> {
        if self.hands[by].is_honest() && !self.hands[by].is_active() {
            return None;
        }
        let mine = self.cast.people[self.hands[by].member].id;
        let may: Vec<usize> =
            (0..self.docs.len()).filter(|at| self.docs[*at].writer.is_none_or(|writer| writer == mine)).collect();
        let doc = may[self.chance.below(may.len())];
        let count = 1 + self.chance.below(2);
        self.write_in(by, doc, count, |_| ())
    }

    /// A batch of so many changes in a document; `spoil` may change its header before it is signed.
    pub fn write_in(
        &mut self,
        by: usize,
        doc: usize,
        changes: usize,
        spoil: impl FnOnce(&mut HeaderDraft),
    ) -> Option<usize> {
        if self.is_full() {
            return None;
        }
        let birth = self.docs[doc].clone();
        let replica = &self.hands[by].replica;
        let acceptance = replica.accept(&replica.passed(|_| true));
        let own =
            |id: &BatchId| replica.shelf.get(id).is_some_and(|sent| sent.header.device == self.hands[by].phone().id);
        // Who lost changes of their own never gives their numbers again.
        let is_stranded = acceptance.others.keys().any(own);
        let mut document = replica.document(&birth, &acceptance);
        if is_stranded {
            self.hands[by].nonce = self.bytes();
        }
        let device = self.hands[by].phone().id;
        let actor = derive_actor(&device, &birth.doc(), &self.hands[by].nonce);
        let (mut made, mut marks) = (Vec::new(), Vec::new());
        for change in 0..changes {
            let mark = format!("[{}.{change}]", self.items.len());
            let steps = words(&document, &mark, &mut self.chance);
            let chunks = document.perform(actor, &steps).expect("steps that fit");
            made.extend(chunks.into_iter().map(|bytes| Chunk::read(bytes).expect("a change")));
            marks.push(mark);
        }
        let item = self.sign(by, &birth, made, marks, spoil)?;
        Some(self.publish(by, item))
    }

    fn sign(
        &mut self,
        by: usize,
        birth: &Birth,
        changes: Vec<Chunk>,
        marks: Vec<String>,
        spoil: impl FnOnce(&mut HeaderDraft),
    ) -> Option<Item> {
        let random = self.bytes();
        let hand = &self.hands[by];
        let (device, shelf) = (hand.phone().id, &hand.replica.shelf);
        let seq = |id: &BatchId| shelf.get(id).map_or(0, |sent| sent.header.seq);
        let mut prev = shelf.heads(&device);
        prev.sort_by_key(|id| (std::cmp::Reverse(seq(id)), *id));
        prev.truncate(PREV_MAX);
        let wrote = shelf.all().any(|sent| sent.header.device == device && sent.header.doc == birth.doc());
        let body = Body { birth: (!wrote).then(|| birth.clone()), changes };
        let mut draft = HeaderDraft {
            space: birth.space,
            seq: prev.iter().map(seq).max().unwrap_or(0) + 1,
            prev,
            doc: birth.doc(),
            kind: BatchKind::Changes,
            actor_nonce: hand.nonce,
            min_reader: READER,
            adopts: Vec::new(),
            again_of: None,
            claimed: Claimed { unix_ms: 1_795_334_400_000, zone: "Europe/Lisbon".to_owned() },
        };
        spoil(&mut draft);
        let batch = sign_batch(draft, body.encode(&random).ok()?, signing(hand.phone)).ok()?;
        let header = batch.header().expect("its own header");
        let (id, honest) = (batch.id(), hand.is_honest());
        let (signed, described) = (OnceCell::new(), OnceCell::new());
        Some(Item::Wrote(Box::new(Sent { id, batch, header, body, honest, marks, signed, described })))
    }

    pub fn adopt(&mut self, by: usize, doc: usize, ids: Vec<BatchId>) -> Option<usize> {
        if self.is_full() {
            return None;
        }
        let birth = self.docs[doc].clone();
        let item = self.sign(by, &birth, Vec::new(), Vec::new(), |draft| draft.adopts = ids)?;
        Some(self.publish(by, item))
    }
}

/// A line of its own, or letters in a line that is there; nothing is ever taken out.
fn words(doc: &Doc, mark: &str, chance: &mut Chance) -> Vec<Step> {
    let tree = doc.now().tree();
    let there: Vec<(String, usize)> = tree
        .get("entries")
        .into_iter()
        .flat_map(Tree::entries)
        .map(|(key, entry)| (key.clone(), entry.words("text").encode_utf16().count()))
        .collect();
    let path = |key: &str, field: &str| vec!["entries".to_owned(), key.to_owned(), field.to_owned()];
    match chance.pick(&there) {
        Some((key, length)) if chance.percent(60) => {
            // At a border of marks, so that no mark is taken apart.
            let at = if chance.percent(50) { 0 } else { *length };
            vec![Step::Splice(path(key, "text"), vec![Splice::new(at, 0, mark)])]
        }
        _ => {
            let line = vec!["entries".to_owned(), mark.to_owned()];
            vec![Step::Map(line), Step::Text(path(mark, "text"), mark.to_owned())]
        }
    }
}
