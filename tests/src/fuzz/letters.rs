//! What carries: envelopes, bundle files, batches on the wire, holdings, and what is inflated.

use super::bytes::{EDGES, mutate};
use super::item::{Item, mutated};
use super::{Depth, Dice, Target};
use crate::SeededEntropy;
use belay::batch::{
    Batch, BatchKind, Birth, Body, CardRev, Claimed, Forget, HeaderDraft, Holdings, LogHead, Purge, Request,
    SignedHoldings, sign_batch, successor_of,
};
use belay::cbor;
use belay::crypto::hash::sha256;
use belay::crypto::seal::{self, OpeningKey};
use belay::crypto::sign::{Signed, SigningKey};
use belay::document::{Doc, Kind, Scalar, Step};
use belay::envelope::{EnvelopeContent, open, split};
use belay::exchange::{BundleReader, is_bundle, write_bundle};
use belay::identity::{DeviceKeys, SpaceKeys};
use belay::ids::{ActorKey, BatchId, ChangeId, DocId, SpaceId, StatementId};
use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use std::io::Read;

/// A device with something to send.
struct Sender {
    key: SigningKey,
    sealing: OpeningKey,
    batch: Batch,
    body: Body,
    content: EnvelopeContent,
    holdings: SignedHoldings,
}

impl Sender {
    fn new() -> Self {
        let mut entropy = SeededEntropy::new("fuzz/letters");
        let (keys, space_keys) = (DeviceKeys::make(&mut entropy), SpaceKeys::make(&mut entropy));
        let sealing = OpeningKey::make(&mut entropy);
        let (space, device) = (SpaceId([5; 32]), keys.device_id());
        let birth = Birth {
            space,
            kind: Kind::Note.number(),
            writer: None,
            about: None,
            key: Some("k".into()),
            nonce: [1; 32],
        };
        let mut doc = Doc::born(birth.clone()).expect("a known kind");
        let words = "words and words and other words ".repeat(30);
        let steps = [Step::Text(vec!["extra".into()], words), Step::Set(vec!["pinned".into()], Scalar::Bool(true))];
        let changes = doc.perform(ActorKey([3; 16]), &steps).expect("steps that fit");
        let changes = changes.into_iter().map(|bytes| belay::batch::Chunk::read(bytes).expect("a change")).collect();
        let body = Body { birth: Some(birth.clone()), changes };
        let draft = HeaderDraft {
            space,
            seq: 9,
            prev: vec![BatchId([1; 32]), BatchId([2; 32])],
            doc: birth.doc(),
            kind: BatchKind::Changes,
            actor_nonce: [4; 16],
            min_reader: 1,
            adopts: vec![BatchId([6; 32])],
            again_of: Some(BatchId([7; 32])),
            claimed: Claimed { unix_ms: 1_700_000_000_000, zone: "Europe/Lisbon".into() },
        };
        let payload = body.encode(&[9; 16]).expect("a small body");
        let batch = sign_batch(draft, payload, &keys.signing).expect("a small batch");
        let holdings = Holdings {
            space,
            device,
            counter: 3,
            statements: vec![StatementId([1; 32])],
            logs: vec![LogHead { device, seq: 9, id: batch.id() }],
            cards: vec![CardRev { device, rev: 1 }],
            asks: vec![BatchId([1; 32]).into(), ChangeId([2; 32]).into()],
        };
        let holdings = holdings.sign(&keys.signing);
        let root = belay::identity::make_member_root(&sealing.public(), &mut entropy).expect("a good key");
        let genesis = belay::space::make_own_space(keys.entry([8; 32]), &root.root_pk, &mut entropy);
        let content = EnvelopeContent {
            statements: genesis.into_iter().collect(),
            cards: vec![space_keys.card(device, space, 1, vec![]).sign(&keys.signing)],
            batches: vec![batch.encode(), batch.encode()],
            holdings: Some(holdings.encode()),
            ..EnvelopeContent::new(space)
        };
        Sender { key: keys.signing, sealing, batch, body, content, holdings }
    }
}

/// What is read of an envelope that opened, as far as no vault is needed.
fn read_content(content: &EnvelopeContent) {
    let _told = format!("{content:?}");
    for statement in &content.statements {
        let _whether = (statement.verify(), format!("{statement:?}"));
    }
    for card in &content.cards {
        let _whether = (card.read(), format!("{card:?}"));
    }
    for wire in &content.batches {
        let _whether = Batch::parse(wire).map(|(batch, header)| (format!("{batch:?}"), header));
    }
    let _whether = content.holdings.as_deref().map(SignedHoldings::parse);
    let pieces = split(content.clone());
    let batches = pieces.iter().flatten().map(|piece| piece.batches.len()).sum::<usize>();
    assert!(pieces.is_err() || batches == content.batches.len(), "splitting lost a batch");
}

/// Sealed content, changed before it is sealed; and ciphertexts.
pub struct Envelopes {
    sender: Sender,
}

impl Default for Envelopes {
    fn default() -> Self {
        Envelopes { sender: Sender::new() }
    }
}

const ENVELOPE: [&str; 3] = ["a size that is a bucket", "opened by its key", "content read"];

impl Envelopes {
    fn seal(&self, plain: &[u8], dice: &mut Dice) -> Vec<u8> {
        let to = self.sender.sealing.public();
        seal::seal(&to, b"belay/envelope/1", b"", None, plain, dice).expect("a good key")
    }
    fn open(&self, envelope: &[u8]) -> Depth {
        match open(envelope, std::slice::from_ref(&self.sender.sealing)) {
            Ok(content) => {
                read_content(&content);
                Depth::whole(&ENVELOPE)
            }
            Err(error) if belay::envelope::is_bucket(envelope.len()) => {
                Depth::stopped(if error.code() == belay::error::Code::Corrupt { 2 } else { 1 }, error.code())
            }
            Err(error) => Depth::stopped(0, error.code()),
        }
    }
}

/// Length ‖ content ‖ zeros, so that the envelope is a bucket.
fn padded(content: &[u8], told: usize) -> Vec<u8> {
    let whole = (content.len() + 4 + 48).next_power_of_two().max(1024);
    let mut plain = u32::try_from(told).unwrap_or(u32::MAX).to_le_bytes().to_vec();
    plain.extend(content);
    plain.resize(whole - 48, 0);
    plain
}

impl Target for Envelopes {
    fn steps(&self) -> &'static [&'static str] {
        &ENVELOPE
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let content = mutated(dice, &cbor::encode(&self.sender.content));
        let told = match dice.below(30) {
            0 => usize::try_from(dice.number(&EDGES)).unwrap_or(usize::MAX),
            1 => content.len() + 1,
            2 => content.len().saturating_sub(1),
            _ => content.len(),
        };
        let mut plain = padded(&content, told);
        match dice.below(40) {
            0 => mutate(dice, &mut plain),
            1 => plain.truncate(dice.below(plain.len())),
            2 => plain.last_mut().into_iter().for_each(|byte| *byte = 1),
            _ => {}
        }
        let mut envelope = self.seal(&plain, dice);
        if dice.percent(4) {
            mutate(dice, &mut envelope);
        }
        Some(self.open(&envelope))
    }

    /// Bytes as an envelope; as the content of one.
    fn given(&mut self, bytes: &[u8]) -> Depth {
        let sealed = self.seal(&padded(bytes, bytes.len()), &mut Dice::of_bytes(bytes));
        self.open(bytes).max(self.open(&sealed))
    }
}

/// Bundle files.
pub struct Bundles {
    file: Vec<u8>,
}

impl Default for Bundles {
    fn default() -> Self {
        let envelopes: Vec<Vec<u8>> = [1024, 2048, 1024, 4096].map(|size| vec![0xab; size]).into();
        let mut file = Vec::new();
        write_bundle(&mut file, &envelopes).expect("writing to memory");
        Bundles { file }
    }
}

const BUNDLE: [&str; 3] = ["a bundle of this version", "an envelope", "to its end"];

impl Target for Bundles {
    fn steps(&self) -> &'static [&'static str] {
        &BUNDLE
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let mut file = self.file.clone();
        // At the lengths of the envelopes, mostly.
        let lengths = [13, 13 + 4 + 1024, 13 + 4 + 1024 + 4 + 2048];
        match dice.below(8) {
            0 => mutate(dice, &mut file),
            1 => file.truncate(dice.below(file.len() + 1)),
            2 => file.iter_mut().take(14).for_each(|byte| *byte ^= dice.number(&[0, 0, 0, 1]).to_le_bytes()[0]),
            _ => {
                let at = dice.pick(&lengths).copied().unwrap_or(13);
                let length =
                    dice.number(&[0, 1, 512, 1023, 1024, 2048, 4096, 262_144, 524_288, 1 << 31, u32::MAX.into()]);
                let length = u32::try_from(length).unwrap_or(0).to_le_bytes();
                file.splice(at..at + 4, length);
            }
        }
        Some(self.given(&file))
    }

    fn given(&mut self, bytes: &[u8]) -> Depth {
        let reader = match BundleReader::new(bytes) {
            Ok(reader) => reader,
            Err(error) => return Depth::stopped(0, error.code()),
        };
        assert!(is_bundle(bytes));
        let mut depth = Depth::stopped(1, "empty");
        let mut read = 13;
        for envelope in reader {
            match envelope {
                Ok(envelope) => {
                    read += 4 + envelope.len();
                    assert!(belay::envelope::is_bucket(envelope.len()));
                    depth = Depth::whole(&BUNDLE);
                }
                Err(error) => return Depth::stopped(if read > 13 { 2 } else { 1 }, error.code()),
            }
        }
        assert_eq!(read, bytes.len(), "read to the end");
        depth
    }
}

/// A batch on the wire, and its header.
pub struct Batches {
    sender: Sender,
}

impl Default for Batches {
    fn default() -> Self {
        Batches { sender: Sender::new() }
    }
}

const BATCH: [&str; 3] = ["parsed, header and payload", "signed by its device", "body read"];

impl Batches {
    fn signed(&self, header_bytes: Vec<u8>, payload: Option<Vec<u8>>) -> Vec<u8> {
        Batch { signature: self.sender.key.sign(Signed::Batch, &header_bytes), header_bytes, payload }.encode()
    }
    fn read(&self, wire: &[u8]) -> Depth {
        let (batch, header) = match Batch::parse(wire) {
            Ok(parsed) => parsed,
            Err(refusal) => return Depth::stopped(0, refusal),
        };
        assert_eq!(batch.encode(), wire, "one batch has one form");
        let _shown = (format!("{batch:?} {header:?}"), header.claimed.stamp(), belay::batch::newer(&header));
        if let Err(refusal) = batch.verify(&header, &self.sender.key.public()) {
            return Depth::stopped(1, refusal);
        }
        let read = batch.payload.as_deref().map(|payload| match Request::is_asked_by(&header) {
            true => Request::judge(&header, payload).map(|request| assert_eq!(request.birth().doc(), header.doc)),
            false => Body::decode(payload).map(|_| ()),
        });
        match read {
            Some(Err(refusal)) => Depth::stopped(2, refusal),
            _ => Depth::whole(&BATCH),
        }
    }

    /// What a batch of kind 5 or 6 holds, about a document of its own, and the header that goes with it.
    fn asking(&self, dice: &mut Dice) -> Option<(Item, Vec<u8>)> {
        let mut header = Item::parse(&self.sender.batch.header_bytes)?;
        let space = self.sender.batch.header().ok()?.space;
        let nonce = [u8::try_from(dice.below(256)).ok()?; 32];
        let birth = Birth { space, kind: 1, writer: None, about: None, key: None, nonce };
        let doc = birth.doc();
        let (kind, payload) = if dice.percent(50) {
            let into = dice.percent(50).then(|| successor_of(&birth).doc());
            (5, Forget { birth, heads: vec![BatchId(nonce)], into }.encode(&[1; 16]))
        } else {
            (6, Purge::sign(birth, &[DocId(nonce)], &self.sender.key).ok()?.encode(&[1; 16]))
        };
        header.at(6).into_iter().for_each(|item| *item = Item::Bytes(doc.0.to_vec()));
        header.at(7).into_iter().for_each(|item| *item = Item::Number(false, kind));
        if let Item::Map(fields) = &mut header {
            fields.retain(|(key, _)| *key != Item::Number(false, 11));
        }
        header.at(10).into_iter().for_each(|item| *item = Item::List(Vec::new()));
        let (frame, body) = payload.split_at_checked(17)?;
        let mut body = Item::parse(body)?;
        if dice.percent(70) {
            body.mutate(dice);
        }
        Some((header, [frame, &body.encode()].concat()))
    }
}

impl Target for Batches {
    fn steps(&self) -> &'static [&'static str] {
        &BATCH
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let asks = dice.percent(25);
        let (mut header, mut payload) = match asks {
            true => self.asking(dice)?,
            false => (Item::parse(&self.sender.batch.header_bytes)?, self.sender.batch.payload.clone()?),
        };
        if dice.percent(20) {
            mutate(dice, &mut payload);
        }
        // What asks is mutated inside.
        if dice.percent(if asks { 20 } else { 85 }) {
            header.mutate(dice);
        }
        if dice.percent(90) {
            // Length and hash of the payload.
            header.at(13).into_iter().for_each(|item| *item = Item::Number(false, payload.len() as u64));
            header.at(14).into_iter().for_each(|item| *item = Item::Bytes(sha256(&[&payload]).to_vec()));
        }
        let wire = self.signed(header.encode(), (!dice.percent(5)).then_some(payload));
        let wire = if dice.percent(10) { mutated(dice, &wire) } else { wire };
        Some(self.read(&wire))
    }

    /// Bytes as a batch; as a header that is well signed.
    fn given(&mut self, bytes: &[u8]) -> Depth {
        self.read(bytes).max(self.read(&self.signed(bytes.to_vec(), None)))
    }
}

/// Holdings that a device tells.
pub struct HoldingsTold {
    sender: Sender,
}

impl Default for HoldingsTold {
    fn default() -> Self {
        HoldingsTold { sender: Sender::new() }
    }
}

const HOLDINGS: [&str; 2] = ["parsed", "signed by its device"];

impl HoldingsTold {
    fn signed(&self, bytes: Vec<u8>) -> Vec<u8> {
        SignedHoldings { signature: self.sender.key.sign(Signed::Holdings, &bytes), bytes }.encode()
    }
    fn read(&self, wire: &[u8]) -> Depth {
        let Some((signed, holdings)) = SignedHoldings::parse(wire) else { return Depth::stopped(0, "no holdings") };
        let log = super::scene::Shelf::default();
        let _bounded = (belay::batch::to_send(Some(&holdings), &log), belay::batch::covers(&holdings, &holdings, &log));
        if signed.verify(&holdings, &self.sender.key.public()) {
            Depth::whole(&HOLDINGS)
        } else {
            Depth::stopped(1, "not signed")
        }
    }
}

impl Target for HoldingsTold {
    fn steps(&self) -> &'static [&'static str] {
        &HOLDINGS
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let wire = self.signed(mutated(dice, &self.sender.holdings.bytes));
        let wire = if dice.percent(10) { mutated(dice, &wire) } else { wire };
        Some(self.read(&wire))
    }

    fn given(&mut self, bytes: &[u8]) -> Depth {
        self.read(bytes).max(self.read(&self.signed(bytes.to_vec())))
    }
}

/// Payloads, plain and deflated.
pub struct Inflating {
    sender: Sender,
}

impl Default for Inflating {
    fn default() -> Self {
        Inflating { sender: Sender::new() }
    }
}

const INFLATE: [&str; 1] = ["inflated, read"];

fn deflated(plain: &[u8], level: u32) -> Vec<u8> {
    let mut out = Vec::new();
    DeflateEncoder::new(plain, Compression::new(level)).read_to_end(&mut out).expect("memory");
    out
}

/// How much comes out of a stream, up to a little more than a body may be.
fn inflated_len(stream: &[u8]) -> u64 {
    let mut out = Vec::new();
    let _damaged = DeflateDecoder::new(stream).take((1 << 20) + 9).read_to_end(&mut out);
    out.len() as u64
}

fn payload(form: u8, size: u64, stream: &[u8]) -> Vec<u8> {
    let size = u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes();
    [[0x33; 16].as_slice(), &[form], &size, stream].concat()
}

impl Target for Inflating {
    fn steps(&self) -> &'static [&'static str] {
        &INFLATE
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let encoded = self.sender.body.encode(&[0; 16]).ok()?;
        let mut plain = Vec::new();
        DeflateDecoder::new(encoded.get(21..)?).read_to_end(&mut plain).ok()?;
        if dice.percent(60) {
            plain = mutated(dice, &plain);
        }
        if dice.percent(3) {
            plain.resize(dice.below(1 << 21), 0);
        }
        // More in the stream than is stated.
        let stated = plain.len() as u64;
        let hides = dice.percent(6);
        if hides {
            plain.extend(vec![7; 1 + dice.below(9)]);
        }
        let mut stream = deflated(&plain, u32::try_from(dice.below(10)).unwrap_or(6));
        if !hides && dice.percent(40) {
            mutate(dice, &mut stream);
        }
        let size = if hides {
            stated
        } else if dice.percent(85) {
            inflated_len(&stream)
        } else {
            dice.number(&EDGES)
        };
        let bytes = match dice.below(12) {
            0 => [[0; 16].as_slice(), &[0], &plain].concat(),
            1 => payload(dice.byte() % 4, size, &stream),
            _ => payload(1, size, &stream),
        };
        Some(read_payload(&bytes))
    }

    /// Bytes as a payload; as a deflated stream whose size is stated right; as a plain body.
    fn given(&mut self, bytes: &[u8]) -> Depth {
        let plain = [[0; 16].as_slice(), &[0], bytes].concat();
        read_payload(bytes).max(read_payload(&payload(1, inflated_len(bytes), bytes))).max(read_payload(&plain))
    }
}

fn read_payload(bytes: &[u8]) -> Depth {
    match Body::decode(bytes) {
        Ok(body) => {
            if let Some((size, stream)) =
                bytes.get(16..).and_then(|rest| rest.strip_prefix(&[1])).and_then(<[u8]>::split_first_chunk::<4>)
            {
                assert_eq!(inflated_len(stream), u64::from(u32::from_le_bytes(*size)), "all of it was stated");
            }
            assert!(body.changes.iter().map(|chunk| chunk.bytes().len()).sum::<usize>() <= 2 << 20);
            if let Ok(again) = body.encode(&[0; 16]) {
                assert_eq!(Body::decode(&again), Ok(body), "what was read is written the same");
            }
            Depth::whole(&INFLATE)
        }
        Err(refusal) => Depth::stopped(0, refusal),
    }
}
