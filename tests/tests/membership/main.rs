//! Who is a device or member: the rules of membership held to a second telling of them, to their properties, to bad
//! input, and tried in every order by a model checker (protocol.md §3, §11).
//!
//! `BELAY_CASES` says how many random stories are told, `BELAY_MODEL_DEPTH` how many acts the model tries.

mod cast;
mod cases;
mod limits;
mod model;
mod properties;
mod reference;
mod story;
