//! What was confirmed is there, whatever happens to the process; and what a pause lets go of.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::command::{NoteCommand, NoteDraft};
use belay::companion::{NewVault, UnlockWith, VaultState};
use belay::crypto::words::WordCount;
use belay::error::Code;
use belay::secret::SecretText;
use belay::store::batches::{self, Stage};
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_tests::{Device, PASSPHRASE, Plan, World, exchange_once, text, unchanged, until_quiet};

fn note(body: &str) -> NoteCommand {
    NoteCommand::Create { draft: NoteDraft { body: text(body), ..NoteDraft::default() } }
}

fn notes(device: &Device) -> Vec<String> {
    let Answer::Notes(page) = device.ask(Ask::Notes { filter: NoteFilter::default(), at: At::default() }) else {
        panic!("notes")
    };
    let mut notes: Vec<String> = page.rows.iter().map(|row| row.snippet.as_str().to_owned()).collect();
    notes.sort();
    notes
}

/// Files of this process that lie in a folder.
fn open_files_in(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let open = std::fs::read_dir("/proc/self/fd").expect("Linux tells open files");
    let targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.starts_with(folder)).collect()
}

#[test]
fn a_process_that_dies_loses_nothing_that_was_confirmed() {
    let world = World::new("kill");
    let (mut mara, mut theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    until_quiet(&mara, &theo, &space);
    let mut kept = Vec::new();
    for round in 0..6 {
        let words = format!("Note {round}");
        mara.apply(note(&words));
        kept.push(words);
        // Saved, and its batch still open: the process dies between save and close.
        mara.apply(plan.add("looking-after-us", &format!("Mara {round}")));
        let before = plan.words(&mara, "looking-after-us");
        mara.die_and_return();
        assert_eq!(notes(&mara), kept);
        assert_eq!(plan.words(&mara, "looking-after-us"), before);
        theo.apply(plan.add("looking-after-us", &format!("Theo {round}")));
        theo.die_and_return();
        exchange_once(&mara, &theo, &space);
    }
    until_quiet(&mara, &theo, &space);
    assert_eq!(plan.words(&mara, "looking-after-us").len(), 12);
    assert_eq!(plan.words(&mara, "looking-after-us"), plan.words(&theo, "looking-after-us"));
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

#[test]
fn words_written_before_and_after_a_death_have_other_actors() {
    let world = World::new("actors");
    let mut mara = world.person("Mara");
    let plan = Plan::made_by(&mara, None, "wellness");
    mara.die_and_return();
    mara.apply(plan.add("toolbox", "Tea"));
    mara.die_and_return();
    mara.apply(plan.add("toolbox", "Radio"));
    mara.rest();
    let nonces: Vec<Vec<u8>> = mara.look(|db| {
        let held = batches::of_document(db, &plan.id, Stage::Received, Stage::Refused)?;
        Ok(held.into_iter().map(|batch| batch.header).collect())
    });
    let nonces: std::collections::BTreeSet<[u8; 16]> =
        nonces.iter().map(|header| belay::batch::Header::parse(header).expect("a header").actor_nonce).collect();
    assert_eq!(nonces.len(), 3, "a clone of the vault never writes under the same actor");
}

#[test]
fn after_a_pause_no_file_is_open_and_another_may_take_the_vault() {
    let world = World::new("pause");
    let mara = world.person("Mara");
    mara.apply(note("Bad night"));
    assert!(!open_files_in(mara.folder()).is_empty(), "the control: an open vault has open files");
    mara.companion.pause(&mara.at()).expect("pausing");
    assert_eq!(open_files_in(mara.folder()), Vec::<std::path::PathBuf>::new());
    assert_eq!(mara.companion.state(), VaultState::Paused);
    assert_eq!(mara.refused(note("Still awake")), Code::Locked);
    mara.companion.pause(&mara.at()).expect("pausing twice is pausing");

    let other = mara.another();
    let with = UnlockWith::Passphrase(SecretText::new(PASSPHRASE.to_owned()));
    other.unlock(&with, &mara.at()).expect("the folder is free");
    assert_eq!(mara.companion.resume(&mara.at()).expect_err("taken").code(), Code::InUse);
    other.lock().expect("locking");
    assert_eq!(open_files_in(mara.folder()), Vec::<std::path::PathBuf>::new());
    drop(other);
    mara.companion.resume(&mara.at()).expect("free again");
    assert_eq!(notes(&mara), ["Bad night"]);
    mara.apply(note("Up early"));
}

#[test]
fn a_vault_is_opened_once_at_a_time() {
    let world = World::new("twice");
    let mara = world.person("Mara");
    let with = UnlockWith::Passphrase(SecretText::new(PASSPHRASE.to_owned()));
    let other = mara.another();
    assert_eq!(other.unlock(&with, &mara.at()).expect_err("open elsewhere").code(), Code::InUse);
    assert_eq!(other.state(), VaultState::Closed(belay::vault::VaultFacts::InUse));
    assert_eq!(mara.companion.unlock(&with, &mara.at()).expect_err("open here").code(), Code::Duplicate);
    mara.apply(note("Still mine"));
}

#[test]
fn a_wrong_passphrase_opens_and_harms_nothing() {
    let world = World::new("wrong passphrase");
    let mara = world.person("Mara");
    mara.apply(note("Bad night"));
    let before = mara.content();
    mara.companion.lock().expect("locking");
    for typed in ["rope and harnes", "", "a completely different secret"] {
        let with = UnlockWith::Passphrase(SecretText::new(typed.to_owned()));
        assert_eq!(mara.companion.unlock(&with, &mara.at()).expect_err("wrong").code(), Code::WrongSecret);
        assert_eq!(mara.refused(note("x")), Code::Locked);
        assert!(mara.companion.read(&[Ask::Status], &mara.at()).is_err());
    }
    let words = mara.words().clone();
    mara.companion.unlock(&UnlockWith::RecoveryWords(words), &mara.at()).expect("the words open it");
    unchanged(&before, &mara.content());
    mara.lock_and_unlock();
}

#[test]
fn a_folder_that_cannot_be_a_folder_is_told() {
    let world = World::new("no folder");
    let mara = world.bare("Mara");
    std::fs::write(mara.folder(), b"a file where the folder should be").expect("writing");
    let with = NewVault { passphrase: SecretText::new(PASSPHRASE.to_owned()), words: WordCount::Twelve };
    assert_eq!(mara.companion.create(&with, &mara.at()).expect_err("no folder").code(), Code::Unwritable);
    assert_eq!(mara.unlock().expect_err("no folder").code(), Code::Unwritable);
    assert_eq!(std::fs::read(mara.folder()).expect("still there"), b"a file where the folder should be");
    let theo = world.person("Theo");
    let again = theo.another();
    theo.companion.lock().expect("locking");
    assert_eq!(again.create(&with, &theo.at()).expect_err("a vault is there").code(), Code::Duplicate);
    drop(again);
    theo.unlock().expect("untouched");
}

#[test]
fn a_lost_passphrase_is_replaced_with_the_words_and_with_nothing_less() {
    let world = World::new("lost passphrase");
    let (mara, ..) = world.mara_and_theo();
    mara.apply(note("Three hours."));
    let words = UnlockWith::RecoveryWords(mara.words().clone());
    let new = SecretText::new("another four quiet words".into());
    let guessed = UnlockWith::Passphrase(SecretText::new("not the passphrase".into()));
    assert_eq!(mara.companion.set_passphrase(&guessed, &new, &mara.at()).unwrap_err().code(), Code::WrongSecret);
    let short = SecretText::new("short".into());
    assert_eq!(mara.companion.set_passphrase(&words, &short, &mara.at()).unwrap_err().code(), Code::WeakSecret);
    mara.companion.set_passphrase(&words, &new, &mara.at()).unwrap();
    mara.companion.lock().unwrap();
    assert_eq!(mara.unlock().unwrap_err().code(), Code::WrongSecret);
    mara.companion.unlock(&UnlockWith::Passphrase(new), &mara.at()).unwrap();
    assert_eq!(notes(&mara), ["Three hours."]);
    mara.companion.lock().unwrap();
    mara.companion.unlock(&words, &mara.at()).unwrap();
}
