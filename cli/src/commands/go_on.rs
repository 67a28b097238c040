//! `belay go-on`: what was shared with someone who is gone goes on for oneself alone; and what says of a plan or goal
//! that it has ended.

use super::done;
use crate::args;
use crate::failure::{Done, Trouble};
use crate::find::{self, Ids, Object};
use crate::host::Host;
use belay::command::{Command, RelationshipCommand};
use belay::error::{Code, Field};
use belay::ids::{DocId, SpaceId};
use belay::library::Arg;
use belay::view::GoalRow;
use serde::Serialize;
use std::collections::BTreeSet;

/// Go on alone with a plan or goal of yours that you shared with someone who is gone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay go-on wellness\n  belay go-on kq4m\n\nThe older one stays, to be read. What was not yours to write stays there."
)]
pub struct GoOn {
    /// Which plan or goal.
    object: String,
}

impl GoOn {
    /// Does it. The new one is in one's own space, so nobody else sees it.
    pub fn run(self, host: &Host) -> Done {
        let object = find::plan_or_goal(host, &self.object)?;
        let list = if matches!(object, Object::Plan(_)) { "belay plan list" } else { "belay goal list" };
        let command = RelationshipCommand::GoOnAlone { doc: object.id() };
        let applied = host.apply(&[Command::Relationship(command)]).map_err(|trouble| match trouble.code() {
            Some(Code::Duplicate) => host.told_with("Duplicate", "term-went-on-before", &[], list, 11),
            Some(Code::AlreadyYours) => host.told_with("AlreadyYours", "term-goes-on-here", &[], list, 6),
            Some(Code::NotOwner) => host.told_with("NotOwner", "term-not-to-go-on", &[], list, 6),
            _ => trouble,
        })?;
        let made = super::first(&applied)?.made.ok_or(Code::Internal)?;
        let short = Ids::read(host)?.short(&made.to_string());
        done(host, &applied, &host.say("term-went-on", &[("id", Arg::Text(&short))]))
    }
}

/// What a command is about, as it was typed, for the commands that help whoever may not do it.
pub struct About {
    kind: Kind,
    typed: Option<String>,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Goal,
    Written,
    Other,
}

impl About {
    /// What this command is about.
    pub fn of(command: &args::Command) -> Self {
        use args::Command as C;
        let (kind, typed) = match command {
            C::Plan(plan) => (Kind::Written, plan.about()),
            C::Goal(goal) => (Kind::Goal, goal.about()),
            C::Note(note) => (Kind::Other, note.about()),
            C::Forget(forget) => (Kind::Written, Some(forget.about())),
            C::Comment(comment) => (Kind::Written, Some(comment.about())),
            C::Suggest(suggest) => (Kind::Written, Some(suggest.about())),
            C::Decide(_) => (Kind::Written, None),
            _ => (Kind::Other, None),
        };
        About { kind, typed: typed.map(str::to_owned) }
    }

    /// Who may not write any more is shown how to go on, and who may not write there how to send an idea.
    pub fn hinted(&self, host: &Host, trouble: Trouble) -> Trouble {
        let typed = self.typed.as_deref().map(super::quoted);
        let command = match (trouble.code(), &self.kind, &typed) {
            (Some(Code::RelationshipEnded), Kind::Goal | Kind::Written, Some(typed)) => {
                return ended(host, self.typed.as_deref().unwrap_or_default(), typed, trouble);
            }
            (Some(Code::RelationshipEnded), Kind::Written, None) => "belay plan list\nbelay go-on --help".to_owned(),
            (Some(Code::SuggestOnly), Kind::Goal, Some(typed)) => format!("belay suggest {typed} --add TEXT"),
            (Some(Code::Corrupt), _, Some(typed)) if trouble.field() == Some(Field::Text) => {
                format!("belay forget {typed} --keep-what-it-says")
            }
            _ => return trouble,
        };
        trouble.with_command(&command)
    }
}

/// What has ended goes on for whoever began it; the other is shown how to read it.
fn ended(host: &Host, typed: &str, quoted: &str, trouble: Trouble) -> Trouble {
    let Ok(object) = find::plan_or_goal(host, typed) else { return trouble };
    let (list, show) = match object {
        Object::Goal(_) => ("belay goal list", "belay goal show"),
        _ => ("belay plan list", "belay plan show"),
    };
    let go_on = Command::Relationship(RelationshipCommand::GoOnAlone { doc: object.id() });
    let may = host.open().and_then(|companion| Ok(companion.preview(&go_on, &host.now())?));
    let exit = trouble.exit();
    match may.map_err(|trouble| trouble.code()) {
        Ok(_) => trouble.with_command(&format!("belay go-on {quoted}")),
        Err(Some(Code::Duplicate)) => host.told_with("RelationshipEnded", "term-ended-went-on", &[], list, exit),
        Err(_) => host.told_with("RelationshipEnded", "term-ended", &[], &format!("{show} {quoted}"), exit),
    }
}

/// The spaces in which nothing is written any more.
pub fn ended_spaces(host: &Host) -> Done<BTreeSet<SpaceId>> {
    let over = |code: &str| matches!(code, "left" | "put-out");
    Ok(find::people(host)?.into_iter().filter(|row| over(&row.stage.code)).map(|row| row.space).collect())
}

/// Those of these goals on which nothing is written any more.
pub fn ended_goals(host: &Host, rows: &[GoalRow]) -> Done<BTreeSet<DocId>> {
    let (spaces, mut ended) = (ended_spaces(host)?, BTreeSet::new());
    // Mostly nothing has ended, and no goal is opened for it.
    for row in rows.iter().filter(|_| !spaces.is_empty()) {
        if spaces.contains(&find::goal_detail(host, row.id)?.space) {
            ended.insert(row.id);
        }
    }
    Ok(ended)
}

/// A row of a list, for other programs, with whether nothing is written there any more.
#[derive(Serialize)]
pub struct Listed<'a, T: Serialize> {
    #[serde(flatten)]
    row: &'a T,
    ended: bool,
}

impl<'a, T: Serialize> Listed<'a, T> {
    /// A row that is, or lies in, one of these where it has ended.
    pub fn of<K: Ord>(row: &'a T, of: &K, ended: &BTreeSet<K>) -> Self {
        Listed { row, ended: ended.contains(of) }
    }
}

/// Who sees it, as a list says it: also that it has ended.
pub fn audience(host: &Host, audience: &str, is_ended: bool) -> String {
    if is_ended { host.say("term-row-ended", &[("audience", Arg::Text(audience))]) } else { audience.to_owned() }
}

/// Says of an open plan or goal that it has ended, and how it goes on.
pub fn say_if_ended(host: &Host, doc: &DocId, space: &SpaceId) -> Done {
    if !ended_spaces(host)?.contains(space) {
        return Ok(());
    }
    // A phone that was removed begins again; nothing there has ended.
    let people = find::people(host)?;
    if let Some(row) = people.iter().find(|row| row.space == *space && row.stage.code == "put-out") {
        super::status::over(host, row, 0);
        return Ok(());
    }
    let command = Command::Relationship(RelationshipCommand::GoOnAlone { doc: *doc });
    let may = host.open()?.preview(&command, &host.now());
    match may.map_err(Trouble::from).map_err(|trouble| trouble.code()) {
        Ok(_) => {
            host.page.line(&host.say("term-ended-mine", &[]));
            let command = format!("belay go-on {}", Ids::read(host)?.short(&doc.to_string()));
            host.page.line(&host.say("term-next", &[("command", Arg::Text(&command))]));
        }
        Err(Some(Code::Duplicate)) => host.page.line(&host.say("term-ended-went-on", &[])),
        Err(_) => host.page.line(&host.say("term-ended", &[])),
    }
    Ok(())
}
