//! Belay's engine for Kotlin and Swift: one object, plain records, blocking calls.
//!
//! Nothing is decided here. Every export hands its arguments to `belay`, catches what may panic and drops its text
//! ([`guard`]). The records are core's own types, described to UniFFI a second time: where the two differ, this crate
//! does not compile. The hand-written Kotlin and Swift that people call stand in front of what is generated from it.

pub mod command;
pub mod error;
pub mod guard;
pub mod host;
pub mod hosting;
#[cfg(feature = "test-hooks")]
pub mod hooks;
pub mod jobs;
pub mod object;
pub mod opaque;
pub mod outside;
pub mod pairing;
pub mod typing;
pub mod vault;
pub mod view;

pub use object::BelayCore;

uniffi::setup_scaffolding!("belay");

/// Wipes all memory that is freed: words of people pass through types that do not wipe their own.
#[global_allocator]
static WIPING: zeroizing_alloc::ZeroAlloc<std::alloc::System> = zeroizing_alloc::ZeroAlloc(std::alloc::System);
