//! Words that cannot be written where they were meant: they are kept, and the field is told why.

use crate::cast::{BOTH, Two, body, drafts, note};
use crate::typist::{Typist, splice};
use belay::command::{Command, DraftCommand, ForgetCommand, IdeaText, NoteCommand, NoteField, PlanCommand, TextTarget};
use belay::companion::{DropIn, Fate, Saved, Settle};
use belay::document::lane::IdeaKind;
use belay::document::plan::PartOwner;
use belay::error::Code;
use belay::view::{Answer, Ask};
use belay_tests::{Device, SeededEntropy, World, text, until_quiet, whole};

const CANARY: &str = "Quarrelsome heron";

fn draft_of(why: Code) -> (Saved, Fate) {
    (Saved::Draft, Fate::KeptAsDraft { why })
}

fn words_of(on: &Device, target: &TextTarget) -> String {
    match on.ask(Ask::Draft { target: target.clone() }) {
        Answer::Draft(draft) => draft.text.into_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn too_long_is_kept_whole_and_written_once_it_is_shorter() {
    let two = Two::with_line("too long", "x");
    let mut typist = Typist::at(&two.mara, &two.line.clone());
    let long = "👩\u{200d}👧".repeat(700);
    let merge = typist.types(&two.mara, &long, Settle::Pause);
    assert_eq!((merge.saved, merge.fate), draft_of(Code::TooLong));
    assert_eq!(merge.left, 2_000 - 2_101);
    let merge = typist.types(&two.mara, "", Settle::Leave);
    assert_eq!(merge.left, -101);
    two.mara.lock_and_unlock();
    let mut typist = Typist::at(&two.mara, &two.line.clone());
    assert_eq!(typist.field, format!("x{long}"), "nothing was cut");
    assert_eq!(two.line_on(&two.mara), "x");
    let merge = typist.key(&two.mara, splice(1, 5 * 40, ""), Settle::Pause);
    assert_eq!((merge.saved, merge.fate, merge.left), (Saved::Kept, Fate::Fine, 19));
    assert_eq!(two.line_on(&two.mara), typist.field);
    assert!(drafts(&two.mara).is_empty());
}

#[test]
fn a_part_is_handed_over_in_mid_word() {
    let two = Two::with_line("handed over", "Radio");
    let mut his = Typist::at(&two.theo, &two.line.clone());
    his.types(&two.theo, " with", Settle::Typing);
    two.mara.apply(two.plan.hand_over(BOTH, PartOwner::Person));
    two.theo.take(&two.mara.bundle(&two.space)).expect("a good bundle");
    // What he had typed by then was written before her word came; the next is too late.
    let merge = his.types(&two.theo, " tea", Settle::Pause);
    assert_eq!((merge.saved, merge.fate), (Saved::Draft, Fate::AsSuggestion));
    let said = his.field.clone();
    his.closes(&two.theo);
    let TextTarget::PlanEntry { entry, .. } = two.line else { panic!("a line") };
    let on = two.plan.target(BOTH, Some(entry));
    let idea = TextTarget::Suggestion { on, kind: IdeaKind::Change, text: IdeaText::Wording { number: 0 } };
    let waiting = drafts(&two.theo);
    assert_eq!(waiting.iter().map(|row| &row.target).collect::<Vec<_>>(), [&idea]);
    assert_eq!(Typist::at(&two.theo, &idea).field, said);
    until_quiet(&two.mara, &two.theo, &two.space);
    let plan = crate::cast::plan_on(&two.mara, two.plan.id);
    assert!(plan.parts.iter().all(|part| part.ideas.is_empty()), "nothing was sent");
    let refused = Typist::at(&two.theo, &two.line.clone()).opened.may;
    assert!(!refused.allows(belay::command::Deed::Edit));
}

#[test]
fn a_line_or_a_note_is_taken_away_in_mid_word() {
    let two = Two::with_line("taken away", "Radio");
    let TextTarget::PlanEntry { plan, entry } = two.line else { panic!("a line") };
    let mut hers = Typist::at(&two.mara, &two.line.clone());
    two.theo.apply(two.plan.take(entry));
    hers.types(&two.mara, " with tea", Settle::Typing);
    two.to_mara();
    let merge = hers.types(&two.mara, " and", Settle::Pause);
    assert_eq!((merge.saved, merge.fate), draft_of(Code::NotFound));
    hers.closes(&two.mara);
    assert_eq!(words_of(&two.mara, &two.line), "Radio with tea and");
    two.mara.apply(PlanCommand::BringBack { plan, entry });
    let hers = Typist::at(&two.mara, &two.line.clone());
    assert_eq!(hers.field, "Radio with tea and");
    assert_eq!(hers.closes(&two.mara).saved, Saved::Kept);

    let (id, target) = note(&two.mara, "Tea");
    let mut open = Typist::at(&two.mara, &target.clone());
    two.mara.apply(NoteCommand::Trash { note: id });
    let merge = open.types(&two.mara, " at four", Settle::Pause);
    assert_eq!((merge.saved, merge.fate), draft_of(Code::InTrash));
    open.closes(&two.mara);
    two.mara.apply(NoteCommand::Restore { note: id });
    let open = Typist::at(&two.mara, &target);
    open.closes(&two.mara);
    assert_eq!(body(&two.mara, id), "Tea at four");
}

#[test]
fn what_another_forgot_leaves_only_what_was_typed() {
    let two = Two::with_line("forgot", CANARY);
    let mut his = Typist::at(&two.theo, &two.line.clone());
    his.types(&two.theo, " and tea", Settle::Typing);
    two.theo.wait(1_000);
    his.types(&two.theo, " at four", Settle::Typing);
    let locked = Typist::at(&two.theo, &TextTarget::PlanTitle { plan: two.plan.id });
    drop(locked);
    two.mara.apply(ForgetCommand::Everything { doc: two.plan.id });
    // Words that are not written when the Forget comes: an over-long line stays a draft.
    let long = "x".repeat(2_000);
    his.types(&two.theo, &long, Settle::Pause);
    two.to_theo();
    let dropped = words_of(&two.theo, &two.line);
    assert!(!dropped.contains(CANARY) && dropped.contains(&long), "her words are gone, his are not");
    // The session still shows all of it; what it keeps from now on is his alone.
    let merge = his.types(&two.theo, "!", Settle::Leave);
    assert_eq!((merge.saved, merge.fate), draft_of(Code::NotFound));
    let kept = words_of(&two.theo, &two.line);
    assert!(!kept.contains(CANARY) && kept.contains('!'));
    two.theo.lock_and_unlock();
    assert!(!words_of(&two.theo, &two.line).contains(CANARY));
    assert!(!drafts(&two.theo)[0].is_there);
    two.theo.apply(Command::Draft(DraftCommand::Discard { target: two.line.clone() }));
    // What is still kept for it goes when its words go.
    let (target, before) = (two.line.clone(), Some(text("")));
    two.theo.apply(Command::Draft(DraftCommand::Keep { target, text: text("mine"), before }));
    two.theo.wait(31 * 86_400_000);
    two.theo.lock_and_unlock();
    assert!(drafts(&two.theo).is_empty());
}

/// Whether any draft row holds the canary, as text or as the way back to one.
fn is_in_a_draft(on: &Device) -> bool {
    let has =
        "SELECT count(*) FROM draft WHERE instr(text || target, ?1) > 0 OR instr(back || unseen, CAST(?1 AS BLOB)) > 0";
    on.look(|db| Ok(db.query_row(has, ["Quarrelsome"], |row| row.get::<_, i64>(0))?)) > 0
}

#[test]
fn an_editors_last_words_bring_nothing_forgotten_back() {
    let two = Two::with_line("last words of it", CANARY);
    let mut his = Typist::at(&two.theo, &two.line.clone());
    let before = his.field.clone();
    two.mara.apply(ForgetCommand::Everything { doc: two.plan.id });
    two.to_theo();
    // The editor shows all of it still, and types on.
    his.types(&two.theo, "", Settle::Typing);
    let drop_in = |words: &str, before: Option<&str>| {
        two.theo.companion.lock().expect("locking");
        let (target, before) = (two.line.clone(), before.map(text));
        let what = DropIn::EditorWords { target, text: text(words), before };
        let mut entropy = SeededEntropy::new(words.to_owned());
        belay::companion::drop_in(two.theo.folder(), &what, &two.theo.at(), &mut entropy).expect("room in the box");
        assert_eq!(two.theo.unlock().expect("the keystore's key").dropped.waiting, 0);
    };
    // A host that says no more than the text: nothing of it can be told from her words.
    drop_in(&format!("{CANARY} and tea"), None);
    assert!(drafts(&two.theo).is_empty() && !is_in_a_draft(&two.theo));
    drop_in(&format!("{CANARY} and tea"), Some(&before));
    assert_eq!(words_of(&two.theo, &two.line), " and tea");
    drop_in(&format!("{CANARY} and tea"), Some(&before));
    assert_eq!(words_of(&two.theo, &two.line), " and tea", "the same once more");
    let keep = |words: String, before: Option<&str>| {
        let (target, before) = (two.line.clone(), before.map(text));
        two.theo.apply(Command::Draft(DraftCommand::Keep { target, text: text(&words), before }));
    };
    keep(format!("{CANARY} at four"), Some(&before));
    keep(format!("{CANARY} at five"), None);
    assert_eq!(words_of(&two.theo, &two.line), " and tea\n at four");
    assert!(!is_in_a_draft(&two.theo));
}

#[test]
fn an_idea_begun_from_a_line_leaves_none_of_it_when_the_line_is_forgotten() {
    let two = Two::with_line("begun from", CANARY);
    let TextTarget::PlanEntry { entry, .. } = two.line else { panic!("a line") };
    let idea = |number| {
        let on = two.plan.target(BOTH, Some(entry));
        TextTarget::Suggestion { on, kind: IdeaKind::Change, text: IdeaText::Wording { number } }
    };
    let mut kept = Typist::at(&two.theo, &idea(0));
    kept.shows(&two.theo, &format!("{CANARY}, and tea"), Settle::Typing);
    two.theo.lock_and_unlock();
    let mut open = Typist::at(&two.theo, &idea(1));
    open.shows(&two.theo, &format!("{CANARY}, and soup"), Settle::Pause);
    assert!(is_in_a_draft(&two.theo));
    two.mara.apply(ForgetCommand::Everything { doc: two.plan.id });
    two.to_theo();
    assert_eq!(words_of(&two.theo, &idea(0)), ", and tea");
    open.types(&two.theo, "!", Settle::Pause);
    assert_eq!(words_of(&two.theo, &idea(1)), ", and soup!");
    assert!(!is_in_a_draft(&two.theo));
}

#[test]
fn what_i_forget_goes_out_of_an_open_editor() {
    let world = World::new("out of an editor");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, CANARY);
    let mut typist = Typist::at(&mara, &target.clone());
    typist.types(&mara, " one", Settle::Typing);
    mara.apply(ForgetCommand::Everything { doc: id });
    assert!(drafts(&mara).is_empty());
    // Typed since: words of their own, kept though a draft was there before.
    let merge = typist.types(&mara, " two", Settle::Pause);
    assert_eq!((merge.saved, merge.fate), draft_of(Code::NotFound));
    assert_eq!(words_of(&mara, &target), " two");
    mara.lock_and_unlock();
    assert_eq!(words_of(&mara, &target), " two");
    assert!(!is_in_a_draft(&mara));

    // Nothing typed since: nothing is left, whatever was kept before.
    let (id, target) = note(&mara, CANARY);
    let mut typist = Typist::at(&mara, &target.clone());
    typist.types(&mara, " one", Settle::Typing);
    mara.wait(1_000);
    typist.rests(&mara, Settle::Typing);
    assert!(is_in_a_draft(&mara));
    mara.apply(ForgetCommand::Everything { doc: id });
    typist.rests(&mara, Settle::Composing);
    mara.lock_and_unlock();
    assert!(drafts(&mara).len() == 1 && !is_in_a_draft(&mara));

    // Only its past: what was typed goes on in what follows it, and what is typed later is by itself.
    let (id, target) = note(&mara, "Tea");
    let mut typist = Typist::at(&mara, &target.clone());
    typist.types(&mara, " at four", Settle::Typing);
    let made = mara.apply(ForgetCommand::Past { doc: id }).made.expect("a successor");
    assert_eq!(words_of(&mara, &TextTarget::Note { note: made }), "Tea at four");
    typist.types(&mara, ", or five", Settle::Leave);
    assert_eq!(words_of(&mara, &target), ", or five");
}

#[test]
fn an_emptied_field_is_no_draft() {
    let mut two = Two::with_line("no draft", "Radio");
    let rows =
        |on: &Device| on.look(|db| Ok(db.query_row("SELECT count(*) FROM draft", [], |row| row.get::<_, i64>(0))?));
    let mut hers = Typist::at(&two.mara, &two.line.clone());
    hers.types(&two.mara, " with", Settle::Typing);
    hers.key(&two.mara, splice(0, 10, " "), Settle::Typing);
    two.mara.wait(1_000);
    hers.rests(&two.mara, Settle::Typing);
    // As it lies there: no pause writes or lets go of it.
    two.mara.die_and_return();
    assert_eq!((rows(&two.mara), two.line_on(&two.mara).as_str()), (0, "Radio"));
}

#[test]
fn what_i_forget_takes_its_drafts_along() {
    let world = World::new("i forget");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "Tea");
    let mut typist = Typist::at(&mara, &target.clone());
    typist.types(&mara, " at four", Settle::Typing);
    mara.lock_and_unlock();
    // Only its past: the words go on in the one that follows it.
    let made = mara.apply(ForgetCommand::Past { doc: id }).made.expect("a successor");
    let target = TextTarget::Note { note: made };
    assert_eq!(drafts(&mara)[0].target, target);
    let typist = Typist::at(&mara, &target.clone());
    assert_eq!(typist.field, "Tea at four");
    mara.lock_and_unlock();
    mara.apply(ForgetCommand::Everything { doc: made });
    assert!(drafts(&mara).is_empty());
    assert!(mara.dump().get("draft").is_none_or(Vec::is_empty));
}

#[test]
fn a_draft_that_goes_on_in_a_successor_leaves_its_past_behind() {
    let world = World::new("its past");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, &format!("{CANARY}. Tea"));
    let mut typist = Typist::at(&mara, &target.clone());
    typist.types(&mara, " at four", Settle::Typing);
    mara.lock_and_unlock();
    assert!(words_of(&mara, &target).contains(CANARY));
    let base = crate::cast::shown(&mara, id).rev;
    mara.apply(NoteCommand::Edit { note: id, field: NoteField::Body, base, text: whole("Tea") });
    let made = mara.apply(ForgetCommand::Past { doc: id }).made.expect("a successor");
    assert_eq!(words_of(&mara, &TextTarget::Note { note: made }), "Tea at four");
    let kept = mara.look(|db| {
        let has = "SELECT count(*) FROM draft WHERE instr(text, ?1) > 0 OR instr(back, CAST(?1 AS BLOB)) > 0";
        Ok(db.query_row(has, [CANARY], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(kept, 0);
}

#[test]
fn nobody_may_write_where_a_relationship_ended() {
    let two = Two::with_line("ended", "Radio");
    let mut hers = Typist::at(&two.mara, &two.line.clone());
    hers.types(&two.mara, " with tea", Settle::Typing);
    two.mara.companion.leave(&two.space, &two.mara.secret(), &two.mara.at()).expect("leaving");
    let merge = hers.rests(&two.mara, Settle::Pause);
    assert_eq!((merge.saved, merge.fate), draft_of(Code::RelationshipEnded));
    hers.closes(&two.mara);
    assert_eq!(words_of(&two.mara, &two.line), "Radio with tea");
}

#[test]
fn before_the_notice_is_understood_words_are_drafts() {
    let world = World::new("notice");
    let mut mara = world.bare("Mara");
    mara.create();
    let mut typist = Typist::at(&mara, &TextTarget::NewNote { draft: None });
    let merge = typist.types(&mara, "Slept.", Settle::Leave);
    assert_eq!((merge.saved, merge.fate), draft_of(Code::NeedsAcknowledgement));
    mara.acknowledge();
    assert!(typist.rests(&mara, Settle::Leave).made.is_some());
}

#[test]
fn an_emptied_line_stays_as_it_was_and_signs_that_are_none_are_kept() {
    let two = Two::with_line("emptied", "Radio");
    let mut hers = Typist::at(&two.mara, &two.line.clone());
    let merge = hers.key(&two.mara, splice(0, 5, ""), Settle::Pause);
    assert_eq!(merge.fate, Fate::KeptAsDraft { why: Code::Empty });
    hers.closes(&two.mara);
    assert_eq!((two.line_on(&two.mara).as_str(), drafts(&two.mara).len()), ("Radio", 0));
    let mut hers = Typist::at(&two.mara, &two.line.clone());
    let merge = hers.types(&two.mara, "\u{7}", Settle::Leave);
    assert_eq!((merge.saved, merge.fate), draft_of(Code::InvalidText));
    hers.closes(&two.mara);
    assert_eq!(words_of(&two.mara, &two.line), "Radio\u{7}");
}

#[test]
fn a_note_with_its_own_lock_shows_no_word_among_the_drafts() {
    let world = World::new("own lock");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "Tea");
    let mut typist = Typist::at(&mara, &target.clone());
    typist.types(&mara, CANARY, Settle::Typing);
    mara.lock_and_unlock();
    assert!(drafts(&mara)[0].snippet.as_str().contains(CANARY));
    mara.meddle(|db| Ok(db.execute("UPDATE note SET extra_lock = 1", []).map(|_| ())?));
    assert_eq!(drafts(&mara)[0].snippet.as_str(), "");
    // Once it is gone nobody knows of its lock any more: words for it show as little.
    mara.apply(ForgetCommand::Everything { doc: id });
    let (words, before) = (text(CANARY), Some(text("")));
    mara.apply(Command::Draft(DraftCommand::Keep { target: target.clone(), text: words, before }));
    let gone = &drafts(&mara)[0];
    assert_eq!((gone.snippet.as_str(), gone.is_there), ("", false));
    assert_eq!(words_of(&mara, &target), CANARY);
}

#[test]
fn the_whole_text_of_an_editor_meets_what_came_meanwhile() {
    let world = World::new("editor");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "We say when we need a pause.");
    let base = crate::cast::shown(&mara, id).rev;
    let mut typist = Typist::at(&mara, &target);
    typist.key(&mara, splice(7, 0, "early "), Settle::Leave);
    let written = whole("We say when we need a pause, no reason asked.");
    mara.apply(NoteCommand::Edit { note: id, field: NoteField::Body, base, text: written });
    assert_eq!(body(&mara, id), "We say early when we need a pause, no reason asked.");
    assert_eq!(typist.rests(&mara, Settle::Typing).saved, Saved::Kept);
    assert_eq!(typist.field, body(&mara, id));
}
