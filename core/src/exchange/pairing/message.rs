//! What each step reads of a message, given as a file or as a text block.

use super::framed::{MAGIC, MESSAGE_MAX_BYTES, MessageKind, unframe};
use super::text_block;
use crate::crypto::hash::sha256;
use crate::error::{Code, Error, Field, Result};
use crate::ids::ExchangeId;

/// The name of an exchange: the first half of its psk_id, so that a reply finds its invitation.
pub(super) fn exchange_id(psk_id: &[u8; 32]) -> ExchangeId {
    ExchangeId::from_slice(psk_id.split_at(ExchangeId::LEN).0).expect("half of 32 bytes are 16")
}

/// A message as a file, from a file or a text block.
fn to_file(given: &[u8], field: Field) -> Result<Vec<u8>> {
    if given.starts_with(MAGIC) {
        if given.len() > MESSAGE_MAX_BYTES {
            return Err(Code::TooBig.of(field).max(MESSAGE_MAX_BYTES).actual(given.len()).into());
        }
        return Ok(given.to_vec());
    }
    text_block::decode(given).map_err(|code| code.of(field).into())
}

/// The content of a message of this kind, given as a file or text block.
///
/// # Errors
/// `Corrupt`, `TooBig`, `NewerSchema`, `UnsupportedType` for another kind of message.
pub(super) fn content(given: &[u8], kind: MessageKind) -> Result<Vec<u8>> {
    let refused = |code: Code| Error::from(code.of(kind.field()));
    let file = to_file(given, kind.field())?;
    let (is, content) = unframe(&file).map_err(refused)?;
    if is == kind { Ok(content.to_vec()) } else { Err(refused(Code::UnsupportedType)) }
}

/// A sealed message for the exchange it names.
pub(super) fn split_sealed(content: &[u8], kind: MessageKind) -> Result<(ExchangeId, &[u8])> {
    let split = content.split_at_checked(ExchangeId::LEN);
    let named = split.and_then(|(id, sealed)| Some((ExchangeId::from_slice(id)?, sealed)));
    named.ok_or_else(|| Code::Corrupt.of(kind.field()).into())
}

/// Which message this is, given as a file or text block.
///
/// # Errors
/// `Corrupt` for anything else, `TooBig`, `NewerSchema`, `UnsupportedType`.
pub fn kind_of(given: &[u8]) -> Result<MessageKind> {
    let file = to_file(given, Field::Invitation)?;
    Ok(unframe(&file).map_err(|code| code.of(Field::Invitation))?.0)
}

/// SHA-256 of a message as a file: a text block and its file have the same.
///
/// # Errors
/// Those of [`kind_of`].
pub fn message_hash(given: &[u8]) -> Result<[u8; 32]> {
    kind_of(given)?;
    Ok(sha256(&[&to_file(given, Field::Invitation)?]))
}

/// A message file as a text block.
///
/// # Errors
/// Those of [`kind_of`].
pub fn armor(file: &[u8]) -> Result<String> {
    let kind = kind_of(file)?;
    Ok(text_block::written(kind, &to_file(file, kind.field())?))
}
