//! What a wrong caller gets: typed, and nothing is lost.

use crate::cast::{body, note};
use crate::typist::{Typist, splice};
use belay::command::TextTarget;
use belay::companion::{FIELDS_MAX, Resend, Saved, Settle, TextChange, TextNow};
use belay::error::Code;
use belay::ids::{DocId, ElementId, TextSession};
use belay_tests::{Device, World, text};
use std::sync::atomic::{AtomicBool, Ordering};

fn splices(list: &[(usize, usize, &str)]) -> TextChange {
    TextChange::Splices { splices: list.iter().map(|(at, remove, insert)| splice(*at, *remove, insert)).collect() }
}

fn says(typist: &Typist, device: &Device, change: TextChange, length: u32) -> Result<Resend, Code> {
    let now = TextNow { length, ..typist.now(change, Settle::Pause) };
    typist.say(device, &now, 0).map(|merge| merge.resend).map_err(|failure| failure.code())
}

#[test]
fn splices_that_do_not_fit_are_told_or_asked_for_again() {
    let world = World::new("do not fit");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "a😀b");
    let mut typist = Typist::at(&mara, &target);
    // Beyond what the field itself says it had.
    assert_eq!(says(&typist, &mara, splices(&[(9, 0, "x")]), 5), Err(Code::OutOfRange));
    assert_eq!(says(&typist, &mara, splices(&[(3, 2, "")]), 2), Err(Code::OutOfRange));
    // It showed something else than is known here.
    assert_eq!(says(&typist, &mara, splices(&[(9, 0, "x")]), 10), Ok(Resend::Whole));
    assert_eq!(says(&typist, &mara, TextChange::None, 3), Ok(Resend::Whole));
    assert_eq!(says(&typist, &mara, splices(&[(0, 0, "x")]), u32::MAX), Ok(Resend::Whole));
    assert_eq!(body(&mara, id), "a😀b", "nothing of it is in");
    // Half a pair: a field without the other half is asked for its text; one that takes it all is heard.
    assert_eq!(says(&typist, &mara, splices(&[(2, 1, "")]), 3), Ok(Resend::Whole));
    assert_eq!(says(&typist, &mara, splices(&[(2, 1, "")]), 2), Ok(Resend::No));
    assert_eq!(body(&mara, id), "ab");
    assert_eq!(typist.shows(&mara, "a👨\u{200d}👩\u{200d}👧b", Settle::Pause).saved, Saved::Kept);
    // Inside a family.
    typist.key(&mara, splice(4, 5, ""), Settle::Pause);
    assert_eq!(body(&mara, id), "a👨\u{200d}b");
}

#[test]
fn a_field_that_closes_out_of_step_is_asked_first() {
    let world = World::new("out of step");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "Tea");
    let typist = Typist::at(&mara, &target);
    let close = |change, length| {
        let now = TextNow { length, ..typist.now(change, Settle::Typing) };
        mara.companion.text_close(&typist.session(), &now, &mara.at()).map_err(|failure| failure.code())
    };
    assert_eq!(close(TextChange::None, 9).expect("answered").resend, Resend::Whole);
    assert_eq!(close(splices(&[(9, 1, "")]), 2), Err(Code::OutOfRange));
    let whole = TextChange::Whole { text: text("Tea at four") };
    assert_eq!(close(whole, 11).expect("closed").saved, Saved::Kept);
    assert_eq!(body(&mara, id), "Tea at four");
    assert_eq!(close(TextChange::None, 11), Err(Code::NotFound), "closed once");
}

#[test]
fn sessions_that_are_none_any_more() {
    let world = World::new("none any more");
    let mut mara = world.person("Mara");
    let (_, target) = note(&mara, "Tea");
    let typist = Typist::at(&mara, &target.clone());
    let now = typist.now(TextChange::None, Settle::Leave);
    let code = |device: &Device, session: TextSession| {
        let said = device.companion.text_sync(&session, &now, &device.at()).map(|merge| merge.saved);
        said.map_err(|failure| failure.code())
    };
    assert_eq!(code(&mara, TextSession([7; 16])), Err(Code::NotFound));
    mara.companion.lock().expect("locking");
    assert_eq!(code(&mara, typist.session()), Err(Code::Locked));
    assert_eq!(Typist::attempt(&mara, &target).map(|_| ()).map_err(|failure| failure.code()), Err(Code::Locked));
    mara.unlock().expect("the passphrase");
    assert_eq!(code(&mara, typist.session()), Err(Code::NotFound));
    let again = Typist::at(&mara, &target.clone());
    assert_ne!(again.session(), typist.session());
    mara.die_and_return();
    assert_eq!(code(&mara, again.session()), Err(Code::NotFound));
    assert_ne!(Typist::at(&mara, &target).session(), again.session(), "no name is used for another");
}

#[test]
fn fields_that_are_not_there_and_fields_without_end() {
    let world = World::new("not there");
    let mara = world.person("Mara");
    let (id, _) = note(&mara, "Tea");
    let (nowhere, nothing) = (DocId([9; 32]), ElementId([9; 16]));
    let none = [
        TextTarget::Note { note: nowhere },
        TextTarget::NoteTitle { note: nowhere },
        TextTarget::PlanTitle { plan: id },
        TextTarget::PlanEntry { plan: id, entry: nothing },
        TextTarget::GoalField { goal: id, field: "why".to_owned() },
        TextTarget::GoalField { goal: id, field: "rowid".to_owned() },
        TextTarget::Step { goal: nowhere, step: nothing },
    ];
    for target in none {
        let opened = Typist::attempt(&mara, &target).map(|_| ());
        assert_eq!(opened.map_err(|failure| failure.code()), Err(Code::NotFound), "{target:?}");
    }
    for _ in 0..FIELDS_MAX {
        Typist::at(&mara, &TextTarget::NewNote { draft: None });
    }
    let opened = Typist::attempt(&mara, &TextTarget::NewNote { draft: None }).map(|_| ());
    assert_eq!(opened.map_err(|failure| failure.code()), Err(Code::TooMany));
    mara.lock_and_unlock();
    let typist = Typist::at(&mara, &TextTarget::Note { note: id });
    let many = TextChange::Splices { splices: vec![splice(0, 0, "x"); 1_001] };
    assert_eq!(says(&typist, &mara, many, 1_004), Err(Code::TooMany));
    let long = TextChange::Whole { text: text(&"x".repeat(1_048_577)) };
    assert_eq!(says(&typist, &mara, long, 1_048_577), Err(Code::TooBig));
}

#[test]
fn from_many_threads_at_once() {
    let world = World::new("threads");
    let mara = world.person("Mara");
    let (id, target) = note(&mara, "");
    let (at, secret, companion) = (mara.at(), mara.secret(), &mara.companion);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    // Each ends the one before it; what was typed goes along.
                    let Ok(opened) = companion.text_open(&target, &at) else { continue };
                    let end = opened.text.as_str().len();
                    let change = TextChange::Splices { splices: vec![splice(end, 0, "x")] };
                    let length = u32::try_from(end + 1).expect("short");
                    let now = TextNow { length, change, settle: Settle::Pause, ..TextNow::default() };
                    let _ = companion.text_sync(&opened.session, &now, &at);
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..5 {
                let _ = companion.lock();
                let _ = companion.unlock(&secret, &at);
            }
            over.store(true, Ordering::SeqCst);
        });
    });
    let mut typist = Typist::at(&mara, &target);
    typist.types(&mara, "x", Settle::Pause);
    let kept = body(&mara, id);
    assert!(kept.chars().all(|letter| letter == 'x') && kept.len() > 1);
}
