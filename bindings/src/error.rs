//! Failures: a closed set of names and numbers, without any text.

use belay::error::{Code, Detail, Failure, Field};
use belay::ids::Rev;

/// Every reason the core can give, stable for apps (domain.md §3.7 and its additions).
#[uniffi::remote(Enum)]
pub enum Code {
    Empty,
    TooLong,
    TooMany,
    TooBig,
    InvalidText,
    OutOfRange,
    RangeInvalid,
    InvalidDate,
    InFuture,
    UnknownZone,
    UnknownLanguage,
    Duplicate,
    WeakSecret,
    DigitsDiffer,
    Truncated,
    UnsupportedType,
    NotFound,
    InTrash,
    Locked,
    WrongSecret,
    TryLater,
    NotAMember,
    NotOwner,
    SuggestOnly,
    AlreadyYours,
    AlreadyDeclined,
    Stale,
    NotInForce,
    NeedsAcknowledgement,
    NeedsConfirmation,
    RelationshipEnded,
    Paused,
    InvitationUsed,
    Expired,
    Revoked,
    SignatureInvalid,
    NotForThisDevice,
    Corrupt,
    NewerSchema,
    ClockSkew,
    StorageFull,
    Unwritable,
    InUse,
    Closed,
    Interrupted,
    Internal,
}

/// The part of an input that a failure is about.
#[uniffi::remote(Enum)]
pub enum Field {
    Title,
    Body,
    Text,
    Tag,
    Why,
    Towards,
    AwayFrom,
    Area,
    Name,
    Nickname,
    Pronouns,
    Passphrase,
    RecoveryWords,
    Digits,
    Pin,
    Alternatives,
    Steps,
    Entries,
    Parts,
    Expires,
    Rating,
    Date,
    Zone,
    Language,
    Limit,
    After,
    Part,
    Template,
    Bundle,
    Invitation,
    Reply,
    Completion,
    Header,
    Store,
    Folder,
    Key,
    Commands,
}

/// What a failure tells besides its group: numbers and names only, never words of a person.
#[uniffi::remote(Record)]
pub struct Detail {
    /// Which reason.
    pub code: Code,
    /// Which part of the input.
    pub field: Option<Field>,
    /// The bound that applies, in the unit of the field (scalars, items, bytes).
    pub max: Option<u64>,
    /// What was given, in the same unit; for `InvalidText` the position in scalars.
    pub actual: Option<u64>,
    /// When the answer may change, Unix milliseconds by this device's clock.
    pub until_ms: Option<i64>,
    /// The revision that is current now (`Stale`).
    pub current: Option<Rev>,
    /// Which of several commands, counted from 0.
    pub command: Option<u32>,
}

/// What the outside sees: a group and its detail.
#[uniffi::remote(Error)]
pub enum Failure {
    Input(Detail),
    NotAllowed(Detail),
    Conflict(Detail),
    NotNow(Detail),
    Locked(Detail),
    Missing(Detail),
    Storage(Detail),
    Internal(Detail),
}
