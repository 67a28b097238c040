//! Text sessions: one a field that somebody types in.

use super::BelayCore;
use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::command::TextTarget;
use belay::companion::{TextMerge, TextNow, TextOpened};
use belay::ids::TextSession;

#[uniffi::export]
impl BelayCore {
    /// Opens a field. Loads no document and waits for no write. Where the same field is open already, that session ends
    /// and this one goes on with what was typed in it.
    ///
    /// # Errors
    /// `Locked`; `NotFound`, `NewerSchema`, `NotInForce` for a text that is not there or may not be shown;
    /// `TooMany{max}` for more than 64 open fields.
    pub fn text_open(&self, target: &TextTarget, at: &Moment) -> Answered<TextOpened> {
        guarded(|| self.companion.text_open(target, at))
    }

    /// Says what a field did, and learns what it is to show. One call at a time for a session.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for a session that is none, or none any more; `OutOfRange{Text}` for splices that do not fit
    /// the length the field itself tells; `TooMany`, `TooBig{max}`. Nothing of the call is taken in then. What cannot be
    /// written is no failure: `fate` says why, and the words are kept.
    pub fn text_sync(&self, session: &TextSession, now: &TextNow, at: &Moment) -> Answered<TextMerge> {
        guarded(|| self.companion.text_sync(session, now, at))
    }

    /// The last `text_sync` of a session, as `Leave` whatever it says. Where it answers `Resend::Whole` the session is
    /// still open, and is closed with the whole text.
    ///
    /// # Errors
    /// Those of `text_sync`; the session is still open then.
    pub fn text_close(&self, session: &TextSession, now: &TextNow, at: &Moment) -> Answered<TextMerge> {
        guarded(|| self.companion.text_close(session, now, at))
    }
}
