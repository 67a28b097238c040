//! Bundle files: magic, version, then envelopes, each after its length.

use crate::envelope::{ENVELOPE_MAX_BYTES, is_bucket};
use crate::error::{Code, Error, Field, Result};
use std::io::{ErrorKind, Read, Write};

/// What a bundle file begins with; the version follows in one byte.
const MAGIC: &[u8; 12] = b"belay bundle";
/// The version this code writes and reads.
pub const BUNDLE_VERSION: u8 = 1;

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
    to.write_all(&[BUNDLE_VERSION])?;
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
            [BUNDLE_VERSION] => Ok(BundleReader { from, ended: false }),
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::io::{Cursor, repeat};

    fn bundle(sizes: &[usize]) -> (Vec<Vec<u8>>, Vec<u8>) {
        let envelopes: Vec<Vec<u8>> = sizes.iter().zip(1..).map(|(size, byte)| vec![byte; *size]).collect();
        let mut file = vec![];
        write_bundle(&mut file, &envelopes).expect("writing to memory");
        (envelopes, file)
    }

    fn read(file: &[u8]) -> (Vec<Vec<u8>>, Option<Code>) {
        let mut got = vec![];
        let reader = match BundleReader::new(Cursor::new(file)) {
            Ok(reader) => reader,
            Err(error) => return (got, Some(error.code())),
        };
        for envelope in reader {
            match envelope {
                Ok(envelope) => got.push(envelope),
                Err(error) => return (got, Some(error.code())),
            }
        }
        (got, None)
    }

    #[test]
    fn a_bundle_comes_back_whole() {
        for sizes in [&[][..], &[1024], &[1024, 262_144, 2048, 1024]] {
            let (envelopes, file) = bundle(sizes);
            assert!(is_bundle(&file));
            assert_eq!(read(&file), (envelopes, None));
        }
        assert_eq!(bundle(&[1024]).1[..17], *b"belay bundle\x01\x00\x04\x00\x00");
        assert_eq!(write_bundle(&mut vec![], &[vec![0; 1025]]).expect_err("no bucket").code(), Code::Corrupt);
    }

    #[test]
    fn a_file_cut_short_gives_every_whole_envelope_and_says_so() {
        let (envelopes, file) = bundle(&[1024, 2048, 1024]);
        let ends = [13, 13 + 4 + 1024, 13 + 4 + 1024 + 4 + 2048];
        for cut in 0..file.len() {
            let whole = ends[1..].iter().filter(|end| cut >= **end).count();
            let told = match cut {
                0 => Some(Code::Corrupt),
                // A cut between envelopes cannot be told from an end.
                _ if ends.contains(&cut) => None,
                _ => Some(Code::Truncated),
            };
            assert_eq!(read(&file[..cut]), (envelopes[..whole].to_vec(), told), "{cut}");
        }
    }

    #[test]
    fn other_files_and_newer_versions_are_told_apart() {
        for (file, told) in [
            (&b"belay bundle\x02"[..], Code::NewerSchema),
            (b"belay bundle\x00", Code::Corrupt),
            (b"belay pair\x01\x01", Code::Corrupt),
            (b"PK\x03\x04", Code::Corrupt),
            (b"belay bundle\x01\x00\x00\x00\x00", Code::Corrupt),
            (b"belay bundle\x01\x00\x00\x08\x00", Code::Corrupt),
            (b"belay bundle\x01\xff\xff\xff\xff", Code::Corrupt),
            (b"belay bundle\x01\x01\x04\x00\x00", Code::Corrupt),
        ] {
            assert_eq!(read(file).1, Some(told), "{file:?}");
        }
    }

    /// Counts what is asked of the reader behind it.
    #[derive(Debug)]
    struct Counting<'a, R>(R, &'a Cell<usize>);
    impl<R: Read> Read for Counting<'_, R> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let got = self.0.read(buffer)?;
            self.1.set(self.1.get() + got);
            Ok(got)
        }
    }

    #[test]
    fn a_gigabyte_of_zeros_costs_a_few_bytes() {
        let read = Cell::new(0);
        let bare = BundleReader::new(Counting(repeat(0).take(1 << 30), &read));
        assert_eq!(bare.expect_err("no bundle").code(), Code::Corrupt);
        assert!(read.get() <= 13);
        read.set(0);
        let behind_a_head = Cursor::new(b"belay bundle\x01").chain(repeat(0).take(1 << 30));
        let mut reader = BundleReader::new(Counting(behind_a_head, &read)).expect("a head");
        assert_eq!(reader.next().expect("a failure").expect_err("no envelope").code(), Code::Corrupt);
        assert!(reader.next().is_none());
        assert!(read.get() <= 17);
    }

    #[test]
    fn a_failing_reader_is_told_as_its_own_failure() {
        #[derive(Debug)]
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::from(ErrorKind::PermissionDenied))
            }
        }
        assert_eq!(BundleReader::new(Failing).expect_err("no file").code(), Code::Unwritable);
    }
}
