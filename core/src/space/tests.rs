//! What makes a space, what cannot, and that evaluation is a function of the set.

use super::*;
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::crypto::seal::OpeningKey;
use crate::crypto::sign::{Signed, SigningKey};
use crate::error::Code;
use crate::identity::testing::Seeded;
use crate::identity::{DeviceEntry, DeviceKeys, MemberRoot, make_member_root, member_id};
use crate::ids::{BatchId, DeviceId, MemberId, SpaceId, StatementId};
use data_encoding::HEXLOWER;
use proptest::prelude::*;

/// A member with one device, made of their name.
fn member(name: &str, role: Role) -> (MemberEntry, MemberRoot) {
    let entropy = &mut Seeded::new(name);
    let recovery = OpeningKey::make(entropy);
    let root = make_member_root(&recovery.public(), entropy).expect("a good key");
    (MemberEntry::new(role, &root, &[device(name)]), root)
}

fn device(name: &str) -> DeviceEntry {
    let entropy = &mut Seeded::new(&format!("{name}'s phone"));
    let keys = DeviceKeys::make(entropy);
    keys.entry(SigningKey::make(entropy).public())
}

struct Pair {
    mara: (MemberEntry, MemberRoot),
    theo: (MemberEntry, MemberRoot),
}

impl Pair {
    fn new() -> Self {
        Pair { mara: member("mara", Role::Person), theo: member("theo", Role::Supporter) }
    }
    fn genesis(&self) -> Genesis {
        Genesis::new(SpaceKind::Relationship, vec![self.mara.0.clone(), self.theo.0.clone()], [5; 32])
    }
    fn sign(&self, genesis: Genesis) -> SignedStatement {
        SignedStatement::sign(&Statement::Genesis(genesis), &[&self.mara.1.key, &self.theo.1.key])
    }
}

#[test]
fn a_good_genesis_makes_a_space() {
    let pair = Pair::new();
    let signed = pair.sign(pair.genesis());
    let back = SignedStatement::parse(&signed.to_wire()).expect("own bytes");
    assert_eq!(back, signed);
    let made = evaluate(signed.space_id(), &[back]).expect("a good Genesis");
    assert_eq!((made.space, made.kind), (signed.space_id(), SpaceKind::Relationship));
    let (mara, theo) = (pair.mara.0.member_id(), pair.theo.0.member_id());
    let (phone, other) = (device("mara").device_id(), device("theo").device_id());
    assert_eq!(made.member_of(&phone), Some(mara));
    assert_eq!(made.member_of(&DeviceId([0; 32])), None);
    assert_eq!(made.role_of(&theo), Some(Role::Supporter));
    assert_eq!(made.others(&mara), [theo]);
    assert_eq!(made.active_devices_of(&theo), [other]);
    let mut all = [phone, other];
    all.sort_unstable();
    assert_eq!(made.active_devices(), all);
    assert!(made.is_active(&phone) && !made.is_active(&DeviceId([0; 32])));
    assert_eq!(made.device(&phone).expect("known").added_by, signed.id());
    assert_eq!(audience(&made).len(), 2);
}

#[test]
fn the_audience_is_who_has_an_active_device() {
    let pair = Pair::new();
    let signed = pair.sign(pair.genesis());
    let mut made = evaluate(signed.space_id(), &[signed]).expect("a good Genesis");
    let theo = made.members.get_mut(&pair.theo.0.member_id()).expect("a member");
    theo.devices.values_mut().for_each(|standing| standing.active = false);
    assert_eq!(audience(&made), [pair.mara.0.member_id()]);
    assert!(made.member_of(&device("theo").device_id()).is_some(), "still known as theirs");
}

#[test]
fn an_own_space_has_one_person_and_their_first_device() {
    let entropy = &mut Seeded::new("own");
    let recovery = OpeningKey::make(entropy);
    let signed = make_own_space(device("mara"), &recovery.public(), entropy).expect("good keys");
    let made = evaluate(signed.space_id(), std::slice::from_ref(&signed)).expect("a good Genesis");
    assert_eq!((made.kind, made.members.len()), (SpaceKind::Own, 1));
    assert_eq!(made.active_devices(), [device("mara").device_id()]);
    let Ok(Statement::Genesis(genesis)) = signed.verify() else { panic!("a Genesis") };
    let entry = &genesis.members[0];
    assert!(crate::identity::open_member_root(&entry.sealed_root, &entry.root_pk, &recovery).is_some());
}

#[test]
fn a_hostile_genesis_is_refused_with_its_reason() {
    let pair = Pair::new();
    let good = pair.genesis();
    let with = |change: &dyn Fn(&mut Genesis)| {
        let mut genesis = good.clone();
        change(&mut genesis);
        genesis
    };
    let nine: Vec<DeviceEntry> = (0..9).map(|number| device(&format!("phone {number}"))).collect();
    let mut nine_sorted = nine.clone();
    nine_sorted.sort_unstable();
    let crowd: Vec<MemberEntry> =
        (0..8).map(|number| member(&format!("supporter {number}"), Role::Supporter).0).collect();
    let shared = good.members[0].devices.clone();
    let cases: Vec<(&str, Refusal, Genesis)> = vec![
        ("no members", Refusal::MemberCount, with(&|g| g.members.clear())),
        (
            "nine members",
            Refusal::MemberCount,
            Genesis::new(good.kind, [crowd, vec![pair.mara.0.clone()]].concat(), [5; 32]),
        ),
        ("unsorted", Refusal::Unsorted, with(&|g| g.members.reverse())),
        ("one root twice", Refusal::DuplicateRoot, with(&|g| g.members[1].root_pk = g.members[0].root_pk)),
        ("one device of two", Refusal::SharedDevice, with(&|g| g.members[1].devices = shared.clone())),
        ("one device twice", Refusal::SharedDevice, with(&|g| g.members[1].devices = vec![nine[0], nine[0]])),
        (
            "one admin key twice",
            Refusal::SharedDevice,
            with(&|g| {
                g.members[1].devices[0].admin = g.members[0].devices[0].admin;
            }),
        ),
        (
            "an admin key that signs batches",
            Refusal::SharedDevice,
            with(&|g| {
                g.members[1].devices[0].admin = g.members[1].devices[0].signing;
            }),
        ),
        ("nine devices", Refusal::DeviceCount, with(&|g| g.members[1].devices = nine_sorted.clone())),
        ("no device", Refusal::DeviceCount, with(&|g| g.members[1].devices.clear())),
        (
            "devices unsorted",
            Refusal::Malformed,
            with(&|g| {
                let mut two = nine_sorted[..2].to_vec();
                two.reverse();
                g.members[1].devices = two;
            }),
        ),
        ("two persons", Refusal::RolesDoNotFit, with(&|g| g.members.iter_mut().for_each(|m| m.role = Role::Person))),
        ("one member", Refusal::RolesDoNotFit, with(&|g| g.members.truncate(1))),
        ("no sealed root", Refusal::SealedRoot, with(&|g| g.members[0].sealed_root.clear())),
        ("a huge sealed root", Refusal::SealedRoot, with(&|g| g.members[0].sealed_root = vec![0; 2_049])),
    ];
    for (what, refusal, genesis) in cases {
        assert_eq!(genesis.check(), Err(refusal), "{what}");
        let signed = pair.sign(genesis);
        assert_eq!(signed.verify(), Err(refusal), "{what}");
        let told = evaluate(signed.space_id(), std::slice::from_ref(&signed)).expect_err(what);
        assert_eq!(told.code(), refusal.code(), "{what}");
    }
    assert_eq!(good.check(), Ok(()), "what the cases start from is good");
}

#[test]
fn a_genesis_needs_every_root_and_no_other() {
    let pair = Pair::new();
    let good = pair.sign(pair.genesis());
    let body = good.body().to_vec();
    let [first, second] = *good.signatures() else { panic!("two") };
    let batch_like = pair.mara.1.key.sign(Signed::Batch, &body);
    for (what, refusal, signatures) in [
        ("none", Refusal::SignatureCount, vec![]),
        ("one", Refusal::SignatureCount, vec![first]),
        ("three", Refusal::SignatureCount, vec![first, second, second]),
        ("swapped", Refusal::SignatureInvalid, vec![second, first]),
        ("one twice", Refusal::SignatureInvalid, vec![first, first]),
        ("for another use", Refusal::SignatureInvalid, vec![batch_like, batch_like]),
    ] {
        let bad = SignedStatement::from_parts(body.clone(), signatures);
        assert_eq!(bad.verify(), Err(refusal), "{what}");
        // A bad copy beside the good one harms nothing, in either order.
        for set in [[bad.clone(), good.clone()], [good.clone(), bad.clone()]] {
            let made = evaluate(good.space_id(), &set).expect("the good copy counts");
            assert!(made.refused.is_empty(), "{what}");
        }
    }
    for at in 0..body.len() {
        let mut bad = body.clone();
        bad[at] ^= 1 << (at % 8);
        assert!(SignedStatement::from_parts(bad, good.signatures().to_vec()).verify().is_err(), "{at}");
    }
}

fn others(pair: &Pair, genesis: &SignedStatement) -> Vec<Statement> {
    let (member, by) = (pair.mara.0.member_id(), pair.mara.0.devices[0].admin);
    let parents = vec![genesis.id()];
    let cut = vec![Cut { device: device("mara").device_id(), heads: vec![BatchId([1; 32]), BatchId([2; 32])] }];
    let root = pair.mara.0.root_pk;
    vec![
        Statement::DeviceAdd(DeviceAdd { member, device: device("new"), parents: parents.clone(), by }),
        Statement::DeviceRemove(DeviceRemove {
            device: device("mara").device_id(),
            cut: cut.clone(),
            parents: parents.clone(),
            by,
        }),
        Statement::Leave(Leave { member, cut: cut.clone(), parents: parents.clone(), by }),
        Statement::RootReset(RootReset { member, devices: vec![device("new")], cut, parents, by: root }),
    ]
}

fn admin_of(name: &str) -> SigningKey {
    let entropy = &mut Seeded::new(&format!("{name}'s phone"));
    DeviceKeys::make(entropy);
    SigningKey::make(entropy)
}

#[test]
fn the_other_statements_are_read_verified_and_judged() {
    let pair = Pair::new();
    let genesis = pair.sign(pair.genesis());
    let admin = admin_of("mara");
    let mut set = vec![genesis.clone()];
    for statement in others(&pair, &genesis) {
        let key = if matches!(statement, Statement::RootReset(_)) { &pair.mara.1.key } else { &admin };
        let signed = SignedStatement::sign(&statement, &[key]);
        assert_eq!(SignedStatement::parse(&signed.to_wire()).expect("own").verify(), Ok(statement.clone()));
        assert_eq!(statement.parents(), [genesis.id()]);
        let forged = SignedStatement::sign(&statement, &[&SigningKey::make(&mut Seeded::new("forger"))]);
        assert_eq!(forged.verify(), Err(Refusal::SignatureInvalid));
        set.push(signed);
    }
    // A reset by another root than the member's own.
    let Some(Statement::RootReset(mut reset)) = others(&pair, &genesis).pop() else { panic!("the last") };
    reset.by = pair.theo.0.root_pk;
    let stolen = SignedStatement::sign(&Statement::RootReset(reset), &[&pair.theo.1.key]);
    assert_eq!(stolen.verify(), Err(Refusal::SignatureInvalid));
    let unknown = SignedStatement::from_parts(b"\x82\x18\x63\xa1\x01\x02".to_vec(), vec![[1; 64]]);
    assert_eq!(unknown.verify(), Ok(Statement::Unknown(99)));
    set.extend([stolen.clone(), unknown.clone()]);
    let made = evaluate(genesis.space_id(), &set).expect("a good Genesis");
    assert_eq!(made.not_evaluated, [unknown.id()].into());
    // The addition, the removal and the leaving are concurrent; the reset starts Mara again, but for the leaving.
    let mara = &made.members[&pair.mara.0.member_id()];
    assert!(mara.left && mara.reset.is_some() && made.active_devices_of(&pair.mara.0.member_id()).is_empty());
    assert_eq!(made.refused, [(stolen.id(), Refusal::SignatureInvalid)].into());
    set.reverse();
    set.push(genesis.clone());
    assert_eq!(evaluate(genesis.space_id(), &set).expect("the same set"), made);
}

#[test]
fn statements_outside_their_bounds_are_malformed() {
    let pair = Pair::new();
    let genesis = pair.sign(pair.genesis());
    let Statement::Leave(good) = others(&pair, &genesis).remove(2) else { panic!("the third") };
    let changed = |change: &dyn Fn(&mut Leave)| {
        let mut leave = good.clone();
        change(&mut leave);
        Statement::from_body(&Statement::Leave(leave).to_body())
    };
    assert!(changed(&|_| {}).is_ok());
    assert_eq!(changed(&|leave| leave.parents.clear()), Err(Refusal::Malformed));
    assert_eq!(changed(&|leave| leave.parents = vec![leave.parents[0]; 2]), Err(Refusal::Malformed));
    let parents: Vec<StatementId> = (0..65).map(|number| StatementId([number; 32])).collect();
    assert!(changed(&|leave| leave.parents = parents[..64].to_vec()).is_ok());
    assert_eq!(changed(&|leave| leave.parents = parents.clone()), Err(Refusal::Malformed));
    assert_eq!(changed(&|leave| leave.cut[0].heads.reverse()), Err(Refusal::Malformed));
    assert_eq!(changed(&|leave| leave.cut[0].heads.clear()), Err(Refusal::Malformed));
    let heads: Vec<BatchId> = (0..9).map(|number| BatchId([number; 32])).collect();
    assert_eq!(changed(&|leave| leave.cut[0].heads = heads.clone()), Err(Refusal::Malformed));
    assert_eq!(changed(&|leave| leave.cut = vec![leave.cut[0].clone(); 2]), Err(Refusal::Malformed));
    assert_eq!(Statement::from_body(&vec![0; STATEMENT_MAX_BYTES + 1]), Err(Refusal::TooBig));
    for body in [&b""[..], b"\x80", b"\x82\x01\xa0", b"\x83\x01\xa0\x00", b"\x82\x20\xa0", b"\xa0"] {
        assert_eq!(Statement::from_body(body), Err(Refusal::Malformed), "{body:?}");
    }
    assert!(SignedStatement::parse(b"\xa0").is_err());
}

#[test]
fn another_space_is_another_space() {
    let pair = Pair::new();
    let one = pair.sign(pair.genesis());
    let two = pair.sign(Genesis { nonce: [6; 32], ..pair.genesis() });
    assert_eq!(evaluate(one.space_id(), &[]).expect_err("nothing held").code(), Code::NotFound);
    assert_eq!(evaluate(one.space_id(), std::slice::from_ref(&two)).expect_err("not held").code(), Code::NotFound);
    let made = evaluate(one.space_id(), &[two.clone(), one]).expect("held");
    assert_eq!(made.refused, [(two.id(), Refusal::OtherSpace)].into());
}

#[test]
fn writers_are_one_member_or_all() {
    let pair = Pair::new();
    let signed = pair.sign(pair.genesis());
    let made = evaluate(signed.space_id(), &[signed]).expect("a good Genesis");
    let (mara, theo) = (pair.mara.0.member_id(), pair.theo.0.member_id());
    let stranger = MemberId([9; 32]);
    assert!(WriterSet::One(mara).allows(&made, &mara) && !WriterSet::One(mara).allows(&made, &theo));
    assert!(WriterSet::All.allows(&made, &theo) && !WriterSet::All.allows(&made, &stranger));
    assert!(!WriterSet::One(stranger).allows(&made, &stranger));
    for set in [WriterSet::All, WriterSet::One(mara)] {
        assert_eq!(cbor::decode(&cbor::encode(&set)), Some(set));
    }
    assert_eq!(cbor::encode(&WriterSet::All), [0]);
    assert_eq!(cbor::decode::<WriterSet>(&[1]), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_reading_panic(body in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..700) {
        let _ = Statement::from_body(&body);
        let _ = SignedStatement::parse(&body);
        let pair = Pair::new();
        let good = pair.genesis();
        let whole = Statement::Genesis(good).to_body();
        prop_assert!(Statement::from_body(&whole[..cut.min(whole.len() - 1)]).is_err());
    }
}

/// Recipe: `Pair::new()` with `Seeded` names as above, nonce 32 × 0x05.
#[test]
fn the_bytes_of_genesis_are_pinned() {
    let pair = Pair::new();
    let signed = pair.sign(pair.genesis());
    assert_eq!(member_id(&pair.mara.0.root_pk), pair.mara.0.member_id());
    assert_eq!(signed.space_id(), SpaceId(sha256(&[signed.body()])));
    let pinned =
        [HEXLOWER.encode(&signed.body()[..16]), HEXLOWER.encode(&signed.space_id().0), signed.body().len().to_string()];
    assert_eq!(
        pinned.as_slice(),
        ["8201a301020282a4010102582077b23a", "68b04edc74684a418dec1fb4e7f30da4448ca781bf94a715f3c17e2ca5370bce", "500"]
    );
}
