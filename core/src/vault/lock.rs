//! The folder's lock: one process at a time may write a vault.
//!
//! The standard library knows file locks on Android only from the release after rust-lang/rust#157038 on. Where the
//! system has none, a list inside this process stands in for it: an Android app keeps its files to itself, and opens a
//! vault in one process.

use super::files::{LOCK, make_folder, names, private};
use crate::error::{Code, Error, Field, Result};
use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Someone who only looks holds the lock for an instant: it is asked for again before `InUse` is said.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// The right to write a vault's folder, until dropped.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    _file: File,
    _claim: Option<Claim>,
}

/// Folders that this process holds where the system locks no files. A lock is the process's own by its nature.
static CLAIMED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A folder in that list, until dropped.
#[derive(Debug)]
struct Claim(PathBuf);

impl Claim {
    fn take(folder: &Path) -> std::result::Result<Claim, TryLockError> {
        let path = folder.canonicalize().map_err(TryLockError::Error)?;
        let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
        if claimed.insert(path.clone()) { Ok(Claim(path)) } else { Err(TryLockError::WouldBlock) }
    }
    fn is_taken(folder: &Path) -> bool {
        let claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
        folder.canonicalize().is_ok_and(|path| claimed.contains(&path))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMED.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// How a file is locked: the system's way, and in tests that of a system without one.
type Lock = fn(&File) -> std::result::Result<(), TryLockError>;

fn has_no_locks(told: &std::result::Result<(), TryLockError>) -> bool {
    matches!(told, Err(TryLockError::Error(cause)) if cause.kind() == ErrorKind::Unsupported)
}

impl FolderLock {
    /// Takes the lock; makes the folder (mode 0700) and the lock's file where they are not. A folder that cannot be
    /// written but has a lock file can be locked for reading.
    ///
    /// # Errors
    /// `InUse{Folder}` while another holds it, also in this process; `Unwritable{Folder}`, `StorageFull{Folder}`.
    pub fn take(folder: &Path) -> Result<FolderLock> {
        Self::take_by(folder, File::try_lock)
    }

    fn take_by(folder: &Path, lock: Lock) -> Result<FolderLock> {
        for tried in 0..TRIES {
            if tried > 0 {
                std::thread::sleep(BETWEEN_TRIES);
            }
            let file = open(folder).map_err(|error| about_folder(&error))?;
            write_point!("lock-made");
            let locked = match lock(&file) {
                told if has_no_locks(&told) => Claim::take(folder).map(Some),
                told => told.map(|()| None),
            };
            match locked {
                // The file could have been erased between opening and locking: then the lock is on nothing.
                Ok(claim) if is_still_there(&file, &folder.join(LOCK)) => {
                    return Ok(FolderLock { folder: folder.to_owned(), _file: file, _claim: claim });
                }
                Ok(_) | Err(TryLockError::WouldBlock) => (),
                Err(TryLockError::Error(cause)) => return Err(about_folder(&cause.into())),
            }
        }
        Err(Code::InUse.of(Field::Folder).into())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes the folder away with the lock's file, where nothing else is in it: it was made for what then failed.
    pub fn remove_if_empty(self) {
        if names(&self.folder).is_ok_and(|names| names.iter().all(|name| name == LOCK)) {
            let _ = std::fs::remove_file(self.folder.join(LOCK));
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}

fn open(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let made = make_folder(folder)
        .and_then(|()| Ok(private().read(true).write(true).create(true).truncate(false).open(&path)?));
    made.or_else(|error| File::open(&path).map_err(|_| error))
}

fn about_folder(error: &Error) -> Error {
    match error.code() {
        Code::StorageFull => Code::StorageFull.of(Field::Folder).into(),
        _ => Code::Unwritable.of(Field::Folder).into(),
    }
}

/// Whether another holds the lock now. Writes nothing.
pub(super) fn is_held(folder: &Path) -> bool {
    is_held_by(folder, File::try_lock_shared)
}

fn is_held_by(folder: &Path, lock: Lock) -> bool {
    let held = || {
        let Ok(file) = File::open(folder.join(LOCK)) else { return false };
        match lock(&file) {
            told if has_no_locks(&told) => Claim::is_taken(folder),
            told => matches!(told, Err(TryLockError::WouldBlock)),
        }
    };
    // A process that is just being started holds what its parent had open, for an instant.
    for _ in 1..TRIES {
        if !held() {
            return false;
        }
        std::thread::sleep(BETWEEN_TRIES);
    }
    held()
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let here = file.metadata().map(|facts| (facts.dev(), facts.ino()));
    let there = std::fs::metadata(path).map(|facts| (facts.dev(), facts.ino()));
    matches!((here, there), (Ok(here), Ok(there)) if here == there)
}

#[cfg(not(unix))]
fn is_still_there(_: &File, _: &Path) -> bool {
    // Elsewhere an open file cannot be removed.
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_locks(_: &File) -> std::result::Result<(), TryLockError> {
        Err(TryLockError::Error(ErrorKind::Unsupported.into()))
    }

    #[test]
    fn where_the_system_locks_no_files_one_holder_in_this_process_does() {
        let outer = tempfile::tempdir().unwrap();
        let (folder, other) = (outer.path().join("vault"), outer.path().join("other"));
        let take = |folder: &Path| FolderLock::take_by(folder, without_locks);
        let first = take(&folder).unwrap();
        assert!(is_held_by(&folder, without_locks));
        // The same folder by another name.
        let by_another_name = folder.join("../vault");
        let refused = take(&by_another_name).unwrap_err();
        assert_eq!(refused.code(), Code::InUse);
        assert!(is_held_by(&by_another_name, without_locks));
        let second = take(&other).unwrap();
        drop(first);
        assert!(!is_held_by(&folder, without_locks));
        let again = take(&folder).unwrap();
        assert!(is_held_by(&other, without_locks));
        drop((again, second));
        // Another kind of trouble is no reason to believe that nobody holds it.
        let denied = |_: &File| Err(TryLockError::Error(ErrorKind::PermissionDenied.into()));
        assert_eq!(FolderLock::take_by(&folder, denied).unwrap_err().code(), Code::Unwritable);
        // A vault that was erased took its lock's file along: nothing of it is held.
        let erased = take(&folder).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        drop(erased);
        take(&folder).unwrap();
    }
}
