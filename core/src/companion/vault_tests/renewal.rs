//! New keys that are cut short, lost or made where nothing can be written.

use super::*;
use crate::crypto::seal::OpeningKey;
use crate::ids::DeviceId;
use crate::secret::Secret32;
use crate::store::{batches, singles};
use crate::vault::HeaderState;

#[test]
fn a_new_key_on_one_header_copy_is_finished_at_the_next_unlock() {
    let home = Home::new();
    let before = state(&home.mara);
    let second = home.folder().join("header.b");
    let old = std::fs::read(&second).unwrap();
    std::fs::remove_file(&second).unwrap();
    std::fs::create_dir(&second).unwrap();
    let new = text("another long passphrase");
    assert!(!home.mara.rekey(&typed(PASSPHRASE), Some(&new), &at(5)).unwrap().old_is_gone);
    write(&home.mara, "Up early", 6);
    let after = state(&home.mara);
    assert_ne!(after, before);
    home.mara.lock().unwrap();
    assert!(home.folder().join("store-1.db").exists(), "as long as one copy is all there is");
    // The old copy comes back: the newer one counts.
    std::fs::remove_dir(&second).unwrap();
    std::fs::write(&second, old).unwrap();
    home.mara.unlock(&UnlockWith::Passphrase(new), &at(7)).unwrap();
    assert_eq!(state(&home.mara), after);
    home.mara.lock().unwrap();
    assert_eq!(home.names(), ["header.a", "header.b", "lock", "store-2.db"]);
}

#[test]
fn a_vault_on_one_header_copy_keeps_its_old_store() {
    let home = Home::new();
    let state = home.mara.with_session(|session, _| Ok(session.opened.header_state())).unwrap();
    assert_eq!(state, HeaderState::Whole);
    std::fs::write(home.folder().join("store-0.db"), b"of long ago").unwrap();
    home.mara.lock().unwrap();
    std::fs::remove_file(home.folder().join("header.b")).unwrap();
    std::fs::create_dir(home.folder().join("header.b")).unwrap();
    home.mara.unlock(&typed(PASSPHRASE), &at(5)).unwrap();
    assert!(home.folder().join("store-0.db").exists());
    home.mara.lock().unwrap();
    std::fs::remove_dir(home.folder().join("header.b")).unwrap();
    home.mara.unlock(&typed(PASSPHRASE), &at(6)).unwrap();
    assert!(!home.folder().join("store-0.db").exists());
}

/// The vault's folder at every point where the call could be cut short, by its number.
fn snapshots(home: &Home, way: Way, new: &SecretText) -> Vec<Step> {
    let mut steps = Vec::new();
    home.mara
        .rekey_in_steps(way, &typed(PASSPHRASE), Some(new), &at(5), &mut |step| {
            copy(&home.folder(), &home.place(&steps.len().to_string()));
            steps.push(step);
        })
        .unwrap();
    steps
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn a_new_store_that_is_lost_is_damage_and_no_wrong_secret() {
    let home = Home::new();
    let key = home.keystore();
    let new = text("another long passphrase");
    let steps = snapshots(&home, Way::SameDevice, &new);
    let mut lost = 0;
    for (number, step) in steps.into_iter().enumerate() {
        let folder = home.place(&number.to_string());
        for name in ["store-2.new", "store-2.db"] {
            let _ = std::fs::remove_file(folder.join(name));
        }
        let counts = step >= Step::Placing(Placing::FirstHeader);
        let before = files(&folder);
        let damaged = VaultFacts::Damaged { what: Field::Store };
        assert_eq!(inspect(&folder, &at(9)) == damaged, counts, "{step:?}");
        let who = closed(&folder, 7);
        // More often than wrong ones may be tried: none is counted.
        let ways = [typed(PASSPHRASE), UnlockWith::Passphrase(new.clone()), home.words(), by_key(&key, None)];
        for with in ways.iter().chain(&ways).filter(|_| counts) {
            let told = who.unlock(with, &at(10)).unwrap_err();
            assert_eq!((told.code(), told.detail().field), (Code::Corrupt, Some(Field::Store)), "{step:?}");
            lost += 1;
        }
        if counts {
            assert_eq!(files(&folder), before, "{step:?}: nothing is taken away or written");
        } else {
            who.unlock(&typed(PASSPHRASE), &at(10)).unwrap();
        }
    }
    assert_eq!(lost, 5 * 8);
}

#[test]
fn new_device_keys_cut_short_anywhere_leave_the_old_device_or_the_new_one() {
    let home = Home::new();
    let device = |who: &Companion| who.with_session(|session, _| Ok(session.me.device)).unwrap();
    let active = |who: &Companion| -> Vec<DeviceId> {
        let rows = who.devices(&who.own_space().unwrap()).unwrap();
        rows.into_iter().filter(|row| row.active).map(|row| row.id).collect()
    };
    let (old, new) = (device(&home.mara), text("another long passphrase"));
    let steps = snapshots(&home, Way::NewDevice, &new);
    let made = device(&home.mara);
    assert_ne!(made, old);
    let words = state(&home.mara);
    for (number, step) in steps.into_iter().enumerate() {
        let who = closed(&home.place(&number.to_string()), 7);
        let is_new = step >= Step::Placing(Placing::FirstHeader);
        let opens = if is_new { &new } else { &text(PASSPHRASE) };
        let unlocked = who.unlock(&UnlockWith::Passphrase(opens.clone()), &at(11)).unwrap();
        assert_eq!(
            (device(&who), unlocked.comes_from),
            if is_new { (made, Some(old)) } else { (old, None) },
            "{step:?}"
        );
        let mut expected = if is_new { vec![old, made] } else { vec![old] };
        expected.sort_unstable();
        let mut told = active(&who);
        told.sort_unstable();
        assert_eq!((told, state(&who)), (expected, words), "{step:?}");
        write(&who, "Up early", 12);
        who.lock().unwrap();
        // The admin key of the device that is, by either typed secret.
        for with in [UnlockWith::Passphrase(opens.clone()), home.words()] {
            who.unlock(&with, &at(13)).unwrap();
            let admin = who.with_session(|session, _| {
                let (_, admin) = vault_unlock(session, &with)?;
                Ok(admin.unwrap().public() == session.admin_public)
            });
            assert!(admin.unwrap(), "{step:?}");
            who.lock().unwrap();
        }
    }
}

fn vault_unlock(
    session: &Session,
    with: &UnlockWith,
) -> Result<(crate::vault::Opened, Option<crate::crypto::sign::SigningKey>)> {
    crate::vault::unlock(&session.lock, with, &at(13))
}

#[test]
fn a_new_key_brings_a_new_drop_key_and_so_do_new_device_keys_and_a_restore() {
    let home = Home::new();
    let drop_key = |who: &Companion| {
        who.with_session(|session, _| {
            let kept = session.store.read(|db| singles::secret(db, "drop_key"))?.unwrap();
            let key = OpeningKey::from_bytes(Secret32::from_slice(kept.expose()).unwrap());
            assert_eq!(crate::vault::drop_pk(&session.lock, &session.opened)?, key.public(), "the header's is of it");
            Ok(key.public())
        })
        .unwrap()
    };
    let mut seen = vec![drop_key(&home.mara)];
    home.mara.rekey(&typed(PASSPHRASE), None, &at(5)).unwrap();
    seen.push(drop_key(&home.mara));
    home.mara.renew_device(&typed(PASSPHRASE), None, &at(6)).unwrap();
    seen.push(drop_key(&home.mara));
    home.mara.backup_to(&home.place("backup"), &home.words(), None, &at(7)).unwrap();
    let restored = closed(&home.place("restored"), 9);
    restored.restore(&home.place("backup"), &home.words(), &text(PASSPHRASE), &at(8)).unwrap();
    seen.push(drop_key(&restored));
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((seen.len(), count), (4, 4));
}

#[test]
fn what_was_noticed_of_a_copy_ends_with_new_keys() {
    let home = Home::new();
    let key = home.keystore();
    home.mara.lock().unwrap();
    let told = home.mara.unlock(&by_key(&key, Some(77)), &at(3)).unwrap();
    assert!(told.copied);
    let renewed = home.mara.renew_device(&typed(PASSPHRASE), None, &at(4)).unwrap();
    assert_eq!(renewed.aliases.len(), 1, "the keystore's key ends");
    let key = home.keystore();
    home.mara.lock().unwrap();
    let told = home.mara.unlock(&by_key(&key, Some(told.vault_counter)), &at(5)).unwrap();
    assert!(!told.copied);
    assert_eq!(told.comes_from, Some(renewed.device.from));
}

/// The folder and its files, writable or not.
#[cfg(unix)]
fn allow_writing(folder: &Path, may: bool) {
    use std::os::unix::fs::PermissionsExt;
    let set = |path: &Path, mode: u32| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    set(folder, 0o700);
    for file in std::fs::read_dir(folder).unwrap() {
        set(&file.unwrap().path(), if may { 0o600 } else { 0o400 });
    }
    set(folder, if may { 0o700 } else { 0o500 });
}

#[test]
#[cfg(unix)]
fn a_vault_that_cannot_be_written_is_backed_up_with_what_was_being_written() {
    let name =
        "companion::vault_tests::renewal::a_vault_that_cannot_be_written_is_backed_up_with_what_was_being_written";
    if !crate::vault::unprivileged::is_unprivileged(name) {
        return;
    }
    for has_journal in [true, false] {
        let home = Home::new();
        write(&home.mara, "Still open", 3);
        let Home { outer, mara, words, .. } = home;
        if !has_journal {
            mara.with_session(|session, _| session.store.checkpoint()).unwrap();
        }
        let log = |who: &Companion| {
            who.with_session(|session, _| {
                let space = session.me.own;
                session.store.read(|db| batches::heads(db, &space, &session.me.device))
            })
            .unwrap()
        };
        let closed_before = log(&mara);
        // The process dies with a batch open.
        drop(mara);
        let folder = outer.path().join("vault");
        if !has_journal {
            for tail in ["-wal", "-shm"] {
                std::fs::remove_file(folder.join(format!("store-1.db{tail}"))).unwrap();
            }
        }
        allow_writing(&folder, false);
        let frozen = closed(&folder, 5);
        let words = UnlockWith::RecoveryWords(words);
        assert!(frozen.unlock(&words, &at(4)).unwrap().read_only);
        assert_eq!(log(&frozen), closed_before);
        let backup = outer.path().join("backup");
        let made = frozen.backup_to(&backup, &words, None, &at(5)).unwrap();
        frozen.lock().unwrap();
        // Somewhere that cannot be written: nothing is made there.
        let nowhere = outer.path().join("read-only/deep");
        std::fs::create_dir(outer.path().join("read-only")).unwrap();
        allow_writing(&outer.path().join("read-only"), false);
        let refused = closed(&nowhere, 6).restore(&backup, &words, &text(PASSPHRASE), &at(6)).unwrap_err();
        assert_eq!(refused.code(), Code::Unwritable);
        allow_writing(&outer.path().join("read-only"), true);
        assert!(!nowhere.exists());

        // The backup lies where nothing can be written, either.
        allow_writing(&backup, false);
        let restored = closed(&outer.path().join("restored"), 7);
        restored.restore(&backup, &words, &text(PASSPHRASE), &at(6)).unwrap();
        // The vault itself, later: it closes the same batch, byte by byte.
        allow_writing(&folder, true);
        let later = closed(&folder, 8);
        later.unlock(&words, &at(7)).unwrap();
        let (own, mine) = later.with_session(|session, _| Ok((session.me.own, session.me.device))).unwrap();
        let theirs = restored.with_session(|session, _| session.store.read(|db| batches::heads(db, &own, &mine)));
        assert_ne!(log(&later), closed_before);
        assert_eq!(log(&later), theirs.unwrap());
        assert_eq!(made.spaces.get(&own), Some(&state(&later)));
        assert_eq!(state(&restored), state(&later));
        allow_writing(&backup, true);
    }
}
