//! Proof that it is the person who asks: a secret given just now, for one purpose, for 60 seconds, once.
//!
//! The token is random and means nothing outside this session. With a typed secret the device admin key is held beside
//! it until the proof is used, is too old, or the session ends, whichever comes first; then it is wiped.

use super::session::Session;
use super::{Answered, BackupChecked, Companion, LogCall, UnlockWith};
use crate::clock::Moment;
use crate::command::{self, Confirmation, Desk, Purpose};
use crate::crypto::sign::SigningKey;
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Field, Result};
use crate::exchange;
use crate::ids::{DeviceId, DocId, SpaceId, to_base32};
use crate::projection::Changes;
use crate::secret::{Entropy, SecretText, sweeping_deep};
use crate::vault;
use std::path::Path;

/// How long a proof is good (boundary.md).
pub const CONFIRMED_FOR_MS: i64 = 60_000;
/// Proofs held at once; the oldest goes first.
const PROOFS_MAX: usize = 8;

/// A proof that waits for its use, or is used.
pub(super) struct Proof {
    token: String,
    purpose: Purpose,
    since: Moment,
    /// `None` where no secret was typed.
    admin: Option<SigningKey>,
}

/// Those of a session.
#[derive(Default)]
pub(super) struct Proofs(Vec<Proof>);

impl Proof {
    /// What it is for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The admin key, where a secret was typed.
    pub fn admin(&self) -> Result<&SigningKey> {
        self.admin.as_ref().ok_or_else(needed)
    }
}

fn needed() -> crate::error::Error {
    Code::NeedsConfirmation.of(Field::Key).into()
}

/// By the boot clock where the host has one that is still the same; else by the wall clock, which must not have been set
/// back.
fn is_fresh(since: &Moment, at: &Moment) -> bool {
    let passed = match (since.boot_id, at.boot_id) {
        (0, 0) => at.unix_ms.checked_sub(since.unix_ms),
        (before, now) if before == now => {
            at.boot_ms.checked_sub(since.boot_ms).and_then(|passed| i64::try_from(passed).ok())
        }
        _ => None,
    };
    passed.is_some_and(|passed| (0..=CONFIRMED_FOR_MS).contains(&passed))
}

impl Proofs {
    fn put(&mut self, proof: Proof) {
        self.0.retain(|other| is_fresh(&other.since, &proof.since));
        if self.0.len() >= PROOFS_MAX {
            self.0.remove(0);
        }
        self.0.push(proof);
    }

    /// What it was used for did not happen: it is good for as long as it was.
    pub fn give_back(&mut self, proofs: impl IntoIterator<Item = Proof>) {
        self.0.extend(proofs);
        self.0.drain(..self.0.len().saturating_sub(PROOFS_MAX));
    }

    fn take(&mut self, purpose: Purpose, given: &Confirmation, at: &Moment) -> Option<Proof> {
        self.0.retain(|proof| is_fresh(&proof.since, at));
        let is_it = |proof: &Proof| proof.token == given.token && proof.purpose == purpose && given.purpose == purpose;
        let place = self.0.iter().position(is_it)?;
        Some(self.0.remove(place))
    }
}

impl Session {
    /// Uses a proof up.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` for none, one of another purpose (which stays good for its own), one that was used, one
    /// older than 60 seconds or from before the clock was set back.
    pub fn take_confirmation(&mut self, purpose: Purpose, given: Option<&Confirmation>, at: &Moment) -> Result<()> {
        self.take_proof(purpose, given, at).map(|_| ())
    }

    /// [`Session::take_confirmation`], with what the proof holds.
    pub fn take_proof(&mut self, purpose: Purpose, given: Option<&Confirmation>, at: &Moment) -> Result<Proof> {
        let given = given.ok_or_else(needed)?;
        self.hosted.proofs.take(purpose, given, at).ok_or_else(needed)
    }

    /// Does something under a proof, which is used up only where that is done.
    pub fn proven<T>(
        &mut self,
        purpose: Purpose,
        given: &Confirmation,
        at: &Moment,
        work: impl FnOnce(&mut Session, &Proof) -> Result<T>,
    ) -> Result<T> {
        let proof = self.take_proof(purpose, Some(given), at)?;
        let done = work(self, &proof);
        if done.is_err() {
            self.hosted.proofs.give_back([proof]);
        }
        done
    }
}

/// Whether the keystore's own prompt is enough. Nothing that takes the admin key, shows the words or opens another way
/// in can be proven by it alone (protocol.md §2).
fn takes_keystore(purpose: Purpose) -> bool {
    matches!(purpose, Purpose::Export | Purpose::ExtraLock)
}

impl Companion {
    /// Proves that it is the person who asks, for one purpose, within 60 seconds, once. The secret is checked like at
    /// [`Companion::unlock`], waits between wrong tries included.
    ///
    /// # Errors
    /// `Locked`; `WrongSecret`, `TryLater{until}`, `Corrupt`; `NeedsConfirmation{RecoveryWords}` for a keystore's key
    /// alone where a secret has to be typed: all but `Export` and `ExtraLock`.
    pub fn confirm(&self, with: &UnlockWith, purpose: Purpose, at: &Moment) -> Answered<Confirmation> {
        let confirm = || {
            self.with_session(|session, entropy| {
                let (opened, admin) = vault::unlock(&session.lock, with, at)?;
                if opened.db_key() != session.opened.db_key() {
                    return Code::Locked.err();
                }
                if admin.is_none() && !takes_keystore(purpose) {
                    return Err(Code::NeedsConfirmation.of(Field::RecoveryWords).into());
                }
                let token = to_base32(&entropy.bytes::<16>());
                let proof = Proof { token: token.clone(), purpose, since: at.clone(), admin };
                session.hosted.proofs.put(proof);
                Ok(Confirmation { purpose, token })
            })
        };
        self.host.logged(LogCall::Confirm, Some(at), |_| 1, confirm)
    }

    /// The words of a vault that was just made, until some were asked back or it is locked. They are stored nowhere, and
    /// new ones would open this vault but no relationship: what leads back into those was sealed to the words at their
    /// beginning (protocol.md §2, §8). Who lost the paper keeps another phone, or a passphrase and a backup.
    ///
    /// # Errors
    /// `Locked`; `NeedsConfirmation{Key}` without a proof for `Words`; `NotFound{RecoveryWords}` once they are gone,
    /// which leaves the proof unused.
    pub fn recovery_words(&self, confirmation: &Confirmation, at: &Moment) -> Answered<RecoveryWords> {
        let tell = || {
            self.with_session(|session, _| {
                let words = session.words.clone().ok_or(Code::NotFound.of(Field::RecoveryWords))?;
                session.take_confirmation(Purpose::Words, Some(confirmation), at)?;
                Ok(words)
            })
        };
        self.host.logged(LogCall::RecoveryWords, Some(at), |_| 1, tell)
    }

    /// [`Companion::leave`] with a proof for `Leaving`.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` without it; those of [`Companion::leave`] but the secret's.
    pub fn leave_confirmed(&self, space: &SpaceId, confirmation: &Confirmation, at: &Moment) -> Answered<Changes> {
        self.as_proven(Purpose::Leaving, confirmation, at, |desk, admin| exchange::leave(desk, space, admin))
    }

    /// [`Companion::remove_device`] with a proof for `Devices`. A device is put out by beginning again only where its
    /// words are given, not here.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` without it; those of [`Companion::remove_device`] but the secret's.
    pub fn remove_device_confirmed(
        &self,
        space: &SpaceId,
        device: &DeviceId,
        confirmation: &Confirmation,
        at: &Moment,
    ) -> Answered<Changes> {
        let remove = |desk: &mut Desk<'_>, admin: &SigningKey| exchange::remove_device(desk, space, device, admin);
        self.as_proven(Purpose::Devices, confirmation, at, remove)
    }

    /// [`Companion::purge`] with a proof for `Erase`.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` without it; those of [`Companion::purge`] but the secret's.
    pub fn purge_confirmed(&self, docs: &[DocId], confirmation: &Confirmation, at: &Moment) -> Answered<Changes> {
        let purge = |desk: &mut Desk<'_>, admin: &SigningKey| command::purge(desk, docs, admin);
        let changes = self.as_proven(Purpose::Erase, confirmation, at, purge)?;
        self.with_session(|session, _| session.fold_dropped())?;
        Ok(changes)
    }

    /// [`Companion::backup_to`] with a proof for `Backup`.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` without it; those of [`Companion::backup_to`] but the secret's.
    pub fn backup_confirmed(
        &self,
        folder: &Path,
        confirmation: &Confirmation,
        passphrase: Option<&SecretText>,
        at: &Moment,
    ) -> Answered<BackupChecked> {
        sweeping_deep(|| self.back_up_proven(folder, confirmation, passphrase, at))
    }

    fn as_proven(
        &self,
        purpose: Purpose,
        confirmation: &Confirmation,
        at: &Moment,
        work: impl FnOnce(&mut Desk<'_>, &SigningKey) -> Result<()>,
    ) -> Answered<Changes> {
        self.with_session(|session: &mut Session, entropy: &mut dyn Entropy| {
            let done = session.proven(purpose, confirmation, at, |session, proof| {
                let admin = proof.admin()?;
                session.write(entropy, at, |desk| work(desk, admin))
            })?;
            session.changes_of(done.commit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(unix_ms: i64, boot_ms: u64, boot_id: u64) -> Moment {
        Moment { unix_ms, zone: "UTC".into(), boot_ms, boot_id }
    }

    #[test]
    fn a_proof_is_good_for_sixty_seconds_by_the_clock_that_cannot_be_set() {
        let wall = moment(1_000_000, 0, 0);
        for (unix_ms, good) in [(1_000_000, true), (1_060_000, true), (1_060_001, false), (999_999, false)] {
            assert_eq!(is_fresh(&wall, &moment(unix_ms, 0, 0)), good, "{unix_ms}");
        }
        let boot = moment(1_000_000, 500_000, 7);
        for (at, good) in [
            (moment(0, 510_000, 7), true),
            (moment(9_000_000, 560_000, 7), true),
            (moment(1_000_001, 560_001, 7), false),
            (moment(1_000_001, 499_999, 7), false),
            // After another start, and from a host that no longer tells.
            (moment(1_000_001, 500_001, 8), false),
            (moment(1_000_001, 0, 0), false),
        ] {
            assert_eq!(is_fresh(&boot, &at), good, "{at:?}");
        }
        assert!(!is_fresh(&moment(i64::MIN, 0, 0), &moment(i64::MAX, 0, 0)));
    }
}
