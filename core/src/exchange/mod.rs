//! Pairing and bundles: state machines over bytes (protocol.md §7, §8). No socket, no clock, no file is opened here.

mod bundle;
pub mod pairing;

pub use bundle::{BundleReader, is_bundle, write_bundle};
