//! A word to forget is taken over by nobody, bears nothing, and leaves no words behind that hang on what it names.

use crate::cast::{OWN, Theft, US, adopt, after, forgets, signed, takes_over};
use belay::batch::{Batch, Body};
use belay::command::{ForgetCommand, TalkCommand};
use belay::error::Code;
use belay::space::SignedStatement;
use belay::store::documents;
use belay::view::{Answer, Ask, At};
use belay_tests::{Circle, Forge, Plan, World, plans, statements_of, text, wires_of};

#[test]
fn taking_over_words_of_a_stolen_phone_takes_no_forget_of_it_along() {
    let world = World::new("forget taken along");
    let theft = Theft::new(&world);
    let (mara, space) = (theft.mara(), theft.circle.space);
    let known = wires_of(mara, &space);
    theft.stolen().apply(theft.plan.add(OWN, "Call Ana"));
    let mut late = wires_of(theft.stolen(), &space);
    late.retain(|wire| !known.contains(wire));
    let (forge, birth) = (Forge::with_keys_of(theft.stolen(), &space), Forge::birth_of(mara, &theft.plan.id));
    let forget = forgets(&forge, &birth);
    let honest = Batch::parse(&late[0]).expect("a batch").0.id();
    late.push(forget.encode());
    let removal = theft.remove();
    theft.tell(0, &removal, late.clone());
    assert_eq!(theft.plan.words(mara, OWN), ["Walk", "Tea"]);
    // What asks to forget has no words: it is listed, and is nobody's to take over.
    assert_eq!(mara.refused(adopt(forget.id())), Code::NotFound);
    mara.apply(adopt(honest));
    assert_eq!(plans(mara).len(), 1, "the plan went with the words");
    assert_eq!(theft.plan.words(mara, OWN), ["Walk", "Tea", "Call Ana"]);
    theft.tell(2, &removal, late);
    theft.tell(2, &[], wires_of(mara, &space));
    assert_eq!(theft.plan.words(theft.theo(), OWN), ["Walk", "Tea", "Call Ana"]);
    assert_eq!(mara.hash(&space), theft.theo().hash(&space));
}

#[test]
fn a_supporter_cannot_make_a_stolen_phones_forget_count() {
    let world = World::new("forget vouched");
    let theft = Theft::new(&world);
    let (mara, space) = (theft.mara(), theft.circle.space);
    let birth = Forge::birth_of(mara, &theft.joint());
    let forget = forgets(&Forge::with_keys_of(theft.stolen(), &space), &birth);
    let taking = takes_over(&Forge::with_keys_of(theft.theo(), &space), &birth, forget.id());
    theft.remove();
    let before = mara.hash(&space);
    theft.tell(0, &[], vec![forget.encode(), taking.encode()]);
    assert_eq!(theft.plan.words(mara, US), ["Call before eight"], "the joint part vanished");
    assert_eq!(mara.hash(&space), before);
}

#[test]
fn what_is_refused_bears_nothing_however_it_arrives() {
    let world = World::new("born by a forget");
    let theft = Theft::new(&world);
    let (theo, space) = (theft.theo(), theft.circle.space);
    let birth = Forge::birth_of(theo, &theft.joint());
    let mut forge = Forge::with_keys_of(theo, &space);
    let known = wires_of(theo, &space);
    theo.apply(theft.plan.add(US, "After nine"));
    let mut wrote = wires_of(theo, &space);
    wrote.retain(|wire| !known.contains(wire));
    let (batch, header) = Batch::parse(&wrote[0]).expect("a batch");
    let body = Body::decode(&batch.payload.expect("words")).expect("a body");
    assert!(body.birth.is_some());
    // Not his to forget; then his words without the birth that a device's first batch carries.
    let forget = forgets(&forge, &birth);
    after(&mut forge, &forget);
    let bare = Body { birth: None, changes: body.changes }.encode(&[7; 16]).expect("small");
    let bare = signed(&forge, &birth, bare, |draft| draft.actor_nonce = header.actor_nonce);
    theft.tell(0, &[], vec![forget.encode(), bare.encode()]);
    theft.tell(1, &[], vec![forget.encode()]);
    theft.tell(1, &[], vec![bare.encode()]);
    assert_eq!(theft.mara().hash(&space), theft.stolen().hash(&space), "the order of arrival decided");
}

#[test]
fn a_purge_reaches_what_hangs_on_a_plan_and_lies_outside_a_cut() {
    let world = World::new("lane outside");
    let circle = Circle::new(&world, 1, 2);
    let (mara, theo, late, space) = (&circle.devices[0], &circle.devices[1], &circle.devices[2], circle.space);
    let plan = Plan::made_by(mara, Some(space), "wellness");
    mara.apply(plan.add(OWN, "Walk"));
    circle.tell_everything();
    let canary = "Obstinate kestrel";
    let comment = TalkCommand::Comment { on: plan.target(OWN, None), text: text(canary), quote: text("") };
    late.apply(comment);
    mara.take(&circle.everything(2, 0, &space)).expect("a good bundle");
    assert!(mara.holds(canary));
    // Theo takes that phone out without having heard of its comment.
    theo.companion.remove_device(&space, &late.id(), &theo.secret(), &theo.at()).expect("his own phone");
    mara.take(&circle.carry(0, &space, statements_of(theo, &space), Vec::new())).expect("a good bundle");
    let listed = || {
        let Answer::KeptOut(page) = mara.ask(Ask::KeptOut { at: At { limit: 50, ..At::default() } }) else { panic!() };
        page.rows.iter().flat_map(|row| row.words.clone()).map(|words| words.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed(), [canary]);
    mara.apply(ForgetCommand::Everything { doc: plan.id });
    assert_eq!(listed(), Vec::<String>::new(), "shown nowhere");
    mara.companion.purge(&[plan.id], &mara.secret(), &mara.at()).expect("the right secret");
    assert!(!mara.holds(canary), "words stayed behind a purge");
}

#[test]
fn a_document_does_not_wait_for_words_of_a_thief_that_nobody_has() {
    let world = World::new("words of a thief");
    let theft = Theft::new(&world);
    let (mara, thief, theo, space) = (theft.mara(), theft.stolen(), theft.theo(), theft.circle.space);
    let hash = mara.hash(&space);
    // Someone with the stolen phone and its secret writes on, forgets and purges; Theo alone hears of it.
    thief.apply(theft.plan.add(OWN, "Mine now"));
    thief.apply(theft.plan.add(US, "Mine now"));
    theft.tell(2, &[], wires_of(thief, &space));
    thief.apply(ForgetCommand::Everything { doc: theft.plan.id });
    thief.companion.purge(&[theft.plan.id], &thief.secret(), &thief.at()).expect("the right secret");
    theft.tell(2, &[], wires_of(thief, &space));
    assert!(plans(theo).is_empty());
    let removal = theft.remove();
    theft.tell(2, &removal, Vec::new());
    for _ in 0..3 {
        mara.take(&theo.bundle(&space)).expect("a good bundle");
        theo.take(&mara.bundle(&space)).expect("a good bundle");
    }
    assert_eq!(theft.plan.words(theo, OWN), ["Walk", "Tea"]);
    assert_eq!(theft.plan.words(theo, US), ["Call before eight"]);
    assert_eq!((mara.hash(&space), theo.hash(&space)), (hash, hash));
}

#[test]
fn what_nobody_has_any_more_is_not_sent_again_and_again() {
    let world = World::new("asked for ever");
    let circle = Circle::new(&world, 1, 2);
    let (mara, theo, late, space) = (&circle.devices[0], &circle.devices[1], &circle.devices[2], circle.space);
    let plan = Plan::made_by(mara, Some(space), "wellness");
    mara.apply(plan.add(US, "Call before eight"));
    theo.take(&mara.bundle(&space)).expect("a good bundle");
    theo.apply(plan.add(US, "After nine"));
    mara.take(&theo.bundle(&space)).expect("a good bundle");
    mara.apply(ForgetCommand::Everything { doc: plan.id });
    mara.companion.purge(&[plan.id], &mara.secret(), &mara.at()).expect("the right secret");
    // Theo's other phone never had a word of it: it learns of headers alone, and cannot tell what they hung on.
    for _ in 0..3 {
        late.take(&mara.bundle(&space)).expect("a good bundle");
        mara.take(&late.bundle(&space)).expect("a good bundle");
    }
    let report = late.take(&mara.bundle(&space)).expect("a good bundle");
    assert_eq!((report.new, report.already), (0, 0), "the same headers with every bundle");
    assert_eq!(late.hash(&space), mara.hash(&space));
}

#[test]
fn a_joint_part_does_not_wait_for_words_that_a_supporter_takes_over_and_withholds() {
    let world = World::new("withheld together");
    let circle = Circle::new(&world, 3, 1);
    let [mara, thief, other, theo] = [0, 1, 2, 3].map(|at| &circle.devices[at]);
    let (space, plan) = (circle.space, Plan::made_by(mara, Some(circle.space), "wellness"));
    mara.apply(plan.add(OWN, "Walk"));
    mara.apply(plan.add(US, "Call before eight"));
    circle.tell_everything();
    let about = mara.look(|db| documents::about(db, &plan.id));
    let joint = about.into_iter().find(|record| record.writer.is_none()).expect("a joint part").id;
    let birth = Forge::birth_of(mara, &joint);
    let tell = |to: usize, statements: &[SignedStatement], wires: Vec<Vec<u8>>| {
        let bundle = circle.carry(to, &space, statements.to_vec(), wires);
        circle.devices[to].take(&bundle).expect("a good bundle");
    };
    // Someone with a stolen phone and its secret writes where both write, then purges all of it; her other phone hears.
    let known = wires_of(thief, &space);
    thief.apply(plan.add(US, "Mine now"));
    let late = wires_of(thief, &space).into_iter().find(|wire| !known.contains(wire)).expect("a batch");
    let late = Batch::parse(&late).expect("a batch").0;
    thief.apply(ForgetCommand::Everything { doc: plan.id });
    tell(2, &[], wires_of(thief, &space));
    thief.companion.purge(&[plan.id], &thief.secret(), &thief.at()).expect("the right secret");
    tell(2, &[], wires_of(thief, &space));
    assert!(plans(other).is_empty() && !other.holds("Call before eight"));
    // She takes it out, and Theo takes over what it wrote, of which he alone has the words.
    mara.companion.remove_device(&space, &thief.id(), &mara.secret(), &mara.at()).expect("her own phone");
    let taking = takes_over(&Forge::with_keys_of(theo, &space), &birth, late.id());
    tell(2, &statements_of(mara, &space), Vec::new());
    tell(2, &[], vec![taking.encode()]);
    tell(2, &[], wires_of(mara, &space));
    assert_eq!(plan.words(other, OWN), ["Walk"]);
    assert_eq!(plan.words(other, US), ["Call before eight"], "the joint part is hidden");
    other.apply(plan.add(US, "And after nine"));
    // Once the words come they count, as on every phone that has them.
    tell(2, &[], vec![late.encode()]);
    assert_eq!(plan.words(other, US).len(), 3);
    tell(0, &[], vec![late.encode(), taking.encode()]);
    tell(0, &[], wires_of(other, &space));
    assert_eq!(mara.hash(&space), other.hash(&space));
}
