//! Words that were typed and are not kept yet.

use belay::command::TextTarget;
use belay::error::Code;
use belay::text::PersonText;
use belay::view::{Direction, DraftDetail, DraftRow, When};

/// Words not kept yet, in a list.
#[uniffi::remote(Record)]
pub struct DraftRow {
    /// What to open to go on with them.
    pub target: TextTarget,
    /// The first words, at most 160 scalars on one line; empty where the note has its own lock.
    pub snippet: PersonText,
    /// Which way they run.
    pub dir: Direction,
    /// Whether what they were typed for is still there. Where it is not, `Ask::Draft` shows them.
    pub is_there: bool,
    /// When the last of them was typed.
    pub when: When,
}

/// Words not kept yet, opened.
#[uniffi::remote(Record)]
pub struct DraftDetail {
    /// What they were typed for.
    pub target: TextTarget,
    /// All of the text with them.
    pub text: PersonText,
    /// What the text was before them.
    pub before: PersonText,
    /// Whether what they were typed for is still there.
    pub is_there: bool,
    /// Why they cannot be written there now; `None` where they can.
    pub why: Option<Code>,
    /// When the last of them was typed.
    pub when: When,
}
