//! What a screen asks for, and the answers.

pub mod drafts;
pub mod found;
pub mod goals;
pub mod home;
pub mod kept;
pub mod notes;
pub mod pages;
pub mod parts;
pub mod plans;
pub mod shares;

pub use pages::{DraftPage, GoalPage, HistoryPage, IdeaPage, KeptOutPage, NotePage, PlanPage, SharePage};

use belay::command::TextTarget;
use belay::error::Code;
use belay::ids::{BatchId, DocId, ElementId, ObjectId};
use belay::projection::Matter;
use belay::text::PersonText;
use belay::view::{
    Anchor, Answer, Ask, At, Audience, CopyDetail, Cursor, DraftDetail, ForgottenRow, GoalDetail, HomeDetail,
    IdeaDetail, NoteDetail, NoteFilter, PlanDetail, Reading, RelationshipRow, RepairRow, SearchPage, SearchQuery,
    ShareFilter, StatesDetail, StatusDetail, Watch,
};

/// What a page can be around.
#[uniffi::remote(Enum)]
pub enum Anchor {
    /// A note, goal or plan, in a list of these.
    Object { id: DocId },
    /// An idea, in the list of those that wait.
    Idea { id: ElementId },
    /// A change that was kept out.
    Change { id: BatchId },
}

/// Which page.
#[uniffi::remote(Record)]
pub struct At {
    /// 1–200 rows.
    pub limit: u32,
    /// A page's `next` or `previous`: from that place on, or up to it; `None`: from the start.
    pub after: Option<Cursor>,
    /// Instead of `after`: about in the middle of the page. Where it is gone, its old place as far as that is known here,
    /// else the start.
    pub around: Option<Anchor>,
    /// Whether to count the whole list, which costs as much as there is.
    pub total: bool,
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

/// The answer to one ask.
#[uniffi::remote(Enum)]
pub enum Answer {
    Home(Box<HomeDetail>),
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
    States(StatesDetail),
    /// What was asked for cannot be shown, and why; the other asks of the call are answered.
    No(Code),
}

/// When an answer has to be asked for again: where a change touches one of these, and at `until_ms`.
///
/// It may be met though the answer is the same: lists depend on all of their kind, names on my whole list of names for
/// people, and what waits, what was kept out or forgotten on every log. It is never unmet where the answer is another.
#[uniffi::remote(Record)]
pub struct Watch {
    /// Everything of these kinds.
    pub kinds: Vec<Matter>,
    /// These, and whatever has one of them as its parent.
    pub objects: Vec<ObjectId>,
    /// Until then time alone changes nothing, where the host's zone and language stay; `None`: it never does.
    pub until_ms: Option<i64>,
}

/// The answers of one call, in the order of the asks.
#[uniffi::remote(Record)]
pub struct Reading {
    /// The local commit they show.
    pub commit: u64,
    /// One an ask.
    pub answers: Vec<Answer>,
    /// What each answer depends on, and when time alone changes it.
    pub watch: Vec<Watch>,
}
