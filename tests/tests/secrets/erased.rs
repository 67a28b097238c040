//! What is left of a vault after it was erased, and after its ways in were changed: every file keeps a second name in
//! another folder, so that what removing it leaves on the disk can be read there.

use crate::scan::Needles;
use crate::{copy, now, passphrase, secret};
use belay::companion::{Companion, HostConfig, NewSlot, NewVault};
use belay::crypto::kdf::PassphraseCost;
use belay::crypto::words::WordCount;
use belay::error::Code;
use belay::secret::Secret32;
use belay::store::Store;
use belay::vault::{FolderLock, SlotKey, UnlockWith, VaultFacts, inspect, unlock};
use belay_tests::{SeededEntropy, add_way_in};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const PASSPHRASES: [&str; 4] = ["first of four", "second of four", "third of four", "fourth of four"];
const PIN: &str = "7302846591";
/// No way opens.
const NONE: [usize; 0] = [];

/// A vault, every secret it ever had, and a second name for every file it ever had.
struct Life {
    place: TempDir,
    companion: Companion,
    ways: Vec<UnlockWith>,
    stages: usize,
}

impl Life {
    fn begin() -> Life {
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("vault");
        let config = HostConfig { folder, languages: vec!["en".to_owned()], cost: PassphraseCost::FLOOR };
        let companion = Companion::open(config, Box::new(SeededEntropy::new("erased")));
        let new = NewVault { passphrase: secret(PASSPHRASES[0]), words: WordCount::Twelve };
        let made = companion.create(&new, &now()).expect("an empty folder takes a vault");
        let ways = vec![passphrase(PASSPHRASES[0]), UnlockWith::RecoveryWords(made.words)];
        let mut life = Life { place, companion, ways, stages: 0 };
        life.name_again();
        life
    }
    fn vault(&self) -> PathBuf {
        self.place.path().join("vault")
    }
    fn stage(&self, number: usize) -> PathBuf {
        self.place.path().join(format!("left-{number}"))
    }
    /// Gives every file a second name.
    fn name_again(&mut self) {
        let to = self.stage(self.stages);
        std::fs::create_dir(&to).expect("a folder");
        for entry in std::fs::read_dir(self.vault()).expect("the vault") {
            let entry = entry.expect("an entry");
            if entry.file_name() != "lock" {
                std::fs::hard_link(entry.path(), to.join(entry.file_name())).expect("a second name");
            }
        }
        self.stages += 1;
    }
    fn keystore(&mut self) {
        let typed = passphrase(PASSPHRASES[0]);
        let key = add_way_in(&self.companion, &typed, NewSlot::Keystore, &now()).expect("room for a slot");
        let SlotKey { slot, key32 } = key;
        self.ways.push(UnlockWith::Keystore { slot, key32, vault_counter: None });
        let new = NewSlot::KeystoreAndPin { pin: secret(PIN) };
        let key = add_way_in(&self.companion, &typed, new, &now()).expect("a slot");
        let SlotKey { slot, key32 } = key;
        self.ways.push(UnlockWith::KeystoreAndPin { slot, key32, pin: secret(PIN), vault_counter: None });
        self.name_again();
    }
    fn changes_passphrase(&mut self, from: &str, to: &str) {
        self.companion.set_passphrase(&passphrase(from), &secret(to), &now()).expect("the right passphrase");
        self.ways.push(passphrase(to));
        self.name_again();
    }
    fn rekeys(&mut self, from: &str, to: &str) {
        self.companion.rekey(&passphrase(from), Some(&secret(to)), &now()).expect("the right passphrase");
        self.ways.push(passphrase(to));
        self.name_again();
    }
    /// All of it, and then it is locked.
    fn whole() -> Life {
        let mut life = Life::begin();
        life.keystore();
        life.changes_passphrase(PASSPHRASES[0], PASSPHRASES[1]);
        life.rekeys(PASSPHRASES[1], PASSPHRASES[2]);
        life.changes_passphrase(PASSPHRASES[2], PASSPHRASES[3]);
        life.companion.lock().expect("locking");
        life.name_again();
        life
    }
}

/// The ways that open what lies in a folder, on a copy of it.
fn opens(folder: &Path, ways: &[UnlockWith]) -> Vec<usize> {
    let tried = tempfile::tempdir().expect("a temporary folder");
    let try_one = |at: &usize| {
        let copied = tried.path().join(at.to_string());
        copy(folder, &copied);
        let lock = FolderLock::take(&copied).expect("nobody has the copy");
        let Ok((opened, _)) = unlock(&lock, &ways[*at], &now()) else { return false };
        Store::open(opened.store_file(), &opened.db_key(), opened.vault()).is_ok()
    };
    (0..ways.len()).filter(try_one).collect()
}

#[test]
fn after_erasing_no_secret_it_ever_had_opens_what_is_left() {
    let life = Life::whole();
    // The control: these files and the last secrets are a vault.
    assert_eq!(opens(&life.stage(life.stages - 1), &life.ways), [1, 6], "the words and the last passphrase");
    let mut needles = Needles::default();
    for header in ["header.a", "header.b"] {
        let bytes = std::fs::read(life.vault().join(header)).expect("a header");
        bytes[64..].chunks_exact(16).for_each(|piece| needles.bytes("header", piece));
    }
    assert!(!needles.in_files(&life.place.path().join("vault")).is_empty(), "the header's bytes are found before");

    life.companion.erase().expect("erasing");
    assert_eq!(inspect(&life.vault()), VaultFacts::Absent);
    assert!(!life.vault().exists(), "the folder held nothing else");
    for stage in 0..life.stages {
        let left = life.stage(stage);
        assert!(std::fs::metadata(left.join(if stage < 3 { "store-1.db" } else { "store-2.db" })).is_ok(), "the noise");
        assert_eq!(opens(&left, &life.ways), NONE, "stage {stage}");
    }
    let found = needles.in_files(life.place.path());
    assert!(found.is_empty(), "pieces of a header are left:\n{}", found.table());
}

#[test]
fn an_older_secret_opens_nothing_that_a_change_leaves() {
    let life = Life::whole();
    // The words open only what is now; no header that was replaced opens with anything.
    for stage in 0..life.stages - 2 {
        assert_eq!(opens(&life.stage(stage), &life.ways), NONE, "stage {stage}");
    }
    // In the vault itself only the words and the last passphrase; the keystore's slots ended with the re-key.
    assert_eq!(opens(&life.vault(), &life.ways), [1, 6]);
}

#[test]
fn an_old_store_does_not_open_under_a_new_header() {
    let mut life = Life::begin();
    let old = life.place.path().join("old");
    life.companion.pause(&now()).expect("pausing");
    copy(&life.vault(), &old);
    life.companion.resume(&now()).expect("resuming");
    life.rekeys(PASSPHRASES[0], PASSPHRASES[1]);
    life.companion.lock().expect("locking");
    assert!(!life.vault().join("store-1.db").exists(), "the old store is gone");
    // Someone puts the old store where the new one lies.
    std::fs::copy(old.join("store-1.db"), life.vault().join("store-2.db")).expect("a file");
    let failure = life.companion.unlock(&passphrase(PASSPHRASES[1]), &now()).expect_err("another key's store");
    assert_eq!(failure.code(), Code::Corrupt);
    // And the old key is nowhere but in the old header.
    let lock = FolderLock::take(&old).expect("nobody has it");
    let (opened, _) = unlock(&lock, &passphrase(PASSPHRASES[0]), &now()).expect("a whole copy opens");
    let mut key = Needles::default();
    key.key("old database key", opened.db_key().expose());
    assert!(key.in_files(life.place.path()).is_empty());
}

#[test]
fn an_erasure_that_was_cut_short_opens_no_more() {
    let life = Life::whole();
    // As it is after the first step: the mark is there, the headers are overwritten, nothing is removed yet.
    for header in ["header.a", "header.b"] {
        let length = std::fs::metadata(life.vault().join(header)).expect("a header").len();
        std::fs::write(life.vault().join(header), vec![0; usize::try_from(length).expect("small")]).expect("a file");
    }
    assert_eq!(opens(&life.vault(), &life.ways), NONE);
    std::fs::write(life.vault().join("erasing"), "").expect("a file");
    assert_eq!(inspect(&life.vault()), VaultFacts::Erasing);
    assert_eq!(opens(&life.vault(), &life.ways), NONE);
    life.companion.erase().expect("it is finished");
    assert_eq!(inspect(&life.vault()), VaultFacts::Absent);
}

#[test]
fn no_guess_opens_a_store_whose_header_is_gone() {
    let life = Life::whole();
    let (folder, store) = (life.vault(), life.vault().join("store-2.db"));
    let opened = {
        let lock = FolderLock::take(&folder).expect("nobody has it");
        unlock(&lock, &passphrase(PASSPHRASES[3]), &now()).expect("the last passphrase").0
    };
    assert!(Store::open(&store, &opened.db_key(), opened.vault()).is_ok(), "the control: this key opens it");
    // Keys that an attacker has without the header: none at all, the ids, the keystore's own.
    let mut guesses = vec![Secret32::new([0; 32]), opened.blob_key()];
    guesses.extend(life.ways.iter().filter_map(|way| match way {
        UnlockWith::Keystore { key32, .. } | UnlockWith::KeystoreAndPin { key32, .. } => Some(key32.clone()),
        _ => None,
    }));
    for guess in &guesses {
        let refused = Store::open(&store, guess, opened.vault()).expect_err("another key");
        assert_eq!(refused.code(), Code::Corrupt);
    }
}
