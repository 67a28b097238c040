//! Names and durable writes. A file is replaced by writing beside it, syncing, renaming and syncing the folder, so
//! that after a crash there is the old one or the new one.

use crate::error::Result;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) const HEADERS: [&str; 2] = ["header.a", "header.b"];
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

/// How much of a store is asked for ahead at either end, in bytes: a store of years of notes is not read as a whole.
const AHEAD_BYTES: u64 = 8 << 20;

/// Asks the system to fetch a store from the disk while its keys are still being made: its beginning, where its tables
/// begin, and its end, where the newest of them lies. Advice only; where it cannot be given, nothing is different.
///
/// Before the store is opened: closing a file gives up this process's locks on it (fcntl, POSIX.1-2024).
pub(super) fn read_ahead(path: &Path) {
    let Ok(file) = std::fs::File::open(path) else { return };
    let Ok(length) = file.metadata().map(|facts| facts.len()) else { return };
    advise(&file, 0, AHEAD_BYTES);
    if length > AHEAD_BYTES {
        advise(&file, length.saturating_sub(AHEAD_BYTES).max(AHEAD_BYTES), AHEAD_BYTES);
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn advise(file: &std::fs::File, from: u64, length: u64) {
    let _ = rustix::fs::fadvise(file, from, std::num::NonZeroU64::new(length), rustix::fs::Advice::WillNeed);
}

#[cfg(target_vendor = "apple")]
fn advise(file: &std::fs::File, from: u64, length: u64) {
    let _ = rustix::fs::fcntl_rdadvise(file, from, length);
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn advise(_: &std::fs::File, _: u64, _: u64) {}

/// Overwrites what a file holds, in place and durably.
pub(super) fn blank(path: &Path) -> std::io::Result<()> {
    overwrite(OpenOptions::new().write(true).open(path)?)
}

fn overwrite(mut file: std::fs::File) -> std::io::Result<()> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX).min(super::header::FILE_MAX_BYTES);
    file.write_all(&vec![0; length])?;
    write_point!("file-blanked");
    file.sync_all()
}

fn staged(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{NEW}"))
}
