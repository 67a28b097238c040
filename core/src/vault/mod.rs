//! The vault: a folder with a header, its slots and the encrypted store; what can be told of it while it is locked.
