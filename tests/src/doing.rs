//! Anything a person may do next: a command made from what a device shows now, good or not.

use crate::{Act, Chance, Device, text, whole};
use belay::command::{Command, Decision, GoalCommand, GoalDraft, PlanCommand, StepDraft, TalkCommand, Target};
use belay::document::goal::{GoalStage, StepKind, StepStage, Who};
use belay::document::lane::IdeaKind;
use belay::document::plan::PartOwner;
use belay::ids::{DocId, SpaceId};
use belay::view::{Answer, Ask, At, EntryDetail, GoalDetail, PartDetail, PlanDetail};

/// The plans that a device shows.
pub fn plans(device: &Device) -> Vec<PlanDetail> {
    let Answer::Plans(page) = device.ask(Ask::Plans { at: At { limit: 200, ..At::default() } }) else {
        return Vec::new();
    };
    let detail = |id: DocId| match device.ask(Ask::Plan { id }) {
        Answer::Plan(plan) => *plan,
        other => panic!("{}: a plan of the list is {other:?}", device.name),
    };
    page.rows.into_iter().map(|row| detail(row.id)).collect()
}

/// The goals that a device shows.
pub fn goals(device: &Device) -> Vec<GoalDetail> {
    let Answer::Goals(page) = device.ask(Ask::Goals { at: At { limit: 200, ..At::default() } }) else {
        return Vec::new();
    };
    let detail = |id: DocId| match device.ask(Ask::Goal { id }) {
        Answer::Goal(goal) => *goal,
        other => panic!("{}: a goal of the list is {other:?}", device.name),
    };
    page.rows.into_iter().map(|row| detail(row.id)).collect()
}

/// Words with something put in at a random place; nothing of them is lost.
pub fn with_inserted(words: &str, what: &str, chance: &mut Chance) -> String {
    let letters: Vec<char> = words.chars().collect();
    let at = chance.below(letters.len() + 1);
    let (before, after) = letters.split_at(at);
    before.iter().chain(what.chars().collect::<Vec<_>>().iter()).chain(after).collect()
}

/// The next thing someone does in a space, if there is anything to do it to. `mark` makes its words unique.
pub fn next_act(device: &Device, space: &SpaceId, mark: &str, chance: &mut Chance) -> Option<Command> {
    match chance.below(10) {
        0 => new_object(device, *space, mark, chance),
        1..=3 => goal_act(&goals(device), mark, chance),
        _ => plan_act(&plans(device), mark, chance),
    }
}

fn new_object(device: &Device, space: SpaceId, mark: &str, chance: &mut Chance) -> Option<Command> {
    let space = Some(space);
    if chance.percent(50) && goals(device).len() < 3 {
        let draft = GoalDraft { title: text(mark), towards: text(mark), ..GoalDraft::default() };
        return Some(GoalCommand::Create { space, draft }.command());
    }
    let template = ["wellness", "relationship", "moving-on"].get(chance.below(3)).copied()?.to_owned();
    (plans(device).len() < 2).then(|| PlanCommand::Create { space, template, title: text(mark) }.command())
}

fn goal_act(goals: &[GoalDetail], mark: &str, chance: &mut Chance) -> Option<Command> {
    let goal = chance.pick(goals)?;
    let step = chance.pick(&goal.steps).map(|step| (step.id, step.text.as_str().to_owned()));
    let on = |element| Target { doc: goal.id, part: None, element };
    Some(match (chance.below(9), step) {
        (0, _) => {
            let text = whole(&with_inserted(goal.title.as_str(), mark, chance));
            GoalCommand::Edit { goal: goal.id, field: "title".to_owned(), base: goal.rev.clone(), text }.command()
        }
        (1, Some((step, words))) => {
            let text = whole(&with_inserted(&words, mark, chance));
            GoalCommand::EditStep { goal: goal.id, step, base: goal.rev.clone(), text }.command()
        }
        (2, Some((step, _))) => {
            let stage = *chance.pick(StepStage::ALL)?;
            GoalCommand::MarkStep { goal: goal.id, step, stage }.command()
        }
        (3, Some((step, _))) => GoalCommand::MoveStep { goal: goal.id, step, after: None }.command(),
        (4, _) => GoalCommand::SetStage { goal: goal.id, stage: *chance.pick(GoalStage::ALL)? }.command(),
        (5, step) => idea(on(step.map(|(id, _)| id)), mark, chance),
        (6, _) => decision(&goal.ideas, mark, chance)?,
        (7, step) => comment(on(step.map(|(id, _)| id)), mark),
        _ => {
            let (who, kind) = (*chance.pick(Who::ALL)?, *chance.pick(StepKind::ALL)?);
            let draft = StepDraft { text: text(mark), who, kind, by_date: None };
            GoalCommand::AddStep { goal: goal.id, draft, after: None }.command()
        }
    })
}

fn plan_act(plans: &[PlanDetail], mark: &str, chance: &mut Chance) -> Option<Command> {
    let plan = chance.pick(plans)?;
    let part = chance.pick(&plan.parts)?;
    if chance.percent(35) {
        return Some(
            PlanCommand::AddEntry { plan: plan.id, part: part.key.clone(), text: text(mark), after: None }.command(),
        );
    }
    if chance.percent(20) {
        return part_act(plan.id, part, mark, chance);
    }
    if chance.percent(10) {
        let text = whole(&with_inserted(plan.title.as_str(), mark, chance));
        return Some(PlanCommand::EditTitle { plan: plan.id, base: plan.rev.clone(), text }.command());
    }
    let ideas: Vec<_> = plan.parts.iter().flat_map(|part| part.ideas.clone()).collect();
    if !ideas.is_empty() && chance.percent(30) {
        return decision(&ideas, mark, chance);
    }
    let lines: Vec<(&PartDetail, &EntryDetail)> =
        plan.parts.iter().flat_map(|part| part.entries.iter().map(move |entry| (part, entry))).collect();
    let (part, entry) = chance.pick(&lines)?;
    entry_act(plan.id, part, entry, mark, chance)
}

fn part_act(plan: DocId, part: &PartDetail, mark: &str, chance: &mut Chance) -> Option<Command> {
    let key = part.key.clone();
    let on = Target { doc: plan, part: Some(key.clone()), element: None };
    Some(match chance.below(7) {
        0 | 1 => PlanCommand::SetOwner { plan, part: key, owner: *chance.pick(PartOwner::ALL)? }.command(),
        2 if part.skipped => PlanCommand::UnskipPart { plan, part: key }.command(),
        2 => PlanCommand::SkipPart { plan, part: key }.command(),
        3 => comment(on, mark),
        4 => PlanCommand::AddPart { plan, title: text(mark), owner: *chance.pick(PartOwner::ALL)? }.command(),
        _ => match part.left_over.first() {
            Some(line) if chance.percent(50) => PlanCommand::TakeOver { plan, entry: line.id }.command(),
            Some(line) => PlanCommand::LeaveOver { plan, entry: line.id }.command(),
            None => idea(on, mark, chance),
        },
    })
}

fn entry_act(plan: DocId, part: &PartDetail, entry: &EntryDetail, mark: &str, chance: &mut Chance) -> Option<Command> {
    let on = Target { doc: plan, part: Some(part.key.clone()), element: Some(entry.id) };
    Some(match chance.below(10) {
        0 => PlanCommand::TakeEntry { plan, entry: entry.id }.command(),
        1 => PlanCommand::BringBack { plan, entry: entry.id }.command(),
        2 => {
            let after = chance.pick(&part.entries).map(|other| other.id).filter(|other| *other != entry.id);
            PlanCommand::MoveEntry { plan, entry: entry.id, after }.command()
        }
        3 => idea(on, mark, chance),
        4 => comment(on, mark),
        _ => {
            let text = whole(&with_inserted(entry.text.as_str(), mark, chance));
            PlanCommand::EditEntry { plan, entry: entry.id, base: entry.rev.clone(), text }.command()
        }
    })
}

fn comment(on: Target, mark: &str) -> Command {
    TalkCommand::Comment { on, text: text(mark), quote: text("") }.command()
}

fn idea(on: Target, mark: &str, chance: &mut Chance) -> Command {
    let kind = match on.element {
        None => IdeaKind::Add,
        Some(_) => {
            [IdeaKind::Change, IdeaKind::Remove, IdeaKind::Move].get(chance.below(3)).copied().unwrap_or_default()
        }
    };
    let words = matches!(kind, IdeaKind::Add | IdeaKind::Change);
    let alternatives = if words { vec![text(mark), text(&format!("{mark} or so"))] } else { Vec::new() };
    TalkCommand::Suggest { on, kind, alternatives, why: text(""), after: None }.command()
}

fn decision(ideas: &[belay::view::IdeaDetail], mark: &str, chance: &mut Chance) -> Option<Command> {
    let idea = chance.pick(ideas)?;
    if chance.percent(15) {
        return Some(TalkCommand::Withdraw { idea: idea.id }.command());
    }
    let decision = match chance.below(3) {
        0 => Decision::Decline,
        1 => Decision::AddAs(text(mark)),
        _ => Decision::Add(0),
    };
    let seen = if chance.percent(70) { idea.rev.clone() } else { None };
    Some(TalkCommand::Decide { idea: idea.id, decision, seen }.command())
}
