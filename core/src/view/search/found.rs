//! What the index named, as the rows tell it: whether it is shown at all, where it stands and what it says.

use super::records::{SearchIn, SearchRow};
use super::snippet::{snippet, whole};
use crate::clock::Stamp;
use crate::command::{Deed, May, Subject, allowed};
use crate::document::Kind;
use crate::document::act::ActKind;
use crate::error::{Code, Error, Result};
use crate::ids::{DocId, ElementId, SpaceId};
use crate::projection::copies::copy_line;
use crate::projection::lines::{self};
use crate::projection::{BODY, Findable, People, body_of, typed_in, words};
use crate::store::{batches, documents};
use crate::text::PersonText;
use crate::text::search::Phrase;
use crate::view::comments::zone_of;
use crate::view::look::{Look, READABLE};
use crate::view::parts::Frame;
use crate::view::plans;
use crate::view::records::Audience;
use rusqlite::{OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Something that was found and is shown.
pub(super) struct Shown {
    id: DocId,
    space: SpaceId,
    kind: Findable,
    element: Option<ElementId>,
    part: Option<String>,
    inside: PersonText,
    title: String,
    body: String,
    changed_ms: i64,
    zone: String,
}

impl Shown {
    /// The day that is shown with it.
    pub fn local_date(&self) -> String {
        Stamp::at(self.changed_ms, &self.zone).local_date
    }
}

/// A plan as far as a search needs it: its title, and every line where it is shown.
struct Frames {
    title: PersonText,
    lines: BTreeSet<(DocId, ElementId)>,
}

/// Looks up what the index named, each plan and audience once.
pub(super) struct Finder<'f, 'l> {
    look: &'f Look<'l>,
    phrases: &'f [Phrase],
    tag: Option<String>,
    within: SearchIn,
    plans: BTreeMap<DocId, Option<Rc<Frames>>>,
    audiences: BTreeMap<SpaceId, Audience>,
    /// Where notes lie, if it may be read.
    own: Option<SpaceId>,
    /// Whether anything waits for a newer app.
    is_any_newer: bool,
    /// All notes found are mine and in one state.
    may: Option<May>,
    /// Notes of which the rows do not say all that was typed.
    typed: BTreeSet<DocId>,
    labels: BTreeMap<Findable, String>,
}

impl<'f, 'l> Finder<'f, 'l> {
    pub fn new(look: &'f Look<'l>, phrases: &'f [Phrase], tag: Option<String>, within: SearchIn) -> Result<Self> {
        let sql = format!("SELECT space.id FROM space WHERE space.kind = 1 AND {READABLE}");
        let own = look.db().prepare_cached(&sql)?.query_row([], |row| row.get(0)).optional()?;
        let is_any_newer = batches::is_any_newer(look.db())?;
        let (plans, audiences, labels) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let typed = typed_in(look.db())?;
        Ok(Finder { look, phrases, tag, within, plans, audiences, own, is_any_newer, may: None, typed, labels })
    }

    /// What is shown of it; nothing where its space may not be read, where it is not shown any more, and where it is not
    /// among those looked for.
    pub fn shown(
        &mut self,
        (doc, number): (&DocId, i64),
        kind: Findable,
        element: Option<&ElementId>,
    ) -> Result<Option<Shown>> {
        let only_notes = self.tag.is_some() || self.within == SearchIn::Trash;
        let shown = match (kind, element) {
            (Findable::Note, None) => self.note(doc, number),
            _ if only_notes => return Ok(None),
            (Findable::Goal | Findable::Plan, None) => self.object(doc, kind),
            (Findable::Copy, None) => self.copy(doc),
            (Findable::Step, Some(step)) => self.step(doc, step),
            (Findable::Line, Some(line)) => self.line(doc, line),
            (Findable::Idea, Some(idea)) => self.idea(doc, idea),
            (Findable::Comment, Some(comment)) => self.comment(doc, comment),
            _ => return Ok(None),
        };
        match shown {
            Err(Error::Refused(detail)) if is_hidden(detail.code) => Ok(None),
            other => other,
        }
    }

    fn note(&self, doc: &DocId, number: i64) -> Result<Option<Shown>> {
        // The projection writes rows of notes for my own space alone, so the document itself is not asked.
        let Some(space) = self.own else { return Ok(None) };
        let state = if self.within == SearchIn::Trash { "NOT NULL" } else { "NULL" };
        let sql = format!(
            "SELECT title, {BODY}, changed_ms, zone FROM note
             WHERE number = ?1 AND trashed_ms IS {state} AND extra_lock = 0
             AND (?2 IS NULL OR EXISTS (SELECT 1 FROM note_tag WHERE note_tag.doc = note.doc AND note_tag.fold = ?2))"
        );
        let shown = |row: &rusqlite::Row<'_>| {
            Ok(Shown {
                id: *doc,
                space,
                kind: Findable::Note,
                element: None,
                part: None,
                inside: PersonText::default(),
                title: row.get(0)?,
                body: row.get(1)?,
                changed_ms: row.get(2)?,
                zone: row.get(3)?,
            })
        };
        let shown = self.look.db().prepare_cached(&sql)?.query_row(params![number, self.tag], shown).optional()?;
        match shown {
            Some(shown) if self.typed.contains(doc) => {
                Ok(Some(Shown { body: body_of(self.look.db(), doc, shown.body)?, ..shown }))
            }
            other => Ok(other),
        }
    }

    /// A goal or a plan itself.
    fn object(&mut self, doc: &DocId, kind: Findable) -> Result<Option<Shown>> {
        let of = if kind == Findable::Goal { Kind::Goal } else { Kind::Plan };
        let (record, _) = self.look.open(doc, &[of])?;
        let (changed_ms, zone) = self.changed(doc, kind)?;
        let Some(words) = words(self.look.db(), doc, kind, None)? else { return Ok(None) };
        // A plan without a title of its own is called by its kind.
        let inside =
            if kind == Findable::Plan && words.title.is_empty() { self.title(doc)? } else { PersonText::default() };
        let (title, body) = (words.title, words.body);
        let (id, space, element, part) = (*doc, record.space, None, None);
        Ok(Some(Shown { id, space, kind, element, part, inside, title, body, changed_ms, zone }))
    }

    /// A copy, mine or given to me.
    fn copy(&self, doc: &DocId) -> Result<Option<Shown>> {
        let (record, _) = self.look.open(doc, &[Kind::Copy])?;
        let Some(line) = copy_line(self.look.db(), doc)? else { return Ok(None) };
        Ok(Some(Shown {
            id: *doc,
            space: record.space,
            kind: Findable::Copy,
            element: None,
            part: None,
            inside: PersonText::default(),
            title: line.title,
            body: line.text,
            changed_ms: line.at_ms,
            zone: line.zone,
        }))
    }

    fn step(&mut self, goal: &DocId, step: &ElementId) -> Result<Option<Shown>> {
        let (record, _) = self.look.open(goal, &[Kind::Goal])?;
        let said = self.said(step, record.space, [ActKind::StepAdded, ActKind::StepText])?;
        let when = match said {
            Some(when) => when,
            None => self.changed(goal, Findable::Goal)?,
        };
        self.inside((goal, Findable::Step, step), goal, record.space, None, when)
    }

    fn line(&mut self, doc: &DocId, line: &ElementId) -> Result<Option<Shown>> {
        let record = documents::get(self.look.db(), doc)?.ok_or(Code::NotFound)?;
        let plan = record.about.unwrap_or(record.id);
        let Some(frames) = self.plan(&plan)? else { return Ok(None) };
        if !frames.lines.contains(&(*doc, *line)) {
            return Ok(None);
        }
        let part = self
            .look
            .db()
            .prepare_cached("SELECT part FROM entry WHERE doc = ?1 AND id = ?2")?
            .query_row(params![doc, line], |row| row.get(0))?;
        let when = match self.said(line, record.space, [ActKind::EntryAdded, ActKind::EntryText])? {
            Some(when) => when,
            None => self.changed(&plan, Findable::Plan)?,
        };
        self.inside((doc, Findable::Line, line), &plan, record.space, Some(part), when)
    }

    /// Two ideas with one id are none, and only members speak in a space, as wherever ideas are shown.
    fn idea(&mut self, doc: &DocId, idea: &ElementId) -> Result<Option<Shown>> {
        let Some(line) = lines::idea(self.look.db(), idea)?.filter(|line| line.doc == *doc) else { return Ok(None) };
        let (record, people) = self.look.open(&line.about, &[Kind::Goal, Kind::Plan])?;
        if !people.membership.members.contains_key(&line.by) {
            return Ok(None);
        }
        let zone = zone_of(self.look, idea, ActKind::IdeaGiven)?;
        let part = Some(line.part).filter(|part| !part.is_empty());
        self.inside((doc, Findable::Idea, idea), &line.about, record.space, part, (line.at_ms, zone))
    }

    fn comment(&mut self, doc: &DocId, comment: &ElementId) -> Result<Option<Shown>> {
        let lane = documents::get(self.look.db(), doc)?.ok_or(Code::NotFound)?;
        let about = lane.about.ok_or(Code::NotFound)?;
        let (record, people) = self.look.open(&about, &[Kind::Goal, Kind::Plan, Kind::Copy])?;
        if record.space != lane.space || !lane.writer.is_some_and(|by| people.membership.members.contains_key(&by)) {
            return Ok(None);
        }
        let (part, at_ms): (String, i64) = self
            .look
            .db()
            .prepare_cached("SELECT part, at_ms FROM comment WHERE doc = ?1 AND id = ?2")?
            .query_row(params![doc, comment], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let zone = zone_of(self.look, comment, ActKind::Commented)?;
        let part = Some(part).filter(|part| !part.is_empty());
        self.inside((doc, Findable::Comment, comment), &about, record.space, part, (at_ms, zone))
    }

    /// Something inside a goal or plan, which is named with it.
    fn inside(
        &mut self,
        (doc, kind, element): (&DocId, Findable, &ElementId),
        id: &DocId,
        space: SpaceId,
        part: Option<String>,
        (changed_ms, zone): (i64, String),
    ) -> Result<Option<Shown>> {
        let Some(words) = words(self.look.db(), doc, kind, Some(element))? else { return Ok(None) };
        let (id, element, inside) = (*id, Some(*element), self.title(id)?);
        let (title, body) = (words.title, words.body);
        Ok(Some(Shown { id, space, kind, element, part, inside, title, body, changed_ms, zone }))
    }

    /// When a goal or plan itself changed last, as claimed.
    fn changed(&self, doc: &DocId, kind: Findable) -> Result<(i64, String)> {
        let table = if kind == Findable::Goal { "goal" } else { "plan" };
        let sql = format!("SELECT changed_ms, zone FROM {table} WHERE doc = ?1");
        let found =
            self.look.db().prepare_cached(&sql)?.query_row([doc], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        found.ok_or_else(|| Code::NotFound.into())
    }

    /// When a line or step was last written on.
    fn said(&self, element: &ElementId, space: SpaceId, acts: [ActKind; 2]) -> Result<Option<(i64, String)>> {
        let [made, text] = acts.map(|act| act as u8);
        let mut query = self.look.db().prepare_cached(
            "SELECT claimed_ms, zone FROM history WHERE element = ?1 AND space = ?2 AND act IN (?3, ?4)
             ORDER BY id DESC LIMIT 1",
        )?;
        let when = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        Ok(query.query_row(params![element, space, made, text], when).optional()?)
    }

    fn title(&mut self, doc: &DocId) -> Result<PersonText> {
        if let Some(frames) = self.plan(doc)? {
            return Ok(frames.title.clone());
        }
        let mut query = self.look.db().prepare_cached("SELECT title FROM goal WHERE doc = ?1")?;
        let title: Option<String> = query.query_row([doc], |row| row.get(0)).optional()?;
        if let (None, Some(copy)) = (&title, copy_line(self.look.db(), doc)?) {
            let title = Some(copy.title).filter(|title| !title.is_empty());
            return Ok(title.unwrap_or_else(|| self.look.say("kind-copy", &[])).into());
        }
        Ok(title.unwrap_or_default().into())
    }

    /// The plan with this id, nothing where there is none or it may not be shown.
    fn plan(&mut self, id: &DocId) -> Result<Option<Rc<Frames>>> {
        if let Some(known) = self.plans.get(id) {
            return Ok(known.clone());
        }
        let frames = match self.frames(id) {
            Ok(frames) => Some(Rc::new(frames)),
            Err(Error::Refused(detail)) if is_hidden(detail.code) => None,
            Err(other) => return Err(other),
        };
        self.plans.insert(*id, frames.clone());
        Ok(frames)
    }

    fn frames(&self, id: &DocId) -> Result<Frames> {
        let (record, people): (_, Rc<People>) = self.look.open(id, &[Kind::Plan])?;
        let frame = Frame::of(self.look, &record, &people)?;
        let db = self.look.db();
        let title: String =
            db.prepare_cached("SELECT title FROM plan WHERE doc = ?1")?.query_row([id], |row| row.get(0))?;
        let mut shown = BTreeSet::new();
        for part in lines::parts(db, id)? {
            for home in frame.homes(&part) {
                let doc = home.doc();
                let entries = lines::entries(db, &doc, &part.key)?.into_iter();
                shown.extend(entries.filter(|entry| !entry.gone).map(|entry| (doc, entry.id)));
            }
        }
        Ok(Frames { title: plans::title_of(self.look, &frame.template, title), lines: shown })
    }

    /// The row of a list.
    pub fn row(&mut self, shown: Shown) -> Result<SearchRow> {
        let look = self.look;
        let people = look.people(&shown.space)?;
        let audience = self.audiences.entry(shown.space).or_insert_with(|| look.audience(&people)).clone();
        let (spans, dir) = snippet(&shown.body, self.phrases);
        Ok(SearchRow {
            may: self.may(&shown)?,
            kind_label: self.labels.entry(shown.kind).or_insert_with(|| look.say(label(shown.kind), &[])).clone(),
            title: whole(&shown.title, self.phrases),
            when: look.when(shown.changed_ms, &shown.zone),
            id: shown.id,
            space: shown.space,
            kind: shown.kind,
            element: shown.element,
            part: shown.part,
            inside: shown.inside,
            spans,
            dir,
            audience,
        })
    }

    /// As in the list of notes: the answers differ only where a note waits for a newer app.
    fn may(&mut self, shown: &Shown) -> Result<May> {
        if shown.kind != Findable::Note {
            return Ok(May::default());
        }
        let deeds: &[Deed] = match self.within {
            SearchIn::Kept => &[Deed::Edit, Deed::Tag, Deed::Pin, Deed::Trash],
            SearchIn::Trash => &[Deed::Restore],
        };
        let ask = || allowed(self.look.db(), Subject::Note(&shown.id), deeds);
        if self.is_any_newer && !batches::newer_from(self.look.db(), &shown.space, &shown.id)?.is_empty() {
            return ask();
        }
        match &self.may {
            Some(may) => Ok(may.clone()),
            None => Ok(self.may.insert(ask()?).clone()),
        }
    }
}

/// What is not there or may not be shown is not found.
fn is_hidden(code: Code) -> bool {
    matches!(code, Code::NotFound | Code::NewerSchema | Code::NotInForce | Code::RelationshipEnded)
}

fn label(kind: Findable) -> &'static str {
    match kind {
        Findable::Note => "kind-note",
        Findable::Goal => "kind-goal",
        Findable::Step => "kind-step",
        Findable::Plan => "kind-plan",
        Findable::Line => "kind-line",
        Findable::Idea => "kind-idea",
        Findable::Comment => "kind-comment",
        Findable::Copy => "kind-copy",
    }
}
