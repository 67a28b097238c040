//! What Mara's device tells and sends to Theo's.

use crate::Examples;
use crate::documents::Note;
use crate::pairing::Pairing;
use crate::recipe::{Seeded, block};
use belay::batch::{Ask, CardRev, Holdings, LogHead, SignedHoldings};
use belay::cbor;
use belay::crypto::seal::{OpeningKey, open as unseal};
use belay::envelope::{EnvelopeContent, open, seal};
use belay::exchange::{BundleReader, write_bundle};
use belay::secret::Secret32;

pub fn examples(pairing: &Pairing, note: &Note) -> Examples {
    let device = pairing.mara.keys.device_id();
    let their_card = pairing.paired.their_card.read().expect("Theo's card");
    let holdings = Holdings {
        space: pairing.space(),
        device,
        counter: 1,
        statements: vec![pairing.paired.genesis.id()],
        logs: vec![LogHead { device, seq: 1, id: note.batch.id() }],
        cards: vec![CardRev { device: their_card.device, rev: 1 }],
        asks: vec![],
    };
    let asking = Holdings { counter: 2, asks: vec![Ask([0x22; 32]), Ask([0x33; 32])], ..holdings.clone() };
    let asking = asking.sign(&pairing.mara.keys.signing);
    assert!(SignedHoldings::parse(&asking.encode()).is_some());
    let holdings = holdings.sign(&pairing.mara.keys.signing);
    let (read, told) = SignedHoldings::parse(&holdings.encode()).expect("its own bytes");
    assert!(read.verify(&told, &pairing.mara.keys.signing.public()));

    let mut content = EnvelopeContent::new(pairing.space());
    content.cards = vec![pairing.paired.my_card.clone()];
    content.batches = vec![note.batch.encode()];
    let envelope = seal(&content, &their_card.sealing_pk, &mut Seeded::new("envelope")).expect("it fits");
    let theirs = OpeningKey::from_bytes(Secret32::new(block("theo", 8)));
    assert_eq!(open(&envelope, std::slice::from_ref(&theirs)).expect("sealed for Theo"), content);
    let plain = unseal(&theirs, b"belay/envelope/1", b"", None, &envelope).expect("sealed as the page says");

    let mut bundle = Vec::new();
    write_bundle(&mut bundle, std::slice::from_ref(&envelope)).expect("writing to memory");
    let read: Vec<_> =
        BundleReader::new(bundle.as_slice()).expect("a bundle").map(|next| next.expect("whole")).collect();
    assert_eq!(read.as_slice(), std::slice::from_ref(&envelope));
    [
        ("holdings", holdings.encode().as_slice().into()),
        ("holdings-asking", asking.encode().as_slice().into()),
        ("envelope-content", cbor::encode(&content).as_slice().into()),
        ("envelope-plain", plain.expose().into()),
        ("envelope", envelope.as_slice().into()),
        ("bundle", bundle.as_slice().into()),
    ]
    .into()
}
