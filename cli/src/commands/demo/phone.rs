//! A phone of the story: a real vault in a folder of its own, opened by the companion that apps use.

use crate::failure::Done;
use crate::host::Host;
use belay::clock::Moment;
use belay::command::{Applied, Command};
use belay::companion::{BundleReport, Companion, HostConfig, NewVault, UnlockWith};
use belay::crypto::kdf::PassphraseCost;
use belay::crypto::words::WordCount;
use belay::error::{Code, Error};
use belay::exchange::Scope;
use belay::ids::{DocId, SpaceId, to_base32};
use belay::secret::{Entropy, SecretText, SystemEntropy};
use belay::view::{Answer, Ask, At, KeptOutRow, NoteFilter, PartDetail, PlanDetail};
use std::path::{Path, PathBuf};

/// Random bytes of a passphrase nobody has to remember.
const PASSPHRASE_BYTES: usize = 15;

/// A phone.
pub(super) struct Phone {
    pub name: String,
    pub folder: PathBuf,
    pub companion: Companion,
    passphrase: SecretText,
    languages: Vec<String>,
}

/// A page that says how many there are.
const COUNTED: At = At { limit: 50, after: None, around: None, total: true };

impl Phone {
    /// A phone without a vault yet.
    pub fn new(host: &Host, folder: &Path, name: &str) -> Done<Self> {
        let bytes = (&mut SystemEntropy::default() as &mut dyn Entropy).bytes::<PASSPHRASE_BYTES>();
        Ok(Self::at(folder, name, SecretText::new(to_base32(&bytes)), host.languages()))
    }

    fn at(folder: &Path, name: &str, passphrase: SecretText, languages: Vec<String>) -> Self {
        let config =
            HostConfig { folder: folder.to_owned(), languages: languages.clone(), cost: PassphraseCost::DEFAULT };
        let companion = Companion::open(config, Box::new(SystemEntropy::default()));
        Phone { name: name.to_owned(), folder: folder.to_owned(), companion, passphrase, languages }
    }

    pub fn now(&self) -> Moment {
        crate::host::now()
    }

    /// Makes the vault, writes the words down, types three of them back. Gives how many words there are and how many
    /// were typed.
    pub fn make_vault(&self) -> Done<(usize, usize)> {
        let new = NewVault { passphrase: self.passphrase.clone(), words: WordCount::TwentyFour };
        let made = self.companion.create(&new, &self.now())?;
        let paper: Vec<String> = made.words.list().into_iter().map(str::to_owned).collect();
        self.companion.acknowledge_recovery(&self.now())?;
        let asked = [3, 10, 21];
        let typed: Vec<(usize, String)> =
            asked.iter().filter_map(|place| Some((*place, paper.get(*place)?.clone()))).collect();
        self.companion.test_words(&typed, &self.now())?;
        Ok((paper.len(), typed.len()))
    }

    pub fn apply(&self, command: Command) -> Done<Applied> {
        Ok(self.companion.apply(&[command], None, &self.now())?)
    }

    pub fn read(&self, ask: Ask) -> Done<Answer> {
        match self.companion.read(&[ask], &self.now())?.answers.into_iter().next() {
            Some(Answer::No(code)) => Err(code.into()),
            Some(answer) => Ok(answer),
            None => Err(Code::Internal.into()),
        }
    }

    pub fn plan(&self, id: DocId) -> Done<PlanDetail> {
        match self.read(Ask::Plan { id })? {
            Answer::Plan(plan) => Ok(*plan),
            _ => Err(Code::Internal.into()),
        }
    }

    pub fn part(&self, plan: DocId, key: &str) -> Done<PartDetail> {
        let found = self.plan(plan)?.parts.into_iter().find(|part| part.key == key);
        found.ok_or_else(|| Code::NotFound.into())
    }

    /// The lines of a part as this phone shows them.
    pub fn lines(&self, plan: DocId, key: &str) -> Done<Vec<String>> {
        Ok(self.part(plan, key)?.entries.into_iter().map(|entry| entry.text.into_string()).collect())
    }

    pub fn kept_out(&self) -> Done<Vec<KeptOutRow>> {
        match self.read(Ask::KeptOut { at: At::default() })? {
            Answer::KeptOut(page) => Ok(page.rows),
            _ => Err(Code::Internal.into()),
        }
    }

    pub fn notes(&self) -> Done<u64> {
        match self.read(Ask::Notes { filter: NoteFilter::default(), at: COUNTED })? {
            Answer::Notes(page) => page.total.ok_or_else(|| Code::Internal.into()),
            _ => Err(Code::Internal.into()),
        }
    }

    pub fn plans(&self) -> Done<u64> {
        match self.read(Ask::Plans { at: COUNTED })? {
            Answer::Plans(page) => page.total.ok_or_else(|| Code::Internal.into()),
            _ => Err(Code::Internal.into()),
        }
    }

    pub fn goals(&self) -> Done<u64> {
        match self.read(Ask::Goals { at: COUNTED })? {
            Answer::Goals(page) => page.total.ok_or_else(|| Code::Internal.into()),
            _ => Err(Code::Internal.into()),
        }
    }

    /// Everyone this phone shares something with, but for the named one.
    pub fn people_besides(&self, name: &str) -> Done<u64> {
        match self.read(Ask::Relationships)? {
            Answer::Relationships(rows) => Ok(rows.iter().filter(|row| row.name.as_str() != name).count() as u64),
            _ => Err(Code::Internal.into()),
        }
    }

    /// Writes what the other lacks into a file.
    pub fn bundle_to(&self, file: &Path, space: &SpaceId) -> Done<u64> {
        let made = self.companion.bundle_out(space, Scope::SinceLast, &self.now())?;
        std::fs::write(file, &made.bytes).map_err(Error::from)?;
        Ok(made.bytes.len() as u64)
    }

    /// Takes in a file.
    pub fn take(&self, file: &Path) -> Done<BundleReport> {
        let mut from = std::fs::File::open(file).map_err(Error::from)?;
        Ok(self.companion.bundle_in(&mut from, &self.now())?)
    }

    pub fn unlock(&self) -> Done {
        self.companion.unlock(&UnlockWith::Passphrase(self.passphrase.clone()), &self.now())?;
        Ok(())
    }

    /// A copy of the whole phone, opened: what somebody has who copied it. No file is open while it is copied.
    pub fn copy_to(&self, folder: &Path) -> Done<Phone> {
        self.companion.pause(&self.now())?;
        let copied = copy(&self.folder, folder);
        self.companion.resume(&self.now())?;
        copied.map_err(Error::from)?;
        let copy = Phone::at(folder, &self.name, self.passphrase.clone(), self.languages.clone());
        copy.unlock()?;
        Ok(copy)
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
