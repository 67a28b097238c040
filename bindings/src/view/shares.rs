//! Copies that went from one to another.

use belay::command::May;
use belay::ids::{DocId, SpaceId};
use belay::text::PersonText;
use belay::view::{
    Audience, CommentDetail, CopyDetail, Direction, Paragraph, Person, Receipt, ShareFilter, ShareRow, ShareSide,
    Stage, When,
};

/// Which copies.
#[uniffi::remote(Record)]
pub struct ShareFilter {
    /// Only those of this space.
    pub with: Option<SpaceId>,
    /// Only those of this note of mine.
    pub note: Option<DocId>,
    /// Only what I gave, or what was given to me.
    pub side: Option<ShareSide>,
}

/// Whose a copy was to give.
#[uniffi::remote(Enum)]
pub enum ShareSide {
    Given,
    Received,
}

/// A copy in a list.
#[uniffi::remote(Record)]
pub struct ShareRow {
    /// The copy.
    pub id: DocId,
    /// Where it lies.
    pub space: SpaceId,
    /// From whom.
    pub by: Person,
    /// To whom: everyone else there.
    pub to: Vec<Person>,
    /// Whether I gave it.
    pub side: ShareSide,
    /// Nothing once it was taken back.
    pub title: PersonText,
    /// The first words, at most 160 scalars on one line; nothing once it was taken back.
    pub snippet: PersonText,
    /// Which way they run.
    pub dir: Direction,
    /// What it is from and how much of that, as a sentence.
    pub from_label: String,
    /// `given` or `taken-back`.
    pub stage: Stage,
    /// What became of it, as a sentence; empty while it is given.
    pub stage_label: String,
    /// When it was given; where that never came here, when it was taken back.
    pub when: When,
    /// When it was taken back.
    pub taken_back: Option<When>,
    /// The note of mine it is from. It is told by my own phones alone.
    pub note: Option<DocId>,
    /// Of one that I took back: what each other phone said (invariant I23).
    pub receipts: Vec<Receipt>,
    /// Who can see it, in a few words.
    pub audience: String,
    /// Taking it back, commenting on it.
    pub may: May,
}

/// A copy opened.
#[uniffi::remote(Record)]
pub struct CopyDetail {
    /// As in a list.
    pub row: ShareRow,
    /// Word for word.
    pub text: PersonText,
    /// The same, in paragraphs.
    pub paragraphs: Vec<Paragraph>,
    /// What was said about it.
    pub comments: Vec<CommentDetail>,
    /// Who can see it.
    pub audience: Audience,
    /// Set while it needs repair: its giver takes it back and gives it anew.
    pub repair: Option<Stage>,
}
