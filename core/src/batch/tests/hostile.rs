use super::histories::{judge_all, story};
use super::*;
use crate::batch::prescan::prescan;
use automerge::ScalarValue;
use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use std::num::NonZeroU64;

/// More with BELAY_FUZZ_CASES=…
fn cases() -> usize {
    std::env::var("BELAY_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(2_000)
}

fn expanded(chunk: &Chunk) -> ExpandedChange {
    let mut change = engine_change(chunk).decode();
    change.hash = None;
    change
}

/// Anna's first batch, its one change (a value, a text, a deletion in it) altered.
fn altered(alter: impl FnOnce(&mut ExpandedChange)) -> Verdict {
    let mut anna = Writer::new(1);
    let (values, body) = (anna.object("values"), anna.object("body"));
    anna.doc.put(&values, "a", 1).unwrap();
    anna.doc.splice_text(&body, 0, 0, "abc").unwrap();
    anna.doc.splice_text(&body, 1, 1, "").unwrap();
    anna.doc.commit();
    let mut honest = anna.body();
    let mut change = expanded(&honest.changes[0]);
    alter(&mut change);
    honest.changes[0] = chunk_of(change);
    judged(&mut anna, &honest)
}

fn judged(writer: &mut Writer, body: &Body) -> Verdict {
    let mut shelf = Shelf::default();
    let id = shelf.take(&writer.sign(body));
    shelf.judge(&id, &mut DocumentPast::new(birth().doc()))
}

fn refused(alter: impl FnOnce(&mut ExpandedChange)) -> Refusal {
    match altered(alter) {
        Verdict::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_unaltered_change_passes() {
    assert!(matches!(altered(|_| ()), Verdict::Passed(_)));
}

#[test]
fn what_a_change_says_of_itself_must_be_so() {
    assert_eq!(refused(|change| change.actor_id = ActorId::from([9; 16])), Refusal::WrongActor);
    let seed = engine_actor(&derive_seed_actor(&birth().doc()));
    assert_eq!(refused(|change| change.actor_id = seed), Refusal::WrongActor);
    assert_eq!(refused(|change| change.seq = 2), Refusal::WrongSequence);
    assert_eq!(refused(|change| change.seq = 0), Refusal::BadChunk);
    assert_eq!(refused(|change| change.start_op = NonZeroU64::new(5).unwrap()), Refusal::WrongStart);
    assert_eq!(refused(|change| change.start_op = NonZeroU64::new(3).unwrap()), Refusal::WrongStart);
    assert_eq!(refused(|change| change.start_op = NonZeroU64::new(1 << 31).unwrap()), Refusal::BadChunk);
    assert_eq!(refused(|change| change.start_op = NonZeroU64::new((1 << 31) - 2).unwrap()), Refusal::BadChunk);
    assert_eq!(refused(|change| change.time = 1), Refusal::BadChunk);
    assert_eq!(refused(|change| change.message = Some("hello".into())), Refusal::BadChunk);
    assert_eq!(refused(|change| change.extra_bytes = vec![1, 1, 7]), Refusal::BadChunk);
    assert_eq!(refused(|change| change.deps.clear()), Refusal::WrongDependency);
    assert_eq!(refused(|change| change.deps = vec![change.deps[0]; 2]), Refusal::BadChunk);
    assert_eq!(refused(|change| change.operations.clear()), Refusal::BadChunk);
    let missing = ChangeId([8; 32]);
    let waits = altered(|change| change.deps.push(ChangeHash(missing.0)));
    assert_eq!(waits, Verdict::Waits { for_changes: vec![missing] });
}

#[test]
fn only_our_operations_pass() {
    let puts = |value: ScalarValue| refused(|change| change.operations[0].action = OpType::Put(value));
    assert_eq!(puts(ScalarValue::F64(1.5)), Refusal::NotAllowedOperation);
    assert_eq!(puts(ScalarValue::counter(1)), Refusal::NotAllowedOperation);
    assert_eq!(puts(ScalarValue::Timestamp(1)), Refusal::NotAllowedOperation);
    assert_eq!(puts(ScalarValue::Unknown { type_code: 12, bytes: vec![1] }), Refusal::NotAllowedOperation);
    for kind in [ObjType::List, ObjType::Table] {
        let refusal = refused(|change| change.operations[0].action = OpType::Make(kind));
        assert_eq!(refusal, Refusal::NotAllowedOperation);
    }
    assert_eq!(refused(|change| change.operations[0].action = OpType::Increment(1)), Refusal::NotAllowedOperation);
    assert_eq!(refused(|change| change.operations[1].action = OpType::MarkEnd(true)), Refusal::NotAllowedOperation);
    for inside in ["", "two"] {
        let text = OpType::Put(ScalarValue::Str(inside.into()));
        assert_eq!(refused(|change| change.operations[1].action = text), Refusal::NotAllowedOperation);
    }
    let number = OpType::Put(ScalarValue::Int(1));
    assert_eq!(refused(|change| change.operations[1].action = number), Refusal::NotAllowedOperation);
    let object = OpType::Make(ObjType::Map);
    assert_eq!(refused(|change| change.operations[1].action = object), Refusal::NotAllowedOperation);
    // Writing over an element instead of deleting it.
    let written = OpType::Put(ScalarValue::Str("x".into()));
    assert_eq!(refused(|change| change.operations[4].action = written), Refusal::NotAllowedOperation);
    assert_eq!(refused(|change| change.operations[0].key = Key::Map("".into())), Refusal::BadChunk);
    assert_eq!(refused(|change| change.operations[0].key = Key::Map("k".repeat(257).into())), Refusal::BadChunk);
}

#[test]
fn what_an_operation_names_must_be_there_and_fit() {
    let own = |change: &ExpandedChange, counter| OpId::new(counter, &change.actor_id);
    let seed = |counter| OpId::new(counter, &engine_actor(&derive_seed_actor(&birth().doc())));
    let unknown = |alter: &dyn Fn(&mut ExpandedChange)| assert_eq!(refused(alter), Refusal::UnknownTarget);
    // Operations 4 to 8: a value, three elements, a deletion of the second. Seed: 1 the text, 2 and 3 maps.
    unknown(&|change| change.operations[0].obj = ObjectId::Id(seed(9)));
    unknown(&|change| change.operations[0].obj = ObjectId::Id(OpId::new(1, &ActorId::from([3; 16]))));
    unknown(&|change| change.operations[0].obj = ObjectId::Id(seed(1)));
    unknown(&|change| change.operations[0].obj = ObjectId::Id(own(change, 4)));
    unknown(&|change| change.operations[1].obj = ObjectId::Id(seed(2)));
    unknown(&|change| change.operations[1].obj = ObjectId::Root);
    unknown(&|change| change.operations[1].key = Key::Seq(ElementId::Id(own(change, 6))));
    unknown(&|change| change.operations[1].key = Key::Seq(ElementId::Id(own(change, 4))));
    unknown(&|change| change.operations[1].key = Key::Seq(ElementId::Id(seed(1))));
    unknown(&|change| change.operations[0].pred = vec![seed(1)].into());
    unknown(&|change| change.operations[0].pred = vec![own(change, 4)].into());
    unknown(&|change| change.operations[1].pred = vec![own(change, 4)].into());
    unknown(&|change| change.operations[4].pred = vec![].into());
    // An element of another text, a deletion as element, and the same key of another map.
    let op = |action, obj, key, insert| Op { action, obj, key, pred: vec![].into(), insert };
    let letter = |obj, key| op(OpType::Put(ScalarValue::Str("x".into())), obj, key, true);
    unknown(&|change| {
        change.operations.push(op(OpType::Make(ObjType::Text), ObjectId::Root, Key::Map("t".into()), false));
        let (text, element) = (ObjectId::Id(own(change, 9)), Key::Seq(ElementId::Id(own(change, 5))));
        change.operations.push(letter(text, element));
    });
    unknown(&|change| {
        let element = Key::Seq(ElementId::Id(own(change, 8)));
        change.operations.push(letter(ObjectId::Id(seed(1)), element));
    });
    unknown(&|change| {
        let value = op(OpType::Put(1.into()), ObjectId::Root, Key::Map("a".into()), false);
        change.operations.push(Op { pred: vec![own(change, 4)].into(), ..value });
    });
    unknown(&|change| change.operations[4].pred = vec![own(change, 5)].into());
    unknown(&|change| change.operations[4].key = Key::Seq(ElementId::Head));
    // A deletion in a map needs what it deletes, of that very key, and nothing follows a deletion.
    let delete = |key: &str, pred: Vec<OpId>| Op {
        action: OpType::Delete,
        obj: ObjectId::Id(seed(3)),
        key: Key::Map(key.into()),
        pred: pred.into(),
        insert: false,
    };
    unknown(&|change| change.operations.push(delete("a", vec![])));
    unknown(&|change| change.operations.push(delete("b", vec![own(change, 4)])));
    unknown(&|change| change.operations.push(delete("a", vec![own(change, 4), own(change, 4)])));
    unknown(&|change| {
        change.operations.push(delete("a", vec![own(change, 4)]));
        change.operations.push(delete("a", vec![own(change, 9)]));
    });
    let fine = altered(|change| change.operations.push(delete("a", vec![own(change, 4)])));
    assert!(matches!(fine, Verdict::Passed(_)), "{fine:?}");
}

#[test]
fn numbers_within_a_batch_follow_on() {
    let change = |writer: &mut Writer, value| {
        writer.put("a", value);
        expanded(&writer.body().changes[0])
    };
    let mut anna = Writer::new(1);
    let (first, second) = (change(&mut anna, 1), change(&mut anna, 2));
    let mut batch = |changes: Vec<ExpandedChange>| {
        let mut body = Body { birth: Some(birth()), changes: Vec::new() };
        for mut change in changes {
            if let Some(before) = body.changes.last() {
                change.deps = vec![ChangeHash(before.id().0)];
            }
            body.changes.push(chunk_of(change));
        }
        anna.seq = 0;
        anna.prev.clear();
        judged(&mut anna, &body)
    };
    assert!(matches!(batch(vec![first.clone(), second.clone()]), Verdict::Passed(_)));
    let repeated = ExpandedChange { start_op: second.start_op, ..first.clone() };
    assert_eq!(batch(vec![first.clone(), repeated]), Verdict::Refused(Refusal::WrongSequence));
    let skipped = ExpandedChange { seq: 3, ..second.clone() };
    assert_eq!(batch(vec![first.clone(), skipped]), Verdict::Refused(Refusal::WrongSequence));
    assert_eq!(batch(vec![second.clone(), first.clone()]), Verdict::Refused(Refusal::WrongSequence));
    let late = ExpandedChange { start_op: NonZeroU64::new(9).unwrap(), ..second };
    assert_eq!(batch(vec![first, late]), Verdict::Refused(Refusal::WrongStart));
}

#[test]
fn nobody_writes_under_the_actor_of_another() {
    let (mut anna, mut mallory) = (Writer::new(1), Writer::new(66));
    anna.put("a", 1);
    let body = anna.body();
    mallory.nonce = anna.nonce;
    assert_eq!(judged(&mut mallory, &body), Verdict::Refused(Refusal::WrongActor));
}

#[test]
fn a_birth_that_is_not_the_documents_is_refused() {
    let with = |birth| {
        let mut anna = Writer::new(1);
        anna.put("a", 1);
        let body = Body { birth: Some(birth), ..anna.body() };
        judged(&mut anna, &body)
    };
    assert!(matches!(with(birth()), Verdict::Passed(_)));
    let forged = [
        Birth { writer: Some(crate::ids::MemberId([1; 32])), ..birth() },
        Birth { space: SpaceId([1; 32]), ..birth() },
        Birth { kind: 2, ..birth() },
        Birth { nonce: [1; 32], ..birth() },
    ];
    for birth in forged {
        assert_eq!(with(birth), Verdict::Refused(Refusal::WrongBirth));
    }
}

#[test]
fn every_flipped_bit_of_a_batch_is_refused() {
    let mut anna = Writer::new(1);
    anna.type_at(0, 0, "words");
    let public = anna.key.public();
    let bytes = anna.close().encode();
    let good = |bytes: &[u8]| Batch::parse(bytes).and_then(|(batch, header)| batch.verify(&header, &public));
    assert_eq!(good(&bytes), Ok(()));
    for at in 0..bytes.len() {
        for bit in [1, 16, 128] {
            let mut flipped = bytes.clone();
            flipped[at] ^= bit;
            assert!(good(&flipped).is_err(), "byte {at}, bit {bit}");
        }
        assert!(good(&bytes[..at]).is_err());
    }
    assert!(good(&[bytes.as_slice(), &[0]].concat()).is_err());
    // A fourth part that nobody signed.
    let mut longer = [bytes.as_slice(), &[0]].concat();
    longer[0] = 0x84;
    assert!(good(&longer).is_err());
}

#[test]
fn another_key_does_not_sign_for_a_device() {
    let mut anna = Writer::new(1);
    anna.put("a", 1);
    let batch = anna.close();
    let header = batch.header().unwrap();
    assert_eq!(batch.verify(&header, &Writer::new(2).key.public()), Err(Refusal::UnknownDevice));
    let mut forged = batch.clone();
    forged.signature[0] ^= 1;
    assert_eq!(forged.verify(&header, &anna.key.public()), Err(Refusal::BadSignature));
    let mut dropped = batch;
    dropped.payload = None;
    assert_eq!((dropped.encode().first(), dropped.encode().last()), (Some(&0x83), Some(&0xf6)));
    let (read, _) = Batch::parse(&dropped.encode()).unwrap();
    assert_eq!(read.verify(&header, &anna.key.public()), Ok(()));
}

/// A change of `count` equal operations in some 69 bytes (protocol-evidence.md §1.4).
fn bomb(count: i64) -> Vec<u8> {
    let signed = |mut value: i64| {
        let mut out = Vec::new();
        loop {
            let byte = (value & 0x7f) as u8;
            value >>= 7;
            if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
                out.push(byte);
                return out;
            }
            out.push(byte | 0x80);
        }
    };
    let run = |value: &[u8]| [&signed(count), value].concat();
    let columns =
        [(21, run(&[1, b'k'])), (52, write_unsigned(count as u64)), (66, run(&[1])), (86, run(&[0])), (112, run(&[0]))];
    let mut data = [&[0, 16], [5; 16].as_slice(), &[1, 1, 0, 0, 0, columns.len() as u8]].concat();
    columns.iter().for_each(|(number, column)| data.extend([*number, column.len() as u8]));
    columns.iter().for_each(|(_, column)| data.extend(column));
    with_checksum(&data)
}

#[test]
fn the_small_change_with_ten_million_operations_is_refused_unread() {
    let small = Chunk::read(bomb(100)).unwrap();
    assert_eq!(prescan(&small).unwrap().ops, 100, "the shape itself is sound");
    for count in [5_001, 10_000_000, 100_000_000, i64::MAX] {
        let bytes = bomb(count);
        assert_eq!(prescan(&Chunk::read(bytes).unwrap()), Err(Refusal::BadChunk));
    }
    assert_eq!(bomb(10_000_000).len(), 69, "as measured");
}

#[test]
fn a_body_that_inflates_without_end_costs_what_it_states() {
    use std::io::Read;
    let mut deflated = Vec::new();
    let zeros = std::io::repeat(0).take(64 << 20);
    flate2::read::DeflateEncoder::new(zeros, flate2::Compression::best()).read_to_end(&mut deflated).unwrap();
    let stating = |size: u32| [&[0; 16], [1].as_slice(), &size.to_le_bytes(), &deflated].concat();
    for size in [0, 1, 1 << 20] {
        assert_eq!(Body::decode(&stating(size)), Err(Refusal::BadPayload));
    }
    for size in [(1 << 20) + 1, 64 << 20, u32::MAX] {
        assert_eq!(Body::decode(&stating(size)), Err(Refusal::TooBig));
    }
    // Cut short, a byte too many, or stating too little or too much: refused as well.
    let mut anna = Writer::new(1);
    anna.type_at(0, 0, &"words and words ".repeat(40));
    let good = anna.body().encode(&[0; 16]).unwrap();
    assert!(Body::decode(&good).is_ok());
    assert!(Body::decode(&good[..good.len() - 1]).is_err());
    assert!(Body::decode(&[good.as_slice(), &[0]].concat()).is_err());
    let mut less = good.clone();
    less[17] -= 1;
    assert_eq!(Body::decode(&less), Err(Refusal::BadPayload));
    for at in 16..21 {
        let mut bad = good.clone();
        bad[at] ^= 2;
        assert!(Body::decode(&bad).is_err(), "byte {at}");
    }
}

#[test]
fn more_operations_than_a_batch_may_hold_are_refused() {
    let mut anna = Writer::new(1);
    anna.type_at(0, 0, &"a".repeat(2_500));
    anna.type_at(0, 0, &"b".repeat(2_500));
    let body = anna.body();
    assert!(matches!(judged(&mut anna, &body), Verdict::Passed(_)));
    let mut bert = Writer::new(2);
    bert.type_at(0, 0, &"a".repeat(2_500));
    bert.type_at(0, 0, &"b".repeat(2_501));
    let body = bert.body();
    assert_eq!(judged(&mut bert, &body), Verdict::Refused(Refusal::TooBig));
    let mut chris = Writer::new(3);
    chris.type_at(0, 0, &"a".repeat(5_001));
    let body = chris.body();
    assert_eq!(judged(&mut chris, &body), Verdict::Refused(Refusal::BadChunk));
}

fn mutate_bytes(dice: &mut Dice, data: &mut Vec<u8>) {
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(data.len());
        let number = write_unsigned(dice.roll() >> dice.below(64));
        match dice.below(9) {
            0 | 1 => data[at] ^= 1 << dice.below(8),
            2 => data[at] = dice.roll() as u8,
            3 => data[at] = [0, 0x7f, 0x80, 0xff, 1][dice.below(5)],
            4 => data.iter_mut().skip(at).zip(number).for_each(|(byte, new)| *byte = new),
            5 => drop(data.splice(at..at, number)),
            6 if data.len() > 1 => drop(data.remove(at)),
            7 => data.truncate(at.max(1)),
            _ => {
                let other = dice.below(data.len());
                data.swap(at, other);
            }
        }
    }
}

fn any_name(dice: &mut Dice, change: &ExpandedChange) -> OpId {
    let seed = engine_actor(&derive_seed_actor(&birth().doc()));
    let actors = [change.actor_id.clone(), seed, engine_actor(&Writer::new(1).actor()), ActorId::from([9; 16])];
    OpId::new(dice.below(60) as u64, &actors[dice.below(4)])
}

fn mutate_meaning(dice: &mut Dice, change: &mut ExpandedChange) {
    let name = any_name(dice, change);
    let at = dice.below(change.operations.len());
    match dice.below(14) {
        0 => change.seq = [1, 2, 3, 99, u64::MAX >> 1, u64::MAX][dice.below(6)],
        1 => {
            let starts = [1, 2, 50, 1_000, u64::from(u32::MAX) - 3, 1 << 40, u64::MAX];
            change.start_op = NonZeroU64::new(starts[dice.below(7)]).unwrap();
        }
        2 => change.operations.reverse(),
        3 => {
            let op = change.operations[at].clone();
            change.operations.extend(vec![op; 5]);
        }
        4 => change.operations[at].pred = vec![name].into(),
        5 => change.operations[at].obj = ObjectId::Id(name),
        6 => change.operations[at].key = Key::Seq(ElementId::Id(name)),
        7 => change.operations[at].key = Key::Map("k1".into()),
        8 => change.operations[at].insert ^= true,
        9 => change.operations.truncate(at.max(1)),
        10 => drop(change.operations.remove(at)),
        11 => change.operations[at].pred = vec![].into(),
        12 => change.operations[at].action = OpType::Delete,
        _ => change.operations[at].action = OpType::Make([ObjType::Map, ObjType::Text][dice.below(2)]),
    }
}

/// A body whose change `at` became `changed`, the later ones standing on it.
fn restand(body: &Body, at: usize, changed: Vec<u8>) -> Option<Body> {
    let mut changes = body.changes[..at].to_vec();
    changes.push(Chunk::read(changed).ok()?);
    for later in &body.changes[at + 1..] {
        let before = changes.last()?.id();
        changes.push(Chunk::read(with_checksum(&[&[1], before.0.as_slice(), &later.data()[33..]].concat())).ok()?);
    }
    Some(Body { birth: body.birth.clone(), changes })
}

fn hostile_body(dice: &mut Dice, body: &Body) -> Option<Body> {
    let at = dice.below(body.changes.len());
    let changed = if dice.below(2) == 0 {
        let mut data = body.changes[at].data().to_vec();
        mutate_bytes(dice, &mut data);
        with_checksum(&data)
    } else {
        let mut change = expanded(&body.changes[at]);
        mutate_meaning(dice, &mut change);
        if change.operations.is_empty() {
            return None;
        }
        // The engine itself panics where it writes what cannot be; that is no case of ours.
        std::panic::catch_unwind(|| Change::from(change).raw_bytes().to_vec()).ok()?
    };
    let mut body = restand(body, at, changed)?;
    if dice.below(2) == 0 {
        body.changes.truncate(at + 1);
    }
    Some(body)
}

#[test]
fn what_passes_never_harms_the_engine() {
    let (batches, honest) = story(5, 3, 5);
    let ids: Vec<_> = batches.iter().map(Batch::id).collect();
    let (past, _) = judge_all(&ids, &honest);
    let facts: Vec<_> = ids.iter().map(|id| past.facts_of(id).unwrap().clone()).collect();
    let (mut passed, mut refusals) = (0, BTreeMap::<Refusal, usize>::new());
    for case in 0..cases() {
        let mut dice = Dice(case as u64 * 7_919 + 1);
        let victim = dice.below(ids.len());
        let (header, body) = &honest.0[&ids[victim]];
        let Some(body) = hostile_body(&mut dice, body) else { continue };
        let mut past = DocumentPast::rebuild(&birth(), facts[..victim].to_vec(), &OneKind, &honest).unwrap();
        let body = Body { birth: Some(birth()), ..body };
        match judge(&BatchId([0xee; 32]), header, &body, &mut past, &honest, &OneKind) {
            Verdict::Passed(_) => {
                passed += 1;
                let before = ids[..victim].iter().flat_map(|id| &honest.0[id].1.changes);
                let all = before.chain(&body.changes).map(engine_change).collect();
                let outcome = std::panic::catch_unwind(|| holds_together(all));
                assert!(matches!(outcome, Ok(Ok(_))), "case {case}: {outcome:?}");
            }
            Verdict::Refused(refusal) => *refusals.entry(refusal).or_default() += 1,
            Verdict::Waits { for_changes } => assert!(!for_changes.is_empty(), "case {case}"),
            Verdict::HeldBack(newer) => panic!("case {case}: {newer:?}"),
        }
    }
    println!("passed {passed}, refused {refusals:?}");
    assert!(passed > 0 && refusals.len() > 5, "the cases reach every step: {passed} {refusals:?}");
}
