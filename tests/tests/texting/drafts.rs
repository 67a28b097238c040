use crate::cast::{Two, body, drafts, note};
use crate::typist::{Typist, splice};
use belay::command::{Command, IdeaText};
use belay::command::{DraftCommand, TalkCommand, TextTarget};
use belay::companion::{DropIn, Fate, Saved, Settle, drop_in};
use belay::document::lane::IdeaKind;
use belay::error::Code;
use belay::view::{Answer, Ask, DraftDetail};
use belay_tests::{Device, SeededEntropy, World, text, until_quiet};

fn detail(on: &Device, target: &TextTarget) -> DraftDetail {
    match on.ask(Ask::Draft { target: target.clone() }) {
        Answer::Draft(draft) => *draft,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lock_in_mid_word_keeps_the_word() {
    let world = World::new("mid-word");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "Tea");
    let mut typist = Typist::at(&mara, &target.clone());
    typist.types(&mara, " at fo", Settle::Composing);
    mara.lock_and_unlock();
    let now = typist.now(Default::default(), Settle::Leave);
    assert_eq!(typist.say(&mara, &now, 0).expect_err("of another unlock").code(), Code::NotFound);
    assert_eq!(body(&mara, id), "Tea");
    let waiting = drafts(&mara);
    assert_eq!(waiting.len(), 1);
    assert_eq!((&waiting[0].target, waiting[0].snippet.as_str(), waiting[0].is_there), (&target, "Tea at fo", true));
    assert_eq!(detail(&mara, &target).before.as_str(), "Tea");
    let mut typist = Typist::at(&mara, &target);
    assert_eq!((typist.field.as_str(), typist.opened.caret), ("Tea at fo", 9));
    assert_eq!(typist.opened.recovered.as_ref().expect("it is told").without.as_str(), "Tea");
    typist.types(&mara, "ur", Settle::Pause);
    assert_eq!((body(&mara, id).as_str(), drafts(&mara).len()), ("Tea at four", 0));
}

#[test]
fn a_death_costs_300_ms_at_most() {
    let world = World::new("death");
    let mut mara = world.person("Mara");
    let (_, target) = note(&mara, "");
    let mut typist = Typist::at(&mara, &target.clone());
    let start = mara.at().unix_ms;
    let mut safe = 0;
    for at in 0..100 {
        mara.set_clock(start + at * 37);
        if typist.types(&mara, "x", Settle::Typing).saved == Saved::Draft {
            safe = at + 1;
        }
        assert!((at + 1 - safe) * 37 < 300, "{} keys in memory alone", at + 1 - safe);
    }
    mara.die_and_return();
    let typist = Typist::at(&mara, &target);
    assert_eq!(typist.field.len(), usize::try_from(safe).unwrap());
}

#[test]
fn a_clock_that_is_set_back_keeps_nothing_waiting() {
    let world = World::new("set back");
    let mara = world.person("Mara");
    let (_, target) = note(&mara, "");
    let mut typist = Typist::at(&mara, &target);
    typist.types(&mara, "x", Settle::Typing);
    mara.set_clock(0);
    assert_eq!(typist.types(&mara, "x", Settle::Typing).saved, Saved::Draft);
}

#[test]
fn a_pause_writes_and_the_session_goes_on() {
    let world = World::new("pause");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "Tea");
    let mut typist = Typist::at(&mara, &target);
    typist.types(&mara, " at four", Settle::Typing);
    mara.companion.pause(&mara.at()).expect("pausing");
    let now = typist.now(Default::default(), Settle::Typing);
    assert_eq!(typist.say(&mara, &now, 0).expect_err("at rest").code(), Code::Locked);
    mara.companion.resume(&mara.at()).expect("resuming");
    assert_eq!(body(&mara, id), "Tea at four");
    typist.types(&mara, ".", Settle::Pause);
    assert_eq!(body(&mara, id), "Tea at four.");
    typist.types(&mara, ".", Settle::Typing);
    mara.companion.pause(&mara.at()).expect("pausing");
    mara.lock_and_unlock();
    assert_eq!((body(&mara, id).as_str(), drafts(&mara).len()), ("Tea at four..", 0));
}

#[test]
fn a_draft_meets_what_came_while_it_lay() {
    let two = Two::with_line("it lay", "We say when we need a pause.");
    let mut hers = Typist::at(&two.mara, &two.line.clone());
    hers.key(&two.mara, splice(27, 0, ", no reason asked"), Settle::Typing);
    two.mara.lock_and_unlock();
    let mut his = Typist::at(&two.theo, &two.line.clone());
    his.key(&two.theo, splice(7, 0, "early "), Settle::Leave);
    two.to_mara();
    assert_eq!(two.line_on(&two.mara), "We say early when we need a pause.");
    let mut hers = Typist::at(&two.mara, &two.line.clone());
    assert_eq!(hers.field, "We say early when we need a pause, no reason asked.");
    assert_eq!(hers.rests(&two.mara, Settle::Pause).saved, Saved::Kept);
    until_quiet(&two.mara, &two.theo, &two.space);
    assert_eq!(two.line_on(&two.theo), hers.field);
}

#[test]
fn the_last_words_of_an_editor_do_not_take_out_what_it_had_not_seen() {
    let two = Two::with_line("last words", "We say when we need a pause.");
    let mut hers = Typist::at(&two.mara, &two.line.clone());
    hers.key(&two.mara, splice(27, 0, ", no"), Settle::Pause);
    let mut his = Typist::at(&two.theo, &two.line.clone());
    his.key(&two.theo, splice(7, 0, "early "), Settle::Leave);
    two.to_mara();
    // Locked before she sees his word; what she typed last comes through the drop box.
    two.mara
        .companion
        .text_sync(&hers.session(), &hers.now(Default::default(), Settle::Composing), &two.mara.at())
        .expect("heard");
    two.mara.companion.lock().expect("locking");
    two.mara.unlock().expect("the keystore's key");
    assert_eq!(drafts(&two.mara).len(), 0, "nothing typed waits");
    two.mara.companion.lock().expect("locking");
    let dropped = DropIn::EditorWords {
        target: two.line.clone(),
        text: text("We say when we need a pause, no reason."),
        before: None,
    };
    let mut entropy = SeededEntropy::new("dropped");
    drop_in(two.mara.folder(), &dropped, &two.mara.at(), &mut entropy).expect("room in the box");
    two.mara.unlock().expect("the keystore's key");
    assert_eq!(drafts(&two.mara).len(), 1);
    // The same again, as after a death between keeping it and emptying the box.
    let again = DraftCommand::Keep {
        target: two.line.clone(),
        text: text("We say when we need a pause, no reason."),
        before: None,
    };
    two.mara.apply(Command::Draft(again));
    let typist = Typist::at(&two.mara, &two.line.clone());
    assert_eq!(typist.field, "We say early when we need a pause, no reason.");
    typist.closes(&two.mara);
    assert_eq!(two.line_on(&two.mara), "We say early when we need a pause, no reason.");
}

#[test]
fn drafts_are_let_go_of_and_none_is_made_of_nothing() {
    let world = World::new("let go");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "Tea");
    let mut typist = Typist::at(&mara, &target.clone());
    typist.types(&mara, " at four", Settle::Typing);
    mara.lock_and_unlock();
    let discard = || Command::Draft(DraftCommand::Discard { target: target.clone() });
    mara.apply(discard());
    assert_eq!(mara.refused(discard()), Code::NotFound);
    assert_eq!(mara.ask(Ask::Draft { target: target.clone() }), Answer::No(Code::NotFound));
    let mut typist = Typist::at(&mara, &target);
    assert_eq!(typist.field, "Tea");
    // Typed and taken back before anything was kept.
    typist.types(&mara, "x", Settle::Typing);
    typist.key(&mara, splice(3, 1, ""), Settle::Typing);
    mara.wait(1_000);
    assert_eq!(typist.rests(&mara, Settle::Typing).saved, Saved::Kept);
    mara.lock_and_unlock();
    assert_eq!((drafts(&mara).len(), body(&mara, id).as_str()), (0, "Tea"));
    let nameless = DraftCommand::Keep { target: TextTarget::NewNote { draft: None }, text: text("x"), before: None };
    assert_eq!(mara.refused(Command::Draft(nameless)), Code::NotFound);
}

#[test]
fn a_new_note_that_was_locked_away_is_gone_on_with() {
    let world = World::new("gone on with");
    let mara = world.person("Mara");
    let mut typist = Typist::at(&mara, &TextTarget::NewNote { draft: None });
    let target = typist.opened.target.clone();
    typist.types(&mara, "Sle", Settle::Typing);
    mara.lock_and_unlock();
    assert_eq!(drafts(&mara)[0].target, target);
    let mut typist = Typist::at(&mara, &target);
    assert_eq!(typist.field, "Sle");
    typist.types(&mara, "pt.", Settle::Pause);
    let made = typist.closes(&mara).made.expect("a note");
    assert_eq!((body(&mara, made).as_str(), drafts(&mara).len()), ("Slept.", 0));
}

#[test]
fn comments_and_ideas_are_drafts_until_they_are_sent() {
    let two = Two::with_line("until sent", "Radio");
    let TextTarget::PlanEntry { entry, .. } = two.line else { panic!("a line") };
    let on = two.plan.target(crate::cast::BOTH, Some(entry));
    let comment = TextTarget::Comment { on: on.clone() };
    let mut typist = Typist::at(&two.theo, &comment.clone());
    let merge = typist.types(&two.theo, "With tea? ", Settle::Pause);
    assert_eq!((merge.saved, merge.fate, merge.left), (Saved::Draft, Fate::Fine, 1_990));
    typist.closes(&two.theo);
    until_quiet(&two.mara, &two.theo, &two.space);
    assert_eq!(Typist::at(&two.theo, &comment.clone()).field, "With tea? ");
    // Other words for the same do not take it away; its own do, as they are kept.
    let say = |words: &str| TalkCommand::Comment { on: on.clone(), text: text(words), quote: text("") };
    two.theo.apply(say("Loud?"));
    assert_eq!(drafts(&two.theo).len(), 1);
    two.theo.apply(say("With tea?"));
    assert_eq!(drafts(&two.theo).len(), 0);
    // An idea with a wording and a reason, for a part that is hers.
    let on = two.plan.target(crate::cast::OWN, None);
    let part = |text| TextTarget::Suggestion { on: on.clone(), kind: IdeaKind::Add, text };
    for (field, words) in [(IdeaText::Wording { number: 0 }, "Walk"), (IdeaText::Why, "You liked it")] {
        let mut typist = Typist::at(&two.theo, &part(field));
        typist.types(&two.theo, words, Settle::Typing);
    }
    two.theo.lock_and_unlock();
    assert_eq!(drafts(&two.theo).len(), 2);
    let (alternatives, why) = (vec![text("Walk")], text("You liked it"));
    two.theo.apply(TalkCommand::Suggest { on: on.clone(), kind: IdeaKind::Add, alternatives, why, after: None });
    assert_eq!(drafts(&two.theo).len(), 0);
}

#[test]
fn every_draft_says_which_field_it_is_of() {
    let two = Two::with_line("names", "x");
    let TextTarget::PlanEntry { plan, entry } = two.line else { panic!("a line") };
    let on = |part: Option<&str>, element| belay::command::Target { doc: plan, part: part.map(str::to_owned), element };
    let ons = [on(None, None), on(None, Some(entry)), on(Some("a/b–"), None), on(Some(""), Some(entry))];
    let mut all = vec![
        TextTarget::Note { note: plan },
        TextTarget::NoteTitle { note: plan },
        TextTarget::NewNote { draft: None },
        TextTarget::NewNote { draft: Some(entry) },
        TextTarget::PlanTitle { plan },
        two.line.clone(),
        TextTarget::GoalField { goal: plan, field: "why".to_owned() },
        TextTarget::Step { goal: plan, step: entry },
    ];
    for on in ons {
        all.push(TextTarget::Comment { on: on.clone() });
        for kind in IdeaKind::ALL {
            let of = |text| TextTarget::Suggestion { on: on.clone(), kind: *kind, text };
            all.extend([of(IdeaText::Why), of(IdeaText::Wording { number: 4 })]);
        }
    }
    for target in &all {
        let (name, field) = target.name();
        assert_eq!(TextTarget::named(&name, &field).as_ref(), Some(target), "{name} {field}");
    }
    let names: std::collections::BTreeSet<_> = all.iter().map(TextTarget::name).collect();
    assert_eq!(names.len(), all.len(), "each has its own");
    for (name, field) in [("", ""), ("note/x", "body"), ("plan//", "text"), ("comment/x/y/z", "text"), ("goal", "why")]
    {
        assert_eq!(TextTarget::named(name, field), None);
    }
}
