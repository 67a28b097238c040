//! A part of a note that Mara gives to Theo, and what she agreed to.

use crate::Examples;
use crate::pairing::Pairing;
use crate::recipe::{NOW, block};
use belay::batch::{Birth, Seeds, derive_actor};
use belay::cbor;
use belay::command::{GIVE_WORDING, give_wording};
use belay::crypto::hash::sha256;
use belay::document::copy::{Copied, CopyState, Extent, steps};
use belay::document::{Doc, Kind, KnownSeeds, Scalar, Step, consent};
use belay::ids::DocId;
use belay::library::{Arg, Phrases, strip_isolates};

fn birth(pairing: &Pairing, kind: Kind, nonce: [u8; 32]) -> Birth {
    let (space, writer) = (pairing.space(), Some(pairing.paired.my_member));
    Birth { space, kind: kind.number(), writer, about: None, key: None, nonce }
}

pub fn examples(pairing: &Pairing) -> Examples {
    let (title, text) = ("Tea".to_owned(), "The radio helped.".to_owned());
    let copied = Copied { title, text, extent: Extent::Part, at_ms: NOW, zone: "Europe/Lisbon".to_owned() };
    let giving = steps::give(&copied, block("copy", 1));
    let Some(Step::Set(_, Scalar::Bytes(seal))) = giving.writes.last().and_then(|steps| steps.last()) else {
        panic!("the seal goes last")
    };
    assert_eq!(giving.nonce, sha256(&[b"belay/copy/1", seal]), "as the page says");
    let pieces = ["Tea", "The radio helped."].map(|piece| sha256(&[b"belay/copy/piece/1", piece.as_bytes()]));
    let copy = birth(pairing, Kind::Copy, giving.nonce);
    let mut doc = Doc::born(copy.clone()).expect("a kind that is known");
    let actor = derive_actor(&pairing.mara.keys.device_id(), &doc.id(), &[0; 16]);
    doc.perform(actor, &giving.writes.concat()).expect("the seed made the pieces");
    assert!(CopyState::read(doc.now()).copied == Some(copied), "a reader shows it");
    let mut tree = Vec::new();
    doc.now().tree().to_cbor(&mut tree);

    let phrases = Phrases::new(&["en"]);
    let said = GIVE_WORDING.map(|id| strip_isolates(&phrases.say(id, &[("name", Arg::Text("{ $name }"))]))).join("\n");
    let (wording, language) = give_wording("en");
    assert_eq!(wording, sha256(&[b"belay/wording/1", said.as_bytes()]), "as the page says");
    let agreed = birth(pairing, Kind::Consent, copy.doc().0);
    let mut consent = Doc::born(agreed.clone()).expect("a kind that is known");
    let actor = derive_actor(&pairing.mara.keys.device_id(), &consent.id(), &[0; 16]);
    let agree = consent::agree(copy.doc(), DocId([0x33; 32]), copy.space, (wording, language), NOW);
    consent.perform(actor, &agree).expect("single values");
    let mut agreed_tree = Vec::new();
    consent.now().tree().to_cbor(&mut agreed_tree);
    let seed = |birth: &Birth| KnownSeeds.seed(birth).expect("a kind that is known");
    [
        ("copy-pieces", pieces.concat().as_slice().into()),
        ("copy-seal", seal.as_slice().into()),
        ("birth-copy", cbor::encode(&copy).as_slice().into()),
        ("birth-consent", cbor::encode(&agreed).as_slice().into()),
        ("copy-ids", [copy.doc().0, agreed.doc().0].concat().as_slice().into()),
        ("seed-copy", seed(&copy).as_slice().into()),
        ("seed-consent", seed(&agreed).as_slice().into()),
        ("copy-tree", tree.as_slice().into()),
        ("give-wording", format!("{said}\n").as_str().into()),
        ("wording-hash", wording.as_slice().into()),
        ("consent-tree", agreed_tree.as_slice().into()),
    ]
    .into()
}
