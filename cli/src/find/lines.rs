//! Lines and steps, as they are typed: by the number they are shown with, or by the beginning of an id.

use super::{Ids, Missing, Named, all, pick, short_in};
use crate::failure::{Done, Told, Trouble};
use crate::host::Host;
use belay::error::{Code, Field};
use belay::ids::{DocId, ElementId};
use belay::view::{Answer, Ask, EntryDetail, GoalDetail, PartDetail, PlanDetail, StepDetail};
use std::collections::BTreeSet;

/// A line by the number it is shown with.
pub fn entry<'a>(host: &Host, plan: &DocId, part: &'a PartDetail, number: usize) -> Done<&'a EntryDetail> {
    let found = number.checked_sub(1).and_then(|at| part.entries.get(at));
    found.ok_or_else(|| no_number(host, Field::Entries, &list_of_lines(host, plan, &part.key)))
}

/// A step by the number it is shown with.
pub fn step<'a>(host: &Host, goal: &'a GoalDetail, number: usize) -> Done<&'a StepDetail> {
    let found = number.checked_sub(1).and_then(|at| goal.steps.get(at));
    found.ok_or_else(|| no_number(host, Field::Steps, &list_of_steps(host, &goal.id)))
}

/// Which command shows the numbers of a part's lines. A key of a part is nobody's words.
pub fn list_of_lines(host: &Host, plan: &DocId, part: &str) -> String {
    format!("belay plan show {} --part {}", short_of(host, plan), crate::commands::quoted(part))
}

/// Which command shows the numbers of a goal's steps.
pub fn list_of_steps(host: &Host, goal: &DocId) -> String {
    format!("belay goal show {}", short_of(host, goal))
}

fn short_of(host: &Host, doc: &DocId) -> String {
    let whole = doc.to_string();
    Ids::read(host).map(|ids| ids.short(&whole)).unwrap_or(whole)
}

/// No line or step has this number; the command shows which have one.
pub fn no_number(host: &Host, field: Field, command: &str) -> Trouble {
    let mut fields = serde_json::Map::new();
    fields.insert("field".into(), serde_json::json!(field));
    let (label, next) = (host.say("term-number-none", &[]), host.say("term-number-none.next", &[]));
    let command = command.to_owned();
    Told { code: "NotFound".into(), label, next, command, fields, exit: 4, ..Told::default() }.into()
}

/// It cannot stand behind itself; the command shows the numbers.
pub fn behind_itself(host: &Host, command: &str) -> Trouble {
    host.told_with("OutOfRange", "term-behind-itself", &[], command, 3)
}

/// What was taken out of a plan, as its history tells.
fn taken_out(host: &Host, plan: &PlanDetail) -> Done<BTreeSet<ElementId>> {
    let ask = |at| Ask::History { of: plan.id, at };
    let rows = all(host, ask, |answer| match answer {
        Answer::History(page) => Some(page),
        _ => None,
    })?;
    let is_here = |id: &ElementId| plan.parts.iter().flat_map(|part| &part.entries).any(|entry| entry.id == *id);
    let taken = rows.into_iter().filter(|row| row.act == "entry-taken").filter_map(|row| row.element);
    Ok(taken.filter(|id| !is_here(id)).collect())
}

/// How a line that was taken out is typed.
pub fn short_taken(host: &Host, plan: &PlanDetail, line: &ElementId) -> Done<String> {
    let known = taken_out(host, plan)?.iter().map(ElementId::to_string).collect();
    Ok(short_in(&line.to_string(), &known))
}

/// A line that was taken out, by the beginning of its id.
pub fn taken(host: &Host, plan: &PlanDetail, typed: &str) -> Done<ElementId> {
    by_id(host, typed, taken_out(host, plan)?)
}

/// A line that lies where its part lay before, by the beginning of its id.
pub fn left_over(host: &Host, plan: &PlanDetail, typed: &str) -> Done<ElementId> {
    by_id(host, typed, plan.parts.iter().flat_map(|part| &part.left_over).map(|line| line.id).collect())
}

/// How a line that lies where its part lay before is typed.
pub fn short_left_over(plan: &PlanDetail, line: &ElementId) -> String {
    let all = plan.parts.iter().flat_map(|part| &part.left_over).map(|line| line.id.to_string()).collect();
    short_in(&line.to_string(), &all)
}

fn by_id(host: &Host, typed: &str, all: BTreeSet<ElementId>) -> Done<ElementId> {
    let named = all.into_iter().map(|id| Named { id: id.to_string(), names: Vec::new(), is: id });
    let found = pick(host, typed, named.collect(), Missing::Line);
    match (found, ElementId::parse(typed)) {
        // A whole id is good as it is: the core says what became of it.
        (Err(trouble), Some(id)) if trouble.code() == Some(Code::NotFound) => Ok(id),
        (found, _) => found,
    }
}
