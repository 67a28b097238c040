//! `belay name`: what I am called, and what I call others.

use super::done;
use crate::failure::Done;
use crate::find;
use crate::host::Host;
use belay::command::{Command, RelationshipCommand};
use belay::library::Arg;

/// What you are called, or what you call someone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay name Mara\n  belay name Mara --with Theo\n  belay name \"Theo from the garden\" --of Theo"
)]
pub struct Name {
    /// The name.
    name: String,
    /// Only where you share with this person.
    #[arg(long, value_name = "NAME")]
    with: Option<String>,
    /// Your own name for this person. Nobody else sees it.
    #[arg(long, value_name = "NAME", conflicts_with = "with")]
    of: Option<String>,
}

impl Name {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let name = self.name.as_str();
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
