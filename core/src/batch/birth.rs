//! The birth of a document: what it is and who may write it. Its hash is the document's id (protocol.md §4).

use crate::cbor;
use crate::crypto::hash::sha256;
use crate::ids::{DocId, MemberId, SpaceId};
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error as EncodeError, Write};

/// Most bytes of a birth's key.
pub const BIRTH_KEY_BYTES_MAX: usize = 64;

/// What a document is, for ever: whoever knows the birth can check the id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Birth {
    /// The space it lives in.
    pub space: SpaceId,
    /// Its kind; the numbers belong to `document`.
    pub kind: u32,
    /// The one member who may write it, or all.
    pub writer: Option<MemberId>,
    /// The document it belongs to.
    pub about: Option<DocId>,
    /// What part of that document it holds: at most 64 bytes.
    pub key: Option<String>,
    /// Zero where only one can exist, else random, or the hash of the forgotten document it succeeds.
    pub nonce: [u8; 32],
}

impl Birth {
    /// The id of the document born so.
    pub fn doc(&self) -> DocId {
        DocId(sha256(&[&cbor::encode(self)]))
    }
}

impl<C> minicbor::Encode<C> for Birth {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), EncodeError<W::Error>> {
        e.array(6)?.bytes(&self.space.0)?.u32(self.kind)?;
        match &self.writer {
            Some(member) => e.bytes(&member.0)?,
            None => e.u8(0)?,
        };
        match &self.about {
            Some(doc) => e.bytes(&doc.0)?,
            None => e.null()?,
        };
        match &self.key {
            Some(key) => e.str(key)?,
            None => e.null()?,
        };
        e.bytes(&self.nonce)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Birth {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, DecodeError> {
        let at = d.position();
        let refused = |what| DecodeError::message(what).at(at);
        if d.array()? != Some(6) {
            return Err(refused("a birth has six parts"));
        }
        let space = d.decode_with(ctx)?;
        let kind = d.u32()?;
        let writer = match d.datatype()? {
            minicbor::data::Type::Bytes => Some(d.decode_with(ctx)?),
            _ if d.u8()? == 0 => None,
            _ => return Err(refused("a writer is a member or 0")),
        };
        let about = d.decode_with(ctx)?;
        let key: Option<String> = d.decode_with(ctx)?;
        if key.as_ref().is_some_and(|key| key.len() > BIRTH_KEY_BYTES_MAX) {
            return Err(refused("the key is too long"));
        }
        let nonce = d.bytes()?.try_into().map_err(|_| refused("a nonce has 32 bytes"))?;
        Ok(Birth { space, kind, writer, about, key, nonce })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn birth() -> Birth {
        Birth {
            space: SpaceId([1; 32]),
            kind: 7,
            writer: Some(MemberId([2; 32])),
            about: Some(DocId([3; 32])),
            key: Some("steps".into()),
            nonce: [4; 32],
        }
    }

    #[test]
    fn every_part_changes_the_id_and_round_trips() {
        let all = [
            birth(),
            Birth { space: SpaceId([9; 32]), ..birth() },
            Birth { kind: 8, ..birth() },
            Birth { writer: None, ..birth() },
            Birth { about: None, ..birth() },
            Birth { key: None, ..birth() },
            Birth { nonce: [0; 32], ..birth() },
        ];
        for (i, one) in all.iter().enumerate() {
            assert_eq!(cbor::decode::<Birth>(&cbor::encode(one)).as_ref(), Some(one));
            assert!(all.iter().skip(i + 1).all(|other| other.doc() != one.doc()));
        }
    }

    #[test]
    fn odd_births_are_refused() {
        let long = Birth { key: Some("k".repeat(65)), ..birth() };
        assert_eq!(cbor::decode::<Birth>(&cbor::encode(&long)), None);
        let mut bytes = cbor::encode(&Birth { writer: None, ..birth() });
        let writer = bytes.iter().position(|byte| *byte == 0).expect("the writer of all is 0");
        bytes[writer] = 1;
        assert_eq!(cbor::decode::<Birth>(&bytes), None);
    }

    #[test]
    fn a_birth_id_is_pinned() {
        // recipe: SHA-256 of the array [01×32, 7, 02×32, 03×32, "steps", 04×32]
        assert_eq!(
            data_encoding::HEXLOWER.encode(&birth().doc().0),
            "b1fe97cdadfb8ca9d64e68fe2e51e26858f2cb872f5452423ee93efedf3586d0"
        );
    }
}
