//! The spaces I am in and what I call their other members: lies in my own space, so that nobody else sees it.

use crate::document::act::{Act, ActKind};
use crate::document::step::keys;
use crate::document::{Step, View};
use crate::ids::SpaceId;
use std::collections::BTreeMap;

/// The list as its document says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SpacesState {
    /// Each space with my name for the one I share it with.
    pub spaces: BTreeMap<SpaceId, String>,
}

impl SpacesState {
    /// Reads what is there.
    pub fn read(view: View<'_>) -> Self {
        let tree = view.content();
        let names = tree.get("names").cloned().unwrap_or_default();
        let spaces = tree.get("spaces").cloned().unwrap_or_default();
        let known = spaces.entries().filter_map(|(id, _)| Some((SpaceId::parse(id)?, names.words(id))));
        SpacesState { spaces: known.collect() }
    }
}

/// Names a space as one I am in, with my name for the other member.
pub fn add(space: SpaceId, nickname: &str) -> Vec<Step> {
    vec![Step::Set(keys!["spaces", space], true.into()), rename(space, nickname)]
}

/// Changes my name for the other member.
pub fn rename(space: SpaceId, nickname: &str) -> Step {
    Step::Set(keys!["names", space], nickname.into())
}

/// What changed from one state to the next.
pub fn acts(before: Option<&SpacesState>, after: &SpacesState) -> Vec<Act> {
    let named = |(id, name): (&SpaceId, &String)| {
        let was = before.and_then(|before| before.spaces.get(id)).map_or("", String::as_str);
        (was != name).then(|| Act::of(ActKind::SpaceNamed).at(&id.to_string()).words(was, name))
    };
    after.spaces.iter().filter_map(named).collect()
}

crate::text::redacted!(SpacesState);
