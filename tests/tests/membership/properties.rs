//! Properties of protocol.md §11 on random stories of 2 to 16 devices, at every prefix of arrival.

use crate::cast::{Phone, heads, reset};
use crate::reference::Reference;
use crate::story::{Story, shuffled};
use belay::ids::{DeviceId, MemberId};
use belay::space::{Admitted, Membership, SignedStatement, evaluate};
use belay_tests::Chance;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default);
    // A story is told by its seed alone; nothing is written beside the tests.
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 64,
        max_global_rejects: cases * 16,
        ..ProptestConfig::default()
    }
}

fn active(membership: &Membership) -> BTreeMap<MemberId, BTreeSet<DeviceId>> {
    membership.members.iter().map(|(id, member)| (*id, member.active_devices().collect())).collect()
}

/// The fast evaluation and the slow one say the same of everything.
fn assert_same(made: &Membership, reference: &Reference) {
    let all = reference.everything();
    for node in &reference.nodes {
        assert_eq!(
            made.refused.contains_key(&node.id),
            !node.counts,
            "{:?}: {:?}",
            node.statement,
            made.refused.get(&node.id)
        );
    }
    for (id, member) in &made.members {
        let stands = reference.stands(&all, id);
        assert_eq!((member.left, member.reset), (stands.left, stands.reset.map(|at| reference.nodes[at].id)));
        assert_eq!(member.active_devices().collect::<BTreeSet<_>>(), stands.active());
        for (device, standing) in &member.devices {
            assert!(reference.ever_added(&all, id, device));
            let claims: Vec<_> = stands.claims.iter().filter(|(claimed, _)| claimed == device).collect();
            assert_eq!(standing.contested, claims.len() > 1);
            assert_eq!(standing.bounds.admitted == Admitted::Standing, !claims.is_empty());
            assert!(claims.is_empty() || claims.iter().any(|(_, entry)| *entry == standing.entry));
            let mut cuts: BTreeSet<_> = reference.cuts(&all, id, device).into_iter().collect();
            if cuts.contains(&BTreeSet::new()) {
                cuts = [BTreeSet::new()].into();
            }
            assert_eq!(standing.bounds.cuts, cuts);
        }
    }
}

proptest! {
    #![proptest_config(cases(96))]

    /// Equal sets, equal memberships, in any order and with repetitions; at every prefix what the page says; what
    /// stands as a removal is never un-applied but by a RootReset of that member; what left stays out.
    #[test]
    fn every_prefix_says_what_the_page_says(seed in any::<u64>()) {
        let chance = &mut Chance::new(seed);
        let length = 4 + chance.below(20);
        let story = Story::tell(chance, length);
        let arrival = shuffled(&story.all[1..], chance);
        let mut before: Option<(Membership, Reference)> = None;
        for end in 0..=arrival.len() {
            let mut held = vec![story.all[0].clone()];
            held.extend_from_slice(&arrival[..end]);
            let made = evaluate(story.cast.space(), &held).expect("a good Genesis");
            let mut other = shuffled(&held, chance);
            other.push(held[chance.below(held.len())].clone());
            prop_assert_eq!(&made, &evaluate(story.cast.space(), &other).expect("a good Genesis"));
            let reference = Reference::new(story.cast.space(), &held);
            assert_same(&made, &reference);
            let distinct: BTreeSet<_> = held.iter().map(SignedStatement::id).collect();
            prop_assert_eq!(distinct.len() - made.waiting.len(), reference.nodes.len());
            if let Some((earlier, told)) = &before {
                never_undone(earlier, told, &made);
            }
            before = Some((made, reference));
        }
    }

    /// Whatever one writes who was removed, on any past and with any new keys, no device and no admin key comes in.
    #[test]
    fn who_was_removed_gains_no_power(seed in any::<u64>()) {
        let chance = &mut Chance::new(seed);
        let length = 3 + chance.below(12);
        let mut story = Story::tell(chance, length);
        let before = evaluate(story.cast.space(), &story.all).expect("a good Genesis");
        let thieves = removed_phones(&story, &before);
        prop_assume!(!thieves.is_empty());
        let (member, thief) = &thieves[chance.below(thieves.len())];
        let fakes = thief_writes(&mut story, chance, thief);
        let after = evaluate(story.cast.space(), &story.all).expect("a good Genesis");
        let (was, is) = (active(&before), active(&after));
        for (id, devices) in &is {
            prop_assert!(devices.is_subset(&was[id]), "{:?} gained {:?}", id, devices.difference(&was[id]));
        }
        for key in fakes.iter().chain([thief]).map(|phone| phone.entry.admin) {
            let of_member = &after.members[member];
            prop_assert_eq!(of_member.admin_device(&key), before.members[member].admin_device(&key));
        }
        prop_assert!(before.members.values().zip(after.members.values()).all(|(was, is)| !was.left || is.left));
    }

    /// A thief with the secret of an old phone writes what they can; the words give everything back, and what the
    /// thief back-dates later changes nothing any more.
    #[test]
    fn the_words_give_the_full_state_back(seed in any::<u64>()) {
        let chance = &mut Chance::new(seed);
        let length = 2 + chance.below(10);
        let mut story = Story::tell(chance, length);
        let before = evaluate(story.cast.space(), &story.all).expect("a good Genesis");
        let victim = chance.below(story.cast.people.len());
        let member = story.cast.people[victim].id;
        prop_assume!(!before.members[&member].left);
        let known: Vec<Phone> = (0..crate::story::PHONES)
            .map(|number| crate::cast::phone(number).clone())
            .filter(|phone| before.members[&member].devices.get(&phone.id).is_some_and(|known| known.entry == phone.entry))
            .collect();
        prop_assume!(known.len() > 1);
        let thief = known[0].clone();
        let honest: Vec<&Phone> = known[1..].iter().take(8).collect();
        // Leaving is final: the words do not bring back who left.
        story.may_leave = false;
        thief_writes(&mut story, chance, &thief);
        let held: Vec<&SignedStatement> = story.all.iter().collect();
        let cut = heads(&[(&thief, 7)]);
        let words = reset(&story.cast.people[victim], &honest, cut, &held[..held.len().min(64)]);
        story.all.push(words.clone());
        let back = evaluate(story.cast.space(), &story.all).expect("a good Genesis");
        prop_assert_eq!(back.members[&member].reset, Some(words.id()));
        let named: BTreeSet<DeviceId> = honest.iter().map(|phone| phone.id).collect();
        prop_assert_eq!(&active(&back)[&member], &named);
        for (device, standing) in &back.members[&member].devices {
            if named.contains(device) {
                prop_assert!(standing.bounds.admitted == Admitted::Standing && standing.bounds.cuts.is_empty());
            } else {
                prop_assert_eq!(standing.bounds.cuts.len(), 1);
                prop_assert_eq!(standing.bounds.admitted == Admitted::ByResetCut, *device == thief.id);
            }
        }
        thief_writes(&mut story, chance, &thief);
        let later = evaluate(story.cast.space(), &story.all).expect("a good Genesis");
        prop_assert_eq!(&active(&later)[&member], &named);
        for device in &named {
            prop_assert_eq!(later.members[&member].devices.get(device), back.members[&member].devices.get(device));
        }
    }
}

fn never_undone(earlier: &Membership, told: &Reference, now: &Membership) {
    let all = told.everything();
    for (id, member) in &earlier.members {
        let is = &now.members[id];
        assert!(!member.left || is.left, "who left stays out");
        if member.reset == is.reset {
            for device in told.stands(&all, id).removed {
                assert!(!is.active_devices().any(|active| active == device), "a standing removal was undone");
            }
        }
        for device in member.devices.keys() {
            assert!(is.devices.contains_key(device), "once added, always known");
        }
    }
    // What is judged is judged once.
    for (id, refusal) in &earlier.refused {
        assert_eq!(now.refused.get(id), Some(refusal));
    }
    let counted = told.nodes.iter().filter(|node| node.counts);
    assert!(counted.into_iter().all(|node| !now.refused.contains_key(&node.id)));
}

/// Phones that a removal which stands keeps out, whose admin key is nobody else's.
fn removed_phones(story: &Story, membership: &Membership) -> Vec<(MemberId, Phone)> {
    let reference = Reference::new(story.cast.space(), &story.all);
    let all = reference.everything();
    let mut found = Vec::new();
    for number in 0..crate::story::PHONES {
        let phone = crate::cast::phone(number);
        let claims = membership.claims(&phone.id);
        let admin_of: Vec<_> =
            membership.members.values().filter_map(|member| member.admin_device(&phone.entry.admin)).collect();
        if let [claim] = claims[..] {
            let member = claim.bounds.member;
            if reference.stands(&all, &member).removed.contains(&phone.id) && admin_of.is_empty() {
                found.push((member, phone.clone()));
            }
        }
    }
    found
}

/// The thief writes a dozen statements, some by phones and hidden keys that the thief brought along.
fn thief_writes(story: &mut Story, chance: &mut Chance, thief: &Phone) -> Vec<Phone> {
    let home = story.home(thief);
    let member = story.cast.people[home].id;
    let mut hands = vec![thief.clone()];
    for at in 0..3 {
        hands.push(crate::cast::phone(40 + at).clone());
        hands.push(story_phone(story, chance).with_hidden_key("thief"));
    }
    for _ in 0..12 {
        let by = hands[chance.below(hands.len())].clone();
        if chance.percent(60) {
            let new = hands[1 + chance.below(hands.len() - 1)].clone();
            let past: Vec<&SignedStatement> =
                (0..=chance.below(2)).map(|_| &story.all[chance.below(story.all.len())]).collect();
            let made = crate::cast::add(&by, member, &new, &past);
            story.all.push(made);
        } else {
            story.act(chance, &by, false);
        }
    }
    hands.split_off(1)
}

fn story_phone(story: &Story, chance: &mut Chance) -> Phone {
    let count = story.cast.people.len();
    crate::cast::phone(chance.below(crate::story::PHONES / count) * count).clone()
}
