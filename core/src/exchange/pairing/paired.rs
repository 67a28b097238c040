//! What both sides hold after the messages, and what answers a reply that comes again.

use super::message;
use crate::cbor;
use crate::error::{Code, Field, Result};
use crate::identity::{SignedCard, SpaceKeys};
use crate::ids::{ExchangeId, MemberId, SpaceId};
use crate::secret::SecretBytes;
use crate::space::{Role, SignedStatement};
use minicbor::{Decode, Encode};
use std::fmt;

/// A new space, on one side. Until the other's digits were typed it holds no content.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub struct Paired {
    /// Which exchange made it.
    #[n(1)]
    pub exchange: ExchangeId,
    /// Signed by both roots.
    #[n(2)]
    pub genesis: SignedStatement,
    /// Who I am in it.
    #[n(3)]
    pub my_member: MemberId,
    /// Who the other is.
    #[n(4)]
    pub their_member: MemberId,
    /// What I am in it.
    #[n(5)]
    pub my_role: Role,
    /// What the other is.
    #[n(6)]
    pub their_role: Role,
    /// This device's card.
    #[n(7)]
    pub my_card: SignedCard,
    /// The other device's card, verified.
    #[n(8)]
    pub their_card: SignedCard,
    /// This device's keys in the space.
    #[n(9)]
    pub my_space_keys: SpaceKeys,
    /// What this device shows.
    #[n(10)]
    pub my_digits: String,
    /// What must be typed into this device.
    #[n(11)]
    pub their_digits: String,
}

impl fmt::Debug for Paired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Paired({:?}, ‹secret›)", self.space())
    }
}

impl Paired {
    /// The new space.
    pub fn space(&self) -> SpaceId {
        self.genesis.space_id()
    }
    /// The state as bytes, for the encrypted store only.
    pub fn to_stored(&self) -> SecretBytes {
        cbor::encode_secret(self)
    }
    /// The state that [`Self::to_stored`] wrote.
    ///
    /// # Errors
    /// `Corrupt`.
    pub fn from_stored(bytes: &[u8]) -> Result<Self> {
        let paired: Self = cbor::decode_own(bytes)?;
        paired.my_space_keys.check()?;
        Ok(paired)
    }
}

/// What stays of an invitation after it was used: enough to answer the same reply again, and no other.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UsedInvitation {
    #[cbor(n(1), with = "minicbor::bytes")]
    reply: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    completion: Vec<u8>,
}

impl UsedInvitation {
    /// The reply that used it, and the completion that [`super::take_reply`] made.
    ///
    /// # Errors
    /// Those of [`super::message_hash`].
    pub fn new(reply: &[u8], completion: Vec<u8>) -> Result<Self> {
        Ok(UsedInvitation { reply: message::message_hash(reply)?, completion })
    }
    /// The completion, for the reply that used the invitation.
    ///
    /// # Errors
    /// `InvitationUsed` for another reply, and those of [`super::message_hash`].
    pub fn answer(&self, reply: &[u8]) -> Result<&[u8]> {
        if message::message_hash(reply)? != self.reply {
            return Err(Code::InvitationUsed.of(Field::Invitation).into());
        }
        Ok(&self.completion)
    }
    /// The completion's file.
    pub fn completion(&self) -> &[u8] {
        &self.completion
    }
    /// The state as bytes, for the store.
    pub fn to_stored(&self) -> Vec<u8> {
        cbor::encode(self)
    }
    /// The state that [`Self::to_stored`] wrote.
    ///
    /// # Errors
    /// `Corrupt`.
    pub fn from_stored(bytes: &[u8]) -> Result<Self> {
        cbor::decode_own(bytes)
    }
}
