use crate::document::{Scalar, Tree};
use crate::ids::ElementId;
use std::collections::BTreeMap;

/// A line in a part of a plan.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EntryState {
    /// The key of its part.
    pub part: String,
    /// The words.
    pub text: String,
    /// Its place among the others.
    pub order: String,
    /// Taken out. The words stay in the document, so that an edit made apart is not lost with it.
    pub gone: bool,
    /// The idea it came from.
    pub from_idea: Option<ElementId>,
    /// SHA-256 of the words it was copied with, when another document held the part before.
    pub copied: Option<Vec<u8>>,
}

impl EntryState {
    fn read(tree: &Tree) -> Self {
        let copied = match tree.get("copied") {
            Some(Tree::Scalar(Scalar::Bytes(hash))) => Some(hash.clone()),
            _ => None,
        };
        EntryState {
            part: tree.str("part").unwrap_or_default().to_owned(),
            text: tree.words("text"),
            order: tree.str("order").unwrap_or_default().to_owned(),
            gone: tree.flag("gone"),
            from_idea: tree.str("from_idea").and_then(ElementId::parse),
            copied,
        }
    }

    /// All entries of a document.
    pub(super) fn read_all(tree: &Tree) -> BTreeMap<ElementId, EntryState> {
        let Some(entries) = tree.get("entries") else { return BTreeMap::new() };
        entries.entries().filter_map(|(id, entry)| Some((ElementId::parse(id)?, Self::read(entry)))).collect()
    }
}

crate::text::redacted!(EntryState);
