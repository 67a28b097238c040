//! Meetings: what is begun, what comes in, what goes out, how it ends.

use belay::companion::{ExchangeEnd, ExchangeIn, ExchangeKind, ExchangeOut, ExchangeShow};
use belay::crypto::words::RecoveryWords;
use belay::exchange::flow::PairingStage;
use belay::exchange::pairing::{InviteTerms, SecretKind};
use belay::ids::{ExchangeId, SpaceId};
use belay::projection::Changes;
use belay::space::{Role, SpaceKind};
use belay::text::PersonText;

/// What a pairing is for.
pub type PairingPurpose = belay::exchange::pairing::Purpose;

/// What a space is for (protocol.md §3).
#[uniffi::remote(Enum)]
pub enum SpaceKind {
    /// My devices.
    Own,
    /// A person and those who support them.
    Relationship,
    /// A person and those who care for them.
    Carer,
    /// A worker's team.
    Team,
}

/// What a member is in a space, fixed by its Genesis.
#[uniffi::remote(Enum)]
pub enum Role {
    /// The one whose space it is.
    Person,
    /// A peer supporter.
    Supporter,
    /// A carer.
    Carer,
    /// Who made the team.
    Lead,
    /// One of the team.
    Member,
}

/// How the secret reaches the other.
#[uniffi::remote(Enum)]
pub enum SecretKind {
    /// It lies in the invitation: whoever holds the file can answer it.
    InFile,
    /// As 24 words, told apart from the file.
    Words,
}

/// What a pairing is for.
#[uniffi::remote(Enum)]
pub enum PairingPurpose {
    /// A new space of this kind; now only a relationship can be made.
    NewSpace(SpaceKind),
    /// Another device of the same person; not yet.
    OwnDevice,
    /// A person who comes back with their words; not yet.
    ComingBack,
}

/// What an inviter chooses.
#[uniffi::remote(Record)]
pub struct InviteTerms {
    /// What the pairing is for.
    pub purpose: PairingPurpose,
    /// The inviter's own role, person or supporter; the other gets the opposite.
    pub my_role: Role,
    /// How long the invitation can be answered: 1 hour to 14 days.
    pub expires_in_ms: i64,
    /// How the secret reaches the other.
    pub by: SecretKind,
}

/// What is begun.
#[uniffi::remote(Enum)]
pub enum ExchangeKind {
    /// Someone is invited into a new relationship.
    Invite {
        /// The terms.
        terms: InviteTerms,
        /// What I call them.
        name: PersonText,
    },
    /// An invitation is answered.
    Join {
        /// The invitation, as a file has it.
        payload: Vec<u8>,
        /// The words that carry its secret, where it came apart.
        words: Option<RecoveryWords>,
        /// What I call them.
        name: PersonText,
    },
    /// Another device of mine.
    AddDevice,
}

/// What comes in.
#[uniffi::remote(Enum)]
pub enum ExchangeIn {
    /// A message of the other side.
    Bytes {
        /// As it came.
        bytes: Vec<u8>,
    },
    /// The digits the other side read out.
    Typed {
        /// As typed.
        digits: String,
    },
    /// Nothing; how does it stand?
    Wake,
    /// The way to the other side closed. What goes by file has none: it stays as it is.
    Closed,
    /// The person gives it up.
    Cancel,
}

/// What is shown to the person.
#[uniffi::remote(Enum)]
pub enum ExchangeShow {
    /// My six digits, to read out.
    Digits {
        /// The digits.
        digits: String,
    },
    /// The words that carry an invitation's secret, to be told apart from its file.
    Words {
        /// The words.
        words: RecoveryWords,
    },
}

/// How it ended.
#[uniffi::remote(Enum)]
pub enum ExchangeEnd {
    /// The digits were the same: content may be shared in this space.
    Done {
        /// The space.
        space: SpaceId,
    },
    /// The digits differed: someone may stand between. Nothing of it is left.
    DigitsDiffer,
    /// It was given up, or ended by time.
    Ended,
}

/// How far a pairing has come.
#[uniffi::remote(Enum)]
pub enum PairingStage {
    /// The invitation is out.
    Invited,
    /// The reply is out.
    Replied,
    /// Each side's digits wait to be typed into the other.
    Digits,
    /// The digits were the same.
    Done,
    /// It ended: the digits differed, or it was given up.
    Ended,
}

/// How it stands.
#[uniffi::remote(Record)]
pub struct ExchangeOut {
    /// Which.
    pub id: ExchangeId,
    /// How far it has come.
    pub stage: PairingStage,
    /// To be carried to the other side, where there is something now.
    pub send: Option<Vec<u8>>,
    /// To be shown, where there is something now.
    pub show: Option<ExchangeShow>,
    /// What the step touched.
    pub changes: Changes,
    /// When to ask again with `Wake`, in milliseconds; `None` where time does nothing to it.
    pub wake_in_ms: Option<u64>,
    /// Set once it is over.
    pub end: Option<ExchangeEnd>,
}
