//! `belay undo`: taking back what was done last in this vault.

use super::{done, history};
use crate::failure::Done;
use crate::find::Ids;
use crate::host::Host;
use crate::output::Edge;
use belay::command::{Applied, Command, Warning};
use belay::error::Code;
use belay::ids::DocId;
use belay::library::Arg;
use belay::view::{Answer, Ask, At};

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
        let since_ms = host.now().unix_ms;
        let applied = host.apply(&[Command::Undo { token }])?;
        let partly = applied.warnings.contains(&Warning::Partly);
        done(host, &applied, &host.say(if partly { "term-undone-partly" } else { "term-undone" }, &[]))?;
        if host.flags.json {
            return Ok(());
        }
        show_undone(host, &applied, since_ms)?;
        if applied.undo.is_some() {
            host.page.line(&host.say("term-undo-again", &[("command", Arg::Text("belay undo"))]));
        }
        Ok(())
    }
}

/// What it was about, and what was done to it now, in the words of its history.
fn show_undone(host: &Host, applied: &Applied, since_ms: i64) -> Done {
    let ids = Ids::read(host)?;
    let mut named = false;
    for id in applied.outcomes.iter().flat_map(|outcome| &outcome.touched) {
        let Some((name, stage)) = named_as(host, id) else { continue };
        let short = ids.short(&id.to_string());
        host.page.line(&host.say("term-undone-what", &[("id", Arg::Text(&short)), ("text", Arg::Text(&name))]));
        let Answer::History(page) = host.read(Ask::History { of: *id, at: At::default() })? else {
            return Err(Code::Internal.into());
        };
        for row in page.rows.iter().take_while(|row| row.when.unix_ms >= since_ms) {
            history::act(host, row);
        }
        if !stage.is_empty() {
            host.page.inside(Edge::Bare, 2, &stage);
        }
        named = true;
    }
    // What has no page of its own is what someone is called.
    if named { Ok(()) } else { super::name::show(host) }
}

/// The first words of what an id stands for; and of a note that went into the trash again, that it did.
fn named_as(host: &Host, id: &DocId) -> Option<(String, String)> {
    if let Ok(Answer::Note(note)) = host.read(Ask::Note { id: *id }) {
        let first = note.paragraphs.first().map_or("", |paragraph| paragraph.text.as_str());
        let text = if note.title.is_empty() { first } else { note.title.as_str() };
        let in_trash = note.stage.code == "trash";
        return Some((text.to_owned(), if in_trash { note.stage.label } else { String::new() }));
    }
    let title = match (host.read(Ask::Goal { id: *id }), host.read(Ask::Plan { id: *id })) {
        (Ok(Answer::Goal(goal)), _) => goal.title,
        (_, Ok(Answer::Plan(plan))) => plan.title,
        _ => return None,
    };
    Some((title.into_string(), String::new()))
}
