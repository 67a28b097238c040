use crate::document::named::named;

named! {
    /// How much of a note was given.
    Extent { Whole = "whole", Part = "part" }
}

/// What was given.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// Empty where none was given along.
    pub title: String,
    /// Word for word as it stood in the note.
    pub text: String,
    /// How much of the note it is.
    pub extent: Extent,
    /// When it was given, Unix milliseconds as claimed.
    pub at_ms: i64,
    /// The zone that was in force then.
    pub zone: String,
}

crate::text::redacted!(Copied);
