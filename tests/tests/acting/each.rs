//! Each act taken back, put back, and taken back again.

use super::{does, same, shown, undo};
use belay::command::{
    Command, Decision, GoalCommand, GoalDraft, NoteCommand, NoteDraft, NoteField, PlanCommand, RelationshipCommand,
    StepDraft, TalkCommand, Target, TextEdit, Warning,
};
use belay::document::goal::{GoalStage, StepKind, StepStage, Who};
use belay::document::lane::IdeaKind;
use belay::document::plan::PartOwner;
use belay::editing::Splice;
use belay::ids::{DocId, Rev};
use belay::view::{Answer, Ask};
use belay_tests::{Act, Circle, Device, Plan, World, exchange_once, goals, plans, text, whole};

/// Back and forth: the picture is the one before, the one after, the one before, and others take all of it in.
#[track_caller]
fn there_and_back(device: &Device, command: impl Act) {
    let command = command.command();
    let told = format!("{command:?}");
    let before = shown(device);
    let done = does(device, command);
    let after = shown(device);
    assert!(before != after, "{told}: it shows");
    let undone = undo(device, &done);
    assert_eq!(undone.warnings, []);
    same(&before, &shown(device), &format!("taken back: {told}"));
    // Not a thing of this process alone.
    device.lock_and_unlock();
    let redone = undo(device, &undone);
    same(&after, &shown(device), &format!("put back: {told}"));
    undo(device, &redone);
    same(&before, &shown(device), &format!("taken back again: {told}"));
}

fn new_note(device: &Device, words: &str) -> DocId {
    let draft = NoteDraft { body: text(words), tags: vec![text("Sleep")], ..NoteDraft::default() };
    does(device, NoteCommand::Create { draft }).outcomes[0].made.expect("a note")
}

fn rev_of(device: &Device, note: DocId) -> Rev {
    let Answer::Note(note) = device.ask(Ask::Note { id: note }) else { panic!("a note") };
    note.rev
}

#[test]
fn acts_on_notes() {
    let world = World::new("undo notes");
    let mara = world.person("Mara");
    let note = new_note(&mara, "Bad night 👩‍👩‍👧. نقول مرحبا");
    let edit = |field, text| NoteCommand::Edit { note, field, base: rev_of(&mara, note), text };
    there_and_back(&mara, edit(NoteField::Body, whole("Better night. نقول")));
    there_and_back(&mara, edit(NoteField::Title, whole("Nights")));
    let typed = vec![Splice::new(0, 3, "Good"), Splice::new(5, 0, "long "), Splice::new(0, 0, "我們 ")];
    there_and_back(&mara, edit(NoteField::Body, TextEdit::Splices(typed)));
    there_and_back(&mara, NoteCommand::AddTag { note, tag: text("Rest") });
    there_and_back(&mara, NoteCommand::TakeTag { note, tag: text("sleep") });
    there_and_back(&mara, NoteCommand::Pin { note });
    there_and_back(&mara, NoteCommand::Trash { note });
    does(&mara, NoteCommand::Pin { note });
    there_and_back(&mara, NoteCommand::Unpin { note });
    does(&mara, NoteCommand::Trash { note });
    there_and_back(&mara, NoteCommand::Restore { note });
}

#[test]
fn a_new_note_goes_into_the_trash_and_a_new_goal_aside() {
    let world = World::new("undo new");
    let mara = world.person("Mara");
    let draft = NoteDraft { body: text("Not meant"), ..NoteDraft::default() };
    let made = does(&mara, NoteCommand::Create { draft });
    let id = made.outcomes[0].made.expect("a note");
    let trashed = || match mara.ask(Ask::Note { id }) {
        Answer::Note(note) => note.stage.code == "trash",
        other => panic!("{other:?}"),
    };
    let undone = undo(&mara, &made);
    assert!(trashed());
    undo(&mara, &undone);
    assert!(!trashed());

    let draft = GoalDraft { title: text("Swim"), towards: text("Calm"), ..GoalDraft::default() };
    let made = does(&mara, GoalCommand::Create { space: None, draft });
    let undone = undo(&mara, &made);
    assert_eq!(goals(&mara)[0].stage.code, "set-aside");
    undo(&mara, &undone);
    assert_eq!(goals(&mara)[0].stage.code, "exploring");
}

#[test]
fn acts_on_goals() {
    let world = World::new("undo goals");
    let (mara, theo, space) = world.mara_and_theo();
    let draft = GoalDraft { title: text("Swim"), towards: text("Calm"), ..GoalDraft::default() };
    let goal = does(&mara, GoalCommand::Create { space: Some(space), draft }).outcomes[0].made.expect("a goal");
    let base = || goals(&mara)[0].rev.clone();
    let edit = |field: &str, words| GoalCommand::Edit { goal, field: field.to_owned(), base: base(), text: words };
    there_and_back(&mara, edit("title", whole("Swim again")));
    there_and_back(&mara, edit("why", whole("Water helps.")));
    there_and_back(&mara, GoalCommand::SetArea { goal, area: Some(text("body")) });
    there_and_back(&mara, GoalCommand::SetStage { goal, stage: GoalStage::Active });
    let by_date = Some("2026-12-01".to_owned());
    let draft = StepDraft { text: text("Ask about the hours"), who: Who::You, kind: StepKind::Plain, by_date };
    there_and_back(&mara, GoalCommand::AddStep { goal, draft: draft.clone(), after: None });
    let step = does(&mara, GoalCommand::AddStep { goal, draft, after: None }).outcomes[0].element.expect("a step");
    let draft = StepDraft { text: text("Go"), ..StepDraft::default() };
    let other = does(&mara, GoalCommand::AddStep { goal, draft, after: None }).outcomes[0].element;
    there_and_back(&mara, GoalCommand::EditStep { goal, step, base: base(), text: whole("Ask Ana") });
    there_and_back(&mara, GoalCommand::MoveStep { goal, step, after: other });
    there_and_back(&mara, GoalCommand::MarkStep { goal, step, stage: StepStage::Doing });
    exchange_once(&mara, &theo, &space);
    // In a lane of his own.
    there_and_back(&theo, GoalCommand::MarkStep { goal, step, stage: StepStage::Done });
    exchange_once(&mara, &theo, &space);
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

#[test]
fn acts_on_plans() {
    let world = World::new("undo plans");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let (id, part) = (plan.id, plans(&mara)[0].parts[0].key.clone());
    there_and_back(&mara, plan.add(&part, "Tea with the radio on"));
    for words in ["Tea", "Radio", "Walk"] {
        does(&mara, plan.add(&part, words));
    }
    let line = || plan.line(&mara, &part, "Radio");
    let entry = line().id;
    let first = plan.line(&mara, &part, "Tea").id;
    there_and_back(&mara, PlanCommand::EditEntry { plan: id, entry, base: line().rev, text: whole("The radio") });
    there_and_back(&mara, PlanCommand::MoveEntry { plan: id, entry: first, after: Some(entry) });
    there_and_back(&mara, PlanCommand::TakeEntry { plan: id, entry });
    does(&mara, PlanCommand::TakeEntry { plan: id, entry });
    there_and_back(&mara, PlanCommand::BringBack { plan: id, entry });
    there_and_back(&mara, PlanCommand::SkipPart { plan: id, part: part.clone() });
    let base = plans(&mara)[0].rev.clone();
    there_and_back(&mara, PlanCommand::EditTitle { plan: id, base, text: whole("For winter") });
    for owner in [PartOwner::Both, PartOwner::Each, PartOwner::Supporter] {
        there_and_back(&mara, PlanCommand::SetOwner { plan: id, part: part.clone(), owner });
    }
    exchange_once(&mara, &theo, &space);
    let on = Target { doc: id, part: Some(part.clone()), element: Some(first) };
    let (kind, alternatives) = (IdeaKind::Change, vec![text("Tea by the river")]);
    let suggest = TalkCommand::Suggest { on, kind, alternatives, why: text("You liked it"), after: None };
    there_and_back(&theo, suggest.clone());
    let idea = does(&theo, suggest).outcomes[0].element.expect("an idea");
    there_and_back(&theo, TalkCommand::Withdraw { idea });
    exchange_once(&mara, &theo, &space);
    exchange_once(&mara, &theo, &space);
    assert_eq!(mara.hash(&space), theo.hash(&space), "others take in what was taken back");
    assert_eq!(mara.kept_out(&space).len() + theo.kept_out(&space).len(), 0);
}

#[test]
fn names() {
    let world = World::new("undo names");
    let (mara, _theo, space) = world.mara_and_theo();
    let name = || match mara.ask(Ask::Relationships) {
        Answer::Relationships(rows) => serde_json::to_value(&rows).expect("plain data")[0]["name"].clone(),
        other => panic!("{other:?}"),
    };
    let before = name();
    let done = does(&mara, RelationshipCommand::Nickname { space, name: text("T.") });
    assert_eq!(name(), "T.");
    let undone = undo(&mara, &done);
    assert_eq!(name(), before);
    undo(&mara, &undone);
    assert_eq!(name(), "T.");
    let mine = does(&mara, RelationshipCommand::MyName { space: Some(space), name: text("Mara M.") });
    undo(&mara, &mine);
    assert_eq!(mara.people(&space).names.get(&mara.member(&space)), None);
}

#[test]
fn several_commands_are_taken_back_as_one() {
    let world = World::new("undo many");
    let mara = world.person("Mara");
    let (one, two) = (new_note(&mara, "One"), new_note(&mara, "Two"));
    let before = shown(&mara);
    let base = rev_of(&mara, one);
    let edit = |text| NoteCommand::Edit { note: one, field: NoteField::Body, base: base.clone(), text: whole(text) };
    let list = [
        edit("One and a half").command(),
        NoteCommand::Pin { note: two }.command(),
        NoteCommand::AddTag { note: one, tag: text("half") }.command(),
        NoteCommand::Trash { note: two }.command(),
        NoteCommand::Pin { note: one }.command(),
        NoteCommand::Unpin { note: one }.command(),
    ];
    let done = mara.companion.apply(&list, None, &mara.at()).expect("all are done");
    let after = shown(&mara);
    let undone = undo(&mara, &done);
    same(&before, &shown(&mara), "all of it");
    undo(&mara, &undone);
    same(&after, &shown(&mara), "all of it again");
}

#[test]
fn history_tells_the_act_and_the_way_back() {
    let world = World::new("undo history");
    let (mara, _, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let part = plans(&mara)[0].parts[0].key.clone();
    let done = does(&mara, plan.add(&part, "Tea"));
    let lines = mara.history(&plan.id).len();
    undo(&mara, &done);
    assert_eq!(mara.history(&plan.id).len(), lines + 1, "nothing is written away");
}

#[test]
fn what_is_not_taken_back_has_no_token_and_says_so() {
    let world = World::new("undo none");
    let (mara, theo, space) = world.mara_and_theo();
    let lasting = |device: &Device, command: Command| {
        let seen = device.companion.preview(&command, &device.at()).expect("it would be done");
        let done = does(device, command);
        assert!(done.undo.is_none() && done.warnings.contains(&Warning::Lasting));
        assert!(seen.warnings.contains(&Warning::Lasting));
        assert_eq!(device.companion.last_undo().expect("open"), None, "what was done before is not the last");
        done
    };
    let (template, title) = ("wellness".to_owned(), text(""));
    let create = PlanCommand::Create { space: Some(space), template, title };
    let plan = lasting(&mara, create.command()).outcomes[0].made.expect("a plan");
    let part = plans(&mara)[0].parts[0].key.clone();
    lasting(&mara, PlanCommand::AddPart { plan, title: text("Mine"), owner: PartOwner::Person }.command());
    exchange_once(&mara, &theo, &space);
    let on = Target { doc: plan, part: Some(part), element: None };
    lasting(&theo, TalkCommand::Comment { on: on.clone(), text: text("So do I"), quote: text("") }.command());
    let alternatives = vec![text("Tea")];
    let suggest = TalkCommand::Suggest { on, kind: IdeaKind::Add, alternatives, why: text(""), after: None };
    let idea = does(&theo, suggest).outcomes[0].element.expect("an idea");
    exchange_once(&mara, &theo, &space);
    lasting(&mara, TalkCommand::Decide { idea, decision: Decision::Add(0), seen: None }.command());
    lasting(&mara, belay::command::ForgetCommand::Everything { doc: plan }.command());
}

/// A part in which each writes a column goes to both, the supporter writes there, and the person takes the handing over back.
#[test]
fn an_undo_gives_nobody_the_words_of_another() {
    let part = "what-each-brings";
    let mut red = Vec::new();
    for (since, other) in [(true, PartOwner::Both), (false, PartOwner::Both), (true, PartOwner::Supporter)] {
        let world = World::new("each and back");
        let circle = Circle::new(&world, 1, 1);
        let (mara, theo) = (&circle.devices[0], &circle.devices[1]);
        let plan = Plan::made_by(mara, Some(circle.space), "relationship");
        circle.tell_everything();
        mara.apply(plan.add(part, "Mara: a kettle"));
        theo.apply(plan.add(part, "Theo: patience"));
        circle.tell_everything();
        let column = plan.line(mara, part, "Mara: a kettle").doc;
        let applied = mara.companion.apply(&[plan.hand_over(part, other).command()], None, &mara.at());
        let token = applied.expect("hers to hand over").undo.expect("it can be taken back");
        circle.tell_everything();
        if since {
            theo.apply(plan.add(part, "Theo: I am scared too"));
            circle.tell_everything();
        }
        let undone = mara.companion.apply(&[Command::Undo { token }], None, &mara.at());
        let told = undone.as_ref().map(|applied| applied.warnings.len()).map_err(belay::error::Failure::code);
        circle.tell_everything();
        let hers: Vec<String> =
            plan.shown(mara, part).into_iter().filter(|line| line.doc == column).map(|line| line.text).collect();
        eprintln!(
            "{other:?}, written since: {since}: undo {told:?}; hers now {hers:?}; all {:?}",
            plan.words(theo, part)
        );
        if hers.iter().any(|words| words.starts_with("Theo")) {
            red.push((since, other, hers));
        }
    }
    assert!(red.is_empty(), "words of the supporter's are the person's by an undo: {red:#?}");
}
