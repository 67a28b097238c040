//! A vault is kept: copied, made again of the copy, put under another key, read through, and left by another door.

use crate::kit::{Vault, at, note, passphrase};
use belay::command::Purpose;
use belay::companion::{Job, JobOutcome, NewSlot, UnlockWith, VaultState};
use belay::error::{Code, Failure, Field};
use belay::secret::SecretText;
use belay::vault::VaultFacts;
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_ffi::BelayCore;
use std::sync::Arc;

fn secret(text: &str) -> SecretText {
    SecretText::new(text.into())
}

fn typed(text: &str) -> UnlockWith {
    UnlockWith::Passphrase(secret(text))
}

fn done(core: &BelayCore, job: Job) -> Result<JobOutcome, Failure> {
    let id = core.job_open(job, &at(60))?;
    let progress = core.job_step(id, 20, &at(60))?;
    assert!(progress.finished);
    assert_eq!(core.job_step(id, 20, &at(60))?.outcome, progress.outcome, "a finished job says it again");
    core.job_close(id)?;
    let gone = core.job_step(id, 20, &at(60)).map(|_| ()).expect_err("it is gone").code();
    assert!(matches!(gone, Code::NotFound | Code::Locked), "{gone:?}");
    Ok(progress.outcome.expect("a finished job made something"))
}

fn titles(core: &BelayCore) -> Vec<String> {
    let reading = core.read(&[Ask::Notes { filter: NoteFilter::default(), at: At::default() }], 0, &at(70));
    let Some(Answer::Notes(page)) = reading.expect("it is open").answers.into_iter().next() else { panic!("notes") };
    page.rows.into_iter().map(|row| row.title.into_string()).collect()
}

/// A vault with one note, and a backup of it.
fn backed_up() -> (Vault, std::path::PathBuf) {
    let vault = Vault::new();
    vault.core.apply(&[note("Morning")], &None, &at(20)).expect("a note");
    let folder = vault.folder.path().join("backup");
    let confirmation = vault.core.confirm(&passphrase(), Purpose::Backup, &at(59)).expect("a proof");
    let backup = Job::Backup { folder: folder.clone(), confirmation, passphrase: Some(secret("for the copy alone")) };
    assert_eq!(done(&vault.core, backup), Ok(JobOutcome::Backup { header_is_whole: true }));
    (vault, folder)
}

fn elsewhere(vault: &Vault) -> Arc<BelayCore> {
    let mut config = crate::kit::host(&vault.folder);
    let belay::companion::Location::Folder { private, .. } = &mut config.location;
    *private = vault.folder.path().join("elsewhere");
    BelayCore::open(config).expect("open touches nothing")
}

#[test]
fn a_backup_becomes_a_vault_with_the_same_notes() {
    let (vault, folder) = backed_up();
    let other = elsewhere(&vault);
    let restore = |with: UnlockWith, new: &str| Job::Restore { folder: folder.clone(), with, passphrase: secret(new) };
    let wrong = done(&other, restore(passphrase(), "another lamp")).expect_err("that opens the vault, not the copy");
    assert_eq!(wrong.code(), Code::WrongSecret);
    let weak = done(&other, restore(typed("for the copy alone"), "short")).expect_err("too short");
    assert_eq!(weak.code(), Code::WeakSecret);
    assert_eq!(other.state(), Ok(VaultState::Closed(VaultFacts::Absent)), "nothing is left behind");

    let made = done(&other, restore(typed("for the copy alone"), "another lamp")).expect("a vault");
    let JobOutcome::Restore { restored } = made else { panic!("a restored vault") };
    assert_ne!(restored.device.from, restored.device.device);
    assert_eq!(titles(&other), ["Morning"]);
    other.lock().expect("locking");
    other.unlock(&typed("another lamp"), &at(80)).expect("its own passphrase");
    let there = done(&other, restore(typed("for the copy alone"), "third lamp")).expect_err("there is one already");
    assert_eq!((there.code(), there.detail().field), (Code::Duplicate, Some(Field::Folder)));
    assert_eq!(titles(&other), ["Morning"]);
}

#[test]
fn a_new_key_keeps_the_notes_and_a_look_through_finds_them_whole() {
    let vault = Vault::new();
    vault.core.apply(&[note("Morning")], &None, &at(20)).expect("a note");
    let rekey = |with| Job::ReKey { with, passphrase: None };
    assert_eq!(done(&vault.core, rekey(typed("not the one"))).expect_err("wrong").code(), Code::WrongSecret);
    let JobOutcome::ReKey { rekeyed } = done(&vault.core, rekey(passphrase())).expect("a new key") else {
        panic!("another key")
    };
    assert!(rekeyed.old_is_gone);
    assert_eq!(titles(&vault.core), ["Morning"]);

    let JobOutcome::Integrity { mended } = done(&vault.core, Job::Integrity { with: passphrase() }).expect("read")
    else {
        panic!("looked through")
    };
    assert_eq!(mended.pages, Vec::<u32>::new());
    assert!(matches!(vault.core.state(), Ok(VaultState::Closed(VaultFacts::Locked { .. }))));
    assert_eq!(done(&vault.core, rekey(passphrase())).expect_err("it is closed").code(), Code::Locked);
    vault.unlock();
    assert_eq!(titles(&vault.core), ["Morning"]);
}

#[test]
fn a_lock_ends_what_waits_with_a_secret_in_it() {
    let vault = Vault::new();
    let id = vault.core.job_open(Job::ReKey { with: passphrase(), passphrase: None }, &at(60)).expect("a job");
    vault.core.lock().expect("locking");
    vault.unlock();
    assert_eq!(vault.core.job_step(id, 20, &at(60)).map(|_| ()).expect_err("it ended").code(), Code::NotFound);
    let ids: Vec<_> = (0..8)
        .map(|_| vault.core.job_open(Job::Integrity { with: passphrase() }, &at(60)).expect("room for eight"))
        .collect();
    let more = vault.core.job_open(Job::Integrity { with: passphrase() }, &at(60));
    assert_eq!(more.map(|_| ()).expect_err("more than eight").code(), Code::TooMany);
    vault.core.interrupt(ids.first().expect("eight").0).expect("nothing to refuse");
    let first = *ids.first().expect("eight");
    assert_eq!(vault.core.job_step(first, 20, &at(60)).map(|_| ()).expect_err("stopped").code(), Code::Interrupted);
    assert!(vault.core.job_step(first, 20, &at(60)).expect("it goes on").finished);
}

#[test]
fn ways_in_come_and_go_but_for_the_last() {
    let vault = Vault::new();
    let proof = || vault.core.confirm(&passphrase(), Purpose::Slots, &at(60)).expect("a proof");
    let key = vault.core.slot_begin(NewSlot::Keystore, &proof(), &at(60)).expect("a key");
    vault.core.slot_finish(key.slot, vec![1, 2, 3], &at(60)).expect("a way in");
    let other = vault.core.confirm(&passphrase(), Purpose::Backup, &at(60)).expect("a proof of something else");
    let unproven = vault.core.slot_remove(key.slot, &other, &at(60)).map(|_| ()).expect_err("no proof");
    assert_eq!(unproven.code(), Code::NeedsConfirmation);
    let gone = vault.core.slot_remove(key.slot, &proof(), &at(60)).expect("it is taken out");
    assert_eq!(gone.aliases.len(), 1);
    let again = vault.core.slot_remove(key.slot, &proof(), &at(60)).map(|_| ()).expect_err("it is gone");
    assert_eq!(again.code(), Code::NotFound);

    let wrong = vault.core.set_passphrase(&typed("not the one"), &secret("another lamp"), &at(61)).expect_err("wrong");
    assert_eq!(wrong.code(), Code::WrongSecret);
    vault.core.set_passphrase(&passphrase(), &secret("another lamp"), &at(61)).expect("another passphrase");
    vault.core.lock().expect("locking");
    let with_key = UnlockWith::Keystore { slot: key.slot, key32: key.key32, vault_counter: None };
    assert_eq!(vault.core.unlock(&with_key, &at(70)).map(|_| ()).expect_err("no way in").code(), Code::NotFound);
    assert_eq!(vault.core.unlock(&passphrase(), &at(70)).map(|_| ()).expect_err("the old").code(), Code::WrongSecret);
    vault.core.unlock(&typed("another lamp"), &at(70)).expect("the new one");
}
