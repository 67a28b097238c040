//! Dropping what was forgotten: at once where a typed secret says so, else when its time has come.

use super::session::Session;
use super::{Answered, Companion, UnlockWith};
use crate::clock::Moment;
use crate::command;
use crate::error::{Code, Result};
use crate::exchange;
use crate::ids::DocId;
use crate::projection::{Cause, Changes, caused_by};
use crate::secret::Entropy;

impl Companion {
    /// Asks every device to drop the words of notes, goals and plans that I forgot, at once and for good, and drops them
    /// here. A secret is typed for it. Headers stay: that something was there, when, how large, and who wrote it.
    ///
    /// # Errors
    /// `Locked`; those of the secret: `WrongSecret`, `NeedsConfirmation{Key}` for a keystore's key, which gives no admin
    /// rights; `Empty`, `TooMany` outside 1–64 documents; `NotFound` for one that is not forgotten, `NotOwner`,
    /// `NotInForce`, `RelationshipEnded`, `Revoked`, `NotAMember`. Nothing is changed then.
    pub fn purge(&self, docs: &[DocId], with: &UnlockWith, at: &Moment) -> Answered<Changes> {
        let changes = self.as_admin(with, at, |desk, admin| command::purge(desk, docs, admin))?;
        self.with_session(|session, _| session.fold_dropped())?;
        Ok(changes)
    }

    /// Drops the words of what was forgotten 30 days ago by this device's clock. It is also done at every unlock and with
    /// everything that comes in; a host that stays open for weeks calls it once a day. Gives how many batches lost words.
    ///
    /// # Errors
    /// `Locked`; those of the database.
    pub fn drop_forgotten(&self, at: &Moment) -> Answered<usize> {
        self.with_session(|session, entropy| session.drop_due(entropy, at))
    }
}

impl Session {
    /// [`Companion::drop_forgotten`].
    pub(super) fn drop_due(&mut self, entropy: &mut dyn Entropy, at: &Moment) -> Result<usize> {
        // Most days there is nothing, and nothing is written.
        if self.store.read(|db| Ok(crate::store::forgetting::all(db)?.is_empty()))? {
            return Ok(0);
        }
        let dropped = self
            .write(entropy, at, |desk| {
                caused_by(desk.db, Cause::Clock)?;
                exchange::drop_due(desk, None)
            })?
            .value;
        if dropped > 0 {
            self.fold_dropped()?;
        }
        Ok(dropped)
    }

    /// Leaves nothing of what was dropped in the journal. Pages are overwritten as they are freed (`secure_delete`), so
    /// the store's own file holds nothing of it once the journal is folded in.
    pub(super) fn fold_dropped(&mut self) -> Result<()> {
        match self.store.checkpoint() {
            // A reader's snapshot stands in the way: the next pause or lock folds it, as ever.
            Err(error) if error.code() == Code::InUse => Ok(()),
            other => other,
        }
    }
}
