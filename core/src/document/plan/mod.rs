//! A plan: its frame and the parts its owner writes (`Kind::Plan`), a joint document for each part that both write
//! (`Kind::Joint`), a column for each member's own part (`Kind::Column`). All three hold entries and decisions in
//! the same shape, so one state and one set of steps serve them.

mod acts;
mod decision;
mod entry;
mod state;
pub mod steps;

pub use acts::{acts, decision_acts};
pub use decision::{Choice, DecisionState, read_decisions};
pub use entry::EntryState;
pub use state::{PartOwner, PartState, PlanState};

/// Most live entries in one part.
pub const ENTRIES_MAX: usize = 100;
/// Most parts of a plan.
pub const PARTS_MAX: usize = 40;
