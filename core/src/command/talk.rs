use super::goal;
use super::place::{self, home, only, shown_entry};
use super::{Decision, Deed, Desk, Outcome, Subject, TalkCommand, Target, may};
use crate::document::goal::{StepMark, StepStage, StepState};
use crate::document::lane::{self, ALTERNATIVES_MAX, CommentState, IdeaKind, IdeaState};
use crate::document::plan::{Choice, DecisionState, EntryState};
use crate::document::{Kind, State, Step, order};
use crate::error::{Code, Error, Field, Result};
use crate::ids::{ChangeId, DocId, ElementId, Rev};
use crate::projection::lines::{self, IdeaLine};
use crate::store::documents;
use crate::text::{PersonText, Shape, fold};
use rusqlite::Connection;

/// How long the same words from the same author stay away after they were not added (domain.md §3.5).
const DECLINED_DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;

pub(super) fn perform(desk: &mut Desk<'_>, command: &TalkCommand) -> Result<Outcome> {
    match command {
        TalkCommand::Suggest { on, kind, alternatives, why, after } => {
            suggest(desk, on, *kind, alternatives, why, after.as_ref())
        }
        TalkCommand::Withdraw { idea } => {
            may(desk.db, Subject::Idea(idea), Deed::Withdraw)?;
            let line = lines::idea(desk.db, idea)?.ok_or(Code::NotFound)?;
            desk.write(&line.doc, &[lane::withdraw_idea(*idea)])?;
            Ok(outcome(&line.about, *idea))
        }
        TalkCommand::Decide { idea, decision, seen } => decide(desk, idea, decision, seen.as_ref()),
        TalkCommand::Comment { on, text, quote } => comment(desk, on, text, quote),
    }
}

fn outcome(about: &DocId, element: ElementId) -> Outcome {
    Outcome { touched: vec![*about], element: Some(element), made: None }
}

/// What the target is in the eyes of permission.
pub(super) fn subject<'t>(db: &Connection, target: &'t Target) -> Result<Subject<'t>> {
    let kind = documents::get(db, &target.doc)?.ok_or(Code::NotFound)?.kind;
    Ok(match (&target.part, &target.element) {
        (Some(_), Some(entry)) => Subject::Entry { plan: &target.doc, entry },
        (Some(part), None) => Subject::Part { plan: &target.doc, part },
        (None, Some(step)) => Subject::Step { goal: &target.doc, step },
        (None, None) if kind == Kind::Plan.number() => Subject::Plan(&target.doc),
        (None, None) if kind == Kind::Copy.number() => Subject::Copy(&target.doc),
        (None, None) => Subject::Goal(&target.doc),
    })
}

fn lane_of(desk: &Desk<'_>, about: &DocId) -> Result<crate::batch::Birth> {
    let record = documents::get(desk.db, about)?.ok_or(Code::NotFound)?;
    let me = desk.member(&record.space)?;
    Ok(only(record.space, Kind::Lane, Some(me), Some(*about), None))
}

/// The document a target lies in now, and its heads as a token; no token where it is not born.
fn lies_in(desk: &Desk<'_>, target: &Target) -> Result<(DocId, Option<Rev>)> {
    let record = documents::get(desk.db, &target.doc)?.ok_or(Code::NotFound)?;
    let doc = match (&target.part, &target.element) {
        (None, _) => record.id,
        (Some(_), Some(entry)) => shown_entry(desk.db, &desk.people(&record.space)?, &record, entry)?.0.doc,
        (Some(key), None) => {
            let people = desk.people(&record.space)?;
            let part = place::part(desk.db, &record.id, key)?;
            // Something new goes where the first member who may write it writes.
            let homes = place::homes(&people, &record, &part);
            homes.first().map_or(record.id, place::Home::doc)
        }
    };
    Ok((doc, rev(desk, &doc)?))
}

fn rev(desk: &Desk<'_>, doc: &DocId) -> Result<Option<Rev>> {
    let bytes = documents::heads(desk.db, doc)?;
    let heads: Vec<ChangeId> = bytes.chunks(32).filter_map(ChangeId::from_slice).collect();
    Ok((!heads.is_empty()).then(|| Rev::of(&heads)))
}

fn suggest(
    desk: &mut Desk<'_>,
    on: &Target,
    kind: IdeaKind,
    alternatives: &[PersonText],
    why: &PersonText,
    after: Option<&ElementId>,
) -> Result<Outcome> {
    may(desk.db, subject(desk.db, on)?, Deed::Suggest)?;
    let shape = if on.part.is_some() { Shape::ItemText } else { Shape::Line };
    let mut wordings =
        alternatives.iter().map(|text| shape.check(Field::Text, text.as_str())).collect::<Result<Vec<_>>>()?;
    let why = if why.is_empty() { String::new() } else { Shape::Line.check(Field::Why, why.as_str())? };
    check_kind(kind, on, wordings.len())?;
    let (doc, base) = lies_in(desk, on)?;
    if kind == IdeaKind::Move {
        wordings = vec![match &on.part {
            Some(part) => super::plan::place_in(desk, &doc, part, on.element.as_ref(), after)?,
            None => goal::make_place(desk, &on.doc, on.element.as_ref(), after)?,
        }];
    }
    refuse_declined(desk, on, &wordings)?;
    let idea = IdeaState {
        kind,
        part: on.part.clone().unwrap_or_default(),
        element: on.element,
        alternatives: wordings,
        why,
        base: base.map_or_else(String::new, |rev| rev.token().to_owned()),
        withdrawn: false,
        at_ms: desk.at.unix_ms,
    };
    let id = desk.make_element();
    let lane = lane_of(desk, &on.doc)?;
    desk.write_in(lane, &lane::give_idea(id, &idea))?;
    Ok(outcome(&on.doc, id))
}

/// Those of my ideas about a document that are open, as steps for my lane about its successor: they name what is there now.
/// One whose target did not go along is left.
///
/// # Errors
/// Those of the database.
pub(super) fn open_ideas(
    desk: &Desk<'_>,
    from: &DocId,
    into: &DocId,
    ideas: impl Iterator<Item = (ElementId, IdeaState)>,
) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    for (id, idea) in ideas {
        if idea.withdrawn || !lines::decisions(desk.db, from, &id)?.is_empty() {
            continue;
        }
        let part = (!idea.part.is_empty()).then(|| idea.part.clone());
        match lies_in(desk, &Target { doc: *into, part, element: idea.element }) {
            Ok((_, base)) => {
                let base = base.map_or_else(String::new, |rev| rev.token().to_owned());
                steps.extend(lane::give_idea(id, &IdeaState { base, ..idea }));
            }
            Err(Error::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(steps)
}

fn check_kind(kind: IdeaKind, on: &Target, wordings: usize) -> Result<()> {
    let targets = on.element.is_some();
    let (needs_element, least, most) = match kind {
        IdeaKind::Add => (false, 1, ALTERNATIVES_MAX),
        IdeaKind::Change => (true, 1, ALTERNATIVES_MAX),
        IdeaKind::Remove | IdeaKind::Move => (true, 0, 0),
    };
    if needs_element != targets {
        return Code::NotFound.err();
    }
    if wordings < least {
        return Err(Code::Empty.of(Field::Alternatives).into());
    }
    if wordings > most {
        return Err(Code::TooMany.of(Field::Alternatives).max(most).actual(wordings).into());
    }
    Ok(())
}

/// The same words from the same author on the same target wait 30 days after they were not added. A rule for those who
/// write here, by the clock here; it decides nothing about what is accepted.
fn refuse_declined(desk: &Desk<'_>, on: &Target, wordings: &[String]) -> Result<()> {
    let me = desk.member(&documents::get(desk.db, &on.doc)?.ok_or(Code::NotFound)?.space)?;
    let same = |idea: &IdeaLine| {
        idea.by == me
            && idea.element == on.element
            && idea.part == on.part.clone().unwrap_or_default()
            && idea.alternatives.iter().any(|text| wordings.iter().any(|new| fold(new) == fold(text)))
    };
    for idea in lines::ideas(desk.db, &on.doc)?.iter().filter(|idea| same(idea)) {
        for decision in lines::decisions(desk.db, &on.doc, &idea.id)? {
            let until = decision.at_ms.saturating_add(DECLINED_DAYS * DAY_MS);
            // A claim from more than a day ahead is a wrong clock, here or there, and would keep the words away for ever.
            let sound = decision.at_ms <= desk.at.unix_ms.saturating_add(DAY_MS);
            if decision.choice == Choice::Declined && sound && desk.at.unix_ms < until {
                return Err(Code::AlreadyDeclined.detail().until(until).into());
            }
        }
    }
    Ok(())
}

fn decide(desk: &mut Desk<'_>, id: &ElementId, decision: &Decision, seen: Option<&Rev>) -> Result<Outcome> {
    may(desk.db, Subject::Idea(id), Deed::Decide)?;
    let idea = lines::idea(desk.db, id)?.ok_or(Code::NotFound)?;
    let shape = if idea.part.is_empty() { Shape::Line } else { Shape::ItemText };
    let (choice, text) = match decision {
        Decision::Decline => (Choice::Declined, String::new()),
        Decision::Add(_) if matches!(idea.kind, IdeaKind::Remove | IdeaKind::Move) => {
            let place = idea.alternatives.first().cloned().unwrap_or_default();
            if place.len() > order::KEY_BYTES_MAX {
                return Err(Code::TooLong.of(Field::Alternatives).max(order::KEY_BYTES_MAX).actual(place.len()).into());
            }
            (Choice::Added, place)
        }
        Decision::Add(index) => {
            let index = *index as usize;
            let wording = idea.alternatives.get(index).cloned();
            let max = idea.alternatives.len();
            let wording = wording.ok_or_else(|| Code::OutOfRange.of(Field::Alternatives).max(max).actual(index))?;
            // Its author's app may have checked nothing.
            (Choice::Added, shape.check(Field::Text, &wording)?)
        }
        Decision::AddAs(text) => {
            let text = shape.check(Field::Text, text.as_str())?;
            let same = idea.alternatives.contains(&text);
            (if same { Choice::Added } else { Choice::Changed }, text)
        }
    };
    let target =
        Target { doc: idea.about, part: (!idea.part.is_empty()).then(|| idea.part.clone()), element: idea.element };
    let home = decided_in(desk, &target)?;
    if choice != Choice::Declined {
        refuse_stale(desk, &idea, &home.doc(), seen)?;
    }
    let into = if choice == Choice::Declined { None } else { Some(idea.element.unwrap_or(*id)) };
    let mut steps = match choice {
        Choice::Declined => take_back(desk, &idea, &home.doc())?,
        Choice::Added | Choice::Changed => enact(desk, &idea, &home.doc(), &text)?,
    };
    let register = DecisionState { choice, text, by: idea.by, batch: None, at_ms: desk.at.unix_ms, into };
    steps.push(crate::document::plan::steps::decide(*id, &register));
    desk.write_in(home, &steps)?;
    Ok(outcome(&idea.about, *id))
}

/// The birth of the document that carries the decision: the one I write the target in.
fn decided_in(desk: &mut Desk<'_>, target: &Target) -> Result<crate::batch::Birth> {
    let record = documents::get(desk.db, &target.doc)?.ok_or(Code::NotFound)?;
    let people = desk.people(&record.space)?;
    match (&target.part, &target.element) {
        (None, _) => Ok(desk.load(&target.doc)?.doc.birth().clone()),
        (Some(_), Some(entry)) => Ok(shown_entry(desk.db, &people, &record, entry)?.2.birth),
        (Some(key), None) => Ok(home(&people, &record, &place::part(desk.db, &target.doc, key)?)?.birth),
    }
}

/// Words that changed since the idea was written are decided on as they read now.
fn refuse_stale(desk: &mut Desk<'_>, idea: &IdeaLine, doc: &DocId, seen: Option<&Rev>) -> Result<()> {
    let (Some(element), IdeaKind::Change | IdeaKind::Remove) = (idea.element, idea.kind) else { return Ok(()) };
    let loaded = desk.load(doc)?;
    let words = |state: &State| match state {
        State::Plan(plan) => plan.entries.get(&element).map(|entry| entry.text.clone()),
        State::Goal(goal) => goal.steps.get(&element).map(|step| step.text.clone()),
        _ => None,
    };
    let heads = Rev::from_token(&idea.base).heads().unwrap_or_default();
    let then = loaded.doc.at(&heads, |view| words(&State::read(loaded.kind, view))).ok().flatten();
    let current = loaded.doc.rev();
    if then == words(&loaded.state) || seen == Some(&current) {
        return Ok(());
    }
    Err(Code::Stale.detail().current(current).into())
}

/// What the idea does where it is taken up. Something new takes the idea's own id, so that taking it up on two devices
/// is one entry.
fn enact(desk: &mut Desk<'_>, idea: &IdeaLine, doc: &DocId, text: &str) -> Result<Vec<Step>> {
    use crate::document::goal::steps as goal_steps;
    use crate::document::plan::steps as plan_steps;
    let in_goal = idea.part.is_empty();
    let words = |id: ElementId| vec!["steps".to_owned(), id.to_string(), "text".to_owned()];
    let gone = |id: ElementId| vec!["steps".to_owned(), id.to_string(), "gone".to_owned()];
    if idea.kind == IdeaKind::Add {
        refuse_taken_id(desk, idea, doc)?;
    }
    Ok(match (idea.kind, idea.element) {
        (IdeaKind::Add, _) if in_goal => {
            let order = goal::make_place(desk, &idea.about, None, None)?;
            let step = StepState {
                text: text.to_owned(),
                stage: StepMark::by_owner(StepStage::Planned, 0),
                order,
                ..StepState::default()
            };
            goal_steps::add_step(idea.id, &step)
        }
        (IdeaKind::Add, _) => {
            let order = super::plan::place_in(desk, doc, &idea.part, None, None)?;
            let (part, text) = (idea.part.clone(), text.to_owned());
            let entry = EntryState { part, text, order, from_idea: Some(idea.id), ..EntryState::default() };
            plan_steps::add_entry(idea.id, &entry)
        }
        (IdeaKind::Change, Some(id)) if in_goal => vec![Step::Text(words(id), text.to_owned())],
        (IdeaKind::Change, Some(id)) => vec![plan_steps::new_text(id, text)],
        (IdeaKind::Remove, Some(id)) if in_goal => vec![Step::Set(gone(id), true.into())],
        (IdeaKind::Remove, Some(id)) => vec![plan_steps::take_entry(id, true)],
        (IdeaKind::Move, Some(id)) if in_goal => vec![goal_steps::move_step(id, text)],
        (IdeaKind::Move, Some(id)) => vec![plan_steps::move_entry(id, text)],
        (_, None) => return Err(Error::from(Code::NotFound)),
    })
}

/// Where another device of the owner's had put something new in, picking "not this" takes it out again.
fn take_back(desk: &mut Desk<'_>, idea: &IdeaLine, doc: &DocId) -> Result<Vec<Step>> {
    use crate::document::plan::steps as plan_steps;
    if idea.kind != IdeaKind::Add || !was_put_in(desk, idea, doc)? {
        return Ok(Vec::new());
    }
    Ok(match &desk.load(doc)?.state {
        State::Plan(plan) if plan.entries.contains_key(&idea.id) => vec![plan_steps::take_entry(idea.id, true)],
        State::Goal(goal) if goal.steps.contains_key(&idea.id) => {
            vec![Step::Set(vec!["steps".to_owned(), idea.id.to_string(), "gone".to_owned()], true.into())]
        }
        _ => Vec::new(),
    })
}

/// Whether what bears the idea's id came of an earlier decision on it. An idea's id is its author's choice: it may be
/// that of a line that was there before.
fn was_put_in(desk: &mut Desk<'_>, idea: &IdeaLine, doc: &DocId) -> Result<bool> {
    if documents::get(desk.db, doc)?.is_none() {
        return Ok(false);
    }
    let decisions = match &desk.load(doc)?.state {
        State::Plan(plan) => plan.decisions.get(&idea.id),
        State::Goal(goal) => goal.decisions.get(&idea.id),
        _ => None,
    };
    Ok(decisions.is_some_and(|decisions| decisions.iter().any(|decision| decision.into == Some(idea.id))))
}

/// Something new never takes the place of what is there.
fn refuse_taken_id(desk: &mut Desk<'_>, idea: &IdeaLine, doc: &DocId) -> Result<()> {
    if documents::get(desk.db, doc)?.is_none() || was_put_in(desk, idea, doc)? {
        return Ok(());
    }
    let taken = match &desk.load(doc)?.state {
        State::Plan(plan) => plan.entries.contains_key(&idea.id),
        State::Goal(goal) => goal.steps.contains_key(&idea.id),
        _ => false,
    };
    if taken { Code::Duplicate.err() } else { Ok(()) }
}

fn comment(desk: &mut Desk<'_>, on: &Target, text: &PersonText, quote: &PersonText) -> Result<Outcome> {
    may(desk.db, subject(desk.db, on)?, Deed::Comment)?;
    let text = Shape::ItemText.check(Field::Text, text.as_str())?;
    let quote = if quote.is_empty() { String::new() } else { Shape::ItemText.check(Field::Text, quote.as_str())? };
    let id = desk.make_element();
    let part = on.part.clone().unwrap_or_default();
    let said = CommentState { part, element: on.element, text, quote, at_ms: desk.at.unix_ms };
    let lane = lane_of(desk, &on.doc)?;
    desk.write_in(lane, &lane::comment(id, &said))?;
    Ok(outcome(&on.doc, id))
}
