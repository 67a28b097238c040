//! Files that are carried: written new, never over another; read whole up to a bound.

use crate::failure::{Done, Told, Trouble};
use crate::host::Host;
use belay::error::{Code, Error, Field};
use belay::exchange::is_bundle;
use belay::library::Arg;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// Names tried beside the first before giving up.
const NAMES_MAX: u32 = 999;
/// Most bytes of a pairing message or its text that are read; the core takes less.
const MESSAGE_MAX_BYTES: u64 = 1024 * 1024;

/// A name as part of a file's name: letters and digits, the rest as `-`.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for sign in name.to_lowercase().chars() {
        if sign.is_alphanumeric() {
            slug.push(sign);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug: String = slug.trim_end_matches('-').chars().take(40).collect();
    if slug.is_empty() { "someone".into() } else { slug }
}

/// A file for someone.
pub struct Written {
    /// Its name.
    pub file: String,
    /// Whether it lay there, and was this one already.
    pub is_again: bool,
    /// Whether others of its name lie beside it.
    pub is_beside: bool,
}

/// Says which of several is meant.
pub fn say_older(host: &Host, written: &Written) {
    if written.is_beside && !written.is_again {
        host.page.line(&host.say("term-file-newest", &[("file", Arg::Text(&written.file))]));
    }
}

/// Writes a file of its own for someone: where it was asked for, else `for-NAME-WHAT.belay` here. One that has the same
/// bytes is not written twice.
pub fn write(host: &Host, out: Option<&PathBuf>, name: &str, what: &str, bytes: &[u8]) -> Done<Written> {
    if let Some(path) = out {
        put(path, bytes).map_err(|trouble| match trouble.code() {
            Some(Code::Duplicate) => taken(host),
            _ => trouble,
        })?;
        return Ok(Written { file: path.display().to_string(), is_again: false, is_beside: false });
    }
    let stem = format!("for-{}-{what}", slug(name));
    let mut path = PathBuf::from(format!("{stem}.belay"));
    for number in 2..=NAMES_MAX {
        let is_again = match put(&path, bytes) {
            Err(error) if error.code() == Some(Code::Duplicate) => {
                if !holds(&path, bytes) {
                    path = format!("{stem}-{number}.belay").into();
                    continue;
                }
                true
            }
            other => {
                other?;
                false
            }
        };
        return Ok(Written { file: path.display().to_string(), is_again, is_beside: number > 2 });
    }
    Err(host.usage("term-usage-missing", &[], "--out FILE"))
}

fn holds(path: &Path, bytes: &[u8]) -> bool {
    let is_long = |facts: std::fs::Metadata| facts.is_file() && facts.len() == bytes.len() as u64;
    path.symlink_metadata().is_ok_and(is_long) && std::fs::read(path).is_ok_and(|there| there == bytes)
}

/// Whether a file can be made where it was asked for: looked at before anything is done, so that nothing is done for
/// a file that nobody gets.
///
/// # Errors
/// `Duplicate` where something of that name lies.
pub fn is_free(host: &Host, out: Option<&PathBuf>) -> Done {
    match out {
        Some(path) if path.symlink_metadata().is_ok() => Err(taken(host)),
        _ => Ok(()),
    }
}

/// Something of this name is there, and stays as it is.
pub fn taken(host: &Host) -> Trouble {
    host.told("Duplicate", "term-file-there", 11)
}

/// Writes beside the place, durably, and then gives the file its name: whoever finds one of that name has all of it, also
/// where the battery ended half-way.
fn put(path: &Path, bytes: &[u8]) -> Done {
    if path.symlink_metadata().is_ok() {
        return Err(Code::Duplicate.of(Field::Folder).into());
    }
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    let named = write_part(&part, bytes).and_then(|()| name(&part, path));
    // Under its own name it stays; half a file is of no use to anyone.
    let _ = std::fs::remove_file(&part);
    match named {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Code::Duplicate.of(Field::Folder).into()),
        named => Ok(named.map_err(Error::from)?),
    }
}

fn write_part(part: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(part)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A second name is never given over another file. A stick that knows no second names gets a renamed file, which was not
/// there a moment ago.
fn name(part: &Path, path: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(part, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists && path.symlink_metadata().is_err() => {
            std::fs::rename(part, path)?;
        }
        linked => linked?,
    }
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        // The name is durable when this can be done; where it cannot, the file is whole all the same.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// Opens a file to read; `-` is standard input.
pub fn open(host: &Host, path: &Path) -> Done<Box<dyn Read>> {
    if path == Path::new("-") {
        if crate::prompt::is_typed() {
            // Beside what a program may read.
            let _ = writeln!(std::io::stderr().lock(), "{}", host.say("term-paste-here", &[]));
        }
        return Ok(Box::new(std::io::stdin().lock()));
    }
    match File::open(path) {
        Ok(_) if path.is_dir() => Err(host.told("NotFound", "term-file-folder", 4)),
        Ok(file) => Ok(Box::new(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(host.told("NotFound", "term-file-none", 4)),
        Err(_) => Err(host.told("Unwritable", "term-file-closed", 9)),
    }
}

/// Most files that are named of a folder, and most that are looked at.
const NAMED_MAX: usize = 5;
const LOOKED_AT_MAX: usize = 500;

/// A folder is no bundle: those in it are named, the newest first.
pub fn bundles_in(host: &Host, folder: &Path) -> Trouble {
    let entries = std::fs::read_dir(folder).map(|entries| entries.flatten().take(LOOKED_AT_MAX).collect());
    let mut found = Vec::new();
    for entry in entries.unwrap_or_else(|_| Vec::new()) {
        let path = entry.path();
        let mut head = Vec::new();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let read = is_file.then(|| File::open(&path)).and_then(|file| file.ok()?.take(64).read_to_end(&mut head).ok());
        if read.is_some() && is_bundle(&head) {
            found.push((entry.metadata().and_then(|facts| facts.modified()).ok(), path));
        }
    }
    found.sort_by(|one, other| other.cmp(one));
    let command = |path: &PathBuf| {
        let path = path.strip_prefix("./").or_else(|_| path.strip_prefix(".")).unwrap_or(path);
        format!("belay bundle in {}", crate::commands::quoted(&path.to_string_lossy()))
    };
    let commands: Vec<String> = found.iter().take(NAMED_MAX).map(|(_, path)| command(path)).collect();
    let next = if commands.is_empty() { "term-file-folder.next" } else { "term-file-folder.bundles" };
    let (label, next, command) = (host.say("term-file-folder", &[]), host.say(next, &[]), commands.join("\n"));
    Told { code: "NotFound".into(), label, next, command, exit: 4, ..Told::default() }.into()
}

/// A pairing message.
pub fn read_message(host: &Host, path: &Path) -> Done<Vec<u8>> {
    let mut bytes = Vec::new();
    open(host, path)?.take(MESSAGE_MAX_BYTES).read_to_end(&mut bytes).map_err(Error::from)?;
    Ok(bytes)
}

/// A size in words, rounded up.
pub fn size(host: &Host, bytes: u64) -> String {
    let kib = bytes.div_ceil(1024);
    if kib < 10_000 {
        host.say("term-kib", &[("count", Arg::Number(kib))])
    } else {
        host.say("term-mib", &[("count", Arg::Number(kib.div_ceil(1024)))])
    }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn names_become_parts_of_file_names() {
        assert_eq!(slug("Theo from the garden"), "theo-from-the-garden");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("مارا"), "مارا");
        assert_eq!(slug("?!"), "someone");
    }
}
