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
    Applied, Command, ConsentCommand, ForgetCommand, GoalCommand, KeptOutCommand, NoteCommand, Outcome, PlanCommand,
    RelationshipCommand, TalkCommand, TextEdit, UndoToken,
};
use belay::editing::Splice;
use belay::ids::{DocId, ElementId};
use belay::projection::{Cause, Changes, How};
use belay::text::PersonText;

/// One thing to do. All of a list are done, or none.
#[uniffi::remote(Enum)]
pub enum Command {
    Note(NoteCommand),
    Goal(GoalCommand),
    Plan(PlanCommand),
    Talk(TalkCommand),
    Relationship(RelationshipCommand),
    KeptOut(KeptOutCommand),
    Forget(ForgetCommand),
    Consent(ConsentCommand),
}

/// A text as it should read, or the splices that lead there; made at the revision a screen showed.
#[uniffi::remote(Enum)]
pub enum TextEdit {
    /// The whole text.
    Whole(PersonText),
    /// UTF-16 splices, each on the text as the one before left it.
    Splices(Vec<Splice>),
}

/// One replacement in a text, in UTF-16 code units; in a list, each is on the text as the one before left it.
#[derive(uniffi::Record)]
pub struct Splice16 {
    /// Where it begins.
    pub at: u32,
    /// How many units go.
    pub remove: u32,
    /// What comes in their place.
    pub insert: PersonText,
}
uniffi::custom_type!(Splice, Splice16, {
    remote,
    lower: |splice| Splice16 {
        at: u32::try_from(splice.at).unwrap_or(u32::MAX),
        remove: u32::try_from(splice.remove).unwrap_or(u32::MAX),
        insert: splice.insert.into(),
    },
    try_lift: |splice| Ok(Splice::new(splice.at as usize, splice.remove as usize, splice.insert.into_string())),
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
