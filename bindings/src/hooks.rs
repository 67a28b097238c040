//! What only tests of the languages call; in no app.

use crate::guard::{Answered, guarded};

/// Panics with this text, which nobody may hear of.
///
/// # Errors
/// `Internal`, always.
#[uniffi::export]
pub fn panic_for_test(text: &str) -> Answered<()> {
    guarded(|| panic!("{text}"))
}
