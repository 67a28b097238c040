//! Devices that come by a DeviceAdd or by the words of their member (protocol.md §3), through the intake of whole
//! companions: statements, cards, documents.

use crate::{OWN, US, agree, kept_out, new_on, scene};
use belay::ids::DeviceId;
use belay::space::{self, CutHeads, DeviceRemove, SignedStatement, SpaceState, Statement};
use belay::store::spaces;
use belay_tests::{Circle, Device, Plan, World, statements_of, wires_of};

fn say(circle: &Circle, to: usize, said: &[SignedStatement]) {
    circle.devices[to].take(&circle.carry_all(to, said, &[], vec![])).expect("an envelope");
}

fn tell(circle: &Circle, to: usize, wires: Vec<Vec<u8>>) {
    circle.devices[to].take(&circle.carry_all(to, &[], &[], wires)).expect("an envelope");
}

fn cards_on(on: &Device, circle: &Circle) -> Vec<DeviceId> {
    on.look(|db| spaces::cards(db, &circle.space)).into_iter().map(|(device, ..)| device).collect()
}

fn active(on: &Device, circle: &Circle) -> Vec<DeviceId> {
    let rows = on.companion.devices(&circle.space).expect("a space of theirs");
    rows.into_iter().filter(|row| row.active).map(|row| row.id).collect()
}

fn holds(on: &Device, plan: &Plan, part: &str, words: &str) -> bool {
    plan.words(on, part).iter().any(|line| line == words)
}

#[test]
fn a_device_that_was_added_reads_writes_and_is_written_to() {
    let world = World::new("added");
    let (mut circle, plan) = scene(&world, 1);
    let space = circle.space;
    let new = world.person("Mara's tablet");
    let mara = &circle.devices[0];
    let before = mara.people(&space).membership;
    let add = space::add_device(&before, &mara.member(&space), &Circle::entry_of(&new), &mara.admin_key());
    let mut said = statements_of(mara, &space);
    said.push(add.expect("she may"));
    let (at, card) = circle.join(new, 0, &said);
    // What it holds: everything, by one bundle from Mara. Until a phone knows of it, its words are not received.
    tell(&circle, at, wires_of(&circle.devices[0], &space));
    assert_eq!(plan.words(&circle.devices[at], OWN), ["Walk", "Tea"]);
    circle.devices[at].apply(plan.add(OWN, "Tablet"));
    let written = new_on(&circle, at, 0);
    tell(&circle, 2, written.clone());
    assert!(!holds(&circle.devices[2], &plan, OWN, "Tablet"));
    for to in 0..3 {
        let bundle = circle.carry_all(to, &said, std::slice::from_ref(&card), written.clone());
        circle.devices[to].take(&bundle).expect("an envelope");
    }
    agree(&circle, &plan, &[0, 1, 2, at]);
    let id = circle.devices[at].id();
    for device in &circle.devices {
        assert!(active(device, &circle).contains(&id), "{}", device.name);
        assert!(cards_on(device, &circle).contains(&id), "{}", device.name);
        assert!(holds(device, &plan, OWN, "Tablet"), "{}", device.name);
    }
    // Theo's ordinary bundle is for it too.
    circle.devices[2].apply(plan.add(US, "Good to see you"));
    let bundle = circle.devices[2].bundle(&space);
    circle.devices[at].take(&bundle).expect("sealed for it too");
    assert!(holds(&circle.devices[at], &plan, US, "Good to see you"));
    circle.devices[at].lock_and_unlock();
    assert!(holds(&circle.devices[at], &plan, US, "Good to see you"));
}

#[test]
fn the_words_bring_back_what_a_thief_back_dated() {
    let world = World::new("back-dated");
    let (mut circle, plan) = scene(&world, 1);
    let space = circle.space;
    let stolen = circle.devices[1].id();
    let thief = circle.devices[1].admin_key();
    let start = statements_of(&circle.devices[0], &space);
    circle.devices[0].apply(plan.add(OWN, "Before"));
    tell(&circle, 2, new_on(&circle, 0, 2));
    // She removes the stolen phone; the thief back-dates the removal of hers, with nothing of her log.
    let mara = &circle.devices[0];
    mara.companion.remove_device(&space, &stolen, &mara.secret(), &mara.at()).expect("her other phone");
    let removal = statements_of(mara, &space);
    let back = DeviceRemove { device: mara.id(), cut: vec![], parents: vec![start[0].id()], by: thief.public() };
    let back = SignedStatement::sign(&Statement::DeviceRemove(back), &[&thief]);
    circle.devices[0].apply(plan.add(OWN, "Between"));
    let between = new_on(&circle, 0, 2);
    for to in [0, 2] {
        say(&circle, to, &removal);
        say(&circle, to, std::slice::from_ref(&back));
    }
    tell(&circle, 2, between);
    let theo = &circle.devices[2];
    assert!(active(theo, &circle).iter().all(|id| *id == theo.id()), "both of hers are out");
    // What the other phone's named words lean on stays.
    assert!(holds(theo, &plan, OWN, "Walk"));
    for words in ["Before", "Between"] {
        assert!(!holds(theo, &plan, OWN, words), "{words}");
    }
    assert_eq!(circle.devices[0].people(&space).state(), SpaceState::PutOut);
    // The words, on a new phone, by way of Theo, who gives all heads.
    let new = world.person("Mara's new phone");
    let entry = Circle::entry_of(&new);
    let known = theo.people(&space).membership;
    let words = space::reset(&known, &[entry], &circle.heads_on(2), &circle.root_of(0)).expect("her words");
    let mut said = statements_of(theo, &space);
    said.push(words.clone());
    let (at, card) = circle.join(new, 0, &said);
    tell(&circle, at, wires_of(&circle.devices[2], &space));
    for to in [0, 1, 2] {
        let bundle = circle.carry_all(to, &said, std::slice::from_ref(&card), vec![]);
        circle.devices[to].take(&bundle).expect("an envelope");
    }
    // What the thief says and back-dates now is of no power.
    let again = DeviceRemove { device: entry.device_id(), cut: vec![], parents: vec![words.id()], by: thief.public() };
    let again = SignedStatement::sign(&Statement::DeviceRemove(again), &[&thief]);
    for to in [2, at] {
        say(&circle, to, std::slice::from_ref(&again));
    }
    agree(&circle, &plan, &[2, at]);
    for to in [2, at] {
        let device = &circle.devices[to];
        assert!(active(device, &circle).contains(&entry.device_id()), "{}", device.name);
        assert_eq!(active(device, &circle).len(), 2, "{}", device.name);
        for words in ["Walk", "Tea", "Before", "Between"] {
            assert!(holds(device, &plan, OWN, words), "{}: {words}", device.name);
        }
        assert!(kept_out(device, &circle).is_empty(), "{}", device.name);
    }
    assert_eq!(circle.devices[0].people(&space).state(), SpaceState::PutOut, "the old phone is not named");
    circle.devices[at].apply(plan.add(OWN, "Back again"));
    let bundle = circle.devices[at].bundle(&space);
    circle.devices[2].take(&bundle).expect("for Theo");
    assert!(holds(&circle.devices[2], &plan, OWN, "Back again"));
    let told = circle.devices[0].take(&bundle);
    assert!(told.is_err() || !circle.devices[0].holds("Back again"), "and nothing of it for the old one");
}

#[test]
fn of_two_resets_one_stands_everywhere() {
    let world = World::new("two resets");
    let (mut circle, plan) = scene(&world, 2);
    let space = circle.space;
    let known = circle.devices[2].people(&space).membership;
    let (heads, root) = (circle.heads_on(2), circle.root_of(0));
    let made: Vec<(Device, SignedStatement)> = ["one", "other"]
        .map(|name| {
            let new = world.person(name);
            let reset = space::reset(&known, &[Circle::entry_of(&new)], &heads, &root).expect("her words");
            (new, reset)
        })
        .into_iter()
        .collect();
    let start = statements_of(&circle.devices[2], &space);
    let mut joined = Vec::new();
    for (new, reset) in made {
        let said = [start.clone(), vec![reset.clone()]].concat();
        let (at, card) = circle.join(new, 0, &said);
        tell(&circle, at, wires_of(&circle.devices[2], &space));
        circle.devices[at].apply(plan.add(OWN, &format!("By {at}")));
        joined.push((at, card, reset));
    }
    let (a, b) = (joined[0].clone(), joined[1].clone());
    // Each of Theo's phones hears of them in another order, the words written under them too.
    for (to, order) in [(2, [&a, &b]), (3, [&b, &a])] {
        for (at, card, reset) in order {
            let wires = new_on(&circle, *at, to);
            let bundle = circle.carry_all(to, std::slice::from_ref(reset), std::slice::from_ref(card), wires);
            circle.devices[to].take(&bundle).expect("an envelope");
        }
    }
    let (winner, loser) = if a.2.id() < b.2.id() { (&a, &b) } else { (&b, &a) };
    // A thing of the one that lost is not received by a phone that never knew it as a device; told again, it is.
    for to in [2, 3] {
        tell(&circle, to, wires_of(&circle.devices[loser.0], &space));
        tell(&circle, to, wires_of(&circle.devices[winner.0], &space));
    }
    agree(&circle, &plan, &[2, 3]);
    for to in [2, 3] {
        let device = &circle.devices[to];
        let hers = device.people(&space).membership.active_devices_of(&circle.devices[0].member(&space));
        assert_eq!(hers, [circle.devices[winner.0].id()]);
        assert!(holds(device, &plan, OWN, &format!("By {}", winner.0)));
        assert!(!holds(device, &plan, OWN, &format!("By {}", loser.0)));
        let listed = kept_out(device, &circle);
        assert!(listed.values().all(|reason| reason == "outside-cut") && listed.len() == 1, "{listed:?}");
    }
    // A third one, which knows of both, names what the losing one wrote: it counts again.
    let known = circle.devices[2].people(&space).membership;
    let entry = Circle::entry_of(&circle.devices[winner.0]);
    let third = space::reset(&known, &[entry], &circle.heads_on(2), &root).expect("her words");
    for to in [2, 3] {
        say(&circle, to, std::slice::from_ref(&third));
        assert!(holds(&circle.devices[to], &plan, OWN, &format!("By {}", loser.0)));
        assert!(kept_out(&circle.devices[to], &circle).is_empty());
    }
    agree(&circle, &plan, &[2, 3]);
}

#[test]
fn a_reset_that_hides_heads_loses_nothing_and_is_healed() {
    let world = World::new("hidden heads");
    let (circle, plan) = scene(&world, 2);
    let space = circle.space;
    circle.devices[1].apply(plan.add(US, "Hidden words"));
    circle.devices[1].rest();
    circle.tell_everything();
    let (root, mara) = (circle.root_of(0), &circle.devices[0]);
    let entry = Circle::entry_of(mara);
    let whole = circle.heads_on(2);
    let mut hidden: CutHeads = whole.clone();
    hidden.remove(&circle.devices[1].id());
    let known = mara.people(&space).membership;
    let reset = space::reset(&known, &[entry], &hidden, &root).expect("her words");
    for to in [0, 2, 3] {
        say(&circle, to, std::slice::from_ref(&reset));
    }
    agree(&circle, &plan, &[0, 2, 3]);
    for to in [0, 2, 3] {
        let device = &circle.devices[to];
        assert!(!holds(device, &plan, US, "Hidden words") && !holds(device, &plan, OWN, "Tea"));
        assert!(holds(device, &plan, OWN, "Walk"), "her other phone's words are named by being its own");
        let listed = kept_out(device, &circle);
        assert!(!listed.is_empty() && listed.values().all(|reason| reason == "outside-cut"), "{listed:?}");
        assert!(device.kept_out(&space).iter().all(|batch| batch.payload.is_some()), "readable");
    }
    let known = mara.people(&space).membership;
    let heal = space::reset(&known, &[entry], &whole, &root).expect("her words");
    for to in [3, 0, 2] {
        say(&circle, to, std::slice::from_ref(&heal));
    }
    agree(&circle, &plan, &[0, 2, 3]);
    for to in [0, 2, 3] {
        let device = &circle.devices[to];
        assert!(holds(device, &plan, US, "Hidden words") && holds(device, &plan, OWN, "Tea"), "{}", device.name);
        assert!(kept_out(device, &circle).is_empty());
    }
}
