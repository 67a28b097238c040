use crate::{code, confirmed, note, notes, wrong};
use belay::clock::Moment;
use belay::command::{Confirmation, Purpose};
use belay::companion::{NewSlot, UnlockWith};
use belay::error::Code;
use belay_tests::{World, add_way_in, unchanged};

#[test]
fn a_proof_is_for_one_purpose_and_one_use() {
    let world = World::new("purposes");
    let mut mara = world.bare("Mara");
    mara.create();
    let given = confirmed(&mara, Purpose::Words);
    let other = confirmed(&mara, Purpose::Backup);
    // One of another purpose, also where its name is written over.
    assert_eq!(code(mara.companion.recovery_words(&other, &mara.at())), Code::NeedsConfirmation);
    let renamed = Confirmation { purpose: Purpose::Words, ..other.clone() };
    assert_eq!(code(mara.companion.recovery_words(&renamed, &mara.at())), Code::NeedsConfirmation);
    let invented = Confirmation { purpose: Purpose::Words, token: "0".repeat(26) };
    assert_eq!(code(mara.companion.recovery_words(&invented, &mara.at())), Code::NeedsConfirmation);
    let words = mara.companion.recovery_words(&given, &mara.at()).expect("its own purpose");
    assert_eq!(&words, mara.words());
    assert_eq!(code(mara.companion.recovery_words(&given, &mara.at())), Code::NeedsConfirmation, "used");
}

#[test]
fn a_proof_ends_after_a_minute_with_the_lock_and_with_the_clock() {
    let world = World::new("minute");
    let mut mara = world.bare("Mara");
    mara.create();
    let ask = |given: &Confirmation, at: &Moment| mara.companion.recovery_words(given, at);

    let given = confirmed(&mara, Purpose::Words);
    mara.wait(61_000);
    assert_eq!(code(ask(&given, &mara.at())), Code::NeedsConfirmation, "61 seconds later");
    let given = confirmed(&mara, Purpose::Words);
    mara.wait(-3_600_000);
    assert_eq!(code(ask(&given, &mara.at())), Code::NeedsConfirmation, "an hour before");
    mara.wait(3_600_000);
    assert_eq!(code(ask(&given, &mara.at())), Code::NeedsConfirmation, "it does not come back");

    // A clock that nobody can set decides where the host has one.
    let booted = |unix_ms: i64, boot_ms: u64| Moment { unix_ms, boot_ms, boot_id: 9, ..mara.at() };
    let confirm = |at: Moment| mara.companion.confirm(&mara.secret(), Purpose::Words, &at).expect("the passphrase");
    let now = mara.at().unix_ms;
    let given = confirm(booted(now, 100_000));
    ask(&given, &booted(now - 3_600_000, 130_000)).expect("half a minute later");
    let given = confirm(booted(now, 100_000));
    assert_eq!(code(ask(&given, &booted(now + 1, 161_000))), Code::NeedsConfirmation);

    // A pause ends it, and so does the lock.
    for lock in [false, true] {
        let given = confirmed(&mara, Purpose::Backup);
        if lock {
            mara.lock_and_unlock();
        } else {
            mara.rest();
        }
        let folder = mara.folder().with_file_name(format!("backup {lock}"));
        let refused = code(mara.companion.backup_confirmed(&folder, &given, None, &mara.at()));
        assert_eq!(refused, Code::NeedsConfirmation);
        assert!(!folder.exists());
    }
}

#[test]
fn a_wrong_secret_waits_here_too_and_a_keystore_alone_proves_little() {
    let world = World::new("wrong");
    let mut mara = world.person("Mara");
    mara.use_keystore();
    mara.lock_and_unlock();
    for _ in 0..5 {
        assert_eq!(code(mara.companion.confirm(&wrong(), Purpose::Erase, &mara.at())), Code::WrongSecret);
    }
    assert_eq!(code(mara.companion.confirm(&mara.secret(), Purpose::Erase, &mara.at())), Code::TryLater);
    mara.wait(31_000);
    confirmed(&mara, Purpose::Erase);

    let slot = mara.companion.slots().expect("open").into_iter().find(|slot| slot.wrapped.is_some()).expect("one");
    let stranger = UnlockWith::keystore(slot.id, &[7; 32], None).expect("32 bytes");
    assert_eq!(code(mara.companion.confirm(&stranger, Purpose::Export, &mara.at())), Code::WrongSecret);
    let short = UnlockWith::keystore(slot.id, &[7; 31], None);
    let short = short.expect_err("31 bytes");
    assert_eq!((short.code(), short.detail().max, short.detail().actual), (Code::OutOfRange, Some(32), Some(31)));
}

#[test]
fn a_keystore_key_alone_proves_nothing_that_takes_a_typed_secret() {
    let world = World::new("keystore");
    let mara = world.person("Mara");
    let key = add_way_in(&mara.companion, &mara.secret(), NewSlot::Keystore, &mara.at()).expect("a slot");
    let with = UnlockWith::keystore(key.slot, key.key32.expose(), None).expect("32 bytes");
    for purpose in [Purpose::Backup, Purpose::Devices, Purpose::Leaving, Purpose::Words, Purpose::Erase, Purpose::Slots]
    {
        let refused = code(mara.companion.confirm(&with, purpose, &mara.at()));
        assert_eq!(refused, Code::NeedsConfirmation, "{purpose:?}");
    }
    for purpose in [Purpose::Export, Purpose::ExtraLock] {
        mara.companion.confirm(&with, purpose, &mara.at()).expect("the keystore's own prompt is enough");
    }
    mara.companion.lock().expect("locking");
    assert_eq!(code(mara.companion.confirm(&with, Purpose::Export, &mara.at())), Code::Locked);
}

#[test]
fn a_proof_is_not_used_up_by_what_did_not_happen() {
    let world = World::new("not used up");
    let mara = world.person("Mara");
    let id = mara.apply(note("Bad night")).made.expect("a note");
    // Nothing of it is forgotten yet.
    let given = confirmed(&mara, Purpose::Erase);
    assert_eq!(code(mara.companion.purge_confirmed(&[id], &given, &mara.at())), Code::NotFound);
    mara.apply(belay::command::ForgetCommand::Everything { doc: id });
    mara.companion.purge_confirmed(&[id], &given, &mara.at()).expect("the same proof");
    assert_eq!(code(mara.companion.purge_confirmed(&[id], &given, &mara.at())), Code::NeedsConfirmation, "used");
    // A backup where one is already, by a call and by a job.
    let folder = mara.folder().with_file_name("backup");
    mara.companion.backup_confirmed(&folder, &confirmed(&mara, Purpose::Backup), None, &mara.at()).expect("a backup");
    let given = confirmed(&mara, Purpose::Backup);
    assert_eq!(code(mara.companion.backup_confirmed(&folder, &given, None, &mara.at())), Code::Duplicate);
    let job = |folder: &std::path::Path| {
        let job =
            belay::companion::Job::Backup { folder: folder.to_owned(), confirmation: given.clone(), passphrase: None };
        let id = mara.companion.job_open(job, &mara.at())?;
        mara.companion.job_step(id, 20, &mara.at())
    };
    assert_eq!(code(job(&folder)), Code::Duplicate);
    assert!(job(&folder.with_file_name("another")).expect("the same proof").finished);
    assert_eq!(code(job(&folder.with_file_name("third"))), Code::NeedsConfirmation, "used");
    // It ends when it would have ended.
    let given = confirmed(&mara, Purpose::Erase);
    mara.wait(30_000);
    let stranger = belay::ids::DocId([9; 32]);
    assert_eq!(code(mara.companion.purge_confirmed(&[stranger], &given, &mara.at())), Code::NotFound);
    mara.wait(31_000);
    assert_eq!(code(mara.companion.purge_confirmed(&[stranger], &given, &mara.at())), Code::NeedsConfirmation);
}

#[test]
fn words_are_told_while_they_are_in_memory_and_never_again() {
    let world = World::new("told");
    let mut mara = world.bare("Mara");
    mara.create();
    let given = confirmed(&mara, Purpose::Words);
    assert_eq!(&mara.companion.recovery_words(&given, &mara.at()).expect("just made"), mara.words());
    mara.lock_and_unlock();
    let given = confirmed(&mara, Purpose::Words);
    assert_eq!(code(mara.companion.recovery_words(&given, &mara.at())), Code::NotFound);
}

#[test]
fn what_is_dangerous_takes_a_proof_instead_of_a_secret() {
    let world = World::new("acts");
    let (mara, theo, space) = world.mara_and_theo();
    mara.apply(note("Bad night"));
    let before = mara.dump();
    let none = Confirmation { purpose: Purpose::Leaving, token: String::new() };
    assert_eq!(code(mara.companion.leave_confirmed(&space, &none, &mara.at())), Code::NeedsConfirmation);
    let device = mara.id();
    let none = Confirmation { purpose: Purpose::Devices, token: String::new() };
    let refused = mara.companion.remove_device_confirmed(&space, &device, &none, &mara.at());
    assert_eq!(code(refused), Code::NeedsConfirmation);
    unchanged(&before, &mara.dump());

    let folder = mara.folder().with_file_name("backup");
    let given = confirmed(&mara, Purpose::Backup);
    let made = mara.companion.backup_confirmed(&folder, &given, None, &mara.at()).expect("a backup");
    assert!(made.header_is_whole && made.spaces.contains_key(&space));
    let words = UnlockWith::RecoveryWords(mara.words().clone());
    belay::companion::check_backup(&folder, &words, &mara.at()).expect("the words open it");

    let given = confirmed(&theo, Purpose::Leaving);
    theo.companion.leave_confirmed(&space, &given, &theo.at()).expect("a proof for leaving");
    assert_eq!(code(theo.companion.leave_confirmed(&space, &given, &theo.at())), Code::NeedsConfirmation);
    assert_eq!(notes(&mara), ["Bad night"]);
}
