//! Those who write an app of their own: a giver who changes what was given, a receiver who gives in another's name.

use crate::scene::*;
use belay::batch::{Batch, BatchKind, Birth, Claimed, Forget, HeaderDraft, READER, sign_batch};
use belay::command::{Deed, ForgetCommand};
use belay::crypto::hash::sha256;
use belay::document::{Kind, Scalar, Step};
use belay::error::Code;
use belay::ids::{DocId, SpaceId};
use belay::view::{Answer, Ask, ShareFilter};
use belay_tests::{Device, Forge, until_quiet};

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// The next batch of this device's log, with these steps in a document that `on` holds, by an actor of its own.
fn written(by: &Device, birth: &Birth, on: &Device, (nonce, steps): (u8, &[Step])) -> (Forge, Batch) {
    let forge = Forge { nonce: [nonce; 16], ..Forge::with_keys_of(by, &birth.space) };
    let batch = forge.batch(birth, Forge::doc_of(on, birth), steps, |_| {});
    (forge, batch)
}

#[test]
fn a_giver_who_changes_the_copy_later_changes_nothing() {
    let scene = Scene::new("hostile giver");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let id = scene.given();
    let birth = Forge::birth_of(mara, &id);
    let (was, history) = (copy(theo, id), theo.history(&id).len());
    let steps: [&[Step]; 4] = [
        &[Step::Set(keys(&["pieces", "0"]), "I never said so.".into()), Step::Set(keys(&["title"]), "New".into())],
        &[Step::Remove(keys(&["seal"])), Step::Map(keys(&["pieces"]))],
        &[Step::Set(keys(&["seal"]), Scalar::Bytes(vec![0xa0])), Step::Remove(keys(&["title"]))],
        &[Step::Text(keys(&["text"]), "I never said so.".to_owned())],
    ];
    // Each as a batch of her own log, and Theo takes it in.
    for (at, steps) in (1..).zip(steps) {
        let (forge, batch) = written(mara, &birth, mara, (at, steps));
        let bundle = forge.bundle_for(theo, std::slice::from_ref(&batch));
        let report = theo.take(&bundle).expect("a good bundle");
        // All branch off at one place of her log, which is no reason to keep one out.
        assert_eq!((report.new, report.kept_out), (1, 0), "{at}");
        let now = copy(theo, id);
        assert_eq!(
            (now.text, now.row.title, now.row.when),
            (was.text.clone(), was.row.title.clone(), was.row.when.clone())
        );
        assert_eq!(theo.history(&id).len(), history, "nothing is told of it");
    }
    theo.lock_and_unlock();
    assert_eq!(copy(theo, id).text, was.text);
    // It goes as it came.
    take_back(mara, id);
    until_quiet(mara, theo, &scene.space);
    assert_eq!(theo.ask(Ask::Copy { id }), Answer::No(Code::NotFound));
}

#[test]
fn a_copy_whose_words_are_not_those_of_its_id_is_none() {
    let scene = Scene::new("no copy");
    let (mara, theo) = (&scene.mara, &scene.theo);
    scene.given();
    let member = mara.member(&scene.space);
    let birth = |nonce| Birth {
        space: scene.space,
        kind: Kind::Copy.number(),
        writer: Some(member),
        about: None,
        key: None,
        nonce,
    };
    let bytes = Scalar::Bytes(vec![0xa0]);
    let spoilt = sha256(&[b"belay/copy/1", &[0xa0]]);
    for nonce in [[0; 32], [7; 32], spoilt] {
        let birth = birth(nonce);
        let doc = belay::document::Doc::born(birth.clone()).expect("a known kind");
        let forge = Forge::with_keys_of(mara, &scene.space);
        let steps = [Step::Set(keys(&["seal"]), bytes.clone()), Step::Set(keys(&["pieces", "0"]), "Not given.".into())];
        let batch = forge.batch(&birth, doc, &steps, |_| {});
        theo.take(&forge.bundle_for(theo, &[batch])).expect("a good bundle");
        assert_eq!(theo.ask(Ask::Copy { id: birth.doc() }), Answer::No(Code::NotFound));
    }
    assert_eq!(shares(theo, ShareFilter::default()).len(), 1);
}

#[test]
fn nobody_gives_or_takes_back_in_my_name() {
    let scene = Scene::new("hostile receiver");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let id = scene.given();
    let mine = Forge::birth_of(mara, &id);
    // Into the copy that is there.
    let steps = [Step::Set(keys(&["pieces", "0"]), "Mara said so.".into())];
    let (forge, batch) = written(theo, &mine, theo, (1, &steps));
    let kept_out = mara.kept_out(&scene.space).len();
    mara.take(&forge.bundle_for(mara, &[batch])).expect("a good bundle");
    assert_eq!(mara.kept_out(&scene.space).len(), kept_out + 1);
    assert_eq!(copy(mara, id).text.as_str(), EXCERPT);
    // One that is new, born as Mara's: good words, a good seal, the wrong hand.
    let said = belay::document::copy::Copied {
        text: "Mara said so.".to_owned(),
        zone: "UTC".to_owned(),
        ..belay::document::copy::Copied::default()
    };
    let giving = belay::document::copy::steps::give(&said, [9; 32]);
    for (writer, shown) in [(mara.member(&scene.space), false), (theo.member(&scene.space), true)] {
        let birth = Birth { writer: Some(writer), nonce: giving.nonce, ..mine.clone() };
        let doc = belay::document::Doc::born(birth.clone()).expect("a known kind");
        let forge = Forge::with_keys_of(theo, &scene.space);
        let batch = forge.batch(&birth, doc, &giving.writes.concat(), |_| {});
        mara.take(&forge.bundle_for(mara, &[batch])).expect("a good bundle");
        let rows = shares(mara, ShareFilter::default());
        let found = rows.iter().find(|row| row.id == birth.doc());
        assert_eq!(found.is_some(), shown, "the same in his own name is his");
        assert!(found.is_none_or(|row| !row.by.is_me && !row.may.allows(Deed::TakeBack) && row.note.is_none()));
    }
    // He may not take it back either, by no way that his own app has.
    assert_eq!(theo.refused(ForgetCommand::Everything { doc: id }), Code::NotFound);
    assert_eq!(copy(mara, id).text.as_str(), EXCERPT);
}

/// Forgets of copies that were never given, one log line after the other.
fn takes_back_unseen(by: &Device, to: &Device, space: SpaceId, many: u32) -> u64 {
    let writer = Some(by.member(&space));
    let mut forge = Forge::with_keys_of(by, &space);
    let mut batches = Vec::new();
    for number in 0..many {
        let mut nonce = [0; 32];
        nonce[..4].copy_from_slice(&number.to_be_bytes());
        let birth = Birth { space, kind: Kind::Copy.number(), writer, about: None, key: None, nonce };
        let draft = HeaderDraft {
            space,
            seq: forge.seq,
            prev: forge.prev.clone(),
            doc: birth.doc(),
            kind: BatchKind::Forget,
            actor_nonce: forge.nonce,
            min_reader: READER,
            adopts: Vec::new(),
            again_of: None,
            claimed: Claimed { unix_ms: i64::from(number), zone: String::new() },
        };
        let payload = Forget { birth, heads: Vec::new(), into: None }.encode(&[7; 16]);
        let batch = sign_batch(draft, payload, &forge.signing).expect("a small batch");
        (forge.seq, forge.prev) = (forge.seq + 1, vec![batch.id()]);
        batches.push(batch);
    }
    to.take(&forge.bundle_for(to, &batches)).expect("a good bundle").new
}

#[test]
fn what_was_taken_back_before_it_came_is_told_once() {
    let scene = Scene::new("never given");
    let (mara, theo) = (&scene.mara, &scene.theo);
    let seen = scene.given();
    take_back(mara, seen);
    scene.tell();
    assert_eq!(takes_back_unseen(mara, theo, scene.space, 120), 120);
    let rows = shares(theo, ShareFilter::default());
    let told: Vec<_> = rows.iter().filter(|row| row.id != seen).collect();
    assert_eq!((rows.len(), told.len()), (2, 1), "the one he saw, and that there were others");
    assert!(rows.iter().all(|row| row.stage.code == "taken-back" && row.by.name == told[0].by.name));
    let Answer::Forgotten(forgotten) = theo.ask(Ask::Forgotten) else { panic!("what was forgotten") };
    assert_eq!(forgotten.len(), 100, "the newest");
    // What is mine is listed however much another let go.
    let note = note(theo);
    theo.apply(ForgetCommand::Everything { doc: note });
    let Answer::Forgotten(forgotten) = theo.ask(Ask::Forgotten) else { panic!("what was forgotten") };
    assert!(forgotten.len() == 101 && forgotten.iter().any(|row| row.doc == note));
}

#[test]
fn nothing_is_given_to_me_in_my_own_space() {
    let scene = Scene::new("own");
    let mara = &scene.mara;
    let own = mara.companion.own_space().expect("open");
    let said = belay::document::copy::Copied { text: "From nobody.".to_owned(), ..Default::default() };
    let giving = belay::document::copy::steps::give(&said, [9; 32]);
    let writer = Some(mara.member(&own));
    let birth = Birth { space: own, kind: Kind::Copy.number(), writer, about: None, key: None, nonce: giving.nonce };
    let id: DocId = birth.doc();
    let doc = belay::document::Doc::born(birth.clone()).expect("a known kind");
    let forge = Forge::with_keys_of(mara, &own);
    let batch = forge.batch(&birth, doc, &giving.writes.concat(), |_| {});
    mara.take(&forge.bundle_for(mara, &[batch])).expect("a good bundle");
    assert_eq!(mara.ask(Ask::Copy { id }), Answer::No(Code::NotFound));
    assert!(shares(mara, ShareFilter::default()).is_empty());
}
