//! Seeing first what a command would do, and taking back what it did (boundary.md: `preview`, `undo`).

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod chance;
mod each;
mod meanwhile;
mod seen;
mod tokens;

use belay::command::{Applied, Command, Preview, UndoToken};
use belay::error::Code;
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_tests::{Act, Device, goals, plans};
use serde_json::{Value, json};

/// Does one command that works, and gives all that is told of it.
#[track_caller]
fn does(device: &Device, command: impl Act) -> Applied {
    let applied = device.companion.apply(&[command.command()], None, &device.at());
    applied.unwrap_or_else(|failure| panic!("{}: {failure:?}", device.name))
}

/// Takes back what was done.
#[track_caller]
fn undo(device: &Device, applied: &Applied) -> Applied {
    does(device, undoing(applied))
}

#[track_caller]
fn undoing(applied: &Applied) -> Command {
    Command::Undo { token: applied.undo.clone().expect("a token") }
}

fn tried(device: &Device, token: &str) -> Code {
    device.refused(Command::Undo { token: UndoToken(token.to_owned()) })
}

#[track_caller]
fn sees(device: &Device, command: impl Act) -> Preview {
    let seen = device.companion.preview(&command.command(), &device.at());
    seen.unwrap_or_else(|failure| panic!("{}: {failure:?}", device.name))
}

/// What a device shows of everything, without what tells of the past: revisions, times, and who wrote where.
fn shown(device: &Device) -> Value {
    let mut all = Vec::new();
    for trash in [false, true] {
        let filter = NoteFilter { trash, ..NoteFilter::default() };
        let Answer::Notes(page) = device.ask(Ask::Notes { filter, at: At { limit: 200, ..At::default() } }) else {
            panic!("notes")
        };
        for row in page.rows {
            let Answer::Note(note) = device.ask(Ask::Note { id: row.id }) else { panic!("a note") };
            all.push(json!([trash, row, note]));
        }
    }
    all.extend(goals(device).iter().map(|goal| json!(goal)));
    all.extend(plans(device).iter().map(|plan| json!(plan)));
    let Answer::Waiting(page) = device.ask(Ask::Waiting { at: At { limit: 200, ..At::default() } }) else {
        panic!("ideas")
    };
    all.extend(page.rows.iter().map(|idea| json!(idea)));
    all.iter_mut().for_each(without_past);
    // Lists show the newest first.
    all.sort_by_key(Value::to_string);
    Value::Array(all)
}

fn without_past(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for past in ["rev", "when", "made", "by_label"] {
                fields.remove(past);
            }
            if fields.contains_key("entry") || fields.get("by").is_some_and(Value::is_array) {
                fields.remove("by");
            }
            // Whoever takes an idea back lets others see that it was given.
            if let Some(Value::Array(ideas)) = fields.get_mut("ideas") {
                ideas.retain(|idea| idea["stage"]["code"] != "taken-back");
            }
            fields.values_mut().for_each(without_past);
        }
        Value::Array(values) => values.iter_mut().for_each(without_past),
        _ => {}
    }
}

/// Where two pictures differ, for messages.
fn difference(before: &Value, after: &Value) -> String {
    let lines = |value: &Value| -> Vec<String> {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    };
    let (was, is) = (lines(before), lines(after));
    let gone = was.iter().filter(|line| !is.contains(line)).map(|line| format!("- {line}"));
    let come = is.iter().filter(|line| !was.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).take(40).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn same(before: &Value, after: &Value, what: &str) {
    assert!(before == after, "{what}:\n{}", difference(before, after));
}
