//! Looking at a folder after a child has died in it or a fault has ended.

use super::actor::{Actor, NEW_PASSPHRASE, PIN, Seen, body, seen};
use super::deed::{Deed, Scenario};
use super::scene::{Scene, companion, key_of, moment, secret, words_of};
use super::told::{Came, Told};
use crate::device::{PASSPHRASE, with_passphrase};
use crate::{Act, text};
use belay::Companion;
use belay::command::{NoteCommand, NoteDraft};
use belay::companion::{NewVault, UnlockWith, check_backup, inspect};
use belay::crypto::words::WordCount;
use belay::error::Code;
use belay::exchange::Scope;
use belay::store::{Store, batches};
use belay::vault::{self, FREE_TRIES, FolderLock, VaultFacts, WAIT_MAX_MS};
use std::path::Path;

/// Checks everything that must hold after a child's death, whatever killed it. Panics where it does not.
pub fn after(scene: &Scene, run: &Path, scenario: Scenario, told: &Told) {
    let folder = run.join("vault");
    told.check_readings(scene);
    match scenario {
        Scenario::Create => after_creating(scene, run, told),
        Scenario::Erase | Scenario::EraseLocked => after_erasing(scene, &folder, told),
        Scenario::Attempts => after_wrong_secrets(scene, &folder, told),
        Scenario::Backup => {
            goes_on(scene, &folder, &scene.key(), told);
            after_backing_up(scene, run, told);
        }
        Scenario::Rekey => {
            let is_new = passphrase_now(&folder, told.of(Deed::Rekey));
            let by_key = companion(&folder, "by the key").unlock(&scene.key(), &moment(5_000)).map(|_| ());
            let expected = if is_new { Err(Code::NotFound) } else { Ok(()) };
            assert_eq!(by_key.map_err(|failure| failure.code()), expected, "the old keystore slot");
            goes_on(scene, &folder, &scene.words(), told);
        }
        Scenario::Slots => {
            passphrase_now(&folder, told.of(Deed::SetPassphrase));
            check_slots(run, &folder, told);
            goes_on(scene, &folder, &scene.key(), told);
        }
        Scenario::Mend => {
            check_folder(&folder);
            companion(&folder, "mended").mend(&scene.key(), &moment(5_000)).expect("it can be mended, or was");
            goes_on(scene, &folder, &scene.key(), told);
        }
        Scenario::Drop => {
            goes_on(scene, &folder, &scene.key(), told);
            let left = names_in_box(&folder);
            assert!(left.is_empty(), "left in the box: {left:?}");
        }
        _ => goes_on(scene, &folder, &scene.key(), told),
    }
}

fn names_in_box(folder: &Path) -> Vec<String> {
    let within = folder.join("drop");
    if within.exists() { names(&within) } else { Vec::new() }
}

/// That a vault is told as one that can be opened.
pub fn check_folder(folder: &Path) {
    let facts = inspect(folder, &moment(4_999));
    assert!(matches!(facts, VaultFacts::Locked { .. }), "inspect says {facts:?}");
}

/// Opens the vault, looks for all that was confirmed, and goes on working in it; then every page of it is read.
pub fn goes_on(scene: &Scene, folder: &Path, with: &UnlockWith, told: &Told) {
    check_folder(folder);
    let at = moment;
    let mara = companion(folder, "afterwards");
    mara.unlock(with, &at(6_000)).unwrap_or_else(|failure| panic!("it does not open: {failure:?}"));
    told.check(scene, &seen(&mara, scene, &at(6_001)).expect("reading"));
    write_on(&mara);
    mara.pause(&at(6_003)).expect("pausing");
    mara.resume(&at(6_004)).expect("resuming");
    mara.bundle_in(&mut &*scene.whole_bundle(), &at(6_005)).expect("a bundle comes again");
    let end = seen(&mara, scene, &at(6_006)).expect("reading");
    assert_eq!(end.notes.get("after"), Some(&vec![body("after")]));
    let theirs: Vec<String> = end.lines.iter().filter(|line| line.starts_with("Theo")).cloned().collect();
    assert_eq!(theirs, scene.lines(), "the other's lines");
    if end.lines.len() == theirs.len() {
        assert_eq!(mara.state_hash(&scene.space(), &at(6_007)).expect("open"), scene.hash(), "the shared space");
    }
    mara.bundle_out(&scene.space(), Scope::Everything, &at(6_008)).expect("a bundle of everything");
    mara.lock().expect("locking");
    check_store(folder, with, told.lost_header);
    mara.unlock(with, &at(6_010)).expect("it opens again");
    assert_eq!(seen(&mara, scene, &at(6_011)).expect("reading"), end);
    mara.lock().expect("locking");
}

fn write_on(mara: &Companion) {
    let draft = NoteDraft { title: text("after"), body: text(&body("after")), ..NoteDraft::default() };
    mara.apply(&[NoteCommand::Create { draft }.command()], None, &moment(6_002)).expect("writing goes on");
}

/// Every page whole, one head in each log of this device, nothing left of what was cut short.
fn check_store(folder: &Path, with: &UnlockWith, lost_header: bool) {
    let lock = FolderLock::take(folder).expect("free");
    let (opened, _) = vault::unlock(&lock, with, &moment(6_009)).expect("it opens");
    Store::check(opened.store_file(), &opened.db_key()).expect("every page and row is whole");
    let store = Store::open(opened.store_file(), &opened.db_key(), opened.vault()).expect("it opens");
    let forks = store
        .read(|db| {
            let mut query = db.prepare("SELECT count(*) FROM log_head GROUP BY space, device HAVING count(*) > 1")?;
            let forks = query.query_map([], |row| row.get::<_, i64>(0))?;
            assert!(batches::all_open(db, None)?.is_empty(), "a pause closes every batch");
            Ok(forks.count())
        })
        .expect("reading");
    assert_eq!(forks, 0, "this device's log goes two ways");
    store.close().expect("closing");
    drop(lock);
    let names = names(folder);
    let stores = names.iter().filter(|name| name.starts_with("store-")).count();
    // A store above the header's is never taken away by itself: the newer header may turn up.
    assert!((stores == 1 || lost_header) && names.iter().all(|name| !name.ends_with(".new")), "left behind: {names:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("a folder");
    files.map(|file| file.expect("listed").file_name().to_string_lossy().into_owned()).collect()
}

/// Exactly one of the two passphrases opens it, and the new one once that was confirmed. Whether it is the new one.
fn passphrase_now(folder: &Path, change: Came) -> bool {
    let opens = |typed: &str| {
        let mara = companion(folder, typed);
        let opened = mara.unlock(&with_passphrase(typed), &moment(4_000)).map_err(|failure| failure.code());
        assert!(matches!(opened, Ok(_) | Err(Code::WrongSecret)), "{opened:?}");
        mara.lock().expect("locking");
        opened.is_ok()
    };
    let (old, new) = (opens(PASSPHRASE), opens(NEW_PASSPHRASE));
    assert!(old != new, "old opens: {old}, new opens: {new}");
    assert!(change != Came::Done || new, "it was confirmed that the passphrase is another");
    assert!(change != Came::Not || old, "nobody asked for another passphrase");
    new
}

fn check_slots(run: &Path, folder: &Path, told: &Told) {
    let opens = |with: &UnlockWith| {
        let mara = companion(folder, "slots");
        let opened = mara.unlock(with, &moment(4_500)).map(|_| ()).map_err(|failure| failure.code());
        mara.lock().expect("locking");
        opened
    };
    match (told.of(Deed::AddSlot), told.of(Deed::RemoveSlot)) {
        (Came::Not, _) => (),
        (added, removed) => {
            let opened = opens(&key_of(&std::fs::read(run.join("slot")).expect("kept before")));
            match opened {
                Ok(()) => assert!(removed != Came::Done, "a slot that was removed opens"),
                Err(code) => {
                    assert_eq!(code, Code::NotFound);
                    assert!(added != Came::Done || removed != Came::Not, "a slot that was confirmed is gone");
                }
            }
        }
    }
    if told.of(Deed::SetPin) == Came::Done {
        let kept = key_of(&std::fs::read(run.join("pin-slot")).expect("kept before"));
        let UnlockWith::Keystore { slot, key32, vault_counter } = kept else { panic!("a keystore's key") };
        let with = UnlockWith::KeystoreAndPin { slot, key32, pin: secret(PIN), vault_counter };
        assert_eq!(opens(&with), Ok(()), "a PIN that was confirmed");
    }
}

/// Nothing, or a whole vault; one whose words nobody has seen holds nothing and can be made anew.
fn after_creating(scene: &Scene, run: &Path, told: &Told) {
    let folder = run.join("vault");
    let new = NewVault { passphrase: secret(PASSPHRASE), words: WordCount::Twelve };
    let mara = companion(&folder, "created again");
    match inspect(&folder, &moment(5_000)) {
        VaultFacts::Absent => assert!(told.of(Deed::Create) != Came::Done, "a vault that was made is gone"),
        VaultFacts::Locked { .. } => {
            let opened = mara.unlock(&with_passphrase(PASSPHRASE), &moment(5_001)).expect("the passphrase");
            let was_acknowledged = told.of(Deed::Acknowledge) == Came::Done;
            // One that stopped when the vault lay there already: whoever opens it may go on, without having seen the words.
            if told.of(Deed::Create) == Came::Done || was_acknowledged {
                assert!(opened.acknowledged || !was_acknowledged);
                told.check(scene, &seen(&mara, scene, &moment(5_002)).expect("reading"));
                mara.acknowledge_recovery(&moment(5_003)).expect("open");
                write_on(&mara);
                mara.pause(&moment(6_003)).expect("pausing");
                mara.lock().expect("locking");
                let words = std::fs::read(run.join("words-made"));
                assert!(words.is_ok() || told.of(Deed::Create) != Came::Done, "the words were shown");
                words.into_iter().for_each(|words| check_store(&folder, &words_of(&words), false));
                return;
            }
            assert!(!opened.acknowledged, "nobody has seen the words");
            assert_eq!(seen(&mara, scene, &moment(5_002)).expect("reading"), Seen::default());
            mara.erase().expect("erasing");
        }
        other => panic!("inspect says {other:?}"),
    }
    mara.create(&new, &moment(5_005)).expect("an empty folder takes a vault");
    mara.acknowledge_recovery(&moment(5_006)).expect("open");
    write_on(&mara);
    mara.pause(&moment(6_003)).expect("pausing");
    mara.lock().expect("locking");
    check_store(&folder, &with_passphrase(PASSPHRASE), false);
}

/// Whole, or gone, or surely on its way.
fn after_erasing(scene: &Scene, folder: &Path, told: &Told) {
    let done = told.of(Deed::Erase) == Came::Done;
    let facts = inspect(folder, &moment(5_000));
    match facts {
        VaultFacts::Absent => (),
        VaultFacts::Locked { .. } if !done => goes_on(scene, folder, &scene.key(), told),
        VaultFacts::Erasing if !done => {
            let mara = companion(folder, "erasing");
            let opened = mara.unlock(&scene.key(), &moment(5_001)).map_err(|failure| failure.code());
            assert_eq!(opened, Err(Code::NotFound), "half a vault opens");
            mara.erase().expect("an erasure that was cut short is finished");
            assert_eq!(inspect(folder, &moment(5_002)), VaultFacts::Absent);
        }
        other => panic!("inspect says {other:?}, erased: {done}"),
    }
    let gone = |name: &String| name == "lock";
    if inspect(folder, &moment(5_003)) == VaultFacts::Absent && folder.exists() {
        assert!(names(folder).iter().all(gone), "left behind: {:?}", names(folder));
    }
}

fn after_backing_up(scene: &Scene, run: &Path, told: &Told) {
    let to = run.join("backup");
    match inspect(&to, &moment(7_000)) {
        VaultFacts::Backup { .. } => (),
        VaultFacts::Absent => {
            assert!(told.of(Deed::Backup) != Came::Done, "a backup that was made is gone");
            let mara = companion(&run.join("vault"), "backing up again");
            mara.unlock(&scene.key(), &moment(7_001)).expect("it opens");
            mara.backup_to(&to, &scene.words(), None, &moment(7_002)).expect("an empty folder takes a backup");
            mara.lock().expect("locking");
        }
        other => panic!("of the backup inspect says {other:?}"),
    }
    let checked = check_backup(&to, &scene.words(), &moment(7_003)).expect("a backup is whole");
    assert!(checked.spaces.contains_key(&scene.space()));
}

/// Wrong secrets that were told wrong are counted, whatever happens in between; the right ones open after the wait.
fn after_wrong_secrets(scene: &Scene, folder: &Path, told: &Told) {
    let (mut surely, mut perhaps) = (0u32, 0u32);
    for (deed, came) in told.deeds() {
        match (deed, came) {
            (Deed::Wrong, Came::Done) => (surely, perhaps) = (surely + 1, perhaps + 1),
            (Deed::Wrong, Came::Begun) => perhaps += 1,
            (Deed::Unlock, Came::Done) => (surely, perhaps) = (0, 0),
            (Deed::Unlock, Came::Begun) => surely = 0,
            _ => (),
        }
    }
    // Nothing is counted where nothing can be written, or what was counted not read (vault/attempts.rs): words can still be read.
    let surely = if told.disk_broke { 0 } else { surely };
    let mara = companion(folder, "guessing");
    let mut tries = 0;
    let until = loop {
        let refused = mara.unlock(&with_passphrase("still not it"), &moment(125)).expect_err("wrong");
        match refused.code() {
            Code::WrongSecret => tries += 1,
            Code::TryLater => break refused.detail().until_ms.expect("until when"),
            other => panic!("{other:?}"),
        }
        assert!(tries <= FREE_TRIES, "guessing goes on for ever");
    };
    let counted = FREE_TRIES.saturating_sub(tries);
    assert!(counted >= surely.min(FREE_TRIES), "{surely} were told wrong, {counted} are counted");
    assert!(counted <= perhaps, "{perhaps} were tried, {counted} are counted");
    assert!(until <= moment(125).unix_ms + WAIT_MAX_MS);
    mara.unlock(&with_passphrase(PASSPHRASE), &moment(3_900)).expect("the right one after the wait");
    mara.lock().expect("locking");
    goes_on(scene, folder, &scene.key(), told);
}

/// What an earlier death left: the store without its name, one header copy, a store that nobody named.
pub(super) fn leave_unfinished(folder: &Path) {
    std::fs::rename(folder.join("store-1.db"), folder.join("store-1.new")).expect("renaming");
    std::fs::remove_file(folder.join("header.b")).expect("one copy");
    std::fs::write(folder.join("store-9.new"), b"nobody named me").expect("a leftover");
}

/// A run's own folder with its copy of the vault, as the scenario begins.
pub fn prepare(scene: &Scene, run: &Path, scenario: Scenario) {
    std::fs::create_dir_all(run).expect("a new folder");
    if scenario != Scenario::Create {
        super::copy_folder(&scene.vault(), &run.join("vault"));
    }
    if scenario == Scenario::Finish {
        leave_unfinished(&run.join("vault"));
    }
    if scenario == Scenario::Mend {
        scene.damage(&run.join("vault"), scene.mendable());
    }
}

/// The child's whole life.
pub fn live(scene: &Scene, run: &Path, scenario: Scenario, seed: &str, say: &mut dyn FnMut(&str)) {
    Actor::new(scene, run, seed).act(scenario, say);
}
