//! The harness that Belay's stories are told in: named people with devices of their own, a world that gives them
//! time and chance from one seed, and a wire that loses, repeats, cuts and flips what is carried over it.
//!
//! A world prints its seed when a test fails in it; the same seed tells the same story.

mod act;
mod chance;
mod circle;
mod device;
mod doing;
pub mod faults;
mod forge;
pub mod fuzz;
#[cfg(unix)]
mod keeper;
mod look;
mod plans;
mod ways_in;
mod wire;
mod world;

pub use act::{Act, text, whole};
pub use chance::{Chance, SeededEntropy};
pub use circle::{Circle, seal_bundle, statements_of};
pub use device::{Device, PASSPHRASE};
pub use doing::{goals, next_act, plans, with_inserted};
pub use forge::{Forge, bundle_of_content, bundle_of_wires, wires_of};
#[cfg(unix)]
pub use keeper::keep;
pub use look::{Dump, HistoryLine, unchanged};
pub use plans::{Entry, Plan};
pub use ways_in::{add_way_in, begin_way_in};
pub use wire::Wire;
pub use world::{World, exchange_once, pair, pair_up_to_digits, until_quiet};
