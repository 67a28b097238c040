//! Goals as they are shown.

use belay::command::May;
use belay::ids::{DocId, ElementId, Rev, SpaceId};
use belay::text::PersonText;
use belay::view::{
    Audience, CommentDetail, GoalDetail, GoalRow, IdeaDetail, Ownership, Person, Stage, StepDetail, When,
};

/// A goal in a list.
#[uniffi::remote(Record)]
pub struct GoalRow {
    pub id: DocId,
    pub title: PersonText,
    pub towards: PersonText,
    pub stage: Stage,
    pub ownership: Ownership,
    pub when: When,
    pub audience: String,
}

/// A step of a goal.
#[uniffi::remote(Record)]
pub struct StepDetail {
    pub id: ElementId,
    pub text: PersonText,
    /// `me`, `you`, `together`, `someone-else`, seen from the goal's owner.
    pub who: String,
    /// The one it is for, seen from here: a name or a word.
    pub who_label: PersonText,
    pub kind: String,
    pub by_date: Option<String>,
    /// The owner's word, or the named member's where the step is theirs to mark.
    pub stage: Stage,
    /// Who marked it last, where a named member did.
    pub marked_by: Option<Person>,
    pub may: May,
}

/// A goal opened.
#[uniffi::remote(Record)]
pub struct GoalDetail {
    pub id: DocId,
    pub space: SpaceId,
    pub title: PersonText,
    pub why: PersonText,
    pub towards: PersonText,
    pub away_from: PersonText,
    pub area: Option<PersonText>,
    pub stage: Stage,
    pub ownership: Ownership,
    pub steps: Vec<StepDetail>,
    pub ideas: Vec<IdeaDetail>,
    pub comments: Vec<CommentDetail>,
    pub when: When,
    pub audience: Audience,
    /// Set while it can only be read.
    pub repair: Option<Stage>,
    pub rev: Rev,
    pub may: May,
}
