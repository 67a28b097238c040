//! The memory of a process: each secret is gone after the call that used it, and once it locked there is none at all, and
//! no word of a person. The allocator of the binaries wipes what is freed; the rest is the core's own doing.

use crate::child::{Answer, Keeper};
use crate::day::{BACKUP, BODY, Day, FIRST, GOAL, NAME, PIN, SECOND, THIRD, TITLE, WRONG};
use crate::passphrase;
use crate::scan::Needles;
use std::collections::BTreeSet;

/// What no call needs longer than it takes, though the vault stays open. What lies in the store may also lie in the
/// database's memory while it is open.
const OF_A_MOMENT: [&str; 9] = [
    ": slot key",
    ": stretched PIN",
    ": wrapping key",
    ": admin wrapping key",
    ": admin key",
    ": admin key (expanded)",
    ": header MAC key",
    ": blob key",
    ": keystore key",
];

#[track_caller]
fn nothing_of(keeper: &Keeper, what: &Needles, when: &str) {
    let found = keeper.memory(what);
    assert!(found.bytes > 1_000_000, "a process has more memory than {} bytes", found.bytes);
    assert!(found.is_empty(), "{when}:\n{}", found.table());
}

/// Looks around after every step: nothing is left that only the step itself needed.
fn looking_around(on: &'static str) -> Day {
    let mut day = Day::begin();
    day.on = on;
    let (mut has_new_key, mut words_tested) = (false, false);
    day.after = Box::new(move |keeper, step, secrets, _| {
        has_new_key |= step == "after";
        words_tested |= step == "before";
        let is_left = |name: &str| {
            let is_typed =
                ["passphrase", "right", "wrong", "host", "words"].iter().any(|begin| name.starts_with(begin));
            let is_words = name.starts_with("recovery") && (words_tested || name != "recovery: words");
            let is_old = name == "at first: vault key" || name == "at first: database key";
            is_typed || is_words || OF_A_MOMENT.iter().any(|end| name.ends_with(end)) || (has_new_key && is_old)
        };
        let mut left = keeper.memory(secrets).places;
        left.retain(|name, _| is_left(name));
        assert!(left.is_empty(), "{on}after {step:?}: {left:#?}");
    });
    day
}

#[test]
fn a_secret_is_gone_after_the_call_that_used_it() {
    let mut day = looking_around("elsewhere: ");
    day.whole();
    day.locks();
    nothing_of(&day.keeper, &day.secrets, "locked on another thread");
    nothing_of(&day.keeper, &day.texts, "locked on another thread");
}

#[test]
fn a_locked_host_holds_no_secret_and_no_words() {
    let mut day = looking_around("");
    day.whole();
    // The control: the same look finds them while the vault is open.
    let (open, texts) = (day.keeper.memory(&day.secrets), day.keeper.memory(&day.texts));
    for secret in
        ["after: vault key", "after: database key", "at first: device signing key", "at first: device static key"]
    {
        assert!(open.names().contains(&secret), "{secret} is in use: {:?}", open.names());
    }
    assert_eq!(texts.names(), ["body", "goal", "name", "title"], "what was shown is in memory");
    day.locks();
    nothing_of(&day.keeper, &day.secrets, "locked");
    nothing_of(&day.keeper, &day.texts, "locked");
}

/// An app may have an allocator that wipes nothing. The core's own keys and typed secrets are wiped by their types.
#[test]
fn keys_are_wiped_without_the_allocators_help() {
    let mut day = Day::begin_with(Keeper::start_plain());
    day.whole();
    day.locks();
    let mut found = day.keeper.memory(&day.secrets);
    // It was handed to the host inside the invitation's file, and this host wipes nothing.
    found.places.retain(|name, _| !name.starts_with("inviting: secret of invitation"));
    assert!(found.is_empty(), "locked, with the system's allocator:\n{}", found.table());
    // The control: words of people are what such an allocator leaves.
    assert!(!day.keeper.memory(&day.texts).is_empty());
}

/// Everything that a host asks for, each as the last thing before it locks, on this thread and on another.
#[test]
fn whatever_was_done_last_nothing_is_left_after_locking() {
    let mut day = Day::begin();
    day.slots();
    day.writes();
    let (slot, key) = day.key.clone().expect("made above");
    let (pin_slot, pin_key) = day.pin_key.clone().expect("made above");
    let words = day.words.list().join(" ");
    let backup = day.keeper.place().join("backup").to_str().expect("text").to_owned();
    let vault = day.keeper.place().join("vault").to_str().expect("text").to_owned();
    let (first, by_words): ([&[u8]; 2], [&[u8]; 2]) = ([b"passphrase", FIRST.as_bytes()], [b"words", words.as_bytes()]);
    let lasts: Vec<(&str, Vec<&[u8]>)> = vec![
        ("read", vec![]),
        ("note", vec![TITLE.as_bytes(), BODY.as_bytes()]),
        ("goal", vec![GOAL.as_bytes(), b""]),
        ("invite", vec![NAME.as_bytes(), b"file"]),
        ("invite", vec![NAME.as_bytes(), b"words"]),
        ("test words", vec![words.as_bytes()]),
        ("slot", first.to_vec()),
        ("slot with pin", vec![PIN.as_bytes(), first[0], first[1]]),
        ("set passphrase", vec![FIRST.as_bytes(), by_words[0], by_words[1]]),
        ("backup", vec![backup.as_bytes(), BACKUP.as_bytes(), first[0], first[1]]),
        ("confirm", first.to_vec()),
        ("begin slot", vec![PIN.as_bytes(), first[0], first[1]]),
        ("drop in", vec![vault.as_bytes(), BODY.as_bytes()]),
        ("pause", vec![]),
    ];
    day.locks();
    let ways: [Vec<&[u8]>; 4] = [
        first.to_vec(),
        by_words.to_vec(),
        vec![b"key", &key, &slot],
        vec![b"pin", &pin_key, &pin_slot, PIN.as_bytes()],
    ];
    for on in ["", "elsewhere: "] {
        for way in &ways[..if on.is_empty() { 4 } else { 3 }] {
            day.keeper.does(&format!("{on}unlock"), way);
            day.learn_now(&format!("{on}unlocked by {:?}", String::from_utf8_lossy(way[0])), &passphrase(FIRST));
            day.keeper.does("lock", &[]);
            nothing_of(&day.keeper, &day.secrets, "unlocked and locked");
        }
        for (name, args) in &lasts {
            let _ = std::fs::remove_dir_all(&backup);
            // By the keystore's key: nothing was hashed that the next call could overwrite.
            day.keeper.does("unlock", &[b"key", &key, &slot]);
            day.keeper.does(&format!("{on}{name}"), args);
            if *name == "invite" {
                day.learn_now(&format!("{on}{name}"), &passphrase(FIRST));
            }
            day.keeper.does("lock", &[]);
            let mut all = day.secrets.clone();
            all.join(&day.texts);
            nothing_of(&day.keeper, &all, &format!("{on}{name:?}, then locked"));
        }
    }
}

#[test]
fn a_wrong_secret_leaves_nothing_either() {
    let mut day = Day::begin();
    day.slots();
    day.locks();
    day.keeper.refuses("WrongSecret", "unlock", &[b"passphrase", WRONG.as_bytes()]);
    nothing_of(&day.keeper, &day.secrets, "a wrong passphrase");
    day.keeper.refuses("WrongSecret", "elsewhere: unlock", &[b"passphrase", THIRD.as_bytes()]);
    nothing_of(&day.keeper, &day.secrets, "a wrong passphrase on another thread");
    let (slot, key) = day.pin_key.clone().expect("made above");
    day.keeper.refuses("WrongSecret", "unlock", &[b"pin", &key, &slot, crate::day::WRONG_PIN.as_bytes()]);
    nothing_of(&day.keeper, &day.secrets, "a wrong PIN");
    // Too short to be one at all.
    day.keeper.refuses("WrongSecret", "unlock", &[b"passphrase", b"q7!"]);
}

#[test]
fn a_panic_with_secrets_in_hand_leaves_and_tells_none() {
    let mut day = Day::begin();
    day.slots();
    day.writes();
    let first: [&[u8]; 2] = [b"passphrase", FIRST.as_bytes()];
    let mut panics = 0;
    for (name, args) in [
        ("note", vec![TITLE.as_bytes(), BODY.as_bytes()]),
        ("invite", vec![NAME.as_bytes(), b"file"]),
        ("set passphrase", vec![SECOND.as_bytes(), first[0], first[1]]),
        ("rekey", vec![SECOND.as_bytes(), first[0], first[1]]),
    ] {
        day.keeper.does("break", &[]);
        match day.keeper.ask(name, &args) {
            Answer::Panic(told) => {
                panics += 1;
                assert_eq!(day.secrets.within(&told).or(day.texts.within(&told)), None, "{name}");
            }
            other => panic!("{name}: the randomness did not break: {other:?}"),
        }
    }
    assert_eq!(panics, 4);
    day.keeper.does("lock", &[]);
    nothing_of(&day.keeper, &day.secrets, "after panics");
    nothing_of(&day.keeper, &day.texts, "after panics");
    let errors = day.keeper.errors();
    assert!(String::from_utf8_lossy(&errors).contains("the randomness broke"), "the panic was told");
    assert_eq!(day.secrets.within(&errors).or(day.texts.within(&errors)), None);
}

#[test]
fn what_the_host_holds_is_all_that_is_found() {
    let mut day = Day::begin();
    day.slots();
    day.locks();
    let (slot, key) = day.key.clone().expect("made above");
    nothing_of(&day.keeper, &day.secrets, "locked");
    // A host that keeps its keystore's key, and one that has a passphrase typed but not used.
    day.keeper.does("hold", &[&key]);
    day.keeper.does("type", &[b"passphrase", FIRST.as_bytes()]);
    let found = day.keeper.memory(&day.secrets);
    assert_eq!(found.names(), ["host: keystore key", "passphrase first"], "{}", found.table());
    assert_eq!(found.places["host: keystore key"].len(), 2, "one copy, two halves: {}", found.table());
    day.keeper.does("unlock", &[b"key", &key, &slot]);
    day.keeper.does("lock", &[]);
    let found = day.keeper.memory(&day.secrets);
    assert_eq!(found.places["host: keystore key"].len(), 2, "the core adds none: {}", found.table());
    day.keeper.does("let go", &[]);
    nothing_of(&day.keeper, &day.secrets, "the host let go");
}

/// A look that cannot find a secret proves nothing by not finding it: here every one is laid out once, and found.
#[test]
fn every_secret_that_is_looked_for_would_be_found() {
    let mut day = Day::begin();
    day.whole();
    day.locks();
    let vault = day.keeper.vault();
    let mut all = day.secrets.clone();
    all.join(&day.texts);
    let sheet: Vec<u8> = all.pieces().values().flatten().flat_map(|piece| [&[0xa5; 4][..], piece].concat()).collect();
    day.keeper.does("hold", &[&sheet]);
    let found = day.keeper.memory(&all);
    let missing: BTreeSet<_> = all.names().filter(|name| !found.places.contains_key(*name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    day.keeper.does("let go", &[]);
    nothing_of(&day.keeper, &all, "wiped again");
    // And those that only a moment needs, in the shapes in which the core holds them.
    day.keeper.does("look", &[crate::child::path(&vault), b"passphrase", THIRD.as_bytes()]);
    let names = ["after: vault key", "at first: admin key"];
    assert_eq!(day.keeper.memory(&all).names(), names);
    day.keeper.does("let go", &[]);
    nothing_of(&day.keeper, &all, "let go");
}
