//! Mara's and Theo's thread, from two empty phones to the same words on both.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::command::{
    Command, Decision, DraftCommand, GoalCommand, GoalDraft, NoteCommand, NoteDraft, TalkCommand, TextTarget,
};
use belay::document::ActKind;
use belay::document::plan::PartOwner;
use belay::error::Code;
use belay::exchange::Scope;
use belay::ids::{DocId, ElementId};
use belay::view::{Answer, Ask, At, Audience};
use belay_tests::{Device, HistoryLine, Plan, Wire, World, exchange_once, pair, text, unchanged, until_quiet};

const NIGHT: &str = "Bad night. Three hours of sleep. Not ready to tell anyone.";
const US: &str = "looking-after-us";
const TOOLBOX: &str = "toolbox";

fn note(body: &str) -> NoteCommand {
    NoteCommand::Create { draft: NoteDraft { body: text(body), ..NoteDraft::default() } }
}

fn goal(title: &str) -> GoalCommand {
    let draft = GoalDraft { title: text(title), towards: text("mornings without dread"), ..GoalDraft::default() };
    GoalCommand::Create { space: None, draft }
}

fn audience(device: &Device, of: DocId) -> Audience {
    match device.ask(Ask::Audience { of }) {
        Answer::Audience(audience) => *audience,
        other => panic!("{other:?}"),
    }
}

fn names(audience: &Audience) -> Vec<&str> {
    audience.people.iter().map(|person| person.name.as_str()).collect()
}

#[test]
fn mara_writes_for_mara_alone() {
    let world = World::new("alone");
    let mut mara = world.bare("Mara");
    mara.create();
    assert_eq!(mara.refused(note(NIGHT)), Code::NeedsAcknowledgement);
    assert_eq!(mara.refused(goal("Sleep")), Code::NeedsAcknowledgement);
    // What was typed already waits as a draft.
    let target = TextTarget::NewNote { draft: Some(ElementId([7; 16])) };
    mara.apply(Command::Draft(DraftCommand::Keep { target, text: text(NIGHT), before: None }));
    let Answer::Drafts(drafts) = mara.ask(Ask::Drafts { at: At::default() }) else { panic!("drafts") };
    assert_eq!(drafts.rows.len(), 1);
    mara.acknowledge();
    let night = mara.apply(note(NIGHT)).made.expect("a note");
    let sleep = mara.apply(goal("Sleep through one night")).made.expect("a goal");
    for private in [night, sleep] {
        let audience = audience(&mara, private);
        assert!(audience.people.len() == 1 && audience.people[0].is_me, "{audience:?}");
    }
    assert!(!mara.lock_and_unlock().words_tested);
    let Answer::Note(shown) = mara.ask(Ask::Note { id: night }) else { panic!("a note") };
    assert_eq!(shown.body.as_str(), NIGHT);
    assert!(mara.holds(NIGHT) && !mara.files_hold(NIGHT), "found in the open store, not in the closed files");
}

/// What both begin with: a plan in the relationship, one line that both may write.
fn with_a_plan(world: &World) -> (Device, Device, belay::ids::SpaceId, Plan) {
    let (mara, theo, space) = world.mara_and_theo();
    mara.apply(note(NIGHT));
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add(US, "We say when we need a pause."));
    until_quiet(&mara, &theo, &space);
    (mara, theo, space, plan)
}

#[test]
fn both_type_in_one_sentence_apart_and_no_letter_is_lost() {
    let world = World::new("one sentence");
    let (mara, theo, space, plan) = with_a_plan(&world);
    let seen = |on: &Device| plan.line(on, US, "We say when we need a pause.");
    let (at_mara, at_theo) = (seen(&mara), seen(&theo));
    mara.apply(plan.rewrite(&at_mara, "We say when we need a pause, no reason asked."));
    theo.apply(plan.rewrite(&at_theo, "We say early when we need a pause."));
    until_quiet(&mara, &theo, &space);
    for device in [&mara, &theo] {
        assert_eq!(plan.words(device, US), ["We say early when we need a pause, no reason asked."], "{}", device.name);
    }
    assert_eq!(mara.hash(&space), theo.hash(&space));
    let Answer::Plan(shown) = theo.ask(Ask::Plan { id: plan.id }) else { panic!("a plan") };
    let part = shown.parts.iter().find(|part| part.key == US).expect("the part");
    assert_eq!(part.entries[0].by.len(), 2, "both wrote in it");
    assert_eq!(names(&shown.audience).len(), 2);
}

#[test]
fn an_edit_made_on_an_older_screen_is_put_where_it_was_meant() {
    let world = World::new("older screen");
    let (mara, theo, space, plan) = with_a_plan(&world);
    let old = plan.line(&mara, US, "We say when we need a pause.");
    let theirs = plan.line(&theo, US, "We say when we need a pause.");
    theo.apply(plan.rewrite(&theirs, "We say early when we need a pause."));
    until_quiet(&mara, &theo, &space);
    mara.apply(plan.rewrite(&old, "We say when we need a pause, no reason asked."));
    assert_eq!(plan.words(&mara, US), ["We say early when we need a pause, no reason asked."]);
}

#[test]
fn theo_suggests_and_mara_decides() {
    let world = World::new("ideas");
    let (mara, theo, space, plan) = with_a_plan(&world);
    let radio = theo.apply(plan.suggest(TOOLBOX, "Call me at any hour")).element.expect("an idea");
    let river = theo.apply(plan.suggest(TOOLBOX, "Walk by the river when the flat feels small")).element.expect("one");
    until_quiet(&mara, &theo, &space);
    assert!(plan.words(&mara, TOOLBOX).is_empty(), "an idea changes nothing by itself");
    let Answer::Waiting(waiting) = mara.ask(Ask::Waiting { at: At::default() }) else { panic!("a page") };
    assert_eq!(waiting.total, Some(2));

    mara.apply(Plan::decide(radio, Decision::Decline));
    mara.apply(Plan::decide(river, Decision::AddAs(text("Walk to the river, even for 5 minutes"))));
    until_quiet(&mara, &theo, &space);
    assert_eq!(theo.refused(plan.suggest(TOOLBOX, "call me at ANY hour")), Code::AlreadyDeclined);
    theo.wait(31 * 86_400_000);
    theo.apply(plan.suggest(TOOLBOX, "Call me at any hour"));

    for device in [&mara, &theo] {
        assert_eq!(plan.words(device, TOOLBOX), ["Walk to the river, even for 5 minutes"]);
        let find = |act| line_of(device, &plan, act, river);
        let (given, decided) = (find(ActKind::IdeaGiven), find(ActKind::IdeaChanged));
        assert_eq!((given.member, decided.member), (theo.member(&space), mara.member(&space)), "I4: who");
        assert_eq!(given.after.as_deref(), Some("Walk by the river when the flat feels small"), "I4: proposed");
        assert_eq!(decided.after.as_deref(), Some("Walk to the river, even for 5 minutes"), "I4: after");
        assert_eq!(line_of(device, &plan, ActKind::IdeaDeclined, radio).member, mara.member(&space));
    }
}

fn line_of(device: &Device, plan: &Plan, act: ActKind, element: ElementId) -> HistoryLine {
    let mut history = device.history(&plan.id).into_iter();
    let found = history.find(|line| line.act == act && line.element == Some(element));
    found.unwrap_or_else(|| panic!("{}: no {act:?} of {element:?}", device.name))
}

#[test]
fn an_idea_for_other_words_keeps_the_words_before() {
    let world = World::new("other words");
    let (mara, theo, space, plan) = with_a_plan(&world);
    let tea = mara.apply(plan.add(TOOLBOX, "Tea")).element.expect("a line");
    until_quiet(&mara, &theo, &space);
    let idea = theo.apply(plan.suggest_change(TOOLBOX, tea, "Tea with the radio on")).element.expect("an idea");
    until_quiet(&mara, &theo, &space);
    mara.apply(Plan::decide(idea, Decision::Add(0)));
    until_quiet(&mara, &theo, &space);
    for device in [&mara, &theo] {
        assert_eq!(plan.words(device, TOOLBOX), ["Tea with the radio on"]);
        let written = line_of(device, &plan, ActKind::EntryText, tea);
        let words = (written.before.as_deref(), written.after.as_deref());
        assert_eq!(words, (Some("Tea"), Some("Tea with the radio on")), "I4: before and after");
        assert_eq!(written.member, mara.member(&space), "I4: the decider wrote it");
        assert_eq!(line_of(device, &plan, ActKind::IdeaAdded, idea).member, mara.member(&space));
        assert_eq!(line_of(device, &plan, ActKind::IdeaGiven, idea).member, theo.member(&space));
    }
}

#[test]
fn an_idea_about_words_that_changed_since_is_stale_until_they_were_seen() {
    let world = World::new("stale");
    let (mara, theo, space, plan) = with_a_plan(&world);
    let tea = mara.apply(plan.add(TOOLBOX, "Tea")).element.expect("a line");
    until_quiet(&mara, &theo, &space);
    let idea = theo.apply(plan.suggest_change(TOOLBOX, tea, "Tea with the radio on")).element.expect("an idea");
    mara.apply(plan.rewrite(&plan.line(&mara, TOOLBOX, "Tea"), "Green tea"));
    until_quiet(&mara, &theo, &space);
    let shown = |device: &Device| match device.ask(Ask::Idea { id: idea }) {
        Answer::Idea(idea) => *idea,
        other => panic!("{other:?}"),
    };
    assert!(shown(&mara).stale);
    let tried = mara.attempt(Plan::decide(idea, Decision::Add(0))).expect_err("the words changed");
    assert_eq!(tried.code(), Code::Stale);
    assert_eq!(plan.words(&mara, TOOLBOX), ["Green tea"], "none is put in by itself");
    assert_eq!(tried.detail().current, shown(&mara).rev, "what to name as seen");
    mara.apply(TalkCommand::Decide { idea, decision: Decision::Add(0), seen: shown(&mara).rev });
    assert_eq!(plan.words(&mara, TOOLBOX), ["Tea with the radio on"]);
}

#[test]
fn theo_may_suggest_in_her_part_and_write_in_his() {
    let world = World::new("owners");
    let (mara, theo, space, plan) = with_a_plan(&world);
    mara.apply(plan.add(TOOLBOX, "Tea with the radio on"));
    until_quiet(&mara, &theo, &space);
    let tea = plan.line(&theo, TOOLBOX, "Tea with the radio on");
    let before = theo.dump();
    assert_eq!(theo.refused(plan.add(TOOLBOX, "Coffee")), Code::SuggestOnly);
    assert_eq!(theo.refused(plan.rewrite(&tea, "Coffee with the radio on")), Code::SuggestOnly);
    assert_eq!(theo.refused(plan.take(tea.id)), Code::SuggestOnly);
    assert_eq!(theo.refused(plan.hand_over(TOOLBOX, PartOwner::Both)), Code::SuggestOnly);
    unchanged(&before, &theo.dump());
    theo.apply(plan.add("what-i-bring", "Ten years sober, and bad jokes"));
    until_quiet(&mara, &theo, &space);
    assert_eq!(mara.refused(plan.add("what-i-bring", "His patience")), Code::SuggestOnly);
    assert_eq!(plan.words(&mara, "what-i-bring"), ["Ten years sober, and bad jokes"]);
    let idea = mara.apply(plan.suggest("what-i-bring", "His patience")).element.expect("an idea");
    until_quiet(&mara, &theo, &space);
    theo.apply(Plan::decide(idea, Decision::Add(0)));
    until_quiet(&mara, &theo, &space);
    assert_eq!(plan.words(&mara, "what-i-bring"), ["Ten years sober, and bad jokes", "His patience"]);
}

#[test]
fn bundles_may_be_lost_repeated_cut_flipped_or_carried_to_the_wrong_phone() {
    let world = World::new("hostile wire");
    let (mara, theo, space, plan) = with_a_plan(&world);
    let ife = world.person("Ife");
    let between_others = pair(&ife, &theo);
    let (mut to_theo, mut to_mara) = (Wire::hostile(1), Wire::hostile(2));
    for round in 0..12 {
        mara.apply(plan.add(US, &format!("Mara's line {round}")));
        theo.apply(plan.add(US, &format!("Theo's line {round}")));
        to_theo.put(mara.bundle(&space));
        to_mara.put(theo.bundle(&space));
        for (device, wire) in [(&theo, &mut to_theo), (&mara, &mut to_mara)] {
            for bundle in wire.arrivals() {
                // Whatever came of it, it is told by a code, never by a panic.
                let _ = device.take(&bundle);
            }
        }
        if round % 4 == 3 {
            mara.lock_and_unlock();
            theo.rest();
        }
    }
    let for_theo = mara.bundle_of(&space, Scope::Everything);
    let before = ife.content();
    assert_eq!(ife.take(&for_theo).expect_err("sealed for another").code(), Code::NotForThisDevice);
    unchanged(&before, &ife.content());
    until_quiet(&mara, &theo, &space);
    assert_eq!(plan.words(&mara, US).len(), 25);
    assert_eq!(plan.words(&mara, US), plan.words(&theo, US));
    assert_eq!(mara.hash(&space), theo.hash(&space));
    assert!(mara.kept_out(&space).is_empty() && theo.kept_out(&space).is_empty(), "a bad wire blames nobody");

    let twice = theo.take(&for_theo).expect("everything again");
    assert_eq!(twice.new, 0);
    assert!(twice.already > 0);
    assert!(exchange_once(&mara, &theo, &space));
    assert_ne!(space, between_others);
}

#[test]
fn nothing_private_of_mara_lies_on_theos_phone() {
    let world = World::new("what lies where");
    let (mara, theo, space, plan) = with_a_plan(&world);
    mara.apply(goal("Sleep through one night"));
    until_quiet(&mara, &theo, &space);
    let shared = "We say when we need a pause.";
    assert_eq!(plan.words(&theo, US), [shared]);
    for (words, at_mara, at_theo) in
        [(NIGHT, true, false), ("Sleep through one night", true, false), (shared, true, true)]
    {
        assert_eq!((mara.holds(words), theo.holds(words)), (at_mara, at_theo), "{words}");
        assert!(!mara.files_hold(words) && !theo.files_hold(words), "{words} in the closed files");
    }
}
