//! Plans: what is done to them.

use belay::command::{PlanCommand, TextEdit};
use belay::document::plan::PartOwner;
use belay::ids::{DocId, ElementId, Rev, SpaceId};
use belay::text::PersonText;

/// Who writes a part.
#[uniffi::remote(Enum)]
pub enum PartOwner {
    Person,
    Supporter,
    Both,
    Each,
}

/// What can be done with plans.
#[uniffi::remote(Enum)]
pub enum PlanCommand {
    /// Private unless a shared space is named. In a shared one the plan is its maker's.
    Create {
        space: Option<SpaceId>,
        template: String,
        title: PersonText,
    },
    EditTitle {
        plan: DocId,
        base: Rev,
        text: TextEdit,
    },
    AddPart {
        plan: DocId,
        title: PersonText,
        owner: PartOwner,
    },
    SetOwner {
        plan: DocId,
        part: String,
        owner: PartOwner,
    },
    SkipPart {
        plan: DocId,
        part: String,
    },
    UnskipPart {
        plan: DocId,
        part: String,
    },
    AddEntry {
        plan: DocId,
        part: String,
        text: PersonText,
        after: Option<ElementId>,
    },
    EditEntry {
        plan: DocId,
        entry: ElementId,
        base: Rev,
        text: TextEdit,
    },
    MoveEntry {
        plan: DocId,
        entry: ElementId,
        after: Option<ElementId>,
    },
    TakeEntry {
        plan: DocId,
        entry: ElementId,
    },
    BringBack {
        plan: DocId,
        entry: ElementId,
    },
    /// Words that were written on in a document the part is no longer shown from: put them in.
    TakeOver {
        plan: DocId,
        entry: ElementId,
    },
    /// The same: leave them where they are, and do not offer them again.
    LeaveOver {
        plan: DocId,
        entry: ElementId,
    },
}
