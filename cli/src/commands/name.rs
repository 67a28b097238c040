//! `belay name`: what I am called, and what I call others.

use super::{done, tell};
use crate::failure::Done;
use crate::find;
use crate::host::Host;
use crate::output::Edge;
use belay::command::{Command, RelationshipCommand};
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
        let applied = host.apply(&[Command::Relationship(command)])?;
        done(host, &applied, &host.say(id, &[("name", Arg::Text(name))]))
    }
}

#[derive(Serialize)]
struct Names {
    /// Empty where nothing was said.
    me: PersonText,
    with: Vec<With>,
}

#[derive(Serialize)]
struct With {
    space: String,
    /// What this person is called here.
    name: PersonText,
    /// What I am called there, where that is set.
    me: PersonText,
}

/// What I am called, in all and with each.
pub fn show(host: &Host) -> Done {
    let companion = host.open()?;
    let me = companion.my_name(&companion.own_space()?)?;
    let mut with = Vec::new();
    for row in find::people(host)? {
        with.push(With { space: row.space.to_string(), name: row.name, me: companion.my_name(&row.space)? });
    }
    let names = Names { me, with };
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
