//! Ideas, decisions and comments.

use belay::command::{Decision, TalkCommand, Target};
use belay::document::lane::IdeaKind;
use belay::ids::{DocId, ElementId, Rev};
use belay::text::PersonText;

/// What an idea or a comment is about.
#[uniffi::remote(Record)]
pub struct Target {
    /// A plan or a goal.
    pub doc: DocId,
    /// The part of a plan.
    pub part: Option<String>,
    /// The entry or step; `None` for something new.
    pub element: Option<ElementId>,
}

/// What an idea proposes.
#[uniffi::remote(Enum)]
pub enum IdeaKind {
    Add,
    Change,
    Remove,
    Move,
}

/// What the owner does with an idea.
#[uniffi::remote(Enum)]
pub enum Decision {
    /// Puts one of its wordings in, counted from 0.
    Add(u32),
    /// Puts it in with other words.
    AddAs(PersonText),
    /// Does not put it in; no reason is asked.
    Decline,
}

/// What members say to each other about a plan or a goal.
#[uniffi::remote(Enum)]
pub enum TalkCommand {
    /// One to five wordings; none for taking something out.
    /// `after`: where something new, or something moved, would stand.
    Suggest {
        on: Target,
        kind: IdeaKind,
        alternatives: Vec<PersonText>,
        why: PersonText,
        after: Option<ElementId>,
    },
    Withdraw {
        idea: ElementId,
    },
    /// `seen`: the revision of the target that was shown with the idea, needed where its words changed since.
    Decide {
        idea: ElementId,
        decision: Decision,
        seen: Option<Rev>,
    },
    Comment {
        on: Target,
        text: PersonText,
        quote: PersonText,
    },
}
