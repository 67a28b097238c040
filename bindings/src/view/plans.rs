//! Plans, ideas and comments as they are shown.

use belay::command::May;
use belay::ids::{DocId, ElementId, Rev, SpaceId};
use belay::text::PersonText;
use belay::view::{
    Audience, CommentDetail, Direction, EntryDetail, IdeaDetail, Ownership, PartDetail, Person, PlanDetail, PlanRow,
    Stage, When,
};

/// A plan in a list.
#[uniffi::remote(Record)]
pub struct PlanRow {
    pub id: DocId,
    pub space: SpaceId,
    pub template: String,
    /// Its own title, else the template's.
    pub title: PersonText,
    pub ownership: Ownership,
    pub when: When,
    pub audience: String,
}

/// A line of a plan.
#[uniffi::remote(Record)]
pub struct EntryDetail {
    pub id: ElementId,
    /// The document it lies in; its revision is what an edit names.
    pub rev: Rev,
    pub text: PersonText,
    pub dir: Direction,
    /// Everyone who wrote in it, but for those whose words are all gone from it.
    pub by: Vec<Person>,
    /// `you, 3 May`
    pub by_label: String,
    pub when: When,
    /// Whose column, where each member has one.
    pub column: Option<Person>,
    pub may: May,
}

/// A part of a plan.
#[uniffi::remote(Record)]
pub struct PartDetail {
    pub key: String,
    pub title: PersonText,
    pub prompt: String,
    pub ownership: Ownership,
    pub skipped: bool,
    pub entries: Vec<EntryDetail>,
    /// Open ideas for this part.
    pub ideas: Vec<IdeaDetail>,
    /// Lines that someone wrote on, not knowing, where the part was shown from before: to take over or to leave.
    pub left_over: Vec<EntryDetail>,
    pub may: May,
}

/// A plan opened.
#[uniffi::remote(Record)]
pub struct PlanDetail {
    pub id: DocId,
    pub space: SpaceId,
    pub template: String,
    pub title: PersonText,
    pub ownership: Ownership,
    pub parts: Vec<PartDetail>,
    pub comments: Vec<CommentDetail>,
    pub audience: Audience,
    /// Set while it can only be read.
    pub repair: Option<Stage>,
    pub rev: Rev,
    pub may: May,
}

/// An idea.
#[uniffi::remote(Record)]
pub struct IdeaDetail {
    pub id: ElementId,
    pub about: DocId,
    pub part: String,
    /// The part's or goal's name.
    pub target_label: PersonText,
    /// `add`, `change`, `remove`, `move`.
    pub kind: String,
    pub by: Person,
    pub alternatives: Vec<PersonText>,
    pub why: PersonText,
    /// How the line it would change reads now; empty for something new.
    pub before: PersonText,
    /// Whether that changed since the idea was written.
    pub stale: bool,
    /// What a decision names as seen.
    pub rev: Option<Rev>,
    pub stage: Stage,
    /// The words that were put in.
    pub decided: Option<PersonText>,
    /// More than one where devices decided apart: the owner picks.
    pub decisions: u32,
    pub when: When,
    pub may: May,
}

/// A comment.
#[uniffi::remote(Record)]
pub struct CommentDetail {
    pub id: ElementId,
    pub part: String,
    pub element: Option<ElementId>,
    pub by: Person,
    pub text: PersonText,
    pub quote: PersonText,
    pub when: When,
}
