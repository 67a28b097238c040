//! Notes as they are shown.

use belay::command::May;
use belay::ids::{DocId, Rev};
use belay::text::PersonText;
use belay::view::{Audience, Direction, NoteDetail, NoteRow, Paragraph, ShareRow, Stage, When};

/// A note in a list.
#[uniffi::remote(Record)]
pub struct NoteRow {
    pub id: DocId,
    /// Empty where the note has its own lock.
    pub title: PersonText,
    /// The first words of the body, at most 160 scalars on one line.
    pub snippet: PersonText,
    pub dir: Direction,
    pub tags: Vec<PersonText>,
    pub pinned: bool,
    pub when: When,
    pub audience: String,
    pub may: May,
}

/// A note opened.
#[uniffi::remote(Record)]
pub struct NoteDetail {
    pub id: DocId,
    pub title: PersonText,
    pub body: PersonText,
    pub paragraphs: Vec<Paragraph>,
    pub tags: Vec<PersonText>,
    pub pinned: bool,
    pub stage: Stage,
    /// Copies that I gave of it, or of a part of it, at most 50, the newest first.
    pub given: Vec<ShareRow>,
    pub made: When,
    pub when: When,
    pub audience: Audience,
    /// Set while it can only be read.
    pub repair: Option<Stage>,
    pub rev: Rev,
    pub may: May,
}
