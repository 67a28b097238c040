//! The whole gate, acceptance and the merge engine behind it: what passes must load back.

use super::change::{Parts, chunk_of, data_of};
use super::engine::{expanded, mutate_meaning, named, shift_own, stand_elsewhere, written};
use super::item::mutated;
use super::measure::apart;
use super::scene::{Honest, Scene, Stand};
use super::{Depth, Dice, Target, bytes};
use automerge::ChangeHash;
use belay::batch::{
    Acceptance, Admitted, Batch, Birth, Body, Chunk, DocumentPast, Evidence, Header, Held, Place, Refusal, Standing,
    Verdict, accept, judge, newer, place,
};
use belay::cbor;
use belay::crypto::hash::sha256;
use belay::crypto::sign::Signed;
use belay::document::{Doc, Kind, KnownSeeds, Scalar, State, Step};
use belay::ids::{ActorKey, BatchId, ChangeId, DocId, SpaceId};
use std::collections::BTreeMap;
use std::num::NonZeroU64;

const STEPS: [&str; 11] = [
    "1 parsed: sizes, CBOR, payload's hash",
    "2 signed by a device of the space",
    "3 in its log, or a fork",
    "  for this build",
    "  inflated, chunks with their checksums",
    "4 born",
    "5 pre-scanned",
    "6 read and written alike by the engine",
    "7 fits its past",
    "  accepted",
    "  applied, shown, saved, loaded back the same",
];

/// How many steps a batch passed that the gate refused; where two steps give one reason, the earlier.
fn passed(refusal: Refusal) -> usize {
    match refusal {
        Refusal::WrongBirth => 5,
        Refusal::BadChunk | Refusal::NotAllowedOperation | Refusal::TooBig | Refusal::Empty => 6,
        Refusal::NotCanonical => 7,
        _ => 8,
    }
}

/// The whole gate.
pub struct Gate {
    scenes: Vec<Scene>,
}

impl Default for Gate {
    fn default() -> Self {
        let note = Scene::told(Kind::Note, true, 20, 11);
        let joint = Scene::told(Kind::Joint, false, 24, 12);
        let goal = Scene::told(Kind::Goal, false, 16, 13);
        Gate { scenes: vec![note, joint, goal] }
    }
}

impl Target for Gate {
    fn steps(&self) -> &'static [&'static str] {
        &STEPS
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let (scene, at) = (dice.below(self.scenes.len()), dice.roll());
        let scene = self.scenes.get_mut(scene)?;
        let victim = usize::try_from(at % scene.honest.len() as u64).unwrap_or(0);
        let wire = attack(scene, victim, dice)?;
        // Where the honest one and what follows it are here as well, it is a fork, and often a twin.
        let late = if dice.percent(25) { dice.below(scene.honest.len() - victim) } else { 0 };
        Some(defend(scene, victim + late, &wire, dice))
    }

    /// Bytes as a batch; as the body of one that is well signed.
    fn given(&mut self, bytes: &[u8]) -> Depth {
        let mut deepest = Depth::stopped(0, "nothing");
        for scene in &mut self.scenes {
            let victim = scene.honest.len() - 1;
            let dice = &mut Dice::of_bytes(bytes);
            let Some(honest) = scene.honest.get(victim) else { continue };
            let payload = [[0; 16].as_slice(), &[0], bytes].concat();
            let wires = [bytes.to_vec(), sign(scene, honest, honest.header.clone(), payload).encode()];
            for wire in wires {
                deepest = deepest.max(defend(scene, victim, &wire, dice));
            }
        }
        deepest
    }
}

/// Single changes, through steps 5 to 7 and into the engine.
pub struct Chunks {
    scene: Scene,
}

impl Default for Chunks {
    fn default() -> Self {
        Chunks { scene: Scene::told(Kind::Goal, true, 14, 21) }
    }
}

impl Target for Chunks {
    fn steps(&self) -> &'static [&'static str] {
        &STEPS
    }

    fn case(&mut self, dice: &mut Dice) -> Option<Depth> {
        let scene = &mut self.scene;
        let victim = dice.below(scene.honest.len());
        let body = &scene.honest.get(victim)?.body;
        let mut body =
            Body { birth: Some(scene.birth.clone()), changes: body.changes.first().cloned().into_iter().collect() };
        let kind = if dice.percent(25) { Bad::Bytes } else { Bad::Columns };
        spoil(kind, scene, victim, &mut body, dice)?;
        let honest = scene.honest.get(victim)?;
        let wire = sign(scene, honest, honest.header.clone(), body.encode(&[0; 16]).ok()?).encode();
        Some(defend(scene, victim, &wire, dice))
    }

    /// Bytes as a chunk; as the data of one; as what stands behind the head of one that is bound to a device.
    fn given(&mut self, bytes: &[u8]) -> Depth {
        let scene = &mut self.scene;
        let victim = scene.honest.len() - 1;
        let mut chunks = vec![bytes.to_vec(), chunk_of(1, bytes), chunk_of(1, data_of(bytes))];
        let honest =
            scene.honest.get(victim).and_then(|honest| Parts::parse(data_of(honest.body.changes.first()?.bytes())));
        if let (Some(head), Some(parts)) = (honest, Parts::parse(data_of(bytes))) {
            chunks.push(chunk_of(1, &parts.under(&head).write()));
        }
        let mut deepest = Depth::stopped(0, "no chunk");
        for chunk in chunks {
            let Ok(chunk) = Chunk::read(chunk) else { continue };
            let body = Body { birth: Some(scene.birth.clone()), changes: vec![chunk] };
            let (Some(honest), Ok(payload)) = (scene.honest.get(victim), body.encode(&[0; 16])) else { continue };
            let wire = sign(scene, honest, honest.header.clone(), payload).encode();
            deepest = deepest.max(defend(scene, victim, &wire, &mut Dice::of_bytes(bytes)));
        }
        deepest
    }
}

#[derive(Clone, Copy)]
enum Bad {
    Nothing,
    Bytes,
    Columns,
    Meaning,
    Order,
    Birth,
}

/// A batch in the place of an honest one, by the same device, with something wrong in it.
fn attack(scene: &Scene, victim: usize, dice: &mut Dice) -> Option<Vec<u8>> {
    let honest = scene.honest.get(victim)?;
    let mut body = honest.body.clone();
    let (bad, bad_header) = match dice.below(100) {
        0..2 => (Bad::Nothing, false),
        2..16 => (Bad::Bytes, false),
        16..36 => (Bad::Columns, false),
        36..80 => (Bad::Meaning, false),
        80..87 => (Bad::Order, false),
        87..90 => (Bad::Birth, false),
        90..97 => (Bad::Nothing, true),
        _ => (Bad::Meaning, true),
    };
    spoil(bad, scene, victim, &mut body, dice)?;
    if matches!(bad, Bad::Meaning) && dice.percent(30) {
        spoil(bad, scene, victim, &mut body, dice)?;
    }
    let mut payload = body.encode(&[0x22; 16]).ok()?;
    if dice.percent(2) {
        bytes::mutate(dice, &mut payload);
    }
    let mut header = honest.header.clone();
    if bad_header {
        spoil_header(scene, &mut header, dice);
    }
    let mut wire = sign(scene, honest, header, payload);
    if bad_header && dice.percent(40) {
        wire.header_bytes = mutated(dice, &wire.header_bytes);
        let key = &scene.writers.get(honest.author)?.key;
        wire.signature = key.sign(Signed::Batch, &wire.header_bytes);
    }
    let wire = wire.encode();
    Some(if dice.percent(2) { mutated(dice, &wire) } else { wire })
}

/// Signed by the device of an honest batch, with length and hash of the payload.
fn sign(scene: &Scene, honest: &Honest, header: Header, payload: Vec<u8>) -> Batch {
    let key = &scene.writers.get(honest.author).expect("a writer of the scene").key;
    let payload_len = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let header = Header { payload_len, payload_hash: sha256(&[&payload]), ..header };
    let header_bytes = cbor::encode(&header);
    Batch { signature: key.sign(Signed::Batch, &header_bytes), header_bytes, payload: Some(payload) }
}

fn spoil_header(scene: &Scene, header: &mut Header, dice: &mut Dice) {
    let other = dice.pick(&scene.honest).map_or(BatchId([9; 32]), |honest| honest.id);
    match dice.below(12) {
        0 => header.seq = dice.number(&bytes::EDGES),
        1 => header.prev = vec![other],
        2 => header.prev.push(other),
        3 => header.doc = DocId([dice.byte(); 32]),
        4 => header.kind = u32::try_from(dice.below(10)).unwrap_or(0),
        5 => header.actor_nonce = [dice.byte(); 16],
        6 => header.min_reader = u32::try_from(dice.below(4)).unwrap_or(0),
        7 => header.adopts = (0..1 + dice.below(70)).map(|_| other).collect(),
        8 => header.again_of = Some(other),
        9 => header.claimed.unix_ms = dice.number(&bytes::EDGES).cast_signed(),
        10 => header.space = SpaceId([1; 32]),
        _ => header.v = u32::try_from(dice.below(4)).unwrap_or(0),
    }
}

/// Makes something of a body wrong; `None` where the engine cannot write it.
fn spoil(bad: Bad, scene: &Scene, victim: usize, body: &mut Body, dice: &mut Dice) -> Option<()> {
    let at = dice.below(body.changes.len());
    if body.changes.is_empty() {
        return None;
    }
    match bad {
        Bad::Nothing => {}
        Bad::Bytes | Bad::Columns => {
            let mut data = data_of(body.changes.get(at)?.bytes()).to_vec();
            match (bad, Parts::parse(&data)) {
                (Bad::Columns, Some(mut parts)) => {
                    let other = dice.pick(&scene.honest).and_then(|other| other.body.changes.first());
                    let other = other.and_then(|chunk| Parts::parse(data_of(chunk.bytes()))).unwrap_or(parts.clone());
                    parts.mutate(dice, &other);
                    data = parts.write();
                }
                _ => bytes::mutate(dice, &mut data),
            }
            restand(body, at, chunk_of(1, &data), dice)?;
        }
        Bad::Meaning => {
            let stand = scene.stands.get(victim)?;
            let mut known = stand.known();
            for chunk in body.changes.iter().take(at) {
                known.extend(named(&apart(|| expanded(chunk))?));
            }
            let mut change = apart(|| expanded(body.changes.get(at).expect("below its length")))?;
            if at == 0 && dice.percent(25) {
                known = stand_elsewhere(dice, &mut change, &stand.grounds);
            }
            // One that stands elsewhere may do no more than that.
            if dice.percent(90) {
                mutate_meaning(dice, &mut change, &known);
            }
            let chunk = written(change)?;
            restand(body, at, chunk, dice)?;
        }
        Bad::Order => match dice.below(4) {
            0 => body.changes.truncate(at),
            1 => drop(body.changes.drain(..at)),
            2 => {
                let other = dice.pick(&scene.honest)?;
                body.changes.clone_from(&other.body.changes);
            }
            _ => {
                let again = body.changes.get(at)?.bytes().to_vec();
                restand(body, at, again, dice)?;
                body.changes.truncate(at + 1);
            }
        },
        Bad::Birth => match dice.below(5) {
            0 => body.birth = None,
            1 => body.birth = Some(Birth { writer: None, ..scene.birth.clone() }),
            2 => body.birth = Some(Birth { kind: 1 + u32::from(dice.byte()) % 10, ..scene.birth.clone() }),
            3 => body.birth = Some(Birth { key: Some("k".repeat(dice.below(70))), ..scene.birth.clone() }),
            _ => body.birth = Some(Birth { nonce: [dice.byte(); 32], ..scene.birth.clone() }),
        },
    }
    Some(())
}

/// Puts a chunk in the place of one; the later ones stand on it, their numbers following on.
fn restand(body: &mut Body, at: usize, chunk: Vec<u8>, dice: &mut Dice) -> Option<()> {
    let later = body.changes.split_off((at + 1).min(body.changes.len()));
    body.changes.truncate(at);
    body.changes.push(Chunk::read(chunk).ok()?);
    if dice.percent(40) {
        return Some(());
    }
    let repair = dice.percent(80);
    for chunk in later {
        let before = body.changes.last()?;
        let mut change = apart(|| expanded(&chunk))?;
        change.deps = vec![ChangeHash(before.id().0)];
        if let Some(new) = next_op(before).filter(|_| repair) {
            let old = change.start_op.get();
            shift_own(&mut change, old, new.cast_signed() - old.cast_signed());
            change.start_op = NonZeroU64::new(new)?;
        }
        body.changes.push(Chunk::read(written(change)?).ok()?);
    }
    Some(())
}

/// The counter after a change's last operation.
fn next_op(chunk: &Chunk) -> Option<u64> {
    apart(|| Doc::describe(chunk.bytes()))?.ok()?.max_op.checked_add(1)
}

/// What a device does with a batch that comes in, and what must hold then.
fn defend(scene: &mut Scene, victim: usize, wire: &[u8], dice: &mut Dice) -> Depth {
    let (batch, header) = match Batch::parse(wire) {
        Ok(parsed) => parsed,
        Err(refusal) => return Depth::stopped(0, refusal),
    };
    let Some(writer) = scene.writers.iter().find(|writer| writer.device == header.device) else {
        return Depth::stopped(1, Refusal::UnknownDevice);
    };
    if let Err(refusal) = batch.verify(&header, &writer.key.public()) {
        return Depth::stopped(1, refusal);
    }
    if header.space != scene.birth.space {
        return Depth::stopped(1, Refusal::WrongSpace);
    }
    let id = batch.id();
    let Some(stand) = scene.stands.get_mut(victim) else { return Depth::stopped(2, "no stand") };
    match place(&id, &header, &stand.shelf) {
        Place::Next | Place::Fork => {}
        Place::WaitsFor(_) => return Depth::stopped(2, "waits for its log"),
        other => return Depth::stopped(2, other),
    }
    if let Some(newer) = newer(&header) {
        return Depth::stopped(3, newer);
    }
    let body = match batch.payload.as_deref().map(Body::decode) {
        Some(Ok(body)) => body,
        Some(Err(refusal)) => return Depth::stopped(4, refusal),
        None => return Depth::stopped(4, "dropped"),
    };
    // The fork of a log may bring the same payload under another header: the shelf holds what came before only.
    let mut foreign = DocumentPast::new(header.doc);
    let is_here = header.doc == scene.birth.doc();
    let shelf = stand.shelf.clone();
    let past = if is_here { stand.past(&scene.birth) } else { &mut foreign };
    let verdict = judge(&id, &header, &body, past, &shelf, &KnownSeeds);
    if dice.percent(2) && is_here {
        same_when_fresh(&scene.birth, stand, &id, &header, &body, &verdict);
    }
    let facts = match verdict {
        Verdict::Passed(facts) => facts,
        Verdict::Refused(refusal) => return Depth::stopped(passed(refusal), refusal),
        Verdict::Waits { for_changes } => {
            return Depth::stopped(if for_changes.is_empty() { 5 } else { 8 }, "waits");
        }
        Verdict::HeldBack(newer) => return Depth::stopped(5, newer),
    };
    stand.forget_past();
    if !is_here {
        return Depth::stopped(9, "another document");
    }
    let held = Held { doc: header.doc, adopts: header.adopts.clone(), again_of: header.again_of, facts };
    into_the_document(scene, victim, (id, header, body), held, dice)
}

/// What the gate says may not depend on what else it has judged.
fn same_when_fresh(birth: &Birth, stand: &mut Stand, id: &BatchId, header: &Header, body: &Body, said: &Verdict) {
    stand.forget_past();
    let shelf = stand.shelf.clone();
    let again = judge(id, header, body, stand.past(birth), &shelf, &KnownSeeds);
    assert_eq!(again, *said, "another verdict on a fresh past");
}

fn standings(scene: &Scene, stand: &Stand, dice: &mut Dice) -> BTreeMap<belay::ids::DeviceId, Standing> {
    let ids: Vec<BatchId> = stand.shelf.0.keys().copied().collect();
    let standing = |writer: &super::scene::Writer, dice: &mut Dice| {
        let cut = dice.percent(8);
        let heads = (0..dice.below(3)).filter_map(|_| dice.pick(&ids).copied()).collect();
        let admitted = if dice.percent(5) { Admitted::Once } else { Admitted::Standing };
        (writer.device, Standing { member: writer.member, admitted, cuts: if cut { vec![heads] } else { vec![] } })
    };
    scene.writers.iter().map(|writer| standing(writer, dice)).collect()
}

/// Acceptance, then the merge engine.
fn into_the_document(
    scene: &mut Scene,
    victim: usize,
    (id, header, body): (BatchId, Header, Body),
    held: Held,
    dice: &mut Dice,
) -> Depth {
    let doc = header.doc;
    let Some(stand) = scene.stands.get(victim) else { return Depth::stopped(9, "no stand") };
    let devices = standings(scene, stand, dice);
    let mut shelf = stand.shelf.clone();
    shelf.0.insert(id, (header, body));
    let mut batches = stand.held.clone();
    batches.push(held);
    let documents = [(doc, scene.rules())].into();
    let decide = |batches: &[Held]| {
        accept(&Evidence {
            devices: &devices,
            documents: &documents,
            batches,
            elsewhere: &[],
            log: &shelf,
            payloads: &shelf,
        })
    };
    let decided: Acceptance = decide(&batches);
    dice.shuffle(&mut batches);
    assert_eq!(decide(&batches), decided, "acceptance saw the order");
    let accepted = decided.accepted.get(&doc).map(Vec::as_slice).unwrap_or_default();
    let chunks_of = |id: &BatchId, count: u32| -> Vec<Vec<u8>> {
        let changes = shelf.0.get(id).map(|(_, body)| body.changes.as_slice()).unwrap_or_default();
        changes.iter().take(count as usize).map(|chunk| chunk.bytes().to_vec()).collect()
    };
    let others_whole = stand
        .held
        .iter()
        .all(|held| accepted.iter().any(|batch| batch.id == held.facts.id && batch.changes == held.facts.count));
    let new = accepted.iter().find(|batch| batch.id == id);
    if new.is_none() && others_whole {
        return Depth::stopped(9, decided.others.get(&id));
    }
    let rebuilt = || {
        let mut doc = Doc::born(scene.birth.clone()).expect("a kind that is known");
        let all = accepted.iter().flat_map(|batch| chunks_of(&batch.id, batch.changes));
        doc.apply(all).expect("the engine refused what was accepted");
        doc
    };
    let mut document = match new.filter(|_| others_whole) {
        Some(new) => {
            let mut document = Doc::load(scene.birth.clone(), &stand.snapshot).expect("an honest snapshot");
            document.apply(chunks_of(&id, new.changes)).expect("the engine refused what was accepted");
            document
        }
        None => rebuilt(),
    };
    show(&mut document, scene.kind, stand);
    if dice.percent(15) {
        assert_eq!(rebuilt().hash(), document.hash(), "another document when it is made anew");
    }
    go_on(document, dice);
    match new {
        Some(_) => Depth::whole(&STEPS),
        None => Depth::stopped(9, "others fell with it"),
    }
}

/// All that is read of a document.
fn show(document: &mut Doc, kind: Kind, stand: &Stand) {
    let saved = document.snapshot();
    assert!(saved.is_ok(), "poisoned: what was accepted does not load back");
    let state = State::read(kind, document.now());
    let _acts = state.acts_since(Some(&stand.state));
    let _words = format!("{state:?}");
    if document.heads() != stand.heads && document.at(&stand.heads, |view| view.tree()).is_ok() {
        for text in ["body", "title"] {
            let _splices = document.arrived_since(&vec![text.to_owned()], &stand.heads);
        }
    }
}

/// The next edit of an honest device.
fn go_on(mut document: Doc, dice: &mut Dice) {
    let before: Vec<ChangeId> = document.heads();
    let step = Step::Set(vec!["after".to_owned()], Scalar::Int(1));
    let made = document.perform(ActorKey([0xcc; 16]), &[step]).expect("an edit after it");
    assert_eq!(made.len(), 1, "one change");
    assert_ne!(document.heads(), before);
    if dice.percent(20) {
        assert!(document.snapshot().is_ok(), "poisoned after an edit");
    }
}
