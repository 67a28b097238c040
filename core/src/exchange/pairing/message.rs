//! The three messages as files: magic, version, kind, content, and a checksum that finds damage before anything
//! else is asked of it.

use super::text_block;
use crate::crypto::hash::sha256;
use crate::error::{Code, Error, Field, Result};
use crate::ids::ExchangeId;

/// What a message begins with; version and kind follow in a byte each.
const MAGIC: &[u8; 10] = b"belay pair";
/// The version this code writes and reads.
const VERSION: u8 = 1;
/// First bytes of SHA-256 of all before them.
const CHECKSUM_BYTES: usize = 4;
/// Most bytes of a message as a file.
pub const MESSAGE_MAX_BYTES: usize = 64 * 1024;

/// Which of the three messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MessageKind {
    /// From A to B.
    Invitation,
    /// From B to A.
    Reply,
    /// From A to B.
    Completion,
}

impl MessageKind {
    pub(super) const ALL: [Self; 3] = [Self::Invitation, Self::Reply, Self::Completion];

    fn number(self) -> u8 {
        match self {
            MessageKind::Invitation => 1,
            MessageKind::Reply => 2,
            MessageKind::Completion => 3,
        }
    }
    /// What a failure about it names.
    pub fn field(self) -> Field {
        match self {
            MessageKind::Invitation => Field::Invitation,
            MessageKind::Reply => Field::Reply,
            MessageKind::Completion => Field::Completion,
        }
    }
}

/// The name of an exchange: the first half of its psk_id, so that a reply finds its invitation.
pub(super) fn exchange_id(psk_id: &[u8; 32]) -> ExchangeId {
    ExchangeId::from_slice(psk_id.split_at(ExchangeId::LEN).0).expect("half of 32 bytes are 16")
}

/// A message as a file.
pub(super) fn frame(kind: MessageKind, content: &[&[u8]]) -> Vec<u8> {
    let mut file = [MAGIC.as_slice(), &[VERSION, kind.number()], &content.concat()].concat();
    file.extend_from_slice(&checksum(&file));
    file
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    *sha256(&[bytes]).first_chunk().expect("a hash has 32 bytes")
}

/// Kind and content of a message file.
///
/// # Errors
/// `Corrupt`, `NewerSchema`, `UnsupportedType` for a kind of message that this version does not know.
fn unframe(file: &[u8]) -> Result<(MessageKind, &[u8]), Code> {
    let rest = file.strip_prefix(MAGIC).ok_or(Code::Corrupt)?;
    let (head, rest) = rest.split_first_chunk::<2>().ok_or(Code::Corrupt)?;
    let [version, number] = *head;
    match version {
        VERSION => {}
        0 => return Err(Code::Corrupt),
        _ => return Err(Code::NewerSchema),
    }
    let (content, told) = rest.split_last_chunk::<CHECKSUM_BYTES>().ok_or(Code::Corrupt)?;
    let summed = file.split_at_checked(file.len() - CHECKSUM_BYTES).ok_or(Code::Corrupt)?.0;
    if checksum(summed) != *told {
        return Err(Code::Corrupt);
    }
    let kind = MessageKind::ALL.into_iter().find(|kind| kind.number() == number).ok_or(Code::UnsupportedType)?;
    Ok((kind, content))
}

/// A message as a file, from a file or a text block.
pub(super) fn to_file(given: &[u8], field: Field) -> Result<Vec<u8>> {
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
