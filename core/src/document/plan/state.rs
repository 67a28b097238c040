use super::decision::{DecisionState, read_decisions};
use super::entry::EntryState;
use crate::batch::BIRTH_KEY_BYTES_MAX;
use crate::document::named::named;
use crate::document::origin::read_origin;
use crate::document::{Tree, View};
use crate::ids::{DocId, ElementId};
use std::collections::BTreeMap;

named! {
    /// Who writes a part.
    PartOwner { Person = "person", Supporter = "supporter", Both = "both", Each = "each" }
}

/// A plan's document of any of its three kinds: frames have parts, the others have none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PlanState {
    /// Empty for a plan that is called after its template.
    pub title: String,
    /// The template's key.
    pub template: String,
    /// The template's version.
    pub template_version: i64,
    /// Parts by key.
    pub parts: BTreeMap<String, PartState>,
    /// Lines by id, those taken out as well.
    pub entries: BTreeMap<ElementId, EntryState>,
    /// Decisions by the idea's id.
    pub decisions: BTreeMap<ElementId, Vec<DecisionState>>,
    /// The plan of mine that this one goes on from, where that one has ended.
    pub origin: Option<DocId>,
}

/// A part of a plan.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PartState {
    /// Who writes it.
    pub owner: PartOwner,
    /// Its place among the parts.
    pub order: String,
    /// A heading of the person's own; `None`: the template's.
    pub title: Option<String>,
    /// Left empty on purpose.
    pub skipped: bool,
    /// Taken out.
    pub gone: bool,
}

impl PlanState {
    /// Reads what is there; anything of another shape counts as absent.
    pub fn read(view: View<'_>) -> Self {
        let tree = view.content();
        // A key that no birth can carry, or that stands for no part, would make documents nobody can load.
        let is_key = |key: &str| !key.is_empty() && key.len() <= BIRTH_KEY_BYTES_MAX;
        let parts = tree.get("parts").map(|parts| {
            let sound = parts.entries().filter(|(key, _)| is_key(key));
            sound.map(|(key, part)| (key.clone(), PartState::read(part))).collect()
        });
        PlanState {
            title: tree.words("title"),
            template: tree.str("template").unwrap_or_default().to_owned(),
            template_version: tree.int("template_version").unwrap_or_default(),
            parts: parts.unwrap_or_default(),
            entries: EntryState::read_all(&tree),
            decisions: read_decisions(view),
            origin: read_origin(&tree),
        }
    }

    /// The live entries of a part in the order they are shown.
    pub fn shown(&self, part: &str) -> Vec<(ElementId, &EntryState)> {
        let live = self.entries.iter().filter(|(_, entry)| entry.part == part && !entry.gone);
        let mut shown: Vec<_> = live.map(|(id, entry)| (*id, entry)).collect();
        shown.sort_by(|(a_id, a), (b_id, b)| (&a.order, a_id).cmp(&(&b.order, b_id)));
        shown
    }
}

impl PartState {
    fn read(tree: &Tree) -> Self {
        PartState {
            owner: tree.str("owner").and_then(PartOwner::from_name).unwrap_or_default(),
            order: tree.str("order").unwrap_or_default().to_owned(),
            title: tree.str("title").map(str::to_owned),
            skipped: tree.flag("skipped"),
            gone: tree.flag("gone"),
        }
    }
}

crate::text::redacted!(PlanState, PartState);
