//! New keys for a device: restoring a backup, and going on with a vault of which there is another copy.
//!
//! Two vaults under one device's keys would each write the other's numbers. So whoever comes from a copy gets keys of
//! their own, is added to each space with the admin key that a typed secret gives, and never writes under the old ones.
//! The old admin key signs that one statement and is in no slot of the new vault: it stays of use to whoever holds the
//! old device or the backup, and its secret, until the old device is removed. That is asked of the person later, when
//! what the old device wrote has come.

use super::rekeying::Way;
use super::session::{DropKeyBefore, Kept, Session, put_drop_key};
use super::{Answered, Companion, copies, hold};
use crate::clock::Moment;
use crate::command::{Desk, Marks, Me};
use crate::error::{Code, Error, Field, Result};
use crate::exchange::{self, Entered};
use crate::identity::DeviceKeys;
use crate::ids::DeviceId;
use crate::projection::Documents;
use crate::secret::{Entropy, SecretText, sweeping_deep};
use crate::store::{Store, WriteTx, meta};
use crate::vault::{self, Admins, CopyDraft, CopyPassphrase, FolderLock, Opened, UnlockWith, VaultFacts};
use std::collections::BTreeMap;
use std::path::Path;

/// A vault made of a backup, and open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The new device, and what became of it in each space.
    pub device: NewDevice,
    /// When the backup was made, Unix milliseconds as its device claimed.
    pub made_ms: i64,
    /// For the host to keep beside its keystore key.
    pub vault_counter: u64,
}

/// A vault whose device has new keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewed {
    /// The new device, and what became of it in each space.
    pub device: NewDevice,
    /// Keystore slots that ended, as in [`super::Rekeyed`].
    pub aliases: Vec<String>,
    /// As in [`super::Rekeyed`].
    pub old_is_gone: bool,
}

/// A device with keys of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDevice {
    /// The one whose keys it no longer uses.
    pub from: DeviceId,
    /// Its own.
    pub device: DeviceId,
    /// Each space of mine, and why this device does not write in it where it does not.
    pub spaces: Vec<Entered>,
}

impl Companion {
    /// Makes a vault of a backup, with the keys of a new device, and opens it. It takes one of the backup's secrets and
    /// a passphrase for the new vault; the words stay the same. In each space the new device is added by the old one's
    /// admin key; where that one is out, what is held can be read, its row says `Revoked`, and
    /// [`Companion::reset_with_words`] leads back. Pairings under way are not in a backup. The old device stays until it
    /// is removed ([`Companion::remove_device`]), after what it wrote since has come from the others.
    ///
    /// # Errors
    /// About the new vault: `Duplicate{Folder}` unless nothing is there, `WeakSecret`, `InUse`, `StorageFull`,
    /// `Unwritable`. About the backup: `NotFound{Folder}`, those of [`Companion::unlock`], `UnsupportedType{Folder}` for
    /// a vault that is no backup, `NewerSchema`, `Corrupt`. Nothing is left behind then (but a whole vault, where it was
    /// made and could not be opened at once), and nothing of the backup changed but the count of wrong secrets.
    pub fn restore(
        &self,
        backup: &Path,
        with: &UnlockWith,
        passphrase: &SecretText,
        at: &Moment,
    ) -> Answered<Restored> {
        sweeping_deep(|| self.restore_session(backup, with, passphrase, at))
    }

    fn restore_session(
        &self,
        backup: &Path,
        with: &UnlockWith,
        passphrase: &SecretText,
        at: &Moment,
    ) -> Answered<Restored> {
        let mut inner = hold(&self.inner);
        let mut entropy = hold(&self.entropy);
        let is_new = matches!(self.config.folder.try_exists(), Ok(false));
        let lock = Self::take_lock(&mut inner, &self.config.folder)?;
        let new = CopyPassphrase { passphrase: Some(passphrase), cost: self.config.cost };
        let (opened, made_ms, device) = match restore_from(backup, &lock, with, new, entropy.as_mut(), at) {
            Ok(made) => made,
            Err(error) => {
                if is_new {
                    lock.remove_if_empty();
                }
                return Err(error.into());
            }
        };
        let mut session = Session::begin(lock, opened, entropy.as_mut(), at)?;
        let vault_counter = copies::raise(&mut session, None, entropy.as_mut(), at)?.counter;
        self.enter(&mut inner, session);
        Ok(Restored { device, made_ms, vault_counter })
    }

    /// Gives this device new keys, and the vault a new key with them: for a copied vault ([`super::Unlocked::copied`]),
    /// of which the other copy may go on under the old ones. Takes what [`Companion::rekey`] takes, and is as whole
    /// wherever it is cut short. The copy counts as settled then. The old device stays until it is removed, or belongs
    /// to the other copy.
    ///
    /// # Errors
    /// Those of [`Companion::rekey`].
    pub fn renew_device(&self, with: &UnlockWith, new: Option<&SecretText>, at: &Moment) -> Answered<Renewed> {
        let (rekeyed, device) = self.rekey_in_steps(Way::NewDevice, with, new, at, &mut |_| ())?;
        let device = device.ok_or_else(|| Error::Broken("a renewal makes a device"))?;
        Ok(Renewed { device, aliases: rekeyed.aliases, old_is_gone: rekeyed.old_is_gone })
    }
}

fn restore_from(
    backup: &Path,
    to: &FolderLock,
    with: &UnlockWith,
    new: CopyPassphrase<'_>,
    entropy: &mut dyn Entropy,
    at: &Moment,
) -> Result<(Opened, i64, NewDevice)> {
    // Before anything is written there, a lock's file too.
    if vault::inspect(backup) == VaultFacts::Absent {
        return Err(Code::NotFound.of(Field::Folder).into());
    }
    let from = FolderLock::take(backup)?;
    let (draft, opened) = vault::begin_restore(&from, to, with, new, at, entropy)?;
    let made_ms = opened.backup().map_or(0, |mark| mark.made_ms);
    let store = Store::open_to_copy(opened.store_file(), &opened.db_key(), opened.vault())?;
    store.export(&draft.store_file(), &draft.db_key())?;
    store.close()?;
    let device = make_own(&draft, entropy, at)?.ok_or(Error::Broken("a restored vault has a new device"))?;
    Ok((draft.commit(to, &mut |_| ())?, made_ms, device))
}

/// Gives a copy what is its own, before a header names it: what opens its drop box, its vault's id, and the keys of a
/// new device where it has one. One transaction.
pub(super) fn make_own(draft: &CopyDraft, entropy: &mut dyn Entropy, at: &Moment) -> Result<Option<NewDevice>> {
    let mut store = Store::open(&draft.store_file(), &draft.db_key(), draft.source())?;
    let kept = store.read(Kept::read)?;
    let made = store.write(|tx| {
        if let Some(key) = draft.drop_key() {
            // A vault of its own begins with an empty drop box, and keeps no key of the old one.
            let before = if draft.source() == draft.vault() { DropKeyBefore::Kept } else { DropKeyBefore::LetGo };
            put_drop_key(tx, key, before)?;
        }
        meta::set_vault(tx, draft.vault())?;
        draft.admins().map(|admins| make_device(tx, &kept, admins, entropy, at)).transpose()
    })?;
    store.close()?;
    Ok(made.value)
}

fn make_device(
    tx: &WriteTx<'_>,
    old: &Kept,
    admins: &Admins,
    entropy: &mut dyn Entropy,
    at: &Moment,
) -> Result<NewDevice> {
    // What the old device was writing is closed as itself would close it, byte by byte, and is its last word here.
    with_desk(tx, &old.me, entropy, at, |desk| {
        desk.close_all(None)?;
        copies::end_pairings(desk)
    })?;
    copies::forget(tx)?;
    let admin_public = admins.new.public();
    let new = old.replace(tx, &DeviceKeys::make(entropy), admin_public)?;
    let entry = new.keys.entry(admin_public);
    let add = |desk: &mut Desk<'_>| exchange::add_this_device(desk, &entry, &admins.old);
    let spaces = with_desk(tx, &new.me, entropy, at, add)?;
    Ok(NewDevice { from: old.me.device, device: new.me.device, spaces })
}

fn with_desk<T>(
    tx: &WriteTx<'_>,
    me: &Me,
    entropy: &mut dyn Entropy,
    at: &Moment,
    work: impl FnOnce(&mut Desk<'_>) -> Result<T>,
) -> Result<T> {
    let (mut documents, mut nonces) = (Documents::default(), BTreeMap::new());
    work(&mut Desk { db: tx, me, documents: &mut documents, nonces: &mut nonces, entropy, at, marks: Marks::default() })
}

/// A copy's store as its own device works in it, before a header names it.
pub(super) fn work_in_copy(
    draft: &CopyDraft,
    me: &Me,
    entropy: &mut dyn Entropy,
    at: &Moment,
    work: impl FnOnce(&mut Desk<'_>) -> Result<()>,
) -> Result<()> {
    let mut store = Store::open(&draft.store_file(), &draft.db_key(), draft.source())?;
    store.write(|tx| with_desk(tx, me, entropy, at, work))?;
    store.close()
}
