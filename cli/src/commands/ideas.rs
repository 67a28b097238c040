//! `belay ideas`: what waits for a decision, and how an idea is drawn wherever it stands.

use super::{Paging, page_end, tell_list};
use crate::failure::Done;
use crate::find::{self, short_idea};
use crate::host::Host;
use crate::output::Edge;
use belay::error::Code;
use belay::library::Arg;
use belay::view::{Answer, Ask, IdeaDetail};

/// Ideas that wait for you, with no hurry.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  belay ideas")]
pub struct Ideas {
    /// Which page.
    #[command(flatten)]
    paging: Paging,
}

impl Ideas {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let answer = host.read(Ask::Waiting { at: self.paging.at() })?;
        let Answer::Waiting(page) = answer else { return Err(Code::Internal.into()) };
        if host.flags.json {
            return tell_list(host, "ideas", &page.rows, page.next.as_ref(), page.total.unwrap_or_default());
        }
        if page.rows.is_empty() {
            host.page.line(&host.say("term-ideas-none", &[]));
            return mine(host);
        }
        let all: Vec<&IdeaDetail> = page.rows.iter().collect();
        for idea in &page.rows {
            whole(host, idea, &all);
            host.page.gap();
        }
        page_end(host, page.next.as_ref());
        mine(host)
    }
}

/// Those I gave that nobody has decided yet.
fn mine(host: &Host) -> Done {
    let mut all: Vec<(IdeaDetail, String)> = Vec::new();
    for row in find::plans(host)? {
        for part in find::plan_detail(host, row.id)?.parts {
            let owner = part.ownership.name.into_string();
            all.extend(part.ideas.into_iter().map(|idea| (idea, owner.clone())));
        }
    }
    for row in find::goals(host)? {
        let goal = find::goal_detail(host, row.id)?;
        let owner = goal.ownership.name.into_string();
        all.extend(goal.ideas.into_iter().map(|idea| (idea, owner.clone())));
    }
    all.retain(|(idea, _)| idea.by.is_me);
    let page: Vec<&IdeaDetail> = all.iter().map(|(idea, _)| idea).collect();
    for (idea, owner) in &all {
        host.page.item_beside(Edge::Bare, "", idea.target_label.as_str(), &label(host, idea, &page, owner));
        for words in &idea.alternatives {
            host.page.item(Edge::Bare, "  ", &proposal(host, idea, words.as_str()));
        }
    }
    Ok(())
}

/// What it proposes, in a few words.
fn proposal(host: &Host, idea: &IdeaDetail, words: &str) -> String {
    let id = match idea.kind.as_str() {
        "change" => "idea-change",
        "remove" => "idea-take-out",
        "move" => "idea-move",
        _ => "idea-add",
    };
    host.say(id, &[("text", Arg::Text(words))])
}

/// All of an idea.
pub fn whole(host: &Host, idea: &IdeaDetail, page: &[&IdeaDetail]) {
    let out = &host.page;
    out.item_beside(Edge::Bare, "", idea.target_label.as_str(), &label(host, idea, page, ""));
    if !idea.before.is_empty() {
        out.inside(Edge::Bare, 2, idea.before.as_str());
    }
    if idea.alternatives.is_empty() {
        out.item(Edge::Bare, "  ", &proposal(host, idea, idea.before.as_str()));
    }
    for (at, words) in idea.alternatives.iter().enumerate() {
        out.item(Edge::Bare, &format!("  {}  ", at + 1), &proposal(host, idea, words.as_str()));
    }
    if !idea.why.is_empty() {
        out.inside(Edge::Bare, 2, &host.say("idea-why", &[("text", Arg::Text(idea.why.as_str()))]));
    }
    if idea.stale {
        out.inside(Edge::Bare, 2, &host.say("idea-stale", &[("name", Arg::Text(idea.by.name.as_str()))]));
    }
}

fn label(host: &Host, idea: &IdeaDetail, page: &[&IdeaDetail], owner: &str) -> String {
    let short = short_idea(&idea.id.to_string(), page);
    if idea.by.is_me && owner.is_empty() {
        return host.say("term-idea-mine-open", &[("id", Arg::Text(&short))]);
    }
    let (id, name) =
        if idea.by.is_me { ("term-idea-mine-row", owner) } else { ("term-idea-row", idea.by.name.as_str()) };
    host.say(id, &[("name", Arg::Text(name)), ("id", Arg::Text(&short))])
}

/// An idea beside the lines of its part.
pub fn beside(host: &Host, edge: Edge, idea: &IdeaDetail, page: &[&IdeaDetail], owner: &str) {
    let label = label(host, idea, page, owner);
    let (mark, words): (&str, Vec<String>) = match idea.kind.as_str() {
        "add" => ("  +  ", idea.alternatives.iter().map(|words| words.as_str().to_owned()).collect()),
        "change" => ("  ~  ", idea.alternatives.iter().map(|words| words.as_str().to_owned()).collect()),
        "remove" => ("  -  ", vec![idea.before.as_str().to_owned()]),
        _ => ("  ^  ", vec![idea.before.as_str().to_owned()]),
    };
    for (at, words) in words.iter().enumerate() {
        host.page.item_beside(edge, mark, words, if at == 0 { &label } else { "" });
    }
}
