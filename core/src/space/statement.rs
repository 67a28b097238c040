//! Statements: who is a member or device, each signed and naming its parents (protocol.md §3).
//!
//! A body is the CBOR array [type, {fields}]; its hash is the statement's id. Types this version does not know
//! are kept and forwarded as they came.

use super::{CUT_HEADS_MAX, DEVICES_MAX, Genesis, MEMBERS_MAX, PARENTS_MAX, Refusal, STATEMENT_MAX_BYTES};
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::sign::{SIGNATURE_BYTES, Signed, SigningKey, verifies};
use crate::error::{Code, Result};
use crate::identity::{DeviceEntry, member_id};
use crate::ids::{BatchId, DeviceId, MemberId, SpaceId, StatementId};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Decoder, Encode, Encoder};
use std::collections::BTreeSet;
use std::fmt;

/// How far the log of one device counts after a removal: these batches and what they follow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Cut {
    /// Whose log.
    #[n(1)]
    pub device: DeviceId,
    /// 1–8 batches, sorted.
    #[n(2)]
    pub heads: Vec<BatchId>,
}

/// A member's device is added by another of the member's devices.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceAdd {
    /// Whose device.
    #[n(1)]
    pub member: MemberId,
    /// The new device.
    #[n(2)]
    pub device: DeviceEntry,
    /// 1–64 statements, sorted.
    #[n(3)]
    pub parents: Vec<StatementId>,
    /// The admin key that signs.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub by: [u8; 32],
}

/// A device is removed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct DeviceRemove {
    /// Which device.
    #[n(1)]
    pub device: DeviceId,
    /// What of its log counts, sorted by device.
    #[n(2)]
    pub cut: Vec<Cut>,
    /// 1–64 statements, sorted.
    #[n(3)]
    pub parents: Vec<StatementId>,
    /// The admin key that signs.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub by: [u8; 32],
}

/// A member leaves, or is put out by the person (in a team: the lead).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Leave {
    /// Who leaves.
    #[n(1)]
    pub member: MemberId,
    /// What of the logs of their devices counts, sorted by device.
    #[n(2)]
    pub cut: Vec<Cut>,
    /// 1–64 statements, sorted.
    #[n(3)]
    pub parents: Vec<StatementId>,
    /// The admin key that signs.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub by: [u8; 32],
}

/// A member starts again by the words: exactly these devices.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RootReset {
    /// Who starts again.
    #[n(1)]
    pub member: MemberId,
    /// 1–8 devices, sorted by their keys.
    #[n(2)]
    pub devices: Vec<DeviceEntry>,
    /// What of the logs of devices not named counts, sorted by device.
    #[n(3)]
    pub cut: Vec<Cut>,
    /// 1–64 statements, sorted.
    #[n(4)]
    pub parents: Vec<StatementId>,
    /// The member's root, which signs.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub by: [u8; 32],
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "documented at the types they hold")]
pub enum Statement {
    Genesis(Genesis),
    DeviceAdd(DeviceAdd),
    DeviceRemove(DeviceRemove),
    Leave(Leave),
    RootReset(RootReset),
    /// A type this version does not know, by its number.
    Unknown(u32),
}

impl Statement {
    /// The number of the type, the first item of the body.
    pub fn type_number(&self) -> u32 {
        match self {
            Statement::Genesis(_) => 1,
            Statement::DeviceAdd(_) => 2,
            Statement::DeviceRemove(_) => 3,
            Statement::Leave(_) => 4,
            Statement::RootReset(_) => 5,
            Statement::Unknown(number) => *number,
        }
    }

    /// The body: what is hashed and signed. One of an unknown type has no fields that we could write.
    pub fn to_body(&self) -> Vec<u8> {
        match self {
            Statement::Genesis(fields) => body(1, fields),
            Statement::DeviceAdd(fields) => body(2, fields),
            Statement::DeviceRemove(fields) => body(3, fields),
            Statement::Leave(fields) => body(4, fields),
            Statement::RootReset(fields) => body(5, fields),
            Statement::Unknown(number) => body(*number, &[(); 0]),
        }
    }

    /// What this body says.
    ///
    /// # Errors
    /// `TooBig`, `Malformed`, or the rule of Genesis that it breaks.
    pub fn from_body(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > STATEMENT_MAX_BYTES {
            return Err(Refusal::TooBig);
        }
        cbor::check(bytes).ok_or(Refusal::Malformed)?;
        let statement = read(bytes).map_err(|_| Refusal::Malformed)?;
        match &statement {
            Statement::Genesis(genesis) => genesis.check()?,
            other if !other.is_sound() => return Err(Refusal::Malformed),
            other => other.check_keys()?,
        }
        Ok(statement)
    }

    /// The statements it follows.
    pub fn parents(&self) -> &[StatementId] {
        match self {
            Statement::Genesis(_) | Statement::Unknown(_) => &[],
            Statement::DeviceAdd(DeviceAdd { parents, .. })
            | Statement::DeviceRemove(DeviceRemove { parents, .. })
            | Statement::Leave(Leave { parents, .. })
            | Statement::RootReset(RootReset { parents, .. }) => parents,
        }
    }

    /// How far logs count after this.
    pub(super) fn cut(&self) -> &[Cut] {
        match self {
            Statement::DeviceRemove(DeviceRemove { cut, .. })
            | Statement::Leave(Leave { cut, .. })
            | Statement::RootReset(RootReset { cut, .. }) => cut,
            _ => &[],
        }
    }

    /// Lists sorted without repetition and within their bounds, so that one meaning has one body.
    fn is_sound(&self) -> bool {
        if matches!(self, Statement::Unknown(_)) {
            return true;
        }
        let parents = self.parents();
        let heads_are_sound =
            |cut: &Cut| (1..=CUT_HEADS_MAX).contains(&cut.heads.len()) && rises(&cut.heads, |head| *head);
        let devices_are_sound = match self {
            Statement::RootReset(RootReset { devices, .. }) => {
                (1..=DEVICES_MAX).contains(&devices.len()) && rises(devices, |device| *device)
            }
            _ => true,
        };
        (1..=PARENTS_MAX).contains(&parents.len())
            && rises(parents, |parent| *parent)
            && rises(self.cut(), |cut| cut.device)
            && self.cut().iter().all(heads_are_sound)
            && devices_are_sound
    }

    /// Every key of the devices it adds has one use.
    fn check_keys(&self) -> Result<(), Refusal> {
        let added: &[DeviceEntry] = match self {
            Statement::DeviceAdd(DeviceAdd { device, .. }) => std::slice::from_ref(device),
            Statement::RootReset(RootReset { devices, .. }) => devices,
            _ => &[],
        };
        let mut seen = BTreeSet::new();
        let keys = added.iter().flat_map(|device| [device.signing, device.admin, device.static_pk]);
        if { keys }.all(|key| seen.insert(key)) { Ok(()) } else { Err(Refusal::SharedDevice) }
    }

    /// The keys that must sign, in order.
    pub fn signers(&self) -> Vec<[u8; 32]> {
        match self {
            Statement::Genesis(genesis) => genesis.members.iter().map(|member| member.root_pk).collect(),
            Statement::DeviceAdd(DeviceAdd { by, .. })
            | Statement::DeviceRemove(DeviceRemove { by, .. })
            | Statement::Leave(Leave { by, .. })
            | Statement::RootReset(RootReset { by, .. }) => vec![*by],
            Statement::Unknown(_) => vec![],
        }
    }
}

fn rises<T, K: Ord>(list: &[T], key: impl Fn(&T) -> K) -> bool {
    list.is_sorted_by(|a, b| key(a) < key(b))
}

fn body<T: Encode<()>>(number: u32, fields: &T) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    let written = encoder.array(2).and_then(|e| e.u32(number)).and_then(|e| e.encode(fields)).map(|_| ());
    written.expect("writing to memory does not fail");
    encoder.into_writer()
}

fn read(bytes: &[u8]) -> Result<Statement, minicbor::decode::Error> {
    let mut d = Decoder::new(bytes);
    if d.array()? != Some(2) {
        return Err(minicbor::decode::Error::message("type and fields"));
    }
    Ok(match d.u32()? {
        1 => Statement::Genesis(d.decode()?),
        2 => Statement::DeviceAdd(d.decode()?),
        3 => Statement::DeviceRemove(d.decode()?),
        4 => Statement::Leave(d.decode()?),
        5 => Statement::RootReset(d.decode()?),
        number => Statement::Unknown(number),
    })
}

/// A statement as it is kept and travels: the exact body and its signatures.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignedStatement {
    body: Vec<u8>,
    signatures: Vec<[u8; SIGNATURE_BYTES]>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(1)]
    body: ByteVec,
    #[n(2)]
    signatures: Vec<ByteArray<SIGNATURE_BYTES>>,
}

impl SignedStatement {
    /// Signs a statement; Genesis takes the members' roots in any order.
    pub fn sign(statement: &Statement, keys: &[&SigningKey]) -> Self {
        let body = statement.to_body();
        let mut signed: Vec<_> = keys.iter().map(|key| (key.public(), key.sign(Signed::Statement, &body))).collect();
        signed.sort_unstable_by_key(|(public, _)| *public);
        SignedStatement { body, signatures: signed.into_iter().map(|(_, signature)| signature).collect() }
    }
    /// A body with signatures made elsewhere, in the order of the statement's signers.
    pub fn from_parts(body: Vec<u8>, signatures: Vec<[u8; SIGNATURE_BYTES]>) -> Self {
        SignedStatement { body, signatures }
    }
    /// The statement on the wire.
    pub fn to_wire(&self) -> Vec<u8> {
        cbor::encode(self)
    }
    /// A statement from the wire; only its frame is looked at.
    ///
    /// # Errors
    /// `Corrupt`.
    pub fn parse(wire: &[u8]) -> Result<Self> {
        let statement: Self = cbor::decode(wire).ok_or(Code::Corrupt)?;
        if statement.is_framed() { Ok(statement) } else { Code::Corrupt.err() }
    }
    /// Whether body and signatures are no more than a statement can have.
    pub fn is_framed(&self) -> bool {
        self.body.len() <= STATEMENT_MAX_BYTES && self.signatures.len() <= MEMBERS_MAX
    }
    /// SHA-256 of the body.
    pub fn id(&self) -> StatementId {
        StatementId(sha256(&[&self.body]))
    }
    /// The space this statement makes, if it is a Genesis.
    pub fn space_id(&self) -> SpaceId {
        SpaceId(self.id().0)
    }
    /// The exact bytes that were signed.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
    /// The signatures, in the order of the statement's signers.
    pub fn signatures(&self) -> &[[u8; SIGNATURE_BYTES]] {
        &self.signatures
    }
    /// What it says, whoever signed it.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn statement(&self) -> Result<Statement, Refusal> {
        Statement::from_body(&self.body)
    }
    /// What it says, when those it names signed it. One of an unknown type passes: nobody can tell yet.
    ///
    /// # Errors
    /// The rule it breaks.
    pub fn verify(&self) -> Result<Statement, Refusal> {
        let statement = self.statement()?;
        if matches!(statement, Statement::Unknown(_)) {
            return Ok(statement);
        }
        let signers = statement.signers();
        if signers.len() != self.signatures.len() {
            return Err(Refusal::SignatureCount);
        }
        let good = |(key, signature): (&[u8; 32], &[u8; SIGNATURE_BYTES])| {
            verifies(key, Signed::Statement, &self.body, signature)
        };
        let all_good = signers.iter().zip(&self.signatures).all(good);
        let by_own_root = match &statement {
            Statement::RootReset(reset) => member_id(&reset.by) == reset.member,
            _ => true,
        };
        if all_good && by_own_root { Ok(statement) } else { Err(Refusal::SignatureInvalid) }
    }
}

impl fmt::Debug for SignedStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.statement().map_or(0, |statement| statement.type_number());
        write!(f, "SignedStatement({:?}, type {number})", self.id())
    }
}

impl<C> Encode<C> for SignedStatement {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let signatures = self.signatures.iter().map(|signature| ByteArray::from(*signature)).collect();
        Wire { body: self.body.clone().into(), signatures }.encode(e, ctx)
    }
}

impl<'b, C> Decode<'b, C> for SignedStatement {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let wire = Wire::decode(d, ctx)?;
        Ok(Self::from_parts(wire.body.into(), wire.signatures.into_iter().map(Into::into).collect()))
    }
}
