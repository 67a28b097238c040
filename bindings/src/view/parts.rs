//! What several screens are made of: times, people, ownership, paragraphs.

use belay::ids::{ElementId, MemberId};
use belay::text::PersonText;
use belay::view::{
    Audience, Direction, HistoryRow, Ownership, OwnershipKind, Paragraph, ParagraphKind, Person, Stage, When,
};

/// A time as claimed, in every form a screen needs.
#[uniffi::remote(Record)]
pub struct When {
    pub unix_ms: i64,
    pub zone: String,
    pub local_date: String,
    pub local_time: String,
    /// `Today 14:07`.
    pub label: String,
    pub long: String,
    /// Always true: no time here is more than what a device said.
    pub claimed: bool,
}

/// A member as named in this relationship.
#[uniffi::remote(Record)]
pub struct Person {
    pub member: MemberId,
    pub name: PersonText,
    /// The first letter of the name, for a badge.
    pub initial: PersonText,
    pub is_me: bool,
    pub role_label: String,
    /// Whether digits were compared.
    pub checked: bool,
}

/// Exactly those who are able to decrypt an object (invariant I30), from the keys.
#[uniffi::remote(Record)]
pub struct Audience {
    /// Everyone, me first.
    pub people: Vec<Person>,
    /// A whole sentence.
    pub label: String,
    /// For a row of a list.
    pub short: String,
    /// How many of my own devices hold it.
    pub devices_of_me: u32,
}

/// The four signs of ownership.
#[uniffi::remote(Enum)]
pub enum OwnershipKind {
    Mine,
    Theirs,
    Both,
    Each,
}

/// Whose a part is; from signatures, never from role names.
#[uniffi::remote(Record)]
pub struct Ownership {
    /// Mine, theirs, both or each; also the edge that is drawn.
    pub kind: OwnershipKind,
    /// The owner's name where it is another's.
    pub name: PersonText,
    /// A whole sentence.
    pub label: String,
}

/// A state of a closed set.
#[uniffi::remote(Record)]
pub struct Stage {
    /// Its stable name.
    pub code: String,
    /// In words.
    pub label: String,
}

/// Which way a paragraph runs.
#[uniffi::remote(Enum)]
pub enum Direction {
    Ltr,
    Rtl,
    Neutral,
}

/// The Markdown subset of notes.
#[uniffi::remote(Enum)]
pub enum ParagraphKind {
    Plain,
    Bullet,
    Unchecked,
    Checked,
}

/// A paragraph or list item with a direction of its own.
#[uniffi::remote(Record)]
pub struct Paragraph {
    /// The words, with their marks of emphasis.
    pub text: PersonText,
    /// By the first strong character; neutral takes the screen's.
    pub dir: Direction,
    /// What it is.
    pub kind: ParagraphKind,
}

/// A line of history.
#[uniffi::remote(Record)]
pub struct HistoryRow {
    pub act: String,
    /// A whole sentence.
    pub label: String,
    pub by: Person,
    pub element: Option<ElementId>,
    pub before: Option<PersonText>,
    pub after: Option<PersonText>,
    pub when: When,
}
