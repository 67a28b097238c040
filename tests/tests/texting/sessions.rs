use crate::cast::{Two, body, note, shown};
use crate::typist::{Takes, Typist, splice, units};
use belay::command::{GoalCommand, GoalDraft, NoteCommand, NoteField, StepDraft, TextTarget};
use belay::companion::{Fate, Resend, Saved, Selection, Settle, TextChange};
use belay::document::ActKind;
use belay::view::{Answer, Ask, SearchQuery};
use belay_tests::{Plan, World, text, until_quiet, whole};

#[test]
fn words_lie_in_memory_then_in_a_draft_then_where_they_belong() {
    let world = World::new("where they lie");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "Tea");
    let mut typist = Typist::at(&mara, &target);
    assert_eq!((typist.field.as_str(), typist.opened.max, typist.opened.caret), ("Tea", 100_000, 3));
    assert!(typist.opened.recovered.is_none());
    // Keys 50 ms apart.
    let start = mara.at().unix_ms;
    for (at, key) in (0..).zip([" ", "a", "t"]) {
        mara.set_clock(start + at * 50);
        let merge = typist.types(&mara, key, Settle::Typing);
        assert_eq!((merge.saved, merge.fate, merge.left), (Saved::InMemory, Fate::Fine, 100_000 - 4 - at));
    }
    assert_eq!(body(&mara, id), "Tea", "not a row, not a history line a key");
    mara.set_clock(start + 250);
    let merge = typist.types(&mara, " four", Settle::Typing);
    assert_eq!(merge.saved, Saved::Draft);
    let merge = typist.rests(&mara, Settle::Pause);
    assert_eq!((merge.saved, body(&mara, id).as_str()), (Saved::Kept, "Tea at four"));
    assert_ne!(merge.changes.to, merge.changes.from, "the host learns that the note changed");
    let merge = typist.rests(&mara, Settle::Typing);
    assert_eq!(merge.changes.to, merge.changes.from, "and that nothing did");
    typist.types(&mara, ".", Settle::Typing);
    let merge = typist.closes(&mara);
    assert_eq!((merge.saved, body(&mara, id).as_str()), (Saved::Kept, "Tea at four."));
    // A sitting is one line of history.
    let acts = mara.history(&id).into_iter().filter(|line| line.act == ActKind::NoteBody).collect::<Vec<_>>();
    assert_eq!(acts.len(), 1);
    assert_eq!((acts[0].before.as_deref(), acts[0].after.as_deref()), (Some("Tea"), Some("Tea at four.")));
    let query = SearchQuery { words: text("four"), ..SearchQuery::default() };
    let Answer::Search(found) = mara.ask(Ask::Search { query, at: Default::default() }) else { panic!("a page") };
    assert_eq!(found.rows.len(), 1, "what was typed is found");
}

#[test]
fn another_writes_in_the_same_line_meanwhile() {
    let two = Two::with_line("meanwhile", "We say when we need a pause.");
    let mut hers = Typist::at(&two.mara, &two.line.clone());
    let mut his = Typist::at(&two.theo, &two.line.clone());
    hers.key(&two.mara, splice(27, 0, ", no reason"), Settle::Typing);
    his.key(&two.theo, splice(7, 0, "early "), Settle::Pause);
    // His words come while hers are not written yet: they are written first.
    two.to_mara();
    assert_eq!(two.line_on(&two.mara), "We say early when we need a pause, no reason.");
    let merge = hers.key_after(&two.mara, splice(38, 0, " asked"), Settle::Pause, 50, Takes::Nothing);
    assert_eq!(hers.field, "We say when we need a pause, no reason asked.", "nothing taken yet");
    assert_eq!(merge.patches.len(), 1);
    assert_eq!(merge.selection, Selection { start: 51, end: 51 });
    let merge = hers.rests(&two.mara, Settle::Typing);
    assert_eq!(hers.field, "We say early when we need a pause, no reason asked.");
    assert!(hers.rests(&two.mara, Settle::Typing).patches.is_empty() && !merge.patches.is_empty());
    two.to_theo();
    his.rests(&two.theo, Settle::Leave);
    assert_eq!(his.field, hers.field);
    until_quiet(&two.mara, &two.theo, &two.space);
    assert_eq!(two.mara.hash(&two.space), two.theo.hash(&two.space));
}

#[test]
fn every_field_that_can_be_typed_in() {
    let world = World::new("every field");
    let mara = world.person("Mara");
    let (id, _) = note(&mara, "Tea");
    let types = |target: TextTarget, before: &str, max: u32| {
        let mut typist = Typist::at(&mara, &target.clone());
        assert_eq!((typist.field.as_str(), typist.opened.max), (before, max), "{target:?}");
        assert_eq!(typist.types(&mara, "!", Settle::Pause).saved, Saved::Kept, "{target:?}");
        // What is left for good is kept as a field is: a line loses the blanks at its ends.
        typist.types(&mara, " ", Settle::Leave);
        assert_eq!(typist.closes(&mara).saved, Saved::Kept);
        Typist::at(&mara, &target).field
    };
    assert_eq!(types(TextTarget::NoteTitle { note: id }, "Nights", 200), "Nights!");
    assert_eq!(types(TextTarget::Note { note: id }, "Tea", 100_000), "Tea! ");
    let draft = GoalDraft { title: text("Swim"), towards: text("Sea"), ..GoalDraft::default() };
    let goal = mara.apply(GoalCommand::Create { space: None, draft }).made.expect("a goal");
    let field = |field: &str| TextTarget::GoalField { goal, field: field.to_owned() };
    assert_eq!(types(field("title"), "Swim", 300), "Swim!");
    assert_eq!(types(field("towards"), "Sea", 2_000), "Sea!");
    assert_eq!(types(field("why"), "", 2_000), "! ");
    assert_eq!(types(field("away_from"), "", 2_000), "! ");
    let draft = StepDraft { text: text("Call"), ..StepDraft::default() };
    let step = mara.apply(GoalCommand::AddStep { goal, draft, after: None }).element.expect("a step");
    assert_eq!(types(TextTarget::Step { goal, step }, "Call", 300), "Call!");
    let plan = Plan::made_by(&mara, None, "wellness");
    let entry = mara.apply(plan.add("toolbox", "Radio")).element.expect("a line");
    assert_eq!(types(TextTarget::PlanTitle { plan: plan.id }, "", 200), "!");
    assert_eq!(types(TextTarget::PlanEntry { plan: plan.id, entry }, "Radio", 2_000), "Radio!");
}

#[test]
fn a_new_note_is_made_when_it_is_left() {
    let world = World::new("a new note");
    let mara = world.person("Mara");
    let notes = || match mara.ask(Ask::Notes { filter: Default::default(), at: Default::default() }) {
        Answer::Notes(page) => page.rows.len(),
        other => panic!("{other:?}"),
    };
    let mut typist = Typist::at(&mara, &TextTarget::NewNote { draft: None });
    let TextTarget::NewNote { draft: Some(_) } = typist.opened.target else { panic!("it has a name now") };
    assert_eq!(typist.types(&mara, "Slept", Settle::Pause).saved, Saved::Draft, "no note of half a word");
    assert_eq!(notes(), 0);
    let merge = typist.types(&mara, " well.", Settle::Leave);
    let made = merge.made.expect("a note");
    assert_eq!((merge.saved, body(&mara, made).as_str()), (Saved::Kept, "Slept well."));
    // The screen stays open: it goes on in the note.
    assert_eq!(typist.types(&mara, " Twice.", Settle::Pause).made, None);
    typist.closes(&mara);
    assert_eq!((notes(), body(&mara, made).as_str()), (1, "Slept well. Twice."));
    // Blanks are no note.
    let mut typist = Typist::at(&mara, &TextTarget::NewNote { draft: None });
    typist.types(&mara, " \n", Settle::Pause);
    assert_eq!(typist.closes(&mara).made, None);
    assert_eq!((notes(), crate::cast::drafts(&mara).len()), (1, 0));
}

#[test]
fn opening_the_same_field_again_goes_on_with_it() {
    let world = World::new("twice");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "Tea");
    let mut first = Typist::at(&mara, &target.clone());
    first.types(&mara, " at four", Settle::Typing);
    let second = Typist::at(&mara, &target);
    assert_eq!(second.field, "Tea at four");
    let now = first.now(TextChange::None, Settle::Leave);
    let failure = first.say(&mara, &now, 0).expect_err("the first one ended");
    assert_eq!(failure.code(), belay::error::Code::NotFound);
    second.closes(&mara);
    assert_eq!(body(&mara, id), "Tea at four");
}

#[test]
fn two_fields_of_one_note_and_a_command_beside_them() {
    let world = World::new("beside");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "Tea");
    let mut title = Typist::at(&mara, &TextTarget::NoteTitle { note: id });
    let mut open = Typist::at(&mara, &target);
    open.types(&mara, " at four", Settle::Typing);
    title.types(&mara, " and days", Settle::Pause);
    let edit =
        NoteCommand::Edit { note: id, field: NoteField::Body, base: shown(&mara, id).rev, text: whole("Green Tea") };
    mara.apply(edit);
    let merge = open.rests(&mara, Settle::Typing);
    assert_eq!((open.field.as_str(), merge.saved == Saved::Kept), ("Green Tea at four", false));
    open.rests(&mara, Settle::Pause);
    assert_eq!(body(&mara, id), "Green Tea at four");
    assert_eq!(shown(&mara, id).title.as_str(), "Nights and days");
}

#[test]
fn a_hundred_thousand_letters_at_once_are_several_batches_in_one_transaction() {
    let two = Two::with_line("paste", "x");
    let (id, target) = note(&two.mara, "");
    let paste = "Slept. ".repeat(14_286)[..100_000].to_owned();
    let mut typist = Typist::at(&two.mara, &target);
    let merge = typist.types(&two.mara, &paste, Settle::Pause);
    assert_eq!((merge.saved, merge.left, merge.resend), (Saved::Kept, 0, Resend::No));
    assert_eq!(merge.changes.to, merge.changes.from + 1, "one transaction");
    assert_eq!(body(&two.mara, id), paste);
    let batches: i64 =
        two.mara.look(|db| Ok(db.query_row("SELECT count(*) FROM batch WHERE doc = ?1", [id], |row| row.get(0))?));
    assert!(batches > 20, "{batches} batches");
    // One letter too many: all of it stays, as a draft.
    let merge = typist.types(&two.mara, "é", Settle::Pause);
    assert_eq!((merge.saved, merge.left), (Saved::Draft, -1));
    assert_eq!(body(&two.mara, id), paste);
    let gone = typist.key(&two.mara, splice(0, 7, ""), Settle::Pause);
    assert_eq!((gone.saved, gone.left), (Saved::Kept, 6));
    assert_eq!(units(&body(&two.mara, id)), 99_994);
}
