use super::histories::{judge_all, story};
use super::*;
use crate::ids::MemberId;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// The logs of a shelf.
pub(super) struct ShelfLog(pub BTreeMap<BatchId, Entry>);

impl ShelfLog {
    pub fn of(shelf: &Shelf) -> Self {
        ShelfLog(shelf.0.iter().map(|(id, (header, _))| (*id, Entry::from(header))).collect())
    }
}

impl LogView for ShelfLog {
    fn entry(&self, id: &BatchId) -> Option<Entry> {
        self.0.get(id).cloned()
    }
    fn devices(&self) -> Vec<DeviceId> {
        self.0.values().map(|entry| entry.device).collect::<BTreeSet<_>>().into_iter().collect()
    }
    fn heads(&self, device: &DeviceId) -> Vec<BatchId> {
        let followed: BTreeSet<_> = self.0.values().flat_map(|entry| &entry.prev).collect();
        let own = self.0.iter().filter(|(id, entry)| entry.device == *device && !followed.contains(id));
        own.map(|(id, _)| *id).collect()
    }
    fn since(&self, device: &DeviceId, seq: u64) -> Vec<BatchId> {
        let own = self.0.iter().filter(|(_, entry)| entry.device == *device && entry.seq >= seq);
        let mut found: Vec<_> = own.map(|(id, entry)| (entry.seq, *id)).collect();
        found.sort();
        found.into_iter().map(|(_, id)| id).collect()
    }
    fn holding(&self, ask: &Ask) -> Option<BatchId> {
        Some(BatchId(ask.0)).filter(|id| self.0.contains_key(id))
    }
}

const PERSON: MemberId = MemberId([0xa; 32]);
const SUPPORTER: MemberId = MemberId([0xb; 32]);

/// Two members, devices by the names of their writers; what is held, and what the statements say.
struct Table {
    shelf: Shelf,
    devices: BTreeMap<DeviceId, Standing>,
    rules: DocumentRules,
}

impl Table {
    fn new(devices: &[(&Writer, MemberId)]) -> Self {
        let standing = |member| Standing { member, admitted: Admitted::Standing, cuts: vec![] };
        let seed = Chunk::read(OneKind.seed(&birth()).unwrap()).unwrap().id();
        Table {
            shelf: Shelf::default(),
            devices: devices.iter().map(|(writer, member)| (writer.device, standing(*member))).collect(),
            rules: DocumentRules { writer: None, seeds: [seed].into() },
        }
    }
    fn remove(&mut self, writer: &Writer, cut: &[BatchId]) {
        let standing = self.devices.get_mut(&writer.device).unwrap();
        standing.admitted = Admitted::Standing;
        standing.cuts.push(cut.iter().copied().collect());
    }
    fn accept(&self) -> Acceptance {
        let ids: Vec<_> = self.shelf.0.keys().copied().collect();
        let (past, _) = judge_all(&ids, &self.shelf);
        let mut held: Vec<Held> = past.facts().map(|facts| held(&self.shelf.0[&facts.id].0, facts)).collect();
        let log = ShelfLog::of(&self.shelf);
        let documents = [(birth().doc(), self.rules.clone())].into();
        let decide = |held: &[Held]| {
            accept(&Evidence {
                devices: &self.devices,
                documents: &documents,
                batches: held,
                elsewhere: &[],
                log: &log,
                payloads: &self.shelf,
            })
        };
        let decided = decide(&held);
        for turn in 0..4 {
            Dice(turn).shuffle(&mut held);
            assert_eq!(decide(&held), decided);
        }
        decided
    }
}

fn held(header: &Header, facts: &BatchFacts) -> Held {
    Held { doc: header.doc, adopts: header.adopts.clone(), again_of: header.again_of, facts: facts.clone() }
}

fn ids(acceptance: &Acceptance) -> BTreeSet<BatchId> {
    acceptance.accepted.values().flatten().map(|batch| batch.id).collect()
}

fn is_vouched(acceptance: &Acceptance, id: BatchId) -> bool {
    acceptance.accepted.values().flatten().any(|batch| batch.id == id && batch.vouched)
}

#[test]
fn what_members_write_is_accepted_in_causal_order() {
    let (batches, shelf) = story(9, 3, 5);
    let writers: Vec<Writer> = (1..=3).map(Writer::new).collect();
    let mut table = Table::new(&writers.iter().map(|writer| (writer, PERSON)).collect::<Vec<_>>());
    table.shelf = shelf;
    let acceptance = table.accept();
    assert_eq!(ids(&acceptance), batches.iter().map(Batch::id).collect());
    assert!(acceptance.others.is_empty() && acceptance.twins.is_empty());
    let mut seen = table.rules.seeds.clone();
    for batch in &acceptance.accepted[&birth().doc()] {
        let changes = &table.shelf.0[&batch.id].1.changes;
        assert_eq!(batch.changes as usize, changes.len());
        assert!(engine_change(&changes[0]).deps().iter().all(|dep| seen.contains(&ChangeId(dep.0))));
        seen.extend(changes.iter().map(Chunk::id));
    }
}

#[test]
fn only_the_writer_set_writes_and_only_known_devices() {
    let (mut anna, mut bert, mut chris) = (Writer::new(1), Writer::new(2), Writer::new(3));
    let mut table = Table::new(&[(&anna, PERSON), (&bert, SUPPORTER)]);
    table.rules.writer = Some(PERSON);
    anna.put("a", 1);
    bert.put("a", 2);
    chris.put("a", 3);
    let [a, b, c] = [&mut anna, &mut bert, &mut chris].map(|writer| table.shelf.take(&writer.close()));
    anna.receive(&table.shelf.0[&b].1.clone());
    anna.put("a", 4);
    anna.adopts = vec![b];
    let on_b = table.shelf.take(&anna.close());
    let acceptance = table.accept();
    assert_eq!(ids(&acceptance), [a].into());
    let others = [(b, Reason::NotAWriter), (c, Reason::UnknownDevice), (on_b, Reason::DependsOnUnaccepted)].into();
    assert_eq!(acceptance.others, others);
    assert!(!Reason::NotAWriter.is_readable() && Reason::OutsideCut.is_readable());
}

#[test]
fn a_cut_bounds_a_device_and_others_can_vouch_or_adopt() {
    let (mut anna, mut phone, mut bert) = (Writer::new(1), Writer::new(11), Writer::new(2));
    let mut table = Table::new(&[(&anna, PERSON), (&phone, PERSON), (&bert, SUPPORTER)]);
    let mut writes = |table: &mut Table, value| {
        phone.put("a", value);
        table.shelf.take(&phone.close())
    };
    let [first, second, third] = [1, 2, 3].map(|value| writes(&mut table, value));
    table.remove(&phone, &[second]);
    assert_eq!(ids(&table.accept()), [first, second].into());
    assert_eq!(table.accept().others, [(third, Reason::OutsideCut)].into());

    // A second removal, made apart, with a narrower cut; and one whose head is not held covers nothing.
    table.remove(&phone, &[first]);
    assert_eq!(ids(&table.accept()), [first].into());
    table.remove(&phone, &[BatchId([0; 32])]);
    assert_eq!(ids(&table.accept()), BTreeSet::new());

    // Bert's edit stands on the second: it stays, shown as from a removed device, with what it stands on.
    [first, second].iter().for_each(|id| bert.receive(&table.shelf.0[id].1.clone()));
    bert.put("b", 1);
    let on_second = table.shelf.take(&bert.close());
    let acceptance = table.accept();
    assert_eq!(ids(&acceptance), [first, second, on_second].into());
    assert!(is_vouched(&acceptance, second) && !is_vouched(&acceptance, on_second));
    assert_eq!(acceptance.others, [(third, Reason::OutsideCut)].into());

    // Anna takes the third over with one tap.
    anna.adopts = vec![third];
    let adopting = table.shelf.take(&anna.close());
    assert_eq!(ids(&table.accept()), [first, second, third, on_second, adopting].into());

    // A device that is in by its entry in a RootReset's cut counts as authorised; one that was only added once not.
    let standing = table.devices.get_mut(&phone.device).unwrap();
    *standing = Standing { admitted: Admitted::ByResetCut, cuts: vec![[third].into()], ..standing.clone() };
    assert!(!is_vouched(&table.accept(), third));
    let standing = table.devices.get_mut(&phone.device).unwrap();
    *standing = Standing { admitted: Admitted::Once, cuts: vec![], ..standing.clone() };
    assert!(is_vouched(&table.accept(), third));
}

/// Anna's device, copied, wrote two changes with one number; the ids in the order of their change hashes.
fn twins(table: &mut Table, anna: &mut Writer) -> (BatchId, BatchId) {
    anna.put("a", 1);
    table.shelf.take(&anna.close());
    let before = (anna.doc.clone(), anna.closed.clone(), anna.seq, anna.prev.clone());
    anna.put("b", 2);
    let one = table.shelf.take(&anna.close());
    (anna.doc, anna.closed, anna.seq, anna.prev) = before;
    anna.put("b", 3);
    let other = table.shelf.take(&anna.close());
    let hash = |id: &BatchId| table.shelf.0[id].1.changes[0].id();
    if hash(&one) < hash(&other) { (one, other) } else { (other, one) }
}

fn stands_on(table: &mut Table, writer: &mut Writer, batches: &[BatchId]) -> BatchId {
    let mut bodies: Vec<Body> = batches.iter().map(|id| table.shelf.0[id].1.clone()).collect();
    bodies.sort_by_key(|body| engine_change(&body.changes[0]).start_op());
    bodies.iter().for_each(|body| writer.receive(body));
    writer.put("z", i64::from(writer.nonce[0]));
    table.shelf.take(&writer.close())
}

#[test]
fn of_twins_the_one_with_more_people_behind_it_stays() {
    let (mut anna, mut phone, mut bert) = (Writer::new(1), Writer::new(11), Writer::new(2));
    let mut table = Table::new(&[(&anna, PERSON), (&phone, PERSON), (&bert, SUPPORTER)]);
    let (lower, higher) = twins(&mut table, &mut anna);
    let first = *table.shelf.0.keys().find(|id| **id != lower && **id != higher).unwrap();
    let acceptance = table.accept();
    assert_eq!(acceptance.others, [(higher, Reason::LostTwin)].into());
    assert_eq!(acceptance.twins, [anna.device].into());

    // Another device of the same member outweighs the hash.
    let on_higher = stands_on(&mut table, &mut phone, &[first, higher]);
    assert_eq!(table.accept().others, [(lower, Reason::LostTwin)].into());

    // Another member outweighs devices; what stood on the other one is stranded.
    let on_lower = stands_on(&mut table, &mut bert, &[first, lower]);
    let others = [(higher, Reason::LostTwin), (on_higher, Reason::DependsOnUnaccepted)].into();
    assert_eq!(table.accept().others, others);

    // The phone makes its edit again on what stays; it counts for as long as the first is out.
    let mut again = Writer::new(11);
    (again.seq, again.prev) = (phone.seq, phone.prev.clone());
    again.unlock(200);
    again.again_of = Some(on_higher);
    let repeated = stands_on(&mut table, &mut again, &[first, lower, on_lower]);
    assert!(ids(&table.accept()).contains(&repeated));
    table.shelf.0.remove(&on_lower);
    table.shelf.0.remove(&repeated);
    again = Writer::new(11);
    (again.seq, again.prev) = (phone.seq, phone.prev.clone());
    again.unlock(201);
    again.again_of = Some(on_higher);
    let repeated = stands_on(&mut table, &mut again, &[first]);
    let others = [(lower, Reason::LostTwin), (repeated, Reason::AgainOf)].into();
    assert_eq!(table.accept().others, others);
}

#[test]
fn a_batch_that_lost_a_twin_in_its_middle_keeps_what_is_before() {
    let mut anna = Writer::new(1);
    let mut table = Table::new(&[(&anna, PERSON)]);
    (1..=2).for_each(|value| anna.put("a", value));
    let before = (anna.doc.clone(), anna.closed.clone());
    (3..=4).for_each(|value| anna.put("a", value));
    let all = anna.body();
    (anna.doc, anna.closed) = before;
    anna.put("b", 3);
    let forked = anna.body();
    let prefix = Body { birth: Some(birth()), changes: all.changes[..2].to_vec() };
    let (all, prefix) = (Body { birth: Some(birth()), ..all }, prefix);
    let one = table.shelf.take(&anna.sign(&all));
    let mut changes = prefix.changes.clone();
    changes.push(forked.changes.last().unwrap().clone());
    let other = table.shelf.take(&anna.sign(&Body { birth: Some(birth()), changes }));
    let acceptance = table.accept();
    let (kept, lost) =
        if all.changes[2].id() < forked.changes.last().unwrap().id() { (one, other) } else { (other, one) };
    assert_eq!(acceptance.others, [(lost, Reason::LostTwin)].into());
    let taken: BTreeMap<_, _> =
        acceptance.accepted[&birth().doc()].iter().map(|batch| (batch.id, batch.changes)).collect();
    assert_eq!(taken[&lost], 2);
    assert_eq!(taken[&kept] as usize, table.shelf.0[&kept].1.changes.len());
    assert_eq!(acceptance.twins, [anna.device].into());
}

/// A made-up batch of changes by a device, all hashes named after `n`.
fn made_up(n: u8, device: u8, first_seq: u64, count: u32, deps: &[u8]) -> Held {
    let facts = BatchFacts {
        id: BatchId([n; 32]),
        device: DeviceId([device; 32]),
        actor: ActorKey([device; 16]),
        first_seq,
        count,
        start_op: u64::from(n) * 10,
        max_op: u64::from(n) * 10 + u64::from(count) - 1,
        deps: deps.iter().map(|dep| ChangeId([*dep; 32])).collect(),
        first: Some(ChangeId([if count == 1 { n } else { n + 100 }; 32])),
        last: Some(ChangeId([n; 32])),
        births: false,
    };
    Held { doc: birth().doc(), adopts: vec![], again_of: None, facts }
}

fn lost(held: &[Held]) -> Vec<u8> {
    // Devices below 10 are the person's.
    let standing = |device: u8| {
        let member = if device < 10 { PERSON } else { SUPPORTER };
        (DeviceId([device; 32]), Standing { member, admitted: Admitted::Standing, cuts: vec![] })
    };
    let devices = (0..20).map(standing).collect();
    let documents = [(birth().doc(), DocumentRules { writer: None, seeds: BTreeSet::new() })].into();
    let (log, payloads) = (ShelfLog(BTreeMap::new()), &Shelf::default());
    let decided = accept(&Evidence {
        devices: &devices,
        documents: &documents,
        batches: held,
        elsewhere: &[],
        log: &log,
        payloads,
    });
    assert_eq!(ids(&decided).len() + decided.others.len(), held.len());
    decided.others.keys().map(|id| id.0[0]).collect()
}

#[test]
fn support_counts_other_members_then_other_devices() {
    // 1 and 2 are twins of device 1; alone, the lower hash stays.
    let twins = [made_up(1, 1, 1, 1, &[]), made_up(2, 1, 1, 1, &[])];
    let with = |more: &[Held]| lost(&[twins.as_slice(), more].concat());
    assert_eq!(with(&[]), [2]);
    // The author's own next batch on the other one says nothing.
    assert_eq!(with(&[made_up(3, 1, 2, 1, &[2])]), [2, 3]);
    // Three devices of the author's member give way to one other member.
    let own = [made_up(4, 4, 1, 1, &[1]), made_up(5, 5, 1, 1, &[1]), made_up(6, 6, 1, 1, &[1])];
    assert_eq!(with(&[own.as_slice(), &[made_up(7, 11, 1, 1, &[2])]].concat()), [1, 4, 5, 6]);
    // Through others counts as well; two devices of one member are one member, but two devices.
    assert_eq!(with(&[made_up(3, 1, 2, 1, &[2]), made_up(4, 11, 1, 1, &[3])]), [1]);
    let one_member = [made_up(4, 11, 1, 1, &[1]), made_up(5, 11, 2, 1, &[4]), made_up(6, 12, 1, 1, &[2])];
    assert_eq!(with(&one_member), [2, 6]);
    assert_eq!(with(&[one_member.as_slice(), &[made_up(7, 13, 1, 1, &[6])]].concat()), [1, 4, 5]);
}

#[test]
fn a_batch_that_lost_both_its_changes_is_out() {
    let twins = [made_up(1, 1, 1, 2, &[]), made_up(2, 1, 1, 2, &[]), made_up(3, 11, 1, 1, &[2])];
    assert_eq!(lost(&twins), [1]);
}

/// Made-up facts: devices, numbers, dependencies, again-of and adoptions without sense, but acyclic dependencies.
fn nonsense(dice: &mut Dice) -> (Vec<Held>, BTreeMap<DeviceId, Standing>, ShelfLog) {
    let mut held: Vec<Held> = Vec::new();
    let mut tips: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
    let mut log = BTreeMap::new();
    let id = |n: usize| BatchId(sha256(&[b"batch", &n.to_le_bytes()]));
    for n in 0..24 {
        let device = dice.below(4) as u8;
        let own = tips.entry(device).or_default();
        // Mostly after the last of one's own, sometimes after an earlier one: twins.
        let before = if dice.below(4) == 0 { own.get(dice.below(own.len())) } else { own.last() }.copied();
        own.push(n);
        let mut deps: Vec<usize> = before.into_iter().collect();
        deps.extend((0..dice.below(3)).filter(|_| n > 0).map(|_| dice.below(n)));
        deps.sort();
        deps.dedup();
        let change = ChangeId(sha256(&[b"change", &n.to_le_bytes()]));
        let first_seq = before.map_or(1, |before| held[before].facts.first_seq + 1);
        let start_op = deps.iter().map(|dep| held[*dep].facts.max_op + 1).max().unwrap_or(4);
        let facts = BatchFacts {
            id: id(n),
            device: DeviceId([device; 32]),
            actor: ActorKey([device; 16]),
            first_seq,
            count: 1,
            start_op,
            max_op: start_op,
            deps: deps.iter().filter_map(|dep| held[*dep].facts.last).collect(),
            first: Some(change),
            last: Some(change),
            births: false,
        };
        let prev = before.map(id).into_iter().collect();
        log.insert(id(n), Entry { space: birth().space, device: facts.device, seq: first_seq, prev });
        let again_of = (dice.below(3) == 0).then(|| id(dice.below(24)));
        let adopts = if dice.below(4) == 0 { vec![id(dice.below(24))] } else { vec![] };
        held.push(Held { doc: birth().doc(), adopts, again_of, facts });
    }
    let mut standing = |device: u8| {
        let admitted = [Admitted::Standing, Admitted::Standing, Admitted::ByResetCut, Admitted::Once][dice.below(4)];
        let member = if device < 2 { PERSON } else { SUPPORTER };
        let cuts = (0..dice.below(2)).map(|_| [id(dice.below(24)), id(dice.below(24))].into()).collect();
        (DeviceId([device; 32]), Standing { member, admitted, cuts })
    };
    let devices = (0..4).map(&mut standing).collect();
    (held, devices, ShelfLog(log))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn acceptance_is_one_answer_and_keeps_its_promises(seed: u64) {
        let mut dice = Dice(seed);
        let (mut held, devices, log) = nonsense(&mut dice);
        let documents = [(birth().doc(), DocumentRules { writer: None, seeds: BTreeSet::new() })].into();
        let shelf = Shelf::default();
        let decide = |held: &[Held]| {
            accept(&Evidence { devices: &devices, documents: &documents, batches: held, elsewhere: &[], log: &log, payloads: &shelf })
        };
        let decided = decide(&held);
        dice.shuffle(&mut held);
        prop_assert_eq!(&decide(&held), &decided);
        // The same batch handed in twice is one batch.
        let twice: Vec<_> = held.iter().chain(&held).cloned().collect();
        prop_assert_eq!(&decide(&twice), &decided);

        let taken = ids(&decided);
        let by_change: BTreeMap<_, _> = held.iter().map(|held| (held.facts.first.unwrap(), held)).collect();
        let mut numbers = BTreeSet::new();
        for held in held.iter().filter(|held| taken.contains(&held.facts.id)) {
            prop_assert!(held.facts.deps.iter().all(|dep| taken.contains(&by_change[dep].facts.id)));
            prop_assert!(numbers.insert((held.facts.actor, held.facts.first_seq)));
            prop_assert!(held.again_of.is_none_or(|of| !taken.contains(&of)));
        }
        for held in &held {
            prop_assert!(taken.contains(&held.facts.id) != decided.others.contains_key(&held.facts.id));
        }
    }
}
