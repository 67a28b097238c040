//! The first screen, and what stands for a whole space.

use belay::ids::{ExchangeId, SpaceId};
use belay::text::PersonText;
use belay::view::{
    GoalRow, HomeDetail, HomePerson, IdeaDetail, NoteRow, Notice, PairingRow, Stage, StateRow, StatesDetail,
};

/// Someone I share a space with, as the first screen names them.
#[uniffi::remote(Record)]
pub struct HomePerson {
    pub space: SpaceId,
    pub name: PersonText,
    /// The first letter of the name, for a badge.
    pub initial: PersonText,
    pub my_role_label: String,
    pub stage: Stage,
    /// Ideas there that wait for me.
    pub ideas_waiting: u32,
}

/// A pairing that is under way.
#[uniffi::remote(Record)]
pub struct PairingRow {
    pub id: ExchangeId,
    /// My name for the other.
    pub name: PersonText,
    /// Whether the digits of each side wait to be typed into the other.
    pub waits_for_digits: bool,
    /// Until when the invitation works, by this device's clock.
    pub until_ms: i64,
    /// The same in words.
    pub until_label: String,
}

/// The first screen.
#[uniffi::remote(Record)]
pub struct HomeDetail {
    /// Someone else may hold keys: to be said before anything else.
    pub notices: Vec<Notice>,
    pub acknowledged: bool,
    pub words_tested: bool,
    /// What waits for me without hurry, the newest first.
    pub ideas: Vec<IdeaDetail>,
    /// How many ideas wait for me in all.
    pub ideas_waiting: u32,
    /// Pairings that are under way, the newest first.
    pub pairings: Vec<PairingRow>,
    /// Active goals of mine, those changed last.
    pub goals: Vec<GoalRow>,
    /// What I wrote last.
    pub notes: Vec<NoteRow>,
    /// Everyone I share a space with that has not ended, by name.
    pub people: Vec<HomePerson>,
    /// Whether changes were kept out; `Ask::KeptOut` says which.
    pub has_kept_out: bool,
    /// Whether something needs repair; `Ask::Repairs` says what.
    pub needs_repair: bool,
}

/// What stands for all that is accepted in a space: equal where two phones accepted the same.
#[uniffi::remote(Record)]
pub struct StateRow {
    /// Which.
    pub space: SpaceId,
    /// 4-4-4-4, the beginning of `state_hash`; empty while something of it is not hashed.
    pub state_short: String,
}

/// What stands for all that is accepted, space by space.
#[uniffi::remote(Record)]
pub struct StatesDetail {
    /// My own space, 4-4-4-4; empty while something of it is not hashed.
    pub own_state_short: String,
    /// Those I share.
    pub spaces: Vec<StateRow>,
}
