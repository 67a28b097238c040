//! `belay backup` and `belay restore`: a copy of the vault in another folder, and a vault made of one.

use super::init::{cost, new_passphrase};
use super::words::typed_words;
use crate::failure::Done;
use crate::host::{Host, read_secret};
use belay::companion::{UnlockWith, VaultState, inspect};
use belay::crypto::kdf::PassphraseCost;
use belay::error::{Code, Field};
use belay::library::Arg;
use belay::vault::VaultFacts;
use std::path::PathBuf;

/// Keep a copy of your vault in another folder.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  belay backup my-copy\n  belay backup my-copy --with-words")]
pub struct Backup {
    /// An empty folder, or one that is made. Your paper opens the copy.
    folder: PathBuf,
}

impl Backup {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let with = host.ask_how()?;
        let companion = host.open_as(PassphraseCost::DEFAULT, with.clone())?;
        companion.backup_to(&self.folder, &with, None, &host.now())?;
        let file = self.folder.display().to_string();
        host.page.line(&host.say("term-backup-written", &[("file", Arg::Text(&file))]));
        Ok(())
    }
}

/// Make your vault from a copy of it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay restore my-copy\n  belay restore my-copy --opened-by FILE\n\nYour passphrase here is a new one. The words on your paper stay."
)]
pub struct Restore {
    /// The folder with the copy.
    folder: PathBuf,
    /// A file with the passphrase of the copy, if it has one. Else the words on your paper are asked for.
    #[arg(long, value_name = "FILE", conflicts_with = "with_words")]
    opened_by: Option<PathBuf>,
    /// For a computer with little memory: guessing the passphrase costs less there.
    #[arg(long)]
    low_memory: bool,
}

impl Restore {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        let companion = host.closed(cost(self.low_memory))?;
        if companion.state() != VaultState::Closed(VaultFacts::Absent) {
            return Err(host.told_with("Duplicate", "term-vault-there", &[], "belay restore FOLDER --vault DIR", 11));
        }
        // Told before anyone looks for their paper.
        if inspect(&self.folder, &host.now()) == VaultFacts::Absent {
            return Err(Code::NotFound.of(Field::Folder).into());
        }
        let with = match &self.opened_by {
            Some(file) => UnlockWith::Passphrase(read_secret(host, file)?),
            None => UnlockWith::RecoveryWords(typed_words(host)?),
        };
        let passphrase = new_passphrase(host, None, host.given_passphrase()?)?;
        let made = companion.restore(&self.folder, &with, &passphrase, &host.now())?;
        host.page.line(&host.say("term-restored", &[]));
        if made.device.spaces.iter().any(|entered| entered.refused.is_some()) {
            host.page.line(&host.say("term-restored-read", &[]));
        }
        if made.device.spaces.len() > 1 {
            host.page.line(&host.say("term-restored-later", &[]));
        }
        Ok(companion.lock()?)
    }
}
