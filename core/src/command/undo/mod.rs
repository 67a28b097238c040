//! Taking back what one call of `apply` did. Nothing is written away: the way back is a new change, found from the
//! revisions before and after, over whatever came since. What another typed meanwhile stays.

mod done;
mod inverse;
mod part;

pub use done::{DoneHere, DoneKind, DoneThen, done_besides, done_in_turn, done_lately, newest_undo};

use super::RelationshipCommand::{GoOnAlone, MyName};
use super::forgetting::may_go_on;
use super::newer::known;
use super::text::bounded;
use super::{Command, Deed, Desk, Outcome, PlanCommand, Subject, TalkCommand, UndoToken, may};
use crate::document::goal::{GoalStage, STEPS_MAX};
use crate::document::note::TAGS_MAX;
use crate::document::plan::ENTRIES_MAX;
use crate::document::{Kind, Path, Scalar, State, Step, Tree, goal, note, plan};
use crate::editing::{self, Edit};
use crate::error::{Code, Error, Field, Result};
use crate::ids::{DocId, ElementId};
use crate::projection::People;
use crate::projection::lines;
use crate::space::may_write_content;
use crate::store::documents::{self, DocumentRecord};
use crate::store::undo::{self, Deeds};
use crate::text::Shape;
use inverse::{Inverse, Times, inverse};
use part::HandedOver;

/// Whether a call with these commands is taken back by a token. Not where the way back would hide what others may have
/// begun to stand on: a decision is told to whoever gave the idea, a comment was read, a plan or a part may hold lines by
/// then, and what was forgotten is asked of every phone. A part is handed back by handing it over, alone.
fn is_undone(commands: &[Command]) -> bool {
    let alone = commands.len() == 1;
    commands.iter().all(|command| match command {
        // What goes on alone may be written in by then.
        Command::Relationship(GoOnAlone { .. }) => false,
        Command::Note(_) | Command::Goal(_) | Command::Relationship(_) => true,
        // Beside others it hinders nothing; of itself there is nothing to take back.
        Command::Draft(_) => true,
        Command::Plan(PlanCommand::SetOwner { .. }) | Command::Undo { .. } => alone,
        Command::Plan(PlanCommand::Create { .. } | PlanCommand::AddPart { .. }) => false,
        Command::Plan(_) => true,
        Command::Talk(TalkCommand::Suggest { .. } | TalkCommand::Withdraw { .. }) => true,
        Command::Talk(TalkCommand::Decide { .. } | TalkCommand::Comment { .. }) => false,
        Command::KeptOut(_) | Command::Forget(_) | Command::Consent(_) => false,
    })
}

/// Keeps what the commands of this call did, and gives the token that takes it back; `None` where that is not done.
///
/// # Errors
/// Those of the database.
pub fn remember(desk: &mut Desk<'_>, commands: &[Command]) -> Result<Option<UndoToken>> {
    let mut deeds = Vec::new();
    if is_undone(commands) {
        for (doc, before) in &desk.marks.written {
            let after = desk.documents.load(desk.db, doc)?.doc.heads();
            // To be called something for the first time is how one begins: before it there is nothing to go back to.
            let begins = before.made && matches!(commands, [Command::Relationship(MyName { space: None, .. })]);
            if after != before.heads && !begins {
                deeds.push(Deeds { doc: *doc, made: before.made, before: before.heads.clone(), after });
            }
        }
    }
    let token = desk.make_element();
    // One without deeds stands in the way of taking back what was done before it, as if it were the last.
    let what = done::kind_of(commands, !deeds.is_empty(), desk.marks.undid.take());
    let about: Vec<DocId> = if deeds.is_empty() { desk.marks.written.keys().copied().collect() } else { Vec::new() };
    undo::put(desk.db, &token, &deeds, what as i64, &about)?;
    Ok((!deeds.is_empty()).then(|| UndoToken(token.to_string())))
}

pub(super) fn perform(desk: &mut Desk<'_>, token: &UndoToken) -> Result<Outcome> {
    let token = ElementId::parse(&token.0).ok_or(Code::NotFound)?;
    let kept = undo::take(desk.db, &token)?.filter(|kept| !kept.deeds.is_empty()).ok_or(Code::NotFound)?;
    desk.marks.undid = Some(done::kind_behind(&kept));
    let deeds = kept.deeds;
    let mut ways = Vec::new();
    for deed in &deeds {
        ways.push((deed, way_back(desk, deed)?));
    }
    let mut done = Vec::new();
    if let Some(handed) = handed_over(&ways) {
        // Where another wrote since, it stays whose it is: who wants it all the same hands it over, and is asked.
        if !part::is_another_in_it(desk, &deeds, &handed)? {
            // The lines follow the part: what was copied along is no change of its own.
            super::plan::set_owner(desk, &handed.plan, &handed.key, handed.owner)?;
            done.push(handed.plan);
        }
    } else {
        for (deed, way) in &ways {
            desk.marks.partly |= way.left;
            if !way.steps.is_empty() {
                desk.write(&deed.doc, &way.steps)?;
                done.push(documents::get(desk.db, &deed.doc)?.and_then(|record| record.about).unwrap_or(deed.doc));
            }
        }
    }
    let Some(first) = deeds.first().filter(|_| done.is_empty()) else {
        done.dedup();
        return Ok(Outcome { touched: done, ..Outcome::default() });
    };
    Err(Code::Stale.detail().current(desk.load(&first.doc)?.doc.rev()).into())
}

fn handed_over(ways: &[(&Deeds, Inverse)]) -> Option<HandedOver> {
    let of = |plan: DocId, (key, owner): &(String, _)| HandedOver { plan, key: key.clone(), owner: *owner };
    ways.iter().find_map(|(deed, way)| way.owners.first().map(|handed| of(deed.doc, handed)))
}

/// The steps that lead one document back.
fn way_back(desk: &mut Desk<'_>, deed: &Deeds) -> Result<Inverse> {
    let (record, people) = writable(desk, &deed.doc)?;
    if deed.made
        && let Some(way) = unmake(desk, &record)?
    {
        return Ok(way);
    }
    let doc = &desk.load(&deed.doc)?.doc;
    let (before, after) = (doc.at(&deed.before, |view| view.tree())?, doc.at(&deed.after, |view| view.tree())?);
    let now = doc.now().tree();
    let mut way = inverse(&Times { before: &before, after: &after, now: &now });
    let reached = texts_back(desk, deed, &record, &mut way)?;
    let asked = std::mem::take(&mut way.steps);
    for step in asked.into_iter().chain(reached) {
        let hides = hides_others_words(desk, &record, &people, &step, (&after, &now))?;
        if !hides && stands(desk, &record, &people, &step)? {
            way.steps.push(step);
        } else {
            way.left = true;
        }
    }
    let is_trash = |step: &Step| matches!(step, Step::Set(path, _) if path.as_slice() == ["trashed_ms"]);
    if now.int("trashed_ms").is_some() && !way.steps.is_empty() && !way.steps.iter().any(is_trash) {
        return Code::InTrash.err();
    }
    within_bounds(desk, &record, &way.steps)?;
    Ok(way)
}

/// Whether a step would take a line out in whose words another wrote since: it is theirs too by now, and stays as it reads.
fn hides_others_words(
    desk: &Desk<'_>,
    record: &DocumentRecord,
    people: &People,
    step: &Step,
    (after, now): (&Tree, &Tree),
) -> Result<bool> {
    let Step::Set(path, Scalar::Bool(true)) = step else { return Ok(false) };
    let [kind, id, mark] = path.as_slice() else { return Ok(false) };
    let Some(entry) = ElementId::parse(id).filter(|_| kind == "entries" && mark == "gone") else { return Ok(false) };
    let text = [kind.clone(), id.clone(), "text".to_owned()].to_vec();
    Ok(text_at(after, &text) != text_at(now, &text)
        && lines::is_written_by_another(desk.db, &record.id, &entry, &people.me())?)
}

/// A document that I may write now, as [`may`] would say of an edit.
fn writable(desk: &Desk<'_>, doc: &DocId) -> Result<(DocumentRecord, People)> {
    let record = documents::get(desk.db, doc)?.ok_or(Code::NotFound)?;
    may_go_on(desk.db, doc)?;
    let people = desk.people(&record.space)?;
    may_write_content(people.state())?;
    known(desk.db, &people, doc, record.writer)?;
    if record.writer.is_some_and(|writer| writer != people.me()) {
        return Code::NotOwner.err();
    }
    Ok((record, people))
}

/// What was begun is put where it can be found again: a note into the trash, a goal aside (domain.md §3.5).
fn unmake(desk: &mut Desk<'_>, record: &DocumentRecord) -> Result<Option<Inverse>> {
    let at_ms = desk.at.unix_ms;
    let step = match &desk.load(&record.id)?.state {
        State::Note(note) => note.trashed_ms.is_none().then(|| note::steps::trash(Some(at_ms))),
        State::Goal(goal) => (goal.stage == GoalStage::default()).then(|| goal::steps::set_stage(GoalStage::SetAside)),
        _ => return Ok(None),
    };
    let left = step.is_none();
    Ok(Some(Inverse { steps: step.into_iter().collect(), left, ..Inverse::default() }))
}

/// The splices that take back what was typed, over what arrived since.
fn texts_back(desk: &mut Desk<'_>, deed: &Deeds, record: &DocumentRecord, way: &mut Inverse) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for path in std::mem::take(&mut way.texts) {
        let doc = &desk.load(&deed.doc)?.doc;
        let words = |tree: &Tree| text_at(tree, &path);
        let then = doc.at(&deed.before, |view| words(&view.tree()))?.unwrap_or_default();
        let after = doc.at(&deed.after, |view| words(&view.tree()))?.unwrap_or_default();
        let (Some(now), Ok(arrived)) = (words(&doc.now().tree()), doc.arrived_since(&path, &deed.after)) else {
            // The text was replaced since: it is another's decision now.
            way.left = true;
            continue;
        };
        let back = doc.way_back(&path, &deed.after, &deed.before)?;
        let exact = back.filter(|back| editing::apply(&after, back).is_ok_and(|led| led == then));
        let edit = exact.as_deref().map_or(Edit::Whole(&then), Edit::Splices);
        let splices = editing::rebase(&after, &now, &arrived, edit)?;
        if splices.is_empty() {
            way.left = true;
            continue;
        }
        let (shape, field) = shape_of(record, &path)?;
        bounded(shape, field, &editing::apply(&now, &splices)?, &now)?;
        steps.push(Step::Splice(path, splices));
    }
    Ok(steps)
}

fn text_at(tree: &Tree, path: &Path) -> Option<String> {
    let (key, parents) = path.split_last()?;
    match parents.iter().try_fold(tree, |tree, key| tree.get(key))?.get(key)? {
        Tree::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn shape_of(record: &DocumentRecord, path: &Path) -> Result<(Shape, Field)> {
    match (Kind::from_number(record.kind), path.first().map(String::as_str)) {
        (Some(Kind::Note), Some("body")) => Ok((Shape::Body, Field::Body)),
        (Some(Kind::Note | Kind::Plan), Some("title")) => Ok((Shape::Title, Field::Title)),
        (Some(Kind::Goal), Some("steps")) => Ok((Shape::Line, Field::Text)),
        (Some(Kind::Goal), Some(field)) => super::goal::shape_of(field),
        _ => Ok((Shape::ItemText, Field::Text)),
    }
}

/// Whether what a step would set back still stands where it did: a line in the document its part is shown from, an idea
/// nobody decided on, a step that is mine to mark.
fn stands(desk: &Desk<'_>, record: &DocumentRecord, people: &People, step: &Step) -> Result<bool> {
    let (Step::Set(path, _) | Step::Map(path) | Step::Text(path, _) | Step::Splice(path, _) | Step::Remove(path)) =
        step;
    let about = record.about.unwrap_or(record.id);
    let element = path.get(1).and_then(|id| ElementId::parse(id));
    match (path.first().map(String::as_str), element) {
        (Some("entries"), Some(id)) => {
            let frame = documents::get(desk.db, &about)?.ok_or(Code::NotFound)?;
            let shown = super::place::shown_entry(desk.db, people, &frame, &id);
            Ok(shown.is_ok_and(|(line, _, home)| line.doc == record.id && home.mine))
        }
        (Some("ideas"), Some(id)) => {
            let taken_back = matches!(step, Step::Set(_, Scalar::Bool(true)));
            if taken_back {
                return Ok(may(desk.db, Subject::Idea(&id), Deed::Withdraw).is_ok());
            }
            Ok(lines::decisions(desk.db, &about, &id)?.is_empty())
        }
        (Some("marks"), Some(id)) => Ok(may(desk.db, Subject::Step { goal: &about, step: &id }, Deed::Mark).is_ok()),
        _ => Ok(true),
    }
}

/// Bounds count what is shown: what comes back needs room.
fn within_bounds(desk: &mut Desk<'_>, record: &DocumentRecord, steps: &[Step]) -> Result<()> {
    let full =
        |field: Field, max: usize, would: usize| Err(Error::from(Code::TooMany.of(field).max(max).actual(would)));
    let back = |kind: &str| {
        let comes = |step: &&Step| match step {
            Step::Set(path, value) => {
                path.first().is_some_and(|first| first == kind)
                    && path.last().is_some_and(|last| last == "gone")
                    && *value != Scalar::Bool(true)
            }
            _ => false,
        };
        steps.iter().filter(comes).count()
    };
    let tags =
        steps.iter().filter(|step| matches!(step, Step::Set(path, _) if path.first().is_some_and(|k| k == "tags")));
    let tags = tags.count();
    match &desk.load(&record.id)?.state {
        State::Note(note) if tags > 0 && note.tags.len() + tags > TAGS_MAX => {
            full(Field::Tag, TAGS_MAX, note.tags.len() + tags)
        }
        State::Goal(goal) if back("steps") > 0 => {
            let would = goal.steps.values().filter(|step| !step.gone).count() + back("steps");
            if would > STEPS_MAX { full(Field::Steps, STEPS_MAX, would) } else { Ok(()) }
        }
        State::Plan(plan) if back("entries") > 0 => most_crowded(plan, steps),
        _ => Ok(()),
    }
}

fn most_crowded(plan: &plan::PlanState, steps: &[Step]) -> Result<()> {
    let mut parts = std::collections::BTreeMap::<&str, usize>::new();
    for (id, entry) in &plan.entries {
        let back = steps.iter().any(|step| {
            matches!(step, Step::Set(path, value) if path.get(1).and_then(|key| ElementId::parse(key)) == Some(*id)
                && path.last().is_some_and(|last| last == "gone") && *value != Scalar::Bool(true))
        });
        if !entry.gone || back {
            *parts.entry(&entry.part).or_default() += 1;
        }
    }
    match parts.into_values().max() {
        Some(would) if would > ENTRIES_MAX => {
            Err(Code::TooMany.of(Field::Entries).max(ENTRIES_MAX).actual(would).into())
        }
        _ => Ok(()),
    }
}
