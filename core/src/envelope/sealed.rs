//! Sealing and opening: HPKE base mode, padded so that sizes tell little.

use super::EnvelopeContent;
use crate::cbor;
use crate::crypto::seal::{self, OpeningKey, SEAL_BYTES};
use crate::error::{Code, Error, Field, Result};
use crate::secret::{Entropy, SecretBytes};
use crate::space::SignedStatement;

/// HPKE info of an envelope (protocol.md §7).
const ENVELOPE_INFO: &[u8] = b"belay/envelope/1";
/// The smallest envelope.
pub const ENVELOPE_MIN_BYTES: usize = 1024;
/// The largest envelope.
pub const ENVELOPE_MAX_BYTES: usize = 256 * 1024;
/// The length before the content.
const LENGTH_BYTES: usize = 4;
/// Most bytes of encoded content.
pub(super) const CONTENT_MAX_BYTES: usize = ENVELOPE_MAX_BYTES - SEAL_BYTES - LENGTH_BYTES;

/// Whether an envelope can have this size: 1, 2, 4 … 256 KiB.
pub fn is_bucket(bytes: usize) -> bool {
    bytes.is_power_of_two() && (ENVELOPE_MIN_BYTES..=ENVELOPE_MAX_BYTES).contains(&bytes)
}

/// Length ‖ content ‖ zeros, of the least size that makes the envelope a bucket.
pub(super) fn pad(content: &[u8]) -> Result<SecretBytes> {
    let whole = (content.len() + SEAL_BYTES + LENGTH_BYTES).next_power_of_two().max(ENVELOPE_MIN_BYTES);
    if whole > ENVELOPE_MAX_BYTES {
        return Err(Code::TooBig.of(Field::Bundle).max(CONTENT_MAX_BYTES).actual(content.len()).into());
    }
    let length = u32::try_from(content.len()).expect("below 256 KiB");
    let mut plain = Vec::with_capacity(whole - SEAL_BYTES);
    plain.extend_from_slice(&length.to_le_bytes());
    plain.extend_from_slice(content);
    plain.resize(whole - SEAL_BYTES, 0);
    Ok(SecretBytes::new(plain))
}

fn unpad(plain: &[u8]) -> Option<&[u8]> {
    let (length, rest) = plain.split_first_chunk::<LENGTH_BYTES>()?;
    let (content, zeros) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    zeros.iter().all(|byte| *byte == 0).then_some(content)
}

/// Seals for the device whose card shows `sealing_pk`. The result's size is a bucket.
///
/// # Errors
/// `TooBig{max, actual}` for content above one envelope or 4,096 elements ([`super::split`] cuts it),
/// `Corrupt` when `sealing_pk` is no usable key.
pub fn seal(content: &EnvelopeContent, sealing_pk: &[u8; 32], entropy: &mut dyn Entropy) -> Result<Vec<u8>> {
    let encoded = SecretBytes::new(cbor::encode(content));
    let plain = pad(encoded.expose())?;
    if cbor::check(encoded.expose()).is_none() {
        return Err(Code::TooBig.of(Field::Bundle).max(cbor::ELEMENTS_MAX).into());
    }
    seal::seal(sealing_pk, ENVELOPE_INFO, b"", None, plain.expose(), entropy).ok_or_else(|| Code::Corrupt.into())
}

/// Opens with the first of these keys that fits. The content is read, nothing in it is believed yet.
///
/// # Errors
/// `NotForThisDevice` when no key opens it (sealed for another, or to an old key, or damaged),
/// `Corrupt` for a size that is no bucket and for content outside its format.
pub fn open(bytes: &[u8], keys: &[OpeningKey]) -> Result<EnvelopeContent> {
    let corrupt = || Error::from(Code::Corrupt.of(Field::Bundle));
    if !is_bucket(bytes.len()) {
        return Err(corrupt());
    }
    let opened = keys.iter().find_map(|key| seal::open(key, ENVELOPE_INFO, b"", None, bytes));
    let plain = opened.ok_or_else(|| Error::from(Code::NotForThisDevice.of(Field::Bundle)))?;
    let content: EnvelopeContent = unpad(plain.expose()).and_then(cbor::decode).ok_or_else(corrupt)?;
    if content.statements.iter().all(SignedStatement::is_framed) { Ok(content) } else { Err(corrupt()) }
}
