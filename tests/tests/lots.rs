//! What is taken in together is what is taken in one by one: any split into bundles, any order, with repetition.
//!
//! `BELAY_LOT_RUNS` says how many stories are told.

#![allow(clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use belay::batch::Batch;
use belay::envelope::{self, EnvelopeContent};
use belay::exchange::write_bundle;
use belay::identity::SignedCard;
use belay::ids::BatchId;
use belay::store::spaces;
use belay_tests::{Chance, Circle, Device, Plan, SeededEntropy, World, next_act, wires_of};
use std::collections::{BTreeMap, BTreeSet};

/// One envelope for each batch, all in one file.
fn enveloped(circle: &Circle, to: usize, wires: &[Vec<u8>]) -> Vec<u8> {
    let (device, space) = (&circle.devices[to], circle.space);
    let id = device.id();
    let card = device.look(|db| {
        let (_, _, wire) = spaces::cards(db, &space)?.into_iter().find(|(of, ..)| *of == id).expect("a card");
        SignedCard::parse(&wire)?.read()
    });
    let mut entropy = SeededEntropy::new("lots");
    let seal = |wire: &Vec<u8>| {
        let content = EnvelopeContent { batches: vec![wire.clone()], ..EnvelopeContent::new(space) };
        envelope::seal(&content, &card.sealing_pk, &mut entropy).expect("sealing")
    };
    let mut file = Vec::new();
    write_bundle(&mut file, &wires.iter().map(seal).collect::<Vec<_>>()).expect("writing to memory");
    file
}

/// The part of the plan that both write in.
const US: &str = "looking-after-us";

fn id_of(wire: &[u8]) -> BatchId {
    Batch::parse(wire).expect("a batch").0.id()
}

/// What is read off documents, and what history tells, in no order.
fn shown(device: &Device, circle: &Circle) -> (Vec<String>, Vec<String>) {
    let rows = device.look(|db| {
        let mut all = Vec::new();
        for sql in [
            "SELECT quote(doc) || quote(id) || part || text || place || gone FROM entry",
            "SELECT quote(doc) || key || owner || place || quote(title) || skipped || gone FROM part",
            "SELECT quote(doc) || quote(id) || text || who || kind || stage || place || gone FROM step",
            "SELECT quote(doc) || quote(idea) || turn || choice || text FROM decision",
            "SELECT quote(doc) || quote(id) || text FROM comment",
            "SELECT quote(doc) || quote(id) || alternatives || withdrawn FROM idea",
            // Documents are numbered as they come.
            "SELECT quote(document.id) || findable.kind || quote(element) FROM findable
             JOIN document ON document.number = findable.doc",
            "SELECT quote(id) || stage || reason || quote(facts) || quote(counted) FROM batch",
        ] {
            let mut query = db.prepare(sql)?;
            all.extend(query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?);
        }
        Ok(all)
    });
    let told = device.look(|db| {
        let mut query = db.prepare(
            "SELECT quote(doc) || quote(batch) || act || quote(element) || quote(field) || quote(before) || quote(after)
             || quote(member) || quote(device) || claimed_ms FROM history WHERE space = ?1",
        )?;
        let rows = query.query_map([circle.space], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<Vec<String>>>()?)
    });
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    (sorted(rows), sorted(told))
}

/// Two who write, apart and together, and what came of it that the others do not hold yet.
fn written(circle: &Circle, chance: &mut Chance) -> Vec<Vec<u8>> {
    let (mara, theo, space) = (&circle.devices[0], &circle.devices[2], circle.space);
    for number in 0..60_u32 {
        let writer = if chance.percent(50) { mara } else { theo };
        let mark = format!("w{number}");
        if let Some(command) = next_act(writer, &space, &mark, chance) {
            // Some are refused; that is no part of this.
            let _ = writer.attempt(command);
        }
        if chance.percent(60) {
            writer.hash(&space);
        }
        if chance.percent(10) {
            theo.take(&circle.everything(0, 2, &space)).expect("an honest bundle");
            mara.take(&circle.everything(2, 0, &space)).expect("an honest bundle");
        }
    }
    mara.hash(&space);
    theo.hash(&space);
    theo.take(&circle.everything(0, 2, &space)).expect("an honest bundle");
    mara.take(&circle.everything(2, 0, &space)).expect("an honest bundle");
    assert_eq!(mara.hash(&space), theo.hash(&space));
    let held: BTreeSet<BatchId> = wires_of(&circle.devices[1], &space).iter().map(|wire| id_of(wire)).collect();
    let new: BTreeMap<BatchId, Vec<u8>> = wires_of(mara, &space).into_iter().map(|wire| (id_of(&wire), wire)).collect();
    new.into_iter().filter(|(id, _)| !held.contains(id)).map(|(_, wire)| wire).collect()
}

#[test]
fn what_comes_together_is_what_comes_one_by_one() {
    let runs = std::env::var("BELAY_LOT_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(2_u64);
    for seed in 0..runs {
        let world = World::new(format!("lots {seed}"));
        let (circle, mut chance) = (Circle::new(&world, 2, 3), Chance::new(seed));
        Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
        circle.tell_everything();
        let mut wires = written(&circle, &mut chance);
        assert!(wires.len() > 10, "seed {seed}: {} batches", wires.len());
        // One by one, all together, and in pieces of any size that come shuffled and more than once.
        chance.shuffle(&mut wires);
        for wire in &wires {
            circle.devices[1].take(&enveloped(&circle, 1, std::slice::from_ref(wire))).expect("an honest bundle");
        }
        circle.devices[3].take(&enveloped(&circle, 3, &wires)).expect("an honest bundle");
        let mut pieces: Vec<Vec<u8>> = Vec::new();
        while pieces.len() < wires.len() * 2 {
            pieces.extend_from_slice(&wires);
        }
        chance.shuffle(&mut pieces);
        while !pieces.is_empty() {
            let some = pieces.split_off(pieces.len() - (1 + chance.below(9)).min(pieces.len()));
            circle.devices[4].take(&enveloped(&circle, 4, &some)).expect("an honest bundle");
        }
        let hash = circle.devices[0].hash(&circle.space);
        let one_by_one = shown(&circle.devices[1], &circle);
        for at in [1, 3, 4] {
            assert_eq!(circle.devices[at].hash(&circle.space), hash, "seed {seed}, device {at}");
            let (rows, told) = shown(&circle.devices[at], &circle);
            assert_eq!(rows, one_by_one.0, "seed {seed}, device {at}: rows");
            assert_eq!(told, one_by_one.1, "seed {seed}, device {at}: history");
        }
    }
}

/// Lines of a phone that was put out, which count for nobody who knows it, come between lines that count.
#[test]
fn what_counts_of_a_lot_is_what_counts_one_by_one() {
    let world = World::new("lots, some set aside");
    let circle = Circle::new(&world, 2, 2);
    let (mara, stolen, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let plan = Plan::made_by(mara, Some(space), "relationship");
    mara.apply(plan.add(US, "Breakfast"));
    circle.tell_everything();
    let known: BTreeSet<Vec<u8>> = wires_of(stolen, &space).into_iter().collect();
    mara.companion.remove_device(&space, &stolen.id(), &mara.secret(), &mara.at()).expect("her stolen phone");
    let removal = [2, 3].map(|at| circle.everything(0, at, &space));
    for (at, bundle) in [2, 3].into_iter().zip(&removal) {
        circle.devices[at].take(bundle).expect("an honest bundle");
    }
    for number in 0..3 {
        mara.apply(plan.add(US, &format!("Swim {number}")));
        mara.hash(&space);
        stolen.apply(plan.add(US, &format!("Not hers {number}")));
        stolen.hash(&space);
    }
    let new = |device: &Device| wires_of(device, &space).into_iter().filter(|wire| !known.contains(wire));
    // In turns.
    let wires: Vec<Vec<u8>> = new(mara).zip(new(stolen)).flat_map(|(one, other)| [one, other]).collect();
    assert_eq!(wires.len(), 6);
    circle.devices[2].take(&enveloped(&circle, 2, &wires)).expect("an honest bundle");
    for wire in &wires {
        circle.devices[3].take(&enveloped(&circle, 3, std::slice::from_ref(wire))).expect("an honest bundle");
    }
    let lines = ["Breakfast", "Swim 0", "Swim 1", "Swim 2"];
    for at in [2, 3] {
        let device = &circle.devices[at];
        let mut words = plan.words(device, US);
        words.sort();
        assert_eq!(words, lines, "device {at}");
        assert_eq!(device.hash(&space), mara.hash(&space), "device {at}");
        // What goes on from there is taken for what it is.
        device.apply(plan.add(US, &format!("Walk {at}")));
    }
    assert_eq!(shown_by_others(&circle, 2), shown_by_others(&circle, 3));
}

/// [`shown`] without what the device wrote itself.
fn shown_by_others(circle: &Circle, at: usize) -> Vec<String> {
    let (_, told) = shown(&circle.devices[at], circle);
    told.into_iter().filter(|line| !line.contains("Walk")).collect()
}
