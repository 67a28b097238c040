//! Data files with their readers: phrases and plan templates, and the rules that our own words follow.

mod dates;
mod phrases;
mod templates;
pub mod wording;

pub use dates::Day;
pub use phrases::{Arg, Phrases, Told, error_id, field_id, strip_isolates};
pub use templates::{DefaultOwner, EntryKind, Template, TemplatePart, template, templates};
