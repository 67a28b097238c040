use super::text::{rebased, state_of};
use super::{Deed, Desk, NoteCommand, NoteDraft, NoteField, Outcome, Subject, may};
use crate::batch::Birth;
use crate::document::note::{TAGS_MAX, steps};
use crate::document::{Kind, State};
use crate::error::{Code, Error, Field, Result};
use crate::ids::DocId;
use crate::store::documents;
use crate::text::{Shape, fold};

pub(super) fn perform(desk: &mut Desk<'_>, command: &NoteCommand) -> Result<Outcome> {
    let (note, steps) = match command {
        NoteCommand::Create { draft } => return create(desk, draft),
        NoteCommand::Edit { note, field, base, text } => {
            may(desk.db, Subject::Note(note), Deed::Edit)?;
            let (name, shape, about) = match field {
                NoteField::Title => ("title", Shape::Title, Field::Title),
                NoteField::Body => ("body", Shape::Body, Field::Body),
            };
            let path = vec![name.to_owned()];
            let loaded = desk.load(note)?;
            let splices = rebased(loaded, &path, base, text, (shape, about), |state| match (state, field) {
                (State::Note(note), NoteField::Title) => Some(&note.title),
                (State::Note(note), NoteField::Body) => Some(&note.body),
                _ => None,
            })?;
            (note, vec![steps::edit(name, splices)])
        }
        NoteCommand::AddTag { note, tag } => {
            may(desk.db, Subject::Note(note), Deed::Tag)?;
            let tag = Shape::Tag.check(Field::Tag, tag.as_str())?;
            let tags = state_of!(desk, note, Note).tags;
            if tags.contains_key(&fold(&tag)) {
                return Err(Code::Duplicate.of(Field::Tag).into());
            }
            if tags.len() >= TAGS_MAX {
                return Err(Code::TooMany.of(Field::Tag).max(TAGS_MAX).actual(tags.len() + 1).into());
            }
            (note, vec![steps::add_tag(&tag)])
        }
        NoteCommand::TakeTag { note, tag } => {
            may(desk.db, Subject::Note(note), Deed::Tag)?;
            if !state_of!(desk, note, Note).tags.contains_key(&fold(tag.as_str())) {
                return Err(Code::NotFound.of(Field::Tag).into());
            }
            (note, vec![steps::take_tag(tag.as_str())])
        }
        NoteCommand::Pin { note } => {
            may(desk.db, Subject::Note(note), Deed::Pin)?;
            (note, vec![steps::pin(true)])
        }
        NoteCommand::Unpin { note } => {
            may(desk.db, Subject::Note(note), Deed::Pin)?;
            (note, vec![steps::pin(false)])
        }
        NoteCommand::Trash { note } => {
            may(desk.db, Subject::Note(note), Deed::Trash)?;
            (note, vec![steps::trash(Some(desk.at.unix_ms))])
        }
        NoteCommand::Restore { note } => {
            may(desk.db, Subject::Note(note), Deed::Restore)?;
            (note, vec![steps::trash(None)])
        }
    };
    desk.write(note, &steps)?;
    Ok(Outcome { touched: vec![*note], ..Outcome::default() })
}

fn create(desk: &mut Desk<'_>, draft: &NoteDraft) -> Result<Outcome> {
    let nonce = desk.entropy.bytes();
    let made = create_note(desk, draft, nonce)?.ok_or(Error::Broken("a random nonce came twice"))?;
    Ok(Outcome { made: Some(made), touched: vec![made], element: None })
}

/// A note whose id follows from `nonce`; `None` where it is there already, also one that was forgotten.
pub(crate) fn create_note(desk: &mut Desk<'_>, draft: &NoteDraft, nonce: [u8; 32]) -> Result<Option<DocId>> {
    let title = Shape::Title.check(Field::Title, draft.title.as_str())?;
    let body = Shape::Body.check(Field::Body, draft.body.as_str())?;
    if title.is_empty() && body.trim().is_empty() {
        return Err(Code::Empty.of(Field::Body).into());
    }
    if draft.tags.len() > TAGS_MAX {
        return Err(Code::TooMany.of(Field::Tag).max(TAGS_MAX).actual(draft.tags.len()).into());
    }
    let tags = draft.tags.iter().map(|tag| Shape::Tag.check(Field::Tag, tag.as_str())).collect::<Result<Vec<_>>>()?;
    let space = desk.me.own;
    let writer = Some(desk.member(&space)?);
    let birth = Birth { space, kind: Kind::Note.number(), writer, about: None, key: None, nonce };
    if documents::get(desk.db, &birth.doc())?.is_some() {
        return Ok(None);
    }
    Ok(Some(desk.write_in(birth, &steps::begin(&title, &body, &tags))?))
}
