//! Who may do what: one function, asked by every command before it writes and by every screen before it offers.
//! It decides nothing about what is accepted from others; signatures and writer sets do (protocol.md §5).

use super::adoptable::adoptable;
use super::again::Grounds;
use super::ask::Purpose;
use super::newer::known;
use super::place::{self, homes};
use crate::document::Kind;
use crate::document::goal::{STEPS_MAX, Who};
use crate::document::plan::{ENTRIES_MAX, PARTS_MAX};
use crate::error::{Code, Error, Field, Result};
use crate::ids::{BatchId, DocId, ElementId};
use crate::projection::People;
use crate::projection::copies::{copy_line, note_words};
use crate::projection::lines::{self, IdeaLine, PartLine};
use crate::space::{SpaceKind, SpaceState, may_write_content};
use crate::store::batches;
use crate::store::documents::{self, DocumentRecord};
use crate::store::forgetting::is_hidden;
use crate::store::spaces::{self, SpaceRecord};
use rusqlite::Connection;

/// What someone may want to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the deeds")]
pub enum Deed {
    Edit,
    Tag,
    Pin,
    Trash,
    Restore,
    SetStage,
    AddStep,
    Mark,
    AddPart,
    SetOwner,
    Skip,
    Add,
    Take,
    BringBack,
    TakeOver,
    Suggest,
    Comment,
    Decide,
    Withdraw,
    Adopt,
    Give,
    TakeBack,
}

/// To what.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are the subjects")]
pub enum Subject<'a> {
    Note(&'a DocId),
    Goal(&'a DocId),
    Step { goal: &'a DocId, step: &'a ElementId },
    Plan(&'a DocId),
    Part { plan: &'a DocId, part: &'a str },
    Entry { plan: &'a DocId, entry: &'a ElementId },
    Idea(&'a ElementId),
    KeptOut(&'a BatchId),
    Copy(&'a DocId),
}

/// Whether something may be done now.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It would be done.
    Yes,
    /// It would be done with a confirmation for this.
    WithConfirmation {
        /// What the confirmation is for.
        purpose: Purpose,
    },
    /// It would be refused with this code, perhaps until a time.
    No {
        /// Why.
        why: Code,
        /// Until when, Unix milliseconds.
        until_ms: Option<i64>,
    },
}

/// One deed, and whether it may be done now.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Act {
    /// What someone may want to do.
    pub deed: Deed,
    /// The answer of [`may`].
    pub answer: Answer,
}

/// The deeds a screen may offer, each with the answer of [`may`].
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct May {
    /// In the order they are drawn.
    pub acts: Vec<Act>,
}

impl May {
    /// Whether a deed is offered, perhaps with a confirmation.
    pub fn allows(&self, deed: Deed) -> bool {
        let offered = |answer: &Answer| !matches!(answer, Answer::No { .. });
        self.acts.iter().any(|act| act.deed == deed && offered(&act.answer))
    }
}

/// The answers for several deeds at once.
///
/// # Errors
/// Those of the database.
pub fn allowed(db: &Connection, subject: Subject<'_>, deeds: &[Deed]) -> Result<May> {
    let answer = |deed: &Deed| match may(db, subject, *deed) {
        Ok(()) => {
            let purpose = purpose_of(db, subject, *deed)?;
            let answer = purpose.map_or(Answer::Yes, |purpose| Answer::WithConfirmation { purpose });
            Ok(Act { deed: *deed, answer })
        }
        Err(Error::Refused(detail)) => {
            Ok(Act { deed: *deed, answer: Answer::No { why: detail.code, until_ms: detail.until_ms } })
        }
        Err(other) => Err(other),
    };
    Ok(May { acts: deeds.iter().map(answer).collect::<Result<_>>()? })
}

/// The confirmation a deed needs: only what takes words out of a note with a lock of its own. "Undo instead of asking"
/// (experience.md); what else asks for a secret is no command. [`super::confirmation_for`] says the same of commands.
fn purpose_of(db: &Connection, subject: Subject<'_>, deed: Deed) -> Result<Option<Purpose>> {
    let (Subject::Note(note), Deed::Give) = (subject, deed) else { return Ok(None) };
    Ok(lines::has_extra_lock(db, note)?.then_some(Purpose::ExtraLock))
}

/// The answer for a deed of which it is known already that it would be refused.
///
/// # Errors
/// What is no refusal.
pub(super) fn refused(deed: Deed, error: Error) -> Result<May> {
    match error {
        Error::Refused(detail) => {
            let answer = Answer::No { why: detail.code, until_ms: detail.until_ms };
            Ok(May { acts: vec![Act { deed, answer }] })
        }
        other => Err(other),
    }
}

/// Whether I may do this now.
///
/// # Errors
/// A refusal that says why not: `NotFound`, `SuggestOnly`, `NotOwner`, `AlreadyYours`, `InTrash`, `TooMany`,
/// `Duplicate` (it is so already), `NotInForce`, `RelationshipEnded`, `Revoked`, `NewerSchema`.
pub fn may(db: &Connection, subject: Subject<'_>, deed: Deed) -> Result<()> {
    match subject {
        Subject::Note(note) => note_rule(db, note, deed),
        Subject::Goal(goal) => goal_rule(db, goal, deed),
        Subject::Step { goal, step } => step_rule(db, goal, step, deed),
        Subject::Plan(plan) => plan_rule(db, plan, deed),
        Subject::Part { plan, part } => part_rule(db, plan, part, deed),
        Subject::Entry { plan, entry } => entry_rule(db, plan, entry, deed),
        Subject::Idea(idea) => idea_rule(db, idea, deed),
        Subject::KeptOut(batch) => kept_out_rule(db, batch, deed),
        Subject::Copy(copy) => copy_rule(db, copy, deed),
    }
}

/// A document of a kind this build knows, in a space that may hold content.
pub(super) fn opened(db: &Connection, doc: &DocId, kind: Kind) -> Result<(DocumentRecord, People)> {
    let record = of_kind(db, doc, kind)?;
    let people = People::of(db, &record.space)?;
    may_write_content(people.state())?;
    known(db, &people, doc, record.writer)?;
    Ok((record, people))
}

fn of_kind(db: &Connection, doc: &DocId, kind: Kind) -> Result<DocumentRecord> {
    let record = documents::get(db, doc)?.ok_or(Code::NotFound)?;
    match Kind::from_number(record.kind) {
        None => return Code::NewerSchema.err(),
        Some(known) if known != kind => return Code::NotFound.err(),
        Some(_) => {}
    }
    super::forgetting::may_go_on(db, doc)?;
    Ok(record)
}

fn owner(record: &DocumentRecord, people: &People) -> Result<()> {
    if record.writer == Some(people.me()) { Ok(()) } else { Code::SuggestOnly.err() }
}

/// Only what another may write takes ideas from me.
fn suggests(mine: bool, people: &People) -> Result<()> {
    match (mine, people.others().is_empty()) {
        (false, _) => Ok(()),
        (true, _) => Code::AlreadyYours.err(),
    }
}

/// Comments are for another to read.
fn comments(people: &People) -> Result<()> {
    if people.others().is_empty() { Code::NotAMember.err() } else { Ok(()) }
}

fn note_rule(db: &Connection, note: &DocId, deed: Deed) -> Result<()> {
    let record = of_kind(db, note, Kind::Note)?;
    let space = spaces::get_space(db, &record.space)?.ok_or(Code::NotFound)?;
    may_write_content(People::state_of(&space))?;
    // Who counts in the space is worked out where something waits for a newer app, not for every letter.
    if batches::is_any_newer(db)? {
        known(db, &People::of(db, &record.space)?, note, record.writer)?;
    }
    if record.writer != Some(space.me) {
        return Code::SuggestOnly.err();
    }
    match (deed, lines::trashed_ms(db, note)?.is_some()) {
        (Deed::Restore, true) | (Deed::Edit | Deed::Tag | Deed::Pin | Deed::Trash, false) => Ok(()),
        (Deed::Restore, false) => Code::Duplicate.err(),
        (Deed::Edit | Deed::Tag | Deed::Pin | Deed::Trash | Deed::Give, true) => Code::InTrash.err(),
        (Deed::Give, false) => may_be_given(db, note),
        _ => Code::UnsupportedType.err(),
    }
}

/// There are words in it, and somebody I share a space with that may hold content.
fn may_be_given(db: &Connection, note: &DocId) -> Result<()> {
    let words = note_words(db, note)?.ok_or(Code::NotFound)?;
    if words.title.trim().is_empty() && words.body.trim().is_empty() {
        return Err(Code::Empty.of(Field::Body).into());
    }
    let spaces = spaces::all_spaces(db)?;
    let takes = |space: &SpaceRecord| {
        let state = u8::try_from(space.stage).ok().and_then(SpaceState::from_code);
        space.kind != SpaceKind::Own.code() && state.is_some_and(|state| may_write_content(state).is_ok())
    };
    if spaces.iter().any(takes) { Ok(()) } else { Code::NotAMember.err() }
}

/// Taking back is its giver's, also where the copy needs repair or waits for a newer app.
fn copy_rule(db: &Connection, copy: &DocId, deed: Deed) -> Result<()> {
    if deed != Deed::TakeBack {
        let (_, people) = opened(db, copy, Kind::Copy)?;
        copy_line(db, copy)?.ok_or(Code::NotFound)?;
        return if deed == Deed::Comment { comments(&people) } else { Code::UnsupportedType.err() };
    }
    let record = documents::get(db, copy)?.filter(|record| record.kind == Kind::Copy.number());
    let record = record.ok_or(Code::NotFound)?;
    if is_hidden(db, copy)? {
        return Code::NotFound.err();
    }
    let people = People::of(db, &record.space)?;
    may_write_content(people.state())?;
    if record.writer == Some(people.me()) { Ok(()) } else { Code::NotOwner.err() }
}

fn goal_rule(db: &Connection, goal: &DocId, deed: Deed) -> Result<()> {
    let (record, people) = opened(db, goal, Kind::Goal)?;
    match deed {
        Deed::Edit | Deed::SetStage => owner(&record, &people),
        Deed::AddStep => {
            owner(&record, &people)?;
            room_for(lines::steps(db, goal)?.len(), STEPS_MAX, Field::Steps)
        }
        Deed::Suggest => suggests(record.writer == Some(people.me()), &people),
        Deed::Comment => comments(&people),
        _ => Code::UnsupportedType.err(),
    }
}

fn step_rule(db: &Connection, goal: &DocId, step: &ElementId, deed: Deed) -> Result<()> {
    let (record, people) = opened(db, goal, Kind::Goal)?;
    let line = lines::steps(db, goal)?.into_iter().find(|line| line.id == *step).ok_or(Code::NotFound)?;
    let mine = record.writer == Some(people.me());
    match deed {
        Deed::Mark if !mine => match line.who {
            Who::You | Who::Together => Ok(()),
            Who::Me | Who::SomeoneElse => Code::NotOwner.err(),
        },
        Deed::Edit | Deed::Mark => owner(&record, &people),
        Deed::Suggest => suggests(mine, &people),
        Deed::Comment => comments(&people),
        _ => Code::UnsupportedType.err(),
    }
}

fn plan_rule(db: &Connection, plan: &DocId, deed: Deed) -> Result<()> {
    let (record, people) = opened(db, plan, Kind::Plan)?;
    match deed {
        Deed::Edit => owner(&record, &people),
        Deed::AddPart => {
            owner(&record, &people)?;
            room_for(lines::parts(db, plan)?.len(), PARTS_MAX, Field::Parts)
        }
        Deed::Comment => comments(&people),
        _ => Code::UnsupportedType.err(),
    }
}

fn part_rule(db: &Connection, plan: &DocId, key: &str, deed: Deed) -> Result<()> {
    let (record, people) = opened(db, plan, Kind::Plan)?;
    let part = place::part(db, plan, key)?;
    match deed {
        Deed::SetOwner | Deed::Skip => owner(&record, &people),
        Deed::Add => {
            let home = place::home(&people, &record, &part)?;
            known(db, &people, &home.doc(), home.birth.writer)?;
            let live = lines::entries(db, &home.doc(), key)?.iter().filter(|line| !line.gone).count();
            room_for(live, ENTRIES_MAX, Field::Entries)
        }
        Deed::Suggest => suggests(writes(&people, &record, &part), &people),
        Deed::Comment => comments(&people),
        _ => Code::UnsupportedType.err(),
    }
}

fn writes(people: &People, plan: &DocumentRecord, part: &PartLine) -> bool {
    homes(people, plan, part).iter().all(|home| home.mine)
}

fn entry_rule(db: &Connection, plan: &DocId, entry: &ElementId, deed: Deed) -> Result<()> {
    let (record, people) = opened(db, plan, Kind::Plan)?;
    if deed == Deed::TakeOver {
        let (_, home) = place::left_over(db, &people, &record, entry)?;
        return known(db, &people, &home.doc(), home.birth.writer);
    }
    let (line, _, home) = place::shown_entry(db, &people, &record, entry)?;
    match (deed, line.gone) {
        (Deed::BringBack, true) | (Deed::Edit | Deed::Take, false) => {
            if home.mine {
                Ok(())
            } else {
                Code::SuggestOnly.err()
            }
        }
        (Deed::BringBack, false) => Code::Duplicate.err(),
        (_, true) => Code::NotFound.err(),
        (Deed::Suggest, false) => suggests(home.mine, &people),
        (Deed::Comment, false) => comments(&people),
        _ => Code::UnsupportedType.err(),
    }
}

fn idea_rule(db: &Connection, id: &ElementId, deed: Deed) -> Result<()> {
    let idea = lines::idea(db, id)?.ok_or(Code::NotFound)?;
    let record = documents::get(db, &idea.about)?.ok_or(Code::NotFound)?;
    let people = People::of(db, &record.space)?;
    may_write_content(people.state())?;
    if idea.withdrawn {
        return Code::NotFound.err();
    }
    // Decided apart in two ways, it is open again: the owner picks.
    if lines::decided(&lines::decisions(db, &idea.about, id)?).len() == 1 {
        return Code::Duplicate.err();
    }
    match deed {
        Deed::Withdraw => {
            if idea.by == people.me() {
                Ok(())
            } else {
                Code::NotOwner.err()
            }
        }
        Deed::Decide => decider(db, &idea, &record, &people),
        _ => Code::UnsupportedType.err(),
    }
}

/// Whoever may write where the idea would go, and did not give it.
fn decider(db: &Connection, idea: &IdeaLine, record: &DocumentRecord, people: &People) -> Result<()> {
    let refuse = Code::NotOwner;
    if idea.by == people.me() {
        return refuse.err();
    }
    if record.kind == Kind::Goal.number() {
        if record.writer != Some(people.me()) {
            return refuse.err();
        }
        let gone =
            idea.element.is_some_and(|id| !lines::steps(db, &record.id).is_ok_and(|s| s.iter().any(|s| s.id == id)));
        return if gone { Code::NotFound.err() } else { Ok(()) };
    }
    let part = place::part(db, &record.id, &idea.part)?;
    match &idea.element {
        None => place::home(people, record, &part).map(|_| ()).map_err(|_| refuse.into()),
        Some(element) => {
            let (line, _, home) = place::shown_entry(db, people, record, element)?;
            match (line.gone, home.mine) {
                (true, _) => Code::NotFound.err(),
                (false, false) => refuse.err(),
                (false, true) => Ok(()),
            }
        }
    }
}

fn kept_out_rule(db: &Connection, batch: &BatchId, deed: Deed) -> Result<()> {
    if deed != Deed::Adopt {
        return Code::UnsupportedType.err();
    }
    let record = batches::get(db, batch)?.ok_or(Code::NotFound)?;
    adoptable(db, &People::of(db, &record.space)?, &record, &mut Grounds::default())
}

fn room_for(have: usize, max: usize, field: Field) -> Result<()> {
    if have < max { Ok(()) } else { Err(Code::TooMany.of(field).max(max).actual(have + 1).into()) }
}
