//! What can be asked without an unlocked vault.

use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::companion::{self, DropIn, Location, PhraseId, Plain, Version};
use belay::crypto::hash::sha256;
use belay::ids::short_hash;
use belay::secret::SystemEntropy;
use belay::vault::VaultFacts;

/// What crosses, as it was reviewed.
const SURFACE: &[u8] = include_bytes!("../surface.txt");

/// Which build this library is: a facade refuses one that it was not made for. `build` names the release and what
/// crosses; the generator writes what it was for a facade to compare (bindings/bindgen).
///
/// # Errors
/// None but `Internal`.
#[uniffi::export]
pub fn version() -> Answered<Version> {
    guarded(|| {
        let version = companion::version();
        let build = format!("{}+{}", version.library, short_hash(&sha256(&[SURFACE])).replace('-', ""));
        Ok(Version { build, ..version })
    })
}

/// What lies in a place, without a secret. Writes nothing; only `Absent` lets an app create a vault.
///
/// # Errors
/// None but `Internal`.
#[uniffi::export]
pub fn inspect(at_location: &Location, at: &Moment) -> Answered<VaultFacts> {
    guarded(|| Ok(companion::inspect(at_location.folder(), at)))
}

/// Sentences of the catalogue that need nothing filled in, in the order asked.
///
/// # Errors
/// `TooMany` above 256 sentences or 16 languages; `UnknownLanguage`; `NotFound` with its place in `command`.
#[uniffi::export]
pub fn phrases(keys: &[PhraseId], languages: &[String]) -> Answered<Vec<Plain>> {
    guarded(|| companion::phrases(keys, languages))
}

/// Seals words to a vault that is locked; they are taken in at the next unlock.
///
/// # Errors
/// `Empty`, `TooLong`; `NotFound` where no vault is; `TooMany`, `StorageFull`, `Unwritable`.
#[uniffi::export]
pub fn drop_in(at_location: &Location, what: &DropIn, at: &Moment) -> Answered<()> {
    guarded(|| companion::drop_in(at_location.folder(), what, at, &mut SystemEntropy::default()))
}
