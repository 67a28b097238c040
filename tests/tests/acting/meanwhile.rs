//! What was changed meanwhile: another's words stay, and what stands in the way is told.

use super::{does, undo, undoing};
use belay::command::{Command, ForgetCommand, GoalCommand, GoalDraft, NoteCommand, NoteDraft, NoteField, PlanCommand};
use belay::command::{TalkCommand, Target, Warning};
use belay::document::goal::GoalStage;
use belay::document::lane::IdeaKind;
use belay::document::plan::PartOwner;
use belay::error::Code;
use belay::ids::{DocId, SpaceId};
use belay::view::{Answer, Ask, NoteDetail};
use belay_tests::{Act, Device, Plan, World, exchange_once, plans, text, whole};

fn note_of(device: &Device, id: DocId) -> NoteDetail {
    let Answer::Note(note) = device.ask(Ask::Note { id }) else { panic!("a note") };
    *note
}

fn edit(device: &Device, note: DocId, words: &str) -> Command {
    let base = note_of(device, note).rev;
    NoteCommand::Edit { note, field: NoteField::Body, base, text: whole(words) }.command()
}

/// A line that both write, with these words.
fn joint(mara: &Device, theo: &Device, space: SpaceId, words: &str) -> (Plan, String) {
    let plan = Plan::made_by(mara, Some(space), "relationship");
    let part = plans(mara)[0].parts[0].key.clone();
    let _ = mara.attempt(PlanCommand::SetOwner { plan: plan.id, part: part.clone(), owner: PartOwner::Both });
    does(mara, plan.add(&part, words));
    exchange_once(mara, theo, &space);
    (plan, part)
}

fn edit_line(device: &Device, plan: &Plan, part: &str, words: &str) -> Command {
    let line = plan.shown(device, part).remove(0);
    PlanCommand::EditEntry { plan: plan.id, entry: line.id, base: line.rev, text: whole(words) }.command()
}

#[test]
fn words_typed_since_stay_and_mine_come_back() {
    let world = World::new("meanwhile words");
    let (mara, theo, space) = world.mara_and_theo();
    let (plan, part) = joint(&mara, &theo, space, "We say early when we need a pause.");
    let done = does(&mara, edit_line(&mara, &plan, &part, "We say when we need a pause, no reason asked."));
    exchange_once(&mara, &theo, &space);
    does(&theo, edit_line(&theo, &plan, &part, "We both say when we need a long pause, no reason asked."));
    exchange_once(&mara, &theo, &space);
    let undone = undo(&mara, &done);
    assert_eq!(plan.words(&mara, &part), ["We both say early when we need a long pause."]);
    exchange_once(&mara, &theo, &space);
    assert_eq!(plan.words(&theo, &part), plan.words(&mara, &part));
    undo(&mara, &undone);
    assert_eq!(plan.words(&mara, &part), ["We both say when we need a long pause, no reason asked."]);
}

#[test]
fn words_typed_inside_what_is_taken_back_stay() {
    let world = World::new("meanwhile inside");
    let (mara, theo, space) = world.mara_and_theo();
    let (plan, part) = joint(&mara, &theo, space, "Tea.");
    let done = does(&mara, edit_line(&mara, &plan, &part, "Tea and a very long walk."));
    exchange_once(&mara, &theo, &space);
    does(&theo, edit_line(&theo, &plan, &part, "Tea and a very (mind the ice) long walk."));
    exchange_once(&mara, &theo, &space);
    undo(&mara, &done);
    let words = plan.words(&mara, &part).remove(0);
    assert!(words.contains("(mind the ice)") && words.starts_with("Tea") && !words.contains("walk"), "{words}");
}

#[test]
fn a_line_that_another_wrote_on_stays() {
    let world = World::new("meanwhile line");
    let (mara, theo, space) = world.mara_and_theo();
    let (plan, part) = joint(&mara, &theo, space, "First");
    let done = does(&mara, plan.add(&part, "Second"));
    exchange_once(&mara, &theo, &space);
    let line = plan.line(&theo, &part, "Second");
    let text = whole("Second, and Theo's own words");
    does(&theo, PlanCommand::EditEntry { plan: plan.id, entry: line.id, base: line.rev, text });
    exchange_once(&mara, &theo, &space);
    let words = ["First", "Second, and Theo's own words"];
    assert_eq!(mara.refused(undoing(&done)), Code::Stale);
    assert_eq!(plan.words(&mara, &part), words);

    // Beside what can be taken back it is what is left.
    let line = plan.line(&mara, &part, "First");
    let edit = PlanCommand::EditEntry { plan: plan.id, entry: line.id, base: line.rev, text: whole("First of all") };
    let both = [edit.command(), plan.add(&part, "Third").command()];
    let done = mara.companion.apply(&both, None, &mara.at()).expect("both");
    exchange_once(&mara, &theo, &space);
    let line = plan.line(&theo, &part, "Third");
    let text = whole("Third, his too");
    does(&theo, PlanCommand::EditEntry { plan: plan.id, entry: line.id, base: line.rev, text });
    exchange_once(&mara, &theo, &space);
    let undone = undo(&mara, &done);
    assert_eq!(undone.warnings, [Warning::Partly]);
    assert_eq!(plan.words(&mara, &part), [words[0], words[1], "Third, his too"]);
    exchange_once(&mara, &theo, &space);
    assert_eq!(plan.words(&theo, &part), plan.words(&mara, &part));

    // My own words since keep nobody from anything, and what I took out on purpose goes again.
    let added = does(&mara, plan.add(&part, "Fourth"));
    let line = plan.line(&mara, &part, "Fourth");
    let text = whole("Fourth, mine");
    does(&mara, PlanCommand::EditEntry { plan: plan.id, entry: line.id, base: line.rev, text });
    undo(&mara, &added);
    assert_eq!(plan.words(&mara, &part).len(), 3);
    let line = plan.line(&mara, &part, "Third, his too");
    let taken = does(&mara, PlanCommand::TakeEntry { plan: plan.id, entry: line.id });
    let back = undo(&mara, &taken);
    undo(&mara, &back);
    assert_eq!(plan.words(&mara, &part), words);
}

#[test]
fn a_value_set_since_is_stale_and_the_token_stays_good() {
    let world = World::new("meanwhile value");
    let mara = world.person("Mara");
    let draft = GoalDraft { title: text("Swim"), towards: text("Calm"), ..GoalDraft::default() };
    let goal = does(&mara, GoalCommand::Create { space: None, draft }).outcomes[0].made.expect("a goal");
    let stage = |stage| GoalCommand::SetStage { goal, stage };
    let first = does(&mara, stage(GoalStage::Active));
    let second = does(&mara, stage(GoalStage::Resting));
    let failure = mara.attempt(undoing(&first)).expect_err("it rests now");
    assert_eq!(failure.code(), Code::Stale);
    assert!(failure.detail().current.is_some());
    // What was refused used nothing up: once the way is free, it is taken back.
    undo(&mara, &second);
    undo(&mara, &first);
}

#[test]
fn what_can_be_taken_back_is_and_the_rest_is_told() {
    let world = World::new("meanwhile partly");
    let mara = world.person("Mara");
    let draft = NoteDraft { body: text("Bad night"), ..NoteDraft::default() };
    let note = does(&mara, NoteCommand::Create { draft }).outcomes[0].made.expect("a note");
    let both = [NoteCommand::Pin { note }.command(), edit(&mara, note, "Bad night, better day")];
    let done = mara.companion.apply(&both, None, &mara.at()).expect("both");
    does(&mara, NoteCommand::Unpin { note });
    let seen = mara.companion.preview(&undoing(&done), &mara.at()).expect("it would be done");
    assert_eq!(seen.warnings, [Warning::Partly]);
    let undone = undo(&mara, &done);
    assert_eq!(undone.warnings, [Warning::Partly]);
    assert_eq!(note_of(&mara, note).body.as_str(), "Bad night");
    assert!(!note_of(&mara, note).pinned);
}

#[test]
fn rights_are_those_of_now() {
    let world = World::new("meanwhile rights");
    let (mara, theo, space) = world.mara_and_theo();
    let (plan, part) = joint(&mara, &theo, space, "First");
    let done = does(&theo, edit_line(&theo, &plan, &part, "First of all"));
    exchange_once(&mara, &theo, &space);
    does(&mara, PlanCommand::SetOwner { plan: plan.id, part: part.clone(), owner: PartOwner::Person });
    exchange_once(&mara, &theo, &space);
    assert_eq!(theo.refused(undoing(&done)), Code::Stale, "the line is shown from where he cannot write");
    assert_eq!(plan.words(&theo, &part), ["First of all"]);

    // An idea that was decided on is not taken back.
    let on = Target { doc: plan.id, part: Some(part.clone()), element: None };
    let alternatives = vec![text("Tea")];
    let suggest = TalkCommand::Suggest { on, kind: IdeaKind::Add, alternatives, why: text(""), after: None };
    let given = does(&theo, suggest);
    exchange_once(&mara, &theo, &space);
    let idea = given.outcomes[0].element.expect("an idea");
    does(&mara, TalkCommand::Decide { idea, decision: belay::command::Decision::Decline, seen: None });
    exchange_once(&mara, &theo, &space);
    assert_eq!(theo.refused(undoing(&given)), Code::Stale);
}

#[test]
fn a_note_in_the_trash_or_forgotten_says_so() {
    let world = World::new("meanwhile trash");
    let mara = world.person("Mara");
    let draft = NoteDraft { body: text("Bad night"), ..NoteDraft::default() };
    let note = does(&mara, NoteCommand::Create { draft }).outcomes[0].made.expect("a note");
    let done = does(&mara, edit(&mara, note, "Better"));
    does(&mara, NoteCommand::Trash { note });
    assert_eq!(mara.refused(undoing(&done)), Code::InTrash);
    does(&mara, ForgetCommand::Everything { doc: note });
    assert_eq!(mara.refused(undoing(&done)), Code::NotFound);
}

#[test]
fn bounds_count_when_words_come_back() {
    let world = World::new("meanwhile bounds");
    let mara = world.person("Mara");
    let draft = NoteDraft { body: text("Bad night"), tags: vec![text("first")], ..NoteDraft::default() };
    let note = does(&mara, NoteCommand::Create { draft }).outcomes[0].made.expect("a note");
    does(&mara, edit(&mara, note, &"x".repeat(60_000)));
    let shorter = does(&mara, edit(&mara, note, "short"));
    does(&mara, edit(&mara, note, &format!("short{}", "y".repeat(60_000))));
    assert_eq!(mara.refused(undoing(&shorter)), Code::TooLong);
    let taken = does(&mara, NoteCommand::TakeTag { note, tag: text("first") });
    for number in 0..30 {
        does(&mara, NoteCommand::AddTag { note, tag: text(&format!("tag {number}")) });
    }
    // Twenty acts later it is out of reach; what is in reach counts the room.
    assert_eq!(mara.refused(undoing(&taken)), Code::NotFound);
    let taken = does(&mara, NoteCommand::TakeTag { note, tag: text("tag 7") });
    does(&mara, NoteCommand::AddTag { note, tag: text("one more") });
    assert_eq!(mara.refused(undoing(&taken)), Code::TooMany);
}
