//! What a terminal is to the companion: the folder, the passphrase, the clock, the language, the page.

use crate::args::Flags;
use crate::commands::quoted;
use crate::failure::{Done, Told, Trouble};
use crate::output::{Look, Page, wrapped};
use crate::prompt;
use crate::typed::Stops;
use belay::clock::Moment;
use belay::command::{Applied, Command, TextTarget};
use belay::companion::{Companion, HostConfig, UnlockWith, VaultState};
use belay::crypto::hash::sha256;
use belay::crypto::kdf::PassphraseCost;
use belay::error::Code;
use belay::library::{Arg, Phrases};
use belay::secret::{SecretText, SystemEntropy};
use belay::vault::VaultFacts;
use belay::view::{Answer, Ask};
use std::cell::{OnceCell, RefCell};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// One run of the program.
pub struct Host {
    /// What was asked for besides the command.
    pub flags: Flags,
    /// The catalogues.
    pub phrases: Phrases,
    /// Standard output.
    pub page: Page,
    /// What the signals meet that end a program.
    pub stops: Stops,
    companion: OnceCell<Companion>,
    held: RefCell<Option<Held>>,
}

/// Words from an editor that no command has kept yet.
pub struct Held {
    /// What they were typed for; a note to be where nothing says it.
    pub target: Option<TextTarget>,
    /// What the field showed when the editor was opened.
    pub before: String,
    /// All of them.
    pub words: String,
}

impl Host {
    /// A host for these flags; nothing is opened yet.
    pub fn new(flags: Flags) -> Self {
        let languages = languages(&flags);
        let phrases = Phrases::of_terminal(&languages.iter().map(String::as_str).collect::<Vec<_>>());
        let page = Page::new(Look::of_terminal(flags.color, flags.ascii));
        Host { flags, phrases, page, stops: Stops::default(), companion: OnceCell::new(), held: RefCell::new(None) }
    }

    /// A sentence of the catalogue.
    pub fn say(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.phrases.say(id, args)
    }

    /// Sentences on standard error, wrapped.
    pub fn beside(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{}", wrapped(text, self.page.width()));
    }

    /// Now, by this computer's clock.
    pub fn now(&self) -> Moment {
        now()
    }

    /// The vault's folder: the flag, `BELAY_VAULT`, then the platform's data folder.
    pub fn folder(&self) -> Done<PathBuf> {
        if let Some(folder) = &self.flags.vault {
            return Ok(folder.clone());
        }
        let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = || named("HOME").or_else(|| named("USERPROFILE"));
        let data = || {
            if cfg!(target_os = "macos") {
                return home().map(|home| home.join("Library/Application Support"));
            }
            named("XDG_DATA_HOME")
                .filter(|folder| folder.is_absolute())
                .or_else(|| named("APPDATA").filter(|_| cfg!(windows)))
                .or_else(|| home().map(|home| home.join(".local/share")))
        };
        let folder = named("BELAY_VAULT").or_else(|| data().map(|data| data.join("belay")));
        folder.ok_or_else(|| self.told_with("NotFound", "term-folder-none", &[], "belay COMMAND --vault DIR", 4))
    }

    /// A companion of the folder, locked.
    pub fn closed(&self, cost: PassphraseCost) -> Done<Companion> {
        let config = HostConfig { folder: self.folder()?, languages: self.languages(), cost };
        Ok(Companion::open(config, Box::new(SystemEntropy::default())))
    }

    /// The companion, where it was unlocked already.
    pub fn opened(&self) -> Option<&Companion> {
        self.companion.get()
    }

    /// The companion, unlocked; the passphrase is asked for once.
    pub fn open(&self) -> Done<&Companion> {
        self.open_with(PassphraseCost::DEFAULT, None)
    }

    /// The same with this passphrase; a new one would be made at this cost.
    pub fn open_as(&self, cost: PassphraseCost, with: UnlockWith) -> Done<&Companion> {
        self.open_with(cost, Some(with))
    }

    fn open_with(&self, cost: PassphraseCost, given: Option<UnlockWith>) -> Done<&Companion> {
        if self.companion.get().is_none() {
            let companion = self.closed(cost)?;
            if companion.state() == VaultState::Closed(VaultFacts::Absent) {
                return Err(self.no_vault());
            }
            let with = match given {
                Some(with) => with,
                None => self.ask_how()?,
            };
            companion.unlock(&with, &self.now()).map_err(|failure| self.still_closed(failure))?;
            let _ = self.companion.set(companion);
        }
        Ok(self.companion.get().expect("set a line above"))
    }

    /// Nobody made a vault here.
    pub fn no_vault(&self) -> Trouble {
        let folder = self.folder().map(|folder| std::path::absolute(&folder).unwrap_or(folder)).unwrap_or_default();
        let folder = folder.to_string_lossy();
        let place = self.flags.vault.as_ref().map(|vault| format!(" --vault {}", quoted(&vault.to_string_lossy())));
        let place = place.unwrap_or_default();
        let command = format!("belay init{place}\nbelay restore FOLDER{place}");
        self.told_with("NotFound", "term-vault-none", &[("folder", Arg::Text(&folder))], &command, 4)
    }

    /// A vault that did not open, with the other way to open it.
    pub fn still_closed(&self, failure: belay::error::Failure) -> Trouble {
        if failure.code() == Code::Corrupt && self.store_is_gone() {
            return self.no_store();
        }
        if self.flags.with_words && failure.code() == Code::WrongSecret {
            return self.told("WrongSecret", "term-words-closed", 5);
        }
        if self.flags.with_words || !matches!(failure.code(), Code::WrongSecret | Code::TryLater) {
            return failure.into();
        }
        Trouble::Core(Box::new(failure)).with_command("belay status --with-words")
    }

    /// Whether the folder of the vault holds no file for words.
    pub fn store_is_gone(&self) -> bool {
        let is_store = |name: std::ffi::OsString| {
            name.to_str().is_some_and(|name| name.starts_with("store-") && name.ends_with(".db"))
        };
        let found = self.folder().ok().and_then(|folder| std::fs::read_dir(folder).ok());
        found.is_some_and(|mut entries| !entries.any(|entry| entry.is_ok_and(|entry| is_store(entry.file_name()))))
    }

    /// What is so there, and the way back.
    pub fn no_store(&self) -> Trouble {
        self.told_with("Corrupt", "term-store-gone", &[], "belay restore FOLDER --vault DIR", 8)
    }

    /// The secret that opens the vault: the words where they were asked for, else the passphrase.
    pub fn ask_how(&self) -> Done<UnlockWith> {
        if self.flags.with_words {
            let other = || self.told("WrongSecret", "term-words-closed", 5);
            Ok(UnlockWith::RecoveryWords(crate::commands::words::asked_words(self, other)?))
        } else {
            Ok(UnlockWith::Passphrase(self.passphrase()?))
        }
    }

    /// The passphrase: from a file, from `BELAY_PASSPHRASE`, or typed.
    pub fn passphrase(&self) -> Done<SecretText> {
        match self.given_passphrase()? {
            Some(given) => Ok(given),
            None => prompt::secret(self, "term-passphrase-ask"),
        }
    }

    /// The passphrase that came without typing.
    pub fn given_passphrase(&self) -> Done<Option<SecretText>> {
        match &self.flags.passphrase_file {
            Some(file) => read_secret(self, file).map(Some),
            None => Ok(std::env::var("BELAY_PASSPHRASE").ok().map(SecretText::new)),
        }
    }

    /// Words that came from an editor or were typed: whatever becomes of the command, they are not lost.
    pub fn hold(&self, target: Option<&TextTarget>, before: &str, words: &str) {
        self.stops.hold();
        let (target, before, words) = (target.cloned(), before.to_owned(), words.to_owned());
        *self.held.borrow_mut() = Some(Held { target, before, words });
    }

    /// Whether there are such words.
    pub fn holds(&self) -> bool {
        self.held.borrow().is_some()
    }

    /// Those that no command has kept.
    pub fn held(&self) -> Option<Held> {
        self.held.borrow_mut().take()
    }

    /// Does the commands. The first save waits for the recovery notice: it is shown on a terminal, and elsewhere
    /// said to be missing.
    pub fn apply(&self, commands: &[Command]) -> Done<Applied> {
        let companion = self.open()?;
        let applied = match companion.apply(commands, None, &self.now()) {
            Err(failure) if failure.code() == Code::NeedsAcknowledgement => {
                prompt::acknowledge(self, companion)?;
                companion.apply(commands, None, &self.now())?
            }
            other => other?,
        };
        // What was written went with them.
        self.held();
        self.stops.let_go();
        Ok(applied)
    }

    /// Asks one thing.
    pub fn read(&self, ask: Ask) -> Done<Answer> {
        let reading = self.open()?.read(&[ask], &self.now())?;
        match reading.answers.into_iter().next() {
            Some(Answer::No(code)) => Err(code.into()),
            Some(answer) => Ok(answer),
            None => Err(Code::Internal.into()),
        }
    }

    /// The languages that were asked for, best first.
    pub fn languages(&self) -> Vec<String> {
        languages(&self.flags)
    }

    /// A failure of the terminal's own, from the catalogue: `id` and `id.next`.
    pub fn told(&self, code: &str, id: &str, exit: u8) -> Trouble {
        self.told_with(code, id, &[], "", exit)
    }

    /// The same with arguments and a command that helps.
    pub fn told_with(&self, code: &str, id: &str, args: &[(&str, Arg<'_>)], command: &str, exit: u8) -> Trouble {
        let (label, next) = (self.say(id, args), self.say(&format!("{id}.next"), args));
        Told { code: code.into(), label, next, command: command.into(), exit, ..Told::default() }.into()
    }

    /// A usage that does not fit.
    pub fn usage(&self, id: &str, args: &[(&str, Arg<'_>)], command: &str) -> Trouble {
        Trouble::usage(&self.phrases, id, args, command)
    }

    /// Closes what is open.
    pub fn close(&self) -> Done {
        if let Some(companion) = self.companion.get() {
            companion.lock()?;
        }
        Ok(())
    }
}

/// Now, by this computer's clock.
pub fn now() -> Moment {
    let unix_ms = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    };
    let zone = iana_time_zone::get_timezone().unwrap_or_else(|_| "UTC".into());
    Moment { unix_ms, zone, boot_ms: boot_ms(), boot_id: boot_id() }
}

/// Milliseconds since this computer started, where it says so.
fn boot_ms() -> u64 {
    let told = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    let (seconds, rest) = told.split(' ').next().and_then(|text| text.split_once('.')).unwrap_or(("0", "0"));
    let hundredths: u64 = rest.parse().unwrap_or_default();
    seconds.parse::<u64>().unwrap_or_default().saturating_mul(1_000).saturating_add(hundredths.saturating_mul(10))
}

fn boot_id() -> u64 {
    let told = std::fs::read("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let hash = sha256(&[&told]);
    hash.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// `--language`, `BELAY_LANGUAGE`, then the locale.
fn languages(flags: &Flags) -> Vec<String> {
    let named = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let asked = flags.language.clone().or_else(|| named("BELAY_LANGUAGE"));
    let locale = || ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(named);
    asked.or_else(locale).into_iter().collect()
}

/// The first line of a file, as a secret.
pub fn read_secret(host: &Host, file: &Path) -> Done<SecretText> {
    let mut text = zeroize::Zeroizing::new(String::new());
    let mut from = crate::files::open(host, file)?;
    from.read_to_string(&mut text).map_err(belay::error::Error::from)?;
    Ok(SecretText::new(text.lines().next().unwrap_or_default().to_owned()))
}
