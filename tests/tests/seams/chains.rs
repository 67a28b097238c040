//! What is needed one behind the other costs as much as it is long, not the square of that.

use crate::cast::{Theft, US, after, signed, takes_over};
use belay::batch::{Body, Chunk, derive_actor};
use belay::document::plan::{EntryState, steps};
use belay::ids::ElementId;
use belay_tests::{Forge, World};
use std::time::{Duration, Instant};

/// A stolen phone's app writes so many batches outside the cut, each on the one before, whose place in the log is never
/// shown; then one honest tap takes over the last.
fn chain_of(length: u8) -> Duration {
    let world = World::new("chain");
    let theft = Theft::new(&world);
    let (mara, space) = (theft.mara(), theft.circle.space);
    let birth = Forge::birth_of(mara, &theft.joint());
    let mut forge = Forge::with_keys_of(theft.stolen(), &space);
    let mut doc = Forge::doc_of(mara, &birth);
    let actor = derive_actor(&forge.device, &birth.doc(), &forge.nonce);
    let mut chain = Vec::new();
    for number in 0..=length {
        let line =
            EntryState { part: US.into(), text: format!("{number}"), order: "m".into(), ..EntryState::default() };
        let made = doc.perform(actor, &steps::add_entry(ElementId([number; 16]), &line)).expect("steps that fit");
        let changes = made.into_iter().map(|bytes| Chunk::read(bytes).expect("a change")).collect();
        let body = Body { birth: Some(birth.clone()), changes };
        let batch = signed(&forge, &birth, body.encode(&[7; 16]).expect("small"), |_| {});
        after(&mut forge, &batch);
        chain.push(batch);
    }
    let last = chain.last().expect("a chain").id();
    let taking = takes_over(&Forge::with_keys_of(theft.theo(), &space), &birth, last);
    let removal = theft.remove();
    let mut wires: Vec<_> = chain.iter().map(belay::batch::Batch::encode).collect();
    let first = wires.remove(0);
    theft.tell(0, &removal, wires);
    // The first comes last, and beside its log: everything else is needed step by step.
    let begun = Instant::now();
    theft.tell(0, &[], vec![taking.encode()]);
    theft.tell(0, &[], vec![first]);
    let took = begun.elapsed();
    assert_eq!(theft.plan.words(mara, US).len(), usize::from(length) + 2);
    took
}

#[test]
fn a_chain_outside_a_cut_costs_as_much_as_it_is_long() {
    let (short, long) = (chain_of(40), chain_of(160));
    println!("{short:?} {long:?}");
    assert!(long < short * 10, "{short:?} for 40, {long:?} for 160");
}

/// A supporter's app writes so many lines in the joint part, each under an actor of its own and each on the one that comes
/// after it in the log.
fn backwards(length: u8) {
    let world = World::new("backwards");
    let theft = Theft::new(&world);
    let (mara, space) = (theft.mara(), theft.circle.space);
    let birth = Forge::birth_of(mara, &theft.joint());
    let mut forge = Forge::with_keys_of(theft.theo(), &space);
    let mut doc = Forge::doc_of(mara, &birth);
    let mut made = Vec::new();
    for number in 0..length {
        let nonce = [number; 16];
        let line =
            EntryState { part: US.into(), text: format!("{number}"), order: "m".into(), ..EntryState::default() };
        let actor = derive_actor(&forge.device, &birth.doc(), &nonce);
        let changes = doc.perform(actor, &steps::add_entry(ElementId([number; 16]), &line)).expect("steps that fit");
        made.push((nonce, changes));
    }
    let mut wires = Vec::new();
    for (nonce, changes) in made.into_iter().rev() {
        let changes = changes.into_iter().map(|bytes| Chunk::read(bytes).expect("a change")).collect();
        let body = Body { birth: Some(birth.clone()), changes };
        let batch = signed(&forge, &birth, body.encode(&[7; 16]).expect("small"), |draft| draft.actor_nonce = nonce);
        after(&mut forge, &batch);
        wires.push(batch.encode());
    }
    theft.tell(0, &[], wires);
    assert_eq!(theft.plan.words(mara, US).len(), usize::from(length) + 1);
}

#[test]
fn a_log_that_stands_on_itself_backwards_counts_whole() {
    backwards(160);
}
