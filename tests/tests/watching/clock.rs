//! Until the moment that is told, time alone changes nothing; at it something may read otherwise. In many zones, at
//! changes of clocks too.

use super::cases;
use super::screens::asks;
use belay::clock::Moment;
use belay::command::{ForgetCommand, NoteCommand, NoteDraft};
use belay::exchange::pairing::InviteTerms;
use belay::ids::DocId;
use belay::space::Role;
use belay::view::{Answer, Ask};
use belay_tests::{Chance, Device, Plan, World, pair, text};
use proptest::prelude::*;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// Zones whose clocks change at midnight, over it, by half an hour, or never.
const ZONES: [&str; 12] = [
    "Europe/Lisbon",
    "UTC",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Havana",
    "America/Asuncion",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Tehran",
    "Atlantic/Azores",
    "America/St_Johns",
    "Pacific/Chatham",
];

/// A vault with something of every kind, claimed over two years by clocks that are ahead and behind.
fn vault(world: &World, chance: &mut Chance) -> (Device, Vec<DocId>, i64) {
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let begins = mara.at().unix_ms;
    let space = pair(&mara, &theo);
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    mara.apply(plan.add("toolbox", "Tea"));
    let mut docs = vec![plan.id];
    for ago in [0, 1, 2, 5, 6, 7, 30, 400, -1, -2, -40, -500] {
        mara.set_clock(begins - ago * DAY_MS + i64::try_from(chance.below(24)).unwrap_or(0) * HOUR_MS);
        let draft = NoteDraft { body: text("Night"), ..NoteDraft::default() };
        docs.extend(mara.apply(NoteCommand::Create { draft }).made);
    }
    mara.set_clock(begins);
    mara.apply(ForgetCommand::Everything { doc: docs.swap_remove(3) });
    mara.companion.pair_invite(InviteTerms::relationship(Role::Person), "Ana", &mara.at()).expect("inviting");
    let bundle = mara.bundle(&space);
    theo.set_clock(begins + 60 * DAY_MS);
    theo.take(&bundle).expect("a bundle");
    theo.apply(plan.suggest("toolbox", "Walk"));
    let back = theo.bundle(&space);
    mara.take(&back).expect("a bundle");
    (mara, docs, begins)
}

fn moment(unix_ms: i64, zone: &str) -> Moment {
    Moment { unix_ms, zone: zone.to_owned(), boot_ms: 0, boot_id: 0 }
}

fn answer(device: &Device, ask: &Ask, at: &Moment) -> (Answer, Option<i64>) {
    let reading = device.companion.read(std::slice::from_ref(ask), at).expect("open");
    let until = reading.watch[0].until_ms;
    (reading.answers.into_iter().next().expect("an answer"), until)
}

/// Looks at every ask at `at`, between it and the moment told, and there. How many did change there, of how many told.
fn looks(device: &Device, docs: &[DocId], at: &Moment, chance: &mut Chance) -> (u64, u64) {
    let (mut changed, mut told) = (0, 0);
    for ask in asks(docs, &[], chance) {
        // It would write, and what it answers has no time in it.
        if ask == Ask::States {
            continue;
        }
        let (before, until) = answer(device, &ask, at);
        let last = until.unwrap_or(at.unix_ms + 800 * DAY_MS);
        assert!(last > at.unix_ms, "{ask:?} at {at:?} until {until:?}");
        let span = usize::try_from(last - at.unix_ms).unwrap_or(1);
        for still in [last - 1, at.unix_ms + i64::try_from(chance.below(span)).unwrap_or(0)] {
            let (now, _) = answer(device, &ask, &moment(still, &at.zone));
            assert_eq!(now, before, "{ask:?} at {at:?} until {until:?} reads otherwise at {still}");
        }
        if let Some(until) = until {
            told += 1;
            changed += u64::from(answer(device, &ask, &moment(until, &at.zone)).0 != before);
        }
    }
    (changed, told)
}

proptest! {
    #![proptest_config(cases(1))]
    #[test]
    fn before_the_moment_that_is_told_time_changes_nothing(seed in any::<u64>()) {
        let world = World::new(format!("clock {seed}"));
        let mut chance = Chance::new(seed);
        let (mara, docs, begins) = vault(&world, &mut chance);
        let (mut changed, mut told) = (0, 0);
        for round in 0..4 {
            let zone = chance.pick(&ZONES).copied().unwrap_or("UTC");
            // Where most of it was written, then anywhere within two years, and close to some midnight there.
            let far = if round == 0 { 100 } else { i64::try_from(chance.below(700)).unwrap_or(0) } * DAY_MS;
            let near = i64::try_from(chance.below(48)).unwrap_or(0) * HOUR_MS / 2 - 12 * HOUR_MS;
            let somewhen = moment(begins - 100 * DAY_MS + far + near, zone);
            let edge = somewhen.day_ends().unwrap_or(somewhen.unix_ms);
            for unix_ms in [somewhen.unix_ms, edge - 1, edge, edge + HOUR_MS / 2] {
                let (some, of) = looks(&mara, &docs, &moment(unix_ms, zone), &mut chance);
                changed += some;
                told += of;
            }
        }
        // Late in those years only a few asks still tell a moment.
        prop_assert!(told > 20 && changed * 2 > told, "{changed} of {told}: a moment told too early is told in vain");
    }
}

#[test]
fn a_day_ends_where_clocks_say_so() {
    let ends = |unix_ms: i64, zone: &str| moment(unix_ms, zone).day_ends().expect("a day");
    // Lisbon, 22 November 2026, 08:00.
    assert_eq!(ends(1_795_334_400_000, "Europe/Lisbon"), 1_795_392_000_000);
    for zone in ZONES {
        // Every half hour of three years: the date is the same until the day ends and another then.
        let mut now = 1_735_689_600_000_i64;
        while now < 1_735_689_600_000 + 1_100 * DAY_MS {
            let (at, end) = (moment(now, zone), ends(now, zone));
            assert!(end > now && end - now <= 26 * HOUR_MS, "{zone} {now} {end}");
            assert_eq!(moment(end - 1, zone).local_date(), at.local_date(), "{zone} {now}");
            assert_ne!(moment(end, zone).local_date(), at.local_date(), "{zone} {now}");
            now = end + (end % 7) * HOUR_MS;
        }
    }
}

#[test]
fn a_clock_that_goes_back_over_midnight_gives_two_ends() {
    // St John's, 7 November 2010: at 00:01 it was 23:01 of the day before once more.
    let zone = "America/St_Johns";
    let midnight = moment(1_289_095_200_000, zone).day_ends().expect("a day");
    let again = moment(midnight, zone).day_ends().expect("a day");
    assert_eq!(again - midnight, 60_000, "one minute of the new day");
    let last = moment(again, zone).day_ends().expect("a day");
    assert_eq!(last - again, 59 * 60_000);
    assert_eq!(moment(last, zone).local_date(), moment(midnight, zone).local_date());
}
