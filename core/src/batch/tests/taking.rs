//! Taking over: what a batch says, what a cut covers, and who else's adoptions count.

use super::accepting::ShelfLog;
use super::*;
use crate::ids::MemberId;
use std::collections::BTreeSet;

#[test]
fn the_words_of_a_batch_are_read_off_it_in_pieces() {
    let mut anna = Writer::new(1);
    anna.type_at(0, 0, "walk 🌧 né");
    let first = anna.body();
    assert_eq!(added_words(&first, |_| true), ["walk 🌧 né"]);
    // In the middle of what was there, at its end, and under two keys of a map.
    anna.type_at(5, 0, "slowly ");
    anna.type_at(0, 4, "run");
    let values = anna.object("values");
    anna.doc.put(&values, "title", "for Ana").unwrap();
    anna.doc.put(&values, "order", "Vm").unwrap();
    anna.doc.put(&values, "count", 3).unwrap();
    anna.doc.commit();
    let second = anna.body();
    assert_eq!(added_words(&second, |key| key == "title"), ["slowly ", "run", "for Ana"]);
    assert_eq!(added_words(&Body::default(), |_| true), Vec::<String>::new());
}

#[test]
fn a_cut_is_whole_once_all_under_its_heads_is_here() {
    let (mut anna, mut shelf) = (Writer::new(1), Shelf::default());
    let ids: Vec<BatchId> = (1..=4)
        .map(|value| {
            anna.put("a", value);
            shelf.take(&anna.close())
        })
        .collect();
    let log = |held: &[BatchId]| {
        let mut log = ShelfLog::of(&shelf);
        log.0.retain(|id, _| held.contains(id));
        log
    };
    let heads = BTreeSet::from([ids[2]]);
    let all = covered(&heads, &log(&ids));
    assert_eq!((all.whole, all.batches), (true, ids[..3].iter().copied().collect()));
    // The head is missing; one under it is; something after it never matters.
    assert!(!covered(&heads, &log(&[ids[0], ids[1], ids[3]])).whole);
    let gap = covered(&heads, &log(&[ids[0], ids[2]]));
    assert_eq!((gap.whole, gap.batches), (false, heads.clone()));
    assert!(covered(&heads, &log(&ids[..3])).whole);
    assert_eq!(covered(&BTreeSet::new(), &log(&ids)), Covered { batches: BTreeSet::new(), whole: true });
}

#[test]
fn adoptions_from_elsewhere_count_for_those_who_may_write_here() {
    let (person, supporter) = (MemberId([0xa; 32]), MemberId([0xb; 32]));
    let (mut phone, mut shelf) = (Writer::new(11), Shelf::default());
    phone.put("a", 1);
    let out = shelf.take(&phone.close());
    let mut past = DocumentPast::new(birth().doc());
    let facts = shelf.passes(&out, &mut past);
    let standing = Standing { member: person, admitted: Admitted::Standing, cuts: vec![BTreeSet::new()] };
    let devices = BTreeMap::from([(phone.device, standing)]);
    let rules = DocumentRules { writer: Some(person), seeds: past.seed().into_iter().collect() };
    let documents = BTreeMap::from([(birth().doc(), rules)]);
    let held = [Held { doc: birth().doc(), adopts: vec![out], again_of: None, facts }];
    let decide = |elsewhere: &[Adoption]| {
        let log = ShelfLog::of(&shelf);
        let (devices, documents) = (&devices, &documents);
        let evidence = Evidence { devices, documents, batches: &held, elsewhere, log: &log, payloads: &shelf };
        assert_eq!(adoptions(&evidence), [], "what lies outside a cut takes nothing over, itself neither");
        accept(&evidence).others.get(&out).copied()
    };
    assert_eq!(decide(&[]), Some(Reason::OutsideCut));
    assert_eq!(decide(&[Adoption { batch: out, by: supporter }]), Some(Reason::OutsideCut));
    assert_eq!(decide(&[Adoption { batch: BatchId([1; 32]), by: person }]), Some(Reason::OutsideCut));
    assert_eq!(decide(&[Adoption { batch: out, by: person }]), None);
}

#[test]
fn reasons_keep_their_numbers() {
    let numbers: Vec<u8> = Reason::ALL.iter().map(|reason| reason.number()).collect();
    assert_eq!(numbers, [100, 101, 102, 103, 104, 105]);
    assert!(Reason::ALL.iter().all(|reason| Reason::from_number(reason.number()) == Some(*reason)));
    assert_eq!((Reason::from_number(99), Reason::from_number(106)), (None, None));
    assert_eq!(Reason::OutsideCut.number(), 102);
}
