//! What may be done, one enum a room, and what came of it.

pub mod giving;
pub mod goals;
pub mod may;
pub mod notes;
pub mod people;
pub mod plans;
pub mod talk;
pub mod undone;

pub use may::MayAnswer;

use belay::command::{
    Applied, Command, ConsentCommand, DraftCommand, ForgetCommand, GoalCommand, KeptOutCommand, NoteCommand, Outcome,
    PlanCommand, Preview, Purpose, RelationshipCommand, TalkCommand, TextEdit, TextTarget, UndoToken, Warning,
};
use belay::companion::Splice16;
use belay::editing::Splice;
use belay::ids::{DocId, ElementId, Hash32, MemberId, ObjectId};
use belay::projection::{Cause, Changes, Extent, How, Matter, Touched};
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
    /// meant. At most 1,048,576 UTF-16 code units. `before` is what the field showed when it was opened, or when the vault
    /// last answered it: of an object that was forgotten meanwhile only what was typed since then is kept, and without it
    /// nothing.
    Keep { target: TextTarget, text: PersonText, before: Option<PersonText> },
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
    /// What was done here.
    Mine,
    /// What came from another device, one of my own too.
    Theirs,
    /// Time alone: what was forgotten long enough ago.
    Clock,
}

/// What became of an object.
#[uniffi::remote(Enum)]
pub enum How {
    /// It is there now.
    Added,
    /// It reads otherwise.
    Changed,
    /// It is there no longer.
    Gone,
    /// Who may do what may be otherwise; it reads as before.
    Rights,
}

/// What kind of thing was touched.
#[uniffi::remote(Enum)]
pub enum Matter {
    /// A note.
    Note,
    /// A goal.
    Goal,
    /// A plan's frame, and the parts its owner writes.
    Plan,
    /// A part of a plan that all write; its parent is the plan.
    Joint,
    /// One member's part of a plan; its parent is the plan.
    Column,
    /// What one member said about a plan or goal, which is its parent.
    Lane,
    /// What a member is called; its parent is the space.
    Profile,
    /// What I call others.
    Spaces,
    /// A space: its members, their devices, how far it has come.
    Space,
    /// A device's log in a shared space, or what that device said it holds.
    Log,
    /// The same in the space of my own devices.
    OwnLog,
    /// A change that was kept out, or is no longer.
    KeptOut,
    /// What was forgotten, or is asked to be.
    Forgotten,
    /// A document that needs repair, or no longer does.
    Repair,
    /// What a person must hear about this vault: words not tested, a card that is not mine.
    Vault,
    /// A pairing that is under way.
    Pairing,
    /// Words typed and not kept yet.
    Draft,
    /// A copy of a note that was given.
    Copy,
    /// What I agreed to: which copies I gave, of which notes.
    Consent,
    /// Something of a newer app.
    Other,
}

/// One thing that was touched: an id and kinds, never words.
#[uniffi::remote(Record)]
pub struct Touched {
    /// Which: a document, a space, a device, a batch; for what is about the vault itself, my own space.
    pub of: ObjectId,
    /// What it is.
    pub kind: Matter,
    /// What it belongs to: the plan of a part, the plan or goal of what was said about it, the space of a name.
    pub parent: Option<ObjectId>,
    /// What became of it. Of several in a range the last counts, but what is new in it stays `Added`, and `Rights` gives
    /// way to all else.
    pub how: How,
}

/// Whether everything that was touched is listed.
#[uniffi::remote(Enum)]
pub enum Extent {
    /// It is all in the list.
    Listed,
    /// It was more than a list holds, or longer ago than is kept: read everything again.
    Everything,
}

/// What changed between two commits: ids only, never words.
#[uniffi::remote(Record)]
pub struct Changes {
    /// After this commit.
    pub from: u64,
    /// Up to this one.
    pub to: u64,
    /// Who caused it. Where several did, theirs comes before mine, and mine before the clock's: what came from another
    /// must not pass as one's own.
    pub cause: Cause,
    /// What was touched, newest first, at most 256; empty where that is not all.
    pub touched: Vec<Touched>,
    /// Whether that is all.
    pub extent: Extent,
}
