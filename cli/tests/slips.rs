//! What newcomers met at a terminal: a yes that is nearly right, words that are on no paper, two people of one name, what is
//! known of a pairing, a phone that was removed.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World, digits};

/// Each line of what was said fits the terminal; commands are never broken, so that they can be copied.
fn fits(said: &str) {
    for line in said.lines().filter(|line| !line.starts_with("  belay ")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

fn id_of(row: &serde_json::Value, key: &str) -> String {
    row[key].as_str().unwrap()[..6].to_owned()
}

#[cfg(target_os = "linux")]
#[test]
fn at_a_terminal_who_is_near_is_asked_once_more_and_blanks_count_for_nothing() {
    let world = World::new();
    let (mara, _theo) = world.two();
    mara.does(&["note", "add", "The radio helped."]);
    let note = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    let mut terminal = mara.at_a_terminal(&["share", &note, "--with", "Theo"]);
    terminal.sees("Anything else leaves it:");
    terminal.types("9c1e-44d0\n");
    let told = terminal.end();
    assert!(told.code == 130 && told.err.starts_with("Stopped. Nothing was changed."), "{}", told.err);
    assert!(mara.rows(&["shared"]).is_empty());
    for (typed, code) in [("Mara\n", 130), ("\n", 130), (" Theo \t\n", 0)] {
        let mut terminal = mara.at_a_terminal(&["leave", "theo"]);
        terminal.sees("changes nothing:");
        terminal.types("theo\n");
        terminal.sees("The name is written Theo, capital letters and all.\r\nTo leave, type Theo here.");
        terminal.types(typed);
        let told = terminal.end();
        assert_eq!(told.code, code, "{typed:?}: {}{}", told.out, told.err);
    }
    assert!(mara.does(&["status"]).contains("Left"));
}

#[test]
fn words_on_no_paper_lead_to_a_new_vault_while_this_one_is_empty() {
    let world = World::new();
    let una = world.nobody("Una");
    let said = una.with_input(&["init", "--low-memory", "--name", "Una"], "");
    assert_eq!(said.code, 7, "{}", said.err);
    let way = "\n  belay erase Una\n  belay init\n";
    for told in [said.err, una.cannot(7, &["note", "add", "One"]), una.does(&["status"])] {
        assert!(told.contains(way), "{told}");
        fits(&told);
    }
    una.does(&["erase", "Una", "--seen", "Una"]);
    let told = una.cannot(4, &["status"]);
    // Where it looked.
    assert!(told.replace('\n', " ").contains(una.vault.to_str().unwrap()), "{told}");
    let place = world.path().join("none");
    let place = place.to_str().unwrap();
    let told = una.cannot(4, &["status", "--vault", place]);
    assert!(
        told.ends_with(&format!("\n  belay init --vault {place}\n  belay restore FOLDER --vault {place}\n")),
        "{told}"
    );
    // Whoever did mark them hears nothing of it.
    assert!(!world.person("Mara").does(&["status"]).contains("belay erase"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_vault_with_a_draft_in_it_is_not_said_to_be_empty() {
    let world = World::new();
    let una = world.nobody("Una");
    assert_eq!(una.with_input(&["init", "--low-memory", "--name", "Una"], "").code, 7);
    let mut terminal = una.at_a_terminal(&["note", "add"]);
    terminal.sees("Write here.");
    terminal.types("Slept badly.\n\u{4}");
    terminal.sees("Type  understood");
    terminal.types("\u{4}");
    let told = terminal.end();
    assert!(told.err.contains("kept as a draft") && !told.err.contains("erase"), "{}{}", told.out, told.err);
    assert_eq!(una.rows(&["draft", "list"]).len(), 1);
    let told = una.cannot(7, &["note", "add", "One"]);
    assert!(!told.contains("erase") && !told.contains("empty"), "{told}");
    // Where both ways are named, the draft comes first.
    let told = una.does(&["status"]);
    assert!(told.contains("copy the draft that lies here first") && !told.contains("empty"), "{told}");
}

#[test]
fn slips_of_the_hand_are_told_as_what_they_are() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "-5", "outside"]);
    let note = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    assert_eq!(mara.rows(&["note", "show", &note])[0]["body"], "-5 outside");
    let told = mara.cannot(2, &["note", "add", "-tea"]);
    assert!(told.contains("go behind\ntwo dashes.") && told.contains(" -- [WORDS]..."), "{told}");
    assert!(!told.contains("tea"), "nobody's words are said back: {told}");
    mara.does(&["note", "tag", &note, "sleep"]);
    let told = mara.cannot(11, &["note", "tag", &note, "sleep"]);
    assert!(told.starts_with(&format!("{note} has the tag sleep already.")), "{told}");
    let told = mara.cannot(4, &["note", "untag", &note, "sleeep"]);
    assert!(told.starts_with(&format!("{note} has no tag sleeep. Nothing was changed.")), "{told}");
    for lines in [&["goal", "show", "zzzz"][..], &["restore", "nowhere", "--vault", "x"], &["note", "show", "zz"]] {
        fits(&mara.says(lines).err);
    }
}

/// Two people, the second of whom has the digits still to type: what the first reads out.
fn half_paired(world: &World) -> (Person, Person, String) {
    let (ana, bo) = (world.person("Ana"), world.person("Bo"));
    ana.does(&["pair", "invite", "Bo", "--as", "person", "--out", "1"]);
    bo.does(&["pair", "join", "1", "Ana", "--out", "2"]);
    let mine = digits(&ana.does(&["pair", "take", "2", "--out", "3"]));
    let theirs = digits(&bo.does(&["pair", "take", "3"]));
    let told = ana.does(&["pair", "digits", &theirs]);
    assert!(told.contains("Whether Bo has typed yours is known here once a file comes from there."), "{told}");
    (ana, bo, mine)
}

#[test]
fn of_a_pairing_it_is_told_what_is_known_and_what_is_not() {
    let world = World::new();
    let (ana, bo, mine) = half_paired(&world);
    let unheard = |who: &Person, name: &str| {
        let status = who.does(&["status"]);
        let list = who.does(&["pair", "list"]);
        let is_so = status.contains(&format!("Nothing has come from {name} yet."));
        assert_eq!(list.contains("Nothing has come from there yet."), is_so, "{status}{list}");
        is_so
    };
    assert!(unheard(&ana, "Bo"));
    bo.does(&["pair", "digits", &mine]);
    bo.does(&["bundle", "out", "Ana", "--out", "4"]);
    ana.does(&["bundle", "in", "4"]);
    assert!(!unheard(&ana, "Bo") && unheard(&bo, "Ana"));
    // What was made for another is one's own.
    let told = bo.cannot(8, &["bundle", "in", "4"]);
    assert!(told.starts_with("This is a file you wrote yourself."), "{told}");

    // One more of that name is named, and given up as what it is.
    let told = ana.does(&["pair", "invite", "bo", "--as", "person", "--out", "5"]);
    assert!(told.contains("You share with Bo already: ") && told.ends_with("Next:  belay pair cancel bo\n"), "{told}");
    let told = ana.does(&["pair", "cancel", "bo"]);
    assert!(told.starts_with("Your invitation for bo, good until ") && told.contains("given up"), "{told}");
    // Two invitations of one name go by their ids.
    for file in ["6", "7"] {
        ana.does(&["pair", "invite", "Cy", "--as", "person", "--out", file]);
    }
    let told = ana.cannot(4, &["pair", "cancel", "Cy"]);
    let commands: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("  belay ")).collect();
    assert_eq!(commands.len(), 2, "{told}");
    ana.does(&commands[0].split(' ').collect::<Vec<_>>());
    ana.does(&["pair", "cancel", "Cy"]);
}

#[test]
fn two_of_one_name_are_told_apart_and_left_one_by_one() {
    let world = World::new();
    let ana = world.person("Ana");
    for (at, name) in ["Eli", "Other"].iter().enumerate() {
        let eli = world.person(name);
        let file = |step: &str| format!("{at}{step}");
        ana.does(&["pair", "invite", "Eli", "--as", "person", "--out", &file("a")]);
        eli.does(&["pair", "join", &file("a"), "Ana", "--out", &file("b")]);
        let mine = digits(&ana.does(&["pair", "take", &file("b"), "--out", &file("c")]));
        let theirs = digits(&eli.does(&["pair", "take", &file("c")]));
        ana.does(&["pair", "digits", &theirs]);
        eli.does(&["pair", "digits", &mine]);
    }
    assert!(ana.cannot(4, &["leave", "Eli"]).starts_with("More than one has this name:"));
    let row = ana.rows(&["status"])[0]["relationships"][0].clone();
    let one = id_of(&row, "space");
    let told = ana.cannot(7, &["leave", &one]);
    assert!(told.starts_with("1 other person here has this name too. This one is paired today "), "{told}");
    assert!(told.contains("\n  belay name NAME --of "), "{told}");
    ana.does(&["name", "Eli from the garden", "--of", &one]);
    ana.does(&["leave", "Eli from the garden", "--seen", "Eli from the garden"]);
    // A name is that of who is still there, whatever the one who left was called.
    ana.does(&["name", "Eli", "--of", &one]);
    let told = ana.cannot(7, &["leave", "Eli"]);
    assert!(told.starts_with("Nothing has ended yet."), "{told}");
    let status = ana.does(&["status"]);
    assert_eq!(status.matches("Someone else has this name too.").count(), 1, "{status}");
    let command = format!("Next:  belay bundle out {}", &one[..4]);
    assert!(status.contains(&command), "the file goes to the one who left: {status}");
}

#[test]
fn a_line_taken_out_while_the_other_wrote_it_anew_is_told_with_those_words() {
    let world = World::new();
    let (mara, theo) = world.two();
    let carry = |from: &Person, name: &str, to: &Person, file: &str| {
        from.does(&["bundle", "out", name, "--out", file]);
        to.does(&["bundle", "in", file]);
    };
    let part = "How we look after us";
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    for words in ["We call on Sundays", "No reason asked"] {
        mara.does(&["plan", "line", "add", "wellness", part, words]);
    }
    carry(&mara, "Theo", &theo, "1");
    // What was seen before it was taken out is no matter.
    theo.does(&["plan", "line", "edit", "wellness", part, "2", "No reason needed"]);
    carry(&theo, "Mara", &mara, "2");
    mara.does(&["plan", "line", "take", "wellness", part, "2"]);
    mara.does(&["plan", "line", "take", "wellness", part, "1"]);
    theo.does(&["plan", "line", "edit", "wellness", part, "1", "We call on Mondays"]);
    carry(&theo, "Mara", &mara, "3");
    carry(&mara, "Theo", &theo, "4");
    let told = "This line was taken out while it was written anew.";
    for who in [&mara, &theo] {
        for args in [["plan", "show", "wellness"], ["history", "wellness", "--limit=9"]] {
            let said = who.does(&args);
            assert_eq!(said.matches(told).count(), 1, "{args:?}: {said}");
            assert!(said.contains("after  We call on Mondays\n  This line"), "{args:?}: {said}");
        }
        assert!(!who.does(&["plan", "show", "wellness", "--part", part]).contains(told));
    }
    let said = mara.does(&["plan", "show", "wellness"]);
    let back = said.lines().find_map(|line| line.trim().strip_prefix("To bring it back:  belay ")).unwrap();
    mara.does(&back.split(' ').collect::<Vec<_>>());
    let said = mara.does(&["plan", "show", "wellness"]);
    assert!(said.contains("We call on Mondays") && !said.contains(told), "{said}");
}

#[test]
fn a_removed_phone_is_told_how_it_begins_again_wherever_it_looks() {
    let world = World::new();
    let (mara, theo) = world.two();
    theo.does(&["plan", "new", "wellness", "--with", "Mara"]);
    theo.does(&["bundle", "out", "Mara", "--out", "0"]);
    mara.does(&["bundle", "in", "0"]);
    let phones = mara.rows(&["phones", "list"]);
    let theirs = id_of(phones.iter().find(|row| row["name"] == "Theo").unwrap(), "id");
    mara.does(&["phones", "remove", &theirs, "--seen", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "1"]);
    let reset = "Next:  belay phones reset\n";
    for args in [&["bundle", "in", "1"][..], &["bundle", "out", "Mara", "--out", "2"], &["plan", "show", "wellness"]] {
        let told = theo.does(args);
        assert!(told.contains("This phone was removed there.") && told.ends_with(reset), "{args:?}: {told}");
        assert!(!told.contains("go-on") && !told.contains("Carry a bundle back"), "{args:?}: {told}");
    }
    // Her file is closed to her, and she was removed from nowhere.
    assert!(mara.cannot(8, &["bundle", "in", "1"]).starts_with("This is a file you wrote yourself."));
    // What has ended waits for no reset.
    mara.does(&["leave", "Theo", "--seen", "Theo"]);
    assert!(!mara.does(&["phones", "renew"]).contains("phones reset"));
    assert!(theo.does(&["phones", "renew"]).contains("phones reset"));
}
