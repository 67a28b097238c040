//! For tests about permissions, which say nothing to root.
#![allow(clippy::unwrap_used, reason = "only tests call it")]

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

const NOBODY: u32 = 65_534;

/// Whether the caller has no privileges and should go on. For root, the named test has then run (and passed) in a
/// process of a user who has none.
pub(crate) fn is_unprivileged(test: &str) -> bool {
    let probe = tempfile::tempdir().unwrap();
    if std::fs::metadata(probe.path()).unwrap().uid() != 0 {
        return true;
    }
    let again = |program: &Path| -> std::io::Result<Output> {
        Command::new(program).args(["--exact", test]).current_dir("/").uid(NOBODY).gid(NOBODY).output()
    };
    let this = std::env::current_exe().unwrap();
    let output = again(&this).unwrap_or_else(|_| {
        // A build folder that others cannot enter.
        let copy = probe.path().join("test");
        std::fs::copy(&this, &copy).unwrap();
        std::fs::set_permissions(probe.path(), PermissionsExt::from_mode(0o755)).unwrap();
        again(&copy).unwrap()
    });
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
    false
}
