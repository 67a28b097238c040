//! The invitation: what A keeps while it is open, and what B is given.

use super::PairingSelf;
use super::framed::{self, MessageKind};
use super::message;
use super::psk::{PairKey, secret_of_words, words_of_secret};
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::SigningKey;
use crate::crypto::words::RecoveryWords;
use crate::error::{Code, Error, Field, Result};
use crate::identity::{make_member_root, stored};
use crate::ids::ExchangeId;
use crate::secret::{Entropy, Secret32, SecretBytes};
use crate::space::{MemberEntry, Role, SpaceKind};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use std::fmt;

/// The shortest life of an invitation: one hour (domain.md §3.4).
pub const EXPIRES_MIN_MS: i64 = 3_600_000;
/// The longest: 14 days.
pub const EXPIRES_MAX_MS: i64 = 14 * 24 * EXPIRES_MIN_MS;
/// What is offered first: 72 hours.
pub const EXPIRES_DEFAULT_MS: i64 = 72 * EXPIRES_MIN_MS;

const VERSION: u32 = 1;
const COMMITMENT_LABEL: &[u8] = b"belay/pair/commitment/1";

/// What a pairing is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new space of this kind; now only a relationship can be made.
    NewSpace(SpaceKind),
    /// Another device of the same person; not yet.
    OwnDevice,
    /// A person who comes back with their words; not yet.
    ComingBack,
}

/// How the secret reaches the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// It lies in the invitation: whoever holds the file can answer it.
    InFile,
    /// As 24 words, told apart from the file.
    Words,
}

/// What an inviter chooses.
#[derive(Clone, Copy, Debug)]
pub struct InviteTerms {
    /// What the pairing is for.
    pub purpose: Purpose,
    /// The inviter's own role, person or supporter; the other gets the opposite.
    pub my_role: Role,
    /// How long the invitation can be answered: 1 hour to 14 days.
    pub expires_in_ms: i64,
    /// How the secret reaches the other.
    pub by: SecretKind,
}

impl InviteTerms {
    /// The terms that are offered first: a relationship, 72 hours, the secret in the file.
    pub fn relationship(my_role: Role) -> Self {
        InviteTerms { purpose: SERVED, my_role, expires_in_ms: EXPIRES_DEFAULT_MS, by: SecretKind::InFile }
    }
}

#[derive(Clone, Copy, Encode, Decode)]
#[cbor(map)]
struct PurposeWire {
    #[n(1)]
    code: u32,
    #[n(2)]
    kind: Option<u32>,
}

impl From<Purpose> for PurposeWire {
    fn from(purpose: Purpose) -> Self {
        match purpose {
            Purpose::NewSpace(kind) => PurposeWire { code: 1, kind: Some(kind.code()) },
            Purpose::OwnDevice => PurposeWire { code: 2, kind: None },
            Purpose::ComingBack => PurposeWire { code: 3, kind: None },
        }
    }
}

impl PurposeWire {
    fn purpose(self) -> Option<Purpose> {
        match (self.code, self.kind) {
            (1, Some(kind)) => SpaceKind::from_code(kind).map(Purpose::NewSpace),
            (2, None) => Some(Purpose::OwnDevice),
            (3, None) => Some(Purpose::ComingBack),
            _ => None,
        }
    }
}

/// The one purpose that this version serves; the others have their numbers already.
const SERVED: Purpose = Purpose::NewSpace(SpaceKind::Relationship);

/// What every invitation begins with, of whatever version.
#[derive(Decode)]
#[cbor(map)]
struct Head {
    #[n(1)]
    version: u32,
    #[n(2)]
    purpose: PurposeWire,
}

/// The invitation without its secret.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Body {
    #[n(1)]
    version: u32,
    #[n(2)]
    purpose: PurposeWire,
    /// The role of the one who is invited.
    #[n(3)]
    pub role: Role,
    #[cbor(n(4), with = "minicbor::bytes")]
    pub ephemeral_pk: [u8; 32],
    /// The inviter.
    #[n(5)]
    pub member: MemberEntry,
    #[cbor(n(6), with = "minicbor::bytes")]
    pub nonce: [u8; 32],
    #[cbor(n(7), with = "minicbor::bytes")]
    pub commitment: [u8; 32],
    #[n(8)]
    pub expires_ms: i64,
}

/// The invitation as it travels: the body's exact bytes, and the secret unless it is told in words.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(1)]
    body: ByteVec,
    #[n(2)]
    secret: Option<ByteArray<32>>,
}

/// What a nonce is committed to before the other chose theirs.
pub(super) fn commit(nonce: &[u8; 32]) -> [u8; 32] {
    sha256(&[COMMITMENT_LABEL, nonce])
}

pub(super) fn check_expiry(expires_ms: i64, now_ms: i64) -> Result<()> {
    if now_ms < expires_ms { Ok(()) } else { Err(Code::Expired.of(Field::Invitation).until(expires_ms).into()) }
}

impl Body {
    /// The body behind these bytes.
    ///
    /// # Errors
    /// `NewerSchema`, `UnsupportedType` for a purpose this version cannot serve, `Corrupt`.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let refused = |code: Code| Error::from(code.of(Field::Invitation));
        let head: Head = cbor::decode(bytes).ok_or_else(|| refused(Code::Corrupt))?;
        if head.version != VERSION {
            return Err(refused(if head.version > VERSION { Code::NewerSchema } else { Code::Corrupt }));
        }
        if head.purpose.purpose() != Some(SERVED) {
            return Err(refused(Code::UnsupportedType));
        }
        let body: Self = cbor::decode(bytes).ok_or_else(|| refused(Code::Corrupt))?;
        let roles = [body.role, body.member.role];
        if SpaceKind::Relationship.fits(&roles) { Ok(body) } else { Err(refused(Code::Corrupt)) }
    }
}

/// An invitation that was read: the exact bytes of its body, what they say, the secret if it came along.
pub(super) struct Read {
    pub bytes: Vec<u8>,
    pub body: Body,
    secret: Option<Secret32>,
}

pub(super) fn read(given: &[u8]) -> Result<Read> {
    let content = SecretBytes::new(message::content(given, MessageKind::Invitation)?);
    let wire: Wire = cbor::decode(content.expose()).ok_or_else(|| Code::Corrupt.of(Field::Invitation))?;
    let body = Body::read(&wire.body)?;
    Ok(Read { bytes: wire.body.into(), body, secret: wire.secret.map(|secret| Secret32::new(secret.into())) })
}

impl Read {
    /// The pre-shared key, from the file or from the words, never from a mixture: a file that brings a secret of
    /// its own must not stand in for the words a person was told.
    ///
    /// # Errors
    /// `Empty` when words are needed, `WrongSecret` for other words and for words beside a secret in the file.
    pub fn pair_key(&self, words: Option<&RecoveryWords>) -> Result<PairKey> {
        match (&self.secret, words) {
            (Some(secret), None) => Ok(PairKey::derive(&self.bytes, secret)),
            (None, Some(words)) => Ok(PairKey::derive(&self.bytes, &secret_of_words(words)?)),
            (None, None) => Err(Code::Empty.of(Field::RecoveryWords).into()),
            (Some(_), Some(_)) => Err(Code::WrongSecret.of(Field::RecoveryWords).into()),
        }
    }
}

/// What an invitation says before it is answered; none of it is proven yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvitationShown {
    /// Which exchange.
    pub exchange: ExchangeId,
    /// What it is for.
    pub purpose: Purpose,
    /// The role of the one who answers.
    pub my_role: Role,
    /// The inviter's role.
    pub their_role: Role,
    /// Until when it can be answered, Unix milliseconds by the inviter's clock.
    pub expires_ms: i64,
    /// How the secret comes: with words, they must be given to [`super::reply`].
    pub by: SecretKind,
}

/// Reads an invitation without answering it.
///
/// # Errors
/// `Corrupt`, `TooBig`, `NewerSchema`, `UnsupportedType`.
pub fn look_at(invitation: &[u8]) -> Result<InvitationShown> {
    let Read { bytes, body, secret } = read(invitation)?;
    Ok(InvitationShown {
        exchange: message::exchange_id(&sha256(&[&bytes])),
        purpose: SERVED,
        my_role: body.role,
        their_role: body.member.role,
        expires_ms: body.expires_ms,
        by: if secret.is_some() { SecretKind::InFile } else { SecretKind::Words },
    })
}

/// What the inviting device keeps while an invitation is open: never in a backup, erased when it was used,
/// taken back or has expired.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub struct OpenInvitation {
    #[cbor(n(1), with = "minicbor::bytes")]
    pub(super) body: Vec<u8>,
    #[cbor(n(2), with = "stored::secret")]
    secret: Secret32,
    #[n(3)]
    by_words: bool,
    #[cbor(n(4), with = "stored::opening_key")]
    pub(super) ephemeral: OpeningKey,
    #[cbor(n(5), with = "stored::signing_key")]
    pub(super) root: SigningKey,
    /// Committed to in the body, told in the completion.
    #[cbor(n(6), with = "stored::secret")]
    pub(super) nonce: Secret32,
}

impl fmt::Debug for OpenInvitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenInvitation({:?}, ‹secret›)", self.exchange())
    }
}

impl OpenInvitation {
    /// Which exchange.
    pub fn exchange(&self) -> ExchangeId {
        message::exchange_id(&sha256(&[&self.body]))
    }
    /// The invitation's file once more.
    pub fn file(&self) -> Vec<u8> {
        // A secret that is not told in words travels in the file.
        let secret = (!self.by_words).then(|| ByteArray::from(*self.secret.expose()));
        let wire = cbor::encode_secret(&Wire { body: self.body.clone().into(), secret });
        framed::frame(MessageKind::Invitation, &[wire.expose()])
    }
    /// The 24 words to tell, when they carry the secret.
    pub fn words(&self) -> Option<RecoveryWords> {
        self.by_words.then(|| words_of_secret(&self.secret))
    }
    /// Until when it can be answered, Unix milliseconds.
    ///
    /// # Errors
    /// `Corrupt`.
    pub fn expires_ms(&self) -> Result<i64> {
        Ok(Body::read(&self.body)?.expires_ms)
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
        cbor::decode_own(bytes)
    }
    pub(super) fn pair_key(&self) -> PairKey {
        PairKey::derive(&self.body, &self.secret)
    }
}

/// Makes an invitation: the state this device keeps, and the file for the other.
///
/// # Errors
/// `OutOfRange{max}` for a life outside 1 hour to 14 days, `UnsupportedType` for another purpose than a
/// relationship and for a role that none is made with.
pub fn invite(
    terms: InviteTerms,
    me: &PairingSelf<'_>,
    now_ms: i64,
    entropy: &mut dyn Entropy,
) -> Result<(OpenInvitation, Vec<u8>)> {
    if terms.purpose != SERVED {
        return Code::UnsupportedType.err();
    }
    if !(EXPIRES_MIN_MS..=EXPIRES_MAX_MS).contains(&terms.expires_in_ms) {
        let max = usize::try_from(EXPIRES_MAX_MS).unwrap_or(usize::MAX);
        return Err(Code::OutOfRange.of(Field::Expires).max(max).into());
    }
    let role = match terms.my_role {
        Role::Person => Role::Supporter,
        Role::Supporter => Role::Person,
        Role::Carer | Role::Lead | Role::Member => return Code::UnsupportedType.err(),
    };
    let root = make_member_root(&me.recovery_pk, entropy)?;
    let (ephemeral, secret, nonce) = (OpeningKey::make(entropy), Secret32::make(entropy), Secret32::make(entropy));
    let body = Body {
        version: VERSION,
        purpose: terms.purpose.into(),
        role,
        ephemeral_pk: ephemeral.public(),
        member: MemberEntry::new(terms.my_role, &root, &[me.entry()]),
        nonce: entropy.bytes(),
        // The nonce is told only after the other chose theirs.
        commitment: commit(nonce.expose()),
        expires_ms: now_ms.saturating_add(terms.expires_in_ms),
    };
    let by_words = terms.by == SecretKind::Words;
    let open = OpenInvitation { body: cbor::encode(&body), secret, by_words, ephemeral, root: root.key, nonce };
    let file = open.file();
    Ok((open, file))
}
