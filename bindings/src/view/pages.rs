//! Pages: one record a kind of row, since a generic one cannot cross.

use belay::view::{Cursor, DraftRow, GoalRow, HistoryRow, IdeaDetail, KeptOutRow, NoteRow, Page, PlanRow, ShareRow};

/// A page of rows.
pub type NotePage = Page<NoteRow>;
/// A page of rows.
pub type GoalPage = Page<GoalRow>;
/// A page of rows.
pub type PlanPage = Page<PlanRow>;
/// A page of rows.
pub type IdeaPage = Page<IdeaDetail>;
/// A page of rows.
pub type HistoryPage = Page<HistoryRow>;
/// A page of rows.
pub type KeptOutPage = Page<KeptOutRow>;
/// A page of rows.
pub type SharePage = Page<ShareRow>;
/// A page of rows.
pub type DraftPage = Page<DraftRow>;

/// A page of a list. Cursors are opaque, hold no content and stay good while rows arrive.
#[uniffi::remote(Record)]
pub struct NotePage {
    /// At most 200.
    pub rows: Vec<NoteRow>,
    /// Give it as `after` to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// Give it as `after` for the page before this one; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many there are in all: where that was asked for, and where this page shows them all.
    pub total: Option<u64>,
}

/// A page of a list. Cursors are opaque, hold no content and stay good while rows arrive.
#[uniffi::remote(Record)]
pub struct GoalPage {
    /// At most 200.
    pub rows: Vec<GoalRow>,
    /// Give it as `after` to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// Give it as `after` for the page before this one; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many there are in all: where that was asked for, and where this page shows them all.
    pub total: Option<u64>,
}

/// A page of a list. Cursors are opaque, hold no content and stay good while rows arrive.
#[uniffi::remote(Record)]
pub struct PlanPage {
    /// At most 200.
    pub rows: Vec<PlanRow>,
    /// Give it as `after` to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// Give it as `after` for the page before this one; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many there are in all: where that was asked for, and where this page shows them all.
    pub total: Option<u64>,
}

/// A page of a list. Cursors are opaque, hold no content and stay good while rows arrive.
#[uniffi::remote(Record)]
pub struct IdeaPage {
    /// At most 200.
    pub rows: Vec<IdeaDetail>,
    /// Give it as `after` to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// Give it as `after` for the page before this one; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many there are in all: where that was asked for, and where this page shows them all.
    pub total: Option<u64>,
}

/// A page of a list. Cursors are opaque, hold no content and stay good while rows arrive.
#[uniffi::remote(Record)]
pub struct HistoryPage {
    /// At most 200.
    pub rows: Vec<HistoryRow>,
    /// Give it as `after` to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// Give it as `after` for the page before this one; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many there are in all: where that was asked for, and where this page shows them all.
    pub total: Option<u64>,
}

/// A page of a list. Cursors are opaque, hold no content and stay good while rows arrive.
#[uniffi::remote(Record)]
pub struct KeptOutPage {
    /// At most 200.
    pub rows: Vec<KeptOutRow>,
    /// Give it as `after` to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// Give it as `after` for the page before this one; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many there are in all: where that was asked for, and where this page shows them all.
    pub total: Option<u64>,
}

/// A page of a list. Cursors are opaque, hold no content and stay good while rows arrive.
#[uniffi::remote(Record)]
pub struct SharePage {
    /// At most 200.
    pub rows: Vec<ShareRow>,
    /// Give it as `after` to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// Give it as `after` for the page before this one; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many there are in all: where that was asked for, and where this page shows them all.
    pub total: Option<u64>,
}

/// A page of a list. Cursors are opaque, hold no content and stay good while rows arrive.
#[uniffi::remote(Record)]
pub struct DraftPage {
    /// At most 200.
    pub rows: Vec<DraftRow>,
    /// Give it as `after` to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// Give it as `after` for the page before this one; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many there are in all: where that was asked for, and where this page shows them all.
    pub total: Option<u64>,
}
