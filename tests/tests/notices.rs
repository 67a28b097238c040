//! What people hear of their keys when somebody else may hold them (protocol.md §3, §5).

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::crypto::sign::SigningKey;
use belay::envelope::EnvelopeContent;
use belay::identity::{DeviceKeys, KeyCard, SignedCard};
use belay::ids::SpaceId;
use belay::space;
use belay::store::spaces;
use belay::view::{Answer, Ask, Notice, NoticeKind};
use belay_tests::{Circle, Device, Forge, Plan, SeededEntropy, World, seal_bundle, wires_of};

const OWN: &str = "toolbox";

fn notices(on: &Device) -> Vec<Notice> {
    let Answer::Status(status) = on.ask(Ask::Status) else { panic!("a status") };
    status.notices
}

fn kinds(on: &Device) -> Vec<NoticeKind> {
    notices(on).iter().map(|notice| notice.kind).collect()
}

fn own_card(of: &Device, space: &SpaceId) -> KeyCard {
    let me = of.id();
    of.look(|db| {
        let (_, _, wire) = spaces::cards(db, space)?.into_iter().find(|(device, ..)| *device == me).expect("a card");
        SignedCard::parse(&wire)?.read()
    })
}

fn tell_card(to: &Device, space: &SpaceId, card: SignedCard) {
    let key = own_card(to, space).sealing_pk;
    let content = EnvelopeContent { cards: vec![card], ..EnvelopeContent::new(*space) };
    to.take(&seal_bundle(content, &key)).expect("a good bundle");
}

#[test]
fn a_card_in_my_name_that_i_did_not_sign_is_told_and_never_used() {
    let world = World::new("foreign card");
    let (mara, theo, space) = world.mara_and_theo();
    let (forge, mine) = (Forge::with_keys_of(&mara, &space), own_card(&mara, &space));
    tell_card(&mara, &space, mine.sign(&forge.signing));
    assert_eq!(kinds(&mara), [], "her own card comes back to her every day");
    let forged = KeyCard { card_rev: mine.card_rev + 1, sealing_pk: [9; 32], ..mine.clone() };
    tell_card(&mara, &space, forged.sign(&Forge::with_keys_of(&theo, &space).signing));
    assert_eq!(kinds(&mara), [], "signed by another key it is nothing");
    tell_card(&mara, &space, forged.sign(&forge.signing));
    let told = notices(&mara);
    assert_eq!(told.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [NoticeKind::CardNotMine]);
    assert_eq!((told[0].device, told[0].space, told[0].of.is_me), (mara.id(), space, true));
    assert!(told[0].label.contains("Renewing"), "{}", told[0].label);
    assert_eq!(own_card(&mara, &space), mine);
    mara.lock_and_unlock();
    assert_eq!(kinds(&mara), [NoticeKind::CardNotMine], "it stays told");
    assert_eq!(kinds(&theo), []);
}

#[test]
fn a_device_named_with_two_sets_of_keys_is_told_to_all() {
    let world = World::new("contested");
    let circle = Circle::new(&world, 1, 1);
    let (mara, theo, space) = (&circle.devices[0], &circle.devices[1], circle.space);
    let (admin, member) = (mara.admin_key(), mara.member(&space));
    let before = mara.people(&space).membership;
    let entropy = &mut SeededEntropy::new("second phone");
    let keys = DeviceKeys::make(entropy);
    let adds = [1, 2].map(|_| {
        let entry = keys.entry(SigningKey::make(entropy).public());
        space::add_device(&before, &member, &entry, &admin).expect("she may")
    });
    for (to, on) in [mara, theo].into_iter().enumerate() {
        on.take(&circle.carry(to, &space, adds[..1].to_vec(), Vec::new())).expect("a good bundle");
        assert_eq!(kinds(on), []);
        on.take(&circle.carry(to, &space, adds.to_vec(), Vec::new())).expect("a good bundle");
        let told = notices(on);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].kind, told[0].device), (NoticeKind::Contested, keys.device_id()));
        assert_eq!(told[0].of.is_me, to == 0);
    }
}

#[test]
fn a_fork_is_told_until_its_device_writes_on_from_both() {
    let world = World::new("fork told");
    let (mara, theo, space) = world.mara_and_theo();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    belay_tests::until_quiet(&mara, &theo, &space);
    // A copy of her vault writes from the same place.
    let forge = Forge::with_keys_of(&mara, &space);
    let birth = Forge::birth_of(&mara, &plan.id);
    let title = belay::document::Step::Text(vec!["title".to_owned()], "Ours".to_owned());
    let copy = forge.batch(&birth, Forge::doc_of(&mara, &birth), &[title], |_| ());
    mara.apply(plan.add(OWN, "Walk"));
    let hers = wires_of(&mara, &space);
    theo.take(&belay_tests::bundle_of_wires(&theo, &space, hers)).expect("a good bundle");
    assert_eq!(kinds(&theo), []);
    let bundle = forge.bundle_for(&theo, std::slice::from_ref(&copy));
    theo.take(&bundle).expect("a good bundle");
    let told = notices(&theo);
    assert_eq!(told.iter().map(|notice| notice.kind).collect::<Vec<_>>(), [NoticeKind::Fork]);
    assert_eq!((told[0].device, told[0].of.is_me), (mara.id(), false));
    let bundle = forge.bundle_for(&mara, &[copy]);
    mara.take(&bundle).expect("a good bundle");
    assert_eq!(kinds(&mara), [NoticeKind::Fork], "the owner is told");
    mara.apply(plan.add(OWN, "Tea"));
    mara.rest();
    belay_tests::until_quiet(&mara, &theo, &space);
    assert_eq!((kinds(&mara), kinds(&theo)), (vec![], vec![]));
    assert_eq!(mara.hash(&space), theo.hash(&space));
}
