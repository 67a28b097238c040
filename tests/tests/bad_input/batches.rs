//! Batches that should not be: twins, branches, copies.

use crate::{OWN, US, agree, ids, kept_out, new_on, scene};
use belay::batch::Batch;
use belay::document::Doc;
use belay::document::plan::{EntryState, steps};
use belay::ids::{DocId, ElementId};
use belay_tests::{Circle, Device, Forge, Plan, World, statements_of, wires_of};

/// The part of the plan that both write.
fn joint(on: &Device, plan: &Plan) -> DocId {
    let about = on.look(|db| belay::store::documents::about(db, &plan.id));
    about.into_iter().find(|record| record.writer.is_none()).expect("a joint part").id
}

fn line(words: &str) -> EntryState {
    EntryState { part: US.to_owned(), text: words.to_owned(), order: "m".to_owned(), ..EntryState::default() }
}

fn tell(circle: &Circle, to: usize, wires: Vec<Vec<u8>>) {
    circle.devices[to].take(&circle.carry(to, &circle.space, vec![], wires)).expect("an envelope");
}

/// Two lines by one device with one number, the second as often made anew as its hash is to be lower.
fn twins(circle: &Circle, plan: &Plan) -> (Batch, Batch) {
    let by = &circle.devices[1];
    let mut forge = Forge::with_keys_of(by, &circle.space);
    let birth = Forge::birth_of(by, &joint(by, plan));
    let write = |forge: &Forge, at: u8, words: &str| {
        let steps = steps::add_entry(ElementId([at; 16]), &line(words));
        forge.batch(&birth, Forge::doc_of(by, &birth), &steps, |_| ())
    };
    let first = write(&forge, 1, "Breakfast together");
    // Another place in the log, the same numbers in the document.
    forge.seq += 1;
    forge.prev = vec![first.id()];
    let lower = |second: &Batch| change(second) < change(&first);
    let ground = (0..=255_u8).map(|at| write(&forge, at, "Mine alone")).find(lower).expect("half of them");
    (first, ground)
}

fn change(batch: &Batch) -> belay::ids::ChangeId {
    let body = belay::batch::Body::decode(batch.payload.as_ref().expect("whole")).expect("own bytes");
    body.changes[0].id()
}

#[test]
fn a_ground_twin_takes_nobodys_words() {
    let world = World::new("ground twin");
    let (circle, plan) = scene(&world, 2);
    circle.devices[0].apply(plan.add(US, "We begin"));
    circle.tell_everything();
    let (first, ground) = twins(&circle, &plan);
    // Theo sees the first, and writes on it.
    tell(&circle, 2, vec![first.encode()]);
    let theo = &circle.devices[2];
    let entry = plan.line(theo, US, "Breakfast together");
    theo.apply(plan.rewrite(&entry, "Breakfast together, on Sundays"));
    let his = new_on(&circle, 2, 3);
    // One has the ground one before, one at the end, one in between.
    tell(&circle, 3, vec![first.encode(), ground.encode()]);
    let alone = plan.words(&circle.devices[3], US);
    assert!(alone.contains(&"Mine alone".to_owned()), "while nobody stands on either, the lower hash stays");
    tell(&circle, 3, his.clone());
    tell(&circle, 2, vec![ground.encode()]);
    tell(&circle, 0, vec![first.encode(), ground.encode()]);
    tell(&circle, 0, his);
    agree(&circle, &plan, &[0, 2, 3]);
    for at in [0, 2, 3] {
        let words = plan.words(&circle.devices[at], US);
        assert!(words.contains(&"Breakfast together, on Sundays".to_owned()), "{words:?}");
        assert!(!words.contains(&"Mine alone".to_owned()));
        let listed = kept_out(&circle.devices[at], &circle);
        assert_eq!(listed.get(&ground.id()).map(String::as_str), Some("lost-twin"));
    }
}

/// A device whose own words leaned on a losing twin goes on writing, without a rest in between: what it writes next is
/// never another change under a number that was given before.
#[test]
fn one_whose_words_leaned_on_a_lost_twin_writes_on() {
    // In the second of these the stranded change would win.
    for seed in 0..2 {
        let world = World::new(format!("leaned on a twin {seed}"));
        let (circle, plan) = scene(&world, 2);
        circle.devices[0].apply(plan.add(US, "We begin"));
        circle.tell_everything();
        let (first, ground) = twins(&circle, &plan);
        let (theo, other) = (&circle.devices[2], &circle.devices[3]);
        tell(&circle, 2, vec![first.encode()]);
        theo.apply(plan.rewrite(&plan.line(theo, US, "Breakfast together"), "Breakfast, on Sundays"));
        theo.bundle(&circle.space);
        // Of Theo's two phones one stood on each: the lower hash stays.
        tell(&circle, 3, vec![first.encode(), ground.encode()]);
        other.apply(plan.rewrite(&plan.line(other, US, "Mine alone"), "Mine alone?"));
        tell(&circle, 2, wires_of(other, &circle.space));
        assert!(plan.words(theo, US).contains(&"Mine alone?".to_owned()));
        assert!(!plan.words(theo, US).contains(&"Breakfast together".to_owned()));
        for at in 0..3 {
            theo.apply(plan.add(US, &format!("Next {at}")));
            other.apply(plan.add(US, &format!("Beside {at}")));
            tell(&circle, 2, wires_of(other, &circle.space));
        }
        tell(&circle, 3, new_on(&circle, 2, 3));
        agree(&circle, &plan, &[2, 3]);
        for at in 0..3 {
            let listed = kept_out(theo, &circle);
            assert!(plan.words(theo, US).contains(&format!("Next {at}")), "{seed} {at}: {listed:?}");
        }
    }
}

#[test]
fn of_nine_branches_eight_are_named() {
    let world = World::new("nine branches");
    let (circle, plan) = scene(&world, 2);
    circle.devices[0].apply(plan.add(US, "We begin"));
    circle.tell_everything();
    let by = &circle.devices[1];
    let birth = Forge::birth_of(by, &joint(by, &plan));
    let doc = || -> Doc { Forge::doc_of(by, &birth) };
    let mut forge = Forge::with_keys_of(by, &circle.space);
    let branches: Vec<Batch> = (0..9_u8)
        .map(|at| {
            // Each of an actor of its own, or they were twins.
            forge.nonce = [at; 16];
            let steps = steps::add_entry(ElementId([at; 16]), &line(&format!("Branch {at}")));
            forge.batch(&birth, doc(), &steps, |_| ())
        })
        .collect();
    let wires: Vec<Vec<u8>> = branches.iter().map(Batch::encode).collect();
    tell(&circle, 0, wires.clone());
    assert_eq!(plan.words(&circle.devices[0], US).len(), 10);
    let mara = &circle.devices[0];
    mara.companion.remove_device(&circle.space, &by.id(), &mara.secret(), &mara.at()).expect("her phone");
    let said = statements_of(mara, &circle.space);
    // One knows of the removal first, one last.
    circle.devices[2].take(&circle.carry(2, &circle.space, said.clone(), vec![])).expect("an envelope");
    tell(&circle, 2, wires.clone());
    tell(&circle, 3, wires.iter().rev().cloned().collect());
    circle.devices[3].take(&circle.carry(3, &circle.space, said, vec![])).expect("an envelope");
    agree(&circle, &plan, &[0, 2, 3]);
    let listed = kept_out(mara, &circle);
    assert_eq!((plan.words(mara, US).len(), listed.len()), (9, 1), "eight of the nine, and what was there");
    let (ninth, reason) = listed.first_key_value().expect("one");
    assert!(branches.iter().any(|branch| branch.id() == *ninth) && reason == "outside-cut");
    let held = mara.kept_out(&circle.space);
    assert!(held.iter().all(|batch| batch.payload.is_some()), "it can be read");
}

#[test]
fn two_copies_of_one_vault_keep_every_word() {
    let world = World::new("two copies");
    let (mut circle, plan) = scene(&world, 1);
    circle.devices[0].apply(plan.add(US, "We begin"));
    circle.tell_everything();
    let copy = world.copy_of(&circle.devices[0], "Mara's copy");
    for round in 0..4 {
        circle.devices[0].apply(plan.add(US, &format!("Here {round}")));
        copy.apply(plan.add(US, &format!("There {round}")));
        copy.apply(plan.add(OWN, &format!("Copied {round}")));
        if round % 2 == 1 {
            circle.devices[0].rest();
            copy.rest();
        }
        if round == 2 {
            // The two hear of each other by way of Theo, and go on.
            tell(&circle, 2, wires_of(&circle.devices[0], &circle.space));
            tell(&circle, 2, wires_of(&copy, &circle.space));
            let all = wires_of(&circle.devices[2], &circle.space);
            copy.take(&circle.carry(0, &circle.space, vec![], all)).expect("sealed to the one vault's key");
        }
    }
    tell(&circle, 2, wires_of(&copy, &circle.space));
    let own = ids(&wires_of(&copy, &circle.space));
    assert!(own.len() > 4);
    circle.tell_everything();
    let all = wires_of(&circle.devices[2], &circle.space);
    copy.take(&circle.carry(0, &circle.space, vec![], all)).expect("an envelope");
    agree(&circle, &plan, &[0, 1, 2]);
    assert_eq!(copy.hash(&circle.space), circle.devices[0].hash(&circle.space));
    for device in circle.devices.iter().chain([&copy]) {
        let words = [OWN, US].map(|part| plan.words(device, part)).concat();
        for round in 0..4 {
            for said in [format!("Here {round}"), format!("There {round}"), format!("Copied {round}")] {
                assert!(words.contains(&said), "{}: {said} is not in {words:?}", device.name);
            }
        }
    }
    circle.devices[0].die_and_return();
    agree(&circle, &plan, &[0, 1, 2]);
}
