//! Calls from many threads, while it is locked and unlocked under them: typed answers, nothing lost, no waiting for ever.

use crate::kit::{Vault, at, note, passphrase};
use belay::error::{Code, Failure};
use belay::vault::VaultFacts;
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_ffi::BelayCore;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const THREADS: u64 = 16;
const KEPT_EACH: u64 = 6;
const TRIES_MAX: u64 = 1_000_000;

fn notes(core: &BelayCore) -> Result<u64, Failure> {
    let at_start = At { limit: 200, ..At::default() };
    let ask = Ask::Notes { filter: NoteFilter::default(), at: at_start };
    let reading = core.read(&[ask], 0, &at(50))?;
    let Some(Answer::Notes(page)) = reading.answers.first() else { panic!("notes were asked for") };
    Ok(page.rows.len() as u64)
}

/// What a call may answer while another thread locks.
fn is_expected(failure: &Failure) -> bool {
    matches!(failure.code(), Code::Locked | Code::Interrupted)
}

#[test]
fn sixteen_threads_write_and_read_while_it_is_locked_under_them() {
    let vault = Vault::new();
    let kept = AtomicU64::new(0);
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (core, kept) = (&vault.core, &kept);
            scope.spawn(move || {
                let (mut mine, mut tried) = (0, 0);
                // Each goes on until some of its own are kept: while it is locked, calls come back at once.
                while mine < KEPT_EACH {
                    tried += 1;
                    assert!(tried < TRIES_MAX, "it stays locked");
                    match core.apply(&[note(&format!("{number} {mine}"))], &None, &at(20)) {
                        Ok(applied) => {
                            mine += 1;
                            assert!(applied.commit > 0);
                        }
                        Err(failure) => assert!(is_expected(&failure), "{failure:?}"),
                    }
                    let told = [notes(core).err(), core.changes_since(0).err(), core.state().err()];
                    assert!(told.iter().flatten().all(is_expected), "{told:?}");
                    thread::yield_now();
                }
                kept.fetch_add(mine, Ordering::SeqCst);
            });
        }
        scope.spawn(|| {
            for _ in 0..3 {
                vault.core.lock().expect("locking never fails here");
                vault.core.lock().expect("twice is once");
                vault.core.unlock(&passphrase(), &at(30)).expect("only this thread locks");
            }
        });
    });
    assert_eq!(kept.load(Ordering::SeqCst), THREADS * KEPT_EACH);
    assert_eq!(notes(&vault.core).unwrap(), kept.load(Ordering::SeqCst), "what was said to be kept is there, once");
}

#[test]
fn a_locked_one_answers_locked_to_everything() {
    let vault = Vault::new();
    vault.core.lock().unwrap();
    let told = [
        vault.core.apply(&[note("late")], &None, &at(20)).err(),
        vault.core.preview(&note("late"), &at(20)).err(),
        notes(&vault.core).err(),
        vault.core.changes_since(0).err(),
        vault.core.pause(10, &at(20)).err(),
        vault.core.resume(&at(20)).err(),
    ];
    assert!(told.iter().all(|failure| failure.as_ref().is_some_and(|it| it.code() == Code::Locked)), "{told:?}");
    vault.unlock();
    assert_eq!(notes(&vault.core).unwrap(), 0);
}

#[test]
fn a_second_object_on_one_folder_is_told_that_it_is_in_use() {
    let vault = Vault::new();
    let other = BelayCore::open(crate::kit::host(&vault.folder)).unwrap();
    assert_eq!(other.unlock(&passphrase(), &at(20)).unwrap_err().code(), Code::InUse);
    let location = crate::kit::host(&vault.folder).location;
    assert_eq!(belay_ffi::outside::inspect(&location, &at(20)).unwrap(), VaultFacts::InUse);
    vault.core.lock().unwrap();
    drop(vault.core);
    other.unlock(&passphrase(), &at(30)).expect("it is free now");
}
