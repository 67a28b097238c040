//! Search: what is asked and what is found.

use belay::command::May;
use belay::ids::{DocId, ElementId, SpaceId};
use belay::text::PersonText;
use belay::view::{
    Audience, Cursor, Direction, Findable, SearchIn, SearchOrder, SearchPage, SearchQuery, SearchRow, SearchTotal,
    Span, When,
};

/// What can be found. The number is kept in the store and never changes its meaning.
#[uniffi::remote(Enum)]
pub enum Findable {
    Note,
    Goal,
    Step,
    Plan,
    Line,
    Idea,
    Comment,
    /// A copy that was given.
    Copy,
}

/// What comes first.
#[uniffi::remote(Enum)]
pub enum SearchOrder {
    /// What changed last, as claimed, as in the list of notes.
    Newest,
    /// What the words are most about (BM25; a title counts four times).
    Best,
}

/// Where to look.
#[uniffi::remote(Enum)]
pub enum SearchIn {
    /// Everything but the trash.
    Kept,
    /// The trash alone.
    Trash,
}

/// Whether all that is found is counted, which costs as much as there is.
#[uniffi::remote(Enum)]
pub enum SearchTotal {
    /// Only where the first page shows all of it anyway: while someone types.
    IfKnown,
    /// Always.
    Counted,
}

/// What is looked for.
#[uniffi::remote(Record)]
pub struct SearchQuery {
    /// Words in any script, at most `SEARCH_SCALARS_MAX` scalars; all of them have to be there. The last one may go on
    /// unless a blank follows it. Nothing in them is an operator.
    pub words: PersonText,
    /// What comes first.
    pub order: SearchOrder,
    /// Only these kinds; empty: all.
    pub kinds: Vec<Findable>,
    /// Only notes with this tag, in its folded form.
    pub tag: Option<PersonText>,
    /// From this local day on, `2026-11-22`, as each thing's own time is shown.
    pub from: Option<String>,
    /// Up to this local day, itself among them.
    pub to: Option<String>,
    /// Where to look.
    pub within: SearchIn,
    /// Whether to count.
    pub total: SearchTotal,
}

/// A piece of a text.
#[uniffi::remote(Record)]
pub struct Span {
    /// Where it begins in the text it is from, in UTF-16 units: in the title, or in the body; of a goal or an idea, in its
    /// texts one under the other.
    pub at: u32,
    /// The words as they were written.
    pub t: PersonText,
    /// Whether they were looked for.
    pub hit: bool,
}

/// Something that was found.
#[uniffi::remote(Record)]
pub struct SearchRow {
    /// The note, goal or plan to open.
    pub id: DocId,
    pub space: SpaceId,
    pub kind: Findable,
    pub kind_label: String,
    /// The step, line, idea or comment in it.
    pub element: Option<ElementId>,
    /// The part of a plan, where it is in one.
    pub part: Option<String>,
    /// What it stands in, where it has no title of its own.
    pub inside: PersonText,
    pub title: Vec<Span>,
    /// At most `SNIPPET_GRAPHEMES_MAX` graphemes of one paragraph, around the first words found in it.
    pub spans: Vec<Span>,
    /// That of the whole paragraph.
    pub dir: Direction,
    pub when: When,
    pub audience: Audience,
    pub may: May,
}

/// A page of what was found.
#[uniffi::remote(Record)]
pub struct SearchPage {
    /// At most 200.
    pub rows: Vec<SearchRow>,
    /// Give it as `after` to go on; `None` at the end. Best first, what was written meanwhile can move a row over the
    /// edge of a page.
    pub next: Option<Cursor>,
    /// How many there are in all, where that is known.
    pub total: Option<u64>,
    /// Notes with a lock of their own: words are never looked for in them, since a hit would tell the word.
    pub locked: u64,
}
