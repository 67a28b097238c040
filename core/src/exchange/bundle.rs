//! Bundle files: magic, version, then envelopes, each after its length.

use crate::envelope::{ENVELOPE_MAX_BYTES, is_bucket};
use crate::error::{Code, Error, Field, Result};
use std::io::{ErrorKind, Read, Write};

/// What a bundle file begins with; the version follows in one byte.
const MAGIC: &[u8; 12] = b"belay bundle";
/// The version this code writes and reads.
const VERSION: u8 = 1;

fn refused(code: Code) -> Error {
    code.of(Field::Bundle).into()
}

/// Whether these first bytes of a file say that it is a bundle, of whatever version.
pub fn is_bundle(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// Writes sealed envelopes as a bundle file.
///
/// # Errors
/// `Corrupt` for bytes that are no envelope's size; what the writer says.
pub fn write_bundle(to: &mut dyn Write, envelopes: &[Vec<u8>]) -> Result<()> {
    to.write_all(MAGIC)?;
    to.write_all(&[VERSION])?;
    for envelope in envelopes {
        let length = u32::try_from(envelope.len()).ok().filter(|_| is_bucket(envelope.len()));
        to.write_all(&length.ok_or_else(|| refused(Code::Corrupt))?.to_le_bytes())?;
        to.write_all(envelope)?;
    }
    Ok(())
}

/// Reads a bundle file envelope by envelope; it never holds more than one of them.
#[derive(Debug)]
pub struct BundleReader<R: Read> {
    from: R,
    ended: bool,
}

impl<R: Read> BundleReader<R> {
    /// Begins to read: the first 13 bytes tell whether it is a bundle.
    ///
    /// # Errors
    /// `Truncated` for a file that ends in them, `Corrupt` for another kind of file, `NewerSchema`.
    pub fn new(mut from: R) -> Result<Self> {
        let mut head = [0; MAGIC.len() + 1];
        let got = fill(&mut from, &mut head)?;
        let (magic, version) = head.split_at(MAGIC.len());
        // An ended file is truncated only as far as what came could have been a bundle.
        if magic.iter().zip(MAGIC).take(got).any(|(is, should)| is != should) || got == 0 {
            return Err(refused(Code::Corrupt));
        }
        if got < head.len() {
            return Err(refused(Code::Truncated));
        }
        match version {
            [VERSION] => Ok(BundleReader { from, ended: false }),
            [0] => Err(refused(Code::Corrupt)),
            _ => Err(refused(Code::NewerSchema)),
        }
    }

    fn read_envelope(&mut self) -> Result<Option<Vec<u8>>> {
        let mut length = [0; 4];
        match fill(&mut self.from, &mut length)? {
            0 => return Ok(None),
            4 => {}
            _ => return Err(refused(Code::Truncated)),
        }
        let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
        if length > ENVELOPE_MAX_BYTES || !is_bucket(length) {
            return Err(refused(Code::Corrupt));
        }
        let mut envelope = vec![0; length];
        if fill(&mut self.from, &mut envelope)? < length {
            return Err(refused(Code::Truncated));
        }
        Ok(Some(envelope))
    }
}

impl<R: Read> Iterator for BundleReader<R> {
    type Item = Result<Vec<u8>>;

    /// The next envelope; after a failure (`Truncated`, `Corrupt`, the reader's own) comes nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.read_envelope().transpose();
        self.ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// Reads until the buffer is full or the file ends; tells how much came.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> Result<usize> {
    let mut got = 0;
    while let Some(rest) = buffer.get_mut(got..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(count) => got += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(got)
}
