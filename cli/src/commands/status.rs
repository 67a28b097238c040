//! `belay status`: what is here and what waits.

use super::tell;
use crate::failure::Done;
use crate::find;
use crate::host::Host;
use crate::output::Edge;
use belay::error::Code;
use belay::ids::SpaceId;
use belay::library::Arg;
use belay::text::fold;
use belay::view::{Answer, Ask, RelationshipRow, StatesDetail, StatusDetail};
use serde::Serialize;

/// What is here, and what waits to go.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  belay status\n  belay status --json")]
pub struct Status {}

impl Status {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let Answer::Status(status) = host.read(Ask::Status)? else { return Err(Code::Internal.into()) };
        let states = states(host)?;
        if host.flags.json {
            return tell(host, "status", &Told { status: &status, states: &states });
        }
        super::phones::say_if_out(host)?;
        show(host, &status, &states);
        super::draft::say_waiting(host)
    }
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    status: &'a StatusDetail,
    states: &'a StatesDetail,
}

/// What stands for all that is accepted here.
fn states(host: &Host) -> Done<StatesDetail> {
    match host.read(Ask::States)? {
        Answer::States(states) => Ok(states),
        _ => Err(Code::Internal.into()),
    }
}

/// What stands for all that is accepted in a space.
pub fn state_short(host: &Host, space: &SpaceId) -> Done<String> {
    Ok(of_space(&states(host)?, space).to_owned())
}

fn of_space<'s>(states: &'s StatesDetail, space: &SpaceId) -> &'s str {
    states.spaces.iter().find(|state| state.space == *space).map_or("", |state| state.state_short.as_str())
}

fn show(host: &Host, status: &StatusDetail, states: &StatesDetail) {
    let page = &host.page;
    for notice in &status.notices {
        page.line(&notice.label);
        page.gap();
    }
    let counts = [
        ("term-count-notes", status.notes),
        ("term-count-goals", status.goals),
        ("term-count-plans", status.plans),
        ("term-count-ideas", status.ideas_waiting),
    ];
    for (id, count) in counts {
        page.line(&host.say(id, &[("count", Arg::Number(count))]));
    }
    page.line(&host.say("kept-out-count", &[("count", Arg::Number(status.kept_out))]));
    let anew = host.open().ok().and_then(|companion| crate::prompt::unmarked(host, companion));
    if let Some((commands, drafts)) = anew {
        page.line(&host.say("term-words-not-marked", &[]));
        if drafts == 0 {
            page.line(&host.say("term-notice-anew", &[]));
        } else {
            page.line(&host.say("term-words-draft", &[("count", Arg::Number(drafts))]));
            page.line_of_data("  belay draft list");
            page.line_of_data("  belay draft show 1");
        }
        commands.lines().for_each(|command| page.line_of_data(&format!("  {command}")));
    } else if !status.words_tested {
        page.line(&host.say("term-words-not-tested", &[]));
        page.line(&host.say("term-next", &[("command", Arg::Text("belay words test"))]));
    }
    page.gap();
    if status.relationships.is_empty() {
        page.line(&host.say("term-people-none", &[]));
    }
    for row in &status.relationships {
        person(host, row, of_space(states, &row.space));
        let same = |other: &&RelationshipRow| fold(other.name.as_str()) == fold(row.name.as_str());
        // What has ended is called by its id where something that goes on has the name.
        let counts = |other: &&RelationshipRow| row.stage.code == "left" || other.stage.code != "left";
        if status.relationships.iter().filter(same).filter(counts).count() > 1 {
            let all = status.relationships.iter().map(|row| row.space.to_string()).collect();
            let short = find::short_in(&row.space.to_string(), &all);
            let told = find::paired(host, &row.space);
            let known = if told.is_empty() { "no" } else { "yes" };
            let args = [("id", Arg::Text(&short)), ("known", Arg::Text(known)), ("paired", Arg::Text(&told))];
            page.inside(Edge::Bare, 2, &host.say("term-same-name", &args));
            let command = format!("belay name NAME --of {short}");
            page.inside(Edge::Bare, 2, &host.say("term-next", &[("command", Arg::Text(&command))]));
        }
    }
}

/// A relationship, in a few lines.
pub fn person(host: &Host, row: &RelationshipRow, state_short: &str) {
    let name = row.name.as_str();
    let page = &host.page;
    page.item_beside(Edge::Bare, "", name, state_short);
    if matches!(row.stage.code.as_str(), "left" | "put-out") {
        page.inside(Edge::Bare, 2, &row.stage.label);
        over(host, row, 2);
        return;
    }
    let standing = [row.stage.label.clone(), host.say("term-phones", &[("count", Arg::Number(u64::from(row.phones)))])];
    page.inside(Edge::Bare, 2, &standing.join(", "));
    page.inside(Edge::Bare, 2, &host.say("term-my-role", &[("role", Arg::Text(&row.my_role_label))]));
    let waiting = [("count", Arg::Number(row.waiting)), ("name", Arg::Text(name))];
    page.inside(Edge::Bare, 2, &host.say("term-waiting-to-go", &waiting));
    let with = [("name", Arg::Text(name))];
    match row.equal {
        Some(true) => page.inside(Edge::Bare, 2, &host.say("term-same-words", &with)),
        Some(false) => page.inside(Edge::Bare, 2, &host.say("term-not-yet-same", &with)),
        None if is_unheard(row) && is_long(host, row) => {
            page.inside(Edge::Bare, 2, &host.say("term-unheard-long", &with));
        }
        None if is_unheard(row) => page.inside(Edge::Bare, 2, &host.say("term-unheard", &with)),
        None => {}
    }
}

/// Whether nothing has come from there yet: then nobody here knows whether my digits were typed there.
pub fn is_unheard(row: &RelationshipRow) -> bool {
    row.stage.code == "checked" && row.phones > 0 && row.equal.is_none()
}

/// Whether the time of the invitation is over.
fn is_long(host: &Host, row: &RelationshipRow) -> bool {
    let now = host.now();
    let steps = host.open().and_then(|companion| Ok(companion.pairings(&now)?)).unwrap_or_default();
    steps.iter().any(|step| step.space == Some(row.space) && step.expires_ms < now.unix_ms)
}

/// What is so where nothing new is shared any more: whoever left, and whether the other may have heard of it.
pub fn over(host: &Host, row: &RelationshipRow, indent: usize) {
    let name = row.name.as_str();
    let put = |text: &str| host.page.inside(Edge::Bare, indent, text);
    let with = [("name", Arg::Text(name)), ("count", Arg::Number(row.waiting))];
    if row.stage.code == "put-out" {
        // Elsewhere than in status nothing above says so.
        if indent == 0 {
            put(&host.say("term-put-out", &[]));
        }
        put(&host.say("state-member-put-out.hint", &[]));
        put(&host.say("term-put-out-back", &[]));
        return put(&host.say("term-next", &[("command", Arg::Text("belay phones reset"))]));
    }
    // Of someone who left, no phone is here any more; nor of someone whose phones were removed before I left.
    if row.phones == 0 && !i_left(host, &row.space) {
        return put(&host.say("term-left-by", &with));
    }
    if row.phones == 0 {
        // No phone is left there that a file could go to.
        put(&host.say("term-left-mine", &with));
        if row.equal != Some(true) {
            put(&host.say("term-left-not-heard", &with));
        }
        return;
    }
    put(&host.say("state-member-left.hint", &[]));
    if row.equal != Some(true) {
        put(&host.say("term-left-not-heard", &with));
        let all = find::people(host).unwrap_or_default();
        let command = format!("belay bundle out {}", find::called(row, &all));
        put(&host.say("term-next", &[("command", Arg::Text(&command))]));
    }
}

/// Whether it was I who left: then no phone of mine counts there any more.
fn i_left(host: &Host, space: &SpaceId) -> bool {
    let phones = host.open().and_then(|companion| Ok(companion.devices(space)?));
    phones.is_ok_and(|phones| !phones.iter().any(|phone| phone.mine && phone.active))
}
