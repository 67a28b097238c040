//! What can be asked without an unlocked vault.

use crate::guard::{Answered, guarded};
use belay::clock::Moment;
use belay::companion::{self, DropIn, Location, PhraseId, Plain, Version};
use belay::secret::SystemEntropy;
use belay::vault::VaultFacts;

/// What crosses, as it was reviewed, by its fingerprint: reckoned while this is compiled, so that no app carries the list.
const SURFACE: u64 = fingerprint(include_bytes!("../surface.txt"));

/// FNV-1a of 64 bits (draft-eastlake-fnv): tells two builds apart, and withstands nobody, which it need not.
pub const fn fingerprint(mut bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    while let [byte, rest @ ..] = bytes {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0000_0100_0000_01b3);
        bytes = rest;
    }
    hash
}

/// Which build this library is: a facade refuses one that it was not made for. `build` names the release and what
/// crosses; the generator writes what it was for a facade to compare (bindings/bindgen).
///
/// # Errors
/// None but `Internal`.
#[uniffi::export]
pub fn version() -> Answered<Version> {
    guarded(|| {
        let version = companion::version();
        let build = format!("{}+{SURFACE:016x}", version.library);
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
