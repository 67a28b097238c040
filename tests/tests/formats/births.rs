//! The birth of a document of every kind, and the change that each grows from.

use crate::Examples;
use crate::pairing::Pairing;
use crate::recipe::block;
use belay::batch::{Birth, Chunk, Seeds};
use belay::cbor;
use belay::document::{Doc, Kind, KnownSeeds};
use belay::ids::{DocId, MemberId, SpaceId};

/// Mara's goal, plan, joint part, Theo's column and lane, Mara's profile and spaces: all kinds but the note, and what `copies` has.
fn births(pairing: &Pairing) -> Vec<Birth> {
    let space = pairing.space();
    let (mara, theo) = (pairing.paired.my_member, pairing.paired.their_member);
    let own = |kind: Kind, nonce| birth(space, kind, Some(mara), nonce);
    let goal = own(Kind::Goal, block("goal", 1));
    let plan = own(Kind::Plan, block("plan", 1));
    let part = |kind, writer| about(birth(space, kind, writer, [0; 32]), plan.doc(), Some("signs"));
    let joint = part(Kind::Joint, None);
    let column = part(Kind::Column, Some(theo));
    let lane = about(birth(space, Kind::Lane, Some(theo), [0; 32]), plan.doc(), None);
    let (profile, spaces) = (own(Kind::Profile, [0; 32]), own(Kind::Spaces, [0; 32]));
    vec![goal, plan, joint, column, lane, profile, spaces]
}

fn birth(space: SpaceId, kind: Kind, writer: Option<MemberId>, nonce: [u8; 32]) -> Birth {
    Birth { space, kind: kind.number(), writer, about: None, key: None, nonce }
}

fn about(mut birth: Birth, about: DocId, key: Option<&str>) -> Birth {
    birth.about = Some(about);
    birth.key = key.map(str::to_owned);
    birth
}

pub fn examples(pairing: &Pairing) -> Examples {
    let births = births(pairing);
    let kinds: Vec<u32> = births.iter().map(|birth| birth.kind).collect();
    assert_eq!(kinds, [2, 3, 4, 5, 6, 7, 8]);
    assert!(
        KnownSeeds.seed(&Birth { kind: 11, ..births[0].clone() }).is_none(),
        "a new kind needs its lines on the page"
    );
    for birth in &births {
        assert!(Doc::born(birth.clone()).is_ok(), "kind {}", birth.kind);
        assert_eq!(birth.doc(), DocId(belay::crypto::hash::sha256(&[&cbor::encode(birth)])));
    }
    let seed = |at: usize| KnownSeeds.seed(&births[at]).expect("a kind that is known");
    let hashes: Vec<_> = (0..births.len()).map(|at| Chunk::read(seed(at)).expect("a change").id().0).collect();
    let ids: Vec<_> = births.iter().map(|birth| birth.doc().0).collect();
    [
        ("birth-goal", cbor::encode(&births[0]).as_slice().into()),
        ("birth-plan", cbor::encode(&births[1]).as_slice().into()),
        ("birth-joint", cbor::encode(&births[2]).as_slice().into()),
        ("birth-column", cbor::encode(&births[3]).as_slice().into()),
        ("birth-lane", cbor::encode(&births[4]).as_slice().into()),
        ("birth-profile", cbor::encode(&births[5]).as_slice().into()),
        ("birth-spaces", cbor::encode(&births[6]).as_slice().into()),
        ("doc-ids", ids.concat().as_slice().into()),
        ("seed-goal", seed(0).as_slice().into()),
        ("seed-plan", seed(1).as_slice().into()),
        ("seed-joint", seed(2).as_slice().into()),
        ("seed-column", seed(3).as_slice().into()),
        ("seed-lane", seed(4).as_slice().into()),
        ("seed-profile", seed(5).as_slice().into()),
        ("seed-spaces", seed(6).as_slice().into()),
        ("seed-hashes", hashes.concat().as_slice().into()),
    ]
    .into()
}
