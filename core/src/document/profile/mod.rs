//! What a member says of themselves in one space: a name and pronouns of their choice, each a single value.

use crate::document::act::{Act, ActKind, text_act};
use crate::document::step::keys;
use crate::document::{Step, View};

/// A profile as its document says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProfileState {
    /// Empty until given.
    pub display_name: String,
    /// Empty unless given.
    pub pronouns: String,
}

impl ProfileState {
    /// Reads what is there.
    pub fn read(view: View<'_>) -> Self {
        let tree = view.content();
        ProfileState { display_name: tree.words("display_name"), pronouns: tree.words("pronouns") }
    }
}

/// Gives a name.
pub fn set_name(name: &str) -> Step {
    Step::Set(keys!["display_name"], name.into())
}

/// What changed from one state to the next.
pub fn acts(before: Option<&ProfileState>, after: &ProfileState) -> Vec<Act> {
    let empty = ProfileState::default();
    let before = before.unwrap_or(&empty);
    text_act(ActKind::NameChanged, &before.display_name, &after.display_name).into_iter().collect()
}

crate::text::redacted!(ProfileState);
