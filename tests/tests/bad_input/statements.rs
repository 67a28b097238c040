//! Statements and cards that should not be.

use crate::{OWN, agree, scene};
use belay::crypto::sign::SigningKey;
use belay::envelope::EnvelopeContent;
use belay::error::Code;
use belay::identity::{DeviceEntry, DeviceKeys, KeyCard, SignedCard};
use belay::ids::StatementId;
use belay::space::{
    self, DeviceAdd, DeviceRemove, Genesis, Leave, MemberEntry, Role, RootReset, SignedStatement, SpaceKind, Statement,
};
use belay::store::spaces;
use belay_tests::{Chance, Circle, Device, Forge, SeededEntropy, World, seal_bundle, statements_of};

fn stranger(name: &str) -> (DeviceKeys, SigningKey, DeviceEntry) {
    let entropy = &mut SeededEntropy::new(name);
    let (keys, admin) = (DeviceKeys::make(entropy), SigningKey::make(entropy));
    let entry = keys.entry(admin.public());
    (keys, admin, entry)
}

fn heads(circle: &Circle) -> Vec<StatementId> {
    circle.devices[0].people(&circle.space).membership.heads.into_iter().collect()
}

/// Every phone takes these in, and is as it was before.
fn nobody_keeps(circle: &Circle, forged: &[SignedStatement]) {
    for (at, device) in circle.devices.iter().enumerate() {
        let held = statements_of(device, &circle.space);
        let before = (device.people(&circle.space).membership, device.hash(&circle.space));
        for signed in forged {
            device.take(&circle.carry(at, &circle.space, vec![signed.clone()], vec![])).expect("an envelope");
        }
        assert_eq!(statements_of(device, &circle.space), held, "{}", device.name);
        assert_eq!((device.people(&circle.space).membership, device.hash(&circle.space)), before, "{}", device.name);
    }
}

#[test]
fn every_type_of_statement_forged_is_kept_by_nobody() {
    let world = World::new("forged types");
    let (circle, plan) = scene(&world, 1);
    let (mara, theo) = (&circle.devices[0], &circle.devices[2]);
    let (_, strange, entry) = stranger("a stranger");
    let (admin, root) = (mara.admin_key(), circle.root_of(0));
    let (member, of_theo) = (mara.member(&circle.space), theo.member(&circle.space));
    let parents = heads(&circle);
    let types = |by: [u8; 32], root: [u8; 32]| {
        [
            Statement::DeviceAdd(DeviceAdd { member, device: entry, parents: parents.clone(), by }),
            Statement::DeviceRemove(DeviceRemove { device: theo.id(), cut: vec![], parents: parents.clone(), by }),
            Statement::Leave(Leave { member: of_theo, cut: vec![], parents: parents.clone(), by }),
            Statement::RootReset(RootReset {
                member,
                devices: vec![entry],
                cut: vec![],
                parents: parents.clone(),
                by: root,
            }),
        ]
    };
    let mut forged: Vec<SignedStatement> = Vec::new();
    // Named right and signed by another; named and signed by another; signed by an admin where the root must sign.
    forged.extend(types(admin.public(), root.public()).iter().map(|one| SignedStatement::sign(one, &[&strange])));
    forged.extend(types(strange.public(), strange.public()).iter().map(|one| SignedStatement::sign(one, &[&strange])));
    forged
        .extend(types(admin.public(), admin.public()).iter().skip(3).map(|one| SignedStatement::sign(one, &[&admin])));
    // One bit of a good one turned.
    for good in types(admin.public(), root.public()) {
        let key = if matches!(good, Statement::RootReset(_)) { &root } else { &admin };
        let signed = SignedStatement::sign(&good, &[key]);
        let mut signature = signed.signatures()[0];
        signature[40] ^= 1;
        forged.push(SignedStatement::from_parts(signed.body().to_vec(), vec![signature]));
        forged.push(SignedStatement::from_parts(signed.body().to_vec(), vec![]));
    }
    nobody_keeps(&circle, &forged);
    agree(&circle, &plan, &[0, 1, 2]);
    // The control: signed right, the first of them counts.
    let good = SignedStatement::sign(&types(admin.public(), root.public())[0], &[&admin]);
    theo.take(&circle.carry(2, &circle.space, vec![good], vec![])).expect("an envelope");
    assert!(theo.people(&circle.space).membership.is_active(&entry.device_id()));
}

#[test]
fn statements_in_any_order_make_the_same_devices() {
    let world = World::new("any order");
    let (circle, plan) = scene(&world, 2);
    let space = circle.space;
    let (mara, member) = (&circle.devices[0], circle.devices[0].member(&circle.space));
    let mut held = statements_of(mara, &space);
    let made = |held: &[SignedStatement]| space::evaluate(space, held).expect("a good Genesis");
    let [(_, one, first), (_, other, second)] = ["one more", "and another"].map(stranger);
    held.push(space::add_device(&made(&held), &member, &first, &mara.admin_key()).expect("she may"));
    held.push(space::add_device(&made(&held), &member, &second, &one).expect("it may"));
    held.push(space::remove_device(&made(&held), &first.device_id(), &[], &other).expect("it may"));
    held.push(space::remove_device(&made(&held), &circle.devices[1].id(), &[], &other).expect("it may"));
    let new = held.split_off(1);
    let mut chance = Chance::new(7);
    for (at, device) in circle.devices.iter().enumerate() {
        let mut order: Vec<SignedStatement> = new.iter().chain(&new).cloned().collect();
        chance.shuffle(&mut order);
        for signed in order {
            device.take(&circle.carry(at, &space, vec![signed], vec![])).expect("an envelope");
        }
        assert_eq!(statements_of(device, &space).len(), 5, "{}", device.name);
        let active = device.people(&space).membership.active_devices_of(&member);
        assert_eq!(active.len(), 2, "{}", device.name);
        assert!(active.contains(&mara.id()) && active.contains(&second.device_id()));
    }
    agree(&circle, &plan, &[0, 2, 3]);
}

#[test]
fn a_statement_of_another_space_counts_for_nothing() {
    let world = World::new("elsewhere");
    let (circle, plan) = scene(&world, 1);
    let mara = &circle.devices[0];
    let own = mara.companion.own_space().expect("open");
    mara.companion.remove_device(&circle.space, &circle.devices[1].id(), &mara.secret(), &mara.at()).expect("hers");
    // The same removal, as it was written in her own space, told to Theo in the one they share.
    let elsewhere = statements_of(mara, &own);
    assert_eq!(elsewhere.len(), 2);
    let theo = &circle.devices[2];
    theo.take(&circle.carry(2, &circle.space, elsewhere, vec![])).expect("an envelope");
    assert!(theo.people(&circle.space).membership.is_active(&circle.devices[1].id()));
    assert_eq!(plan.words(theo, OWN), ["Walk", "Tea"]);
}

#[test]
fn a_thousand_and_twenty_five_keep_no_words_out() {
    let world = World::new("1,025");
    let (circle, _) = scene(&world, 1);
    let space = circle.space;
    // A thief who has the secret of Mara's other phone removes hers, again and again.
    let admin = circle.devices[1].admin_key();
    let mut parents = heads(&circle);
    let mut all = Vec::new();
    for _ in 0..1_025 {
        let removal = DeviceRemove { device: circle.devices[0].id(), cut: vec![], parents, by: admin.public() };
        let signed = SignedStatement::sign(&Statement::DeviceRemove(removal), &[&admin]);
        parents = vec![signed.id()];
        all.push(signed);
    }
    let mara = &circle.devices[0];
    mara.take(&circle.carry(0, &space, all.clone(), vec![])).expect("an envelope");
    let held = statements_of(mara, &space);
    assert_eq!(held.len(), 1 + 1_024, "the last of them is not kept");
    assert!(!held.contains(&all[1_024]));
    let words = space::reset(
        &mara.people(&space).membership,
        &[Circle::entry_of(mara)],
        &circle.heads_on(0),
        &circle.root_of(0),
    );
    let words = words.expect("her words");
    mara.take(&circle.carry(0, &space, vec![words], vec![])).expect("an envelope");
    assert_eq!(mara.people(&space).membership.active_devices_of(&mara.member(&space)), [mara.id()]);
}

#[test]
fn a_supporter_slips_in_nobody() {
    let world = World::new("slipped in");
    let (circle, _) = scene(&world, 1);
    let (mara, theo) = (&circle.devices[0], &circle.devices[2]);
    let admin = theo.admin_key();
    let (_, _, entry) = stranger("a friend of his");
    let parents = heads(&circle);
    let hers = DeviceAdd { member: mara.member(&circle.space), device: entry, parents, by: admin.public() };
    let mut genesis = statements_of(theo, &circle.space)
        .iter()
        .find_map(|signed| match signed.statement() {
            Ok(Statement::Genesis(genesis)) => Some(genesis),
            _ => None,
        })
        .expect("a Genesis");
    // The same space with one member more, signed by all the roots he has.
    let root = SigningKey::make(&mut SeededEntropy::new("his friend's root"));
    let friend =
        MemberEntry { role: Role::Supporter, root_pk: root.public(), sealed_root: vec![7; 80], devices: vec![entry] };
    genesis.members.push(friend);
    genesis.members.sort_by_key(|member| member.root_pk);
    let his = circle.root_of(2);
    let forged = [
        SignedStatement::sign(&Statement::DeviceAdd(hers), &[&admin]),
        SignedStatement::sign(&Statement::Genesis(genesis), &[&his, &root, &his]),
    ];
    nobody_keeps(&circle, &forged);
    assert_eq!(mara.people(&circle.space).membership.members.len(), 2);
}

#[test]
fn a_space_i_never_paired_is_dropped() {
    let world = World::new("never paired");
    let (mara, theo, space) = world.mara_and_theo();
    let card = card_of(&theo, &mara, &space);
    // Theo makes a space of hers and his, with roots that he holds both of, and her device as he knows it.
    let (roots, entry) =
        ([1, 2].map(|at| SigningKey::make(&mut SeededEntropy::new(format!("root {at}")))), entry(&mara));
    let member = |role, root: &SigningKey, device| MemberEntry {
        role,
        root_pk: root.public(),
        sealed_root: vec![7; 80],
        devices: vec![device],
    };
    let mut members =
        vec![member(Role::Person, &roots[0], entry), member(Role::Supporter, &roots[1], self::entry(&theo))];
    members.sort_by_key(|member| member.root_pk);
    let genesis = Genesis::new(SpaceKind::Relationship, members, [1; 32]);
    genesis.check().expect("a Genesis that would stand");
    let genesis = SignedStatement::sign(&Statement::Genesis(genesis), &[&roots[0], &roots[1]]);
    let content = EnvelopeContent { statements: vec![genesis.clone()], ..EnvelopeContent::new(genesis.space_id()) };
    let before = mara.content();
    let told = mara.take(&seal_bundle(content, &card.sealing_pk)).expect_err("nothing in it is for her");
    assert_eq!(told.code(), Code::NotForThisDevice);
    belay_tests::unchanged(&before, &mara.content());
    // Nor does it come in under the name of the space they have.
    let content = EnvelopeContent { statements: vec![genesis], ..EnvelopeContent::new(space) };
    mara.take(&seal_bundle(content, &card.sealing_pk)).expect("an envelope of their space");
    assert_eq!(statements_of(&mara, &space).len(), 1);
    assert_eq!(mara.look(spaces::all_spaces).len(), 2, "her own, and the one with Theo");
}

fn entry(of: &Device) -> DeviceEntry {
    Circle::entry_of(of)
}

fn card_of(on: &Device, of: &Device, space: &belay::ids::SpaceId) -> KeyCard {
    let wire = on.look(|db| spaces::cards(db, space)).into_iter().find(|(device, ..)| *device == of.id());
    SignedCard::parse(&wire.expect("a card").2).expect("own bytes").read().expect("a card")
}

#[test]
fn an_older_or_weaker_card_is_not_used() {
    let world = World::new("weaker card");
    let (mara, theo, space) = world.mara_and_theo();
    let forge = Forge::with_keys_of(&theo, &space);
    let to = card_of(&theo, &mara, &space).sealing_pk;
    let tell = |card: &SignedCard| {
        let content = EnvelopeContent { cards: vec![card.clone()], ..EnvelopeContent::new(space) };
        mara.take(&seal_bundle(content, &to)).expect("an envelope");
    };
    let first = card_of(&mara, &theo, &space);
    let good = KeyCard { card_rev: 5, suites: vec![1, 2], sealing_pk: [5; 32], ..first.clone() };
    let signed = good.sign(&forge.signing);
    tell(&signed);
    assert_eq!(card_of(&mara, &theo, &space), good, "a later one with more is used");
    let other_keys = |at: u8| KeyCard { sealing_pk: [at; 32], ..good.clone() };
    let higher_hash = (0..=255).map(|at| other_keys(at).sign(&forge.signing)).find(|card| card.hash() > signed.hash());
    let stranger = SigningKey::make(&mut SeededEntropy::new("a stranger"));
    let refused = [
        KeyCard { card_rev: 4, ..other_keys(9) }.sign(&forge.signing),
        first.sign(&forge.signing),
        KeyCard { card_rev: 6, suites: vec![1], ..other_keys(9) }.sign(&forge.signing),
        KeyCard { card_rev: 6, suites: vec![2, 3], ..other_keys(9) }.sign(&forge.signing),
        KeyCard { card_rev: 0, ..other_keys(9) }.sign(&forge.signing),
        KeyCard { card_rev: 6, ..other_keys(9) }.sign(&stranger),
        KeyCard { card_rev: 6, device: mara.id(), ..other_keys(9) }.sign(&forge.signing),
        higher_hash.expect("half of them"),
    ];
    for card in &refused {
        tell(card);
        assert_eq!(card_of(&mara, &theo, &space), good);
    }
    // In one envelope, in both orders, the same.
    let better = KeyCard { card_rev: 7, ..other_keys(9) }.sign(&forge.signing);
    for cards in [[better.clone(), refused[2].clone()], [refused[2].clone(), better.clone()]] {
        let content = EnvelopeContent { cards: cards.to_vec(), ..EnvelopeContent::new(space) };
        mara.take(&seal_bundle(content, &to)).expect("an envelope");
        assert_eq!(card_of(&mara, &theo, &space).card_rev, 7);
    }
}
