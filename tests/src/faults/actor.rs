//! The child: does the deeds and says so.

use super::deed::{Deed, Scenario};
use super::scene::{Scene, companion, key_of, moment, secret};
use crate::device::{PASSPHRASE, with_passphrase};
use crate::{Act, SeededEntropy, begin_way_in, text, whole};
use belay::Companion;
use belay::clock::Moment;
use belay::command::{Command, NoteCommand, NoteDraft, NoteField, PlanCommand, Purpose};
use belay::companion::{DropIn, NewSlot, NewVault, UnlockWith, VaultState, drop_in};
use belay::crypto::words::WordCount;
use belay::error::{Code, Failure};
use belay::exchange::Scope;
use belay::ids::DocId;
use belay::view::{Answer, Ask, At, NoteFilter};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Set by [`Deed::SetPassphrase`] and [`Deed::Rekey`].
pub(super) const NEW_PASSPHRASE: &str = "another four quiet words";
/// Set by [`Deed::SetPin`].
pub(super) const PIN: &str = "482915";
/// More than a page, so that words go on in overflow pages.
const BODY_LETTERS: usize = 4_500;

/// Words that nothing else has: short enough to tell, long enough to be torn.
pub(super) fn body(mark: &str) -> String {
    let mut body = String::new();
    for number in 0.. {
        body.push_str(&format!("{mark} {number}. "));
        if body.len() >= BODY_LETTERS {
            break;
        }
    }
    body.trim_end().to_owned()
}

/// What a vault shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    /// Notes by their titles; more than one body under a title would be words told twice.
    pub notes: BTreeMap<String, Vec<String>>,
    /// Lines of the joint part of the plan, in their order.
    pub lines: Vec<String>,
}

fn ask(companion: &Companion, ask: Ask, at: &Moment) -> Result<Answer, Failure> {
    let reading = companion.read(&[ask], at)?;
    Ok(reading.answers.into_iter().next().expect("one answer an ask"))
}

/// Reads everything that scenarios write.
///
/// # Errors
/// What the companion says.
pub fn seen(companion: &Companion, scene: &Scene, at: &Moment) -> Result<Seen, Failure> {
    let mut seen = Seen::default();
    let limit = At { limit: 200, ..At::default() };
    if let Answer::Notes(page) = ask(companion, Ask::Notes { filter: NoteFilter::default(), at: limit }, at)? {
        for row in page.rows {
            match ask(companion, Ask::Note { id: row.id }, at)? {
                Answer::Note(note) => {
                    let bodies: &mut Vec<String> = seen.notes.entry(note.title.as_str().to_owned()).or_default();
                    bodies.push(note.body.as_str().to_owned());
                }
                other => panic!("a note of the list is {other:?}"),
            }
        }
    }
    if let Answer::Plan(plan) = ask(companion, Ask::Plan { id: scene.plan() }, at)? {
        let part = plan.parts.into_iter().find(|part| part.key == scene.part());
        let entries = part.into_iter().flat_map(|part| part.entries);
        seen.lines = entries.map(|entry| entry.text.as_str().to_owned()).collect();
    }
    Ok(seen)
}

/// The command that gives a note this body.
pub(super) fn edit(companion: &Companion, note: &DocId, words: &str, at: &Moment) -> Result<Command, Failure> {
    match ask(companion, Ask::Note { id: *note }, at)? {
        Answer::Note(shown) => {
            let text = whole(words);
            Ok(NoteCommand::Edit { note: *note, field: NoteField::Body, base: shown.rev, text }.command())
        }
        other => panic!("the note is {other:?}"),
    }
}

/// The two notes of one save.
pub(super) fn titles(number: usize) -> [String; 2] {
    [format!("save {number} one"), format!("save {number} two")]
}

/// The title of what is dropped in.
pub(super) fn dropped(number: usize) -> String {
    format!("drop {number}")
}

/// The child's side.
pub struct Actor {
    scene: Scene,
    run: PathBuf,
    companion: Companion,
    seconds: i64,
}

impl Actor {
    /// On the vault of a run's folder.
    pub fn new(scene: &Scene, run: &Path, seed: &str) -> Self {
        let companion = companion(&run.join("vault"), seed);
        Actor { scene: scene.clone(), run: run.to_owned(), companion, seconds: 100 }
    }

    fn at(&mut self) -> Moment {
        self.seconds += 1;
        moment(self.seconds)
    }

    /// Does all the deeds of a scenario; `say` is told of each. What a fault prevents does not keep the next from being
    /// tried.
    pub fn act(&mut self, scenario: Scenario, say: &mut dyn FnMut(&str)) {
        for (number, deed) in scenario.deeds().iter().enumerate() {
            if deed.needs_open() && self.companion.state() != VaultState::Open {
                if let Err(failure) = self.return_to_work() {
                    say(&format!("shut {number} {:?}", failure.code()));
                    continue;
                }
                say(&format!("opened {number}"));
            }
            say(&format!("begin {number}"));
            match self.perform(*deed) {
                Ok(()) => say(&format!("done {number}")),
                Err(failure) => {
                    say(&format!("failed {number} {:?} {:?}", failure.code(), failure.detail().field));
                    self.show(number, say);
                }
            }
        }
    }

    /// What can still be read in a session that could not write.
    fn show(&mut self, number: usize, say: &mut dyn FnMut(&str)) {
        if self.companion.state() == VaultState::Open {
            let at = self.at();
            match seen(&self.companion, &self.scene, &at) {
                Ok(seen) => say(&format!("seen {number} {}", serde_json::to_string(&seen).expect("text"))),
                Err(failure) => say(&format!("unseen {number} {:?}", failure.code())),
            }
        }
    }

    fn return_to_work(&mut self) -> Result<(), Failure> {
        let at = self.at();
        if self.companion.state() == VaultState::Paused && self.companion.resume(&at).is_ok() {
            return Ok(());
        }
        let first = self.companion.unlock(&self.scene.key(), &at);
        match first.map_err(|failure| failure.code()) {
            // Just created, or re-keyed: no slot, or it has ended.
            Err(Code::NotFound) => {
                let typed = |text| self.companion.unlock(&with_passphrase(text), &at);
                let is_ended = |failure: &Failure| failure.code() == Code::WrongSecret;
                let opened = typed(PASSPHRASE);
                if opened.as_ref().is_err_and(is_ended) { typed(NEW_PASSPHRASE) } else { opened }.map(|_| ())
            }
            Err(code) => Err(code.detail().into()),
            Ok(_) => Ok(()),
        }
    }

    fn apply(&mut self, commands: &[Command]) -> Result<(), Failure> {
        let at = self.at();
        self.companion.apply(commands, None, &at).map(|_| ())
    }

    fn perform(&mut self, deed: Deed) -> Result<(), Failure> {
        let at = self.at();
        match deed {
            Deed::Create => {
                let with = NewVault { passphrase: secret(PASSPHRASE), words: WordCount::Twelve };
                let made = self.companion.create(&with, &at)?;
                self.keep("words-made", made.words.list().join(" ").as_bytes());
                Ok(())
            }
            Deed::Acknowledge => self.companion.acknowledge_recovery(&at),
            Deed::Unlock => self.companion.unlock(&self.scene.key(), &at).map(|_| ()),
            Deed::Save(number) => {
                let note = |title: &String| {
                    let draft = NoteDraft { title: text(title), body: text(&body(title)), ..NoteDraft::default() };
                    NoteCommand::Create { draft }.command()
                };
                self.apply(&titles(number).iter().map(note).collect::<Vec<_>>())
            }
            Deed::Edit(number) => {
                let edit = edit(&self.companion, &self.scene.note(), &body(&format!("edit {number}")), &at)?;
                self.apply(&[edit])
            }
            Deed::Line(number) => {
                let (plan, part) = (self.scene.plan(), self.scene.part().to_owned());
                let text = text(&format!("Mara {number}"));
                self.apply(&[PlanCommand::AddEntry { plan, part, text, after: None }.command()])
            }
            Deed::Pause => self.companion.pause(&at),
            Deed::Resume => self.companion.resume(&at),
            Deed::Take(number) => self.companion.bundle_in(&mut &*self.scene.bundle(number), &at).map(|_| ()),
            Deed::BundleOut => self.companion.bundle_out(&self.scene.space(), Scope::SinceLast, &at).map(|_| ()),
            Deed::Drop(number) => {
                let title = dropped(number);
                let what = DropIn::Shared { title: text(&title), text: text(&body(&title)) };
                let chance = &mut SeededEntropy::new(format!("drops {number}"));
                drop_in(&self.run.join("vault"), &what, &at, chance)
            }
            Deed::Mend => self.companion.mend(&self.scene.key(), &at).map(|_| ()),
            Deed::Lock => self.companion.lock(),
            Deed::Erase => self.companion.erase().map(|_| ()),
            Deed::Wrong => match self.companion.unlock(&with_passphrase("not the passphrase"), &at) {
                Err(failure) if failure.code() == Code::WrongSecret => Ok(()),
                Err(failure) => Err(failure),
                Ok(_) => panic!("a wrong passphrase opened it"),
            },
            Deed::Rekey | Deed::Backup | Deed::AddSlot | Deed::RemoveSlot | Deed::SetPassphrase | Deed::SetPin => {
                self.change(deed, &at)
            }
        }
    }

    /// What is done to the ways in.
    fn change(&mut self, deed: Deed, at: &Moment) -> Result<(), Failure> {
        let with = with_passphrase(PASSPHRASE);
        let new = secret(NEW_PASSPHRASE);
        match deed {
            Deed::Rekey => self.companion.rekey(&with, Some(&new), at).map(|_| ()),
            Deed::Backup => {
                self.companion.backup_to(&self.run.join("backup"), &self.scene.words(), None, at).map(|_| ())
            }
            Deed::AddSlot => {
                let key = begin_way_in(&self.companion, &self.scene.words(), NewSlot::Keystore, at)?;
                // A host keeps the key before the slot counts: what is wrapped must not be lost.
                self.keep("slot", &[&key.slot.0[..], &key.key32.expose()[..]].concat());
                self.companion.slot_add(key.slot, b"wrapped".to_vec(), at).map(|_| ())
            }
            Deed::RemoveSlot => match key_of(&std::fs::read(self.run.join("slot")).expect("kept before")) {
                UnlockWith::Keystore { slot, .. } => {
                    // The passphrase may have been changed by a deed before.
                    let proof = self.companion.confirm(&self.scene.words(), Purpose::Slots, at)?;
                    self.companion.slot_remove(slot, &proof, at).map(|_| ())
                }
                _ => unreachable!("a keystore's key"),
            },
            Deed::SetPassphrase => self.companion.set_passphrase(&with, &new, at),
            Deed::SetPin => {
                let new = NewSlot::KeystoreAndPin { pin: secret(PIN) };
                let key = begin_way_in(&self.companion, &self.scene.words(), new, at)?;
                self.keep("pin-slot", &[&key.slot.0[..], &key.key32.expose()[..]].concat());
                self.companion.slot_add(key.slot, b"wrapped".to_vec(), at).map(|_| ())
            }
            other => unreachable!("{other:?} is done elsewhere"),
        }
    }

    /// What the host itself keeps, outside the vault.
    fn keep(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.run.join(name), bytes).expect("a file beside the vault");
    }
}
