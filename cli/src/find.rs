//! How a person names things: the shortest beginning of an id that is unique, or a name.

mod ideas;
mod lines;
mod people;

pub use lines::{
    behind_itself, entry, left_over, list_of_lines, list_of_steps, no_number, short_left_over, short_taken, step, taken,
};
pub use people::{called, others_called, paired, people, person};

use crate::commands::go_on;
use crate::failure::{Done, Told, Trouble};
use crate::host::Host;
use belay::error::{Code, Field};
use belay::ids::DocId;
use belay::library::Arg;
use belay::text::fold;
use belay::view::GoalRow;
use belay::view::{
    Answer, Ask, At, Cursor, DraftRow, ForgottenRow, GoalDetail, IdeaDetail, KeptOutRow, NoteFilter, NoteRow, Page,
    PartDetail, PlanDetail, PlanRow, ShareFilter, ShareRow,
};
use std::collections::BTreeSet;

/// Least signs of an id that are shown and taken.
pub const SHORT_MIN: usize = 4;
/// The largest page.
const PAGE_MAX: u32 = 200;

/// All rows of a list.
fn all<T>(host: &Host, ask: impl Fn(At) -> Ask, page: impl Fn(Answer) -> Option<Page<T>>) -> Done<Vec<T>> {
    let mut rows = Vec::new();
    let mut after: Option<Cursor> = None;
    loop {
        let answer = host.read(ask(At { limit: PAGE_MAX, after: after.take(), ..At::default() }))?;
        let page = page(answer).ok_or(Code::Internal)?;
        rows.extend(page.rows);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(rows),
        }
    }
}

/// All drafts, in the order of their numbers.
pub fn drafts(host: &Host) -> Done<Vec<DraftRow>> {
    all(
        host,
        |at| Ask::Drafts { at },
        |answer| match answer {
            Answer::Drafts(page) => Some(page),
            _ => None,
        },
    )
}

/// All notes, those in the trash as well if asked.
pub fn notes(host: &Host, trash: bool) -> Done<Vec<NoteRow>> {
    let ask = |at| Ask::Notes { filter: NoteFilter { tag: None, trash }, at };
    all(host, ask, |answer| match answer {
        Answer::Notes(page) => Some(page),
        _ => None,
    })
}

/// All goals.
pub fn goals(host: &Host) -> Done<Vec<GoalRow>> {
    all(
        host,
        |at| Ask::Goals { at },
        |answer| match answer {
            Answer::Goals(page) => Some(page),
            _ => None,
        },
    )
}

/// All plans.
pub fn plans(host: &Host) -> Done<Vec<PlanRow>> {
    all(
        host,
        |at| Ask::Plans { at },
        |answer| match answer {
            Answer::Plans(page) => Some(page),
            _ => None,
        },
    )
}

/// All copies that went to or fro.
pub fn copies(host: &Host) -> Done<Vec<ShareRow>> {
    all(
        host,
        |at| Ask::Shares { filter: ShareFilter::default(), at },
        |answer| match answer {
            Answer::Shares(page) => Some(page),
            _ => None,
        },
    )
}

/// Open ideas that are mine to decide.
pub fn waiting(host: &Host) -> Done<Vec<IdeaDetail>> {
    all(
        host,
        |at| Ask::Waiting { at },
        |answer| match answer {
            Answer::Waiting(page) => Some(page),
            _ => None,
        },
    )
}

/// A plan opened.
pub fn plan_detail(host: &Host, id: DocId) -> Done<PlanDetail> {
    match host.read(Ask::Plan { id })? {
        Answer::Plan(plan) => Ok(*plan),
        _ => Err(Code::NotFound.into()),
    }
}

/// A goal opened.
pub fn goal_detail(host: &Host, id: DocId) -> Done<GoalDetail> {
    match host.read(Ask::Goal { id })? {
        Answer::Goal(goal) => Ok(*goal),
        _ => Err(Code::NotFound.into()),
    }
}

/// The shortest beginning of an id that no other has.
pub fn short_in(id: &str, all: &BTreeSet<String>) -> String {
    let mut least = SHORT_MIN;
    while least < id.len() {
        let start = id.get(..least).unwrap_or(id);
        let shared =
            all.range(start.to_owned()..).take_while(|other| other.starts_with(start)).any(|other| other != id);
        if !shared {
            break;
        }
        least += 1;
    }
    id.get(..least).unwrap_or(id).to_owned()
}

/// The ids of everything that can be named by one.
pub struct Ids(BTreeSet<String>);

impl Ids {
    /// Reads them all.
    pub fn read(host: &Host) -> Done<Self> {
        let mut ids = BTreeSet::new();
        for trash in [false, true] {
            ids.extend(notes(host, trash)?.iter().map(|row| row.id.to_string()));
        }
        ids.extend(goals(host)?.iter().map(|row| row.id.to_string()));
        ids.extend(plans(host)?.iter().map(|row| row.id.to_string()));
        ids.extend(copies(host)?.iter().map(|row| row.id.to_string()));
        Ok(Ids(ids))
    }
    /// How an id is shown.
    pub fn short(&self, id: &str) -> String {
        short_in(id, &self.0)
    }
}

/// Something that can be named: how, and what it is.
struct Named<T> {
    id: String,
    names: Vec<String>,
    is: T,
}

/// The one that is meant: by one of its names, else by the beginning of its id.
fn pick<T>(host: &Host, typed: &str, all: Vec<Named<T>>, missing: Missing) -> Done<T> {
    let folded = fold(typed);
    let ids: BTreeSet<String> = all.iter().map(|named| named.id.clone()).collect();
    let by_name = |named: &Named<T>| !folded.is_empty() && named.names.iter().any(|name| fold(name) == folded);
    let (exact, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(by_name);
    // What people confuse is forgiven as it is in whole ids.
    let start = tidy(typed);
    let by_id = |named: &Named<T>| !start.is_empty() && named.id.starts_with(&start);
    let found: Vec<Named<T>> = if exact.is_empty() { rest.into_iter().filter(by_id).collect() } else { exact };
    // So few signs fit by chance, and what is meant may be let go of by the command.
    let by_few = found.iter().any(|named| named.id.starts_with(&start)) && start.chars().count() < SHORT_MIN;
    if by_few && !found.iter().any(by_name) {
        let several: Vec<String> = found.iter().map(|named| short_in(&named.id, &ids)).collect();
        return Err(too_short(host, &several, missing.place().1));
    }
    if found.len() > 1 {
        let several: Vec<String> = found.iter().map(|named| short_in(&named.id, &ids)).collect();
        let told = found.iter().zip(&several).map(|(named, short)| match missing {
            Missing::Person => people::id_and_when(host, &named.id, short),
            _ => short.clone(),
        });
        return Err(ambiguous(host, &several, &told.collect::<Vec<_>>(), missing.place().1));
    }
    found.into_iter().next().map(|named| named.is).ok_or_else(|| missing.trouble())
}

/// What is looked for: which field it is, and which command lists what there is.
#[derive(Clone, Copy)]
enum Missing {
    Note,
    Goal,
    Plan,
    Several,
    Person,
    Part,
    Line,
    Idea,
    KeptOut,
    Forgotten,
    Copy,
}

impl Missing {
    fn place(self) -> (Option<Field>, &'static str) {
        match self {
            Missing::Note => (None, "belay note list"),
            Missing::Goal => (None, "belay goal list"),
            Missing::Plan => (None, "belay plan list"),
            Missing::Several => (None, "belay plan list\nbelay goal list\nbelay note list"),
            Missing::Person => (Some(Field::Name), "belay status"),
            Missing::Part => (Some(Field::Part), "belay plan show PLAN"),
            Missing::Line => (Some(Field::Entries), "belay history PLAN"),
            Missing::Idea => (Some(Field::Alternatives), "belay ideas"),
            Missing::KeptOut => (None, "belay history --kept-out"),
            Missing::Forgotten => (None, "belay forgotten"),
            Missing::Copy => (None, "belay shared"),
        }
    }

    fn trouble(self) -> Trouble {
        let (field, command) = self.place();
        let code = Code::NotFound;
        Trouble::from(field.map_or_else(|| code.detail(), |field| code.of(field))).with_command(command)
    }
}

/// An id as it is meant: what people confuse is forgiven.
pub fn tidy(typed: &str) -> String {
    let same = |sign: char| match sign.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    typed.chars().map(same).collect()
}

/// Most ids that are told to somebody who typed too little of one.
const IDS_TOLD: usize = 8;

/// Too few signs: which ids begin with them, no words of theirs.
fn too_short(host: &Host, several: &[String], command: &str) -> Trouble {
    let mut fields = serde_json::Map::new();
    fields.insert("could_be".into(), several.into());
    let ids = several.iter().take(IDS_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    let args = [("ids", Arg::Text(&ids)), ("count", Arg::Number(several.len() as u64))];
    let (label, next) = (host.say("term-id-short", &args), host.say("term-id-short.next", &[]));
    Told { code: "NotFound".into(), label, next, command: command.into(), fields, exit: 4, ..Told::default() }.into()
}

/// Several fit: their ids as they are told, no words of theirs.
fn ambiguous(host: &Host, several: &[String], told: &[String], command: &str) -> Trouble {
    let mut fields = serde_json::Map::new();
    fields.insert("could_be".into(), several.into());
    let label = host.say("term-several-fit", &[("ids", Arg::Text(&told.join(", ")))]);
    let next = host.say("term-several-fit.next", &[]);
    Told { code: "NotFound".into(), label, next, command: command.into(), fields, exit: 4, ..Told::default() }.into()
}

/// An object that can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// A note.
    Note(DocId),
    /// A goal.
    Goal(DocId),
    /// A plan.
    Plan(DocId),
    /// A copy that was given.
    Copy(DocId),
}

impl Object {
    /// Its id.
    pub fn id(self) -> DocId {
        match self {
            Object::Note(id) | Object::Goal(id) | Object::Plan(id) | Object::Copy(id) => id,
        }
    }
}

fn named_notes(host: &Host) -> Done<Vec<Named<Object>>> {
    let mut found = Vec::new();
    for trash in [false, true] {
        let rows = notes(host, trash)?.into_iter();
        // Titles of notes are words for oneself: only ids name them.
        found.extend(rows.map(|row| Named { id: row.id.to_string(), names: Vec::new(), is: Object::Note(row.id) }));
    }
    Ok(found)
}

fn named_goals(host: &Host) -> Done<Vec<Named<Object>>> {
    let rows = goals(host)?;
    let ended = go_on::ended_goals(host, &rows)?;
    let named = |row: GoalRow| {
        let (has_ended, names) = (ended.contains(&row.id), vec![row.title.into_string()]);
        (has_ended, Named { id: row.id.to_string(), names, is: Object::Goal(row.id) })
    };
    Ok(going_on_first(rows.into_iter().map(named).collect()))
}

/// A name is that of what goes on; what has ended is called by it where nothing else is, else by its id.
fn going_on_first<T>(mut all: Vec<(bool, Named<T>)>) -> Vec<Named<T>> {
    let living = all.iter().filter(|(has_ended, _)| !has_ended);
    let taken: BTreeSet<String> = living.flat_map(|(_, named)| named.names.iter().map(|name| fold(name))).collect();
    for (_, named) in all.iter_mut().filter(|(has_ended, _)| *has_ended) {
        named.names.retain(|name| !taken.contains(&fold(name)));
    }
    all.into_iter().map(|(_, named)| named).collect()
}

fn named_plans(host: &Host) -> Done<Vec<Named<Object>>> {
    let (rows, ended) = (plans(host)?, go_on::ended_spaces(host)?);
    let named = |row: PlanRow| {
        let (has_ended, names) = (ended.contains(&row.space), vec![row.template, row.title.into_string()]);
        (has_ended, Named { id: row.id.to_string(), names, is: Object::Plan(row.id) })
    };
    Ok(going_on_first(rows.into_iter().map(named).collect()))
}

fn named_copies(host: &Host) -> Done<Vec<Named<Object>>> {
    let rows = copies(host)?.into_iter();
    Ok(rows.map(|row| Named { id: row.id.to_string(), names: Vec::new(), is: Object::Copy(row.id) }).collect())
}

/// A copy by the beginning of its id.
pub fn copy(host: &Host, typed: &str) -> Done<ShareRow> {
    let named = |row: ShareRow| Named { id: row.id.to_string(), names: Vec::new(), is: row };
    pick(host, typed, copies(host)?.into_iter().map(named).collect(), Missing::Copy)
}

/// A note by the beginning of its id.
pub fn note(host: &Host, typed: &str) -> Done<DocId> {
    Ok(or_let_go(host, typed, pick(host, typed, named_notes(host)?, Missing::Note))?.id())
}

/// A goal by its words or the beginning of its id.
pub fn goal(host: &Host, typed: &str) -> Done<DocId> {
    Ok(or_let_go(host, typed, pick(host, typed, named_goals(host)?, Missing::Goal))?.id())
}

/// A plan by its kind, its title or the beginning of its id.
pub fn plan(host: &Host, typed: &str) -> Done<DocId> {
    Ok(or_let_go(host, typed, pick(host, typed, named_plans(host)?, Missing::Plan))?.id())
}

/// A plan, a goal or a copy: what is commented on.
pub fn talked_about(host: &Host, typed: &str) -> Done<Object> {
    let all = [named_plans(host)?, named_goals(host)?, named_copies(host)?].into_iter().flatten().collect();
    or_let_go(host, typed, pick(host, typed, all, Missing::Several))
}

/// A plan or goal.
pub fn plan_or_goal(host: &Host, typed: &str) -> Done<Object> {
    let all = [named_plans(host)?, named_goals(host)?].into_iter().flatten().collect();
    or_let_go(host, typed, pick(host, typed, all, Missing::Several))
}

/// Anything that has an id of its own.
pub fn object(host: &Host, typed: &str) -> Done<Object> {
    let all = [named_plans(host)?, named_goals(host)?, named_notes(host)?, named_copies(host)?];
    or_let_go(host, typed, pick(host, typed, all.into_iter().flatten().collect(), Missing::Several))
}

/// A part of a plan, by its key or its heading.
pub fn part<'a>(host: &Host, plan: &'a PlanDetail, typed: &str) -> Done<&'a PartDetail> {
    let named = plan.parts.iter().map(|part| Named {
        id: part.key.clone(),
        names: vec![part.key.clone(), part.title.as_str().to_owned()],
        is: part,
    });
    pick(host, typed, named.collect(), Missing::Part)
}

/// An idea: among those that wait for me, else among all that plans and goals show.
pub fn idea(host: &Host, typed: &str) -> Done<IdeaDetail> {
    let mut all: Vec<IdeaDetail> = waiting(host)?;
    for row in plans(host)? {
        all.extend(plan_detail(host, row.id)?.parts.into_iter().flat_map(|part| part.ideas));
    }
    for row in goals(host)? {
        all.extend(goal_detail(host, row.id)?.ideas);
    }
    let mut seen = BTreeSet::new();
    all.retain(|idea| seen.insert(idea.id));
    let named = all.into_iter().map(|idea| Named { id: idea.id.to_string(), names: Vec::new(), is: idea });
    let found = pick(host, typed, named.collect(), Missing::Idea);
    match found {
        Err(trouble) if trouble.code() == Some(Code::NotFound) => Err(ideas::over(host, typed, trouble)),
        found => found,
    }
}

/// A change that was kept out.
pub fn kept_out(host: &Host, typed: &str) -> Done<KeptOutRow> {
    let rows: Vec<KeptOutRow> = all(
        host,
        |at| Ask::KeptOut { at },
        |answer| match answer {
            Answer::KeptOut(page) => Some(page),
            _ => None,
        },
    )?;
    let named = rows.into_iter().map(|row| Named { id: row.id.to_string(), names: Vec::new(), is: row });
    pick(host, typed, named.collect(), Missing::KeptOut)
}

/// All that was let go.
pub fn all_forgotten(host: &Host) -> Done<Vec<ForgottenRow>> {
    match host.read(Ask::Forgotten)? {
        Answer::Forgotten(rows) => Ok(rows),
        _ => Err(Code::Internal.into()),
    }
}

/// Something that was let go, by the beginning of its id.
pub fn forgotten(host: &Host, typed: &str) -> Done<ForgottenRow> {
    let named = |row: ForgottenRow| Named { id: row.doc.to_string(), names: Vec::new(), is: row };
    pick(host, typed, all_forgotten(host)?.into_iter().map(named).collect(), Missing::Forgotten)
}

/// What is not found because it was let go is said so.
fn or_let_go<T>(host: &Host, typed: &str, found: Done<T>) -> Done<T> {
    match found {
        Err(trouble) if trouble.code() == Some(Code::NotFound) && forgotten(host, typed).is_ok() => {
            Err(host.told_with("NotFound", "term-let-go", &[], "belay forgotten", 4))
        }
        found => found,
    }
}

/// How ideas are shown that stand on one page.
pub fn short_idea(id: &str, page: &[&IdeaDetail]) -> String {
    short_in(id, &page.iter().map(|idea| idea.id.to_string()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_as_short_as_they_are_unique() {
        let all: BTreeSet<String> = ["kq4m0", "kq4m1", "7v2c9"].map(str::to_owned).into();
        assert_eq!(short_in("kq4m0", &all), "kq4m0");
        assert_eq!(short_in("7v2c9", &all), "7v2c");
        assert_eq!(tidy("OIl7"), "0117");
    }
}
