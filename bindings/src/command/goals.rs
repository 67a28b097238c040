//! Goals and their steps: what is done to them.

use belay::command::{GoalCommand, GoalDraft, StepDraft, TextEdit};
use belay::document::goal::{GoalStage, StepKind, StepStage, Who};
use belay::ids::{DocId, ElementId, Rev, SpaceId};
use belay::text::PersonText;

/// Where a goal stands. There is no failed and no overdue.
#[uniffi::remote(Enum)]
pub enum GoalStage {
    Exploring,
    Active,
    Resting,
    Achieved,
    Celebrated,
    SetAside,
}

/// Who a step is for, seen from the goal's owner.
#[uniffi::remote(Enum)]
pub enum Who {
    Me,
    You,
    Together,
    SomeoneElse,
}

/// What kind of step it is.
#[uniffi::remote(Enum)]
pub enum StepKind {
    Plain,
    Together,
    Experiment,
}

/// Where a step stands.
#[uniffi::remote(Enum)]
pub enum StepStage {
    Idea,
    Planned,
    Doing,
    Done,
    Changed,
    LetGo,
}

/// What a new goal begins with.
#[uniffi::remote(Record)]
pub struct GoalDraft {
    /// In own words, 1–300 scalars.
    pub title: PersonText,
    /// What it moves towards, 1–2,000 scalars.
    pub towards: PersonText,
    /// At most 2,000 scalars.
    pub away_from: PersonText,
    /// At most 2,000 scalars.
    pub why: PersonText,
    /// A life area of the person's own list, 1–80 scalars.
    pub area: Option<PersonText>,
}

/// What a new step begins with.
#[uniffi::remote(Record)]
pub struct StepDraft {
    /// 1–300 scalars.
    pub text: PersonText,
    /// Seen from the goal's owner.
    pub who: Who,
    /// Plain, together or an experiment.
    pub kind: StepKind,
    /// A day as `2026-11-22`; its passing changes nothing.
    pub by_date: Option<String>,
}

/// What can be done with goals.
#[uniffi::remote(Enum)]
pub enum GoalCommand {
    /// Private unless a shared space is named.
    Create {
        space: Option<SpaceId>,
        draft: GoalDraft,
    },
    /// `field`: title, towards, away_from, why.
    Edit {
        goal: DocId,
        field: String,
        base: Rev,
        text: TextEdit,
    },
    SetArea {
        goal: DocId,
        area: Option<PersonText>,
    },
    SetStage {
        goal: DocId,
        stage: GoalStage,
    },
    AddStep {
        goal: DocId,
        draft: StepDraft,
        after: Option<ElementId>,
    },
    EditStep {
        goal: DocId,
        step: ElementId,
        base: Rev,
        text: TextEdit,
    },
    /// By the owner in the goal, by a named member in that member's own lane.
    MarkStep {
        goal: DocId,
        step: ElementId,
        stage: StepStage,
    },
    MoveStep {
        goal: DocId,
        step: ElementId,
        after: Option<ElementId>,
    },
}
