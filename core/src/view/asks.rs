//! What a screen may ask, and what it is answered.

use super::home::HomeDetail;
use super::kept_out::KeptOutRow;
use super::records::{
    At, Audience, GoalDetail, GoalRow, HistoryRow, IdeaDetail, NoteDetail, NoteRow, Page, PlanDetail, PlanRow,
};
use super::relationships::RelationshipRow;
use super::search::{SearchPage, SearchQuery};
use super::shares::{CopyDetail, ShareFilter, ShareRow};
use super::status::{StatesDetail, StatusDetail};
use super::watch::Watch;
use crate::command::TextTarget;
use crate::error::Code;
use crate::ids::{DocId, ElementId};
use crate::text::PersonText;

/// What was asked for, and what a screen may ask. All asks of one call see one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the screens")]
pub enum Ask {
    /// The first screen.
    Home,
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
    /// What stands for all that is accepted, to be compared. It closes what is open and hashes what changed since it was
    /// asked last, so it takes as long as that is much; no other ask does.
    States,
}

/// Which notes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteFilter {
    /// With this tag, in its folded form.
    pub tag: Option<PersonText>,
    /// Those in the trash instead.
    pub trash: bool,
}

/// The answer to one ask.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "one a kind of ask")]
pub enum Answer {
    Home(Box<HomeDetail>),
    Notes(Page<NoteRow>),
    Note(Box<NoteDetail>),
    Drafts(Page<super::DraftRow>),
    Draft(Box<super::DraftDetail>),
    Goals(Page<GoalRow>),
    Goal(Box<GoalDetail>),
    Plans(Page<PlanRow>),
    Plan(Box<PlanDetail>),
    Idea(Box<IdeaDetail>),
    Waiting(Page<IdeaDetail>),
    Search(SearchPage),
    History(Page<HistoryRow>),
    KeptOut(Page<KeptOutRow>),
    Audience(Box<Audience>),
    Shares(Page<ShareRow>),
    Copy(Box<CopyDetail>),
    Relationships(Vec<RelationshipRow>),
    Forgotten(Vec<super::ForgottenRow>),
    Repairs(Vec<super::RepairRow>),
    Status(Box<StatusDetail>),
    States(StatesDetail),
    /// What was asked for cannot be shown, and why; the other asks of the call are answered.
    No(Code),
}

/// The answers of one call, in the order of the asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The local commit they show.
    pub commit: u64,
    /// One an ask.
    pub answers: Vec<Answer>,
    /// What each answer depends on, and when time alone changes it.
    pub watch: Vec<Watch>,
}
