//! What an undo did, in sentences that say how things stand now: nobody is told that they did the reverse of what they did.

use super::undo::first_words;
use super::{history, name};
use crate::failure::Done;
use crate::find::{self, Ids};
use crate::host::Host;
use crate::output::Edge;
use belay::command::Applied;
use belay::error::Code;
use belay::ids::DocId;
use belay::library::Arg;
use belay::view::{Answer, Ask, At, GoalDetail, HistoryRow};

/// How it stood before.
pub struct Was {
    goals: Vec<GoalDetail>,
    names: name::Names,
}

impl Was {
    /// Reads it, of what the undo is about.
    pub fn read(host: &Host, docs: &[DocId]) -> Done<Self> {
        let goals = docs.iter().filter_map(|doc| find::goal_detail(host, *doc).ok()).collect();
        Ok(Was { goals, names: name::Names::read(host)? })
    }
}

/// What it was about, and how that stands now.
pub fn show(host: &Host, applied: &Applied, since_ms: i64, was: &Was) -> Done {
    let ids = Ids::read(host)?;
    let mut named = false;
    for id in applied.outcomes.iter().flat_map(|outcome| &outcome.touched) {
        let Some((name, stage)) = named_as(host, id) else { continue };
        let short = ids.short(&id.to_string());
        host.page.line(&host.say("term-undone-what", &[("id", Arg::Text(&short)), ("text", Arg::Text(&name))]));
        if let Some(before) = was.goals.iter().find(|goal| goal.id == *id) {
            marks(host, before)?;
        }
        let Answer::History(page) = host.read(Ask::History { of: *id, at: At::default() })? else {
            return Err(Code::Internal.into());
        };
        for row in page.rows.iter().take_while(|row| row.when.unix_ms >= since_ms) {
            act(host, row);
        }
        if !stage.is_empty() {
            host.page.inside(Edge::Bare, 2, &stage);
        }
        named = true;
    }
    // What has no page of its own is what someone is called.
    if named { Ok(()) } else { names(host, &was.names) }
}

/// Where a goal and its steps stand now, where that changed.
fn marks(host: &Host, before: &GoalDetail) -> Done {
    let now = find::goal_detail(host, before.id)?;
    if now.stage.code != before.stage.code {
        host.page.inside(Edge::Bare, 2, &host.say("term-undone-goal", &[("now", Arg::Text(&now.stage.code))]));
    }
    for step in &now.steps {
        let was = before.steps.iter().find(|was| was.id == step.id && was.stage.code != step.stage.code);
        let Some(was) = was else { continue };
        let args = [
            ("text", Arg::Text(step.text.as_str())),
            ("was", Arg::Text(&was.stage.code)),
            ("now", Arg::Text(&step.stage.code)),
        ];
        let said = [host.say("term-undone-step", &args), host.say("term-undone-step-now", &args)];
        host.page.inside(Edge::Bare, 2, &said.join(" "));
    }
    Ok(())
}

fn act(host: &Host, row: &HistoryRow) {
    match row.act.as_str() {
        // Said where it stands now.
        "goal-state" | "step-state" | "step-marked" | "trashed" => {}
        "pinned" | "unpinned" | "restored" => {
            host.page.inside(Edge::Bare, 2, &host.say("term-undone-note", &[("now", Arg::Text(&row.act))]));
        }
        _ => history::act(host, row),
    }
}

/// From what to what the names changed.
fn names(host: &Host, was: &name::Names) -> Done {
    let now = name::Names::read(host)?;
    let tell = |id: &str, name: &str, was: &str, now: &str| {
        let from = if was.is_empty() { "none" } else { "other" };
        let to = if now.is_empty() { "none" } else { "other" };
        let args = [("name", name), ("was", was), ("now", now), ("from", from), ("to", to)];
        host.page.inside(Edge::Bare, 2, &host.say(id, &args.map(|(key, text)| (key, Arg::Text(text)))));
    };
    if was.me != now.me {
        tell("term-undone-name-mine", "", was.me.as_str(), now.me.as_str());
    }
    for one in &now.with {
        let Some(before) = was.with.iter().find(|before| before.space == one.space) else { continue };
        if before.name != one.name {
            tell("term-undone-name-of", "", before.name.as_str(), one.name.as_str());
        }
        if before.me != one.me {
            tell("term-undone-name-with", one.name.as_str(), before.me.as_str(), one.me.as_str());
        }
    }
    Ok(())
}

/// The first words of what an id stands for; and of a note that went into the trash again, that it did.
pub fn named_as(host: &Host, id: &DocId) -> Option<(String, String)> {
    if let Ok(Answer::Note(note)) = host.read(Ask::Note { id: *id }) {
        let text = first_words(&note);
        let in_trash = note.stage.code == "trash";
        return Some((text, if in_trash { note.stage.label } else { String::new() }));
    }
    let title = match (host.read(Ask::Goal { id: *id }), host.read(Ask::Plan { id: *id })) {
        (Ok(Answer::Goal(goal)), _) => goal.title,
        (_, Ok(Answer::Plan(plan))) => plan.title,
        _ => return None,
    };
    Some((title.into_string(), String::new()))
}
