//! Tokens: opaque, local, good once.

use super::{does, tried, undo, undoing};
use belay::command::{
    Command, DoneKind, ForgetCommand, GoalCommand, GoalDraft, NoteCommand, NoteDraft, PlanCommand, UndoToken,
};
use belay::error::Code;
use belay_tests::{World, text, unchanged};

fn create(words: &str) -> NoteCommand {
    NoteCommand::Create { draft: NoteDraft { body: text(words), ..NoteDraft::default() } }
}

#[test]
fn a_token_that_is_none_is_not_found_and_changes_nothing() {
    let world = World::new("tokens");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let done = does(&mara, create("One"));
    let foreign = does(&theo, create("His")).undo.expect("a token").0;
    let token = done.undo.clone().expect("a token").0;
    let before = mara.content();
    for at in 0..token.len() {
        let mut mutated: Vec<char> = token.chars().collect();
        mutated[at] = if mutated[at] == '4' { '5' } else { '4' };
        let mutated: String = mutated.into_iter().collect();
        if mutated != token {
            assert_eq!(tried(&mara, &mutated), Code::NotFound);
        }
    }
    let long = "4".repeat(100_000);
    for token in ["", "u", "👩‍👩‍👧", "\0", long.as_str(), &token[1..], &foreign] {
        assert_eq!(tried(&mara, token), Code::NotFound);
    }
    unchanged(&before, &mara.content());
    undo(&mara, &done);
    assert_eq!(mara.refused(undoing(&done)), Code::NotFound, "used");
}

#[test]
fn a_token_outlives_locking_and_dying_and_the_last_twenty_acts() {
    let world = World::new("tokens last");
    let mut mara = world.person("Mara");
    let first = does(&mara, create("One"));
    mara.lock_and_unlock();
    mara.die_and_return();
    for number in 0..19 {
        does(&mara, create(&format!("Note {number}")));
    }
    let seen = mara.companion.preview(&undoing(&first), &mara.at());
    assert!(seen.is_ok(), "the twentieth: {seen:?}");
    does(&mara, create("One too many"));
    assert_eq!(mara.refused(undoing(&first)), Code::NotFound);
}

#[test]
fn the_last_act_is_found_by_whoever_kept_no_token() {
    let world = World::new("tokens newest");
    let mara = world.person("Mara");
    let newest = || mara.companion.last_undo().expect("open");
    assert_eq!(newest(), None);
    let done = does(&mara, create("One"));
    assert_eq!(newest(), done.undo);
    let undone = undo(&mara, &done);
    assert_eq!(newest(), undone.undo, "what puts it back");
    mara.companion.lock().expect("locking");
    assert_eq!(mara.companion.last_undo().expect_err("locked").code(), Code::Locked);
    let token = UndoToken("4".repeat(26));
    let preview = mara.companion.preview(&Command::Undo { token }, &mara.at());
    assert_eq!(preview.expect_err("locked").code(), Code::Locked);
}

#[test]
fn one_token_twice_in_a_list_does_nothing() {
    let world = World::new("tokens twice");
    let mara = world.person("Mara");
    let done = does(&mara, create("One"));
    let before = mara.content();
    let failure = mara.companion.apply(&[undoing(&done), undoing(&done)], None, &mara.at()).expect_err("used");
    assert_eq!((failure.code(), failure.detail().command), (Code::NotFound, Some(1)));
    unchanged(&before, &mara.content());
}

#[test]
fn whoever_kept_no_token_is_told_what_it_is_about_and_what_stands_before_it() {
    let world = World::new("tokens about");
    let (mara, theo, space) = world.mara_and_theo();
    let lately = || mara.companion.done_lately().expect("open");
    let what = || lately().0.map(|last| (last.what, last.undo.is_some()));
    let done = does(&mara, create("One"));
    let note = done.outcomes[0].made.expect("a note");
    assert_eq!(what(), Some((DoneKind::Written, true)));
    assert_eq!(lately().1.expect("the same").docs, [note]);
    let undone = undo(&mara, &done);
    assert_eq!(what(), Some((DoneKind::TakenBack, true)));
    let again = undo(&mara, &undone);
    assert_eq!(what(), Some((DoneKind::PutBack, true)));
    undo(&mara, &again);
    assert_eq!(what(), Some((DoneKind::TakenBack, true)));
    // What has no way back stands before what has one, and tells which that is.
    let template = "wellness".to_owned();
    does(&mara, PlanCommand::Create { space: Some(space), template, title: text("") });
    assert_eq!(what(), Some((DoneKind::PlanBegun, false)));
    assert_eq!(lately().1.expect("the note").docs, [note]);
    assert_eq!(mara.companion.last_undo().expect("open"), None);
    // What is no command does so too, and takes no token of a host away.
    let kept = does(&mara, create("Two"));
    for kind in [DoneKind::People, DoneKind::NotDone] {
        for _ in 0..30 {
            mara.companion.done_besides(kind, &mara.at()).expect("open");
        }
        assert_eq!((what(), mara.companion.last_undo().expect("open")), (Some((kind, false)), None));
        assert_eq!(lately().1.expect("it is there").undo, kept.undo);
    }
    undo(&mara, &kept);
    assert_eq!(what(), Some((DoneKind::TakenBack, true)), "what was done after it is the last");
    // What was let go, or has ended, is nothing to go back to.
    let gone = does(&mara, create("Three"));
    does(&mara, ForgetCommand::Everything { doc: gone.outcomes[0].made.expect("a note") });
    assert_eq!(what(), Some((DoneKind::LetGo, false)));
    assert_ne!(lately().1.expect("an older one").undo, gone.undo);
    let draft = GoalDraft { title: text("Swim"), towards: text("Calm"), ..GoalDraft::default() };
    does(&theo, GoalCommand::Create { space: Some(space), draft });
    assert!(theo.companion.last_undo().expect("open").is_some());
    theo.companion.leave(&space, &theo.secret(), &theo.at()).expect("leaving");
    assert_eq!(theo.companion.last_undo().expect("open"), None);
    mara.lock_and_unlock();
    assert_eq!(what(), Some((DoneKind::LetGo, false)), "across locking");
}
