//! How many wrong secrets in a row, and how long to wait for the next try.
//!
//! `attempts.a` and `attempts.b` are two copies of one record, each: magic (16) ‖ SHA-256 of magic and body ‖ body, all
//! numbers big endian. They are of their own because they change while the vault key is unknown: someone who can write
//! files can reset them, and Argon2id is what protects then. So nothing here is ever an error: what is lost or damaged
//! counts as no failure, and no record, true or forged, makes anyone wait longer than [`WAIT_MAX_MS`] at a time.
//!
//! They are overwritten in place, one after the other, never replaced: a disk that was filled up must not give free
//! tries, and the checksum with the other copy does what a rename would.

use super::files::{ATTEMPTS, private};
use crate::clock::Moment;
use crate::crypto::hash::sha256;
use crate::error::{Code, Error};
use crate::ids::VaultId;
use std::io::{Read, Write};
use std::path::Path;

/// From this many wrong secrets in a row on, the next try has to wait (domain.md, AppLock).
pub const FREE_TRIES: u32 = 5;
/// The first wait; each next is twice as long.
pub const WAIT_FIRST_MS: i64 = 30_000;
/// The longest wait.
pub const WAIT_MAX_MS: i64 = 3_600_000;

const MAGIC: &[u8; 16] = b"belay attempts 0";
const BODY_BYTES: usize = 16 + 8 + 4 + 8 + 8 + 8;
const FILE_BYTES: usize = 16 + 32 + BODY_BYTES;

/// The failures since the last success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attempts {
    vault: VaultId,
    /// Raised by every writing; the higher good copy counts.
    rev: u64,
    failures: u32,
    /// When the wait began, by the wall clock.
    since_ms: i64,
    /// The same by the boot clock; 0 for a host that cannot tell.
    boot_id: u64,
    boot_ms: u64,
}

impl Attempts {
    /// The record of this vault; one without failures where none is good.
    pub fn read(folder: &Path, vault: VaultId) -> Attempts {
        let none = Attempts { vault, rev: 0, failures: 0, since_ms: 0, boot_id: 0, boot_ms: 0 };
        let copies = ATTEMPTS.iter().filter_map(|name| read_copy(&folder.join(name)));
        copies.filter(|copy| copy.vault == vault).max_by_key(|copy| (copy.rev, copy.failures)).unwrap_or(none)
    }

    /// How long to wait still, in milliseconds; 0 for not at all.
    pub fn wait_ms(&self, at: &Moment) -> i64 {
        match self.left(at) {
            Left::Known(left) => left,
            Left::Unknown(whole) => whole,
        }
    }

    /// Whether a guessable secret may be tried now. Where no clock can tell any more when the wait began, it begins
    /// anew: it passes, whatever was done to the clocks.
    ///
    /// # Errors
    /// `TryLater{until}`.
    pub fn ask(&self, folder: &Path, at: &Moment) -> Result<(), Error> {
        let left = match self.left(at) {
            Left::Known(left) => left,
            Left::Unknown(whole) if self.begun(self.failures, at).write(folder) => whole,
            // Whoever can keep it from being written can also take it away.
            Left::Unknown(_) => 0,
        };
        if left == 0 { Ok(()) } else { Err(Code::TryLater.detail().until(at.unix_ms.saturating_add(left)).into()) }
    }

    /// Counts a wrong secret, where it can be written.
    pub fn count(&self, folder: &Path, at: &Moment) {
        self.begun(self.failures.saturating_add(1), at).write(folder);
    }

    /// Begins anew after a success. A record without failures is not even written.
    pub fn clear(&self, folder: &Path, at: &Moment) {
        if self.failures > 0 {
            self.begun(0, at).write(folder);
        }
    }

    fn begun(&self, failures: u32, at: &Moment) -> Attempts {
        let (vault, rev) = (self.vault, self.rev.saturating_add(1));
        Attempts { vault, rev, failures, since_ms: at.unix_ms, boot_id: at.boot_id, boot_ms: at.boot_ms }
    }

    /// The longer of what both clocks leave (protocol.md §2). A clock that says less than nothing has passed was set
    /// back or forged, and says nothing.
    fn left(&self, at: &Moment) -> Left {
        let whole = whole_wait(self.failures);
        let left = |passed: i64| whole.saturating_sub(passed).max(0);
        let by_wall = Some(at.unix_ms.saturating_sub(self.since_ms)).filter(|passed| *passed >= 0).map(left);
        let by_boot = self.booted_ms(at).map(|passed| left(i64::try_from(passed).unwrap_or(i64::MAX)));
        match (by_wall, by_boot) {
            (Some(wall), Some(boot)) => Left::Known(wall.max(boot)),
            (Some(one), None) | (None, Some(one)) => Left::Known(one),
            (None, None) => Left::Unknown(whole),
        }
    }

    /// How much of the wait the boot clock has surely seen: after another start, the time since that start.
    fn booted_ms(&self, at: &Moment) -> Option<u64> {
        match (self.boot_id, at.boot_id) {
            (0, _) | (_, 0) => None,
            (before, now) if before == now => at.boot_ms.checked_sub(self.boot_ms),
            _ => Some(at.boot_ms),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let body = [
            &self.vault.0[..],
            &self.rev.to_be_bytes(),
            &self.failures.to_be_bytes(),
            &self.since_ms.to_be_bytes(),
            &self.boot_id.to_be_bytes(),
            &self.boot_ms.to_be_bytes(),
        ]
        .concat();
        [&MAGIC[..], &sha256(&[MAGIC, &body]), &body].concat()
    }

    /// Whether at least one copy carries it now.
    fn write(&self, folder: &Path) -> bool {
        let bytes = self.encode();
        write_point!("attempts-writing");
        let overwrite = |name: &&str| {
            let mut file = private().write(true).create(true).truncate(false).open(folder.join(name))?;
            file.write_all(&bytes)?;
            write_point!("attempts-written");
            file.set_len(FILE_BYTES as u64)?;
            file.sync_all()
        };
        ATTEMPTS.iter().map(overwrite).filter(std::io::Result::is_ok).count() > 0
    }
}

/// What is left of a wait.
enum Left {
    Known(i64),
    /// All of it, from a beginning that no clock can tell.
    Unknown(i64),
}

/// 30 s after the fifth failure, doubling, to an hour.
fn whole_wait(failures: u32) -> i64 {
    match failures.checked_sub(FREE_TRIES) {
        None => 0,
        // 30 s doubled seven times is more than an hour.
        Some(doublings) => (WAIT_FIRST_MS << doublings.min(7)).min(WAIT_MAX_MS),
    }
}

fn read_copy(path: &Path) -> Option<Attempts> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(FILE_BYTES as u64 + 1).read_to_end(&mut bytes).ok()?;
    let body = bytes.strip_prefix(&MAGIC[..])?;
    let (checksum, body) = body.split_first_chunk::<32>()?;
    if *checksum != sha256(&[MAGIC, body]) {
        return None;
    }
    let (vault, rest) = body.split_first_chunk::<16>()?;
    let (rev, rest) = rest.split_first_chunk()?;
    let (failures, rest) = rest.split_first_chunk()?;
    let (since_ms, rest) = rest.split_first_chunk()?;
    let (boot_id, rest) = rest.split_first_chunk()?;
    let (boot_ms, rest) = rest.split_first_chunk()?;
    rest.is_empty().then_some(Attempts {
        vault: VaultId(*vault),
        rev: u64::from_be_bytes(*rev),
        failures: u32::from_be_bytes(*failures),
        since_ms: i64::from_be_bytes(*since_ms),
        boot_id: u64::from_be_bytes(*boot_id),
        boot_ms: u64::from_be_bytes(*boot_ms),
    })
}
