//! A new vault key, when the old one may be known to others.

use super::renewing::{NewDevice, make_own};
use super::session::Session;
use super::{Answered, Companion, Inner, hold};
use crate::clock::Moment;
use crate::error::{Code, Field, Result};
use crate::secret::{Entropy, SecretText, sweeping_deep};
use crate::vault::{self, CopyDraft, CopyPassphrase, HeaderState, Placing, UnlockWith};

/// A vault under a new key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rekeyed {
    /// Keystore slots that ended, since nobody here has their keys: the host deletes these and sets up new ones.
    pub aliases: Vec<String>,
    /// Whether nothing of the old key is left in the folder. If not, a header copy could not be written: the next unlock
    /// does it and takes the old store away.
    pub old_is_gone: bool,
}

/// Whether the device keeps its own keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    SameDevice,
    NewDevice,
}

/// Where a re-key can be cut short, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The new store is whole beside the old one.
    Exported,
    /// The old store is closed.
    Closed,
    Placing(Placing),
    /// The new store is open.
    Opened,
    /// The old one is gone.
    Swept,
}

impl Companion {
    /// Puts the whole vault under a new key, whatever happens on the way: afterwards there is the old vault or the new
    /// one, whole. It takes a typed secret, and a new passphrase where the vault has one and the words or a PIN were
    /// typed instead. Takes about as much space again as the vault has, and as long as writing it.
    ///
    /// # Errors
    /// `Locked`; those of [`Companion::unlock`]; `NeedsConfirmation{RecoveryWords}` for a keystore alone;
    /// `Empty{Passphrase}` where a new one is needed; `WeakSecret`; `Corrupt{Store}` where the vault is damaged;
    /// `StorageFull`, `Unwritable`. The old key stays then, and the vault stays open unless that was refused too.
    pub fn rekey(&self, with: &UnlockWith, new: Option<&SecretText>, at: &Moment) -> Answered<Rekeyed> {
        self.rekey_in_steps(Way::SameDevice, with, new, at, &mut |_| ()).map(|(rekeyed, _)| rekeyed)
    }

    pub(super) fn rekey_in_steps(
        &self,
        way: Way,
        with: &UnlockWith,
        new: Option<&SecretText>,
        at: &Moment,
        step: &mut dyn FnMut(Step),
    ) -> Answered<(Rekeyed, Option<NewDevice>)> {
        sweeping_deep(|| self.rekey_session(way, with, new, at, step))
    }

    fn rekey_session(
        &self,
        way: Way,
        with: &UnlockWith,
        new: Option<&SecretText>,
        at: &Moment,
        step: &mut dyn FnMut(Step),
    ) -> Answered<(Rekeyed, Option<NewDevice>)> {
        // Under one hold from the proof to the swap: what was written between would be lost.
        let mut inner = hold(&self.inner);
        let mut entropy = hold(&self.entropy);
        let Inner::Open(session) = &mut *inner else { return Err(Code::Locked.detail().into()) };
        let new = CopyPassphrase { passphrase: new, cost: self.config.cost };
        let (draft, device) = prepare(session, way, with, new, entropy.as_mut(), at)?;
        write_point!("rekey-exported");
        step(Step::Exported);

        let Inner::Open(session) = std::mem::replace(&mut *inner, Inner::Closed(None)) else {
            return Err(Code::Locked.detail().into());
        };
        self.stop_all();
        let aliases = draft.aliases().to_vec();
        let Session { store, lock, opened: old, words, .. } = *session;
        let old_store = old.store_file().to_owned();
        let placed = store.close().and_then(|()| {
            write_point!("rekey-closed");
            step(Step::Closed);
            draft.commit(&lock, &mut |placing| step(Step::Placing(placing)))
        });
        let (opened, refused) = match placed {
            Ok(opened) => (opened, None),
            Err(error) => (old, Some(error)),
        };
        if let Err(locked) = vault::still_opens(&lock, &opened) {
            // Not even the old header could be put back: the folder says what counts, at the next unlock.
            return Err(refused.unwrap_or(locked).into());
        }
        let mut session = Session::begin(lock, opened, entropy.as_mut(), at)?;
        session.words = words;
        write_point!("rekey-opened");
        step(Step::Opened);
        vault::sweep(&session.lock, &session.opened);
        write_point!("rekey-swept");
        step(Step::Swept);
        let old_is_gone = session.opened.header_state() == HeaderState::Whole && !old_store.exists();
        self.enter(&mut inner, session);
        refused.map_or(Ok((Rekeyed { aliases, old_is_gone }, device)), |error| Err(error.into()))
    }
}

/// The new store, whole beside the old one. What fails here has changed nothing.
fn prepare(
    session: &mut Session,
    way: Way,
    with: &UnlockWith,
    new: CopyPassphrase<'_>,
    entropy: &mut dyn Entropy,
    at: &Moment,
) -> Result<(CopyDraft, Option<NewDevice>)> {
    if let Some(code) = session.store.frozen() {
        return Err(code.of(Field::Store).into());
    }
    let begin = match way {
        Way::SameDevice => vault::begin_rekey,
        Way::NewDevice => vault::begin_renewal,
    };
    let draft = begin(&session.lock, with, new, at, entropy)?;
    // While the key that opens them is here; one that comes later is opened by the key before the new one.
    let _ = session.take_drops(entropy, at);
    session.write(entropy, at, |desk| desk.close_all(None))?;
    session.store.export(&draft.store_file(), &draft.db_key())?;
    let device = make_own(&draft, entropy, at)?;
    Ok((draft, device))
}
