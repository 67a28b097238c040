//! The completion: A takes the reply and signs; B takes A's signature. Both then hold the same Genesis.

use super::digits::derive_digits;
use super::framed::{self, MessageKind};
use super::invitation::{Body, OpenInvitation, check_expiry, commit};
use super::message;
use super::psk::{COMPLETION_INFO, REPLY_INFO};
use super::reply::{PendingReply, ReplyBody, genesis, transcript};
use super::{Paired, PairingSelf, verify_card};
use crate::cbor;
use crate::crypto::sign::{SIGNATURE_BYTES, Signed, verifies};
use crate::error::{Code, Error, Field, Result};
use crate::identity::{SignedCard, SpaceKeys};
use crate::secret::Entropy;
use crate::space::{MemberEntry, SignedStatement, Statement};
use minicbor::{Decode, Encode};

/// What a completion says, once opened.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct CompletionBody {
    /// Opens the invitation's commitment.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
    /// The inviter's root over the Genesis body.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_BYTES],
    #[n(3)]
    pub card: SignedCard,
}

/// The Genesis with both roots' signatures, in the order of the roots.
fn both_signed(
    body: &[u8],
    one: (&MemberEntry, [u8; SIGNATURE_BYTES]),
    other: (&MemberEntry, [u8; SIGNATURE_BYTES]),
) -> SignedStatement {
    let in_order = if one.0.root_pk < other.0.root_pk { [one.1, other.1] } else { [other.1, one.1] };
    SignedStatement::from_parts(body.to_vec(), in_order.to_vec())
}

/// The one signature of a Genesis that only its replier signed so far.
fn only_signature(genesis: &SignedStatement) -> Option<[u8; SIGNATURE_BYTES]> {
    match genesis.signatures() {
        [signature] => Some(*signature),
        _ => None,
    }
}

/// The reply's content, if it answers this invitation and its Genesis is the one both sides must make.
fn check_reply(body: &Body, reply: &ReplyBody) -> Result<()> {
    let refused = |code: Code| Error::from(code.of(Field::Reply));
    if reply.member.role != body.role {
        return Err(refused(Code::Corrupt));
    }
    let expected = genesis(body, &reply.member, &reply.nonce);
    expected.check().map_err(|refusal| refused(refusal.code()))?;
    if Statement::Genesis(expected).to_body() != reply.genesis.body() {
        return Err(refused(Code::Corrupt));
    }
    let signed = only_signature(&reply.genesis)
        .is_some_and(|signature| verifies(&reply.member.root_pk, Signed::Statement, reply.genesis.body(), &signature));
    if signed { Ok(()) } else { Err(refused(Code::SignatureInvalid)) }
}

/// Takes the reply to an open invitation: what is paired now, and the completion's file for the other. Keep both
/// as [`super::UsedInvitation`], then erase the open invitation.
///
/// # Errors
/// `Expired`; `NotForThisDevice` for a reply to another invitation, one made with another secret, or one for
/// another device's invitation; `Corrupt`, `SignatureInvalid`, `NewerSchema`, `UnsupportedType`, `Duplicate`.
pub fn take_reply(
    open: &OpenInvitation,
    reply: &[u8],
    me: &PairingSelf<'_>,
    now_ms: i64,
    entropy: &mut dyn Entropy,
) -> Result<(Paired, Vec<u8>)> {
    let refused = |code: Code| Error::from(code.of(Field::Reply));
    let body = Body::read(&open.body)?;
    check_expiry(body.expires_ms, now_ms)?;
    let content = message::content(reply, MessageKind::Reply)?;
    let (exchange, sealed) = message::split_sealed(&content, MessageKind::Reply)?;
    if exchange != open.exchange() || !body.member.devices.contains(&me.entry()) {
        return Err(refused(Code::NotForThisDevice));
    }
    let pair_key = open.pair_key();
    let plain = pair_key.open(&open.ephemeral, REPLY_INFO, sealed);
    let plain = plain.ok_or_else(|| refused(Code::NotForThisDevice))?;
    let theirs: ReplyBody = cbor::decode(plain.expose()).ok_or_else(|| refused(Code::Corrupt))?;
    check_reply(&body, &theirs)?;
    let space = theirs.genesis.space_id();
    let their_card = verify_card(&theirs.card, &theirs.member, space, Field::Reply)?;

    let genesis_body = theirs.genesis.body();
    let signature = open.root.sign(Signed::Statement, genesis_body);
    let space_keys = SpaceKeys::make(entropy);
    let card = space_keys.card(me.keys.device_id(), space, 1, vec![]).sign(&me.keys.signing);
    // The commitment is opened now, after the other chose their nonce.
    let nonce = open.nonce.expose();
    let completion = cbor::encode_secret(&CompletionBody { nonce: *nonce, signature, card: card.clone() });
    let sealed_completion = pair_key
        .seal(&their_card.sealing_pk, COMPLETION_INFO, completion.expose(), entropy)
        .ok_or_else(|| refused(Code::Corrupt))?;
    let file = framed::frame(MessageKind::Completion, &[&exchange.0, &sealed_completion]);

    let their_signature = only_signature(&theirs.genesis).ok_or_else(|| refused(Code::SignatureInvalid))?;
    let genesis = both_signed(genesis_body, (&body.member, signature), (&theirs.member, their_signature));
    let seen = transcript(&open.body, sealed, genesis_body);
    let (my_digits, their_digits) = derive_digits(&seen, nonce, &theirs.nonce);
    let paired = Paired {
        exchange,
        genesis,
        my_member: body.member.member_id(),
        their_member: theirs.member.member_id(),
        my_role: body.member.role,
        their_role: theirs.member.role,
        my_card: card,
        their_card: theirs.card,
        my_space_keys: space_keys,
        my_digits,
        their_digits,
    };
    Ok((paired, file))
}

/// Takes the completion: what is paired now. The same completion again gives the same.
///
/// # Errors
/// `NotForThisDevice` for another exchange's completion or one that does not open; `SignatureInvalid` when it does
/// not open the commitment, or signature or card do not verify; `Corrupt`, `NewerSchema`, `UnsupportedType`.
pub fn take_completion(pending: &PendingReply, completion: &[u8]) -> Result<Paired> {
    let refused = |code: Code| Error::from(code.of(Field::Completion));
    let content = message::content(completion, MessageKind::Completion)?;
    let (exchange, sealed) = message::split_sealed(&content, MessageKind::Completion)?;
    if exchange != pending.exchange() {
        return Err(refused(Code::NotForThisDevice));
    }
    let key = &pending.space_keys.current().key;
    let plain = pending.pair_key().open(key, COMPLETION_INFO, sealed);
    let plain = plain.ok_or_else(|| refused(Code::NotForThisDevice))?;
    let theirs: CompletionBody = cbor::decode(plain.expose()).ok_or_else(|| refused(Code::Corrupt))?;
    let body = Body::read(&pending.invitation)?;
    if commit(&theirs.nonce) != body.commitment {
        return Err(refused(Code::SignatureInvalid));
    }
    let my_signature = only_signature(&pending.genesis).ok_or(Code::Corrupt)?;
    let genesis_body = pending.genesis.body();
    let genesis = both_signed(genesis_body, (&body.member, theirs.signature), (&pending.member, my_signature));
    genesis.verify().map_err(|refusal| refused(refusal.code()))?;
    verify_card(&theirs.card, &body.member, genesis.space_id(), Field::Completion)?;
    let seen = transcript(&pending.invitation, &pending.sealed, genesis_body);
    let (their_digits, my_digits) = derive_digits(&seen, &theirs.nonce, &pending.nonce);
    Ok(Paired {
        exchange,
        genesis,
        my_member: pending.member.member_id(),
        their_member: body.member.member_id(),
        my_role: pending.member.role,
        their_role: body.member.role,
        my_card: pending.card.clone(),
        their_card: theirs.card,
        my_space_keys: pending.space_keys.clone(),
        my_digits,
        their_digits,
    })
}
