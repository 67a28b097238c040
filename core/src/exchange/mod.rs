//! Pairing and bundles: state machines over bytes (protocol.md §7, §8). No socket, no clock, no file is opened here.

mod bundle;
mod carry;
pub mod flow;
mod intake;
pub mod pairing;
mod removing;
mod renewing;
mod settling;
mod statements;

pub use bundle::{BundleReader, is_bundle, write_bundle};
pub use carry::{Opened, Outgoing, Scope, bundle_out, is_equal, take_envelope};
pub use intake::Taken;
pub use removing::{leave, remove_device};
pub use renewing::{Entered, Keep, add_this_device, begin_again};
