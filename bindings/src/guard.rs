//! No panic leaves with its text: it may hold words of a person.

use belay::error::{Code, Failure};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::sync::Once;

/// What every export answers.
pub type Answered<T> = Result<T, Failure>;

/// Rust says a panic's message on standard error before anyone can catch it, once for the whole process: so this is
/// changed once for the whole process too.
static HUSHED: Once = Once::new();

/// Does the work of one export. A panic becomes `Internal`; its text is dropped here.
///
/// What the work shares with other calls stays usable: core's locks are not poisoned, and what they guard is written
/// in transactions.
///
/// # Errors
/// Those of the work; `Internal` where it panicked.
pub fn guarded<T>(work: impl FnOnce() -> Answered<T>) -> Answered<T> {
    HUSHED.call_once(|| set_hook(Box::new(say_the_place)));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_text| Err(Code::Internal.detail().into()))
}

/// The place in the source, which is ours; never the message, which may not be.
fn say_the_place(panic: &PanicHookInfo<'_>) {
    match panic.location() {
        Some(place) => eprintln!("belay: stopped at {}:{}", place.file(), place.line()),
        None => eprintln!("belay: stopped"),
    }
}
