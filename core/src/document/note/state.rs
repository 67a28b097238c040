use crate::document::{Tree, View};
use crate::text::fold;
use std::collections::BTreeMap;

/// A note as its document says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NoteState {
    /// May be empty.
    pub title: String,
    /// Paragraphs, `- ` bullets, `- [ ]` checks, `**bold**`, `*italic*`.
    pub body: String,
    /// Folded form → as written. The fold is the key, so that one tag given apart is one tag.
    pub tags: BTreeMap<String, String>,
    /// Shown first.
    pub pinned: bool,
    /// When it was put in the trash, Unix milliseconds as claimed.
    pub trashed_ms: Option<i64>,
    /// A lock of its own: its words never appear in lists.
    pub extra_lock: bool,
}

impl NoteState {
    /// Reads what is there; anything of another shape counts as absent.
    pub fn read(view: View<'_>) -> Self {
        let tree = view.tree();
        NoteState {
            title: tree.words("title"),
            body: tree.words("body"),
            tags: tree.get("tags").map(tags).unwrap_or_default(),
            pinned: tree.flag("pinned"),
            trashed_ms: tree.int("trashed_ms"),
            extra_lock: tree.flag("extra_lock"),
        }
    }
}

fn tags(tree: &Tree) -> BTreeMap<String, String> {
    let written = |key: &String| tree.str(key).map_or_else(|| key.clone(), str::to_owned);
    tree.entries().map(|(key, _)| (fold(key), written(key))).collect()
}

crate::text::redacted!(NoteState);
