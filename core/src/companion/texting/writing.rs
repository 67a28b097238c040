//! What a field did is heard, kept as a draft, and written where it belongs.

use super::super::session::{ACKNOWLEDGED, Session};
use super::field::OpenField;
use super::records::{Fate, Resend, Selection, Settle, Splice16, TextChange, TextMerge, TextNow, count};
use crate::clock::Moment;
use crate::command::{Command, NoteCommand, NoteDraft, TextEdit, TextTarget, keep_draft, let_draft_go, perform};
use crate::editing::session::{FieldNow, Heard, KeptWords};
use crate::editing::{Edit, Splice};
use crate::error::{Code, Error, Result};
use crate::exchange::settle_marked;
use crate::ids::DocId;
use crate::projection::{Changes, Extent, changes_since};
use crate::secret::Entropy;
use crate::store::{drafts, meta, singles};
use rusqlite::Connection;

/// What a call found, for its answer.
pub(super) struct Heeded {
    before: u64,
    heard: Heard,
    made: Option<DocId>,
}

impl Heeded {
    /// Whether it was taken in.
    pub fn is_in(&self) -> bool {
        self.heard != Heard::Resend
    }
}

/// Takes in what the field did, and keeps or writes it as it says.
pub(super) fn sync(
    session: &mut Session,
    entropy: &mut dyn Entropy,
    field: &mut OpenField,
    now: &TextNow,
    at: &Moment,
) -> Result<Heeded> {
    // Over the connection that writes: its pages are at hand, where a reader would fetch them anew for every key.
    let before = session.store.look_back(meta::commit_number)?;
    field.follow(session)?;
    let splices: Vec<Splice>;
    let change = match &now.change {
        TextChange::None => None,
        TextChange::Splices { splices: given } => {
            splices = given.iter().map(Splice::from).collect();
            Some(Edit::Splices(&splices))
        }
        TextChange::Whole { text } => Some(Edit::Whole(text.as_str())),
    };
    let heard = field.state.hear(FieldNow { accepted: now.accepted, length: now.length as usize, change })?;
    if heard == Heard::Typed {
        field.typed_at(at);
    }
    (field.stamp, field.caret) = (at.stamp(), now.selection.end);
    let made = match heard {
        // From here on nothing may fail: a field that was heard must not say the same again.
        Heard::Typed | Heard::Taken => settle(session, entropy, field, now.settle, at),
        Heard::Resend => None,
    };
    Ok(Heeded { before, heard, made })
}

/// What the field is told.
pub(super) fn answer(session: &mut Session, field: &mut OpenField, now: &TextNow, heeded: &Heeded) -> TextMerge {
    let mut changes = || session.store.look_back(|db| changes_since(db, heeded.before));
    // A read that someone stopped is not stopped twice; whoever did takes no answer.
    let unknown =
        |_| Changes { from: heeded.before, to: heeded.before, extent: Extent::Everything, ..Changes::default() };
    let changes = changes().or_else(|_| changes()).unwrap_or_else(unknown);
    let (left, saved, fate) = (field.left(), field.saved(), field.fate);
    if heeded.heard == Heard::Resend {
        // The number it named: nothing was given with this answer.
        let (version, selection, resend) = (now.accepted, now.selection, Resend::Whole);
        return TextMerge { version, patches: Vec::new(), selection, resend, left, saved, fate, made: None, changes };
    }
    let given = field.state.give((now.selection.start as usize, now.selection.end as usize));
    TextMerge {
        version: given.version,
        patches: given.splices.into_iter().map(Splice16::from).collect(),
        selection: Selection { start: count(given.selection.0), end: count(given.selection.1) },
        resend: Resend::No,
        left,
        saved,
        fate,
        made: heeded.made,
        changes,
    }
}

/// Keeps or writes what was typed. Gives the note that was made.
pub(super) fn settle(
    session: &mut Session,
    entropy: &mut dyn Entropy,
    field: &mut OpenField,
    settle: Settle,
    at: &Moment,
) -> Option<DocId> {
    match (settle, &field.target) {
        (Settle::Typing | Settle::Composing, _) if !field.is_draft_due(at) => {}
        (Settle::Pause | Settle::Leave, _) if field.stored.is_some() => {
            if write(session, entropy, field, at) == Wrote::OnAnotherText {
                // What cannot be read now is found out by the write.
                let _ = field.read_anew(session);
                write(session, entropy, field, at);
            }
        }
        (Settle::Leave, TextTarget::NewNote { .. }) => return make_note(session, entropy, field, at),
        (Settle::Pause | Settle::Leave, _) => {
            let may = session.store.read(|db| field.target.may_write(db));
            field.fate = may.map_or_else(|error| Fate::KeptAsDraft { why: error.code() }, |()| Fate::Fine);
            keep(session, field);
        }
        _ => keep(session, field),
    }
    None
}

/// How a write ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrote {
    Ended,
    /// The document has another text than the one that was typed on.
    OnAnotherText,
}

/// Writes what was typed at the document's current heads; what cannot be written becomes a draft.
fn write(session: &mut Session, entropy: &mut dyn Entropy, field: &mut OpenField, at: &Moment) -> Wrote {
    if !field.state.is_ahead() {
        field.fate = Fate::Fine;
        keep(session, field);
        return Wrote::Ended;
    }
    let edit = TextEdit::Splices(field.state.unwritten().to_vec());
    let allowed = session.store.look_back(|db| may_save(db, &field.target)).and_then(|()| field.fits());
    match allowed.and_then(|()| write_edit(session, entropy, field, edit, at)) {
        Ok(()) => Wrote::Ended,
        Err(error) if error.code() == Code::Stale => {
            field.fate = Fate::KeptAsDraft { why: Code::Stale };
            keep(session, field);
            Wrote::OnAnotherText
        }
        Err(error) => {
            refused(session, field, &error);
            Wrote::Ended
        }
    }
}

fn may_save(db: &Connection, target: &TextTarget) -> Result<()> {
    if singles::counter(db, ACKNOWLEDGED)? == 0 {
        return Code::NeedsAcknowledgement.err();
    }
    target.may_write(db)
}

/// The change, and the draft's end, in one transaction.
fn write_edit(
    session: &mut Session,
    entropy: &mut dyn Entropy,
    field: &mut OpenField,
    edit: TextEdit,
    at: &Moment,
) -> Result<()> {
    let stale = || Error::from(Code::Stale);
    let known = field.stored.as_ref().map(|stored| stored.doc).ok_or_else(stale)?;
    let (target, typed_on) = (&field.target, field.state.doc());
    let done = session.write(entropy, at, |desk| {
        if target.lies_in(desk.db)? != Some(known) {
            return Err(stale());
        }
        let loaded = desk.load(&known)?;
        let rev = loaded.doc.rev();
        if target.text_of(loaded) != Some(typed_on) {
            return Err(stale());
        }
        let command = target.edit(rev, edit).ok_or_else(stale)?;
        perform(desk, &command)?;
        settle_marked(desk)?;
        let_draft_go(desk.db, target)?;
        // What rows say follows from the document: a long text is not read back for every letter.
        Ok(target.stored_in(desk.load(&known)?))
    })?;
    field.state.wrote();
    if let Some(now) = &done.value {
        field.state.become_doc(&now.text, None);
    }
    (field.stored, field.seen) = (done.value, done.commit);
    (field.unsaved_since, field.has_draft, field.has_written) = (None, false, true);
    field.fate = Fate::Fine;
    Ok(())
}

/// It could not be written: the words stay as a draft, and the field is told why.
fn refused(session: &mut Session, field: &mut OpenField, error: &Error) {
    let why = error.code();
    let idea = match why {
        Code::SuggestOnly => session.store.read(|db| field.target.as_suggestion(db)).ok().flatten(),
        _ => None,
    };
    let fate = if idea.is_some() { Fate::AsSuggestion } else { Fate::KeptAsDraft { why } };
    field.fate = fate;
    if why == Code::Empty {
        // Nothing is there that could be kept; what stood there stands.
        field.unsaved_since = None;
        if field.has_draft {
            let_go(session, field);
        }
    } else {
        keep(session, field);
    }
    // Where not even a draft could be kept, that is what the field is told.
    if field.unsaved_since.is_none() {
        field.fate = fate;
    }
}

/// Keeps the words as a draft, or lets go of the draft where there is nothing to keep. Where even that cannot be done they
/// stay in memory, and the field's fate says why.
pub(super) fn keep(session: &mut Session, field: &mut OpenField) {
    let is_empty = !field.state.is_ahead() || (field.stored.is_none() && field.state.text().trim().is_empty());
    if is_empty {
        if field.has_draft {
            let_go(session, field);
        } else {
            field.unsaved_since = None;
        }
        return;
    }
    if field.unsaved_since.is_none() && field.has_draft {
        return;
    }
    let done = session.store.write(|tx| keep_draft(tx, &field.target, field.words(tx)?, field.caret, &field.stamp));
    let is_kept = done.as_ref().is_ok_and(|done| done.value);
    drafted(field, done.map(|done| done.commit), is_kept);
}

fn let_go(session: &mut Session, field: &mut OpenField) {
    let done = session.store.write(|tx| let_draft_go(tx, &field.target));
    drafted(field, done.map(|done| done.commit), false);
}

fn drafted(field: &mut OpenField, done: Result<u64>, has_draft: bool) {
    match done {
        Ok(commit) => {
            (field.unsaved_since, field.has_draft) = (None, has_draft);
            if field.seen.checked_add(1) == Some(commit) {
                field.seen = commit;
            }
        }
        Err(error) => field.fate = Fate::KeptAsDraft { why: error.code() },
    }
}

/// Makes a note of a new note's words; of blanks none is made.
fn make_note(session: &mut Session, entropy: &mut dyn Entropy, field: &mut OpenField, at: &Moment) -> Option<DocId> {
    let target = field.target.clone();
    if field.state.text().trim().is_empty() {
        field.fate = Fate::Fine;
        keep(session, field);
        return None;
    }
    let draft = NoteDraft { body: field.state.text().into(), ..NoteDraft::default() };
    let create = Command::Note(NoteCommand::Create { draft });
    let allowed = session.store.read(|db| may_save(db, &target)).and_then(|()| field.fits());
    let done = allowed.and_then(|()| {
        session.write(entropy, at, |desk| {
            let note = perform(desk, &create)?.made.ok_or(Error::Broken("texting: a note that was not made"))?;
            let_draft_go(desk.db, &target)?;
            Ok((note, TextTarget::Note { note }.stored(desk.db)?))
        })
    });
    match done {
        Ok(done) => {
            let (note, stored) = done.value;
            field.target = TextTarget::Note { note };
            field.state.wrote();
            if let Some(stored) = &stored {
                field.state.become_doc(&stored.text, None);
            }
            (field.stored, field.seen) = (stored, done.commit);
            (field.unsaved_since, field.has_draft, field.has_written) = (None, false, true);
            field.fate = Fate::Fine;
            Some(note)
        }
        Err(error) => {
            refused(session, field, &error);
            None
        }
    }
}

/// What is left to do when a field is left for good: a line that was written here is kept as lines are, and words that
/// may only be suggested go on as those of an idea.
pub(super) fn close(session: &mut Session, entropy: &mut dyn Entropy, field: &mut OpenField, at: &Moment) {
    if field.fate == Fate::AsSuggestion {
        // The draft of the line stays where that of an idea cannot be made.
        let _ = suggest(session, field);
        return;
    }
    let as_line = field.shape.check(field.field, field.state.text());
    let is_done = field.state.is_ahead() || !field.has_written || field.shape.is_kept_as_typed();
    if let Ok(line) = as_line
        && !is_done
        && line != field.state.text()
    {
        // A refusal changes nothing: the words are written already.
        let _ = write_edit(session, entropy, field, TextEdit::Whole(line.into()), at);
    }
}

/// The draft of a line becomes that of an idea for the line, unless there is one.
fn suggest(session: &mut Session, field: &OpenField) -> Result<()> {
    let text = field.state.text().to_owned();
    let words = KeptWords::of_nothing(text);
    session.store.write(|tx| {
        let Some(idea) = field.target.as_suggestion(tx)? else { return Ok(()) };
        let (name, part) = idea.name();
        if drafts::get(tx, &name, &part)?.is_some() {
            return Ok(());
        }
        let_draft_go(tx, &field.target)?;
        keep_draft(tx, &idea, words, field.caret, &field.stamp).map(|_| ())
    })?;
    Ok(())
}

/// Words that lie in memory alone become drafts, and so does what a field has not seen: its last words may still come.
pub(super) fn keep_all(session: &mut Session, fields: impl Iterator<Item = OpenField>) -> Result<()> {
    let due = |field: &OpenField| {
        (field.unsaved_since.is_some() && (field.state.is_ahead() || field.has_draft))
            || (field.stored.is_some() && !field.state.pending().is_empty())
    };
    let fields: Vec<OpenField> = fields.filter(due).collect();
    if fields.is_empty() {
        return Ok(());
    }
    session.store.write(|tx| {
        for field in &fields {
            if field.state.is_ahead() || !field.state.pending().is_empty() {
                keep_draft(tx, &field.target, field.words(tx)?, field.caret, &field.stamp)?;
            } else {
                let_draft_go(tx, &field.target)?;
            }
        }
        Ok(())
    })?;
    Ok(())
}
