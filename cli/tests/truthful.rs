//! What is said at a terminal is so: whose a part is, what an undo takes back, who is meant, and what comes next.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World};

/// Carries what is new from one to the other; gives what was said there.
fn carry(from: &Person, from_name: &str, to: &Person, to_name: &str) -> String {
    let file = format!("{from_name}-{to_name}.bundle");
    let _ = std::fs::remove_file(from.vault.parent().unwrap().join(&file));
    from.does(&["bundle", "out", to_name, "--out", &file]);
    to.does(&["bundle", "in", &file])
}

/// Without the signs that keep names apart, and as one line.
fn plain(said: &str) -> String {
    said.chars().filter(|sign| !('\u{2066}'..='\u{2069}').contains(sign)).collect::<String>().replace('\n', " ")
}

#[test]
fn nobodys_part_is_taken_over_unasked_and_whoever_wrote_there_hears_of_it() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    carry(&mara, "Mara", &theo, "Theo");
    theo.does(&["plan", "line", "add", "wellness", "What I bring", "Patience"]);
    carry(&theo, "Theo", &mara, "Mara");
    let to_mara = ["plan", "owner", "wellness", "What I bring", "person"];
    let told = mara.says(&to_mara);
    assert_eq!(told.code, 7, "{}{}", told.out, told.err);
    let shown = plain(&told.out);
    assert!(shown.contains("1 line of Theo in What I bring would then be yours to change:   Patience"), "{shown}");
    assert!(shown.contains("Theo hears of it, and can only suggest there from then on."), "{shown}");
    assert!(plain(&told.err).starts_with("Nothing was changed yet."), "{}", told.err);
    assert!(plain(&told.err).contains(" person --seen Theo"), "{}", told.err);
    assert!(mara.says(&[&to_mara[..], &["--seen", "Mara"]].concat()).code == 7);
    // It is still the supporter's.
    assert!(!carry(&mara, "Mara", &theo, "Theo").contains("alone"));
    theo.does(&["plan", "line", "edit", "wellness", "What I bring", "1", "Patience and tea"]);
    carry(&theo, "Theo", &mara, "Mara");
    mara.does(&[&to_mara[..], &["--seen", "Theo"]].concat());
    let told = plain(&carry(&mara, "Mara", &theo, "Theo"));
    assert!(told.contains("Mara writes What I bring alone from now on."), "{told}");
    // Nobody is named as the writer of words that are none of theirs.
    let by = || theo.does(&["plan", "show", "wellness", "--part", "What I bring"]);
    mara.does(&["plan", "line", "edit", "wellness", "What I bring", "1", "Patience and cocoa"]);
    assert!(!plain(&carry(&mara, "Mara", &theo, "Theo")).contains("alone"));
    assert!(by().contains("you and"), "{}", by());
    mara.does(&["plan", "line", "edit", "wellness", "What I bring", "1", "Whom I call"]);
    carry(&mara, "Mara", &theo, "Theo");
    assert!(by().contains("Whom I call") && !by().contains("you and"), "{}", by());
    // Where nobody else wrote, nothing is asked.
    mara.does(&["plan", "owner", "wellness", "My toolbox", "both"]);
    mara.does(&["plan", "owner", "wellness", "My toolbox", "person"]);
}

#[test]
fn blanks_take_no_words_away_and_what_helps_is_named_as_it_is_typed() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["goal", "add", "Walk", "--towards", "the river", "--why", "It calms me", "--area", "Body"]);
    for field in ["--why", "--towards", "--area"] {
        let told = plain(&mara.cannot(3, &["goal", "edit", "Walk", field, " \t"]));
        assert!(told.contains("only blanks would be there. Nothing was changed."), "{told}");
        assert!(told.contains(&format!(" {field} ''")), "{told}");
    }
    let shown = mara.does(&["goal", "show", "Walk"]);
    assert!(["It calms me", "the river", "Body"].iter().all(|words| shown.contains(words)), "{shown}");
    let told = plain(&mara.does(&["goal", "edit", "Walk", "--why", ""]));
    assert!(told.contains("empty now."), "{told}");
    assert!(!mara.does(&["goal", "show", "Walk"]).contains("It calms me"));

    mara.does(&["note", "add", "The radio helped.", "--title", "Evening"]);
    let note = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    mara.cannot(3, &["note", "edit", &note, "--title", " "]);
    assert_eq!(mara.rows(&["note", "show", &note])[0]["title"], "Evening");
    mara.does(&["note", "edit", &note, "--title", ""]);
    assert_eq!(mara.rows(&["note", "show", &note])[0]["title"], "");
    let told = mara.cannot(11, &["note", "restore", &note]);
    assert!(told.ends_with(&format!("\n  belay note show {note}\n")), "{told}");
    mara.does(&["note", "trash", &note]);
    for lines in [&["note", "pin", &note][..], &["note", "edit", &note, "Other"], &["note", "trash", &note]] {
        let told = mara.says(lines).err;
        assert!(told.ends_with(&format!("\n  belay note restore {note}\n")), "{lines:?}: {told}");
    }
}
