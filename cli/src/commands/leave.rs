//! `belay leave`: an end to what is shared with someone. Their name is the yes.

use super::tell;
use crate::failure::Done;
use crate::find;
use crate::host::Host;
use belay::crypto::kdf::PassphraseCost;
use belay::library::Arg;
use serde::Serialize;

/// End what you share with someone, for good.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  belay leave Theo\n\nYou both keep what is here. You can give no more to each other in this place. A copy you gave can then not be taken back: see `belay shared` first."
)]
pub struct Leave {
    /// With whom, by their whole name.
    name: String,
}

#[derive(Serialize)]
struct Left<'a> {
    space: String,
    name: &'a str,
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
        companion.leave(&person.space, &with, &host.now())?;
        if host.flags.json {
            return tell(host, "left", &Left { space: person.space.to_string(), name });
        }
        let with_name = [("name", Arg::Text(name))];
        host.page.line(&host.say("term-left", &with_name));
        let command = format!("belay bundle out {}", super::quoted(name));
        host.page.line(&host.say("term-left-tell", &with_name));
        host.page.line(&host.say("term-next", &[("command", Arg::Text(&command))]));
        Ok(())
    }
}
