//! What of a batch a build is too old for.

use crate::batch::header::{BatchKind, HEADER_VERSION, Header};

/// The newest `min_reader` this build can read; a batch that names a later one is held back.
pub const READER: u32 = 1;

/// What this build is too old for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newer {
    /// The batch asks for a newer reader.
    Reader(u32),
    /// A kind of batch.
    BatchKind(u32),
    /// A kind of document.
    DocumentKind(u32),
}

/// What of a batch this build is too old for; asked before its payload is opened, whose form may be newer too.
pub fn newer(header: &Header) -> Option<Newer> {
    newer_than(header, READER)
}

/// [`newer`] for a build that reads up to this `min_reader`.
pub(super) fn newer_than(header: &Header, reader: u32) -> Option<Newer> {
    if header.v > HEADER_VERSION {
        return Some(Newer::Reader(header.v));
    }
    if header.min_reader > reader {
        return Some(Newer::Reader(header.min_reader));
    }
    // The other kinds are judged by the build that first writes them.
    let known = matches!(header.batch_kind(), Some(BatchKind::Changes | BatchKind::Forget | BatchKind::Purge));
    (!known).then_some(Newer::BatchKind(header.kind))
}
