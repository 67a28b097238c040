//! The bounds: eight devices, 1,024 statements, and how long a great many take.

use crate::cast::{Cast, Phone, add, phone, remove, reset};
use belay::space::{Refusal, Role, SignedStatement, SpaceKind, Statement, Statements};
use belay_tests::Chance;
use std::time::Instant;

#[test]
fn concurrent_additions_pass_eight_and_all_stand() {
    let cast = Cast::pair(&[phone(0)], &[phone(1)]);
    let many: Vec<SignedStatement> =
        (2..14).map(|at| add(phone(0), cast.mara(), phone(at), &[&cast.genesis])).collect();
    let held: Vec<&SignedStatement> = many.iter().collect();
    let made = cast.with(&held);
    assert_eq!((made.refused.len(), made.active_devices_of(&cast.mara()).len()), (0, 13));
    assert!(!made.members[&cast.mara()].has_room());
    let next = add(phone(0), cast.mara(), phone(20), &held);
    let held: Vec<&SignedStatement> = many.iter().chain([&next]).collect();
    let made = cast.with(&held);
    assert_eq!(made.refused, [(next.id(), Refusal::DeviceCount)].into());
    assert_eq!(made.active_devices_of(&cast.mara()).len(), 13);
    // One after the other, the ninth is refused.
    let mut chain = vec![cast.genesis.clone()];
    for at in 2..10 {
        let last = chain.last().expect("Genesis").clone();
        chain.push(add(phone(0), cast.mara(), phone(at), &[&last]));
    }
    let held: Vec<&SignedStatement> = chain.iter().collect();
    let made = cast.with(&held);
    assert_eq!(made.refused, [(chain.last().expect("the ninth").id(), Refusal::DeviceCount)].into());
}

#[test]
fn the_1025th_statement_is_refused_but_the_words_are_not() {
    let cast = Cast::pair(&[phone(0), phone(1)], &[phone(2)]);
    let mut all = vec![cast.genesis.clone()];
    for _ in 0..1_025 {
        let last = all.last().expect("Genesis").clone();
        all.push(remove(phone(0), phone(1), vec![], &[&last]));
    }
    let last = all.last().expect("many").clone();
    let theo = add(phone(2), cast.theo(), phone(3), &[&last]);
    let made = cast.with(&all.iter().chain([&theo]).collect::<Vec<_>>());
    assert_eq!(made.refused, [(last.id(), Refusal::StatementCount)].into(), "and Theo's is none of hers");
    let full = belay::space::remove_device(&made, &phone(0).id, &[], &phone(0).admin).expect_err("no room");
    assert_eq!(full.code(), belay::error::Code::TooMany);
    let words = reset(&cast.people[0], &[phone(4)], vec![], &[&last]);
    let new = add(phone(4), cast.mara(), phone(5), &[&words]);
    let made = cast.with(&all.iter().chain([&words, &new]).collect::<Vec<_>>());
    assert_eq!(made.active_devices_of(&cast.mara()).len(), 2, "what counts no more does not count towards the bound");
}

fn figure(what: &str, cast: &Cast, all: &[SignedStatement]) {
    let begun = Instant::now();
    let mut statements = Statements::default();
    all.iter().for_each(|one| statements.take(one));
    let verified = begun.elapsed();
    let begun = Instant::now();
    let made = statements.evaluate(cast.space()).expect("a good Genesis");
    println!(
        "{what}: {} statements, {} refused; signatures {:.0?}, evaluation {:.0?}",
        all.len(),
        made.refused.len(),
        verified,
        begun.elapsed()
    );
    assert!(made.waiting.is_empty());
}

/// Figures for DESIGN.md, never an assertion: `cargo test -p belay-tests --test membership figures -- --ignored --nocapture`.
#[test]
#[ignore = "prints how long great many take"]
fn figures() {
    let members = |at: usize| (if at == 0 { Role::Person } else { Role::Supporter }, vec![phone(at), phone(at + 8)]);
    let cast = Cast::new(SpaceKind::Relationship, &(0..8).map(members).collect::<Vec<_>>());
    let ids: Vec<_> = cast.people.iter().map(|person| person.id).collect();
    let fresh: Vec<Phone> = (0..1_024).map(|at| Phone::named(&format!("fresh {at}"))).collect();
    let mut chain = vec![cast.genesis.clone()];
    for at in 0..8_191 {
        let last = chain.last().expect("Genesis").clone();
        let (own, round) = (phone(at % 8), at / 8);
        let made = match round % 2 {
            0 => add(own, ids[at % 8], &fresh[(at / 16) % 512 + (at % 8 / 4) * 512], &[&last]),
            _ => remove(own, &fresh[((at - 8) / 16) % 512 + (at % 8 / 4) * 512], vec![], &[&last]),
        };
        chain.push(made);
    }
    figure("one after the other", &cast, &chain);
    let mut wide = vec![cast.genesis.clone()];
    wide.extend((0..900).map(|at| add(phone(0), ids[0], &fresh[at], &[&cast.genesis])));
    let chance = &mut Chance::new(1);
    while wide.len() < 8_192 {
        let past: Vec<&SignedStatement> = (0..3).map(|_| &wide[chance.below(wide.len())]).collect();
        let target = &fresh[chance.below(900)];
        wide.push(remove(phone(0), target, vec![], &[&past[..], &[&wide[1 + chance.below(900)]]].concat()));
    }
    figure("meshed, by one member", &cast, &wide);
    let mut resets = vec![cast.genesis.clone()];
    while resets.len() < 8_192 {
        let past: Vec<&SignedStatement> = (0..4).map(|_| &resets[chance.below(resets.len())]).collect();
        let by = &cast.people[0];
        let made = if chance.percent(50) || resets.len() < 100 {
            reset(by, &[&fresh[chance.below(900)]], vec![], &past)
        } else {
            let known = past.iter().find_map(|one| match one.statement() {
                Ok(Statement::RootReset(reset)) => fresh.iter().find(|phone| phone.entry == reset.devices[0]),
                _ => None,
            });
            add(known.unwrap_or(phone(0)), ids[0], &fresh[900 + chance.below(100)], &past)
        };
        resets.push(made);
    }
    figure("words and phones meshed", &cast, &resets);
}
