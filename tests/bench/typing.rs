//! W5: a hundred thousand keystrokes in one note, each a durable change of its own.

use crate::vault::{self, Trouble};
use crate::{machine, workload};
use belay::Companion;
use belay::command::TextTarget;
use belay::companion::{Resend, Saved, Selection, Settle, Splice16, TextChange, TextNow};
use belay::ids::{DocId, TextSession};
use belay_tests::text;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The harness gives up after 170 s; what was done until then is told.
const AT_MOST: Duration = Duration::from_secs(160);

/// Parts of the work of which each tells its pace.
const TENTHS: usize = 10;

/// Where the note's id lies between two processes.
fn name_file(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".note");
    name.into()
}

/// Someone typing in one note, through a text session as an app has one.
pub struct Typist<'v> {
    vault: &'v Companion,
    note: DocId,
    session: TextSession,
    accepted: u64,
    length: u32,
}

impl<'v> Typist<'v> {
    /// Begins a note of one letter, which stays behind all that is typed: a note may not be empty.
    pub fn begin(vault: &'v Companion) -> Result<Self, Trouble> {
        let made = vault.apply(&[vault::note(&(String::new(), "x".to_owned()))], None, &vault::now());
        let made = made.map_err(vault::told("a note"))?;
        let note = made.outcomes.first().and_then(|outcome| outcome.made).ok_or("no note was made")?;
        Typist::on(vault, note)
    }

    /// Goes on with a note.
    pub fn on(vault: &'v Companion, note: DocId) -> Result<Self, Trouble> {
        let opened =
            vault.text_open(&TextTarget::Note { note }, &vault::now()).map_err(vault::told("a text session"))?;
        let length = u32::try_from(opened.text.as_str().encode_utf16().count()).unwrap_or(u32::MAX);
        Ok(Typist { vault, note, session: opened.session, accepted: 0, length })
    }

    /// The note.
    pub fn note(&self) -> DocId {
        self.note
    }

    /// One keystroke, where it belongs and on disk when this returns.
    pub fn press(&mut self, key: &workload::Key) -> Result<(), Trouble> {
        match self.hear(key, Settle::Pause)? {
            Saved::Kept => Ok(()),
            other => Err(format!("a keystroke is only {other:?}")),
        }
    }

    /// One keystroke while the person goes on: it lies in memory, or in a draft after a quarter of a second.
    pub fn touch(&mut self, key: &workload::Key) -> Result<(), Trouble> {
        self.hear(key, Settle::Typing).map(|_| ())
    }

    fn hear(&mut self, (at, gone, come): &workload::Key, settle: Settle) -> Result<Saved, Trouble> {
        let units = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (at, remove, come_units) = (units(*at), units(*gone), units(come.encode_utf16().count()));
        let splices = vec![Splice16 { at, remove, insert: text(come) }];
        self.length = self.length.saturating_sub(remove).saturating_add(come_units);
        let caret = at.saturating_add(come_units);
        let now = TextNow {
            accepted: self.accepted,
            length: self.length,
            change: TextChange::Splices { splices },
            selection: Selection { start: caret, end: caret },
            settle,
        };
        let merge = self.vault.text_sync(&self.session, &now, &vault::now()).map_err(vault::told("a keystroke"))?;
        self.accepted = merge.version;
        match merge.resend {
            Resend::No => Ok(merge.saved),
            Resend::Whole => Err("the session lost its place".to_owned()),
        }
    }
}

/// The note of a vault in which somebody typed.
pub fn note_of(folder: &Path) -> Option<DocId> {
    DocId::parse(&std::fs::read_to_string(name_file(folder)).ok()?)
}

/// Says which note of a vault somebody types in.
pub fn name_note(folder: &Path, note: DocId) -> Result<(), Trouble> {
    std::fs::write(name_file(folder), note.to_string()).map_err(|cause| cause.to_string())
}

/// Types it all and closes the vault's batches. `pace` is how long one keystroke took, ms, tenth after tenth.
pub fn build(folder: &Path, limit: usize) -> Result<(Companion, Value), Trouble> {
    let vault = vault::make(folder)?;
    let keys = workload::keys(limit);
    let mut typist = Typist::begin(&vault)?;
    name_note(folder, typist.note())?;
    let begun = Instant::now();
    let (mut done, mut pace) = (0, Vec::new());
    for some in keys.chunks(keys.len().div_ceil(TENTHS).max(1)) {
        let tenth = Instant::now();
        for key in some {
            if begun.elapsed() > AT_MOST {
                break;
            }
            typist.press(key)?;
            done += 1;
        }
        pace.push(machine::ms(tenth) / some.len() as f64);
    }
    vault.pause(&vault::now()).map_err(vault::told("closing the batch"))?;
    let took = machine::ms(begun);
    let want = hash(&format!("{}x", workload::typed(keys.get(..done).unwrap_or(&keys))));
    let saved = machine::bytes_in(folder);
    Ok((vault, json!({"ms": took, "ops": keys.len(), "did": done, "saved": saved, "want": want, "pace": pace})))
}

/// Opens the vault and reads the text.
pub fn load(folder: &Path) -> Result<(Companion, Value), Trouble> {
    let note = note_of(folder).ok_or("no note is named")?;
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
