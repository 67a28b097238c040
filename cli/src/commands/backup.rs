//! `belay backup` and `belay restore`: a copy of the vault in another folder, and a vault made of one.

use super::init::{cost, new_passphrase};
use super::words::typed_words;
use super::{quoted, tell};
use crate::failure::{Done, Trouble};
use crate::host::{Host, read_secret};
use crate::output::json::instant;
use belay::clock::Stamp;
use belay::companion::{UnlockWith, VaultState, check_backup, inspect};
use belay::crypto::kdf::PassphraseCost;
use belay::error::{Code, Failure};
use belay::library::Arg;
use belay::vault::VaultFacts;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Keep a copy of your vault in another folder.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  belay backup my-copy\n  belay backup my-copy --with-words\n  belay backup my-copy --check"
)]
pub struct Backup {
    /// An empty folder, or one that is made. Your paper opens the copy.
    folder: PathBuf,
    /// Read a copy that is there, from end to end. The words on your paper are asked for.
    #[arg(long)]
    check: bool,
    /// A file with the passphrase of the copy, if it has one.
    #[arg(long, value_name = "FILE", requires = "check")]
    opened_by: Option<PathBuf>,
}

impl Backup {
    /// Does it.
    pub fn run(self, host: &Host) -> Done {
        if self.check {
            return self.read_again(host);
        }
        let with = host.ask_how()?;
        let companion = host.open_as(PassphraseCost::DEFAULT, with.clone())?;
        let made = companion.backup_to(&self.folder, &with, None, &host.now());
        let made = made.map_err(|failure| not_written(host, &self.folder, failure))?;
        let file = self.folder.display().to_string();
        if host.flags.json {
            let row = Written { folder: &file, vault: made.vault.to_string(), made: instant(made.made_ms) };
            return tell(host, "backup", &row);
        }
        host.page.line(&host.say("term-backup-written", &[("file", Arg::Text(&file))]));
        let command = format!("belay restore {}", quoted(&file));
        host.page.line(&host.say("term-backup-back", &[("command", Arg::Text(&command))]));
        Ok(())
    }

    fn read_again(&self, host: &Host) -> Done {
        is_there(host, &self.folder, Copy::OTHER_CHECK)?;
        let from = Copy { folder: &self.folder, is_check: true };
        let with = opened_by(host, self.opened_by.as_deref(), &from.again())?;
        let checked = check_backup(&self.folder, &with, &host.now());
        let checked = checked.map_err(|failure| not_read(host, &with, failure, &from))?;
        let file = self.folder.display().to_string();
        let whole = checked.header_is_whole;
        if host.flags.json {
            let (vault, made) = (checked.vault.to_string(), instant(checked.made_ms));
            return tell(host, "backup-checked", &Checked { folder: &file, vault, made, whole });
        }
        if whole {
            host.page.line(&host.say("term-backup-whole", &[]));
        } else {
            host.page.line(&host.say("term-backup-half", &[]));
            host.page.line(&host.say("term-next", &[("command", Arg::Text("belay backup FOLDER"))]));
        }
        let when = host.phrases.when_long(&Stamp::at(checked.made_ms, &host.now().zone));
        host.page.line(&host.say("term-backup-made-on", &[("when", Arg::Text(&when))]));
        Ok(())
    }
}

/// Told before anyone looks for their paper.
fn is_there(host: &Host, folder: &Path, command: &str) -> Done {
    if inspect(folder, &host.now()) == VaultFacts::Absent {
        return Err(host.told_with("NotFound", "term-copy-none", &[], command, 4));
    }
    Ok(())
}

/// What opens a copy: the passphrase in a file, else the words on the paper.
fn opened_by(host: &Host, file: Option<&Path>, command: &str) -> Done<UnlockWith> {
    match file {
        Some(file) => Ok(UnlockWith::Passphrase(read_secret(host, file)?)),
        None => {
            let other = || host.told_with("WrongSecret", "term-copy-words", &[], command, 5);
            Ok(UnlockWith::RecoveryWords(typed_words(host, other)?))
        }
    }
}

#[derive(Serialize)]
struct Checked<'a> {
    folder: &'a str,
    vault: String,
    made: String,
    whole: bool,
}

#[derive(Serialize)]
struct Written<'a> {
    folder: &'a str,
    vault: String,
    made: String,
}

/// A folder that does not take a copy, told as what it is.
fn not_written(host: &Host, folder: &Path, failure: Failure) -> Trouble {
    let command = "belay backup FOLDER";
    let is_own = || match (folder.canonicalize(), host.folder().map(|own| own.canonicalize())) {
        (Ok(folder), Ok(Ok(own))) => folder == own,
        _ => false,
    };
    match failure.code() {
        Code::InUse | Code::Duplicate if is_own() => {
            host.told_with("Duplicate", "term-backup-itself", &[], command, 11)
        }
        Code::Duplicate => host.told_with("Duplicate", "term-backup-taken", &[], command, 11),
        Code::InUse => {
            let again = format!("belay backup {}", quoted(&folder.to_string_lossy()));
            host.told_with("InUse", "term-copy-open", &[], &again, 9)
        }
        _ => failure.into(),
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
        is_there(host, &self.folder, Copy::OTHER)?;
        let from = Copy { folder: &self.folder, is_check: false };
        let with = opened_by(host, self.opened_by.as_deref(), &from.again())?;
        let passphrase = new_passphrase(host, None, host.given_passphrase()?)?;
        let made = companion.restore(&self.folder, &with, &passphrase, &host.now());
        let made = made.map_err(|failure| not_read(host, &with, failure, &from))?;
        host.page.line(&host.say("term-restored", &[]));
        if made.device.spaces.iter().any(|entered| entered.refused.is_some()) {
            host.page.line(&host.say("term-restored-read", &[]));
            host.page.line(&host.say("term-next", &[("command", Arg::Text("belay phones reset"))]));
        }
        if made.device.spaces.len() > 1 {
            host.page.line(&host.say("term-restored-later", &[]));
        }
        host.page.line(&host.say("term-restored-old", &[]));
        Ok(companion.lock()?)
    }
}

/// A copy, and whether it is only looked at.
struct Copy<'a> {
    folder: &'a Path,
    is_check: bool,
}

impl Copy<'_> {
    /// The same with another copy.
    const OTHER: &'static str = "belay restore FOLDER";
    /// The same for one that is only looked at.
    const OTHER_CHECK: &'static str = "belay backup FOLDER --check";

    fn other(&self) -> &'static str {
        if self.is_check { Self::OTHER_CHECK } else { Self::OTHER }
    }
    /// Once more, with the right words.
    fn again(&self) -> String {
        self.other().replace("FOLDER", &quoted(&self.folder.to_string_lossy()))
    }
}

/// A copy that cannot be read, told as what it is, with the command for it again or for another one.
fn not_read(host: &Host, with: &UnlockWith, failure: Failure, from: &Copy<'_>) -> Trouble {
    let is_words = matches!(with, UnlockWith::RecoveryWords(_));
    match failure.code() {
        Code::WrongSecret if is_words => host.told_with("WrongSecret", "term-copy-words", &[], &from.again(), 5),
        Code::Corrupt => host.told_with("Corrupt", "term-copy-damaged", &[], from.other(), 8),
        Code::InUse => host.told_with("InUse", "term-copy-open", &[], &from.again(), 9),
        Code::UnsupportedType => {
            let command = format!("belay status --vault {}", quoted(&from.folder.to_string_lossy()));
            host.told_with("UnsupportedType", "term-copy-vault", &[], &command, 3)
        }
        _ => failure.into(),
    }
}
