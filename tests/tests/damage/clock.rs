//! Clocks that stand in 1970, in 2099, at the ends of all numbers, or jump between two calls: everything works, and what
//! is shown, in which order, and what two phones agree on is the same as under a clock that is right.

use belay::Companion;
use belay::clock::Moment;
use belay::command::{NoteCommand, NoteDraft};
use belay::companion::{check_backup, inspect};
use belay::error::Code;
use belay::exchange::pairing::InviteTerms;
use belay::ids::SpaceId;
use belay::secret::SecretText;
use belay::space::Role;
use belay::vault::{FREE_TRIES, VaultFacts, WAIT_FIRST_MS, WAIT_MAX_MS};
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_tests::{Chance, Device, Plan, World, text, until_quiet};
use std::collections::BTreeSet;

const IN_1970: i64 = 0;
const IN_2099: i64 = 4_070_908_800_000;
const NOW: i64 = 1_795_334_400_000;
/// The joint part of the plan.
const PART: &str = "looking-after-us";

/// What the two clocks show at a step.
type Clock = fn(u64) -> (i64, i64);

/// Any time at all, also none that a calendar has.
fn wild(step: u64) -> i64 {
    let mut chance = Chance::new(step);
    match chance.below(6) {
        0 => IN_1970,
        1 => IN_2099,
        2 => i64::MIN,
        3 => i64::MAX,
        4 => -1,
        _ => i64::from_ne_bytes(chance.roll().to_ne_bytes()),
    }
}

const CLOCKS: [(&str, Clock); 7] = [
    ("right", |step| (NOW + step.cast_signed() * 60_000, NOW + step.cast_signed() * 61_000)),
    ("1970", |_| (IN_1970, IN_1970)),
    ("2099", |_| (IN_2099, IN_2099)),
    ("apart", |_| (IN_1970, IN_2099)),
    ("the ends", |_| (i64::MAX, i64::MIN)),
    ("backwards", |step| (IN_2099 - step.cast_signed() * 86_400_000_000, NOW - step.cast_signed())),
    ("jumping", |step| (wild(2 * step), wild(2 * step + 1))),
];

/// What is left of a story.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    lines: Vec<String>,
    notes: BTreeSet<String>,
}

fn notes(of: &Device) -> BTreeSet<String> {
    let Answer::Notes(page) = of.ask(Ask::Notes { filter: NoteFilter::default(), at: At::default() }) else {
        panic!("notes")
    };
    page.rows.into_iter().map(|row| row.snippet.as_str().to_owned()).collect()
}

fn note(body: &str) -> NoteCommand {
    NoteCommand::Create { draft: NoteDraft { body: text(body), ..NoteDraft::default() } }
}

/// One day of two people under these clocks, which are set anew before every act.
fn story(name: &str, clock: Clock) -> Left {
    let world = World::new("clocks");
    let (mara, theo, space) = world.mara_and_theo();
    let mut step = 0;
    let mut tick = || {
        step += 1;
        let (of_mara, of_theo) = clock(step);
        mara.set_clock(of_mara);
        theo.set_clock(of_theo);
    };
    tick();
    let plan = Plan::made_by(&mara, Some(space), "wellness");
    let trashed = mara.apply(note("thrown away")).made.expect("a note");
    for round in 0..3 {
        tick();
        mara.apply(note(&format!("Note {round}")));
        mara.apply(plan.add(PART, &format!("Mara {round}")));
        tick();
        until_quiet(&mara, &theo, &space);
        tick();
        theo.apply(plan.add(PART, &format!("Theo {round}")));
        theo.rest();
        tick();
        until_quiet(&theo, &mara, &space);
        tick();
        mara.rest();
    }
    mara.apply(NoteCommand::Trash { note: trashed });
    tick();
    mara.lock_and_unlock();
    tick();
    keys_and_copies(name, &mara, &space);
    tick();
    assert_eq!(mara.hash(&space), theo.hash(&space), "{name}");
    assert_eq!(plan.words(&mara, PART), plan.words(&theo, PART), "{name}");
    Left { lines: plan.words(&mara, PART), notes: notes(&mara) }
}

/// A backup and a new key, whatever the clock says.
fn keys_and_copies(name: &str, mara: &Device, space: &SpaceId) {
    let words = belay::companion::UnlockWith::RecoveryWords(mara.words().clone());
    let to = mara.folder().with_extension("backup");
    let made = mara.companion.backup_to(&to, &words, None, &mara.at()).unwrap_or_else(|f| panic!("{name}: {f:?}"));
    assert!(made.spaces.contains_key(space));
    check_backup(&to, &words, &mara.at()).unwrap_or_else(|f| panic!("{name}: {f:?}"));
    let new = SecretText::new(belay_tests::PASSPHRASE.to_owned());
    mara.companion.rekey(&mara.secret(), Some(&new), &mara.at()).unwrap_or_else(|f| panic!("{name}: {f:?}"));
    mara.companion.pause(&mara.at()).expect("pausing");
    mara.companion.resume(&mara.at()).expect("resuming");
}

#[test]
fn no_clock_decides_what_is_shown_or_in_which_order() {
    let mut right = None;
    for (name, clock) in CLOCKS {
        let left = story(name, clock);
        assert_eq!(left.lines.len(), 6, "{name}");
        assert_eq!(left.notes.len(), 3, "{name}");
        let right = right.get_or_insert_with(|| Left { lines: left.lines.clone(), notes: left.notes.clone() });
        assert_eq!(&left, right, "{name}");
    }
}

#[test]
fn an_invitation_ends_by_the_clock_of_whoever_takes_it_and_says_so() {
    for (of_mara, of_theo, ends) in [
        (IN_1970, IN_2099, true),
        (IN_2099, IN_1970, false),
        (i64::MIN, i64::MIN, false),
        (i64::MAX, i64::MIN, false),
        (NOW, i64::MAX, true),
        (-1, -1, false),
    ] {
        let world = World::new("expiry");
        let (mara, theo) = (world.person("Mara"), world.person("Theo"));
        mara.set_clock(of_mara);
        theo.set_clock(of_theo);
        let terms = InviteTerms::relationship(Role::Person);
        let invited = mara.companion.pair_invite(terms, "Theo", &mara.at()).expect("inviting");
        let before = theo.content();
        let joined = theo.companion.pair_join(&invited.send.expect("a file"), None, "Mara", &theo.at());
        match joined {
            Ok(_) => assert!(!ends, "{of_mara} {of_theo}"),
            Err(failure) => {
                assert!(ends && failure.code() == Code::Expired, "{of_mara} {of_theo}: {failure:?}");
                belay_tests::unchanged(&before, &theo.content());
            }
        }
    }
}

fn tries(companion: &Companion, typed: &str, at: &Moment) -> Result<(), (Code, Option<i64>)> {
    let with = belay::companion::UnlockWith::Passphrase(SecretText::new(typed.to_owned()));
    companion.unlock(&with, at).map(|_| ()).map_err(|failure| (failure.code(), failure.detail().until_ms))
}

/// After five wrong ones a wait holds, whichever clock is set to whatever, and it passes.
#[test]
fn a_wait_is_neither_skipped_nor_made_longer_by_a_clock_that_is_set() {
    let world = World::new("waits");
    let mara = world.person("Mara");
    mara.companion.lock().expect("locking");
    let at = |unix_ms, boot_ms| Moment { unix_ms, zone: "Europe/Lisbon".into(), boot_ms, boot_id: 7 };
    for _ in 0..FREE_TRIES {
        assert_eq!(tries(&mara.companion, "not it", &at(NOW, 1_000_000)), Err((Code::WrongSecret, None)));
    }
    for unix_ms in [IN_1970, IN_2099, i64::MIN, i64::MAX, -1, NOW] {
        // The boot clock has seen ten seconds pass: the rest is waited, whatever the wall clock is set to.
        let now = at(unix_ms, 1_010_000);
        let (code, until) = tries(&mara.companion, belay_tests::PASSPHRASE, &now).expect_err("too early");
        assert_eq!(code, Code::TryLater, "{unix_ms}");
        let left = until.expect("until when").saturating_sub(unix_ms);
        assert!((0..=WAIT_MAX_MS).contains(&left), "{unix_ms}: {left}");
        let VaultFacts::Locked { retry_after_ms: Some(told), .. } = inspect(mara.folder(), &now) else { panic!() };
        assert!((WAIT_FIRST_MS - 10_000..=WAIT_FIRST_MS).contains(&told), "{unix_ms}: {told}");
    }
    // Both clocks have to agree that it is over; the words never wait.
    assert_eq!(tries(&mara.companion, belay_tests::PASSPHRASE, &at(NOW + WAIT_FIRST_MS, 1_030_000)), Ok(()));
}
