//! Goals: the list, and one goal with its steps.

use super::look::Look;
use super::page::{Args, Key, Leg, Wanted, Way};
use super::plans::place_of;
use super::records::{At, GoalDetail, GoalRow, Page, Person, StepDetail};
use super::{comments, ideas};
use crate::command::{Deed, May, Subject, allowed};
use crate::document::Kind;
use crate::document::goal::{GoalStage, MARK_FIRST, OWNER_FIRST, Reach, StepMark, StepStage, Who};
use crate::error::{Code, Result};
use crate::ids::{DocId, ElementId, MemberId, SpaceId};
use crate::library::Arg;
use crate::projection::lines::{self, StepLine};
use crate::projection::{Matter, People};
use crate::store::documents::DocumentRecord;
use crate::text::PersonText;
use rusqlite::{OptionalExtension, Row, params_from_iter};
use std::collections::BTreeMap;

struct Line {
    id: DocId,
    space: SpaceId,
    writer: Option<MemberId>,
    title: String,
    towards: String,
    stage: GoalStage,
    changed_ms: i64,
    zone: String,
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        space: row.get(1)?,
        writer: row.get(2)?,
        title: row.get(3)?,
        towards: row.get(4)?,
        stage: GoalStage::from_name(&row.get::<_, String>(5)?).unwrap_or_default(),
        changed_ms: row.get(6)?,
        zone: row.get(7)?,
    })
}

const COLUMNS: &str = "SELECT goal.doc, space.id, (SELECT value FROM name WHERE name.id = document.writer), goal.title,
    goal.towards, goal.stage, goal.changed_ms, goal.zone";
const FROM: &str = "FROM goal CROSS JOIN document ON document.id = goal.doc CROSS JOIN name ON name.id = document.space
    CROSS JOIN space ON space.id = name.value WHERE space.stage BETWEEN 2 AND 4";
/// What one moves towards oneself.
const MINE: &str =
    "AND goal.stage = 'active' AND document.writer = (SELECT own.id FROM name AS own WHERE own.value = space.me)";

/// The statement that reads a stretch of the list, of all goals or of what is mine and active.
pub(super) fn sql(mine: bool, leg: &Leg<'_>, args: &mut Args) -> String {
    let only = if mine { MINE } else { "" };
    format!("{COLUMNS} {FROM} {only}{}", leg.tail(&["goal.changed_ms"], Some("goal.doc"), args))
}

fn lines(look: &Look<'_>, mine: bool, leg: &Leg<'_>) -> Result<Vec<Line>> {
    let mut args = Args::default();
    let mut query = look.db().prepare_cached(&sql(mine, leg, &mut args))?;
    let lines = query.query_map(params_from_iter(args.0), line)?;
    Ok(lines.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn list(look: &Look<'_>, at: &At) -> Result<Page<GoalRow>> {
    look.needs(&[Matter::Goal, Matter::Space]);
    let wanted = Wanted::read(look, ("goals", ""), 1, at, |anchor| place_of(look, "goal", anchor))?;
    let keyed = |line: Line| (Key { numbers: vec![line.changed_ms], id: line.id.0.to_vec() }, line);
    let found = wanted.gather(|leg| Ok(lines(look, false, leg)?.into_iter().map(keyed).collect()))?;
    let rows = found.rows.iter().map(|(_, line)| row(look, line)).collect::<Result<Vec<_>>>()?;
    wanted.page(found, rows, || count(look))
}

/// How many there are.
pub(super) fn count(look: &Look<'_>) -> Result<u64> {
    look.needs(&[Matter::Goal, Matter::Space]);
    let count: i64 = look.db().prepare_cached(&format!("SELECT count(*) {FROM}"))?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Active goals of mine, those changed last.
pub(super) fn mine(look: &Look<'_>, limit: usize) -> Result<Vec<GoalRow>> {
    look.needs(&[Matter::Goal, Matter::Space]);
    let leg = Leg { way: Way::On, from: None, with: false, limit };
    lines(look, true, &leg)?.iter().map(|line| row(look, line)).collect()
}

fn row(look: &Look<'_>, line: &Line) -> Result<GoalRow> {
    let people = look.people(&line.space)?;
    Ok(GoalRow {
        id: line.id,
        title: line.title.as_str().into(),
        towards: line.towards.as_str().into(),
        stage: look.stage("goal", line.stage.name()),
        ownership: look.owned_by(&people, line.writer),
        when: look.when(line.changed_ms, &line.zone),
        audience: look.audience_short(&people),
    })
}

/// The goal's further texts.
struct Texts {
    why: String,
    away_from: String,
    area: Option<String>,
}

fn read(look: &Look<'_>, id: &DocId) -> Result<(Line, Texts)> {
    let found = look
        .db()
        .prepare_cached(
            "SELECT goal.doc, (SELECT value FROM name WHERE name.id = document.space),
             (SELECT value FROM name WHERE name.id = document.writer), goal.title, goal.towards, goal.stage, goal.changed_ms,
             goal.zone, goal.why, goal.away_from, goal.area
             FROM goal JOIN document ON document.id = goal.doc WHERE goal.doc = ?1",
        )?
        .query_row([id], |row| Ok((line(row)?, Texts { why: row.get(8)?, away_from: row.get(9)?, area: row.get(10)? })))
        .optional()?;
    found.ok_or_else(|| Code::NotFound.into())
}

pub(super) fn detail(look: &Look<'_>, id: &DocId) -> Result<GoalDetail> {
    let (record, people) = look.open(id, &[Kind::Goal])?;
    let (line, texts) = read(look, id)?;
    let alone: &[Deed] = &[Deed::Edit, Deed::SetStage, Deed::AddStep];
    let shared: &[Deed] = &[Deed::Edit, Deed::SetStage, Deed::AddStep, Deed::Suggest, Deed::Comment];
    let deeds = if people.others().is_empty() { alone } else { shared };
    Ok(GoalDetail {
        id: *id,
        space: record.space,
        title: line.title.into(),
        why: texts.why.into(),
        towards: line.towards.into(),
        away_from: texts.away_from.into(),
        area: texts.area.map(PersonText::from),
        stage: look.stage("goal", line.stage.name()),
        ownership: look.owned_by(&people, record.writer),
        steps: steps(look, &record, &people)?,
        ideas: ideas::open_about(look, &record, &people)?,
        comments: comments::about(look, &record, &people)?,
        when: look.when(line.changed_ms, &line.zone),
        audience: look.audience(&people),
        repair: super::forgotten::repair(look, id)?,
        rev: look.rev(id)?.ok_or(Code::NotFound)?,
        may: allowed(look.db(), Subject::Goal(id), deeds)?,
    })
}

fn steps(look: &Look<'_>, goal: &DocumentRecord, people: &People) -> Result<Vec<StepDetail>> {
    let marks = lines::marks(look.db(), &goal.id)?;
    let alone: &[Deed] = &[Deed::Edit, Deed::Mark];
    let shared: &[Deed] = &[Deed::Edit, Deed::Mark, Deed::Suggest, Deed::Comment];
    let deeds = if people.others().is_empty() { alone } else { shared };
    // Who a step is for is all that the answers depend on.
    let mut answers: BTreeMap<Who, May> = BTreeMap::new();
    let mut steps = Vec::new();
    for line in lines::steps(look.db(), &goal.id)? {
        let may = match answers.get(&line.who) {
            Some(may) => may.clone(),
            None => {
                let may = allowed(look.db(), Subject::Step { goal: &goal.id, step: &line.id }, deeds)?;
                answers.entry(line.who).or_insert(may).clone()
            }
        };
        let (stage, marked_by) = standing(look, people, &line, &marks);
        steps.push(StepDetail {
            id: line.id,
            text: line.text.into(),
            who: line.who.name().to_owned(),
            who_label: who_label(look, goal, people, line.who),
            kind: line.kind.name().to_owned(),
            by_date: line.by_date,
            stage: look.stage("step", stage.name()),
            marked_by,
            may,
        });
    }
    Ok(steps)
}

/// Where a step stands: the owner's word, or that of the member it is for where its turn is higher.
fn standing(
    look: &Look<'_>,
    people: &People,
    line: &StepLine,
    marks: &[(ElementId, MemberId, StepMark)],
) -> (StepStage, Option<Person>) {
    let may_mark = matches!(line.who, Who::You | Who::Together);
    let about = || marks.iter().filter(|(step, ..)| *step == line.id);
    let reach = Reach::of(about().map(|(_, _, mark)| mark.turn).chain([line.stage.turn]));
    let owners = reach.turn_of(line.stage, OWNER_FIRST);
    let turn = |mark: &StepMark| reach.turn_of(*mark, MARK_FIRST);
    let higher = |(_, _, mark): &&(_, _, StepMark)| may_mark && turn(mark) > owners;
    match about().filter(higher).max_by_key(|(_, member, mark)| (turn(mark), *member)) {
        Some((_, member, mark)) => (mark.stage, Some(look.person(people, member))),
        None => (line.stage.stage, None),
    }
}

/// The one a step is for, seen from here; it is kept as seen from the goal's owner.
fn who_label(look: &Look<'_>, goal: &DocumentRecord, people: &People, who: Who) -> PersonText {
    let me = people.me();
    let named = |member: &MemberId| look.say("step-who-name", &[("name", Arg::Text(&look.name(people, member)))]);
    let others: Vec<MemberId> =
        people.membership.members.keys().filter(|member| Some(**member) != goal.writer).copied().collect();
    let label = match (who, goal.writer == Some(me)) {
        (Who::Me, true) | (Who::You, false) => look.say("step-who-me", &[]),
        (Who::Me, false) => goal.writer.map_or_else(|| look.say("step-who-someone-else", &[]), |owner| named(&owner)),
        (Who::You, true) => match others.as_slice() {
            [other] => named(other),
            _ => look.say("step-who-someone-else", &[]),
        },
        (Who::Together, _) => look.say("step-who-together", &[]),
        (Who::SomeoneElse, _) => look.say("step-who-someone-else", &[]),
    };
    label.into()
}
