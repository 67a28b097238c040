//! The commands as plain data, and what comes back.

use crate::document::goal::{GoalStage, StepKind, StepStage, Who};
use crate::document::lane::IdeaKind;
use crate::document::plan::PartOwner;
use crate::editing::Splice;
use crate::ids::{BatchId, DocId, ElementId, Hash32, Rev, SpaceId};
use crate::projection::Changes;
use crate::text::PersonText;

/// One thing to do. All of a list are done, or none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "one variant a room")]
pub enum Command {
    Note(NoteCommand),
    Draft(super::DraftCommand),
    Goal(GoalCommand),
    Plan(PlanCommand),
    Talk(TalkCommand),
    Relationship(RelationshipCommand),
    KeptOut(KeptOutCommand),
    Forget(super::ForgetCommand),
    Consent(super::ConsentCommand),
    /// Takes back what one call of `apply` did here, as a new change; what that gives takes the taking back back. Where
    /// others changed something since, what can be taken back is ([`Warning::Partly`]), and nobody's words are lost.
    Undo {
        token: UndoToken,
    },
}

/// A text as it should read, or the splices that lead there; made at the revision a screen showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextEdit {
    /// The whole text.
    Whole(PersonText),
    /// UTF-16 splices, each on the text as the one before left it.
    Splices(Vec<Splice>),
}

/// What a new note begins with; all may be empty but one of title and body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteDraft {
    /// At most 200 scalars.
    pub title: PersonText,
    /// At most 100,000 scalars.
    pub body: PersonText,
    /// At most 30 of 1–40 scalars.
    pub tags: Vec<PersonText>,
}

/// Which text of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields")]
pub enum NoteField {
    Title,
    Body,
}

/// What can be done with notes; they are private (invariant I1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the acts")]
pub enum NoteCommand {
    Create { draft: NoteDraft },
    Edit { note: DocId, field: NoteField, base: Rev, text: TextEdit },
    AddTag { note: DocId, tag: PersonText },
    TakeTag { note: DocId, tag: PersonText },
    Pin { note: DocId },
    Unpin { note: DocId },
    Trash { note: DocId },
    Restore { note: DocId },
}

/// What a new goal begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the acts")]
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

/// What can be done with plans.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the acts")]
pub enum PlanCommand {
    /// Private unless a shared space is named. In a shared one the plan is its maker's.
    Create {
        space: Option<SpaceId>,
        template: String,
        title: PersonText,
    },
    EditTitle {
        plan: DocId,
        base: Rev,
        text: TextEdit,
    },
    AddPart {
        plan: DocId,
        title: PersonText,
        owner: PartOwner,
    },
    SetOwner {
        plan: DocId,
        part: String,
        owner: PartOwner,
    },
    SkipPart {
        plan: DocId,
        part: String,
    },
    UnskipPart {
        plan: DocId,
        part: String,
    },
    AddEntry {
        plan: DocId,
        part: String,
        text: PersonText,
        after: Option<ElementId>,
    },
    EditEntry {
        plan: DocId,
        entry: ElementId,
        base: Rev,
        text: TextEdit,
    },
    MoveEntry {
        plan: DocId,
        entry: ElementId,
        after: Option<ElementId>,
    },
    TakeEntry {
        plan: DocId,
        entry: ElementId,
    },
    BringBack {
        plan: DocId,
        entry: ElementId,
    },
    /// Words that were written on in a document the part is no longer shown from: put them in.
    TakeOver {
        plan: DocId,
        entry: ElementId,
    },
    /// The same: leave them where they are, and do not offer them again.
    LeaveOver {
        plan: DocId,
        entry: ElementId,
    },
}

/// What an idea or a comment is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// A plan or a goal.
    pub doc: DocId,
    /// The part of a plan.
    pub part: Option<String>,
    /// The entry or step; `None` for something new.
    pub element: Option<ElementId>,
}

/// What the owner does with an idea.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Puts one of its wordings in, counted from 0.
    Add(u32),
    /// Puts it in with other words.
    AddAs(PersonText),
    /// Does not put it in; no reason is asked.
    Decline,
}

/// What members say to each other about a plan or a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the acts")]
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

/// What can be done about people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the acts")]
pub enum RelationshipCommand {
    /// What I call the other member; only I see it.
    Nickname { space: SpaceId, name: PersonText },
    /// What I am called in a space; `None`: on my own devices.
    MyName { space: Option<SpaceId>, name: PersonText },
    /// A goal or plan of mine, shared with someone who left or whom I left, goes on in a new one of my own. The older
    /// one stays to be read.
    GoOnAlone { doc: DocId },
}

/// What can be done with changes that do not count (a screen lists them).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the acts")]
pub enum KeptOutCommand {
    /// Takes a change that can be read over into a document I may write: it counts from now on, under its writer's
    /// name. Where only the same words written again can count, that is done, in mine.
    Adopt { batch: BatchId },
}

/// What one command made or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The object that was made, where one was.
    pub made: Option<DocId>,
    /// The entry, step, idea or comment that was made.
    pub element: Option<ElementId>,
    /// Everything that was touched.
    pub touched: Vec<DocId>,
}

/// What a list of commands did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The local commit number.
    pub commit: u64,
    /// One outcome a command, in their order.
    pub outcomes: Vec<Outcome>,
    /// What it touched.
    pub changes: Changes,
    /// Takes it back, where that is possible.
    pub undo: Option<UndoToken>,
    /// What the person should know of it.
    pub warnings: Vec<Warning>,
}

/// Takes back what one `apply` did. Opaque to the host; good here alone, once, and for the last 20 calls, across locking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoToken(pub String);

/// What a confirmation is for: one purpose, 60 seconds, one use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the purposes")]
pub enum Purpose {
    Export,
    Backup,
    Devices,
    Leaving,
    Words,
    ExtraLock,
    Erase,
    Slots,
}

/// Proof that the person typed a secret just now. Opaque to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// What it is for.
    pub purpose: Purpose,
    /// Names it.
    pub token: String,
}

/// What a person should know before, or has to know after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Warning {
    /// It is not taken back by [`Command::Undo`].
    Lasting,
    /// Others keep it in what they hold of the past, also where it is taken back (invariant I5).
    StaysInHistory,
    /// Words go from every phone that hears of it, when a purge comes or 30 days went by.
    WordsGo,
    /// What another wrote in a part of their own does not come along.
    OthersWordsStay,
    /// Only a part could be taken back: the rest was changed since.
    Partly,
}

/// What a command would do, shown before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// The confirmation that is needed first. No command of today needs one: what does (leaving, devices, words, erasing,
    /// purging) are calls of their own.
    pub confirmation: Option<Purpose>,
    /// The members who would be able to read what it writes, sorted; nobody where it writes nothing.
    pub audience: Vec<crate::ids::MemberId>,
    /// The exact words that would leave this phone, one a paragraph, in the order they are written; empty where none do.
    pub leaves: Vec<PersonText>,
    /// What the person should know, in the order of [`Warning`].
    pub warnings: Vec<Warning>,
    /// Stands for exactly this preview: the same while nothing changes, whatever the time; another one once what would be
    /// written or who would read it changes.
    pub hash: Hash32,
}
