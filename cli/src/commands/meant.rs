//! What a draft was written for. What is there already says so itself. A line or a step that was to be added is nothing
//! yet: its draft is kept as a note to be, so that its words are safe with every app, under a name that says here what it
//! would have been.

use crate::failure::Done;
use crate::find;
use crate::host::Host;
use belay::command::TextTarget;
use belay::crypto::hash::sha256;
use belay::document::goal::{StepKind, Who};
use belay::ids::{DocId, ElementId};
use belay::library::Arg;
use belay::secret::{Entropy, SystemEntropy};

/// Bytes of such a name: chosen by chance, what it would have been, that it is such a name.
const CHANCE: usize = 4;
const PLACE: usize = 8;
const MARK: usize = ElementId::LEN - CHANCE - PLACE;

/// Something to be.
pub enum ToBe {
    /// A line of a part.
    Line {
        /// Of this plan.
        plan: DocId,
        /// The key of the part.
        part: String,
    },
    /// A step.
    Step {
        /// Of this goal.
        goal: DocId,
        /// Who does it.
        who: Who,
        /// Of what kind.
        kind: StepKind,
    },
}

impl ToBe {
    fn key(&self) -> String {
        match self {
            ToBe::Line { plan, part } => format!("line/{plan}/{part}"),
            ToBe::Step { goal, who, kind } => format!("step/{goal}/{}/{}", who.name(), kind.name()),
        }
    }

    /// Where its words are kept while it is not there; another one each time.
    pub fn target(&self) -> TextTarget {
        let mut entropy = SystemEntropy::default();
        let chance: [u8; CHANCE] = (&mut entropy as &mut dyn Entropy).bytes();
        TextTarget::NewNote { draft: Some(derive_name(chance, &self.key())) }
    }
}

fn derive_name(chance: [u8; CHANCE], key: &str) -> ElementId {
    let place = sha256(&[b"belay draft for", &chance, key.as_bytes()]);
    let begin: Vec<u8> = chance.into_iter().chain(place.into_iter().take(PLACE)).collect();
    let mark = sha256(&[b"belay draft name", &begin]);
    let bytes: Vec<u8> = begin.into_iter().chain(mark.into_iter().take(MARK)).collect();
    ElementId::from_slice(&bytes).expect("the three lengths make one id")
}

/// The beginning of a name that says what it would have been.
fn chance_of(name: &ElementId) -> Option<[u8; CHANCE]> {
    let (begin, mark) = name.0.split_at(CHANCE + PLACE);
    let is_such = sha256(&[b"belay draft name", begin]).starts_with(mark);
    begin.first_chunk().copied().filter(|_| is_such)
}

/// What a note to be would have been.
pub enum Meant {
    /// A note.
    Note,
    /// This.
    ToBe(ToBe),
    /// Something in a place that is not here any more.
    Gone,
}

/// All places that something can be added to, each with how it is called.
#[derive(Default)]
pub struct Places {
    all: Vec<(ToBe, String)>,
    titles: Vec<(DocId, String)>,
}

impl Places {
    /// Those that these drafts need.
    pub fn read(host: &Host, targets: &[&TextTarget]) -> Done<Self> {
        let mut places = Places::default();
        if targets.iter().all(|target| target.objects().is_empty() && such(target).is_none()) {
            return Ok(places);
        }
        let (plans, goals) = (find::plans(host)?, find::goals(host)?);
        places.titles.extend(plans.iter().map(|row| (row.id, row.title.as_str().to_owned())));
        places.titles.extend(goals.iter().map(|row| (row.id, row.title.as_str().to_owned())));
        if targets.iter().all(|target| such(target).is_none()) {
            return Ok(places);
        }
        for row in &plans {
            // One that cannot be read cannot be written in either.
            let Ok(plan) = find::plan_detail(host, row.id) else { continue };
            for part in &plan.parts {
                let args = [("part", Arg::Text(part.title.as_str())), ("title", Arg::Text(row.title.as_str()))];
                let called = host.say("term-draft-for-line", &args);
                places.all.push((ToBe::Line { plan: row.id, part: part.key.clone() }, called));
            }
        }
        for row in &goals {
            let called = host.say("term-draft-for-step", &[("title", Arg::Text(row.title.as_str()))]);
            for &who in Who::ALL {
                let step = |kind: &StepKind| ToBe::Step { goal: row.id, who, kind: *kind };
                places.all.extend(StepKind::ALL.iter().map(|kind| (step(kind), called.clone())));
            }
        }
        Ok(places)
    }

    /// What this draft would have been.
    pub fn meant(self, target: &TextTarget) -> Meant {
        let Some((name, chance)) = such(target) else { return Meant::Note };
        match self.all.into_iter().find(|(to_be, _)| derive_name(chance, &to_be.key()) == name) {
            Some((to_be, _)) => Meant::ToBe(to_be),
            None => Meant::Gone,
        }
    }

    /// What a draft was for, in a few words; nothing for a note to be.
    pub fn called(&self, host: &Host, target: &TextTarget) -> String {
        if let Some((name, chance)) = such(target) {
            let found = self.all.iter().find(|(to_be, _)| derive_name(chance, &to_be.key()) == name);
            return found.map_or_else(|| host.say("term-draft-alone", &[]), |(_, called)| called.clone());
        }
        let id = match target {
            TextTarget::NewNote { .. } => return String::new(),
            TextTarget::Note { .. } | TextTarget::NoteTitle { .. } => return host.say("term-draft-for-note", &[]),
            TextTarget::Comment { .. } => "term-draft-for-comment",
            TextTarget::Suggestion { .. } => "term-draft-for-idea",
            TextTarget::PlanTitle { .. } | TextTarget::PlanEntry { .. } => "term-draft-for-change",
            TextTarget::GoalField { .. } | TextTarget::Step { .. } => "term-draft-for-change",
        };
        let about = target.objects();
        let title = self.titles.iter().find(|(doc, _)| about.contains(doc));
        title.map_or_else(String::new, |(_, title)| host.say(id, &[("title", Arg::Text(title))]))
    }
}

/// The name of a draft for something to be, and the chance in it.
fn such(target: &TextTarget) -> Option<(ElementId, [u8; CHANCE])> {
    let TextTarget::NewNote { draft: Some(name) } = target else { return None };
    Some((*name, chance_of(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_it_would_have_been_and_others_say_nothing() {
        let line = |part: &str| ToBe::Line { plan: DocId([7; 32]), part: part.to_owned() };
        let places = || Places { all: vec![(line("a"), "A".into()), (line("b"), "B".into())], titles: Vec::new() };
        let (first, second) = (line("b").target(), line("b").target());
        assert_ne!(first, second, "no draft takes the place of another");
        assert!(matches!(places().meant(&first), Meant::ToBe(ToBe::Line { part, .. }) if part == "b"));
        assert!(matches!(places().meant(&line("c").target()), Meant::Gone));
        assert!(matches!(places().meant(&TextTarget::NewNote { draft: Some(ElementId([7; 16])) }), Meant::Note));
    }
}
