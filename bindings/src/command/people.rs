//! What is done about people, about what was kept out, and about what is to be forgotten.

use belay::command::{ForgetCommand, KeptOutCommand, RelationshipCommand};
use belay::ids::{BatchId, DocId, SpaceId};
use belay::text::PersonText;

/// What can be done about people.
#[uniffi::remote(Enum)]
pub enum RelationshipCommand {
    /// What I call the other member; only I see it.
    Nickname { space: SpaceId, name: PersonText },
    /// What I am called in a space; `None`: on my own devices.
    MyName { space: Option<SpaceId>, name: PersonText },
    /// A goal or plan of mine, shared with someone who left or whom I left, goes on in a new one of my own. The older
    /// one stays to be read.
    GoOnAlone { doc: DocId },
}

/// What can be done with changes that do not count (a screen lists them).
#[uniffi::remote(Enum)]
pub enum KeptOutCommand {
    /// Takes a change that can be read over into a document I may write: it counts from now on, under its writer's
    /// name. Where only the same words written again can count, that is done, in mine.
    Adopt { batch: BatchId },
}

/// What can be done about what is to be forgotten. Purging takes a typed secret and is no command.
#[uniffi::remote(Enum)]
pub enum ForgetCommand {
    /// All of a note, goal or plan of mine is to go: from every screen of everybody at once, and its words when a purge
    /// comes or 30 days went by. Everything about it goes along.
    Everything {
        /// Which.
        doc: DocId,
    },
    /// What a note, goal or plan of mine says now stays, in a new one; its past is to go as above. It is also how one
    /// that is frozen goes on.
    Past {
        /// Which.
        doc: DocId,
    },
    /// What I wrote in a forgotten document, and nobody copied, may go from my phones too.
    LetGo {
        /// Which.
        doc: DocId,
    },
}
