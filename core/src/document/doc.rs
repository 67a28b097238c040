//! One Automerge document: born from its seed, fed only with accepted changes, edited by steps.

use super::followed::Followed;
use super::step::{Path, Scalar, Step};
use super::tree::{self, Tree};
use crate::batch::{Birth, Chunk};
use crate::crypto::hash::sha256;
use crate::editing::Splice;
use crate::error::{Code, Error, Field, Result};
use crate::ids::{ActorKey, ChangeId, DocId, Rev};
use automerge::legacy::OpType;
use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{
    ActorId, Automerge, AutomergeError, Change, ChangeHash, LoadOptions, ObjId, ObjType, Patch, PatchAction, ROOT,
    ReadDoc, ScalarValue, TextEncoding, Value,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Most operations in one change of ours; a larger edit becomes several changes (boundary.md, text sessions).
const CHANGE_OPERATIONS_MAX: usize = 4_000;
/// Scalars written at once while a long text is split over changes.
const INSERT_SCALARS: usize = 1_000;
/// Bytes of changes that are handed to the merge engine at once: it holds them three times over while it merges.
const SLICE_BYTES: usize = 2 * 1024 * 1024;
/// Up to this weight a document always gets a snapshot.
const SNAPSHOT_WEIGHT: u64 = 16 * 1024 * 1024;
/// Bytes of changes an operation, beyond which a heavier one is of long values: a letter that is a change by itself has some 130.
const SNAPSHOT_BYTES_AN_OPERATION: u64 = 256;

/// A title whose documents do not load back, in unit tests.
#[cfg(test)]
pub(crate) const DOES_NOT_LOAD_BACK: &str = "does not load back";

/// A document in memory: a cache of its accepted changes.
pub struct Doc {
    birth: Birth,
    merged: Automerge,
    weight: u64,
}

impl std::fmt::Debug for Doc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Doc({:?})", self.birth.doc())
    }
}

/// A document at some heads.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    doc: &'a Doc,
    heads: Option<&'a [ChangeHash]>,
    /// All content there, where it is known already.
    content: Option<&'a Tree>,
}

/// What a change says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are Automerge's")]
pub struct Described {
    pub id: ChangeId,
    pub actor: ActorKey,
    pub seq: u64,
    pub start_op: u64,
    pub max_op: u64,
    pub operations: usize,
    pub deps: Vec<ChangeId>,
}

fn merge_fault(_: AutomergeError) -> Error {
    Error::Broken("document: the merge engine refused what the gate let in")
}

fn hashes(ids: &[ChangeId]) -> Vec<ChangeHash> {
    ids.iter().map(|id| ChangeHash(id.0)).collect()
}

fn scalar_value(scalar: &Scalar) -> ScalarValue {
    match scalar {
        Scalar::Str(text) => text.into(),
        Scalar::Int(number) => (*number).into(),
        Scalar::Bool(truth) => (*truth).into(),
        Scalar::Bytes(bytes) => bytes.clone().into(),
        Scalar::Null => ScalarValue::Null,
    }
}

impl Doc {
    /// A document with nothing but its seed.
    ///
    /// # Errors
    /// `NewerSchema` for a kind this build does not know.
    pub fn born(birth: Birth) -> Result<Self> {
        // The seed is made in the document itself: to write it down and read it again costs as much as a note.
        let (merged, _) = super::kind::seeded(&birth).ok_or(Code::NewerSchema)?;
        Ok(Doc { birth, merged, weight: 0 })
    }

    /// A document from our own snapshot; its weight is that of the snapshot's bytes, unless it is [`Doc::weighing`].
    ///
    /// # Errors
    /// `Corrupt` when the snapshot does not load: the caller rebuilds from batches.
    pub fn load(birth: Birth, snapshot: &[u8]) -> Result<Self> {
        let options = LoadOptions::new().text_encoding(TextEncoding::Utf16CodeUnit);
        let merged = Automerge::load_with_options(snapshot, options).map_err(|_| Code::Corrupt)?;
        Ok(Doc { birth, merged, weight: snapshot.len() as u64 })
    }

    /// The document with this weight: a snapshot is deflated, and does not tell.
    #[must_use]
    pub fn weighing(self, weight: u64) -> Self {
        Doc { weight, ..self }
    }

    /// The bytes of its changes, inflated: what it holds in memory grows with these, not with what is shown.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// Whether a snapshot saves time: one of heavy, long values takes three times its weight in memory, and reads no faster.
    pub fn is_worth_a_snapshot(&self) -> bool {
        self.weight <= SNAPSHOT_WEIGHT.max(self.operations().saturating_mul(SNAPSHOT_BYTES_AN_OPERATION))
    }

    /// How many operations it holds.
    pub fn operations(&self) -> u64 {
        self.merged.stats().num_ops
    }

    /// Bytes that [`Doc::load`] reads; checked to load back to the same heads and content before they are given.
    ///
    /// # Errors
    /// `Corrupt` when they do not: the document must not be kept that way (protocol.md §5, "Poison").
    pub fn snapshot(&self) -> Result<Vec<u8>> {
        #[cfg(feature = "failpoints")]
        fail::fail_point!("document::snapshot", |_| Code::Corrupt.err());
        // No honest content is known that does this: unit tests say which document it happens to.
        #[cfg(test)]
        if ["title", "display_name"].iter().any(|key| self.now().tree().words(key).starts_with(DOES_NOT_LOAD_BACK)) {
            return Code::Corrupt.err();
        }
        let bytes = self.merged.save();
        let again = Doc::load(self.birth.clone(), &bytes)?;
        let same = again.heads() == self.heads() && again.now().tree() == self.now().tree();
        if same { Ok(bytes) } else { Code::Corrupt.err() }
    }

    /// What the document was born as.
    pub fn birth(&self) -> &Birth {
        &self.birth
    }
    /// Its id.
    pub fn id(&self) -> DocId {
        self.birth.doc()
    }
    /// The newest changes, sorted.
    pub fn heads(&self) -> Vec<ChangeId> {
        let mut heads: Vec<_> = self.merged.get_heads().iter().map(|hash| ChangeId(hash.0)).collect();
        heads.sort();
        heads
    }
    /// The token of the newest changes.
    pub fn rev(&self) -> Rev {
        Rev::of(&self.heads())
    }
    /// The document as it is.
    pub fn now(&self) -> View<'_> {
        View { doc: self, heads: None, content: None }
    }

    /// Reads the document as it was at these heads.
    ///
    /// # Errors
    /// `Stale` unless every head is known here: the text at unknown heads would read as empty (measured).
    pub fn at<T>(&self, heads: &[ChangeId], read: impl FnOnce(View<'_>) -> T) -> Result<T> {
        let heads = self.known(heads)?;
        Ok(read(View { doc: self, heads: Some(&heads), content: None }))
    }

    /// Reads the document as it was at these heads. Where `from` says what it was, and these changes on top of that are all
    /// that came since, only what they touch is looked at. Gives what to follow on from.
    ///
    /// # Errors
    /// `Stale` unless every head is known here.
    pub fn follow<T>(
        &self,
        from: Option<(Followed, &[Chunk])>,
        heads: &[ChangeId],
        read: impl FnOnce(View<'_>) -> T,
    ) -> Result<(Followed, T)> {
        let heads = self.known(heads)?;
        let followed = from.and_then(|(followed, changes)| followed.after(&self.merged, &heads, changes));
        let followed = followed.unwrap_or_else(|| Followed::read(&self.merged, &heads));
        let said = read(View { doc: self, heads: Some(&heads), content: Some(followed.tree()) });
        Ok((followed, said))
    }

    fn known(&self, heads: &[ChangeId]) -> Result<Vec<ChangeHash>> {
        let heads = hashes(heads);
        if heads.is_empty() || heads.iter().any(|head| self.merged.get_change_meta_by_hash(head).is_none()) {
            return Err(Code::Stale.detail().current(self.rev()).into());
        }
        Ok(heads)
    }

    /// Takes in changes that passed the gate, many in one call of the engine (one call per change is quadratic), but never
    /// more than [`SLICE_BYTES`] and one change: they are asked for as they are merged.
    ///
    /// # Errors
    /// `Internal` when the merge engine refuses: nothing of the sort is expected behind the gate.
    pub fn apply(&mut self, chunks: impl IntoIterator<Item = Vec<u8>>) -> Result<()> {
        let (mut slice, mut bytes) = (Vec::new(), 0);
        for chunk in chunks {
            bytes += chunk.len();
            self.weight += chunk.len() as u64;
            let change = Change::from_bytes(chunk);
            slice.push(change.map_err(|_| Error::Broken("document: a change that does not parse"))?);
            if bytes >= SLICE_BYTES {
                // What stands on a change of a later slice waits for it inside the engine.
                self.merged.apply_changes(std::mem::take(&mut slice)).map_err(merge_fault)?;
                bytes = 0;
            }
        }
        self.merged.apply_changes(slice).map_err(merge_fault)
    }

    /// Does the steps as this actor and gives the changes made, oldest first; none where nothing changed.
    ///
    /// # Errors
    /// `NotFound` when a step names something that is not there. The document may then hold a part of the steps and
    /// must be dropped by the caller, who has written nothing yet.
    pub fn perform(&mut self, actor: ActorKey, steps: &[Step]) -> Result<Vec<Vec<u8>>> {
        Ok(self.perform_described(actor, steps)?.into_iter().map(|(chunk, _)| chunk).collect())
    }

    /// [`Doc::perform`] with what each change says of itself, so that it need not be read again.
    ///
    /// # Errors
    /// Those of [`Doc::perform`].
    pub fn perform_described(&mut self, actor: ActorKey, steps: &[Step]) -> Result<Vec<(Vec<u8>, Described)>> {
        self.merged.set_actor(ActorId::from(actor.0));
        let mut made = Vec::new();
        let mut steps = steps.iter().flat_map(split).peekable();
        while steps.peek().is_some() {
            let mut tx = self.merged.transaction();
            while let Some(step) = steps.next_if(|_| tx.pending_ops() < CHANGE_OPERATIONS_MAX - 2 * INSERT_SCALARS) {
                perform_one(&mut tx, &step)?;
            }
            let (hash, _) = tx.commit_with(CommitOptions::default().with_time(0));
            made.extend(hash);
        }
        let told = |hash| {
            let change = self.merged.get_change_by_hash(&hash).ok_or(Error::Broken("document: own change"))?;
            Ok((change.raw_bytes().to_vec(), described(&change)?))
        };
        let made = made.into_iter().map(told).collect::<Result<Vec<_>>>()?;
        self.weight += made.iter().map(|(chunk, _)| chunk.len() as u64).sum::<u64>();
        Ok(made)
    }

    /// What a change of ours says of itself: actor, number, first and last operation, dependencies.
    ///
    /// # Errors
    /// `Internal` for bytes that are no change.
    pub fn describe(chunk: &[u8]) -> Result<Described> {
        described(&Change::from_bytes(chunk.to_vec()).map_err(|_| Error::Broken("document: own change"))?)
    }

    /// The splices that lead a text from these heads to now, in UTF-16 code units.
    ///
    /// # Errors
    /// `Stale` when the heads are unknown or the text there is not the text shown now.
    pub fn arrived_since(&self, path: &Path, heads: &[ChangeId]) -> Result<Vec<Splice>> {
        let stale = || Error::from(Code::Stale.detail().current(self.rev()));
        let now = find(&self.merged, path, None).ok_or(Code::NotFound)?;
        let then = self.at(heads, |view| find(&self.merged, path, view.heads))?.ok_or_else(stale)?;
        if now != then {
            return Err(stale());
        }
        let patches =
            self.merged.diff_obj(&now, &hashes(heads), &self.merged.get_heads(), false).map_err(merge_fault)?;
        Ok(splices_of(patches))
    }

    /// The splices that lead a text from one state back to an earlier one, in UTF-16 code units; `None` where it is not
    /// the same text in both, so that only the words can be compared.
    ///
    /// # Errors
    /// `Stale` when heads are unknown.
    pub fn way_back(&self, path: &Path, from: &[ChangeId], to: &[ChangeId]) -> Result<Option<Vec<Splice>>> {
        let there = |heads: &[ChangeId]| self.at(heads, |view| find(&self.merged, path, view.heads));
        let (Some(now), Some(then)) = (there(from)?, there(to)?) else { return Ok(None) };
        if now != then {
            return Ok(None);
        }
        let patches = self.merged.diff_obj(&now, &hashes(from), &hashes(to), false).map_err(merge_fault)?;
        Ok(Some(splices_of(patches)))
    }

    /// SHA-256 over the deterministic CBOR of [sorted heads, content]: equal where two devices show the same.
    pub fn hash(&self) -> [u8; 32] {
        let mut bytes = vec![0x82];
        bytes.extend(crate::cbor::encode(&self.heads()));
        self.now().tree().to_cbor(&mut bytes);
        sha256(&[&bytes])
    }
}

fn described(change: &Change) -> Result<Described> {
    let actor = ActorKey::from_slice(change.actor_id().to_bytes()).ok_or(Error::Broken("document: own actor"))?;
    Ok(Described {
        id: ChangeId(change.hash().0),
        actor,
        seq: change.seq(),
        start_op: change.start_op().get(),
        max_op: change.max_op(),
        operations: change.len(),
        deps: change.deps().iter().map(|hash| ChangeId(hash.0)).collect(),
    })
}

fn splices_of(patches: Vec<Patch>) -> Vec<Splice> {
    let splice = |patch: Patch| match patch.action {
        PatchAction::SpliceText { index, value, .. } => {
            Some(Splice { at: index, remove: 0, insert: value.make_string() })
        }
        PatchAction::DeleteSeq { index, length } => Some(Splice { at: index, remove: length, insert: String::new() }),
        _ => None,
    };
    patches.into_iter().filter_map(splice).collect()
}

/// A long new or inserted text as several steps, so that one change stays below the gate's bound.
fn split(step: &Step) -> Vec<Step> {
    let pieces = |text: &str| -> Vec<String> {
        let scalars: Vec<char> = text.chars().collect();
        scalars.chunks(INSERT_SCALARS).map(|piece| piece.iter().collect()).collect()
    };
    match step {
        Step::Text(path, text) if text.chars().count() > INSERT_SCALARS => {
            let whole = Splice { at: 0, remove: 0, insert: text.clone() };
            [Step::Text(path.clone(), String::new())]
                .into_iter()
                .chain(split(&Step::Splice(path.clone(), vec![whole])))
                .collect()
        }
        Step::Splice(path, splices) => splices
            .iter()
            .flat_map(|splice| {
                let mut at = splice.at;
                let removals = (0..splice.remove).step_by(INSERT_SCALARS).map(|done| Splice {
                    at: splice.at,
                    remove: INSERT_SCALARS.min(splice.remove - done),
                    insert: String::new(),
                });
                let inserts = pieces(&splice.insert).into_iter().map(move |insert| {
                    let here = at;
                    at += insert.encode_utf16().count();
                    Splice { at: here, remove: 0, insert }
                });
                removals.chain(inserts).collect::<Vec<_>>()
            })
            .map(|splice| Step::Splice(path.clone(), vec![splice]))
            .collect(),
        other => vec![other.clone()],
    }
}

fn find(doc: &Automerge, path: &[String], heads: Option<&[ChangeHash]>) -> Option<ObjId> {
    path.iter().try_fold(ROOT, |object, key| {
        let found = match heads {
            None => doc.get(&object, key.as_str()),
            Some(heads) => doc.get_at(&object, key.as_str(), heads),
        };
        match found {
            Ok(Some((Value::Object(_), id))) => Some(id),
            _ => None,
        }
    })
}

fn set_by(op: automerge::legacy::Op) -> Option<Scalar> {
    match op.action {
        OpType::Put(ScalarValue::Str(text)) => Some(Scalar::Str(text.to_string())),
        OpType::Put(ScalarValue::Bytes(bytes)) => Some(Scalar::Bytes(bytes)),
        _ => None,
    }
}

fn target(tx: &Transaction<'_>, path: &[String]) -> Result<ObjId> {
    path.iter().try_fold(ROOT, |object, key| match tx.get(&object, key.as_str()) {
        Ok(Some((Value::Object(_), id))) => Ok(id),
        _ => Code::NotFound.err(),
    })
}

fn perform_one(tx: &mut Transaction<'_>, step: &Step) -> Result<()> {
    let (Step::Set(path, _) | Step::Map(path) | Step::Text(path, _) | Step::Splice(path, _) | Step::Remove(path)) =
        step;
    let (key, parent) = path.split_last().ok_or(Error::Broken("document: an empty path"))?;
    let parent = target(tx, parent)?;
    let done = match step {
        Step::Set(_, scalar) => tx.put(&parent, key.as_str(), scalar_value(scalar)),
        Step::Map(_) => tx.put_object(&parent, key.as_str(), ObjType::Map).map(|_| ()),
        Step::Text(_, text) => tx
            .put_object(&parent, key.as_str(), ObjType::Text)
            .and_then(|id| if text.is_empty() { Ok(()) } else { tx.splice_text(&id, 0, 0, text) }),
        Step::Splice(_, splices) => {
            let text = target(tx, path)?;
            splices.iter().try_for_each(|splice| {
                let remove = isize::try_from(splice.remove).unwrap_or(isize::MAX);
                tx.splice_text(&text, splice.at, remove, &splice.insert)
            })
        }
        Step::Remove(_) => tx.delete(&parent, key.as_str()),
    };
    done.map_err(|_| Error::from(Code::NotFound.of(Field::Text)))
}

impl<'a> View<'a> {
    /// All content.
    pub fn tree(&self) -> Tree {
        self.content().into_owned()
    }

    /// All content, which is not copied where it is known already.
    pub fn content(&self) -> Cow<'a, Tree> {
        let read = || Cow::Owned(Tree::read(&self.doc.merged, &ROOT, self.heads));
        self.content.map_or_else(read, Cow::Borrowed)
    }

    /// What the document was born as.
    pub fn birth(&self) -> &Birth {
        self.doc.birth()
    }

    /// Every text and every bytes that a change up to here ever set as a single value, however often it was replaced or
    /// taken out since: for what is told by its hash and not by where it stands.
    pub fn ever_set(&self) -> Vec<Scalar> {
        let all = self.doc.merged.get_changes(&[]);
        let known: BTreeMap<ChangeHash, &Change> = all.iter().map(|change| (change.hash(), change)).collect();
        let mut open: Vec<ChangeHash> = self.heads.map_or_else(|| self.doc.merged.get_heads(), <[_]>::to_vec);
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        while let Some(hash) = open.pop() {
            let Some(change) = known.get(&hash).filter(|_| seen.insert(hash)) else { continue };
            open.extend(change.deps());
            found.extend(change.decode().operations.into_iter().filter(|op| !op.insert).filter_map(set_by));
        }
        found
    }

    /// Every value that devices set apart under the keys of a map, in the merge engine's order.
    pub fn all_values(&self, map: &str) -> BTreeMap<String, Vec<Scalar>> {
        let doc = &self.doc.merged;
        let is_empty = |known: &Tree| match known.get(map) {
            None => true,
            Some(Tree::Map(map)) => map.is_empty(),
            Some(_) => false,
        };
        if self.content.is_some_and(is_empty) {
            return BTreeMap::new();
        }
        let Some(object) = find(doc, &[map.to_owned()], self.heads) else { return BTreeMap::new() };
        let keys: Vec<String> = match self.heads {
            None => doc.keys(&object).collect(),
            Some(heads) => doc.keys_at(&object, heads).collect(),
        };
        let all = |key: String| {
            let values = self.values_in(&object, &key);
            (key, values)
        };
        keys.into_iter().map(all).collect()
    }

    /// The same for one key of a map that lies deeper.
    pub fn values_at(&self, map: &[String], key: &str) -> Vec<Scalar> {
        let object = find(&self.doc.merged, map, self.heads);
        object.map_or_else(Vec::new, |object| self.values_in(&object, key))
    }

    fn values_in(&self, object: &ObjId, key: &str) -> Vec<Scalar> {
        let doc = &self.doc.merged;
        let values = match self.heads {
            None => doc.get_all(object, key),
            Some(heads) => doc.get_all_at(object, key, heads),
        };
        let scalar = |(value, id): &(Value<'_>, ObjId)| match tree::read_value(
            doc,
            value,
            id,
            self.heads,
            &mut Vec::new(),
            &mut |_, _| {},
        ) {
            Tree::Scalar(scalar) => Some(scalar),
            _ => None,
        };
        values.unwrap_or_default().iter().filter_map(scalar).collect()
    }
}
