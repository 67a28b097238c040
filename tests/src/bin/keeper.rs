//! The host of tests/tests/secrets, with an allocator that wipes what is freed.

use std::process::ExitCode;

#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);

#[cfg(unix)]
fn main() -> ExitCode {
    belay_tests::keep()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
