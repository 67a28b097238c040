//! The folder's lock: one process at a time may write a vault.
//!
//! The standard library knows file locks on Android only from the release after rust-lang/rust#157038 on; with an
//! older one [`FolderLock::take`] answers `Unwritable` there.

use super::files::{LOCK, make_folder, names, private};
use super::inspect::{VaultFacts, look};
use crate::error::{Code, Error, Field, Result};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Someone who only looks holds the lock for an instant: it is asked for again before `InUse` is said.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// The right to write a vault's folder, until dropped.
#[derive(Debug)]
pub struct FolderLock {
    folder: PathBuf,
    _file: File,
}

impl FolderLock {
    /// Takes the lock; makes the folder (mode 0700) and the lock's file where they are not. A folder that cannot be
    /// written but has a lock file can be locked for reading.
    ///
    /// # Errors
    /// `InUse{Folder}` while another holds it, also in this process; `Unwritable{Folder}`, `StorageFull{Folder}`.
    pub fn take(folder: &Path) -> Result<FolderLock> {
        for tried in 0..TRIES {
            if tried > 0 {
                std::thread::sleep(BETWEEN_TRIES);
            }
            let file = open(folder).map_err(|error| about_folder(&error))?;
            write_point!("lock-made");
            match file.try_lock() {
                // The file could have been erased between opening and locking: then the lock is on nothing.
                Ok(()) if is_still_there(&file, &folder.join(LOCK)) => {
                    return Ok(FolderLock { folder: folder.to_owned(), _file: file });
                }
                Ok(()) | Err(TryLockError::WouldBlock) => (),
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

    /// [`super::inspect`] by the one who holds the lock: never `InUse`.
    pub fn inspect(&self) -> VaultFacts {
        look(&self.folder, None)
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
    let Ok(file) = File::open(folder.join(LOCK)) else { return false };
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
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
