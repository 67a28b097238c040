//! Coming back: a backup becomes another device, a copied vault gets keys of its own, and the words begin again where
//! someone else knows a secret (protocol.md §2, §3). On whole companions with vaults on the disk.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod backups;
mod chance;
mod copies;
mod thief;

use belay::command::{Command, NoteCommand, NoteDraft};
use belay::companion::{Entered, NewSlot, UnlockWith, VaultState, check_backup};
use belay::crypto::words::RecoveryWords;
use belay::error::{Code, Field};
use belay::exchange::{Scope, pairing::InviteTerms};
use belay::ids::{BatchId, DeviceId, SpaceId};
use belay::secret::SecretText;
use belay::space::{Role, SpaceState};
use belay::store::batches;
use belay::vault::VaultFacts;
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_tests::{Circle, Device, PASSPHRASE, Plan, World, add_way_in, statements_of, text, wires_of};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const OWN: &str = "toolbox";
const US: &str = "looking-after-us";
const OF_BACKUP: &str = "only for the backup";

fn secret(words: &str) -> SecretText {
    SecretText::new(words.to_owned())
}
fn typed(words: &str) -> UnlockWith {
    UnlockWith::Passphrase(secret(words))
}
fn words_of(device: &Device) -> UnlockWith {
    UnlockWith::RecoveryWords(device.words().clone())
}

fn note(device: &Device, body: &str) {
    device.apply(NoteCommand::Create { draft: NoteDraft { body: text(body), ..NoteDraft::default() } });
}

fn notes(device: &Device) -> Vec<String> {
    let Answer::Notes(page) = device.ask(Ask::Notes { filter: NoteFilter::default(), at: At::default() }) else {
        panic!("notes")
    };
    let mut notes: Vec<String> = page.rows.iter().map(|row| row.snippet.as_str().to_owned()).collect();
    notes.sort();
    notes
}

fn own(device: &Device) -> SpaceId {
    device.companion.own_space().expect("open")
}

/// The heads of a device's log as another holds them.
fn log_of(device: &DeviceId, on: &Device, space: &SpaceId) -> Vec<BatchId> {
    on.look(|db| batches::heads(db, space, device)).into_iter().map(|(_, id)| id).collect()
}

fn state(device: &Device, space: &SpaceId) -> SpaceState {
    device.people(space).state()
}

fn is_active(device: &DeviceId, on: &Device, space: &SpaceId) -> bool {
    on.people(space).membership.is_active(device)
}

/// Bundles both ways until none brings anything: a third device may lag behind meanwhile.
#[track_caller]
fn until_quiet(a: &Device, b: &Device, space: &SpaceId) {
    let round = || {
        let there = b.take(&a.bundle(space)).unwrap_or_else(|failure| panic!("{}: {failure:?}", b.name));
        let back = a.take(&b.bundle(space)).unwrap_or_else(|failure| panic!("{}: {failure:?}", a.name));
        there.new == 0 && back.new == 0
    };
    assert!((0..6).any(|_| round()), "{} and {} do not come to rest", a.name, b.name);
}

fn entered_all(spaces: &[Entered], of: &[SpaceId]) {
    let told: BTreeMap<SpaceId, Option<Code>> = spaces.iter().map(|row| (row.space, row.refused)).collect();
    assert_eq!(told, of.iter().map(|space| (*space, None)).collect());
}

/// Every file of a folder but the lock and the count of wrong secrets.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(names) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    let names = names.map(|file| file.expect("an entry").file_name().into_string().expect("a plain name"));
    let kept = names.filter(|name| name != "lock" && !name.starts_with("attempts"));
    kept.map(|name| (name.clone(), std::fs::read(folder.join(&name)).expect("a file"))).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for (name, bytes) in files(from) {
        std::fs::write(to.join(name), bytes).expect("room");
    }
}

/// Mara with a relationship, a plan, a note and a backup of all that; then she wrote on, and Theo has that too.
struct Story {
    world: World,
    mara: Device,
    theo: Device,
    space: SpaceId,
    plan: Plan,
    backup: PathBuf,
}

impl Story {
    fn new(seed: &str) -> Self {
        let world = World::new(seed);
        let (mara, theo, space) = world.mara_and_theo();
        let plan = Plan::made_by(&mara, Some(space), "wellness");
        note(&mara, "Slept badly");
        mara.apply(plan.add(OWN, "Walk"));
        until_quiet(&mara, &theo, &space);
        let backup = mara.folder().with_extension("backup");
        let other = secret(OF_BACKUP);
        mara.companion.backup_to(&backup, &mara.secret(), Some(&other), &mara.at()).expect("a backup");
        mara.apply(plan.add(OWN, "Tea"));
        until_quiet(&mara, &theo, &space);
        Story { world, mara, theo, space, plan, backup }
    }

    fn restored(&self, with: &UnlockWith) -> Device {
        self.restored_as("Mara's new phone", with)
    }

    fn restored_as(&self, name: &str, with: &UnlockWith) -> Device {
        let phone = self.world.bare(name);
        let made = phone.companion.restore(&self.backup, with, &secret(PASSPHRASE), &phone.at()).expect("restoring");
        assert_eq!((made.device.from, made.device.device), (self.mara.id(), phone.id()));
        assert_ne!(made.device.from, made.device.device);
        entered_all(&made.device.spaces, &[own(&self.mara), self.space]);
        phone
    }

    fn lines(&self, on: &Device) -> Vec<String> {
        self.plan.words(on, OWN)
    }
}

fn lines(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|line| (*line).to_owned()).collect()
}
