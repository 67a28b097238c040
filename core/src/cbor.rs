//! Deterministic CBOR (RFC 8949 §4.2.1) for everything that is signed or exchanged.
//!
//! Bytes from outside pass [`check`] before a decoder sees them: shortest lengths, sorted integer keys,
//! no duplicates, no floats, no tags, no indefinite lengths, depth and element count bounded, nothing after
//! the end. Unknown keys are skipped by the decoders and stay in the exact bytes, which are what is signed.

use crate::error::{Code, Error, Result};
use crate::secret::SecretBytes;
use minicbor::{Decode, Encode};

/// Deepest nesting of arrays and maps.
pub const DEPTH_MAX: usize = 8;
/// Most elements (array items, map keys and map values) in one item.
pub const ELEMENTS_MAX: usize = 4_096;

/// The deterministic encoding of a value.
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("writing to memory does not fail")
}

/// Above every state with keys that a device keeps of a pairing.
const SECRETS_BYTES: usize = 16 * 1024;

/// [`encode`] for what holds keys: sized first, so that no copy is left behind by growing.
pub fn encode_secret<T: Encode<()>>(value: &T) -> SecretBytes {
    let mut bytes = Vec::with_capacity(SECRETS_BYTES);
    minicbor::encode(value, &mut bytes).expect("writing to memory does not fail");
    SecretBytes::new(bytes)
}

/// Checks, then decodes. `None` says that the bytes are not what this type looks like.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Option<T> {
    check(bytes)?;
    minicbor::decode(bytes).ok()
}

/// [`decode`] for bytes that we wrote ourselves: anything else is damage.
///
/// # Errors
/// `Corrupt`.
pub fn decode_own<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<T> {
    minicbor::decode(bytes).map_err(|_| Error::from(Code::Corrupt))
}

/// Whether `bytes` is exactly one item within the limits of this module.
pub fn check(bytes: &[u8]) -> Option<()> {
    let mut reader = Reader { bytes, elements: 0 };
    reader.item(0)?;
    reader.bytes.is_empty().then_some(())
}

struct Reader<'a> {
    bytes: &'a [u8],
    elements: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.bytes.split_at_checked(count)?;
        self.bytes = tail;
        Some(head)
    }

    /// The major type and its argument, which must have the shortest form.
    fn head(&mut self) -> Option<(u8, u64)> {
        let first = *self.take(1)?.first()?;
        let (major, info) = (first >> 5, first & 0x1f);
        let width = match info {
            0..=23 => return Some((major, u64::from(info))),
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => return None,
        };
        let value = self.take(width)?.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte));
        let least = match width {
            1 => 24,
            2 => 1 << 8,
            4 => 1 << 16,
            _ => 1 << 32,
        };
        (value >= least || major == 7).then_some((major, value))
    }

    fn count(&mut self, elements: u64) -> Option<usize> {
        let elements = usize::try_from(elements).ok()?;
        self.elements = self.elements.checked_add(elements)?;
        (self.elements <= ELEMENTS_MAX).then_some(elements)
    }

    fn item(&mut self, depth: usize) -> Option<()> {
        let start = self.bytes;
        let (major, value) = self.head()?;
        match major {
            0 | 1 => Some(()),
            2 => self.take(usize::try_from(value).ok()?).map(|_| ()),
            3 => std::str::from_utf8(self.take(usize::try_from(value).ok()?)?).ok().map(|_| ()),
            4 if depth < DEPTH_MAX => {
                for _ in 0..self.count(value)? {
                    self.item(depth + 1)?;
                }
                Some(())
            }
            5 if depth < DEPTH_MAX => self.map(value, depth),
            // false, true and null; no other simple value, and no float
            7 => (start.len() - self.bytes.len() == 1 && (20..=22).contains(&value)).then_some(()),
            _ => None,
        }
    }

    fn map(&mut self, pairs: u64, depth: usize) -> Option<()> {
        let mut last: Option<&[u8]> = None;
        self.count(pairs.checked_mul(2)?)?;
        for _ in 0..pairs {
            let before = self.bytes;
            let (major, _) = self.head()?;
            let key = before.get(..before.len() - self.bytes.len())?;
            // Integer keys; bytewise order of their shortest forms, which also excludes duplicates.
            if major > 1 || last.is_some_and(|last| last >= key) {
                return None;
            }
            last = Some(key);
            self.item(depth + 1)?;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(bytes: &[u8]) {
        assert!(check(bytes).is_some(), "{bytes:02x?}");
    }
    fn bad(bytes: &[u8]) {
        assert!(check(bytes).is_none(), "{bytes:02x?}");
    }

    #[test]
    fn what_is_deterministic_passes() {
        for bytes in
            [&[0x00][..], &[0x18, 24], &[0x20], &[0x41, 9], &[0x61, b'a'], &[0x80], &[0xa1, 1, 2], &[0xf4], &[0xf6]]
        {
            good(bytes);
        }
        good(&[0xa2, 1, 0, 0x18, 24, 0]);
    }

    #[test]
    fn everything_else_is_refused() {
        bad(&[]);
        bad(&[0x00, 0x00]); // something after the end
        bad(&[0x18, 23]); // not the shortest form
        bad(&[0x19, 0, 255]);
        bad(&[0x5f, 0x41, 1, 0xff]); // indefinite length
        bad(&[0xfb, 0, 0, 0, 0, 0, 0, 0, 0]); // float
        bad(&[0xc0, 0x00]); // tag
        bad(&[0xf7]); // undefined
        bad(&[0xf8, 20]); // a simple value in two bytes
        bad(&[0x61, 0xff]); // not UTF-8
        bad(&[0xa2, 1, 0, 1, 0]); // duplicate key
        bad(&[0xa2, 2, 0, 1, 0]); // unsorted keys
        bad(&[0xa1, 0x61, b'a', 0]); // text key
        bad(&[0x42, 1]); // cut short
        bad(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        bad(&[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    }

    #[test]
    fn depth_and_count_are_bounded() {
        good(&[vec![0x81; DEPTH_MAX], vec![0x00]].concat());
        bad(&[vec![0x81; DEPTH_MAX + 1], vec![0x00]].concat());
        good(&[vec![0x99, 0x10, 0x00], vec![0; ELEMENTS_MAX]].concat());
        bad(&[vec![0x99, 0x10, 0x01], vec![0; ELEMENTS_MAX + 1]].concat());
    }
}
