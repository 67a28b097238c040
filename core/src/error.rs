//! Failures: one closed set that an app can act on, and the causes behind it that never leave.
//!
//! Rooms return [`Result`]. A rule that says no is an [`Error::Refused`] made from a [`Code`];
//! everything else keeps its cause until `companion` turns it into a [`Failure`] at the door.
//! No variant carries free text, so no person's words can travel in a failure.

use crate::ids::Rev;

/// What a room answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every reason the core can give, stable for apps (domain.md §3.7 and its additions).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[allow(missing_docs, reason = "each code's sentence and next step are in the catalogue, error-NAME")]
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

/// The groups an app handles alike; also the terminal's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum Class {
    Input,
    NotAllowed,
    Conflict,
    NotNow,
    Locked,
    Missing,
    Storage,
    Internal,
}

impl Code {
    /// The group this code belongs to.
    pub fn class(self) -> Class {
        use Code::*;
        match self {
            Empty | TooLong | TooMany | TooBig | InvalidText | OutOfRange | RangeInvalid | InvalidDate | InFuture
            | UnknownZone | UnknownLanguage | Duplicate | WeakSecret | DigitsDiffer | Truncated | UnsupportedType => {
                Class::Input
            }
            NotAMember | NotOwner | SuggestOnly | AlreadyYours | SignatureInvalid | NotForThisDevice | Revoked => {
                Class::NotAllowed
            }
            Stale | AlreadyDeclined | InvitationUsed => Class::Conflict,
            NotInForce | NeedsAcknowledgement | NeedsConfirmation | RelationshipEnded | Paused | Expired
            | ClockSkew | TryLater | Interrupted => Class::NotNow,
            Locked | WrongSecret | Closed => Class::Locked,
            NotFound | InTrash => Class::Missing,
            Corrupt | NewerSchema | StorageFull | Unwritable | InUse => Class::Storage,
            Internal => Class::Internal,
        }
    }
}

/// The part of an input that a failure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[allow(missing_docs, reason = "the names are those of the fields")]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl Detail {
    /// A failure about one field.
    #[must_use]
    pub fn of(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }
    /// The bound that applies.
    #[must_use]
    pub fn max(mut self, max: usize) -> Self {
        self.max = Some(max as u64);
        self
    }
    /// What was given.
    #[must_use]
    pub fn actual(mut self, actual: usize) -> Self {
        self.actual = Some(actual as u64);
        self
    }
    /// When the answer may change.
    #[must_use]
    pub fn until(mut self, unix_ms: i64) -> Self {
        self.until_ms = Some(unix_ms);
        self
    }
    /// The revision that is current.
    #[must_use]
    pub fn current(mut self, rev: Rev) -> Self {
        self.current = Some(rev);
        self
    }
}

impl Code {
    /// A failure with this code and nothing else yet.
    pub fn detail(self) -> Detail {
        Detail { code: self, field: None, max: None, actual: None, until_ms: None, current: None, command: None }
    }
    /// Shorthand for [`Detail::of`].
    pub fn of(self, field: Field) -> Detail {
        self.detail().of(field)
    }
    /// This code as a refusal.
    pub fn err<T>(self) -> Result<T> {
        Err(self.into())
    }
}

/// Why a room could not do what was asked: a refusal, or a cause that stays inside.
#[derive(Debug)]
pub enum Error {
    /// A rule said no; the state is unchanged.
    Refused(Box<Detail>),
    /// The database said no.
    Sql(rusqlite::Error),
    /// The file system said no.
    Io(std::io::Error),
    /// Something that the named place took for impossible.
    Broken(&'static str),
}

impl From<Detail> for Error {
    fn from(detail: Detail) -> Self {
        Error::Refused(Box::new(detail))
    }
}
impl From<Code> for Error {
    fn from(code: Code) -> Self {
        code.detail().into()
    }
}
impl From<rusqlite::Error> for Error {
    fn from(cause: rusqlite::Error) -> Self {
        Error::Sql(cause)
    }
}
impl From<std::io::Error> for Error {
    fn from(cause: std::io::Error) -> Self {
        Error::Io(cause)
    }
}

impl Error {
    /// The code an app would see for this.
    pub fn code(&self) -> Code {
        match self {
            Error::Refused(detail) => detail.code,
            Error::Sql(cause) => sql_code(cause),
            Error::Io(cause) => io_code(cause),
            Error::Broken(_) => Code::Internal,
        }
    }
}

fn sql_code(cause: &rusqlite::Error) -> Code {
    use rusqlite::ErrorCode;
    match cause.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Code::StorageFull,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Code::Corrupt,
        Some(ErrorCode::OperationInterrupted) => Code::Interrupted,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Code::InUse,
        Some(
            ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::SystemIoFailure,
        ) => Code::Unwritable,
        _ => Code::Internal,
    }
}

fn io_code(cause: &std::io::Error) -> Code {
    use std::io::ErrorKind;
    match cause.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Code::StorageFull,
        ErrorKind::NotFound => Code::NotFound,
        _ => Code::Unwritable,
    }
}

/// What the outside sees: a group and its detail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the groups of Class")]
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

impl Failure {
    /// The detail inside, whatever the group.
    pub fn detail(&self) -> &Detail {
        match self {
            Failure::Input(d)
            | Failure::NotAllowed(d)
            | Failure::Conflict(d)
            | Failure::NotNow(d)
            | Failure::Locked(d)
            | Failure::Missing(d)
            | Failure::Storage(d)
            | Failure::Internal(d) => d,
        }
    }
    /// The code inside.
    pub fn code(&self) -> Code {
        self.detail().code
    }
}

impl From<Detail> for Failure {
    fn from(detail: Detail) -> Self {
        match detail.code.class() {
            Class::Input => Failure::Input(detail),
            Class::NotAllowed => Failure::NotAllowed(detail),
            Class::Conflict => Failure::Conflict(detail),
            Class::NotNow => Failure::NotNow(detail),
            Class::Locked => Failure::Locked(detail),
            Class::Missing => Failure::Missing(detail),
            Class::Storage => Failure::Storage(detail),
            Class::Internal => Failure::Internal(detail),
        }
    }
}
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(detail) => (*detail).into(),
            other => other.code().detail().into(),
        }
    }
}
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.code())
    }
}
impl std::error::Error for Failure {}
