//! Erasing: the header goes first, and with it every way to the key; what is left is noise. Each step can be
//! repeated, and a folder in which one began says so until all is gone.

use super::files::{ATTEMPTS, DROP, ERASING, HEADERS, LOCK, NEW, blank, is_draft, is_store, names, replace, sync};
use super::header::{self, Both};
use super::inspect::slot_facts;
use super::lock::FolderLock;
use super::slot::keystore_alias;
use crate::error::{Code, Field, Result};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

/// What erasing did, and what is left to do for the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EraseReport {
    /// Keys that the host must delete from its keystore. A name may be told again after an erasure was cut short.
    pub aliases: Vec<String>,
    /// How many files are gone.
    pub removed: u32,
}

/// Erases the vault, whatever its state, and finishes an erasure that was cut short. Overwrites both header copies
/// before anything is removed. Files that are not a vault's stay, and so does their folder.
///
/// # Errors
/// `Unwritable{Folder}` where a file could not be removed; what could be is gone, and it can be asked again.
pub fn erase(lock: FolderLock) -> Result<EraseReport> {
    let folder = lock.folder().to_owned();
    let aliases = aliases(&folder);
    forget_keys(&folder, &aliases);
    let mut removed = 0;
    let mut is_whole = true;
    let ours = names(&folder)?.into_iter().filter(|name| is_ours(name));
    for name in ours {
        write_point!("erase-removing");
        match remove(&folder.join(&name)) {
            Ok(()) => removed += 1,
            Err(_) => is_whole = false,
        }
    }
    if !is_whole {
        return Err(Code::Unwritable.of(Field::Folder).into());
    }
    sync(&folder)?;
    write_point!("erase-emptied");
    // The mark that says "finish this" goes last but for the lock: while it lies there, it is not finished.
    for name in [ERASING, LOCK] {
        match std::fs::remove_file(folder.join(name)) {
            Ok(()) => removed += 1,
            Err(cause) if name == ERASING && cause.kind() != ErrorKind::NotFound => {
                return Err(Code::Unwritable.of(Field::Folder).into());
            }
            Err(_) => (),
        }
        write_point!("erase-unmarked");
    }
    sync(&folder)?;
    drop(lock);
    // Another's files keep the folder, and an empty one harms nobody.
    let _ = std::fs::remove_dir(&folder);
    Ok(EraseReport { aliases, removed })
}

/// Leaves the mark, then overwrites every copy of the wrapped keys. Goes on where one cannot be done: a full disk must
/// not keep a vault from being erased.
pub(super) fn forget_keys(folder: &Path, aliases: &[String]) {
    let _ = replace(folder, ERASING, aliases.join("\n").as_bytes());
    write_point!("erase-marked");
    for name in HEADERS {
        let _ = blank(&folder.join(name));
        write_point!("erase-blanked");
        let _ = blank(&folder.join(format!("{name}{NEW}")));
    }
}

/// From both header copies, and from the mark of an erasure that was cut short.
fn aliases(folder: &Path) -> Vec<String> {
    let mark = std::fs::read_to_string(folder.join(ERASING)).unwrap_or_default();
    let mut aliases: BTreeSet<String> = mark.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect();
    if let Both::Good(copies) = header::read(folder) {
        for header in copies.iter().map(|copy| &copy.header) {
            let keystore = slot_facts(header).into_iter().filter(|slot| slot.kind.has_alias());
            aliases.extend(keystore.map(|slot| keystore_alias(header.vault, slot.id)));
        }
    }
    aliases.into_iter().collect()
}

fn is_ours(name: &str) -> bool {
    let plain = name.strip_suffix(NEW).unwrap_or(name);
    let is_half_a_mark = name != ERASING && plain == ERASING;
    let is_header = HEADERS.contains(&plain) || ATTEMPTS.contains(&plain);
    is_header || is_half_a_mark || name == DROP || is_store(name) || is_draft(name)
}

fn remove(path: &Path) -> std::io::Result<()> {
    if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
}
