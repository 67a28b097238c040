//! Somebody who tries what is at hand: every slip is answered with what is so and what can be done next.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{World, digits};
use serde_json::Value;

#[test]
fn what_is_not_there_comes_with_the_command_that_lists() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["plan", "new", "wellness"]);
    for (args, list) in [
        (&["note", "show", "zzzz"][..], "belay note list"),
        (&["goal", "show", "zzzz"], "belay goal list"),
        (&["plan", "show", "zzzz"], "belay plan list"),
        (&["plan", "show", "wellness", "--part", "zzzz"], "belay plan show PLAN"),
        (&["bundle", "out", "zzzz"], "belay pair --help"),
        (&["decide", "zzzz", "--add"], "belay ideas"),
        (&["pair", "digits", "123456"], "belay pair list"),
    ] {
        assert!(mara.cannot(4, args).ends_with(&format!("\n  {list}\n")), "{args:?}");
        let told: Value = serde_json::from_str(&mara.cannot(4, &[args, &["--json"]].concat())).unwrap();
        assert_eq!((&told["error"]["code"], &told["error"]["command"]), (&"NotFound".into(), &list.into()), "{args:?}");
    }
    assert!(mara.cannot(4, &["bundle", "in", "."]).starts_with("There is no such file."));
    assert!(mara.cannot(4, &["status", "--passphrase-file", "none"]).starts_with("There is no such file."));
}

#[test]
fn a_slip_is_told_as_what_it_is() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["note", "add", "Slept badly."]);
    let note = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    // Another name: who is here. Too few signs of an id: which begin so, and nothing is done.
    let told = mara.cannot(4, &["bundle", "out", "Teo"]);
    assert_eq!(told, "Nobody here has this name. You share with Theo. To see who is here:\n  belay status\n");
    for few in 1..4 {
        let told = mara.cannot(4, &["note", "trash", &note[..few]]);
        assert!(told.starts_with(&format!("So few signs fit by chance. This could be {note}.")), "{told}");
    }
    // What is too long is not sent to where it is.
    let long = "a".repeat(100_001);
    let told = mara.with_input(&["note", "add"], &long).err;
    assert!(told.ends_with("Make two notes of it, or more.\n"), "{told}");
    let told = mara.cannot(3, &["note", "tag", &note, &long[..500]]);
    assert!(told.starts_with("Tag: This has 500 signs.") && told.ends_with("Take some words out.\n"), "{told}");
    // Nothing to look for, and signs of another preview.
    for empty in ["", " \t"] {
        assert!(mara.cannot(3, &["search", empty]).starts_with("There are no words to look for yet."));
    }
    let told = mara.cannot(11, &["share", &note, "--with", "Theo", "--seen", "9c1e-44d0"]);
    assert!(told.starts_with("What would go has other signs than these."), "{told}");
    // Nobody types, or in another way than Belay reads.
    assert!(mara.cannot(5, &["words", "test"]).starts_with("There is nobody here to ask for the words."));
    std::fs::write(world.path().join("latin"), b"caf\xe9").unwrap();
    let latin = std::fs::File::open(world.path().join("latin")).unwrap();
    let told = people::said(mara.command(&["note", "add"]).stdin(latin).output().unwrap());
    assert!(told.code == 3 && told.err.contains("UTF-8"), "{}", told.err);
    // Words stand behind the command, as with the others.
    mara.does(&["note", "edit", &note, "Slept", "well."]);
    assert_eq!(mara.rows(&["note", "show", &note])[0]["body"], "Slept well.");
    mara.cannot(2, &["note", "edit", &note, "Slept", "--text", "well."]);

    // What came says where it can be read; who gave an idea sees that it waits.
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["goal", "add", "Swim again", "--towards", "Calm", "--with", "Theo"]);
    mara.does(&["bundle", "out", "Theo"]);
    let told = theo.does(&["bundle", "in", "for-theo-bundle.belay"]);
    assert!(told.contains("Next:  belay plan show wellness") && told.contains("Next:  belay goal show "), "{told}");
    assert!(mara.does(&["bundle", "out", "Theo"]).contains("for-theo-bundle-2.belay is the newest."));
    theo.does(&["suggest", "wellness", "My toolbox", "--add", "Walk by the river"]);
    let told = theo.does(&["ideas"]);
    assert!(told.contains("waits for Mara") && told.contains("Walk by the river"), "{told}");
}

#[test]
fn the_same_step_of_a_pairing_writes_no_second_file() {
    let world = World::new();
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    mara.does(&["pair", "invite", "Theo", "--as", "person"]);
    for (person, args) in [
        (&theo, &["pair", "join", "for-theo-invitation.belay", "Mara"][..]),
        (&mara, &["pair", "take", "for-mara-reply.belay"]),
    ] {
        assert!(person.does(args).contains(" is written."));
        assert!(person.does(args).contains(" is here from before, with the same in it."), "{args:?}");
    }
    let files = std::fs::read_dir(world.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(files.filter(|name| name.ends_with(".belay")).count(), 3);
}

#[test]
fn a_vault_without_its_words_says_so() {
    let world = World::new();
    let mara = world.person("Mara");
    for entry in std::fs::read_dir(&mara.vault).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("store-") {
            std::fs::remove_file(path).unwrap();
        }
    }
    for args in [&["mend"][..], &["status"], &["note", "add", "One"]] {
        let told = mara.cannot(8, args);
        assert!(told.starts_with("The file with your words is not in this folder."), "{args:?} {told}");
    }
}

#[test]
fn a_value_that_does_not_fit_comes_with_those_that_do() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["goal", "add", "Swim", "--towards", "Calm"]);
    let told = mara.cannot(2, &["goal", "stage", "Swim", "my secret"]);
    assert!(told.contains("belay goal stage --help") && told.contains("exploring, active, resting"), "{told}");
    assert!(!told.contains("secret"), "{told}");
    mara.does(&["goal", "step", "add", "Swim", "One"]);
    mara.does(&["goal", "step", "add", "Swim", "Three"]);
    assert_eq!(mara.does(&["goal", "step", "add", "Swim", "Two", "--after", "1"]), "Added as 2.\n");
    assert!(mara.cannot(4, &["goal", "step", "mark", "Swim", "9", "done"]).contains("this number"));
}

#[test]
fn an_empty_pipe_empties_nothing() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "Slept badly."]);
    let short = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    for input in ["", "\n", " \n"] {
        assert_eq!(mara.with_input(&["note", "edit", &short], input).code, 3);
    }
    assert_eq!(mara.rows(&["note", "show", &short])[0]["body"], "Slept badly.");
    // Nor does a blank; what can be done is said.
    for words in [&[" "][..], &["--text", " \t"]] {
        let told = mara.cannot(3, &[&["note", "edit", &short], words].concat());
        assert!(told.starts_with("This would take all its words out of the note."), "{told}");
        let ways = format!("\n  belay note trash {short}\n  belay note edit {short} --text ''\n");
        assert!(told.ends_with(&ways), "{told}");
    }
    assert_eq!(mara.rows(&["note", "show", &short])[0]["body"], "Slept badly.");
    // Said in so many words it is done, and can be read in the history.
    mara.does(&["note", "edit", &short, "--text", ""]);
    assert_eq!(mara.rows(&["note", "show", &short])[0]["body"], "");
    assert!(mara.rows(&["note", "edit", &short, "--text", ""]).is_empty(), "the same words, told as data");
}

#[test]
fn empty_lists_say_which_list_is_empty() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "One"]);
    mara.does(&["note", "add", "Two"]);
    assert_eq!(mara.does(&["note", "list", "--trash"]), "The trash is empty.\n");
    assert_eq!(mara.does(&["note", "list", "--tag", "sleep"]), "No note has this tag.\n");
    let short = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    assert!(mara.cannot(11, &["note", "restore", &short]).starts_with("This note is not in the trash."));
    // What is to be copied stands on one line.
    let page = mara.does(&["note", "list", "--limit", "1"]);
    let next = page.lines().last().unwrap().trim().strip_prefix("--after ").unwrap().to_owned();
    assert_eq!(mara.rows(&["note", "list", "--limit", "1", "--after", &next])[0]["snippet"], "One");
}

#[test]
fn a_file_in_the_wrong_place_is_told_where_it_goes() {
    let world = World::new();
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    mara.does(&["pair", "invite", "Theo", "--as", "person", "--out", "a.belay"]);
    // A second file of that name is not made, and neither is its invitation.
    assert!(
        mara.cannot(11, &["pair", "invite", "Theo", "--as", "person", "--out", "a.belay"]).contains("name already")
    );
    assert_eq!(mara.rows(&["pair", "list"]).len(), 1);
    assert!(mara.cannot(3, &["pair", "take", "a.belay"]).contains("belay pair join FILE NAME"));
    assert!(mara.cannot(11, &["pair", "join", "a.belay", "Me"]).contains("invitation of your own"));
    theo.does(&["pair", "join", "a.belay", "Mara", "--out", "b.belay"]);
    assert!(mara.cannot(3, &["pair", "join", "b.belay", "Theo"]).contains("belay pair take FILE"));
    assert!(mara.cannot(8, &["bundle", "in", "b.belay"]).contains("belay pair take FILE"));
    let mine = digits(&mara.does(&["pair", "take", "b.belay", "--out", "c.belay"]));
    let theirs = digits(&theo.does(&["pair", "take", "c.belay"]));
    mara.does(&["pair", "digits", &theirs]);
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "1.belay"]);
    assert!(theo.cannot(7, &["bundle", "in", "1.belay"]).contains("the digits of Mara"));
    theo.does(&["pair", "digits", &mine]);
    theo.does(&["bundle", "in", "1.belay"]);
}

#[test]
fn what_only_one_can_see_has_no_comments() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["plan", "new", "wellness"]);
    assert!(mara.cannot(6, &["comment", "wellness", "Hello"]).starts_with("Only you can see this"));
    // Words are typed in a terminal only; core's story of them is in tests/tests/persistence.rs.
    mara.cannot(5, &["passphrase", "--with-words"]);
    assert!(mara.with_input(&["words", "test"], "a b c\n").err.contains("not the words of this vault"));
}

#[test]
fn one_can_read_what_one_is_called() {
    let world = World::new();
    let mut nobody = world.nobody("Nobody");
    nobody.init(&[]);
    assert_eq!(nobody.does(&["name"]), "You have said no name yet.\nNext:  belay name NAME\n");
    let (mara, _theo) = world.two();
    assert_eq!(mara.does(&["name"]), "You are called Mara.\n  With Theo: no name said yet\n");
    mara.does(&["name", "M.", "--with", "Theo"]);
    assert!(mara.does(&["name"]).ends_with("\n  With Theo: M.\n"));
    let names = &mara.rows(&["name"])[0];
    assert_eq!((&names["me"], &names["with"][0]["me"]), (&"Mara".into(), &"M.".into()));
    mara.cannot(2, &["name", "--with", "Theo"]);
}

#[test]
fn undo_says_what_it_took_back_whatever_it_was() {
    let world = World::new();
    let (mara, theo) = world.two();
    // How one begins to be called is not an act to take back.
    let new = world.person("New");
    assert!(new.cannot(4, &["undo"]).contains("cannot be undone"));
    assert!(new.does(&["name"]).starts_with("You are called New."));
    new.does(&["name", "Newer"]);
    assert!(new.does(&["undo"]).contains("You are called New again, not Newer."));

    let says = |person: &people::Person, expected: &[&str]| {
        let told = person.does(&["undo"]);
        assert!(expected.iter().all(|words| told.contains(words)), "{expected:?}: {told}");
    };
    mara.does(&["goal", "add", "Swim again", "--towards", "Calm"]);
    says(&mara, &["Swim again", "It is set aside."]);
    mara.does(&["undo"]);
    mara.does(&["goal", "step", "add", "Swim again", "Buy goggles"]);
    says(&mara, &["Swim again", "You took a step out.", "Buy goggles"]);
    mara.does(&["goal", "stage", "Swim again", "active"]);
    says(&mara, &["Swim again", "It is being explored again."]);
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Tea with the radio on"]);
    says(&mara, &["Wellness plan", "You took a line out of My toolbox.", "Tea with the radio on"]);
    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Tea"]);
    mara.does(&["plan", "line", "edit", "wellness", "My toolbox", "1", "Tea and bread"]);
    says(&mara, &["Wellness plan", "You changed a line in My toolbox."]);
    mara.does(&["plan", "owner", "wellness", "My toolbox", "both"]);
    says(&mara, &["Wellness plan", "You made My toolbox yours."]);
    mara.does(&["name", "Theo from afar", "--of", "Theo"]);
    says(&mara, &["Here this person is called Theo again, not Theo from afar."]);
    mara.does(&["note", "add", "--tag", "sleep", "Slept badly."]);
    let note = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    mara.does(&["note", "tag", &note, "night"]);
    says(&mara, &["Slept badly.", "You took off the tag night."]);

    mara.does(&["bundle", "out", "Theo", "--out", "1"]);
    theo.does(&["bundle", "in", "1"]);
    theo.does(&["suggest", "wellness", "My toolbox", "--add", "Walk by the river"]);
    says(&theo, &["Wellness plan", "You took back an idea for My toolbox."]);
}
