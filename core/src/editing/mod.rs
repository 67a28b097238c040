//! A text at a named revision, transformed over what arrived since.
