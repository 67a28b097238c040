//! Closed sets that are kept by name.

/// A closed set of words kept as their name; an unknown one (from a newer app) reads as the default.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(rename_all = "kebab-case")]
        #[allow(missing_docs, reason = "states.ftl has a label for each")]
        pub enum $name { #[default] $($variant),+ }
        impl $name {
            /// All of them, in the order people meet them.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];
            /// The name that is kept and that catalogues know.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some($name::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use named;
