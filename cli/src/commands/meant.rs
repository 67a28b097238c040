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
use chrono::{Days, NaiveDate};

/// Bytes of such a name: chosen by chance, a day and what it stands behind, what it would have been, that it is such a name.
const CHANCE: usize = 4;
const BESIDE: usize = 4;
const PLACE: usize = 4;
const MARK: usize = ElementId::LEN - CHANCE - BESIDE - PLACE;
/// Bits of `BESIDE` for what it stands behind; the others count days from [`FIRST_DAY`].
const BEHIND_BITS: u32 = 15;
const BEHIND_MASK: u32 = (1 << BEHIND_BITS) - 1;
/// The first day that a step may have.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day of the calendar");

/// Something to be.
pub enum ToBe {
    /// A line of a part.
    Line {
        /// Of this plan.
        plan: DocId,
        /// The key of the part.
        part: String,
    },
    /// All lines of a part at once.
    Lines {
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
            ToBe::Lines { plan, part } => format!("lines/{plan}/{part}"),
            ToBe::Step { goal, who, kind } => format!("step/{goal}/{}/{}", who.name(), kind.name()),
        }
    }

    /// Where its words are kept while it is not there; another one each time.
    pub fn target(&self, beside: Beside) -> TextTarget {
        let mut entropy = SystemEntropy::default();
        let chance: [u8; CHANCE] = (&mut entropy as &mut dyn Entropy).bytes();
        TextTarget::NewNote { draft: Some(derive_name(chance, beside, &self.key())) }
    }
}

/// What else was asked for it, in the bits there are: which day and behind what are told by as much of them as fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beside(u32);

impl Beside {
    /// Behind this, on that day. A day outside the bounds of days is left out: the core refuses it before anything is kept.
    pub fn of(behind: Option<&ElementId>, day: Option<&str>) -> Self {
        let day = day.and_then(|day| day.parse::<NaiveDate>().ok()).map(|day| (day - FIRST_DAY).num_days() + 1);
        let day = day.and_then(|days| u32::try_from(days).ok()).filter(|days| *days < 1 << (u32::BITS - BEHIND_BITS));
        Beside((day.unwrap_or_default() << BEHIND_BITS) | behind.map_or(0, mark_of))
    }

    /// What lies here of what the lines were when they were shown.
    pub fn of_text(text: &str) -> Self {
        let hash = sha256(&[b"belay draft before", text.as_bytes()]);
        Beside(hash.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes)))
    }

    /// The day.
    pub fn day(self) -> Option<String> {
        let days = u64::from(self.0 >> BEHIND_BITS).checked_sub(1)?;
        Some(FIRST_DAY.checked_add_days(Days::new(days))?.to_string())
    }

    /// Which of these it was to stand behind.
    pub fn behind(self, ids: impl IntoIterator<Item = ElementId>) -> Option<ElementId> {
        let mark = self.0 & BEHIND_MASK;
        ids.into_iter().find(|id| mark != 0 && mark_of(id) == mark)
    }
}

/// Never nothing.
fn mark_of(id: &ElementId) -> u32 {
    let hash = sha256(&[b"belay draft behind", &id.0]);
    hash.first_chunk().map_or(1, |bytes| (u32::from_be_bytes(*bytes) & BEHIND_MASK).max(1))
}

fn derive_name(chance: [u8; CHANCE], beside: Beside, key: &str) -> ElementId {
    let place = sha256(&[b"belay draft for", &chance, key.as_bytes()]);
    let begin: Vec<u8> =
        chance.into_iter().chain(beside.0.to_be_bytes()).chain(place.into_iter().take(PLACE)).collect();
    let mark = sha256(&[b"belay draft name", &begin]);
    let bytes: Vec<u8> = begin.into_iter().chain(mark.into_iter().take(MARK)).collect();
    ElementId::from_slice(&bytes).expect("the four lengths make one id")
}

/// The beginning of a name that says what it would have been.
fn chance_of(name: &ElementId) -> Option<([u8; CHANCE], Beside)> {
    let (begin, mark) = name.0.split_at(CHANCE + BESIDE + PLACE);
    let is_such = sha256(&[b"belay draft name", begin]).starts_with(mark);
    let (chance, rest) = begin.split_first_chunk().filter(|_| is_such)?;
    Some((*chance, Beside(u32::from_be_bytes(*rest.first_chunk()?))))
}

/// What a note to be would have been.
pub enum Meant {
    /// A note.
    Note,
    /// This, with what was asked for beside it.
    ToBe(ToBe, Beside),
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
                let called = host.say("term-draft-for-lines", &args);
                places.all.push((ToBe::Lines { plan: row.id, part: part.key.clone() }, called));
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
        let Some((name, (chance, beside))) = such(target) else { return Meant::Note };
        match self.all.into_iter().find(|(to_be, _)| derive_name(chance, beside, &to_be.key()) == name) {
            Some((to_be, _)) => Meant::ToBe(to_be, beside),
            None => Meant::Gone,
        }
    }

    /// What a draft was for, in a few words; nothing for a note to be.
    pub fn called(&self, host: &Host, target: &TextTarget) -> String {
        if let Some((name, (chance, beside))) = such(target) {
            let found = self.all.iter().find(|(to_be, _)| derive_name(chance, beside, &to_be.key()) == name);
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

/// The name of a draft for something to be, the chance in it, and what was asked for beside.
fn such(target: &TextTarget) -> Option<(ElementId, ([u8; CHANCE], Beside))> {
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
        let none = Beside::default();
        let (first, second) = (line("b").target(none), line("b").target(none));
        assert_ne!(first, second, "no draft takes the place of another");
        assert!(matches!(places().meant(&first), Meant::ToBe(ToBe::Line { part, .. }, _) if part == "b"));
        assert!(matches!(places().meant(&line("c").target(none)), Meant::Gone));
        assert!(matches!(places().meant(&TextTarget::NewNote { draft: Some(ElementId([7; 16])) }), Meant::Note));
        // The day and what it stands behind are told as well, at both ends of the calendar.
        let ids = [ElementId([1; 16]), ElementId([2; 16])];
        for day in ["1900-01-01", "2026-11-23", "2199-12-31"] {
            let beside = Beside::of(Some(&ids[1]), Some(day));
            assert_eq!((beside.day().as_deref(), beside.behind(ids)), (Some(day), Some(ids[1])));
            let Meant::ToBe(_, told) = places().meant(&line("a").target(beside)) else { panic!("a line") };
            assert_eq!(told, beside);
        }
        assert_eq!((none.day(), none.behind(ids)), (None, None));
    }
}
