//! Names and durable writes. A file is replaced by writing beside it, syncing, renaming and syncing the folder, so
//! that after a crash there is the old one or the new one.

use crate::error::Result;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) const HEADERS: [&str; 2] = ["header.a", "header.b"];
/// Most bytes of a header: far above any with all its slots.
pub(super) const HEADER_MAX_BYTES: usize = 64 * 1024;
pub(super) const LOCK: &str = "lock";
pub(super) const ERASING: &str = "erasing";
/// The failure counter's files.
pub(super) const ATTEMPTS: [&str; 2] = ["attempts.a", "attempts.b"];
/// The drop box, a folder.
pub(super) const DROP: &str = "drop";
/// What a file is called until it is whole.
pub(super) const NEW: &str = ".new";

pub(super) fn store_name(number: u32) -> String {
    format!("store-{number}.db")
}

pub(super) fn draft_name(number: u32) -> String {
    format!("store-{number}{NEW}")
}

/// Whether this is a store that a header named at some time, or its journal.
pub(super) fn is_store(name: &str) -> bool {
    name.starts_with("store-") && name.contains(".db")
}

/// Whether this is a store that no header has named, or its journal.
pub(super) fn is_draft(name: &str) -> bool {
    name.starts_with("store-") && name.contains(NEW)
}

/// N of `store-N.db` or `store-N.new`, and of what SQLite keeps beside them.
pub(super) fn store_number(name: &str) -> Option<u32> {
    name.strip_prefix("store-")?.split('.').next()?.parse().ok()
}

/// The names in a folder; those that are no text are none of ours.
pub(super) fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// Makes the folder and those above it, for their owner only. One that exists is left as it is.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder)?)
}

/// Options for a file that only its owner may read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes the bytes beside the file, durably; [`settle`] puts them in its place.
pub(super) fn stage(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let path = staged(folder, name);
    let write = || {
        let mut file = private().write(true).create(true).truncate(true).open(&path)?;
        file.write_all(bytes)?;
        write_point!("file-written");
        file.sync_all()
    };
    write().map_err(|cause| {
        let _ = std::fs::remove_file(&path);
        cause.into()
    })
}

/// Takes a staged file away again.
pub(super) fn unstage(folder: &Path, name: &str) {
    let _ = std::fs::remove_file(staged(folder, name));
}

/// Puts a staged file in its place, durably. What it replaces is overwritten after that: a header wraps the vault's key
/// under secrets that may have been changed because they were known.
pub(super) fn settle(folder: &Path, name: &str) -> Result<()> {
    let path = folder.join(name);
    // Only where the new name is known to be durable may the old bytes go.
    let replaced = if cfg!(unix) { OpenOptions::new().write(true).open(&path).ok() } else { None };
    std::fs::rename(staged(folder, name), path)?;
    write_point!("file-renamed");
    sync(folder)?;
    // The new file counts already, whatever becomes of the old one.
    let _ = replaced.map(overwrite);
    Ok(())
}

/// Replaces one file.
pub(super) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    stage(folder, name, bytes)?;
    write_point!("file-staged");
    settle(folder, name).inspect_err(|_| unstage(folder, name))
}

/// Makes the folder's entries durable.
pub(super) fn sync(folder: &Path) -> Result<()> {
    // Elsewhere a folder cannot be opened, and its entries are durable by the file system's journal.
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Up to this size in bytes a first list needs pages from all over a store.
const SMALL_BYTES: u64 = 8 << 20;
/// How much of a small store is asked for ahead, and of a larger one, where what is not needed would be in the way of what
/// is (both found by trying: `tests/bench/RESULTS.md`).
const AHEAD_BYTES: [u64; 2] = [4 << 20, 1 << 20];

/// Asks the system to fetch the beginning of a store from the disk while its keys are still being made: there its tables and
/// their upper pages lie. Advice only; where it cannot be given, nothing is different.
///
/// Before the store is opened: closing a file gives up this process's locks on it (fcntl, POSIX.1-2024).
pub(super) fn read_ahead(path: &Path) {
    // Nothing but a file: opening a pipe would wait for its other end.
    let Ok(facts) = std::fs::symlink_metadata(path) else { return };
    if !facts.is_file() {
        return;
    }
    let Ok(file) = std::fs::File::open(path) else { return };
    let [small, large] = AHEAD_BYTES;
    advise(&file, if facts.len() <= SMALL_BYTES { small } else { large });
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn advise(file: &std::fs::File, length: u64) {
    let _ = rustix::fs::fadvise(file, 0, std::num::NonZeroU64::new(length), rustix::fs::Advice::WillNeed);
}

#[cfg(target_vendor = "apple")]
fn advise(file: &std::fs::File, length: u64) {
    let _ = rustix::fs::fcntl_rdadvise(file, 0, length);
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn advise(_: &std::fs::File, _: u64) {}

/// Overwrites what a file holds, in place and durably.
pub(super) fn blank(path: &Path) -> std::io::Result<()> {
    overwrite(OpenOptions::new().write(true).open(path)?)
}

fn overwrite(mut file: std::fs::File) -> std::io::Result<()> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX).min(HEADER_MAX_BYTES);
    file.write_all(&vec![0; length])?;
    write_point!("file-blanked");
    file.sync_all()
}

fn staged(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{NEW}"))
}
