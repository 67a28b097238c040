//! An actor that wrote two changes with one number: judged on exactly what each stands on.

use super::*;
use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};

/// Anna's device wrote one change, then, copied, two different ones after it.
struct Split {
    shelf: Shelf,
    anna: Writer,
    first: BatchId,
    /// Makes a map as operation 5.
    map: BatchId,
    /// Sets a value as operation 5.
    value: BatchId,
}

fn split() -> Split {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    anna.put("a", 1);
    let first = shelf.take(&anna.close());
    let before = (anna.doc.clone(), anna.closed.clone(), anna.seq, anna.prev.clone());
    let items = anna.object("items");
    anna.doc.put_object(&items, "k", ObjType::Map).unwrap();
    anna.doc.commit();
    let map = shelf.take(&anna.close());
    (anna.doc, anna.closed, anna.seq, anna.prev) = before;
    anna.put("b", 2);
    let value = shelf.take(&anna.close());
    Split { shelf, anna, first, map, value }
}

/// Bert received these and writes into operation 5 as into a map.
fn into_the_map(split: &mut Split, received: &[BatchId], deps: &[BatchId]) -> BatchId {
    let mut bert = Writer::new(2);
    for id in received {
        bert.receive(&split.shelf.0[id].1.clone());
    }
    bert.put("c", 3);
    let mut body = bert.body();
    let mut change = engine_change(&body.changes[0]).decode();
    change.operations = vec![Op {
        action: OpType::Put(1.into()),
        obj: ObjectId::Id(OpId::new(5, &engine_actor(&split.anna.actor()))),
        key: Key::Map("x".into()),
        pred: vec![].into(),
        insert: false,
    }];
    change.deps = deps.iter().map(|id| ChangeHash(split.shelf.0[id].1.changes.last().unwrap().id().0)).collect();
    body.changes = vec![chunk_of(change)];
    split.shelf.take(&bert.sign(&body))
}

fn past_of(split: &Split, order: [&BatchId; 3]) -> DocumentPast {
    let mut past = DocumentPast::new(birth().doc());
    for id in order {
        split.shelf.passes(id, &mut past);
    }
    past
}

#[test]
fn a_change_is_judged_on_the_twin_it_stands_on() {
    let mut split = split();
    let (first, map, value) = (split.first, split.map, split.value);
    let on_map = into_the_map(&mut split, &[first, map], &[map]);
    let on_value = into_the_map(&mut split, &[first, value], &[value]);
    let on_both = into_the_map(&mut split, &[first, value], &[map, value]);
    for order in [[&first, &map, &value], [&first, &value, &map]] {
        let mut past = past_of(&split, order);
        assert_eq!(split.shelf.judge(&on_value, &mut past), Verdict::Refused(Refusal::UnknownTarget));
        assert_eq!(split.shelf.judge(&on_both, &mut past), Verdict::Refused(Refusal::WrongDependency));
        split.shelf.passes(&on_map, &mut past);
        let facts = past.facts().cloned().collect();
        let mut rebuilt = DocumentPast::rebuild(&birth(), facts, &OneKind, &split.shelf).unwrap();
        assert_eq!(split.shelf.judge(&on_value, &mut rebuilt), Verdict::Refused(Refusal::UnknownTarget));
    }
}

#[test]
fn twins_are_found_through_others() {
    let mut split = split();
    let (first, map, value) = (split.first, split.map, split.value);
    let on_map = into_the_map(&mut split, &[first, map], &[map]);
    let mut chris = Writer::new(3);
    [first, value].iter().for_each(|id| chris.receive(&split.shelf.0[id].1.clone()));
    chris.put("d", 1);
    let on_value = split.shelf.take(&chris.close());
    let mut past = past_of(&split, [&first, &map, &value]);
    split.shelf.passes(&on_map, &mut past);
    split.shelf.passes(&on_value, &mut past);
    chris.put("d", 2);
    let mut body = chris.body();
    let mut change = engine_change(&body.changes[0]).decode();
    change.deps.push(ChangeHash(split.shelf.0[&on_map].1.changes[0].id().0));
    body.changes = vec![chunk_of(change)];
    let on_both = split.shelf.take(&chris.sign(&body));
    assert_eq!(split.shelf.judge(&on_both, &mut past), Verdict::Refused(Refusal::WrongDependency));
}

#[test]
fn who_stands_on_the_middle_of_a_batch_knows_nothing_of_its_end() {
    let (mut anna, mut bert, mut shelf) = (Writer::new(1), Writer::new(2), Shelf::default());
    (1..=3).for_each(|value| anna.put("a", value));
    let first = shelf.take(&anna.close());
    let all = shelf.0[&first].1.clone();
    bert.receive(&Body { birth: None, changes: all.changes[..2].to_vec() });
    bert.put("a", 9);
    let mut body = bert.body();
    let mut past = DocumentPast::new(birth().doc());
    shelf.passes(&first, &mut past);
    // Operation 5 is in Bert's past, 6 is not, though both are in the batch.
    for (counter, known) in [(5, true), (6, false)] {
        let mut change = engine_change(&body.changes[0]).decode();
        change.operations[0].pred = vec![OpId::new(counter, &engine_actor(&anna.actor()))].into();
        body.changes = vec![chunk_of(change)];
        bert.seq = 0;
        bert.prev.clear();
        let id = shelf.take(&bert.sign(&body));
        let verdict = shelf.judge(&id, &mut past);
        assert_eq!(matches!(verdict, Verdict::Passed(_)), known, "{verdict:?}");
    }
}

#[test]
fn each_branch_of_an_actor_goes_on_by_itself() {
    let mut split = split();
    // Anna's copy holds `value`; her next change follows it, whichever came first.
    split.anna.put("b", 3);
    let id = split.shelf.take(&split.anna.close());
    for order in [[&split.first, &split.map, &split.value], [&split.first, &split.value, &split.map]] {
        let facts = split.shelf.passes(&id, &mut past_of(&split, order));
        assert_eq!(facts.first_seq, 3);
    }
    // On the other one alone its operations are counted from elsewhere: the map is no value of "b".
    let (header, body) = split.shelf.0[&id].clone();
    let mut change = engine_change(&body.changes[0]).decode();
    change.deps = vec![ChangeHash(split.shelf.0[&split.map].1.changes[0].id().0)];
    let body = Body { changes: vec![chunk_of(change)], ..body };
    let mut past = past_of(&split, [&split.first, &split.map, &split.value]);
    let verdict = judge(&BatchId([1; 32]), &header, &body, &mut past, &split.shelf, &OneKind);
    assert_eq!(verdict, Verdict::Refused(Refusal::UnknownTarget));
}

#[test]
fn one_change_in_two_batches_is_one_change() {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    (1..=5).for_each(|value| anna.put("a", value));
    let all = anna.body();
    let part = |from: usize, to: usize| Body { birth: Some(birth()), changes: all.changes[from..to].to_vec() };
    let ids = [(0, 3), (0, 5), (2, 4), (1, 2), (3, 5)].map(|(from, to)| shelf.take(&anna.sign(&part(from, to))));
    anna.put("a", 6);
    let body = Body { birth: Some(birth()), ..anna.body() };
    let next = shelf.take(&anna.sign(&body));
    let mut bert = Writer::new(2);
    bert.receive(&part(0, 4));
    bert.put("a", 7);
    let middle = shelf.take(&bert.close());
    for turn in 0..20u64 {
        let mut order = ids;
        Dice(turn).shuffle(&mut order);
        let mut past = DocumentPast::new(birth().doc());
        for id in order.iter().chain(&order).chain(&order) {
            shelf.judge(id, &mut past);
        }
        assert_eq!(past.facts().count(), 5, "turn {turn}");
        shelf.passes(&next, &mut past);
        // A dependency on the middle of a batch is found by opening it.
        shelf.passes(&middle, &mut past);
        let facts = past.facts().cloned().collect();
        let rebuilt = DocumentPast::rebuild(&birth(), facts, &OneKind, &shelf).unwrap();
        assert_eq!(rebuilt.facts().count(), 7);
    }
}

/// What is on the shelf, and how often it was asked for.
struct Counted<'s>(&'s Shelf, std::cell::Cell<usize>);

impl Payloads for Counted<'_> {
    fn body(&self, id: &BatchId) -> Option<Body> {
        self.1.set(self.1.get() + 1);
        self.0.body(id)
    }
}

/// Red before: for each of its changes, all of the other batch was inflated, which takes a minute where both are full.
#[test]
fn what_repeats_another_batch_opens_it_once() {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    (1..=60).for_each(|value| anna.put("a", value));
    let all = Body { birth: Some(birth()), ..anna.body() };
    let but_one = Body { birth: Some(birth()), changes: all.changes[..59].to_vec() };
    let ids = [&all, &all, &but_one].map(|body| shelf.take(&anna.sign(body)));
    let mut past = DocumentPast::new(birth().doc());
    let counted = Counted(&shelf, std::cell::Cell::new(0));
    for id in &ids {
        let (header, body) = &shelf.0[id];
        let verdict = judge(id, header, body, &mut past, &counted, &OneKind);
        assert!(matches!(verdict, Verdict::Passed(_)), "{verdict:?}");
    }
    assert!(counted.1.get() <= 2, "{} times", counted.1.get());
}

#[test]
fn without_payloads_nothing_is_guessed() {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    anna.type_at(0, 0, "abc");
    let first = shelf.take(&anna.close());
    anna.type_at(1, 1, "");
    let second = shelf.take(&anna.close());
    let mut past = DocumentPast::new(birth().doc());
    let facts = shelf.passes(&first, &mut past);
    let mut dropped = Shelf::default();
    dropped.0.insert(second, shelf.0[&second].clone());
    let mut rebuilt = DocumentPast::rebuild(&birth(), vec![facts.clone()], &OneKind, &dropped).unwrap();
    let waits = Verdict::Waits { for_changes: vec![facts.last.unwrap()] };
    assert_eq!(dropped.judge(&second, &mut rebuilt), waits);
    shelf.passes(&second, &mut past);
}

/// Two batches that begin with the same changes, one that goes on after the longer one, and the facts of the first two.
fn anna_writes(count: i64) -> (Shelf, [BatchId; 3], Vec<BatchFacts>) {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    (1..=count).for_each(|value| anna.put("a", value));
    let all = anna.body();
    let part = |to: usize| Body { birth: Some(birth()), changes: all.changes[..to].to_vec() };
    let (short, long) = (shelf.take(&anna.sign(&part(3))), shelf.take(&anna.sign(&part(5))));
    anna.put("a", 9);
    let body = Body { birth: Some(birth()), ..anna.body() };
    let next = shelf.take(&anna.sign(&body));
    let mut past = DocumentPast::new(birth().doc());
    let facts = vec![shelf.passes(&short, &mut past), shelf.passes(&long, &mut past)];
    (shelf, [short, long, next], facts)
}

/// The words of a twin outside a cut may be gone; what others wrote in the document must not be held up by it.
#[test]
fn a_twin_without_its_words_is_left_out_and_the_rest_goes_on() {
    let mut split = split();
    let (first, map, value) = (split.first, split.map, split.value);
    let on_map = into_the_map(&mut split, &[first, map], &[map]);
    let mut chris = Writer::new(3);
    [first, value].iter().for_each(|id| chris.receive(&split.shelf.0[id].1.clone()));
    chris.put("d", 1);
    let on_value = split.shelf.take(&chris.close());
    let mut past = past_of(&split, [&first, &map, &value]);
    split.shelf.passes(&on_map, &mut past);
    let facts: Vec<BatchFacts> = past.facts().cloned().collect();
    for gone in [map, value] {
        let mut shelf = split.shelf.clone();
        shelf.0.remove(&gone);
        let mut rebuilt = DocumentPast::rebuild(&birth(), facts.clone(), &OneKind, &shelf).expect("no damage");
        assert!(rebuilt.facts_of(&first).is_some());
        assert!(rebuilt.facts_of(&gone).is_some(), "the header says enough of a twin");
        shelf.passes(&on_value, &mut rebuilt);
    }
    // Where two begin alike only words tell them apart.
    let all = anna_writes(5);
    for gone in 0..2 {
        let mut shelf = all.0.clone();
        shelf.0.remove(&all.1[gone]);
        let mut rebuilt = DocumentPast::rebuild(&birth(), all.2.clone(), &OneKind, &shelf).expect("no damage");
        let verdict = shelf.judge(&all.1[2], &mut rebuilt);
        assert!(matches!(verdict, Verdict::Passed(_) | Verdict::Waits { .. }), "{verdict:?}");
    }
    // What stands on a batch that is gone with all it said is left out; facts that do not belong together are damage.
    let torn = facts.iter().filter(|facts| facts.id != first).cloned().collect();
    let rebuilt = DocumentPast::rebuild(&birth(), torn, &OneKind, &split.shelf).expect("a gap");
    assert!(rebuilt.facts_of(&first).is_none());
    let mut other = facts.clone();
    other.iter_mut().for_each(|facts| facts.first_seq += 7);
    assert!(DocumentPast::rebuild(&birth(), other, &OneKind, &split.shelf).is_none());
}
