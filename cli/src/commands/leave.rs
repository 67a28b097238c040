//! `belay leave`: an end to what is shared with someone. Their name is the yes.

use super::tell;
use crate::failure::Done;
use crate::find;
use crate::host::Host;
use belay::command::{Command, ConsentCommand};
use belay::companion::COMMANDS_MAX;
use belay::crypto::kdf::PassphraseCost;
use belay::ids::DocId;
use belay::library::Arg;
use serde::Serialize;

/// End what you share with someone, for good.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay leave Theo\n  belay leave Theo --with-copies\n\nYou both keep what is here. You can give no more to each other in this place.\n\nA copy that may not have come there yet is taken back first. One that is there stays there: see `belay shared`."
)]
pub struct Leave {
    /// With whom, by their whole name.
    name: String,
    /// Let copies go along that may not be there yet.
    #[arg(long)]
    with_copies: bool,
}

#[derive(Serialize)]
struct Left<'a> {
    space: String,
    name: &'a str,
    /// Copies that may not have been there yet.
    not_carried: u64,
    /// Whether they were taken back before.
    taken_back: bool,
}

impl Leave {
    /// Does it. The secret that opens the vault is asked for, since it cannot be taken back.
    pub fn run(self, host: &Host) -> Done {
        let with = host.ask_how()?;
        let companion = host.open_as(PassphraseCost::DEFAULT, with.clone())?;
        let person = find::person(host, &self.name)?;
        let name = person.name.as_str();
        if name.to_lowercase() != self.name.to_lowercase() {
            let command = format!("belay leave {}", super::quoted(name));
            return Err(host.told_with("NeedsConfirmation", "term-leave-name", &[], &command, 7));
        }
        let copies = companion.not_carried(&person.space)?;
        let (not_carried, taken_back) = (copies.len() as u64, !self.with_copies && !copies.is_empty());
        if not_carried > 0 && !host.flags.json {
            let id = if taken_back { "term-leave-takes-back" } else { "term-leave-gives" };
            host.page.line(&host.say(id, &[("count", Arg::Number(not_carried)), ("name", Arg::Text(name))]));
        }
        if taken_back {
            // While it is shared it can be asked for; afterwards nothing can.
            let back = |copy: &DocId| Command::Consent(ConsentCommand::TakeBack { copy: *copy });
            for some in copies.chunks(COMMANDS_MAX) {
                host.apply(&some.iter().map(back).collect::<Vec<_>>())?;
            }
        }
        companion.leave(&person.space, &with, &host.now())?;
        if host.flags.json {
            return tell(host, "left", &Left { space: person.space.to_string(), name, not_carried, taken_back });
        }
        let with_name = [("name", Arg::Text(name))];
        host.page.line(&host.say("term-left", &with_name));
        let command = format!("belay bundle out {}", super::quoted(name));
        host.page.line(&host.say("term-left-tell", &with_name));
        host.page.line(&host.say("term-next", &[("command", Arg::Text(&command))]));
        Ok(())
    }
}
