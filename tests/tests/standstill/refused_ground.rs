//! What stands on a batch that was refused must not stop a document, nor the space it lies in. A supporter with an app of
//! his own signs one change to the person's plan with a phone that Genesis names (it is refused, and loses its words), and
//! one on top of it with a phone that he added later (it is set aside, and keeps them). Both come together.

use belay::batch::{Batch, Body};
use belay::command::{Command, KeptOutCommand};
use belay::crypto::sign::SigningKey;
use belay::document::plan::{EntryState, steps};
use belay::document::{Doc, Step};
use belay::error::Code;
use belay::identity::DeviceKeys;
use belay::ids::{BatchId, ElementId};
use belay::space::{self, SignedStatement};
use belay::store::batches::{self, Stage};
use belay_tests::{Circle, Device, Forge, Plan, SeededEntropy, World, statements_of};

const OWN: &str = "toolbox";

fn a_line(at: u8, words: &str) -> Vec<Step> {
    let entry =
        EntryState { part: OWN.to_owned(), text: words.to_owned(), order: "V00".to_owned(), ..EntryState::default() };
    steps::add_entry(ElementId([at; 16]), &entry)
}

fn with(mut doc: Doc, batch: &Batch) -> Doc {
    let body = Body::decode(batch.payload.as_ref().expect("whole")).expect("own bytes");
    doc.apply(body.changes.into_iter().map(|chunk| chunk.bytes().to_vec())).expect("a change that fits");
    doc
}

fn stage(on: &Device, id: &BatchId) -> Option<Stage> {
    on.look(|db| batches::get(db, id)).map(|record| record.stage)
}

/// Mara's two phones and Theo's one: all hold a plan of hers. What Theo forges, and the statement that adds his second phone.
fn scene(name: &str) -> (World, Circle, Plan, [Batch; 3], Vec<SignedStatement>) {
    let world = World::new(name);
    let circle = Circle::new(&world, 2, 1);
    let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
    circle.devices[0].apply(plan.add(OWN, "Walk"));
    circle.tell_everything();
    circle.devices[1].apply(plan.add(OWN, "Tea"));
    circle.tell_everything();
    let (theo, space) = (&circle.devices[2], circle.space);
    let entropy = &mut SeededEntropy::new("his second phone");
    let (keys, admin) = (DeviceKeys::make(entropy), SigningKey::make(entropy));
    let entry = keys.entry(admin.public());
    let add = space::add_device(&theo.people(&space).membership, &theo.member(&space), &entry, &theo.admin_key());
    let mut said = statements_of(theo, &space);
    said.push(add.expect("he may"));

    let birth = Forge::birth_of(theo, &plan.id);
    let doc = || Forge::doc_of(theo, &birth);
    let mut first = Forge::with_keys_of(theo, &space);
    let refused = first.batch(&birth, doc(), &a_line(1, "Coffee"), |_| ());
    let second =
        Forge { signing: keys.signing, device: entry.device_id(), space, seq: 1, prev: vec![], nonce: [5; 16] };
    let on_it = second.batch(&birth, with(doc(), &refused), &a_line(2, "More coffee"), |_| ());
    // A third that waits for ever for a change that nobody gets.
    first.nonce = [8; 16];
    let never = first.batch(&birth, doc(), &a_line(3, "Never sent"), |_| ());
    first.seq += 1;
    first.prev = vec![refused.id()];
    first.nonce = [9; 16];
    let waits = first.batch(&birth, with(doc(), &never), &a_line(4, "Waits"), |_| ());
    (world, circle, plan, [refused, on_it, waits], said)
}

/// The control: without the forged ones her phones hear of one another.
#[test]
fn a_plan_goes_on_without_them() {
    let (_world, circle, plan, _, _) = scene("control");
    circle.devices[0].apply(plan.add(OWN, "Breathe"));
    circle.devices[1].take(&circle.everything(0, 1, &circle.space)).expect("an honest bundle");
    assert!(plan.words(&circle.devices[1], OWN).contains(&"Breathe".to_owned()));
}

/// Was: `Corrupt`, for ever; nothing in an envelope with a batch of that plan is taken in any more.
#[test]
fn what_stands_on_a_refused_batch_does_not_stop_the_plan() {
    let (_world, circle, plan, [refused, on_it, _], said) = scene("stops the plan");
    let (mara, other) = (&circle.devices[0], &circle.devices[1]);
    let forged = circle.carry(1, &circle.space, said, vec![refused.encode(), on_it.encode()]);
    other.take(&forged).expect("an envelope");
    assert_eq!((stage(other, &refused.id()), stage(other, &on_it.id())), (Some(Stage::Refused), Some(Stage::Aside)));
    mara.apply(plan.add(OWN, "Breathe"));
    let report = other.take(&circle.everything(0, 1, &circle.space)).expect("an honest bundle of her own phone");
    assert_eq!(report.not_taken, 0);
    assert!(plan.words(other, OWN).contains(&"Breathe".to_owned()), "her own words, from her own phone");
    other.lock_and_unlock();
    other.apply(plan.add(OWN, "Sing"));
    mara.take(&circle.everything(1, 0, &circle.space)).expect("an honest bundle");
    assert!(plan.words(mara, OWN).contains(&"Sing".to_owned()));
    assert_eq!(mara.hash(&circle.space), other.hash(&circle.space));
}

/// Was: with one more that waits, no statement of the space can be made or taken in on any phone that holds the
/// three: no removal of a stolen phone, none of his, no leaving.
#[test]
fn what_stands_on_a_refused_batch_keeps_no_removal_out() {
    let (_world, circle, _, [refused, on_it, waits], said) = scene("keeps removals out");
    let (stolen, mara, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let wires = [&refused, &on_it, &waits].map(Batch::encode).to_vec();
    mara.take(&circle.carry(1, &space, said, wires)).expect("an envelope");
    assert_eq!(stage(mara, &waits.id()), Some(Stage::Received));
    let removed = mara.companion.remove_device(&space, &stolen.id(), &mara.secret(), &mara.at());
    removed.expect("her stolen phone");
    assert!(!mara.people(&space).membership.is_active(&stolen.id()));
    let his = circle.devices[2].id();
    mara.companion.remove_device(&space, &his, &mara.secret(), &mara.at()).expect("his phone");
    mara.companion.leave(&space, &mara.secret(), &mara.at()).expect("leaving");
}

/// Red before: `Stale`, as if something had changed meanwhile; and outside a cut it was taken over for nothing.
#[test]
fn what_stands_on_a_refused_batch_cannot_be_taken_over_and_says_so() {
    let world = World::new("taken over for nothing");
    let circle = Circle::new(&world, 2, 1);
    let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
    circle.devices[0].apply(plan.add(OWN, "Walk"));
    circle.tell_everything();
    let (mara, stolen, theo, space) = (&circle.devices[0], &circle.devices[1], &circle.devices[2], circle.space);
    let birth = Forge::birth_of(theo, &plan.id);
    let doc = || Forge::doc_of(theo, &birth);
    let refused = Forge::with_keys_of(theo, &space).batch(&birth, doc(), &a_line(1, "Coffee"), |_| ());
    let thief = || Forge::with_keys_of(stolen, &space);
    let inside = thief().batch(&birth, with(doc(), &refused), &a_line(2, "More coffee"), |_| ());
    let adopt = |batch: &Batch| {
        mara.companion.apply(&[Command::KeptOut(KeptOutCommand::Adopt { batch: batch.id() })], None, &mara.at())
    };
    mara.take(&circle.carry(0, &space, vec![], [&refused, &inside].map(Batch::encode).to_vec())).expect("an envelope");
    assert_eq!((stage(mara, &refused.id()), stage(mara, &inside.id())), (Some(Stage::Refused), Some(Stage::Aside)));
    assert_eq!(adopt(&inside).map(|_| ()).unwrap_err().code(), Code::NotFound);
    // And once its phone is out, of what the cut does not cover.
    mara.companion.remove_device(&space, &stolen.id(), &mara.secret(), &mara.at()).expect("her stolen phone");
    let again =
        Forge { nonce: [7; 16], ..Forge::with_keys_of(theo, &space) }.batch(&birth, doc(), &a_line(3, "Tea"), |_| ());
    let outside =
        Forge { nonce: [6; 16], ..thief() }.batch(&birth, with(doc(), &again), &a_line(4, "More tea"), |_| ());
    mara.take(&circle.carry(0, &space, vec![], [&again, &outside].map(Batch::encode).to_vec())).expect("an envelope");
    assert_eq!(stage(mara, &outside.id()), Some(Stage::Aside));
    assert_eq!(adopt(&outside).map(|_| ()).unwrap_err().code(), Code::NotFound);
    mara.apply(plan.add(OWN, "Breathe"));
    assert!(plan.words(mara, OWN).contains(&"Breathe".to_owned()), "the plan goes on");
}
