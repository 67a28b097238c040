//! Members and devices of a space: statements, their pure evaluation, writer sets, audience (protocol.md §3).
//!
//! Who is a member or device is a pure function of the statements held ([`evaluate`]); order of arrival,
//! clocks and who is looking play no part.

mod audience;
mod bits;
mod evaluate;
mod genesis;
mod judge;
mod kind;
mod make;
mod membership;
mod outcome;
mod refusal;
mod roll;
mod standing;
mod statement;
#[cfg(test)]
mod tests;

pub use audience::{WriterSet, audience};
pub use evaluate::{Statements, evaluate};
pub use genesis::{Genesis, MemberEntry};
pub use kind::{Role, SpaceKind, SpaceState, may_read_content, may_write_content};
pub use make::{CutHeads, add_device, leave, make_own_space, remove_device, reset};
pub use membership::{Admitted, DeviceBounds, DeviceStanding, Member, Membership};
pub use refusal::Refusal;
pub use statement::{Cut, DeviceAdd, DeviceRemove, Leave, RootReset, SignedStatement, Statement};

/// Members of a space in v1 (protocol.md §3).
pub const MEMBERS_MAX: usize = 8;
/// Active devices of one member (protocol.md §3).
pub const DEVICES_MAX: usize = 8;
/// Statements of one member that may lie in the past of another one of theirs (protocol.md §3).
pub const STATEMENTS_MAX: usize = 1_024;
/// Statements one statement may name as its parents.
pub const PARENTS_MAX: usize = 64;
/// Batch hashes a cut may name for one device (protocol.md §5).
pub const CUT_HEADS_MAX: usize = 8;
/// Bytes of a statement's body.
pub const STATEMENT_MAX_BYTES: usize = 64 * 1024;
