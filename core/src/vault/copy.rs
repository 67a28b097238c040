//! Putting what a vault holds under a new key: re-keying it in its own folder, backing it up into another one, restoring
//! a backup. All are drafts as in [`super::Draft`]: the caller fills the store at [`CopyDraft::store_file`], closes and
//! checks it, and [`CopyDraft::commit`] makes it count.

use super::files::{HEADERS, blank, draft_name, names, store_name, store_number};
use super::header::{BackupMark, Header};
use super::inspect::{VaultFacts, slot_facts};
use super::lock::FolderLock;
use super::opened::{Opened, derive_db_key, derive_header_key};
use super::place::{Placing, clear_drafts, place};
use super::slot::{Inside, KeyAndPin, Slot, SlotKind, keystore_alias};
use super::unlock::{UnlockWith, current, prove, unlock};
use crate::clock::Moment;
use crate::crypto::kdf::PassphraseCost;
use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::SigningKey;
use crate::error::{Code, Error, Field, Result};
use crate::ids::VaultId;
use crate::secret::{Entropy, Secret32, SecretText};
use minicbor::bytes::ByteVec;
use std::path::PathBuf;

/// The passphrase a copy is to have, and what it costs.
#[derive(Clone, Copy, Debug)]
pub struct CopyPassphrase<'a> {
    /// 8–128 scalars. `None`: a re-key keeps the one that was typed for it, a backup has none.
    pub passphrase: Option<&'a SecretText>,
    /// What deriving a key from it spends.
    pub cost: PassphraseCost,
}

/// A vault under a new key that does not count yet. Dropped without [`CopyDraft::commit`], it takes its store away.
#[derive(Debug)]
pub struct CopyDraft {
    folder: PathBuf,
    header: Header,
    vmk: Option<Secret32>,
    aliases: Vec<String>,
    /// The vault it is a copy of.
    source: VaultId,
    /// The header key before a re-key.
    before: Option<Secret32>,
    drop_key: Option<OpeningKey>,
    admins: Option<Admins>,
}

/// The admin key of the device that was, which signs once more, and that of the device that is to be.
#[derive(Debug)]
pub struct Admins {
    /// Adds the new device to its member's spaces. It is in no slot of the new vault.
    pub old: SigningKey,
    /// Wrapped in the new vault's slots.
    pub new: SigningKey,
}

/// Begins a re-key in the vault's own folder: a new vault key and a new drop key, the vault key wrapped anew for the
/// words, for a passphrase, and for keystore and PIN if those were given. Other keystore slots cannot be wrapped without
/// their keys and end: [`CopyDraft::aliases`] names what the host must delete and set anew.
///
/// # Errors
/// Those of [`super::unlock`]; `NeedsConfirmation{RecoveryWords}` with a keystore alone; `Empty{Passphrase}` where the
/// vault has a passphrase that was neither typed nor replaced; `WeakSecret{Passphrase}`, `OutOfRange{Passphrase}`;
/// `Unwritable{Header}` for a backup. Nothing has changed then.
pub fn begin_rekey(
    lock: &FolderLock,
    with: &UnlockWith,
    new: CopyPassphrase<'_>,
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<CopyDraft> {
    rewrap(lock, with, new, at, None, entropy)
}

/// [`begin_rekey`] with a new admin key in every slot, for a device with new keys in the same vault
/// ([`CopyDraft::admins`]).
///
/// # Errors
/// Those of [`begin_rekey`].
pub fn begin_renewal(
    lock: &FolderLock,
    with: &UnlockWith,
    new: CopyPassphrase<'_>,
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<CopyDraft> {
    let admin = SigningKey::make(entropy);
    rewrap(lock, with, new, at, Some(admin), entropy)
}

fn rewrap(
    lock: &FolderLock,
    with: &UnlockWith,
    new: CopyPassphrase<'_>,
    at: &Moment,
    admin: Option<SigningKey>,
    entropy: &mut dyn Entropy,
) -> Result<CopyDraft> {
    let (old, proven) = prove_typed(lock, with, at)?;
    if old.backup.is_some() {
        return Err(Code::Unwritable.of(Field::Header).into());
    }
    let before = Some(derive_header_key(old.vault, &proven.vmk));
    let inside = Inside { vmk: Secret32::make(entropy), admin: admin.clone().or_else(|| proven.admin.clone()) };
    let admins = admin.zip(proven.admin).map(|(new, old)| Admins { old, new });
    let mut slots = vec![recovery(old.vault, &old.recovery_pk, &inside, entropy)?];
    let known: Vec<Slot> = old.slots.iter().filter_map(|bytes| Slot::decode(bytes)).collect();
    let passphrase = match (new.passphrase, with) {
        (Some(new), _) | (None, UnlockWith::Passphrase(new)) => Some(new),
        (None, _) if known.iter().any(|slot| slot.kind() == Some(SlotKind::Passphrase)) => {
            return Err(Code::Empty.of(Field::Passphrase).into());
        }
        (None, _) => None,
    };
    if let Some(passphrase) = passphrase {
        slots.push(Slot::make_passphrase(old.vault, passphrase, new.cost, &inside, entropy)?.encode());
    }
    let mut kept = None;
    if let UnlockWith::KeystoreAndPin { slot: id, key32, pin, .. } = with {
        let wrapped = known.iter().find(|slot| slot.id == *id).and_then(|slot| slot.wrapped.clone());
        let (both, wrapped) = (KeyAndPin { key32, pin }, wrapped.map_or_else(Vec::new, Vec::from));
        slots.push(Slot::make_with_pin(old.vault, *id, both, wrapped, new.cost, &inside, entropy)?.encode());
        kept = Some(*id);
    }
    let ended = slot_facts(&old).into_iter().filter(|slot| slot.kind.has_alias() && Some(slot.id) != kept);
    let aliases = ended.map(|slot| keystore_alias(old.vault, slot.id)).collect();
    clear_drafts(lock.folder());
    let store = free_number(lock, old.store)?;
    let drop_key = OpeningKey::make(entropy);
    let source = old.vault;
    let header = Header { rev: old.rev + 1, store, drop_pk: drop_key.public().into(), slots, ..old };
    let (folder, drop_key) = (lock.folder().to_owned(), Some(drop_key));
    Ok(CopyDraft { folder, header, vmk: Some(inside.vmk), aliases, source, before, drop_key, admins })
}

/// Begins a backup of the vault `from` in the empty folder `to`: slots for the words and, if wished, for a passphrase,
/// each with the admin key; a key of its own; a mark in its header.
///
/// # Errors
/// Those of [`super::unlock`] about `from`; `NeedsConfirmation{RecoveryWords}` with a keystore alone; `Duplicate{Folder}`
/// unless `to` holds no vault; `WeakSecret{Passphrase}`, `OutOfRange{Passphrase}`. Nothing has changed then.
pub fn begin_backup(
    from: &FolderLock,
    to: &FolderLock,
    with: &UnlockWith,
    new: CopyPassphrase<'_>,
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<CopyDraft> {
    if to.inspect() != VaultFacts::Absent {
        return Err(Code::Duplicate.of(Field::Folder).into());
    }
    let (old, inside) = prove_typed(from, with, at)?;
    backup_of(&old, inside, to, new, at, entropy)
}

/// [`begin_backup`] of a vault that is open, with the admin key that a typed secret gave before.
///
/// # Errors
/// As there, but the secret's.
pub fn begin_backup_as(
    from: (&FolderLock, &Opened),
    to: &FolderLock,
    admin: SigningKey,
    new: CopyPassphrase<'_>,
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<CopyDraft> {
    if to.inspect() != VaultFacts::Absent {
        return Err(Code::Duplicate.of(Field::Folder).into());
    }
    let (lock, opened) = from;
    let inside = Inside { vmk: opened.vmk().clone(), admin: Some(admin) };
    backup_of(&current(lock, opened)?, inside, to, new, at, entropy)
}

fn backup_of(
    old: &Header,
    inside: Inside,
    to: &FolderLock,
    new: CopyPassphrase<'_>,
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<CopyDraft> {
    let inside = Inside { vmk: Secret32::make(entropy), ..inside };
    let mut slots = vec![recovery(old.vault, &old.recovery_pk, &inside, entropy)?];
    if let Some(passphrase) = new.passphrase {
        slots.push(Slot::make_passphrase(old.vault, passphrase, new.cost, &inside, entropy)?.encode());
    }
    clear_drafts(to.folder());
    let backup = Some(BackupMark { made_ms: at.unix_ms });
    let source = old.vault;
    let header = Header { rev: 1, store: 1, slots, backup, ..old.clone() };
    let (folder, vmk, aliases) = (to.folder().to_owned(), Some(inside.vmk), Vec::new());
    Ok(CopyDraft { folder, header, vmk, aliases, source, before: None, drop_key: None, admins: None })
}

/// Begins restoring the backup `from` in the empty folder `to`. It becomes a vault with an id of its own: it is another
/// device's, its keystore aliases are its own, and erasing either touches nothing of the other. Words and recovery key
/// stay; admin key, vault key and drop key are new. Also gives the backup, open.
///
/// # Errors
/// Those of [`super::unlock`] about `from`; `NeedsConfirmation{RecoveryWords}` with a keystore alone;
/// `UnsupportedType{Folder}` where `from` is no backup; `Duplicate{Folder}` unless `to` holds no vault;
/// `WeakSecret{Passphrase}`, `OutOfRange{Passphrase}`. Nothing has changed then.
pub fn begin_restore(
    from: &FolderLock,
    to: &FolderLock,
    with: &UnlockWith,
    new: CopyPassphrase<'_>,
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<(CopyDraft, Opened)> {
    if to.inspect() != VaultFacts::Absent {
        return Err(Code::Duplicate.of(Field::Folder).into());
    }
    let (backup, old_admin) = unlock(from, with, at)?;
    if backup.backup().is_none() {
        return Err(Code::UnsupportedType.of(Field::Folder).into());
    }
    let old_admin = old_admin.ok_or_else(|| Error::from(Code::NeedsConfirmation.of(Field::RecoveryWords)))?;
    let (old, vault) = (current(from, &backup)?, VaultId(entropy.bytes()));
    let admins = Admins { old: old_admin, new: SigningKey::make(entropy) };
    let inside = Inside { vmk: Secret32::make(entropy), admin: Some(admins.new.clone()) };
    let mut slots = vec![recovery(vault, &old.recovery_pk, &inside, entropy)?];
    if let Some(passphrase) = new.passphrase {
        slots.push(Slot::make_passphrase(vault, passphrase, new.cost, &inside, entropy)?.encode());
    }
    clear_drafts(to.folder());
    let drop_key = OpeningKey::make(entropy);
    let (drop_pk, recovery_pk) = (drop_key.public().into(), old.recovery_pk);
    let header = Header { rev: 1, vault, store: 1, drop_pk, recovery_pk, slots, backup: None };
    let draft = CopyDraft {
        folder: to.folder().to_owned(),
        header,
        vmk: Some(inside.vmk),
        aliases: Vec::new(),
        source: old.vault,
        before: None,
        drop_key: Some(drop_key),
        admins: Some(admins),
    };
    Ok((draft, backup))
}

/// Begins another store in the vault's own folder under the same key, in place of one that is damaged.
///
/// # Errors
/// `Corrupt{Header}`; `Unwritable{Header}` for a backup. Nothing has changed then.
pub fn begin_mend(lock: &FolderLock, opened: &Opened) -> Result<CopyDraft> {
    let old = current(lock, opened)?;
    if old.backup.is_some() {
        return Err(Code::Unwritable.of(Field::Header).into());
    }
    clear_drafts(lock.folder());
    let source = old.vault;
    let header = Header { rev: old.rev + 1, store: free_number(lock, old.store)?, ..old };
    let (folder, vmk, aliases) = (lock.folder().to_owned(), Some(opened.vmk().clone()), Vec::new());
    Ok(CopyDraft { folder, header, vmk, aliases, source, before: None, drop_key: None, admins: None })
}

/// A secret that leads to the admin key.
fn prove_typed(lock: &FolderLock, with: &UnlockWith, at: &Moment) -> Result<(Header, Inside)> {
    let (good, inside) = prove(lock, with, at)?;
    if inside.admin.is_none() {
        return Err(Code::NeedsConfirmation.of(Field::RecoveryWords).into());
    }
    Ok((good.header, inside))
}

fn recovery(vault: VaultId, recovery_pk: &[u8; 32], inside: &Inside, entropy: &mut dyn Entropy) -> Result<ByteVec> {
    let admin = inside.admin.as_ref().ok_or(Error::Broken("proven with a typed secret"))?;
    Ok(Slot::make_recovery(vault, recovery_pk, &inside.vmk, admin, entropy)?.encode())
}

/// Above every store that lies there: none is ever overwritten.
fn free_number(lock: &FolderLock, current: u32) -> Result<u32> {
    let there = names(lock.folder())?.iter().filter_map(|name| store_number(name)).max().unwrap_or(0);
    there.max(current).checked_add(1).ok_or(Error::Broken("four billion stores"))
}

impl CopyDraft {
    /// The id that the store must carry when this is committed.
    pub fn vault(&self) -> VaultId {
        self.header.vault
    }
    /// The id that the store carries when it was filled: that of the vault it is a copy of.
    pub fn source(&self) -> VaultId {
        self.source
    }
    /// Opens from now on what was dropped in while locked, to be kept in the store; `None` in a backup, where nobody
    /// drops anything.
    pub fn drop_key(&self) -> Option<&OpeningKey> {
        self.drop_key.as_ref()
    }
    /// The admin keys of a device that gets new ones.
    pub fn admins(&self) -> Option<&Admins> {
        self.admins.as_ref()
    }
    /// SQLCipher's raw key.
    pub fn db_key(&self) -> Secret32 {
        derive_db_key(self.header.vault, self.vmk.as_ref().expect("taken only by commit, which consumes the draft"))
    }
    /// Where to make the store; it must be closed before [`CopyDraft::commit`].
    pub fn store_file(&self) -> PathBuf {
        self.folder.join(draft_name(self.header.store))
    }
    /// The keys that end with a re-key, for the host to delete from its keystore.
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }

    /// Makes it count, under the lock it was begun with. `step` is told each point at which this could be cut short.
    ///
    /// # Errors
    /// `StorageFull`, `Unwritable`: the folder is as it was before the draft. `Internal` where the store was not made or
    /// not closed.
    pub fn commit(mut self, lock: &FolderLock, step: &mut dyn FnMut(Placing)) -> Result<Opened> {
        let folder = lock.folder();
        if folder != self.folder {
            return Err(Error::Broken("a draft counts in its own folder"));
        }
        let vmk = self.vmk.take().ok_or(Error::Broken("a draft is committed once"))?;
        let bytes = self.header.encode_after(&derive_header_key(self.header.vault, &vmk), self.before.as_ref());
        let placed = place(folder, self.header.store, &bytes, step);
        let state = placed.inspect_err(|_| clear_drafts(folder))?;
        let store = folder.join(store_name(self.header.store));
        Ok(Opened::new(self.header.vault, vmk, store, state).of_backup(self.header.backup))
    }
}

impl Drop for CopyDraft {
    fn drop(&mut self) {
        if self.vmk.is_some() {
            clear_drafts(&self.folder);
        }
    }
}

/// Takes a backup away that was just made and did not pass its check. Nothing else is touched.
pub fn discard_backup(lock: &FolderLock, made: &Opened) {
    let number = made.store_file().file_name().and_then(|name| name.to_str()).and_then(store_number);
    if let (Some(number), Some(_)) = (number, made.backup()) {
        let store = store_name(number);
        // The headers first: without them the rest is noise.
        for name in HEADERS.into_iter().chain([store.as_str()]) {
            let _ = blank(&lock.folder().join(name));
            let _ = std::fs::remove_file(lock.folder().join(name));
        }
    }
}
