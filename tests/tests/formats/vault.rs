//! A vault with one slot of each kind.

use crate::Examples;
use crate::recipe::Seeded;
use belay::clock::Moment;
use belay::crypto::kdf::PassphraseCost;
use belay::crypto::words::WordCount;
use belay::secret::SecretText;
use belay::vault::{Draft, FolderLock, NewVault, UnlockWith, keystore_alias, slot_begin, slot_finish, unlock};
use std::fs;

const PASSPHRASE: &str = "a quiet river";

pub fn examples() -> Examples {
    let folder = tempfile::tempdir().expect("a folder for the vault");
    let lock = FolderLock::take(folder.path()).expect("nobody else has it");
    let entropy = &mut Seeded::new("vault");
    let passphrase = || SecretText::new(PASSPHRASE.to_owned());
    let new = NewVault { passphrase: Some(passphrase()), cost: PassphraseCost::FLOOR, words: WordCount::TwentyFour };
    let draft = Draft::make(&lock, &new, entropy).expect("an empty folder");
    fs::write(draft.store_file(), "a store").expect("the folder can be written");
    let made = draft.commit().expect("the folder can be written");
    let key = slot_begin(entropy);
    slot_finish(&lock, &made.opened, &key, b"wrapped by the host".to_vec(), entropy).expect("room for a slot");

    let header = fs::read(folder.path().join("header.a")).expect("the first copy");
    assert_eq!(fs::read(folder.path().join("header.b")).expect("the second copy"), header);
    let words = UnlockWith::RecoveryWords(made.words.clone());
    let keystore = UnlockWith::Keystore { slot: key.slot, key32: key.key32.clone(), vault_counter: None };
    let now = Moment { unix_ms: 1_700_000_000_000, zone: "UTC".to_owned(), boot_ms: 0, boot_id: 0 };
    for with in [UnlockWith::Passphrase(passphrase()), words, keystore] {
        let (opened, _) = unlock(&lock, &with, &now).expect("every slot of the example opens");
        assert_eq!(opened.db_key(), made.opened.db_key());
    }
    let alias = keystore_alias(made.opened.vault(), key.slot);
    [
        ("vault-header", header.as_slice().into()),
        // Only an example's keys may be shown.
        ("vault-db-key", made.opened.db_key().expose().as_slice().into()),
        ("vault-blob-key", made.opened.blob_key().expose().as_slice().into()),
        ("keystore-alias", format!("{alias}\n").as_str().into()),
        ("words", wrapped(&made.words.list()).as_str().into()),
    ]
    .into()
}

/// Eight words a line.
fn wrapped(words: &[&str]) -> String {
    words.chunks(8).map(|line| line.join(" ") + "\n").collect()
}
