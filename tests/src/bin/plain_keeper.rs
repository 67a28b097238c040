//! The host of tests/tests/secrets with the system's allocator: what the core wipes by itself.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    belay_tests::keep()
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
