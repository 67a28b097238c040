//! A note: the room to copy for a new kind of document.
//!
//! What to copy, in this order: `state.rs` (plain data and how it is read; total, whatever a newer app wrote),
//! `steps.rs` (what each edit does, as data; no rule about *who* lives here, that is `command`'s), `acts.rs` (what
//! changed between two states). Then: a number and its seed containers in `document/kind.rs`, a variant in
//! `document/state.rs`, rows in `projection`, a command, a view.

mod acts;
mod state;
pub mod steps;

pub use acts::acts;
pub use state::NoteState;

/// Most tags on a note (domain.md §3.1).
pub const TAGS_MAX: usize = 30;
