//! Tokens: opaque, local, good once.

use super::{does, tried, undo, undoing};
use belay::command::{Command, NoteCommand, NoteDraft, UndoToken};
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
