//! `belay name`: what I am called, and what I call others.

use super::{done, tell, unchanged};
use crate::failure::Done;
use crate::find;
use crate::host::Host;
use crate::output::Edge;
use belay::command::{Command, RelationshipCommand};
use belay::ids::SpaceId;
use belay::library::Arg;
use belay::text::PersonText;
use serde::Serialize;

/// What you are called, or what you call someone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay name    (what you are called now)\n  belay name Mara\n  belay name Mara --with Theo\n  belay name \"Theo from the garden\" --of Theo"
)]
pub struct Name {
    /// The name. Without it you read what is set now.
    name: Option<String>,
    /// Only where you share with this person.
    #[arg(long, value_name = "NAME", requires = "name")]
    with: Option<String>,
    /// Your own name for this person. Nobody else sees it.
    #[arg(long, value_name = "NAME", conflicts_with = "with", requires = "name")]
    of: Option<String>,
}

impl Name {
    /// Whether it does more than look.
    pub fn writes(&self) -> bool {
        self.name.is_some()
    }

    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let Some(name) = self.name.as_deref() else { return show(host) };
        let (command, id) = match (&self.with, &self.of) {
            (_, Some(person)) => {
                let space = find::person(host, person)?.space;
                (RelationshipCommand::Nickname { space, name: name.into() }, "term-nicknamed")
            }
            (Some(person), None) => {
                let space = Some(find::person(host, person)?.space);
                (RelationshipCommand::MyName { space, name: name.into() }, "term-renamed")
            }
            (None, None) => (RelationshipCommand::MyName { space: None, name: name.into() }, "term-renamed"),
        };
        if is_called_so(host, &command, name)? {
            return unchanged(host, "term-unchanged-name", &[("name", Arg::Text(name))]);
        }
        let others = match &command {
            RelationshipCommand::Nickname { space, .. } => find::others_called(host, name, Some(space))?,
            _ => Vec::new(),
        };
        let applied = host.apply(&[Command::Relationship(command)])?;
        done(host, &applied, &host.say(id, &[("name", Arg::Text(name))]))?;
        if !others.is_empty() && !host.flags.json {
            let args = [("name", Arg::Text(name)), ("ids", Arg::Text(&others.join(", ")))];
            host.page.line(&host.say("term-name-twice", &args));
            host.page.line(&host.say("term-next", &[("command", Arg::Text("belay status"))]));
        }
        Ok(())
    }
}

/// Whether that is the name already.
fn is_called_so(host: &Host, command: &RelationshipCommand, name: &str) -> Done<bool> {
    let names = Names::read(host)?;
    let with = |space: &SpaceId| names.with.iter().find(|one| one.space == space.to_string());
    let now = match command {
        RelationshipCommand::MyName { space: None, .. } => Some(&names.me),
        RelationshipCommand::MyName { space: Some(space), .. } => with(space).map(|one| &one.me),
        RelationshipCommand::Nickname { space, .. } => with(space).map(|one| &one.name),
        RelationshipCommand::GoOnAlone { .. } => None,
    };
    Ok(!name.is_empty() && now.is_some_and(|now| now.as_str() == name))
}

/// What everybody is called.
#[derive(Serialize)]
pub struct Names {
    /// Empty where nothing was said.
    pub me: PersonText,
    /// With each.
    pub with: Vec<With>,
}

/// With one.
#[derive(Serialize)]
pub struct With {
    /// Where.
    pub space: String,
    /// What this person is called here.
    pub name: PersonText,
    /// What I am called there, where that is set.
    pub me: PersonText,
}

impl Names {
    /// Reads them all.
    pub fn read(host: &Host) -> Done<Self> {
        let companion = host.open()?;
        let me = companion.my_name(&companion.own_space()?)?;
        let mut with = Vec::new();
        for row in find::people(host)? {
            with.push(With { space: row.space.to_string(), name: row.name, me: companion.my_name(&row.space)? });
        }
        Ok(Names { me, with })
    }
}

/// What I am called, in all and with each.
fn show(host: &Host) -> Done {
    let names = Names::read(host)?;
    if host.flags.json {
        return tell(host, "names", &names);
    }
    let mine = names.me.as_str();
    let id = if mine.is_empty() { "term-name-none" } else { "term-name-mine" };
    host.page.line(&host.say(id, &[("name", Arg::Text(mine))]));
    for one in &names.with {
        let args = [("name", Arg::Text(one.name.as_str())), ("mine", Arg::Text(one.me.as_str()))];
        let id = if one.me.is_empty() { "term-name-with-none" } else { "term-name-with" };
        host.page.inside(Edge::Bare, 2, &host.say(id, &args));
    }
    if mine.is_empty() {
        host.page.line(&host.say("term-next", &[("command", Arg::Text("belay name NAME"))]));
    }
    Ok(())
}
