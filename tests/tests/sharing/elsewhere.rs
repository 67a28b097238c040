//! Whoever writes a document names what it is about. One of another space that names a goal or plan of this one is about
//! nothing here: it is shown nowhere in it, copied into nothing, and takes nothing away (domain.md I2).

use belay::batch::Birth;
use belay::command::{ForgetCommand, GoalCommand, GoalDraft, StepDraft};
use belay::document::goal::{StepMark, StepStage, Who};
use belay::document::plan::{EntryState, steps};
use belay::document::{Doc, Kind, Step, lane};
use belay::ids::{DocId, ElementId, SpaceId};
use belay_tests::{Device, Forge, Plan, World, goals, pair, plans, text, until_quiet};

const US: &str = "looking-after-us";
const LINE: &str = "We say when we need a pause.";
const FORGED: ElementId = ElementId([9; 16]);

/// Mara and Theo in one space; Mara and Una, who knows the ids of what the two share, in another.
struct Both {
    mara: Device,
    theo: Device,
    una: Device,
    space: SpaceId,
    other: SpaceId,
}

impl Both {
    fn new(name: &str) -> Self {
        let world = World::new(name);
        let (mara, theo, space) = world.mara_and_theo();
        let una = world.person("Una");
        let other = pair(&mara, &una);
        until_quiet(&mara, &una, &other);
        Both { mara, theo, una, space, other }
    }

    /// Una writes in a document of her space that says it is about this.
    fn forge(&self, kind: Kind, about: DocId, key: Option<&str>, said: &[Step]) {
        let writer = (kind != Kind::Joint).then(|| self.una.member(&self.other));
        let (about, key) = (Some(about), key.map(str::to_owned));
        let birth = Birth { space: self.other, kind: kind.number(), writer, about, key, nonce: [0; 32] };
        let forge = Forge::with_keys_of(&self.una, &self.other);
        let batch = forge.batch(&birth, Doc::born(birth.clone()).expect("known"), said, |_| ());
        let taken = self.mara.take(&forge.bundle_for(&self.mara, &[batch])).expect("an envelope");
        assert_eq!((taken.new, self.mara.kept_out(&self.other).len()), (1, 0), "it counts where it was written");
        until_quiet(&self.mara, &self.theo, &self.space);
    }

    /// The same with a line of a part.
    fn forge_line(&self, kind: Kind, plan: &Plan, part: &str, id: ElementId) {
        let (part_key, text, order) = (part.to_owned(), "Trust nobody.".to_owned(), "80".to_owned());
        let entry = EntryState { part: part_key, text, order, ..EntryState::default() };
        self.forge(kind, plan.id, Some(part), &steps::add_entry(id, &entry));
    }

    fn on_both<T>(&self, seen: impl Fn(&Device) -> T) -> [T; 2] {
        [seen(&self.mara), seen(&self.theo)]
    }
}

#[test]
fn a_mark_says_nothing_of_a_goal_of_another_space() {
    let both = Both::new("mark elsewhere");
    let draft = GoalDraft { title: text("Swim"), towards: text("Water"), ..GoalDraft::default() };
    let goal = both.mara.apply(GoalCommand::Create { space: Some(both.space), draft }).made.expect("a goal");
    let draft = StepDraft { text: text("Ask"), who: Who::You, ..StepDraft::default() };
    let step = both.mara.apply(GoalCommand::AddStep { goal, draft, after: None }).element.expect("a step");
    let done = StepMark { stage: StepStage::Done, turn: 1 };
    both.forge(Kind::Lane, goal, None, &[lane::mark_step(step, done)]);
    assert_eq!(both.on_both(|on| goals(on)[0].steps[0].stage.code.clone()), ["planned", "planned"]);
}

#[test]
fn a_line_is_left_over_in_no_plan_of_another_space() {
    let both = Both::new("line elsewhere");
    let plan = Plan::made_by(&both.mara, Some(both.space), "wellness");
    let part = plans(&both.mara)[0].parts[0].key.clone();
    both.forge_line(Kind::Column, &plan, &part, FORGED);
    let left_over = |on: &Device| plans(on)[0].parts.iter().map(|part| part.left_over.len()).sum::<usize>();
    assert_eq!(both.on_both(left_over), [0, 0]);
}

/// Under an id of its own, and under that of the line that is there.
#[test]
fn a_part_goes_into_no_successor_of_another_space() {
    for own_id in [true, false] {
        let both = Both::new(&format!("part elsewhere {own_id}"));
        let plan = Plan::made_by(&both.mara, Some(both.space), "wellness");
        both.mara.apply(plan.add(US, LINE));
        let id = if own_id { FORGED } else { plan.line(&both.mara, US, LINE).id };
        both.forge_line(Kind::Joint, &plan, US, id);
        let into = both.mara.apply(ForgetCommand::Past { doc: plan.id }).made.expect("a successor");
        until_quiet(&both.mara, &both.theo, &both.space);
        assert_eq!(both.on_both(|on| Plan { id: into }.words(on, US)), [[LINE], [LINE]]);
        // What Una wrote is hers to forget: with the plan it goes from nobody.
        let held = "SELECT count(*) FROM batch JOIN document ON document.id = batch.doc
            WHERE about = ?1 AND stage = 3 AND document.space = (SELECT id FROM name WHERE value = ?2)";
        let held = both.mara.look(|db| Ok(db.query_row(held, (plan.id, both.other), |row| row.get::<_, i64>(0))?));
        assert_eq!(held, 1, "hidden with what is not its own");
    }
}
