//! Meetings as a host drives them: bytes and digits in, bytes, digits and an end out. Today pairing by file; it is kept
//! in the vault, so that an exchange goes on after a lock, in another process, days later, under the same id.

use super::{Answered, Companion, LogCall};
use crate::clock::Moment;
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Failure, Field};
use crate::exchange::flow::{self, Compared, PairingStage, Step};
use crate::exchange::pairing::{InviteTerms, exchange_of};
use crate::ids::{ExchangeId, SpaceId};
use crate::projection::Changes;
use crate::text::PersonText;

/// What is begun.
#[derive(Clone)]
pub enum ExchangeKind {
    /// Someone is invited into a new relationship.
    Invite {
        /// The terms.
        terms: InviteTerms,
        /// What I call them.
        name: PersonText,
    },
    /// An invitation is answered.
    Join {
        /// The invitation, as a file has it.
        payload: Vec<u8>,
        /// The words that carry its secret, where it came apart.
        words: Option<RecoveryWords>,
        /// What I call them.
        name: PersonText,
    },
    /// Another device of mine.
    AddDevice,
}

impl std::fmt::Debug for ExchangeKind {
    /// Without the invitation, in which its secret may lie.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ExchangeKind::Invite { .. } => "Invite",
            ExchangeKind::Join { .. } => "Join",
            ExchangeKind::AddDevice => "AddDevice",
        })
    }
}

/// What comes in.
#[derive(Clone)]
pub enum ExchangeIn {
    /// A message of the other side.
    Bytes {
        /// As it came.
        bytes: Vec<u8>,
    },
    /// The digits the other side read out.
    Typed {
        /// As typed.
        digits: String,
    },
    /// Nothing; how does it stand?
    Wake,
    /// The way to the other side closed. What goes by file has none: it stays as it is.
    Closed,
    /// The person gives it up.
    Cancel,
}

impl std::fmt::Debug for ExchangeIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ExchangeIn::Bytes { .. } => "Bytes",
            ExchangeIn::Typed { .. } => "Typed",
            ExchangeIn::Wake => "Wake",
            ExchangeIn::Closed => "Closed",
            ExchangeIn::Cancel => "Cancel",
        })
    }
}

/// What is shown to the person.
#[derive(Clone, PartialEq, Eq)]
pub enum ExchangeShow {
    /// My six digits, to read out.
    Digits {
        /// The digits.
        digits: String,
    },
    /// The words that carry an invitation's secret, to be told apart from its file.
    Words {
        /// The words.
        words: RecoveryWords,
    },
}

impl std::fmt::Debug for ExchangeShow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹secret›")
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExchangeEnd {
    /// The digits were the same: content may be shared in this space.
    Done {
        /// The space.
        space: SpaceId,
    },
    /// The digits differed: someone may stand between. Nothing of it is left.
    DigitsDiffer,
    /// It was given up, or ended by time.
    Ended,
}

/// How it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct ExchangeOut {
    /// Which.
    pub id: ExchangeId,
    /// How far it has come.
    pub stage: PairingStage,
    /// To be carried to the other side, where there is something now.
    pub send: Option<Vec<u8>>,
    /// To be shown, where there is something now.
    pub show: Option<ExchangeShow>,
    /// What the step touched.
    pub changes: Changes,
    /// When to ask again with `Wake`, in milliseconds; `None` where time does nothing to it.
    pub wake_in_ms: Option<u64>,
    /// Set once it is over.
    pub end: Option<ExchangeEnd>,
}

impl std::fmt::Debug for ExchangeOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExchangeOut({:?}, {:?})", self.id, self.stage)
    }
}

fn told(step: Step, at: &Moment) -> ExchangeOut {
    let end = match step.stage {
        PairingStage::Done => step.space.map(|space| ExchangeEnd::Done { space }),
        PairingStage::Ended => Some(ExchangeEnd::Ended),
        PairingStage::Invited | PairingStage::Replied | PairingStage::Digits => None,
    };
    let waits = step.stage == PairingStage::Invited;
    let wake_in_ms = waits.then(|| u64::try_from(step.expires_ms.saturating_sub(at.unix_ms)).unwrap_or(0));
    let digits = step.digits.map(|digits| ExchangeShow::Digits { digits });
    let show = digits.or_else(|| step.words.map(|words| ExchangeShow::Words { words }));
    ExchangeOut { id: step.id, stage: step.stage, send: step.send, show, changes: step.changes, wake_in_ms, end }
}

impl Companion {
    /// Begins an exchange.
    ///
    /// # Errors
    /// Those of [`Companion::pair_invite`] and [`Companion::pair_join`]; `UnsupportedType{Invitation}` for `AddDevice`,
    /// which this release does not do.
    pub fn exchange_open(&self, kind: &ExchangeKind, at: &Moment) -> Answered<ExchangeOut> {
        let open = || {
            let step = match kind {
                ExchangeKind::Invite { terms, name } => self.pair_invite(*terms, name.as_str(), at)?,
                ExchangeKind::Join { payload, words, name } => {
                    self.pair_join(payload, words.as_ref(), name.as_str(), at)?
                }
                ExchangeKind::AddDevice => {
                    // Told after `Locked`, like everything of an open vault.
                    self.with_session(|_, _| Err(Code::UnsupportedType.of(Field::Invitation).into()))?
                }
            };
            Ok(told(step, at))
        };
        self.host.logged(LogCall::Exchange, Some(at), |_| 1, open)
    }

    /// Goes on with an exchange.
    ///
    /// # Errors
    /// `Locked`; `NotFound` for one that is none; `NotForThisDevice` for a message of another exchange; those of
    /// [`Companion::pair_take`] and [`Companion::pair_cancel`]; `InvalidText{Digits}` for what is no digits: ask again.
    /// Digits that differ are no failure but an end.
    pub fn exchange_step(&self, id: &ExchangeId, what: &ExchangeIn, at: &Moment) -> Answered<ExchangeOut> {
        let step = || match what {
            ExchangeIn::Bytes { bytes } => {
                self.standing(id, at)?;
                if exchange_of(bytes)? != *id {
                    return Err(Code::NotForThisDevice.detail().into());
                }
                Ok(told(self.pair_take(bytes, at)?, at))
            }
            ExchangeIn::Typed { digits } => self.compare(id, digits, at),
            ExchangeIn::Wake | ExchangeIn::Closed => Ok(told(self.standing(id, at)?, at)),
            ExchangeIn::Cancel => Ok(told(self.pair_cancel(id, at)?, at)),
        };
        self.host.logged(LogCall::Exchange, Some(at), |_| 1, step)
    }

    /// Lets go of an exchange on screen. Nothing of it is held outside the vault, where it stays as it is; whoever wants
    /// to end it says [`ExchangeIn::Cancel`].
    ///
    /// # Errors
    /// `Locked`; `NotFound` for one that is none.
    pub fn exchange_close(&self, id: &ExchangeId, at: &Moment) -> Answered<()> {
        self.standing(id, at).map(|_| ())
    }

    fn compare(&self, id: &ExchangeId, digits: &str, at: &Moment) -> Answered<ExchangeOut> {
        let (compared, changes) = self.pairing(at, |desk, _| flow::type_digits(desk, id, digits))?;
        Ok(match compared {
            Compared::Same(step) => told(Step { changes, ..step }, at),
            Compared::Differ(step) => {
                let end = Some(ExchangeEnd::DigitsDiffer);
                ExchangeOut { end, ..told(Step { changes, ..step }, at) }
            }
        })
    }

    fn standing(&self, id: &ExchangeId, at: &Moment) -> Answered<Step> {
        let known = self.pairings(at)?.into_iter().find(|step| step.id == *id);
        known.ok_or_else(|| Failure::from(Code::NotFound.detail()))
    }
}
