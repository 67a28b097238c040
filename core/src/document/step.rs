//! What an edit does, as data: documents are changed by lists of steps and by nothing else.

use crate::editing::Splice;

/// A value that is replaced whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the types")]
pub enum Scalar {
    Str(String),
    Int(i64),
    Bool(bool),
    Bytes(Vec<u8>),
    Null,
}

/// Where in a document: keys from its root.
pub type Path = Vec<String>;

/// One step of an edit.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// Sets a single value.
    Set(Path, Scalar),
    /// Makes a map; one that is there is replaced.
    Map(Path),
    /// Makes a new text; one that is there is replaced, so edits of the older one are not mixed in.
    Text(Path, String),
    /// Changes a text in place, letter by letter.
    Splice(Path, Vec<Splice>),
    /// Takes a key out.
    Remove(Path),
}

impl Step {
    /// Whether it writes in a text.
    pub fn is_words(&self) -> bool {
        matches!(self, Step::Text(..) | Step::Splice(..))
    }
}

impl std::fmt::Debug for Step {
    /// The shape of a step without the words in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Step::Set(path, _) => write!(f, "Set{path:?}"),
            Step::Map(path) => write!(f, "Map{path:?}"),
            Step::Text(path, _) => write!(f, "Text{path:?}"),
            Step::Splice(path, splices) => write!(f, "Splice{path:?}x{}", splices.len()),
            Step::Remove(path) => write!(f, "Remove{path:?}"),
        }
    }
}

/// Makes a [`Path`] of anything that prints.
macro_rules! keys {
    ($($key:expr),+ $(,)?) => { vec![$($key.to_string()),+] };
}
pub(crate) use keys;

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Scalar::Str(text.to_owned())
    }
}
impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Scalar::Str(text)
    }
}
impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Scalar::Int(number)
    }
}
impl From<bool> for Scalar {
    fn from(truth: bool) -> Self {
        Scalar::Bool(truth)
    }
}

crate::text::redacted!(Scalar);
