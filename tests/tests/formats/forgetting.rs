//! Mara's device forgets the note of the page, keeps what it says, and purges the rest.

use crate::Examples;
use crate::documents::Note;
use crate::pairing::Pairing;
use crate::recipe::{NOW, half_block};
use belay::batch::{
    Batch, BatchKind, Claimed, Forget, HeaderDraft, Purge, Request, forgotten_hash, sign_batch, successor_of,
};
use belay::cbor;
use belay::crypto::hash::sha256;
use belay::ids::BatchId;

pub fn examples(pairing: &Pairing, note: &Note) -> Examples {
    let (birth, doc) = (note.birth.clone(), note.birth.doc());
    let into = successor_of(&birth);
    assert_eq!(into.nonce, sha256(&[&doc.0]), "as the page says");
    let forget = Forget { birth: birth.clone(), heads: vec![note.batch.id()], into: Some(into.doc()) };
    let purge = Purge::sign(birth, &[], &pairing.mara.admin).expect("one document");
    assert!(purge.verify(&pairing.mara.admin.public()));
    let forget_payload = forget.encode(&half_block("forget", 1));
    let forgetting = batch(pairing, note, (BatchKind::Forget, 2, note.batch.id(), "forget"), &forget_payload);
    let purge_payload = purge.encode(&half_block("purge", 1));
    let purging = batch(pairing, note, (BatchKind::Purge, 3, forgetting.id(), "purge"), &purge_payload);
    for (batch, request) in [(&forgetting, Request::Forget(forget.clone())), (&purging, Request::Purge(purge.clone()))]
    {
        // A reader takes it: nobody learns a form here that Belay would refuse.
        let (read, header) = Batch::parse(&batch.encode()).expect("its own bytes");
        assert_eq!(Request::judge(&header, read.payload.as_ref().expect("not dropped")), Ok(request));
    }
    let dropped = Batch { payload: None, ..note.batch.clone() };
    assert!(Batch::parse(&dropped.encode()).is_ok(), "what a purge leaves");
    [
        ("forget-body", cbor::encode(&forget).as_slice().into()),
        ("forget-payload", forget_payload.as_slice().into()),
        ("forget-id", forgetting.id().0.as_slice().into()),
        ("purge-body", cbor::encode(&purge).as_slice().into()),
        ("purge-id", purging.id().0.as_slice().into()),
        ("successor-id", into.doc().0.as_slice().into()),
        ("forgotten-hash", forgotten_hash(&doc, Some(&into.doc())).as_slice().into()),
        ("batch-dropped", dropped.encode().as_slice().into()),
    ]
    .into()
}

fn batch(
    pairing: &Pairing,
    note: &Note,
    (kind, seq, prev, seed): (BatchKind, u64, BatchId, &'static str),
    payload: &[u8],
) -> Batch {
    let draft = HeaderDraft {
        space: note.birth.space,
        seq,
        prev: vec![prev],
        doc: note.birth.doc(),
        kind,
        actor_nonce: half_block(seed, 2),
        min_reader: 1,
        adopts: vec![],
        again_of: None,
        claimed: Claimed { unix_ms: NOW, zone: "Europe/Lisbon".into() },
    };
    sign_batch(draft, payload.to_vec(), &pairing.mara.keys.signing).expect("a small batch")
}
