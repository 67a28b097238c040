//! Wrong secrets, counted; keystore and PIN together.

use super::*;

const MINUTE: i64 = 60_000;

/// A clock that can be moved by hand.
#[derive(Clone)]
struct Clock(Moment);

impl Clock {
    fn new() -> Clock {
        Clock(now())
    }
    fn pass(&mut self, ms: i64) {
        self.0.unix_ms += ms;
        self.0.boot_ms += u64::try_from(ms).unwrap();
    }
    fn set_wall(&mut self, by_ms: i64) {
        self.0.unix_ms += by_ms;
    }
    /// The device starts again and takes this long.
    fn restart(&mut self, ms: i64) {
        self.0.unix_ms += ms;
        self.0.boot_ms = u64::try_from(ms).unwrap();
        self.0.boot_id += 1;
    }
}

/// Tries once; a wait is told as how long it is.
fn tried(home: &Home, passphrase: &str, clock: &Clock) -> std::result::Result<(), (Code, Option<i64>)> {
    // As another process would: nothing is remembered but what lies in the folder.
    match unlock(&home.lock(), &typed(passphrase), &clock.0) {
        Ok(_) => Ok(()),
        Err(Error::Refused(detail)) => Err((detail.code, detail.until_ms.map(|until| until - clock.0.unix_ms))),
        Err(error) => panic!("{error:?}"),
    }
}

fn wrong(home: &Home, clock: &Clock) {
    assert_eq!(tried(home, "not the rope", clock), Err((Code::WrongSecret, None)));
}

fn waits(home: &Home, clock: &Clock) -> Option<i64> {
    let VaultFacts::Locked { retry_after_ms, .. } = inspect_at(&home.folder, &clock.0) else { panic!() };
    // What inspect tells is what a try is told.
    let refused = tried(home, PASSPHRASE, clock);
    match retry_after_ms {
        Some(_) => assert_eq!(refused, Err((Code::TryLater, retry_after_ms))),
        None => assert_eq!(refused, Ok(())),
    }
    retry_after_ms
}

/// Five wrong secrets.
fn failed() -> (Home, Kept, Clock) {
    let (home, kept) = Home::filled();
    let clock = Clock::new();
    for _ in 0..FREE_TRIES {
        wrong(&home, &clock);
    }
    (home, kept, clock)
}

#[test]
fn five_wrong_secrets_wait_and_each_next_waits_twice_as_long_to_an_hour() {
    let (home, _, mut clock) = failed();
    for seconds in [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600] {
        assert_eq!(
            tried(&home, PASSPHRASE, &clock),
            Err((Code::TryLater, Some(seconds * 1_000))),
            "also the right one"
        );
        clock.pass(seconds * 1_000 - 1);
        assert_eq!(tried(&home, "not the rope", &clock), Err((Code::TryLater, Some(1))), "and it is not counted");
        clock.pass(1);
        wrong(&home, &clock);
    }
    clock.pass(60 * MINUTE);
    assert_eq!(waits(&home, &clock), None);
    // A success begins anew.
    for _ in 0..FREE_TRIES {
        wrong(&home, &clock);
    }
    assert_eq!(waits(&home, &clock), Some(30_000));
}

#[test]
fn four_wrong_ones_and_a_right_one_never_wait() {
    let (home, _) = Home::filled();
    let clock = Clock::new();
    for _ in 0..3 {
        for _ in 0..FREE_TRIES - 1 {
            wrong(&home, &clock);
        }
        assert_eq!(waits(&home, &clock), None);
    }
}

#[test]
fn what_cannot_be_guessed_never_waits_and_is_not_counted() {
    let (mut home, kept, clock) = failed();
    let before = Attempts::read(&home.folder, kept.vault);
    let other_words = UnlockWith::RecoveryWords(RecoveryWords::make(WordCount::TwentyFour, &mut home.seed));
    let other_key = UnlockWith::Keystore { slot: kept.slot, key32: Secret32::new([1; 32]), vault_counter: None };
    for with in [other_words, other_key] {
        assert_eq!(code(unlock(&home.lock(), &with, &clock.0)).0, Code::WrongSecret);
    }
    assert_eq!(Attempts::read(&home.folder, kept.vault), before);
    assert!(unlock(&home.lock(), &kept.words, &clock.0).is_ok());
    assert_eq!(waits(&home, &clock), None, "the words began the count anew");
}

#[test]
fn a_wait_survives_a_restart_and_every_clock_that_is_set() {
    let (home, kept, clock) = failed();
    let mut forward = clock.clone();
    forward.set_wall(365 * 24 * 60 * MINUTE);
    assert_eq!(waits(&home, &forward), Some(30_000), "the wall clock set forward: the boot clock counts");
    let mut back = clock.clone();
    back.set_wall(-365 * 24 * 60 * MINUTE);
    assert_eq!(waits(&home, &back), Some(30_000));
    back.pass(10_000);
    assert_eq!(waits(&home, &back), Some(20_000), "and a clock set back locks nobody out");
    back.pass(20_000);
    assert_eq!(waits(&home, &back), None);

    let (home, _, clock) = (home, kept, clock);
    for _ in 0..FREE_TRIES {
        wrong(&home, &clock);
    }
    let mut restarted = clock.clone();
    restarted.restart(12_000);
    assert_eq!(waits(&home, &restarted), Some(18_000), "12 s since the start are all that is sure");
    let mut both = clock.clone();
    both.restart(5_000);
    both.set_wall(365 * 24 * 60 * MINUTE);
    assert_eq!(waits(&home, &both), Some(25_000), "a restart and a clock set forward gain nothing");
    both.set_wall(-3 * 365 * 24 * 60 * MINUTE);
    assert_eq!(waits(&home, &both), Some(25_000));
    both.pass(25_000);
    assert_eq!(waits(&home, &both), None);
}

#[test]
fn a_host_without_a_boot_clock_is_never_locked_out_for_ever() {
    let (home, _) = Home::filled();
    let at = |unix_ms| Clock(Moment { unix_ms, zone: "UTC".into(), boot_ms: 0, boot_id: 0 });
    let noon = 1_760_000_000_000;
    for _ in 0..FREE_TRIES {
        wrong(&home, &at(noon));
    }
    assert_eq!(waits(&home, &at(noon + 10_000)), Some(20_000));
    // Set back for good: the wait begins anew, once, and then passes.
    assert_eq!(waits(&home, &at(0)), Some(30_000));
    assert_eq!(waits(&home, &at(29_000)), Some(1_000));
    assert_eq!(waits(&home, &at(i64::MIN)), Some(30_000));
    assert_eq!(waits(&home, &at(i64::MIN + 30_000)), None);
}

#[test]
fn lost_or_damaged_counts_are_no_error_and_lock_nobody_out() {
    let (home, kept, clock) = failed();
    let whole = files::ATTEMPTS.map(|name| std::fs::read(home.path(name)).unwrap());
    assert_eq!(whole[0], whole[1]);
    // One copy is enough, whatever the other is.
    for (lost, kept) in [(0, 1), (1, 0)] {
        for damage in [None, Some(vec![]), Some(whole[lost][..40].to_vec()), Some(vec![0xff; 5_000])] {
            let path = home.path(files::ATTEMPTS[lost]);
            let _ = std::fs::remove_file(&path);
            if let Some(bytes) = damage {
                std::fs::write(&path, bytes).unwrap();
            }
            std::fs::write(home.path(files::ATTEMPTS[kept]), &whole[kept]).unwrap();
            assert_eq!(tried(&home, PASSPHRASE, &clock), Err((Code::TryLater, Some(30_000))));
        }
    }
    // A write cut short after the first copy: the higher counts.
    let mut later = clock.clone();
    later.pass(30_000);
    wrong(&home, &later);
    std::fs::write(home.path("attempts.b"), &whole[1]).unwrap();
    assert_eq!(tried(&home, PASSPHRASE, &later), Err((Code::TryLater, Some(60_000))));
    for at in 0..whole[0].len() {
        let mut bytes = whole[0].clone();
        bytes[at] ^= 0x10;
        files::ATTEMPTS.iter().for_each(|name| std::fs::write(home.path(name), &bytes).unwrap());
        assert_eq!(Attempts::read(&home.folder, kept.vault).wait_ms(&clock.0), 0, "byte {at}");
    }
    assert_eq!(waits(&home, &clock), None);
    // Another vault's count is none of this one's.
    let (other, _, _) = failed();
    let theirs = Attempts::read(&other.folder, VaultId([0; 16]));
    assert_eq!(theirs.wait_ms(&clock.0), 0);
    for name in files::ATTEMPTS {
        let _ = std::fs::remove_file(home.path(name));
        std::fs::create_dir(home.path(name)).unwrap();
    }
    for _ in 0..FREE_TRIES + 2 {
        wrong(&home, &clock);
    }
    assert_eq!(waits(&home, &clock), None, "where nothing can be written, nothing is counted");
}

fn with_pin(home: &mut Home, by: &UnlockWith, pin: &str) -> (Result<Vec<String>>, SlotKey) {
    let key = slot_begin(&mut home.seed);
    let new = NewPin { key: &key, wrapped: b"by the host".to_vec(), pin: &text(pin), cost: PassphraseCost::FLOOR };
    let (opened, admin) = unlock(&home.lock(), by, &now()).unwrap();
    let done = slot_finish_with_pin(&home.lock(), &opened, admin.unwrap(), new, &mut home.seed);
    (done, key)
}

fn both(key: &SlotKey, pin: &str) -> UnlockWith {
    let (slot, key32) = (key.slot, key.key32.clone());
    UnlockWith::KeystoreAndPin { slot, key32, pin: text(pin), vault_counter: Some(7) }
}

#[test]
fn keystore_and_pin_open_together_and_lead_to_the_admin_key() {
    let (mut home, kept) = Home::filled();
    let before = home.files();
    for weak in ["123456", "48291", "4829x5"] {
        assert_eq!(code(with_pin(&mut home, &kept.words, weak).0), (Code::WeakSecret, Some(Field::Pin)));
    }
    let (_, admin) = unlock(&home.lock(), &kept.keystore, &now()).unwrap();
    assert!(admin.is_none(), "a keystore alone leads to no PIN");
    assert_eq!(home.files(), before);

    let (done, key) = with_pin(&mut home, &typed(PASSPHRASE), "482915");
    assert_eq!(done.unwrap(), Vec::<String>::new());
    let way = both(&key, "482915");
    assert!(!format!("{way:?}").contains("482915"));
    assert_eq!(way.vault_counter(), Some(7));
    let (opened, admin) = unlock(&home.lock(), &way, &now()).unwrap();
    assert_eq!((opened.db_key(), admin.unwrap().public()), (kept.db_key.clone(), kept.admin));
    let arabic = "\u{664}\u{668}\u{662}\u{669}\u{661}\u{665}";
    assert!(unlock(&home.lock(), &both(&key, arabic), &now()).is_ok());
    let VaultFacts::Locked { slots, .. } = inspect(&home.folder) else { panic!() };
    let slot = slots.iter().find(|slot| slot.kind == SlotKind::KeystoreAndPin).unwrap();
    assert_eq!((slot.id, slot.wrapped.as_deref()), (key.slot, Some(&b"by the host"[..])));

    // Neither opens alone, nor as a slot of another kind.
    let alone = UnlockWith::Keystore { slot: key.slot, key32: key.key32.clone(), vault_counter: None };
    assert_eq!(code(unlock(&home.lock(), &alone, &now())), (Code::NotFound, Some(Field::Key)));
    assert_eq!(code(unlock(&home.lock(), &typed("482915"), &now())).0, Code::WrongSecret);
    let other = SlotKey { slot: key.slot, key32: Secret32::new([1; 32]) };
    for way in [both(&other, "482915"), both(&key, "482916"), both(&key, "1"), both(&key, "123456")] {
        assert_eq!(code(unlock(&home.lock(), &way, &now())), (Code::WrongSecret, Some(Field::Pin)));
    }
    assert_eq!(code(unlock(&home.lock(), &both(&key, "482915"), &now())).0, Code::TryLater, "a PIN is counted");
    assert!(unlock(&home.lock(), &kept.keystore, &now()).is_ok());

    // Another PIN replaces it, and its key's name is told.
    let (done, next) = with_pin(&mut home, &way, "730284");
    assert_eq!(done.unwrap(), [keystore_alias(kept.vault, key.slot)]);
    assert_eq!(code(unlock(&home.lock(), &way, &now())).0, Code::NotFound);
    let (opened, _) = unlock(&home.lock(), &both(&next, "730284"), &now()).unwrap();
    let alias = remove_slot(&home.lock(), &opened, next.slot).unwrap();
    assert_eq!(alias, Some(keystore_alias(kept.vault, next.slot)));
    let (_, last) = with_pin(&mut home, &kept.words, "730284");
    let report = erase(home.lock()).unwrap();
    assert!(report.aliases.contains(&keystore_alias(kept.vault, last.slot)));
}

#[test]
fn the_right_old_passphrase_waits_too_when_it_is_asked_for_a_change() {
    let (mut home, _) = Home::filled();
    let lock = home.lock();
    let mut change = |old: &str| {
        let (new, floor) = (text("second rope"), PassphraseCost::FLOOR);
        code(change_passphrase(&lock, text(old), &new, floor, &now(), &mut home.seed)).0
    };
    for _ in 0..FREE_TRIES {
        assert_eq!(change("not the rope"), Code::WrongSecret);
    }
    assert_eq!(change(PASSPHRASE), Code::TryLater);
}
