//! The vault as a host sees it: copies noticed, a new key, backups.

use super::copies::raise;
use super::rekeying::{Step, Way};
use super::*;
use crate::command::{Confirmation, NoteCommand, NoteDraft, Purpose};
use crate::crypto::words::{RecoveryWords, WordCount};
use crate::error::Field;
use crate::exchange::flow::PairingStage;
use crate::exchange::pairing::InviteTerms;
use crate::secret::SecretText;
use crate::space::Role;
use crate::vault::{Placing, SlotKey, keystore_alias};
use std::collections::BTreeMap;

mod renewal;

const PASSPHRASE: &str = "a long enough passphrase";

struct Seeded(u64);
impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_le_bytes()[5];
        }
    }
}

fn at(seconds: i64) -> Moment {
    let boot_ms = u64::try_from(seconds).unwrap() * 1_000;
    Moment { unix_ms: 1_760_000_000_000 + seconds * 1_000, zone: "Europe/Lisbon".into(), boot_ms, boot_id: 1 }
}

fn text(text: &str) -> SecretText {
    SecretText::new(text.into())
}

fn typed(passphrase: &str) -> UnlockWith {
    UnlockWith::Passphrase(text(passphrase))
}

fn closed(folder: &Path, seed: u64) -> Companion {
    let config = HostConfig { folder: folder.to_owned(), languages: vec!["en".into()], cost: PassphraseCost::FLOOR };
    Companion::open(config, Box::new(Seeded(seed)))
}

struct Home {
    outer: tempfile::TempDir,
    mara: Companion,
    words: RecoveryWords,
    counter: u64,
}

impl Home {
    fn new() -> Home {
        let outer = tempfile::tempdir().unwrap();
        let mara = closed(&outer.path().join("vault"), 1);
        let made = mara.create(&NewVault { passphrase: text(PASSPHRASE), words: WordCount::Twelve }, &at(0)).unwrap();
        mara.acknowledge_recovery(&at(0)).unwrap();
        write(&mara, "Bad night", 1);
        Home { outer, mara, words: made.words, counter: made.vault_counter }
    }
    fn folder(&self) -> PathBuf {
        self.outer.path().join("vault")
    }
    fn place(&self, name: &str) -> PathBuf {
        self.outer.path().join(name)
    }
    fn words(&self) -> UnlockWith {
        UnlockWith::RecoveryWords(self.words.clone())
    }
    fn names(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
    fn keystore(&self) -> SlotKey {
        self.way_in(NewSlot::Keystore, &at(1))
    }
    fn way_in(&self, new: NewSlot, at: &Moment) -> SlotKey {
        let proof = self.mara.confirm(&self.words(), Purpose::Slots, at).unwrap();
        let key = self.mara.slot_new(new, &proof, at).unwrap();
        assert_eq!(self.mara.slot_add(key.slot, b"by the host".to_vec(), at).unwrap().aliases, Vec::<String>::new());
        key
    }
}

fn write(who: &Companion, title: &str, seconds: i64) {
    let draft = NoteDraft { title: title.to_owned().into(), ..NoteDraft::default() };
    who.apply(&[Command::Note(NoteCommand::Create { draft })], None, &at(seconds)).unwrap();
}

/// All that is accepted in my own space.
fn state(who: &Companion) -> [u8; 32] {
    who.state_hash(&who.own_space().unwrap(), &at(40)).unwrap()
}

/// Every file as it lies there now, as after a crash.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn by_key(key: &SlotKey, vault_counter: Option<u64>) -> UnlockWith {
    UnlockWith::Keystore { slot: key.slot, key32: key.key32.clone(), vault_counter }
}

#[test]
fn a_copied_vault_is_noticed_by_its_counter_and_its_invitations_end() {
    let home = Home::new();
    let key = home.keystore();
    home.mara.pair_invite(InviteTerms::relationship(Role::Person), "Theo", &at(2)).unwrap();
    home.mara.lock().unwrap();
    let first = home.mara.unlock(&by_key(&key, Some(home.counter)), &at(3)).unwrap();
    assert!(first.vault_counter > home.counter && !first.copied);
    home.mara.lock().unwrap();
    copy(&home.folder(), &home.place("copy"));

    // The host died before it kept the new counter, even twice: no copy.
    for _ in 0..2 {
        let again = home.mara.unlock(&by_key(&key, Some(home.counter)), &at(4)).unwrap();
        assert!(!again.copied);
        home.mara.lock().unwrap();
    }
    let kept = home.mara.unlock(&by_key(&key, None), &at(5)).unwrap().vault_counter;
    assert_eq!(home.mara.pairings(&at(5)).unwrap()[0].stage, PairingStage::Invited);
    home.mara.lock().unwrap();

    // The copy, opened as often as this one, is put in its place: the counters still differ.
    let elsewhere = closed(&home.place("copy"), 9);
    for _ in 0..3 {
        elsewhere.unlock(&by_key(&key, None), &at(6)).unwrap();
        elsewhere.lock().unwrap();
    }
    let told = elsewhere.unlock(&by_key(&key, Some(kept)), &at(7)).unwrap();
    assert!(told.copied);
    assert_eq!(elsewhere.pairings(&at(7)).unwrap()[0].stage, PairingStage::Ended);
    elsewhere.lock().unwrap();
    let next = elsewhere.unlock(&by_key(&key, Some(told.vault_counter)), &at(8)).unwrap();
    assert!(next.copied, "told until it is settled");
    elsewhere.settle_copy(&at(8)).unwrap();
    elsewhere.lock().unwrap();
    assert!(!elsewhere.unlock(&by_key(&key, Some(next.vault_counter)), &at(9)).unwrap().copied);
    elsewhere.lock().unwrap();
    assert!(elsewhere.unlock(&by_key(&key, Some(u64::MAX)), &at(9)).unwrap().copied);

    // The original knows of nothing.
    assert!(!home.mara.unlock(&by_key(&key, Some(kept)), &at(10)).unwrap().copied);
}

#[test]
fn a_store_put_back_alone_is_noticed_too() {
    let home = Home::new();
    let key = home.keystore();
    home.mara.lock().unwrap();
    let store = std::fs::read(home.folder().join("store-1.db")).unwrap();
    let first = home.mara.unlock(&by_key(&key, Some(home.counter)), &at(3)).unwrap();
    home.mara.lock().unwrap();
    let kept = home.mara.unlock(&by_key(&key, Some(first.vault_counter)), &at(4)).unwrap().vault_counter;
    home.mara.lock().unwrap();
    std::fs::write(home.folder().join("store-1.db"), store).unwrap();
    assert!(home.mara.unlock(&by_key(&key, Some(kept)), &at(5)).unwrap().copied);
}

#[test]
fn the_counter_survives_a_store_that_counts_no_further() {
    let home = Home::new();
    let seen = home.mara.with_session(|session, entropy| {
        session.write(entropy, &at(1), |desk| singles::set_counter(desk.db, "vault_counter", i64::MAX - 1))?;
        raise(session, None, entropy, &at(1))
    });
    assert_eq!(seen.unwrap().counter, i64::MAX.unsigned_abs());
}

#[test]
fn a_new_key_leaves_the_words_and_nothing_of_the_old_one() {
    let home = Home::new();
    let key = home.keystore();
    let before = state(&home.mara);
    let old = home.mara.with_session(|session, _| Ok(session.opened.clone())).unwrap();
    let vault = old.vault();
    let new = text("another long passphrase");
    let done = home.mara.rekey(&typed(PASSPHRASE), Some(&new), &at(5)).unwrap();
    assert_eq!(done, Rekeyed { aliases: vec![keystore_alias(vault, key.slot)], old_is_gone: true });
    assert_eq!(state(&home.mara), before);
    write(&home.mara, "Up early", 6);
    let after = state(&home.mara);
    home.mara.lock().unwrap();
    assert_eq!(home.names(), ["header.a", "header.b", "lock", "store-2.db"]);
    let refused = crate::store::Store::open(&home.folder().join("store-2.db"), &old.db_key(), vault);
    assert_eq!(refused.unwrap_err().code(), Code::Corrupt);

    assert_eq!(home.mara.unlock(&typed(PASSPHRASE), &at(7)).unwrap_err().code(), Code::WrongSecret);
    assert_eq!(home.mara.unlock(&by_key(&key, None), &at(7)).unwrap_err().code(), Code::NotFound);
    for with in [UnlockWith::Passphrase(new), home.words()] {
        home.mara.unlock(&with, &at(7)).unwrap();
        assert_eq!(state(&home.mara), after);
        home.mara.lock().unwrap();
    }
}

#[test]
fn a_new_key_that_is_refused_changes_nothing_and_the_vault_stays_open() {
    let home = Home::new();
    let key = home.keystore();
    let before = state(&home.mara);
    let new = text("another long passphrase");
    let names = home.names();
    for (with, new, expected, field) in [
        (typed("not the passphrase"), None, Code::WrongSecret, Field::Passphrase),
        (by_key(&key, None), Some(&new), Code::NeedsConfirmation, Field::RecoveryWords),
        (home.words(), None, Code::Empty, Field::Passphrase),
        (home.words(), Some(&text("short")), Code::WeakSecret, Field::Passphrase),
    ] {
        let refused = home.mara.rekey(&with, new, &at(5)).unwrap_err();
        assert_eq!((refused.code(), refused.detail().field), (expected, Some(field)));
        assert_eq!(state(&home.mara), before);
        let now: Vec<String> = home.names().into_iter().filter(|name| !name.starts_with("attempts")).collect();
        assert_eq!(now, names);
    }
    // A swap that cannot be done, after the copy was: the old vault is opened again.
    std::fs::create_dir(home.folder().join("header.b.new")).unwrap();
    let refused = home.mara.rekey(&home.words(), Some(&new), &at(6)).unwrap_err();
    assert_eq!(refused.code(), Code::Unwritable);
    std::fs::remove_dir(home.folder().join("header.b.new")).unwrap();
    assert_eq!(state(&home.mara), before);
    write(&home.mara, "Still mine", 7);
    let after = state(&home.mara);
    home.mara.lock().unwrap();
    assert!(home.names().iter().all(|name| !name.contains("store-2") && !name.ends_with(".new")), "{:?}", home.names());
    home.mara.unlock(&typed(PASSPHRASE), &at(8)).unwrap();
    assert_eq!(state(&home.mara), after);
}

#[test]
fn a_new_key_cut_short_anywhere_leaves_the_old_vault_or_the_new_one_whole() {
    let home = Home::new();
    let before = state(&home.mara);
    let new = text("another long passphrase");
    let mut steps = Vec::new();
    home.mara
        .rekey_in_steps(Way::SameDevice, &typed(PASSPHRASE), Some(&new), &at(5), &mut |step| {
            let name = format!("{}", steps.len());
            copy(&home.folder(), &home.place(&name));
            steps.push(step);
        })
        .unwrap();
    use Step::{Closed, Exported, Opened, Swept};
    let placed = [Placing::Staged, Placing::FirstHeader, Placing::StoreNamed, Placing::BothHeaders];
    let [staged, first, named, both] = placed.map(Step::Placing);
    assert_eq!(steps, [Exported, Closed, staged, first, named, both, Opened, Swept]);

    for (number, step) in steps.into_iter().enumerate() {
        // As it lies there, and with either header copy lost on top of it.
        for lost in [None, Some("header.a"), Some("header.b")] {
            let folder = home.place(&format!("{number} {lost:?}"));
            copy(&home.place(&number.to_string()), &folder);
            if let Some(lost) = lost {
                std::fs::remove_file(folder.join(lost)).unwrap();
            }
            // From the first header on it is the new vault; without that copy, until the second, the old one.
            let is_new = step >= first && !(lost == Some("header.a") && step < both);
            let (opens, other) = if is_new { (&new, PASSPHRASE) } else { (&text(PASSPHRASE), new.expose()) };
            let who = closed(&folder, 7);
            let wrong = who.unlock(&typed(other), &at(10)).unwrap_err();
            assert_eq!(wrong.code(), Code::WrongSecret, "{step:?} {lost:?}");
            who.unlock(&UnlockWith::Passphrase(opens.clone()), &at(11)).unwrap();
            assert_eq!(state(&who), before, "{step:?} {lost:?}");
            write(&who, "Up early", 12);
            who.lock().unwrap();
            let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
            names.sort();
            let stores: Vec<_> =
                names.iter().filter_map(|name| name.to_str().filter(|name| name.starts_with("store"))).collect();
            match (is_new, step == named) {
                (true, _) => assert_eq!(stores, ["store-2.db"], "{step:?} {lost:?}: one store is left"),
                // A store above the header's is never taken away by itself: a newer header may turn up.
                (false, true) => assert_eq!(stores, ["store-1.db", "store-2.db"]),
                (false, false) => assert_eq!(stores, ["store-1.db"], "{step:?} {lost:?}: one store is left"),
            }
            assert!(names.iter().all(|name| !name.to_str().unwrap().ends_with(".new")), "{names:?}");
            assert_eq!(
                std::fs::read(folder.join("header.a")).unwrap(),
                std::fs::read(folder.join("header.b")).unwrap()
            );
            who.unlock(&home.words(), &at(13)).unwrap();
            assert_ne!(state(&who), before);
        }
    }
}

#[test]
fn keys_that_rest_while_another_process_changes_them_are_of_no_use() {
    let home = Home::new();
    home.mara.pause(&at(3)).unwrap();
    let other = closed(&home.folder(), 5);
    other.unlock(&typed(PASSPHRASE), &at(4)).unwrap();
    other.rekey(&typed(PASSPHRASE), None, &at(5)).unwrap();
    write(&other, "Up early", 6);
    let after = state(&other);
    other.lock().unwrap();
    assert_eq!(home.mara.resume(&at(7)).unwrap_err().code(), Code::Locked);
    home.mara.unlock(&typed(PASSPHRASE), &at(8)).unwrap();
    assert_eq!(state(&home.mara), after);
}

#[test]
fn a_backup_opens_with_its_secrets_and_holds_the_same() {
    let home = Home::new();
    home.mara.pair_invite(InviteTerms::relationship(Role::Person), "Theo", &at(2)).unwrap();
    let before = state(&home.mara);
    let folder = home.place("deep/backup");
    let other = text("for the backup alone");
    let made = home.mara.backup_to(&folder, &typed(PASSPHRASE), Some(&other), &at(5)).unwrap();
    assert_eq!(made.spaces.get(&home.mara.own_space().unwrap()), Some(&before));
    assert!(made.header_is_whole);
    // The vault goes on as it was.
    write(&home.mara, "Up early", 6);
    assert_eq!(home.mara.pairings(&at(6)).unwrap()[0].stage, PairingStage::Invited);

    for with in [home.words(), UnlockWith::Passphrase(other.clone())] {
        assert_eq!(check_backup(&folder, &with, &at(7)).unwrap(), made);
    }
    assert_eq!(check_backup(&folder, &typed(PASSPHRASE), &at(7)).unwrap_err().code(), Code::WrongSecret);
    let VaultFacts::Backup { vault, slots, made_ms, retry_after_ms: None } = inspect(&folder, &at(7)) else { panic!() };
    assert_eq!((vault, made_ms, slots.len()), (made.vault, at(5).unix_ms, 2));

    // It is read, and never written.
    let files = |folder: &Path| -> BTreeMap<_, _> {
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        files
            .filter(|path| !path.to_str().unwrap().contains("attempts"))
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect()
    };
    let bytes = files(&folder);
    assert_eq!(bytes.len(), 4, "header.a, header.b, store-1.db, lock");
    let reader = closed(&folder, 3);
    let unlocked = reader.unlock(&home.words(), &at(8)).unwrap();
    assert!(unlocked.read_only && unlocked.backup_made_ms == Some(made_ms));
    assert_eq!(reader.pairings(&at(8)).map(|_| ()).unwrap_err().code(), Code::Unwritable);
    let draft = NoteDraft { title: "x".to_owned().into(), ..NoteDraft::default() };
    let refused = reader.apply(&[Command::Note(NoteCommand::Create { draft })], None, &at(8));
    assert_eq!(refused.unwrap_err().code(), Code::Unwritable);
    let changed = reader.set_passphrase(&home.words(), &text("another passphrase"), &at(8));
    assert_eq!(changed.unwrap_err().code(), Code::Unwritable);
    assert_eq!(reader.rekey(&home.words(), Some(&other), &at(8)).unwrap_err().code(), Code::Unwritable);
    let unproven = Confirmation { purpose: Purpose::Slots, token: "none".to_owned() };
    let refused = reader.slot_new(NewSlot::Keystore, &unproven, &at(8)).unwrap_err();
    assert_eq!(refused.code(), Code::NeedsConfirmation);
    let begin = || {
        let proof = reader.confirm(&home.words(), Purpose::Slots, &at(8))?;
        let key = reader.slot_new(NewSlot::Keystore, &proof, &at(8))?;
        reader.slot_add(key.slot, Vec::new(), &at(8))
    };
    assert_eq!(begin().unwrap_err().code(), Code::Unwritable);
    assert_eq!(state(&reader), before);
    let seen = reader.with_session(|session, entropy| raise(session, Some(5), entropy, &at(8))).unwrap();
    assert!(seen.copied && seen.counter == 5, "told again next time, since it cannot be kept");
    reader.pause(&at(8)).unwrap();
    reader.resume(&at(8)).unwrap();
    let store = reader.with_session(|session, _| session.store.read(crate::store::exchanges::all)).unwrap();
    assert!(
        store.iter().all(|record| record.private.expose().is_empty() && record.sent.expose().is_empty()),
        "no private half of a pairing"
    );
    reader.lock().unwrap();
    assert_eq!(files(&folder), bytes);
    // A lost header copy is told and not mended.
    std::fs::remove_file(folder.join("header.a")).unwrap();
    assert!(!check_backup(&folder, &home.words(), &at(9)).unwrap().header_is_whole);
    assert!(!folder.join("header.a").exists());
}

#[test]
fn a_backup_goes_into_an_empty_folder_with_a_typed_secret_or_not_at_all() {
    let home = Home::new();
    let key = home.keystore();
    let (folder, pin) = (home.place("backup"), text("482915"));
    for (with, passphrase, code) in [
        (typed("not the passphrase"), None, Code::WrongSecret),
        (by_key(&key, None), None, Code::NeedsConfirmation),
        (home.words(), Some(&pin), Code::WeakSecret),
    ] {
        assert_eq!(home.mara.backup_to(&folder, &with, passphrase, &at(5)).unwrap_err().code(), code);
        assert!(!folder.exists());
    }
    assert_eq!(home.mara.backup_to(&home.folder(), &home.words(), None, &at(5)).unwrap_err().code(), Code::InUse);
    home.mara.backup_to(&folder, &home.words(), None, &at(5)).unwrap();
    let again = home.mara.backup_to(&folder, &home.words(), None, &at(6)).unwrap_err();
    assert_eq!((again.code(), again.detail().field), (Code::Duplicate, Some(Field::Folder)));
    check_backup(&folder, &home.words(), &at(7)).unwrap();
    assert_eq!(check_backup(&folder, &typed(PASSPHRASE), &at(7)).unwrap_err().code(), Code::NotFound);
    home.mara.lock().unwrap();
    let mine = check_backup(&home.folder(), &home.words(), &at(8)).unwrap_err();
    assert_eq!((mine.code(), mine.detail().field), (Code::UnsupportedType, Some(Field::Folder)));
    assert_eq!(check_backup(&home.place("nowhere"), &home.words(), &at(8)).unwrap_err().code(), Code::NotFound);
    assert!(!home.place("nowhere").exists());
}

#[test]
fn a_damaged_backup_is_told_and_left_as_it_is() {
    let home = Home::new();
    let folder = home.place("backup");
    home.mara.backup_to(&folder, &home.words(), None, &at(5)).unwrap();
    let whole = std::fs::read(folder.join("store-1.db")).unwrap();
    let pages = whole.len() / 4_096;
    for page in [0, 1, pages / 2, pages - 1] {
        let mut bytes = whole.clone();
        bytes[page * 4_096 + 900] ^= 4;
        std::fs::write(folder.join("store-1.db"), &bytes).unwrap();
        let told = check_backup(&folder, &home.words(), &at(6)).unwrap_err();
        assert_eq!((told.code(), told.detail().field), (Code::Corrupt, Some(Field::Store)), "page {page}");
        assert_eq!(std::fs::read(folder.join("store-1.db")).unwrap(), bytes);
    }
    std::fs::write(folder.join("store-1.db"), &whole[..whole.len() - 4_096]).unwrap();
    assert_eq!(check_backup(&folder, &home.words(), &at(6)).unwrap_err().code(), Code::Corrupt);
    std::fs::write(folder.join("store-1.db"), &whole).unwrap();
    check_backup(&folder, &home.words(), &at(6)).unwrap();
    for name in ["header.a", "header.b"] {
        std::fs::write(folder.join(name), b"rust").unwrap();
    }
    let told = check_backup(&folder, &home.words(), &at(6)).unwrap_err();
    assert_eq!((told.code(), told.detail().field), (Code::Corrupt, Some(Field::Header)));
}

#[test]
fn keystore_and_pin_stay_through_a_new_key_that_they_asked_for() {
    let home = Home::new();
    let alone = home.keystore();
    let pin = text("482915");
    let key = home.way_in(NewSlot::KeystoreAndPin { pin: pin.clone() }, &at(2));
    let both = UnlockWith::KeystoreAndPin { slot: key.slot, key32: key.key32.clone(), pin, vault_counter: None };
    let before = state(&home.mara);
    let new = text("another long passphrase");
    let done = home.mara.rekey(&both, Some(&new), &at(3)).unwrap();
    let vault = home.mara.with_session(|session, _| Ok(session.opened.vault())).unwrap();
    assert_eq!(done.aliases, [keystore_alias(vault, alone.slot)]);
    home.mara.lock().unwrap();
    let VaultFacts::Locked { slots, .. } = inspect(&home.folder(), &at(4)) else { panic!() };
    assert!(slots.iter().any(|slot| slot.id == key.slot && slot.wrapped.as_deref() == Some(b"by the host")));
    for with in [both, UnlockWith::Passphrase(new), home.words()] {
        home.mara.unlock(&with, &at(5)).unwrap();
        assert_eq!(state(&home.mara), before);
        home.mara.lock().unwrap();
    }
}

#[test]
fn wrong_passphrases_wait_across_companions_and_lose_nothing() {
    let home = Home::new();
    let before = state(&home.mara);
    home.mara.lock().unwrap();
    for _ in 0..crate::vault::FREE_TRIES {
        let another = closed(&home.folder(), 4);
        assert_eq!(another.unlock(&typed("not the passphrase"), &at(10)).unwrap_err().code(), Code::WrongSecret);
    }
    let refused = home.mara.unlock(&typed(PASSPHRASE), &at(12)).unwrap_err();
    assert_eq!((refused.code(), refused.detail().until_ms), (Code::TryLater, Some(at(40).unix_ms)));
    let VaultFacts::Locked { retry_after_ms, .. } = inspect(&home.folder(), &at(12)) else { panic!() };
    assert_eq!(retry_after_ms, Some(28_000));
    home.mara.unlock(&typed(PASSPHRASE), &at(40)).unwrap();
    assert_eq!(state(&home.mara), before);
}
