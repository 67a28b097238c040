//! A lane: the document in which one member gives ideas, comments and marks steps about one plan or goal.
//! It changes nothing of what it is about; only the owner's own document does (protocol.md §4).

use crate::document::act::{Act, ActKind};
use crate::document::goal::{MARK_FIRST, StepMark};
use crate::document::named::named;
use crate::document::step::keys;
use crate::document::{Step, Tree, View};
use crate::ids::ElementId;
use std::collections::BTreeMap;

/// Most alternatives in one idea.
pub const ALTERNATIVES_MAX: usize = 5;

named! {
    /// What an idea proposes.
    IdeaKind { Add = "add", Change = "change", Remove = "remove", Move = "move" }
}

/// An idea as its lane says. Its words never change once given.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct IdeaState {
    /// What it proposes.
    pub kind: IdeaKind,
    /// The part of a plan; empty for a goal.
    pub part: String,
    /// The entry or step it is about; `None` for something new.
    pub element: Option<ElementId>,
    /// One to five wordings; for a move, the order key.
    pub alternatives: Vec<String>,
    /// May be empty.
    pub why: String,
    /// The revision it was written on.
    pub base: String,
    /// Taken back by its author.
    pub withdrawn: bool,
    /// When, Unix milliseconds as claimed.
    pub at_ms: i64,
}

/// A comment as its lane says.
#[derive(Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct CommentState {
    pub part: String,
    pub element: Option<ElementId>,
    pub text: String,
    pub quote: String,
    pub at_ms: i64,
}

/// A lane as its document says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LaneState {
    /// Ideas by id.
    pub ideas: BTreeMap<ElementId, IdeaState>,
    /// Comments by id.
    pub comments: BTreeMap<ElementId, CommentState>,
    /// Steps this member marked, by the step's id.
    pub marks: BTreeMap<ElementId, StepMark>,
}

impl LaneState {
    /// Reads what is there; anything of another shape counts as absent.
    pub fn read(view: View<'_>) -> Self {
        let tree = view.content();
        LaneState {
            ideas: read_map(&tree, "ideas", IdeaState::read),
            comments: read_map(&tree, "comments", CommentState::read),
            marks: view
                .all_values("marks")
                .iter()
                .filter_map(|(id, values)| Some((ElementId::parse(id)?, StepMark::of_all(values, MARK_FIRST)?)))
                .collect(),
        }
    }
}

fn read_map<T>(tree: &Tree, key: &str, read: impl Fn(&Tree) -> T) -> BTreeMap<ElementId, T> {
    let Some(map) = tree.get(key) else { return BTreeMap::new() };
    map.entries().filter_map(|(id, item)| Some((ElementId::parse(id)?, read(item)))).collect()
}

impl IdeaState {
    fn read(tree: &Tree) -> Self {
        let alternatives = (0..ALTERNATIVES_MAX)
            .filter_map(|index| tree.get("alternatives")?.str(&index.to_string()).map(str::to_owned))
            .collect();
        IdeaState {
            kind: tree.str("kind").and_then(IdeaKind::from_name).unwrap_or_default(),
            part: tree.str("part").unwrap_or_default().to_owned(),
            element: tree.str("element").and_then(ElementId::parse),
            alternatives,
            why: tree.words("why"),
            base: tree.str("base").unwrap_or_default().to_owned(),
            withdrawn: tree.flag("withdrawn"),
            at_ms: tree.int("at_ms").unwrap_or_default(),
        }
    }
}

impl CommentState {
    fn read(tree: &Tree) -> Self {
        CommentState {
            part: tree.str("part").unwrap_or_default().to_owned(),
            element: tree.str("element").and_then(ElementId::parse),
            text: tree.words("text"),
            quote: tree.words("quote"),
            at_ms: tree.int("at_ms").unwrap_or_default(),
        }
    }
}

/// Gives an idea.
pub fn give_idea(id: ElementId, idea: &IdeaState) -> Vec<Step> {
    let mut steps = vec![
        Step::Map(keys!["ideas", id]),
        Step::Map(keys!["ideas", id, "alternatives"]),
        Step::Set(keys!["ideas", id, "kind"], idea.kind.name().into()),
        Step::Set(keys!["ideas", id, "part"], idea.part.as_str().into()),
        Step::Set(keys!["ideas", id, "base"], idea.base.as_str().into()),
        Step::Set(keys!["ideas", id, "at_ms"], idea.at_ms.into()),
    ];
    for (index, text) in idea.alternatives.iter().enumerate() {
        steps.push(Step::Set(keys!["ideas", id, "alternatives", index], text.as_str().into()));
    }
    if let Some(element) = idea.element {
        steps.push(Step::Set(keys!["ideas", id, "element"], element.to_string().into()));
    }
    if !idea.why.is_empty() {
        steps.push(Step::Set(keys!["ideas", id, "why"], idea.why.as_str().into()));
    }
    steps
}

/// Takes an idea back.
pub fn withdraw_idea(id: ElementId) -> Step {
    Step::Set(keys!["ideas", id, "withdrawn"], true.into())
}

/// Comments.
pub fn comment(id: ElementId, comment: &CommentState) -> Vec<Step> {
    let mut steps = vec![
        Step::Map(keys!["comments", id]),
        Step::Set(keys!["comments", id, "part"], comment.part.as_str().into()),
        Step::Set(keys!["comments", id, "text"], comment.text.as_str().into()),
        Step::Set(keys!["comments", id, "quote"], comment.quote.as_str().into()),
        Step::Set(keys!["comments", id, "at_ms"], comment.at_ms.into()),
    ];
    if let Some(element) = comment.element {
        steps.push(Step::Set(keys!["comments", id, "element"], element.to_string().into()));
    }
    steps
}

/// Marks a step that is mine to mark.
pub fn mark_step(step: ElementId, stage: StepMark) -> Step {
    Step::Set(keys!["marks", step], stage.spelled(MARK_FIRST).as_str().into())
}

/// What changed from one state to the next.
pub fn acts(before: Option<&LaneState>, after: &LaneState) -> Vec<Act> {
    let empty = LaneState::default();
    let before = before.unwrap_or(&empty);
    let mut acts = Vec::new();
    for (id, idea) in &after.ideas {
        let words = idea.alternatives.first().map_or("", String::as_str);
        match before.ideas.get(id) {
            None => acts.push(Act::of(ActKind::IdeaGiven).on(*id).at(&idea.part).words("", words)),
            Some(known) if !known.withdrawn && idea.withdrawn => {
                acts.push(Act::of(ActKind::IdeaTaken).on(*id).at(&idea.part).words(words, ""));
            }
            Some(known) if known.withdrawn && !idea.withdrawn => {
                acts.push(Act::of(ActKind::IdeaBack).on(*id).at(&idea.part).words("", words));
            }
            Some(_) => {}
        }
    }
    for (id, comment) in after.comments.iter().filter(|(id, _)| !before.comments.contains_key(id)) {
        acts.push(Act::of(ActKind::Commented).on(*id).at(&comment.part).words("", &comment.text));
    }
    for (step, stage) in after.marks.iter().filter(|(step, stage)| before.marks.get(step) != Some(stage)) {
        acts.push(Act::of(ActKind::StepMarked).on(*step).at(stage.name()));
    }
    // Taken off again: the step stands where it does without it.
    for step in before.marks.keys().filter(|step| !after.marks.contains_key(step)) {
        acts.push(Act::of(ActKind::StepMarked).on(*step));
    }
    acts
}

crate::text::redacted!(IdeaState, CommentState, LaneState);
