//! What a screen may offer, and what needs a secret first.

use belay::command::{Act, Confirmation, Deed, May, Purpose};
use belay::error::Code;

/// Whether something may be done now.
pub type MayAnswer = belay::command::Answer;

/// What someone may want to do.
#[uniffi::remote(Enum)]
pub enum Deed {
    Edit,
    Tag,
    Pin,
    Trash,
    Restore,
    SetStage,
    AddStep,
    Mark,
    AddPart,
    SetOwner,
    Skip,
    Add,
    Take,
    BringBack,
    TakeOver,
    Suggest,
    Comment,
    Decide,
    Withdraw,
    Adopt,
    Give,
    TakeBack,
}

/// Whether something may be done now.
#[uniffi::remote(Enum)]
pub enum MayAnswer {
    /// It would be done.
    Yes,
    /// It would be done with a confirmation for this.
    WithConfirmation {
        /// What the confirmation is for.
        purpose: Purpose,
    },
    /// It would be refused with this code, perhaps until a time.
    No {
        /// Why.
        why: Code,
        /// Until when, Unix milliseconds.
        until_ms: Option<i64>,
    },
}

/// One deed, and whether it may be done now.
#[uniffi::remote(Record)]
pub struct Act {
    /// What someone may want to do.
    pub deed: Deed,
    /// The answer of `may`.
    pub answer: MayAnswer,
}

/// The deeds a screen may offer, each with the answer of `may`.
#[uniffi::remote(Record)]
pub struct May {
    /// In the order they are drawn.
    pub acts: Vec<Act>,
}

/// What a confirmation is for: one purpose, 60 seconds, one use.
#[uniffi::remote(Enum)]
pub enum Purpose {
    Export,
    Backup,
    Devices,
    Leaving,
    Words,
    ExtraLock,
    Erase,
    Slots,
}

/// Proof that the person typed a secret just now. Opaque to the host.
#[uniffi::remote(Record)]
pub struct Confirmation {
    /// What it is for.
    pub purpose: Purpose,
    /// Names it.
    pub token: String,
}
