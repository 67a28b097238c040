//! What one member's batches can cost everybody else when it is decided which of them count: no more than in proportion to
//! their number. Every shape here passes the gate, and needs an app of one's own.

use belay::batch::{
    Admitted, Ask, BatchFacts, Body, DocumentRules, Entry, Evidence, Held, LogView, Payloads, Standing, accept,
};
use belay::ids::{ActorKey, BatchId, ChangeId, DeviceId, DocId, MemberId};
use std::cell::Cell;
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

/// Holds nothing, and counts how often it is asked.
#[derive(Default)]
struct Counted(Cell<usize>);

impl Payloads for Counted {
    fn body(&self, _: &BatchId) -> Option<Body> {
        self.0.set(self.0.get() + 1);
        None
    }
}

fn name(kind: u8, number: u32) -> [u8; 32] {
    let mut name = [kind; 32];
    name.iter_mut().zip(number.wrapping_mul(2_654_435_761).to_be_bytes()).for_each(|(to, from)| *to = from);
    name
}

const DEVICE: DeviceId = DeviceId([1; 32]);
const DOC: DocId = DocId([3; 32]);
const SEED: ChangeId = ChangeId([4; 32]);

/// A batch of one change, the first of an actor of its own, that stands on the seed.
fn batch(number: u32) -> Held {
    let mut actor = [6; 16];
    actor.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    let change = ChangeId(name(5, number));
    let facts = BatchFacts {
        id: BatchId(name(7, number)),
        device: DEVICE,
        actor: ActorKey(actor),
        first_seq: 1,
        count: 1,
        start_op: 4,
        max_op: 4,
        deps: vec![SEED],
        first: Some(change),
        last: Some(change),
        births: number == 0,
    };
    Held { doc: DOC, adopts: Vec::new(), again_of: None, facts }
}

/// How many are accepted, how many payloads were asked for, and how long it took.
fn decided(held: &[Held]) -> (usize, usize, Duration) {
    let member = MemberId([2; 32]);
    let standing = Standing { member, admitted: Admitted::Standing, cuts: Vec::new() };
    let devices = BTreeMap::from([(DEVICE, standing)]);
    let documents = BTreeMap::from([(DOC, DocumentRules { writer: Some(member), seeds: [SEED].into() })]);
    let payloads = Counted::default();
    let begun = Instant::now();
    let (devices, documents) = (&devices, &documents);
    let input = Evidence { devices, documents, batches: held, elsewhere: &[], log: &Nothing, payloads: &payloads };
    let accepted = accept(&input).accepted.remove(&DOC).unwrap_or_default().len();
    (accepted, payloads.0.get(), begun.elapsed())
}

/// Eight times as many cost at most three times as much each.
fn grows_with_its_number(of: impl Fn(u32) -> Vec<Held>, accepted: impl Fn(u32) -> Option<usize>) {
    // The quickest of three: others work on this machine as well.
    let time = |count| {
        let (held, expected) = (of(count), accepted(count));
        let once = || {
            let (found, _, time) = decided(&held);
            assert!(expected.is_none_or(|expected| expected == found), "{found} of {count}");
            time
        };
        [once(), once(), once()].into_iter().min().expect("three")
    };
    let (few, many) = (time(500), time(4_000));
    eprintln!("{few:?} for 500, {many:?} for 4,000");
    assert!(many < few.max(Duration::from_millis(10)) * 24, "{few:?} for 500, {many:?} for 4,000");
}

/// One number of one actor again and again: no fork of the log is needed for it, and every batch passes the gate.
/// Red before: sixty times as much for eight times as many. 4,000 are 2 MB in a file.
#[test]
fn many_twins_cost_little_more_than_they_are() {
    let twin = |number| {
        let Held { facts, .. } = batch(number);
        Held { facts: BatchFacts { actor: ActorKey([6; 16]), ..facts }, ..batch(number) }
    };
    grows_with_its_number(|count| (0..count).map(batch).collect(), |count| Some(count as usize));
    grows_with_its_number(|count| (0..count).map(twin).collect(), |_| Some(1));
}

/// Twins at every number of two long lines, so that each stands under all that follow.
#[test]
fn twins_all_along_two_lines_cost_little_more_than_they_are() {
    let line = |number: u32, which: u32| {
        let one = batch(2 * number + which);
        let before = number.checked_sub(1).map_or(SEED, |before| ChangeId(name(5, 2 * before + which)));
        let (seq, op) = (u64::from(number) + 1, u64::from(number) + 4);
        let facts = BatchFacts {
            actor: ActorKey([6; 16]),
            first_seq: seq,
            start_op: op,
            max_op: op,
            deps: vec![before],
            ..one.facts
        };
        Held { facts, ..one }
    };
    let lines = |count: u32| (0..count / 2).flat_map(|number| [line(number, 0), line(number, 1)]).collect();
    grows_with_its_number(lines, |_| None);
}

/// One change that lies in many batches, and many that stand on it, none of which counts.
#[test]
fn a_change_that_many_hold_and_many_name_costs_little_more_than_they_are() {
    let holding = |number| {
        let Held { facts, .. } = batch(number);
        let change = Some(ChangeId(name(9, 0)));
        Held {
            facts: BatchFacts {
                actor: ActorKey([6; 16]),
                first: change,
                last: change,
                deps: vec![ChangeId(name(9, 1))],
                ..facts
            },
            ..batch(number)
        }
    };
    let naming = |number| {
        let Held { facts, .. } = batch(number);
        Held {
            facts: BatchFacts { deps: vec![ChangeId(name(9, 0))], start_op: 5, max_op: 5, ..facts },
            ..batch(number)
        }
    };
    let all = |count: u32| (0..count / 2).map(holding).chain((count / 2..count).map(naming)).collect();
    grows_with_its_number(all, |_| Some(0));
}

/// Each says that it makes the one after it again, so that every second one counts.
#[test]
fn a_row_of_batches_that_make_one_another_again_costs_little_more_than_it_is() {
    let row = |count: u32| {
        let next = |number: u32| (number + 1 < count).then(|| BatchId(name(7, number + 1)));
        let one = |number: u32| {
            let one = batch(number);
            // Counted backwards: what is made again comes later in every order of going through them.
            let facts = BatchFacts { start_op: 4 + u64::from(number), max_op: 4 + u64::from(number), ..one.facts };
            Held { facts, again_of: next(number), ..one }
        };
        (0..count).map(one).collect()
    };
    grows_with_its_number(row, |count| Some(count as usize / 2));
}

/// What stands on a change that nobody holds any more is decided anew with everything that comes. Red before: each time all
/// batches of the document were opened.
#[test]
fn for_what_is_missing_few_batches_are_opened() {
    let line = |number: u32| {
        let one = batch(number);
        let before = number.checked_sub(1).map_or(SEED, |before| ChangeId(name(8, before)));
        let (seq, op) = (3 * u64::from(number) + 1, 3 * u64::from(number) + 4);
        let last = Some(ChangeId(name(8, number)));
        let facts = BatchFacts {
            actor: ActorKey([6; 16]),
            first_seq: seq,
            count: 3,
            start_op: op,
            max_op: op + 2,
            deps: vec![before],
            last,
            ..one.facts
        };
        Held { facts, ..one }
    };
    let mut all: Vec<Held> = (0..500).map(line).collect();
    let on_nothing = batch(600);
    all.push(Held {
        facts: BatchFacts { deps: vec![ChangeId([9; 32])], start_op: 300, max_op: 300, ..on_nothing.facts },
        ..on_nothing
    });
    let (accepted, opened, _) = decided(&all);
    assert_eq!(accepted, 500);
    assert!(opened <= 1, "{opened} were opened");
}
