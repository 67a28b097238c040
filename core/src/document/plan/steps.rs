//! What each edit of a plan does, in whichever of its documents the part lies.

use super::{DecisionState, EntryState, PartOwner, PartState};
use crate::crypto::hash::sha256;
use crate::document::step::keys;
use crate::document::{Scalar, Step};
use crate::editing::{Splice, differences};
use crate::ids::ElementId;

/// The frame of a new plan.
pub fn begin(template: &str, version: i64, title: &str) -> Vec<Step> {
    let mut steps =
        vec![Step::Set(keys!["template"], template.into()), Step::Set(keys!["template_version"], version.into())];
    if !title.is_empty() {
        steps.push(edit_title(vec![Splice { at: 0, remove: 0, insert: title.to_owned() }]));
    }
    steps
}

/// Changes the plan's own title in place.
pub fn edit_title(splices: Vec<Splice>) -> Step {
    Step::Splice(keys!["title"], splices)
}

/// A new part.
pub fn add_part(key: &str, part: &PartState) -> Vec<Step> {
    let mut steps = vec![
        Step::Map(keys!["parts", key]),
        Step::Set(keys!["parts", key, "owner"], part.owner.name().into()),
        Step::Set(keys!["parts", key, "order"], part.order.as_str().into()),
    ];
    if let Some(title) = &part.title {
        steps.push(Step::Set(keys!["parts", key, "title"], title.as_str().into()));
    }
    steps
}

/// Who writes a part from now on.
pub fn set_owner(key: &str, owner: PartOwner) -> Step {
    Step::Set(keys!["parts", key, "owner"], owner.name().into())
}

/// Leaves a part empty on purpose, or no longer.
pub fn skip_part(key: &str, skipped: bool) -> Step {
    Step::Set(keys!["parts", key, "skipped"], skipped.into())
}

/// A new line.
pub fn add_entry(id: ElementId, entry: &EntryState) -> Vec<Step> {
    let mut steps = vec![
        Step::Map(keys!["entries", id]),
        Step::Set(keys!["entries", id, "part"], entry.part.as_str().into()),
        Step::Set(keys!["entries", id, "order"], entry.order.as_str().into()),
        new_text(id, &entry.text),
    ];
    if let Some(idea) = entry.from_idea {
        steps.push(Step::Set(keys!["entries", id, "from_idea"], idea.to_string().into()));
    }
    steps
}

/// A new text for a line: a decision or a copy never mixes its letters into older ones.
pub fn new_text(id: ElementId, text: &str) -> Step {
    Step::Text(keys!["entries", id, "text"], text.to_owned())
}

/// Changes a line's words in place.
pub fn edit_entry(id: ElementId, splices: Vec<Splice>) -> Step {
    Step::Splice(keys!["entries", id, "text"], splices)
}

/// Where a line lies among the others.
pub fn move_entry(id: ElementId, order: &str) -> Step {
    Step::Set(keys!["entries", id, "order"], order.into())
}

/// Takes a line out, or brings it back.
pub fn take_entry(id: ElementId, gone: bool) -> Step {
    Step::Set(keys!["entries", id, "gone"], gone.into())
}

/// Sets the one register of an idea.
pub fn decide(idea: ElementId, decision: &DecisionState) -> Step {
    Step::Set(keys!["decisions", idea], decision.to_scalar())
}

/// Brings a line of another document into this one, as its newest words here.
pub fn copy_entry(id: ElementId, from: &EntryState, here: Option<&EntryState>) -> Vec<Step> {
    let mut steps = match here {
        None => add_entry(id, &EntryState { gone: false, ..from.clone() }),
        Some(here) if here.text == from.text => Vec::new(),
        Some(_) => vec![new_text(id, &from.text)],
    };
    if here.is_some_and(|here| here.order != from.order) {
        steps.push(move_entry(id, &from.order));
    }
    if here.map_or(from.gone, |here| here.gone != from.gone) {
        steps.push(take_entry(id, from.gone));
    }
    steps.push(copied(id, &from.text));
    steps
}

/// Brings a line back into a document that has it already. Only what differs is written, into the text that is there,
/// so that what someone types there meanwhile, not knowing, is merged and not hidden under a new text.
pub fn return_entry(id: ElementId, from: &EntryState, here: &EntryState) -> Vec<Step> {
    let mut steps = vec![edit_entry(id, differences(&here.text, &from.text))];
    steps.retain(|_| here.text != from.text);
    if here.order != from.order {
        steps.push(move_entry(id, &from.order));
    }
    if here.gone != from.gone {
        steps.push(take_entry(id, from.gone));
    }
    steps.push(copied(id, &from.text));
    steps
}

/// Leaves a line with words of its own as it is: those shown so far are offered beside it.
pub fn keep_entry(id: ElementId, here: &EntryState) -> Step {
    copied(id, &here.text)
}

/// Notes that the words of a line elsewhere were seen and not put in.
pub fn pass_over(id: ElementId, from: &EntryState, here: Option<&EntryState>) -> Vec<Step> {
    let mut steps = match here {
        Some(_) => Vec::new(),
        None => [add_entry(id, from), vec![take_entry(id, true)]].concat(),
    };
    steps.push(copied(id, &from.text));
    steps
}

fn copied(id: ElementId, text: &str) -> Step {
    Step::Set(keys!["entries", id, "copied"], Scalar::Bytes(sha256(&[text.as_bytes()]).to_vec()))
}
