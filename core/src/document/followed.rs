//! Content that follows a document from one change to the next: only what a change touches is read again, so that a log of
//! small changes to a long document costs what it says and not what the document says.

use super::tree::{self, Tree};
use crate::batch::Chunk;
use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Automerge, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A key of the document, or one of the map under it: what is read again in one piece. Kinds keep their lines, steps and
/// ideas in such maps, and whole texts under a key of the document.
type Place = Vec<String>;
/// Keys of a place, at most.
const PLACE_KEYS: usize = 2;

/// Content at some heads, and under which keys its objects lie.
pub struct Followed {
    tree: Tree,
    places: HashMap<ObjId, Place>,
}

impl std::fmt::Debug for Followed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Followed({} objects)", self.places.len())
    }
}

impl Followed {
    pub(super) fn read(doc: &Automerge, heads: &[ChangeHash]) -> Self {
        let mut places = HashMap::new();
        let tree = tree::read_seeing(doc, &ROOT, Some(heads), &mut Vec::new(), &mut |object, path| {
            places.insert(object.clone(), place(path));
        });
        Followed { tree, places }
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// What it says at these heads, which are those it was read at with these changes on top, and nothing else. `None` where
    /// that cannot be told from the changes.
    pub(super) fn after(mut self, doc: &Automerge, heads: &[ChangeHash], changes: &[Chunk]) -> Option<Self> {
        let mut touched: BTreeSet<Place> = BTreeSet::new();
        for change in changes {
            let change = Change::try_from(change.bytes()).ok()?;
            touched.extend(change.decode().operations.iter().filter_map(|op| self.place_of(op)));
        }
        // A key that is read again is read with all that is under it.
        let whole =
            |place: &Place| place.len() > 1 && place.first().is_some_and(|key| touched.contains(&vec![key.clone()]));
        touched.iter().filter(|place| !whole(place)).try_for_each(|place| self.read_again(doc, heads, place))?;
        #[cfg(test)]
        assert!(self.tree == Tree::read(doc, &ROOT, Some(heads)), "what was followed is not what is there");
        Some(self)
    }

    /// Where an operation shows; `None` inside an object that nobody sees: one that lost its key to another, was taken out,
    /// or comes with these changes, whose key is touched itself. Only what is done to its key can let it be seen.
    fn place_of(&self, op: &Op) -> Option<Place> {
        let above: &[String] = match &op.obj {
            ObjectId::Root => &[],
            ObjectId::Id(id) => self.places.get(&ObjId::Id(id.counter(), id.actor().clone(), 0))?,
        };
        let key = match &op.key {
            Key::Map(key) if above.len() < PLACE_KEYS => Some(key.to_string()),
            _ => None,
        };
        Some(above.iter().cloned().chain(key).collect())
    }

    fn read_again(&mut self, doc: &Automerge, heads: &[ChangeHash], place: &[String]) -> Option<()> {
        let (key, above) = place.split_last()?;
        let (mut object, mut map) = (ROOT, as_map(&mut self.tree)?);
        for key in above {
            object = doc.get_at(&object, key.as_str(), heads).ok()??.1;
            map = as_map(map.get_mut(key)?)?;
        }
        let places = &mut self.places;
        match doc.get_at(&object, key.as_str(), heads).ok()? {
            None => drop(map.remove(key)),
            Some((value, id)) => {
                let mut path = place.to_vec();
                let read = tree::read_value(doc, &value, &id, Some(heads), &mut path, &mut |object, path| {
                    places.insert(object.clone(), self::place(path));
                });
                map.insert(key.clone(), read);
            }
        }
        Some(())
    }
}

/// Whether a change writes in a text, or makes one.
pub fn writes_words(change: &Chunk) -> bool {
    let is_word = |op: &Op| matches!(op.key, Key::Seq(_)) || matches!(op.action, OpType::Make(ObjType::Text));
    Change::try_from(change.bytes()).is_ok_and(|change| change.decode().operations.iter().any(is_word))
}

fn place(path: &[String]) -> Place {
    path.iter().take(PLACE_KEYS).cloned().collect()
}

fn as_map(tree: &mut Tree) -> Option<&mut BTreeMap<String, Tree>> {
    match tree {
        Tree::Map(map) => Some(map),
        _ => None,
    }
}
