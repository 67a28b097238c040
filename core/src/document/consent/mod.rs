//! What I agreed to, in the words I was shown: lies in my own space, so that nobody else sees it (invariant I19).
//!
//! One document a consent. Today there is one purpose, a copy given: it is used once, when the copy goes, and lasts until
//! the copy is taken back. It also is what leads from a note to the copies of it, which themselves name no note.

use crate::document::act::Act;
use crate::document::named::named;
use crate::document::step::keys;
use crate::document::{Scalar, Step, Tree, View};
use crate::ids::{DocId, SpaceId};

named! {
    /// What is agreed to (domain.md §3.4; the other purposes come with what they are for).
    ConsentPurpose { ShareItem = "share-item" }
}

/// A consent as its document says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ConsentState {
    /// Nothing for a purpose of a newer app.
    pub purpose: Option<ConsentPurpose>,
    /// The copy that was given.
    pub copy: Option<DocId>,
    /// The note it is from.
    pub note: Option<DocId>,
    /// The space it went to.
    pub to: Option<SpaceId>,
    /// SHA-256 of the wording that was shown.
    pub wording: Vec<u8>,
    /// The language it was shown in.
    pub language: String,
    /// From when, Unix milliseconds as claimed.
    pub from_ms: i64,
    /// Until when; nothing while it lasts.
    pub until_ms: Option<i64>,
}

impl ConsentState {
    /// Reads what is there; anything of another shape counts as absent.
    pub fn read(view: View<'_>) -> Self {
        let tree = view.content();
        ConsentState {
            purpose: tree.str("purpose").and_then(ConsentPurpose::from_name),
            copy: tree.str("copy").and_then(DocId::parse),
            note: tree.str("note").and_then(DocId::parse),
            to: tree.str("to").and_then(SpaceId::parse),
            wording: match tree.get("wording") {
                Some(Tree::Scalar(Scalar::Bytes(bytes))) => bytes.clone(),
                _ => Vec::new(),
            },
            language: tree.str("language").unwrap_or_default().to_owned(),
            from_ms: tree.int("from_ms").unwrap_or_default(),
            until_ms: tree.int("until_ms"),
        }
    }
}

/// Agrees that a copy is given.
pub fn agree(copy: DocId, note: DocId, to: SpaceId, (wording, language): ([u8; 32], &str), at_ms: i64) -> Vec<Step> {
    vec![
        Step::Set(keys!["purpose"], ConsentPurpose::ShareItem.name().into()),
        Step::Set(keys!["copy"], copy.to_string().into()),
        Step::Set(keys!["note"], note.to_string().into()),
        Step::Set(keys!["to"], to.to_string().into()),
        Step::Set(keys!["wording"], Scalar::Bytes(wording.to_vec())),
        Step::Set(keys!["language"], language.into()),
        Step::Set(keys!["from_ms"], at_ms.into()),
    ]
}

/// Agrees no longer.
pub fn withdraw(at_ms: i64) -> Step {
    Step::Set(keys!["until_ms"], at_ms.into())
}

/// What changed from one state to the next: the story is told by the copy.
pub fn acts(_: Option<&ConsentState>, _: &ConsentState) -> Vec<Act> {
    Vec::new()
}

crate::text::redacted!(ConsentState);
