//! A vault as an app has one: the product's own chance and clock, a slot that takes a raw key, and a passphrase that costs
//! what it costs by default.

use belay::clock::Moment;
use belay::command::{Command, NoteCommand, NoteDraft};
use belay::companion::{NewSlot, NewVault, UnlockWith};
use belay::crypto::kdf::PassphraseCost;
use belay::crypto::words::WordCount;
use belay::error::Failure;
use belay::ids::{Rev, SlotId};
use belay::secret::{Secret32, SecretText, SystemEntropy};
use belay::view::{Answer, Ask, At, NoteFilter, SearchOrder, SearchQuery};
use belay::{Companion, HostConfig};
use belay_tests::{begin_way_in, text};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What every vault of the measurements is locked with, beside its raw key.
pub const PASSPHRASE: &str = "rope and harness";
/// Rows a page, the most there are.
const ROWS: u32 = 200;

/// What went wrong, in words for whoever runs the measurement.
pub type Trouble = String;

/// Says what was being done when the companion refused.
pub fn told(doing: &'static str) -> impl Fn(Failure) -> Trouble {
    move |failure| format!("{doing}: {failure:?}")
}

/// Now.
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let unix_ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Moment { unix_ms, zone: "Europe/Lisbon".to_owned(), boot_ms: 0, boot_id: 0 }
}

/// A companion on a folder.
pub fn companion(folder: &Path) -> Companion {
    let cost = PassphraseCost::DEFAULT;
    let config = HostConfig { folder: folder.to_owned(), languages: vec!["en".to_owned()], cost };
    Companion::open(config, Box::new(SystemEntropy::default()))
}

/// Where the raw key lies between two processes: beside the folder, as a platform's keystore would have it.
fn key_file(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".key");
    name.into()
}

/// Makes a vault with a raw-key slot, opens it, and understands the recovery notice.
pub fn make(folder: &Path) -> Result<Companion, Trouble> {
    let cannot = |cause: std::io::Error| format!("{}: {cause}", folder.display());
    std::fs::create_dir_all(folder.parent().unwrap_or(folder)).map_err(cannot)?;
    let made = companion(folder);
    let with = NewVault { passphrase: SecretText::new(PASSPHRASE.to_owned()), words: WordCount::Twelve };
    made.create(&with, &now()).map_err(told("making a vault"))?;
    made.acknowledge_recovery(&now()).map_err(told("acknowledging"))?;
    let typed = UnlockWith::Passphrase(SecretText::new(PASSPHRASE.to_owned()));
    let key = begin_way_in(&made, &typed, NewSlot::Keystore, &now()).map_err(told("a slot"))?;
    let kept = [key.slot.0.as_slice(), key.key32.expose().as_slice()].concat();
    std::fs::write(key_file(folder), kept).map_err(cannot)?;
    made.slot_add(key.slot, b"wrapped by nobody".to_vec(), &now()).map_err(told("a slot"))?;
    Ok(made)
}

/// Opens a vault with its raw key.
pub fn unlock(folder: &Path) -> Result<Companion, Trouble> {
    let kept = std::fs::read(key_file(folder)).map_err(|cause| format!("{}: {cause}", folder.display()))?;
    let (slot, key) = kept.split_at_checked(SlotId::LEN).ok_or("a key file that is too short")?;
    let slot = SlotId::from_slice(slot).ok_or("a key file without a slot")?;
    let key32 = Secret32::from_slice(key).ok_or("a key file without a key")?;
    let opened = companion(folder);
    opened.unlock(&UnlockWith::Keystore { slot, key32, vault_counter: None }, &now()).map_err(told("unlocking"))?;
    Ok(opened)
}

/// Opens a vault with its passphrase.
pub fn unlock_typed(folder: &Path) -> Result<Companion, Trouble> {
    let opened = companion(folder);
    let with = UnlockWith::Passphrase(SecretText::new(PASSPHRASE.to_owned()));
    opened.unlock(&with, &now()).map_err(told("unlocking"))?;
    Ok(opened)
}

/// The command that makes a note.
pub fn note((title, body): &(String, String)) -> Command {
    Command::Note(NoteCommand::Create {
        draft: NoteDraft { title: text(title), body: text(body), ..NoteDraft::default() },
    })
}

/// One answer.
pub fn ask(vault: &Companion, ask: Ask) -> Result<Answer, Trouble> {
    let reading = vault.read(&[ask], &now()).map_err(told("reading"))?;
    reading.answers.into_iter().next().ok_or_else(|| "no answer".to_owned())
}

/// The first page of notes, newest first: how many rows.
pub fn first_page(vault: &Companion, limit: u32) -> Result<usize, Trouble> {
    match ask(vault, Ask::Notes { filter: NoteFilter::default(), at: At { limit, ..At::default() } })? {
        Answer::Notes(page) => Ok(page.rows.len()),
        other => Err(format!("notes: {other:?}")),
    }
}

/// The titles of all notes, newest first, page after page.
pub fn titles(vault: &Companion) -> Result<Vec<String>, Trouble> {
    let mut titles = Vec::new();
    let mut at = At { limit: ROWS, ..At::default() };
    loop {
        match ask(vault, Ask::Notes { filter: NoteFilter::default(), at })? {
            Answer::Notes(page) => {
                titles.extend(page.rows.into_iter().map(|row| row.title.as_str().to_owned()));
                let Some(next) = page.next else { return Ok(titles) };
                at = At { limit: ROWS, after: Some(next), ..At::default() };
            }
            other => return Err(format!("notes: {other:?}")),
        }
    }
}

/// The text of a note and the revision an edit of it names.
pub fn body(vault: &Companion, note: belay::ids::DocId) -> Result<(String, Rev), Trouble> {
    match ask(vault, Ask::Note { id: note })? {
        Answer::Note(note) => Ok((note.body.as_str().to_owned(), note.rev)),
        other => Err(format!("a note: {other:?}")),
    }
}

/// Searches: how many rows of the first twenty, each with its snippet.
pub fn search(vault: &Companion, words: &str, order: SearchOrder) -> Result<usize, Trouble> {
    let query = SearchQuery { words: text(words), order, ..SearchQuery::default() };
    match ask(vault, Ask::Search { query, at: At { limit: 20, ..At::default() } })? {
        Answer::Search(page) => Ok(page.rows.len()),
        other => Err(format!("a search: {other:?}")),
    }
}
