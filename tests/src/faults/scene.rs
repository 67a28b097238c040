//! What every child begins with: a vault with a note of many batches and a shared plan, its secrets, and bundles of the
//! other member that are still to be taken in.

use super::actor::{edit, seen};
use crate::device::{passphrase, with_passphrase};
use crate::{Device, Plan, World, add_way_in, text, until_quiet};
use belay::clock::Moment;
use belay::command::{NoteCommand, NoteDraft};
use belay::companion::{NewSlot, UnlockWith};
use belay::crypto::kdf::PassphraseCost;
use belay::crypto::words::RecoveryWords;
use belay::exchange::{BundleReader, Scope, write_bundle};
use belay::ids::{DocId, SlotId, SpaceId};
use belay::secret::{Secret32, SecretText};
use belay::{Companion, HostConfig};
use std::path::{Path, PathBuf};

/// Batches of the note that was there before: the next closing but one writes a snapshot.
const CLOSED_BEFORE: usize = 62;
/// SQLCipher's.
pub const PAGE_BYTES: usize = 4_096;
/// Bundles that lie ready.
const BUNDLES: usize = 3;
/// The joint part of the plan.
const PART: &str = "looking-after-us";

/// A folder with a vault and all that its owner knows.
#[derive(Clone, Debug)]
pub struct Scene {
    place: PathBuf,
}

impl Scene {
    /// The scene that lies there.
    pub fn at(place: &Path) -> Self {
        Scene { place: place.to_owned() }
    }

    /// Makes one in an empty folder.
    pub fn make(place: &Path) -> Self {
        let world = World::new("faults");
        let (mara, theo, space) = world.mara_and_theo();
        let draft = NoteDraft { title: text("kept"), body: text("at first"), ..NoteDraft::default() };
        let kept = mara.apply(NoteCommand::Create { draft }).made.expect("a note");
        let plan = Plan::made_by(&mara, Some(space), "wellness");
        until_quiet(&mara, &theo, &space);
        let scene = Scene::at(place);
        scene.put("note", &kept.0);
        scene.put("plan", &plan.id.0);
        scene.put("space", &space.0);
        scene.put("words", mara.words().list().join(" ").as_bytes());
        write_much(&mara, &kept);
        bundles_of(&theo, &plan, &space, &scene);
        let key = add_way_in(&mara.companion, &mara.secret(), NewSlot::Keystore, &mara.at()).expect("a slot");
        scene.put("key", &[&key.slot.0[..], &key.key32.expose()[..]].concat());
        mara.companion.lock().expect("locking");
        // The files of the count are there already: what a full disk does to them is another matter than to new ones.
        mara.companion.unlock(&with_passphrase("not the passphrase"), &mara.at()).expect_err("wrong");
        mara.unlock().expect("right");
        mara.companion.lock().expect("locking");
        copy_folder(mara.folder(), &scene.vault());
        scene.tell_end(&space);
        scene.find_mendable();
        scene
    }

    /// Looks for a page that holds caches alone, from the end: the newest pages are rows and history.
    fn find_mendable(&self) {
        let pages = std::fs::read(self.vault().join("store-1.db")).expect("a store").len() / PAGE_BYTES;
        let folder = self.place.join("mendable");
        let is_mendable = |page: &usize| {
            copy_folder(&self.vault(), &folder);
            self.damage(&folder, *page);
            let mended = self.companion(&folder, "mendable").mend(&self.key(), &moment(0)).is_ok();
            std::fs::remove_dir_all(&folder).expect("a copy of its own");
            mended
        };
        let page = (1..pages).rev().find(is_mendable).expect("some page holds caches alone");
        self.put("mendable", page.to_string().as_bytes());
    }

    /// A page of the store that can be made again.
    pub fn mendable(&self) -> usize {
        String::from_utf8(self.get("mendable")).expect("text").parse().expect("a number")
    }

    /// Flips a bit in a page of a copy's store; pages are counted from 0.
    pub fn damage(&self, folder: &Path, page: usize) {
        let store = folder.join("store-1.db");
        let mut bytes = std::fs::read(&store).expect("a store");
        *bytes.get_mut(page * PAGE_BYTES + 700).expect("a page of the store") ^= 2;
        std::fs::write(&store, &bytes).expect("writing");
    }

    /// What is shown and the hash once every bundle was taken in.
    fn tell_end(&self, space: &SpaceId) {
        let folder = self.place.join("end");
        copy_folder(&self.vault(), &folder);
        let companion = self.companion(&folder, "the end");
        companion.unlock(&self.key(), &moment(0)).expect("the key opens it");
        companion.bundle_in(&mut &*self.bundle(BUNDLES - 1), &moment(1)).expect("a bundle");
        self.put("hash", &companion.state_hash(space, &moment(2)).expect("a hash"));
        let lines = seen(&companion, self, &moment(3)).expect("reading").lines;
        self.put("lines", lines.join("\n").as_bytes());
        companion.lock().expect("locking");
        std::fs::remove_dir_all(folder).expect("a copy of its own");
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.place.join(name), bytes).expect("a file of the scene");
    }

    fn get(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.place.join(name)).expect("a file of the scene")
    }

    fn id<const N: usize>(&self, name: &str) -> [u8; N] {
        self.get(name).try_into().expect("an id of the scene")
    }

    /// The vault to be copied for each child.
    pub fn vault(&self) -> PathBuf {
        self.place.join("vault")
    }

    /// The note that was there before.
    pub fn note(&self) -> DocId {
        DocId(self.id("note"))
    }

    /// The plan that is shared.
    pub fn plan(&self) -> DocId {
        DocId(self.id("plan"))
    }

    /// The joint part of the plan.
    pub fn part(&self) -> &'static str {
        PART
    }

    /// The space that is shared.
    pub fn space(&self) -> SpaceId {
        SpaceId(self.id("space"))
    }

    /// The hash of that space once every bundle was taken in.
    pub fn hash(&self) -> [u8; 32] {
        self.id("hash")
    }

    /// The lines of the plan that the other wrote, one after the other.
    pub fn lines(&self) -> Vec<String> {
        String::from_utf8(self.get("lines")).expect("text").lines().map(str::to_owned).collect()
    }

    /// A bundle of the other member.
    pub fn bundle(&self, number: usize) -> Vec<u8> {
        self.get(&format!("bundle-{number}"))
    }

    /// The last bundle: what it brings is all there is.
    pub fn whole_bundle(&self) -> Vec<u8> {
        self.bundle(BUNDLES - 1)
    }

    /// How many of the lines are confirmed once this bundle was taken in.
    pub fn lines_after(number: usize) -> usize {
        3 * (number + 1)
    }

    /// The keystore's key.
    pub fn key(&self) -> UnlockWith {
        key_of(&self.get("key"))
    }

    /// The recovery words.
    pub fn words(&self) -> UnlockWith {
        words_of(&self.get("words"))
    }

    /// A companion of another process on a copy of the vault; its chance is its own.
    pub fn companion(&self, folder: &Path, seed: &str) -> Companion {
        companion(folder, seed)
    }
}

pub(super) fn companion(folder: &Path, seed: &str) -> Companion {
    let config =
        HostConfig { folder: folder.to_owned(), languages: vec!["en".to_owned()], cost: PassphraseCost::FLOOR };
    Companion::open(config, Box::new(crate::SeededEntropy::new(seed)))
}

pub(super) fn key_of(bytes: &[u8]) -> UnlockWith {
    let (slot, key) = bytes.split_at_checked(16).expect("a slot and its key");
    let slot = SlotId(slot.try_into().expect("16 bytes"));
    let key32 = Secret32::from_slice(key).expect("32 bytes");
    UnlockWith::Keystore { slot, key32, vault_counter: None }
}

pub(super) fn words_of(bytes: &[u8]) -> UnlockWith {
    let words = std::str::from_utf8(bytes).expect("text");
    UnlockWith::RecoveryWords(RecoveryWords::parse(words).expect("words of the vault"))
}

pub(super) fn secret(text: &str) -> SecretText {
    passphrase(text)
}

/// A moment so many seconds into the scene.
pub(super) fn moment(seconds: i64) -> Moment {
    Moment { unix_ms: 1_800_000_000_000 + seconds * 1_000, zone: "Europe/Lisbon".to_owned(), boot_ms: 0, boot_id: 0 }
}

fn write_much(mara: &Device, note: &DocId) {
    let own = mara.companion.own_space().expect("open");
    for number in 0..CLOSED_BEFORE {
        mara.apply(edit(&mara.companion, note, &format!("before {number}"), &mara.at()).expect("reading"));
        mara.hash(&own);
    }
}

/// Three lines more with each bundle; the last is told in all the envelopes of those before and its own.
fn bundles_of(theo: &Device, plan: &Plan, space: &SpaceId, scene: &Scene) {
    let mut envelopes = Vec::new();
    for number in 0..BUNDLES {
        for line in 0..3 {
            theo.apply(plan.add(PART, &format!("Theo {number} {line}")));
        }
        let bundle = theo.bundle_of(space, Scope::SinceLast);
        envelopes.extend(BundleReader::new(&*bundle).expect("a bundle").map(|one| one.expect("an envelope")));
        let mut bytes = Vec::new();
        write_bundle(&mut bytes, &envelopes).expect("in memory");
        scene.put(&format!("bundle-{number}"), if number + 1 == BUNDLES { &bytes } else { &bundle });
    }
}

/// Copies the files of a folder into a new one.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a new folder");
    for file in std::fs::read_dir(from).expect("a folder").map(|file| file.expect("listed")) {
        std::fs::copy(file.path(), to.join(file.file_name())).expect("copying");
    }
}
