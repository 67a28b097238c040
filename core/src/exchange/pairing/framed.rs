//! The three messages as files: magic, version, kind, content, and a checksum that finds damage before anything
//! else is asked of it.

use crate::crypto::hash::sha256;
use crate::error::{Code, Field};

/// What a message begins with; version and kind follow in a byte each.
pub(super) const MAGIC: &[u8; 10] = b"belay pair";
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
pub(super) fn unframe(file: &[u8]) -> Result<(MessageKind, &[u8]), Code> {
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
