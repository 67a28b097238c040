//! Who may ask, what each phone says of it, and going on where a document is frozen.

use super::*;
use belay::batch::{
    Batch, BatchKind, Birth, Claimed, Forget, HeaderDraft, Purge, READER, Refusal, Request, sign_batch,
};
use belay_tests::Forge;

/// A batch of kind 5 or 6, signed by an app that asks nobody.
fn forged(forge: &Forge, birth: &Birth, request: &Request) -> Batch {
    let (kind, payload) = match request {
        Request::Forget(forget) => (BatchKind::Forget, forget.encode(&[7; 16])),
        Request::Purge(purge) => (BatchKind::Purge, purge.encode(&[7; 16])),
    };
    let draft = HeaderDraft {
        space: forge.space,
        seq: forge.seq,
        prev: forge.prev.clone(),
        doc: birth.doc(),
        kind,
        actor_nonce: forge.nonce,
        min_reader: READER,
        adopts: Vec::new(),
        again_of: None,
        claimed: Claimed { unix_ms: 0, zone: String::new() },
    };
    sign_batch(draft, payload, &forge.signing).expect("a small batch")
}

#[test]
fn nobody_but_the_owner_forgets_and_an_unlocked_phone_alone_purges_nothing() {
    let world = World::new("forged");
    let shared = Shared::new(&world, 1);
    let (mara, thief, theo, space) = (shared.device(0), shared.device(1), shared.device(2), shared.circle.space);
    let (hash, plan) = (mara.hash(&space), shared.plan.id);
    let joint = mara.look(|db| documents::about(db, &plan)).into_iter().find(|record| record.writer.is_none());
    let joint = joint.expect("a joint part").id;
    // Theo may write the joint part, and forget neither it nor the plan.
    for doc in [joint, plan] {
        let (forge, birth) = (Forge::with_keys_of(theo, &space), Forge::birth_of(theo, &doc));
        let asks = Request::Forget(Forget { birth: birth.clone(), heads: Vec::new(), into: None });
        let before = mara.kept_out(&space).len();
        shared.tell(0, &[], vec![forged(&forge, &birth, &asks).encode()]);
        let kept_out = mara.kept_out(&space);
        assert_eq!(kept_out.len(), before + 1);
        assert_eq!(kept_out[0].reason, Refusal::NotAWriter.number());
        assert_eq!((plans(mara).len(), mara.hash(&space)), (1, hash));
    }
    // Somebody with Mara's unlocked phone forgets the plan, and signs a purge with the only keys they have.
    thief.apply(everything(plan));
    let (forge, birth) = (Forge::with_keys_of(thief, &space), Forge::birth_of(thief, &plan));
    let purge = Purge::sign(birth.clone(), &[], &forge.signing).expect("one document");
    let mut wires = wires_of(thief, &space);
    wires.push(forged(&forge, &birth, &Request::Purge(purge)).encode());
    shared.tell(0, &[], wires);
    assert!(plans(mara).is_empty());
    assert!(mara.holds(CANARY), "nothing is dropped");
    assert!(mara.kept_out(&space).iter().any(|batch| batch.reason == Refusal::BadSignature.number()));
    mara.companion.remove_device(&space, &thief.id(), &mara.secret(), &mara.at()).expect("her own phone");
    // Her cut covers the Forget, since she holds it: she takes the words back from another phone's copy, or writes anew.
    assert!(mara.holds(CANARY));
}

#[test]
fn each_phone_is_asked_and_confirms_by_what_it_says_to_hold() {
    let world = World::new("receipts");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add(OWN, CANARY));
    let row = |on: &Device| {
        let Answer::Forgotten(rows) = on.ask(Ask::Forgotten) else { panic!("a list") };
        assert_eq!(rows.len(), 1);
        rows.into_iter().next().expect("one")
    };
    let codes = |on: &Device| row(on).receipts.into_iter().map(|receipt| receipt.stage.code).collect::<Vec<_>>();
    mara.apply(everything(plan.id));
    assert_eq!(codes(&mara), ["unknown"], "nothing was ever heard of that phone");
    until_quiet(&mara, &theo, &space);
    assert_eq!(codes(&mara), ["confirmed"]);
    assert_eq!((row(&theo).stage.code.as_str(), row(&theo).days, row(&theo).kept), ("hidden", Some(30), 0));
    purged(&mara, &[plan.id]);
    assert_eq!(codes(&mara), ["asked"]);
    theo.take(&mara.bundle(&space)).expect("a good bundle");
    assert_eq!(codes(&mara), ["asked"], "it has not said so yet");
    mara.take(&theo.bundle(&space)).expect("a good bundle");
    assert_eq!(codes(&mara), ["confirmed"]);
    let row = row(&theo);
    assert_eq!((row.stage.code.as_str(), row.days, row.purged, row.kind.as_str()), ("gone", None, true, "plan"));
    assert!(row.by.is_some_and(|by| !by.is_me));
    let Answer::History(page) = mara.ask(Ask::History { of: plan.id, at: At { limit: 50, ..At::default() } }) else {
        panic!("the facts can be read")
    };
    assert!(!page.rows.is_empty() && page.rows.iter().all(|row| !row.label.contains(CANARY)));
    assert_eq!(theo.ask(Ask::Plan { id: plan.id }), Answer::No(Code::NotFound));
}

#[test]
fn frozen_on_another_persons_phone_it_is_read_there_until_its_owner_goes_on() {
    let world = World::new("frozen");
    let shared = Shared::new(&world, 1);
    let (mara, theo, space) = (shared.device(0), shared.device(2), shared.circle.space);
    theo.freeze(&shared.plan.id);
    assert_eq!(plans(theo)[0].repair.as_ref().map(|stage| stage.code.as_str()), Some("needs-repair"));
    let comment = TalkCommand::Comment { on: shared.plan.target(OWN, None), text: text("Hm"), quote: text("") };
    assert_eq!(theo.refused(comment), Code::Corrupt);
    assert_eq!(theo.refused(past(shared.plan.id)), Code::NotOwner);
    mara.apply(shared.plan.add(OWN, "Bread"));
    shared.circle.tell_everything();
    assert_eq!(shared.plan.words(theo, OWN), [CANARY, "Tea"], "read as it was");
    // Freezing is local: hers is sound, and hashes of what is frozen are equal to nobody's.
    assert!(plans(mara)[0].repair.is_none());
    assert_ne!(mara.hash(&space), theo.hash(&space));
    let into = Plan { id: mara.apply(past(shared.plan.id)).made.expect("a successor") };
    shared.circle.tell_everything();
    shared.circle.tell_everything();
    assert_eq!(into.words(theo, OWN), [CANARY, "Tea", "Bread"]);
    assert!(plans(theo)[0].repair.is_none());
    assert_eq!(theo.ask(Ask::Repairs), Answer::Repairs(Vec::new()));
    shared.agree(&[0, 1, 2]);
    theo.apply(into.add(US, "And on"));
}

#[test]
fn what_comes_late_for_a_forgotten_plan_is_shown_nowhere_and_kept_by_its_writer() {
    let world = World::new("late");
    let shared = Shared::new(&world, 1);
    let (mara, theo, plan) = (shared.device(0), shared.device(2), shared.plan.id);
    mara.apply(everything(plan));
    // Theo does not know yet.
    theo.apply(shared.plan.add(US, "Late lark"));
    let comment = TalkCommand::Comment { on: shared.plan.target(OWN, None), text: text("Late lark"), quote: text("") };
    theo.apply(comment);
    shared.circle.tell_everything();
    shared.circle.tell_everything();
    shared.agree(&[0, 1, 2]);
    for at in 0..3 {
        let dump = shared.device(at).dump();
        for table in ["entry", "comment", "history", "part", "plan"] {
            let rows = dump.get(table).cloned().unwrap_or_default();
            assert!(rows.iter().all(|row| !row.contains("Late lark") && !row.contains(CANARY)), "{at} {table}");
        }
    }
    purged(mara, &[plan]);
    shared.circle.tell_everything();
    shared.agree(&[0, 1, 2]);
    for at in 0..2 {
        assert!(!shared.device(at).holds("Late lark") && !shared.device(at).holds(CANARY), "{at}");
    }
    assert!(theo.holds("Late lark") && !theo.holds(CANARY));
    let Answer::Forgotten(rows) = theo.ask(Ask::Forgotten) else { panic!("a list") };
    assert!(rows[0].kept > 0);
    let words: Vec<&str> = rows[0].words.iter().map(belay::text::PersonText::as_str).collect();
    assert_eq!(words.iter().filter(|words| **words == "Late lark").count(), 2, "a line and a comment: {words:?}");
    assert!(words.contains(&THEIRS) && words.contains(&"Call before eight"));
}
