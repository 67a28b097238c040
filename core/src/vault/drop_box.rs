//! The drop box: what is given to a vault while it is locked, sealed to a key whose private half lies in the store.
//!
//! A file in `drop`: magic ‖ version ‖ HPKE base seal of (length, u32 little endian ‖ bytes ‖ zeros), padded so that the
//! plaintext is 1, 2, 4 … KiB, with the vault's id as additional data. Whoever can write the folder can drop something;
//! nobody without the vault's key can read what was dropped. It is told apart from damage, never deleted unread.

use super::files::{DROP, ERASING, NEW, draft_name, make_folder, names, private, store_name, sync};
use super::header::{self, Both};
use crate::crypto::seal::{self, OpeningKey, SEAL_BYTES};
use crate::error::{Code, Error, Field, Result};
use crate::ids::{VaultId, to_base32};
use crate::secret::{Entropy, SecretBytes};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The version of the files that this build writes.
pub const DROP_VERSION: u8 = 1;
/// Most files that wait; what comes then is refused, so that its host keeps it.
pub const DROPS_MAX: usize = 256;
/// Most bytes that wait.
pub const DROPS_MAX_BYTES: u64 = 32 * 1024 * 1024;
/// Most bytes of one thing: 100,000 signs of any script, twice.
pub const DROP_MAX_BYTES: usize = 1024 * 1024 - 4;

const MAGIC: &[u8; 10] = b"belay drop";
const INFO: &[u8] = b"belay/drop/1";
const PAD_FROM_BYTES: usize = 1024;
const FILE_MAX_BYTES: usize = MAGIC.len() + 1 + SEAL_BYTES + DROP_MAX_BYTES + 4;
/// What a file is called that no key opens, or that breaks a bound: it is kept, and not tried again.
const UNREAD: &str = ".unread";

/// What waits in the box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Names of files to take in now: at most [`DROPS_MAX`], and no more than [`DROPS_MAX_BYTES`] in all.
    pub names: Vec<String>,
    /// Files beyond that, whoever laid them there: their turn comes when these are gone.
    pub more: usize,
    /// Files that nothing here opens or takes in.
    pub unread: usize,
}

/// Seals `plain` to the vault in `folder` and lays it into its box, whole or not at all; needs neither lock nor secret.
///
/// # Errors
/// `NotFound{Folder}` where no vault is, or an erasure began; `Unwritable{Header}` before it can be read after a start
/// and for a backup, `NewerSchema`, `Corrupt`; `TooBig`; `TooMany` where the box is full; `StorageFull`, `Unwritable`.
pub fn lay_in(folder: &Path, plain: &[u8], entropy: &mut dyn Entropy) -> Result<()> {
    if plain.len() > DROP_MAX_BYTES {
        return Err(Code::TooBig.of(Field::Text).max(DROP_MAX_BYTES).actual(plain.len()).into());
    }
    let (vault, drop_pk) = addressee(folder)?;
    check_room(folder)?;
    let sealed = seal::seal(&drop_pk, INFO, &vault.0, None, &padded(plain), entropy);
    let sealed = sealed.ok_or_else(|| Error::from(Code::Corrupt.of(Field::Header)))?;
    let bytes = [&MAGIC[..], &[DROP_VERSION], &sealed].concat();
    let name = to_base32(&entropy.bytes::<16>());
    match place_whole(folder, &name, &bytes) {
        // Whoever took the last one in took the box away, or this as a leftover, at the same instant.
        Err(error) if error.code() == Code::NotFound => place_whole(folder, &name, &bytes),
        placed => placed,
    }
}

fn place_whole(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let within = folder.join(DROP);
    make_folder(&within)?;
    let staged = within.join(format!("{name}{NEW}"));
    let write = || -> Result<()> {
        let mut file = private().write(true).create_new(true).open(&staged)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        write_point!("drop-staged");
        std::fs::rename(&staged, within.join(name))?;
        write_point!("drop-named");
        sync(&within)?;
        sync(folder)
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&staged);
    })
}

fn addressee(folder: &Path) -> Result<(VaultId, [u8; 32])> {
    let absent = || Error::from(Code::NotFound.of(Field::Folder));
    let both = header::read(folder);
    if folder.join(ERASING).exists() {
        return Err(absent());
    }
    let Both::Good(copies) = both else {
        return Err(if matches!(both, Both::Missing) { absent() } else { header::refusal(&both, true) });
    };
    let has_store =
        |number: u32| [store_name(number), draft_name(number)].iter().any(|name| folder.join(name).exists());
    let header = copies.into_iter().map(|copy| copy.header).find(|header| has_store(header.store));
    let header = header.ok_or_else(|| Error::from(Code::Corrupt.of(Field::Store)))?;
    match header.backup {
        Some(_) => Err(Code::Unwritable.of(Field::Header).into()),
        None => Ok((header.vault, header.drop_pk.into())),
    }
}

fn check_room(folder: &Path) -> Result<()> {
    let (mut count, mut bytes) = (0, 0);
    for name in names_of(folder)? {
        count += 1;
        bytes += std::fs::metadata(folder.join(DROP).join(name)).map_or(0, |facts| facts.len());
    }
    if count >= DROPS_MAX || bytes + FILE_MAX_BYTES as u64 > DROPS_MAX_BYTES {
        return Err(Code::TooMany.of(Field::Folder).max(DROPS_MAX).actual(count + 1).into());
    }
    Ok(())
}

fn names_of(folder: &Path) -> Result<Vec<String>> {
    match names(&folder.join(DROP)) {
        Ok(names) => Ok(names),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(cause) => Err(cause.into()),
    }
}

fn padded(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let whole = (4 + plain.len()).next_power_of_two().max(PAD_FROM_BYTES);
    // Sized first, so that no copy is left by growing.
    let mut padded = Zeroizing::new(Vec::with_capacity(whole));
    padded.extend_from_slice(&u32::try_from(plain.len()).unwrap_or(u32::MAX).to_le_bytes());
    padded.extend_from_slice(plain);
    padded.resize(whole, 0);
    padded
}

fn unpadded(padded: &SecretBytes) -> Option<SecretBytes> {
    let (length, rest) = padded.expose().split_first_chunk::<4>()?;
    let (plain, zeros) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    zeros.iter().all(|byte| *byte == 0).then(|| SecretBytes::new(plain.to_vec()))
}

/// What waits. Files that were not written to their end are taken away: whoever wrote them was not told that they are in.
///
/// # Errors
/// `Unwritable` where the folder cannot be read.
pub fn waiting(folder: &Path) -> Result<Waiting> {
    let (mut waiting, mut bytes) = (Waiting::default(), 0_u64);
    for name in names_of(folder)? {
        if name.ends_with(NEW) {
            let _ = std::fs::remove_file(place(folder, &name));
        } else if name.ends_with(UNREAD) {
            waiting.unread += 1;
        } else {
            // Of a file no more is read than one may hold.
            let length = std::fs::metadata(place(folder, &name)).map_or(0, |facts| facts.len());
            bytes = bytes.saturating_add(length.min(FILE_MAX_BYTES as u64));
            if waiting.names.len() < DROPS_MAX && bytes <= DROPS_MAX_BYTES {
                waiting.names.push(name);
            } else {
                waiting.more += 1;
            }
        }
    }
    Ok(waiting)
}

/// What one file holds; `None` where none of the keys opens it.
///
/// # Errors
/// `Unwritable` where it cannot be read.
pub fn take_out(folder: &Path, name: &str, vault: VaultId, keys: &[OpeningKey]) -> Result<Option<SecretBytes>> {
    let mut bytes = Vec::new();
    std::fs::File::open(place(folder, name))?.take(FILE_MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let sealed = bytes.strip_prefix(MAGIC).and_then(|rest| rest.strip_prefix(&[DROP_VERSION]));
    let Some(sealed) = sealed.filter(|_| bytes.len() <= FILE_MAX_BYTES) else { return Ok(None) };
    let opened = keys.iter().find_map(|key| seal::open(key, INFO, &vault.0, None, sealed));
    Ok(opened.as_ref().and_then(unpadded))
}

/// Takes a file away that is taken in, and the box with the last one.
pub fn clear(folder: &Path, name: &str) {
    let _ = std::fs::remove_file(place(folder, name));
    write_point!("drop-cleared");
    let _ = sync(&folder.join(DROP));
    // Only where it is empty.
    let _ = std::fs::remove_dir(folder.join(DROP));
}

/// Keeps a file that nothing here opens, or that holds what is never taken in, without trying it again.
pub fn set_aside(folder: &Path, name: &str) {
    let _ = std::fs::rename(place(folder, name), place(folder, &format!("{name}{UNREAD}")));
}

fn place(folder: &Path, name: &str) -> PathBuf {
    folder.join(DROP).join(name)
}
