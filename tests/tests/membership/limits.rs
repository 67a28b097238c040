//! The bounds: eight devices, 1,024 statements, and how long a great many take.

use crate::cast::{Cast, Phone, add, phone, remove, reset};
use belay::space::{Refusal, Role, SignedStatement, SpaceKind, Statement, Statements};
use belay_tests::Chance;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

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

/// The least processor time of three evaluations, and what came of them.
fn cost(cast: &Cast, all: &[SignedStatement]) -> Duration {
    let mut statements = Statements::default();
    all.iter().for_each(|one| statements.take(one));
    let evaluate = |_| {
        let begun = on_processor();
        let made = statements.evaluate(cast.space()).expect("a good Genesis");
        assert!(made.waiting.is_empty());
        on_processor() - begun
    };
    (0..3).map(evaluate).min().expect("three")
}

/// What this thread took of a processor; wall time would tell what else the machine does.
fn on_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = told.split(' ').next().and_then(|nanos| nanos.parse().ok());
    nanos.map_or_else(
        || Duration::from_nanos(begun().elapsed().as_nanos().try_into().unwrap_or(u64::MAX)),
        Duration::from_nanos,
    )
}

fn begun() -> Instant {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    *BEGUN.get_or_init(Instant::now)
}

/// Eight members add and remove phones, one statement after the other.
fn in_a_row(cast: &Cast, fresh: &[Phone], count: usize) -> Vec<SignedStatement> {
    let mut all = vec![cast.genesis.clone()];
    for at in 0..count {
        let last = all.last().expect("Genesis").clone();
        let (own, member, round) = (phone(at % 8), cast.people[at % 8].id, at / 8);
        let other = |at: usize| &fresh[(at / 16) % 512 + (at % 8 / 4) * 512];
        all.push(match round % 2 {
            0 => add(own, member, other(at), &[&last]),
            _ => remove(own, other(at - 8), vec![], &[&last]),
        });
    }
    all
}

/// One member adds many at once, and removes them in a mesh in which everything stands on several others.
fn meshed(cast: &Cast, fresh: &[Phone], count: usize) -> Vec<SignedStatement> {
    let (wide, chance) = (count / 9, &mut Chance::new(1));
    let mut all = vec![cast.genesis.clone()];
    all.extend(fresh.iter().take(wide).map(|new| add(phone(0), cast.people[0].id, new, &[&cast.genesis])));
    while all.len() < count {
        let past: Vec<&SignedStatement> = (0..3).map(|_| &all[chance.below(all.len())]).collect();
        let addition = &all[1 + chance.below(wide)];
        all.push(remove(phone(0), &fresh[chance.below(wide)], vec![], &[&past[..], &[addition]].concat()));
    }
    all
}

/// Words and the phones they name, in a mesh.
fn restarted(cast: &Cast, fresh: &[Phone], count: usize) -> Vec<SignedStatement> {
    let (by, chance) = (&cast.people[0], &mut Chance::new(1));
    let mut all = vec![cast.genesis.clone()];
    while all.len() < count {
        let past: Vec<&SignedStatement> = (0..4).map(|_| &all[chance.below(all.len())]).collect();
        if chance.percent(50) || all.len() < 100 {
            all.push(reset(by, &[&fresh[chance.below(900)]], vec![], &past));
            continue;
        }
        let known = past.iter().find_map(|one| match one.statement() {
            Ok(Statement::RootReset(reset)) => fresh.iter().find(|phone| phone.entry == reset.devices[0]),
            _ => None,
        });
        all.push(add(known.unwrap_or(phone(0)), by.id, &fresh[900 + chance.below(100)], &past));
    }
    all
}

/// `BELAY_STATEMENTS=8192 cargo test -p belay-tests --test membership cost -- --nocapture` for the most that can be.
#[test]
fn great_many_statements_cost_hardly_more_than_there_are() {
    let most: usize = std::env::var("BELAY_STATEMENTS").map_or(1_024, |count| count.parse().expect("a number"));
    let members = |at: usize| (if at == 0 { Role::Person } else { Role::Supporter }, vec![phone(at), phone(at + 8)]);
    let cast = Cast::new(SpaceKind::Relationship, &(0..8).map(members).collect::<Vec<_>>());
    let fresh: Vec<Phone> = (0..1_024).map(|at| Phone::named(&format!("fresh {at}"))).collect();
    type Shape = fn(&Cast, &[Phone], usize) -> Vec<SignedStatement>;
    let shapes: [(&str, Shape); 3] = [("in a row", in_a_row), ("meshed", meshed), ("by the words", restarted)];
    for (name, shape) in shapes {
        let (few, many) = (cost(&cast, &shape(&cast, &fresh, most / 4)), cost(&cast, &shape(&cast, &fresh, most)));
        println!("{name}: {} statements {few:.2?}, {most} {many:.2?}", most / 4);
        // Four times as many; what grows with the square would take sixteen times as long.
        assert!(many < few * 10 + Duration::from_millis(5), "{name}: {few:?} became {many:?}");
    }
}
