//! Notes: what is done to them.

use belay::command::{NoteCommand, NoteDraft, NoteField, TextEdit};
use belay::ids::{DocId, Rev};
use belay::text::PersonText;

/// What a new note begins with; all may be empty but one of title and body.
#[uniffi::remote(Record)]
pub struct NoteDraft {
    /// At most 200 scalars.
    pub title: PersonText,
    /// At most 100,000 scalars.
    pub body: PersonText,
    /// At most 30 of 1–40 scalars.
    pub tags: Vec<PersonText>,
}

/// Which text of a note.
#[uniffi::remote(Enum)]
pub enum NoteField {
    Title,
    Body,
}

/// What can be done with notes; they are private (invariant I1).
#[uniffi::remote(Enum)]
pub enum NoteCommand {
    Create { draft: NoteDraft },
    Edit { note: DocId, field: NoteField, base: Rev, text: TextEdit },
    AddTag { note: DocId, tag: PersonText },
    TakeTag { note: DocId, tag: PersonText },
    Pin { note: DocId },
    Unpin { note: DocId },
    Trash { note: DocId },
    Restore { note: DocId },
}
