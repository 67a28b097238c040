use super::place::only;
use super::text::{rebased, state_of};
use super::{Deed, Desk, GoalCommand, GoalDraft, Outcome, StepDraft, Subject, may};
use crate::batch::Birth;
use crate::document::goal::{MARK_FIRST, OWNER_FIRST, Reach, StepMark, StepStage, StepState, TEXT_FIELDS, steps};
use crate::document::{Kind, State, lane, order};
use crate::error::{Code, Error, Field, Result};
use crate::ids::{DocId, ElementId, SpaceId};
use crate::projection::lines;
use crate::space::may_write_content;
use crate::store::documents;
use crate::text::{PersonText, Shape};

pub(super) fn perform(desk: &mut Desk<'_>, command: &GoalCommand) -> Result<Outcome> {
    let (goal, steps, element) = match command {
        GoalCommand::Create { space, draft } => return create(desk, space.as_ref(), draft),
        GoalCommand::MarkStep { goal, step, stage } => return mark(desk, goal, step, *stage),
        GoalCommand::Edit { goal, field, base, text } => {
            may(desk.db, Subject::Goal(goal), Deed::Edit)?;
            let (shape, about) = shape_of(field)?;
            let path = vec![field.clone()];
            let loaded = desk.load(goal)?;
            let splices = rebased(loaded, &path, base, text, (shape, about), |state| match state {
                State::Goal(goal) => Some(goal.text(field)),
                _ => None,
            })?;
            (goal, vec![steps::edit(field, splices)], None)
        }
        GoalCommand::SetArea { goal, area } => {
            may(desk.db, Subject::Goal(goal), Deed::Edit)?;
            (goal, vec![steps::set_area(area_of(area.as_ref())?.as_deref())], None)
        }
        GoalCommand::SetStage { goal, stage } => {
            may(desk.db, Subject::Goal(goal), Deed::SetStage)?;
            (goal, vec![steps::set_stage(*stage)], None)
        }
        GoalCommand::AddStep { goal, draft, after } => {
            may(desk.db, Subject::Goal(goal), Deed::AddStep)?;
            let step = begin_step(desk, goal, draft, after.as_ref())?;
            let id = desk.make_element();
            (goal, steps::add_step(id, &step), Some(id))
        }
        GoalCommand::EditStep { goal, step, base, text } => {
            may(desk.db, Subject::Step { goal, step }, Deed::Edit)?;
            let path = vec!["steps".to_owned(), step.to_string(), "text".to_owned()];
            let loaded = desk.load(goal)?;
            let splices = rebased(loaded, &path, base, text, (Shape::Line, Field::Text), |state| match state {
                State::Goal(goal) => goal.steps.get(step).map(|step| step.text.as_str()),
                _ => None,
            })?;
            (goal, vec![steps::edit_step(*step, splices)], Some(*step))
        }
        GoalCommand::MoveStep { goal, step, after } => {
            may(desk.db, Subject::Step { goal, step }, Deed::Edit)?;
            let place = make_place(desk, goal, Some(step), after.as_ref())?;
            (goal, vec![steps::move_step(*step, &place)], Some(*step))
        }
    };
    desk.write(goal, &steps)?;
    Ok(Outcome { touched: vec![*goal], element, made: None })
}

pub(super) fn shape_of(field: &str) -> Result<(Shape, Field)> {
    match field {
        "title" => Ok((Shape::Line, Field::Title)),
        "why" => Ok((Shape::Reason, Field::Why)),
        "towards" => Ok((Shape::ItemText, Field::Towards)),
        "away_from" => Ok((Shape::Reason, Field::AwayFrom)),
        _ => Code::NotFound.err(),
    }
}

fn area_of(area: Option<&PersonText>) -> Result<Option<String>> {
    area.map(|area| Shape::Label.check(Field::Area, area.as_str())).transpose()
}

fn create(desk: &mut Desk<'_>, space: Option<&SpaceId>, draft: &GoalDraft) -> Result<Outcome> {
    let texts = [&draft.title, &draft.why, &draft.towards, &draft.away_from];
    let mut steps = Vec::new();
    for (field, text) in TEXT_FIELDS.iter().zip(texts) {
        let (shape, about) = shape_of(field)?;
        let text = shape.check(about, text.as_str())?;
        steps.extend(steps::begin(field, &text));
    }
    if let Some(area) = area_of(draft.area.as_ref())? {
        steps.push(steps::set_area(Some(&area)));
    }
    let space = *space.unwrap_or(&desk.me.own);
    let people = desk.people(&space)?;
    may_write_content(people.state())?;
    let nonce = desk.entropy.bytes();
    let kind = Kind::Goal.number();
    let birth = Birth { space, kind, writer: Some(people.me()), about: None, key: None, nonce };
    let made = desk.write_in(birth, &steps)?;
    Ok(Outcome { made: Some(made), touched: vec![made], element: None })
}

fn begin_step(desk: &mut Desk<'_>, goal: &DocId, draft: &StepDraft, after: Option<&ElementId>) -> Result<StepState> {
    let text = Shape::Line.check(Field::Text, draft.text.as_str())?;
    if let Some(date) = &draft.by_date {
        use chrono::Datelike;
        let sound = date.parse::<chrono::NaiveDate>().is_ok_and(|date| (1900..=2199).contains(&date.year()));
        if !sound {
            return Err(Code::InvalidDate.of(Field::Date).into());
        }
    }
    let order = make_place(desk, goal, None, after)?;
    let stage = StepMark::by_owner(StepStage::Planned, 0);
    Ok(StepState { text, who: draft.who, kind: draft.kind, by_date: draft.by_date.clone(), stage, order, gone: false })
}

/// An order key after the named step, or at the end.
pub(super) fn make_place(
    desk: &mut Desk<'_>,
    goal: &DocId,
    moved: Option<&ElementId>,
    after: Option<&ElementId>,
) -> Result<String> {
    let lines = lines::steps(desk.db, goal)?;
    let others: Vec<_> =
        lines.iter().filter(|line| Some(&line.id) != moved).map(|line| (line.id, &line.place)).collect();
    between(desk, &others, after)
}

/// An order key right after an element, or behind the last.
pub(super) fn between(
    desk: &mut Desk<'_>,
    siblings: &[(ElementId, &String)],
    after: Option<&ElementId>,
) -> Result<String> {
    let at = match after {
        None => siblings.len(),
        Some(after) => {
            let found = siblings.iter().position(|(id, _)| id == after);
            found.ok_or_else(|| Error::from(Code::NotFound.of(Field::After)))? + 1
        }
    };
    let before = at.checked_sub(1).and_then(|at| siblings.get(at)).map(|(_, place)| place.as_str());
    let next = siblings.get(at).map(|(_, place)| place.as_str());
    Ok(order::make_between(before, next, desk.entropy))
}

/// The owner marks in the goal; a named member in that member's own lane. Either sees the other's word first.
fn mark(desk: &mut Desk<'_>, goal: &DocId, step: &ElementId, stage: StepStage) -> Result<Outcome> {
    may(desk.db, Subject::Step { goal, step }, Deed::Mark)?;
    let record = documents::get(desk.db, goal)?.ok_or(Code::NotFound)?;
    let me = desk.member(&record.space)?;
    let said = lines::steps(desk.db, goal)?.into_iter().find(|line| line.id == *step).map(|line| line.stage);
    let marks = lines::marks(desk.db, goal)?.into_iter().filter(|(marked, ..)| marked == step);
    let marks: Vec<StepMark> = marks.map(|(_, _, mark)| mark).collect();
    let reach = Reach::of(said.iter().chain(&marks).map(|word| word.turn));
    let marked = marks.iter().map(|mark| reach.turn_of(*mark, MARK_FIRST)).max().unwrap_or_default();
    if record.writer == Some(me) {
        let _ = state_of!(desk, goal, Goal);
        desk.write(goal, &[steps::set_step_stage(*step, StepMark::by_owner(stage, marked))])?;
    } else {
        let birth = only(record.space, Kind::Lane, Some(me), Some(*goal), None);
        let seen = said.map_or(marked, |said| reach.turn_of(said, OWNER_FIRST).max(marked));
        desk.write_in(birth, &[lane::mark_step(*step, StepMark::by_member(stage, seen))])?;
    }
    Ok(Outcome { touched: vec![*goal], element: Some(*step), made: None })
}
