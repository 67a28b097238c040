//! What was done here lately, and what an undo would be about.

use belay::command::{DoneHere, DoneKind, UndoToken};
use belay::ids::DocId;

/// What was done, in a word.
#[uniffi::remote(Enum)]
pub enum DoneKind {
    /// Something that can be taken back, and was not taken back before.
    Written,
    /// Something was taken back.
    TakenBack,
    /// Something that was taken back was put back.
    PutBack,
    /// A plan or a part of one was begun.
    PlanBegun,
    /// An idea was decided on, or a comment made: another was told.
    Said,
    /// A change that was kept out was taken over.
    Adopted,
    /// Something was let go.
    LetGo,
    /// A copy was given.
    Given,
    /// A copy was taken back.
    CopyTakenBack,
    /// What was shared with someone who is gone goes on for me alone.
    WentOn,
    /// I was called something for the first time.
    Named,
    /// Some other command without a way back.
    Lasting,
    /// No command: something about other people, their phones or mine.
    People,
    /// No command: changes were carried to or fro.
    Carried,
    /// No command: something about the vault itself.
    Vault,
    /// Something was asked for and not done.
    NotDone,
}

/// One of the last things done here.
#[uniffi::remote(Record)]
pub struct DoneHere {
    /// What it was.
    pub what: DoneKind,
    /// What takes it back, where something does.
    pub undo: Option<UndoToken>,
    /// The notes, goals and plans it was about, as far as it can be taken back.
    pub docs: Vec<DocId>,
}

/// What was done here lately, also before the app was started: at most the last 20 calls of `apply` are known.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DoneLately {
    /// The last of them; `None` where nothing was done yet.
    pub last: Option<DoneHere>,
    /// The newest that can be taken back: the same, or one that came before it. `None` where nothing can.
    pub way_back: Option<DoneHere>,
}
