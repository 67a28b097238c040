//! A vault behind the exports, in a folder of its own.

use belay::clock::Moment;
use belay::command::{Command, NoteCommand, NoteDraft};
use belay::companion::{Location, NewVault, UnlockWith};
use belay::crypto::words::WordCount;
use belay::secret::SecretText;
use belay_ffi::BelayCore;
use belay_ffi::hosting::HostConfig;
use std::sync::Arc;
use tempfile::TempDir;

/// A moment of the story, seconds after its beginning.
pub fn at(seconds: i64) -> Moment {
    Moment { unix_ms: 1_795_000_000_000 + seconds * 1_000, zone: "Europe/Lisbon".into(), boot_ms: 0, boot_id: 0 }
}

/// A vault that was made and may be written.
pub struct Vault {
    pub core: Arc<BelayCore>,
    pub folder: TempDir,
}

impl Vault {
    pub fn new() -> Vault {
        let folder = tempfile::tempdir().expect("a folder");
        let core = BelayCore::open(host(&folder)).expect("open touches nothing");
        let with = NewVault { passphrase: SecretText::new(PASSPHRASE.into()), words: WordCount::Twelve };
        core.create(&with, &at(0)).expect("a new vault");
        core.acknowledge(&at(1)).expect("it is open");
        Vault { core, folder }
    }

    pub fn unlock(&self) {
        self.core.unlock(&passphrase(), &at(10)).expect("the right passphrase");
    }
}

/// Little memory: a passphrase costs the floor.
pub fn host(folder: &TempDir) -> HostConfig {
    let location = Location::Folder { private: folder.path().join("vault"), public: None };
    HostConfig { location, exchange_dir: None, languages: vec!["en".into()], max_memory: Some(1) }
}

const PASSPHRASE: &str = "a lamp in the hallway";

pub fn passphrase() -> UnlockWith {
    UnlockWith::Passphrase(SecretText::new(PASSPHRASE.into()))
}

pub fn note(title: &str) -> Command {
    let draft = NoteDraft { title: title.into(), body: "".into(), tags: vec!["sleep".into()] };
    Command::Note(NoteCommand::Create { draft })
}
