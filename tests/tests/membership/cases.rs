//! Bad input and its named outcome, and the rules one by one.

use crate::cast::{Cast, Phone, add, heads, leave, phone, remove, reset};
use belay::crypto::sign::SigningKey;
use belay::error::Code;
use belay::ids::{BatchId, MemberId, SpaceId, StatementId};
use belay::space::{
    self, Admitted, CutHeads, DeviceRemove, Genesis, Membership, Refusal, Role, SignedStatement, SpaceKind, Statement,
    evaluate,
};
use belay_tests::SeededEntropy;
use std::collections::BTreeSet;

fn refused(membership: &Membership, statement: &SignedStatement) -> Option<Refusal> {
    membership.refused.get(&statement.id()).copied()
}

fn head(number: u8) -> BTreeSet<BatchId> {
    [BatchId([number; 32])].into()
}

/// Mara with phones 0 and 1, Theo with phone 2; phone 3 is a thief's.
fn pair() -> Cast {
    Cast::pair(&[phone(0), phone(1)], &[phone(2)])
}

#[test]
fn devices_come_and_go_by_their_own_member() {
    let cast = pair();
    let start = cast.with(&[]);
    let new = space::add_device(&start, &cast.mara(), &phone(3).entry, &phone(0).admin).expect("an admin");
    let grown = cast.with(&[&new]);
    assert!(grown.refused.is_empty() && grown.is_active(&phone(3).id));
    assert_eq!((grown.heads.clone(), grown.active_devices_of(&cast.mara()).len()), ([new.id()].into(), 3));
    // The new one may add and remove in turn.
    let next = space::add_device(&grown, &cast.mara(), &phone(4).entry, &phone(3).admin).expect("an admin now");
    let grown = cast.with(&[&new, &next]);
    let gone = space::remove_device(&grown, &phone(0).id, &[BatchId([8; 32])], &phone(4).admin).expect("an admin now");
    let end = cast.with(&[&new, &next, &gone]);
    assert!(end.refused.is_empty() && !end.is_active(&phone(0).id));
    assert_eq!(end.active_devices_of(&cast.mara()).len(), 3, "what it added stays: the removal knows of it");
    let bounds = end.bounds(&phone(0).id, None).expect("known");
    assert_eq!((bounds.member, bounds.admitted, &bounds.cuts), (cast.mara(), Admitted::Standing, &[head(8)].into()));
    assert_eq!(end.bounds(&phone(9).id, None), None);
    for refusal in [
        space::add_device(&end, &cast.mara(), &phone(5).entry, &phone(0).admin),
        space::add_device(&end, &cast.mara(), &phone(5).entry, &phone(2).admin),
        space::leave(&end, &cast.mara(), &CutHeads::new(), &phone(0).admin),
    ] {
        assert_eq!(refusal.expect_err("no admin of hers").code(), Code::NotAMember);
    }
    let back = space::add_device(&end, &cast.mara(), &phone(0).entry, &phone(1).admin);
    assert_eq!(back.expect_err("keys never come back").code(), Code::Revoked);
    // Even when it is written by hand, it does not come back.
    let back = add(phone(1), cast.mara(), phone(0), &[&gone]);
    assert!(!cast.with(&[&new, &next, &gone, &back]).is_active(&phone(0).id));
}

#[test]
fn only_the_person_or_the_lead_puts_others_out() {
    let cast = pair();
    let by_theo =
        [remove(phone(2), phone(0), vec![], &[&cast.genesis]), leave(phone(2), cast.mara(), vec![], &[&cast.genesis])];
    for statement in &by_theo {
        assert_eq!(refused(&cast.with(&[statement]), statement), Some(Refusal::RoleMayNot));
    }
    let start = cast.with(&[]);
    let told = space::remove_device(&start, &phone(0).id, &[], &phone(2).admin).expect_err("a supporter");
    assert_eq!(told.code(), Code::NotOwner);
    assert_eq!(
        space::leave(&start, &cast.mara(), &CutHeads::new(), &phone(2).admin).expect_err("a supporter").code(),
        Code::NotOwner
    );
    let out = space::remove_device(&start, &phone(2).id, &[], &phone(0).admin).expect("the person may");
    let left = space::leave(&start, &cast.theo(), &CutHeads::new(), &phone(1).admin).expect("the person may");
    let made = cast.with(&[&out, &left]);
    assert!(made.refused.is_empty() && made.members[&cast.theo()].left);
    assert_eq!(made.removed_members().collect::<Vec<_>>(), [cast.theo()]);
    assert_eq!(made.bounds(&phone(2).id, None).expect("known").cuts, [BTreeSet::new()].into());
    let roles = [(Role::Lead, vec![phone(0)]), (Role::Member, vec![phone(2)]), (Role::Member, vec![phone(4)])];
    let team = Cast::new(SpaceKind::Team, &roles);
    let by_member = remove(phone(2), phone(4), vec![], &[&team.genesis]);
    let by_lead = remove(phone(0), phone(4), vec![], &[&team.genesis]);
    let made = team.with(&[&by_member, &by_lead]);
    assert_eq!(refused(&made, &by_member), Some(Refusal::RoleMayNot));
    assert!(refused(&made, &by_lead).is_none() && !made.is_active(&phone(4).id));
}

#[test]
fn two_that_remove_each_other_are_both_out() {
    let cast = pair();
    let one = remove(phone(0), phone(1), vec![], &[&cast.genesis]);
    let two = remove(phone(1), phone(0), vec![], &[&cast.genesis]);
    let made = cast.with(&[&one, &two]);
    assert!(made.refused.is_empty() && made.active_devices_of(&cast.mara()).is_empty());
    // The words start her again.
    let words = reset(&cast.people[0], &[phone(3)], heads(&[(phone(0), 4), (phone(1), 5)]), &[&one]);
    let made = cast.with(&[&one, &two, &words]);
    assert_eq!(made.active_devices_of(&cast.mara()), [phone(3).id]);
    let bounds = made.bounds(&phone(1).id, None).expect("known");
    assert_eq!((bounds.admitted, &bounds.cuts), (Admitted::ByResetCut, &[head(5)].into()));
}

#[test]
fn an_addition_falls_with_the_concurrent_removal_of_its_signer() {
    let cast = pair();
    let stolen = add(phone(0), cast.mara(), phone(3), &[&cast.genesis]);
    let further = add(phone(3), cast.mara(), phone(4), &[&stolen]);
    let removal = remove(phone(1), phone(0), vec![], &[&cast.genesis]);
    assert_eq!(cast.with(&[&stolen, &further]).active_devices_of(&cast.mara()).len(), 4);
    let made = cast.with(&[&stolen, &further, &removal]);
    assert_eq!(made.active_devices_of(&cast.mara()), [phone(1).id], "the chain falls with its first link");
    assert_eq!(made.bounds(&phone(4).id, None).expect("known").admitted, Admitted::Once);
    // A removal that knows of the addition leaves it.
    let later = remove(phone(1), phone(0), vec![], &[&further]);
    assert_eq!(cast.with(&[&stolen, &further, &later]).active_devices_of(&cast.mara()).len(), 3);
    // The other adds it again: it stands by that, and so does what it added.
    let again = add(phone(1), cast.mara(), phone(3), &[&cast.genesis]);
    let made = cast.with(&[&stolen, &further, &removal, &again]);
    assert_eq!(made.active_devices_of(&cast.mara()).len(), 3);
    // Added again by one who knows of all that: what it added is an admin again, and may sign.
    let again = add(phone(1), cast.mara(), phone(3), &[&further, &removal]);
    let signed = add(phone(4), cast.mara(), phone(5), &[&again]);
    let made = cast.with(&[&stolen, &further, &removal, &again, &signed]);
    assert!(made.refused.is_empty() && made.is_active(&phone(5).id));
    // Two that only name each other hold nobody up.
    let circle = add(phone(4), cast.mara(), phone(3), &[&further]);
    assert_eq!(cast.with(&[&stolen, &further, &circle, &removal]).active_devices_of(&cast.mara()), [phone(1).id]);
}

#[test]
fn a_removed_admin_removes_backwards_until_the_words_end_it() {
    let cast = pair();
    let removal = remove(phone(1), phone(0), heads(&[(phone(0), 1)]), &[&cast.genesis]);
    let backdated = remove(phone(0), phone(1), vec![], &[&cast.genesis]);
    let late = add(phone(0), cast.mara(), phone(3), &[&removal]);
    let made = cast.with(&[&removal, &backdated, &late]);
    assert_eq!(refused(&made, &late), Some(Refusal::NotAdmin));
    assert!(made.active_devices_of(&cast.mara()).is_empty());
    let words = reset(&cast.people[0], &[phone(1)], heads(&[(phone(0), 6)]), &[&removal, &backdated]);
    let again = remove(phone(0), phone(1), vec![], &[&backdated]);
    let smuggled = add(phone(0), cast.mara(), phone(3), &[&cast.genesis]);
    let made = cast.with(&[&removal, &backdated, &late, &words, &again, &smuggled]);
    assert_eq!(made.active_devices_of(&cast.mara()), [phone(1).id]);
    let honest = made.bounds(&phone(1).id, None).expect("hers");
    assert!(honest.cuts.is_empty() && honest.admitted == Admitted::Standing);
    let thief = made.bounds(&phone(0).id, None).expect("known");
    assert_eq!((thief.admitted, &thief.cuts), (Admitted::ByResetCut, &[head(6)].into()));
    // What it knew and put out never comes back by an addition; what comes new may, and its log is not cut.
    let back = add(phone(1), cast.mara(), phone(0), &[&words]);
    let new = add(phone(1), cast.mara(), phone(4), &[&words]);
    let made = cast.with(&[&removal, &backdated, &words, &back, &new]);
    assert_eq!(refused(&made, &back), Some(Refusal::PutOut));
    assert!(made.is_active(&phone(4).id) && made.bounds(&phone(4).id, None).expect("hers").cuts.is_empty());
}

#[test]
fn of_two_resets_the_later_or_the_lower_stands() {
    let cast = pair();
    let mara = &cast.people[0];
    let one = reset(mara, &[phone(3)], vec![], &[&cast.genesis]);
    let two = reset(mara, &[phone(4)], vec![], &[&cast.genesis]);
    let (lower, higher) = if one.id() < two.id() { (&one, &two) } else { (&two, &one) };
    let made = cast.with(&[&one, &two]);
    assert_eq!(made.members[&cast.mara()].reset, Some(lower.id()));
    // What the other's device does afterwards counts no more.
    let phone_of = |reset: &SignedStatement| if reset == &one { phone(3) } else { phone(4) };
    let loser = add(phone_of(higher), cast.mara(), phone(5), &[higher]);
    let attack = remove(phone_of(higher), phone_of(lower), vec![], &[higher]);
    let made = cast.with(&[&one, &two, &loser, &attack]);
    assert_eq!(made.active_devices_of(&cast.mara()), [phone_of(lower).id]);
    let third = reset(mara, &[phone(6)], vec![], &[&one, &two]);
    let made = cast.with(&[&one, &two, &third, &loser]);
    assert_eq!(made.active_devices_of(&cast.mara()), [phone(6).id]);
    // However low the hashes of the earlier ones are.
    let mut chain = vec![one.clone()];
    for at in 20..30 {
        chain.push(reset(mara, &[phone(at)], vec![], &[&chain[chain.len() - 1]]));
        let made = cast.with(&chain.iter().collect::<Vec<_>>());
        assert_eq!(made.active_devices_of(&cast.mara()), [phone(at).id]);
    }
    // One that is later than the higher alone is concurrent with the lower: the lowest of the two.
    let late = reset(mara, &[phone(7)], vec![], &[higher]);
    let made = cast.with(&[&one, &two, &late]);
    assert_eq!(made.members[&cast.mara()].reset, Some(lower.id().min(late.id())));
}

#[test]
fn leaving_is_final() {
    let cast = pair();
    let left = leave(phone(2), cast.theo(), heads(&[(phone(2), 3)]), &[&cast.genesis]);
    let words = reset(&cast.people[1], &[phone(5)], vec![], &[&left]);
    let other = leave(phone(0), cast.theo(), heads(&[(phone(2), 4), (phone(5), 4)]), &[&cast.genesis]);
    let made = cast.with(&[&left, &words, &other]);
    assert!(made.members[&cast.theo()].left && made.active_devices_of(&cast.theo()).is_empty());
    assert!(made.refused.is_empty());
    assert_eq!(made.bounds(&phone(2).id, None).expect("known").cuts, [BTreeSet::new()].into(), "the words cut it too");
    let made = cast.with(&[&left, &other]);
    assert_eq!(made.bounds(&phone(2).id, None).expect("known").cuts, [head(3), head(4)].into());
    let after = add(phone(2), cast.theo(), phone(6), &[&left]);
    assert_eq!(refused(&cast.with(&[&left, &after]), &after), Some(Refusal::NotAdmin));
    // A RootReset of the member undoes a removal by the person, but no Leave.
    let removal = remove(phone(0), phone(2), vec![], &[&cast.genesis]);
    let words = reset(&cast.people[1], &[phone(2)], vec![], &[&removal]);
    assert_eq!(cast.with(&[&removal, &words]).active_devices_of(&cast.theo()), [phone(2).id]);
}

#[test]
fn nobody_is_slipped_in() {
    let cast = pair();
    let stranger = MemberId([7; 32]);
    let cases = [
        (add(phone(2), stranger, phone(3), &[&cast.genesis]), Refusal::UnknownMember),
        (add(phone(2), cast.mara(), phone(3), &[&cast.genesis]), Refusal::NotAdmin),
        (add(phone(9), cast.mara(), phone(3), &[&cast.genesis]), Refusal::NotAdmin),
        (leave(phone(0), stranger, vec![], &[&cast.genesis]), Refusal::UnknownMember),
        (remove(phone(0), phone(9), vec![], &[&cast.genesis]), Refusal::UnknownDevice),
        (remove(phone(9), phone(0), vec![], &[&cast.genesis]), Refusal::NotAdmin),
        (add(phone(2), cast.theo(), phone(1), &[&cast.genesis]), Refusal::SharedDevice),
        (add(phone(0), cast.mara(), &phone(1).with_hidden_key("x"), &[&cast.genesis]), Refusal::SharedDevice),
        (reset(&cast.people[1], &[phone(0)], vec![], &[&cast.genesis]), Refusal::SharedDevice),
    ];
    for (statement, refusal) in &cases {
        let made = cast.with(&[statement]);
        assert_eq!(refused(&made, statement), Some(*refusal), "{statement:?}");
        assert_eq!(made.active_devices().len(), 3);
    }
    let root = SigningKey::make(&mut SeededEntropy::new("a stranger's root"));
    let foreign = crate::cast::Person { id: belay::identity::member_id(&root.public()), root };
    let statement = reset(&foreign, &[phone(3)], vec![], &[&cast.genesis]);
    assert_eq!(refused(&cast.with(&[&statement]), &statement), Some(Refusal::UnknownMember));
    // A Genesis with one more member is another space.
    let Ok(Statement::Genesis(genesis)) = cast.genesis.verify() else { panic!("a Genesis") };
    let more = Cast::new(
        SpaceKind::Relationship,
        &[
            (Role::Person, vec![phone(0), phone(1)]),
            (Role::Supporter, vec![phone(2)]),
            (Role::Supporter, vec![phone(3)]),
        ],
    );
    let made = cast.with(&[&more.genesis]);
    assert_eq!(refused(&made, &more.genesis), Some(Refusal::OtherSpace));
    assert_eq!(made.members.len(), 2);
    // One that the person never signed.
    let copy = Genesis { nonce: [1; 32], ..genesis };
    let roots: Vec<&SigningKey> = cast.people.iter().map(|_| &cast.people[1].root).collect();
    let forged = SignedStatement::sign(&Statement::Genesis(copy), &roots);
    assert_eq!(evaluate(forged.space_id(), &[forged]).expect_err("forged").code(), Code::SignatureInvalid);
}

#[test]
fn a_device_that_two_claim_is_each_ones_own() {
    // Theo hears of Mara's new phone first, and claims it.
    let cast = pair();
    let stolen = add(phone(2), cast.theo(), phone(3), &[&cast.genesis]);
    let hers = add(phone(0), cast.mara(), phone(3), &[&stolen]);
    let made = cast.with(&[&stolen, &hers]);
    assert!(made.refused.is_empty());
    assert_eq!(made.member_of(&phone(3).id), Some(cast.mara()));
    assert_eq!(made.claims(&phone(3).id).len(), 2);
    // His removal of "his" phone leaves hers.
    let gone = remove(phone(2), phone(3), vec![], &[&hers]);
    let made = cast.with(&[&stolen, &hers, &gone]);
    assert!(made.members[&cast.mara()].devices[&phone(3).id].active);
    assert!(!made.members[&cast.theo()].devices[&phone(3).id].active);
    let bounds = |writer: MemberId| made.bounds(&phone(3).id, Some(&writer)).expect("claimed").clone();
    assert!(bounds(cast.mara()).cuts.is_empty() && bounds(cast.mara()).member == cast.mara());
    assert_eq!((bounds(cast.theo()).member, bounds(cast.theo()).cuts), (cast.theo(), [BTreeSet::new()].into()));
    assert_eq!(made.bounds(&phone(3).id, None).expect("claimed").member, cast.mara());
}

#[test]
fn a_hidden_key_is_shown_and_falls_with_its_maker() {
    let cast = pair();
    let honest = add(phone(1), cast.mara(), phone(3), &[&cast.genesis]);
    let shadow = phone(3).with_hidden_key("thief");
    let hidden = add(phone(0), cast.mara(), &shadow, &[&cast.genesis]);
    let made = cast.with(&[&honest, &hidden]);
    assert!(made.device(&phone(3).id).expect("hers").contested);
    let further = add(&shadow, cast.mara(), phone(4), &[&hidden]);
    let removal = remove(phone(1), phone(0), vec![], &[&honest]);
    let made = cast.with(&[&honest, &hidden, &further, &removal]);
    let standing = made.device(&phone(3).id).expect("hers");
    assert!(standing.active && !standing.contested && standing.entry == phone(3).entry);
    assert!(!made.is_active(&phone(4).id), "what the hidden key signed falls, though the phone stands");
    assert_eq!(made.members[&cast.mara()].admin_device(&shadow.admin.public()), None);
}

#[test]
fn forged_statements_are_refused_and_unknown_parents_wait() {
    let cast = pair();
    let good = add(phone(0), cast.mara(), phone(3), &[&cast.genesis]);
    let next = add(phone(3), cast.mara(), phone(4), &[&good]);
    let last = remove(phone(4), phone(0), vec![], &[&next]);
    let other_hand =
        SigningKey::make(&mut SeededEntropy::new("forger")).sign(belay::crypto::sign::Signed::Statement, good.body());
    let forged = SignedStatement::from_parts(good.body().to_vec(), vec![other_hand]);
    let made = cast.with(&[&forged, &next, &last]);
    assert_eq!(refused(&made, &forged), Some(Refusal::SignatureInvalid));
    assert_eq!(made.waiting, [next.id(), last.id()].into());
    assert_eq!((made.missing, made.heads), ([good.id()].into(), [cast.genesis.id(), last.id()].into()));
    let made = cast.with(&[&last, &forged, &next, &good, &good]);
    assert!(made.refused.is_empty() && made.waiting.is_empty() && made.missing.is_empty());
    assert_eq!(made.active_devices_of(&cast.mara()).len(), 3);
    // What follows something of a type that only a newer version knows waits for that version.
    let unknown = SignedStatement::from_parts(b"\x82\x18\x63\xa1\x01\x02".to_vec(), vec![]);
    let after = add(phone(0), cast.mara(), phone(3), &[&cast.genesis, &unknown]);
    let made = cast.with(&[&unknown, &after]);
    assert_eq!((made.not_evaluated, made.waiting), ([unknown.id()].into(), [after.id()].into()));
    assert!(made.missing.is_empty());
    // A statement of another space waits for a past that will never come.
    let elsewhere = Cast::pair(&[phone(0)], &[phone(2)]);
    let replayed = remove(phone(0), phone(2), vec![], &[&elsewhere.genesis]);
    let made = cast.with(&[&elsewhere.genesis, &replayed]);
    assert_eq!(made.waiting, [replayed.id()].into());
    assert!(made.is_active(&phone(2).id));
    assert_eq!(evaluate(SpaceId([0; 32]), &[]).expect_err("nothing").code(), Code::NotFound);
}

#[test]
fn nine_heads_are_cut_to_eight_and_a_tenth_device_is_too_many() {
    let cast = pair();
    let start = cast.with(&[]);
    let many: Vec<BatchId> = (0..12).rev().map(|number| BatchId([number; 32])).collect();
    let removal = space::remove_device(&start, &phone(0).id, &many, &phone(1).admin).expect("an admin");
    let Ok(Statement::DeviceRemove(DeviceRemove { cut, .. })) = removal.verify() else { panic!("a removal") };
    assert_eq!(cut[0].heads, (4..12).map(|number| BatchId([number; 32])).collect::<Vec<_>>(), "the first eight given");
    let entries = |count: usize| (0..count).map(|at| phone(10 + at).entry).collect::<Vec<_>>();
    let mara = &cast.people[0].root;
    for (devices, code) in
        [(entries(0), Code::TooMany), (entries(9), Code::TooMany), ([entries(1), entries(1)].concat(), Code::Duplicate)]
    {
        let told = space::reset(&start, &devices, &CutHeads::new(), mara).expect_err("not so");
        assert_eq!(told.code(), code);
    }
    let twice = [phone(10).entry, phone(10).with_hidden_key("x").entry];
    assert_eq!(
        space::reset(&start, &twice, &CutHeads::new(), mara).expect_err("one phone twice").code(),
        Code::Duplicate
    );
    let words =
        space::reset(&start, &entries(8), &[(phone(0).id, vec![BatchId([1; 32])])].into(), mara).expect("eight");
    let made = cast.with(&[&words]);
    assert_eq!(made.active_devices_of(&cast.mara()).len(), 8);
    let ninth = space::add_device(&made, &cast.mara(), &phone(30).entry, &phone(10).admin);
    assert_eq!(ninth.expect_err("eight are there").code(), Code::TooMany);
    let stranger = SigningKey::make(&mut SeededEntropy::new("a stranger's root"));
    let told = space::reset(&start, &entries(1), &CutHeads::new(), &stranger).expect_err("no member");
    assert_eq!(told.code(), Code::NotAMember);
}

#[test]
fn a_new_statement_stands_on_what_matters_even_among_a_hundred_heads() {
    let cast = pair();
    // A thief, put out, writes a hundred removals side by side.
    let removal = remove(phone(1), phone(0), vec![], &[&cast.genesis]);
    let mut all = vec![removal];
    all.extend((0..100).map(|at| remove(phone(0), phone(0), heads(&[(phone(0), at)]), &[&cast.genesis])));
    let held: Vec<&SignedStatement> = all.iter().collect();
    let made = cast.with(&held);
    assert!(made.refused.is_empty() && made.heads.len() == 101);
    let new = space::add_device(&made, &cast.mara(), &phone(3).entry, &phone(1).admin).expect("an admin");
    let parents: BTreeSet<StatementId> = new.statement().expect("own").parents().iter().copied().collect();
    assert_eq!(parents.len(), 64);
    assert!(parents.contains(&all[0].id()), "her own removal before the thief's");
    let held: Vec<&SignedStatement> = all.iter().chain([&new]).collect();
    assert!(cast.with(&held).is_active(&phone(3).id));
}

#[test]
fn what_was_added_by_a_phone_with_the_same_key_is_told_apart() {
    // A phone named with another's admin key: whoever holds that key acts for both, and only for those.
    let cast = pair();
    let borrowed = Phone { admin: phone(0).admin.clone(), ..phone(3).with_hidden_key("x") };
    let entry = belay::identity::DeviceEntry { admin: phone(0).entry.admin, ..phone(3).entry };
    let borrowed = Phone { entry, ..borrowed };
    let claim = add(phone(2), cast.theo(), &borrowed, &[&cast.genesis]);
    assert_eq!(refused(&cast.with(&[&claim]), &claim), Some(Refusal::SharedDevice), "a key that Genesis gives to Mara");
    let own = add(phone(0), cast.mara(), &borrowed, &[&cast.genesis]);
    let removal = remove(phone(1), phone(0), vec![], &[&own]);
    let made = cast.with(&[&own, &removal]);
    assert!(!made.is_active(&phone(0).id) && made.is_active(&phone(3).id));
}
