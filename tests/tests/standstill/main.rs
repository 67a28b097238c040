//! What one member with an app of their own must not bring to a stop for everybody else: a plan, a bundle, the removal of a
//! stolen phone.

#![allow(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod came_again;
mod lost_piece;
mod notes;
mod dead_card;
mod refused_ground;
