use super::session::{ACKNOWLEDGED, Session};
use super::{Answered, Companion};
use crate::clock::{Moment, Stamp};
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Result};
use crate::exchange::flow::{self, Compared, Step};
use crate::exchange::pairing::{InviteTerms, PairingSelf};
use crate::ids::{ExchangeId, SpaceId};
use crate::projection::Changes;
use crate::secret::Entropy;
use crate::store::singles;
use crate::view::paired_when;

impl Companion {
    pub(super) fn pairing<T>(
        &self,
        at: &Moment,
        work: impl FnOnce(&mut crate::command::Desk<'_>, &PairingSelf<'_>) -> Result<T>,
    ) -> Answered<(T, Changes)> {
        self.with_session(|session: &mut Session, entropy: &mut dyn Entropy| {
            let keys = session.keys.clone();
            let me = PairingSelf { keys: &keys, admin_pk: session.admin_public, recovery_pk: session.recovery_public };
            let done = session.write(entropy, at, |desk| {
                // Pairing is a first save too: nobody shares a space that cannot be recovered unknowingly.
                if singles::counter(desk.db, ACKNOWLEDGED)? == 0 {
                    return Code::NeedsAcknowledgement.err();
                }
                work(desk, &me)
            })?;
            Ok((done.value, session.changes_of(done.commit)?))
        })
    }

    fn step(
        &self,
        at: &Moment,
        work: impl FnOnce(&mut crate::command::Desk<'_>, &PairingSelf<'_>) -> Result<Step>,
    ) -> Answered<Step> {
        let (step, changes) = self.pairing(at, work)?;
        Ok(Step { changes, ..step })
    }

    /// Invites someone into a new relationship; `name` is what I call the other.
    ///
    /// # Errors
    /// As [`flow::begin`]; `Locked`, `NeedsAcknowledgement`.
    pub fn pair_invite(&self, terms: InviteTerms, name: &str, at: &Moment) -> Answered<Step> {
        self.step(at, |desk, me| flow::begin(desk, me, terms, name))
    }

    /// Answers an invitation.
    ///
    /// # Errors
    /// As [`flow::join`]; `Locked`, `NeedsAcknowledgement`.
    pub fn pair_join(
        &self,
        invitation: &[u8],
        words: Option<&RecoveryWords>,
        name: &str,
        at: &Moment,
    ) -> Answered<Step> {
        self.step(at, |desk, me| flow::join(desk, me, invitation, words, name))
    }

    /// Takes a reply or a completion.
    ///
    /// # Errors
    /// As [`flow::take`]; `Locked`.
    pub fn pair_take(&self, message: &[u8], at: &Moment) -> Answered<Step> {
        self.step(at, |desk, me| flow::take(desk, me, message))
    }

    /// Takes the digits the other side read out.
    ///
    /// # Errors
    /// `DigitsDiffer` ends the pairing; `InvalidText{Digits}` changes nothing: ask again. `Locked`, `NotFound`.
    pub fn pair_digits(&self, id: &ExchangeId, typed: &str, at: &Moment) -> Answered<Step> {
        match self.pairing(at, |desk, _| flow::type_digits(desk, id, typed))? {
            (Compared::Same(step), changes) => Ok(Step { changes, ..step }),
            (Compared::Differ(_), _) => Err(Code::DigitsDiffer.detail().into()),
        }
    }

    /// Gives a pairing up.
    ///
    /// # Errors
    /// As [`flow::cancel`]; `Locked`.
    pub fn pair_cancel(&self, id: &ExchangeId, at: &Moment) -> Answered<Step> {
        self.step(at, |desk, _| flow::cancel(desk, id))
    }

    /// When I paired with whom I share a space: what tells two people of one name apart. `None` where my list does not say.
    ///
    /// # Errors
    /// `Locked`.
    pub fn paired_when(&self, space: &SpaceId) -> Answered<Option<Stamp>> {
        self.with_session(|session, _| {
            let own = session.me.own;
            session.store.read(|db| paired_when(db, &own, space))
        })
    }

    /// The pairings of this device, newest first.
    ///
    /// # Errors
    /// `Locked`.
    pub fn pairings(&self, at: &Moment) -> Answered<Vec<Step>> {
        Ok(self.pairing(at, |desk, _| flow::all(desk))?.0)
    }
}
