//! Kinds 5 and 6: what its owner asks to forget, and what an admin asks to be dropped for good (protocol.md §5, "Forget").
//!
//! Payload = 16 random bytes ‖ 0 ‖ body; never deflated, since it holds little but hashes. Both bodies carry the birth of
//! the header's document, so that they are judged by themselves: whoever never had a word of a document, or dropped them
//! all, still knows whose it was.

use crate::batch::birth::Birth;
use crate::batch::header::{BatchKind, Header};
use crate::batch::payload::PAYLOAD_RANDOM_BYTES;
use crate::batch::refusal::Refusal;
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::sign::{SIGNATURE_BYTES, Signed, SigningKey, verifies};
use crate::ids::{BatchId, DocId, SpaceId};
use minicbor::{Decode, Encode};

/// Most heads that a Forget names as copied.
pub const COPIED_HEADS_MAX: usize = 64;
/// Most documents of a Purge.
pub const PURGE_DOCS_MAX: usize = 64;
/// Most bytes of a payload of these kinds: 64 hashes with a birth and a signature take less than 3 KiB.
const REQUEST_BYTES_MAX: usize = 4 * 1024;

const PLAIN: u8 = 0;

/// What a batch of kind 5 holds: this document is to be forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Forget {
    /// How the document was born.
    #[n(1)]
    pub birth: Birth,
    /// What was copied, or given up: the newest batch of each device that counted in it (and, where it goes on, in the
    /// documents about it that all write), sorted. Each covers what its device wrote there before. Batches, not changes, since these can be followed where words are gone.
    #[n(2)]
    pub heads: Vec<BatchId>,
    /// Where its values were copied to: always [`successor_of`]. `None` where nothing of it was to stay.
    #[n(3)]
    pub into: Option<DocId>,
}

/// What a batch of kind 6 holds: the words of these forgotten documents are to be dropped at once.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Purge {
    /// How the document of the header was born.
    #[n(1)]
    pub birth: Birth,
    /// Which, sorted; the header's is one of them.
    #[n(2)]
    pub docs: Vec<DocId>,
    /// By the admin key of the device that signs the batch.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_BYTES],
}

/// What the admin key signs.
#[derive(Encode)]
#[cbor(map)]
struct PurgeMessage<'a> {
    #[n(1)]
    space: SpaceId,
    #[n(2)]
    docs: &'a [DocId],
}

/// What a batch of kind 5 or 6 asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Kind 5.
    Forget(Forget),
    /// Kind 6.
    Purge(Purge),
}

/// The birth of the document that goes on where this one is forgotten.
pub fn successor_of(birth: &Birth) -> Birth {
    Birth { nonce: sha256(&[&birth.doc().0]), ..birth.clone() }
}

/// What a forgotten document counts as in a state hash: SHA-256 of the CBOR array [its id, its successor's or null].
pub fn forgotten_hash(doc: &DocId, into: Option<&DocId>) -> [u8; 32] {
    sha256(&[&cbor::encode(&(doc, into))])
}

impl Forget {
    /// The payload.
    pub fn encode(&self, random: &[u8; PAYLOAD_RANDOM_BYTES]) -> Vec<u8> {
        framed(random, &cbor::encode(self))
    }
}

impl Purge {
    /// A purge of documents of the birth's space, signed; brought in order, with the birth's document among them.
    ///
    /// # Errors
    /// `TooBig` for more than [`PURGE_DOCS_MAX`] documents.
    pub fn sign(birth: Birth, docs: &[DocId], admin: &SigningKey) -> Result<Self, Refusal> {
        let mut docs = docs.to_vec();
        docs.push(birth.doc());
        docs.sort();
        docs.dedup();
        if docs.len() > PURGE_DOCS_MAX {
            return Err(Refusal::TooBig);
        }
        let signature = admin.sign(Signed::Purge, &message(birth.space, &docs));
        Ok(Purge { birth, docs, signature })
    }

    /// Whether this admin key signed it.
    pub fn verify(&self, admin_pk: &[u8; 32]) -> bool {
        verifies(admin_pk, Signed::Purge, &message(self.birth.space, &self.docs), &self.signature)
    }

    /// The payload.
    pub fn encode(&self, random: &[u8; PAYLOAD_RANDOM_BYTES]) -> Vec<u8> {
        framed(random, &cbor::encode(self))
    }
}

fn message(space: SpaceId, docs: &[DocId]) -> Vec<u8> {
    cbor::encode(&PurgeMessage { space, docs })
}

fn framed(random: &[u8; PAYLOAD_RANDOM_BYTES], body: &[u8]) -> Vec<u8> {
    [random.as_slice(), &[PLAIN], body].concat()
}

impl Request {
    /// Whether batches of this header's kind are asked here, and not of [`crate::batch::Body`].
    pub fn is_asked_by(header: &Header) -> bool {
        matches!(header.batch_kind(), Some(BatchKind::Forget | BatchKind::Purge))
    }

    /// Judges what another asks, by header and payload alone. Whether the one who signed it may ask it is acceptance's
    /// to say.
    ///
    /// # Errors
    /// `TooBig` beyond the limits above; `BadPayload` for anything that is no such body;
    /// `WrongBirth` where the birth is not that of the header's document and space; `UnknownTarget` for a successor that
    /// is another document, or a purge that leaves the header's document out; `NotAllowedOperation` for one that adopts
    /// or makes again.
    pub fn judge(header: &Header, payload: &[u8]) -> Result<Self, Refusal> {
        if payload.len() > REQUEST_BYTES_MAX {
            return Err(Refusal::TooBig);
        }
        if !header.adopts.is_empty() || header.again_of.is_some() {
            return Err(Refusal::NotAllowedOperation);
        }
        let (_, rest) = payload.split_at_checked(PAYLOAD_RANDOM_BYTES).ok_or(Refusal::BadPayload)?;
        let (PLAIN, body) = rest.split_first().map(|(form, body)| (*form, body)).ok_or(Refusal::BadPayload)? else {
            return Err(Refusal::BadPayload);
        };
        match header.batch_kind() {
            Some(BatchKind::Forget) => Ok(Request::Forget(forget(header, body)?)),
            Some(BatchKind::Purge) => Ok(Request::Purge(purge(header, body)?)),
            _ => Err(Refusal::BadPayload),
        }
    }

    /// How the document of the header was born.
    pub fn birth(&self) -> &Birth {
        match self {
            Request::Forget(forget) => &forget.birth,
            Request::Purge(purge) => &purge.birth,
        }
    }
}

fn forget(header: &Header, body: &[u8]) -> Result<Forget, Refusal> {
    let forget: Forget = cbor::decode(body).ok_or(Refusal::BadPayload)?;
    is_of(header, &forget.birth)?;
    if forget.heads.len() > COPIED_HEADS_MAX {
        return Err(Refusal::TooBig);
    }
    if !rises(&forget.heads) {
        return Err(Refusal::BadPayload);
    }
    let fits = forget.into.is_none_or(|into| into == successor_of(&forget.birth).doc());
    if fits { Ok(forget) } else { Err(Refusal::UnknownTarget) }
}

fn purge(header: &Header, body: &[u8]) -> Result<Purge, Refusal> {
    let purge: Purge = cbor::decode(body).ok_or(Refusal::BadPayload)?;
    is_of(header, &purge.birth)?;
    if purge.docs.len() > PURGE_DOCS_MAX {
        return Err(Refusal::TooBig);
    }
    if !rises(&purge.docs) {
        return Err(Refusal::BadPayload);
    }
    if purge.docs.contains(&header.doc) { Ok(purge) } else { Err(Refusal::UnknownTarget) }
}

fn is_of(header: &Header, birth: &Birth) -> Result<(), Refusal> {
    let same = birth.doc() == header.doc && birth.space == header.space;
    if same { Ok(()) } else { Err(Refusal::WrongBirth) }
}

/// Sorted, and nothing twice.
fn rises<T: Ord>(list: &[T]) -> bool {
    list.is_sorted_by(|a, b| a < b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Claimed, HeaderDraft, READER, sign_batch};
    use crate::secret::Secret32;

    fn birth() -> Birth {
        Birth { space: SpaceId([1; 32]), kind: 1, writer: None, about: None, key: None, nonce: [2; 32] }
    }

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(Secret32::new([seed; 32]))
    }

    fn header(kind: BatchKind, payload: &[u8]) -> Header {
        let draft = HeaderDraft {
            space: birth().space,
            seq: 1,
            prev: Vec::new(),
            doc: birth().doc(),
            kind,
            actor_nonce: [3; 16],
            min_reader: READER,
            adopts: Vec::new(),
            again_of: None,
            claimed: Claimed { unix_ms: 0, zone: String::new() },
        };
        sign_batch(draft, payload.to_vec(), &key(4)).unwrap().header().unwrap()
    }

    fn judged(kind: BatchKind, payload: &[u8]) -> Result<Request, Refusal> {
        Request::judge(&header(kind, payload), payload)
    }

    fn forget() -> Forget {
        Forget { birth: birth(), heads: vec![BatchId([1; 32]), BatchId([2; 32])], into: None }
    }

    #[test]
    fn what_is_asked_comes_back_as_it_was() {
        let into = Some(successor_of(&birth()).doc());
        for forget in [forget(), Forget { into, ..forget() }, Forget { heads: Vec::new(), ..forget() }] {
            assert_eq!(judged(BatchKind::Forget, &forget.encode(&[9; 16])), Ok(Request::Forget(forget)));
        }
        let purge = Purge::sign(birth(), &[DocId([7; 32]), birth().doc()], &key(5)).unwrap();
        assert_eq!(judged(BatchKind::Purge, &purge.encode(&[9; 16])), Ok(Request::Purge(purge.clone())));
        assert!(purge.verify(&key(5).public()) && !purge.verify(&key(4).public()));
        let elsewhere = Purge { birth: Birth { space: SpaceId([8; 32]), ..birth() }, ..purge.clone() };
        assert!(!elsewhere.verify(&key(5).public()), "bound to the space");
        let more = Purge { docs: vec![DocId([7; 32])], ..purge };
        assert!(!more.verify(&key(5).public()), "bound to the documents");
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_reason() {
        let refused = |kind, payload: &[u8]| judged(kind, payload).unwrap_err();
        let asks = |forget: Forget| refused(BatchKind::Forget, &forget.encode(&[9; 16]));
        let other = Birth { nonce: [6; 32], ..birth() };
        assert_eq!(asks(Forget { birth: other, ..forget() }), Refusal::WrongBirth);
        assert_eq!(asks(Forget { into: Some(DocId([1; 32])), ..forget() }), Refusal::UnknownTarget);
        assert_eq!(asks(Forget { heads: vec![BatchId([2; 32]), BatchId([1; 32])], ..forget() }), Refusal::BadPayload);
        assert_eq!(asks(Forget { heads: vec![BatchId([2; 32]); 2], ..forget() }), Refusal::BadPayload);
        let heads: Vec<_> = (0..=64_u8).map(|at| BatchId([at; 32])).collect();
        assert_eq!(asks(Forget { heads: heads.clone(), ..forget() }), Refusal::TooBig);
        assert!(judged(BatchKind::Forget, &Forget { heads: heads[1..].to_vec(), ..forget() }.encode(&[9; 16])).is_ok());
        let purge = Purge::sign(birth(), &[DocId([7; 32])], &key(5)).unwrap();
        let without = Purge { docs: vec![DocId([7; 32])], ..purge.clone() };
        assert_eq!(refused(BatchKind::Purge, &without.encode(&[9; 16])), Refusal::UnknownTarget);
        let docs: Vec<_> = (0..64_u8).map(|at| DocId([at; 32])).collect();
        assert_eq!(Purge::sign(birth(), &docs, &key(5)), Err(Refusal::TooBig));
        let good = forget().encode(&[9; 16]);
        assert_eq!(refused(BatchKind::Purge, &good), Refusal::BadPayload, "the other kind's body");
        assert_eq!(refused(BatchKind::Forget, &good[..15]), Refusal::BadPayload);
        assert_eq!(refused(BatchKind::Forget, &[&good, [0].as_slice()].concat()), Refusal::BadPayload);
        let mut deflated = good.clone();
        deflated[PAYLOAD_RANDOM_BYTES] = 1;
        assert_eq!(refused(BatchKind::Forget, &deflated), Refusal::BadPayload);
        assert_eq!(refused(BatchKind::Forget, &vec![0; REQUEST_BYTES_MAX + 1]), Refusal::TooBig);
        let adopting = Header { adopts: vec![BatchId([1; 32])], ..header(BatchKind::Forget, &good) };
        assert_eq!(Request::judge(&adopting, &good), Err(Refusal::NotAllowedOperation));
        assert_eq!(judged(BatchKind::Signature, &good), Err(Refusal::BadPayload));
    }
}
