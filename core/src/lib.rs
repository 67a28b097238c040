//! Belay's engine. Each room below names only rooms above it; `tests/tests/walls.rs` reads the `use` lines.
//!
//! One way in: bytes → `exchange` → `envelope` opens → `space` takes statements → `batch` gate and acceptance →
//! `document` applies → `projection` → `store` commits all at once → changes returned.
//! One way out: a command → `command` asks whether it may → `document` makes a change → `batch` signs →
//! `store` commits with projection → `envelope` seals → `exchange` hands bytes to the host.

// the ground floor
pub mod error;
pub mod ids;
pub mod clock;
pub mod secret;
pub mod text;
pub mod cbor;
#[macro_use]
pub mod fault;

pub mod crypto;
pub mod vault;
pub mod store;
pub mod identity;
pub mod space;
pub mod batch;
pub mod library;
pub mod editing;
pub mod document;
pub mod projection;
pub mod command;
pub mod view;
pub mod envelope;
pub mod exchange;

pub mod companion;

pub use companion::{Companion, HostConfig};
