//! The header of a batch: everything about it but its content. Its hash names the batch (protocol.md §4).

use crate::batch::refusal::Refusal;
use crate::cbor;
use crate::clock::Stamp;
use crate::ids::{BatchId, DeviceId, DocId, SpaceId};
use minicbor::{Decode, Encode};

/// The version of header this build writes.
pub const HEADER_VERSION: u32 = 1;
/// Most bytes of a header (protocol.md §4).
pub const HEADER_BYTES_MAX: usize = 8 * 1024;
/// Most batches a header adopts (protocol.md §4).
pub const ADOPTS_MAX: usize = 64;
/// Most heads a header follows (protocol.md §5, forks).
pub const PREV_MAX: usize = 8;
/// Most bytes of a claimed time zone's name.
pub const ZONE_BYTES_MAX: usize = 64;

/// What a batch holds. A number this build does not know is stored, forwarded and shown as newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BatchKind {
    /// Changes to a document; the first of a device also carries the birth.
    Changes,
    /// The bytes of an offered version.
    Bytes,
    /// A detached signature.
    Signature,
    /// A part of an attachment.
    Attachment,
    /// Asks to forget.
    Forget,
    /// Drops payloads.
    Purge,
    /// Raises a document's schema.
    SchemaRaise,
}

impl BatchKind {
    /// The number on the wire.
    pub fn number(self) -> u32 {
        match self {
            BatchKind::Changes => 1,
            BatchKind::Bytes => 2,
            BatchKind::Signature => 3,
            BatchKind::Attachment => 4,
            BatchKind::Forget => 5,
            BatchKind::Purge => 6,
            BatchKind::SchemaRaise => 7,
        }
    }
    /// The kind with this number, `None` for one of a newer build.
    pub fn from_number(number: u32) -> Option<Self> {
        use BatchKind::*;
        [Changes, Bytes, Signature, Attachment, Forget, Purge, SchemaRaise]
            .into_iter()
            .find(|kind| kind.number() == number)
    }
}

/// When the writer says it was written. It is shown, and decides nothing.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Claimed {
    /// Unix time in milliseconds.
    #[n(0)]
    pub unix_ms: i64,
    /// IANA time zone name, at most 64 bytes.
    #[n(1)]
    pub zone: String,
}

impl Claimed {
    /// The claim as it is shown.
    pub fn stamp(&self) -> Stamp {
        Stamp::at(self.unix_ms, &self.zone)
    }
}

/// A batch's header as read. The bytes are what is signed and hashed, never this.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Header {
    /// Version of the header.
    #[n(1)]
    pub v: u32,
    /// The space it belongs to.
    #[n(2)]
    pub space: SpaceId,
    /// Who signed it.
    #[n(3)]
    pub device: DeviceId,
    /// Place in the device's log, from 1.
    #[n(4)]
    pub seq: u64,
    /// The heads of the log it follows: none for the first, several after a fork.
    #[n(5)]
    pub prev: Vec<BatchId>,
    /// The document it is about.
    #[n(6)]
    pub doc: DocId,
    /// What it holds, as a number of [`BatchKind`].
    #[n(7)]
    pub kind: u32,
    /// Random per unlock and document; with device and document it makes the actor.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub actor_nonce: [u8; 16],
    /// The oldest reader that understands it.
    #[n(9)]
    pub min_reader: u32,
    /// Batches it takes over from others.
    #[n(10)]
    pub adopts: Vec<BatchId>,
    /// The own stranded batch it makes again.
    #[n(11)]
    pub again_of: Option<BatchId>,
    /// When, by its writer's clock.
    #[n(12)]
    pub claimed: Claimed,
    /// Length of the payload in bytes.
    #[n(13)]
    pub payload_len: u32,
    /// SHA-256 of the payload.
    #[cbor(n(14), with = "minicbor::bytes")]
    pub payload_hash: [u8; 32],
}

/// What a writer decides of a header; device, version and payload come from key and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields of Header")]
pub struct HeaderDraft {
    pub space: SpaceId,
    pub seq: u64,
    pub prev: Vec<BatchId>,
    pub doc: DocId,
    pub kind: BatchKind,
    pub actor_nonce: [u8; 16],
    pub min_reader: u32,
    pub adopts: Vec<BatchId>,
    pub again_of: Option<BatchId>,
    pub claimed: Claimed,
}

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    /// `TooBig` beyond the limits of protocol.md §4, `Malformed` for anything that is no header.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > HEADER_BYTES_MAX {
            return Err(Refusal::TooBig);
        }
        let header: Header = cbor::decode(bytes).ok_or(Refusal::Malformed)?;
        if header.adopts.len() > ADOPTS_MAX
            || header.prev.len() > PREV_MAX
            || header.claimed.zone.len() > ZONE_BYTES_MAX
        {
            return Err(Refusal::TooBig);
        }
        let first = header.prev.is_empty();
        let sane = header.v > 0 && header.seq > 0 && first == (header.seq == 1) && distinct(&header.prev);
        if sane { Ok(header) } else { Err(Refusal::Malformed) }
    }

    /// What it holds, `None` for a kind of a newer build.
    pub fn batch_kind(&self) -> Option<BatchKind> {
        BatchKind::from_number(self.kind)
    }
}

fn distinct(ids: &[BatchId]) -> bool {
    ids.iter().collect::<std::collections::BTreeSet<_>>().len() == ids.len()
}
