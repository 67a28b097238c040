use super::copied::{Copied, Extent};
use super::{COPY_SCALARS_MAX, COPY_TITLE_SCALARS_MAX};
use crate::batch::ZONE_BYTES_MAX;
use crate::cbor;
use crate::crypto::hash::sha256;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use std::collections::BTreeMap;

/// What a copy is taken from: a note. Other things that are given come with a number of their own.
const FROM_NOTE: u32 = 1;

type Hash = ByteArray<32>;

/// What was given, by hashes: the words lie beside it. The salt is dropped with the words, so that the document's id,
/// which stays, confirms no guess at them.
#[derive(PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(super) struct Seal {
    #[n(1)]
    from: u32,
    /// 1: all of it, 2: a part.
    #[n(2)]
    extent: u32,
    #[n(3)]
    at_ms: i64,
    #[n(4)]
    zone: String,
    #[n(5)]
    salt: Hash,
    #[n(6)]
    title: Option<Hash>,
    #[n(7)]
    pieces: Vec<Hash>,
}

/// The hash that stands for a piece of the words.
fn piece_hash(text: &str) -> [u8; 32] {
    sha256(&[b"belay/copy/piece/1", text.as_bytes()])
}

/// The hash that a copy's birth bears as its nonce.
pub(super) fn nonce_of(seal: &[u8]) -> [u8; 32] {
    sha256(&[b"belay/copy/1", seal])
}

impl Seal {
    pub fn of(copied: &Copied, pieces: &[String], salt: [u8; 32]) -> Self {
        Seal {
            from: FROM_NOTE,
            extent: match copied.extent {
                Extent::Whole => 1,
                Extent::Part => 2,
            },
            at_ms: copied.at_ms,
            zone: copied.zone.clone(),
            salt: salt.into(),
            title: (!copied.title.is_empty()).then(|| piece_hash(&copied.title).into()),
            pieces: pieces.iter().map(|piece| piece_hash(piece).into()).collect(),
        }
    }

    /// The seal that these bytes spell; nothing for bytes of a newer app.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        cbor::decode(bytes).filter(|seal: &Seal| seal.from == FROM_NOTE)
    }

    /// What was given, put together from whatever was said in the document. Nothing where a piece is missing, or where
    /// more is named than can be given: a seal is a few bytes, and may name one piece a thousand times.
    pub fn open(&self, said: &[String]) -> Option<Copied> {
        let said: BTreeMap<[u8; 32], &String> = said.iter().map(|text| (piece_hash(text), text)).collect();
        let find = |hash: &Hash| said.get(&**hash).copied();
        let title = match &self.title {
            Some(hash) => find(hash)?.clone(),
            None => String::new(),
        };
        let mut text = String::new();
        for hash in &self.pieces {
            text.push_str(find(hash)?);
            if text.len() > 4 * COPY_SCALARS_MAX {
                return None;
            }
        }
        let fits = self.zone.len() <= ZONE_BYTES_MAX
            && title.chars().count() <= COPY_TITLE_SCALARS_MAX
            && text.chars().count() <= COPY_SCALARS_MAX;
        let extent = match self.extent {
            1 => Extent::Whole,
            2 => Extent::Part,
            _ => return None,
        };
        fits.then(|| Copied { title, text, extent, at_ms: self.at_ms, zone: self.zone.clone() })
    }
}

crate::text::redacted!(Seal);
