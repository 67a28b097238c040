use super::CopyState;
use crate::document::act::{Act, ActKind};

/// What changed from one state to the next: a copy is given, once. How much of a note it is stays told when the words
/// are gone; the words themselves lie in the copy alone.
pub fn acts(before: Option<&CopyState>, after: &CopyState) -> Vec<Act> {
    let was = before.is_some_and(|before| before.copied.is_some());
    let given = after.copied.as_ref().filter(|_| !was);
    given.map(|copied| Act::of(ActKind::CopyGiven).at(copied.extent.name())).into_iter().collect()
}
