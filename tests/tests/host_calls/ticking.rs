use crate::{Steady, code, confirmed, note, notes, touches, wrong};
use belay::command::Purpose;
use belay::companion::{DropIn, HostFacts, HostOptions, LOG_LINES_MAX, Location, LogCall, Memory, UnlockWith, drop_in};
use belay::crypto::kdf::PassphraseCost;
use belay::error::Code;
use belay::exchange::flow::PairingStage;
use belay::exchange::pairing::InviteTerms;
use belay::space::Role;
use belay::{Companion, HostConfig};
use belay_tests::{PASSPHRASE, SeededEntropy, World, text};

const HOUR_MS: i64 = 3_600_000;

#[test]
fn a_tick_ends_what_is_past_its_date_and_says_when_to_come_back() {
    let world = World::new("tick");
    let mara = world.person("Mara");
    let facts = HostFacts::default();
    let idle = mara.companion.tick(&facts, &mara.at()).expect("open");
    assert_eq!((idle.next_wake_ms, idle.alarms.len(), touches(&idle.changes)), (None, 0, 0));
    let terms = InviteTerms::relationship(Role::Person);
    let invited = mara.companion.pair_invite(terms, "Theo", &mara.at()).expect("inviting");
    let tick = || mara.companion.tick(&facts, &mara.at()).expect("open");
    assert_eq!(tick().next_wake_ms, Some(invited.expires_ms));
    mara.set_clock(invited.expires_ms + 1);
    assert_eq!(tick().next_wake_ms, Some(invited.expires_ms + 24 * HOUR_MS), "kept a day, for a wrong clock");
    assert_eq!(mara.companion.pairings(&mara.at()).expect("open")[0].stage, PairingStage::Invited);
    mara.wait(24 * HOUR_MS);
    assert_eq!(tick().next_wake_ms, None);
    assert_eq!(mara.companion.pairings(&mara.at()).expect("open")[0].stage, PairingStage::Ended);
}

#[test]
fn a_tick_takes_in_what_was_dropped_while_it_was_open() {
    let world = World::new("tick drops");
    let mara = world.person("Mara");
    let what = DropIn::QuickNote { text: text("From the share sheet") };
    drop_in(mara.folder(), &what, &mara.at(), &mut SeededEntropy::new("share")).expect("room");
    let facts = HostFacts { memory: Memory::Critical, ..HostFacts::default() };
    let tick = mara.companion.tick(&facts, &mara.at()).expect("open");
    assert_eq!((tick.dropped.taken, touches(&tick.changes)), (1, 1));
    mara.apply(note("After memory was let go"));
    assert_eq!(notes(&mara).len(), 2);
}

#[test]
fn wrong_facts_change_nothing() {
    let world = World::new("facts");
    let mara = world.person("Mara");
    let facts = HostFacts::default;
    for (wrong, told) in [
        (HostFacts { zone: "Nowhere/Else".into(), ..facts() }, Code::UnknownZone),
        (HostFacts { zone: "x".repeat(65), ..facts() }, Code::TooLong),
        (HostFacts { languages: vec!["en".into(); 17], ..facts() }, Code::TooMany),
        (HostFacts { languages: vec!["<en>".into()], ..facts() }, Code::UnknownLanguage),
    ] {
        assert_eq!(code(mara.companion.tick(&wrong, &mara.at())), told);
    }
    let good = HostFacts { zone: "Europe/Lisbon".into(), languages: vec!["pt-PT".into(), "en".into()], ..facts() };
    mara.companion.tick(&good, &mara.at()).expect("good facts");
    mara.companion.lock().expect("locking");
    assert_eq!(code(mara.companion.tick(&good, &mara.at())), Code::Locked);
}

#[test]
fn the_log_tells_calls_codes_and_times_and_no_more() {
    let world = World::new("log");
    let mara = world.person("Mara");
    mara.companion.lock().expect("locking");
    let config = HostConfig {
        cost: PassphraseCost::FLOOR,
        ..HostConfig::at(
            &Location::Folder { private: mara.folder().to_owned(), public: None },
            vec!["en".to_owned()],
            Some(1 << 20),
        )
    };
    let options = HostOptions { stopwatch: Some(Box::new(Steady(0, 3))), ..HostOptions::default() };
    let companion = Companion::open_with(config, options, Box::new(SeededEntropy::new("log")));
    assert_eq!(companion.diagnostics(10), []);
    assert_eq!(code(companion.unlock(&wrong(), &mara.at())), Code::WrongSecret);
    companion.unlock(&UnlockWith::Passphrase(crate::secret(PASSPHRASE)), &mara.at()).expect("the passphrase");
    companion.lock().expect("locking");
    let lines = companion.diagnostics(10);
    let told: Vec<_> = lines.iter().map(|line| (line.call, line.code, line.took_ms)).collect();
    assert_eq!(
        told,
        [
            (LogCall::Unlock, Some(Code::WrongSecret), Some(3)),
            (LogCall::Unlock, None, Some(3)),
            (LogCall::Lock, None, Some(3)),
        ]
    );
    assert!(lines[2].at_ms == lines[1].at_ms, "a call without a moment is told by the last one");
    for _ in 0..LOG_LINES_MAX {
        companion.lock().expect("locked already");
    }
    assert_eq!(companion.diagnostics(u32::MAX).len(), LOG_LINES_MAX);
    assert_eq!(companion.diagnostics(2).len(), 2);
    assert_eq!(companion.diagnostics(0), []);
}

#[test]
fn with_little_memory_a_passphrase_costs_the_floor() {
    let place = Location::Folder { private: "vault".into(), public: None };
    let cost = |max| HostConfig::at(&place, Vec::new(), max).cost;
    assert_eq!(cost(Some(128 << 20)), PassphraseCost::FLOOR);
    assert_eq!((cost(Some(512 << 20)), cost(None)), (PassphraseCost::DEFAULT, PassphraseCost::DEFAULT));
}

#[test]
fn a_proof_does_not_outlive_a_new_key() {
    let world = World::new("rekey");
    let mara = world.person("Mara");
    let given = confirmed(&mara, Purpose::Erase);
    mara.companion.rekey(&mara.secret(), None, &mara.at()).expect("a new key");
    let refused = mara.companion.erase_scope(belay::companion::EraseScope::Vault, Some(&given), &mara.at());
    assert_eq!(code(refused), Code::NeedsConfirmation);
}
