//! What somebody can type in: a text of a document, or words that a command sends later.

use super::place::shown_entry;
use super::{
    Command, Deed, GoalCommand, May, NoteCommand, NoteField, PlanCommand, Subject, Target, TextEdit, allowed, goal,
    may, permission, talk,
};
use crate::document::lane::IdeaKind;
use crate::document::{Kind, Path, State};
use crate::error::{Code, Field, Result};
use crate::ids::{ChangeId, DocId, ElementId, Rev, from_base32, to_base32};
use crate::projection::{Loaded, People, texts};
use crate::space::may_read_content;
use crate::store::{documents, forgetting, spaces};
use crate::text::Shape;
use rusqlite::Connection;

/// A field that somebody types in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the fields")]
pub enum TextTarget {
    /// The body of a note.
    Note {
        note: DocId,
    },
    NoteTitle {
        note: DocId,
    },
    /// A note to be: `None` begins one, and the answer says how it is named from then on.
    NewNote {
        draft: Option<ElementId>,
    },
    PlanTitle {
        plan: DocId,
    },
    /// A line of a plan.
    PlanEntry {
        plan: DocId,
        entry: ElementId,
    },
    /// `field`: title, towards, away_from, why.
    GoalField {
        goal: DocId,
        field: String,
    },
    Step {
        goal: DocId,
        step: ElementId,
    },
    /// A comment that is not sent.
    Comment {
        on: Target,
    },
    /// An idea that is not sent.
    Suggestion {
        on: Target,
        kind: IdeaKind,
        text: IdeaText,
    },
}

/// Which text of an idea.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdeaText {
    /// One of its wordings, counted from 0.
    Wording {
        /// Which.
        number: u32,
    },
    /// Why.
    Why,
}

/// A text as the rows have it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredText {
    /// The document it lies in now.
    pub doc: DocId,
    /// The newest revision of that document.
    pub rev: Rev,
    /// The words.
    pub text: String,
}

crate::text::redacted!(StoredText);

impl TextTarget {
    /// The bound and the kind of the text.
    ///
    /// # Errors
    /// `NotFound` for a field of a goal that is none.
    pub fn shape(&self) -> Result<(Shape, Field)> {
        let idea = |on: &Target| if on.part.is_some() { Shape::ItemText } else { Shape::Line };
        Ok(match self {
            TextTarget::Note { .. } | TextTarget::NewNote { .. } => (Shape::Body, Field::Body),
            TextTarget::NoteTitle { .. } | TextTarget::PlanTitle { .. } => (Shape::Title, Field::Title),
            TextTarget::PlanEntry { .. } | TextTarget::Comment { .. } => (Shape::ItemText, Field::Text),
            TextTarget::Step { .. } => (Shape::Line, Field::Text),
            TextTarget::GoalField { field, .. } => goal::shape_of(field)?,
            TextTarget::Suggestion { text: IdeaText::Why, .. } => (Shape::Line, Field::Why),
            TextTarget::Suggestion { on, .. } => (idea(on), Field::Text),
        })
    }

    /// The objects whose change may change the text or the right to write it.
    pub fn objects(&self) -> Vec<DocId> {
        match self {
            TextTarget::Note { note } | TextTarget::NoteTitle { note } => vec![*note],
            TextTarget::NewNote { .. } => Vec::new(),
            TextTarget::PlanTitle { plan } | TextTarget::PlanEntry { plan, .. } => vec![*plan],
            TextTarget::GoalField { goal, .. } | TextTarget::Step { goal, .. } => vec![*goal],
            TextTarget::Comment { on } | TextTarget::Suggestion { on, .. } => vec![on.doc],
        }
    }

    /// The text as the rows have it; `None` for words that a command sends later. Nothing is loaded for that.
    ///
    /// # Errors
    /// `NotFound`, `NewerSchema`, `NotInForce`.
    pub fn stored(&self, db: &Connection) -> Result<Option<StoredText>> {
        let (doc, text) = match self {
            TextTarget::NewNote { .. } | TextTarget::Comment { .. } | TextTarget::Suggestion { .. } => return Ok(None),
            TextTarget::Note { note } => (*note, texts::note_body(db, &seen(db, note, Kind::Note)?)?),
            TextTarget::NoteTitle { note } => (*note, texts::note_title(db, &seen(db, note, Kind::Note)?)?),
            TextTarget::PlanTitle { plan } => (*plan, texts::plan_title(db, &seen(db, plan, Kind::Plan)?)?),
            TextTarget::GoalField { goal, field } => {
                (*goal, texts::goal_field(db, &seen(db, goal, Kind::Goal)?, field)?)
            }
            TextTarget::Step { goal, step } => (*goal, texts::step(db, &seen(db, goal, Kind::Goal)?, step)?),
            TextTarget::PlanEntry { plan, entry } => {
                let plan = seen(db, plan, Kind::Plan)?;
                let record = documents::get(db, &plan)?.ok_or(Code::NotFound)?;
                let people = People::of(db, &record.space)?;
                let (line, ..) = shown_entry(db, &people, &record, entry)?;
                (line.doc, line.text)
            }
        };
        let heads: Vec<ChangeId> = documents::heads(db, &doc)?.chunks(32).filter_map(ChangeId::from_slice).collect();
        Ok(Some(StoredText { doc, rev: Rev::of(&heads), text }))
    }

    /// The document it lies in; `None` for words that a command sends later. Its words are not read for that.
    ///
    /// # Errors
    /// Those of [`TextTarget::stored`].
    pub fn lies_in(&self, db: &Connection) -> Result<Option<DocId>> {
        Ok(Some(match self {
            TextTarget::Note { note } | TextTarget::NoteTitle { note } => seen(db, note, Kind::Note)?,
            TextTarget::PlanTitle { plan } => seen(db, plan, Kind::Plan)?,
            TextTarget::GoalField { goal, .. } | TextTarget::Step { goal, .. } => seen(db, goal, Kind::Goal)?,
            _ => return Ok(self.stored(db)?.map(|stored| stored.doc)),
        }))
    }

    /// The text as the document in memory has it, with its revision.
    pub fn stored_in(&self, loaded: &Loaded) -> Option<StoredText> {
        let text = self.text_of(loaded)?.to_owned();
        Some(StoredText { doc: loaded.record.id, rev: loaded.doc.rev(), text })
    }

    /// Whether the text may be written, or the words sent.
    ///
    /// # Errors
    /// The refusal of [`may`].
    pub fn may_write(&self, db: &Connection) -> Result<()> {
        match self.subject(db)? {
            Some((subject, deed)) => may(db, subject, deed),
            None => Ok(()),
        }
    }

    /// The same as a screen takes it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn may(&self, db: &Connection) -> Result<May> {
        match self.subject(db) {
            Ok(Some((subject, deed))) => allowed(db, subject, &[deed]),
            Ok(None) => Ok(May { acts: vec![super::Act { deed: Deed::Edit, answer: super::Answer::Yes }] }),
            Err(error) => permission::refused(Deed::Edit, error),
        }
    }

    fn subject(&self, db: &Connection) -> Result<Option<(Subject<'_>, Deed)>> {
        Ok(Some(match self {
            TextTarget::NewNote { .. } => return Ok(None),
            TextTarget::Note { note } | TextTarget::NoteTitle { note } => (Subject::Note(note), Deed::Edit),
            TextTarget::PlanTitle { plan } => (Subject::Plan(plan), Deed::Edit),
            TextTarget::PlanEntry { plan, entry } => (Subject::Entry { plan, entry }, Deed::Edit),
            TextTarget::GoalField { goal, .. } => (Subject::Goal(goal), Deed::Edit),
            TextTarget::Step { goal, step } => (Subject::Step { goal, step }, Deed::Edit),
            TextTarget::Comment { on } => (talk::subject(db, on)?, Deed::Comment),
            TextTarget::Suggestion { on, .. } => (talk::subject(db, on)?, Deed::Suggest),
        }))
    }

    /// The command that writes the text; `None` for words that are sent by a command of their own.
    pub fn edit(&self, base: Rev, text: TextEdit) -> Option<Command> {
        let note =
            |note: &DocId, field, base, text| Command::Note(NoteCommand::Edit { note: *note, field, base, text });
        Some(match self {
            TextTarget::Note { note: id } => note(id, NoteField::Body, base, text),
            TextTarget::NoteTitle { note: id } => note(id, NoteField::Title, base, text),
            TextTarget::PlanTitle { plan } => Command::Plan(PlanCommand::EditTitle { plan: *plan, base, text }),
            TextTarget::PlanEntry { plan, entry } => {
                Command::Plan(PlanCommand::EditEntry { plan: *plan, entry: *entry, base, text })
            }
            TextTarget::GoalField { goal, field } => {
                Command::Goal(GoalCommand::Edit { goal: *goal, field: field.clone(), base, text })
            }
            TextTarget::Step { goal, step } => {
                Command::Goal(GoalCommand::EditStep { goal: *goal, step: *step, base, text })
            }
            TextTarget::NewNote { .. } | TextTarget::Comment { .. } | TextTarget::Suggestion { .. } => return None,
        })
    }

    /// Where the text lies in its document.
    pub fn path(&self) -> Path {
        let path: &[&str] = match self {
            TextTarget::Note { .. } => &["body"],
            TextTarget::NoteTitle { .. } | TextTarget::PlanTitle { .. } => &["title"],
            TextTarget::PlanEntry { entry, .. } => &["entries", &entry.to_string(), "text"],
            TextTarget::GoalField { field, .. } => &[field],
            TextTarget::Step { step, .. } => &["steps", &step.to_string(), "text"],
            TextTarget::NewNote { .. } | TextTarget::Comment { .. } | TextTarget::Suggestion { .. } => &[],
        };
        path.iter().map(|key| (*key).to_owned()).collect()
    }

    /// The text as the document in memory has it.
    pub fn text_of<'d>(&self, loaded: &'d Loaded) -> Option<&'d str> {
        Some(match (self, &loaded.state) {
            (TextTarget::Note { .. }, State::Note(note)) => &note.body,
            (TextTarget::NoteTitle { .. }, State::Note(note)) => &note.title,
            (TextTarget::PlanTitle { .. }, State::Plan(plan)) => &plan.title,
            (TextTarget::PlanEntry { entry, .. }, State::Plan(plan)) => &plan.entries.get(entry)?.text,
            (TextTarget::GoalField { field, .. }, State::Goal(goal)) => goal.text(field),
            (TextTarget::Step { step, .. }, State::Goal(goal)) => &goal.steps.get(step)?.text,
            _ => return None,
        })
    }

    /// Where the words go on where only a suggestion may be made of them: the same line, in an idea that is not sent.
    pub fn as_suggestion(&self, db: &Connection) -> Result<Option<TextTarget>> {
        let TextTarget::PlanEntry { plan, entry } = self else { return Ok(None) };
        if may(db, Subject::Entry { plan, entry }, Deed::Suggest).is_err() {
            return Ok(None);
        }
        let record = documents::get(db, plan)?.ok_or(Code::NotFound)?;
        let (line, ..) = shown_entry(db, &People::of(db, &record.space)?, &record, entry)?;
        let on = Target { doc: *plan, part: Some(line.part), element: Some(*entry) };
        Ok(Some(TextTarget::Suggestion { on, kind: IdeaKind::Change, text: IdeaText::Wording { number: 0 } }))
    }

    /// What an idea was begun from, where its target is a line that is shown: that much of it is another's words.
    pub fn begun_from(&self, db: &Connection) -> Option<String> {
        let TextTarget::Suggestion { on: Target { doc, element: Some(element), .. }, .. } = self else { return None };
        let line = TextTarget::PlanEntry { plan: *doc, entry: *element };
        let step = TextTarget::Step { goal: *doc, step: *element };
        [line, step].iter().find_map(|of| of.stored(db).ok().flatten()).map(|stored| stored.text)
    }

    /// The name under which its words are kept: of the target, and of the field in it. [`TextTarget::named`] reads it.
    pub fn name(&self) -> (String, String) {
        let about = |word: &str, on: &Target| {
            let part =
                on.part.as_ref().map_or_else(|| "-".to_owned(), |part| format!("p{}", to_base32(part.as_bytes())));
            let element = on.element.map_or_else(|| "-".to_owned(), |element| element.to_string());
            format!("{word}/{}/{part}/{element}", on.doc)
        };
        let draft = |draft: &Option<ElementId>| draft.map_or_else(|| "-".to_owned(), |draft| draft.to_string());
        let (target, field) = match self {
            TextTarget::Note { note } => (format!("note/{note}"), "body"),
            TextTarget::NoteTitle { note } => (format!("note/{note}"), "title"),
            TextTarget::NewNote { draft: id } => (format!("new-note/{}", draft(id)), "body"),
            TextTarget::PlanTitle { plan } => (format!("plan/{plan}"), "title"),
            TextTarget::PlanEntry { plan, entry } => (format!("plan/{plan}/{entry}"), "text"),
            TextTarget::GoalField { goal, field } => (format!("goal/{goal}"), field.as_str()),
            TextTarget::Step { goal, step } => (format!("goal/{goal}/{step}"), "text"),
            TextTarget::Comment { on } => (about("comment", on), "text"),
            TextTarget::Suggestion { on, kind, text } => {
                let target = format!("{}/{}", about("suggestion", on), kind.name());
                return match text {
                    IdeaText::Wording { number } => (target, number.to_string()),
                    IdeaText::Why => (target, "why".to_owned()),
                };
            }
        };
        (target, field.to_owned())
    }

    /// The field behind its name; `None` for a name that is none.
    pub fn named(target: &str, field: &str) -> Option<TextTarget> {
        let keys: Vec<&str> = target.split('/').collect();
        let about = |doc: &str, part: &str, element: &str| {
            let part = match part.strip_prefix('p') {
                Some(part) => Some(String::from_utf8(from_base32(part)?).ok()?),
                None => None,
            };
            let element = if element == "-" { None } else { Some(ElementId::parse(element)?) };
            Some(Target { doc: DocId::parse(doc)?, part, element })
        };
        Some(match (keys.as_slice(), field) {
            (["note", note], "body") => TextTarget::Note { note: DocId::parse(note)? },
            (["note", note], "title") => TextTarget::NoteTitle { note: DocId::parse(note)? },
            (["new-note", draft], "body") => TextTarget::NewNote { draft: ElementId::parse(draft) },
            (["plan", plan], "title") => TextTarget::PlanTitle { plan: DocId::parse(plan)? },
            (["plan", plan, entry], "text") => {
                TextTarget::PlanEntry { plan: DocId::parse(plan)?, entry: ElementId::parse(entry)? }
            }
            (["goal", goal], field) => TextTarget::GoalField { goal: DocId::parse(goal)?, field: field.to_owned() },
            (["goal", goal, step], "text") => {
                TextTarget::Step { goal: DocId::parse(goal)?, step: ElementId::parse(step)? }
            }
            (["comment", doc, part, element], "text") => TextTarget::Comment { on: about(doc, part, element)? },
            (["suggestion", doc, part, element, kind], field) => {
                let text = match field {
                    "why" => IdeaText::Why,
                    number => IdeaText::Wording { number: number.parse().ok()? },
                };
                TextTarget::Suggestion { on: about(doc, part, element)?, kind: IdeaKind::from_name(kind)?, text }
            }
            _ => return None,
        })
    }
}

impl serde::Serialize for TextTarget {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (target, field) = self.name();
        to.collect_str(&format_args!("{target}#{field}"))
    }
}

/// A document of this kind that may be shown.
fn seen(db: &Connection, doc: &DocId, kind: Kind) -> Result<DocId> {
    let record = documents::get(db, doc)?.ok_or(Code::NotFound)?;
    match Kind::from_number(record.kind) {
        None => return Code::NewerSchema.err(),
        Some(known) if known != kind => return Code::NotFound.err(),
        Some(_) => {}
    }
    if forgetting::is_hidden(db, doc)? {
        return Code::NotFound.err();
    }
    may_read_content(People::state_of(&spaces::get_space(db, &record.space)?.ok_or(Code::NotFound)?))?;
    Ok(*doc)
}
