use super::mark::{OWNER_FIRST, StepMark};
use crate::document::named::named;
use crate::document::origin::read_origin;
use crate::document::plan::{self, DecisionState};
use crate::document::{Scalar, Tree, View};
use crate::ids::{DocId, ElementId};
use std::collections::BTreeMap;

named! {
    /// Where a goal stands. There is no failed and no overdue.
    GoalStage {
        Exploring = "exploring", Active = "active", Resting = "resting", Achieved = "achieved",
        Celebrated = "celebrated", SetAside = "set-aside",
    }
}
named! {
    /// Where a step stands.
    StepStage {
        Idea = "idea", Planned = "planned", Doing = "doing", Done = "done", Changed = "changed", LetGo = "let-go",
    }
}
named! {
    /// Who a step is for, seen from the goal's owner.
    Who { Me = "me", You = "you", Together = "together", SomeoneElse = "someone-else" }
}
named! {
    /// What kind of step it is.
    StepKind { Plain = "plain", Together = "together", Experiment = "experiment" }
}

/// A goal as its document says.
#[derive(Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "domain.md §3.5 names the fields")]
pub struct GoalState {
    pub title: String,
    pub why: String,
    pub towards: String,
    pub away_from: String,
    pub area: Option<String>,
    pub stage: GoalStage,
    pub steps: BTreeMap<ElementId, StepState>,
    pub decisions: BTreeMap<ElementId, Vec<DecisionState>>,
    /// The goal of mine that this one goes on from, where that one has ended.
    pub origin: Option<DocId>,
}

/// A step as its goal says; a named member's mark lies in that member's lane.
#[derive(Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "domain.md §3.5 names the fields")]
pub struct StepState {
    pub text: String,
    pub who: Who,
    pub kind: StepKind,
    pub by_date: Option<String>,
    pub stage: StepMark,
    pub order: String,
    pub gone: bool,
}

impl GoalState {
    /// Reads what is there; anything of another shape counts as absent.
    pub fn read(view: View<'_>) -> Self {
        let tree = view.content();
        let stage = tree.str("stage").and_then(GoalStage::from_name).unwrap_or_default();
        let steps = tree.get("steps").map(|steps| {
            let read = |(id, step): (&String, &Tree)| {
                let stages = view.values_at(&["steps".to_owned(), id.clone()], "stage");
                Some((ElementId::parse(id)?, StepState::read(step, &stages)))
            };
            steps.entries().filter_map(read).collect()
        });
        GoalState {
            title: tree.words("title"),
            why: tree.words("why"),
            towards: tree.words("towards"),
            away_from: tree.words("away_from"),
            area: tree.str("area").map(str::to_owned),
            stage,
            steps: steps.unwrap_or_default(),
            decisions: plan::read_decisions(view),
            origin: read_origin(&tree),
        }
    }

    /// The text of one of [`super::TEXT_FIELDS`].
    pub fn text(&self, field: &str) -> &str {
        match field {
            "title" => &self.title,
            "why" => &self.why,
            "towards" => &self.towards,
            _ => &self.away_from,
        }
    }
}

impl StepState {
    fn read(tree: &Tree, stages: &[Scalar]) -> Self {
        StepState {
            text: tree.words("text"),
            who: tree.str("who").and_then(Who::from_name).unwrap_or_default(),
            kind: tree.str("kind").and_then(StepKind::from_name).unwrap_or_default(),
            by_date: tree.str("by_date").map(str::to_owned),
            stage: StepMark::of_all(stages, OWNER_FIRST).unwrap_or_default(),
            order: tree.str("order").unwrap_or_default().to_owned(),
            gone: tree.flag("gone"),
        }
    }
}

crate::text::redacted!(GoalState, StepState);
