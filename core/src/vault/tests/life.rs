//! Creation and erasure, whole and cut short.

use super::*;
use std::collections::BTreeMap;

#[test]
fn only_a_folder_without_a_vault_is_absent() {
    let mut home = Home::empty();
    assert_eq!(inspect(&home.folder), VaultFacts::Absent);
    assert!(!home.folder.exists(), "looking makes nothing");
    drop(home.lock());
    assert_eq!(inspect(&home.folder), VaultFacts::Absent);
    std::fs::write(home.path("store-1.db"), b"words").unwrap();
    assert_eq!(inspect(&home.folder), VaultFacts::Damaged { what: Field::Header });
    let lock = home.lock();
    assert_eq!(code(unlock(&lock, &typed(PASSPHRASE), &now())), (Code::Corrupt, Some(Field::Header)));
    let refused = Draft::make(&lock, &new_vault(None), &mut home.seed);
    assert_eq!(code(refused), (Code::Duplicate, Some(Field::Folder)));
    assert_eq!(home.files().len(), 1);

    let (home, kept) = Home::filled();
    let file = inspect(&home.path("header.a"));
    assert_eq!(file, VaultFacts::Damaged { what: Field::Folder });
    std::fs::remove_file(home.path("store-1.db")).unwrap();
    assert_eq!(inspect(&home.folder), VaultFacts::Damaged { what: Field::Store });
    assert_eq!(code(unlock(&home.lock(), &kept.keystore, &now())), (Code::Corrupt, Some(Field::Store)));
}

#[test]
fn a_creation_refuses_what_is_there_and_a_weak_secret_before_it_writes() {
    let (mut home, _) = Home::filled();
    let lock = home.lock();
    let before = home.files();
    assert_eq!(code(Draft::make(&lock, &new_vault(Some(PASSPHRASE)), &mut home.seed)).0, Code::Duplicate);
    assert_eq!(home.files(), before);
    drop(lock);

    let mut home = Home::empty();
    let lock = home.lock();
    assert_eq!(code(Draft::make(&lock, &new_vault(Some("short")), &mut home.seed)).0, Code::WeakSecret);
    let draft = Draft::make(&lock, &new_vault(None), &mut home.seed).unwrap();
    std::fs::write(draft.store_file(), b"half a store").unwrap();
    drop(draft);
    assert_eq!(home.files(), BTreeMap::new());
    let draft = Draft::make(&lock, &new_vault(None), &mut home.seed).unwrap();
    assert_eq!(code(draft.commit()).0, Code::Internal);
    let draft = Draft::make(&lock, &new_vault(None), &mut home.seed).unwrap();
    std::fs::write(draft.store_file(), b"a store").unwrap();
    std::fs::write(home.path("store-1.new-wal"), b"still open").unwrap();
    assert_eq!(code(draft.commit()).0, Code::Internal);
    assert_eq!(lock.inspect(), VaultFacts::Absent);
}

#[test]
fn a_creation_cut_short_anywhere_leaves_nothing_or_a_whole_vault() {
    let mut home = Home::empty();
    let lock = home.lock();
    let draft = Draft::make(&lock, &new_vault(Some(PASSPHRASE)), &mut home.seed).unwrap();
    let db_key = draft.db_key();
    std::fs::write(draft.store_file(), b"a store").unwrap();
    let made = draft.commit().unwrap();
    assert_eq!(made.opened.header_state(), HeaderState::Whole);
    assert_eq!(home.files().keys().map(String::as_str).collect::<Vec<_>>(), ["header.a", "header.b", "store-1.db"]);
    let header = home.files()["header.a"].clone();
    // What lies there after each step, and whether that is a vault.
    type Files<'f> = &'f [(&'f str, &'f [u8])];
    let steps: [(Files<'_>, bool); 6] = [
        (&[], false),
        (&[("store-1.new", b"a st")], false),
        (&[("store-1.new", b"a store"), ("store-1.new-wal", b"x"), ("header.a.new", &header[..9])], false),
        (&[("store-1.new", b"a store"), ("header.a.new", &header), ("header.b.new", &header)], false),
        (&[("store-1.new", b"a store"), ("header.a", &header), ("header.b.new", &header)], true),
        (&[("store-1.db", b"a store"), ("header.a", &header), ("header.b.new", &header)], true),
    ];
    for (number, (files, is_vault)) in steps.into_iter().enumerate() {
        for name in home.files().into_keys() {
            std::fs::remove_file(home.path(&name)).unwrap();
        }
        for (name, bytes) in files {
            std::fs::write(home.path(name), bytes).unwrap();
        }
        if is_vault {
            assert!(matches!(lock.inspect(), VaultFacts::Locked { .. }), "step {number}");
            let (opened, admin) = unlock(&lock, &typed(PASSPHRASE), &now()).unwrap();
            assert_eq!((opened.db_key(), admin.is_some()), (db_key.clone(), true));
            assert_eq!(std::fs::read(opened.store_file()).unwrap(), b"a store");
            assert_eq!(home.files()["header.b"], header);
        } else {
            assert_eq!(lock.inspect(), VaultFacts::Absent, "step {number}");
            let again = Draft::make(&lock, &new_vault(None), &mut home.seed).unwrap();
            assert_eq!(home.files(), BTreeMap::new(), "step {number}");
            drop(again);
        }
    }
}

/// Copies what lies in a folder somewhere else, without the lock and without the mark.
fn looted(home: &Home) -> Home {
    let copy = Home::empty();
    std::fs::create_dir_all(&copy.folder).unwrap();
    for (name, bytes) in home.files().into_iter().filter(|(name, _)| name != files::ERASING) {
        std::fs::write(copy.path(&name), bytes).unwrap();
    }
    copy
}

#[test]
fn erasing_leaves_nothing_that_a_secret_opens_and_finishes_what_was_cut_short() {
    let (home, kept) = Home::filled();
    for name in ["store-1.db-wal", "store-1.db-shm", "store-2.db", "attempts.a", "header.b.new"] {
        std::fs::write(home.path(name), b"x").unwrap();
    }
    let alias = keystore_alias(kept.vault, kept.slot);
    // Cut short after the first step.
    erase::forget_keys(&home.folder, std::slice::from_ref(&alias));
    assert_eq!(inspect(&home.folder), VaultFacts::Erasing);
    let loot = looted(&home);
    assert_eq!(inspect(&loot.folder), VaultFacts::Damaged { what: Field::Header });
    for with in [typed(PASSPHRASE), kept.words.clone(), kept.keystore.clone()] {
        assert_eq!(code(unlock(&loot.lock(), &with, &now())), (Code::Corrupt, Some(Field::Header)));
        assert_eq!(code(unlock(&home.lock(), &with, &now())), (Code::NotFound, Some(Field::Header)));
    }
    let lock = home.lock();
    assert_eq!(code(Draft::make(&lock, &new_vault(None), &mut Seeded(1))).0, Code::Duplicate);
    let report = erase(lock).unwrap();
    assert_eq!((report.aliases, report.removed), (vec![alias], 10));
    assert!(!home.folder.exists());
    assert_eq!(inspect(&home.folder), VaultFacts::Absent);
}

#[test]
fn erasing_takes_every_file_of_a_vault_and_none_of_another() {
    let (home, kept) = Home::filled();
    std::fs::create_dir(home.path("drop")).unwrap();
    std::fs::write(home.path("drop/one"), b"sealed").unwrap();
    std::fs::write(home.path("holiday.jpg"), b"mine").unwrap();
    std::fs::write(home.path("header.a"), b"damaged too").unwrap();
    let report = erase(home.lock()).unwrap();
    assert_eq!(report.aliases, [keystore_alias(kept.vault, kept.slot)]);
    assert_eq!(files::names(&home.folder).unwrap(), ["holiday.jpg"]);
    assert_eq!(inspect(&home.folder), VaultFacts::Absent);
    assert_eq!(erase(home.lock()).unwrap().aliases, Vec::<String>::new());
}

#[test]
fn an_erasure_whose_mark_stays_is_not_told_as_done() {
    let (home, _) = Home::filled();
    std::fs::create_dir(home.path("erasing")).unwrap();
    assert_eq!(code(erase(home.lock())), (Code::Unwritable, Some(Field::Folder)));
    std::fs::remove_dir(home.path("erasing")).unwrap();
    erase(home.lock()).unwrap();
    assert_eq!(inspect(&home.folder), VaultFacts::Absent);
}
