//! One open field, as long as its session lives.

use super::records::{Fate, Recovered, Saved};
use crate::clock::{Moment, Stamp};
use crate::command::{May, StoredText, TextTarget, recovered_draft};
use crate::editing::session::{KeptWords, TextState};
use crate::editing::{differences, typed_only, units};
use crate::error::{Code, Error, Field, Result};
use crate::ids::DocId;
use crate::projection::texts;
use crate::store::{documents, forgetting, meta};
use crate::text::Shape;
use rusqlite::Connection;

use super::super::session::Session;

/// Longest that words are typed before they are kept as a draft, in milliseconds (protocol.md §4).
const DRAFT_AFTER_MS: i64 = 250;
/// Commits after which a field is looked at anew, whatever they touched.
const COMMITS_MAX: u64 = 1_000;

/// An open field.
pub(in super::super) struct OpenField {
    pub target: TextTarget,
    /// What an idea is begun from: another's words, as far as it still has them.
    pub begun_from: Option<String>,
    pub shape: Shape,
    pub field: Field,
    /// The document and its revision that `state` was made of; `None` for words that a command sends.
    pub stored: Option<StoredText>,
    pub state: TextState,
    /// The commit up to which it was looked at.
    pub seen: u64,
    /// When the first of the words was typed that lie in memory alone.
    pub unsaved_since: Option<i64>,
    /// Whether a draft of it is kept.
    pub has_draft: bool,
    /// Whether this session wrote the text.
    pub has_written: bool,
    pub fate: Fate,
    pub caret: u32,
    /// When it was last heard of.
    pub stamp: Stamp,
}

/// What opening found.
pub(super) struct Found {
    pub field: OpenField,
    pub may: May,
    pub recovered: Option<Recovered>,
}

impl OpenField {
    /// The field as the rows and an earlier session left it; loads nothing.
    pub fn find(db: &Connection, target: &TextTarget, at: &Moment) -> Result<Found> {
        let (shape, field) = target.shape()?;
        let stored = target.stored(db)?;
        let doc = stored.as_ref().map_or("", |stored| stored.text.as_str());
        let draft = recovered_draft(db, target)?;
        let state = match &draft {
            Some(draft) => TextState::recovered(&draft.words, doc),
            None => TextState::new(doc),
        };
        let recovered = draft
            .as_ref()
            .filter(|_| state.is_ahead())
            .map(|draft| Recovered { typed_ms: draft.changed_ms, without: doc.into() });
        let length = super::records::count(units(state.text()));
        let caret = match &draft {
            Some(draft) if draft.words.text == state.text() => draft.caret.min(length),
            _ => length,
        };
        let field = OpenField {
            target: target.clone(),
            begun_from: target.begun_from(db),
            shape,
            field,
            stored,
            state,
            seen: meta::commit_number(db)?,
            unsaved_since: None,
            has_draft: draft.is_some(),
            has_written: false,
            fate: Fate::Fine,
            caret,
            stamp: at.stamp(),
        };
        Ok(Found { field, may: target.may(db)?, recovered })
    }

    /// Takes in what was written since it was last looked at. What it costs does not grow with the vault, and nothing is
    /// loaded unless its own object was touched.
    ///
    /// # Errors
    /// Those of the database.
    pub fn follow(&mut self, session: &mut Session) -> Result<()> {
        let (seen, objects) = (self.seen, self.target.objects());
        let (commit, is_due) = session.store.look_back(|db| {
            let commit = meta::commit_number(db)?;
            let long_ago = commit.saturating_sub(seen) > COMMITS_MAX;
            Ok((commit, commit != seen && (long_ago || texts::is_touched_since(db, seen, &objects)?)))
        })?;
        if is_due {
            match self.read_anew(session) {
                // Where it is gone or may not be shown any more, it stays as it was until it is to be written.
                Ok(()) | Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        self.seen = commit;
        Ok(())
    }

    /// The same whatever was touched.
    pub fn read_anew(&mut self, session: &mut Session) -> Result<()> {
        let Some(known) = &self.stored else { return Ok(()) };
        let (target, path) = (&self.target, self.target.path());
        let found = session.look(|db, documents| {
            let Some(now) = target.stored(db)? else { return Ok(None) };
            if (now.doc, &now.rev) == (known.doc, &known.rev) {
                return Ok(None);
            }
            let heads = known.rev.heads().filter(|_| now.doc == known.doc);
            let arrived = match heads {
                Some(heads) => documents.load(db, &now.doc)?.doc.arrived_since(&path, &heads).ok(),
                None => None,
            };
            Ok(Some((now, arrived)))
        })?;
        if let Some((now, arrived)) = found {
            self.state.become_doc(&now.text, arrived.as_deref());
            self.stored = Some(now);
        }
        Ok(())
    }

    /// Notes that something was typed.
    pub fn typed_at(&mut self, at: &Moment) {
        self.unsaved_since = self.unsaved_since.or(Some(at.unix_ms));
    }

    /// Whether words lie in memory alone for so long that they are kept as a draft now. A clock that was set back waits
    /// for nothing.
    pub fn is_draft_due(&self, at: &Moment) -> bool {
        self.unsaved_since.is_some_and(|since| !(since..since.saturating_add(DRAFT_AFTER_MS)).contains(&at.unix_ms))
    }

    /// Where what was typed lies.
    pub fn saved(&self) -> Saved {
        match (self.unsaved_since, self.state.is_ahead()) {
            (None, false) => Saved::Kept,
            (None, true) if self.has_draft => Saved::Draft,
            _ => Saved::InMemory,
        }
    }

    /// How many more scalars there is room for.
    pub fn left(&self) -> i64 {
        let (_, most) = self.shape.bounds();
        let number = |scalars: usize| i64::try_from(scalars).unwrap_or(i64::MAX);
        number(most) - number(self.state.text().chars().count())
    }

    /// Whether the text could be written as far as its bounds go.
    ///
    /// # Errors
    /// Those of the shape; a text that is too long passes where it is shorter than what is there.
    pub fn fits(&self) -> Result<()> {
        match self.shape.allows(self.field, self.state.text()) {
            Err(error) if error.code() == Code::TooLong => {
                let scalars = |text: &str| text.chars().count();
                if scalars(self.state.text()) < scalars(self.state.doc()) { Ok(()) } else { Err(error) }
            }
            other => other,
        }
    }

    /// The words as they are kept. Of an object that is gone only what was typed is kept, and nothing it said.
    ///
    /// # Errors
    /// Those of the database.
    pub fn words(&self, db: &Connection) -> Result<KeptWords> {
        for doc in self.target.objects() {
            if documents::get(db, &doc)?.is_none() || forgetting::is_hidden(db, &doc)? {
                return Ok(self.typed_words());
            }
        }
        Ok(self.state.kept())
    }

    fn typed_words(&self) -> KeptWords {
        KeptWords::of_nothing(match &self.begun_from {
            Some(said) => typed_only(said, &differences(said, self.state.text())),
            None => self.state.typed_only(),
        })
    }

    /// Whether it is a text of one of these, or about one.
    pub fn is_about(&self, docs: &[DocId]) -> bool {
        self.target.objects().iter().any(|object| docs.contains(object))
    }

    /// The person here forgot its object, with all that was typed for it: what is typed from now on is words of its own.
    pub fn let_go(&mut self) {
        self.state.wrote();
        self.begun_from = self.begun_from.take().map(|_| self.state.text().to_owned());
        (self.unsaved_since, self.has_draft) = (None, false);
    }
}
