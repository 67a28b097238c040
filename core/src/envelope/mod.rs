//! Sealed for one device: content, sealing with padding, opening, and cutting what is too large for one
//! (protocol.md §7).

mod content;
mod sealed;
mod split;
#[cfg(test)]
mod tests;

pub use content::EnvelopeContent;
pub use sealed::{ENVELOPE_MAX_BYTES, ENVELOPE_MIN_BYTES, is_bucket, open, seal};
pub use split::split;
