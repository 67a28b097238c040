//! Whatever is wrong with a command, it is told by a code and nothing changes (invariant I27): not a row, not a line of
//! history, not the state hash.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::command::{
    Command, Decision, GoalCommand, GoalDraft, NoteCommand, NoteDraft, NoteField, PlanCommand, RelationshipCommand,
    StepDraft, TalkCommand, Target, TextEdit,
};
use belay::document::goal::{GoalStage, StepStage};
use belay::document::lane::IdeaKind;
use belay::document::plan::PartOwner;
use belay::editing::Splice;
use belay::error::Code;
use belay::ids::{ChangeId, DocId, ElementId, Rev, SpaceId};
use belay::view::{Answer, Ask};
use belay_tests::{Act, Device, Plan, World, text, unchanged, until_quiet, whole};

const TOOLBOX: &str = "toolbox";
const NOWHERE: DocId = DocId([0xee; 32]);
const NOTHING: ElementId = ElementId([0xee; 16]);

/// What there is to do things to: one of each kind, and a member who may do them.
struct Scene {
    mara: Device,
    theo: Device,
    space: SpaceId,
    note: DocId,
    goal: DocId,
    step: ElementId,
    plan: Plan,
    entry: ElementId,
    idea: ElementId,
    own_plan: DocId,
    _world: World,
}

fn scene(seed: &str) -> Scene {
    let world = World::new(seed);
    let (mara, theo, space) = world.mara_and_theo();
    let draft = NoteDraft { body: text("Bad night"), tags: vec![text("sleep")], ..NoteDraft::default() };
    let note = mara.apply(NoteCommand::Create { draft }).made.expect("a note");
    let draft = GoalDraft { title: text("Walk"), towards: text("rest"), ..GoalDraft::default() };
    let goal = mara.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal");
    let draft = StepDraft { text: text("Shoes"), ..StepDraft::default() };
    let step = mara.apply(GoalCommand::AddStep { goal, draft, after: None }).element.expect("a step");
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let own_plan = Plan::made_by(&mara, None, "wellness").id;
    let entry = mara.apply(plan.add(TOOLBOX, "Tea")).element.expect("a line");
    until_quiet(&mara, &theo, &space);
    let idea = theo.apply(plan.suggest(TOOLBOX, "Radio")).element.expect("an idea");
    until_quiet(&mara, &theo, &space);
    Scene { mara, theo, space, note, goal, step, plan, entry, idea, own_plan, _world: world }
}

/// Tries them all on a device; each has the code it is told by.
#[track_caller]
fn all_refused(device: &Device, space: &SpaceId, tries: Vec<(Command, Code)>) {
    let hash = device.hash(space);
    let before = device.dump();
    for (number, (command, code)) in tries.into_iter().enumerate() {
        match device.attempt(command.clone()) {
            Ok(_) => panic!("try {number} was done: {command:?}"),
            Err(failure) => assert_eq!(failure.code(), code, "try {number}: {command:?}"),
        }
    }
    unchanged(&before, &device.dump());
    assert_eq!(device.hash(space), hash);
}

fn long(scalars: usize) -> String {
    "x".repeat(scalars)
}

fn unknown_rev() -> Rev {
    Rev::of(&[ChangeId([0xee; 32])])
}

#[test]
fn notes() {
    let scene = scene("bad notes");
    let Scene { mara, theo, space, note, goal, plan, .. } = &scene;
    let (id, not_a_note) = (*note, *goal);
    let create = |title: &str, body: &str, tags: &[&str]| {
        let tags = tags.iter().map(|tag| text(tag)).collect();
        NoteCommand::Create { draft: NoteDraft { title: text(title), body: text(body), tags } }.command()
    };
    let Answer::Note(shown) = mara.ask(Ask::Note { id }) else { panic!("a note") };
    let base = shown.rev.clone();
    let edit = |note: DocId, base: &Rev, edit: TextEdit| {
        NoteCommand::Edit { note, field: NoteField::Title, base: base.clone(), text: edit }.command()
    };
    let tags: Vec<String> = (0..31).map(|tag| format!("t{tag}")).collect();
    let tag = |tag: &str| NoteCommand::AddTag { note: id, tag: text(tag) }.command();
    let past_the_end = TextEdit::Splices(vec![Splice::new(500, 3, "x")]);
    all_refused(
        mara,
        space,
        vec![
            (create("", "", &[]), Code::Empty),
            (create("", " \n\t ", &[]), Code::Empty),
            (create(&long(201), "b", &[]), Code::TooLong),
            (create("", &long(100_001), &[]), Code::TooLong),
            (create("a\nb", "b", &[]), Code::InvalidText),
            (create("a\u{202e}b", "b", &[]), Code::InvalidText),
            (create("", "bell \u{7}", &[]), Code::InvalidText),
            (create("", "nul \0", &[]), Code::InvalidText),
            (create("", "b", &[""]), Code::Empty),
            (create("", "b", &[&long(41)]), Code::TooLong),
            (create("", "b", &tags.iter().map(String::as_str).collect::<Vec<_>>()), Code::TooMany),
            (edit(NOWHERE, &base, whole("x")), Code::NotFound),
            (edit(not_a_note, &base, whole("x")), Code::NotFound),
            (edit(plan.id, &base, whole("x")), Code::NotFound),
            (edit(id, &unknown_rev(), whole("x")), Code::Stale),
            (edit(id, &Rev::from_token("not a token"), whole("x")), Code::Stale),
            (edit(id, &Rev::from_token(""), whole("x")), Code::Stale),
            (edit(id, &base, whole(&long(201))), Code::TooLong),
            (edit(id, &base, whole("a\u{1b}[31m")), Code::InvalidText),
            (edit(id, &base, past_the_end), Code::OutOfRange),
            (tag(""), Code::Empty),
            (tag(&long(41)), Code::TooLong),
            (tag("sleep"), Code::Duplicate),
            (tag("SLEEP"), Code::Duplicate),
            (NoteCommand::TakeTag { note: id, tag: text("none") }.command(), Code::NotFound),
            (NoteCommand::AddTag { note: NOWHERE, tag: text("x") }.command(), Code::NotFound),
            (NoteCommand::Pin { note: NOWHERE }.command(), Code::NotFound),
            (NoteCommand::Unpin { note: not_a_note }.command(), Code::NotFound),
            (NoteCommand::Trash { note: NOWHERE }.command(), Code::NotFound),
            (NoteCommand::Restore { note: id }.command(), Code::Duplicate),
        ],
    );
    all_refused(theo, space, vec![(edit(id, &base, whole("x")), Code::NotFound), (tag("x"), Code::NotFound)]);
    mara.apply(NoteCommand::Trash { note: id });
    all_refused(
        mara,
        space,
        vec![
            (edit(id, &base, whole("x")), Code::InTrash),
            (tag("x"), Code::InTrash),
            (NoteCommand::Pin { note: id }.command(), Code::InTrash),
            (NoteCommand::Trash { note: id }.command(), Code::InTrash),
        ],
    );
}

#[test]
fn goals() {
    let scene = scene("bad goals");
    let Scene { mara, theo, space, note, goal, step, plan, .. } = &scene;
    let (goal, step, space) = (*goal, *step, *space);
    let create = |space: Option<SpaceId>, title: &str, towards: &str, why: &str| {
        let draft = GoalDraft { title: text(title), towards: text(towards), why: text(why), ..GoalDraft::default() };
        GoalCommand::Create { space, draft }.command()
    };
    let Answer::Goal(shown) = mara.ask(Ask::Goal { id: goal }) else { panic!("a goal") };
    let base = shown.rev.clone();
    let edit = |goal: DocId, field: &str, base: &Rev, words: &str| {
        GoalCommand::Edit { goal, field: field.to_owned(), base: base.clone(), text: whole(words) }.command()
    };
    let add = |goal: DocId, words: &str, by: Option<&str>, after: Option<ElementId>| {
        let draft = StepDraft { text: text(words), by_date: by.map(str::to_owned), ..StepDraft::default() };
        GoalCommand::AddStep { goal, draft, after }.command()
    };
    let edit_step = |step: ElementId, base: &Rev, words: &str| {
        GoalCommand::EditStep { goal, step, base: base.clone(), text: whole(words) }.command()
    };
    let area = |area: &str| GoalCommand::SetArea { goal, area: Some(text(area)) }.command();
    let moved = |step, after| GoalCommand::MoveStep { goal, step, after }.command();
    all_refused(
        mara,
        &space,
        vec![
            (create(None, "", "t", ""), Code::Empty),
            (create(None, "a", "", ""), Code::Empty),
            (create(None, &long(301), "t", ""), Code::TooLong),
            (create(None, "a", &long(2_001), ""), Code::TooLong),
            (create(None, "a", "t", &long(2_001)), Code::TooLong),
            (create(None, "a\u{2066}\nb", "t", ""), Code::InvalidText),
            (create(Some(SpaceId([1; 32])), "a", "t", ""), Code::NotFound),
            (edit(NOWHERE, "title", &base, "x"), Code::NotFound),
            (edit(*note, "title", &base, "x"), Code::NotFound),
            (edit(goal, "no-field", &base, "x"), Code::NotFound),
            (edit(goal, "title", &unknown_rev(), "x"), Code::Stale),
            (edit(goal, "title", &base, ""), Code::Empty),
            (edit(goal, "title", &base, &long(301)), Code::TooLong),
            (edit(goal, "towards", &base, "\u{0}"), Code::InvalidText),
            (edit(goal, "why", &base, &long(2_001)), Code::TooLong),
            (edit(goal, "away_from", &base, &long(2_001)), Code::TooLong),
            (area(""), Code::Empty),
            (area(&long(81)), Code::TooLong),
            (GoalCommand::SetStage { goal: NOWHERE, stage: GoalStage::Resting }.command(), Code::NotFound),
            (GoalCommand::SetStage { goal: plan.id, stage: GoalStage::Resting }.command(), Code::NotFound),
            (add(NOWHERE, "x", None, None), Code::NotFound),
            (add(goal, "", None, None), Code::Empty),
            (add(goal, &long(301), None, None), Code::TooLong),
            (add(goal, "a\nb", None, None), Code::InvalidText),
            (add(goal, "x", Some("tomorrow"), None), Code::InvalidDate),
            (add(goal, "x", Some("2026-02-30"), None), Code::InvalidDate),
            (add(goal, "x", Some("1899-12-31"), None), Code::InvalidDate),
            (add(goal, "x", Some("2200-01-01"), None), Code::InvalidDate),
            (add(goal, "x", None, Some(NOTHING)), Code::NotFound),
            (edit_step(NOTHING, &base, "x"), Code::NotFound),
            (edit_step(step, &unknown_rev(), "x"), Code::Stale),
            (edit_step(step, &base, ""), Code::Empty),
            (edit_step(step, &base, &long(301)), Code::TooLong),
            (GoalCommand::MarkStep { goal, step: NOTHING, stage: StepStage::Done }.command(), Code::NotFound),
            (moved(NOTHING, None), Code::NotFound),
            (moved(step, Some(NOTHING)), Code::NotFound),
        ],
    );
    all_refused(
        theo,
        &space,
        vec![
            (edit(goal, "title", &base, "x"), Code::SuggestOnly),
            (area("x"), Code::SuggestOnly),
            (GoalCommand::SetStage { goal, stage: GoalStage::SetAside }.command(), Code::SuggestOnly),
            (add(goal, "x", None, None), Code::SuggestOnly),
            (edit_step(step, &base, "x"), Code::SuggestOnly),
            (moved(step, None), Code::SuggestOnly),
            (GoalCommand::MarkStep { goal, step, stage: StepStage::Done }.command(), Code::NotOwner),
        ],
    );
}

#[test]
fn plans() {
    let scene = scene("bad plans");
    let Scene { mara, space, note, goal, plan, entry, .. } = &scene;
    let (space, entry, id) = (*space, *entry, plan.id);
    let create = |space: Option<SpaceId>, template: &str, title: &str| {
        PlanCommand::Create { space, template: template.to_owned(), title: text(title) }.command()
    };
    let add = |plan: DocId, part: &str, words: &str, after: Option<ElementId>| {
        PlanCommand::AddEntry { plan, part: part.to_owned(), text: text(words), after }.command()
    };
    let line = plan.line(mara, TOOLBOX, "Tea");
    let edit = |entry: ElementId, base: &Rev, edit: TextEdit| {
        PlanCommand::EditEntry { plan: id, entry, base: base.clone(), text: edit }.command()
    };
    let Answer::Plan(shown) = mara.ask(Ask::Plan { id }) else { panic!("a plan") };
    let title =
        |base: &Rev, words: &str| PlanCommand::EditTitle { plan: id, base: base.clone(), text: whole(words) }.command();
    let part = |title: &str| PlanCommand::AddPart { plan: id, title: text(title), owner: PartOwner::Both }.command();
    let owner = |plan: DocId, part: &str, owner| PlanCommand::SetOwner { plan, part: part.to_owned(), owner }.command();
    all_refused(
        mara,
        &space,
        vec![
            (create(None, "no-template", ""), Code::NotFound),
            (create(None, "wellness", &long(201)), Code::TooLong),
            (create(None, "wellness", "a\nb"), Code::InvalidText),
            (create(Some(SpaceId([1; 32])), "wellness", ""), Code::NotFound),
            (title(&unknown_rev(), "x"), Code::Stale),
            (title(&shown.rev, &long(201)), Code::TooLong),
            (part(""), Code::Empty),
            (part(&long(201)), Code::TooLong),
            (owner(id, "no-part", PartOwner::Both), Code::NotFound),
            (owner(NOWHERE, TOOLBOX, PartOwner::Both), Code::NotFound),
            (owner(*goal, TOOLBOX, PartOwner::Both), Code::NotFound),
            (owner(id, TOOLBOX, PartOwner::Person), Code::Duplicate),
            (PlanCommand::SkipPart { plan: id, part: "no-part".to_owned() }.command(), Code::NotFound),
            (PlanCommand::UnskipPart { plan: NOWHERE, part: TOOLBOX.to_owned() }.command(), Code::NotFound),
            (add(NOWHERE, TOOLBOX, "x", None), Code::NotFound),
            (add(*note, TOOLBOX, "x", None), Code::NotFound),
            (add(id, "no-part", "x", None), Code::NotFound),
            (add(id, TOOLBOX, "", None), Code::Empty),
            (add(id, TOOLBOX, "  \n ", None), Code::Empty),
            (add(id, TOOLBOX, &long(2_001), None), Code::TooLong),
            (add(id, TOOLBOX, "\u{9f}", None), Code::InvalidText),
            (add(id, TOOLBOX, "x", Some(NOTHING)), Code::NotFound),
            (add(id, "what-i-bring", "x", None), Code::SuggestOnly),
            (edit(NOTHING, &line.rev, whole("x")), Code::NotFound),
            (edit(entry, &unknown_rev(), whole("x")), Code::Stale),
            (edit(entry, &line.rev, whole("")), Code::Empty),
            (edit(entry, &line.rev, whole(&long(2_001))), Code::TooLong),
            (edit(entry, &line.rev, TextEdit::Splices(vec![Splice::new(3, 9, "")])), Code::OutOfRange),
            (PlanCommand::MoveEntry { plan: id, entry: NOTHING, after: None }.command(), Code::NotFound),
            (PlanCommand::MoveEntry { plan: id, entry, after: Some(NOTHING) }.command(), Code::NotFound),
            (PlanCommand::TakeEntry { plan: id, entry: NOTHING }.command(), Code::NotFound),
            (PlanCommand::BringBack { plan: id, entry }.command(), Code::Duplicate),
            (PlanCommand::TakeOver { plan: id, entry }.command(), Code::NotFound),
            (PlanCommand::LeaveOver { plan: id, entry: NOTHING }.command(), Code::NotFound),
        ],
    );
    mara.apply(plan.take(entry));
    all_refused(
        mara,
        &space,
        vec![
            (edit(entry, &line.rev, whole("x")), Code::NotFound),
            (plan.take(entry).command(), Code::NotFound),
            (PlanCommand::MoveEntry { plan: id, entry, after: None }.command(), Code::NotFound),
        ],
    );
}

#[test]
fn talk() {
    let scene = scene("bad talk");
    let Scene { mara, theo, space, note, goal, step, plan, entry, idea, own_plan, .. } = &scene;
    let (space, idea, entry) = (*space, *idea, *entry);
    let toolbox = |element| plan.target(TOOLBOX, element);
    let suggest = |on: Target, kind, words: &[&str], why: &str, after| {
        let alternatives = words.iter().map(|words| text(words)).collect();
        TalkCommand::Suggest { on, kind, alternatives, why: text(why), after }.command()
    };
    let on_step = |element| Target { doc: *goal, part: None, element };
    let comment = |on: Target, words: &str, quote: &str| {
        TalkCommand::Comment { on, text: text(words), quote: text(quote) }.command()
    };
    let nowhere = || Target { doc: NOWHERE, part: Some(TOOLBOX.to_owned()), element: None };
    let six = ["1", "2", "3", "4", "5", "6"];
    use IdeaKind::{Add, Change, Move, Remove};
    all_refused(
        theo,
        &space,
        vec![
            (suggest(toolbox(None), Add, &[], "", None), Code::Empty),
            (suggest(toolbox(None), Add, &[""], "", None), Code::Empty),
            (suggest(toolbox(None), Add, &six, "", None), Code::TooMany),
            (suggest(toolbox(None), Add, &[&long(2_001)], "", None), Code::TooLong),
            (suggest(toolbox(None), Add, &["\u{1}"], "", None), Code::InvalidText),
            (suggest(toolbox(None), Add, &["x"], &long(301), None), Code::TooLong),
            (suggest(toolbox(Some(entry)), Add, &["x"], "", None), Code::NotFound),
            (suggest(toolbox(None), Change, &["x"], "", None), Code::NotFound),
            (suggest(toolbox(None), Remove, &[], "", None), Code::NotFound),
            (suggest(toolbox(Some(entry)), Remove, &["x"], "", None), Code::TooMany),
            (suggest(toolbox(Some(entry)), Move, &[], "", Some(NOTHING)), Code::NotFound),
            (suggest(toolbox(Some(NOTHING)), Change, &["x"], "", None), Code::NotFound),
            (suggest(nowhere(), Add, &["x"], "", None), Code::NotFound),
            (suggest(plan.target("no-part", None), Add, &["x"], "", None), Code::NotFound),
            (suggest(plan.target("what-i-bring", None), Add, &["x"], "", None), Code::AlreadyYours),
            (suggest(plan.target("looking-after-us", None), Add, &["x"], "", None), Code::AlreadyYours),
            (suggest(on_step(None), Add, &[&long(301)], "", None), Code::TooLong),
            (suggest(on_step(Some(NOTHING)), Change, &["x"], "", None), Code::NotFound),
            (suggest(on_step(Some(*step)), Change, &["a\nb"], "", None), Code::InvalidText),
            (comment(toolbox(None), "", ""), Code::Empty),
            (comment(toolbox(None), &long(2_001), ""), Code::TooLong),
            (comment(toolbox(None), "x", &long(2_001)), Code::TooLong),
            (comment(nowhere(), "x", ""), Code::NotFound),
            (comment(toolbox(Some(NOTHING)), "x", ""), Code::NotFound),
            (comment(Target { doc: *note, part: None, element: None }, "x", ""), Code::NotFound),
            (Plan::decide(idea, Decision::Add(0)).command(), Code::NotOwner),
            (TalkCommand::Withdraw { idea: NOTHING }.command(), Code::NotFound),
        ],
    );
    let own = Target { doc: *own_plan, part: Some(TOOLBOX.to_owned()), element: None };
    all_refused(
        mara,
        &space,
        vec![
            (suggest(own.clone(), Add, &["x"], "", None), Code::AlreadyYours),
            (comment(own, "x", ""), Code::NotAMember),
            (Plan::decide(NOTHING, Decision::Add(0)).command(), Code::NotFound),
            (Plan::decide(idea, Decision::Add(1)).command(), Code::OutOfRange),
            (Plan::decide(idea, Decision::AddAs(text(""))).command(), Code::Empty),
            (Plan::decide(idea, Decision::AddAs(text(&long(2_001)))).command(), Code::TooLong),
            (TalkCommand::Withdraw { idea }.command(), Code::NotOwner),
        ],
    );
    mara.apply(Plan::decide(idea, Decision::Decline));
    all_refused(mara, &space, vec![(Plan::decide(idea, Decision::Add(0)).command(), Code::Duplicate)]);
}

#[test]
fn names() {
    let scene = scene("bad names");
    let Scene { mara, space, .. } = &scene;
    let own = mara.companion.own_space().expect("open");
    let nickname = |space: SpaceId, name: &str| RelationshipCommand::Nickname { space, name: text(name) }.command();
    let my_name =
        |space: SpaceId, name: &str| RelationshipCommand::MyName { space: Some(space), name: text(name) }.command();
    all_refused(
        mara,
        space,
        vec![
            (nickname(*space, ""), Code::Empty),
            (nickname(*space, &long(81)), Code::TooLong),
            (nickname(*space, "T\nheo"), Code::InvalidText),
            (nickname(own, "Me"), Code::NotFound),
            (nickname(SpaceId([1; 32]), "Theo"), Code::NotFound),
            (my_name(*space, " "), Code::Empty),
            (my_name(*space, &long(81)), Code::TooLong),
            (my_name(SpaceId([1; 32]), "Mara"), Code::NotFound),
        ],
    );
}
