//! What each edit of a note does.

use crate::document::step::keys;
use crate::document::{Scalar, Step};
use crate::editing::Splice;
use crate::text::fold;

/// The first words of a new note.
pub fn begin(title: &str, body: &str, tags: &[String]) -> Vec<Step> {
    let whole = |text: &str| vec![Splice { at: 0, remove: 0, insert: text.to_owned() }];
    let mut steps = Vec::new();
    if !title.is_empty() {
        steps.push(Step::Splice(keys!["title"], whole(title)));
    }
    if !body.is_empty() {
        steps.push(Step::Splice(keys!["body"], whole(body)));
    }
    steps.extend(tags.iter().map(|tag| add_tag(tag)));
    steps
}

/// Changes the title or the body in place.
pub fn edit(field: &str, splices: Vec<Splice>) -> Step {
    Step::Splice(keys![field], splices)
}

/// Gives a tag.
pub fn add_tag(tag: &str) -> Step {
    Step::Set(keys!["tags", fold(tag)], tag.into())
}

/// Takes a tag off.
pub fn take_tag(tag: &str) -> Step {
    Step::Remove(keys!["tags", fold(tag)])
}

/// Shows it first, or no longer.
pub fn pin(pinned: bool) -> Step {
    Step::Set(keys!["pinned"], pinned.into())
}

/// Puts it in the trash at this time, or takes it out.
pub fn trash(at_ms: Option<i64>) -> Step {
    Step::Set(keys!["trashed_ms"], at_ms.map_or(Scalar::Null, Scalar::Int))
}
