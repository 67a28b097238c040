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
    let told = mara.does(&["leave", "Theo", "--seen", "Theo"]);
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
    let [left] = mara.rows(&["leave", "Theo", "--seen", "Theo"]).try_into().unwrap();
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
    let told = mara.does(&["leave", "Theo", "--with-copies", "--seen", " Theo"]);
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
    assert!(mara.does(&["leave", "Theo", "--seen", "Theo"]).starts_with("You have left."));
}

#[test]
fn before_an_end_it_is_said_what_ends_and_nothing_is_done_unseen() {
    let world = World::new();
    let (mara, _theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.gives("The radio helped.", "Theo");
    for (args, typed) in [
        (&["leave", "Theo"][..], "belay leave Theo --seen Theo\n"),
        (&["leave", "Theo", "--with-copies"], "belay leave Theo --with-copies --seen Theo\n"),
        (&["leave", "Theo", "--seen", "Mara"], "belay leave Theo --seen Theo\n"),
        (&["leave", "theo", "--seen", "theo"], "belay leave Theo --seen Theo\n"),
    ] {
        let said = mara.says(args);
        // Whoever is near is told how the name is written.
        let near = if args.contains(&"theo") { "The name is written Theo, capital letters and all. " } else { "" };
        assert!(said.code == 7 && said.err.starts_with(&format!("{near}Nothing has ended yet.")), "{}", said.err);
        assert!(said.err.ends_with(typed), "{}", said.err);
        for words in ["This ends what you and Theo share here", "You both keep", "Wellness plan", "1 copy may not"] {
            assert!(said.out.contains(words), "{words}: {}", said.out);
        }
        assert_eq!(said.out.contains("taken back first"), !args.contains(&"--with-copies"), "{}", said.out);
    }
    let told = mara.says(&["leave", "Theo", "--json"]);
    assert!(told.code == 7 && told.out.is_empty() && told.err.contains("NeedsConfirmation"), "{}", told.err);
    assert!(mara.shared().contains("The radio helped."), "no copy was taken back");
    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Tea"]);
    mara.does(&["leave", "Theo", "--seen", "Theo"]);
    assert!(mara.cannot(7, &["leave", "Theo"]).starts_with("This has ended already."));
}

#[test]
fn what_has_ended_stays_and_goes_on_alone() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Tea with the radio on"]);
    mara.does(&["plan", "line", "add", "wellness", "How we look after us", "We say when we need a pause"]);
    mara.does(&["goal", "add", "Swim again", "--towards", "Calm", "--with", "Theo"]);
    mara.does(&["goal", "step", "add", "Swim again", "Buy goggles"]);
    carry(&mara, "Theo", &theo, "1.belay");
    theo.does(&["plan", "line", "add", "wellness", "What I bring", "Ten years sober"]);
    theo.does(&["plan", "line", "add", "wellness", "How we look after us", "No reason asked"]);
    carry(&theo, "Mara", &mara, "2.belay");
    // While nothing has ended there is nothing to go on from.
    assert!(mara.cannot(6, &["go-on", "wellness"]).starts_with("This has not ended."));
    let told = mara.does(&["leave", "Theo", "--seen", "Theo"]);
    let old = mara.rows(&["plan", "list"])[0].clone();
    let short = old["short"].as_str().unwrap();
    assert!(told.contains(&format!("Wellness plan can go on for you alone: belay go-on {short}\n")), "{told}");
    assert_eq!(old["ended"], true);
    assert!(mara.does(&["plan", "list"]).contains("you, Theo; ended"));
    assert!(mara.does(&["goal", "list"]).contains("you, Theo; ended"));
    assert!(mara.does(&["plan", "show", "wellness"]).ends_with(&format!("Next:  belay go-on {short}\n")));
    for args in [
        &["plan", "line", "add", "wellness", "My toolbox", "More"][..],
        &["goal", "stage", "Swim again", "active"],
        &["forget", "wellness"],
        &["comment", "wellness", "Words"],
    ] {
        let said = mara.cannot(7, args);
        assert!(said.starts_with("This has ended.") && said.contains("\n  belay go-on "), "{args:?}: {said}");
    }
    assert!(mara.does(&["go-on", "wellness"]).starts_with("It goes on as "));
    assert!(mara.does(&["go-on", "Swim again"]).contains("Only you can see that one."));
    // A name is that of what goes on; the older one is there by its id, and goes on once.
    let plan = mara.does(&["plan", "show", "wellness"]);
    for words in ["Only you can see this.", "Tea with the radio on", "We say when we need a pause", "No reason asked"] {
        assert!(plan.contains(words), "{words}: {plan}");
    }
    assert!(!plan.contains("Ten years sober"), "what was not hers to write stays where it is: {plan}");
    mara.does(&["plan", "line", "edit", "wellness", "My toolbox", "1", "Tea"]);
    mara.does(&["goal", "step", "mark", "Swim again", "1", "done"]);
    let older = mara.does(&["plan", "show", short]);
    assert!(older.contains("Tea with the radio on") && older.contains("Ten years sober"), "{older}");
    assert!(older.contains("You went on alone in a new one."), "{older}");
    // Nobody suggests or writes there any more, so nothing says that one can.
    assert!(!older.contains("can suggest") && !older.contains("write here"), "{older}");
    assert!(mara.cannot(11, &["go-on", short]).starts_with("You went on alone with this before."));
    assert_eq!(mara.rows(&["plan", "list"]).iter().filter(|row| row["ended"] == false).count(), 1);
    // Whoever stayed reads it, and hears nothing of what goes on alone.
    carry(&mara, "Theo", &theo, "3.belay");
    assert_eq!((theo.rows(&["plan", "list"]).len(), theo.rows(&["goal", "list"]).len()), (1, 1));
    let shown = theo.does(&["plan", "show", "wellness"]);
    assert!(shown.ends_with("This has ended. It stays here, to be read.\n"), "{shown}");
    assert!(theo.cannot(6, &["go-on", "wellness"]).starts_with("Only whoever began this"));
}
