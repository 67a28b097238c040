use super::seal::{Seal, nonce_of};
use crate::document::named::named;
use crate::document::{Scalar, View};

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

/// A copy as its document says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CopyState {
    /// What was given; nothing while not all of it is here.
    pub copied: Option<Copied>,
}

impl CopyState {
    /// Reads what the document's own id stands for, and nothing else that was written into it.
    pub fn read(view: View<'_>) -> Self {
        let (mut seals, mut words) = (Vec::new(), Vec::new());
        for said in view.ever_set() {
            match said {
                Scalar::Str(text) => words.push(text),
                Scalar::Bytes(bytes) => seals.push(bytes),
                _ => {}
            }
        }
        let nonce = view.birth().nonce;
        let seal = seals.iter().find(|bytes| nonce_of(bytes) == nonce);
        CopyState { copied: seal.and_then(|bytes| Seal::read(bytes)?.open(&words)) }
    }
}

crate::text::redacted!(Copied, CopyState);
