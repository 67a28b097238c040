//! What giving a copy would let out, before it is given.

use super::{Answered, Companion, hold};
use crate::command::{GiftDraft, GivePreview, preview_give};
use crate::error::{Code, Failure};
use crate::secret::sweeping_deep;

impl Companion {
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
