//! Named points between two writes, at which a test ends the process as a flat battery would. In an app they are nothing:
//! the feature `failpoints` builds them, and no app asks for it.
//!
//! A point is a line, `write_point!("file-renamed")`, right after or right before the write that its name tells of. What
//! must hold after a death at any of them is tested in `tests/tests/faults`, which also finds a point that nothing passes.

/// A named point between two writes.
macro_rules! write_point {
    ($name:literal) => {
        #[cfg(feature = "failpoints")]
        fail::fail_point!($name);
    };
}

/// Every point of this build, in the order of their rooms; a test compares it with the sources.
#[cfg(feature = "failpoints")]
pub const WRITE_POINTS: &[&str] = &[
    // vault: files, header, stores that change places
    "file-written",
    "file-staged",
    "file-renamed",
    "file-blanked",
    "lock-made",
    "header-staged",
    "header-first",
    "place-staged",
    "place-first",
    "place-named",
    "place-both",
    "draft-sweeping",
    "store-sweeping",
    "store-finished",
    "attempts-writing",
    "attempts-written",
    "erase-marked",
    "erase-blanked",
    "erase-removing",
    "erase-emptied",
    "erase-unmarked",
    "drop-staged",
    "drop-named",
    "drop-cleared",
    // store: the file, transactions, the journal, steps of the schema, copies
    "store-made",
    "store-keyed",
    "write-begun",
    "write-committing",
    "write-committed",
    "store-folding",
    "store-folded",
    "migration-stepped",
    "migration-committing",
    "export-made",
    "export-filled",
    "export-compared",
    "batch-put",
    "open-batch-opening",
    "open-batch-extending",
    "open-batch-closed",
    "snapshot-put",
    // exchange
    "intake-statements",
    "intake-received",
    "intake-settled",
    "bundle-made",
    // companion
    "create-filled",
    "create-closed",
    "create-placed",
    "unlock-proven",
    "unlock-swept",
    "unlock-raised",
    "pause-closed",
    "pause-rested",
    "resume-begun",
    "bundle-taking",
    "bundle-taken",
    "drop-taken",
    "rekey-exported",
    "rekey-closed",
    "rekey-opened",
    "rekey-swept",
    "mend-salvaged",
    "mend-remade",
    "backup-exported",
    "backup-cleaned",
    "backup-placed",
    "erase-closed",
];

/// Whoever sets this point to `return` has a build that knows one step of the schema more, `store` says which: so a
/// migration can be cut short before there is a second release.
#[cfg(feature = "failpoints")]
pub const TRIAL_POINT: &str = "migration-trial";
