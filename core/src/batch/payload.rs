//! What a batch holds: a birth and changes, as bytes that are hashed and carried (protocol.md §4).
//!
//! Payload = 16 random bytes ‖ form ‖ (form 1: inflated size, u32 LE) ‖ body, plain (form 0) or raw DEFLATE
//! (form 1, RFC 1951). Body = CBOR map {1: birth?, 2: changes}; changes are one byte string of pieces, each a
//! LEB128 length and that many bytes. One string, because a batch may hold more changes than the CBOR limits
//! have elements. The first piece is a whole change chunk, each later one is shortened by its dependency.

use crate::batch::birth::Birth;
use crate::batch::chunk::{Chunk, Cursor, write_unsigned};
use crate::batch::ops::BATCH_OPS_MAX;
use crate::batch::prescan::prescan;
use crate::batch::refusal::Refusal;
use crate::cbor;
use crate::ids::ChangeId;
use minicbor::{Decode, Encode};
use std::io::Read;

/// Random bytes at the start of a payload: equal bodies have different hashes.
pub const PAYLOAD_RANDOM_BYTES: usize = 16;
/// Most bytes of a body (protocol.md §4).
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

const PLAIN: u8 = 0;
const DEFLATED: u8 = 1;

/// What a batch of kind 1 holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The document's birth, in each device's first batch in it.
    pub birth: Option<Birth>,
    /// The changes, each depending on the one before; only the first depends on anything outside.
    pub changes: Vec<Chunk>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    #[n(1)]
    birth: Option<Birth>,
    #[cbor(n(2), with = "minicbor::bytes")]
    changes: Vec<u8>,
}

impl Body {
    /// The changes that its first one says to stand on; none where nothing can be read of it.
    pub fn stands_on(&self) -> Vec<ChangeId> {
        self.changes.first().and_then(|first| prescan(first).ok()).map(|scan| scan.deps).unwrap_or_default()
    }

    /// The payload. The same body and random bytes give the same payload with one build of the deflater only:
    /// keep the bytes, never make them again.
    ///
    /// # Errors
    /// `TooBig` beyond the limits, `WrongDependency` where a later change does not depend on exactly the one before.
    pub fn encode(&self, random: &[u8; PAYLOAD_RANDOM_BYTES]) -> Result<Vec<u8>, Refusal> {
        if self.changes.len() > BATCH_OPS_MAX {
            return Err(Refusal::TooBig);
        }
        let mut changes = Vec::new();
        let mut before = None;
        for change in &self.changes {
            match before {
                None => push(&mut changes, change.bytes()),
                Some(before) => push(&mut changes, &change.shorten(&before).ok_or(Refusal::WrongDependency)?),
            }
            before = Some(change.id());
        }
        let body = cbor::encode(&Wire { birth: self.birth.clone(), changes });
        if body.len() > BODY_BYTES_MAX {
            return Err(Refusal::TooBig);
        }
        let size = u32::try_from(body.len()).map_err(|_| Refusal::TooBig)?;
        let deflated = deflate(&body);
        Ok(if deflated.len() + 4 < body.len() {
            [random.as_slice(), &[DEFLATED], &size.to_le_bytes(), &deflated].concat()
        } else {
            [random.as_slice(), &[PLAIN], &body].concat()
        })
    }

    /// Reads a payload of another. Memory is bounded by the size it states, at most 1 MiB, whatever it holds.
    ///
    /// # Errors
    /// `TooBig`, `BadPayload`, `BadChunk`.
    pub fn decode(payload: &[u8]) -> Result<Self, Refusal> {
        let (_, rest) = payload.split_at_checked(PAYLOAD_RANDOM_BYTES).ok_or(Refusal::BadPayload)?;
        let (form, rest) = rest.split_first().ok_or(Refusal::BadPayload)?;
        let inflated;
        let body = match *form {
            PLAIN => rest,
            DEFLATED => {
                inflated = inflate(rest)?;
                &inflated
            }
            _ => return Err(Refusal::BadPayload),
        };
        if body.len() > BODY_BYTES_MAX {
            return Err(Refusal::TooBig);
        }
        let wire: Wire = cbor::decode(body).ok_or(Refusal::BadPayload)?;
        Ok(Body { birth: wire.birth, changes: read_changes(&wire.changes)? })
    }
}

fn push(out: &mut Vec<u8>, piece: &[u8]) {
    out.extend(write_unsigned(piece.len() as u64));
    out.extend(piece);
}

fn read_changes(bytes: &[u8]) -> Result<Vec<Chunk>, Refusal> {
    let mut at = Cursor(bytes);
    let mut changes: Vec<Chunk> = Vec::new();
    while !at.0.is_empty() {
        if changes.len() == BATCH_OPS_MAX {
            return Err(Refusal::TooBig);
        }
        let length = at.unsigned().ok_or(Refusal::BadPayload)?;
        let piece = at.take(length).ok_or(Refusal::BadPayload)?;
        changes.push(match changes.last() {
            None => Chunk::read(piece.to_vec())?,
            Some(before) => Chunk::rebuild(piece, &before.id())?,
        });
    }
    Ok(changes)
}

fn deflate(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::bufread::DeflateEncoder::new(body, flate2::Compression::default())
        .read_to_end(&mut out)
        .expect("reading from and writing to memory does not fail");
    out
}

fn inflate(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
    let (size, deflated) = bytes.split_first_chunk::<4>().ok_or(Refusal::BadPayload)?;
    let size = u32::from_le_bytes(*size) as usize;
    if size > BODY_BYTES_MAX {
        return Err(Refusal::TooBig);
    }
    let mut out = vec![0; size];
    let mut inflater = flate2::bufread::DeflateDecoder::new(deflated);
    inflater.read_exact(&mut out).map_err(|_| Refusal::BadPayload)?;
    // Exactly what was stated, from exactly what was carried.
    let over = inflater.read(&mut [0]).map_err(|_| Refusal::BadPayload)?;
    let whole = over == 0 && inflater.total_in() == deflated.len() as u64;
    if whole { Ok(out) } else { Err(Refusal::BadPayload) }
}
