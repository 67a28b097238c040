//! What screens, the terminal and `--json` show: finished records, nothing left to compute (experience.md §3).
//! Words of the catalogue stand in `label` fields; words of people are [`PersonText`].

use super::shares::ShareRow;
use crate::command::May;
use crate::ids::{BatchId, DocId, ElementId, MemberId, Rev, SpaceId};
use crate::text::PersonText;
use serde::Serialize;

/// A page of a list. Cursors are opaque, hold no content and stay good while rows arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    /// At most 200.
    pub rows: Vec<T>,
    /// Give it as `after` to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// Give it as `after` for the page before this one; `None` at the start.
    pub previous: Option<Cursor>,
    /// How many there are in all: where that was asked for, and where this page shows them all.
    pub total: Option<u64>,
}

/// A place in a list: keyset, without content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cursor(pub String);

/// Which page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// 1–200 rows.
    pub limit: u32,
    /// A page's `next` or `previous`: from that place on, or up to it; `None`: from the start.
    pub after: Option<Cursor>,
    /// Instead of `after`: about in the middle of the page. Where it is gone, its old place as far as that is known here,
    /// else the start.
    pub around: Option<Anchor>,
    /// Whether to count the whole list, which costs as much as there is.
    pub total: bool,
}

/// What a page can be around.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields")]
pub enum Anchor {
    /// A note, goal or plan, in a list of these.
    Object { id: DocId },
    /// An idea, in the list of those that wait.
    Idea { id: ElementId },
    /// A change that was kept out.
    Change { id: BatchId },
}

impl Default for At {
    fn default() -> Self {
        At { limit: 50, after: None, around: None, total: false }
    }
}

/// A time as claimed, in every form a screen needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "experience.md §3 names the forms")]
pub struct When {
    pub unix_ms: i64,
    pub zone: String,
    pub local_date: String,
    pub local_time: String,
    /// `Today 14:07`.
    pub label: String,
    pub long: String,
    /// Always true: no time here is more than what a device said.
    pub claimed: bool,
}

/// A member as named in this relationship.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct Person {
    pub member: MemberId,
    pub name: PersonText,
    /// The first letter of the name, for a badge.
    pub initial: PersonText,
    pub is_me: bool,
    pub role_label: String,
    /// Whether digits were compared.
    pub checked: bool,
}

/// Exactly those who are able to decrypt an object (invariant I30), from the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audience {
    /// Everyone, me first.
    pub people: Vec<Person>,
    /// A whole sentence.
    pub label: String,
    /// For a row of a list.
    pub short: String,
    /// How many of my own devices hold it.
    pub devices_of_me: u32,
}

/// Whose a part is; from signatures, never from role names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ownership {
    /// Mine, theirs, both or each; also the edge that is drawn.
    pub kind: OwnershipKind,
    /// The owner's name where it is another's.
    pub name: PersonText,
    /// A whole sentence.
    pub label: String,
}

/// The four signs of ownership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum OwnershipKind {
    Mine,
    Theirs,
    Both,
    Each,
}

/// A state of a closed set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// Its stable name.
    pub code: String,
    /// In words.
    pub label: String,
}

/// A paragraph or list item with a direction of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paragraph {
    /// The words, with their marks of emphasis.
    pub text: PersonText,
    /// By the first strong character; neutral takes the screen's.
    pub dir: Direction,
    /// What it is.
    pub kind: ParagraphKind,
}

/// Which way a paragraph runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum Direction {
    Ltr,
    Rtl,
    Neutral,
}

/// The Markdown subset of notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum ParagraphKind {
    Plain,
    Bullet,
    Unchecked,
    Checked,
}

/// A note in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct NoteRow {
    pub id: DocId,
    /// Empty where the note has its own lock.
    pub title: PersonText,
    /// The first words of the body, at most 160 scalars on one line.
    pub snippet: PersonText,
    pub dir: Direction,
    pub tags: Vec<PersonText>,
    pub pinned: bool,
    pub when: When,
    pub audience: String,
    pub may: May,
}

/// A note opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct NoteDetail {
    pub id: DocId,
    pub title: PersonText,
    pub body: PersonText,
    pub paragraphs: Vec<Paragraph>,
    pub tags: Vec<PersonText>,
    pub pinned: bool,
    pub stage: Stage,
    /// Copies that I gave of it, or of a part of it, at most 50, the newest first.
    pub given: Vec<ShareRow>,
    pub made: When,
    pub when: When,
    pub audience: Audience,
    /// Set while it can only be read.
    pub repair: Option<Stage>,
    pub rev: Rev,
    pub may: May,
}

/// A goal in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct GoalRow {
    pub id: DocId,
    pub title: PersonText,
    pub towards: PersonText,
    pub stage: Stage,
    pub ownership: Ownership,
    pub when: When,
    pub audience: String,
}

/// A step of a goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct StepDetail {
    pub id: ElementId,
    pub text: PersonText,
    /// `me`, `you`, `together`, `someone-else`, seen from the goal's owner.
    pub who: String,
    /// The one it is for, seen from here: a name or a word.
    pub who_label: PersonText,
    pub kind: String,
    pub by_date: Option<String>,
    /// The owner's word, or the named member's where the step is theirs to mark.
    pub stage: Stage,
    /// Who marked it last, where a named member did.
    pub marked_by: Option<Person>,
    pub may: May,
}

/// A goal opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct GoalDetail {
    pub id: DocId,
    pub space: SpaceId,
    pub title: PersonText,
    pub why: PersonText,
    pub towards: PersonText,
    pub away_from: PersonText,
    pub area: Option<PersonText>,
    pub stage: Stage,
    pub ownership: Ownership,
    pub steps: Vec<StepDetail>,
    pub ideas: Vec<IdeaDetail>,
    pub comments: Vec<CommentDetail>,
    pub when: When,
    pub audience: Audience,
    /// Set while it can only be read.
    pub repair: Option<Stage>,
    pub rev: Rev,
    pub may: May,
}

/// A plan in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct PlanRow {
    pub id: DocId,
    pub space: SpaceId,
    pub template: String,
    /// Its own title, else the template's.
    pub title: PersonText,
    pub ownership: Ownership,
    pub when: When,
    pub audience: String,
}

/// A line of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct EntryDetail {
    pub id: ElementId,
    /// The document it lies in; its revision is what an edit names.
    pub rev: Rev,
    pub text: PersonText,
    pub dir: Direction,
    /// Everyone who wrote in it, but for those whose words are all gone from it.
    pub by: Vec<Person>,
    /// `you, 3 May`
    pub by_label: String,
    pub when: When,
    /// Whose column, where each member has one.
    pub column: Option<Person>,
    pub may: May,
}

/// A part of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct PartDetail {
    pub key: String,
    pub title: PersonText,
    pub prompt: String,
    pub ownership: Ownership,
    pub skipped: bool,
    pub entries: Vec<EntryDetail>,
    /// Open ideas for this part.
    pub ideas: Vec<IdeaDetail>,
    /// Lines that someone wrote on, not knowing, where the part was shown from before: to take over or to leave.
    pub left_over: Vec<EntryDetail>,
    pub may: May,
}

/// A plan opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct PlanDetail {
    pub id: DocId,
    pub space: SpaceId,
    pub template: String,
    pub title: PersonText,
    pub ownership: Ownership,
    pub parts: Vec<PartDetail>,
    pub comments: Vec<CommentDetail>,
    pub audience: Audience,
    /// Set while it can only be read.
    pub repair: Option<Stage>,
    pub rev: Rev,
    pub may: May,
}

/// An idea.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct IdeaDetail {
    pub id: ElementId,
    pub about: DocId,
    pub part: String,
    /// The part's or goal's name.
    pub target_label: PersonText,
    /// `add`, `change`, `remove`, `move`.
    pub kind: String,
    pub by: Person,
    pub alternatives: Vec<PersonText>,
    pub why: PersonText,
    /// How the line it would change reads now; empty for something new.
    pub before: PersonText,
    /// Whether that changed since the idea was written.
    pub stale: bool,
    /// What a decision names as seen.
    pub rev: Option<Rev>,
    pub stage: Stage,
    /// The words that were put in.
    pub decided: Option<PersonText>,
    /// More than one where devices decided apart: the owner picks.
    pub decisions: u32,
    pub when: When,
    pub may: May,
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct CommentDetail {
    pub id: ElementId,
    pub part: String,
    pub element: Option<ElementId>,
    pub by: Person,
    pub text: PersonText,
    pub quote: PersonText,
    pub when: When,
}

/// A line of history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct HistoryRow {
    pub act: String,
    /// A whole sentence.
    pub label: String,
    pub by: Person,
    pub element: Option<ElementId>,
    pub before: Option<PersonText>,
    pub after: Option<PersonText>,
    pub when: When,
}
