//! A note that Mara writes in the space she shares with Theo, from its birth to its hash.

use crate::Examples;
use crate::pairing::Pairing;
use crate::recipe::{NOW, Seeded, block, half_block};
use belay::batch::{
    Batch, BatchKind, Birth, Body, Chunk, Claimed, DocumentPast, HeaderDraft, Payloads, Seeds, Verdict, derive_actor,
    derive_seed_actor, judge, sign_batch,
};
use belay::cbor;
use belay::crypto::hash::sha256;
use belay::document::order::make_between;
use belay::document::plan::{Choice, DecisionState};
use belay::document::{Doc, Kind, KnownSeeds, Scalar, note};
use belay::ids::{ActorKey, BatchId, ElementId, Rev, short_hash};
use minicbor::bytes::ByteArray;

/// Its first words.
const TITLE: &str = "Tea";

pub struct Note {
    pub birth: Birth,
    pub batch: Batch,
    pub actor: ActorKey,
    body: Body,
    plain_body: Vec<u8>,
    doc: Doc,
}

pub struct NothingElse;

impl Payloads for NothingElse {
    fn body(&self, _: &BatchId) -> Option<Body> {
        None
    }
}

impl Note {
    /// Two changes, one batch.
    pub fn written(pairing: &Pairing) -> Self {
        let birth = Birth {
            space: pairing.space(),
            kind: Kind::Note.number(),
            writer: Some(pairing.paired.my_member),
            about: None,
            key: None,
            nonce: block("note", 1),
        };
        let keys = &pairing.mara.keys;
        let actor_nonce = half_block("note", 2);
        let actor = derive_actor(&keys.device_id(), &birth.doc(), &actor_nonce);
        let mut doc = Doc::born(birth.clone()).expect("a kind that is known");
        let mut changes = doc.perform(actor, &note::steps::begin(TITLE, "", &[])).expect("the seed made the title");
        changes.extend(doc.perform(actor, &[note::steps::pin(true)]).expect("a single value"));
        let changes: Vec<_> = changes.into_iter().map(|change| Chunk::read(change).expect("a change")).collect();
        let body = Body { birth: Some(birth.clone()), changes };
        let plain_body = plain_body(&body);
        // As a writer may send it that does not deflate.
        let payload = [half_block("note", 3).as_slice(), &[0], &plain_body].concat();
        assert_eq!(Body::decode(&payload), Ok(body.clone()));
        let draft = HeaderDraft {
            space: birth.space,
            seq: 1,
            prev: vec![],
            doc: birth.doc(),
            kind: BatchKind::Changes,
            actor_nonce,
            min_reader: 1,
            adopts: vec![],
            again_of: None,
            claimed: Claimed { unix_ms: NOW, zone: "Europe/Lisbon".into() },
        };
        let batch = sign_batch(draft, payload, &keys.signing).expect("a small batch");
        let note = Note { birth, batch, actor, body, plain_body, doc };
        note.passes(&keys.signing.public());
        note
    }

    /// A reader takes it: nobody learns a form here that Belay would refuse.
    fn passes(&self, signing_pk: &[u8; 32]) {
        let (batch, header) = Batch::parse(&self.batch.encode()).expect("its own bytes");
        assert_eq!(batch.verify(&header, signing_pk), Ok(()));
        self.judged();
    }

    /// The document's past after the batch, for what follows it.
    pub fn judged(&self) -> DocumentPast {
        let (batch, header) = Batch::parse(&self.batch.encode()).expect("its own bytes");
        let mut past = DocumentPast::new(header.doc);
        let verdict = judge(&batch.id(), &header, &self.body, &mut past, &NothingElse, &KnownSeeds);
        assert!(matches!(verdict, Verdict::Passed(_)), "{verdict:?}");
        past
    }

    /// The document after the batch, once more.
    pub fn doc_again(&self) -> Doc {
        let mut doc = Doc::born(self.birth.clone()).expect("a kind that is known");
        doc.apply(self.body.changes.iter().map(|change| change.bytes().to_vec())).expect("its own changes");
        doc
    }

    pub fn examples(&self) -> Examples {
        let doc = self.birth.doc();
        let mut tree = Vec::new();
        self.doc.now().tree().to_cbor(&mut tree);
        let hash = self.doc.hash();
        let heads = self.doc.heads();
        assert_eq!(hash, sha256(&[&[0x82], &cbor::encode(&heads), &tree]), "as the page says");
        let [first, second] = self.body.changes.as_slice() else { panic!("two changes") };
        let space_hash = sha256(&[&cbor::encode(&vec![(doc, ByteArray::from(hash))])]);
        [
            ("birth", cbor::encode(&self.birth).as_slice().into()),
            ("doc-id", doc.0.as_slice().into()),
            ("seed-actor", derive_seed_actor(&doc).0.as_slice().into()),
            ("seed", KnownSeeds.seed(&self.birth).expect("a kind that is known").as_slice().into()),
            ("actor", self.actor.0.as_slice().into()),
            ("change", first.bytes().into()),
            ("second-change", second.bytes().into()),
            ("batch-body", self.plain_body.as_slice().into()),
            ("payload", self.batch.payload.as_deref().expect("not dropped").into()),
            ("batch-header", self.batch.header_bytes.as_slice().into()),
            ("batch-id", self.batch.id().0.as_slice().into()),
            ("batch", self.batch.encode().as_slice().into()),
            ("tree", tree.as_slice().into()),
            ("document-hash", hash.as_slice().into()),
            ("space-hash", space_hash.as_slice().into()),
            ("short-hash", format!("{}\n", short_hash(&space_hash)).as_str().into()),
            ("rev", format!("{}\n", Rev::of(&heads).token()).as_str().into()),
        ]
        .into()
    }
}

/// The body as the page describes it: `{1: birth, 2: pieces}`.
fn plain_body(body: &Body) -> Vec<u8> {
    let [first, second] = body.changes.as_slice() else { panic!("two changes") };
    // Magic, checksum, type, a length of one or two bytes, then one dependency.
    let length_bytes = if second.bytes()[9] < 0x80 { 1 } else { 2 };
    let (before_deps, rest) = second.bytes().split_at(9 + length_bytes);
    assert_eq!(rest[..33], [&[1], first.id().0.as_slice()].concat());
    let short = [&before_deps[4..8], &rest[33..]].concat();
    let mut pieces = Vec::new();
    for piece in [first.bytes(), &short] {
        let length = u8::try_from(piece.len()).expect("small changes");
        // LEB128 of a number below 2^14.
        pieces.extend(if length < 0x80 { vec![length] } else { vec![length, 1] });
        pieces.extend(piece);
    }
    let mut encoder = minicbor::Encoder::new(Vec::new());
    let written = encoder.map(2).and_then(|e| e.u8(1)?.encode(&body.birth)?.u8(2)?.bytes(&pieces).map(|_| ()));
    written.expect("writing to memory does not fail");
    encoder.into_writer()
}

/// What hangs on no story: a decision, order keys.
pub fn loose_examples(pairing: &Pairing) -> Examples {
    let decision = DecisionState {
        choice: Choice::Changed,
        text: "Ring Ana first".into(),
        by: pairing.paired.their_member,
        batch: Some(BatchId([0x22; 32])),
        at_ms: NOW,
        into: Some(ElementId([0x33; 16])),
    };
    let Scalar::Bytes(decision) = decision.to_scalar() else { panic!("a register is bytes") };
    [
        ("decision", decision.as_slice().into()),
        ("element-id", format!("{}\n", ElementId([0x33; 16])).as_str().into()),
        ("order-keys", order_keys().as_str().into()),
    ]
    .into()
}

/// A first, a last and one between them.
fn order_keys() -> String {
    let entropy = &mut Seeded::new("order");
    let first = make_between(None, None, entropy);
    let last = make_between(Some(&first), None, entropy);
    let between = make_between(Some(&first), Some(&last), entropy);
    assert!(first < between && between < last);
    format!("{first}\n{between}\n{last}\n")
}
