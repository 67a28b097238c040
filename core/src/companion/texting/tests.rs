//! Fields that a lock overtakes: a locked vault holds no words.

use super::*;
use crate::companion::{HostConfig, NewVault, UnlockWith};
use crate::crypto::kdf::PassphraseCost;
use crate::crypto::words::WordCount;
use crate::secret::SecretText;
use std::path::Path;

struct Seeded(u64);
impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[2];
        }
    }
}

const NEW: TextTarget = TextTarget::NewNote { draft: None };

fn at() -> Moment {
    Moment { unix_ms: 1_760_000_000_000, zone: "Europe/Lisbon".into(), boot_ms: 0, boot_id: 1 }
}

fn passphrase() -> SecretText {
    SecretText::new("a long enough passphrase".into())
}

fn in_folder(folder: &Path, seed: u64) -> Companion {
    let config = HostConfig { folder: folder.to_owned(), languages: vec!["en".into()], cost: PassphraseCost::FLOOR };
    Companion::open(config, Box::new(Seeded(seed)))
}

fn someone(folder: &Path) -> Companion {
    let companion = in_folder(folder, 1);
    companion.create(&NewVault { passphrase: passphrase(), words: WordCount::Twelve }, &at()).unwrap();
    companion
}

#[test]
fn a_field_that_a_lock_overtakes_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let mara = someone(&folder.path().join("vault"));
    for unlocks in [false, true] {
        let leaving = mara.leaving.load(Ordering::SeqCst);
        let reading = hold(&mara.reading).clone().unwrap();
        let found = reading.readers.read(|db| OpenField::find(db, &NEW, &at())).unwrap();
        drop(reading);
        mara.lock().unwrap();
        if unlocks {
            mara.unlock(&UnlockWith::Passphrase(passphrase()), &at()).unwrap();
        }
        assert_eq!(mara.enter_field(found, leaving).unwrap_err().code(), Code::Locked);
        assert!(hold(&mara.typing).open.is_empty(), "{unlocks}");
        if !unlocks {
            mara.unlock(&UnlockWith::Passphrase(passphrase()), &at()).unwrap();
        }
    }
    mara.text_open(&NEW, &at()).unwrap();
}

#[test]
fn a_lock_in_the_middle_of_a_pause_without_time_loses_no_word() {
    use std::sync::atomic::AtomicBool;
    let folder = tempfile::tempdir().unwrap();
    let mara = someone(&folder.path().join("vault"));
    for round in 0..6 {
        let opened = mara.text_open(&NEW, &at()).unwrap();
        let change = TextChange::Whole { text: "half a sen".into() };
        let now = TextNow { length: 10, change, ..TextNow::default() };
        assert_eq!(mara.text_sync(&opened.session, &now, &at()).unwrap().saved, Saved::InMemory);
        let (has_begun, is_done) = (AtomicBool::new(false), AtomicBool::new(false));
        std::thread::scope(|scope| {
            // Locks that come at every instant of it.
            scope.spawn(|| {
                while !is_done.load(Ordering::SeqCst) {
                    if let Some(stopper) = &*hold(&mara.stopper) {
                        stopper.interrupt(crate::store::Running::Everything);
                    }
                    has_begun.store(true, Ordering::SeqCst);
                }
            });
            while !has_begun.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            let paused = mara.pause_within(0, &at());
            is_done.store(true, Ordering::SeqCst);
            paused.unwrap();
        });
        mara.lock().unwrap();
        mara.unlock(&UnlockWith::Passphrase(passphrase()), &at()).unwrap();
        assert_eq!(mara.text_open(&opened.target, &at()).unwrap().text.as_str(), "half a sen", "{round}");
    }
}

#[test]
fn a_rest_that_ends_locked_lets_go_of_the_fields() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("vault");
    let mara = someone(&folder);
    mara.text_open(&NEW, &at()).unwrap();
    mara.pause(&at()).unwrap();
    assert_eq!(hold(&mara.typing).open.len(), 1, "a pause keeps them");
    let other = in_folder(&folder, 2);
    let with = UnlockWith::Passphrase(passphrase());
    other.unlock(&with, &at()).unwrap();
    other.rekey(&with, None, &at()).unwrap();
    other.lock().unwrap();
    drop(other);
    assert_eq!(mara.resume(&at()).unwrap_err().code(), Code::Locked);
    assert!(hold(&mara.typing).open.is_empty());
}
