//! `belay undo`: taking back what was done last in this vault.

use super::done;
use crate::failure::Done;
use crate::find::Ids;
use crate::host::Host;
use belay::command::{Applied, Command, Warning};
use belay::library::Arg;
use belay::view::{Answer, Ask};

/// What can be done where nothing can be undone.
const INSTEAD: &str = "belay history PLAN\nbelay shared";

/// Take back what was done last, as a change of its own. Once more puts it back.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  belay undo\n\nOnce more puts it back. A copy you gave is taken back with `belay share --take-back`."
)]
pub struct Undo {}

impl Undo {
    /// Does it. What others wrote since stays.
    pub fn run(self, host: &Host) -> Done {
        let Some(token) = host.open()?.last_undo()? else {
            return Err(host.told_with("NotFound", "term-undo-none", &[], INSTEAD, 4));
        };
        let applied = host.apply(&[Command::Undo { token }])?;
        let partly = applied.warnings.contains(&Warning::Partly);
        done(host, &applied, &host.say(if partly { "term-undone-partly" } else { "term-undone" }, &[]))?;
        if host.flags.json {
            return Ok(());
        }
        show_notes(host, &applied)?;
        if applied.undo.is_some() {
            host.page.line(&host.say("term-undo-again", &[("command", Arg::Text("belay undo"))]));
        }
        Ok(())
    }
}

/// Which notes it was about, as they are now: one may have gone into the trash again.
fn show_notes(host: &Host, applied: &Applied) -> Done {
    let ids = Ids::read(host)?;
    for id in applied.outcomes.iter().flat_map(|outcome| &outcome.touched) {
        let Ok(Answer::Note(note)) = host.read(Ask::Note { id: *id }) else { continue };
        let first = note.paragraphs.first().map_or("", |paragraph| paragraph.text.as_str());
        let text = if note.title.is_empty() { first } else { note.title.as_str() };
        let id = ids.short(&id.to_string());
        host.page.line(&host.say("term-undone-note", &[("id", Arg::Text(&id)), ("text", Arg::Text(text))]));
        if note.stage.code == "trash" {
            host.page.line(&note.stage.label);
        }
    }
    Ok(())
}
