//! Names of things: 32-byte hashes for what is signed, 16 random bytes for elements inside a document.
//!
//! Their text form is Crockford base32 in lower case (design.md, "ids, time"); people see the
//! shortest prefix of at least four characters that is unique where it is shown.

use data_encoding::{Encoding, Specification};
use std::fmt;
use std::sync::LazyLock;

/// Crockford's alphabet in lower case; reading takes capitals and the letters people confuse.
static BASE32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("0123456789abcdefghjkmnpqrstvwxyz");
    spec.translate.from.push_str("ABCDEFGHJKMNPQRSTVWXYZoOiIlL");
    spec.translate.to.push_str("abcdefghjkmnpqrstvwxyz001111");
    spec.encoding().expect("the alphabet above is a valid specification")
});

/// Bytes as Crockford base32 in lower case.
pub fn to_base32(bytes: &[u8]) -> String {
    BASE32.encode(bytes)
}

/// The bytes behind a Crockford base32 text, `None` where it is none.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    BASE32.decode(text.as_bytes()).ok()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;
            /// The id in these bytes, `None` where the length differs.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
            /// The id behind its text form.
            pub fn parse(text: &str) -> Option<Self> {
                Self::from_slice(&from_base32(text)?)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&to_base32(&self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({:.6})"), to_base32(&self.0))
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }
        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let at = d.position();
                Self::from_slice(d.bytes()?)
                    .ok_or_else(|| minicbor::decode::Error::message(concat!("length of ", stringify!($name))).at(at))
            }
        }
        impl rusqlite::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.0.as_slice().into())
            }
        }
        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                Self::from_slice(value.as_blob()?).ok_or(rusqlite::types::FromSqlError::InvalidType)
            }
        }
    };
}

id!(/** A vault: random, in its header and in its store. */ VaultId, 16);
id!(/** A fixed set of members: SHA-256 of its Genesis body. */ SpaceId, 32);
id!(/** A person in one space: SHA-256 of the member's root key. */ MemberId, 32);
id!(/** A device: SHA-256 of its signing key. */ DeviceId, 32);
id!(/** A statement about membership: SHA-256 of its body. */ StatementId, 32);
id!(/** Signed changes to one document: SHA-256 of the batch's header. */ BatchId, 32);
id!(/** A document: SHA-256 of its birth. */ DocId, 32);
id!(/** One Automerge change: its hash. */ ChangeId, 32);
id!(/** An Automerge actor, bound to a device, a document and an unlock. */ ActorKey, 16);
id!(/** An element inside a document: an entry, a step, an idea, a comment. */ ElementId, 16);
id!(/** A text session of this unlocked vault; never used again for another. */ TextSession, 16);
id!(/** A way to open a vault. */ SlotId, 16);
id!(/** An exchange that is under way. */ ExchangeId, 16);
id!(/** A SHA-256 that a host hands back: that of a preview. */ Hash32, 32);

id!(/** Anything that can be touched: a document, a space, a device or a batch, under its own id. */ ObjectId, 32);

macro_rules! object {
    ($($name:ident),+) => {
        $(impl From<$name> for ObjectId {
            fn from(id: $name) -> Self {
                ObjectId(id.0)
            }
        })+
    };
}
object!(DocId, SpaceId, DeviceId, BatchId);

/// The revision a screen showed: the sorted heads of one document, opaque to the host.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Rev(String);

impl Rev {
    /// The token for these heads.
    pub fn of(heads: &[ChangeId]) -> Self {
        let mut sorted = heads.to_vec();
        sorted.sort();
        sorted.dedup();
        Rev(to_base32(&sorted.iter().flat_map(|head| head.0).collect::<Vec<_>>()))
    }
    /// The heads inside; `None` for a text that is no token.
    pub fn heads(&self) -> Option<Vec<ChangeId>> {
        let bytes = from_base32(&self.0)?;
        let (heads, rest) = bytes.as_chunks::<32>();
        rest.is_empty().then(|| heads.iter().map(|head| ChangeId(*head)).collect())
    }
    /// A token as a host gives it back; it is looked at when it is used.
    pub fn from_token(token: &str) -> Self {
        Rev(token.to_owned())
    }
    /// The token's text.
    pub fn token(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Rev {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rev({:.6})", self.0)
    }
}

/// A 32-byte hash as people compare it: 16 hex digits, 4-4-4-4 (design.md, state hash).
pub fn short_hash(hash: &[u8; 32]) -> String {
    let hex = data_encoding::HEXLOWER.encode(hash);
    [&hex[0..4], &hex[4..8], &hex[8..12], &hex[12..16]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_forgives_look_alikes() {
        let id = ElementId([0xfe; 16]);
        assert_eq!(ElementId::parse(&id.to_string()), Some(id));
        assert_eq!(ElementId::parse(&id.to_string().to_uppercase()), Some(id));
        assert_eq!(ElementId::parse("oOiIlL00000000000000000000"), ElementId::parse("00111100000000000000000000"));
        assert_eq!(ElementId::parse("not an id"), None);
    }

    #[test]
    fn rev_is_the_sorted_heads() {
        let (a, b) = (ChangeId([1; 32]), ChangeId([2; 32]));
        assert_eq!(Rev::of(&[b, a]), Rev::of(&[a, b]));
        assert_eq!(Rev::of(&[b, a]).heads(), Some(vec![a, b]));
        assert_eq!(Rev::from_token("0").heads(), None);
    }
}
