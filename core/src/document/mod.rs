//! Typed documents over Automerge, one folder each; [`note`] is the room to copy.
//!
//! Every kind has three parts: a *state* (plain data, read at any heads), *steps* (what an edit does, as data)
//! and *acts* (what changed between two states, for history). The merge engine is touched in `doc.rs`,
//! `tree.rs` and `followed.rs` alone. A document starts with a seed that every replica makes itself, so that no container is
//! ever made twice apart (protocol.md §4, "Birth").

pub mod act;
pub mod consent;
pub mod copy;
mod copying;
mod difference;
mod doc;
mod followed;
pub mod goal;
mod kind;
pub mod lane;
mod named;
pub mod note;
pub mod order;
mod origin;
pub mod plan;
pub mod profile;
pub mod spaces;
mod state;
mod step;
mod tree;
mod typed;
mod words;

#[cfg(test)]
mod followed_tests;
#[cfg(test)]
mod tests;

pub use act::{Act, ActKind};
pub use copying::copy;
pub use difference::difference;
#[cfg(test)]
pub(crate) use doc::DOES_NOT_LOAD_BACK;
pub use doc::{Described, Doc, View};
pub use followed::{Followed, writes_words};
pub use kind::{Kind, KnownSeeds};
pub use origin::going_on_from;
pub use state::State;
pub use step::{Path, Scalar, Step};
pub use tree::Tree;
pub use typed::typed_in;
pub use words::is_words;
