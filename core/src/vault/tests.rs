mod forged;
mod life;
mod secrets;

use super::attempts::Attempts;
use super::header::{Both, Header};
use super::*;
use crate::cbor;
use crate::clock::Moment;
use crate::crypto::hash::sha256;
use crate::crypto::kdf::PassphraseCost;
use crate::crypto::sign::SigningKey;
use crate::crypto::words::{RecoveryWords, WordCount};
use crate::error::{Code, Error, Field, Result};
use crate::ids::{SlotId, VaultId};
use crate::secret::{Entropy, Secret32, SecretText};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A seed, stretched by a hash.
struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&sha256(&[&self.0.to_be_bytes()])[..chunk.len()]);
        }
    }
}

const PASSPHRASE: &str = "rope and harness";

fn text(text: &str) -> SecretText {
    SecretText::new(text.to_owned())
}
fn now() -> Moment {
    Moment { unix_ms: 1_760_000_000_000, zone: "UTC".into(), boot_ms: 90_000, boot_id: 1 }
}
fn typed(passphrase: &str) -> UnlockWith {
    UnlockWith::Passphrase(text(passphrase))
}
fn new_vault(passphrase: Option<&str>) -> NewVault {
    NewVault { passphrase: passphrase.map(text), cost: PassphraseCost::FLOOR, words: WordCount::TwentyFour }
}

/// A vault in a folder of its own, with a stand-in for its store.
struct Home {
    _outer: TempDir,
    folder: PathBuf,
    seed: Seeded,
}

struct Kept {
    db_key: Secret32,
    vault: VaultId,
    admin: [u8; 32],
    words: UnlockWith,
    keystore: UnlockWith,
    slot: SlotId,
}

impl Home {
    fn empty() -> Home {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("deep/belay");
        Home { _outer: outer, folder, seed: Seeded(7) }
    }
    fn lock(&self) -> FolderLock {
        FolderLock::take(&self.folder).unwrap()
    }
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
    /// With passphrase, words and a keystore slot.
    fn filled() -> (Home, Kept) {
        let mut home = Home::empty();
        let lock = home.lock();
        let draft = Draft::make(&lock, &new_vault(Some(PASSPHRASE)), &mut home.seed).unwrap();
        let (db_key, vault) = (draft.db_key(), draft.vault());
        std::fs::write(draft.store_file(), b"a store").unwrap();
        let made = draft.commit().unwrap();
        let key = slot_begin(&mut home.seed);
        slot_finish(&lock, &made.opened, &key, b"wrapped".to_vec(), &mut home.seed).unwrap();
        let slot = key.slot;
        let keystore = UnlockWith::Keystore { slot, key32: key.key32, vault_counter: None };
        let words = UnlockWith::RecoveryWords(made.words);
        (home, Kept { db_key, vault, admin: made.admin.public(), words, keystore, slot })
    }
    /// Every file but the lock and the count of wrong secrets, with its content.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let Ok(names) = files::names(&self.folder) else { return BTreeMap::new() };
        let kept = names.into_iter().filter(|name| name != files::LOCK && !files::ATTEMPTS.contains(&name.as_str()));
        kept.map(|name| (name.clone(), std::fs::read(self.path(&name)).unwrap())).collect()
    }
}

fn code<T>(result: Result<T>) -> (Code, Option<Field>) {
    match result {
        Err(Error::Refused(detail)) => (detail.code, detail.field),
        Err(error) => (error.code(), None),
        Ok(_) => panic!("expected a refusal"),
    }
}

fn admin_of(opened: Result<(Opened, Option<SigningKey>)>) -> Option<[u8; 32]> {
    opened.unwrap().1.map(|admin| admin.public())
}

#[test]
fn each_way_in_opens_the_same_vault_and_only_typed_ones_give_the_admin_key() {
    let (home, kept) = Home::filled();
    let lock = home.lock();
    for (with, admin) in [(typed(PASSPHRASE), true), (kept.words.clone(), true), (kept.keystore.clone(), false)] {
        let (opened, given) = unlock(&lock, &with, &now()).unwrap();
        assert_eq!((opened.vault(), opened.db_key()), (kept.vault, kept.db_key.clone()));
        assert_eq!(given.map(|key| key.public()), admin.then_some(kept.admin));
        assert_eq!(opened.store_file(), home.path("store-1.db"));
        assert_eq!(opened.header_state(), HeaderState::Whole);
        assert_ne!(opened.db_key(), opened.blob_key());
        assert!(!format!("{opened:?} {with:?}").contains("rope"));
    }
    let VaultFacts::Locked { vault, slots, retry_after_ms: None } = lock.inspect() else { panic!() };
    assert_eq!(vault, kept.vault);
    let kinds: Vec<_> = slots.iter().map(|slot| slot.kind).collect();
    assert_eq!(kinds, [SlotKind::Recovery, SlotKind::Passphrase, SlotKind::Keystore]);
    assert_eq!(slots[2].wrapped.as_deref(), Some(&b"wrapped"[..]));
    assert_eq!(slots[2].id, kept.slot);
}

#[test]
fn a_wrong_secret_is_named_and_changes_nothing() {
    let (mut home, kept) = Home::filled();
    let lock = home.lock();
    let before = home.files();
    let other_words = UnlockWith::RecoveryWords(RecoveryWords::make(WordCount::TwentyFour, &mut home.seed));
    let other_key = UnlockWith::Keystore { slot: kept.slot, key32: Secret32::new([1; 32]), vault_counter: None };
    let other_slot = UnlockWith::Keystore { slot: SlotId([9; 16]), key32: Secret32::new([1; 32]), vault_counter: None };
    for (with, expected) in [
        (typed("rope and Harness"), (Code::WrongSecret, Some(Field::Passphrase))),
        (typed("short"), (Code::WrongSecret, Some(Field::Passphrase))),
        (other_words, (Code::WrongSecret, Some(Field::RecoveryWords))),
        (other_key, (Code::WrongSecret, Some(Field::Key))),
        (other_slot, (Code::NotFound, Some(Field::Key))),
    ] {
        assert_eq!(code(unlock(&lock, &with, &now())), expected);
    }
    let changed = change_passphrase(
        &lock,
        text("not the old"),
        &text("new one, longer"),
        PassphraseCost::FLOOR,
        &now(),
        &mut home.seed,
    );
    assert_eq!(code(changed).0, Code::WrongSecret);
    assert_eq!(home.files(), before);
}

#[test]
fn a_passphrase_is_changed_by_the_old_one_or_the_words_and_never_by_the_keystore() {
    let (mut home, kept) = Home::filled();
    let lock = home.lock();
    let floor = PassphraseCost::FLOOR;
    change_passphrase(&lock, text(PASSPHRASE), &text("second rope"), floor, &now(), &mut home.seed).unwrap();
    assert_eq!(code(unlock(&lock, &typed(PASSPHRASE), &now())).0, Code::WrongSecret);
    assert_eq!(admin_of(unlock(&lock, &typed("second rope"), &now())), Some(kept.admin));
    set_passphrase(&lock, &kept.words, &text("caf\u{e9} rope"), floor, &now(), &mut home.seed).unwrap();
    // Composed on one keyboard, decomposed on another.
    assert_eq!(admin_of(unlock(&lock, &typed("cafe\u{301} rope"), &now())), Some(kept.admin));

    let before = home.files();
    let by_key = set_passphrase(&lock, &kept.keystore, &text("third rope"), floor, &now(), &mut home.seed);
    assert_eq!(code(by_key), (Code::NeedsConfirmation, Some(Field::RecoveryWords)));
    let weak = set_passphrase(&lock, &kept.words, &text("short"), floor, &now(), &mut home.seed);
    assert_eq!(code(weak), (Code::WeakSecret, Some(Field::Passphrase)));
    let cheap = PassphraseCost { memory_kib: 8, passes: 1, lanes: 1 };
    let cheap = set_passphrase(&lock, &kept.words, &text("third rope"), cheap, &now(), &mut home.seed);
    assert_eq!(code(cheap), (Code::OutOfRange, Some(Field::Passphrase)));
    assert_eq!(home.files(), before);
    assert!(unlock(&lock, &kept.keystore, &now()).is_ok() && unlock(&lock, &kept.words, &now()).is_ok());
}

#[test]
fn slots_come_and_go_but_never_the_last_that_leads_to_the_admin_key() {
    let (mut home, kept) = Home::filled();
    let lock = home.lock();
    let (opened, _) = unlock(&lock, &kept.keystore, &now()).unwrap();
    let VaultFacts::Locked { slots, .. } = lock.inspect() else { panic!() };
    let id = |kind| slots.iter().find(|slot| slot.kind == kind).unwrap().id;

    assert_eq!(remove_slot(&lock, &opened, id(SlotKind::Passphrase)).unwrap(), None);
    assert_eq!(code(unlock(&lock, &typed(PASSPHRASE), &now())), (Code::NotFound, Some(Field::Key)));
    let before = home.files();
    assert_eq!(code(remove_slot(&lock, &opened, id(SlotKind::Recovery))).0, Code::OutOfRange);
    assert_eq!(code(remove_slot(&lock, &opened, SlotId([0; 16]))).0, Code::NotFound);
    let big = vec![0; WRAPPED_MAX_BYTES + 1];
    let key = slot_begin(&mut home.seed);
    assert_eq!(code(slot_finish(&lock, &opened, &key, big, &mut home.seed)).0, Code::TooBig);
    assert_eq!(home.files(), before);
    assert_eq!(remove_slot(&lock, &opened, kept.slot).unwrap(), Some(keystore_alias(kept.vault, kept.slot)));
    assert_eq!(code(unlock(&lock, &kept.keystore, &now())).0, Code::NotFound);
    for _ in 0..header::SLOTS_MAX - 1 {
        let key = slot_begin(&mut home.seed);
        slot_finish(&lock, &opened, &key, Vec::new(), &mut home.seed).unwrap();
        assert_eq!(code(slot_finish(&lock, &opened, &key, Vec::new(), &mut home.seed)).0, Code::Duplicate);
    }
    let key = slot_begin(&mut home.seed);
    assert_eq!(code(slot_finish(&lock, &opened, &key, Vec::new(), &mut home.seed)).0, Code::TooMany);
    assert_eq!(admin_of(unlock(&lock, &kept.words, &now())), Some(kept.admin));
}

#[test]
fn any_flipped_byte_of_one_copy_is_repaired_and_of_both_is_told_and_left() {
    let (home, kept) = Home::filled();
    let lock = home.lock();
    let whole = home.files();
    let header = &whole["header.a"];
    assert_eq!(header, &whole["header.b"]);
    for at in 0..header.len() {
        let mut bent = header.clone();
        bent[at] ^= 1 << (at % 8);
        // Repairing syncs, which costs: each copy takes its turn.
        let (bad, good) = if at % 2 == 0 { ("header.a", "header.b") } else { ("header.b", "header.a") };
        std::fs::write(home.path(bad), &bent).unwrap();
        assert!(matches!(lock.inspect(), VaultFacts::Locked { .. }), "byte {at}");
        assert_eq!(std::fs::read(home.path(bad)).unwrap(), bent, "looking writes nothing");
        std::fs::write(home.path(good), &bent).unwrap();
        assert_eq!(lock.inspect(), VaultFacts::Damaged { what: Field::Header }, "byte {at}");
        assert_eq!(code(unlock(&lock, &kept.keystore, &now())), (Code::Corrupt, Some(Field::Header)), "byte {at}");
        assert_eq!(std::fs::read(home.path(bad)).unwrap(), bent, "byte {at}");
        std::fs::write(home.path(good), header).unwrap();
        let (opened, _) = unlock(&lock, &kept.keystore, &now()).unwrap();
        assert_eq!((opened.header_state(), opened.db_key()), (HeaderState::Repaired, kept.db_key.clone()));
        assert_eq!(home.files(), whole, "byte {at}");
    }
    for length in [0, 11, 47, header.len() - 1] {
        std::fs::write(home.path("header.a"), &header[..length]).unwrap();
        assert!(unlock(&lock, &kept.keystore, &now()).is_ok(), "cut at {length}");
    }
    std::fs::write(home.path("header.a"), vec![7; 1 << 20]).unwrap();
    std::fs::remove_file(home.path("header.b")).unwrap();
    assert_eq!(lock.inspect(), VaultFacts::Damaged { what: Field::Header });
}

#[test]
fn a_change_cut_short_between_the_copies_counts_and_is_finished() {
    let (mut home, kept) = Home::filled();
    let lock = home.lock();
    let old = home.files()["header.a"].clone();
    change_passphrase(&lock, text(PASSPHRASE), &text("second rope"), PassphraseCost::FLOOR, &now(), &mut home.seed)
        .unwrap();
    let new = home.files()["header.a"].clone();
    for (a, b) in [(&new, &old), (&old, &new)] {
        std::fs::write(home.path("header.a"), a).unwrap();
        std::fs::write(home.path("header.b"), b).unwrap();
        std::fs::write(home.path("header.b.new"), &new[..20]).unwrap();
        assert_eq!(code(unlock(&lock, &typed(PASSPHRASE), &now())).0, Code::WrongSecret);
        assert_eq!(home.files()["header.b"], *b, "a wrong secret repairs nothing");
        let (opened, _) = unlock(&lock, &typed("second rope"), &now()).unwrap();
        assert_eq!((opened.header_state(), opened.db_key()), (HeaderState::Repaired, kept.db_key.clone()));
        let files = home.files();
        assert!(files["header.a"] == new && files["header.b"] == new);
    }
    // Cut short before the first rename: staged files are nothing.
    std::fs::write(home.path("header.a.new"), &old).unwrap();
    assert!(unlock(&lock, &typed("second rope"), &now()).is_ok());
}

#[test]
fn a_change_that_fails_half_way_is_no_change() {
    let (mut home, kept) = Home::filled();
    let lock = home.lock();
    let before = std::fs::read(home.path("header.a")).unwrap();
    // A folder in the way lets one step fail: writing the second copy, then staging it.
    for in_the_way in ["header.b", "header.b.new"] {
        let _ = std::fs::remove_file(home.path("header.b"));
        let _ = std::fs::remove_dir(home.path("header.b"));
        std::fs::create_dir(home.path(in_the_way)).unwrap();
        std::fs::write(home.path(in_the_way).join("x"), b"").unwrap();
        let changed = change_passphrase(
            &lock,
            text(PASSPHRASE),
            &text("second rope"),
            PassphraseCost::FLOOR,
            &now(),
            &mut home.seed,
        );
        assert_eq!(code(changed).0, Code::Unwritable);
        assert_eq!(std::fs::read(home.path("header.a")).unwrap(), before, "{in_the_way}");
        assert!(!home.path("header.a.new").exists());
        let (opened, admin) = unlock(&lock, &typed(PASSPHRASE), &now()).unwrap();
        assert_eq!(opened.header_state(), HeaderState::OneCopy);
        assert_eq!(admin.unwrap().public(), kept.admin);
        std::fs::remove_dir_all(home.path(in_the_way)).unwrap();
    }
    assert_eq!(unlock(&lock, &typed(PASSPHRASE), &now()).unwrap().0.header_state(), HeaderState::Repaired);
}

/// The header with something changed by one who lacks the key but knows the checksum.
fn forged(bytes: &[u8], change: impl FnOnce(&mut Header)) -> Vec<u8> {
    let home = Home::empty();
    std::fs::create_dir_all(&home.folder).unwrap();
    std::fs::write(home.path("header.a"), bytes).unwrap();
    let Both::Good(copies) = header::read(&home.folder) else { panic!() };
    let mut header = copies[0].header.clone();
    change(&mut header);
    header.encode(&Secret32::new([0; 32]))
}

#[test]
fn a_header_written_without_the_key_is_refused_and_the_other_copy_used() {
    let (home, kept) = Home::filled();
    let lock = home.lock();
    let whole = home.files();
    let forgery = forged(&whole["header.a"], |header| header.rev += 10);
    std::fs::write(home.path("header.a"), &forgery).unwrap();
    let (opened, _) = unlock(&lock, &kept.keystore, &now()).unwrap();
    assert_eq!(opened.header_state(), HeaderState::Repaired);
    assert_eq!(home.files(), whole);
    for name in files::HEADERS {
        std::fs::write(home.path(name), &forgery).unwrap();
    }
    assert_eq!(code(unlock(&lock, &kept.keystore, &now())), (Code::Corrupt, Some(Field::Header)));
    assert_eq!(code(remove_slot(&lock, &opened, kept.slot)), (Code::Corrupt, Some(Field::Header)));
    assert_eq!(home.files()["header.a"], forgery);
}

#[test]
fn a_forged_copy_that_names_another_store_does_not_make_the_vault_look_damaged() {
    let (home, kept) = Home::filled();
    let lock = home.lock();
    let whole = home.files();
    let forgery = forged(&whole["header.a"], |header| (header.rev, header.store) = (header.rev + 10, 77));
    std::fs::write(home.path("header.a"), &forgery).unwrap();
    assert!(matches!(lock.inspect(), VaultFacts::Locked { .. }), "{:?}", lock.inspect());
    unlock(&lock, &kept.keystore, &now()).unwrap();
    assert_eq!(home.files(), whole);
    for name in files::HEADERS {
        std::fs::write(home.path(name), &forgery).unwrap();
    }
    assert_eq!(lock.inspect(), VaultFacts::Damaged { what: Field::Store });
}

#[test]
fn a_newer_format_is_named_even_beside_an_older_copy_and_left_alone() {
    let (home, kept) = Home::filled();
    let lock = home.lock();
    let old = home.files()["header.a"].clone();
    let format = (FORMAT + 3).to_be_bytes();
    let rest = b"whatever a later build keeps here";
    let newer = [b"belay vault", &format[..], &sha256(&[b"belay vault", &format, rest]), rest].concat();
    for (a, b) in [(&newer, &newer), (&newer, &old), (&old, &newer)] {
        std::fs::write(home.path("header.a"), a).unwrap();
        std::fs::write(home.path("header.b"), b).unwrap();
        let before = home.files();
        assert_eq!(lock.inspect(), VaultFacts::Newer { need: FORMAT + 3 });
        assert_eq!(code(unlock(&lock, &kept.keystore, &now())), (Code::NewerSchema, Some(Field::Header)));
        assert_eq!(home.files(), before);
    }
}

#[test]
fn a_slot_of_a_later_kind_is_carried_along() {
    let (mut home, kept) = Home::filled();
    let lock = home.lock();
    let (opened, _) = unlock(&lock, &kept.keystore, &now()).unwrap();
    let mut header = unlock::current(&lock, &opened).unwrap();
    // {1: id, 2: kind 3}
    let later: Vec<u8> = [&[0xa2, 1, 0x50][..], &[8; 16], &[2, 3]].concat();
    assert!(cbor::check(&later).is_some());
    header.slots.push(later.clone().into());
    header::write(&home.folder, &header.encode(&opened.header_key())).unwrap();
    change_passphrase(&lock, text(PASSPHRASE), &text("second rope"), PassphraseCost::FLOOR, &now(), &mut home.seed)
        .unwrap();
    let header = unlock::current(&lock, &opened).unwrap();
    assert!(header.slots.iter().any(|slot| **slot == later));
    let VaultFacts::Locked { slots, .. } = lock.inspect() else { panic!() };
    assert_eq!(slots.len(), 3);
}

#[test]
fn one_holder_at_a_time() {
    let (home, _) = Home::filled();
    let lock = home.lock();
    assert_eq!(inspect(&home.folder), VaultFacts::InUse);
    assert_eq!(code(FolderLock::take(&home.folder)), (Code::InUse, Some(Field::Folder)));
    assert!(matches!(lock.inspect(), VaultFacts::Locked { .. }));
    drop(lock);
    assert!(matches!(inspect(&home.folder), VaultFacts::Locked { .. }));
    drop(home.lock());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_look_and_a_place_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let (home, _) = Home::filled();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.folder), 0o700);
    for name in ["header.a", "header.b", "lock"] {
        assert_eq!(mode(&home.path(name)), 0o600, "{name}");
    }
    // A file where the folder should be stops root too.
    let refused = FolderLock::take(&home.path("header.a").join("belay"));
    assert_eq!(code(refused), (Code::Unwritable, Some(Field::Folder)));
}

#[cfg(unix)]
#[test]
fn permissions_decide_what_is_told_and_reading_needs_none_to_write() {
    use std::os::unix::fs::PermissionsExt;
    let name = "vault::tests::permissions_decide_what_is_told_and_reading_needs_none_to_write";
    if !unprivileged::is_unprivileged(name) {
        return;
    }
    let allow = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    let (mut home, kept) = Home::filled();
    allow(&home.folder, 0o000);
    assert_eq!(inspect(&home.folder), VaultFacts::NotYet);
    allow(&home.folder, 0o700);
    allow(&home.path("header.a"), 0o000);
    assert!(matches!(inspect(&home.folder), VaultFacts::Locked { .. }), "one readable copy is enough");
    allow(&home.path("header.b"), 0o000);
    assert_eq!(inspect(&home.folder), VaultFacts::NotYet);
    assert_eq!(code(unlock(&home.lock(), &kept.keystore, &now())), (Code::Unwritable, Some(Field::Header)));
    allow(&home.path("header.a"), 0o400);
    std::fs::remove_file(home.path("header.b")).unwrap();

    allow(&home.folder, 0o500);
    let before = home.files();
    let lock = home.lock();
    let (opened, _) = unlock(&lock, &kept.keystore, &now()).unwrap();
    assert_eq!(opened.header_state(), HeaderState::OneCopy);
    let key = slot_begin(&mut home.seed);
    assert_eq!(code(slot_finish(&lock, &opened, &key, Vec::new(), &mut home.seed)).0, Code::Unwritable);
    assert_eq!(home.files(), before);
    assert_eq!(code(erase(lock)), (Code::Unwritable, Some(Field::Folder)));
    allow(&home.folder, 0o700);

    let outer = tempfile::tempdir().unwrap();
    allow(outer.path(), 0o500);
    assert_eq!(code(FolderLock::take(&outer.path().join("belay"))), (Code::Unwritable, Some(Field::Folder)));
    assert_eq!(files::names(outer.path()).unwrap(), Vec::<String>::new());
}
