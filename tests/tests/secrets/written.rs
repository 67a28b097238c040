//! What is written while a vault lives through a day: its own folder with journal and index, the folder for temporary
//! files, the place where it runs, the error stream, a backup, everything that is carried to others. Looked at after every
//! step and, as fast as can be, during each.

use crate::child::Keeper;
use crate::day::{BODY, Day};
use crate::scan::{Needles, files};
use belay::crypto::hash::sha256;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Every content that a file was seen with, by its hash, and where.
type Seen = Arc<Mutex<BTreeMap<[u8; 32], (PathBuf, Vec<u8>)>>>;

fn look(place: &Path, seen: &Seen) {
    for path in files(place) {
        // What goes away meanwhile was too short for this look; the next comes at once.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        seen.lock().expect("nobody panics with it").entry(sha256(&[&bytes])).or_insert((path, bytes));
    }
}

/// Looks until it is told to end.
struct Watch {
    ends: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Watch {
    fn over(place: &Path, seen: &Seen) -> Watch {
        let ends = Arc::new(AtomicBool::new(false));
        let (place, seen, over) = (place.to_owned(), seen.clone(), ends.clone());
        let thread = std::thread::spawn(move || {
            while !over.load(Ordering::SeqCst) {
                look(&place, &seen);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        Watch { ends, thread: Some(thread) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        let _ = self.thread.take().map(std::thread::JoinHandle::join);
    }
}

/// In which of the contents something of these was found.
fn found(seen: &Seen, needles: &Needles) -> Vec<(String, String)> {
    let seen = seen.lock().expect("nobody panics with it");
    let named = |(path, bytes): &(PathBuf, Vec<u8>)| {
        let name = path.to_string_lossy().into_owned();
        needles.within(bytes).or(needles.within(name.as_bytes())).map(|what| (name, what))
    };
    seen.values().filter_map(named).collect()
}

#[test]
fn nothing_readable_is_written_at_any_time() {
    let mut day = Day::begin();
    let seen = Seen::default();
    let watch = Watch::over(day.keeper.place(), &seen);
    let after = seen.clone();
    day.after = Box::new(move |keeper: &Keeper, _, _, _| look(keeper.place(), &after));
    day.whole();
    let journals = |seen: &Seen| {
        let seen = seen.lock().expect("nobody panics with it");
        ["-wal", "-shm"].map(|tail| seen.values().filter(|(path, _)| path.to_string_lossy().ends_with(tail)).count())
    };
    assert!(journals(&seen).iter().all(|count| *count > 1), "journal and index were looked at while in use");
    day.locks();
    look(day.keeper.place(), &seen);
    drop(watch);

    let names: Vec<_> = files(&day.keeper.vault()).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("-wal")), "locked, and no journal: {names:?}");
    assert_eq!(files(&day.keeper.place().join("tmp")), Vec::<PathBuf>::new(), "no temporary file stays");
    assert_eq!(files(&day.keeper.place().join("home")), Vec::<PathBuf>::new());
    assert_eq!(files(&day.keeper.place().join("cwd")), Vec::<PathBuf>::new());

    // The one thing that carries a secret by design: an invitation with its secret in the file, and only that.
    let secrets = found(&seen, &day.secrets);
    let is_invitation = |(file, what): &&(String, String)| {
        file.ends_with("invite file") && what.starts_with("inviting: secret of invitation")
    };
    assert_eq!(secrets.iter().filter(is_invitation).count(), 1, "the control: this look finds it there");
    let others: Vec<_> = secrets.iter().filter(|found| !is_invitation(found)).collect();
    assert!(others.is_empty(), "{others:#?}");
    let texts = found(&seen, &day.texts);
    assert!(texts.is_empty(), "{texts:#?}");

    // And words in a plain file are found.
    std::fs::write(day.keeper.place().join("tmp").join("plain"), format!("dear diary, {BODY}")).expect("a file");
    look(day.keeper.place(), &seen);
    assert_eq!(found(&seen, &day.texts).len(), 1);
}

#[test]
fn only_the_owner_may_read_what_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let mut day = Day::begin();
    let mode = |path: &Path| std::fs::metadata(path).map(|facts| facts.permissions().mode() & 0o077);
    day.after = Box::new(move |keeper, step, _, _| {
        for folder in [keeper.vault(), keeper.place().join("backup")] {
            for path in files(&folder).into_iter().chain([folder]) {
                assert!(mode(&path).unwrap_or(0) == 0, "after {step:?} others may read {}", path.display());
            }
        }
    });
    day.slots();
    day.writes();
    day.renews();
}
