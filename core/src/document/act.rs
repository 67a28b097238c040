//! What changed between two states of a document: the material of history, without sentences.

use crate::ids::ElementId;

/// The kinds of act. The number is kept in history rows and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[allow(missing_docs, reason = "history.ftl has a sentence for each")]
pub enum ActKind {
    NoteMade = 1,
    NoteTitle = 2,
    NoteBody = 3,
    TagAdded = 4,
    TagTaken = 5,
    Pinned = 6,
    Unpinned = 7,
    Trashed = 8,
    Restored = 9,
    GoalMade = 20,
    GoalField = 21,
    GoalState = 22,
    StepAdded = 23,
    StepText = 24,
    StepState = 25,
    StepMoved = 26,
    StepWho = 27,
    StepTaken = 28,
    StepMarked = 29,
    PlanMade = 40,
    PlanTitle = 41,
    PartAdded = 42,
    PartOwner = 43,
    PartSkipped = 44,
    PartTaken = 45,
    EntryAdded = 50,
    EntryText = 51,
    EntryMoved = 52,
    EntryTaken = 53,
    EntryBack = 54,
    IdeaGiven = 60,
    IdeaTaken = 61,
    IdeaAdded = 62,
    IdeaChanged = 63,
    IdeaDeclined = 64,
    Commented = 65,
    IdeaBack = 66,
    NameChanged = 70,
    SpaceNamed = 71,
    CopyGiven = 80,
}

/// Every kind of act, in the order of their numbers.
pub const ACT_KINDS: &[ActKind] = {
    use ActKind::*;
    &[
        NoteMade,
        NoteTitle,
        NoteBody,
        TagAdded,
        TagTaken,
        Pinned,
        Unpinned,
        Trashed,
        Restored,
        GoalMade,
        GoalField,
        GoalState,
        StepAdded,
        StepText,
        StepState,
        StepMoved,
        StepWho,
        StepTaken,
        StepMarked,
        PlanMade,
        PlanTitle,
        PartAdded,
        PartOwner,
        PartSkipped,
        PartTaken,
        EntryAdded,
        EntryText,
        EntryMoved,
        EntryTaken,
        EntryBack,
        IdeaGiven,
        IdeaTaken,
        IdeaAdded,
        IdeaChanged,
        IdeaDeclined,
        Commented,
        IdeaBack,
        NameChanged,
        SpaceNamed,
        CopyGiven,
    ]
};

impl ActKind {
    /// The kind behind its number.
    pub fn from_number(number: i64) -> Option<Self> {
        ACT_KINDS.iter().copied().find(|kind| i64::from(*kind as u8) == number)
    }

    /// Whether it begins a note or changes its words: what a note is as old as.
    pub fn words_a_note(self) -> bool {
        matches!(self, ActKind::NoteMade | ActKind::NoteTitle | ActKind::NoteBody)
    }
}

/// One act: what was done to what, with the words before and after where they are short enough to keep twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What was done.
    pub kind: ActKind,
    /// The entry, step, idea or comment it was done to; `None` for the document itself.
    pub element: Option<ElementId>,
    /// The part, field or tag.
    pub field: Option<String>,
    /// How it was.
    pub before: Option<crate::text::PersonText>,
    /// How it is.
    pub after: Option<crate::text::PersonText>,
}

/// Longest words kept in a history row, in scalars: those of an item. Longer texts keep their story in the batches.
const KEPT_SCALARS_MAX: usize = 2_000;

impl Act {
    /// An act on the document itself.
    pub fn of(kind: ActKind) -> Self {
        Act { kind, element: None, field: None, before: None, after: None }
    }
    /// On this element.
    #[must_use]
    pub fn on(mut self, element: ElementId) -> Self {
        self.element = Some(element);
        self
    }
    /// In this part, field or tag.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
    /// From these words to those; words too long to keep twice are left out.
    #[must_use]
    pub fn words(mut self, before: &str, after: &str) -> Self {
        let is_short = |text: &str| text.len() <= 4 * KEPT_SCALARS_MAX && text.chars().count() <= KEPT_SCALARS_MAX;
        let kept = |text: &str| (!text.is_empty() && is_short(text)).then(|| text.into());
        (self.before, self.after) = (kept(before), kept(after));
        self
    }
}

/// An act when two values of a text differ.
pub(super) fn text_act(kind: ActKind, before: &str, after: &str) -> Option<Act> {
    (before != after).then(|| Act::of(kind).words(before, after))
}
