//! Two changes under one number, and one vault in two hands: what loses is written again once, and all end alike.

use crate::cast::{OWN, Theft, US, adopt, header, id, ids, kept_out, offered, said};
use belay::batch::{Batch, Birth};
use belay::document::plan::{EntryState, steps};
use belay::error::Code;
use belay::ids::{BatchId, DocId, ElementId};
use belay_tests::{Chance, Circle, Device, Forge, Plan, World, statements_of, wires_of};
use proptest::prelude::*;

/// The joint part of a plan.
fn joint(on: &Device, plan: &DocId) -> Birth {
    let parts = on.look(|db| belay::store::documents::about(db, plan));
    let part = parts.into_iter().find(|record| record.writer.is_none()).expect("a joint part");
    Forge::birth_of(on, &part.id)
}

fn newest(of: &Device, circle: &Circle) -> Vec<u8> {
    let own = wires_of(of, &circle.space).into_iter().filter(|wire| header(wire).device == of.id());
    own.max_by_key(|wire| header(wire).seq).expect("a batch")
}

/// What another hand on the same memory would have written in the place of a batch: a line in the joint part.
fn twin_of(wire: &[u8], by: &Device, seen_by: &Device, plan: &Plan, words: &str) -> Batch {
    let header = header(wire);
    let forge =
        Forge { seq: header.seq, prev: header.prev.clone(), nonce: header.actor_nonce, ..keys(by, &header.space) };
    let birth = joint(seen_by, &plan.id);
    let line = EntryState { part: US.into(), text: words.into(), order: "m".into(), ..EntryState::default() };
    let mut id = [0; 16];
    id[..words.len().min(16)].copy_from_slice(&words.as_bytes()[..words.len().min(16)]);
    forge.batch(&birth, Forge::doc_of(seen_by, &birth), &steps::add_entry(ElementId(id), &line), |_| {})
}

fn keys(by: &Device, space: &belay::ids::SpaceId) -> Forge {
    Forge::with_keys_of(by, space)
}

/// Mara wrote one line; another hand wrote another in its place, and Theo built on that.
struct Split {
    theft: Theft,
    lost: Vec<u8>,
    stays: Batch,
}

fn split(world: &World, of_supporter: usize, rewritten: Option<&str>) -> Split {
    let theft = Theft::new(world, of_supporter);
    theft.mara().apply(theft.plan.add(US, "Base"));
    theft.circle.tell_everything();
    theft.mara().apply(theft.plan.add(US, "Call Ana"));
    if let Some(words) = rewritten {
        theft.mara().apply(theft.plan.rewrite(&theft.plan.line(theft.mara(), US, "Base"), words));
    }
    let lost = newest(theft.mara(), &theft.circle);
    let stays = twin_of(&lost, theft.mara(), theft.theo(), &theft.plan, "Call Ben");
    theft.tell(2, &[], vec![stays.encode()]);
    theft.theo().apply(theft.plan.add(US, "Yes"));
    assert_eq!(theft.plan.words(theft.theo(), US), ["Base", "Call Ben", "Yes"]);
    if rewritten.is_some() {
        theft.theo().apply(theft.plan.rewrite(&theft.plan.line(theft.theo(), US, "Base"), "Calm Base"));
    }
    Split { theft, lost, stays }
}

fn count(words: &[String], what: &str) -> usize {
    words.iter().filter(|line| line.contains(what)).count()
}

#[test]
fn a_losing_twin_is_written_again_once_by_the_phone_that_wrote_it() {
    for seed in 0..2 {
        let world = World::new(format!("losing twin {seed}"));
        let Split { theft, lost, stays } = split(&world, 2, None);
        let space = theft.circle.space;
        let theirs = wires_of(theft.theo(), &space);
        theft.tell(0, &[], theirs);
        let words = theft.plan.words(theft.mara(), US);
        for line in ["Base", "Call Ana", "Call Ben", "Yes"] {
            assert_eq!(count(&words, line), 1, "{line} in {words:?}");
        }
        let again = newest(theft.mara(), &theft.circle);
        assert_eq!(header(&again).again_of, Some(id(&lost)));
        let row = &theft.rows(0)[&id(&lost)];
        assert_eq!((row.reason.as_str(), said(row).as_str()), ("lost-twin", "Call Ana"));
        assert_eq!(offered(row), Err(Some(Code::Duplicate)), "it is written again already");
        // To one who saw nothing of it, piece by piece.
        let mut pieces: Vec<Vec<u8>> = wires_of(theft.mara(), &space);
        pieces.push(stays.encode());
        Chance::new(seed).shuffle(&mut pieces);
        for piece in pieces {
            theft.tell(3, &[], vec![piece]);
        }
        for (from, to) in [(0, 2), (2, 0), (0, 3), (3, 0), (2, 3), (3, 2)] {
            theft.tell_all(from, to);
        }
        theft.agree(&[0, 2, 3]);
        assert_eq!(count(&theft.words(0).1, "Call Ana"), 1);
        theft.mara().lock_and_unlock();
        theft.agree(&[0, 2, 3]);
    }
}

#[test]
fn another_member_writes_a_losing_twin_again_with_one_tap() {
    let world = World::new("tapped");
    let Split { theft, lost, .. } = split(&world, 2, None);
    let id = id(&lost);
    theft.tell(2, &[], vec![lost]);
    let row = &theft.rows(2)[&id];
    assert_eq!((said(row).as_str(), offered(row)), ("Call Ana", Ok(())));
    assert_eq!(count(&theft.words(2).1, "Call Ana"), 0);
    theft.theo().apply(adopt(id));
    assert_eq!(count(&theft.words(2).1, "Call Ana"), 1);
    assert_eq!(theft.theo().refused(adopt(id)), Code::Duplicate);
    // Mara's phone hears of all at once: it has no need to write it again.
    theft.tell_all(2, 0);
    theft.tell_all(0, 2);
    theft.agree(&[0, 2]);
    assert_eq!(count(&theft.words(0).1, "Call Ana"), 1);
}

#[test]
fn when_the_loser_wins_after_all_every_word_is_still_there() {
    let world = World::new("turned");
    let Split { theft, lost, .. } = split(&world, 2, None);
    // Theo's other phone, long away, and Mara's second one built on the first words: two devices of two members.
    for at in [3, 1] {
        theft.tell(at, &[], vec![lost.clone()]);
        theft.circle.devices[at].apply(theft.plan.add(US, &format!("On Ana {at}")));
    }
    theft.tell(0, &[], wires_of(theft.theo(), &theft.circle.space));
    assert_eq!(count(&theft.words(0).1, "Call Ana"), 1);
    let rounds = rest(&theft.circle, &theft.circle.devices.iter().zip(0..).collect::<Vec<_>>());
    assert!(rounds < 8, "it takes {rounds} rounds");
    theft.agree(&[0, 1, 2, 3]);
    for line in ["Base", "Call Ana", "Call Ben", "Yes", "On Ana 3", "On Ana 1"] {
        assert_eq!(count(&theft.words(0).1, line), 1, "{line} in {:?}", theft.words(0).1);
    }
    let kept: Vec<BatchId> = theft.rows(0).into_keys().collect();
    assert_eq!(theft.rows(2).into_keys().collect::<Vec<_>>(), kept);
}

#[test]
fn however_often_it_turns_nothing_is_written_again_twice() {
    let world = World::new("turned twice");
    let Split { theft, lost, stays } = split(&world, 4, Some("Base, +slowly"));
    let space = theft.circle.space;
    let on = |at: usize, wire: &[u8], words: &str| {
        theft.tell(at, &[], vec![wire.to_vec()]);
        theft.circle.devices[at].apply(theft.plan.add(US, words));
        wires_of(&theft.circle.devices[at], &space)
    };
    let on_lost = [on(3, &lost, "On Ana 3"), on(1, &lost, "On Ana 1")];
    let on_stays = [on(4, &stays.encode(), "On Ben 4"), on(5, &stays.encode(), "On Ben 5")];
    let has = |line: &str| count(&theft.words(0).1, line);
    theft.tell(0, &[], wires_of(theft.theo(), &space));
    assert_eq!((has("Call Ana"), has("Call Ben")), (1, 1));
    // More devices stand on hers after all; then more again on the other.
    for wires in on_lost.into_iter().chain(on_stays) {
        theft.tell(0, &[], wires);
        assert_eq!((has("Call Ana"), has("Call Ben")), (1, 1), "{:?}", theft.words(0).1);
        assert_eq!(theft.words(0).1[0].matches('+').count(), 1, "{:?}", theft.words(0).1);
    }
    rest(&theft.circle, &theft.circle.devices.iter().zip(0..).collect::<Vec<_>>());
    theft.agree(&[0, 1, 2, 3, 4, 5]);
    for line in ["Calm Base, +slowly", "Call Ana", "Call Ben", "Yes", "On Ana 3", "On Ana 1", "On Ben 4", "On Ben 5"] {
        assert_eq!(has(line), 1, "{line} in {:?}", theft.words(0).1);
    }
}

/// Each tells all it holds to every other until nobody writes anything new.
fn rest(circle: &Circle, who: &[(&Device, usize)]) -> usize {
    for round in 0..12 {
        let mut new = 0;
        for (from, _) in who {
            let (said, wires) = (statements_of(from, &circle.space), wires_of(from, &circle.space));
            for (to, place) in who.iter().filter(|(to, _)| to.name != from.name) {
                let bundle = circle.carry(*place, &circle.space, said.clone(), wires.clone());
                new += to.take(&bundle).expect("an honest bundle").new;
            }
        }
        if new == 0 {
            return round;
        }
    }
    panic!("they do not come to rest")
}

#[test]
fn two_copies_of_one_vault_that_both_write_lose_nothing() {
    let world = World::new("copies");
    let circle = Circle::new(&world, 1, 1);
    let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
    circle.devices[0].apply(plan.add(US, "Base"));
    circle.tell_everything();
    let copy = world.copy_of(&circle.devices[0], "Copy");
    assert_eq!(copy.id(), circle.devices[0].id());
    let [mara, theo] = &circle.devices[..] else { panic!("two") };
    for turn in 0..3 {
        mara.apply(plan.add(US, &format!("Phone {turn}")));
        copy.apply(plan.add(OWN, &format!("Copy {turn}")));
        let line = plan.line(&copy, US, "Base");
        copy.apply(plan.rewrite(&line, "Base"));
        copy.rest();
        if turn == 1 {
            rest(&circle, &[(mara, 0), (theo, 1)]);
        }
    }
    let who = [(mara, 0), (&copy, 0), (theo, 1)];
    rest(&circle, &who);
    for (device, _) in who {
        assert_eq!(device.hash(&circle.space), mara.hash(&circle.space), "{}", device.name);
        assert_eq!(plan.words(device, US).len(), 4);
        assert_eq!(plan.words(device, OWN).len(), 3);
        assert!(kept_out(device).is_empty());
    }
    // What is written next stands on both branches.
    mara.apply(plan.add(US, "Next"));
    assert_eq!(header(&newest(mara, &circle)).prev.len(), 2);
}

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default);
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 8, ..ProptestConfig::default() }
}

/// A story of two phones of Mara's, a copy of the first, and Theo, in one joint part: lines, edits, hands that write in
/// the place of another's batch, pieces that arrive in any order. At the end all are alike and every line is somewhere.
fn tell_a_story(seed: u64) {
    let world = World::new(format!("stranded {seed}"));
    let mut chance = Chance::new(seed);
    let circle = Circle::new(&world, 2, 1);
    let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
    circle.devices[0].apply(plan.add(US, "Base"));
    circle.tell_everything();
    let copy = world.copy_of(&circle.devices[0], "Copy");
    let who = [(&circle.devices[0], 0), (&circle.devices[1], 1), (&copy, 0), (&circle.devices[2], 2)];
    let mut lines = vec!["Base".to_owned()];
    for act in 0..10 {
        let (device, _) = who[chance.below(who.len())];
        let line = format!("<{act}>");
        device.apply(plan.add(US, &line));
        lines.push(line);
        if chance.percent(40) {
            // Seen by someone who has not seen that batch.
            let wire = newest(device, &circle);
            let (other, _) = who[chance.below(who.len())];
            let known = ids(&wires_of(other, &circle.space));
            let header = header(&wire);
            let sees = header.prev.iter().all(|prev| known.contains(prev)) && !known.contains(&id(&wire));
            if sees {
                let line = format!("<t{act}>");
                let twin = twin_of(&wire, device, other, &plan, &line);
                let place = who.iter().find(|(one, _)| one.name == other.name).expect("one of these").1;
                let bundle = circle.carry(place, &circle.space, Vec::new(), vec![twin.encode()]);
                other.take(&bundle).expect("an envelope");
                if ids(&wires_of(other, &circle.space)).contains(&twin.id()) {
                    lines.push(line);
                }
            }
        }
        if chance.percent(50) {
            let (from, _) = who[chance.below(who.len())];
            let (to, place) = who[chance.below(who.len())];
            let mut pieces = wires_of(from, &circle.space);
            chance.shuffle(&mut pieces);
            pieces.truncate(chance.below(pieces.len() + 1));
            to.take(&circle.carry(place, &circle.space, Vec::new(), pieces)).expect("an envelope");
        }
    }
    rest(&circle, &who);
    let hash = who[0].0.hash(&circle.space);
    for (device, _) in who {
        assert_eq!(device.hash(&circle.space), hash, "seed {seed}: {}", device.name);
        let shown = plan.words(device, US);
        let listed: Vec<String> = kept_out(device).values().map(said).collect();
        for line in &lines {
            let there = shown.iter().chain(&listed).any(|held| held.contains(line));
            assert!(there, "seed {seed}: {} lost {line}: {shown:?} {listed:?}", device.name);
        }
        let doubled = shown.len() > 4 * lines.len();
        assert!(!doubled, "seed {seed}: nobody writes for ever: {shown:?}");
    }
}

proptest! {
    #![proptest_config(cases(3))]

    #[test]
    fn whatever_is_stranded_nothing_is_lost_and_all_end_alike(seed in any::<u64>()) {
        tell_a_story(seed);
    }
}
