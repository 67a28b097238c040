//! What comes in one lot: as if it had come one by one, and in no more room.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, missing_docs, reason = "a test may stop")]

use belay::batch::{Batch, Birth, Body};
use belay::document::{Doc, Kind, Scalar, Step};
use belay_tests::fuzz::{forget_peak, peak_kib};
use belay_tests::{Circle, Device, Forge, World};
use std::sync::Mutex;

static ALONE: Mutex<()> = Mutex::new(());

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says");
    line.split_whitespace().next().expect("a number").parse().expect("a number")
}

/// What documents of the supporter's own hold already, and what comes for them then.
struct Crafted {
    before: Vec<Vec<Vec<u8>>>,
    after: Vec<Vec<Vec<u8>>>,
}

fn crafted(by: &Device, circle: &Circle, docs: u8, ground: &dyn Fn(u8) -> Vec<Vec<Step>>, forks: u8) -> Crafted {
    let (space, kind, writer) = (circle.space, Kind::Plan.number(), Some(by.member(&circle.space)));
    let mut forge = Forge::with_keys_of(by, &space);
    let births: Vec<Birth> =
        (0..docs).map(|doc| Birth { space, kind, writer, about: None, key: None, nonce: [doc + 1; 32] }).collect();
    let changes = |batch: &Batch| {
        let body = Body::decode(batch.payload.as_ref().unwrap()).unwrap();
        body.changes.into_iter().map(|chunk| chunk.bytes().to_vec()).collect::<Vec<_>>()
    };
    let on = |birth: &Birth, all: &[Vec<u8>]| {
        let mut doc = Doc::born(birth.clone()).expect("a known kind");
        doc.apply(all.iter().cloned()).expect("sound");
        doc
    };
    let mut crafted = Crafted { before: Vec::new(), after: Vec::new() };
    let mut grounds = Vec::new();
    for (at, birth) in births.iter().enumerate() {
        let (mut held, mut wires) = (Vec::new(), Vec::new());
        for steps in ground(u8::try_from(at).expect("few")) {
            forge.nonce = [200; 16];
            let batch = forge.batch(birth, on(birth, &held), &steps, |_| ());
            held.extend(changes(&batch));
            (forge.seq, forge.prev) = (forge.seq + 1, vec![batch.id()]);
            wires.push(batch.encode());
        }
        grounds.push(held);
        crafted.before.push(wires);
    }
    for (birth, held) in births.iter().zip(&grounds) {
        let mut wires = Vec::new();
        for fork in 0..forks {
            // Each of an actor of its own, each on the ground alone.
            forge.nonce = [fork; 16];
            let steps = [Step::Set(vec!["template_version".to_owned()], Scalar::Int(i64::from(fork)))];
            let batch = forge.batch(birth, on(birth, held), &steps, |_| ());
            (forge.seq, forge.prev) = (forge.seq + 1, vec![batch.id()]);
            wires.push(batch.encode());
        }
        crafted.after.push(wires);
    }
    crafted
}

/// MiB more than before at most, while what comes is taken in: together, or a document at a time.
fn peak(docs: u8, ground: &dyn Fn(u8) -> Vec<Vec<Step>>, forks: u8, together: bool) -> u64 {
    let world = World::new("ahead");
    let circle = Circle::new(&world, 1, 1);
    let (mara, theo, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let Crafted { before, after } = crafted(theo, &circle, docs, ground, forks);
    let (sent, then) =
        (before.iter().flatten().map(Vec::len).sum::<usize>(), after.iter().flatten().map(Vec::len).sum::<usize>());
    for wires in before {
        let count = wires.len() as u64;
        assert_eq!(mara.take(&circle.carry(0, &space, vec![], wires)).expect("an envelope").new, count);
    }
    mara.lock_and_unlock();
    let bundles: Vec<Vec<u8>> = match together {
        true => vec![circle.carry(0, &space, vec![], after.concat())],
        false => after.into_iter().map(|wires| circle.carry(0, &space, vec![], wires)).collect(),
    };
    let bytes: usize = bundles.iter().map(Vec::len).sum();
    forget_peak();
    let resident = resident_kib();
    let begun = std::time::Instant::now();
    for bundle in &bundles {
        mara.take(bundle).expect("an envelope");
    }
    let most = peak_kib().saturating_sub(resident) / 1024;
    eprintln!(
        "{docs} documents of {sent} bytes, {forks} batches each of {then} bytes, in {} bundles of {bytes}: {most} MiB more, {:?}",
        bundles.len(),
        begun.elapsed()
    );
    most
}

/// One value of a million letters each: a thousand bytes on the wire.
#[test]
fn heavy_documents_are_not_worked_on_together() {
    let _alone = ALONE.lock();
    let ground = |doc: u8| -> Vec<Vec<Step>> {
        let letter = char::from(b'a' + doc % 26).to_string();
        vec![vec![Step::Set(vec!["template".to_owned()], Scalar::Str(letter.repeat(1_000_000)))]]
    };
    let docs = 33_u8;
    let one_by_one = peak(docs, &ground, 5, false);
    let together = peak(docs, &ground, 5, true);
    assert!(together < one_by_one + 64, "{together} MiB together, {one_by_one} MiB one by one");
}

/// Many keys that nobody shows: some bytes each in a change, a hundred and more as content.
#[test]
fn documents_of_many_keys_are_not_worked_on_together() {
    let _alone = ALONE.lock();
    let (docs, rounds) = (16_u8, 2_usize);
    let ground = |_: u8| -> Vec<Vec<Step>> {
        let key = |at: usize| Step::Set(vec![format!("{at:x}")], Scalar::Int(0));
        (0..rounds).map(|round| (0..4_990).map(|at| key(round * 5_000 + at)).collect()).collect()
    };
    let one_by_one = peak(docs, &ground, 5, false);
    let together = peak(docs, &ground, 5, true);
    assert!(together < one_by_one + 32, "{together} MiB together, {one_by_one} MiB one by one");
}

/// What is read off documents, and what history tells, in no order.
fn shown(device: &Device, space: &belay::ids::SpaceId) -> Vec<String> {
    let mut all = device.look(|db| {
        let mut all = Vec::new();
        for sql in [
            "SELECT quote(doc) || quote(id) || part || text || place || gone FROM entry",
            "SELECT quote(doc) || key || owner || place || quote(title) || skipped || gone FROM part",
            "SELECT quote(doc) || quote(title) || template FROM plan",
            "SELECT quote(document.id) || findable.kind || quote(element) FROM findable
             JOIN document ON document.number = findable.doc",
            "SELECT quote(id) || stage || reason || quote(facts) || quote(counted) FROM batch",
        ] {
            let mut query = db.prepare(sql)?;
            let rows = query.query_map([], |row| row.get::<_, String>(0))?;
            all.extend(rows.collect::<rusqlite::Result<Vec<String>>>()?);
        }
        let mut query = db.prepare(
            "SELECT quote(doc) || quote(batch) || act || quote(element) || quote(field) || quote(before) || quote(after)
             || quote(member) || quote(device) || claimed_ms FROM history WHERE space = ?1",
        )?;
        let rows = query.query_map([space], |row| row.get::<_, String>(0))?;
        all.extend(rows.collect::<rusqlite::Result<Vec<String>>>()?);
        Ok(all)
    });
    all.sort();
    all
}

/// Twins, forks, what is taken over, made again, refused and held back, in three documents: together, one by one, in pieces.
#[test]
fn whatever_comes_together_is_what_comes_one_by_one() {
    let runs = std::env::var("BELAY_CASES").map_or(6_u64, |cases| cases.parse().expect("BELAY_CASES is a number"));
    let mut red = Vec::new();
    for seed in 0..runs {
        let world = World::new(format!("ahead {seed}"));
        let (circle, mut chance) = (Circle::new(&world, 3, 1), belay_tests::Chance::new(seed));
        let (theo, space) = (&circle.devices[3], circle.space);
        let (kind, writer) = (Kind::Plan.number(), Some(theo.member(&space)));
        let mut forge = Forge::with_keys_of(theo, &space);
        let births: Vec<Birth> =
            (1..4).map(|doc| Birth { space, kind, writer, about: None, key: None, nonce: [doc; 32] }).collect();
        let mut grounds: Vec<Vec<Vec<Vec<u8>>>> = vec![Vec::new(); 3];
        let (mut base, mut wires, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        let mut last: Vec<Option<(usize, [u8; 16])>> = vec![None; 3];
        for number in 0..48_u8 {
            let at = if number < 3 { usize::from(number) } else { chance.below(3) };
            let birth = &births[at];
            let all = grounds[at].len();
            let is_twin = number > 8 && chance.percent(15) && last[at].is_some();
            let (upto, nonce) = match last[at] {
                Some(twin) if is_twin => twin,
                _ if number < 3 || chance.percent(60) => (all, [number; 16]),
                _ => (1 + chance.below(all), [number; 16]),
            };
            forge.nonce = nonce;
            let mut doc = Doc::born(birth.clone()).expect("a known kind");
            doc.apply(grounds[at][..upto].concat()).expect("sound");
            let entry = vec!["parts".to_owned(), format!("p{}", number % 7)];
            let steps = match number % 3 {
                0 => vec![Step::Splice(
                    vec!["title".to_owned()],
                    vec![belay::editing::Splice::new(0, 0, format!("w{number} "))],
                )],
                1 => vec![
                    Step::Map(entry.clone()),
                    Step::Set([entry, vec!["title".into()]].concat(), format!("t{number}").into()),
                ],
                _ => vec![Step::Set(vec!["template_version".to_owned()], Scalar::Int(number as i64))],
            };
            let odd = if number < 6 { 0 } else { chance.below(20) };
            let any: belay::ids::BatchId = ids.last().copied().unwrap_or(belay::ids::BatchId([9; 32]));
            let batch = forge.batch(birth, doc, &steps, |draft| match odd {
                1 => draft.min_reader += 7,
                2 | 3 => draft.again_of = Some(any),
                4 | 5 => draft.adopts = vec![any],
                // The actor is another's then: refused.
                6 => draft.actor_nonce = [0xee; 16],
                _ => {}
            });
            (forge.seq, forge.prev) = (forge.seq + 1, vec![batch.id()]);
            let body = Body::decode(batch.payload.as_ref().unwrap()).unwrap();
            if !is_twin && !matches!(odd, 1 | 2 | 3 | 6) {
                last[at] = Some((upto, nonce));
                grounds[at].push(body.changes.into_iter().map(|chunk| chunk.bytes().to_vec()).collect());
            }
            ids.push(batch.id());
            if number < 3 { base.push(batch.encode()) } else { wires.push(batch.encode()) }
        }
        let give = |to: usize, some: &[Vec<u8>]| {
            circle.devices[to].take(&circle.carry(to, &space, vec![], some.to_vec())).expect("an envelope");
        };
        for to in 0..3 {
            give(to, &base);
        }
        // In some order, the same for the first two.
        if seed % 2 == 1 {
            chance.shuffle(&mut wires);
        }
        give(0, &wires);
        for wire in &wires {
            give(1, std::slice::from_ref(wire));
        }
        let mut pieces = [wires.clone(), wires.clone()].concat();
        chance.shuffle(&mut pieces);
        while !pieces.is_empty() {
            let some = pieces.split_off(pieces.len().saturating_sub(1 + chance.below(20)));
            give(2, &some);
        }
        let hashes: Vec<_> = (0..3).map(|at| circle.devices[at].hash(&space)).collect();
        let all: Vec<_> = (0..3).map(|at| shown(&circle.devices[at], &space)).collect();
        let stages = circle.devices[0].look(|db| {
            let mut query = db.prepare("SELECT stage, reason, count(*) FROM batch GROUP BY 1, 2")?;
            let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<rusqlite::Result<Vec<(u8, u8, u32)>>>()?)
        });
        eprintln!("seed {seed}: {stages:?}");
        for at in [1, 2] {
            if hashes[at] != hashes[0] || all[at] != all[0] {
                let more: Vec<_> = all[at].iter().filter(|row| !all[0].contains(row)).collect();
                let less: Vec<_> = all[0].iter().filter(|row| !all[at].contains(row)).collect();
                eprintln!("seed {seed}, device {at}: only there {more:#?}\nonly together {less:#?}");
                red.push((seed, at));
            }
        }
    }
    assert!(red.is_empty(), "{red:?}");
}
