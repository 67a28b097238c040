//! A message as text, for pasting: a title line, base64 at 64 columns, an 8-hex checksum (design.md, defaults).

use super::framed::{MESSAGE_MAX_BYTES, MessageKind};
use crate::crypto::hash::sha256;
use crate::error::{Code, Field, Result};
use data_encoding::{BASE64, HEXLOWER};

/// Columns of a base64 line.
const COLUMNS: usize = 64;
/// Digits of the checksum: the first 4 bytes of the file's SHA-256.
const CHECKSUM_DIGITS: usize = 8;
/// Most bytes of a text that is searched for a block; what stands around it may be as long as itself.
const TEXT_MAX_BYTES: usize = 4 * MESSAGE_MAX_BYTES;

fn title(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Invitation => "Belay invitation",
        MessageKind::Reply => "Belay reply",
        MessageKind::Completion => "Belay completion",
    }
}

fn checksum(file: &[u8]) -> String {
    let mut digits = HEXLOWER.encode(&sha256(&[file]));
    digits.truncate(CHECKSUM_DIGITS);
    digits
}

/// A message file of this kind as a text block.
pub(super) fn written(kind: MessageKind, file: &[u8]) -> String {
    let mut text = format!("{}\n", title(kind));
    let base64 = BASE64.encode(file);
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at_checked(COLUMNS).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = next;
    }
    text + &checksum(file) + "\n"
}

/// The message file inside a text; other words may stand around the block.
///
/// # Errors
/// `Corrupt` where there is no whole block, `TooBig`.
pub fn unarmor(text: &str) -> Result<Vec<u8>> {
    decode(text.as_bytes()).map_err(|code| code.of(Field::Invitation).into())
}

pub(super) fn decode(given: &[u8]) -> Result<Vec<u8>, Code> {
    if given.len() > TEXT_MAX_BYTES {
        return Err(Code::TooBig);
    }
    let text = std::str::from_utf8(given).map_err(|_| Code::Corrupt)?;
    let mut lines = text.lines().map(str::trim);
    let is_title = |line: &str| MessageKind::ALL.iter().any(|kind| line.eq_ignore_ascii_case(title(*kind)));
    lines.find(|line| is_title(line)).ok_or(Code::Corrupt)?;
    let mut base64 = String::new();
    for line in lines {
        // Eight hex digits may also be the last line of the data: the checksum itself decides.
        if line.len() == CHECKSUM_DIGITS
            && let Ok(file) = BASE64.decode(base64.as_bytes())
            && checksum(&file).eq_ignore_ascii_case(line)
        {
            return if file.len() <= MESSAGE_MAX_BYTES { Ok(file) } else { Err(Code::TooBig) };
        }
        base64.push_str(line);
    }
    Err(Code::Corrupt)
}
