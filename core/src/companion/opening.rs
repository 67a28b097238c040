use super::copies::{self, Seen};
use super::session::{self, ACKNOWLEDGED, Beginning, Resting, Session, TESTED, begin};
use super::{Answered, Companion, DropsTaken, Inner, LogCall, Reader, hold};
use crate::clock::Moment;
use crate::crypto::words::{RecoveryWords, WordCount};
use crate::error::{Code, Error, Failure, Field, Result};
use crate::identity::DeviceKeys;
use crate::ids::DeviceId;
use crate::secret::{SecretBytes, SecretText, sweeping_deep};
use crate::store::{Running, Store, singles};
use crate::vault::{self, Draft, FolderLock, derive_recovery_key};
use std::sync::Arc;

pub use crate::vault::{EraseReport, SlotKey, UnlockWith};

/// What a new vault is made with.
#[derive(Clone, Debug)]
pub struct NewVault {
    /// 8–128 scalars.
    pub passphrase: SecretText,
    /// 24 unless 12 are wished.
    pub words: WordCount,
}

/// A vault that was just made, and is open.
#[derive(Debug)]
pub struct Created {
    /// Shown once and never stored.
    pub words: RecoveryWords,
    /// For the host to keep beside its keystore key.
    pub vault_counter: u64,
}

/// A vault that was just unlocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unlocked {
    /// Whether the recovery notice was understood.
    pub acknowledged: bool,
    /// Whether words were asked back and were right.
    pub words_tested: bool,
    /// Whether nothing can be written (no permission, full disk): reading goes on.
    pub read_only: bool,
    /// For the host to keep beside its keystore key, instead of what it kept; it is raised at every unlock.
    pub vault_counter: u64,
    /// The host's counter and the vault's differ: this is a copy, or was put back from one, and another may be in use.
    /// To be said loudly. Open invitations have ended; it is told until [`Companion::settle_copy`].
    pub copied: bool,
    /// Set for a backup: when it was made. It is read only; restoring makes a vault of it.
    pub backup_made_ms: Option<i64>,
    /// The device that this one was restored from, or whose keys it had before they were renewed, as long as that one
    /// counts in a space of mine: to be removed when the person says so, after what it wrote has come.
    pub comes_from: Option<DeviceId>,
    /// What was dropped in while it was locked.
    pub dropped: DropsTaken,
}

impl Companion {
    pub(super) fn take_lock(inner: &mut Inner, folder: &std::path::Path) -> Result<FolderLock> {
        match std::mem::replace(inner, Inner::Closed(None)) {
            Inner::Closed(Some(lock)) => Ok(lock),
            Inner::Closed(None) => FolderLock::take(folder),
            other => {
                *inner = other;
                Err(Code::Duplicate.of(Field::Folder).into())
            }
        }
    }

    /// Makes a vault and opens it.
    ///
    /// # Errors
    /// `Duplicate{Folder}` unless nothing is there, `WeakSecret`, `Unwritable`, `StorageFull`, `InUse`; nothing is left
    /// behind.
    pub fn create(&self, with: &NewVault, at: &Moment) -> Answered<Created> {
        let create = || sweeping_deep(|| self.create_session(with, at));
        self.host.logged(LogCall::Create, Some(at), |_| 0, create)
    }

    fn create_session(&self, with: &NewVault, at: &Moment) -> Answered<Created> {
        let mut inner = hold(&self.inner);
        let mut entropy = hold(&self.entropy);
        let lock = Self::take_lock(&mut inner, &self.config.folder)?;
        let passphrase = Some(with.passphrase.clone());
        let new = vault::NewVault { passphrase, cost: self.config.cost, words: with.words };
        let made = (|| -> Result<_> {
            let draft = Draft::make(&lock, &new, entropy.as_mut())?;
            let keys = DeviceKeys::make(entropy.as_mut());
            let mut store = Store::create(&draft.store_file(), &draft.db_key(), draft.vault())?;
            let beginning = Beginning {
                keys: &keys,
                admin_public: draft.admin().public(),
                recovery_public: derive_recovery_key(draft.words()).public(),
                // Kept in the store, which is sealed: what was dropped in while locked is opened with it.
                drop_key: &SecretBytes::new(draft.drop_key().bytes().expose().to_vec()),
            };
            begin(&mut store, &beginning, entropy.as_mut(), at)?;
            write_point!("create-filled");
            store.close()?;
            write_point!("create-closed");
            draft.commit()
        })();
        // What was made this moment holds nothing to be damaged: a disk refused to give it back.
        let made = made.map_err(|error| match error.code() {
            Code::Corrupt => Failure::from(Code::Unwritable.of(Field::Store)),
            _ => error.into(),
        })?;
        write_point!("create-placed");
        let mut session = Session::begin(lock, made.opened, entropy.as_mut(), at)?;
        let vault_counter = copies::raise(&mut session, None, entropy.as_mut(), at)?.counter;
        session.words = Some(made.words.clone());
        self.enter(&mut inner, session);
        Ok(Created { words: made.words, vault_counter })
    }

    /// Opens a vault with one of its secrets.
    ///
    /// # Errors
    /// `WrongSecret`; `TryLater{until}` after five wrong passphrases or PINs, 30 s and then twice as long each, to an
    /// hour; `Corrupt`, `NewerSchema`, `InUse`, `NotFound` where no vault is, `Unwritable`. Nothing but the count of
    /// wrong secrets is changed, and nothing deleted because of them.
    pub fn unlock(&self, with: &UnlockWith, at: &Moment) -> Answered<Unlocked> {
        let unlock = || sweeping_deep(|| self.open_session(with, at));
        self.host.logged(LogCall::Unlock, Some(at), |unlocked| u64::from(unlocked.dropped.taken), unlock)
    }

    fn open_session(&self, with: &UnlockWith, at: &Moment) -> Answered<Unlocked> {
        let mut inner = hold(&self.inner);
        let mut entropy = hold(&self.entropy);
        let lock = Self::take_lock(&mut inner, &self.config.folder)?;
        let (opened, _admin) = match vault::unlock(&lock, with, at) {
            Ok(opened) => opened,
            Err(error) => {
                *inner = Inner::Closed(None);
                return Err(error.into());
            }
        };
        write_point!("unlock-proven");
        let mut session = Session::begin(lock, opened, entropy.as_mut(), at)?;
        // What a re-key replaced goes only now that the new store has opened.
        vault::sweep(&session.lock, &session.opened);
        write_point!("unlock-swept");
        let seen = copies::raise(&mut session, with.vault_counter(), entropy.as_mut(), at)?;
        write_point!("unlock-raised");
        // What cannot be taken in now stays in its file: the vault opens all the same.
        let dropped = session.take_drops(entropy.as_mut(), at).unwrap_or_default();
        let unlocked = Unlocked { dropped, ..Self::told(&session, seen)? };
        self.enter(&mut inner, session);
        Ok(unlocked)
    }

    fn told(session: &Session, seen: Seen) -> Result<Unlocked> {
        session.store.read(|db| {
            Ok(Unlocked {
                acknowledged: singles::counter(db, ACKNOWLEDGED)? > 0,
                words_tested: singles::counter(db, TESTED)? > 0,
                read_only: session.store.frozen().is_some(),
                vault_counter: seen.counter,
                copied: seen.copied,
                backup_made_ms: session.opened.backup().map(|mark| mark.made_ms),
                comes_from: session::comes_from(db)?,
                dropped: DropsTaken::default(),
            })
        })
    }

    pub(super) fn enter(&self, inner: &mut Inner, session: Session) {
        let phrases = Arc::new(self.phrases());
        *hold(&self.reading) = Some(Reader { readers: session.store.readers(), phrases });
        *hold(&self.stopper) = Some(session.store.interrupter());
        *inner = Inner::Open(Box::new(session));
    }

    pub(super) fn stop_all(&self) {
        self.ask_to_leave();
        hold(&self.host.wholes).end();
        *hold(&self.reading) = None;
        if let Some(stopper) = hold(&self.stopper).take() {
            stopper.interrupt(Running::Everything);
        }
    }

    /// Locks: keys are wiped, no file stays open. From any thread, as often as one likes. What runs is stopped; a write
    /// that was cut off left nothing behind.
    ///
    /// # Errors
    /// Those of closing; the keys are gone all the same.
    pub fn lock(&self) -> Answered<()> {
        let lock = || sweeping_deep(|| self.end_session());
        self.host.logged(LogCall::Lock, None, |()| 0, lock)
    }

    fn end_session(&self) -> Answered<()> {
        let _ending = self.host.begin_ending();
        self.stop_all();
        let mut inner = hold(&self.inner);
        match std::mem::replace(&mut *inner, Inner::Closed(None)) {
            Inner::Open(mut session) => {
                let kept = hold(&self.typing).end(&mut session);
                let closed = session.rest().map(|_| ());
                kept.and(closed).map_err(Failure::from)
            }
            // What was typed became drafts before it paused.
            Inner::Paused(_) | Inner::Closed(_) => {
                hold(&self.typing).clear();
                Ok(())
            }
        }
    }

    /// Closes every file and gives the folder back, keeping the keys in memory for [`Companion::resume`].
    ///
    /// # Errors
    /// `Locked`; those of closing, after which the vault is locked.
    pub fn pause(&self, at: &Moment) -> Answered<()> {
        sweeping_deep(|| self.rest_session(at))
    }

    fn rest_session(&self, at: &Moment) -> Answered<()> {
        let _ending = self.host.begin_ending();
        self.ask_to_leave();
        let mut inner = hold(&self.inner);
        if matches!(&*inner, Inner::Paused(_)) {
            return Ok(());
        }
        self.rest_held(&mut inner, true, at)
    }

    /// `close`: whether there is time to close open batches.
    pub(super) fn rest_held(&self, inner: &mut Inner, close: bool, at: &Moment) -> Answered<()> {
        let mut entropy = hold(&self.entropy);
        let mut session = match std::mem::replace(inner, Inner::Closed(None)) {
            Inner::Open(session) => session,
            other => {
                *inner = other;
                return Err(Code::Locked.detail().into());
            }
        };
        if close {
            hold(&self.typing).write_all(&mut session, entropy.as_mut(), at);
        }
        // Batches are closed where that is possible; the words are on disk either way.
        let closed = match session.store.frozen().or((!close).then_some(Code::Interrupted)) {
            None => session.write(entropy.as_mut(), at, |desk| desk.close_all(None)).map(|_| ()),
            // Nothing was opened that would have to be closed, or the next start does it.
            Some(_) => Ok(()),
        };
        write_point!("pause-closed");
        self.stop_all();
        // From here on nobody can stop it: a lock that came meanwhile must not leave words in memory, which it then clears.
        hold(&self.typing).keep_all(&mut session);
        // What cannot be closed cleanly ends locked, and a locked vault holds no words.
        let resting = session.rest().inspect_err(|_| hold(&self.typing).clear())?;
        *inner = Inner::Paused(Box::new(resting));
        write_point!("pause-rested");
        closed.map_err(Failure::from)
    }

    /// Goes on after a pause.
    ///
    /// # Errors
    /// `Locked` where nothing is paused, or another process gave the vault a new key meanwhile: unlock again; `InUse`
    /// where another process has the vault now (try again later).
    pub fn resume(&self, at: &Moment) -> Answered<()> {
        sweeping_deep(|| self.take_up_session(at))
    }

    fn take_up_session(&self, at: &Moment) -> Answered<()> {
        let mut inner = hold(&self.inner);
        let mut entropy = hold(&self.entropy);
        match std::mem::replace(&mut *inner, Inner::Closed(None)) {
            Inner::Paused(resting) => match FolderLock::take(&self.config.folder) {
                Ok(lock) => {
                    let Resting { opened, words, hosted, .. } = *resting;
                    let still_opens = vault::still_opens(&lock, &opened);
                    let begun = still_opens.and_then(|()| Session::begin(lock, opened, entropy.as_mut(), at));
                    // From here on it is locked, and a locked vault holds no words.
                    let mut session = begun.inspect_err(|_| hold(&self.typing).clear())?;
                    write_point!("resume-begun");
                    (session.words, session.hosted) = (words, hosted);
                    self.enter(&mut inner, session);
                    Ok(())
                }
                Err(error) => {
                    *inner = Inner::Paused(resting);
                    Err(error.into())
                }
            },
            Inner::Open(session) => {
                *inner = Inner::Open(session);
                Ok(())
            }
            Inner::Closed(lock) => {
                *inner = Inner::Closed(lock);
                Err(Code::Locked.detail().into())
            }
        }
    }

    /// Keeps that the person understood: without words, passphrase or another phone nobody opens this vault.
    ///
    /// # Errors
    /// `Locked`.
    pub fn acknowledge_recovery(&self, at: &Moment) -> Answered<()> {
        self.with_session(|session, entropy| {
            session.write(entropy, at, |desk| singles::set_counter(desk.db, ACKNOWLEDGED, 1))?;
            Ok(())
        })
    }

    /// Compares words asked back: each with its place, counted from 0. Three or more make the words *tested*.
    ///
    /// # Errors
    /// `Locked`; `NotFound` once the words are no longer in memory (type all of them to `test_all_words`);
    /// `Empty` for fewer than three different places; `WrongSecret`.
    pub fn test_words(&self, typed: &[(usize, String)], at: &Moment) -> Answered<()> {
        self.with_session(|session, entropy| {
            let words = session.words.clone().ok_or(Code::NotFound.of(Field::RecoveryWords))?;
            let places: std::collections::BTreeSet<usize> = typed.iter().map(|(place, _)| *place).collect();
            if places.len() < 3 {
                return Err(Code::Empty.of(Field::RecoveryWords).into());
            }
            let list = words.list();
            let same = |(place, word): &(usize, String)| list.get(*place) == Some(&word.trim().to_lowercase().as_str());
            if !typed.iter().all(same) {
                return Err(Code::WrongSecret.of(Field::RecoveryWords).into());
            }
            session.write(entropy, at, |desk| singles::set_counter(desk.db, TESTED, 1))?;
            session.words = None;
            Ok(())
        })
    }

    /// Compares all the words, typed again at any later time.
    ///
    /// # Errors
    /// `Locked`; `WrongSecret`.
    pub fn test_all_words(&self, words: &RecoveryWords, at: &Moment) -> Answered<()> {
        self.with_session(|session, entropy| {
            if derive_recovery_key(words).public() != session.recovery_public {
                return Err(Code::WrongSecret.of(Field::RecoveryWords).into());
            }
            session.write(entropy, at, |desk| singles::set_counter(desk.db, TESTED, 1))?;
            session.words = None;
            Ok(())
        })
    }

    /// Sets a new passphrase with another typed secret: the way on for someone who came in with the words.
    ///
    /// # Errors
    /// `Locked`, `TryLater{until}`, `WrongSecret`, `WeakSecret`, `NeedsConfirmation{RecoveryWords}` with a keystore alone,
    /// `Unwritable`; the old secrets still open then.
    pub fn set_passphrase(&self, with: &UnlockWith, new: &SecretText, at: &Moment) -> Answered<()> {
        let cost = self.config.cost;
        self.with_session(|session, entropy| vault::set_passphrase(&session.lock, with, new, cost, at, entropy))
    }

    /// Removes the vault from this device: keys first, then files. Needs no secret, so that it works when one is lost.
    ///
    /// # Errors
    /// `NotFound` where no vault is, `InUse`, `Unwritable`. One that was cut short is finished by calling it again.
    pub fn erase(&self) -> Answered<EraseReport> {
        self.stop_all();
        let mut inner = hold(&self.inner);
        hold(&self.typing).clear();
        let lock = match std::mem::replace(&mut *inner, Inner::Closed(None)) {
            Inner::Open(session) => {
                let Session { store, lock, .. } = *session;
                // What cannot be closed cleanly is about to be gone.
                let _ = store.close();
                write_point!("erase-closed");
                lock
            }
            Inner::Closed(Some(lock)) => lock,
            Inner::Closed(None) => FolderLock::take(&self.config.folder)?,
            Inner::Paused(resting) => match FolderLock::take(&self.config.folder) {
                Ok(lock) => lock,
                Err(error) => {
                    *inner = Inner::Paused(resting);
                    return Err(error.into());
                }
            },
        };
        if lock.inspect() == vault::VaultFacts::Absent {
            return Err(Code::NotFound.of(Field::Folder).into());
        }
        vault::erase(lock).map_err(|error: Error| error.into())
    }
}
