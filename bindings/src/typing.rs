//! Text sessions: what a field is, says and hears.

use belay::command::{IdeaText, May, Target, TextTarget};
use belay::companion::{
    Fate, Recovered, Resend, Saved, Selection, Settle, Splice16, TextChange, TextMerge, TextNow, TextOpened,
};
use belay::document::lane::IdeaKind;
use belay::error::Code;
use belay::ids::{DocId, ElementId, TextSession};
use belay::projection::Changes;
use belay::text::PersonText;

/// Which text of an idea.
#[uniffi::remote(Enum)]
pub enum IdeaText {
    /// One of its wordings, counted from 0.
    Wording {
        /// Which.
        number: u32,
    },
    /// Why.
    Why,
}

/// A field that somebody types in.
#[uniffi::remote(Enum)]
pub enum TextTarget {
    /// The body of a note.
    Note {
        note: DocId,
    },
    NoteTitle {
        note: DocId,
    },
    /// A note to be: `None` begins one, and the answer says how it is named from then on.
    NewNote {
        draft: Option<ElementId>,
    },
    PlanTitle {
        plan: DocId,
    },
    /// A line of a plan.
    PlanEntry {
        plan: DocId,
        entry: ElementId,
    },
    /// `field`: title, towards, away_from, why.
    GoalField {
        goal: DocId,
        field: String,
    },
    Step {
        goal: DocId,
        step: ElementId,
    },
    /// A comment that is not sent.
    Comment {
        on: Target,
    },
    /// An idea that is not sent.
    Suggestion {
        on: Target,
        kind: IdeaKind,
        text: IdeaText,
    },
}

/// A field that was just opened.
#[uniffi::remote(Record)]
pub struct TextOpened {
    /// Names the session. It lives until it is closed, the vault is locked, or the same field is opened again.
    pub session: TextSession,
    /// What it is a text of; for a new note with the name that its draft has from now on.
    pub target: TextTarget,
    /// What the field shows, with words that were typed earlier and are not kept yet.
    pub text: PersonText,
    /// Most Unicode scalars. More can be typed; it stays a draft then.
    pub max: u32,
    /// Whether it may be written now. What is typed where it may not is kept as a draft.
    pub may: May,
    /// Set where the text holds words of an earlier session that are not kept yet.
    pub recovered: Option<Recovered>,
    /// Where the caret goes, in UTF-16 code units.
    pub caret: u32,
}

/// Words of an earlier session.
#[uniffi::remote(Record)]
pub struct Recovered {
    /// When they were typed, Unix milliseconds as claimed.
    pub typed_ms: i64,
    /// How the text reads without them.
    pub without: PersonText,
}

/// One replacement in a text, in UTF-16 code units; in a list, each is on the text as the one before left it.
#[uniffi::remote(Record)]
pub struct Splice16 {
    /// Where it begins.
    pub at: u32,
    /// How many units go.
    pub remove: u32,
    /// What comes in their place.
    pub insert: PersonText,
}

/// What was selected, in UTF-16 code units of what the field shows.
#[uniffi::remote(Record)]
pub struct Selection {
    /// Where it begins; the caret where it ends there too.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// What a field did since the last call.
#[uniffi::remote(Enum)]
pub enum TextChange {
    /// Nothing.
    None,
    /// Splices on what it showed then, at most 1,000.
    Splices { splices: Vec<Splice16> },
    /// It reads like this now, whatever it did.
    Whole { text: PersonText },
}

/// How the person stands to what is typed.
#[uniffi::remote(Enum)]
pub enum Settle {
    /// In the middle of it.
    Typing,
    /// In the middle of a sign that takes several keys.
    Composing,
    /// 300 ms without a key: what was typed is written.
    Pause,
    /// Away from the field: the same, and a new note is made.
    Leave,
}

/// What a field says.
#[uniffi::remote(Record)]
pub struct TextNow {
    /// The `version` of the last answer whose patches it took; 0 before the first.
    pub accepted: u64,
    /// How long its text is now, in UTF-16 code units.
    pub length: u32,
    /// What it did since the last call.
    pub change: TextChange,
    /// What is selected in it.
    pub selection: Selection,
    /// Whether to write.
    pub settle: Settle,
}

/// Whether a field is asked for all of its text.
#[uniffi::remote(Enum)]
pub enum Resend {
    /// No.
    No,
    /// It shows something else than is known here: nothing of this call was taken in. The next one gives the whole text.
    Whole,
}

/// Where what was typed lies.
#[uniffi::remote(Enum)]
pub enum Saved {
    /// In memory alone.
    InMemory,
    /// In the vault, as a draft.
    Draft,
    /// Where it belongs.
    Kept,
}

/// What becomes of what was typed.
#[uniffi::remote(Enum)]
pub enum Fate {
    /// It is or will be written.
    Fine,
    /// It may only be suggested by now. When the session is closed, the words are a draft of an idea; nothing is sent.
    AsSuggestion,
    /// It cannot be written: the words are kept as they are.
    KeptAsDraft {
        /// Why not.
        why: Code,
    },
}

/// The answer to a field.
#[uniffi::remote(Record)]
pub struct TextMerge {
    /// To be named as `accepted` once the patches are in the field, also where there are none.
    pub version: u64,
    /// What leads from what the field shows to the text as it is: taken all in one edit, and only while the field still
    /// shows what it told; else not at all.
    pub patches: Vec<Splice16>,
    /// Where the selection lies once they are in.
    pub selection: Selection,
    /// Whether the field is asked for all of its text.
    pub resend: Resend,
    /// How many more scalars there is room for; below 0 the text stays a draft until it is shorter.
    pub left: i64,
    /// Where what was typed lies.
    pub saved: Saved,
    /// What becomes of it.
    pub fate: Fate,
    /// The note that was made of a new note's draft. The session goes on in it.
    pub made: Option<DocId>,
    /// What the call touched.
    pub changes: Changes,
}
