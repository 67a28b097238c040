//! What waits, what was kept out, what was forgotten, and what needs repair.

use belay::command::May;
use belay::ids::{BatchId, DeviceId, DocId, MemberId, SpaceId};
use belay::text::PersonText;
use belay::view::{
    ForgottenRow, KeptOutRow, Notice, NoticeKind, Person, Receipt, RelationshipRow, RepairRow, Stage, StatusDetail,
    When,
};

/// Someone I share a space with.
#[uniffi::remote(Record)]
pub struct RelationshipRow {
    pub space: SpaceId,
    pub name: PersonText,
    pub people: Vec<Person>,
    pub my_role_label: String,
    /// Their devices that are active.
    pub phones: u32,
    pub stage: Stage,
    /// Changes of mine that their newest holdings do not confirm.
    pub waiting: u64,
    /// Whether both said that they hold the same; `None` before they said anything.
    pub equal: Option<bool>,
    /// Who of `people` left by their own word, me among them. Where `phones` is 0 and nobody of the others is named here, all
    /// of their phones were taken out: they may come back.
    pub left: Vec<MemberId>,
}

/// What is to be said about keys.
#[uniffi::remote(Enum)]
pub enum NoticeKind {
    /// A card came in the name of this very device: someone else signs with its key.
    CardNotMine,
    /// One device is named with two sets of keys: someone with an admin key meddled.
    Contested,
    /// Two went on from one place in a device's log: it was copied, or put back from a copy. Told until it wrote on
    /// from both.
    Fork,
}

/// Something about keys that people must hear, and what helps.
#[uniffi::remote(Record)]
pub struct Notice {
    /// What it is.
    pub kind: NoticeKind,
    /// Where.
    pub space: SpaceId,
    /// Which device.
    pub device: DeviceId,
    /// Whose.
    pub of: Person,
    /// In words, with the next step.
    pub label: String,
}

/// What this device holds and what waits.
#[uniffi::remote(Record)]
pub struct StatusDetail {
    pub words_tested: bool,
    pub acknowledged: bool,
    pub notes: u64,
    pub goals: u64,
    pub plans: u64,
    pub ideas_waiting: u64,
    pub kept_out: u64,
    /// Someone else may hold keys: to be said before anything else.
    pub notices: Vec<Notice>,
    pub relationships: Vec<RelationshipRow>,
}

/// A change that was kept out.
#[uniffi::remote(Record)]
pub struct KeptOutRow {
    pub id: BatchId,
    pub space: SpaceId,
    /// Whose key signed it; nobody where the signature names a device that is not known.
    pub by: Option<Person>,
    pub doc: DocId,
    /// A stable name of the reason.
    pub reason: String,
    pub label: String,
    pub when: When,
    /// The words it would put in, in pieces, where people may read them: some 2,000 letters at most, `…` for the rest.
    /// Nothing of what can never count.
    pub words: Vec<PersonText>,
    /// Whether I may take it over; nothing is offered for what can never count.
    pub may: May,
}

/// What one phone said about something that was forgotten (invariant I23).
#[uniffi::remote(Record)]
pub struct Receipt {
    /// Which phone.
    pub device: DeviceId,
    /// Whose.
    pub by: Person,
    /// `confirmed`: it said that it holds what was asked; `asked`: it has said something, and not yet that; `unknown`: it
    /// never said what it holds.
    pub stage: Stage,
}

/// A note, goal, plan or copy that its owner let go.
#[uniffi::remote(Record)]
pub struct ForgottenRow {
    pub doc: DocId,
    pub space: SpaceId,
    /// `note`, `goal`, `plan`, `copy`; `other` for anything else.
    pub kind: String,
    /// What kind of thing it was, in words.
    pub label: String,
    /// Who let it go.
    pub by: Option<Person>,
    pub when: When,
    /// Where what it said went on.
    pub into: Option<DocId>,
    /// `hidden`: its words are still held here, out of sight; `gone`: they are held here no more.
    pub stage: Stage,
    /// While it is hidden: days until its words go from this phone.
    pub days: Option<u32>,
    /// Whether its owner asked every phone to drop the words at once.
    pub purged: bool,
    /// Changes of mine that nobody copied: they stay on this phone until I let go of them.
    pub kept: u64,
    /// The words in those changes, as far as one change tells them, at most 100.
    pub words: Vec<PersonText>,
    /// What every other phone said, as far as this one heard.
    pub receipts: Vec<Receipt>,
}

/// Something that needs repair, itself or a part of it: readable, and written on only in a new one that its owner makes.
#[uniffi::remote(Record)]
pub struct RepairRow {
    pub doc: DocId,
    pub space: SpaceId,
    /// What it is: `note`, `goal`, `plan`, `other`.
    pub kind: String,
    /// `needs-repair`, with what it means for a reader.
    pub stage: Stage,
    pub hint: String,
    /// Whether it is mine to let go on in a new one.
    pub mine: bool,
}
