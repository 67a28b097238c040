//! One change as bytes, and the form it has inside a payload.
//!
//! A change chunk is magic (4) ‖ checksum (4) ‖ type ‖ LEB128 length ‖ data; its hash is SHA-256 from the type
//! on, and the checksum is the hash's first four bytes. Data begins with its dependencies. Within a batch every
//! change but the first depends on the one before only, so a later change is stored as checksum ‖ data without
//! dependencies, and is rebuilt (protocol.md §4).

use crate::batch::refusal::Refusal;
use crate::crypto::hash::sha256;
use crate::ids::ChangeId;
use std::fmt;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// The type of a plain change: nothing deflated, no document, no bundle.
const CHANGE: u8 = 1;

/// The raw bytes of one change with its hash, which is that of the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Chunk {
    bytes: Vec<u8>,
    id: ChangeId,
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chunk({:?}, {} bytes)", self.id, self.bytes.len())
    }
}

impl Chunk {
    /// Takes a raw change chunk, whose checksum and length must be right.
    ///
    /// # Errors
    /// `BadChunk`.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let (magic, rest) = bytes.split_at_checked(4).ok_or(Refusal::BadChunk)?;
        let (checksum, hashed) = rest.split_at_checked(4).ok_or(Refusal::BadChunk)?;
        let mut at = Cursor(hashed);
        let sound = magic == MAGIC && at.take(1) == Some(&[CHANGE]) && at.unsigned() == Some(at.0.len() as u64);
        let id = ChangeId(sha256(&[hashed]));
        if sound && id.0.starts_with(checksum) { Ok(Chunk { bytes, id }) } else { Err(Refusal::BadChunk) }
    }

    /// The chunk as the merge engine takes it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
    /// [`Chunk::bytes`], without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
    /// Its hash.
    pub fn id(&self) -> ChangeId {
        self.id
    }

    /// What is hashed after type and length.
    pub(super) fn data(&self) -> &[u8] {
        let mut at = Cursor(self.bytes.get(9..).unwrap_or_default());
        at.unsigned();
        at.0
    }

    /// The form inside a payload of a change that follows `before`; `None` where it depends on anything else.
    pub(super) fn shorten(&self, before: &ChangeId) -> Option<Vec<u8>> {
        let rest = self.data().strip_prefix(&[1])?.strip_prefix(&before.0)?;
        Some([self.id.0.get(..4)?, rest].concat())
    }

    /// The chunk behind what [`Chunk::shorten`] made.
    pub(super) fn rebuild(short: &[u8], before: &ChangeId) -> Result<Self, Refusal> {
        let (checksum, rest) = short.split_at_checked(4).ok_or(Refusal::BadChunk)?;
        let length = write_unsigned((1 + ChangeId::LEN + rest.len()) as u64);
        Chunk::read([&MAGIC, checksum, &[CHANGE], &length, &[1], &before.0, rest].concat())
    }
}

/// A reader of bytes and of LEB128 numbers in their shortest form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a>(pub &'a [u8]);

impl<'a> Cursor<'a> {
    pub fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = tail;
        Some(head)
    }

    /// Bytes of one number, at most ten, and its bits in the order of their weight.
    fn number(&mut self) -> Option<(u64, u32, u8, u8)> {
        let (mut value, mut shift, mut before) = (0u64, 0u32, 0u8);
        loop {
            let byte = *self.take(1)?.first()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && !matches!(byte, 0 | 1 | 0x7f) || shift > 63 {
                return None;
            }
            value |= bits << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                return Some((value, shift, before, byte));
            }
            before = byte;
        }
    }

    pub fn unsigned(&mut self) -> Option<u64> {
        let (value, shift, _, last) = self.number()?;
        let shortest = shift == 7 || last != 0;
        let fits = shift <= 63 || last == 1;
        (shortest && fits).then_some(value)
    }

    pub fn signed(&mut self) -> Option<i64> {
        let (value, shift, before, last) = self.number()?;
        let padded = last == 0 && before & 0x40 == 0 || last == 0x7f && before & 0x40 != 0;
        let fits = shift <= 63 || matches!(last, 0 | 0x7f);
        if shift > 7 && padded || !fits {
            return None;
        }
        let sign = if last & 0x40 != 0 && shift < 64 { u64::MAX << shift } else { 0 };
        Some((value | sign).cast_signed())
    }
}

/// A number as LEB128.
pub(super) fn write_unsigned(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let [low, ..] = (value & 0x7f).to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(low);
            return out;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn numbers_go_both_ways(value: u64, shift in 0u32..64) {
            let bytes = write_unsigned(value >> shift);
            let mut at = Cursor(&bytes);
            prop_assert_eq!(at.unsigned(), Some(value >> shift));
            prop_assert!(at.0.is_empty());
        }
    }

    #[test]
    fn a_chunk_is_read_as_it_is_or_not_at_all() {
        // magic, checksum of [1, 2, 7, 7], type, length, data
        let hashed = [1, 2, 7, 7];
        let good = [&MAGIC, sha256(&[&hashed]).get(..4).unwrap(), &hashed].concat();
        assert_eq!(Chunk::read(good.clone()).unwrap().data(), [7, 7]);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert_eq!(Chunk::read(bad), Err(Refusal::BadChunk), "byte {at}");
            assert_eq!(Chunk::read(good[..at].to_vec()), Err(Refusal::BadChunk));
        }
    }

    #[test]
    fn only_the_shortest_form_is_read() {
        let unsigned = |bytes: &[u8]| Cursor(bytes).unsigned();
        let signed = |bytes: &[u8]| Cursor(bytes).signed();
        assert_eq!(unsigned(&[0x80, 0x01]), Some(128));
        assert_eq!(unsigned(&[0x80, 0x00]), None);
        assert_eq!(unsigned(&[0xff; 10]), None);
        assert_eq!(unsigned(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]), Some(u64::MAX));
        assert_eq!(unsigned(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), None);
        assert_eq!(unsigned(&[]), None);
        assert_eq!(signed(&[0x7f]), Some(-1));
        assert_eq!(signed(&[0xff, 0x7f]), None);
        assert_eq!(signed(&[0x80, 0x7f]), Some(-128));
        assert_eq!(signed(&[0xc0, 0x00]), Some(64));
        assert_eq!(signed(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]), Some(i64::MIN));
        assert_eq!(signed(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]), None);
    }
}
