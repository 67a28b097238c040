//! A backup becomes another device.

use crate::*;

#[test]
fn a_backup_becomes_another_device_that_catches_up_and_then_puts_the_old_one_out() {
    for by_words in [false, true] {
        let story = Story::new(&format!("restored {by_words}"));
        let Story { mara, theo, space, plan, .. } = &story;
        let with = if by_words { words_of(mara) } else { typed(OF_BACKUP) };
        let before = files(&story.backup);
        let phone = story.restored(&with);
        assert_eq!(files(&story.backup), before, "nothing of a backup is written");
        // As it was when the backup was made, and open.
        assert_eq!((notes(&phone), story.lines(&phone)), (vec!["Slept badly".to_owned()], vec!["Walk".to_owned()]));
        assert_eq!(phone.hash(&own(mara)), mara.hash(&own(mara)));
        let old_log = log_of(&mara.id(), &phone, space);

        // It writes under its own keys, and never under the old ones.
        note(&phone, "Restored");
        phone.apply(plan.add(OWN, "From the new phone"));
        phone.apply(plan.add(US, "Together"));
        phone.rest();
        assert_eq!(log_of(&mara.id(), &phone, space), old_log);
        assert_eq!(log_of(&phone.id(), &phone, space).len(), 1);
        assert!(log_of(&phone.id(), &phone, &own(&phone)).len() == 1);

        // What the old one wrote after the backup comes from the other member; what this one writes reaches him.
        until_quiet(&phone, theo, space);
        for device in [&phone, theo] {
            assert_eq!(BTreeSet::from_iter(story.lines(device)), lines(&["Walk", "Tea", "From the new phone"]));
            assert!(is_active(&mara.id(), device, space) && is_active(&phone.id(), device, space));
        }
        assert_eq!(phone.hash(space), theo.hash(space));
        // The old one goes on meanwhile, and hears of all of it.
        mara.apply(plan.add(OWN, "Still here"));
        until_quiet(mara, theo, space);
        until_quiet(&phone, theo, space);
        assert_eq!(BTreeSet::from_iter(story.lines(mara)), BTreeSet::from_iter(story.lines(&phone)));
        assert_eq!([mara.hash(space), phone.hash(space)], [theo.hash(space); 2]);
        assert_eq!(phone.lock_and_unlock().comes_from, Some(mara.id()));

        // The person says so: out it is, and what it wrote until then stays.
        let with = if by_words { words_of(mara) } else { phone.secret() };
        phone.companion.remove_device(space, &mara.id(), &with, &phone.at()).expect("her own");
        let reset = phone.people(space).membership.members[&phone.member(space)].reset.is_some();
        assert_eq!(reset, by_words, "with the words it is no removal that an old secret could answer");
        assert_eq!(phone.lock_and_unlock().comes_from, None);
        mara.apply(plan.add(OWN, "Too late"));
        until_quiet(&phone, theo, space);
        theo.take(&mara.bundle(space)).expect("a bundle");
        until_quiet(&phone, theo, space);
        mara.take(&phone.bundle(space)).or_else(|_| mara.take(&theo.bundle(space))).expect("it is told");
        assert_eq!(state(mara, space), SpaceState::PutOut);
        for device in [&phone, theo] {
            assert!(!is_active(&mara.id(), device, space));
            let kept = lines(&["Walk", "Tea", "From the new phone", "Still here"]);
            assert_eq!(BTreeSet::from_iter(story.lines(device)), kept, "{}", device.name);
        }
        assert_eq!(phone.hash(space), theo.hash(space));
        // Its admin key is of no use any more, the new one is.
        let refused = mara.companion.remove_device(space, &phone.id(), &mara.secret(), &mara.at());
        assert_eq!(refused.expect_err("it is out").code(), Code::Revoked);
        phone.apply(plan.add(OWN, "Afterwards"));
        until_quiet(&phone, theo, space);
        assert_eq!(phone.hash(space), theo.hash(space));
    }
}

#[test]
fn a_restored_vault_is_another_vault_with_the_same_words_and_nothing_of_the_old_keys() {
    let story = Story::new("another vault");
    let (mara, space) = (&story.mara, &story.space);
    let old_admin = mara.admin_key().public();
    let mut phone = story.restored(&typed(OF_BACKUP));
    let vault = |device: &Device| {
        device.companion.lock().expect("locking");
        match device.companion.state() {
            VaultState::Closed(VaultFacts::Locked { vault, slots, .. }) => (vault, slots.len()),
            other => panic!("{other:?}"),
        }
    };
    let (new, old) = (vault(&phone), vault(mara));
    assert_ne!(new.0, old.0, "keystore aliases and erasing are of one vault");
    assert_eq!((new.1, old.1), (2, 2), "the words and a passphrase");
    let unlock = |with: &UnlockWith| phone.companion.unlock(with, &phone.at()).map(|_| ()).map_err(|f| f.code());
    assert_eq!(unlock(&typed(OF_BACKUP)), Err(Code::WrongSecret));
    unlock(&words_of(mara)).expect("the words stay");
    mara.unlock().expect("the old vault is as it was");
    assert_ne!(phone.admin_key().public(), old_admin);
    // No private half of the old device is left in it: device keys, spaces, admin.
    let secrets = |device: &Device| {
        let kept = device.look(|db| {
            let keys = belay::store::singles::secret(db, "device_keys")?.expect("keys").expose().to_vec();
            let drop = belay::store::singles::secret(db, "drop_key")?.expect("a key").expose().to_vec();
            let spaces = belay::store::spaces::space_keys(db)?.into_iter().map(|(_, keys)| keys.expose().to_vec());
            Ok(spaces.chain([keys, drop]).collect::<Vec<_>>())
        });
        // The longest runs in them are the private halves: 32 bytes behind their CBOR head.
        kept.into_iter().flat_map(|bytes| private_halves(&bytes)).collect::<Vec<_>>()
    };
    let old_secrets = secrets(mara);
    assert!(old_secrets.len() >= 6, "{}", old_secrets.len());
    let dump = phone.dump();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert!(mara.dump().values().flatten().any(|row| row.contains(&hex(&old_secrets[0]))), "the control is found");
    for half in &old_secrets {
        assert!(dump.values().flatten().all(|row| !row.contains(&hex(half))));
    }
    // A wrong secret, a restart, a new key for the vault: it is a vault like any other.
    phone.companion.rekey(&phone.secret(), None, &phone.at()).expect("a new key");
    phone.keys_changed();
    until_quiet(&phone, &story.theo, space);
    assert_eq!(phone.hash(space), story.theo.hash(space));
}

fn private_halves(stored: &[u8]) -> Vec<Vec<u8>> {
    if stored.len() == 32 {
        return vec![stored.to_vec()];
    }
    let heads = stored.windows(2).enumerate().filter(|(_, pair)| *pair == [0x58, 0x20]).map(|(at, _)| at + 2);
    heads.filter_map(|at| Some(stored.get(at..at + 32)?.to_vec())).collect()
}

#[test]
fn a_restore_that_is_refused_leaves_nothing_behind() {
    let story = Story::new("refused");
    let phone = story.world.bare("Mara's new phone");
    let restore = |backup: &Path, with: &UnlockWith, new: &str| {
        let refused = phone.companion.restore(backup, with, &secret(new), &phone.at()).expect_err("refused");
        assert!(!phone.folder().exists(), "{refused:?}");
        (refused.code(), refused.detail().field)
    };
    let good = typed(OF_BACKUP);
    let nowhere = story.backup.with_extension("nowhere");
    assert_eq!(restore(&nowhere, &good, PASSPHRASE), (Code::NotFound, Some(Field::Folder)));
    assert!(!nowhere.exists());
    assert_eq!(restore(&story.backup, &good, "short"), (Code::WeakSecret, Some(Field::Passphrase)));
    let strangers = story.theo.words().clone();
    let strangers = restore(&story.backup, &UnlockWith::RecoveryWords(strangers), PASSPHRASE);
    assert_eq!(strangers, (Code::WrongSecret, Some(Field::RecoveryWords)));
    assert_eq!(restore(story.mara.folder(), &story.mara.secret(), PASSPHRASE).0, Code::InUse);
    story.mara.companion.lock().expect("locking");
    let none = restore(story.mara.folder(), &story.mara.secret(), PASSPHRASE);
    assert_eq!(none, (Code::UnsupportedType, Some(Field::Folder)));

    // Damaged, each in its way; the backup stays as it is.
    let whole = files(&story.backup);
    let store = &whole["store-1.db"];
    let damaged = |name: &str, bytes: &[u8]| {
        std::fs::write(story.backup.join(name), bytes).expect("room");
        let told = restore(&story.backup, &good, PASSPHRASE);
        assert_eq!(std::fs::read(story.backup.join(name)).expect("there"), bytes);
        std::fs::write(story.backup.join(name), &whole[name]).expect("room");
        told
    };
    // The first pages are roots of tables; further on one may be free, and a backup is not refused for that.
    for page in [0, 1, 2] {
        let mut bent = store.clone();
        bent[page * 4_096 + 900] ^= 4;
        assert_eq!(damaged("store-1.db", &bent), (Code::Corrupt, Some(Field::Store)), "page {page}");
    }
    assert_eq!(damaged("store-1.db", &store[..store.len() - 4_096]).0, Code::Corrupt);
    std::fs::write(story.backup.join("header.b"), b"rust").expect("room");
    assert_eq!(damaged("header.a", b"rust"), (Code::Corrupt, Some(Field::Header)));
    std::fs::write(story.backup.join("header.b"), &whole["header.b"]).expect("room");
    let newer = newer(&whole["header.a"]);
    assert_eq!(damaged("header.a", &newer), (Code::NewerSchema, Some(Field::Header)));

    // Guessed at: counted on the backup, as on any vault.
    for _ in 0..5 {
        assert_eq!(restore(&story.backup, &typed("not it at all"), PASSPHRASE).0, Code::WrongSecret);
    }
    assert_eq!(restore(&story.backup, &good, PASSPHRASE).0, Code::TryLater);
    phone.wait(40_000);
    phone.companion.restore(&story.backup, &good, &secret(PASSPHRASE), &phone.at()).expect("after the wait");
    // One is there now.
    let again = phone.companion.restore(&story.backup, &good, &secret(PASSPHRASE), &phone.at());
    assert_eq!(again.expect_err("open").code(), Code::Duplicate);
    phone.companion.lock().expect("locking");
    let before = files(phone.folder());
    let again = phone.companion.restore(&story.backup, &good, &secret(PASSPHRASE), &phone.at());
    assert_eq!(again.expect_err("there").code(), Code::Duplicate);
    assert_eq!(files(phone.folder()), before);
    phone.unlock().expect("as it was");
    assert_eq!(story.lines(&phone), ["Walk"]);
}

/// The same header said to be of a format to come, its checksum right.
fn newer(header: &[u8]) -> Vec<u8> {
    let (magic, rest) = header.split_at(11);
    let sheet = &rest[36..];
    let format = 9_u32.to_be_bytes();
    let checksum = belay::crypto::hash::sha256(&[magic, &format, sheet]);
    [magic, &format, &checksum, sheet].concat()
}

#[test]
fn a_folder_with_other_things_keeps_them_when_a_restore_is_refused() {
    let story = Story::new("other things");
    let phone = story.world.bare("Mara's new phone");
    std::fs::create_dir_all(phone.folder()).expect("a folder");
    std::fs::write(phone.folder().join("letter.txt"), "mine").expect("room");
    let refused = phone.companion.restore(&story.backup, &typed("not it at all"), &secret(PASSPHRASE), &phone.at());
    assert_eq!(refused.expect_err("wrong").code(), Code::WrongSecret);
    assert_eq!(files(phone.folder()).keys().collect::<Vec<_>>(), ["letter.txt"]);
}

#[test]
fn a_backup_of_a_device_that_is_out_can_be_read_and_the_words_lead_back() {
    let story = Story::new("out");
    let Story { mara, theo, space, plan, .. } = &story;
    let phone = story.restored(&typed(OF_BACKUP));
    until_quiet(&phone, theo, space);
    phone.companion.remove_device(space, &mara.id(), &phone.secret(), &phone.at()).expect("her own");
    until_quiet(&phone, theo, space);
    mara.take(&theo.bundle(space)).expect("it is told");
    let backup = mara.folder().with_extension("late");
    mara.companion.backup_to(&backup, &mara.secret(), None, &mara.at()).expect("what it holds can be kept");

    let third = story.world.bare("Mara's third phone");
    let with = words_of(mara);
    let made = third.companion.restore(&backup, &with, &secret(PASSPHRASE), &third.at()).expect("to read");
    let refused: BTreeMap<SpaceId, Option<Code>> =
        made.device.spaces.iter().map(|row| (row.space, row.refused)).collect();
    // The phone has no way to tell her own space's removal to the old one yet, so there nothing is known of it.
    assert_eq!(refused, [(own(mara), None), (*space, Some(Code::Revoked))].into());
    assert_eq!(story.lines(&third), ["Walk", "Tea"]);
    assert_eq!((state(&third, space), state(&third, &own(mara))), (SpaceState::PutOut, SpaceState::Checked));
    assert_eq!(third.refused(plan.add(OWN, "No")), Code::Revoked);

    // The words begin again: this one and the phone.
    let nobody = third.companion.reset_with_words(theo.words(), &[], &third.at());
    assert_eq!(nobody.expect_err("his words").code(), Code::WrongSecret);
    let strangers = third.companion.reset_with_words(mara.words(), &[theo.id()], &third.at());
    assert_eq!(strangers.expect_err("his phone").code(), Code::NotFound);
    let many: Vec<DeviceId> = (0..8).map(|number| DeviceId([number; 32])).collect();
    let many = third.companion.reset_with_words(mara.words(), &many, &third.at());
    assert_eq!(many.expect_err("nine").code(), Code::TooMany);
    let again = third.companion.reset_with_words(mara.words(), &[phone.id()], &third.at()).expect("her words");
    entered_all(&again.spaces, &[own(mara), *space]);
    third.apply(plan.add(OWN, "Back again"));
    until_quiet(&third, theo, space);
    until_quiet(&phone, theo, space);
    for device in [&third, &phone, theo] {
        assert!(is_active(&third.id(), device, space) && is_active(&phone.id(), device, space));
        assert!(!is_active(&mara.id(), device, space));
        assert!(story.lines(device).contains(&"Back again".to_owned()));
    }
    assert_eq!([third.hash(space), phone.hash(space)], [theo.hash(space); 2]);
}

#[test]
fn a_backup_of_a_device_that_was_removed_since_is_told_at_the_next_exchange_and_the_words_bring_its_lines_back() {
    let story = Story::new("removed since");
    let Story { mara, theo, space, plan, .. } = &story;
    let phone = story.restored(&typed(OF_BACKUP));
    phone.companion.remove_device(space, &mara.id(), &phone.secret(), &phone.at()).expect("her own");
    until_quiet(&phone, theo, space);
    // The same backup again: it cannot know.
    let second = story.restored_as("Mara's second phone", &words_of(mara));
    second.apply(plan.add(OWN, "Meanwhile"));
    assert_eq!(state(&second, space), SpaceState::Checked);
    theo.take(&second.bundle(space)).expect("an envelope");
    assert!(!story.lines(theo).contains(&"Meanwhile".to_owned()), "what added it counts no more");
    second.take(&theo.bundle(space)).expect("it is told");
    assert_eq!(state(&second, space), SpaceState::PutOut);
    assert_eq!(second.refused(plan.add(OWN, "No")), Code::Revoked);
    // Nothing is lost: it is held and listed, here and there.
    let listed = |on: &Device| on.kept_out(space).iter().filter(|batch| batch.device == second.id()).count();
    assert_eq!((listed(&second), listed(theo)), (1, 1));

    let again = second.companion.reset_with_words(mara.words(), &[phone.id()], &second.at()).expect("her words");
    entered_all(&again.spaces, &[own(mara), *space]);
    theo.take(&second.bundle(space)).expect("an envelope");
    until_quiet(&second, theo, space);
    until_quiet(&phone, theo, space);
    for device in [&second, &phone, theo] {
        assert!(story.lines(device).contains(&"Meanwhile".to_owned()), "{}", device.name);
        let active = [mara, &phone, &second].map(|of| is_active(&of.id(), device, space));
        assert_eq!(active, [false, true, true], "{}", device.name);
    }
    assert_eq!([second.hash(space), phone.hash(space)], [theo.hash(space); 2]);
}

#[test]
fn pairings_under_way_are_in_no_restored_vault() {
    let story = Story::new("pairings");
    story.mara.companion.pair_invite(InviteTerms::relationship(Role::Person), "Sam", &story.mara.at()).expect("open");
    // One has come as far as the digits: its space is there, without anything in it.
    let ana = story.world.person("Ana");
    belay_tests::pair_up_to_digits(&story.mara, &ana);
    let backup = story.mara.folder().with_extension("second");
    story.mara.companion.backup_to(&backup, &story.mara.secret(), None, &story.mara.at()).expect("a backup");
    let phone = story.world.bare("Mara's new phone");
    phone.companion.restore(&backup, &words_of(&story.mara), &secret(PASSPHRASE), &phone.at()).expect("restoring");
    let stages: Vec<_> = phone.companion.pairings(&phone.at()).expect("open").iter().map(|step| step.stage).collect();
    assert!(stages.iter().all(|stage| *stage as u32 >= 4), "{stages:?}");
    check_backup(&backup, &words_of(&story.mara), &phone.at()).expect("still a backup");
}

/// Notes of the vault that is timed; `BELAY_NOTES=2000` for the figures.
fn note_count() -> usize {
    std::env::var("BELAY_NOTES").ok().and_then(|told| told.parse().ok()).unwrap_or(40)
}

#[test]
#[allow(clippy::print_stderr, reason = "figures are told to whoever asks for many notes")]
fn a_vault_of_many_notes_is_backed_up_restored_and_given_a_new_key() {
    let world = World::new("many notes");
    let mut mara = world.person("Mara");
    let body = "I slept badly and went for a walk along the river. ".repeat(20);
    let count = note_count();
    for from in (0..count).step_by(100) {
        let draft = |number| NoteDraft { body: text(&format!("{number} {body}")), ..NoteDraft::default() };
        let notes = (from..count.min(from + 100)).map(|number| NoteCommand::Create { draft: draft(number) });
        let commands: Vec<_> = notes.map(Command::Note).collect();
        mara.companion.apply(&commands, None, &mara.at()).expect("notes");
    }
    let timed = |what: &str, begun: std::time::Instant| {
        if count > 40 {
            eprintln!("{what} of {count} notes: {} ms", begun.elapsed().as_millis());
        }
    };
    let begun = std::time::Instant::now();
    let before = mara.hash(&own(&mara));
    timed("closing and hashing", begun);
    let (backup, begun) = (mara.folder().with_extension("backup"), std::time::Instant::now());
    let made = mara.companion.backup_to(&backup, &mara.secret(), None, &mara.at()).expect("a backup");
    timed("backup", begun);
    assert_eq!(made.spaces.get(&own(&mara)), Some(&before));
    let begun = std::time::Instant::now();
    assert_eq!(check_backup(&backup, &words_of(&mara), &mara.at()).expect("whole"), made);
    timed("check", begun);
    let begun = std::time::Instant::now();
    mara.companion.rekey(&mara.secret(), None, &mara.at()).expect("a new key");
    timed("re-key", begun);
    let begun = std::time::Instant::now();
    mara.companion.renew_device(&mara.secret(), None, &mara.at()).expect("new keys");
    timed("new device keys", begun);
    mara.keys_changed();
    let phone = world.bare("Mara's new phone");
    let begun = std::time::Instant::now();
    phone.companion.restore(&backup, &words_of(&mara), &secret(PASSPHRASE), &phone.at()).expect("restoring");
    timed("restore", begun);
    assert_eq!([phone.hash(&own(&mara)), mara.hash(&own(&mara))], [before; 2]);
    assert_eq!(files(&backup)["store-1.db"].len() / 4_096, files(&backup)["store-1.db"].len().div_ceil(4_096));
}

#[test]
fn notes_written_after_the_backup_come_from_the_old_device_by_its_own_bundle() {
    let story = Story::new("own bundle");
    let Story { mara, theo, space, plan, .. } = &story;
    let phone = story.restored(&words_of(mara));
    note(mara, "Written after the backup");
    mara.apply(plan.add(OWN, "Also after it"));
    note(&phone, "On the new one");
    // The old one never heard of the new one: it has nobody to seal for.
    let nobody = mara.companion.bundle_out(&own(mara), Scope::SinceLast, &mara.at()).expect_err("no other device");
    assert_eq!(nobody.code(), Code::NotFound);
    until_quiet(&phone, mara, &own(mara));
    let both = ["On the new one", "Slept badly", "Written after the backup"].map(str::to_owned).to_vec();
    assert_eq!((notes(&phone), notes(mara)), (both.clone(), both));
    assert_eq!(phone.hash(&own(mara)), mara.hash(&own(mara)));
    // Every space goes along: what is shared needs no other member to reach it.
    assert!(story.lines(&phone).contains(&"Also after it".to_owned()));
    assert_eq!(phone.hash(space), mara.hash(space));
    // Nobody else opens it, and nothing private reaches anybody else.
    let bundle = phone.bundle_of(&own(mara), Scope::Everything);
    assert_eq!(theo.take(&bundle).expect_err("not for him").code(), Code::NotForThisDevice);
    // Put out, it is told so and gets nothing more.
    phone.companion.remove_device(&own(mara), &mara.id(), &words_of(mara), &phone.at()).expect("her own");
    note(&phone, "Afterwards");
    mara.take(&phone.bundle_of(&own(mara), Scope::SinceLast)).expect("it is told");
    assert_eq!((state(mara, &own(mara)), state(mara, space)), (SpaceState::PutOut, SpaceState::PutOut));
    assert!(!notes(mara).contains(&"Afterwards".to_owned()));
}
