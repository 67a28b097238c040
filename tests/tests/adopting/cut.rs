//! What a cut left out is listed, readable and can be taken over; then it counts everywhere, in whatever order it comes.

use crate::cast::{OWN, Theft, US, adopt, header, id, ids, offered, said};
use belay::batch::{BatchKind, Body};
use belay::error::Code;
use belay::ids::BatchId;
use belay_tests::{Chance, Forge, Plan, World, plans, wires_of};

#[test]
fn honest_words_that_a_cut_left_out_are_taken_over_and_count_in_every_order() {
    for seed in 0..2 {
        let world = World::new(format!("adopting {seed}"));
        let theft = Theft::new(&world, 2);
        theft.stolen().apply(theft.plan.add(OWN, "Call Ana"));
        theft.stolen().rest();
        theft.stolen().apply(theft.plan.add(US, "Slower on Sundays"));
        let late = theft.late(0);
        let [own, joint] = ids(&late)[..] else { panic!("two late batches") };
        let removal = theft.remove();
        for at in [0, 2] {
            theft.tell(at, &removal, late.clone());
        }
        let rows = theft.rows(0);
        assert_eq!(rows.keys().copied().collect::<Vec<_>>().len(), 2);
        assert_eq!((said(&rows[&own]).as_str(), offered(&rows[&own])), ("Call Ana", Ok(())));
        assert_eq!((said(&rows[&joint]).as_str(), offered(&rows[&joint])), ("Slower on Sundays", Ok(())));
        assert_eq!(rows[&own].by.as_ref().expect("signed").member, theft.mara().member(&theft.circle.space));
        // Theo reads both; only the joint part is his to write.
        let rows = theft.rows(2);
        assert_eq!((said(&rows[&own]).as_str(), offered(&rows[&own])), ("Call Ana", Err(Some(Code::NotOwner))));
        assert_eq!(theft.theo().refused(adopt(own)), Code::NotOwner);
        assert_eq!(theft.theo().refused(adopt(BatchId([9; 32]))), Code::NotFound);
        theft.theo().apply(adopt(joint));
        assert_eq!(theft.plan.words(theft.theo(), US), ["Slower on Sundays"]);
        assert_eq!(theft.theo().refused(adopt(joint)), Code::Duplicate);
        theft.mara().apply(adopt(own));
        assert_eq!(theft.plan.words(theft.mara(), OWN), ["Walk", "Tea", "Call Ana"]);
        assert!(theft.rows(0).contains_key(&joint) && !theft.rows(0).contains_key(&own));
        // Piece by piece, in any order, to one who has seen none of it; the removal somewhere among them.
        let mut pieces: Vec<Option<Vec<u8>>> = Vec::from([None]);
        for from in [theft.mara(), theft.theo()] {
            pieces.extend(wires_of(from, &theft.circle.space).into_iter().map(Some));
        }
        Chance::new(seed).shuffle(&mut pieces);
        for piece in pieces {
            match piece {
                Some(wire) => theft.tell(3, &[], vec![wire]),
                None => theft.tell(3, &removal, Vec::new()),
            }
        }
        theft.tell_all(0, 2);
        theft.tell_all(2, 0);
        theft.agree(&[0, 2, 3]);
        assert_eq!(theft.words(3).1, ["Slower on Sundays"]);
        assert!([0, 2, 3].iter().all(|at| theft.rows(*at).is_empty()));
        // The phone that is out holds its own words, and learns nothing.
        theft.tell(1, &removal, Vec::new());
        assert_eq!(theft.stolen().refused(adopt(own)), Code::Revoked);
    }
}

#[test]
fn a_whole_plan_of_a_removed_phone_comes_back_with_one_batch() {
    let world = World::new("a whole plan");
    let theft = Theft::new(&world, 1);
    let space = theft.circle.space;
    let plan = Plan::made_by(theft.stolen(), Some(space), "moving-on");
    theft.stolen().apply(plan.add("what-i-gained", "Calm"));
    let late = theft.late(0);
    assert_eq!(ids(&late).len(), 1);
    let removal = theft.remove();
    theft.tell(0, &removal, late.clone());
    assert_eq!(plans(theft.mara()).len(), 1);
    theft.mara().apply(adopt(ids(&late)[0]));
    assert_eq!(plans(theft.mara()).len(), 2);
    // The taking over alone shows nothing: what it names is asked for by hash, from whoever has it.
    let taking = wires_of(theft.mara(), &space).pop().expect("her last batch");
    theft.tell(2, &removal, vec![taking]);
    assert_eq!(plans(theft.theo()).len(), 1);
    theft.mara().take(&theft.theo().bundle(&space)).expect("what he asks for");
    theft.theo().take(&theft.mara().bundle(&space)).expect("what he asked for");
    theft.agree(&[0, 2]);
    assert_eq!(plans(theft.theo()).len(), 2);
    assert!(theft.theo().kept_out(&space).is_empty());
}

#[test]
fn one_who_may_write_there_takes_over_from_any_document_and_nobody_else() {
    let world = World::new("elsewhere");
    let theft = Theft::new(&world, 1);
    let space = theft.circle.space;
    theft.stolen().apply(theft.plan.add(OWN, "Call Ana"));
    let late = theft.late(0);
    let removal = theft.remove();
    for at in [0, 2] {
        theft.tell(at, &removal, late.clone());
    }
    // Theo names Mara's words in a goal of his; that gives him no right to her plan.
    let goal = |by: &belay_tests::Device| {
        let draft = belay::command::GoalDraft {
            title: "Mine".into(),
            towards: "Calm".into(),
            ..belay::command::GoalDraft::default()
        };
        by.apply(belay::command::GoalCommand::Create { space: Some(space), draft }).made.expect("a goal")
    };
    let (his, hers) = (goal(theft.theo()), goal(theft.mara()));
    theft.tell_all(0, 2);
    theft.tell_all(2, 0);
    let naming = |by: &belay_tests::Device, doc| {
        let forge = Forge::with_keys_of(by, &space);
        let birth = Forge::birth_of(by, &doc);
        let body = Body { birth: Some(birth), changes: Vec::new() };
        let draft = belay::batch::HeaderDraft {
            space,
            seq: forge.seq,
            prev: forge.prev.clone(),
            doc,
            kind: BatchKind::Changes,
            actor_nonce: forge.nonce,
            min_reader: 1,
            adopts: ids(&late),
            again_of: None,
            claimed: belay::batch::Claimed { unix_ms: 0, zone: "UTC".to_owned() },
        };
        let payload = body.encode(&[1; 16]).expect("a body");
        belay::batch::sign_batch(draft, payload, &forge.signing).expect("a batch").encode()
    };
    let by_theo = naming(theft.theo(), his);
    for at in [0, 2] {
        theft.tell(at, &[], vec![by_theo.clone()]);
        assert_eq!(theft.words(at).0, ["Walk", "Tea"], "{at}");
    }
    let by_mara = naming(theft.mara(), hers);
    for at in [0, 2] {
        theft.tell(at, &[], vec![by_mara.clone()]);
        assert_eq!(theft.words(at).0, ["Walk", "Tea", "Call Ana"], "{at}");
        assert!(theft.rows(at).is_empty());
    }
    theft.agree(&[0, 2]);
}

/// The list offers what the command does, and nothing else.
#[test]
fn what_stands_on_what_can_never_count_is_not_offered() {
    let world = World::new("no ground");
    let theft = Theft::new(&world, 1);
    theft.stolen().apply(theft.plan.add(OWN, "Call Ana"));
    theft.stolen().rest();
    theft.stolen().apply(theft.plan.add(OWN, "Call Ben"));
    let late = theft.late(0);
    let [first, second] = ids(&late)[..] else { panic!("two late batches") };
    theft.tell(0, &theft.remove(), late);
    assert_eq!([first, second].map(|id| offered(&theft.rows(0)[&id])), [Ok(()), Ok(())]);
    let set = |sql: &str| theft.mara().meddle(|db| Ok(db.execute(sql, [first]).map(|_| ())?));
    // Words that were dropped may be sent again; of what can never count the header alone is kept.
    set("DELETE FROM payload WHERE batch = (SELECT position FROM batch WHERE id = ?1)");
    set("UPDATE batch SET payload = NULL WHERE id = ?1");
    assert_eq!(offered(&theft.rows(0)[&second]), Ok(()));
    set("UPDATE batch SET stage = 6, reason = 11 WHERE id = ?1");
    assert_eq!(offered(&theft.rows(0)[&second]), Err(Some(Code::NotFound)));
    assert_eq!(theft.mara().refused(adopt(second)), Code::NotFound);
}

#[test]
fn what_can_never_count_shows_nothing_and_is_not_offered() {
    let world = World::new("never");
    let theft = Theft::new(&world, 1);
    let space = theft.circle.space;
    // Theo writes into Mara's plan with an app of his own.
    let forge = Forge::with_keys_of(theft.theo(), &space);
    let birth = Forge::birth_of(theft.theo(), &theft.plan.id);
    let entry = belay::document::plan::EntryState {
        part: OWN.to_owned(),
        text: "Rum".to_owned(),
        order: "m".to_owned(),
        ..belay::document::plan::EntryState::default()
    };
    let steps = belay::document::plan::steps::add_entry(belay::ids::ElementId([9; 16]), &entry);
    let batch = forge.batch(&birth, Forge::doc_of(theft.theo(), &birth), &steps, |_| {});
    theft.tell(0, &[], vec![batch.encode()]);
    let row = &theft.rows(0)[&batch.id()];
    assert_eq!((said(row).as_str(), offered(row)), ("", Err(None)));
    assert_eq!(theft.mara().refused(adopt(batch.id())), Code::NotFound);
    assert!(!theft.mara().holds("Rum"));
    // And a batch that counts is not to be taken over.
    let wires = wires_of(theft.mara(), &space);
    let hers = wires.iter().find(|wire| header(wire).device == theft.mara().id()).expect("her first");
    let counts = id(hers);
    assert_eq!(theft.mara().refused(adopt(counts)), Code::Duplicate);
}
