//! The header's bytes: magic ‖ format (u32, big endian) ‖ SHA-256 of all the rest ‖ CBOR {1: body, 2: MAC}.
//!
//! The checksum has no key, so damage and a newer format are told without a secret; these first 47 bytes mean the
//! same in every format to come. The MAC is checked once the vault is open.

use super::files::{HEADER_MAX_BYTES, HEADERS};
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::error::{Code, Error, Field, Result};
use crate::ids::VaultId;
use crate::secret::Secret32;
use minicbor::bytes::{ByteArray, ByteVec};
use ring::hmac;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The format this build writes; a higher one is left alone.
pub const FORMAT: u32 = 0;

const MAGIC: &[u8] = b"belay vault";
const CHECKSUM_BYTES: usize = 32;
/// More ways in than a person could keep apart.
pub(super) const SLOTS_MAX: usize = 16;

/// What a header says.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub(super) struct Header {
    /// Raised by every change; the higher good copy wins.
    #[n(1)]
    pub rev: u64,
    #[n(2)]
    pub vault: VaultId,
    /// `store-N.db`.
    #[n(3)]
    pub store: u32,
    /// Seals what is dropped in while locked (X25519); its private half lies in the store.
    #[n(4)]
    pub drop_pk: ByteArray<32>,
    /// The recovery key's public half.
    #[n(5)]
    pub recovery_pk: ByteArray<32>,
    /// Encoded slots; those of a kind this build does not know are carried along unread.
    #[n(6)]
    pub slots: Vec<ByteVec>,
    /// Set in a backup, which is never written again.
    #[n(7)]
    pub backup: Option<BackupMark>,
}

/// What makes a vault a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct BackupMark {
    /// When it was made, Unix milliseconds by the device that made it.
    #[n(1)]
    pub made_ms: i64,
}

#[derive(minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
struct Sheet {
    #[n(1)]
    body: ByteVec,
    #[n(2)]
    mac: ByteArray<32>,
    /// Of a re-key: a MAC under the header key before it, so that who opens the other copy, which the re-key has not
    /// reached yet, is told that this one counts, and not that a stranger wrote it.
    #[n(3)]
    follows: Option<ByteArray<32>>,
}

impl Header {
    /// The file's bytes.
    pub fn encode(&self, header_key: &Secret32) -> Vec<u8> {
        self.encode_after(header_key, None)
    }

    /// The file's bytes after a re-key, with the header key that was before it.
    pub fn encode_after(&self, header_key: &Secret32, before: Option<&Secret32>) -> Vec<u8> {
        let body = cbor::encode(self);
        let (mac, follows) = (mac(header_key, GENUINE, &body), before.map(|before| mac(before, FOLLOWS, &body)));
        let sheet = cbor::encode(&Sheet { body: body.into(), mac, follows });
        let format = FORMAT.to_be_bytes();
        [MAGIC, &format, &sha256(&[MAGIC, &format, &sheet]), &sheet].concat()
    }
}

fn mac_key(header_key: &Secret32) -> hmac::Key {
    // The MAC needs the key's bytes.
    hmac::Key::new(hmac::HMAC_SHA256, header_key.expose())
}

const GENUINE: &[u8] = b"belay/header/1\0";
const FOLLOWS: &[u8] = b"belay/rekey/1\0";

fn mac_input(label: &[u8], body: &[u8]) -> Vec<u8> {
    [label, &FORMAT.to_be_bytes()[..], body].concat()
}

fn mac(header_key: &Secret32, label: &[u8], body: &[u8]) -> ByteArray<32> {
    let tag = hmac::sign(&mac_key(header_key), &mac_input(label, body));
    let tag: [u8; 32] = tag.as_ref().try_into().expect("HMAC-SHA256 gives 32 bytes");
    tag.into()
}

/// A header whose checksum fits.
#[derive(Clone, Debug)]
pub(super) struct Good {
    pub header: Header,
    /// The whole file, to compare and to repair the other copy with.
    pub bytes: Vec<u8>,
    body: Vec<u8>,
    mac: [u8; 32],
    follows: Option<[u8; 32]>,
}

impl Good {
    /// Whether whoever wrote it had this vault's key.
    pub fn is_genuine(&self, header_key: &Secret32) -> bool {
        hmac::verify(&mac_key(header_key), &mac_input(GENUINE, &self.body), &self.mac).is_ok()
    }
    /// Whether it is a re-key of the vault that had this header key.
    pub fn follows(&self, header_key: &Secret32) -> bool {
        let is_proven =
            |tag: &[u8; 32]| hmac::verify(&mac_key(header_key), &mac_input(FOLLOWS, &self.body), tag).is_ok();
        self.follows.as_ref().is_some_and(is_proven)
    }
    /// Whether it says that it is a re-key; only the key before it tells whether that is so.
    pub fn says_it_follows(&self) -> bool {
        self.follows.is_some()
    }
}

/// One of the two files.
#[derive(Debug)]
pub(super) enum Copy {
    Missing,
    /// There, but this process may not read it now.
    Unreadable,
    Damaged,
    Newer(u32),
    Good(Box<Good>),
}

/// Both together.
#[derive(Debug)]
pub(super) enum Both {
    Missing,
    Unreadable,
    Damaged,
    Newer(u32),
    /// One or two that differ, the higher rev first.
    Good(Vec<Good>),
}

/// Reads both copies; writes nothing.
pub(super) fn read(folder: &Path) -> Both {
    judge(HEADERS.map(|name| read_copy(&folder.join(name))))
}

fn judge(copies: [Copy; 2]) -> Both {
    let (mut good, mut newer, mut unreadable, mut damaged) = (Vec::new(), None, false, false);
    for copy in copies {
        match copy {
            Copy::Missing => (),
            Copy::Unreadable => unreadable = true,
            Copy::Damaged => damaged = true,
            Copy::Newer(need) => newer = newer.max(Some(need)),
            Copy::Good(copy) => good.push(*copy),
        }
    }
    good.sort_by_key(|copy| std::cmp::Reverse(copy.header.rev));
    good.dedup_by(|one, other| one.bytes == other.bytes);
    match newer {
        // A newer build has been here; the older copy beside its own may no longer fit the store.
        Some(need) => Both::Newer(need),
        None if !good.is_empty() => Both::Good(good),
        None if unreadable => Both::Unreadable,
        None if damaged => Both::Damaged,
        None => Both::Missing,
    }
}

fn read_copy(path: &Path) -> Copy {
    let mut bytes = Vec::new();
    let read =
        std::fs::File::open(path).and_then(|file| file.take(HEADER_MAX_BYTES as u64 + 1).read_to_end(&mut bytes));
    match read {
        Ok(length) if length <= HEADER_MAX_BYTES => parse(bytes),
        Ok(_) => Copy::Damaged,
        Err(cause) if cause.kind() == ErrorKind::NotFound => Copy::Missing,
        Err(cause) if cause.kind() == ErrorKind::IsADirectory => Copy::Damaged,
        Err(_) => Copy::Unreadable,
    }
}

fn parse(bytes: Vec<u8>) -> Copy {
    let read = || {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (format, rest) = rest.split_first_chunk::<4>()?;
        let (checksum, sheet) = rest.split_first_chunk::<CHECKSUM_BYTES>()?;
        (*checksum == sha256(&[MAGIC, format, sheet])).then_some((u32::from_be_bytes(*format), sheet))
    };
    let Some((format, sheet)) = read() else { return Copy::Damaged };
    if format > FORMAT {
        return Copy::Newer(format);
    }
    let good = || {
        let sheet: Sheet = cbor::decode(sheet)?;
        let header: Header = cbor::decode(&sheet.body)?;
        Some((header, sheet))
    };
    match good() {
        Some((header, sheet)) => Copy::Good(Box::new(Good {
            header,
            body: sheet.body.into(),
            mac: sheet.mac.into(),
            follows: sheet.follows.map(Into::into),
            bytes,
        })),
        None => Copy::Damaged,
    }
}

/// Why these copies open nothing.
pub(super) fn refusal(both: &Both, store_is_there: bool) -> Error {
    match both {
        Both::Newer(need) => Code::NewerSchema.of(Field::Header).max(FORMAT as usize).actual(*need as usize).into(),
        Both::Unreadable => Code::Unwritable.of(Field::Header).into(),
        Both::Missing if !store_is_there => Code::NotFound.of(Field::Header).into(),
        _ => Code::Corrupt.of(Field::Header).into(),
    }
}

/// Replaces both copies. Everything that can need space is done before the first one changes.
///
/// # Errors
/// `StorageFull`, `Unwritable`; then both are as they were.
pub(super) fn write(folder: &Path, bytes: &[u8]) -> Result<()> {
    use super::files::{replace, settle, stage, unstage};
    let before = std::fs::read(folder.join(HEADERS[0])).ok();
    let staged = HEADERS.iter().try_for_each(|name| stage(folder, name, bytes));
    let undo = |error| {
        HEADERS.iter().for_each(|name| unstage(folder, name));
        Err(error)
    };
    staged.or_else(undo)?;
    write_point!("header-staged");
    settle(folder, HEADERS[0]).or_else(undo)?;
    write_point!("header-first");
    settle(folder, HEADERS[1]).or_else(|error| {
        // Not done is not done: the new copy must not win at the next unlock.
        if let Some(before) = before {
            let _ = replace(folder, HEADERS[0], &before);
        }
        undo(error)
    })
}
