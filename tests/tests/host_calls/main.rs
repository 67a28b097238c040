//! What a host asks of a vault besides reading and writing: proofs, ways in, pauses, what was dropped in, jobs, meetings;
//! and every wrong way to ask. A wrong call has a typed answer, loses nothing and keeps nobody waiting.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod confirming;
mod dropping;
mod exchanging;
mod locking;
mod pausing;
mod slots;
mod ticking;
mod working;

use belay::command::{Confirmation, NoteCommand, NoteDraft, Purpose};
use belay::companion::{Stopwatch, UnlockWith};
use belay::error::{Code, Failure};
use belay::projection::{Changes, Extent};
use belay::secret::SecretText;
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_tests::{Device, text};

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn note(body: &str) -> NoteCommand {
    NoteCommand::Create { draft: NoteDraft { body: text(body), ..NoteDraft::default() } }
}

/// The beginning of every note, sorted.
fn notes(device: &Device) -> Vec<String> {
    let (mut notes, mut at) = (Vec::new(), At::default());
    loop {
        let Answer::Notes(page) = device.ask(Ask::Notes { filter: NoteFilter::default(), at }) else { panic!("notes") };
        notes.extend(page.rows.iter().map(|row| row.snippet.as_str().to_owned()));
        match page.next {
            Some(next) => at = At { after: Some(next), ..At::default() },
            None => break,
        }
    }
    notes.sort();
    notes
}

fn confirmed(device: &Device, purpose: Purpose) -> Confirmation {
    device.companion.confirm(&device.secret(), purpose, &device.at()).expect("the right passphrase")
}

/// How many objects were touched.
fn touches(changes: &Changes) -> usize {
    if changes.extent == Extent::Everything { usize::MAX } else { changes.touched.len() }
}

#[track_caller]
fn code<T: std::fmt::Debug>(answer: Result<T, Failure>) -> Code {
    answer.expect_err("a wrong call").code()
}

fn wrong() -> UnlockWith {
    UnlockWith::Passphrase(secret("another passphrase"))
}

/// A clock that goes on by so much at every look.
struct Steady(u64, u64);

impl Stopwatch for Steady {
    fn now_ms(&mut self) -> u64 {
        self.0 += self.1;
        self.0
    }
}
