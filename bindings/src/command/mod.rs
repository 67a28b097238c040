//! What may be done, one enum a room, and what came of it.

pub mod giving;
pub mod goals;
pub mod may;
pub mod notes;
pub mod people;
pub mod plans;
pub mod talk;

pub use may::MayAnswer;

use belay::command::{
    Applied, Command, ConsentCommand, DraftCommand, ForgetCommand, GoalCommand, KeptOutCommand, NoteCommand, Outcome,
    PlanCommand, Preview, Purpose, RelationshipCommand, TalkCommand, TextEdit, TextTarget, UndoToken, Warning,
};
use belay::companion::Splice16;
use belay::editing::Splice;
use belay::ids::{DocId, ElementId, Hash32, MemberId};
use belay::projection::{Cause, Changes, How};
use belay::text::PersonText;

/// One thing to do. All of a list are done, or none.
#[uniffi::remote(Enum)]
pub enum Command {
    Note(NoteCommand),
    Draft(DraftCommand),
    Goal(GoalCommand),
    Plan(PlanCommand),
    Talk(TalkCommand),
    Relationship(RelationshipCommand),
    KeptOut(KeptOutCommand),
    Forget(ForgetCommand),
    Consent(ConsentCommand),
    /// Takes back what one call of `apply` did here, as a new change; what that gives takes the taking back back. Where
    /// others changed something since, what can be taken back is (`Warning::Partly`), and nobody's words are lost.
    Undo {
        token: UndoToken,
    },
}

/// A text as it should read, or the splices that lead there; made at the revision a screen showed.
#[uniffi::remote(Enum)]
pub enum TextEdit {
    /// The whole text.
    Whole(PersonText),
    /// UTF-16 splices, each on the text as the one before left it.
    Splices(Vec<Splice>),
}

/// What can be done with words that are not kept yet.
#[uniffi::remote(Enum)]
pub enum DraftCommand {
    /// Keeps all that a field showed, in place of what was kept for it: words that could not be written where they were
    /// meant. At most 1,048,576 UTF-16 code units.
    Keep { target: TextTarget, text: PersonText },
    /// Lets go of them.
    Discard { target: TextTarget },
}

uniffi::custom_type!(Splice, Splice16, {
    remote,
    lower: |splice| splice.into(),
    try_lift: |splice| Ok(Splice::from(&splice)),
});

/// What one command made or changed.
#[uniffi::remote(Record)]
pub struct Outcome {
    /// The object that was made, where one was.
    pub made: Option<DocId>,
    /// The entry, step, idea or comment that was made.
    pub element: Option<ElementId>,
    /// Everything that was touched.
    pub touched: Vec<DocId>,
}

/// What a person should know before, or has to know after.
#[uniffi::remote(Enum)]
pub enum Warning {
    /// It is not taken back by `Command::Undo`.
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

/// What a list of commands did.
#[uniffi::remote(Record)]
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

/// What a command would do, shown before it is done.
#[uniffi::remote(Record)]
pub struct Preview {
    /// The confirmation that is needed first. No command of today needs one: what does (leaving, devices, words, erasing,
    /// purging) are calls of their own.
    pub confirmation: Option<Purpose>,
    /// The members who would be able to read what it writes, sorted; nobody where it writes nothing.
    pub audience: Vec<MemberId>,
    /// The exact words that would leave this phone, one a paragraph, in the order they are written; empty where none do.
    pub leaves: Vec<PersonText>,
    /// What the person should know, in the order of `Warning`.
    pub warnings: Vec<Warning>,
    /// Stands for exactly this preview: the same while nothing changes, whatever the time; another one once what would be
    /// written or who would read it changes.
    pub hash: Hash32,
}

/// Who caused a change, seen from this device.
#[uniffi::remote(Enum)]
pub enum Cause {
    Mine,
    Theirs,
    Clock,
}

/// What became of an object.
#[uniffi::remote(Enum)]
pub enum How {
    Added,
    Changed,
    Gone,
    Rights,
}

/// What changed between two commits: ids only, never words.
#[uniffi::remote(Record)]
pub struct Changes {
    /// After this commit.
    pub from: u64,
    /// Up to this one.
    pub to: u64,
    /// What was touched, newest first, at most 256; `None`: more than that, read everything again.
    pub touched: Option<Vec<DocId>>,
}
