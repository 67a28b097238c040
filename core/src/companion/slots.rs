//! Ways in: listing, adding with a proof, and erasing everything.

use super::confirming::Proof;
use super::session::Session;
use super::{Answered, Companion, EraseReport, Inner, LogCall, UnlockWith, hold};
use crate::clock::Moment;
use crate::command::{Confirmation, Purpose};
use crate::error::{Code, Failure, Field, Result};
use crate::ids::SlotId;
use crate::projection::Changes;
use crate::secret::{Secret32, SecretText, sweeping_deep};
use crate::vault::{self, SlotFacts, SlotKey, VaultFacts};

/// A way in that is to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewSlot {
    /// A key that the platform's keystore guards; it gives no admin rights.
    Keystore,
    /// Such a key and a PIN of 6 to 12 digits; it replaces an earlier one.
    KeystoreAndPin {
        /// What the person chose.
        pin: SecretText,
    },
}

/// What is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EraseScope {
    /// The vault on this device, with all that was dropped in.
    Vault,
}

/// Slots begun at once; the oldest goes first.
const PENDING_MAX: usize = 4;

/// A slot whose key the host has and has not given back wrapped yet.
struct Pending {
    key: SlotKey,
    new: NewSlot,
    proof: Proof,
}

/// Those of a session.
#[derive(Default)]
pub(super) struct PendingSlots(Vec<Pending>);

/// What a slot that was added or taken out says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotAdded {
    /// Keystore aliases of what it replaced or was, for the host to delete.
    pub aliases: Vec<String>,
    /// The commit it came after; slots lie in the header, so nothing else was touched.
    pub changes: Changes,
}

impl UnlockWith {
    /// What a keystore gave back, as the host holds it.
    ///
    /// # Errors
    /// `OutOfRange{Key, max: 32}` for anything but 32 bytes.
    pub fn keystore(slot: SlotId, key: &[u8], vault_counter: Option<u64>) -> Answered<UnlockWith> {
        Ok(UnlockWith::Keystore { slot, key32: key32(key)?, vault_counter })
    }

    /// [`UnlockWith::keystore`] and a PIN.
    ///
    /// # Errors
    /// `OutOfRange{Key, max: 32}` for anything but 32 bytes.
    pub fn keystore_and_pin(
        slot: SlotId,
        key: &[u8],
        pin: SecretText,
        vault_counter: Option<u64>,
    ) -> Answered<UnlockWith> {
        Ok(UnlockWith::KeystoreAndPin { slot, key32: key32(key)?, pin, vault_counter })
    }
}

fn key32(key: &[u8]) -> Answered<Secret32> {
    let wrong = || Failure::from(Code::OutOfRange.of(Field::Key).max(32).actual(key.len()));
    Secret32::from_slice(key).ok_or_else(wrong)
}

impl Companion {
    /// The ways in, as `inspect` tells them while it is locked.
    ///
    /// # Errors
    /// `Locked`; `Corrupt{Header}`.
    pub fn slots(&self) -> Answered<Vec<SlotFacts>> {
        self.with_session(|session, _| match session.lock.inspect() {
            VaultFacts::Locked { slots, .. } | VaultFacts::Backup { slots, .. } => Ok(slots),
            _ => Err(Code::Corrupt.of(Field::Header).into()),
        })
    }

    /// Begins a way in with a proof for `Slots`: a fresh key for the host to wrap, never the vault's own. It waits in
    /// memory for [`Companion::slot_add`], until lock; of more than four the oldest is forgotten.
    ///
    /// # Errors
    /// `Locked`; `NeedsConfirmation{Key}` without a proof; `WeakSecret{Pin}`.
    pub fn slot_new(&self, new: NewSlot, confirmation: &Confirmation, at: &Moment) -> Answered<SlotKey> {
        let begin = || {
            self.with_session(|session, entropy| {
                if let NewSlot::KeystoreAndPin { pin } = &new {
                    vault::check_pin(pin)?;
                }
                let proof = session.take_proof(Purpose::Slots, Some(confirmation), at)?;
                let key = vault::slot_begin(entropy);
                let pending = &mut session.hosted.slots.0;
                if pending.len() >= PENDING_MAX {
                    pending.remove(0);
                }
                pending.push(Pending { key: key.clone(), new, proof });
                Ok(key)
            })
        };
        self.host.logged(LogCall::Slot, Some(at), |_| 1, begin)
    }

    /// Adds the way in that [`Companion::slot_new`] began, with its key as the host wrapped it.
    ///
    /// # Errors
    /// `Locked`; `NotFound{Key}` for one that was not begun in this session or is added already; `TooBig{Key}` for more
    /// than 4,096 bytes, `StorageFull`, `Unwritable`, after which it still waits.
    pub fn slot_add(&self, slot: SlotId, wrapped: Vec<u8>, at: &Moment) -> Answered<SlotAdded> {
        let add = || {
            self.with_session(|session, entropy| {
                let place = session.hosted.slots.0.iter().position(|pending| pending.key.slot == slot);
                let place = place.ok_or(Code::NotFound.of(Field::Key))?;
                let pending = session.hosted.slots.0.remove(place);
                let added = add_slot(session, &pending, wrapped, self.config.cost, entropy);
                if added.is_err() {
                    session.hosted.slots.0.push(pending);
                }
                let aliases = added?;
                Ok(SlotAdded { aliases, changes: session.no_changes()? })
            })
        };
        self.host.logged(LogCall::Slot, Some(at), |_| 1, add)
    }

    /// Takes a way to open the vault out, with a proof for `Slots`; never the last one with admin rights. Gives the keystore
    /// alias to delete.
    ///
    /// # Errors
    /// `Locked`, `NeedsConfirmation{Key}` without a proof, `NotFound{Key}`, `OutOfRange{Key}` for the last.
    pub fn slot_remove(&self, slot: SlotId, confirmation: &Confirmation, at: &Moment) -> Answered<SlotAdded> {
        let remove = || {
            self.with_session(|session, _| {
                let alias = session.proven(Purpose::Slots, confirmation, at, |session, _| {
                    vault::remove_slot(&session.lock, &session.opened, slot)
                })?;
                Ok(SlotAdded { aliases: alias.into_iter().collect(), changes: session.no_changes()? })
            })
        };
        self.host.logged(LogCall::Slot, Some(at), |_| 1, remove)
    }

    /// [`Companion::erase`] as a screen asks for it. An open vault takes a proof for `Erase`; a locked one takes none, so
    /// that it can be erased when every secret is lost.
    ///
    /// # Errors
    /// `NeedsConfirmation{Key}` where it is open or paused and no proof is given; those of [`Companion::erase`].
    pub fn erase_scope(
        &self,
        scope: EraseScope,
        confirmation: Option<&Confirmation>,
        at: &Moment,
    ) -> Answered<EraseReport> {
        let erase = || {
            let EraseScope::Vault = scope;
            match &mut *hold(&self.inner) {
                Inner::Open(session) => session.take_confirmation(Purpose::Erase, confirmation, at)?,
                // A proof is given to an open vault only, and a pause ends it.
                Inner::Paused(_) => return Err(Code::NeedsConfirmation.of(Field::Key).into()),
                Inner::Closed(_) => (),
            }
            self.erase()
        };
        self.host.logged(
            LogCall::Erase,
            Some(at),
            |report: &EraseReport| report.removed as u64,
            || sweeping_deep(erase),
        )
    }
}

fn add_slot(
    session: &Session,
    pending: &Pending,
    wrapped: Vec<u8>,
    cost: crate::crypto::kdf::PassphraseCost,
    entropy: &mut dyn crate::secret::Entropy,
) -> Result<Vec<String>> {
    let (lock, opened, key) = (&session.lock, &session.opened, &pending.key);
    match &pending.new {
        NewSlot::Keystore => vault::slot_finish(lock, opened, key, wrapped, entropy).map(|()| Vec::new()),
        NewSlot::KeystoreAndPin { pin } => {
            let admin = pending.proof.admin().map_err(|_| Code::NeedsConfirmation.of(Field::RecoveryWords))?.clone();
            vault::slot_finish_with_pin(lock, opened, admin, vault::NewPin { key, wrapped, pin, cost }, entropy)
        }
    }
}
