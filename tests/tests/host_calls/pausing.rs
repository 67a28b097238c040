use crate::{code, note, notes, touches};
use belay::companion::{DropIn, VaultState, drop_in};
use belay::error::Code;
use belay_tests::{SeededEntropy, World, text};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

fn open_files_in(folder: &Path) -> Vec<PathBuf> {
    let open = std::fs::read_dir("/proc/self/fd").expect("Linux tells open files");
    let targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    targets.filter(|target| target.starts_with(folder)).collect()
}

#[test]
fn a_pause_within_its_budget_closes_every_file_and_resume_tells_what_came() {
    let world = World::new("budget");
    let mara = world.person("Mara");
    mara.apply(note("Bad night"));
    let paused = mara.companion.pause_within(1_000, &mara.at()).expect("open");
    assert!(paused.finished && paused.closed);
    assert_eq!((open_files_in(mara.folder()), mara.companion.state()), (Vec::new(), VaultState::Paused));
    assert_eq!(code(mara.companion.apply(&[], None, &mara.at())), Code::Locked);
    let again = mara.companion.pause_within(0, &mara.at()).expect("pausing twice is pausing");
    assert!(again.finished);
    let what = DropIn::QuickNote { text: text("Meanwhile") };
    drop_in(mara.folder(), &what, &mara.at(), &mut SeededEntropy::new("meanwhile")).expect("room");
    let changes = mara.companion.resume_with_changes(&mara.at()).expect("resuming");
    assert!(touches(&changes) > 0);
    assert_eq!(notes(&mara), ["Bad night", "Meanwhile"]);
    let again = mara.companion.resume_with_changes(&mara.at()).expect("open already");
    assert_eq!(touches(&again), 0);
}

#[test]
fn without_time_batches_stay_open_and_nothing_is_lost() {
    let world = World::new("no time");
    let mara = world.person("Mara");
    for number in 0..40 {
        mara.apply(note(&format!("Note {number}")));
    }
    let paused = mara.companion.pause_within(3, &mara.at()).expect("open");
    assert!(!paused.closed, "forty batches are not closed in three milliseconds");
    assert_eq!(open_files_in(mara.folder()), Vec::<PathBuf>::new());
    mara.companion.resume(&mara.at()).expect("resuming");
    assert_eq!(notes(&mara).len(), 40);
}

#[test]
fn whatever_runs_is_stopped_when_the_budget_is_over() {
    let world = World::new("stopped");
    let mara = world.person("Mara");
    let (companion, at, over) = (&mara.companion, mara.at(), AtomicBool::new(false));
    let (confirmed, stopped) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (mut confirmed, mut stopped) = (0, 0);
            while !over.load(Ordering::SeqCst) {
                let commands: Vec<_> =
                    (0..100).map(|number| belay::command::Command::Note(note(&format!("{number}")))).collect();
                match companion.apply(&commands, None, &at) {
                    Ok(_) => confirmed += 100,
                    Err(failure) if failure.code() == Code::Interrupted => stopped += 1,
                    Err(failure) => assert_eq!(failure.code(), Code::Locked),
                }
            }
            (confirmed, stopped)
        });
        for budget_ms in [0, 1, 20, 0, 5] {
            std::thread::sleep(std::time::Duration::from_millis(60));
            companion.pause_within(budget_ms, &at).expect("it was open");
            assert_eq!(open_files_in(mara.folder()), Vec::<PathBuf>::new());
            companion.resume(&at).expect("resuming");
        }
        over.store(true, Ordering::SeqCst);
        writer.join().expect("the writer")
    });
    assert_eq!(notes(&mara).len(), confirmed);
    assert!(stopped > 0, "a hundred notes take longer than no time");
}
