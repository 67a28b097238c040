//! A device: a companion on a folder of its own, with a clock that stands still between calls.

use crate::{Act, SeededEntropy, add_way_in};
use belay::clock::Moment;
use belay::command::Outcome;
use belay::companion::{BundleReport, NewSlot, NewVault, UnlockWith, Unlocked};
use belay::crypto::kdf::PassphraseCost;
use belay::crypto::sign::SigningKey;
use belay::crypto::words::{RecoveryWords, WordCount};
use belay::error::{Code, Failure};
use belay::exchange::Scope;
use belay::ids::{DeviceId, SpaceId};
use belay::secret::SecretText;
use belay::vault::{self, FolderLock, Opened, SlotKey};
use belay::view::{Answer, Ask};
use belay::{Companion, HostConfig};
use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tempfile::TempDir;

/// What every vault of a story is locked with.
pub const PASSPHRASE: &str = "rope and harness";

/// The least that is accepted: a story makes dozens of vaults.
const COST: PassphraseCost = PassphraseCost::FLOOR;

/// A person's device. Time on it moves a second with each look at the clock.
pub struct Device {
    /// Whose it is, for messages.
    pub name: String,
    /// What is tested.
    pub companion: Companion,
    seed: String,
    folder: PathBuf,
    words: Option<RecoveryWords>,
    opened: OnceCell<Opened>,
    keystore: Option<SlotKey>,
    now_ms: Cell<i64>,
    starts: Cell<u32>,
    // Kept while any device of the world is.
    _place: Rc<TempDir>,
}

impl Device {
    pub(crate) fn new(name: &str, seed: &str, place: Rc<TempDir>, folder: PathBuf, now_ms: i64) -> Self {
        let seed = format!("{seed} {name}");
        Device {
            name: name.to_owned(),
            companion: open(&folder, &seed, 0),
            seed,
            folder,
            words: None,
            opened: OnceCell::new(),
            keystore: None,
            now_ms: Cell::new(now_ms),
            starts: Cell::new(0),
            _place: place,
        }
    }

    /// Makes the vault; the recovery notice is not yet understood.
    pub fn create(&mut self) {
        let with = NewVault { passphrase: passphrase(PASSPHRASE), words: WordCount::Twelve };
        let made = self.companion.create(&with, &self.at()).expect("an empty folder takes a vault");
        self.words = Some(made.words);
    }

    /// Keeps that the recovery notice was understood.
    pub fn acknowledge(&self) {
        self.companion.acknowledge_recovery(&self.at()).expect("an open vault");
    }

    /// The words of this vault.
    pub fn words(&self) -> &RecoveryWords {
        self.words.as_ref().expect("made with the vault")
    }

    /// Where the vault lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Now; the next look is a second later.
    pub fn at(&self) -> Moment {
        let now = self.now_ms.get();
        self.now_ms.set(now.saturating_add(1_000));
        Moment { unix_ms: now, zone: "Europe/Lisbon".to_owned(), boot_ms: 0, boot_id: 0 }
    }

    /// Sets the clock, forwards or back.
    pub fn set_clock(&self, unix_ms: i64) {
        self.now_ms.set(unix_ms);
    }

    /// Lets time pass.
    pub fn wait(&self, ms: i64) {
        self.now_ms.set(self.now_ms.get().saturating_add(ms));
    }

    /// Tries one command.
    ///
    /// # Errors
    /// What the companion says.
    pub fn attempt(&self, command: impl Act) -> Result<Outcome, Failure> {
        let applied = self.companion.apply(&[command.command()], None, &self.at())?;
        Ok(applied.outcomes.into_iter().next().expect("one outcome a command"))
    }

    /// Does one command that works.
    #[track_caller]
    pub fn apply(&self, command: impl Act) -> Outcome {
        self.attempt(command).unwrap_or_else(|failure| panic!("{}: {failure:?}", self.name))
    }

    /// Tries one command that does not work, and gives its code.
    #[track_caller]
    pub fn refused(&self, command: impl Act) -> Code {
        match self.attempt(command) {
            Ok(outcome) => panic!("{}: it was done: {outcome:?}", self.name),
            Err(failure) => failure.code(),
        }
    }

    /// Asks one thing.
    #[track_caller]
    pub fn ask(&self, ask: Ask) -> Answer {
        let reading = self.companion.read(&[ask], &self.at());
        let reading = reading.unwrap_or_else(|failure| panic!("{}: {failure:?}", self.name));
        reading.answers.into_iter().next().expect("one answer an ask")
    }

    /// The hash of what is accepted in a space.
    #[track_caller]
    pub fn hash(&self, space: &SpaceId) -> [u8; 32] {
        let hash = self.companion.state_hash(space, &self.at());
        hash.unwrap_or_else(|failure| panic!("{}: {failure:?}", self.name))
    }

    /// A bundle for the others of a space.
    #[track_caller]
    pub fn bundle(&self, space: &SpaceId) -> Vec<u8> {
        self.bundle_of(space, Scope::SinceLast)
    }

    /// A bundle of this scope.
    #[track_caller]
    pub fn bundle_of(&self, space: &SpaceId, scope: Scope) -> Vec<u8> {
        let made = self.companion.bundle_out(space, scope, &self.at());
        made.unwrap_or_else(|failure| panic!("{}: {failure:?}", self.name)).bytes
    }

    /// Takes a bundle in.
    ///
    /// # Errors
    /// What the companion says.
    pub fn take(&self, bundle: &[u8]) -> Result<BundleReport, Failure> {
        self.companion.bundle_in(&mut &*bundle, &self.at())
    }

    /// Locks and unlocks.
    pub fn lock_and_unlock(&self) -> Unlocked {
        self.companion.lock().expect("locking");
        self.unlock().expect("the right passphrase")
    }

    /// Unlocks.
    ///
    /// # Errors
    /// What the companion says.
    pub fn unlock(&self) -> Result<Unlocked, Failure> {
        let by_keystore =
            |key: &SlotKey| UnlockWith::Keystore { slot: key.slot, key32: key.key32.clone(), vault_counter: None };
        let with = self.keystore.as_ref().map_or_else(|| with_passphrase(PASSPHRASE), by_keystore);
        self.companion.unlock(&with, &self.at())
    }

    /// From now on a keystore opens the vault: no passphrase is stretched where that is not what is tested.
    pub fn use_keystore(&mut self) {
        let typed = with_passphrase(PASSPHRASE);
        let key = add_way_in(&self.companion, &typed, NewSlot::Keystore, &self.at()).expect("a good slot");
        self.keystore = Some(key);
    }

    /// Pauses and resumes: files closed, open batches closed, memory begun anew.
    pub fn rest(&self) {
        self.companion.pause(&self.at()).expect("pausing");
        self.companion.resume(&self.at()).expect("resuming");
    }

    /// The process dies without a word, and another one opens the vault.
    pub fn die_and_return(&mut self) {
        self.die();
        self.unlock().expect("the right passphrase");
    }

    /// The process dies without a word; the vault is closed.
    pub fn die(&mut self) {
        self.starts.set(self.starts.get() + 1);
        // The old one goes first: it holds the folder.
        let stand_in = Companion::open(config(&self.folder.join("nowhere")), Box::new(SeededEntropy::new("nobody")));
        drop(std::mem::replace(&mut self.companion, stand_in));
        self.companion = self.another();
    }

    /// A copy of this vault as it is now, opened on another phone whose chance is its own.
    pub(crate) fn copied(&self, name: &str, folder: PathBuf) -> Device {
        self.companion.pause(&self.at()).expect("pausing");
        std::fs::create_dir_all(&folder).expect("a folder for the copy");
        for file in std::fs::read_dir(&self.folder).expect("the vault's folder").filter_map(Result::ok) {
            std::fs::copy(file.path(), folder.join(file.file_name())).expect("copying");
        }
        self.companion.resume(&self.at()).expect("resuming");
        // Two copies may bear one name; their chance is not the same for that.
        let seed = format!("{} {name} {:?}", self.seed, folder.file_name());
        let mut copy = Device::new(name, &seed, self._place.clone(), folder, self.now_ms.get());
        copy.words = self.words.clone();
        copy.unlock().expect("the right passphrase");
        copy
    }

    /// The id of this device.
    pub fn id(&self) -> DeviceId {
        crate::circle::device_keys(self).device_id()
    }

    /// What its owner types where a secret is asked for.
    pub fn secret(&self) -> UnlockWith {
        with_passphrase(PASSPHRASE)
    }

    /// The admin key, as an owner with an app of their own could get at it.
    pub fn admin_key(&self) -> SigningKey {
        self.companion.pause(&self.at()).expect("pausing");
        let lock = FolderLock::take(&self.folder).expect("the folder is free while the companion rests");
        let (_, admin) = vault::unlock(&lock, &self.secret(), &self.at()).expect("the right passphrase");
        drop(lock);
        self.companion.resume(&self.at()).expect("resuming");
        admin.expect("a typed secret gives it")
    }

    /// A companion of another process on the same vault; its chance is its own.
    pub fn another(&self) -> Companion {
        self.starts.set(self.starts.get() + 1);
        open(&self.folder, &self.seed, self.starts.get())
    }

    /// Forgets the keys that this harness keeps: the vault has got others.
    pub fn keys_changed(&mut self) {
        self.opened.take();
    }

    /// The keys of the open vault, to look behind the companion's back.
    pub(crate) fn opened(&self) -> &Opened {
        self.opened.get_or_init(|| {
            self.companion.pause(&self.at()).expect("pausing");
            let lock = FolderLock::take(&self.folder).expect("the folder is free while the companion rests");
            let (opened, _) =
                vault::unlock(&lock, &with_passphrase(PASSPHRASE), &self.at()).expect("the right passphrase");
            drop(lock);
            self.companion.resume(&self.at()).expect("resuming");
            opened
        })
    }
}

/// A passphrase as one types it.
pub(crate) fn passphrase(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}

pub(crate) fn with_passphrase(text: &str) -> UnlockWith {
    UnlockWith::Passphrase(passphrase(text))
}

fn config(folder: &Path) -> HostConfig {
    HostConfig { folder: folder.to_owned(), languages: vec!["en".to_owned()], cost: COST }
}

fn open(folder: &Path, seed: &str, start: u32) -> Companion {
    Companion::open(config(folder), Box::new(SeededEntropy::new(format!("{seed} {start}"))))
}
