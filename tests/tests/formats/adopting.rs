//! A header with every field, in a batch that only adopts; and a payload that a writer deflated.

use crate::Examples;
use crate::documents::{Note, NothingElse};
use crate::pairing::Pairing;
use crate::recipe::{NOW, half_block};
use belay::batch::{Batch, BatchKind, Body, Chunk, Claimed, HeaderDraft, Verdict, judge, sign_batch};
use belay::document::{Doc, KnownSeeds, note};
use belay::editing::Splice;
use belay::ids::BatchId;

/// As one deflater wrote it: others write others, readers take all. Made once by the code, kept for ever.
const DEFLATED: &str = concat!(
    "79fb54fcc4674d1cc60b3868f298336c018e0100005bc4d816a1d07b6653c88ffc67e1e76604d7eae587fe5aab7f7b59",
    "c1aa055a17b48ee546e8279e658c50609c6d6ecbffb0e5b19153547b60c68c4e0eab03a798ad4fe7973b32fa9984dd08",
    "f8f62d42e15e4bff251f03d9fac27a4e3fa78e25794cd333275cd73f3839d5fbe04e8f07bd9a4c918c7273985af3bd9a",
    "d90f2dca639cc8c4b86495c20cd9136b16d7cccedffaf286f3ed0f8bcd9e8a98592fbef4a16b4688deba6b0275bfd75d",
    "c89a16c2a2acdedba5b5243888918d818151203e4477155f4fc172b3ed072ccf3f0ddacfc9c8ccc42cc82acc66c2ecc4",
    "1cc61c3e83b180790623e30c462606c6e98c0c750c6cd3181919663082c5c4fcf3521552122b15124b1412154a327353",
    "f5140685d00c460600",
);
/// What the body of the note in it says, eight times.
const WORDS: &str = "One day at a time. ";

pub fn examples(pairing: &Pairing, note: &Note) -> Examples {
    let adopting = adopting(pairing, note);
    [
        ("header-adopting", adopting.header_bytes.as_slice().into()),
        ("batch-adopting", adopting.encode().as_slice().into()),
        ("third-change", third_change(note).as_slice().into()),
        ("payload-deflated", deflated(note).as_slice().into()),
    ]
    .into()
}

/// After the note's batch: takes a batch over, and makes one again. No words of its own.
fn adopting(pairing: &Pairing, note: &Note) -> Batch {
    // {2: no changes}
    let payload = [half_block("note", 4).as_slice(), &[0], &[0xa1, 2, 0x40]].concat();
    let body = Body::decode(&payload).expect("a body");
    assert_eq!(body, Body { birth: None, changes: vec![] });
    // Null stands for an absent field when reading.
    let with_null = [half_block("note", 4).as_slice(), &[0], &[0xa2, 1, 0xf6, 2, 0x40]].concat();
    assert_eq!(Body::decode(&with_null).as_ref(), Ok(&body));
    let draft = HeaderDraft {
        space: pairing.space(),
        seq: 2,
        prev: vec![note.batch.id()],
        doc: note.birth.doc(),
        kind: BatchKind::Changes,
        actor_nonce: half_block("note", 2),
        min_reader: 1,
        adopts: vec![BatchId([0x22; 32])],
        again_of: Some(BatchId([0x33; 32])),
        claimed: Claimed { unix_ms: NOW, zone: "Europe/Lisbon".into() },
    };
    let batch = sign_batch(draft, payload, &pairing.mara.keys.signing).expect("a small batch");
    let (parsed, header) = Batch::parse(&batch.encode()).expect("its own bytes");
    assert_eq!(parsed.verify(&header, &pairing.mara.keys.signing.public()), Ok(()));
    let verdict = judge(&batch.id(), &header, &body, &mut note.judged(), &NothingElse, &KnownSeeds);
    assert!(matches!(verdict, Verdict::Passed(_)), "{verdict:?}");
    batch
}

/// After the note's two changes: takes the last letter of the title out, and the pin off.
fn third_change(note: &Note) -> Vec<u8> {
    let mut doc = note.doc_again();
    let cut = note::steps::edit("title", vec![Splice { at: 2, remove: 1, insert: String::new() }]);
    let made = doc.perform(note.actor, &[cut, note::steps::pin(false)]).expect("a text and a single value");
    let [change] = made.as_slice() else { panic!("one change, not {}", made.len()) };
    change.clone()
}

fn deflated(note: &Note) -> Vec<u8> {
    let mut doc = Doc::born(note.birth.clone()).expect("a kind that is known");
    let changes = doc.perform(note.actor, &note::steps::begin("", &WORDS.repeat(8), &[])).expect("the seed's text");
    let changes = changes.into_iter().map(|change| Chunk::read(change).expect("a change")).collect();
    let body = Body { birth: Some(note.birth.clone()), changes };
    let payload = data_encoding::HEXLOWER.decode(DEFLATED.as_bytes()).expect("hex");
    assert_eq!(Body::decode(&payload), Ok(body));
    payload
}
