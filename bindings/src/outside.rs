//! What can be asked without an unlocked vault.

use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::vault::VaultFacts;
use std::path::PathBuf;

/// Which build this library is: a facade refuses one that it was not made for.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Version {
    /// As the package says, `0.1.0`.
    pub library: String,
}

/// Which build this is.
///
/// # Errors
/// None but `Internal`.
#[uniffi::export]
pub fn version() -> Answered<Version> {
    guarded(|| Ok(Version { library: env!("CARGO_PKG_VERSION").to_owned() }))
}

/// What lies in a folder, without a secret. Writes nothing; only `Absent` lets an app create a vault.
///
/// # Errors
/// None but `Internal`.
#[uniffi::export]
pub fn inspect(folder: &PathBuf, at: &Moment) -> Answered<VaultFacts> {
    guarded(|| Ok(belay::companion::inspect(folder, at)))
}
