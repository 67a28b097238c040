//! Actors: bound by hash, so that nobody can write under another's (protocol.md §4).

use crate::crypto::hash::sha256;
use crate::ids::{ActorKey, DeviceId, DocId};

fn first_half(hash: [u8; 32]) -> ActorKey {
    let (actor, _) = hash.as_chunks::<16>();
    ActorKey(*actor.first().expect("32 bytes hold 16"))
}

/// The actor of a device in a document for one unlock; `nonce` is random per unlock and document.
pub fn derive_actor(device: &DeviceId, doc: &DocId, nonce: &[u8; 16]) -> ActorKey {
    first_half(sha256(&[b"belay/actor/1", &device.0, &doc.0, nonce]))
}

/// The actor of a document's seed, which every replica makes itself.
pub fn derive_seed_actor(doc: &DocId) -> ActorKey {
    first_half(sha256(&[b"belay/seed/1", &doc.0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_are_pinned_and_differ_in_every_part() {
        let (device, doc) = (DeviceId([1; 32]), DocId([2; 32]));
        let actor = derive_actor(&device, &doc, &[3; 16]);
        // recipe: SHA-256("belay/actor/1" ‖ 01×32 ‖ 02×32 ‖ 03×16)[..16], SHA-256("belay/seed/1" ‖ 02×32)[..16]
        assert_eq!(data_encoding::HEXLOWER.encode(&actor.0), "723df5c010015efbe82bdc60873c53f8");
        assert_eq!(data_encoding::HEXLOWER.encode(&derive_seed_actor(&doc).0), "2dc3e780434ab5d9cabfe414875b4650");
        assert_ne!(actor, derive_actor(&DeviceId([9; 32]), &doc, &[3; 16]));
        assert_ne!(actor, derive_actor(&device, &DocId([9; 32]), &[3; 16]));
        assert_ne!(actor, derive_actor(&device, &doc, &[9; 16]));
    }
}
