//! Copy to tests/tests/twins_cost.rs; `cargo test --workspace --test twins_cost -- --nocapture`.
//!
//! One member writes the same number of one actor again and again in a document of their own (a lane): what it costs to
//! decide which stays. No fork of the log is needed for it, and every batch passes the gate.

use belay::batch::{
    Admitted, Ask, BatchFacts, Body, DocumentRules, Entry, Evidence, Held, LogView, Payloads, Standing, accept,
};
use belay::ids::{ActorKey, BatchId, ChangeId, DeviceId, DocId, MemberId};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

struct Nothing;

impl LogView for Nothing {
    fn entry(&self, _: &BatchId) -> Option<Entry> {
        None
    }
    fn devices(&self) -> Vec<DeviceId> {
        Vec::new()
    }
    fn heads(&self, _: &DeviceId) -> Vec<BatchId> {
        Vec::new()
    }
    fn since(&self, _: &DeviceId, _: u64) -> Vec<BatchId> {
        Vec::new()
    }
    fn holding(&self, _: &Ask) -> Option<BatchId> {
        None
    }
}

impl Payloads for Nothing {
    fn body(&self, _: &BatchId) -> Option<Body> {
        None
    }
}

fn name(kind: u8, number: u32) -> [u8; 32] {
    let mut name = [kind; 32];
    name.iter_mut().zip(number.wrapping_mul(2_654_435_761).to_be_bytes()).for_each(|(to, from)| *to = from);
    name
}

/// So many batches of one change each; all with number 1 of one actor, or each the first of an actor of its own.
fn time(count: u32, twins: bool) -> Duration {
    let (device, member, doc) = (DeviceId([1; 32]), MemberId([2; 32]), DocId([3; 32]));
    let seed = ChangeId([4; 32]);
    let held: Vec<Held> = (0..count)
        .map(|number| {
            let change = ChangeId(name(5, number));
            let mut actor = [6; 16];
            if !twins {
                actor.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
            }
            let facts = BatchFacts {
                id: BatchId(name(7, number)),
                device,
                actor: ActorKey(actor),
                first_seq: 1,
                count: 1,
                start_op: 4,
                max_op: 4,
                deps: vec![seed],
                first: Some(change),
                last: Some(change),
                births: number == 0,
            };
            Held { doc, adopts: Vec::new(), again_of: None, facts }
        })
        .collect();
    let standing = Standing { member, admitted: Admitted::Standing, cuts: Vec::new() };
    let devices = BTreeMap::from([(device, standing)]);
    let documents = BTreeMap::from([(doc, DocumentRules { writer: Some(member), seeds: [seed].into() })]);
    let begun = Instant::now();
    let input = Evidence {
        devices: &devices,
        documents: &documents,
        batches: &held,
        elsewhere: &[],
        log: &Nothing,
        payloads: &Nothing,
    };
    let accepted = accept(&input).accepted.remove(&doc).unwrap_or_default().len();
    assert_eq!(accepted, if twins { 1 } else { count as usize });
    begun.elapsed()
}

/// FAILS today: eight times as many cost some sixty times as much. 4,000 are 2 MB in a file.
#[test]
fn many_twins_cost_little_more_than_they_are() {
    let (few, many) = (time(500, true), time(4_000, true));
    let control = (time(500, false), time(4_000, false));
    println!("twins {few:?} -> {many:?}; of actors of their own {:?} -> {:?}", control.0, control.1);
    assert!(many < few * 24, "{few:?} for 500, {many:?} for 4,000");
}
