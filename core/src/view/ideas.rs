//! Ideas: what was proposed, how the words read now, and what became of it.

use super::comments::zone_of;
use super::look::Look;
use super::page::{Key, Wanted};
use super::parts::Frame;
use super::records::{Anchor, At, IdeaDetail, Page};
use super::stale::may_have_changed;
use crate::command::{Deed, Subject, allowed, may};
use crate::document::Kind;
use crate::document::act::ActKind;
use crate::document::lane::IdeaKind;
use crate::document::plan::Choice;
use crate::error::{Code, Error, Result};
use crate::ids::{DocId, ElementId, SpaceId};
use crate::projection::lines::{self, DecisionLine, IdeaLine};
use crate::projection::{Matter, People};
use crate::store::documents::DocumentRecord;
use crate::text::PersonText;
use rusqlite::OptionalExtension;

/// Where an idea would go.
struct Target {
    label: PersonText,
    /// The document, and how the line it would change reads now; nothing where its place is gone.
    place: Option<(DocId, String)>,
}

pub(super) fn detail(look: &Look<'_>, id: &ElementId) -> Result<IdeaDetail> {
    // It may come, and twice over, in any lane.
    look.needs(&[Matter::Lane]);
    let line = lines::idea(look.db(), id)?.ok_or(Code::NotFound)?;
    let (record, people) = look.open(&line.about, &[Kind::Goal, Kind::Plan])?;
    if !is_of(&people, &line) {
        return Code::NotFound.err();
    }
    shown(look, &record, &people, line)
}

/// Only members of the space speak in it: a lane elsewhere that names a document here says nothing here.
fn is_of(people: &People, line: &IdeaLine) -> bool {
    people.membership.members.contains_key(&line.by)
}

/// The open ideas about a plan or goal, oldest first.
pub(super) fn open_about(look: &Look<'_>, record: &DocumentRecord, people: &People) -> Result<Vec<IdeaDetail>> {
    let mut open = Vec::new();
    for line in lines::ideas(look.db(), &record.id)? {
        if is_of(people, &line) && is_undecided(look, &line)? {
            let idea = shown(look, record, people, line)?;
            open.extend(Some(idea).filter(|idea| idea.stage.code == OPEN));
        }
    }
    Ok(open)
}

fn is_undecided(look: &Look<'_>, line: &IdeaLine) -> Result<bool> {
    let decisions = lines::decisions(look.db(), &line.about, &line.id)?;
    Ok(!line.withdrawn && lines::decided(&decisions).len() != 1)
}

/// Open ideas that are mine to decide, newest first.
pub(super) fn waiting(look: &Look<'_>, at: &At) -> Result<Page<IdeaDetail>> {
    let wanted = Wanted::read(look, ("waiting", ""), 1, at, |anchor| place_of(look, anchor))?;
    let keyed = |line: IdeaLine| (key(&line), line);
    let all: Vec<_> = mine_to_decide(look)?.into_iter().map(|(line, _)| keyed(line)).collect();
    let found = wanted.gather(|leg| Ok(leg.of_list(&all)))?;
    let mut rows = Vec::new();
    for (_, line) in &found.rows {
        rows.push(one(look, line.clone())?);
    }
    wanted.page(found, rows, || Ok(all.len() as u64))
}

fn key(line: &IdeaLine) -> Key {
    Key { numbers: vec![line.at_ms], id: line.id.0.to_vec() }
}

/// Where an idea stands, or stood before it was decided.
fn place_of(look: &Look<'_>, anchor: &Anchor) -> Result<Option<Key>> {
    let Anchor::Idea { id } = anchor else { return Ok(None) };
    Ok(lines::idea(look.db(), id)?.map(|line| key(&line)))
}

/// An idea that [`mine_to_decide`] named, as it is shown.
pub(super) fn one(look: &Look<'_>, line: IdeaLine) -> Result<IdeaDetail> {
    let (record, people) = look.open(&line.about, &[Kind::Goal, Kind::Plan])?;
    shown(look, &record, &people, line)
}

/// The ideas that wait for me and where each is, newest first.
pub(super) fn mine_to_decide(look: &Look<'_>) -> Result<Vec<(IdeaLine, SpaceId)>> {
    look.needs(&[Matter::Lane, Matter::Goal, Matter::Plan, Matter::Joint, Matter::Column, Matter::Space]);
    let mut mine = Vec::new();
    for line in lines::undecided_ideas(look.db())? {
        let (record, people) = match look.open(&line.about, &[Kind::Goal, Kind::Plan]) {
            Ok(found) => found,
            Err(Error::Refused(_)) => continue,
            Err(other) => return Err(other),
        };
        match may(look.db(), Subject::Idea(&line.id), Deed::Decide) {
            Ok(()) if is_of(&people, &line) => mine.push((line, record.space)),
            Ok(()) | Err(Error::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(mine)
}

fn target(look: &Look<'_>, record: &DocumentRecord, people: &People, line: &IdeaLine) -> Result<Target> {
    if record.kind == Kind::Plan.number() {
        let frame = Frame::of(look, record, people)?;
        let place = frame.target(&line.part, line.element.as_ref())?;
        return Ok(Target { label: frame.title_of(&line.part)?, place });
    }
    let title: Option<String> = look
        .db()
        .prepare_cached("SELECT title FROM goal WHERE doc = ?1")?
        .query_row([record.id], |row| row.get(0))
        .optional()?;
    let place = match line.element {
        None => Some((record.id, String::new())),
        Some(step) => {
            let steps = lines::steps(look.db(), &record.id)?;
            steps.into_iter().find(|known| known.id == step).map(|known| (record.id, known.text))
        }
    };
    Ok(Target { label: title.unwrap_or_default().into(), place })
}

/// The code of an idea that waits.
const OPEN: &str = "open";

/// What became of it. Words that were put in are there even where the idea was taken back meanwhile; decided apart in
/// different ways, it is open again.
fn state(line: &IdeaLine, decided: &[&DecisionLine], has_place: bool) -> &'static str {
    let choice = match decided {
        [decision] => Some(decision.choice),
        _ => None,
    };
    match (choice, line.withdrawn) {
        (Some(Choice::Added), _) => "added",
        (Some(Choice::Changed), _) => "added-in-other-words",
        (_, true) => "taken-back",
        (Some(Choice::Declined), false) => "not-this",
        (None, false) if has_place => OPEN,
        (None, false) => "place-gone",
    }
}

fn shown(look: &Look<'_>, record: &DocumentRecord, people: &People, line: IdeaLine) -> Result<IdeaDetail> {
    let target = target(look, record, people, &line)?;
    let decisions = lines::decisions(look.db(), &line.about, &line.id)?;
    let (decided, last) = (lines::decided(&decisions), decisions.last());
    // The "wording" of a move is an order key, which is nobody's words.
    let has_words = line.kind != IdeaKind::Move;
    let words = last.map(|decision| decision.text.clone()).filter(|text| has_words && !text.is_empty());
    let rev = match &target.place {
        Some((doc, _)) => look.rev(doc)?,
        None => None,
    };
    let stale = match &target.place {
        Some((doc, _)) => may_have_changed(look, doc, rev.as_ref(), &line)?,
        None => false,
    };
    let zone = zone_of(look, &line.id, ActKind::IdeaGiven)?;
    Ok(IdeaDetail {
        id: line.id,
        about: line.about,
        target_label: target.label,
        kind: line.kind.name().to_owned(),
        by: look.person(people, &line.by),
        stage: look.stage("idea", state(&line, &decided, target.place.is_some())),
        before: target.place.map(|(_, text)| text).unwrap_or_default().into(),
        stale,
        rev,
        decided: words.map(PersonText::from),
        decisions: u32::try_from(decided.len()).unwrap_or(u32::MAX),
        when: look.when(line.at_ms, &zone),
        may: allowed(look.db(), Subject::Idea(&line.id), &[Deed::Decide, Deed::Withdraw])?,
        part: line.part,
        alternatives: line.alternatives.into_iter().filter(|_| has_words).map(PersonText::from).collect(),
        why: line.why.into(),
    })
}
