//! Text sessions: a field on a screen and the text behind it (boundary.md, "Text sessions").
//!
//! What is typed lies in memory, after 250 ms in a draft in the vault, and at a pause where it belongs. What others
//! wrote comes back as patches. No letter is lost: what cannot be written stays a draft.

mod field;
mod records;
#[cfg(test)]
mod tests;
mod writing;

pub use records::{
    Fate, Recovered, Resend, Saved, Selection, Settle, Splice16, TextChange, TextMerge, TextNow, TextOpened,
};

use super::session::Session;
use super::{Answered, Companion, hold};
use crate::clock::Moment;
use crate::command::TextTarget;
use crate::crypto::hash::sha256;
use crate::error::{Code, Failure, Field, Result};
use crate::ids::{DocId, ElementId, TextSession};
use crate::secret::{Entropy, sweeping_deep};
use field::{Found, OpenField};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// Most fields that are open at once.
pub const FIELDS_MAX: usize = 64;

/// The open fields of an unlocked vault.
#[derive(Default)]
pub(super) struct Typing {
    made: u64,
    open: BTreeMap<TextSession, OpenField>,
}

impl Typing {
    /// A name for a session. A later unlock stands at a later commit, so none is ever used twice.
    fn make_name(&mut self, commit: u64) -> TextSession {
        self.made += 1;
        let mut name = [0; TextSession::LEN];
        let (first, last) = name.split_at_mut(8);
        first.copy_from_slice(&commit.to_be_bytes());
        last.copy_from_slice(&self.made.to_be_bytes());
        TextSession(name)
    }

    /// Writes what was typed where it belongs, in all fields; what cannot be written becomes a draft.
    pub(super) fn write_all(&mut self, session: &mut Session, entropy: &mut dyn Entropy, at: &Moment) {
        for field in self.open.values_mut() {
            // What goes wrong stands in the field's fate; the words stay.
            writing::settle(session, entropy, field, Settle::Pause, at);
        }
    }

    /// Keeps what lies in memory alone as drafts: there is no time to write it.
    pub(super) fn keep_all(&mut self, session: &mut Session) {
        for field in self.open.values_mut() {
            writing::keep(session, field);
        }
    }

    /// Keeps what lies in memory alone of fields of these objects, or about them, as drafts.
    pub(super) fn keep_for(&mut self, session: &mut Session, docs: &[DocId]) {
        for field in self.open.values_mut().filter(|field| field.is_about(docs)) {
            writing::keep(session, field);
        }
    }

    /// The person here forgot these objects: what was typed for them so far is theirs no more.
    pub(super) fn let_go(&mut self, docs: &[DocId]) {
        self.open.values_mut().filter(|field| field.is_about(docs)).for_each(OpenField::let_go);
    }

    /// Ends all sessions; words that lie in memory alone become drafts, in one transaction.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn end(&mut self, session: &mut Session) -> Result<()> {
        writing::keep_all(session, std::mem::take(&mut self.open).into_values())
    }

    /// Ends all sessions and lets go of what was typed in them.
    pub(super) fn clear(&mut self) {
        self.open.clear();
    }
}

impl Companion {
    /// Opens a field. Loads no document and waits for no write. Where the same field is open already, that session ends
    /// and this one goes on with what was typed in it.
    ///
    /// # Errors
    /// `Locked`; `NotFound`, `NewerSchema`, `NotInForce` for a text that is not there or may not be shown;
    /// `TooMany{max}` for more than 64 open fields.
    pub fn text_open(&self, target: &TextTarget, at: &Moment) -> Answered<TextOpened> {
        let leaving = self.leaving.load(Ordering::SeqCst);
        let reading = hold(&self.reading).clone().ok_or_else(|| Failure::from(Code::Locked.detail()))?;
        let found = sweeping_deep(|| reading.readers.read(|db| OpenField::find(db, target, at)));
        let found = found.map_err(|error| match error.code() {
            Code::Closed => Failure::from(Code::Locked.detail()),
            _ => error.into(),
        })?;
        Ok(self.enter_field(found, leaving)?)
    }

    /// `leaving`: how it stood before the field was looked for.
    fn enter_field(&self, found: Found, leaving: u64) -> Result<TextOpened> {
        let Found { mut field, may, mut recovered } = found;
        let typing = &mut *hold(&self.typing);
        // A lock that came meanwhile has emptied the fields, or waits to: no words are put into a vault that is locked.
        if self.leaving.load(Ordering::SeqCst) != leaving || hold(&self.reading).is_none() {
            return Code::Locked.err();
        }
        let earlier = typing.open.iter().find(|(_, open)| open.target == field.target).map(|(name, _)| *name);
        if let Some(mut open) = earlier.and_then(|name| typing.open.remove(&name)) {
            open.state = open.state.shows_all();
            open.caret = records::count(crate::editing::units(open.state.text()));
            (field, recovered) = (open, None);
        }
        if typing.open.len() >= FIELDS_MAX {
            return Err(Code::TooMany.of(Field::Text).max(FIELDS_MAX).actual(FIELDS_MAX + 1).into());
        }
        let session = typing.make_name(field.seen);
        if field.target == (TextTarget::NewNote { draft: None }) {
            let name = sha256(&[b"belay/draft/1", &session.0]);
            let draft = name.first_chunk().map(|first| ElementId(*first));
            field.target = TextTarget::NewNote { draft };
        }
        let opened = TextOpened {
            session,
            target: field.target.clone(),
            text: field.state.text().into(),
            max: records::count(field.shape.bounds().1),
            may,
            recovered,
            caret: field.caret,
        };
        typing.open.insert(session, field);
        Ok(opened)
    }

    /// Says what a field did, and learns what it is to show. One call at a time for a session.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a session that is none, or none any more; `OutOfRange{Text}` for splices that do not fit
    /// the length the field itself tells; `TooMany`, `TooBig{max}` for a text of more than 1,048,576 code units. Nothing
    /// of the call is taken in then. What cannot be written is no failure: [`Fate`] says why, and the words are kept.
    pub fn text_sync(&self, session: &TextSession, now: &TextNow, at: &Moment) -> Answered<TextMerge> {
        self.with_session(|open, entropy| {
            let typing = &mut *hold(&self.typing);
            let field = typing.open.get_mut(session).ok_or(Code::NotFound)?;
            let heeded = writing::sync(open, entropy, field, now, at)?;
            Ok(writing::answer(open, field, now, &heeded))
        })
    }

    /// The last [`Companion::text_sync`] of a session, as `Leave` whatever it says. Where it answers `Resend::Whole` the
    /// session is still open, and is closed with the whole text.
    ///
    /// # Errors
    /// Those of [`Companion::text_sync`]; the session is still open then.
    pub fn text_close(&self, session: &TextSession, now: &TextNow, at: &Moment) -> Answered<TextMerge> {
        self.with_session(|open, entropy| {
            let typing = &mut *hold(&self.typing);
            let field = typing.open.get_mut(session).ok_or(Code::NotFound)?;
            let now = TextNow { settle: Settle::Leave, ..now.clone() };
            let heeded = writing::sync(open, entropy, field, &now, at)?;
            if heeded.is_in() {
                writing::close(open, entropy, field, at);
            }
            let merge = writing::answer(open, field, &now, &heeded);
            if merge.resend == Resend::No {
                typing.open.remove(session);
            }
            Ok(merge)
        })
    }
}
