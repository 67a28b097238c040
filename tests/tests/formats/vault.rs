//! A vault with one slot of each kind, its count of wrong secrets, a backup of it, and a new key for it.

use crate::Examples;
use crate::recipe::Seeded;
use belay::clock::Moment;
use belay::companion::{DropIn, drop_in};
use belay::crypto::kdf::PassphraseCost;
use belay::crypto::seal::OpeningKey;
use belay::crypto::words::WordCount;
use belay::error::Code;
use belay::ids::VaultId;
use belay::secret::SecretText;
use belay::text::PersonText;
use belay::vault::{
    CopyDraft, CopyPassphrase, Draft, FolderLock, NewPin, NewVault, Opened, UnlockWith, begin_backup, begin_rekey,
    clear, keystore_alias, slot_begin, slot_finish, slot_finish_with_pin, take_out, unlock, waiting,
};
use std::fs;
use std::path::Path;

const PASSPHRASE: &str = "a quiet river";
const PIN: &str = "482915";

/// Now, on a device that started ninety seconds ago.
fn now() -> Moment {
    Moment { unix_ms: crate::recipe::NOW, zone: "UTC".to_owned(), boot_ms: 90_000, boot_id: 7 }
}

/// Both copies of a header, which are the same.
fn header(folder: &Path) -> Vec<u8> {
    let header = fs::read(folder.join("header.a")).expect("the first copy");
    assert_eq!(fs::read(folder.join("header.b")).expect("the second copy"), header);
    header
}

/// The copy with a stand-in for its store, in its place.
fn committed(draft: CopyDraft, lock: &FolderLock) -> Opened {
    fs::write(draft.store_file(), "a store").expect("the folder can be written");
    draft.commit(lock, &mut |_| ()).expect("the folder can be written")
}

pub fn examples() -> Examples {
    let folder = tempfile::tempdir().expect("a folder for the vault");
    let lock = FolderLock::take(folder.path()).expect("nobody else has it");
    let entropy = &mut Seeded::new("vault");
    let passphrase = || SecretText::new(PASSPHRASE.to_owned());
    let new = NewVault { passphrase: Some(passphrase()), cost: PassphraseCost::FLOOR, words: WordCount::TwentyFour };
    let draft = Draft::make(&lock, &new, entropy).expect("an empty folder");
    fs::write(draft.store_file(), "a store").expect("the folder can be written");
    let drop_key = draft.drop_key().clone();
    let made = draft.commit().expect("the folder can be written");
    let (dropped, dropped_plain) = dropped(folder.path(), made.opened.vault(), &drop_key);
    let key = slot_begin(entropy);
    slot_finish(&lock, &made.opened, &key, b"wrapped by the host".to_vec(), entropy).expect("room for a slot");

    let (both, pin) = (slot_begin(entropy), SecretText::new(PIN.to_owned()));
    let new = NewPin { key: &both, wrapped: b"wrapped too".to_vec(), pin: &pin, cost: PassphraseCost::FLOOR };
    let by_passphrase = UnlockWith::Passphrase(passphrase());
    let (opened, admin) = unlock(&lock, &by_passphrase, &now()).expect("the right passphrase");
    slot_finish_with_pin(&lock, &opened, admin.expect("typed"), new, entropy).expect("room for a slot");

    let whole = header(folder.path());
    let wrong = UnlockWith::Passphrase(SecretText::new("a quiet brook".to_owned()));
    for _ in 0..5 {
        assert_eq!(unlock(&lock, &wrong, &now()).expect_err("another one").code(), Code::WrongSecret);
    }
    let attempts = fs::read(folder.path().join("attempts.a")).expect("the first copy");
    assert_eq!(fs::read(folder.path().join("attempts.b")).expect("the second copy"), attempts);

    let later = Moment { unix_ms: crate::recipe::NOW + 60_000, boot_ms: 150_000, ..now() };
    let words = UnlockWith::RecoveryWords(made.words.clone());
    let keystore = UnlockWith::Keystore { slot: key.slot, key32: key.key32.clone(), vault_counter: None };
    let both = UnlockWith::KeystoreAndPin { slot: both.slot, key32: both.key32, pin, vault_counter: None };
    for (with, has_admin) in [(&by_passphrase, true), (&words, true), (&keystore, false), (&both, true)] {
        let (opened, admin) = unlock(&lock, with, &later).expect("every slot of the example opens");
        assert_eq!(opened.db_key(), made.opened.db_key());
        assert_eq!(admin.map(|key| key.public()), has_admin.then(|| made.admin.public()));
    }

    let outer = tempfile::tempdir().expect("a folder for the backup");
    let to = FolderLock::take(outer.path()).expect("nobody else has it");
    let none = CopyPassphrase { passphrase: None, cost: PassphraseCost::FLOOR };
    let draft = begin_backup(&lock, &to, &words, none, &later, entropy).expect("an empty folder");
    let backup = committed(draft, &to);
    let draft = begin_rekey(&lock, &by_passphrase, none, &later, entropy).expect("the right passphrase");
    let rekeyed = committed(draft, &lock);

    let alias = keystore_alias(made.opened.vault(), key.slot);
    // Only an example's keys may be shown.
    let shown = |key: &belay::secret::Secret32| key.expose().to_vec();
    let (db, blob) = (shown(&made.opened.db_key()), shown(&made.opened.blob_key()));
    let (of_backup, of_rekeyed) = (shown(&backup.db_key()), shown(&rekeyed.db_key()));
    [
        ("vault-header", whole.as_slice().into()),
        ("vault-attempts", attempts.as_slice().into()),
        ("vault-db-key", db.as_slice().into()),
        ("vault-blob-key", blob.as_slice().into()),
        ("vault-admin-seed", made.admin.seed().expose().as_slice().into()),
        ("backup-header", header(outer.path()).as_slice().into()),
        ("backup-db-key", of_backup.as_slice().into()),
        ("rekeyed-header", header(folder.path()).as_slice().into()),
        ("rekeyed-db-key", of_rekeyed.as_slice().into()),
        ("drop", dropped.as_slice().into()),
        ("drop-plain", dropped_plain.as_slice().into()),
        ("keystore-alias", format!("{alias}\n").as_str().into()),
        ("words", wrapped(&made.words.list()).as_str().into()),
    ]
    .into()
}

/// A note that was dropped in while the vault was locked: its file, and what lies in it.
fn dropped(folder: &Path, vault: VaultId, key: &OpeningKey) -> (Vec<u8>, Vec<u8>) {
    let what = DropIn::QuickNote { text: PersonText::new("Slept in the chair") };
    drop_in(folder, &what, &now(), &mut Seeded::new("drop")).expect("an empty box");
    let name = waiting(folder).expect("the box").names.remove(0);
    let file = fs::read(folder.join("drop").join(&name)).expect("a file");
    let plain = take_out(folder, &name, vault, std::slice::from_ref(key)).expect("readable").expect("its own key");
    clear(folder, &name);
    (file, plain.expose().to_vec())
}

/// Eight words a line.
fn wrapped(words: &[&str]) -> String {
    words.chunks(8).map(|line| line.join(" ") + "\n").collect()
}
