//! W5: a hundred thousand keystrokes in one note, each a durable change of its own.

use crate::vault::{self, Trouble};
use crate::{machine, workload};
use belay::Companion;
use belay::command::{Command, NoteCommand, NoteField, TextEdit};
use belay::editing::Splice;
use belay::ids::{DocId, Rev};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The harness gives up after 170 s; what was done until then is told.
const AT_MOST: Duration = Duration::from_secs(160);

/// Where the note's id lies between two processes.
fn name_file(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".note");
    name.into()
}

/// Someone typing in one note.
pub struct Typist<'v> {
    vault: &'v Companion,
    note: DocId,
}

impl<'v> Typist<'v> {
    /// Begins a note of one letter.
    pub fn begin(vault: &'v Companion) -> Result<Self, Trouble> {
        let made = vault.apply(&[vault::note(&(String::new(), "x".to_owned()))], None, &vault::now());
        let made = made.map_err(vault::told("a note"))?;
        let note = made.outcomes.first().and_then(|outcome| outcome.made).ok_or("no note was made")?;
        let mut typist = Typist { vault, note };
        typist.press(&(0, 1, String::new()))?;
        Ok(typist)
    }

    /// Goes on with a note.
    pub fn on(vault: &'v Companion, note: DocId) -> Self {
        Typist { vault, note }
    }

    /// The note.
    pub fn note(&self) -> DocId {
        self.note
    }

    /// One keystroke, on disk when this returns.
    pub fn press(&mut self, (at, gone, come): &workload::Key) -> Result<(), Trouble> {
        let text = TextEdit::Splices(vec![Splice::new(*at, *gone, come.clone())]);
        let edit = |base: &Rev| {
            let (note, field, base, text) = (self.note, NoteField::Body, base.clone(), text.clone());
            Command::Note(NoteCommand::Edit { note, field, base, text })
        };
        // Nobody names a revision of this token: the refusal tells the newest.
        let told = self.vault.apply(&[edit(&Rev::from_token("0"))], None, &vault::now());
        let newest = told.err().and_then(|failure| failure.detail().current.clone()).ok_or("no revision was told")?;
        self.vault.apply(&[edit(&newest)], None, &vault::now()).map_err(vault::told("a keystroke"))?;
        Ok(())
    }
}

/// Types it all and closes the vault.
pub fn build(folder: &Path, limit: usize) -> Result<(Companion, Value), Trouble> {
    let vault = vault::make(folder)?;
    let keys = workload::keys(limit);
    let mut typist = Typist::begin(&vault)?;
    std::fs::write(name_file(folder), typist.note().to_string()).map_err(|cause| cause.to_string())?;
    let begun = Instant::now();
    let mut done = 0;
    for key in &keys {
        if begun.elapsed() > AT_MOST {
            break;
        }
        typist.press(key)?;
        done += 1;
    }
    drop(typist);
    vault.pause(&vault::now()).map_err(vault::told("closing the batch"))?;
    let took = machine::ms(begun);
    let want = hash(&workload::typed(keys.get(..done).unwrap_or(&keys)));
    let saved = machine::bytes_in(folder);
    Ok((vault, json!({"ms": took, "ops": keys.len(), "did": done, "saved": saved, "want": want})))
}

/// Opens the vault and reads the text.
pub fn load(folder: &Path) -> Result<(Companion, Value), Trouble> {
    let note = std::fs::read_to_string(name_file(folder)).map_err(|cause| cause.to_string())?;
    let note = DocId::parse(&note).ok_or("no note is named")?;
    let before = machine::most_memory();
    let begun = Instant::now();
    let vault = vault::unlock(folder)?;
    let (text, _) = vault::body(&vault, note)?;
    let took = machine::ms(begun);
    let peak = machine::most_memory();
    let len = text.encode_utf16().count();
    Ok((vault, json!({"ms": took, "hash": hash(&text), "len": len, "before": before, "peak": peak})))
}

fn hash(text: &str) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
