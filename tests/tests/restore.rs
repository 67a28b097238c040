//! Coming back: a backup becomes another device, a copied vault gets keys of its own, and the words begin again where
//! someone else knows a secret (protocol.md §2, §3). On whole companions with vaults on the disk.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

use belay::command::{NoteCommand, NoteDraft};
use belay::companion::{Entered, UnlockWith, VaultState, check_backup};
use belay::crypto::words::RecoveryWords;
use belay::error::{Code, Field};
use belay::exchange::pairing::InviteTerms;
use belay::ids::{BatchId, DeviceId, SpaceId};
use belay::secret::SecretText;
use belay::space::{Role, SpaceState};
use belay::store::batches;
use belay::vault::VaultFacts;
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_tests::{Circle, Device, PASSPHRASE, Plan, World, statements_of, text, wires_of};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const OWN: &str = "toolbox";
const US: &str = "looking-after-us";
const OF_BACKUP: &str = "only for the backup";

fn secret(words: &str) -> SecretText {
    SecretText::new(words.to_owned())
}
fn typed(words: &str) -> UnlockWith {
    UnlockWith::Passphrase(secret(words))
}
fn words_of(device: &Device) -> UnlockWith {
    UnlockWith::RecoveryWords(device.words().clone())
}

fn note(device: &Device, body: &str) {
    device.apply(NoteCommand::Create { draft: NoteDraft { body: text(body), ..NoteDraft::default() } });
}

fn notes(device: &Device) -> Vec<String> {
    let Answer::Notes(page) = device.ask(Ask::Notes { filter: NoteFilter::default(), at: At::default() }) else {
        panic!("notes")
    };
    let mut notes: Vec<String> = page.rows.iter().map(|row| row.snippet.as_str().to_owned()).collect();
    notes.sort();
    notes
}

fn own(device: &Device) -> SpaceId {
    device.companion.own_space().expect("open")
}

/// The heads of a device's log as another holds them.
fn log_of(device: &DeviceId, on: &Device, space: &SpaceId) -> Vec<BatchId> {
    on.look(|db| batches::heads(db, space, device)).into_iter().map(|(_, id)| id).collect()
}

fn state(device: &Device, space: &SpaceId) -> SpaceState {
    device.people(space).state()
}

fn is_active(device: &DeviceId, on: &Device, space: &SpaceId) -> bool {
    on.people(space).membership.is_active(device)
}

/// Bundles both ways until none brings anything: a third device may lag behind meanwhile.
#[track_caller]
fn until_quiet(a: &Device, b: &Device, space: &SpaceId) {
    let round = || {
        let there = b.take(&a.bundle(space)).unwrap_or_else(|failure| panic!("{}: {failure:?}", b.name));
        let back = a.take(&b.bundle(space)).unwrap_or_else(|failure| panic!("{}: {failure:?}", a.name));
        there.new == 0 && back.new == 0
    };
    assert!((0..6).any(|_| round()), "{} and {} do not come to rest", a.name, b.name);
}

fn entered_all(spaces: &[Entered], of: &[SpaceId]) {
    let told: BTreeMap<SpaceId, Option<Code>> = spaces.iter().map(|row| (row.space, row.refused)).collect();
    assert_eq!(told, of.iter().map(|space| (*space, None)).collect());
}

/// Every file of a folder but the lock and the count of wrong secrets.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(names) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    let names = names.map(|file| file.expect("an entry").file_name().into_string().expect("a plain name"));
    let kept = names.filter(|name| name != "lock" && !name.starts_with("attempts"));
    kept.map(|name| (name.clone(), std::fs::read(folder.join(&name)).expect("a file"))).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for (name, bytes) in files(from) {
        std::fs::write(to.join(name), bytes).expect("room");
    }
}

/// Mara with a relationship, a plan, a note and a backup of all that; then she wrote on, and Theo has that too.
struct Story {
    world: World,
    mara: Device,
    theo: Device,
    space: SpaceId,
    plan: Plan,
    backup: PathBuf,
}

impl Story {
    fn new(seed: &str) -> Self {
        let world = World::new(seed);
        let (mara, theo, space) = world.mara_and_theo();
        let plan = Plan::made_by(&mara, Some(space), "wellness");
        note(&mara, "Slept badly");
        mara.apply(plan.add(OWN, "Walk"));
        until_quiet(&mara, &theo, &space);
        let backup = mara.folder().with_extension("backup");
        let other = secret(OF_BACKUP);
        mara.companion.backup_to(&backup, &mara.secret(), Some(&other), &mara.at()).expect("a backup");
        mara.apply(plan.add(OWN, "Tea"));
        until_quiet(&mara, &theo, &space);
        Story { world, mara, theo, space, plan, backup }
    }

    fn restored(&self, with: &UnlockWith) -> Device {
        let phone = self.world.bare("Mara's new phone");
        let made = phone.companion.restore(&self.backup, with, &secret(PASSPHRASE), &phone.at()).expect("restoring");
        assert_eq!((made.device.from, made.device.device), (self.mara.id(), phone.id()));
        assert_ne!(made.device.from, made.device.device);
        entered_all(&made.device.spaces, &[own(&self.mara), self.space]);
        phone
    }

    fn lines(&self, on: &Device) -> Vec<String> {
        self.plan.words(on, OWN)
    }
}

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

fn lines(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|line| (*line).to_owned()).collect()
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
            let spaces = belay::store::spaces::space_keys(db)?.into_iter().map(|(_, keys)| keys);
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
    for page in [0, 1, store.len() / 4_096 / 2] {
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
fn pairings_under_way_are_in_no_restored_vault() {
    let story = Story::new("pairings");
    story.mara.companion.pair_invite(InviteTerms::relationship(Role::Person), "Sam", &story.mara.at()).expect("open");
    let backup = story.mara.folder().with_extension("second");
    story.mara.companion.backup_to(&backup, &story.mara.secret(), None, &story.mara.at()).expect("a backup");
    let phone = story.world.bare("Mara's new phone");
    phone.companion.restore(&backup, &words_of(&story.mara), &secret(PASSPHRASE), &phone.at()).expect("restoring");
    let stages: Vec<_> = phone.companion.pairings(&phone.at()).expect("open").iter().map(|step| step.stage).collect();
    assert!(stages.iter().all(|stage| *stage as u32 >= 4), "{stages:?}");
    check_backup(&backup, &words_of(&story.mara), &phone.at()).expect("still a backup");
}

#[test]
fn two_copies_of_one_vault_both_write_one_gets_new_keys_and_nothing_is_lost() {
    // With a batch that is still open when it is copied, and without.
    for is_open in [false, true] {
        let mut story = Story::new(&format!("clones {is_open}"));
        let (space, plan) = (story.space, story.plan.clone());
        if is_open {
            story.mara.apply(plan.add(US, "Begun"));
        } else {
            story.mara.companion.lock().expect("locking");
        }
        story.mara.die();
        let mut clone = story.world.bare("Mara's copy");
        copy(story.mara.folder(), clone.folder());
        let (mara, theo) = (&story.mara, &story.theo);
        mara.unlock().expect("the right passphrase");
        clone.unlock().expect("a copy opens");
        assert_eq!(mara.id(), clone.id());
        let old = mara.id();
        mara.apply(plan.add(OWN, "Of the first"));
        note(mara, "First");
        clone.apply(plan.add(OWN, "Of the copy"));
        note(&clone, "Copy");
        mara.rest();

        let renewed = clone.companion.renew_device(&clone.secret(), None, &clone.at()).expect("new keys");
        clone.keys_changed();
        assert_eq!((renewed.device.from, renewed.device.device), (old, clone.id()));
        assert!(renewed.old_is_gone && clone.id() != old);
        entered_all(&renewed.device.spaces, &[own(mara), space]);
        let branch = log_of(&old, &clone, &space);
        // Both go on, apart.
        mara.apply(plan.add(US, "First again"));
        clone.apply(plan.add(US, "Copy again"));
        clone.rest();
        assert_eq!(log_of(&old, &clone, &space), branch, "nothing more under the old keys");
        assert_eq!(log_of(&clone.id(), &clone, &space).len(), 1);

        for _ in 0..2 {
            until_quiet(mara, theo, &space);
            until_quiet(&clone, theo, &space);
        }
        let expected = lines(&["Walk", "Tea", "Of the first", "Of the copy"]);
        for device in [mara, &clone, theo] {
            assert_eq!(BTreeSet::from_iter(story.lines(device)), expected, "{}", device.name);
            let both = plan.words(device, US);
            assert!(both.iter().filter(|words| words.ends_with("again")).count() == 2, "{both:?}");
            assert_eq!(both.iter().filter(|words| *words == "Begun").count(), usize::from(is_open));
        }
        assert_eq!([mara.hash(&space), clone.hash(&space)], [theo.hash(&space); 2]);
        assert_eq!((notes(mara).len(), notes(&clone).len()), (2, 2));

        // The person says that the copy stays: the old keys are out, and nothing of theirs goes.
        assert_eq!(clone.lock_and_unlock().comes_from, Some(old));
        clone.companion.remove_device(&space, &old, &clone.secret(), &clone.at()).expect("her own");
        until_quiet(&clone, theo, &space);
        assert_eq!(BTreeSet::from_iter(story.lines(&clone)), expected);
        assert_eq!(clone.hash(&space), theo.hash(&space));
        mara.take(&theo.bundle(&space)).expect("it is told");
        assert_eq!(state(mara, &space), SpaceState::PutOut);
    }
}

#[test]
fn new_keys_that_are_refused_change_nothing() {
    let story = Story::new("no new keys");
    let mara = &story.mara;
    let before = mara.content();
    let renew = |with: &UnlockWith, new: Option<&str>| {
        let new = new.map(secret);
        let refused = mara.companion.renew_device(with, new.as_ref(), &mara.at()).expect_err("refused");
        belay_tests::unchanged(&before, &mara.content());
        (refused.code(), refused.detail().field)
    };
    assert_eq!(renew(&typed("not it at all"), None), (Code::WrongSecret, Some(Field::Passphrase)));
    assert_eq!(renew(&words_of(mara), None), (Code::Empty, Some(Field::Passphrase)));
    assert_eq!(renew(&words_of(mara), Some("short")), (Code::WeakSecret, Some(Field::Passphrase)));
    assert_eq!(renew(&words_of(&story.theo), Some(PASSPHRASE)), (Code::WrongSecret, Some(Field::RecoveryWords)));
    let key = mara.companion.slot_begin().expect("open");
    mara.companion.slot_finish(&key, Vec::new()).expect("room");
    let keystore = UnlockWith::Keystore { slot: key.slot, key32: key.key32, vault_counter: None };
    assert_eq!(renew(&keystore, Some(PASSPHRASE)), (Code::NeedsConfirmation, Some(Field::RecoveryWords)));
    // A backup has no device to renew.
    let reader = story.world.bare("A reader");
    copy(&story.backup, reader.folder());
    reader.companion.unlock(&typed(OF_BACKUP), &reader.at()).expect("it can be read");
    let refused = reader.companion.renew_device(&typed(OF_BACKUP), None, &reader.at());
    assert_eq!(refused.expect_err("read only").code(), Code::Unwritable);
    let refused = reader.companion.reset_with_words(mara.words(), &[], &reader.at());
    assert_eq!(refused.expect_err("read only").code(), Code::Unwritable);
    mara.companion.lock().expect("locking");
    let refused = mara.companion.reset_with_words(mara.words(), &[], &mara.at());
    assert_eq!(refused.expect_err("locked").code(), Code::Locked);
}

/// Mara's phone and tablet, a phone whose secret a thief knows, and Theo.
struct Theft {
    circle: Circle,
    plan: Plan,
}

impl Theft {
    fn new(world: &World) -> Self {
        let circle = Circle::new(world, 3, 1);
        let plan = Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
        circle.devices[0].apply(plan.add(OWN, "Walk"));
        circle.tell_everything();
        circle.devices[2].apply(plan.add(OWN, "Tea"));
        circle.tell_everything();
        Theft { circle, plan }
    }
    fn at(&self, at: usize) -> &Device {
        &self.circle.devices[at]
    }
    fn tell(&self, from: usize, to: usize) {
        let bundle = self.circle.everything(from, to, &self.circle.space);
        self.at(to).take(&bundle).expect("an envelope");
    }
    fn words(&self) -> RecoveryWords {
        self.at(0).words().clone()
    }
    fn lines(&self, at: usize) -> BTreeSet<String> {
        BTreeSet::from_iter(self.plan.words(self.at(at), OWN))
    }
}

#[test]
fn whoever_knows_a_phones_secret_is_ended_by_the_words() {
    let world = World::new("thief with the secret");
    let theft = Theft::new(&world);
    let space = theft.circle.space;
    let (phone, tablet, thief, theo) = (0, 1, 2, 3);
    // The thief removes the honest ones, everywhere, and writes.
    for honest in [phone, tablet] {
        let out = theft.at(thief).companion.remove_device(
            &space,
            &theft.at(honest).id(),
            &theft.at(thief).secret(),
            &theft.at(thief).at(),
        );
        out.expect("the secret is known");
    }
    theft.at(thief).apply(theft.plan.add(OWN, "Mine now"));
    for honest in [phone, tablet, theo] {
        theft.tell(thief, honest);
    }
    assert_eq!(state(theft.at(phone), &space), SpaceState::PutOut);
    assert_eq!(theft.at(phone).refused(theft.plan.add(OWN, "Help")), Code::Revoked);
    assert_eq!(theft.lines(theo), lines(&["Walk", "Tea", "Mine now"]));
    // Her passphrase leads nowhere, her words do: the tablet stays, the thief does not.
    let by_secret = theft.at(phone).companion.remove_device(
        &space,
        &theft.at(thief).id(),
        &theft.at(phone).secret(),
        &theft.at(phone).at(),
    );
    assert_eq!(by_secret.expect_err("it is out").code(), Code::Revoked);
    let keep = [theft.at(tablet).id()];
    let done = theft.at(phone).companion.reset_with_words(&theft.words(), &keep, &theft.at(phone).at());
    entered_all(&done.expect("her words").spaces, &[own(theft.at(phone)), space]);
    theft.at(phone).apply(theft.plan.add(OWN, "Mine again"));
    // The thief answers with all there is to answer with, before hearing of it and after.
    theft.at(thief).apply(theft.plan.add(OWN, "Later"));
    for (from, to) in [(phone, theo), (thief, theo), (phone, tablet), (theo, tablet), (theo, phone), (phone, thief)] {
        theft.tell(from, to);
    }
    for honest in [phone, tablet, theo] {
        let on = theft.at(honest);
        assert_eq!(theft.lines(honest), lines(&["Walk", "Tea", "Mine now", "Mine again"]), "{}", on.name);
        let active = [phone, tablet, thief].map(|at| is_active(&theft.at(at).id(), on, &space));
        assert_eq!(active, [true, true, false], "{}", on.name);
    }
    assert_eq!([phone, tablet].map(|at| theft.at(at).hash(&space)), [theft.at(theo).hash(&space); 2]);
    assert_eq!(state(theft.at(thief), &space), SpaceState::PutOut);
    let held = statements_of(theft.at(theo), &space).len();
    let again = theft.at(thief).companion.remove_device(
        &space,
        &theft.at(phone).id(),
        &theft.at(thief).secret(),
        &theft.at(thief).at(),
    );
    assert_eq!(again.expect_err("it is out").code(), Code::Revoked);
    theft.tell(thief, theo);
    assert_eq!(statements_of(theft.at(theo), &space).len(), held);
    assert_eq!(theft.at(theo).kept_out(&space).len(), 1, "what came later is listed");
    // The tablet writes on, and her own space is hers.
    theft.at(tablet).apply(theft.plan.add(OWN, "Of the tablet"));
    theft.tell(tablet, theo);
    assert!(theft.lines(theo).contains("Of the tablet"));
    note(theft.at(phone), "Quiet");
    assert!(!is_active(&theft.at(thief).id(), theft.at(phone), &own(theft.at(phone))));
}

#[test]
fn new_keys_then_the_words_leave_a_thief_with_a_copy_of_this_very_phone_nothing() {
    let world = World::new("copied and known");
    let mut theft = Theft::new(&world);
    let space = theft.circle.space;
    theft.at(0).companion.lock().expect("locking");
    let thief = world.bare("A thief");
    copy(theft.at(0).folder(), thief.folder());
    thief.unlock().expect("the secret is known");
    theft.at(0).unlock().expect("hers");
    let old = theft.at(0).id();
    let renewed = theft.at(0).companion.renew_device(&theft.at(0).secret(), None, &theft.at(0).at()).expect("new keys");
    theft.circle.devices[0].keys_changed();
    let (phone, theo) = (theft.at(0), theft.at(3));
    assert_eq!(renewed.device.from, old);
    // The thief puts her new keys out before anyone heard of them, by removing what added them.
    thief.companion.remove_device(&space, &theft.at(1).id(), &thief.secret(), &thief.at()).expect("known");
    phone.companion.reset_with_words(&theft.words(), &[theft.at(1).id()], &phone.at()).expect("her words");
    phone.apply(theft.plan.add(OWN, "Safe"));
    thief.apply(theft.plan.add(OWN, "In her name"));
    theo.take(&thief.bundle(&space)).expect("an envelope");
    theo.take(&phone.bundle(&space)).expect("an envelope");
    phone.take(&theo.bundle(&space)).expect("an envelope");
    for device in [phone, theo] {
        assert!(!is_active(&old, device, &space) && is_active(&theft.at(1).id(), device, &space));
        assert!(is_active(&phone.id(), device, &space));
        let told = BTreeSet::from_iter(theft.plan.words(device, OWN));
        assert_eq!(told, lines(&["Walk", "Tea", "Safe"]), "{}", device.name);
    }
    assert_eq!(phone.hash(&space), theo.hash(&space));
    assert!(!wires_of(theo, &space).is_empty());
}
