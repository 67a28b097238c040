//! `belay undo`: taking back what was done last in this vault.

use super::done;
use crate::failure::Done;
use crate::host::Host;
use belay::command::{Command, Warning};
use belay::library::Arg;

/// Take back what was done last, as a change of its own. Once more puts it back.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  belay undo")]
pub struct Undo {}

impl Undo {
    /// Does it. What others wrote since stays.
    pub fn run(self, host: &Host) -> Done {
        let Some(token) = host.open()?.last_undo()? else {
            return Err(host.told_with("NotFound", "term-undo-none", &[], "belay history PLAN", 4));
        };
        let applied = host.apply(&[Command::Undo { token }])?;
        let partly = applied.warnings.contains(&Warning::Partly);
        done(host, &applied, &host.say(if partly { "term-undone-partly" } else { "term-undone" }, &[]))?;
        if applied.undo.is_some() && !host.flags.json {
            host.page.line(&host.say("term-undo-again", &[("command", Arg::Text("belay undo"))]));
        }
        Ok(())
    }
}
