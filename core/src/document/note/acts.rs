use super::NoteState;
use crate::document::act::{Act, ActKind, text_act};

/// What changed from one state to the next; `None` before the note was made.
pub fn acts(before: Option<&NoteState>, after: &NoteState) -> Vec<Act> {
    let Some(before) = before else {
        return vec![Act::of(ActKind::NoteMade).words("", &after.title)];
    };
    let mut acts = Vec::new();
    acts.extend(text_act(ActKind::NoteTitle, &before.title, &after.title));
    acts.extend(text_act(ActKind::NoteBody, &before.body, &after.body));
    let only = |in_one: &NoteState, not_other: &NoteState, kind| -> Vec<Act> {
        let missing = |(key, tag): (&String, &String)| {
            (!not_other.tags.contains_key(key)).then(|| Act::of(kind).at(tag))
        };
        in_one.tags.iter().filter_map(missing).collect()
    };
    acts.extend(only(after, before, ActKind::TagAdded));
    acts.extend(only(before, after, ActKind::TagTaken));
    if before.pinned != after.pinned {
        acts.push(Act::of(if after.pinned { ActKind::Pinned } else { ActKind::Unpinned }));
    }
    if before.trashed_ms.is_some() != after.trashed_ms.is_some() {
        acts.push(Act::of(if after.trashed_ms.is_some() { ActKind::Trashed } else { ActKind::Restored }));
    }
    acts
}
