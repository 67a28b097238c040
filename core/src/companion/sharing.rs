//! What giving a copy would let out, before it is given.

use super::{Answered, Companion, hold};
use crate::command::{GiftDraft, GivePreview, preview_give};
use crate::error::{Code, Failure};
use crate::ids::{DocId, SpaceId};
use crate::secret::sweeping_deep;
use crate::view::not_carried;

impl Companion {
    /// Copies that I gave in a space and that nobody there is known to have yet: before leaving they can still be taken
    /// back, and afterwards not.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a space this device is not in.
    pub fn not_carried(&self, space: &SpaceId) -> Answered<Vec<DocId>> {
        self.with_session(|session, _| session.store.read(|db| not_carried(db, space)))
    }

    /// What giving would let out, and to whom. [`crate::command::ConsentCommand::Give`] takes its hash.
    ///
    /// # Errors
    /// `Locked`; those of [`preview_give`].
    pub fn preview_give(&self, gift: &GiftDraft) -> Answered<GivePreview> {
        let reading = hold(&self.reading).clone().ok_or_else(|| Failure::from(Code::Locked.detail()))?;
        let shown = sweeping_deep(|| reading.readers.read(|db| preview_give(db, gift)));
        shown.map_err(|error| match error.code() {
            Code::Closed => Code::Locked.detail().into(),
            _ => error.into(),
        })
    }
}
