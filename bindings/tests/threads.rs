//! Calls from many threads, while it is locked and unlocked under them: typed answers, nothing lost, no waiting for ever.

mod kit;

use belay::error::{Code, Failure};
use belay::vault::VaultFacts;
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_ffi::BelayCore;
use kit::{Vault, at, note, passphrase};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const THREADS: u64 = 16;
const ROUNDS: u64 = 12;

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
                for round in 0..ROUNDS {
                    match core.apply(&[note(&format!("{number} {round}"))], None, &at(20)) {
                        Ok(applied) => {
                            kept.fetch_add(1, Ordering::SeqCst);
                            assert!(applied.commit > 0);
                        }
                        Err(failure) => assert!(is_expected(&failure), "{failure:?}"),
                    }
                    let told = [notes(core).err(), core.changes_since(0).err(), core.state().err()];
                    assert!(told.iter().flatten().all(is_expected), "{told:?}");
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..3 {
                vault.core.lock().expect("locking never fails here");
                vault.core.lock().expect("twice is once");
                while let Err(failure) = vault.core.unlock(&passphrase(), &at(30)) {
                    panic!("only this thread locks: {failure:?}");
                }
            }
        });
    });
    assert!(kept.load(Ordering::SeqCst) > 0);
    assert_eq!(notes(&vault.core).unwrap(), kept.load(Ordering::SeqCst), "what was said to be kept is there, once");
}

#[test]
fn a_locked_one_answers_locked_to_everything() {
    let vault = Vault::new();
    vault.core.lock().unwrap();
    let told = [
        vault.core.apply(&[note("late")], None, &at(20)).err(),
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
    let other = BelayCore::open(kit::host(&vault.folder)).unwrap();
    assert_eq!(other.unlock(&passphrase(), &at(20)).unwrap_err().code(), Code::InUse);
    let location = kit::host(&vault.folder).location;
    assert_eq!(belay_ffi::outside::inspect(&location, &at(20)).unwrap(), VaultFacts::InUse);
    vault.core.lock().unwrap();
    drop(vault.core);
    other.unlock(&passphrase(), &at(30)).expect("it is free now");
}
