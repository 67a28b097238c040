use super::Desk;
use crate::batch::{BatchFacts, Birth, Body};
use crate::cbor;
use crate::document::{Doc, Step, difference};
use crate::error::{Code, Result};
use crate::ids::{BatchId, ChangeId, DocId};
use crate::store::batches::{self, Stage};
use crate::store::documents;
use rusqlite::Connection;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Does again, on the document as it is now, what a batch did to the one its writer saw, as a batch of mine that says so;
/// of one that counts in part, what its other changes did. False where the document says it already.
///
/// # Errors
/// `NotFound` for a batch that is not held, or where its words, or some that it stood on, are not here any more: nobody can
/// say what it did then; those of the database. The caller looked whether I may write there.
pub fn make_again(desk: &mut Desk<'_>, birth: &Birth, batch: &BatchId) -> Result<bool> {
    make_again_in(desk, birth, birth, batch)
}

/// [`make_again`] in the document that goes on where the batch's own is forgotten; its values were copied with the ids of
/// their elements, so what was done there can be done here.
///
/// # Errors
/// Those of [`make_again`].
pub fn make_again_in(desk: &mut Desk<'_>, from: &Birth, birth: &Birth, batch: &BatchId) -> Result<bool> {
    let doc = birth.doc();
    desk.close(&doc)?;
    let steps = steps_of(desk, from, birth, batch)?.ok_or(Code::NotFound)?;
    if steps.is_empty() {
        return Ok(false);
    }
    desk.marks.again_of = Some(*batch);
    let written = desk.write_in(birth.clone(), &steps).and_then(|_| desk.close(&doc));
    desk.marks.again_of = None;
    written?;
    Ok(true)
}

/// What the batch did in `from`, as steps on the document of this birth as it is now.
fn steps_of(desk: &mut Desk<'_>, from: &Birth, birth: &Birth, batch: &BatchId) -> Result<Option<Vec<Step>>> {
    let doc = from.doc();
    let (db, record) = (desk.db, batches::get(desk.db, batch)?.ok_or(Code::NotFound)?);
    let facts: BatchFacts = cbor::decode_own(&record.facts)?;
    let (Some(last), Some(payload)) = (facts.last, &record.payload) else { return Ok(None) };
    let body = Body::decode(payload).map_err(|_| Code::Corrupt)?;
    let counted = batches::accepted_of(db, &doc)?.get(batch).copied().flatten().unwrap_or_default();
    let stood = usize::try_from(counted).ok().and_then(|counted| body.changes.get(counted.checked_sub(1)?));
    let before = stood.map_or_else(|| facts.deps.clone(), |change| vec![change.id()]);
    let mut scratch = Doc::born(from.clone())?;
    let Ok(chunks) = Held::read(db, &doc, true)?.past(last, &scratch.heads()) else { return Ok(None) };
    scratch.apply(chunks)?;
    let (before, after) = (scratch.at(&before, |view| view.tree())?, scratch.at(&[last], |view| view.tree())?);
    let now = match documents::get(db, &birth.doc())? {
        Some(_) => desk.load(&birth.doc())?.doc.now().tree(),
        None => Doc::born(birth.clone())?.now().tree(),
    };
    Ok(Some(difference(&before, &after, &now)))
}

/// What changes stand on, for whoever asks of several batches: what is held of a document is read once.
#[derive(Default)]
pub struct Grounds {
    held: BTreeMap<DocId, (Held, Vec<ChangeId>)>,
}

impl std::fmt::Debug for Grounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Grounds({} documents)", self.held.len())
    }
}

impl Grounds {
    /// Whether a batch can count or be made again, as far as what it stands on goes. To be taken over as it is, all of that
    /// is here, or words of the document were dropped and may be sent again. What is to be written `anew` needs all of it
    /// now: nobody can say what it did otherwise. What stands on a batch that can never count has its ground nowhere: such
    /// a one keeps its header alone.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn hold(&mut self, db: &Connection, birth: &Birth, facts: &BatchFacts, anew: bool) -> Result<bool> {
        let Some(last) = facts.last else { return Ok(!anew) };
        let (held, seed) = match self.held.entry(birth.doc()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                place.insert((Held::read(db, &birth.doc(), false)?, Doc::born(birth.clone())?.heads()))
            }
        };
        Ok(match held.past(last, seed) {
            Ok(_) => true,
            Err(Gap::Dropped) => !anew,
            Err(Gap::Nowhere) => false,
        })
    }
}

/// Why what a change stands on cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// Words of the document were dropped: it may have lain there.
    Dropped,
    /// It is in nothing that passed the gate.
    Nowhere,
}

/// Every change held of a document that passed the gate, whether it counts or not.
struct Held {
    changes: BTreeMap<ChangeId, (Vec<u8>, Vec<ChangeId>)>,
    /// A batch whose payload was dropped may hold anything.
    has_gaps: bool,
}

impl Held {
    /// Of a document, `with_bytes` or what stands on what alone.
    fn read(db: &Connection, doc: &DocId, with_bytes: bool) -> Result<Self> {
        let mut held = Held { changes: BTreeMap::new(), has_gaps: false };
        for record in batches::of_document(db, doc, Stage::Passed, Stage::Aside)? {
            let facts: BatchFacts = cbor::decode_own(&record.facts)?;
            // What only takes over or asks holds no changes.
            if facts.count == 0 {
                continue;
            }
            let body = record.payload.as_ref().and_then(|payload| Body::decode(payload).ok());
            held.has_gaps |= body.is_none();
            // Behind the first, each stands on the one before it.
            let mut deps = facts.deps;
            for chunk in body.unwrap_or_default().changes {
                let id = chunk.id();
                let bytes = if with_bytes { chunk.into_bytes() } else { Vec::new() };
                held.changes.insert(id, (bytes, std::mem::replace(&mut deps, vec![id])));
            }
        }
        Ok(held)
    }

    /// A change and all it stands on but the seed.
    fn past(&self, of: ChangeId, seed: &[ChangeId]) -> std::result::Result<Vec<Vec<u8>>, Gap> {
        let (mut seen, mut open, mut found) = (BTreeSet::new(), vec![of], Vec::new());
        while let Some(id) = open.pop() {
            if !seen.insert(id) || seed.contains(&id) {
                continue;
            }
            let gap = if self.has_gaps { Gap::Dropped } else { Gap::Nowhere };
            let (chunk, deps) = self.changes.get(&id).ok_or(gap)?;
            found.push(chunk.clone());
            open.extend(deps);
        }
        Ok(found)
    }
}
