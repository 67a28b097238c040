//! What goes to the terminal: wrapped, with edges; or one compact object.

mod columns;
pub mod json;
mod page;

pub use page::{Colour, Edge, Look, Page};
