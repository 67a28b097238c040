//! What a device keeps for itself and no other reads: a later release must open it all the same.

use crate::Examples;
use crate::documents::{Note, NothingElse};
use crate::pairing::Pairing;
use belay::batch::{Batch, Body, Verdict, judge};
use belay::cbor;
use belay::document::KnownSeeds;
use belay::exchange::pairing::{OpenInvitation, Paired, PendingReply, UsedInvitation};
use belay::identity::{DeviceKeys, SpaceKeys};
use belay::store::shortened;

pub fn examples(pairing: &Pairing, note: &Note) -> Examples {
    let device_keys = pairing.mara.keys.to_stored();
    let space_keys = pairing.paired.my_space_keys.to_stored();
    let open = pairing.open.to_stored();
    let pending = pairing.pending.to_stored();
    let paired = pairing.paired.to_stored();
    let used = UsedInvitation::new(&pairing.reply, pairing.completion.clone()).expect("a reply").to_stored();
    assert!(
        DeviceKeys::from_stored(device_keys.expose()).is_ok() && SpaceKeys::from_stored(space_keys.expose()).is_ok()
    );
    assert!(OpenInvitation::from_stored(open.expose()).is_ok() && PendingReply::from_stored(pending.expose()).is_ok());
    assert!(Paired::from_stored(paired.expose()).is_ok() && UsedInvitation::from_stored(&used).is_ok());
    [
        ("stored-device-keys", device_keys.expose().into()),
        ("stored-space-keys", space_keys.expose().into()),
        ("stored-invitation", open.expose().into()),
        ("stored-reply", pending.expose().into()),
        ("stored-paired", paired.expose().into()),
        ("stored-used", used.as_slice().into()),
        ("stored-facts", facts(note).as_slice().into()),
        ("stored-row-header", row_header(note).as_slice().into()),
        ("stored-row-facts", row_facts(note).as_slice().into()),
    ]
    .into()
}

/// The header of the note's batch as a row keeps it.
fn row_header(note: &Note) -> Vec<u8> {
    let header = note.batch.header().expect("its own bytes");
    let short = shortened::header(&note.batch.header_bytes, &header.space, &header.device, &header.doc);
    let whole = shortened::whole_header(&short, &header.space, &header.device, &header.doc);
    assert_eq!(whole.as_ref(), Some(&note.batch.header_bytes));
    short
}

/// Its facts as a row keeps them.
fn row_facts(note: &Note) -> Vec<u8> {
    let (facts, device) = (facts(note), note.batch.header().expect("its own bytes").device);
    let short = shortened::facts(&facts, &note.batch.id(), &device);
    assert_eq!(shortened::whole_facts(&short, &note.batch.id(), &device), facts);
    short
}

/// What the gate learned of the note's batch.
fn facts(note: &Note) -> Vec<u8> {
    let (batch, header) = Batch::parse(&note.batch.encode()).expect("its own bytes");
    let body = Body::decode(batch.payload.as_deref().expect("not dropped")).expect("a body");
    let verdict = judge(&batch.id(), &header, &body, &mut note.judged(), &NothingElse, &KnownSeeds);
    let Verdict::Passed(facts) = verdict else { panic!("{verdict:?}") };
    cbor::encode(&facts)
}
