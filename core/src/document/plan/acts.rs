use super::{Choice, DecisionState, EntryState, PartState, PlanState};
use crate::document::act::{Act, ActKind, text_act};
use crate::ids::ElementId;
use std::collections::BTreeMap;

/// What changed from one state to the next; `None` before the document was made.
pub fn acts(before: Option<&PlanState>, after: &PlanState) -> Vec<Act> {
    let empty = PlanState::default();
    let mut acts = Vec::new();
    let is_frame = !after.template.is_empty();
    match before {
        None if is_frame => acts.push(Act::of(ActKind::PlanMade).at(&after.template).words("", &after.title)),
        None => {}
        Some(before) => {
            acts.extend(text_act(ActKind::PlanTitle, &before.title, &after.title));
            for (key, part) in &after.parts {
                acts.extend(part_acts(key, before.parts.get(key), part));
            }
        }
    }
    let before = before.unwrap_or(&empty);
    for (id, entry) in &after.entries {
        acts.extend(entry_acts(*id, before.entries.get(id), entry));
    }
    acts.extend(decision_acts(&before.decisions, &after.decisions));
    acts
}

fn part_acts(key: &str, before: Option<&PartState>, after: &PartState) -> Vec<Act> {
    let Some(before) = before else {
        return vec![Act::of(ActKind::PartAdded).at(key).words("", after.title.as_deref().unwrap_or_default())];
    };
    let mut acts = Vec::new();
    if before.owner != after.owner {
        acts.push(Act::of(ActKind::PartOwner).at(key).words(before.owner.name(), after.owner.name()));
    }
    if before.skipped != after.skipped {
        acts.push(Act::of(ActKind::PartSkipped).at(key));
    }
    if !before.gone && after.gone {
        acts.push(Act::of(ActKind::PartTaken).at(key));
    }
    acts
}

fn entry_acts(id: ElementId, before: Option<&EntryState>, after: &EntryState) -> Vec<Act> {
    let mut acts = Vec::new();
    match before {
        // A line brought over from another document of the plan is no new line.
        None if after.copied.is_some() => {}
        None => acts.push(Act::of(ActKind::EntryAdded).words("", &after.text)),
        Some(before) => {
            if before.copied == after.copied {
                acts.extend(text_act(ActKind::EntryText, &before.text, &after.text));
                if before.order != after.order {
                    acts.push(Act::of(ActKind::EntryMoved).words(&after.text, ""));
                }
            }
            match (before.gone, after.gone) {
                (false, true) => acts.push(Act::of(ActKind::EntryTaken).words(&before.text, "")),
                (true, false) => acts.push(Act::of(ActKind::EntryBack).words("", &after.text)),
                _ => {}
            }
        }
    }
    acts.into_iter().map(|act| act.on(id).at(&after.part)).collect()
}

/// What was decided from one state to the next.
pub fn decision_acts(
    before: &BTreeMap<ElementId, Vec<DecisionState>>,
    after: &BTreeMap<ElementId, Vec<DecisionState>>,
) -> Vec<Act> {
    let newly = |(idea, decisions): (&ElementId, &Vec<DecisionState>)| {
        let decision = decisions.last()?;
        if before.get(idea).is_some_and(|known| known.contains(decision)) {
            return None;
        }
        let kind = match decision.choice {
            Choice::Added => ActKind::IdeaAdded,
            Choice::Changed => ActKind::IdeaChanged,
            Choice::Declined => ActKind::IdeaDeclined,
        };
        Some(Act::of(kind).on(*idea).words("", &decision.text))
    };
    after.iter().filter_map(newly).collect()
}
