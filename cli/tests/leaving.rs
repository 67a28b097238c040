//! Leaving someone: what becomes of copies that were given, and what both are told then and later.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World};

fn carry(from: &Person, name: &str, to: &Person, file: &str) -> String {
    from.does(&["bundle", "out", name, "--out", file]);
    to.does(&["bundle", "in", file])
}

impl Person {
    /// Writes a note and gives all of it.
    fn gives(&self, words: &str, name: &str) {
        self.does(&["note", "add", words]);
        let note = self.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
        let seen = self.rows(&["share", &note, "--with", name])[0]["seen"].as_str().unwrap().to_owned();
        self.does(&["share", &note, "--with", name, "--seen", &seen]);
    }
    fn shared(&self) -> String {
        self.does(&["shared"])
    }
}

#[test]
fn a_copy_that_did_not_go_yet_is_taken_back_first() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.gives("The radio helped.", "Theo");
    let told = mara.does(&["leave", "Theo"]);
    assert!(told.starts_with("1 copy may not have come to Theo yet. It was taken back before you left.\n"), "{told}");
    assert!(told.contains("You have left.") && told.ends_with("Next:  belay bundle out Theo\n"), "{told}");
    let mine = mara.shared();
    assert!(mine.contains("You asked for it back.") && !mine.contains("radio"), "{mine}");
    assert!(mara.does(&["note", "list"]).contains("The radio helped."), "the note stays");
    let status = mara.does(&["status"]);
    assert!(
        status.contains("Theo may not have heard of it yet.") && status.contains("belay bundle out Theo"),
        "{status}"
    );

    let brought = carry(&mara, "Theo", &theo, "1.belay");
    assert!(brought.contains("Mara has left.") && !brought.contains("Carry a bundle back"), "{brought}");
    let theirs = theo.shared();
    assert!(
        theirs.contains("Mara took it back.") && !theirs.contains("only you") && !theirs.contains("radio"),
        "{theirs}"
    );
    assert!(theo.does(&["search", "radio"]).starts_with("Nothing has these words."));
    let status = theo.does(&["status"]);
    assert!(status.contains("Mara has left.") && !status.contains("Waiting to go"), "{status}");
    assert!(!status.contains("0 phones"), "{status}");
    // Whoever is told that it was heard is not sent again.
    carry(&theo, "Mara", &mara, "2.belay");
    let status = mara.does(&["status"]);
    assert!(!status.contains("may not have heard") && !status.contains("Next:"), "{status}");
}

#[test]
fn a_copy_that_is_there_stays_and_both_are_named() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.gives("The radio helped.", "Theo");
    theo.gives("Tea helps me.", "Mara");
    carry(&mara, "Theo", &theo, "1.belay");
    carry(&theo, "Mara", &mara, "2.belay");
    // What lies in a file on its way may be there or not.
    mara.gives("So did the river.", "Theo");
    carry(&mara, "Theo", &theo, "3.belay");
    let [left] = mara.rows(&["leave", "Theo"]).try_into().unwrap();
    assert_eq!((&left["not_carried"], &left["taken_back"]), (&1.into(), &true.into()));
    carry(&mara, "Theo", &theo, "4.belay");
    for (person, other) in [(&mara, "Theo"), (&theo, "Mara")] {
        let shared = person.shared();
        assert!(shared.contains("The radio helped.") && shared.contains("Tea helps me."), "{shared}");
        assert!(!shared.contains("river") && !shared.contains("only you"), "{shared}");
        assert_eq!(shared.matches(&format!("you, {other}")).count(), 2, "{shared}");
        for copy in person.rows(&["shared"]).iter().filter(|row| row["stage"]["code"] == "given") {
            let read = person.does(&["shared", &copy["id"].as_str().unwrap()[..8]]);
            assert!(read.contains(&format!("You and {other} can see this.")), "{read}");
        }
    }
    // Nothing more can be taken back.
    let copy = mara.rows(&["shared"]).iter().find(|row| row["stage"]["code"] == "given").unwrap()["id"].clone();
    assert_ne!(mara.says(&["share", "--take-back", &copy.as_str().unwrap()[..8]]).code, 0);
}

#[test]
fn a_copy_goes_along_where_that_is_said() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.gives("The radio helped.", "Theo");
    mara.gives("So did the river.", "Theo");
    let told = mara.does(&["leave", "Theo", "--with-copies"]);
    assert!(
        told.starts_with("2 copies may not have come to Theo yet. These go along with your next file.\n"),
        "{told}"
    );
    assert!(mara.does(&["status"]).contains("Theo may not have heard of it yet."));
    carry(&mara, "Theo", &theo, "1.belay");
    let shared = theo.shared();
    assert!(shared.contains("The radio helped.") && shared.contains("So did the river."), "{shared}");
    assert_eq!(shared.matches("you, Mara").count(), 2, "{shared}");
}

#[test]
fn who_leaves_without_a_copy_is_told_of_none() {
    let world = World::new();
    let (mara, _theo) = world.two();
    assert!(mara.does(&["leave", "Theo"]).starts_with("You have left."));
}
