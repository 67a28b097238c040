//! The reply: B makes a root, keys and the Genesis body, signs it, and seals all of it for A.

use super::PairingSelf;
use super::framed::{self, MessageKind};
use super::invitation::{self, check_expiry};
use super::message;
use super::psk::{PairKey, REPLY_INFO};
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Error, Field, Result};
use crate::identity::{SignedCard, SpaceKeys, make_member_root, stored};
use crate::ids::ExchangeId;
use crate::secret::{Entropy, Secret32, SecretBytes};
use crate::space::{Genesis, MemberEntry, SignedStatement, SpaceKind, Statement};
use minicbor::{Decode, Encode};
use std::fmt;

/// What a reply says, once opened.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct ReplyBody {
    #[n(1)]
    pub member: MemberEntry,
    #[n(2)]
    pub card: SignedCard,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
    /// The Genesis body, signed by the replier's root alone.
    #[n(4)]
    pub genesis: SignedStatement,
}

/// The Genesis that an invitation and a reply make together (protocol.md §8).
pub(super) fn genesis(invitation: &invitation::Body, replier: &MemberEntry, nonce: &[u8; 32]) -> Genesis {
    let members = vec![invitation.member.clone(), replier.clone()];
    Genesis::new(SpaceKind::Relationship, members, sha256(&[&invitation.nonce, nonce]))
}

/// What both sides must have seen alike for the digits to agree.
pub(super) fn transcript(invitation: &[u8], sealed_reply: &[u8], genesis: &[u8]) -> [u8; 32] {
    sha256(&[invitation, sealed_reply, genesis])
}

/// What the replying device keeps until the completion comes.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub struct PendingReply {
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(super) invitation: Vec<u8>,
    #[cbor(n(2), with = "stored::secret")]
    psk: Secret32,
    #[cbor(n(3), with = "minicbor::bytes")]
    pub(super) nonce: [u8; 32],
    #[cbor(n(4), with = "minicbor::bytes")]
    pub(super) sealed: Vec<u8>,
    #[n(5)]
    pub(super) genesis: SignedStatement,
    #[n(6)]
    pub(super) member: MemberEntry,
    #[n(7)]
    pub(super) space_keys: SpaceKeys,
    #[n(8)]
    pub(super) card: SignedCard,
}

impl fmt::Debug for PendingReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PendingReply({:?}, ‹secret›)", self.exchange())
    }
}

impl PendingReply {
    /// Which exchange.
    pub fn exchange(&self) -> ExchangeId {
        message::exchange_id(&sha256(&[&self.invitation]))
    }
    /// The reply's file once more.
    pub fn file(&self) -> Vec<u8> {
        framed::frame(MessageKind::Reply, &[&self.exchange().0, &self.sealed])
    }
    /// Until when the inviter takes it, Unix milliseconds by the inviter's clock.
    ///
    /// # Errors
    /// `Corrupt`.
    pub fn expires_ms(&self) -> Result<i64> {
        Ok(invitation::Body::read(&self.invitation)?.expires_ms)
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
        let pending: Self = cbor::decode_own(bytes)?;
        pending.space_keys.check()?;
        Ok(pending)
    }
    pub(super) fn pair_key(&self) -> PairKey {
        PairKey { key: self.psk.clone(), id: sha256(&[&self.invitation]) }
    }
}

/// Answers an invitation: the state this device keeps, and the file for the inviter. `words` are the 24 words,
/// exactly when [`super::look_at`] says that the secret comes by words.
///
/// # Errors
/// `Expired`, `Corrupt`, `NewerSchema`, `UnsupportedType`; `Empty` or `WrongSecret` about the words;
/// `Duplicate` for an invitation of this very device.
pub fn reply(
    invitation: &[u8],
    words: Option<&RecoveryWords>,
    me: &PairingSelf<'_>,
    now_ms: i64,
    entropy: &mut dyn Entropy,
) -> Result<(PendingReply, Vec<u8>)> {
    let read = invitation::read(invitation)?;
    check_expiry(read.body.expires_ms, now_ms)?;
    let pair_key = read.pair_key(words)?;
    let root = make_member_root(&me.recovery_pk, entropy)?;
    let member = MemberEntry::new(read.body.role, &root, &[me.entry()]);
    let nonce: [u8; 32] = entropy.bytes();
    let genesis = genesis(&read.body, &member, &nonce);
    genesis.check().map_err(|refusal| Error::from(refusal.code().of(Field::Invitation)))?;
    let genesis = SignedStatement::sign(&Statement::Genesis(genesis), &[&root.key]);
    let space_keys = SpaceKeys::make(entropy);
    let card = space_keys.card(me.keys.device_id(), genesis.space_id(), 1, vec![]).sign(&me.keys.signing);
    let body = ReplyBody { member: member.clone(), card: card.clone(), nonce, genesis: genesis.clone() };
    let plain = cbor::encode_secret(&body);
    let sealed = pair_key
        .seal(&read.body.ephemeral_pk, REPLY_INFO, plain.expose(), entropy)
        .ok_or_else(|| Code::Corrupt.of(Field::Invitation))?;
    let psk = pair_key.key;
    let pending = PendingReply { invitation: read.bytes, psk, nonce, sealed, genesis, member, space_keys, card };
    let file = pending.file();
    Ok((pending, file))
}
