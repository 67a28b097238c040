//! A batch as it is kept and carried: header, signature, payload (protocol.md §4).

use crate::batch::header::{HEADER_VERSION, Header, HeaderDraft};
use crate::batch::refusal::Refusal;
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::sign::{SIGNATURE_BYTES, Signed, SigningKey, verifies};
use crate::ids::{BatchId, DeviceId};
use minicbor::encode::{Encoder, Error as EncodeError, Write};
use minicbor::{Decode, Encode};
use std::fmt;

/// Most bytes of header, signature and payload together (protocol.md §4).
pub const BATCH_BYTES_MAX: usize = 240 * 1024;
/// What CBOR adds around the three parts: an array head and three byte string heads.
const WIRE_OVERHEAD: usize = 16;

/// Signed changes to one document: the unit that is kept and carried. The bytes are the truth.
#[derive(Clone, PartialEq, Eq, Decode)]
#[cbor(array)]
pub struct Batch {
    /// The header exactly as it was signed.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub header_bytes: Vec<u8>,
    /// Over the header's bytes, by the device.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_BYTES],
    /// What it holds; `None` once dropped.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub payload: Option<Vec<u8>>,
}

// By hand: a dropped payload is null on the wire, where the derived form would leave it out.
impl<C> Encode<C> for Batch {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.array(3)?.bytes(&self.header_bytes)?.bytes(&self.signature)?;
        match &self.payload {
            Some(payload) => e.bytes(payload)?,
            None => e.null()?,
        };
        Ok(())
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = self.payload.as_ref().map_or(0, Vec::len);
        write!(f, "Batch({:?}, {} + {payload} bytes)", self.id(), self.header_bytes.len())
    }
}

impl Batch {
    /// Reads a batch of another, with its header: sizes and encoding, and that the payload is the header's own.
    /// The signature is looked at by [`Batch::verify`].
    ///
    /// # Errors
    /// `TooBig`, `Malformed` or `BadPayload`.
    pub fn parse(bytes: &[u8]) -> Result<(Self, Header), Refusal> {
        if bytes.len() > BATCH_BYTES_MAX + WIRE_OVERHEAD {
            return Err(Refusal::TooBig);
        }
        let batch: Batch = cbor::decode(bytes).ok_or(Refusal::Malformed)?;
        // One batch has one form on the wire: nothing may ride along unsigned.
        if batch.encode() != bytes {
            return Err(Refusal::Malformed);
        }
        if batch.len() > BATCH_BYTES_MAX {
            return Err(Refusal::TooBig);
        }
        let header = batch.header()?;
        if let Some(payload) = &batch.payload
            && (payload.len() != header.payload_len as usize || sha256(&[payload]) != header.payload_hash)
        {
            return Err(Refusal::BadPayload);
        }
        Ok((batch, header))
    }

    /// The bytes on the wire.
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Bytes of header, signature and payload together.
    #[allow(clippy::len_without_is_empty, reason = "a batch is never empty")]
    pub fn len(&self) -> usize {
        self.header_bytes.len() + self.signature.len() + self.payload.as_ref().map_or(0, Vec::len)
    }

    /// Its name: SHA-256 of the header.
    pub fn id(&self) -> BatchId {
        BatchId(sha256(&[&self.header_bytes]))
    }

    /// Its header.
    ///
    /// # Errors
    /// As [`Header::parse`].
    pub fn header(&self) -> Result<Header, Refusal> {
        Header::parse(&self.header_bytes)
    }

    /// Whether the device in `header`, whose key is `public`, signed it.
    ///
    /// # Errors
    /// `UnknownDevice` where the key is another device's, `BadSignature` otherwise.
    pub fn verify(&self, header: &Header, public: &[u8; 32]) -> Result<(), Refusal> {
        if header.device != DeviceId(sha256(&[public])) {
            return Err(Refusal::UnknownDevice);
        }
        let good = verifies(public, Signed::Batch, &self.header_bytes, &self.signature);
        if good { Ok(()) } else { Err(Refusal::BadSignature) }
    }
}

/// Signs a batch around a payload made by [`crate::batch::Body::encode`]. The device is that of the key.
///
/// # Errors
/// `TooBig` or `Malformed` where another would refuse it for the same reason.
pub fn sign_batch(draft: HeaderDraft, payload: Vec<u8>, key: &SigningKey) -> Result<Batch, Refusal> {
    let header = Header {
        v: HEADER_VERSION,
        space: draft.space,
        device: DeviceId(sha256(&[&key.public()])),
        seq: draft.seq,
        prev: draft.prev,
        doc: draft.doc,
        kind: draft.kind.number(),
        actor_nonce: draft.actor_nonce,
        min_reader: draft.min_reader,
        adopts: draft.adopts,
        again_of: draft.again_of,
        claimed: draft.claimed,
        payload_len: u32::try_from(payload.len()).map_err(|_| Refusal::TooBig)?,
        payload_hash: sha256(&[&payload]),
    };
    let header_bytes = cbor::encode(&header);
    Header::parse(&header_bytes)?;
    let signature = key.sign(Signed::Batch, &header_bytes);
    let batch = Batch { header_bytes, signature, payload: Some(payload) };
    if batch.len() > BATCH_BYTES_MAX { Err(Refusal::TooBig) } else { Ok(batch) }
}
