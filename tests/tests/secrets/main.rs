//! Where secrets are and where they are not (issue 4, item 6): in the memory of a process after it locked, in what it
//! says and writes, in what is left of a vault after it was erased. core/SECURITY.md names these tests.

#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod child;
mod day;
mod erased;
mod locked;
mod needles;
mod page;
mod said;
mod scan;
mod written;

use belay::clock::Moment;
use belay::crypto::words::RecoveryWords;
use belay::secret::SecretText;
use belay::vault::UnlockWith;
use std::path::Path;

/// 22 November 2026; nothing here depends on it.
fn now() -> Moment {
    Moment { unix_ms: 1_795_334_400_000, zone: "UTC".to_owned(), boot_ms: 0, boot_id: 0 }
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

fn passphrase(text: &str) -> UnlockWith {
    UnlockWith::Passphrase(secret(text))
}

fn recovery(words: &[u8]) -> RecoveryWords {
    RecoveryWords::parse(std::str::from_utf8(words).expect("words are text")).expect("good words")
}

/// Copies a folder of files.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder of files") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a file has a name");
        if path.is_file() && name != "lock" {
            std::fs::copy(&path, to.join(name)).expect("a file");
        }
    }
}
