//! Words that were typed and are not kept yet: what is done with them, and what becomes of them when their object goes.

use super::typing::TextTarget;
use super::{Desk, IdeaText, Outcome, TalkCommand, Target};
use crate::cbor;
use crate::clock::Stamp;
use crate::document::lane::IdeaKind;
use crate::editing::session::{KeptWords, TEXT_UNITS_MAX, TextState};
use crate::editing::{Edit, Splice, differences, typed_only, units};
use crate::error::{Code, Field, Result};
use crate::ids::DocId;
use crate::store::drafts::{self, DraftRecord};
use crate::store::forgetting;
use crate::text::{PersonText, Shape};
use rusqlite::Connection;

/// What can be done with words that are not kept yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the acts")]
pub enum DraftCommand {
    /// Keeps all that a field showed, in place of what was kept for it: words that could not be written where they were
    /// meant. At most 1,048,576 UTF-16 code units. `before` is what the field showed when it was opened, or when the vault
    /// last answered it: of an object that was forgotten meanwhile only what was typed since then is kept, and without it
    /// nothing.
    Keep { target: TextTarget, text: PersonText, before: Option<PersonText> },
    /// Lets go of them.
    Discard { target: TextTarget },
}

pub(super) fn perform(desk: &mut Desk<'_>, command: &DraftCommand) -> Result<Outcome> {
    match command {
        DraftCommand::Keep { target, text, before } => {
            let typed = before.as_ref().map(|before| typed_since(before.as_str(), text.as_str())).transpose()?;
            take_words(desk.db, target, text.as_str(), typed.as_deref(), &desk.at.stamp())?;
        }
        DraftCommand::Discard { target } => {
            if !let_draft_go(desk.db, target)? {
                return Code::NotFound.err();
            }
        }
    }
    Ok(Outcome::default())
}

/// Splices as the store keeps them: where, how much goes, what comes.
type Stored = Vec<(u32, u32, String)>;

fn to_stored(splices: &[Splice]) -> Vec<u8> {
    let number = |units: usize| u32::try_from(units).unwrap_or(u32::MAX);
    let stored: Stored =
        splices.iter().map(|splice| (number(splice.at), number(splice.remove), splice.insert.clone())).collect();
    cbor::encode(&stored)
}

fn of_stored(bytes: &[u8]) -> Result<Vec<Splice>> {
    let stored: Stored = cbor::decode_own(bytes)?;
    Ok(stored.into_iter().map(|(at, remove, insert)| Splice::new(at as usize, remove as usize, insert)).collect())
}

/// Words that were kept for a field.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct RecoveredDraft {
    pub words: KeptWords,
    pub caret: u32,
    pub changed_ms: i64,
    pub zone: String,
}

crate::text::redacted!(RecoveredDraft);

/// The words that were kept for a field.
///
/// # Errors
/// `Corrupt`; those of the database.
pub fn recovered_draft(db: &Connection, target: &TextTarget) -> Result<Option<RecoveredDraft>> {
    let (name, field) = target.name();
    let Some(record) = drafts::get(db, &name, &field)? else { return Ok(None) };
    Ok(Some(RecoveredDraft {
        words: KeptWords { back: of_stored(&record.back)?, unseen: of_stored(&record.unseen)?, text: record.text },
        caret: record.caret,
        changed_ms: record.changed_ms,
        zone: record.zone,
    }))
}

/// Keeps words for a field, in place of those that were. False for blanks alone: they are no draft, and what was kept
/// goes.
///
/// # Errors
/// Those of the database.
pub fn keep_draft(db: &Connection, target: &TextTarget, words: KeptWords, caret: u32, stamp: &Stamp) -> Result<bool> {
    let (target, field) = target.name();
    if words.text.trim().is_empty() {
        drafts::remove(db, &target, &field)?;
        return Ok(false);
    }
    let (back, unseen) = (to_stored(&words.back), to_stored(&words.unseen));
    let (changed_ms, zone) = (stamp.unix_ms, stamp.zone.clone());
    drafts::put(db, &DraftRecord { target, field, text: words.text, back, unseen, caret, changed_ms, zone })?;
    Ok(true)
}

/// The words of a field are kept elsewhere, or let go of. True where there were any.
///
/// # Errors
/// Those of the database.
pub fn let_draft_go(db: &Connection, target: &TextTarget) -> Result<bool> {
    let (target, field) = target.name();
    drafts::remove(db, &target, &field)
}

/// All that a field showed when it was last seen becomes its draft: the words of an editor that stood open while the vault
/// was locked. What the field had not seen by then is not taken out by it. Of an object that is forgotten only what is
/// `typed` ([`typed_since`]) is kept, beside what was; blanks change nothing.
///
/// # Errors
/// `TooBig{max}`; `NotFound` for a new note without a name; those of the database. An object that is not there keeps
/// nobody's words from being kept.
pub fn take_words(db: &Connection, target: &TextTarget, shown: &str, typed: Option<&str>, stamp: &Stamp) -> Result<()> {
    if *target == (TextTarget::NewNote { draft: None }) {
        return Code::NotFound.err();
    }
    let length = bounded(shown)?;
    if shown.trim().is_empty() {
        return Ok(());
    }
    let kept = recovered_draft(db, target)?;
    for doc in target.objects() {
        if forgetting::is_hidden(db, &doc)? {
            return keep_beside(db, target, kept.map(|kept| kept.words.text), typed.unwrap_or_default(), stamp);
        }
    }
    let mut state = match kept {
        Some(draft) => TextState::of_kept(&draft.words),
        None => TextState::new(target.stored(db).ok().flatten().map_or_else(String::new, |stored| stored.text)),
    };
    state.hear(crate::editing::session::FieldNow { accepted: 0, length, change: Some(Edit::Whole(shown)) })?;
    if !state.is_ahead() && state.pending().is_empty() {
        return let_draft_go(db, target).map(|_| ());
    }
    let caret = u32::try_from(length).unwrap_or(u32::MAX);
    // What it has not seen stays known: the same words may come again.
    keep_draft(db, target, state.kept(), caret, stamp).map(|_| ())
}

/// What was typed in a field that showed the one text and then the other, and nothing that stood there.
///
/// # Errors
/// `TooBig{max}`.
pub fn typed_since(before: &str, shown: &str) -> Result<String> {
    bounded(before)?;
    bounded(shown)?;
    Ok(typed_only(before, &differences(before, shown)))
}

fn bounded(text: &str) -> Result<usize> {
    match units(text) {
        length if length > TEXT_UNITS_MAX => {
            Err(Code::TooBig.of(Field::Text).max(TEXT_UNITS_MAX).actual(length).into())
        }
        length => Ok(length),
    }
}

/// Words that were typed for an object that is forgotten, on a line after those that are kept for it. The same may come
/// again.
fn keep_beside(db: &Connection, target: &TextTarget, kept: Option<String>, typed: &str, stamp: &Stamp) -> Result<()> {
    let text = match kept {
        _ if typed.trim().is_empty() => return Ok(()),
        Some(kept) if kept == typed || kept.ends_with(&format!("\n{typed}")) => return Ok(()),
        Some(kept) => format!("{kept}\n{typed}"),
        None => typed.to_owned(),
    };
    let caret = u32::try_from(units(&text)).unwrap_or(u32::MAX);
    keep_draft(db, target, KeptWords::of_nothing(text), caret, stamp).map(|_| ())
}

/// Words that were sent are kept no longer as words to send; other words for the same are.
pub(super) fn drop_sent(desk: &Desk<'_>, command: &TalkCommand) -> Result<()> {
    match command {
        TalkCommand::Comment { on, text, .. } => {
            drop_if_sent(desk, &TextTarget::Comment { on: on.clone() }, std::slice::from_ref(text))
        }
        TalkCommand::Suggest { on, kind, alternatives, why, .. } => {
            for number in 0..crate::document::lane::ALTERNATIVES_MAX {
                let text = IdeaText::Wording { number: u32::try_from(number).unwrap_or_default() };
                drop_if_sent(desk, &idea(on, *kind, text), alternatives)?;
            }
            drop_if_sent(desk, &idea(on, *kind, IdeaText::Why), std::slice::from_ref(why))
        }
        TalkCommand::Withdraw { .. } | TalkCommand::Decide { .. } => Ok(()),
    }
}

fn idea(on: &Target, kind: IdeaKind, text: IdeaText) -> TextTarget {
    TextTarget::Suggestion { on: on.clone(), kind, text }
}

fn drop_if_sent(desk: &Desk<'_>, target: &TextTarget, sent: &[PersonText]) -> Result<()> {
    let Some(draft) = recovered_draft(desk.db, target)? else { return Ok(()) };
    let (shape, field) = target.shape()?;
    let same = |sent: &PersonText| is_same(shape, field, sent.as_str(), &draft.words.text);
    if sent.iter().any(same) {
        let_draft_go(desk.db, target)?;
    }
    Ok(())
}

/// Whether two texts are kept as one.
fn is_same(shape: Shape, field: Field, one: &str, other: &str) -> bool {
    one == other || shape.check(field, one).is_ok_and(|one| shape.check(field, other).is_ok_and(|other| one == other))
}

/// Who forgot an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForgottenBy {
    /// The person here, just now.
    Here,
    /// Another, or the person on another phone.
    Elsewhere,
}

/// What was typed for an object that is forgotten now: where it goes on in a successor the words go along; where the
/// person here lets go of it they go; else only what was typed stays, and nothing of what the object said.
///
/// # Errors
/// Those of the database.
pub fn forget_drafts(db: &Connection, doc: &DocId, into: Option<&DocId>, by: ForgottenBy) -> Result<()> {
    for draft in drafts::of(db, doc)? {
        drafts::remove(db, &draft.target, &draft.field)?;
        if let Some(into) = into {
            let target = draft.target.replace(&doc.to_string(), &into.to_string());
            if drafts::get(db, &target, &draft.field)?.is_none()
                && let Some(draft) = without_its_past(db, draft)?
            {
                drafts::put(db, &DraftRecord { target, ..draft })?;
            }
        } else if by == ForgottenBy::Elsewhere {
            let typed = only_typed(db, &draft)?;
            if !typed.trim().is_empty() {
                let KeptWords { text, back, unseen } = KeptWords::of_nothing(typed);
                let (back, unseen) = (to_stored(&back), to_stored(&unseen));
                drafts::put(db, &DraftRecord { text, back, unseen, caret: 0, ..draft })?;
            }
        }
    }
    Ok(())
}

/// What was typed over what the object says now: what it said when that was typed is part of the past that goes. `None`
/// where all of it is there already.
fn without_its_past(db: &Connection, draft: DraftRecord) -> Result<Option<DraftRecord>> {
    let target = TextTarget::named(&draft.target, &draft.field);
    let Some(now) = target.and_then(|target| target.stored(db).ok().flatten()) else { return Ok(Some(draft)) };
    let kept = KeptWords { text: draft.text.clone(), back: of_stored(&draft.back)?, unseen: of_stored(&draft.unseen)? };
    let state = TextState::recovered(&kept, &now.text);
    if !state.is_ahead() {
        return Ok(None);
    }
    let KeptWords { text, back, unseen } = state.kept();
    Ok(Some(DraftRecord { text, back: to_stored(&back), unseen: to_stored(&unseen), ..draft }))
}

/// What was put into a text by hand.
fn only_typed(db: &Connection, draft: &DraftRecord) -> Result<String> {
    if let Some(said) = TextTarget::named(&draft.target, &draft.field).and_then(|target| target.begun_from(db)) {
        return Ok(typed_only(&said, &differences(&said, &draft.text)));
    }
    let state =
        TextState::of_kept(&KeptWords { text: draft.text.clone(), back: of_stored(&draft.back)?, unseen: Vec::new() });
    Ok(state.typed_only())
}
