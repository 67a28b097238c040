//! Every ask there is, about everything a device shows, and what it answered at one moment.

use belay::clock::Moment;
use belay::command::TextTarget;
use belay::ids::{DocId, ElementId};
use belay::projection::Changes;
use belay::view::{Anchor, Answer, Ask, At, NoteFilter, SearchOrder, SearchQuery, ShareFilter, Watch};
use belay_tests::{Chance, Device, goals, plans, text};

/// Fails to compile when an ask is added, so that nobody forgets to ask it below.
fn name(ask: &Ask) -> &'static str {
    match ask {
        Ask::Home => "home",
        Ask::Notes { .. } => "notes",
        Ask::Note { .. } => "note",
        Ask::Goals { .. } => "goals",
        Ask::Goal { .. } => "goal",
        Ask::Plans { .. } => "plans",
        Ask::Plan { .. } => "plan",
        Ask::Idea { .. } => "idea",
        Ask::Waiting { .. } => "waiting",
        Ask::Search { .. } => "search",
        Ask::History { .. } => "history",
        Ask::KeptOut { .. } => "kept out",
        Ask::Audience { .. } => "audience",
        Ask::Relationships => "relationships",
        Ask::Forgotten => "forgotten",
        Ask::Repairs => "repairs",
        Ask::Status => "status",
        Ask::States => "states",
        Ask::Drafts { .. } => "drafts",
        Ask::Draft { .. } => "draft",
        Ask::Shares { .. } => "shares",
        Ask::Copy { .. } => "copy",
    }
}

/// Everything that can be asked, of someone who has seen these documents and ideas by now.
pub fn asks(known: &[DocId], ideas: &[ElementId], chance: &mut Chance) -> Vec<Ask> {
    let at = At::default;
    let few = || At { limit: 2, total: true, ..At::default() };
    let notes = |tag: Option<&str>, trash, at| Ask::Notes { filter: NoteFilter { tag: tag.map(text), trash }, at };
    let best = SearchQuery { order: SearchOrder::Best, ..SearchQuery::from("[0") };
    let mut asks = vec![
        Ask::Home,
        notes(None, false, at()),
        notes(None, false, few()),
        notes(None, true, at()),
        notes(Some("sleep"), false, at()),
        Ask::Goals { at: at() },
        Ask::Plans { at: few() },
        Ask::Waiting { at: at() },
        Ask::Waiting { at: few() },
        Ask::Search { query: SearchQuery::from("["), at: few() },
        Ask::Search { query: best, at: at() },
        Ask::KeptOut { at: at() },
        Ask::Relationships,
        Ask::Forgotten,
        Ask::Drafts { at: at() },
        Ask::Shares { filter: ShareFilter::default(), at: few() },
        Ask::Repairs,
        Ask::Status,
        // What is not there may come.
        Ask::Note { id: DocId([1; 32]) },
        Ask::Idea { id: ElementId([1; 16]) },
    ];
    let mut some: Vec<DocId> = known.to_vec();
    chance.shuffle(&mut some);
    for id in some.into_iter().take(4) {
        asks.extend([Ask::Note { id }, Ask::Goal { id }, Ask::Plan { id }, Ask::Audience { of: id }]);
        let given = ShareFilter { note: Some(id), ..ShareFilter::default() };
        asks.extend([Ask::Copy { id }, Ask::Shares { filter: given, at: at() }]);
        asks.push(Ask::Draft { target: TextTarget::Note { note: id } });
        asks.push(Ask::History { of: id, at: at() });
        asks.push(notes(None, false, At { limit: 3, around: Some(Anchor::Object { id }), ..At::default() }));
    }
    let mut some = ideas.to_vec();
    chance.shuffle(&mut some);
    asks.extend(some.into_iter().take(4).map(|id| Ask::Idea { id }));
    // Hashing closes what is open, which changes what there is to be watched: only now and then.
    if chance.percent(15) {
        asks.push(Ask::States);
    }
    asks.truncate(belay::companion::ASKS_MAX);
    asks
}

/// The ideas that a device shows.
pub fn ideas(device: &Device) -> Vec<ElementId> {
    let in_plans = plans(device).into_iter().flat_map(|plan| plan.parts).flat_map(|part| part.ideas);
    in_plans.chain(goals(device).into_iter().flat_map(|goal| goal.ideas)).map(|idea| idea.id).collect()
}

/// What was answered, and what that depends on.
pub struct Screens {
    pub asks: Vec<Ask>,
    pub commit: u64,
    pub answers: Vec<Answer>,
    pub watch: Vec<Watch>,
}

impl Screens {
    pub fn open(device: &Device, asks: Vec<Ask>, at: &Moment) -> Self {
        let reading = device.companion.read(&asks, at).unwrap_or_else(|failure| panic!("{}: {failure:?}", device.name));
        assert_eq!((reading.answers.len(), reading.watch.len()), (asks.len(), asks.len()));
        Screens { asks, commit: reading.commit, answers: reading.answers, watch: reading.watch }
    }

    /// The same asked again.
    pub fn again(&self, device: &Device, at: &Moment) -> Self {
        Screens::open(device, self.asks.clone(), at)
    }
}

/// What a run of the property saw, so that one that could not fail fails.
#[derive(Debug, Default)]
pub struct Tally {
    /// Answers that changed, each with a watch that was met, by the name of the ask.
    pub changed: std::collections::BTreeMap<&'static str, u64>,
    /// Answers that stayed though their watch was met.
    pub met_in_vain: u64,
    /// Answers that stayed, and nothing met their watch.
    pub left_alone: u64,
}

impl Tally {
    /// Compares what a device showed before and after these changes.
    pub fn compare(&mut self, device: &Device, before: &Screens, after: &Screens, changes: &Changes, did: &str) {
        assert_eq!((changes.from, changes.to), (before.commit, after.commit), "{did}");
        for (at, ask) in before.asks.iter().enumerate() {
            let is_met = before.watch[at].is_met_by(changes);
            match (before.answers[at] == after.answers[at], is_met) {
                (false, true) => *self.changed.entry(name(ask)).or_default() += 1,
                (true, true) => self.met_in_vain += 1,
                (true, false) => self.left_alone += 1,
                (false, false) => panic!(
                    "{} did {did}; {ask:?} answers otherwise, and nobody is told\nwatch {:?}\n{changes:#?}\nbefore \
                     {:#?}\nafter {:#?}",
                    device.name, before.watch[at], before.answers[at], after.answers[at]
                ),
            }
        }
    }
}
