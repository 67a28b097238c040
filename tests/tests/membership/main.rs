//! Who is a device or member: the rules of membership held to a second telling of them, to their properties, to bad
//! input, and tried in every order by a model checker (protocol.md §3, §11).
//!
//! `BELAY_CASES` says how many random stories are told, `BELAY_MODEL_DEPTH` how many acts the model tries.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests; the model and the figures say how much they tried"
)]

mod cast;
mod cases;
mod limits;
mod model;
mod properties;
mod reference;
mod story;
