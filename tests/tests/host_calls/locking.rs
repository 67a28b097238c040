use crate::{code, note, notes, secret};
use belay::clock::Moment;
use belay::command::{Command, Confirmation, Purpose};
use belay::companion::{EraseScope, HostFacts, Job, JobId, NewSlot, UnlockWith, VaultState, inspect};
use belay::error::{Code, Failure};
use belay::exchange::Scope;
use belay::ids::{ExchangeId, SlotId};
use belay::vault::VaultFacts;
use belay::view::{Ask, At, NoteFilter};
use belay::{Companion, HostConfig};
use belay_tests::{Device, PASSPHRASE, SeededEntropy, World};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

const THREADS: u64 = 16;

/// Everything a host may ask of an open vault, by number; what it writes is told to `kept`.
fn call(companion: &Companion, number: u64, at: &Moment, kept: &Mutex<BTreeSet<String>>) -> Result<(), Failure> {
    let none = |purpose| Confirmation { purpose, token: "none".to_owned() };
    match number % 14 {
        0..4 => {
            let body = format!("Note {number}");
            companion.apply(&[Command::Note(note(&body))], None, at)?;
            kept.lock().expect("whole").insert(body);
            Ok(())
        }
        4 => companion.read(&[Ask::Notes { filter: NoteFilter::default(), at: At::default() }], at).map(drop),
        5 => companion.tick(&HostFacts::default(), at).map(drop),
        6 => {
            let job = Job::BundleOut { space: None, scope: Scope::Everything, file: "/nonexistent/file".into() };
            let id = companion.job_open(job, at)?;
            companion.job_step(id, 5, at).map(drop).and(companion.job_close(id))
        }
        7 => companion.job_step(JobId(number), 5, at).map(drop),
        8 => companion.slot_new(NewSlot::Keystore, &none(Purpose::Slots), at).map(drop),
        9 => companion.slots().map(drop),
        10 => companion.exchange_close(&ExchangeId([1; 16]), at),
        11 => companion.recovery_words(&none(Purpose::Words), at).map(drop),
        12 => companion.changes_since(0).map(drop),
        _ => companion.slot_add(SlotId([0; 16]), Vec::new(), at).map(drop),
    }
}

/// What these calls may answer while the vault comes and goes.
fn is_typed(code: Code) -> bool {
    matches!(code, Code::Locked | Code::Interrupted | Code::NotFound | Code::NeedsConfirmation)
}

#[test]
fn sixteen_threads_call_while_the_vault_locks_pauses_and_comes_back() {
    let world = World::new("threads");
    let mut mara = world.person("Mara");
    mara.use_keystore();
    mara.lock_and_unlock();
    let slot = mara.companion.slots().expect("open").into_iter().find(|slot| slot.wrapped.is_some()).expect("one").id;
    assert_ne!(slot, SlotId([0; 16]));
    let (companion, at) = (&mara.companion, mara.at());
    let (kept, next, over) = (Mutex::new(BTreeSet::new()), AtomicU64::new(0), AtomicBool::new(false));
    let (finished, waits) = mpsc::channel();
    std::thread::scope(|scope| {
        // With this, a panic below ends the watch too.
        let finished = finished;
        scope.spawn(move || {
            // A deadlock is told, not waited for.
            if waits.recv_timeout(Duration::from_secs(120)) == Err(mpsc::RecvTimeoutError::Timeout) {
                std::process::abort();
            }
        });
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    let mut refused = 0;
                    while !over.load(Ordering::SeqCst) {
                        match call(companion, next.fetch_add(1, Ordering::SeqCst), &at, &kept) {
                            Ok(()) => (),
                            Err(failure) if is_typed(failure.code()) => refused += 1,
                            Err(failure) => panic!("{failure:?}"),
                        }
                    }
                    refused
                })
            })
            .collect();
        for round in 0..12 {
            std::thread::sleep(Duration::from_millis(40));
            match round % 3 {
                0 => companion.lock().expect("locking"),
                1 => drop(companion.pause_within(5, &at).expect("open")),
                _ => companion.pause(&at).expect("open"),
            }
            match companion.state() {
                VaultState::Paused => companion.resume(&at).expect("nobody else has it"),
                _ => drop(mara.unlock().expect("the key")),
            }
        }
        over.store(true, Ordering::SeqCst);
        let refused: u64 = threads.into_iter().map(|thread| thread.join().expect("no panic")).sum();
        assert!(refused > 0);
        finished.send(()).expect("the watch waits");
    });
    let kept: Vec<String> = kept.into_inner().expect("whole").into_iter().collect();
    assert!(!kept.is_empty());
    assert_eq!(notes(&mara), kept, "what was confirmed is there, and nothing else");
}

#[test]
fn a_lock_waits_behind_nobody_who_comes_later() {
    let world = World::new("queue");
    let mara = world.person("Mara");
    let (companion, at, over) = (&mara.companion, mara.at(), AtomicBool::new(false));
    let busy = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    let done = companion.apply(&[Command::Note(note("x"))], None, &at);
                    busy.fetch_add(u64::from(done.is_ok()), Ordering::SeqCst);
                }
            });
        }
        while busy.load(Ordering::SeqCst) < 4 {
            std::thread::yield_now();
        }
        let before = busy.load(Ordering::SeqCst);
        companion.lock().expect("locking");
        let during = busy.load(Ordering::SeqCst) - before;
        over.store(true, Ordering::SeqCst);
        // The one that ran may have been past its point of no return, and one may have come in before the lock.
        assert!(during <= 2, "{during} writes went before the lock");
    });
    assert!(matches!(companion.state(), VaultState::Closed(VaultFacts::Locked { .. })));
}

#[test]
fn after_the_lock_every_call_says_so() {
    let world = World::new("after");
    let mara = world.person("Mara");
    mara.companion.lock().expect("locking");
    mara.companion.lock().expect("as often as one likes");
    let kept = Mutex::new(BTreeSet::new());
    for number in 0..14 {
        assert_eq!(code(call(&mara.companion, number, &mara.at(), &kept)), Code::Locked, "{number}");
    }
    let at = mara.at();
    let none = Confirmation { purpose: Purpose::Erase, token: String::new() };
    assert_eq!(code(mara.companion.confirm(&mara.secret(), Purpose::Words, &at)), Code::Locked);
    assert_eq!(code(mara.companion.purge_confirmed(&[], &none, &at)), Code::Locked);
    assert_eq!(code(mara.companion.pause_within(10, &at)), Code::Locked);
    assert_eq!(code(mara.companion.resume_with_changes(&at)), Code::Locked);
    mara.companion.interrupt(1);
    assert!(!mara.companion.diagnostics(100).is_empty());
}

#[test]
fn an_unlock_that_a_lock_overtakes_ends_locked() {
    let world = World::new("overtaken");
    let mara = world.person("Mara");
    for _ in 0..8 {
        mara.companion.lock().expect("locking");
        let (companion, with, at) = (&mara.companion, mara.secret(), mara.at());
        std::thread::scope(|scope| {
            let unlocking = scope.spawn(|| companion.unlock(&with, &at).map(drop));
            companion.lock().expect("locking");
            companion.lock().expect("locking");
            unlocking.join().expect("no panic").expect("the passphrase was right");
        });
        companion.lock().expect("locking");
        assert!(matches!(companion.state(), VaultState::Closed(VaultFacts::Locked { .. })));
    }
    mara.unlock().expect("the passphrase");
}

#[test]
fn what_is_stopped_after_its_commit_is_told_as_done() {
    let world = World::new("committed");
    let mut mara = world.person("Mara");
    mara.use_keystore();
    mara.lock_and_unlock();
    let (companion, at, over) = (&mara.companion, mara.at(), AtomicBool::new(false));
    let kept = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut kept = Vec::new();
            for number in 0.. {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let body = format!("Note {number}");
                if companion.apply(&[Command::Note(note(&body))], None, &at).is_ok() {
                    kept.push(body);
                }
            }
            kept
        });
        // What screens that are gone do, at any time: it stops reads, and a call that wrote reads what it touched.
        for _ in 0..1_000 {
            companion.interrupt_all();
            std::thread::sleep(Duration::from_millis(1));
        }
        companion.lock().expect("locking");
        mara.unlock().expect("the key");
        over.store(true, Ordering::SeqCst);
        writer.join().expect("no panic")
    });
    let mut kept = kept;
    kept.sort();
    assert_eq!(notes(&mara), kept);
}

/// What the other process of the next test does; alone it does nothing.
#[test]
fn the_other_process() {
    let Some(folder) = std::env::var_os("BELAY_OTHER_PROCESS") else { return };
    let config =
        HostConfig { folder: folder.into(), languages: Vec::new(), cost: belay::crypto::kdf::PassphraseCost::FLOOR };
    let other = Companion::open(config, Box::new(SeededEntropy::new("other")));
    let at = Moment { unix_ms: 1_795_334_400_000, zone: "UTC".to_owned(), boot_ms: 0, boot_id: 0 };
    let with = UnlockWith::Passphrase(secret(PASSPHRASE));
    assert_eq!(other.state(), VaultState::Closed(VaultFacts::InUse));
    assert_eq!(code(other.unlock(&with, &at)), Code::InUse);
    assert_eq!(code(other.erase_scope(EraseScope::Vault, None, &at)), Code::InUse);
}

#[test]
fn two_processes_on_one_vault() {
    let world = World::new("two");
    let mara = world.person("Mara");
    mara.apply(note("Bad night"));
    other_process(&mara);
    assert_eq!(inspect(mara.folder(), &mara.at()), VaultFacts::InUse);
    assert_eq!(notes(&mara), ["Bad night"]);
}

fn other_process(device: &Device) {
    let mut child = std::process::Command::new(std::env::current_exe().expect("this test"));
    child.args(["--exact", "locking::the_other_process"]).env("BELAY_OTHER_PROCESS", device.folder());
    let told = child.output().expect("another process");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
}
