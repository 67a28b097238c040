//! Copies of notes: given from a preview, and taken back.

use belay::command::{ConsentCommand, GiftDraft, TextRange, WithTitle};
use belay::ids::{DocId, Hash32, SpaceId};

/// A stretch of a text in UTF-16 units, its end not among them.
#[uniffi::remote(Record)]
pub struct TextRange {
    pub start: u32,
    pub end: u32,
}

/// Whether a title goes along.
#[uniffi::remote(Enum)]
pub enum WithTitle {
    LeftOut,
    Included,
}

/// What is to be given, and to whom.
#[uniffi::remote(Record)]
pub struct GiftDraft {
    /// A note of mine.
    pub note: DocId,
    /// A part of its body; `None`: all of it. Ends that cut a letter as people see it are moved outwards.
    pub part: Option<TextRange>,
    /// Whether its title goes along.
    pub title: WithTitle,
    /// The space of those who get it.
    pub to: SpaceId,
    /// The language the wording beside the preview is shown in.
    pub language: String,
}

/// What I agree to.
#[uniffi::remote(Enum)]
pub enum ConsentCommand {
    /// Gives a frozen copy to the others of a space: later changes of the note stay with me.
    Give {
        /// What, and to whom.
        gift: GiftDraft,
        /// The hash of a preview of exactly this.
        preview: Hash32,
    },
    /// Asks every phone to let go of a copy that I gave. It is out of sight at once; its words go as those of everything
    /// that is forgotten, after 30 days or by a purge.
    TakeBack {
        /// Which.
        copy: DocId,
    },
}
