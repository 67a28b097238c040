//! What lies outside a cut has a bound on every phone, and what something honest stands on is fetched by its hash.

use crate::cast::{Theft, US, header, id};
use belay::batch::{Batch, Birth};
use belay::document::plan::{EntryState, steps};
use belay::document::{Doc, Scalar, Step};
use belay::ids::{DeviceId, DocId, ElementId, SpaceId};
use belay_tests::{Chance, Device, Forge, World, wires_of};

const COURTESY: u64 = 8 * 1024 * 1024;

/// So many bytes that no deflating makes fewer, in a goal of their own.
fn ballast(forge: &Forge, member: belay::ids::MemberId, number: u8, chance: &mut Chance) -> Batch {
    let birth =
        Birth { space: forge.space, kind: 2, writer: Some(member), about: None, key: None, nonce: [number; 32] };
    let mut state = chance.below(usize::MAX) as u64 | 1;
    let bytes = (0..180 * 128).flat_map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let bytes = bytes.collect();
    let doc = Doc::born(birth.clone()).expect("a goal");
    forge.batch(&birth, doc, &[Step::Set(vec!["ballast".to_owned()], Scalar::Bytes(bytes))], |_| {})
}

/// A line in the part that all write.
fn line(forge: &Forge, seen_by: &Device, plan: &DocId, words: &str) -> Batch {
    let parts = seen_by.look(|db| belay::store::documents::about(db, plan));
    let part = parts.into_iter().find(|record| record.writer.is_none()).expect("a joint part");
    let birth = Forge::birth_of(seen_by, &part.id);
    let line = EntryState { part: US.into(), text: words.into(), order: "m".into(), ..EntryState::default() };
    forge.batch(&birth, Forge::doc_of(seen_by, &birth), &steps::add_entry(ElementId([3; 16]), &line), |_| {})
}

/// Bytes kept of a device that do not count.
fn kept_of(on: &Device, space: &SpaceId, device: &DeviceId) -> u64 {
    let kept = on.look(|db| belay::store::logs::uncounted(db, space, device));
    kept.iter().map(|kept| kept.bytes).sum()
}

fn told_heads(on: &Device, to: &Device, space: &SpaceId, of: &DeviceId) -> Vec<u64> {
    let holdings = to.look(|db| belay::store::spaces::holdings(db, space, &on.id())).expect("holdings");
    let (_, holdings) = belay::batch::SignedHoldings::parse(&holdings).expect("sound holdings");
    holdings.heads_of(of).map(|head| head.seq).collect()
}

#[test]
fn nine_mebibytes_outside_a_cut_then_an_honest_batch_built_on_one() {
    let world = World::new("nine mebibytes");
    let theft = Theft::new(&world, 1);
    let space = theft.circle.space;
    let (mara, theo, stolen) = (theft.mara(), theft.theo(), theft.stolen());
    mara.apply(theft.plan.add(US, "Base"));
    theft.circle.tell_everything();
    let headers: Vec<_> = wires_of(stolen, &space).iter().map(|wire| header(wire)).collect();
    let cut = headers.iter().filter(|header| header.device == stolen.id()).map(|header| header.seq).max();
    // A flood by an app of the thief's own, and at its end one line in the part that all write.
    let mut forge = Forge::with_keys_of(stolen, &space);
    let (mut chance, mut flood) = (Chance::new(9), Vec::new());
    for number in 0..53 {
        let batch = ballast(&forge, mara.member(&space), number, &mut chance);
        (forge.seq, forge.prev) = (forge.seq + 1, vec![batch.id()]);
        flood.push(batch.encode());
    }
    let line = line(&forge, theo, &theft.plan.id, "Call Ana").encode();
    assert!(flood.iter().map(Vec::len).sum::<usize>() as u64 > 9 * 1024 * 1024);
    // Theo, who has not heard of the removal, holds it all and builds on the line.
    theft.tell(2, &[], flood.iter().chain([&line]).cloned().collect());
    let entry = theft.plan.line(theo, US, "Call Ana");
    theo.apply(theft.plan.rewrite(&entry, "Call Ana at eight"));
    assert_eq!(kept_of(theo, &space, &stolen.id()), 0, "it all counts");
    // Mara has removed the phone. Of the flood she keeps no more than its share, whether it comes in order or not.
    theft.remove();
    theft.tell(0, &[], flood);
    assert!(kept_of(mara, &space, &stolen.id()) <= COURTESY);
    let mut his = wires_of(theo, &space);
    his.retain(|wire| header(wire).device == theo.id());
    theft.tell(0, &[], his);
    assert!(!mara.look(|db| belay::store::batches::is_held(db, &id(&line))));
    assert_eq!(theft.plan.words(mara, US), ["Base"]);
    // She asks for the change by its hash; he hears of the removal, keeps no more than his share, and answers with that.
    theo.take(&mara.bundle(&space)).expect("her bundle");
    assert!(kept_of(theo, &space, &stolen.id()) <= COURTESY);
    assert_eq!(theft.plan.words(theo, US), ["Base", "Call Ana at eight"]);
    assert_eq!(told_heads(mara, theo, &space, &stolen.id()), cut.into_iter().collect::<Vec<_>>());
    let answer = theo.bundle(&space);
    assert!(answer.len() < 1024 * 1024, "the flood is nobody's duty: {} bytes", answer.len());
    mara.take(&answer).expect("what she asked for");
    assert_eq!(theft.plan.words(mara, US), ["Base", "Call Ana at eight"]);
    theft.agree(&[0, 2]);
    let report = theo.take(&mara.bundle(&space)).expect("quiet");
    assert_eq!((report.new, report.equal.as_slice()), (0, [Some(true)].as_slice()));
    // The same after both read everything anew.
    for device in [mara, theo] {
        device.lock_and_unlock();
        assert!(kept_of(device, &space, &stolen.id()) <= COURTESY);
    }
    theft.agree(&[0, 2]);
}
