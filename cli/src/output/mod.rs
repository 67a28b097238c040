//! What goes to the terminal: wrapped, with edges; or one compact object.

mod columns;
pub mod json;
mod page;

pub use columns::tame;
pub use page::{Colour, Edge, Look, Page, columns};

/// Sentences for standard error or a question: as a terminal may have them, broken between words at this many columns.
pub fn wrapped(text: &str, room: usize) -> String {
    columns::wrap(&tame(text), room).join("\n")
}
