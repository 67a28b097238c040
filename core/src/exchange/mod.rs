//! Pairing and bundles: state machines over bytes (protocol.md §7, §8). No socket, no clock, no file is opened here.

mod ahead;
mod asking;
mod bringing;
mod bundle;
mod carry;
mod evidence;
pub mod flow;
mod following;
mod forgetting;
mod healing;
mod intake;
mod judging;
mod outside;
mod pieces;
pub mod pairing;
mod remaking;
mod removing;
mod renewing;
mod settling;
mod showing;
mod statements;
mod stranded;

pub use bundle::{BUNDLE_VERSION, BundleReader, is_bundle, write_bundle};
pub use carry::{Opened, Outgoing, Scope, bundle_out, is_equal, take_envelope, take_envelopes};
pub use forgetting::{drop_due, kept_of};
pub use healing::count_unfit;
pub use intake::Taken;
pub use remaking::remake;
pub use removing::{leave, remove_device};
pub use renewing::{Entered, Keep, add_this_device, begin_again};
pub use settling::{judge_anew, settle_marked};
