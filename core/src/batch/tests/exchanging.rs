use super::accepting::ShelfLog;
use super::*;

/// A log of this length by one device, one edit a batch.
fn log(name: u8, length: usize) -> (Writer, Vec<Batch>, ShelfLog) {
    let mut writer = Writer::new(name);
    let batches: Vec<_> = (0..length)
        .map(|at| {
            writer.put("a", at as i64);
            writer.close()
        })
        .collect();
    let known = ShelfLog(batches.iter().map(|batch| (batch.id(), Entry::from(&batch.header().unwrap()))).collect());
    (writer, batches, known)
}

fn holdings(heads: &[(&Batch, u64)]) -> Holdings {
    Holdings {
        space: birth().space,
        device: DeviceId([9; 32]),
        counter: 1,
        statements: vec![],
        logs: heads
            .iter()
            .map(|(batch, seq)| LogHead { device: batch.header().unwrap().device, seq: *seq, id: batch.id() })
            .collect(),
        cards: vec![],
        asks: vec![],
    }
}

fn ids_of(batches: &[Batch]) -> Vec<BatchId> {
    batches.iter().map(Batch::id).collect()
}

#[test]
fn every_batch_has_its_place() {
    let (mut anna, batches, mut known) = log(1, 3);
    let placed = |batch: &Batch, known: &ShelfLog| place(&batch.id(), &batch.header().unwrap(), known);
    assert_eq!(placed(&batches[1], &known), Place::Duplicate);
    anna.put("b", 1);
    let before = (anna.seq, anna.prev.clone());
    let next = anna.close();
    assert_eq!(placed(&next, &known), Place::Next);
    assert_eq!(placed(&next, &ShelfLog(BTreeMap::new())), Place::WaitsFor(vec![batches[2].id()]));
    known.0.insert(next.id(), Entry::from(&next.header().unwrap()));
    // A copy of the device goes on from the same place.
    (anna.seq, anna.prev) = before;
    anna.put("b", 2);
    let fork = anna.close();
    assert_eq!(placed(&fork, &known), Place::Fork);
    known.0.insert(fork.id(), Entry::from(&fork.header().unwrap()));
    // The next real one names both heads.
    anna.prev = vec![next.id(), fork.id()];
    anna.put("b", 3);
    let healed = anna.close();
    assert_eq!(placed(&healed, &known), Place::Next);
    // Another beginning, seqs that skip or repeat, and the log of another.
    (anna.seq, anna.prev) = (0, vec![]);
    assert_eq!(placed(&anna.close(), &known), Place::Fork);
    for seq in [2, 5] {
        (anna.seq, anna.prev) = (seq, vec![batches[2].id()]);
        let broken = anna.close();
        assert_eq!(placed(&broken, &known), Place::Broken, "seq {}", seq + 1);
    }
    let mut bert = Writer::new(2);
    (bert.seq, bert.prev) = (3, vec![batches[2].id()]);
    bert.put("a", 1);
    assert_eq!(placed(&bert.close(), &known), Place::Broken);
}

#[test]
fn one_sends_what_the_other_lacks_parents_first() {
    let (_, batches, known) = log(1, 200);
    let ids = ids_of(&batches);
    assert_eq!(to_send(None, &known), ids);
    assert_eq!(to_send(Some(&holdings(&[])), &known), ids);
    assert_eq!(to_send(Some(&holdings(&[(&batches[149], 150)])), &known), ids[150..]);
    assert_eq!(to_send(Some(&holdings(&[(&batches[199], 200)])), &known), []);
    // A head that is not here at seq 180: from 116 on.
    let (_, other, _) = log(1, 1);
    let unknown = Holdings {
        logs: vec![LogHead { id: BatchId([7; 32]), seq: 180, device: other[0].header().unwrap().device }],
        ..holdings(&[])
    };
    assert_eq!(to_send(Some(&unknown), &known), ids[115..]);
    // What is asked for comes with what is before it.
    let asking = Holdings { asks: vec![ids[99].into()], ..unknown };
    let sent = to_send(Some(&asking), &known);
    assert_eq!(sent, [&ids[35..100], &ids[115..]].concat());
}

#[test]
fn holdings_cover_what_their_heads_stand_on() {
    let (_, batches, known) = log(1, 5);
    let (far, near) = (holdings(&[(&batches[4], 5)]), holdings(&[(&batches[1], 2)]));
    assert!(covers(&far, &near, &known) && !covers(&near, &far, &known));
    assert!(covers(&near, &holdings(&[]), &known));
    assert!(covers(&far, &far, &ShelfLog(BTreeMap::new())));
}

#[test]
fn holdings_are_signed_over_their_bytes() {
    let anna = Writer::new(1);
    let (_, batches, _) = log(2, 2);
    let holdings =
        Holdings { device: anna.device, asks: vec![ChangeId([3; 32]).into()], ..holdings(&[(&batches[1], 2)]) };
    let bytes = holdings.clone().sign(&anna.key).encode();
    let (signed, read) = SignedHoldings::parse(&bytes).unwrap();
    assert_eq!(read, holdings);
    assert!(signed.verify(&read, &anna.key.public()));
    assert!(!signed.verify(&read, &Writer::new(2).key.public()));
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        let good =
            SignedHoldings::parse(&flipped).is_some_and(|(signed, read)| signed.verify(&read, &anna.key.public()));
        assert!(!good, "byte {at}");
    }
}

#[test]
fn a_header_beyond_its_limits_is_refused() {
    let sign = |alter: &dyn Fn(&mut HeaderDraft)| {
        let mut draft = HeaderDraft {
            space: birth().space,
            seq: 2,
            prev: vec![BatchId([1; 32])],
            doc: birth().doc(),
            kind: BatchKind::Changes,
            actor_nonce: [0; 16],
            min_reader: 1,
            adopts: vec![],
            again_of: None,
            claimed: Claimed { unix_ms: 0, zone: "UTC".into() },
        };
        alter(&mut draft);
        sign_batch(draft, vec![0; 17], &Writer::new(1).key).map(|_| ())
    };
    let many = |count: u8| (0..count).map(|n| BatchId([n; 32])).collect::<Vec<_>>();
    assert_eq!(sign(&|_| ()), Ok(()));
    assert_eq!(sign(&|draft| draft.adopts = many(64)), Ok(()));
    assert_eq!(sign(&|draft| draft.adopts = many(65)), Err(Refusal::TooBig));
    assert_eq!(sign(&|draft| draft.prev = many(8)), Ok(()));
    assert_eq!(sign(&|draft| draft.prev = many(9)), Err(Refusal::TooBig));
    assert_eq!(sign(&|draft| draft.prev = vec![BatchId([1; 32]); 2]), Err(Refusal::Malformed));
    assert_eq!(sign(&|draft| draft.claimed.zone = "z".repeat(65)), Err(Refusal::TooBig));
    assert_eq!(sign(&|draft| draft.seq = 1), Err(Refusal::Malformed));
    assert_eq!(sign(&|draft| draft.seq = 0), Err(Refusal::Malformed));
    assert_eq!(sign(&|draft| draft.prev.clear()), Err(Refusal::Malformed));
}

#[test]
fn unknown_keys_of_a_header_stay_signed() {
    let mut anna = Writer::new(1);
    anna.put("a", 1);
    let mut batch = anna.close();
    // One more pair at the end of the map: key 24.
    batch.header_bytes[0] += 1;
    batch.header_bytes.extend([0x18, 24, 1]);
    batch.signature = anna.key.sign(crate::crypto::sign::Signed::Batch, &batch.header_bytes);
    let bytes = batch.encode();
    let (read, header) = Batch::parse(&bytes).unwrap();
    assert_eq!(read.encode(), bytes);
    assert_eq!(read.verify(&header, &anna.key.public()), Ok(()));
}

#[test]
fn branches_of_one_device_leave_a_place_for_the_heads_of_all() {
    let (forks, honest) = (DeviceId([0; 32]), DeviceId([9; 32]));
    let head = |device, at: u16| {
        let mut id = [0; 32];
        id.iter_mut().zip(at.to_be_bytes()).for_each(|(to, from)| *to = from);
        LogHead { device, seq: 1, id: BatchId(id) }
    };
    let mut logs: Vec<LogHead> = (0..300).map(|at| head(forks, at)).collect();
    logs.push(head(honest, 1_000));
    let told = Holdings { logs, ..holdings(&[]) }.sign(&Writer::new(1).key).holdings().unwrap();
    assert_eq!(told.heads_of(&honest).count(), 1, "an honest device's newest batch is told");
    assert_eq!(told.heads_of(&forks).count(), 255);
    assert!(told.logs.is_sorted());
}

#[test]
fn a_batch_is_bounded_and_has_one_form() {
    let mut anna = Writer::new(1);
    let draft = anna.close().header().unwrap();
    let sized = |bytes: usize| {
        let draft = HeaderDraft {
            space: draft.space,
            seq: 1,
            prev: vec![],
            doc: draft.doc,
            kind: BatchKind::Attachment,
            actor_nonce: [0; 16],
            min_reader: 1,
            adopts: vec![],
            again_of: None,
            claimed: draft.claimed.clone(),
        };
        sign_batch(draft, vec![1; bytes], &anna.key)
    };
    let overhead = sized(200_000).unwrap().len() - 200_000;
    let largest = sized(240 * 1024 - overhead).unwrap();
    assert!(Batch::parse(&largest.encode()).is_ok());
    assert_eq!(sized(240 * 1024 - overhead + 1), Err(Refusal::TooBig));
    let too_big = Batch { payload: Some(vec![1; 240 * 1024]), ..largest.clone() };
    assert_eq!(Batch::parse(&too_big.encode()).unwrap_err(), Refusal::TooBig);
    let other = Batch { payload: Some(vec![2; 100]), ..largest };
    assert_eq!(Batch::parse(&other.encode()).unwrap_err(), Refusal::BadPayload);
}
