//! A first list is not slower for what was written before, and closes nothing: batches stay open, nothing is hashed.

use belay::command::{NoteCommand, NoteDraft};
use belay::projection::{Cause, Changes, Extent, How, Matter, TOUCHED_MAX};
use belay::view::{Answer, Ask, At};
use belay_tests::{Device, Plan, World, exchange_once, text};

fn note(device: &Device, words: &str) -> belay::ids::DocId {
    let draft = NoteDraft { body: text(words), ..NoteDraft::default() };
    device.apply(NoteCommand::Create { draft }).made.expect("a note")
}

#[test]
fn no_screen_closes_a_batch_or_hashes_a_document_but_the_one_that_compares() {
    let world = World::new("reading writes nothing");
    let (mara, _theo, space) = world.mara_and_theo();
    Plan::made_by(&mara, Some(space), "wellness");
    for number in 0..3 {
        note(&mara, &format!("n{number}"));
    }
    let commit = || mara.companion.read(&[], &mara.at()).expect("open").commit;
    let before = commit();
    for ask in
        [Ask::Home, Ask::Relationships, Ask::Status, Ask::Notes { filter: Default::default(), at: At::default() }]
    {
        mara.ask(ask);
    }
    assert_eq!(commit(), before);
    let Answer::States(states) = mara.ask(Ask::States) else { panic!("states") };
    assert!(!states.own_state_short.is_empty() && !states.spaces[0].state_short.is_empty());
    let hashed = commit();
    assert!(hashed > before, "it closed four batches and hashed what they hold");
    mara.ask(Ask::States);
    assert_eq!(commit(), hashed, "once");
}

#[test]
fn changes_say_what_of_whom_and_who_caused_it() {
    let world = World::new("changes");
    let (mara, theo, space) = world.mara_and_theo();
    let since = |device: &Device, commit| device.companion.changes_since(commit).expect("open");
    let now = |device: &Device| device.companion.read(&[], &device.at()).expect("open").commit;
    let begun = now(&mara);
    let id = note(&mara, "Night");
    let first = since(&mara, begun);
    assert_eq!((first.cause, first.extent, first.touched.len()), (Cause::Mine, Extent::Listed, 1));
    let of = &first.touched[0];
    assert_eq!((of.of, of.kind, of.parent, of.how), (id.into(), Matter::Note, None, How::Added));
    mara.apply(NoteCommand::Pin { note: id });
    assert_eq!(since(&mara, first.to).touched[0].how, How::Changed);
    assert_eq!(since(&mara, begun).touched[0].how, How::Added, "what is new in a range stays so");
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    exchange_once(&mara, &theo, &space);
    let heard = now(&mara);
    theo.apply(plan.suggest("toolbox", "Walk"));
    note(&mara, "Mine in between");
    let brought = mara.take(&theo.bundle(&space)).expect("a bundle").changes;
    assert_eq!(brought.cause, Cause::Theirs);
    let lane = brought.touched.iter().find(|touched| touched.kind == Matter::Lane).expect("his lane");
    assert_eq!((lane.parent, lane.how), (Some(plan.id.into()), How::Added));
    assert_eq!(since(&mara, heard).cause, Cause::Theirs, "theirs beats mine");
    assert_eq!(since(&mara, now(&mara)), Changes { from: now(&mara), to: now(&mara), ..Changes::default() });
    assert_eq!(since(&mara, now(&mara) + 5).extent, Extent::Everything, "a commit that never was");
}

#[test]
fn more_than_a_list_holds_is_everything() {
    let world = World::new("everything");
    let mara = world.person("Mara");
    let begun = mara.companion.read(&[], &mara.at()).expect("open").commit;
    let draft = || NoteDraft { body: text("n"), ..NoteDraft::default() };
    let many: Vec<_> =
        (0..TOUCHED_MAX).map(|_| belay::command::Command::Note(NoteCommand::Create { draft: draft() })).collect();
    let applied = mara.companion.apply(&many, None, &mara.at()).expect("many notes");
    assert_eq!((applied.changes.extent, applied.changes.touched.len()), (Extent::Listed, TOUCHED_MAX));
    note(&mara, "one more");
    let all = mara.companion.changes_since(begun).expect("open");
    assert_eq!((all.extent, all.touched.len()), (Extent::Everything, 0));
    let watch = mara.companion.read(&[Ask::Forgotten], &mara.at()).expect("open").watch.remove(0);
    assert!(watch.is_met_by(&all) && !watch.is_met_by(&applied.changes));
}
