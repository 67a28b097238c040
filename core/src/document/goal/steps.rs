//! What each edit of a goal does.

use super::{GoalStage, OWNER_FIRST, StepMark, StepState};
use crate::document::step::keys;
use crate::document::{Scalar, Step};
use crate::editing::Splice;
use crate::ids::ElementId;

/// Changes one of the goal's texts in place.
pub fn edit(field: &str, splices: Vec<Splice>) -> Step {
    Step::Splice(keys![field], splices)
}

/// The first words of one of the goal's texts.
pub fn begin(field: &str, text: &str) -> Vec<Step> {
    if text.is_empty() {
        return Vec::new();
    }
    vec![edit(field, vec![Splice { at: 0, remove: 0, insert: text.to_owned() }])]
}

/// Where the goal stands.
pub fn set_stage(stage: GoalStage) -> Step {
    Step::Set(keys!["stage"], stage.name().into())
}

/// The life area, from the person's own list.
pub fn set_area(area: Option<&str>) -> Step {
    Step::Set(keys!["area"], area.map_or(Scalar::Null, Scalar::from))
}

/// A new step.
pub fn add_step(id: ElementId, step: &StepState) -> Vec<Step> {
    let mut steps = vec![
        Step::Map(keys!["steps", id]),
        Step::Text(keys!["steps", id, "text"], step.text.clone()),
        Step::Set(keys!["steps", id, "who"], step.who.name().into()),
        Step::Set(keys!["steps", id, "kind"], step.kind.name().into()),
        Step::Set(keys!["steps", id, "stage"], step.stage.spelled(OWNER_FIRST).as_str().into()),
        Step::Set(keys!["steps", id, "order"], step.order.as_str().into()),
    ];
    if let Some(date) = &step.by_date {
        steps.push(Step::Set(keys!["steps", id, "by_date"], date.as_str().into()));
    }
    steps
}

/// Changes a step's words in place.
pub fn edit_step(id: ElementId, splices: Vec<Splice>) -> Step {
    Step::Splice(keys!["steps", id, "text"], splices)
}

/// Where a step stands, by its owner.
pub fn set_step_stage(id: ElementId, stage: StepMark) -> Step {
    Step::Set(keys!["steps", id, "stage"], stage.spelled(OWNER_FIRST).as_str().into())
}

/// Where a step lies among the others.
pub fn move_step(id: ElementId, order: &str) -> Step {
    Step::Set(keys!["steps", id, "order"], order.into())
}
