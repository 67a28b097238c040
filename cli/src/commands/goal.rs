//! `belay goal`: what someone moves towards, and the steps.

use super::meant::{Beside, ToBe};
use super::{Paging, done, draft, first, go_on, optional, page_end, person_text, tell, tell_list, unchanged};
use crate::failure::Done;
use crate::find::{self, Ids};
use crate::host::Host;
use crate::output::Edge;
use crate::prompt;
use belay::command::{Command, Deed, GoalCommand, GoalDraft, StepDraft, TextEdit, TextTarget};
use belay::document::goal::{GoalStage, StepKind, StepStage, Who};
use belay::error::{Code, Field};
use belay::library::Arg;
use belay::view::{Answer, Ask, GoalDetail};

/// What you move towards, and the steps.
#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "Examples:\n  belay goal add \"Swim again\" --towards \"One calm hour a week\"\n  belay goal list\n  belay goal step add \"Swim again\" Ask about the opening hours"
)]
pub enum Goal {
    /// Begin a goal.
    #[command(
        after_help = "Examples:\n  belay goal add \"Swim again\" --towards \"One calm hour a week\"\n  belay goal add \"Swim again\" --towards \"Calm\" --with Theo"
    )]
    Add {
        /// The goal in your own words.
        title: String,
        /// What it moves towards.
        #[arg(long)]
        towards: String,
        /// What it moves away from.
        #[arg(long)]
        away_from: Option<String>,
        /// Why it matters.
        #[arg(long)]
        why: Option<String>,
        /// Which part of life.
        #[arg(long)]
        area: Option<String>,
        /// Where this person can see it too.
        #[arg(long, value_name = "NAME")]
        with: Option<String>,
    },
    /// All goals.
    #[command(after_help = "Example:\n  belay goal list")]
    List {
        /// Which page.
        #[command(flatten)]
        paging: Paging,
    },
    /// Read a goal.
    #[command(after_help = "Example:\n  belay goal show \"Swim again\"")]
    Show {
        /// Which goal: its words, or the first signs of its id.
        goal: String,
    },
    /// Change the words of a goal.
    #[command(after_help = "Example:\n  belay goal edit \"Swim again\" --why \"Water helps.\"")]
    Edit {
        /// Which goal: its words, or the first signs of its id.
        goal: String,
        /// The new words of the goal.
        #[arg(long)]
        title: Option<String>,
        /// What it moves towards.
        #[arg(long)]
        towards: Option<String>,
        /// What it moves away from.
        #[arg(long)]
        away_from: Option<String>,
        /// Why it matters.
        #[arg(long)]
        why: Option<String>,
        /// Which part of life; empty takes it off.
        #[arg(long)]
        area: Option<String>,
    },
    /// Say where a goal stands.
    #[command(after_help = "Example:\n  belay goal stage \"Swim again\" resting")]
    Stage {
        /// Which goal: its words, or the first signs of its id.
        goal: String,
        /// Where it stands.
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(GoalStage::ALL.iter().map(|stage| stage.name())))]
        stage: String,
    },
    /// The steps of a goal.
    #[command(subcommand)]
    Step(Step),
}

/// The steps of a goal.
#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "Examples:\n  belay goal step add \"Swim again\" Ask about the opening hours\n  belay goal step mark \"Swim again\" 1 done"
)]
pub enum Step {
    /// Add a step.
    #[command(after_help = "Example:\n  belay goal step add \"Swim again\" Go together --who together")]
    Add {
        /// Which goal: its words, or the first signs of its id.
        goal: String,
        /// The words.
        #[arg(allow_negative_numbers = true)]
        words: Vec<String>,
        /// Who does it, seen from the one whose goal it is.
        #[arg(long, default_value = "me", value_parser = clap::builder::PossibleValuesParser::new(Who::ALL.iter().map(|who| who.name())))]
        who: String,
        /// What kind of step.
        #[arg(long, default_value = "plain", value_parser = clap::builder::PossibleValuesParser::new(StepKind::ALL.iter().map(|kind| kind.name())))]
        kind: String,
        /// A day, such as 2026-11-22. Nothing comes of its passing.
        #[arg(long, value_name = "DAY")]
        by: Option<String>,
        /// Behind the step with this number.
        #[arg(long, value_name = "N")]
        after: Option<usize>,
    },
    /// Change the words of a step.
    #[command(after_help = "Example:\n  belay goal step edit \"Swim again\" 1 Ask about the warm pool")]
    Edit {
        /// Which goal: its words, or the first signs of its id.
        goal: String,
        /// Its number, as shown.
        step: usize,
        /// The words.
        #[arg(allow_negative_numbers = true)]
        words: Vec<String>,
    },
    /// Say where a step stands.
    #[command(after_help = "Example:\n  belay goal step mark \"Swim again\" 1 done")]
    Mark {
        /// Which goal: its words, or the first signs of its id.
        goal: String,
        /// Its number, as shown.
        step: usize,
        /// Where it stands.
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(StepStage::ALL.iter().map(|stage| stage.name())))]
        stage: String,
    },
    /// Move a step.
    #[command(
        after_help = "Examples:\n  belay goal step move \"Swim again\" 1 --after 3\n  belay goal step move \"Swim again\" 3 --first"
    )]
    Move {
        /// Which goal: its words, or the first signs of its id.
        goal: String,
        /// Its number, as shown.
        step: usize,
        /// Behind this step; without it, to the end.
        #[arg(long, value_name = "N")]
        after: Option<usize>,
        /// To the front.
        #[arg(long, conflicts_with = "after")]
        first: bool,
    },
}

impl Goal {
    /// Which goal it is about, as it was typed.
    pub fn about(&self) -> Option<&str> {
        match self {
            Goal::Add { .. } | Goal::List { .. } => None,
            Goal::Show { goal } | Goal::Edit { goal, .. } | Goal::Stage { goal, .. } => Some(goal),
            Goal::Step(Step::Add { goal, .. } | Step::Edit { goal, .. }) => Some(goal),
            Goal::Step(Step::Mark { goal, .. } | Step::Move { goal, .. }) => Some(goal),
        }
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        match self {
            Goal::Add { title, towards, away_from, why, area, with } => {
                let draft = GoalDraft {
                    title: title.into(),
                    towards: towards.into(),
                    away_from: optional(away_from.as_ref()),
                    why: optional(why.as_ref()),
                    area: area.map(Into::into),
                };
                let space = match with {
                    Some(name) => Some(find::person(host, &name)?.space),
                    None => None,
                };
                let applied = host.apply(&[Command::Goal(GoalCommand::Create { space, draft })])?;
                let made = first(&applied)?.made.ok_or(Code::Internal)?;
                let short = Ids::read(host)?.short(&made.to_string());
                done(host, &applied, &host.say("term-goal-made", &[("id", Arg::Text(&short))]))
            }
            Goal::List { paging } => list(host, &paging),
            Goal::Show { goal } => show(host, &find::goal_detail(host, find::goal(host, &goal)?)?),
            Goal::Edit { goal, title, towards, away_from, why, area } => {
                let texts = [("title", title), ("towards", towards), ("away_from", away_from), ("why", why)];
                edit(host, &goal, texts, area)
            }
            Goal::Stage { goal, stage } => {
                let goal = find::goal_detail(host, find::goal(host, &goal)?)?;
                let stage = GoalStage::from_name(&stage).ok_or(Code::NotFound)?;
                if goal.stage.code == stage.name() && goal.may.allows(Deed::SetStage) {
                    return unchanged(host, "term-unchanged-goal", &[("stage", Arg::Text(stage.name()))]);
                }
                let goal = goal.id;
                say(host, GoalCommand::SetStage { goal, stage }, "term-goal-changed")
            }
            Goal::Step(step) => step.run(host),
        }
    }
}

fn say(host: &Host, command: GoalCommand, id: &str) -> Done {
    let applied = host.apply(&[Command::Goal(command)])?;
    done(host, &applied, &host.say(id, &[]))
}

fn edit(host: &Host, typed: &str, texts: [(&str, Option<String>); 4], area: Option<String>) -> Done {
    let goal = find::goal_detail(host, find::goal(host, typed)?)?;
    let (mut commands, mut emptied, mut given) = (Vec::new(), Vec::new(), false);
    for (field, text) in texts {
        let Some(text) = text else { continue };
        let was = match field {
            "title" => &goal.title,
            "towards" => &goal.towards,
            "away_from" => &goal.away_from,
            _ => &goal.why,
        };
        given = true;
        emptied.extend(empties(host, &goal, field, was.as_str(), &text)?);
        if text == was.as_str() && goal.may.allows(Deed::Edit) {
            continue;
        }
        let text = TextEdit::Whole(text.into());
        let edit = GoalCommand::Edit { goal: goal.id, field: field.to_owned(), base: goal.rev.clone(), text };
        commands.push(Command::Goal(edit));
    }
    if let Some(area) = area {
        given = true;
        let was = goal.area.as_ref().map_or("", |area| area.as_str());
        emptied.extend(empties(host, &goal, "area", was, &area)?);
        if area != was || !goal.may.allows(Deed::Edit) {
            let area = (!area.is_empty()).then(|| area.into());
            commands.push(Command::Goal(GoalCommand::SetArea { goal: goal.id, area }));
        }
    }
    if given && commands.is_empty() {
        return super::same(host);
    }
    if commands.is_empty() {
        return Err(host.usage("term-usage-missing", &[], "belay goal edit --help"));
    }
    let applied = host.apply(&commands)?;
    let said: Vec<String> = [host.say("term-goal-changed", &[])].into_iter().chain(emptied).collect();
    done(host, &applied, &said.join(" "))
}

/// Words go away by a command that says so, which is then said; blanks alone are a slip of the hand.
fn empties(host: &Host, goal: &GoalDetail, field: &str, was: &str, text: &str) -> Done<Option<String>> {
    if !text.trim().is_empty() || was.trim().is_empty() {
        return Ok(None);
    }
    let called = match field {
        "title" => Field::Title,
        "towards" => Field::Towards,
        "away_from" => Field::AwayFrom,
        "area" => Field::Area,
        _ => Field::Why,
    };
    let called = host.phrases.field(called);
    let args = [("field", Arg::Text(&called))];
    if text.is_empty() {
        return Ok(Some(host.say("term-field-empty", &args)));
    }
    let short = Ids::read(host)?.short(&goal.id.to_string());
    let command = format!("belay goal edit {short} --{} ''", field.replace('_', "-"));
    Err(host.told_with("Empty", "term-field-emptied", &args, &command, 3))
}

fn list(host: &Host, paging: &Paging) -> Done {
    let Answer::Goals(page) = host.read(Ask::Goals { at: paging.at() })? else { return Err(Code::Internal.into()) };
    let ended = go_on::ended_goals(host, &page.rows)?;
    if host.flags.json {
        let rows: Vec<_> = page.rows.iter().map(|row| go_on::Listed::of(row, &row.id, &ended)).collect();
        return tell_list(host, "goals", &rows, page.next.as_ref(), page.total.unwrap_or_default());
    }
    if page.rows.is_empty() {
        host.page.line(&host.say("term-goals-none", &[]));
        return Ok(());
    }
    let ids = Ids::read(host)?;
    let line = |row: &belay::view::GoalRow| {
        let cells = vec![ids.short(&row.id.to_string()), row.stage.label.clone()];
        let audience = go_on::audience(host, &row.audience, ended.contains(&row.id));
        (cells, row.title.as_str().to_owned(), audience)
    };
    host.page.table(&page.rows.iter().map(line).collect::<Vec<_>>());
    page_end(host, page.next.as_ref());
    Ok(())
}

fn show(host: &Host, goal: &GoalDetail) -> Done {
    if host.flags.json {
        return tell(host, "goal", goal);
    }
    let page = &host.page;
    let edge = Edge::Of(goal.ownership.kind);
    page.item_beside(Edge::Bare, "", goal.title.as_str(), &goal.audience.label);
    page.item_beside(edge, "", &goal.stage.label, &goal.ownership.label);
    let fields = [(Field::Towards, &goal.towards), (Field::AwayFrom, &goal.away_from), (Field::Why, &goal.why)];
    for (field, words) in fields.into_iter().filter(|(_, words)| !words.is_empty()) {
        page.inside(edge, 0, &host.phrases.field(field));
        page.inside(edge, 2, words.as_str());
    }
    if let Some(area) = &goal.area {
        page.inside(edge, 0, &host.phrases.field(Field::Area));
        page.inside(edge, 2, area.as_str());
    }
    for (at, step) in goal.steps.iter().enumerate() {
        let mut beside = vec![step.stage.label.clone(), step.who_label.as_str().to_owned()];
        beside.extend(step.by_date.as_ref().map(|date| host.phrases.date_label(date, &host.now())));
        page.item_beside(edge, &format!("  {}  ", at + 1), step.text.as_str(), &beside.join(", "));
    }
    let ideas: Vec<_> = goal.ideas.iter().collect();
    for idea in &goal.ideas {
        super::ideas::beside(host, edge, idea, &ideas, goal.ownership.name.as_str());
    }
    super::comment::show(host, &goal.comments);
    go_on::say_if_ended(host, &goal.id, &goal.space)
}

fn step_at(host: &Host, goal: &GoalDetail, number: Option<usize>) -> Done<Option<belay::ids::ElementId>> {
    match number {
        Some(number) => Ok(Some(find::step(host, goal, number)?.id)),
        None => Ok(None),
    }
}

impl Step {
    fn run(self, host: &Host) -> Done {
        match self {
            Step::Add { goal, words, who, kind, by, after } => {
                let goal = find::goal_detail(host, find::goal(host, &goal)?)?;
                let number = after.map_or(goal.steps.len(), |number| number) + 1;
                let behind = after;
                let after = match after {
                    Some(number) => step_at(host, &goal, Some(number))?,
                    None => goal.steps.last().map(|step| step.id),
                };
                let who = Who::from_name(&who).unwrap_or_default();
                let kind = StepKind::from_name(&kind).unwrap_or_default();
                let to_be = ToBe::Step { goal: goal.id, who, kind };
                let beside = Beside::of(behind.and(after.as_ref()), by.as_deref());
                let text = prompt::words_for(host, &words, "", Some(&to_be.target(beside)))?.into();
                let draft = StepDraft { text, who, kind, by_date: by };
                let add = Command::Goal(GoalCommand::AddStep { goal: goal.id, draft, after });
                let applied = host.apply(&[add])?;
                let number = number.to_string();
                done(host, &applied, &host.say("term-step-added", &[("id", Arg::Text(&number))]))
            }
            Step::Edit { goal, step, words } => {
                let goal = find::goal_detail(host, find::goal(host, &goal)?)?;
                let step = find::step(host, &goal, step)?;
                let edit = |text: &str| {
                    let (goal, base, text) = (goal.id, goal.rev.clone(), TextEdit::Whole(person_text(text)));
                    Command::Goal(GoalCommand::EditStep { goal, step: step.id, base, text })
                };
                let mut commands = Vec::new();
                if !words.is_empty() || !prompt::is_typed() {
                    let text = prompt::words(host, &words, step.text.as_str())?;
                    if text == step.text.as_str() && step.may.allows(Deed::Edit) {
                        return super::same(host);
                    }
                    commands.push(edit(&text));
                } else {
                    let target = TextTarget::Step { goal: goal.id, step: step.id };
                    let edited = draft::Edited::open(host, &target)?;
                    commands.push(edit(&crate::editor::edit(host, &edited.before, Some(&edited.target))?));
                    commands.extend(edited.done());
                }
                let applied = host.apply(&commands)?;
                done(host, &applied, &host.say("term-goal-changed", &[]))
            }
            Step::Mark { goal, step, stage } => {
                let goal = find::goal_detail(host, find::goal(host, &goal)?)?;
                let shown = find::step(host, &goal, step)?;
                let (step, stage) = (shown.id, StepStage::from_name(&stage).ok_or(Code::NotFound)?);
                if shown.stage.code == stage.name() && shown.may.allows(Deed::Mark) {
                    return unchanged(host, "term-unchanged-step", &[("stage", Arg::Text(stage.name()))]);
                }
                say(host, GoalCommand::MarkStep { goal: goal.id, step, stage }, "term-step-marked")
            }
            Step::Move { goal, step, after, first } => {
                let goal = find::goal_detail(host, find::goal(host, &goal)?)?;
                let id = find::step(host, &goal, step)?.id;
                let (number, step, behind, after) = (step, id, after, step_at(host, &goal, after)?);
                if behind == Some(number) {
                    return Err(find::behind_itself(host, &find::list_of_steps(host, &goal.id)));
                }
                if super::stands_there(number, behind, first, goal.steps.len()) && goal.may.allows(Deed::Edit) {
                    return unchanged(host, "term-unchanged-place", &[]);
                }
                let moved = |step, after| Command::Goal(GoalCommand::MoveStep { goal: goal.id, step, after });
                let order = super::moves(first, step, after, goal.steps.first().map(|step| step.id));
                let commands: Vec<Command> = order.into_iter().map(|(step, after)| moved(step, after)).collect();
                let applied = host.apply(&commands)?;
                done(host, &applied, &host.say("term-goal-changed", &[]))
            }
        }
    }
}

/// A draft becomes a step of a goal, where and for the day it was meant, and is let go.
pub fn add_step(host: &Host, goal: belay::ids::DocId, draft: StepDraft, beside: Beside, let_go: Command) -> Done {
    let goal = find::goal_detail(host, goal)?;
    let behind = beside.behind(goal.steps.iter().map(|step| step.id));
    let at = behind.and_then(|behind| goal.steps.iter().position(|step| step.id == behind));
    let after = behind.or_else(|| goal.steps.last().map(|step| step.id));
    let draft = StepDraft { by_date: beside.day(), ..draft };
    let applied = host.apply(&[Command::Goal(GoalCommand::AddStep { goal: goal.id, draft, after }), let_go])?;
    let number = at.map_or(goal.steps.len() + 1, |at| at + 2).to_string();
    let args = [("id", Arg::Text(&number)), ("title", Arg::Text(goal.title.as_str()))];
    done(host, &applied, &host.say("term-draft-step-added", &args))
}
