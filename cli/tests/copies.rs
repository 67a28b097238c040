//! A copy of the vault, a phone that is lost, what is let go, and the slips on the way.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World};
use serde_json::Value;
use std::fs;

impl Person {
    /// Brings this vault back from a copy, with the words of whoever made it.
    fn restores(&self, copy: &str, words: &[String]) -> people::Said {
        self.with_input(&["restore", copy, "--low-memory"], &format!("{}\n", words.join(" ")))
    }
    fn phones(&self, of: impl Fn(&Value) -> bool) -> Vec<String> {
        let mut ids: Vec<String> = self.rows(&["phones", "list"]).iter().filter(|row| of(row)).map(id).collect();
        ids.dedup();
        ids
    }
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_copy_is_made_where_there_is_room_for_one_and_brings_everything_back() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "Slept badly."]);
    assert!(mara.cannot(11, &["backup", "Mara"]).starts_with("This is the folder of your vault."));
    assert!(mara.does(&["backup", "copy"]).contains("belay restore copy"));
    assert!(mara.cannot(11, &["backup", "copy"]).starts_with("There is something in this folder already."));
    assert_eq!(mara.rows(&["backup", "other"])[0]["folder"], "other");
    assert!(mara.cannot(11, &["restore", "copy"]).starts_with("There is a vault here already."));

    let asks = |folder: &str| mara.with_input(&["backup", folder, "--check"], &format!("{}\n", mara.words.join(" ")));
    let said = asks("copy");
    assert!(said.code == 0 && said.out.starts_with("This copy is whole."), "{}{}", said.out, said.err);
    let other = mara.with_input(&["backup", "copy", "--check"], "other words\n");
    assert!(other.err.ends_with("\n  belay backup copy --check\n"), "{}", other.err);
    assert!(asks("nowhere").err.starts_with("There is no copy in this folder."));
    assert_eq!(asks("Mara").code, 3, "a vault in use is no copy");

    let new = world.nobody("New");
    assert!(new.cannot(4, &["note", "list"]).ends_with("\n  belay init\n  belay restore FOLDER\n"));
    assert!(new.cannot(4, &["restore", "nowhere"]).starts_with("There is no copy in this folder."));
    let mut other = mara.words.clone();
    other.swap(0, 1);
    let said = new.restores("copy", &other);
    assert!(said.code == 5 && said.err.starts_with("These words do not open this copy."), "{}", said.err);
    assert!(said.err.ends_with("\n  belay restore copy\n"), "no vault is here to test words on: {}", said.err);
    let said = new.restores("copy", &mara.words);
    assert!(said.code == 0 && said.err.is_empty() && said.out.contains("belay phones list"), "{}", said.err);
    assert_eq!(new.rows(&["note", "list"])[0]["snippet"], "Slept badly.");
}

#[test]
fn a_damaged_copy_is_said_to_be_one_and_a_vault_is_not_taken_for_one() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["backup", "copy"]);
    let store = world.path().join("copy").join("store-1.db");
    fs::write(&store, &fs::read(&store).unwrap()[..8192]).unwrap();
    let new = world.nobody("New");
    let said = new.restores("copy", &mara.words);
    assert!(said.code == 8 && said.err.starts_with("This copy is damaged"), "{}: {}", said.code, said.err);
    assert!(!world.path().join("New").exists());
    let said = new.restores("Mara", &mara.words);
    assert!(said.code == 3 && said.err.starts_with("This folder holds a vault"), "{}: {}", said.code, said.err);
}

#[test]
fn who_leaves_says_the_name_and_both_keep_what_is_there() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "1"]);
    theo.does(&["bundle", "in", "1"]);
    assert!(theo.cannot(4, &["leave", "Nobody"]).contains("belay status"));
    assert!(theo.does(&["leave", "mara", "--seen", "Mara"]).contains("belay bundle out Mara"));
    theo.does(&["bundle", "out", "Mara", "--out", "2"]);
    mara.does(&["bundle", "in", "2"]);
    for person in [&mara, &theo] {
        assert_eq!(person.rows(&["plan", "list"]).len(), 1, "what was shared stays");
    }
    assert_ne!(theo.says(&["suggest", "wellness", "My toolbox", "Tea"]).code, 0);
}

#[test]
fn a_lost_phone_is_removed_and_what_it_wrote_later_can_be_put_in() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "1"]);
    theo.does(&["bundle", "in", "1"]);
    mara.does(&["backup", "copy"]);
    let new = world.nobody("New");
    assert_eq!(new.restores("copy", &mara.words).code, 0);
    new.does(&["bundle", "out", "Theo", "--out", "2"]);
    theo.does(&["bundle", "in", "2"]);

    let this = &new.phones(|row| row["this"] == true)[0];
    let old = &new.phones(|row| row["mine"] == true && row["this"] == false)[0];
    assert!(new.cannot(11, &["phones", "remove", this]).starts_with("This is the phone you hold."));
    assert!(new.cannot(4, &["phones", "remove", "zzzz"]).ends_with("belay phones list\n"));
    let said = new.says(&["phones", "remove", old]);
    assert!(said.code == 7 && said.out.contains("is one of your own phones."), "{}{}", said.out, said.err);
    assert!(said.err.starts_with("Nothing was removed yet.") && said.err.contains(" --seen "), "{}", said.err);
    assert_eq!(new.says(&["phones", "remove", old, "--seen", this]).code, 7);
    assert!(new.does(&["phones", "remove", old, "--seen", old]).starts_with("Removed."));
    assert!(new.cannot(11, &["phones", "remove", old]).starts_with("This phone no longer counts already."));
    assert!(new.does(&["phones", "list"]).contains("no longer counts"));

    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Tea"]);
    mara.does(&["bundle", "out", "Theo", "--out", "3"]);
    // Theo has not heard of the removal, takes it in, and carries it on.
    theo.does(&["bundle", "in", "3"]);
    theo.does(&["bundle", "out", "Mara", "--out", "4"]);
    assert!(new.does(&["bundle", "in", "4"]).contains("Kept out 1."));
    let kept = id(&new.rows(&["history", "--kept-out"])[0]);
    assert!(new.does(&["history", "--kept-out"]).contains("belay history --put-in "));
    assert!(new.does(&["history", "--put-in", &kept]).starts_with("It is in now."));
    assert!(new.does(&["plan", "show", "wellness"]).contains("Tea"));
    assert_eq!(new.cannot(4, &["history", "--put-in", "zzzz"]).lines().last(), Some("  belay history --kept-out"));
}

#[test]
fn parts_for_ones_other_phone_are_nobodys_loss_and_a_removed_phone_waits_for_nothing() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["backup", "copy"]);
    let new = world.nobody("New");
    assert_eq!(new.restores("copy", &mara.words).code, 0);
    new.does(&["bundle", "out", "Theo", "--out", "1"]);
    theo.does(&["bundle", "in", "1"]);
    theo.does(&["plan", "line", "add", "wellness", "What I bring", "Tea"]);
    // One file with a part for each of her phones.
    theo.does(&["bundle", "out", "Mara", "--out", "2"]);
    for phone in [&new, &mara] {
        let report = &phone.rows(&["bundle", "in", "2"])[0];
        assert_eq!((&report["not_for_me"], &report["not_taken"]), (&0.into(), &0.into()));
        assert!(!phone.does(&["bundle", "in", "2"]).contains("One part was closed"));
    }
    new.does(&["bundle", "out", "--mine", "--out", "3"]);
    assert!(!mara.does(&["bundle", "in", "3"]).contains("One part was closed"));

    let old = &new.phones(|row| row["mine"] == true && row["this"] == false)[0];
    new.does(&["phones", "remove", old, "--seen", old]);
    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Music"]);
    assert!(mara.does(&["status"]).contains("Waiting to go to Theo"));
    new.does(&["bundle", "out", "Theo", "--out", "4"]);
    theo.does(&["bundle", "in", "4"]);
    theo.does(&["bundle", "out", "Mara", "--out", "5"]);
    mara.does(&["bundle", "in", "5"]);
    let status = mara.does(&["status"]);
    assert!(status.contains("This phone was removed") && !status.contains("Waiting to go"), "{status}");
    assert_eq!(mara.rows(&["status"])[0]["relationships"][0]["waiting"], 0);
    // The way back is named where it is met: the words, not what goes on alone.
    assert!(status.contains("belay phones reset"), "{status}");
    let said = mara.cannot(6, &["plan", "line", "add", "wellness", "My toolbox", "Tea"]);
    assert!(said.contains("the words on your paper") && said.ends_with("\n  belay phones reset\n"), "{said}");
    assert!(!said.contains("go-on") && !said.contains("Pair"), "{said}");
}

#[test]
fn a_note_is_as_old_as_its_words_on_ones_other_phone_too() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["backup", "copy"]);
    let new = world.nobody("New");
    assert_eq!(new.restores("copy", &mara.words).code, 0);
    // How the two begin to know each other.
    new.does(&["bundle", "out", "--mine", "--out", "1"]);
    mara.does(&["bundle", "in", "1"]);
    mara.does(&["note", "add", "Slept badly."]);
    mara.does(&["note", "add", "The radio helped."]);
    let older = id(&mara.rows(&["note", "list"])[1]);
    mara.does(&["note", "pin", &older]);
    mara.does(&["note", "trash", &older]);
    mara.does(&["note", "restore", &older]);
    mara.does(&["note", "unpin", &older]);
    mara.does(&["bundle", "out", "--mine", "--out", "2"]);
    new.does(&["bundle", "in", "2"]);
    let told = |person: &Person| {
        let rows = person.rows(&["note", "list"]);
        rows.iter().map(|row| (id(row), row["when"]["instant"].clone())).collect::<Vec<_>>()
    };
    assert_eq!((told(&mara)[1].0.as_str(), told(&mara).len()), (older.as_str(), 2));
    assert_eq!(told(&mara), told(&new));
}

#[test]
fn a_phone_that_another_of_mine_took_out_is_told_so() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["backup", "copy"]);
    let new = world.nobody("New");
    assert_eq!(new.restores("copy", &mara.words).code, 0);
    new.does(&["bundle", "out", "--mine", "--out", "1"]);
    mara.does(&["bundle", "in", "1"]);
    let old = new.phones(|row| row["mine"] == true && row["this"] == false)[0].clone();
    new.does(&["phones", "remove", &old, "--seen", &old]);
    new.does(&["bundle", "out", "--mine", "--out", "2"]);
    let out = "Another of your phones took this one out.";
    let told = mara.does(&["bundle", "in", "2"]);
    assert!(told.contains(out), "{told}");
    let again = told.lines().find_map(|line| line.strip_prefix("Next:  belay phones reset --keep ")).unwrap();
    for said in [mara.does(&["status"]), mara.does(&["note", "add", "Slept badly."])] {
        assert!(said.contains(out) && said.contains(&format!("belay phones reset --keep {again}\n")), "{said}");
    }
    assert!(!new.does(&["status"]).contains(out) && !new.does(&["note", "add", "Tea."]).contains(out));
    let told = mara.cannot(6, &["bundle", "out", "--mine"]);
    assert!(told.starts_with(out) && told.ends_with(&format!("\n  belay phones reset --keep {again}\n")), "{told}");
    assert!(mara.does(&["phones", "list"]).contains("this phone, taken out"));

    // Which other phones end by it is shown first, and how they are kept.
    let words = format!("{}\n", mara.words.join(" "));
    for args in [&["phones", "reset"][..], &["phones", "reset", "--seen", "zzzz"]] {
        let said = mara.with_input(args, &words);
        assert!(said.code == 7 && said.err.starts_with("Nothing was changed yet."), "{}{}", said.out, said.err);
        assert!(said.err.ends_with(&format!("\n  belay phones reset --seen {again}\n")), "{}", said.err);
        assert!(said.out.contains(&format!("belay phones reset --keep {again}")), "{}", said.out);
    }
    assert!(mara.does(&["status"]).contains(out));
    assert_eq!(mara.with_input(&["phones", "reset", "--keep", again], &words).code, 0);
    assert!(!mara.does(&["status"]).contains(out));
    let said = mara.with_input(&["phones", "reset", "--seen", again], &words);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert_eq!(mara.phones(|row| row["active"] == true).len(), 1);
}

#[test]
fn a_phone_gets_a_new_lock_and_the_words_begin_again() {
    let world = World::new();
    let mara = world.person("Mara");
    let said = mara.does(&["phones", "renew"]);
    let old = said.lines().last().unwrap().strip_prefix("Next:  belay phones remove ").unwrap().to_owned();
    assert_eq!(mara.phones(|row| row["active"] == true).len(), 2);
    let words = format!("{}\n", mara.words.join(" "));
    assert_eq!(mara.with_input(&["phones", "reset", "--keep", &old], &words).code, 0);
    assert_eq!(mara.phones(|row| row["active"] == true).len(), 2);
    assert_eq!(mara.with_input(&["phones", "reset", "--json"], &words).code, 7);
    let said = mara.with_input(&["phones", "reset", "--json", "--seen", &old], &words);
    assert_eq!(serde_json::from_str::<Value>(&said.out).unwrap()["kind"], "reset", "{}", said.err);
    assert_eq!(mara.phones(|row| row["active"] == true).len(), 1);
    assert_eq!(mara.with_input(&["phones", "reset"], "a b c\n").code, 5);
}

#[test]
fn what_is_let_go_is_said_so_on_both_sides() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "1"]);
    theo.does(&["bundle", "in", "1"]);
    theo.cannot(6, &["forget", "wellness"]);
    let plan = id(&mara.rows(&["plan", "list"])[0]);
    assert!(mara.cannot(4, &["purge", &plan]).ends_with("\n  belay forgotten\n"), "nothing of it was let go");
    let asked = mara.cannot(7, &["forget", "wellness"]);
    let typed = format!("belay forget {0} --seen {0}", &plan[..4]);
    assert!(asked.starts_with("Nothing was let go yet.") && asked.contains(&typed), "{asked}");
    assert!(mara.does(&["forget", "wellness", "--seen", &plan[..4]]).ends_with("belay forgotten\n"));
    for args in [&["plan", "show", &plan][..], &["forget", &plan], &["history", &plan]] {
        assert!(mara.cannot(4, args).starts_with("This was let go."), "{args:?}");
    }
    // What goes is shown first, and nothing is asked for unseen.
    let asked = mara.says(&["purge", &plan[..5]]);
    assert!(
        asked.code == 7 && asked.out.starts_with("A plan") && asked.out.contains("not after 30 days"),
        "{}",
        asked.out
    );
    assert!(asked.err.ends_with(&format!("\n  belay purge {0} --seen {0}\n", &plan[..4])), "{}", asked.err);
    assert_eq!(mara.rows(&["forgotten"])[0]["purged"], false);
    assert_eq!(mara.rows(&["purge", &plan, "--seen", &plan[..4]])[0]["id"], plan.as_str());
    mara.does(&["bundle", "out", "Theo", "--out", "2"]);
    let said = theo.does(&["bundle", "in", "2"]);
    assert!(said.contains("1 thing was let go.") && !said.contains("Nothing new"), "{said}");
    theo.does(&["bundle", "out", "Mara", "--out", "3"]);
    assert!(mara.does(&["bundle", "in", "3"]).contains("Word of what was let go."));
    // What another let go is not asked for, and that is said before anything is shown.
    let told = theo.says(&["purge", &plan]);
    assert!(told.code == 6 && told.out.is_empty(), "{}{}", told.out, told.err);
    let row = &mara.rows(&["forgotten"])[0];
    assert_eq!((&row["doc"], row["receipts"].as_array().unwrap().len()), (&plan.as_str().into(), 1));
    for (args, exit) in [(&["purge", "zzzz"][..], 4), (&["forgotten", "--let-go", "zz"], 4), (&["forget", "zzzz"], 4)] {
        mara.cannot(exit, args);
    }
}

#[test]
fn a_vault_is_mended_and_a_damaged_one_says_what_helps() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "Slept badly."]);
    assert!(mara.does(&["mend"]).starts_with("Everything in this vault reads"));
    assert_eq!(mara.rows(&["mend"])[0]["whole"], true);
    world.nobody("Nobody").cannot(4, &["mend"]);
    // Everything behind the first pages is gone: more than can be made again.
    let store = mara.vault.join("store-1.db");
    let mut bytes = fs::read(&store).unwrap();
    bytes.iter_mut().skip(4096).for_each(|byte| *byte ^= 0x55);
    fs::write(&store, &bytes).unwrap();
    assert!(mara.cannot(8, &["status"]).ends_with("\n  belay mend\n"));
    assert!(mara.cannot(8, &["mend"]).ends_with("\n  belay restore FOLDER --vault DIR\n"));
    assert_eq!(fs::read(&store).unwrap(), bytes, "the damaged file is as it was");
}

#[test]
fn who_mistypes_is_shown_the_way() {
    let world = World::new();
    let mara = world.person("Mara");
    assert!(mara.cannot(2, &["notes"]).ends_with("\n  belay --help\n"));
    assert!(mara.cannot(2, &["note", "lst"]).ends_with("\n  belay note --help\n"));
    // Neither a home nor another folder is named.
    let said = people::said(mara.command(&["status"]).env_remove("BELAY_VAULT").output().unwrap());
    assert!(said.code == 4 && said.err.contains("--vault DIR"), "{}", said.err);
    for _ in 0..5 {
        let said = people::said(mara.command(&["status"]).env("BELAY_PASSPHRASE", "another one").output().unwrap());
        assert!(said.code == 5 && said.err.starts_with("That did not open it."), "{}", said.err);
    }
    let told: Value = serde_json::from_str(&mara.cannot(5, &["status", "--json"])).unwrap();
    assert_eq!(told["error"]["code"], "TryLater");
    assert!(told["error"]["fields"]["until"].is_string(), "{told}");
}

#[test]
fn notes_go_to_and_fro_between_ones_own_phones() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "Before the copy."]);
    mara.does(&["backup", "copy"]);
    mara.does(&["note", "add", "After the copy."]);
    assert!(mara.cannot(4, &["bundle", "out", "--mine"]).starts_with("None of your other phones"));
    let new = world.nobody("New");
    assert_eq!(new.restores("copy", &mara.words).code, 0);
    assert!(new.does(&["bundle", "out", "--mine", "--out", "there"]).contains("Only your own other phones"));
    mara.does(&["bundle", "in", "there"]);
    mara.does(&["bundle", "out", "--mine", "--out", "back"]);
    let brought = new.does(&["bundle", "in", "back"]);
    assert!(brought.starts_with("From your other phone:"), "{brought}");
    let notes: Vec<String> =
        new.rows(&["note", "list"]).iter().map(|row| row["snippet"].as_str().unwrap().to_owned()).collect();
    assert_eq!(notes, ["After the copy.", "Before the copy."]);
    mara.cannot(2, &["bundle", "out"]);
    mara.cannot(2, &["bundle", "out", "Theo", "--mine"]);
}
