//! Devices that hold the same batches show the same, whatever way the batches came (invariant I22).
//!
//! `BELAY_CASES` says how many random stories are told.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::batch::Birth;
use belay::command::{Command, GoalCommand, GoalDraft, NoteCommand, NoteDraft, StepDraft};
use belay::document::goal::{StepMark, StepStage, Who};
use belay::document::plan::PartOwner;
use belay::document::{Doc, Kind, lane};
use belay::error::Code;
use belay::exchange::Scope;
use belay::ids::SpaceId;
use belay::text::PersonText;
use belay::view::{GoalDetail, PlanDetail};
use belay_tests::{
    Chance, Circle, Device, Entry, Forge, Plan, Wire, World, bundle_of_wires, goals, next_act, plans, text,
    until_quiet, whole, wires_of, with_inserted,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default);
    // A story is told by its seed alone; nothing is written beside the tests.
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 12, ..ProptestConfig::default() }
}

/// A wire a pair of devices, by (from, to).
type Wires = BTreeMap<(usize, usize), Wire>;

fn wires(circle: &Circle, seed: u64) -> Wires {
    let count = circle.devices.len();
    let pairs = (0..count).flat_map(|from| (0..count).map(move |to| (from, to))).filter(|(from, to)| from != to);
    pairs.zip(0u64..).map(|(pair, number)| (pair, Wire::hostile(seed ^ (number << 8)))).collect()
}

/// One device sends, another takes in what arrives.
fn send(circle: &Circle, wires: &mut Wires, chance: &mut Chance) {
    let count = circle.devices.len();
    let from = chance.below(count);
    let to = (from + 1 + chance.below(count - 1)) % count;
    let (teller, listener) = (&circle.devices[from], &circle.devices[to]);
    let bundle = match chance.below(3) {
        _ if circle.of_one_member(from, to) => circle.everything(from, to, &circle.space),
        0 => teller.bundle_of(&circle.space, Scope::Everything),
        _ => teller.bundle(&circle.space),
    };
    let wire = wires.get_mut(&(from, to)).expect("a wire a pair");
    wire.put(bundle);
    for bundle in wire.arrivals() {
        if let Err(failure) = listener.take(&bundle) {
            let named = [Code::Corrupt, Code::NewerSchema, Code::Truncated, Code::NotForThisDevice];
            assert!(named.contains(&failure.code()), "{failure:?}");
        }
    }
}

fn restart(device: &mut Device, chance: &mut Chance) {
    match chance.below(4) {
        0 => device.die_and_return(),
        1 => {
            device.lock_and_unlock();
        }
        _ => device.rest(),
    }
}

/// What of a plan is the same for everyone who looks: ids and words, no names or times.
fn plan_facts(plan: &PlanDetail) -> Vec<String> {
    let mut facts = vec![format!("{:?} {} {}", plan.id, plan.title.as_str(), plan.rev.token())];
    for part in &plan.parts {
        facts.push(format!("part {} {} {}", part.key, part.title.as_str(), part.skipped));
        let mut lines: Vec<String> = part
            .entries
            .iter()
            .map(|entry| format!("line {:?} {} {}", entry.id, entry.rev.token(), entry.text.as_str()))
            .collect();
        if part.ownership.kind == belay::view::OwnershipKind::Each {
            // My own column stands first on my phone.
            lines.sort();
        }
        facts.append(&mut lines);
        facts.extend(part.left_over.iter().map(|entry| format!("left over {:?} {}", entry.id, entry.text.as_str())));
        facts.extend(part.ideas.iter().map(idea_facts));
    }
    facts.extend(plan.comments.iter().map(|comment| format!("comment {:?} {}", comment.id, comment.text.as_str())));
    facts
}

fn idea_facts(idea: &belay::view::IdeaDetail) -> String {
    let words: Vec<&str> = idea.alternatives.iter().map(PersonText::as_str).collect();
    format!("idea {:?} {} {} {words:?} {}", idea.id, idea.kind, idea.stage.code, idea.stale)
}

fn goal_facts(goal: &GoalDetail) -> Vec<String> {
    let mut facts = vec![format!("{:?} {} {} {}", goal.id, goal.title.as_str(), goal.stage.code, goal.rev.token())];
    facts
        .extend(goal.steps.iter().map(|step| format!("step {:?} {} {}", step.id, step.text.as_str(), step.stage.code)));
    facts.extend(goal.ideas.iter().map(idea_facts));
    facts.extend(goal.comments.iter().map(|comment| format!("comment {:?} {}", comment.id, comment.text.as_str())));
    facts
}

fn shown(device: &Device) -> BTreeMap<String, Vec<String>> {
    let plans = plans(device).into_iter().map(|plan| (plan.id.to_string(), plan_facts(&plan)));
    let goals = goals(device).into_iter().map(|goal| (goal.id.to_string(), goal_facts(&goal)));
    plans.chain(goals).collect()
}

/// All hold and show the same.
fn agree(circle: &Circle) {
    let first = &circle.devices[0];
    let (hash, show) = (first.hash(&circle.space), shown(first));
    for device in &circle.devices[1..] {
        assert_eq!(shown(device), show, "{} shows other than {}", device.name, first.name);
        if device.hash(&circle.space) != hash {
            let (a, b) = (first.document_hashes(&circle.space), device.document_hashes(&circle.space));
            panic!("{} and {} show the same, but: {a:?} {b:?}", first.name, device.name);
        }
    }
    for device in &circle.devices {
        assert!(device.kept_out(&circle.space).is_empty(), "{} keeps out honest batches", device.name);
        let waiting = device.look(|db| belay::store::waiting::all(db, &circle.space));
        assert!(waiting.is_empty(), "{} still waits", device.name);
    }
}

fn tell_a_story(seed: u64, of_person: usize, of_supporter: usize, acts: usize) {
    let world = World::new(format!("convergence {seed} {of_person} {of_supporter} {acts}"));
    let mut circle = Circle::new(&world, of_person, of_supporter);
    let mut chance = Chance::new(seed);
    let mut wires = wires(&circle, seed);
    Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
    circle.tell_everything();
    for act in 0..acts {
        let who = chance.below(circle.devices.len());
        let command = next_act(&circle.devices[who], &circle.space, &format!("[{who}.{act}]"), &mut chance);
        if let Some(Err(failure)) = command.map(|command| circle.devices[who].attempt(command)) {
            assert_ne!(failure.code(), Code::Internal, "{failure:?}");
        }
        if chance.percent(35) {
            send(&circle, &mut wires, &mut chance);
        }
        if chance.percent(6) {
            restart(&mut circle.devices[who], &mut chance);
        }
    }
    circle.tell_everything();
    agree(&circle);
    // The same again, and everything read anew from the disk: nothing moves.
    let before: Vec<_> = circle.devices.iter().map(|device| device.hash(&circle.space)).collect();
    for device in &mut circle.devices {
        device.die_and_return();
    }
    circle.tell_everything();
    agree(&circle);
    assert_eq!(before, circle.devices.iter().map(|device| device.hash(&circle.space)).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(cases(4))]
    #[test]
    fn whatever_people_do_apart_they_end_with_the_same(
        seed in any::<u64>(), of_person in 1usize..=3, of_supporter in 1usize..=3, acts in 10usize..60,
    ) {
        tell_a_story(seed, of_person, of_supporter, acts);
    }
}

/// Three phones heard of a step's two marks in another order than the fourth, and showed the one that came last.
#[test]
fn marks_made_apart_that_once_depended_on_which_came_first() {
    tell_a_story(13_991_697_123_337_272_517, 1, 3, 56);
}

#[test]
fn of_marks_on_a_step_the_one_that_saw_the_other_stands() {
    for theirs_first in [false, true] {
        let world = World::new(format!("marks {theirs_first}"));
        let (mara, theo, space) = world.mara_and_theo();
        let draft = GoalDraft { title: text("Swim"), towards: text("Water"), ..GoalDraft::default() };
        let made = mara.apply(Command::Goal(GoalCommand::Create { space: Some(space), draft }));
        let goal = made.made.expect("a goal");
        let draft = StepDraft { text: text("Ask about the hours"), who: Who::You, ..StepDraft::default() };
        let made = mara.apply(Command::Goal(GoalCommand::AddStep { goal, draft, after: None }));
        let step = made.element.expect("a step");
        until_quiet(&mara, &theo, &space);
        let mark = |by: &Device, stage| by.apply(Command::Goal(GoalCommand::MarkStep { goal, step, stage }));
        let stands = |on: &Device| goals(on)[0].steps[0].stage.code.clone();
        let alike = |stage: StepStage| assert_eq!([stands(&mara), stands(&theo)], [stage.name(); 2]);
        // Apart, in either order: each hears of the other's after its own.
        let words = [(&mara, StepStage::Doing), (&theo, StepStage::Done)];
        for at in [usize::from(theirs_first), usize::from(!theirs_first)] {
            mark(words[at].0, words[at].1);
        }
        until_quiet(&mara, &theo, &space);
        alike(StepStage::Done);
        for (by, stage) in [(&mara, StepStage::Changed), (&theo, StepStage::Done), (&mara, StepStage::Doing)] {
            mark(by, stage);
            until_quiet(&mara, &theo, &space);
            alike(stage);
        }
        // Apart once more, the owner from where both stand: a member's new word is above what that member saw.
        mark(&mara, StepStage::LetGo);
        mark(&theo, StepStage::Changed);
        until_quiet(&mara, &theo, &space);
        alike(StepStage::Changed);
        mark(&mara, StepStage::LetGo);
        until_quiet(&theo, &mara, &space);
        alike(StepStage::LetGo);
    }
}

/// The highest number there is would have the last word for ever; it counts as a first word.
#[test]
fn nobody_has_the_last_word_about_a_step_by_a_number() {
    let world = World::new("marks by number");
    let circle = Circle::new(&world, 1, 1);
    let (mara, theo, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let draft = GoalDraft { title: text("Swim"), towards: text("Water"), ..GoalDraft::default() };
    let goal = mara.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal");
    let draft = StepDraft { text: text("Ask"), who: Who::You, ..StepDraft::default() };
    let step = mara.apply(GoalCommand::AddStep { goal, draft, after: None }).element.expect("a step");
    circle.tell_everything();
    let birth = Birth {
        space,
        kind: Kind::Lane.number(),
        writer: Some(theo.member(&space)),
        about: Some(goal),
        key: None,
        nonce: [0; 32],
    };
    let highest = lane::mark_step(step, StepMark { stage: StepStage::Done, turn: u32::MAX });
    let forge = Forge::with_keys_of(theo, &space);
    let born = Doc::born(birth.clone()).expect("known");
    let forged = forge.batch(&birth, born, &[highest], |_| ());
    for device in &circle.devices {
        device.take(&forge.bundle_for(device, std::slice::from_ref(&forged))).expect("taken");
    }
    let all_show = |stage: &str| {
        circle.tell_everything();
        let shown = |on: &Device| goals(on)[0].steps[0].stage.code.clone();
        assert_eq!([shown(mara), shown(theo)], [stage, stage]);
    };
    let mark = |by: &Device, stage| by.apply(GoalCommand::MarkStep { goal, step, stage });
    all_show("done");
    mark(mara, StepStage::Doing);
    all_show("doing");
    mark(theo, StepStage::Changed);
    all_show("changed");
    mark(mara, StepStage::LetGo);
    all_show("let-go");
}

#[test]
fn an_owners_phone_that_saw_a_mark_is_not_overruled_by_one_that_had_not() {
    let world = World::new("marks of two phones");
    let circle = Circle::new(&world, 2, 1);
    let ([saw, apart, theo], space) = ([0, 1, 2].map(|at| &circle.devices[at]), circle.space);
    let draft = GoalDraft { title: text("Swim"), towards: text("Water"), ..GoalDraft::default() };
    let goal = saw.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal");
    let draft = StepDraft { text: text("Ask"), who: Who::You, ..StepDraft::default() };
    let step = saw.apply(GoalCommand::AddStep { goal, draft, after: None }).element.expect("a step");
    circle.tell_everything();
    let mark = |by: &Device, stage| by.apply(GoalCommand::MarkStep { goal, step, stage });
    let stands = |on: &Device| goals(on)[0].steps[0].stage.code.clone();
    mark(theo, StepStage::Done);
    saw.take(&circle.everything(2, 0, &space)).expect("his mark");
    mark(saw, StepStage::Doing);
    // The merge engine would choose the phone that wrote more.
    for stage in [StepStage::Changed, StepStage::Planned, StepStage::LetGo] {
        mark(apart, stage);
    }
    circle.tell_everything();
    assert_eq!([saw, apart, theo].map(stands), [StepStage::Doing.name(); 3]);
}

/// Mara and Theo with a part that both write, and one line in it.
fn both_write(world: &World) -> (Device, Device, SpaceId, Plan) {
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add(US, "We say when we need a pause."));
    until_quiet(&mara, &theo, &space);
    (mara, theo, space, plan)
}

const US: &str = "looking-after-us";

/// Everything that is shown or offered in the part on a device.
fn shown_or_offered(device: &Device, plan: &Plan) -> String {
    let detail = plans(device).into_iter().find(|detail| detail.id == plan.id).expect("the plan");
    let part = detail.parts.into_iter().find(|part| part.key == US).expect("the part");
    let words = part.entries.iter().chain(&part.left_over).map(|entry| entry.text.as_str().to_owned());
    words.collect::<Vec<_>>().join("\n")
}

/// How often the part changes hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hands {
    Never,
    Once,
    AndBack,
}

fn no_letter_is_lost(seed: u64, hands: Hands) {
    let world = World::new(format!("letters {seed} {hands:?}"));
    let (mara, theo, space, plan) = both_write(&world);
    let mut chance = Chance::new(seed);
    let mut typed = Vec::new();
    let mut screens: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut turns = match hands {
        Hands::Never => 0,
        Hands::Once => 1,
        Hands::AndBack => 4,
    };
    for round in 0..24u32 {
        let device = if chance.percent(50) { &mara } else { &theo };
        // One letter, so that nothing typed into it can take it apart.
        let mark = char::from_u32(0x4e00 + round).expect("a letter").to_string();
        // A screen may have been open for a while: what arrived since is not on it.
        let screen = screens.entry(device.name.clone()).or_default();
        if screen.is_empty() || chance.percent(50) {
            *screen = plan.shown(device, US);
        }
        let command = match chance.pick(screen).cloned() {
            Some(entry) if chance.percent(70) => plan.rewrite(&entry, &with_inserted(&entry.text, &mark, &mut chance)),
            _ => plan.add(US, &mark),
        };
        if device.attempt(command).is_ok() {
            typed.push(mark);
        }
        if turns > 0 && chance.percent(20) {
            let owner = *chance.pick(PartOwner::ALL).expect("four");
            turns -= usize::from(mara.attempt(plan.hand_over(US, owner)).is_ok());
        }
        if chance.percent(25) {
            let _ = theo.take(&mara.bundle(&space));
        }
        if chance.percent(25) {
            let _ = mara.take(&theo.bundle(&space));
        }
    }
    until_quiet(&mara, &theo, &space);
    assert_eq!(mara.hash(&space), theo.hash(&space));
    for device in [&mara, &theo] {
        let words = shown_or_offered(device, &plan);
        for mark in &typed {
            assert!(words.contains(mark.as_str()), "{}: {mark} is lost in\n{words}", device.name);
        }
    }
}

proptest! {
    #![proptest_config(cases(4))]
    #[test]
    fn no_letter_is_lost_where_both_write(seed in any::<u64>()) {
        no_letter_is_lost(seed, Hands::Never);
    }

    #[test]
    fn no_letter_is_lost_when_a_part_changes_hands(seed in any::<u64>()) {
        no_letter_is_lost(seed, Hands::Once);
    }

    #[test]
    fn no_letter_is_lost_when_a_part_changes_hands_and_back(seed in any::<u64>()) {
        no_letter_is_lost(seed, Hands::AndBack);
    }

    #[test]
    fn batches_shuffled_repeated_and_regrouped_give_the_same_hash(seed in any::<u64>()) {
        let world = World::new(format!("shuffle {seed}"));
        let circle = Circle::new(&world, 1, 2);
        let mut chance = Chance::new(seed);
        let [mara, one, other] = &circle.devices[..] else { panic!("three") };
        let plan = Plan::made_by(mara, Some(circle.space), "wellness");
        for round in 0..12 {
            let _ = mara.attempt(plan.add(US, &format!("Mara {round}")));
            let _ = one.attempt(plan.add(US, &format!("Theo {round}")));
            if let Some(entry) = chance.pick(&plan.shown(mara, "toolbox")).cloned() {
                mara.apply(plan.rewrite(&entry, &with_inserted(&entry.text, "!", &mut chance)));
            } else {
                mara.apply(plan.add("toolbox", "Tea"));
            }
            mara.rest();
            if chance.percent(50) {
                one.take(&mara.bundle(&circle.space)).expect("a bundle");
                mara.take(&one.bundle(&circle.space)).expect("a bundle");
            }
        }
        one.take(&mara.bundle(&circle.space)).expect("a bundle");
        mara.take(&one.bundle(&circle.space)).expect("a bundle");
        let mut wires = wires_of(mara, &circle.space);
        let twice: Vec<_> = wires.iter().filter(|_| chance.percent(40)).cloned().collect();
        wires.extend(twice);
        chance.shuffle(&mut wires);
        while !wires.is_empty() {
            let some: Vec<_> = wires.drain(..(1 + chance.below(5)).min(wires.len())).collect();
            other.take(&bundle_of_wires(other, &circle.space, some)).expect("an envelope");
        }
        prop_assert_eq!(other.hash(&circle.space), mara.hash(&circle.space));
        prop_assert_eq!(shown(other), shown(mara));
    }
}

#[test]
fn my_own_phones_end_with_the_same_notes() {
    let world = World::new("own phones");
    let circle = Circle::new(&world, 2, 1);
    let [phone, tablet, _] = &circle.devices[..] else { panic!("three") };
    let own = phone.companion.own_space().expect("open");
    assert_eq!(own, tablet.companion.own_space().expect("open"));
    let draft = NoteDraft { title: text("Sleep"), body: text("Three hours."), ..NoteDraft::default() };
    let note = phone.apply(NoteCommand::Create { draft }).made.expect("a note");
    circle.tell_everything();
    let rev = |device: &Device| match device.ask(belay::view::Ask::Note { id: note }) {
        belay::view::Answer::Note(shown) => (shown.rev.clone(), shown.body.as_str().to_owned()),
        other => panic!("{other:?}"),
    };
    let field = belay::command::NoteField::Body;
    let edit =
        |device: &Device, words: &str| NoteCommand::Edit { note, field, base: rev(device).0, text: whole(words) };
    phone.apply(edit(phone, "Only three hours."));
    tablet.apply(edit(tablet, "Three hours. Tea helped."));
    circle.tell_everything();
    assert_eq!(rev(phone), rev(tablet));
    assert_eq!(rev(phone).1, "Only three hours. Tea helped.");
    assert_eq!(phone.hash(&own), tablet.hash(&own));
    assert!(!circle.devices[2].holds("three hours"), "Theo's phone is none of Mara's");
}

#[test]
fn a_part_handed_over_and_back_keeps_what_was_written_on_meanwhile() {
    let world = World::new("and back");
    let (mara, theo, space, plan) = both_write(&world);
    let line = |device: &Device| plan.shown(device, US).remove(0);
    mara.apply(plan.hand_over(US, PartOwner::Person));
    mara.apply(plan.rewrite(&line(&mara), "We say when we need a pause, no reason asked."));
    theo.apply(plan.rewrite(&line(&theo), "We say early when we need a pause."));
    mara.apply(plan.hand_over(US, PartOwner::Both));
    until_quiet(&mara, &theo, &space);
    for device in [&mara, &theo] {
        let words = shown_or_offered(device, &plan);
        assert!(words.contains("no reason asked") && words.contains("early"), "{}: {words}", device.name);
    }
}

#[test]
fn an_empty_bundle_and_a_missing_one_delete_nothing() {
    let world = World::new("nothing");
    let (mara, theo, space, plan) = both_write(&world);
    let hash = theo.hash(&space);
    for _ in 0..3 {
        theo.take(&bundle_of_wires(&theo, &space, Vec::new())).expect("an empty envelope");
        theo.take(&mara.bundle(&space)).expect("nothing new");
    }
    assert_eq!(theo.hash(&space), hash);
    assert_eq!(plan.words(&theo, US).len(), 1);
}
