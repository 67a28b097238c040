//! A copy of a note, given at a terminal from what was shown, and taken back.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World};

fn carry(from: &Person, name: &str, to: &Person, file: &str) -> String {
    from.does(&["bundle", "out", name, "--out", file]);
    to.does(&["bundle", "in", file])
}

fn id(row: &serde_json::Value) -> String {
    row["id"].as_str().unwrap()[..8].to_owned()
}

#[test]
fn a_part_of_a_note_is_shown_given_read_and_taken_back() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["note", "add", "Not this line.\nThe radio helped.\n\nNor this one.", "--title", "Nights"]);
    let note = id(&mara.rows(&["note", "list"])[0]);
    let asked = ["share", &note, "--paragraph", "2", "--with", "Theo"];
    let said = mara.says(&asked);
    assert!(said.code == 7 && said.err.starts_with("Nothing was given yet. To give it, type this:\n"), "{}", said.err);
    let (shown, signs) = (said.out, said.err.trim_end().rsplit(' ').next().unwrap().to_owned());
    assert!(shown.starts_with("This is what Theo will get, word for word."), "{shown}");
    assert!(shown.contains("│ The radio helped.") && !shown.contains("line") && !shown.contains("Nights"), "{shown}");
    assert!(shown.contains("You and Theo could then see it.") && !shown.contains("can see"), "{shown}");
    assert!(mara.rows(&["shared"]).is_empty());
    // What stands below is typed to give it; other signs, or other words since, are not what was read.
    mara.cannot(11, &[&asked[..], &["--seen", "0000-0000"]].concat());
    mara.does(&["note", "edit", &note, "--text", "Not this line.\nThe radio helped a bit.\n\nNor this one."]);
    mara.cannot(11, &[&asked[..], &["--seen", &signs]].concat());
    let told = &mara.rows(&asked)[0];
    assert_eq!((&told["leaves"][0], &told["audience"][1]), (&"The radio helped a bit.".into(), &"Theo".into()));
    let given = mara.does(&[&asked[..], &["--seen", told["seen"].as_str().unwrap()]].concat());
    assert!(given.contains("Next:  belay bundle out Theo"), "{given}");
    carry(&mara, "Theo", &theo, "1.belay");

    let copy = id(&theo.rows(&["shared"])[0]);
    let list = theo.does(&["shared"]);
    assert!(list.contains("From a note of Mara, a part of it.") && list.contains("The radio helped a bit."), "{list}");
    let read = theo.does(&["shared", &copy]);
    assert!(read.contains("╎ The radio helped a bit.") && read.contains("You and Mara can see this."), "{read}");
    assert!(theo.does(&["search", "radio"]).contains("[radio]"));
    theo.does(&["comment", &copy, "It helps me too."]);
    assert!(theo.does(&["audience", &copy]).starts_with("You and Mara can see this."));
    theo.cannot(6, &["share", "--take-back", &copy]);
    carry(&theo, "Mara", &mara, "2.belay");
    assert!(mara.does(&["shared", &copy]).contains("It helps me too."));
    assert!(mara.does(&["history", &copy]).contains("You gave a copy."));

    assert!(mara.does(&["note", "show", &note]).ends_with("was given:  belay shared\n"));
    assert!(mara.does(&["share", "--take-back", &copy]).contains("Next:  belay bundle out Theo"));
    assert!(!mara.does(&["note", "show", &note]).contains("was given"));
    carry(&mara, "Theo", &theo, "3.belay");
    let list = theo.does(&["shared"]);
    assert!(list.contains("Mara took it back.") && !list.contains("radio"), "{list}");
    let read = theo.does(&["shared", &copy]);
    assert!(read.contains("Mara took it back.") && !read.contains("radio"), "{read}");
    let read = mara.does(&["shared", &copy]);
    assert!(read.contains("You asked for it back.") && read.ends_with("Asked\n"), "{read}");
    let told = mara.cannot(11, &["share", "--take-back", &copy]);
    assert!(told.starts_with("You took this copy back before. Nothing was changed."), "{told}");
    carry(&theo, "Mara", &mara, "4.belay");
    assert!(mara.does(&["shared", &copy]).ends_with("Confirmed\n"));
    let list = mara.does(&["shared", "--with", "Theo"]);
    assert!(list.contains("1 of 1 phone says it is gone") && list.contains("Confirmed"), "{list}");
    mara.does(&["purge", &copy, "--seen", &copy]);
}

#[test]
fn paragraphs_are_numbered_as_they_are_given() {
    let world = World::new();
    let (mara, _theo) = world.two();
    mara.does(&["note", "add", "One.\n\n- Two\n[x] no box\n- [x] Four\n\n  five"]);
    let note = id(&mara.rows(&["note", "list"])[0]);
    let shown = mara.does(&["note", "show", &note, "--numbers"]);
    assert!(shown.starts_with("1  One.\n2  - Two\n3  [x] no box\n4  [x] Four\n5  "), "{shown}");
    for (range, from, to) in [("2..4", "Two", "Four"), ("2-4", "Two", "Four"), ("3", "no box", "no box")] {
        let shown = mara.says(&["share", &note, "--paragraph", range, "--with", "Theo"]).out;
        assert!(shown.contains(from) && shown.contains(to), "{range}: {shown}");
        assert!(!shown.contains("One.") && !shown.contains("five"), "{range}: {shown}");
    }
    let told = mara.cannot(3, &["share", &note, "--paragraph", "6", "--with", "Theo"]);
    assert!(told.ends_with(&format!("\n  belay note show {note} --numbers\n")), "{told}");
}

#[test]
fn what_cannot_be_given_is_said() {
    let world = World::new();
    let (mara, _theo) = world.two();
    mara.does(&["note", "add", "One line."]);
    let note = id(&mara.rows(&["note", "list"])[0]);
    assert_eq!(mara.does(&["shared"]), "No copy was given, by you or to you.\n");
    mara.cannot(2, &["share", &note]);
    mara.cannot(2, &["share"]);
    mara.cannot(4, &["share", &note, "--with", "Nobody"]);
    mara.cannot(4, &["share", "zzzz", "--with", "Theo"]);
    for range in ["2", "1..2", "0..1", "2..1"] {
        mara.cannot(3, &["share", &note, "--paragraph", range, "--with", "Theo"]);
    }
    mara.cannot(3, &["share", &note, "--part", "1..10", "--with", "Theo"]);
    mara.cannot(2, &["share", &note, "--part", "one", "--with", "Theo"]);
    mara.cannot(7, &["share", &note, "--part", "1..9", "--with", "Theo"]);
    // The same words are given once.
    let seen = mara.rows(&["share", &note, "--with", "Theo"])[0]["seen"].as_str().unwrap().to_owned();
    mara.does(&["share", &note, "--with", "Theo", "--seen", &seen.to_uppercase()]);
    let copy = mara.rows(&["shared"])[0]["short"].as_str().unwrap().to_owned();
    let told = mara.cannot(11, &["share", &note, "--with", "Theo"]);
    assert!(told.starts_with("Theo was given these words before. Nothing was given twice."), "{told}");
    assert!(told.ends_with(&format!("\n  belay shared {copy}\n")), "{told}");
    mara.does(&["note", "trash", &note]);
    mara.cannot(4, &["share", &note, "--with", "Theo"]);
    mara.cannot(4, &["share", "--take-back", &note]);
}
