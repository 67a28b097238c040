//! Copies of notes that went from one to another: what I gave, what was given to me, and what was taken back.

use super::comments;
use super::forgotten::{self, Receipt};
use super::look::Look;
use super::page::{Key, Wanted};
use super::paragraphs::{direction, paragraphs, snippet};
use super::records::{Anchor, At, Audience, CommentDetail, Direction, Page, Paragraph, Person, Stage, When};
use crate::command::{Deed, May, Subject, allowed};
use crate::document::copy::Extent;
use crate::document::{ActKind, Kind};
use crate::error::{Code, Result};
use crate::ids::{DocId, MemberId, SpaceId};
use crate::library::Arg;
use crate::projection::copies::{CopyLine, all_in, copies_of, copy_line, note_of};
use crate::projection::{Matter, People};
use crate::space::{SpaceKind, SpaceState, may_read_content};
use crate::store::documents::{self, DocumentRecord};
use crate::store::forgetting::{self, ForgottenRecord};
use crate::store::spaces::{self, SpaceRecord};
use crate::text::PersonText;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Which copies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShareFilter {
    /// Only those of this space.
    pub with: Option<SpaceId>,
    /// Only those of this note of mine.
    pub note: Option<DocId>,
    /// Only what I gave, or what was given to me.
    pub side: Option<ShareSide>,
}

/// Whose a copy was to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum ShareSide {
    Given,
    Received,
}

/// A copy in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShareRow {
    /// The copy.
    pub id: DocId,
    /// Where it lies.
    pub space: SpaceId,
    /// From whom.
    pub by: Person,
    /// To whom: everyone else there.
    pub to: Vec<Person>,
    /// Whether I gave it.
    pub side: ShareSide,
    /// Nothing once it was taken back.
    pub title: PersonText,
    /// The first words, at most 160 scalars on one line; nothing once it was taken back.
    pub snippet: PersonText,
    /// Which way they run.
    pub dir: Direction,
    /// What it is from and how much of that, as a sentence.
    pub from_label: String,
    /// `given` or `taken-back`.
    pub stage: Stage,
    /// What became of it, as a sentence; empty while it is given.
    pub stage_label: String,
    /// When it was given; where that never came here, when it was taken back.
    pub when: When,
    /// When it was taken back.
    pub taken_back: Option<When>,
    /// The note of mine it is from. It is told by my own phones alone.
    pub note: Option<DocId>,
    /// Of one that I took back: what each other phone said (invariant I23).
    pub receipts: Vec<Receipt>,
    /// Who can see it, in a few words.
    pub audience: String,
    /// Taking it back, commenting on it.
    pub may: May,
}

/// A copy opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopyDetail {
    /// As in a list.
    pub row: ShareRow,
    /// Word for word.
    pub text: PersonText,
    /// The same, in paragraphs.
    pub paragraphs: Vec<Paragraph>,
    /// What was said about it.
    pub comments: Vec<CommentDetail>,
    /// Who can see it.
    pub audience: Audience,
    /// Set while it needs repair: its giver takes it back and gives it anew.
    pub repair: Option<Stage>,
}

/// A copy as far as a list needs it to put it in order.
struct Known {
    record: DocumentRecord,
    people: Rc<People>,
    line: Option<CopyLine>,
    forgotten: Option<ForgottenRecord>,
    /// When it was given, with how much of the note it is; missing where it was taken back before it came.
    given: Option<(i64, String, Extent)>,
}

impl Known {
    fn at_ms(&self) -> i64 {
        let taken = self.forgotten.as_ref().map(|forgotten| forgotten.since_ms);
        self.given.as_ref().map(|(at_ms, ..)| *at_ms).or(taken).unwrap_or_default()
    }
    fn key(&self) -> Key {
        Key { numbers: vec![self.at_ms()], id: self.record.id.0.to_vec() }
    }
    fn side(&self) -> ShareSide {
        if self.record.writer == Some(self.people.me()) { ShareSide::Given } else { ShareSide::Received }
    }
}

/// The newest first.
pub(super) fn list(look: &Look<'_>, filter: &ShareFilter, at: &At) -> Result<Page<ShareRow>> {
    look.needs(&[Matter::Copy, Matter::Consent, Matter::Forgotten, Matter::Space, Matter::Spaces]);
    let place_of = |anchor: &Anchor| {
        let Anchor::Object { id } = anchor else { return Ok(None) };
        Ok(known(look, id)?.map(|known| known.key()))
    };
    let wanted = Wanted::read(look, ("shares", &format!("{filter:?}")), 1, at, place_of)?;
    let mut all = Vec::new();
    for id in candidates(look, filter)? {
        let Some(known) = known(look, &id)? else { continue };
        let is_there = filter.with.is_none_or(|space| space == known.record.space);
        if is_there && filter.side.is_none_or(|side| side == known.side()) {
            all.push((known.key(), Rc::new(known)));
        }
    }
    all.sort_by(|(a, _), (b, _)| b.number(0).cmp(&a.number(0)).then_with(|| a.id.cmp(&b.id)));
    let mut told = BTreeMap::new();
    all.retain(|(_, known)| is_told(known, &mut told));
    let found = wanted.gather(|leg| Ok(leg.of_list(&all)))?;
    let rows = found.rows.iter().map(|(_, known)| row(look, known)).collect::<Result<_>>()?;
    wanted.page(found, rows, || Ok(all.len() as u64))
}

/// Most copies that one giver took back and that a list still names, the newest: whoever gives and takes back without end
/// fills nobody's list.
pub(super) const TAKEN_BACK_MAX: usize = 100;

/// Whether a list names it. That something was taken back before any of it came is told once a giver.
fn is_told(known: &Known, told: &mut BTreeMap<(SpaceId, Option<MemberId>), (usize, usize)>) -> bool {
    if known.forgotten.is_none() || known.side() == ShareSide::Given {
        return true;
    }
    let (all, unseen) = told.entry((known.record.space, known.record.writer)).or_default();
    let is_unseen = known.given.is_none();
    *unseen += usize::from(is_unseen);
    if is_unseen && *unseen > 1 {
        return false;
    }
    *all += 1;
    *all <= TAKEN_BACK_MAX
}

/// Where copies lie that may be shown: by space and kind, which an index has.
fn candidates(look: &Look<'_>, filter: &ShareFilter) -> Result<Vec<DocId>> {
    if let Some(note) = &filter.note {
        return copies_of(look.db(), note);
    }
    let is_readable = |space: &SpaceRecord| {
        let state = u8::try_from(space.stage).ok().and_then(SpaceState::from_code);
        space.kind != SpaceKind::Own.code() && state.is_some_and(|state| may_read_content(state).is_ok())
    };
    let all = spaces::all_spaces(look.db())?;
    let spaces = all.iter().filter(|space| filter.with.is_none_or(|with| with == space.id) && is_readable(space));
    let mut found = Vec::new();
    for space in spaces {
        found.extend(all_in(look.db(), &space.id)?);
    }
    Ok(found)
}

/// What is known of a copy; nothing of one that is not all here, or is of no form in which copies are made.
fn known(look: &Look<'_>, id: &DocId) -> Result<Option<Known>> {
    let Some(record) = documents::get(look.db(), id)? else { return Ok(None) };
    let (line, forgotten) = (copy_line(look.db(), id)?, forgetting::get(look.db(), id)?);
    if record.kind != Kind::Copy.number() || record.writer.is_none() || (line.is_none() && forgotten.is_none()) {
        return Ok(None);
    }
    let people = look.people(&record.space)?;
    let given = match &line {
        Some(line) => Some((line.at_ms, line.zone.clone(), extent(&line.extent))),
        None => told(look, id)?,
    };
    Ok(Some(Known { record, people, line, forgotten, given }))
}

fn extent(name: &str) -> Extent {
    Extent::from_name(name).unwrap_or_default()
}

/// That it was given, as history keeps it when the words are gone.
fn told(look: &Look<'_>, id: &DocId) -> Result<Option<(i64, String, Extent)>> {
    let mut query = look.db().prepare_cached(
        "SELECT claimed_ms, zone, coalesce(field, '') FROM history WHERE subject = ?1 AND act = ?2 ORDER BY id LIMIT 1",
    )?;
    let told = query
        .query_row(params![id, ActKind::CopyGiven as u8], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?))
        })
        .optional()?;
    Ok(told.map(|(at_ms, zone, field)| (at_ms, zone, extent(&field))))
}

fn row(look: &Look<'_>, known: &Known) -> Result<ShareRow> {
    let (side, id, people) = (known.side(), known.record.id, Rc::clone(&known.people));
    let giver = known.record.writer.ok_or(Code::NotFound)?;
    let (by, taken_back) = (look.person(&people, &giver), taken_back(look, known)?);
    let receipts = match &known.forgotten {
        Some(forgotten) if side == ShareSide::Given => {
            look.needs(&[Matter::Log]);
            forgotten::receipts_of(look, &people, &forgotten.doc)?
        }
        _ => Vec::new(),
    };
    let when = match (&known.given, &taken_back) {
        (Some((at_ms, zone, _)), _) => look.when(*at_ms, zone),
        (None, Some(when)) => when.clone(),
        (None, None) => return Code::NotFound.err(),
    };
    let (title, text) = known.line.as_ref().map(|line| (line.title.clone(), line.text.clone())).unwrap_or_default();
    let snippet = snippet(&text);
    let code = if taken_back.is_some() { "taken-back" } else { "given" };
    Ok(ShareRow {
        id,
        space: known.record.space,
        to: people.membership.members.keys().filter(|to| **to != giver).map(|to| look.person(&people, to)).collect(),
        side,
        dir: direction(&format!("{title} {snippet}")),
        title: title.into(),
        snippet: snippet.into(),
        from_label: from_label(look, &by, known.given.as_ref().map(|(_, _, extent)| *extent)),
        stage: look.stage("copy", code),
        stage_label: if taken_back.is_some() { stage_label(look, &by, &receipts) } else { String::new() },
        when,
        taken_back,
        note: if side == ShareSide::Given { note_of(look.db(), &id)? } else { None },
        receipts,
        audience: look.audience_short(&people),
        may: allowed(look.db(), Subject::Copy(&id), &[Deed::TakeBack, Deed::Comment])?,
        by,
    })
}

fn taken_back(look: &Look<'_>, known: &Known) -> Result<Option<When>> {
    let Some(forgotten) = &known.forgotten else { return Ok(None) };
    let asked = forgotten::asked(look, &forgotten.doc)?;
    Ok(Some(asked.map_or_else(|| look.when(forgotten.since_ms, "UTC"), |(_, when)| when)))
}

fn who(by: &Person) -> [(&'static str, Arg<'_>); 2] {
    [("who", Arg::Text(if by.is_me { "you" } else { "other" })), ("name", Arg::Text(by.name.as_str()))]
}

fn from_label(look: &Look<'_>, by: &Person, extent: Option<Extent>) -> String {
    let id = match extent {
        Some(Extent::Whole) => "copy-from-whole",
        Some(Extent::Part) => "copy-from-part",
        None => "copy-from",
    };
    look.say(id, &who(by))
}

/// How many phones say that it is gone; nothing is said of the rest (invariant I23).
fn stage_label(look: &Look<'_>, by: &Person, receipts: &[Receipt]) -> String {
    if !by.is_me {
        return look.say("copy-taken-back", &who(by));
    }
    let gone = receipts.iter().filter(|receipt| receipt.stage.code == "confirmed").count();
    look.say("copy-asked-back", &[("gone", gone.into()), ("all", receipts.len().into())])
}

pub(super) fn detail(look: &Look<'_>, id: &DocId) -> Result<CopyDetail> {
    let (record, people) = look.open(id, &[Kind::Copy])?;
    let known = known(look, id)?.ok_or(Code::NotFound)?;
    let text = known.line.as_ref().ok_or(Code::NotFound)?.text.clone();
    Ok(CopyDetail {
        paragraphs: paragraphs(&text),
        text: text.into(),
        comments: comments::about(look, &record, &people)?,
        audience: look.audience(&people),
        repair: forgotten::repair(look, id)?,
        row: row(look, &known)?,
    })
}

/// What was given of a note, the newest first.
pub(super) fn of_note(look: &Look<'_>, note: &DocId) -> Result<Vec<ShareRow>> {
    let filter = ShareFilter { note: Some(*note), ..ShareFilter::default() };
    Ok(list(look, &filter, &At::default())?.rows)
}
