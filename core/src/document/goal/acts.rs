use super::{GoalState, StepState, TEXT_FIELDS};
use crate::document::act::{Act, ActKind, text_act};
use crate::document::plan::decision_acts;
use crate::ids::ElementId;

/// What changed from one state to the next; `None` before the goal was made.
pub fn acts(before: Option<&GoalState>, after: &GoalState) -> Vec<Act> {
    let mut acts = Vec::new();
    match before {
        None => acts.push(Act::of(ActKind::GoalMade).words("", &after.title)),
        Some(before) => {
            for field in TEXT_FIELDS {
                let act = text_act(ActKind::GoalField, before.text(field), after.text(field));
                acts.extend(act.map(|act| act.at(field)));
            }
            if before.stage != after.stage {
                acts.push(Act::of(ActKind::GoalState).words(before.stage.name(), after.stage.name()));
            }
        }
    }
    let empty = GoalState::default();
    let before = before.unwrap_or(&empty);
    for (id, step) in &after.steps {
        acts.extend(step_acts(*id, before.steps.get(id), step));
    }
    acts.extend(decision_acts(&before.decisions, &after.decisions));
    acts
}

fn step_acts(id: ElementId, before: Option<&StepState>, after: &StepState) -> Vec<Act> {
    let Some(before) = before else {
        return vec![Act::of(ActKind::StepAdded).words("", &after.text).on(id)];
    };
    let mut acts = Vec::new();
    acts.extend(text_act(ActKind::StepText, &before.text, &after.text));
    if before.stage != after.stage {
        acts.push(Act::of(ActKind::StepState).at(after.stage.name()).words(&after.text, ""));
    }
    if before.who != after.who {
        acts.push(Act::of(ActKind::StepWho).at(after.who.name()).words(&after.text, ""));
    }
    if before.order != after.order {
        acts.push(Act::of(ActKind::StepMoved).words(&after.text, ""));
    }
    if !before.gone && after.gone {
        acts.push(Act::of(ActKind::StepTaken).words(&before.text, ""));
    }
    acts.into_iter().map(|act| act.on(id)).collect()
}
