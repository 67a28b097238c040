//! What a screen asks for, and the answers.

pub mod drafts;
pub mod found;
pub mod goals;
pub mod kept;
pub mod notes;
pub mod pages;
pub mod parts;
pub mod plans;
pub mod shares;

pub use pages::{DraftPage, GoalPage, HistoryPage, IdeaPage, KeptOutPage, NotePage, PlanPage, SharePage};

use belay::command::TextTarget;
use belay::error::Code;
use belay::ids::{DocId, ElementId};
use belay::text::PersonText;
use belay::view::{
    Answer, Ask, At, Audience, CopyDetail, Cursor, DraftDetail, ForgottenRow, GoalDetail, IdeaDetail, NoteDetail,
    NoteFilter, PlanDetail, Reading, RelationshipRow, RepairRow, SearchPage, SearchQuery, ShareFilter, StatusDetail,
};

/// Which page.
#[uniffi::remote(Record)]
pub struct At {
    /// 1–200 rows.
    pub limit: u32,
    /// Behind this place; `None`: from the start.
    pub after: Option<Cursor>,
}

/// Which notes.
#[uniffi::remote(Record)]
pub struct NoteFilter {
    /// With this tag, in its folded form.
    pub tag: Option<PersonText>,
    /// Those in the trash instead.
    pub trash: bool,
}

/// What was asked for, and what a screen may ask. All asks of one call see one moment.
#[uniffi::remote(Enum)]
pub enum Ask {
    Notes {
        filter: NoteFilter,
        at: At,
    },
    Note {
        id: DocId,
    },
    /// Words typed and not kept yet, the newest first.
    Drafts {
        at: At,
    },
    Draft {
        target: TextTarget,
    },
    Goals {
        at: At,
    },
    Goal {
        id: DocId,
    },
    Plans {
        at: At,
    },
    Plan {
        id: DocId,
    },
    Idea {
        id: ElementId,
    },
    /// Open ideas that are mine to decide.
    Waiting {
        at: At,
    },
    Search {
        query: SearchQuery,
        at: At,
    },
    History {
        of: DocId,
        at: At,
    },
    KeptOut {
        at: At,
    },
    Audience {
        of: DocId,
    },
    /// Copies of notes that went from one to another, either way.
    Shares {
        filter: ShareFilter,
        at: At,
    },
    /// A copy, opened.
    Copy {
        id: DocId,
    },
    Relationships,
    /// What was forgotten, with what each phone said of it.
    Forgotten,
    /// What needs repair.
    Repairs,
    Status,
}

/// The answer to one ask.
#[uniffi::remote(Enum)]
pub enum Answer {
    Notes(NotePage),
    Note(Box<NoteDetail>),
    Drafts(DraftPage),
    Draft(Box<DraftDetail>),
    Goals(GoalPage),
    Goal(Box<GoalDetail>),
    Plans(PlanPage),
    Plan(Box<PlanDetail>),
    Idea(Box<IdeaDetail>),
    Waiting(IdeaPage),
    Search(SearchPage),
    History(HistoryPage),
    KeptOut(KeptOutPage),
    Audience(Box<Audience>),
    Shares(SharePage),
    Copy(Box<CopyDetail>),
    Relationships(Vec<RelationshipRow>),
    Forgotten(Vec<ForgottenRow>),
    Repairs(Vec<RepairRow>),
    Status(Box<StatusDetail>),
    /// What was asked for cannot be shown, and why; the other asks of the call are answered.
    No(Code),
}

/// The answers of one call, in the order of the asks.
#[uniffi::remote(Record)]
pub struct Reading {
    /// The local commit they show.
    pub commit: u64,
    /// One an ask.
    pub answers: Vec<Answer>,
}
