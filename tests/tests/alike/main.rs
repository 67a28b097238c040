//! What is told alike on each phone of a person, and after all was made again from the logs: what went on from what has
//! ended, who left, how old a note is; and what is told of an undo.
#![allow(clippy::indexing_slicing, missing_docs, reason = "a test stops at the first surprise")]

mod ages;
mod labels;

use belay::batch::Birth;
use belay::command::{Command, GoalCommand, GoalDraft, RelationshipCommand, StepDraft};
use belay::document::goal::{StepStage, Who};
use belay::document::{Kind, goal, going_on_from};
use belay::error::Code;
use belay::ids::DocId;
use belay::view::{Answer, Ask, At};
use belay_tests::{Circle, Device, Forge, Plan, World, exchange_once, goals, plans, text, until_quiet};

fn go_on(doc: DocId) -> Command {
    Command::Relationship(RelationshipCommand::GoOnAlone { doc })
}

fn leave(device: &Device, space: &belay::ids::SpaceId) {
    device.companion.leave(space, &device.secret(), &device.at()).expect("the right secret");
}

fn goal_of(device: &Device, space: belay::ids::SpaceId) -> DocId {
    let draft = GoalDraft { title: text("Swim"), towards: text("Water"), ..GoalDraft::default() };
    device.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal")
}

#[test]
fn what_has_no_lines_goes_on_once() {
    let world = World::new("went on");
    let (mara, theo, space) = world.mara_and_theo();
    let (goal, plan) = (goal_of(&mara, space), Plan::made_by(&mara, Some(space), "wellness"));
    until_quiet(&mara, &theo, &space);
    leave(&mara, &space);
    for doc in [goal, plan.id] {
        let made = mara.apply(go_on(doc)).made.expect("a new one");
        assert_eq!(mara.refused(go_on(doc)), Code::Duplicate);
        mara.lock_and_unlock();
        assert_eq!(mara.refused(go_on(doc)), Code::Duplicate, "after a new start");
        assert_eq!(mara.refused(go_on(made)), Code::AlreadyYours);
    }
    // What goes on is let go of with words copied into a successor: that still goes on from the older one.
    let shown = goals(&mara).into_iter().find(|row| row.id != goal).expect("what goes on").id;
    mara.apply(belay::command::ForgetCommand::Past { doc: shown });
    assert_eq!(mara.refused(go_on(goal)), Code::Duplicate, "its successor says so");
}

#[test]
fn two_phones_that_go_on_apart_keep_both_and_know_it() {
    let world = World::new("went on apart");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let (goal, plan) = (goal_of(phone, space), Plan::made_by(phone, Some(space), "wellness"));
    circle.tell_everything();
    leave(phone, &space);
    circle.tell_everything();
    let apart: Vec<DocId> = [phone, tablet]
        .iter()
        .flat_map(|on| [goal, plan.id].map(|doc| on.apply(go_on(doc)).made.expect("one")))
        .collect();
    circle.tell_everything();
    circle.tell_everything();
    for on in [phone, tablet] {
        let shown: Vec<DocId> =
            goals(on).iter().map(|row| row.id).chain(plans(on).iter().map(|plan| plan.id)).collect();
        assert!(apart.iter().all(|made| shown.contains(made)), "both are shown on both");
        let told = [goal, plan.id].map(|doc| on.refused(go_on(doc)));
        assert_eq!(told, [Code::Duplicate, Code::Duplicate]);
    }
}

/// Of one who left and of one whose phones are all out both read that nobody is there; the row tells them apart.
#[test]
fn a_relationship_says_who_left() {
    let world = World::new("who left");
    let (mara, theo, space) = world.mara_and_theo();
    until_quiet(&mara, &theo, &space);
    let row = |on: &Device| {
        let Answer::Relationships(rows) = on.ask(Ask::Relationships) else { panic!("people") };
        let row = rows.into_iter().next().expect("the other");
        (row.phones, row.stage.code, row.left)
    };
    assert_eq!((row(&mara).2, row(&theo).2), (vec![], vec![]));
    leave(&theo, &space);
    let theos = theo.member(&space);
    assert_eq!(row(&theo).2, [theos], "he himself");
    exchange_once(&theo, &mara, &space);
    assert_eq!(row(&mara), (0, "left".to_owned(), vec![theos]));
    let other = World::new("who was put out");
    let circle = Circle::new(&other, 2, 1);
    let (phone, tablet, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    phone.companion.remove_device(&space, &tablet.id(), &phone.secret(), &phone.at()).expect("her own");
    circle.tell_everything();
    assert_eq!(row(phone).2, [], "a phone that was taken out is nobody's leaving");
}

/// Who was left can write that something of theirs goes on from mine. It counts for nobody.
#[test]
fn nobody_else_says_that_mine_went_on() {
    let world = World::new("went on for another");
    let circle = Circle::new(&world, 1, 1);
    let (mara, theo, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let goal = goal_of(mara, space);
    circle.tell_everything();
    let birth = Birth {
        space,
        kind: Kind::Goal.number(),
        writer: Some(theo.member(&space)),
        about: None,
        key: None,
        nonce: [7; 32],
    };
    let forge = Forge::with_keys_of(theo, &space);
    let steps = going_on_from(&goal, goal::steps::begin("title", "Mine now"));
    let born = belay::document::Doc::born(birth.clone()).expect("known");
    let batch = forge.batch(&birth, born, &steps, |_| ());
    assert_eq!(mara.take(&forge.bundle_for(mara, &[batch])).expect("taken").new, 1);
    leave(mara, &space);
    mara.apply(go_on(goal));
    assert_eq!(mara.refused(go_on(goal)), Code::Duplicate);
}

/// What is told of a goal, the newest first.
fn story(on: &Device, of: DocId) -> Vec<String> {
    let Answer::History(page) = on.ask(Ask::History { of, at: At::default() }) else { panic!("a story") };
    page.rows.into_iter().map(|row| row.label).collect()
}

/// Taken back, a step stands where it did: nobody planned it or began it anew.
#[test]
fn what_was_undone_about_a_step_is_told_as_it_is() {
    let world = World::new("undone marks");
    let (mara, theo, space) = world.mara_and_theo();
    let goal = goal_of(&mara, space);
    let draft = StepDraft { text: text("Ask"), who: Who::You, ..StepDraft::default() };
    let step = mara.apply(GoalCommand::AddStep { goal, draft, after: None }).element.expect("a step");
    until_quiet(&mara, &theo, &space);
    let mark_and_undo = |by: &Device| {
        by.apply(GoalCommand::MarkStep { goal, step, stage: StepStage::Done });
        by.rest();
        let token = by.companion.done_lately().expect("open").0.and_then(|last| last.undo).expect("a way back");
        by.apply(Command::Undo { token });
        (goals(by)[0].steps[0].stage.code.clone(), story(by, goal)[0].clone())
    };
    let planned = "planned".to_owned();
    assert_eq!(mark_and_undo(&mara), (planned.clone(), "You marked a step as planned.".to_owned()));
    assert_eq!(mark_and_undo(&theo), (planned, "You took your mark off a step.".to_owned()));
    until_quiet(&theo, &mara, &space);
    assert!(story(&mara, goal).iter().any(|told| told.ends_with("took a mark off a step.")));
}
