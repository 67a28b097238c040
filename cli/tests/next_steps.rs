//! What is named as the next step works as it is typed, and what is said of slips is so.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World};

/// Without the signs that keep names apart, and as one line.
fn plain(said: &str) -> String {
    said.chars().filter(|sign| !('\u{2066}'..='\u{2069}').contains(sign)).collect::<String>().replace('\n', " ")
}

fn carry(from: &Person, name: &str, to: &Person, file: &str) -> String {
    from.does(&["bundle", "out", name, "--out", file]);
    to.does(&["bundle", "in", file])
}

/// The commands that stand below what was said, each as it is typed.
fn commands(told: &str) -> Vec<Vec<String>> {
    let lines = told.lines().filter_map(|line| line.strip_prefix("  belay "));
    lines.map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

fn does_as_told(person: &Person, told: &str) {
    let all = commands(told);
    assert!(!all.is_empty(), "{told}");
    for command in all {
        person.does(&command.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn numbers_places_and_lines_that_were_taken_out() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["goal", "add", "Outside", "--towards", "the river"]);
    mara.does(&["goal", "step", "add", "Outside", "Walk"]);
    mara.does(&["plan", "new", "wellness"]);
    mara.does(&["plan", "line", "add", "wellness", "My toolbox", "Tea"]);
    let none: [&[&str]; 5] = [
        &["goal", "step", "mark", "Outside", "3", "done"],
        &["goal", "step", "move", "Outside", "1", "--after", "2"],
        &["plan", "line", "take", "wellness", "My toolbox", "2"],
        &["plan", "line", "add", "wellness", "My toolbox", "Cocoa", "--after", "9"],
        &["suggest", "wellness", "My toolbox", "--remove", "4"],
    ];
    for args in none {
        let told = mara.cannot(4, args);
        assert!(told.starts_with("Nothing here has this number."), "{told}");
        does_as_told(&mara, &told);
    }
    for args in [
        &["goal", "step", "move", "Outside", "1", "--after", "1"][..],
        &["plan", "line", "move", "wellness", "My toolbox", "1", "--after", "1"],
    ] {
        let told = mara.cannot(3, args);
        assert!(told.starts_with("Nothing stands behind itself."), "{told}");
        does_as_told(&mara, &told);
    }
    // A line comes back by the beginning of its id.
    let told = plain(&mara.does(&["plan", "line", "take", "wellness", "My toolbox", "1"]));
    let back: Vec<&str> = told.split("belay ").last().unwrap().split_whitespace().collect();
    assert_eq!(back.last().unwrap().len(), 4, "{told}");
    assert!(plain(&mara.cannot(4, &["plan", "line", "back", "wellness", "zzzz"])).contains("belay history"));
    mara.does(&back);
    assert!(mara.does(&["plan", "show", "wellness"]).contains("Tea"));
}

#[test]
fn what_has_ended_goes_on_for_whoever_began_it_alone() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    carry(&mara, "Theo", &theo, "1");
    theo.does(&["leave", "Mara", "--seen", "Mara"]);
    let told = theo.cannot(7, &["plan", "line", "add", "wellness", "What I bring", "Tea"]);
    assert!(!told.contains("go-on") && !told.contains("go on"), "{told}");
    does_as_told(&theo, &told);
    carry(&theo, "Mara", &mara, "2");
    let told = mara.cannot(7, &["plan", "line", "add", "wellness", "My toolbox", "Tea"]);
    assert_eq!(told.lines().last(), Some("  belay go-on wellness"), "{told}");
    does_as_told(&mara, &told);
    let old = mara.rows(&["plan", "list"]).into_iter().find(|row| row["ended"] == true).unwrap();
    let told = mara.cannot(7, &["plan", "line", "add", old["short"].as_str().unwrap(), "My toolbox", "Tea"]);
    assert!(told.contains("You went on alone in a new one."), "{told}");
    does_as_told(&mara, &told);
}

#[test]
fn a_folder_and_a_file_of_ones_own_are_told_as_what_they_are() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    let told = mara.cannot(4, &["bundle", "in", "Mara"]);
    assert_eq!(plain(&told).trim(), "This is a folder. Nothing was taken in. Name one of the files in it.");
    mara.does(&["bundle", "out", "Theo", "--out", "for Theo.belay"]);
    let told = theo.cannot(4, &["bundle", "in", "."]);
    assert!(told.ends_with("look like bundles:\n  belay bundle in 'for Theo.belay'\n"), "{told}");
    let told = mara.cannot(8, &["bundle", "in", "for Theo.belay"]);
    assert!(told.starts_with("This is a file you wrote yourself. It brings nothing new."), "{told}");
    theo.does(&["bundle", "in", "for Theo.belay"]);
    theo.does(&["plan", "line", "add", "wellness", "What I bring", "Patience"]);
    carry(&theo, "Mara", &mara, "2");
    mara.does(&["plan", "owner", "wellness", "What I bring", "person", "--seen", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "3"]);
    let told = &theo.rows(&["bundle", "in", "3"])[0];
    assert_eq!(told["taken_over"][0], "Mara writes What I bring alone from now on.", "{told}");
    assert!(told["new"].as_u64().unwrap() > 0, "{told}");
}

#[test]
fn an_idea_that_was_decided_on_is_not_called_unknown() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    carry(&mara, "Theo", &theo, "1");
    let id = |args: &[&str]| theo.rows(args)[0]["element"].as_str().unwrap()[..6].to_owned();
    let idea = id(&["suggest", "wellness", "My toolbox", "--add", "Walk by the river"]);
    let other = id(&["suggest", "wellness", "My toolbox", "--add", "Tea"]);
    theo.does(&["take-back", &other]);
    carry(&theo, "Mara", &mara, "2");
    mara.does(&["decide", &idea, "--not-this"]);
    let told = mara.cannot(11, &["decide", &idea, "--add"]);
    assert!(told.starts_with("This idea was decided on before. Nothing was changed."), "{told}");
    does_as_told(&mara, &told);
    let told = theo.cannot(11, &["take-back", &other]);
    assert!(told.starts_with("This idea was taken back before."), "{told}");
    assert!(
        mara.cannot(4, &["decide", "zzzz", "--add"]).starts_with("Nothing here has this name.")
            || mara.cannot(4, &["decide", "zzzz", "--add"]).contains("Nothing here has this name.")
    );
}

#[test]
fn words_in_the_trash_a_day_and_a_passphrase_are_told_as_they_are() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "The radio helped."]);
    let note = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    mara.does(&["note", "trash", &note]);
    let told = mara.does(&["search", "radio"]);
    assert!(told.contains("One in the trash has them."), "{told}");
    does_as_told(&mara, &told);
    assert!(!mara.does(&["search", "river"]).contains("trash"));
    let told = plain(&mara.cannot(3, &["search", "radio", "--from", "22.11.2026"]));
    assert!(told.contains("cannot read this as a day") && told.contains("like 2026-11-22"), "{told}");
    std::fs::write(world.path().join("same"), format!("{}\n", people::PASSPHRASE)).unwrap();
    let told = mara.cannot(11, &["passphrase", "--new-passphrase-file", "same", "--low-memory"]);
    assert!(told.starts_with("This is the passphrase you have already."), "{told}");
}

#[test]
fn a_slip_in_the_words_on_paper_is_told_by_its_place() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["backup", "copy"]);
    let new = world.nobody("New");
    let restores = |words: &[String]| {
        let told = new.with_input(&["restore", "copy", "--low-memory"], &format!("{}\n", words.join(" ")));
        assert_eq!(told.code, 5, "{}{}", told.out, told.err);
        assert!(told.err.ends_with("\n  belay restore copy\n"), "{}", told.err);
        told.err
    };
    assert!(restores(&mara.words[..23]).starts_with("These are 23 words. A paper has 12 or 24."));
    let mut other = mara.words.clone();
    other[6] = "rivr".into();
    let told = restores(&other);
    assert!(told.starts_with("Word number 7 is not in the list of words."), "{told}");
    assert!(!told.contains("rivr"), "{told}");
}
