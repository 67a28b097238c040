//! Backups: a vault in another folder, under a key of its own, with slots for the words and perhaps a passphrase.

use super::renewing::work_in_copy;
use super::session::{Session, remember_hashes};
use super::{Answered, Companion, copies};
use crate::clock::Moment;
use crate::command::{Confirmation, Purpose};
use crate::crypto::sign::SigningKey;
use crate::error::{Code, Error, Failure, Field, Result};
use crate::ids::{SpaceId, VaultId};
use crate::secret::{Entropy, SecretText, sweeping_deep};
use crate::space::SpaceState;
use crate::store::{Store, batches, spaces};
use crate::vault::{self, CopyPassphrase, FolderLock, HeaderState, Opened, UnlockWith};
use crate::view::state_hash;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::Path;

/// A backup that was read from end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupChecked {
    /// The vault it is a copy of.
    pub vault: VaultId,
    /// When it was made, Unix milliseconds as its device claimed.
    pub made_ms: i64,
    /// Whether both copies of its header are there; with one it opens as well, and should be made anew.
    pub header_is_whole: bool,
    /// The spaces in it, each with its state hash.
    pub spaces: BTreeMap<SpaceId, [u8; 32]>,
}

impl Companion {
    /// Makes a backup of everything in an empty or new folder, and reads it again from end to end. It opens with the
    /// recovery words and, if one is given, with this passphrase. It takes a typed secret, since both lead to the admin
    /// key. Pairings under way are not in it.
    ///
    /// # Errors
    /// `Locked`; those of [`Companion::unlock`]; `NeedsConfirmation{RecoveryWords}` for a keystore alone;
    /// `Duplicate{Folder}` where a vault is, `InUse{Folder}`; `WeakSecret`; `Corrupt{Store}` where this vault or what
    /// was written is damaged; `StorageFull`, `Unwritable`. Nothing is left in the folder then.
    pub fn backup_to(
        &self,
        folder: &Path,
        with: &UnlockWith,
        passphrase: Option<&SecretText>,
        at: &Moment,
    ) -> Answered<BackupChecked> {
        let new = self.copy_passphrase(passphrase);
        self.with_session(|session, entropy| {
            make_backup(session, folder, new, |_| Ok(Proof::Secret(with)), at, entropy)
        })
    }

    pub(super) fn back_up_proven(
        &self,
        folder: &Path,
        confirmation: &Confirmation,
        passphrase: Option<&SecretText>,
        at: &Moment,
    ) -> Answered<BackupChecked> {
        let new = self.copy_passphrase(passphrase);
        self.with_session(|session, entropy| {
            session.proven(Purpose::Backup, confirmation, at, |session, proof| {
                make_backup(session, folder, new, |_| Ok(Proof::Admin(proof.admin()?.clone())), at, entropy)
            })
        })
    }

    /// The cost of a passphrase that is set here.
    pub(super) fn copy_passphrase<'a>(&self, passphrase: Option<&'a SecretText>) -> CopyPassphrase<'a> {
        CopyPassphrase { passphrase, cost: self.config.cost }
    }
}

/// What a backup is made with.
pub(super) enum Proof<'a> {
    /// A secret given now.
    Secret(&'a UnlockWith),
    /// The admin key of one that was confirmed before.
    Admin(SigningKey),
}

pub(super) fn make_backup<'a>(
    session: &mut Session,
    folder: &Path,
    new: CopyPassphrase<'_>,
    prove: impl FnOnce(&mut Session) -> Result<Proof<'a>>,
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<BackupChecked> {
    // One of a backup would be none of a vault: it has no device of its own.
    if session.opened.backup().is_some() {
        return Err(Code::Unwritable.of(Field::Store).into());
    }
    let proof = prove(session)?;
    let is_new = !folder.try_exists()?;
    let to = FolderLock::take(folder)?;
    let made = back_up(session, &to, proof, new, at, entropy);
    if made.is_err() && is_new {
        to.remove_if_empty();
    }
    made
}

fn back_up(
    session: &mut Session,
    to: &FolderLock,
    proof: Proof<'_>,
    new: CopyPassphrase<'_>,
    at: &Moment,
    entropy: &mut dyn Entropy,
) -> Result<BackupChecked> {
    let (draft, with) = match proof {
        Proof::Secret(with) => (vault::begin_backup(&session.lock, to, with, new, at, entropy)?, Some(with)),
        Proof::Admin(admin) => {
            (vault::begin_backup_as((&session.lock, &session.opened), to, admin, new, at, entropy)?, None)
        }
    };
    // Every open batch is closed first: what is in it is signed under this device's numbers, once.
    session.refresh_hashes(entropy, at)?;
    session.store.export(&draft.store_file(), &draft.db_key())?;
    write_point!("backup-exported");
    work_in_copy(&draft, &session.me, entropy, at, |desk| {
        // Where the vault could not be written, its open batches are closed here, byte by byte as it will close them.
        remember_hashes(desk)?;
        // The private halves of pairings live on one device only.
        copies::end_pairings(desk)
    })?;
    write_point!("backup-cleaned");
    let made = draft.commit(to, &mut |_| ())?;
    write_point!("backup-placed");
    let checked = verify(to, &made, with, new.passphrase, at).and_then(|checked| {
        let ours = session.store.read(|db| {
            // What a vault that cannot be written has open is closed in the copy alone, and pairings are not in it.
            let mut apart: Vec<SpaceId> = batches::all_open(db, None)?.iter().map(|open| open.space).collect();
            let introduced = u32::from(SpaceState::Introduced.code());
            let all = spaces::all_spaces(db)?.into_iter();
            apart.extend(all.filter(|space| space.stage == introduced).map(|space| space.id));
            Ok(hashes(db)?.into_iter().filter(|(space, _)| !apart.contains(space)).collect::<BTreeMap<_, _>>())
        })?;
        let is_same = ours.iter().all(|(space, hash)| checked.spaces.get(space) == Some(hash));
        if is_same { Ok(checked) } else { Err(Code::Corrupt.of(Field::Store).into()) }
    });
    checked.inspect_err(|_| vault::discard_backup(to, &made))
}

/// Opens it in the ways that can be tried here, and reads all of it.
fn verify(
    to: &FolderLock,
    made: &Opened,
    with: Option<&UnlockWith>,
    passphrase: Option<&SecretText>,
    at: &Moment,
) -> Result<BackupChecked> {
    let words = with.filter(|with| matches!(with, UnlockWith::RecoveryWords(_))).cloned();
    let passphrase = passphrase.map(|text| UnlockWith::Passphrase(text.clone()));
    for way in words.into_iter().chain(passphrase) {
        let (opened, admin) = vault::unlock(to, &way, at)?;
        if opened.db_key() != made.db_key() || admin.is_none() {
            return Err(Error::Broken("a backup that opens otherwise than it was made"));
        }
    }
    vault::still_opens(to, made)?;
    read_through(made)
}

fn read_through(opened: &Opened) -> Result<BackupChecked> {
    let mark = opened.backup().ok_or_else(|| Error::from(Code::UnsupportedType.of(Field::Folder)))?;
    let key = opened.db_key();
    Store::check(opened.store_file(), &key)?;
    let store = Store::open_to_read(opened.store_file(), &key, opened.vault())?;
    Ok(BackupChecked {
        vault: opened.vault(),
        made_ms: mark.made_ms,
        header_is_whole: opened.header_state() == HeaderState::Whole,
        spaces: store.read(hashes)?,
    })
}

fn hashes(db: &Connection) -> Result<BTreeMap<SpaceId, [u8; 32]>> {
    let mut hashes = BTreeMap::new();
    for space in spaces::all_spaces(db)? {
        if let Some(hash) = state_hash(db, &space.id)? {
            hashes.insert(space.id, hash);
        }
    }
    Ok(hashes)
}

/// Reads a backup from end to end with one of its secrets. Writes nothing but the count of wrong secrets.
///
/// # Errors
/// Those of [`Companion::unlock`]; `UnsupportedType{Folder}` for a vault that is no backup; `Corrupt{Header | Store}` for
/// one that is damaged.
pub fn check_backup(folder: &Path, with: &UnlockWith, at: &Moment) -> Answered<BackupChecked> {
    let check = || {
        if !folder.try_exists()? {
            return Err(Code::NotFound.of(Field::Folder).into());
        }
        let lock = FolderLock::take(folder)?;
        let (opened, _) = vault::unlock(&lock, with, at)?;
        read_through(&opened)
    };
    sweeping_deep(check).map_err(Failure::from)
}
