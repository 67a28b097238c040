//! How long a page of 200 notes takes with no language between: `page_times FOLDER [ROUNDS]` prints the first read of a
//! page and the median of the others. Where FOLDER holds no vault, it makes the one that is measured: the programs in
//! Kotlin and Swift open the same (scripts/page-times.sh).
#![allow(clippy::print_stdout, reason = "a program for a script")]

use belay::clock::Moment;
use belay::command::{Command, NoteCommand, NoteDraft};
use belay::companion::{Location, NewVault, UnlockWith, VaultState};
use belay::crypto::words::WordCount;
use belay::error::{Code, Failure};
use belay::secret::SecretText;
use belay::vault::VaultFacts;
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_ffi::BelayCore;
use belay_ffi::hosting::HostConfig;
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

const ROWS: u32 = 200;

fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let unix_ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Moment { unix_ms, zone: "Europe/Berlin".into(), boot_ms: 0, boot_id: 0 }
}

fn passphrase() -> SecretText {
    SecretText::new("a quiet place by the river".into())
}

fn fill(core: &BelayCore) -> Result<(), Failure> {
    core.create(&NewVault { passphrase: passphrase(), words: WordCount::TwentyFour }, &now())?;
    core.acknowledge(&now())?;
    let body = "Some words of a usual length, as one writes them. ".repeat(4);
    for number in 1..=ROWS {
        let draft =
            NoteDraft { title: format!("Note {number}").as_str().into(), body: body.as_str().into(), tags: Vec::new() };
        core.apply(&[Command::Note(NoteCommand::Create { draft })], &None, &now())?;
    }
    Ok(())
}

/// Milliseconds that one page took.
fn page_ms(core: &BelayCore) -> Result<f64, Failure> {
    let ask = Ask::Notes { filter: NoteFilter::default(), at: At { limit: ROWS, ..At::default() } };
    let begun = Instant::now();
    let reading = core.read(&[ask], 0, &now())?;
    let took = begun.elapsed();
    match reading.answers.first() {
        Some(Answer::Notes(page)) if page.rows.len() == ROWS as usize => Ok(took.as_secs_f64() * 1e3),
        _ => Err(Code::NotFound.detail().into()),
    }
}

fn main() -> Result<(), Failure> {
    let mut given = std::env::args().skip(1);
    let folder = PathBuf::from(given.next().unwrap_or_else(|| "page-times-vault".into()));
    let rounds = given.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(400_usize).max(2);
    let location = Location::Folder { private: folder, public: None };
    // Little memory: a passphrase costs the floor, and unlocking is not what is measured.
    let core = BelayCore::open(HostConfig {
        location,
        exchange_dir: None,
        languages: vec!["en".into()],
        max_memory: Some(1),
    })?;
    if core.state()? == VaultState::Closed(VaultFacts::Absent) {
        fill(&core)?;
        core.lock()?;
    }
    core.unlock(&UnlockWith::Passphrase(passphrase()), &now())?;
    let first = page_ms(&core)?;
    let mut times = (0..rounds).map(|_| page_ms(&core)).collect::<Result<Vec<f64>, Failure>>()?;
    // The first half is for warming up, in all three.
    let mut warm = times.split_off(rounds / 2);
    warm.sort_by(f64::total_cmp);
    println!("first_ms: {first:.3}");
    println!("p50_ms: {:.3}", warm.get(warm.len() / 2).copied().unwrap_or_default());
    core.lock()
}
