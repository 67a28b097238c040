//! Exchanges: meetings as bytes and digits in, bytes, digits and an end out.

use super::BelayCore;
use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::companion::{ExchangeIn, ExchangeKind, ExchangeOut};
use belay::ids::ExchangeId;

#[uniffi::export]
impl BelayCore {
    /// Begins an exchange. It is kept in the vault and goes on after a lock, in another process, days later.
    ///
    /// # Errors
    /// `Locked`; `OutOfRange{Expires}`, `TooLong{Nickname}`; `Corrupt{Invitation}`, `Expired`, `InvitationUsed`,
    /// `WrongSecret{RecoveryWords}`; `UnsupportedType{Invitation}` for what this release does not do.
    pub fn exchange_open(&self, kind: &ExchangeKind, at: &Moment) -> Answered<ExchangeOut> {
        guarded(|| self.companion.exchange_open(kind, at))
    }

    /// Goes on with an exchange. Digits that differ are no failure but an end.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for one that is none; `NotForThisDevice` for a message of another exchange;
    /// `InvalidText{Digits}` for what is no digits: ask again.
    pub fn exchange_step(&self, id: &ExchangeId, what: &ExchangeIn, at: &Moment) -> Answered<ExchangeOut> {
        guarded(|| self.companion.exchange_step(id, what, at))
    }

    /// Lets go of an exchange on screen; in the vault it stays as it is.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for one that is none.
    pub fn exchange_close(&self, id: &ExchangeId, at: &Moment) -> Answered<()> {
        guarded(|| self.companion.exchange_close(id, at))
    }
}
