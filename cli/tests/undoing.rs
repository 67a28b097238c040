//! An undo tells the truth: what came before, how it stands now, and that nothing was done where it was so already.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World};

/// Without the signs that keep names apart, and as one line.
fn plain(said: &str) -> String {
    said.chars().filter(|sign| !('\u{2066}'..='\u{2069}').contains(sign)).collect::<String>().replace('\n', " ")
}

fn carry(from: &Person, name: &str, to: &Person, file: &str) {
    from.does(&["bundle", "out", name, "--out", file]);
    to.does(&["bundle", "in", file]);
}

fn note(person: &Person, words: &str) -> String {
    person.does(&["note", "add", words]);
    person.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned()
}

#[test]
fn what_came_before_is_named_by_what_was_done_a_given_copy_too() {
    let world = World::new();
    let (mara, _theo) = world.two();
    let kept = note(&mara, "The radio helped.");
    let seen = mara.rows(&["share", &kept, "--with", "Theo"])[0]["seen"].as_str().unwrap().to_owned();
    mara.does(&["share", &kept, "--with", "Theo", "--seen", &seen]);
    let copy = mara.rows(&["shared"])[0]["short"].as_str().unwrap().to_owned();
    let ways = format!("\n  belay share --take-back {copy}\n  belay undo --before\n");
    let told = mara.cannot(4, &["undo"]);
    assert!(told.ends_with(&ways), "{told}");
    let told = plain(&told);
    assert!(told.starts_with("You gave a copy last. That cannot be undone, but you can take it back."), "{told}");
    assert!(
        told.contains(&format!("Before that you wrote {kept}. To take the copy back, or to lay {kept} in")),
        "{told}"
    );
    // After a command that was refused the copy is still told of.
    mara.cannot(4, &["note", "edit", "zzzz", "--text", "More"]);
    let told = mara.cannot(4, &["undo"]);
    assert!(told.ends_with(&ways), "{told}");
    let told = plain(&told);
    assert!(told.contains(&format!("Before that you gave Theo a copy. Before that you wrote {kept}.")), "{told}");
    // One that was taken back is not offered once more.
    mara.does(&["share", "--take-back", &copy]);
    let told = mara.cannot(4, &["undo"]);
    assert!(!told.contains("--take-back"), "{told}");
    assert!(
        plain(&told).contains(&format!("Before that you wrote {kept}. To lay it in the trash:   belay undo")),
        "{told}"
    );
    // A goal is set aside, a change is undone, and each is said.
    mara.does(&["goal", "add", "Walk", "--towards", "the river"]);
    mara.cannot(4, &["goal", "stage", "zzzz", "active"]);
    assert!(plain(&mara.cannot(4, &["undo"])).contains("To set it aside:"));
    mara.does(&["goal", "stage", "Walk", "active"]);
    mara.does(&["plan", "new", "wellness"]);
    mara.cannot(4, &["goal", "stage", "zzzz", "active"]);
    let told = plain(&mara.cannot(4, &["undo"]));
    assert!(told.contains("Before that you began a plan or a part of one. Before that you changed "), "{told}");
    assert!(told.contains("To undo that:"), "{told}");
}

#[test]
fn nobody_is_told_that_they_did_the_reverse() {
    let world = World::new();
    let (mara, _theo) = world.two();
    mara.does(&["goal", "add", "Outside", "--towards", "the river"]);
    mara.does(&["goal", "step", "add", "Outside", "Walk"]);
    mara.does(&["goal", "step", "mark", "Outside", "1", "done"]);
    let undone = |told: &str| assert!(plain(&mara.does(&["undo"])).contains(told), "{told}");
    let told = plain(&mara.does(&["undo"]));
    assert!(told.contains("Walk is not marked as done any more. It is planned again."), "{told}");
    assert!(!told.contains("You marked"), "{told}");
    undone("Walk is not marked as planned any more. It is done again.");
    mara.does(&["goal", "stage", "Outside", "active"]);
    let told = plain(&mara.does(&["undo"]));
    assert!(told.contains("It is being explored again.") && !told.contains("You went back"), "{told}");
    let kept = note(&mara, "Slept badly.");
    mara.does(&["note", "pin", &kept]);
    undone("It lies among the others again.");
    undone("It stays on top again.");
    mara.does(&["name", "M.", "--with", "Theo"]);
    undone("With Theo no name of yours is said again. It was M..");
    mara.does(&["name", "Mia"]);
    undone("You are called Mara again, not Mia.");
    undone("You are called Mia again, not Mara.");
    mara.does(&["name", "Theo from afar", "--of", "Theo"]);
    undone("Here this person is called Theo again, not Theo from afar.");
}

#[test]
fn what_is_so_already_is_said_and_is_not_the_last_that_was_done() {
    let world = World::new();
    let mara = world.person("Mara");
    let kept = note(&mara, "Slept badly.");
    mara.does(&["goal", "add", "Outside", "--towards", "the river"]);
    mara.does(&["goal", "step", "add", "Outside", "Walk"]);
    mara.does(&["goal", "step", "add", "Outside", "Rest"]);
    mara.does(&["plan", "new", "wellness"]);
    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Tea"]);
    mara.does(&["note", "tag", &kept, "sleep"]);
    mara.does(&["note", "pin", &kept]);
    mara.does(&["goal", "step", "mark", "Outside", "1", "done"]);
    let unchanged: [(&[&str], &str); 13] = [
        (&["goal", "step", "mark", "Outside", "1", "done"], "Nothing changed: it is done already."),
        (&["goal", "stage", "Outside", "exploring"], "Nothing changed: it is being explored already."),
        (&["goal", "edit", "Outside", "--towards", "the river"], "The words are the same."),
        (&["goal", "step", "edit", "Outside", "1", "Walk"], "The words are the same."),
        (&["goal", "step", "move", "Outside", "2"], "Nothing changed: it stands there already."),
        (&["goal", "step", "move", "Outside", "2", "--after", "1"], "Nothing changed: it stands there already."),
        (&["goal", "step", "move", "Outside", "1", "--first"], "Nothing changed: it stands there already."),
        (&["plan", "line", "edit", "wellness", "My toolbox", "1", "Tea"], "The words are the same."),
        (&["plan", "line", "move", "wellness", "My toolbox", "1"], "Nothing changed: it stands there already."),
        (&["plan", "skip", "wellness", "My toolbox", "--back"], "Nothing changed: My toolbox is taken in already."),
        (&["note", "pin", &kept], "Nothing changed: "),
        (&["name", "Mara"], "Nothing changed: Mara is the name already."),
        (&["plan", "line", "move", "wellness", "My toolbox", "1", "--first"], "Nothing changed: "),
    ];
    for (args, said) in unchanged {
        let told = plain(&mara.does(args));
        assert!(told.starts_with(said), "{args:?}: {told}");
        assert!(mara.rows(args).is_empty(), "{args:?}");
    }
    mara.cannot(11, &["note", "tag", &kept, "sleep"]);
    mara.cannot(4, &["note", "untag", &kept, "night"]);
    let told = plain(&mara.does(&["undo"]));
    assert!(told.contains("Walk is not marked as done any more."), "{told}");
    mara.does(&["note", "unpin", &kept]);
    assert!(plain(&mara.does(&["note", "unpin", &kept])).starts_with("Nothing changed: "));
}

#[test]
fn a_part_stays_whose_it_is_where_another_wrote_there_since() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    let toolbox = ["wellness", "My toolbox"];
    let owner = |whose: &str| mara.does(&[&["plan", "owner"], &toolbox[..], &[whose]].concat());
    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Tea"]);
    owner("both");
    assert!(mara.does(&["undo"]).contains("You made My toolbox yours."), "nobody wrote there since");
    owner("both");
    carry(&mara, "Theo", &theo, "1");
    theo.does(&["plan", "line", "add", "wellness", "My toolbox", "Cocoa"]);
    carry(&theo, "Mara", &mara, "2");
    // What came in is the last; what came before it would take his line over.
    let told = mara.cannot(11, &["undo", "--before"]);
    assert!(plain(&told).starts_with("This was changed since by someone else, so it stays as it is."), "{told}");
    assert!(told.contains("\n  belay history "), "{told}");
    theo.does(&["plan", "line", "edit", "wellness", "My toolbox", "2", "Cocoa and bread"]);
    carry(&theo, "Mara", &mara, "3");
    assert!(mara.does(&["plan", "show", "wellness"]).contains("Cocoa and bread"), "it is theirs to write still");
}
