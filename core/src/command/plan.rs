use super::goal::between;
use super::place::{self, home, homes, shown_entry};
use super::text::rebased;
use super::{Deed, Desk, Outcome, PlanCommand, Subject, TextEdit, may};
use crate::batch::Birth;
use crate::document::plan::{EntryState, PartOwner, PartState, PlanState, steps};
use crate::document::{Kind, State, Step, order};
use crate::error::{Code, Error, Field, Result};
use crate::ids::{DocId, ElementId, Rev, SpaceId};
use crate::library;
use crate::projection::{People, lines};
use crate::space::may_write_content;
use crate::store::documents::{self, DocumentRecord};
use crate::text::{PersonText, Shape};
use std::collections::BTreeMap;

pub(super) fn perform(desk: &mut Desk<'_>, command: &PlanCommand) -> Result<Outcome> {
    match command {
        PlanCommand::Create { space, template, title } => create(desk, space.as_ref(), template, title),
        PlanCommand::EditTitle { plan, base, text } => edit_title(desk, plan, base, text),
        PlanCommand::AddPart { plan, title, owner } => add_part(desk, plan, title, *owner),
        PlanCommand::SetOwner { plan, part, owner } => set_owner(desk, plan, part, *owner),
        PlanCommand::SkipPart { plan, part } => skip(desk, plan, part, true),
        PlanCommand::UnskipPart { plan, part } => skip(desk, plan, part, false),
        PlanCommand::AddEntry { plan, part, text, after } => add_entry(desk, plan, part, text, after.as_ref()),
        PlanCommand::EditEntry { plan, entry, base, text } => edit_entry(desk, plan, entry, base, text),
        PlanCommand::MoveEntry { plan, entry, after } => {
            may(desk.db, Subject::Entry { plan, entry }, Deed::Edit)?;
            let place = make_place(desk, plan, entry, after.as_ref())?;
            change_entry(desk, plan, entry, &[steps::move_entry(*entry, &place)])
        }
        PlanCommand::TakeEntry { plan, entry } => {
            may(desk.db, Subject::Entry { plan, entry }, Deed::Take)?;
            change_entry(desk, plan, entry, &[steps::take_entry(*entry, true)])
        }
        PlanCommand::BringBack { plan, entry } => {
            may(desk.db, Subject::Entry { plan, entry }, Deed::BringBack)?;
            change_entry(desk, plan, entry, &[steps::take_entry(*entry, false)])
        }
        PlanCommand::TakeOver { plan, entry } => take_over(desk, plan, entry, Leftover::Put),
        PlanCommand::LeaveOver { plan, entry } => take_over(desk, plan, entry, Leftover::Leave),
    }
}

fn record_and_people(desk: &Desk<'_>, plan: &DocId) -> Result<(DocumentRecord, People)> {
    let record = documents::get(desk.db, plan)?.ok_or(Code::NotFound)?;
    let people = desk.people(&record.space)?;
    Ok((record, people))
}

fn create(desk: &mut Desk<'_>, space: Option<&SpaceId>, template: &str, title: &PersonText) -> Result<Outcome> {
    let title = Shape::Title.check(Field::Title, title.as_str())?;
    let template = library::template(template).ok_or_else(|| Error::from(Code::NotFound.of(Field::Template)))?;
    let space = *space.unwrap_or(&desk.me.own);
    let people = desk.people(&space)?;
    may_write_content(people.state())?;
    let mut frame = steps::begin(&template.key, i64::from(template.version), &title);
    let mut before: Option<String> = None;
    for part in &template.parts {
        let order = order::make_between(before.as_deref(), None, desk.entropy);
        let owner = PartOwner::from_name(part.owner.name()).unwrap_or_default();
        frame.extend(steps::add_part(&part.key, &PartState { owner, order: order.clone(), ..PartState::default() }));
        before = Some(order);
    }
    let nonce = desk.entropy.bytes();
    let kind = Kind::Plan.number();
    let birth = Birth { space, kind, writer: Some(people.me()), about: None, key: None, nonce };
    let made = desk.write_in(birth, &frame)?;
    Ok(Outcome { made: Some(made), touched: vec![made], element: None })
}

fn edit_title(desk: &mut Desk<'_>, plan: &DocId, base: &Rev, text: &TextEdit) -> Result<Outcome> {
    may(desk.db, Subject::Plan(plan), Deed::Edit)?;
    let path = vec!["title".to_owned()];
    let loaded = desk.load(plan)?;
    let splices = rebased(loaded, &path, base, text, (Shape::Title, Field::Title), |state| match state {
        State::Plan(plan) => Some(&plan.title),
        _ => None,
    })?;
    desk.write(plan, &[steps::edit_title(splices)])?;
    Ok(touched(plan, None))
}

fn touched(plan: &DocId, element: Option<ElementId>) -> Outcome {
    Outcome { touched: vec![*plan], element, made: None }
}

fn add_part(desk: &mut Desk<'_>, plan: &DocId, title: &PersonText, owner: PartOwner) -> Result<Outcome> {
    may(desk.db, Subject::Plan(plan), Deed::AddPart)?;
    let title = Shape::Title.check(Field::Title, title.as_str())?;
    if title.is_empty() {
        return Err(Code::Empty.of(Field::Title).into());
    }
    let last = lines::parts(desk.db, plan)?.last().map(|part| part.place.clone());
    let order = order::make_between(last.as_deref(), None, desk.entropy);
    let key = desk.make_element();
    let part = PartState { owner, order, title: Some(title), ..PartState::default() };
    desk.write(plan, &steps::add_part(&key.to_string(), &part))?;
    Ok(touched(plan, Some(key)))
}

fn skip(desk: &mut Desk<'_>, plan: &DocId, part: &str, skipped: bool) -> Result<Outcome> {
    may(desk.db, Subject::Part { plan, part }, Deed::Skip)?;
    desk.write(plan, &[steps::skip_part(part, skipped)])?;
    Ok(touched(plan, None))
}

/// Hands a part over: what is shown now is copied to where it will be shown, and the owner is set, all in one
/// transaction. What stays behind in the older document is not taken out. On the way back a line that nobody wrote on
/// there takes in what differs; one that somebody did stays, and what was shown so far is offered.
pub(super) fn set_owner(desk: &mut Desk<'_>, plan: &DocId, key: &str, owner: PartOwner) -> Result<Outcome> {
    may(desk.db, Subject::Part { plan, part: key }, Deed::SetOwner)?;
    let (record, people) = record_and_people(desk, plan)?;
    let part = place::part(desk.db, plan, key)?;
    if part.owner == owner {
        return Err(Code::Duplicate.of(Field::Part).into());
    }
    let mut shown = BTreeMap::new();
    let mut from = Vec::new();
    for home in homes(&people, &record, &part) {
        shown.extend(entries_of(desk, &home.birth, key)?);
        from.push(home.doc());
    }
    let left_over = lines::left_over(desk.db, plan, key, &from)?;
    let next = lines::PartLine { owner, ..part };
    if let Ok(target) = home(&people, &record, &next) {
        let there = entries_of(desk, &target.birth, key)?;
        let doc = target.doc();
        let written_on = |id: &ElementId| left_over.iter().any(|line| line.doc == doc && line.id == *id);
        let bring = |(id, entry): (&ElementId, &EntryState)| match there.get(id) {
            None => steps::copy_entry(*id, entry, None),
            Some(here) if written_on(id) => vec![steps::keep_entry(*id, here)],
            Some(here) => steps::return_entry(*id, entry, here),
        };
        let copies: Vec<Step> = shown.iter().flat_map(bring).collect();
        if !copies.is_empty() {
            desk.write_in(target.birth, &copies)?;
        }
    }
    desk.write(plan, &[steps::set_owner(key, owner)])?;
    Ok(touched(plan, None))
}

/// What to do with words that were written on elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leftover {
    Put,
    Leave,
}

fn take_over(desk: &mut Desk<'_>, plan: &DocId, entry: &ElementId, what: Leftover) -> Result<Outcome> {
    may(desk.db, Subject::Entry { plan, entry }, Deed::TakeOver)?;
    let (record, people) = record_and_people(desk, plan)?;
    let (line, home) = place::left_over(desk.db, &people, &record, entry)?;
    let elsewhere = plan_state(desk, &line.doc)?.entries.remove(entry).ok_or(Code::NotFound)?;
    let here = entries_of(desk, &home.birth, &line.part)?.remove(entry);
    let steps = match what {
        Leftover::Put => steps::copy_entry(*entry, &elsewhere, here.as_ref()),
        Leftover::Leave => steps::pass_over(*entry, &elsewhere, here.as_ref()),
    };
    desk.write_in(home.birth, &steps)?;
    Ok(touched(plan, Some(*entry)))
}

/// The lines of a part in one of its documents; none where that is not born.
fn entries_of(desk: &mut Desk<'_>, birth: &Birth, part: &str) -> Result<BTreeMap<ElementId, EntryState>> {
    let doc = birth.doc();
    if documents::get(desk.db, &doc)?.is_none() {
        return Ok(BTreeMap::new());
    }
    let state = plan_state(desk, &doc)?;
    Ok(state.entries.into_iter().filter(|(_, entry)| entry.part == part).collect())
}

fn plan_state(desk: &mut Desk<'_>, doc: &DocId) -> Result<PlanState> {
    match &desk.load(doc)?.state {
        State::Plan(state) => Ok(state.clone()),
        _ => Code::NotFound.err(),
    }
}

fn add_entry(
    desk: &mut Desk<'_>,
    plan: &DocId,
    part: &str,
    text: &PersonText,
    after: Option<&ElementId>,
) -> Result<Outcome> {
    may(desk.db, Subject::Part { plan, part }, Deed::Add)?;
    let text = Shape::ItemText.check(Field::Text, text.as_str())?;
    let (record, people) = record_and_people(desk, plan)?;
    let line = place::part(desk.db, plan, part)?;
    let target = home(&people, &record, &line)?;
    let order = place_in(desk, &target.doc(), part, None, after)?;
    let id = desk.make_element();
    let entry = EntryState { part: part.to_owned(), text, order, ..EntryState::default() };
    desk.write_in(target.birth, &steps::add_entry(id, &entry))?;
    Ok(touched(plan, Some(id)))
}

/// An order key in a document's part, after the named line or at the end.
pub(super) fn place_in(
    desk: &mut Desk<'_>,
    doc: &DocId,
    part: &str,
    moved: Option<&ElementId>,
    after: Option<&ElementId>,
) -> Result<String> {
    let lines = lines::entries(desk.db, doc, part)?;
    let live = lines.iter().filter(|line| !line.gone && Some(&line.id) != moved);
    let siblings: Vec<_> = live.map(|line| (line.id, &line.place)).collect();
    between(desk, &siblings, after)
}

fn make_place(desk: &mut Desk<'_>, plan: &DocId, entry: &ElementId, after: Option<&ElementId>) -> Result<String> {
    let (record, people) = record_and_people(desk, plan)?;
    let (line, ..) = shown_entry(desk.db, &people, &record, entry)?;
    place_in(desk, &line.doc, &line.part, Some(entry), after)
}

fn change_entry(desk: &mut Desk<'_>, plan: &DocId, entry: &ElementId, steps: &[Step]) -> Result<Outcome> {
    let (record, people) = record_and_people(desk, plan)?;
    let (line, ..) = shown_entry(desk.db, &people, &record, entry)?;
    desk.write(&line.doc, steps)?;
    Ok(touched(plan, Some(*entry)))
}

fn edit_entry(desk: &mut Desk<'_>, plan: &DocId, entry: &ElementId, base: &Rev, text: &TextEdit) -> Result<Outcome> {
    may(desk.db, Subject::Entry { plan, entry }, Deed::Edit)?;
    let (record, people) = record_and_people(desk, plan)?;
    let (line, ..) = shown_entry(desk.db, &people, &record, entry)?;
    let path = vec!["entries".to_owned(), entry.to_string(), "text".to_owned()];
    let loaded = desk.load(&line.doc)?;
    let splices = rebased(loaded, &path, base, text, (Shape::ItemText, Field::Text), |state| match state {
        State::Plan(plan) => plan.entries.get(entry).map(|entry| entry.text.as_str()),
        _ => None,
    })?;
    desk.write(&line.doc, &[steps::edit_entry(*entry, splices)])?;
    Ok(touched(plan, Some(*entry)))
}
