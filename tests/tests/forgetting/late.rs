//! Words written apart from a Forget: what nobody copied goes on in the successor, whoever wrote it.

use super::{CANARY, OWN, Shared, THEIRS, US, everything, note, past, purged};
use belay::command::{ForgetCommand, NoteCommand, NoteField, TalkCommand};
use belay::ids::DocId;
use belay::view::{Answer, Ask, ForgottenRow};
use belay_tests::{Circle, Device, Plan, World, plans, text, whole};

const EACH: &str = "how-i-see-things";

fn forgotten(on: &Device, doc: DocId) -> ForgottenRow {
    match on.ask(Ask::Forgotten) {
        Answer::Forgotten(rows) => rows.into_iter().find(|row| row.doc == doc).expect("forgotten"),
        other => panic!("{other:?}"),
    }
}

fn body(on: &Device, id: DocId) -> (String, Vec<String>) {
    match on.ask(Ask::Note { id }) {
        Answer::Note(note) => {
            (note.body.as_str().to_owned(), note.tags.iter().map(|tag| tag.as_str().to_owned()).collect())
        }
        other => panic!("{other:?}"),
    }
}

fn write_on(on: &Device, id: DocId, words: &str) {
    let Answer::Note(shown) = on.ask(Ask::Note { id }) else { panic!("a note") };
    on.apply(NoteCommand::Edit { note: id, field: NoteField::Body, base: shown.rev, text: whole(words) });
}

#[test]
fn what_my_other_phone_wrote_late_goes_on_in_the_successor() {
    for is_purged in [false, true] {
        let world = World::new("late");
        let circle = Circle::new(&world, 2, 1);
        let (here, there) = (&circle.devices[0], &circle.devices[1]);
        let own = here.companion.own_space().expect("open");
        let gone = note(here);
        circle.tell_everything();
        write_on(there, gone, "Tea at four, with Ana");
        there.apply(NoteCommand::AddTag { note: gone, tag: text("Late lark") });
        write_on(here, gone, "Not tea at four");
        let into = here.apply(past(gone)).made.expect("a successor");
        if is_purged {
            purged(here, &[gone]);
        }
        circle.tell_everything();
        circle.tell_everything();
        for device in [there, here] {
            let (words, tags) = body(device, into);
            assert_eq!(words, "Not tea at four, with Ana", "{}", device.name);
            assert!(tags.iter().any(|tag| tag == "Late lark"), "{tags:?}");
            assert_eq!(forgotten(device, gone).kept, 0, "all of it went on");
        }
        assert_eq!(here.hash(&own), there.hash(&own));
        // Once is enough, however often it comes.
        circle.tell_everything();
        there.lock_and_unlock();
        assert_eq!(body(there, into).0, "Not tea at four, with Ana");
        // Where nothing was to stay, nothing goes on: they are mine to let go of.
        assert_eq!(circle.devices[0].ask(Ask::Repairs), Answer::Repairs(Vec::new()));
    }
}

#[test]
fn what_another_wrote_about_a_plan_goes_on_with_it() {
    let world = World::new("theirs go on");
    let shared = Shared::new(&world, 1);
    let (mara, theo, space) = (shared.device(0), shared.device(2), shared.circle.space);
    theo.apply(shared.plan.add(EACH, "I see the sea"));
    theo.apply(shared.plan.suggest(OWN, "A walk by the sea"));
    let line = shared.plan.line(theo, OWN, "Tea");
    theo.apply(shared.plan.suggest_change(OWN, line.id, "Green tea"));
    shared.circle.tell_everything();
    // Apart: he adds a line where both write, she lets the past go.
    theo.apply(shared.plan.add(US, "And after nine"));
    let into = Plan { id: mara.apply(past(shared.plan.id)).made.expect("a successor") };
    purged(mara, &[shared.plan.id]);
    for _ in 0..3 {
        shared.circle.tell_everything();
    }
    shared.agree(&[0, 1, 2]);
    for at in 0..3 {
        let device = shared.device(at);
        assert_eq!(plans(device).iter().map(|plan| plan.id).collect::<Vec<_>>(), [into.id]);
        assert_eq!(into.words(device, US), ["Call before eight", "And after nine"], "{at}");
        assert_eq!(into.words(device, EACH), ["I see the sea"], "{at}");
        let ideas = plans(device).into_iter().flat_map(|plan| plan.parts).flat_map(|part| part.ideas);
        let mut told: Vec<String> =
            ideas.flat_map(|idea| idea.alternatives).map(|words| words.as_str().to_owned()).collect();
        told.sort();
        assert_eq!(told, ["A walk by the sea", "Green tea"], "{at}");
    }
    // Taken up there as anywhere.
    let idea = plans(mara).into_iter().flat_map(|plan| plan.parts).flat_map(|part| part.ideas);
    for idea in idea.map(|idea| idea.id).collect::<Vec<_>>() {
        mara.apply(Plan::decide(idea, belay::command::Decision::Add(0)));
    }
    assert_eq!(into.words(mara, OWN).len(), 3);
    assert!(into.words(mara, OWN).contains(&"Green tea".to_owned()));
    // A comment is no suggestion: it may quote what was forgotten, and stays with him.
    assert!(theo.holds(THEIRS) && !mara.holds(THEIRS));
    theo.apply(ForgetCommand::LetGo { doc: shared.plan.id });
    assert!(!theo.holds(THEIRS) && !theo.holds(CANARY) || into.words(theo, OWN).contains(&CANARY.to_owned()));
    shared.circle.tell_everything();
    shared.agree(&[0, 1, 2]);
    assert_eq!(mara.hash(&space), theo.hash(&space));
}

#[test]
fn where_nothing_was_to_stay_nothing_of_anybody_goes_on() {
    let world = World::new("nothing stays");
    let shared = Shared::new(&world, 1);
    let (mara, theo) = (shared.device(0), shared.device(2));
    theo.apply(shared.plan.suggest(OWN, "A walk by the sea"));
    theo.apply(shared.plan.add(US, "And after nine"));
    mara.apply(everything(shared.plan.id));
    shared.circle.tell_everything();
    shared.agree(&[0, 1, 2]);
    assert!(plans(theo).is_empty() && plans(mara).is_empty());
    assert!(forgotten(theo, shared.plan.id).kept > 0, "his own words stay his");
    let comment = TalkCommand::Comment { on: shared.plan.target(OWN, None), text: text("x"), quote: text("") };
    assert_eq!(theo.refused(comment), belay::error::Code::NotFound);
}
