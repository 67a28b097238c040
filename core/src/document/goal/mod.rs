//! A goal in the person's own words, what it moves towards, and its steps (domain.md §3.5).

mod acts;
mod mark;
mod state;
pub mod steps;

pub use acts::acts;
pub use mark::{MARK_FIRST, OWNER_FIRST, Reach, StepMark};
pub use state::{GoalStage, GoalState, StepKind, StepStage, StepState, Who};

/// Most steps of a goal.
pub const STEPS_MAX: usize = 50;
/// The texts of a goal, as fields of its document.
pub const TEXT_FIELDS: [&str; 4] = ["title", "why", "towards", "away_from"];
