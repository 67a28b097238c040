//! Plans: the list, and one plan with all that stands in it.

use super::comments;
use super::ideas;
use super::look::Look;
use super::notes::last_heard_of;
use super::page::{Args, Key, Leg, Wanted};
use super::parts::Frame;
use super::records::{Anchor, At, IdeaDetail, Page, PlanDetail, PlanRow};
use crate::command::{Deed, Subject, allowed};
use crate::document::Kind;
use crate::error::{Code, Result};
use crate::ids::{DocId, MemberId, SpaceId};
use crate::library;
use crate::projection::Matter;
use crate::text::PersonText;
use rusqlite::{OptionalExtension, Row, params_from_iter};
use std::collections::BTreeMap;

/// The statement that reads a stretch of the list.
pub(super) fn sql(leg: &Leg<'_>, args: &mut Args) -> String {
    format!(
        "SELECT plan.doc, space.id, (SELECT value FROM name WHERE name.id = document.writer), plan.template, plan.title,
         plan.changed_ms, plan.zone {FROM}{}",
        leg.tail(&["plan.changed_ms"], Some("plan.doc"), args)
    )
}

/// In the order of the list: what it belongs to is looked up row by row.
const FROM: &str = "FROM plan CROSS JOIN document ON document.id = plan.doc CROSS JOIN name ON name.id = document.space
    CROSS JOIN space ON space.id = name.value WHERE space.stage BETWEEN 2 AND 4";

struct Line {
    id: DocId,
    space: SpaceId,
    writer: Option<MemberId>,
    template: String,
    title: String,
    changed_ms: i64,
    zone: String,
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        space: row.get(1)?,
        writer: row.get(2)?,
        template: row.get(3)?,
        title: row.get(4)?,
        changed_ms: row.get(5)?,
        zone: row.get(6)?,
    })
}

pub(super) fn list(look: &Look<'_>, at: &At) -> Result<Page<PlanRow>> {
    look.needs(&[Matter::Plan, Matter::Space]);
    let wanted = Wanted::read(look, ("plans", ""), 1, at, |anchor| place_of(look, "plan", anchor))?;
    let found = wanted.gather(|leg| {
        let mut args = Args::default();
        let mut query = look.db().prepare_cached(&sql(leg, &mut args))?;
        let lines = query.query_map(params_from_iter(args.0), line)?;
        let keyed = |line: Line| (Key { numbers: vec![line.changed_ms], id: line.id.0.to_vec() }, line);
        Ok(lines.map(|line| line.map(keyed)).collect::<rusqlite::Result<Vec<_>>>()?)
    })?;
    let rows = found.rows.iter().map(|(_, line)| row(look, line)).collect::<Result<Vec<_>>>()?;
    wanted.page(found, rows, || count(look))
}

/// How many there are.
pub(super) fn count(look: &Look<'_>) -> Result<u64> {
    look.needs(&[Matter::Plan, Matter::Space]);
    let count: i64 = look.db().prepare_cached(&format!("SELECT count(*) {FROM}"))?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Where a plan or goal stands in its list, or stood when it was last heard of.
pub(super) fn place_of(look: &Look<'_>, table: &str, anchor: &Anchor) -> Result<Option<Key>> {
    let Anchor::Object { id } = anchor else { return Ok(None) };
    let mut query = look.db().prepare_cached(&format!("SELECT changed_ms FROM {table} WHERE doc = ?1"))?;
    let changed_ms = match query.query_row([id], |row| row.get(0)).optional()? {
        Some(changed_ms) => Some(changed_ms),
        None => last_heard_of(look, id)?,
    };
    Ok(changed_ms.map(|changed_ms| Key { numbers: vec![changed_ms], id: id.0.to_vec() }))
}

fn row(look: &Look<'_>, line: &Line) -> Result<PlanRow> {
    let people = look.people(&line.space)?;
    Ok(PlanRow {
        id: line.id,
        space: line.space,
        title: title_of(look, &line.template, line.title.clone()),
        template: line.template.clone(),
        ownership: look.owned_by(&people, line.writer),
        when: look.when(line.changed_ms, &line.zone),
        audience: look.audience_short(&people),
    })
}

/// A plan's own title, else its template's; one of a newer app is just a plan.
pub(super) fn title_of(look: &Look<'_>, template: &str, own: String) -> PersonText {
    if !own.is_empty() {
        return own.into();
    }
    let known = library::template(template).map(library::Template::title_id);
    look.say(known.as_deref().unwrap_or("kind-plan"), &[]).into()
}

pub(super) fn detail(look: &Look<'_>, id: &DocId) -> Result<PlanDetail> {
    let (record, people) = look.open(id, &[Kind::Plan])?;
    let frame = Frame::of(look, &record, &people)?;
    let title: String =
        look.db().prepare_cached("SELECT title FROM plan WHERE doc = ?1")?.query_row([id], |row| row.get(0))?;
    let mut open: BTreeMap<String, Vec<IdeaDetail>> = BTreeMap::new();
    for idea in ideas::open_about(look, &record, &people)? {
        open.entry(idea.part.clone()).or_default().push(idea);
    }
    Ok(PlanDetail {
        id: *id,
        space: record.space,
        title: title_of(look, &frame.template, title),
        ownership: look.owned_by(&people, record.writer),
        parts: frame.parts(open)?,
        template: frame.template,
        comments: comments::about(look, &record, &people)?,
        audience: look.audience(&people),
        repair: super::forgotten::repair(look, id)?,
        rev: look.rev(id)?.ok_or(Code::NotFound)?,
        may: allowed(look.db(), Subject::Plan(id), &[Deed::Edit, Deed::AddPart, Deed::Comment])?,
    })
}
