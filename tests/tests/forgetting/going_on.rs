//! What has ended reads on, and goes on for its owner alone (protocol.md §3, "Leave is final").

use crate::{CANARY, OWN, THEIRS, US};
use belay::command::{Command, GoalCommand, GoalDraft, PlanCommand, RelationshipCommand, StepDraft, Warning};
use belay::document::plan::PartOwner;
use belay::error::Code;
use belay::ids::{DocId, SpaceId};
use belay_tests::{Act, Device, Forge, Plan, World, exchange_once, plans, text, unchanged, until_quiet};

fn go_on(doc: DocId) -> Command {
    RelationshipCommand::GoOnAlone { doc }.command()
}

fn leave(device: &Device, space: &SpaceId) {
    device.companion.leave(space, &device.secret(), &device.at()).expect("the right secret");
}

/// The key of the first part that is written by these.
fn key(on: &Device, plan: &Plan, owner: PartOwner) -> String {
    let parts = on.look(|db| belay::projection::lines::parts(db, &plan.id));
    parts.into_iter().find(|part| part.owner == owner).expect("such a part").key
}

#[test]
fn a_plan_goes_on_with_what_its_owner_could_write_and_the_older_one_stays() {
    let world = World::new("going on");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add(OWN, CANARY));
    mara.apply(plan.add(OWN, "Taken out"));
    mara.apply(plan.take(plan.line(&mara, OWN, "Taken out").id));
    mara.apply(plan.add(US, "Call before eight"));
    // Handed over and back, so that older words of it lie elsewhere under the same ids.
    mara.apply(plan.hand_over(OWN, PartOwner::Both));
    let line = plan.line(&mara, OWN, CANARY);
    mara.apply(plan.rewrite(&line, "Tea"));
    let (theirs, each) = (key(&mara, &plan, PartOwner::Supporter), key(&mara, &plan, PartOwner::Each));
    mara.apply(plan.add(&each, "Mine of each"));
    exchange_once(&mara, &theo, &space);
    theo.apply(plan.add(&theirs, THEIRS));
    theo.apply(plan.add(&each, "His of each"));
    theo.apply(plan.add(US, "No reason asked"));
    exchange_once(&mara, &theo, &space);
    assert_eq!(mara.refused(go_on(plan.id)), Code::AlreadyYours, "nothing has ended");
    leave(&mara, &space);
    assert_eq!(mara.refused(plan.add(OWN, "More")), Code::RelationshipEnded);
    assert_eq!(theo.refused(go_on(plan.id)), Code::AlreadyYours, "he has not heard of it");
    exchange_once(&mara, &theo, &space);
    assert_eq!(theo.refused(go_on(plan.id)), Code::NotOwner);

    let (hash, before) = (mara.hash(&space), mara.content());
    let seen = mara.companion.preview(&go_on(plan.id), &mara.at()).expect("it would be done");
    assert_eq!((seen.audience.len(), seen.leaves.len()), (1, 0), "nobody else sees it, and nothing leaves");
    assert!(seen.warnings.contains(&Warning::Lasting));
    unchanged(&before, &mara.content());
    let new = Plan { id: mara.apply(go_on(plan.id)).made.expect("a new one") };
    assert_eq!(new.words(&mara, OWN), ["Tea"], "as it is shown, not as it once lay elsewhere");
    assert_eq!(new.words(&mara, US), ["Call before eight", "No reason asked"]);
    assert_eq!(new.words(&mara, &each), ["Mine of each"]);
    assert!(new.words(&mara, &theirs).is_empty());
    let left_over: usize = plans(&mara).iter().flat_map(|plan| &plan.parts).map(|part| part.left_over.len()).sum();
    assert_eq!(left_over, 0);
    assert_eq!(plan.words(&mara, &theirs), [THEIRS], "it is read where it was written");
    assert_eq!(mara.hash(&space), hash, "what is shared says what it said");
    mara.apply(new.add(&theirs, "Now mine to write"));
    mara.apply(new.rewrite(&new.line(&mara, OWN, "Tea"), "Tea and bread"));
    assert_eq!(plan.words(&mara, OWN), ["Tea"]);
    assert_eq!(mara.refused(go_on(plan.id)), Code::Duplicate, "once");
    assert_eq!(mara.refused(go_on(new.id)), Code::AlreadyYours);
    // It is mine alone: nothing of it ever goes to whom I left.
    let told = theo.take(&mara.bundle(&space));
    assert!(told.is_ok_and(|told| told.new == 0));
    mara.lock_and_unlock();
    assert_eq!(new.words(&mara, OWN), ["Tea and bread"]);
    // Let go of, it may go on anew from what stayed.
    mara.apply(belay::command::ForgetCommand::Everything { doc: new.id });
    assert_eq!(mara.apply(go_on(plan.id)).made.map(|made| made == new.id), Some(false));
}

#[test]
fn a_goal_goes_on_with_its_steps_for_whom_was_left_too() {
    let world = World::new("going on goal");
    let (mara, theo, space) = world.mara_and_theo();
    let draft = GoalDraft { title: text("Swim"), towards: text(CANARY), ..GoalDraft::default() };
    let goal = theo.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal");
    let step = StepDraft { text: text("Buy goggles"), ..StepDraft::default() };
    theo.apply(GoalCommand::AddStep { goal, draft: step, after: None });
    let private = Plan::made_by(&theo, None, "wellness");
    exchange_once(&mara, &theo, &space);
    leave(&mara, &space);
    exchange_once(&mara, &theo, &space);
    let made = theo.apply(go_on(goal)).made.expect("a new one");
    assert_eq!(theo.refused(go_on(goal)), Code::Duplicate);
    theo.apply(GoalCommand::AddStep {
        goal: made,
        draft: StepDraft { text: text("Go"), ..StepDraft::default() },
        after: None,
    });
    assert_eq!(mara.refused(go_on(goal)), Code::NotOwner);
    assert_eq!(theo.refused(go_on(private.id)), Code::AlreadyYours);
    assert_eq!(theo.refused(go_on(DocId([7; 32]))), Code::NotFound);
    let create = PlanCommand::Create { space: Some(space), template: "wellness".to_owned(), title: text("") };
    assert_eq!(theo.refused(create), Code::RelationshipEnded);
}

/// Ids of lines are chosen by whoever writes them. Theo writes lines into the part that both write under the ids of lines in
/// parts that Mara alone writes: all that was hers to write goes along, each line once.
#[test]
fn a_line_under_the_id_of_another_takes_no_line_away() {
    use belay::document::plan::{EntryState, steps};
    let world = World::new("same ids");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let each = key(&mara, &plan, PartOwner::Each);
    let lines = [(US, CANARY), (OWN, "Mine"), (each.as_str(), "Mine of each")];
    lines.iter().for_each(|(part, words)| drop(mara.apply(plan.add(part, words))));
    until_quiet(&mara, &theo, &space);
    let joint = mara.look(|db| belay::store::documents::about(db, &plan.id));
    let joint = joint.into_iter().find(|about| about.writer.is_none()).expect("a part that both write");
    let birth = Forge::birth_of(&theo, &joint.id);
    let forge = Forge::with_keys_of(&theo, &space);
    let entry = EntryState { part: US.into(), text: THEIRS.into(), order: "80".into(), ..EntryState::default() };
    let ids = lines[1..].iter().map(|(part, words)| plan.line(&mara, part, words).id);
    let said: Vec<_> = ids.flat_map(|id| steps::add_entry(id, &entry)).collect();
    let forged = forge.batch(&birth, Forge::doc_of(&theo, &birth), &said, |_| ());
    assert_eq!(mara.take(&forge.bundle_for(&mara, &[forged])).expect("an envelope").new, 1);
    let shown = |plan: &Plan| [US, OWN, &each].map(|part| plan.words(&mara, part));
    let before = shown(&plan);
    assert_eq!(before.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1, 1]);
    leave(&mara, &space);
    let new = Plan { id: mara.apply(go_on(plan.id)).made.expect("a new one") };
    let sorted = |parts: [Vec<String>; 3]| {
        parts.map(|mut part| {
            part.sort();
            part
        })
    };
    assert_eq!(sorted(shown(&new)), sorted(before));
    // What nobody else could have written an id of keeps its own.
    assert_eq!(new.line(&mara, OWN, "Mine").id, plan.line(&mara, OWN, "Mine").id);
}
