//! A device whose owner wrote an app of their own: it signs whatever it likes, with the keys of its vault.

use crate::circle::{batches_of, device_keys, seal_bundle};
use crate::{Device, SeededEntropy};
use belay::batch::{Batch, BatchKind, Birth, Body, Chunk, Claimed, HeaderDraft, READER, derive_actor, sign_batch};
use belay::crypto::sign::SigningKey;
use belay::document::{Doc, Step};
use belay::envelope::EnvelopeContent;
use belay::identity::SignedCard;
use belay::ids::{BatchId, DeviceId, DocId, SpaceId};
use belay::secret::Entropy;
use belay::space::SignedStatement;
use belay::store::{batches, documents, spaces};

/// A forger: the keys of one device, and the next place in its log.
pub struct Forge {
    /// What it signs with.
    pub signing: SigningKey,
    /// Whose place in the log it takes.
    pub device: DeviceId,
    /// Where it writes.
    pub space: SpaceId,
    /// The next place.
    pub seq: u64,
    /// What that follows.
    pub prev: Vec<BatchId>,
    /// Binds the actor.
    pub nonce: [u8; 16],
}

impl Forge {
    /// With the keys and at the end of the log of this device.
    pub fn with_keys_of(device: &Device, space: &SpaceId) -> Self {
        device.rest();
        let keys = device_keys(device);
        let id = keys.device_id();
        let heads = device.look(|db| batches::heads(db, space, &id));
        Forge {
            signing: keys.signing,
            device: id,
            space: *space,
            seq: heads.iter().map(|(seq, _)| *seq).max().unwrap_or(0) + 1,
            prev: heads.iter().map(|(_, id)| *id).collect(),
            nonce: SeededEntropy::new(format!("forge {id}")).nonce(),
        }
    }

    /// How a document that a device holds was born.
    pub fn birth_of(on: &Device, doc: &DocId) -> Birth {
        let record = on.look(|db| documents::get(db, doc)).expect("a document that is held");
        Birth {
            space: record.space,
            kind: record.kind,
            writer: record.writer,
            about: record.about,
            key: record.key,
            nonce: record.nonce,
        }
    }

    /// A document as a device holds it, for writing on.
    pub fn doc_of(on: &Device, birth: &Birth) -> Doc {
        let mut doc = Doc::born(birth.clone()).expect("a known kind");
        let id = birth.doc();
        let held = on.look(|db| batches::accepted_after(db, &id, 0));
        for (payload, _) in held {
            let body = Body::decode(&payload).expect("an accepted payload");
            doc.apply(body.changes.into_iter().map(|chunk| chunk.bytes().to_vec())).expect("accepted changes");
        }
        doc
    }

    /// A batch with these steps, as the next of the log; `draft` may spoil the header before it is signed.
    pub fn batch(&self, birth: &Birth, doc: Doc, steps: &[Step], draft: impl FnOnce(&mut HeaderDraft)) -> Batch {
        let actor = derive_actor(&self.device, &birth.doc(), &self.nonce);
        self.batch_by(actor, birth, Some(birth), doc, steps, draft)
    }

    /// As [`Forge::batch`], by any actor and with any birth.
    pub fn batch_by(
        &self,
        actor: belay::ids::ActorKey,
        birth: &Birth,
        said: Option<&Birth>,
        mut doc: Doc,
        steps: &[Step],
        spoil: impl FnOnce(&mut HeaderDraft),
    ) -> Batch {
        let made = doc.perform(actor, steps).expect("steps that fit");
        let changes = made.into_iter().map(|bytes| Chunk::read(bytes).expect("a change")).collect();
        let body = Body { birth: said.cloned(), changes };
        let payload = body.encode(&[7; 16]).expect("a body that fits");
        let mut draft = HeaderDraft {
            space: self.space,
            seq: self.seq,
            prev: self.prev.clone(),
            doc: birth.doc(),
            kind: BatchKind::Changes,
            actor_nonce: self.nonce,
            min_reader: READER,
            adopts: Vec::new(),
            again_of: None,
            claimed: Claimed { unix_ms: 1_795_334_400_000, zone: "Europe/Lisbon".to_owned() },
        };
        spoil(&mut draft);
        sign_batch(draft, payload, &self.signing).expect("a batch that fits")
    }

    /// These batches in a bundle for a device.
    pub fn bundle_for(&self, to: &Device, batches: &[Batch]) -> Vec<u8> {
        let wires = batches.iter().map(Batch::encode).collect();
        bundle_of_wires(to, &self.space, wires)
    }
}

/// Any bytes as batches in a bundle for a device.
pub fn bundle_of_wires(to: &Device, space: &SpaceId, wires: Vec<Vec<u8>>) -> Vec<u8> {
    bundle_of_content(to, space, Vec::new(), wires)
}

/// Statements, and any bytes as batches, in a bundle for a device.
pub fn bundle_of_content(
    to: &Device,
    space: &SpaceId,
    statements: Vec<SignedStatement>,
    batches: Vec<Vec<u8>>,
) -> Vec<u8> {
    let me = device_keys(to).device_id();
    let card = to.look(|db| {
        let cards = spaces::cards(db, space)?;
        let (_, _, wire) = cards.into_iter().find(|(device, ..)| *device == me).expect("a card of one's own");
        SignedCard::parse(&wire)?.read()
    });
    seal_bundle(EnvelopeContent { statements, batches, ..EnvelopeContent::new(*space) }, &card.sealing_pk)
}

/// Every batch a device holds of a space, as on the wire.
pub fn wires_of(from: &Device, space: &SpaceId) -> Vec<Vec<u8>> {
    from.rest();
    batches_of(from, space)
}

impl SeededEntropy {
    fn nonce(mut self) -> [u8; 16] {
        let entropy: &mut dyn Entropy = &mut self;
        entropy.bytes()
    }
}
