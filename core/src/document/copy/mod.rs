//! A copy of a note, or of a part of it, given to the others of a space: frozen, with where it is from and nothing that
//! leads back (invariant I2).
//!
//! Built like [`note`](super::note), with one difference: its words are told by their hash. Beside them lies a *seal*,
//! and the document's id is made with the seal's hash, so whatever its writer sets later is not what was given and
//! never shows. What was given shows again and again, from the changes that first brought it, however often it was
//! replaced or taken out since.

mod acts;
mod copied;
mod seal;
mod state;
pub mod steps;

pub use acts::acts;
pub use copied::{Copied, Extent};
pub use state::CopyState;

/// Most scalars of what is given: those of a note's body (domain.md §3.1).
pub const COPY_SCALARS_MAX: usize = 100_000;
/// Most scalars of its title.
pub const COPY_TITLE_SCALARS_MAX: usize = 200;
