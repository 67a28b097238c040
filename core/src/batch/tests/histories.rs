use super::*;
use proptest::prelude::*;

/// Some devices edit apart and meet now and then; every batch in the order it was closed.
pub(super) fn story(seed: u64, writers: u8, rounds: usize) -> (Vec<Batch>, Shelf) {
    let mut dice = Dice(seed);
    let mut people: Vec<Writer> = (1..=writers).map(Writer::new).collect();
    let (mut batches, mut shelf) = (Vec::new(), Shelf::default());
    let mut read = vec![0; people.len()];
    for round in 0..rounds {
        for who in 0..people.len() {
            people[who].put("round", round as i64);
            for _ in 0..dice.below(4) {
                people[who].edit(&mut dice);
            }
            let batch = people[who].close();
            shelf.take(&batch);
            batches.push(batch);
            if dice.below(3) == 0 {
                for batch in batches.iter().skip(read[who]) {
                    let (header, body) = &shelf.0[&batch.id()];
                    if header.device != people[who].device {
                        people[who].receive(body);
                    }
                }
                read[who] = batches.len();
            }
            if dice.below(5) == 0 {
                people[who].unlock(100 + round as u8);
            }
        }
    }
    (batches, shelf)
}

/// Judges in any order, again and again while something waits.
pub(super) fn judge_all(ids: &[BatchId], shelf: &Shelf) -> (DocumentPast, BTreeMap<BatchId, Verdict>) {
    let mut past = DocumentPast::new(birth().doc());
    let mut verdicts = BTreeMap::new();
    loop {
        let before = past.facts().count();
        for id in ids {
            verdicts.insert(*id, shelf.judge(id, &mut past));
        }
        if past.facts().count() == before {
            return (past, verdicts);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn honest_histories_pass_in_every_order(seed: u64, writers in 1u8..4) {
        let (batches, shelf) = story(seed, writers, 6);
        let mut ids: Vec<_> = batches.iter().map(Batch::id).collect();
        let (past, in_order) = judge_all(&ids, &shelf);
        for id in &ids {
            prop_assert!(matches!(in_order[id], Verdict::Passed(_)), "{:?}", in_order[id]);
        }
        Dice(seed).shuffle(&mut ids);
        let (shuffled, verdicts) = judge_all(&ids, &shelf);
        prop_assert_eq!(&verdicts, &in_order);
        let mut facts: Vec<_> = shuffled.facts().cloned().collect();
        Dice(seed ^ 1).shuffle(&mut facts);
        let changes = past.facts().flat_map(|facts| shelf.0[&facts.id].1.changes.iter().map(engine_change)).collect();
        prop_assert!(holds_together(changes).is_ok());

        // From facts alone the next batch is judged the same.
        let mut rebuilt = DocumentPast::rebuild(&birth(), facts.clone(), &OneKind, &shelf).unwrap();
        for facts in &facts {
            let encoded = crate::cbor::encode(facts);
            prop_assert_eq!(crate::cbor::decode::<BatchFacts>(&encoded), Some(facts.clone()));
            prop_assert_eq!(rebuilt.facts_of(&facts.id), Some(facts));
        }
        let mut next = Writer::new(77);
        for id in in_order.keys() {
            next.receive(&shelf.0[id].1);
        }
        next.edit(&mut Dice(seed));
        next.put("last", 1);
        let mut shelf = shelf;
        let id = shelf.take(&next.close());
        let mut past = past;
        prop_assert_eq!(shelf.judge(&id, &mut rebuilt), shelf.judge(&id, &mut past));
        prop_assert!(matches!(shelf.judge(&id, &mut past), Verdict::Passed(_)));
    }
}

#[test]
fn a_thousand_one_edit_batches_pass_and_share_their_past() {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    let mut past = DocumentPast::new(birth().doc());
    for i in 0..1_000 {
        anna.type_at(i, 0, "a");
        let id = shelf.take(&anna.close());
        let facts = shelf.passes(&id, &mut past);
        assert_eq!((facts.first_seq, facts.count), (i as u64 + 1, 1));
    }
}

#[test]
fn a_text_of_four_hundred_sessions_can_be_deleted_at_once() {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    let mut past = DocumentPast::new(birth().doc());
    for session in 0..400u16 {
        anna.nonce[..2].copy_from_slice(&session.to_be_bytes());
        anna.doc.set_actor(engine_actor(&anna.actor()));
        anna.type_at(0, 0, "a");
        let id = shelf.take(&anna.close());
        shelf.passes(&id, &mut past);
    }
    anna.type_at(0, 400, "");
    let id = shelf.take(&anna.close());
    let facts = past.facts().cloned().collect();
    shelf.passes(&id, &mut past);
    shelf.passes(&id, &mut DocumentPast::rebuild(&birth(), facts, &OneKind, &shelf).unwrap());
}

#[test]
fn a_batch_before_its_past_waits_and_names_what_is_missing() {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    anna.put("a", 1);
    let first = shelf.take(&anna.close());
    anna.put("a", 2);
    let second = shelf.take(&anna.close());
    let mut past = DocumentPast::new(birth().doc());
    // Without the birth nothing is asked by hash: the device's earlier batch brings it.
    assert_eq!(shelf.judge(&second, &mut past), Verdict::Waits { for_changes: vec![] });
    let mut bert = Writer::new(2);
    bert.receive(&shelf.0[&first].1.clone());
    bert.put("a", 3);
    let third = shelf.take(&bert.close());
    let missing = shelf.0[&first].1.changes[0].id();
    assert_eq!(shelf.judge(&third, &mut past), Verdict::Waits { for_changes: vec![missing] });
    for id in [first, second, third] {
        shelf.passes(&id, &mut past);
    }
}

#[test]
fn one_that_only_adopts_passes_and_an_empty_one_does_not() {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    let mut past = DocumentPast::new(birth().doc());
    let empty = shelf.take(&anna.close());
    assert_eq!(shelf.judge(&empty, &mut past), Verdict::Refused(Refusal::Empty));
    let mut bert = Writer::new(2);
    bert.adopts = vec![BatchId([9; 32])];
    let adopting = shelf.take(&bert.close());
    let facts = shelf.passes(&adopting, &mut past);
    assert_eq!((facts.count, facts.first, facts.births), (0, None, true));
}

#[test]
fn what_is_newer_is_held_back() {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    anna.put("a", 1);
    let id = shelf.take(&anna.close());
    let (header, body) = shelf.0[&id].clone();
    let judged =
        |header: Header, body: &Body| judge(&id, &header, body, &mut DocumentPast::new(header.doc), &shelf, &OneKind);
    let newer = Header { min_reader: READER + 1, ..header.clone() };
    assert_eq!(judged(newer, &body), Verdict::HeldBack(Newer::Reader(READER + 1)));
    let newer = Header { v: 2, ..header.clone() };
    assert_eq!(judged(newer, &body), Verdict::HeldBack(Newer::Reader(2)));
    for kind in [0, 2, 7, 8, 99] {
        assert_eq!(judged(Header { kind, ..header.clone() }, &body), Verdict::HeldBack(Newer::BatchKind(kind)));
    }
    let other = Birth { kind: 2, ..birth() };
    let newer = Header { doc: other.doc(), ..header };
    assert_eq!(judged(newer, &Body { birth: Some(other), ..body }), Verdict::HeldBack(Newer::DocumentKind(2)));
}
