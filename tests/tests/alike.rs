//! What is told alike on each phone of a person, and after all was made again from the logs: what went on from what has
//! ended, who left, how old a note is; and what is told of an undo.
#![allow(clippy::indexing_slicing, missing_docs, reason = "a test stops at the first surprise")]

use belay::batch::Birth;
use belay::command::{
    Command, GoalCommand, GoalDraft, NoteCommand, NoteDraft, NoteField, RelationshipCommand, StepDraft,
};
use belay::document::goal::{StepStage, Who};
use belay::document::{ActKind, Kind, goal, going_on_from};
use belay::error::Code;
use belay::ids::DocId;
use belay::view::{Answer, Ask, At};
use belay_tests::{Circle, Device, Forge, Plan, World, exchange_once, goals, plans, text, until_quiet, whole};

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;

fn go_on(doc: DocId) -> Command {
    Command::Relationship(RelationshipCommand::GoOnAlone { doc })
}

fn leave(device: &Device, space: &belay::ids::SpaceId) {
    device.companion.leave(space, &device.secret(), &device.at()).expect("the right secret");
}

fn goal_of(device: &Device, space: belay::ids::SpaceId) -> DocId {
    let draft = GoalDraft { title: text("Swim"), towards: text("Water"), ..GoalDraft::default() };
    device.apply(GoalCommand::Create { space: Some(space), draft }).made.expect("a goal")
}

#[test]
fn what_has_no_lines_goes_on_once() {
    let world = World::new("went on");
    let (mara, theo, space) = world.mara_and_theo();
    let (goal, plan) = (goal_of(&mara, space), Plan::made_by(&mara, Some(space), "wellness"));
    until_quiet(&mara, &theo, &space);
    leave(&mara, &space);
    for doc in [goal, plan.id] {
        let made = mara.apply(go_on(doc)).made.expect("a new one");
        assert_eq!(mara.refused(go_on(doc)), Code::Duplicate);
        mara.lock_and_unlock();
        assert_eq!(mara.refused(go_on(doc)), Code::Duplicate, "after a new start");
        assert_eq!(mara.refused(go_on(made)), Code::AlreadyYours);
    }
    // What goes on is let go of with words copied into a successor: that still goes on from the older one.
    let shown = goals(&mara).into_iter().find(|row| row.id != goal).expect("what goes on").id;
    mara.apply(belay::command::ForgetCommand::Past { doc: shown });
    assert_eq!(mara.refused(go_on(goal)), Code::Duplicate, "its successor says so");
}

#[test]
fn two_phones_that_go_on_apart_keep_both_and_know_it() {
    let world = World::new("went on apart");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let (goal, plan) = (goal_of(phone, space), Plan::made_by(phone, Some(space), "wellness"));
    circle.tell_everything();
    leave(phone, &space);
    circle.tell_everything();
    let apart: Vec<DocId> = [phone, tablet]
        .iter()
        .flat_map(|on| [goal, plan.id].map(|doc| on.apply(go_on(doc)).made.expect("one")))
        .collect();
    circle.tell_everything();
    circle.tell_everything();
    for on in [phone, tablet] {
        let shown: Vec<DocId> =
            goals(on).iter().map(|row| row.id).chain(plans(on).iter().map(|plan| plan.id)).collect();
        assert!(apart.iter().all(|made| shown.contains(made)), "both are shown on both");
        let told = [goal, plan.id].map(|doc| on.refused(go_on(doc)));
        assert_eq!(told, [Code::Duplicate, Code::Duplicate]);
    }
}

/// Of one who left and of one whose phones are all out both read that nobody is there; the row tells them apart.
#[test]
fn a_relationship_says_who_left() {
    let world = World::new("who left");
    let (mara, theo, space) = world.mara_and_theo();
    until_quiet(&mara, &theo, &space);
    let row = |on: &Device| {
        let Answer::Relationships(rows) = on.ask(Ask::Relationships) else { panic!("people") };
        let row = rows.into_iter().next().expect("the other");
        (row.phones, row.stage.code, row.left)
    };
    assert_eq!((row(&mara).2, row(&theo).2), (vec![], vec![]));
    leave(&theo, &space);
    let theos = theo.member(&space);
    assert_eq!(row(&theo).2, [theos], "he himself");
    exchange_once(&theo, &mara, &space);
    assert_eq!(row(&mara), (0, "left".to_owned(), vec![theos]));
    let other = World::new("who was put out");
    let circle = Circle::new(&other, 2, 1);
    let (phone, tablet, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    phone.companion.remove_device(&space, &tablet.id(), &phone.secret(), &phone.at()).expect("her own");
    circle.tell_everything();
    assert_eq!(row(phone).2, [], "a phone that was taken out is nobody's leaving");
}

/// Who was left can write that something of theirs goes on from mine. It counts for nobody.
#[test]
fn nobody_else_says_that_mine_went_on() {
    let world = World::new("went on for another");
    let circle = Circle::new(&world, 1, 1);
    let (mara, theo, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let goal = goal_of(mara, space);
    circle.tell_everything();
    let birth = Birth {
        space,
        kind: Kind::Goal.number(),
        writer: Some(theo.member(&space)),
        about: None,
        key: None,
        nonce: [7; 32],
    };
    let forge = Forge::with_keys_of(theo, &space);
    let steps = going_on_from(&goal, goal::steps::begin("title", "Mine now"));
    let born = belay::document::Doc::born(birth.clone()).expect("known");
    let batch = forge.batch(&birth, born, &steps, |_| ());
    assert_eq!(mara.take(&forge.bundle_for(mara, &[batch])).expect("taken").new, 1);
    leave(mara, &space);
    mara.apply(go_on(goal));
    assert_eq!(mara.refused(go_on(goal)), Code::Duplicate);
}

/// What is told of a goal, the newest first.
fn story(on: &Device, of: DocId) -> Vec<String> {
    let Answer::History(page) = on.ask(Ask::History { of, at: At::default() }) else { panic!("a story") };
    page.rows.into_iter().map(|row| row.label).collect()
}

/// Taken back, a step stands where it did: nobody planned it or began it anew.
#[test]
fn what_was_undone_about_a_step_is_told_as_it_is() {
    let world = World::new("undone marks");
    let (mara, theo, space) = world.mara_and_theo();
    let goal = goal_of(&mara, space);
    let draft = StepDraft { text: text("Ask"), who: Who::You, ..StepDraft::default() };
    let step = mara.apply(GoalCommand::AddStep { goal, draft, after: None }).element.expect("a step");
    until_quiet(&mara, &theo, &space);
    let mark_and_undo = |by: &Device| {
        by.apply(GoalCommand::MarkStep { goal, step, stage: StepStage::Done });
        by.rest();
        let token = by.companion.done_lately().expect("open").0.and_then(|last| last.undo).expect("a way back");
        by.apply(Command::Undo { token });
        (goals(by)[0].steps[0].stage.code.clone(), story(by, goal)[0].clone())
    };
    let planned = "planned".to_owned();
    assert_eq!(mark_and_undo(&mara), (planned.clone(), "You marked a step as planned.".to_owned()));
    assert_eq!(mark_and_undo(&theo), (planned, "You took your mark off a step.".to_owned()));
    until_quiet(&theo, &mara, &space);
    assert!(story(&mara, goal).iter().any(|told| told.ends_with("took a mark off a step.")));
}

/// When a note was made, when it was last written in, and the zone, by its row.
fn times(on: &Device, note: DocId) -> (i64, i64, String) {
    on.look(|db| {
        let number = belay::store::documents::number(db, &note)?;
        let sql = "SELECT made_ms, changed_ms, zone FROM note WHERE number = ?1";
        Ok(db.query_row(sql, [number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
    })
}

fn told(on: &Device, note: DocId) -> Vec<(i64, i64)> {
    on.look(|db| {
        let mut query = db.prepare("SELECT act, claimed_ms FROM history WHERE subject = ?1")?;
        let rows = query.query_map([note], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut all: Vec<(i64, i64)> = rows.filter_map(Result::ok).collect();
        all.retain(|(act, _)| ActKind::from_number(*act).is_some_and(ActKind::words_a_note));
        all.sort_unstable();
        Ok(all)
    })
}

fn made_by(on: &Device) -> DocId {
    let draft = NoteDraft { title: text("Sleep"), body: text("Three hours."), ..NoteDraft::default() };
    on.apply(NoteCommand::Create { draft }).made.expect("a note")
}

fn edit(on: &Device, note: DocId, words: &str) {
    let Answer::Note(shown) = on.ask(Ask::Note { id: note }) else { panic!("a note") };
    let text = whole(words);
    on.apply(NoteCommand::Edit { note, field: NoteField::Body, base: shown.rev.clone(), text });
}

fn pin(on: &Device, note: DocId, pinned: bool) {
    on.apply(if pinned { NoteCommand::Pin { note } } else { NoteCommand::Unpin { note } });
}

#[test]
fn words_of_a_long_sitting_are_as_old_on_both_phones() {
    let world = World::new("sitting");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let note = made_by(phone);
    phone.wait(2 * HOUR);
    edit(phone, note, "Three hours. Tea.");
    phone.wait(HOUR);
    edit(phone, note, "Three hours. Tea. Bed.");
    let here = times(phone, note);
    assert_eq!((here.1 - here.0) / HOUR, 3, "as old as its last words");
    phone.wait(HOUR);
    pin(phone, note, true);
    assert_eq!(times(phone, note), here, "a pin is no writing");
    circle.tell_everything();
    assert_eq!((times(phone, note), times(tablet, note)), (here.clone(), here));
    assert_eq!(told(phone, note), told(tablet, note), "history says the same times");
}

#[test]
fn a_note_written_in_after_another_was_made_is_the_newer_at_once() {
    let world = World::new("two in a minute");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let first = made_by(phone);
    phone.wait(10_000);
    let second = made_by(phone);
    phone.wait(10_000);
    edit(phone, first, "Three hours. Tea.");
    circle.tell_everything();
    for device in [phone, tablet] {
        assert!(times(device, first).1 > times(device, second).1, "not the newest");
    }
    assert_eq!(times(phone, first), times(tablet, first));
}

#[test]
fn older_words_that_come_later_make_a_note_no_older() {
    let world = World::new("older words");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let note = made_by(phone);
    circle.tell_everything();
    tablet.wait(HOUR);
    edit(tablet, note, "Three hours. Tea.");
    phone.wait(9 * HOUR);
    edit(phone, note, "Only three hours.");
    let before = times(phone, note);
    circle.tell_everything();
    assert_eq!((times(phone, note), times(tablet, note)), (before.clone(), before));
}

/// Words that went again before anyone heard of them were written all the same; the same taken out on both phones changes no
/// word of the second, and yet was done later.
#[test]
fn words_that_leave_no_trace_count_alike() {
    let world = World::new("no trace");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let note = made_by(phone);
    circle.tell_everything();
    phone.wait(HOUR);
    edit(phone, note, "Three hours. No.");
    phone.wait(HOUR);
    edit(phone, note, "Three hours.");
    circle.tell_everything();
    assert_eq!(times(phone, note), times(tablet, note), "come and gone");
    edit(phone, note, "Three");
    tablet.wait(5 * HOUR);
    edit(tablet, note, "Three");
    circle.tell_everything();
    assert_eq!(times(phone, note), times(tablet, note), "gone twice");
}

/// Mends a vault of which one page is damaged that can be made again: all rows follow from the batches then.
fn mend(device: &mut Device) {
    device.companion.lock().expect("locking");
    let files = std::fs::read_dir(device.folder()).expect("a folder").filter_map(Result::ok).map(|file| file.path());
    let store = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "db")).expect("a store");
    let whole = std::fs::read(&store).expect("readable");
    let size = 4_096;
    let mended = (3..whole.len() / size).any(|page| {
        let mut bytes = whole.clone();
        bytes[page * size + 100] ^= 1;
        std::fs::write(&store, &bytes).expect("writable");
        let told = device.companion.mend(&device.secret(), &device.at());
        let done = told.is_ok_and(|told| !told.pages.is_empty());
        if !done {
            let _ = device.companion.lock();
            std::fs::write(&store, &whole).expect("writable");
        }
        done
    });
    assert!(mended, "no page can be mended");
    device.keys_changed();
    device.unlock().expect("it opens");
}

/// What is asked of all batches says what was kept one by one: a short body and a long one with edits beside its row, pins
/// between, a clock that goes back, a sitting that no batch has ended yet.
#[test]
fn a_note_made_again_from_its_batches_is_as_old() {
    let world = World::new("made again");
    let mut mara = world.person("Mara");
    let mut notes = Vec::new();
    for (at, body) in ["Short.".to_owned(), "A long evening. ".repeat(400)].iter().enumerate() {
        let note = made_by(&mara);
        edit(&mara, note, body);
        for (step, wait) in [MINUTE / 2, MINUTE, HOUR, 5, -3 * HOUR, MINUTE, 7 * HOUR, 3].iter().enumerate() {
            mara.wait(*wait);
            edit(&mara, note, &format!("{body} {step}"));
            if step % 3 == at {
                pin(&mara, note, step % 2 == 0);
            }
            if step == 5 {
                mara.rest();
            }
        }
        mara.wait(HOUR);
        pin(&mara, note, true);
        notes.push(note);
    }
    let seen = |on: &Device| notes.iter().map(|note| times(on, *note)).collect::<Vec<_>>();
    let before = seen(&mara);
    mend(&mut mara);
    assert_eq!(seen(&mara), before);
}
