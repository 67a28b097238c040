//! Editing a text at the revision a screen showed (protocol.md §4, "Editing text").

use super::TextEdit;
use crate::document::{Doc, Path, State, View};
use crate::editing::{self, Edit, Splice};
use crate::error::{Code, Error, Field, Result};
use crate::ids::Rev;
use crate::text::Shape;

/// What to write at the current heads for an edit made at `base`; nothing where it changes nothing.
///
/// `read` gives the text out of the document at any heads.
///
/// # Errors
/// `Stale{current}` for an unknown revision or a text that was replaced since; those of the text's shape. An over-long
/// text that came of merging may be shortened step by step, never made longer.
pub(super) fn rebased(
    doc: &Doc,
    path: &Path,
    base: &Rev,
    edit: &TextEdit,
    (shape, field): (Shape, Field),
    read: impl Fn(View<'_>) -> Option<String>,
) -> Result<Vec<Splice>> {
    let heads = base.heads().ok_or_else(|| Code::Stale.detail().current(doc.rev()))?;
    let stale = || Error::from(Code::Stale.detail().current(doc.rev()));
    let arrived = doc.arrived_since(path, &heads)?;
    let then = doc.at(&heads, &read)?.ok_or_else(stale)?;
    let now = read(doc.now()).ok_or(Code::NotFound)?;
    let splices = match edit {
        TextEdit::Whole(text) => {
            let whole = bounded(shape, field, text.as_str(), &then)?;
            editing::rebase(&then, &now, &arrived, Edit::Whole(&whole))?
        }
        TextEdit::Splices(splices) => {
            bounded(shape, field, &editing::apply(&then, splices)?, &then)?;
            editing::rebase(&then, &now, &arrived, Edit::Splices(splices))?
        }
    };
    bounded(shape, field, &editing::apply(&now, &splices)?, &now)?;
    Ok(splices)
}

/// The text as the shape keeps it; one that is over the bound passes where it is shorter than what is there.
fn bounded(shape: Shape, field: Field, text: &str, there: &str) -> Result<String> {
    match shape.check(field, text) {
        Err(error) if error.code() == Code::TooLong && text.chars().count() < there.chars().count() => {
            Ok(text.to_owned())
        }
        other => other,
    }
}

/// The state of a document as one kind's own; `NotFound` where it is another's.
macro_rules! state_of {
    ($desk:expr, $doc:expr, $variant:ident) => {
        match &$desk.load($doc)?.state {
            crate::document::State::$variant(state) => state.clone(),
            _ => return crate::error::Code::NotFound.err(),
        }
    };
}
pub(super) use state_of;

/// Reads one text of a state out of a view.
pub(super) fn reader<'a>(
    kind: crate::document::Kind,
    pick: impl Fn(&State) -> Option<String> + 'a,
) -> impl Fn(View<'_>) -> Option<String> + 'a {
    move |view| pick(&State::read(kind, view))
}
