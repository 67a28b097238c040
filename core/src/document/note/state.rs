use crate::document::{Step, Tree, View};
use crate::editing::put_in;
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
        let tree = view.content();
        NoteState {
            title: tree.words("title"),
            body: tree.words("body"),
            tags: tree.get("tags").map(tags).unwrap_or_default(),
            pinned: tree.flag("pinned"),
            trashed_ms: tree.int("trashed_ms"),
            extra_lock: tree.flag("extra_lock"),
        }
    }

    /// What it becomes by letters that go into its texts or out of them; `None` for any other step.
    pub fn after(&self, steps: &[Step]) -> Option<Self> {
        let mut next = self.clone();
        for step in steps {
            let Step::Splice(path, splices) = step else { return None };
            let text = match path.as_slice() {
                [name] if name == "title" => &mut next.title,
                [name] if name == "body" => &mut next.body,
                _ => return None,
            };
            // A place inside a sign is for the merge engine, which knows how to widen it.
            splices.iter().try_for_each(|splice| put_in(text, splice))?;
        }
        Some(next)
    }
}

fn tags(tree: &Tree) -> BTreeMap<String, String> {
    let written = |key: &String| tree.str(key).map_or_else(|| key.clone(), str::to_owned);
    tree.entries().map(|(key, _)| (fold(key), written(key))).collect()
}

crate::text::redacted!(NoteState);
