//! Two people of one name are told apart by when one paired with them.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World, digits};

/// Without the signs that keep names apart, and as one line.
fn plain(said: &str) -> String {
    said.chars().filter(|sign| !('\u{2066}'..='\u{2069}').contains(sign)).collect::<String>().replace('\n', " ")
}

/// Pairs by files; gives what the invitation and the answer said.
fn pairs(mara: &Person, theirs: &Person, name: &str, as_: &str, files: &str) -> (String, String) {
    let file = |step: &str| format!("{files}{step}");
    let invited = mara.does(&["pair", "invite", name, "--as", "person", "--out", &file("a")]);
    let joined = theirs.does(&["pair", "join", &file("a"), as_, "--out", &file("b")]);
    let mine = digits(&mara.does(&["pair", "take", &file("b"), "--out", &file("c")]));
    let his = digits(&theirs.does(&["pair", "take", &file("c")]));
    let with = mara.rows(&["pair", "list"]);
    let open = with.iter().find(|row| row["stage"] == "Digits" || row["stage"] == "digits").unwrap();
    mara.does(&["pair", "digits", &his, "--with", open["id"].as_str().unwrap()]);
    theirs.does(&["pair", "digits", &mine]);
    (invited, joined)
}

#[test]
fn two_of_one_name_are_told_apart() {
    let world = World::new();
    let (mara, theo, other) = (world.person("Mara"), world.person("Theo"), world.person("Other"));
    let (invited, joined) = pairs(&mara, &theo, "Theo", "Mara", "1");
    assert!(!invited.contains("already") && !joined.contains("already"), "{invited}{joined}");
    let (invited, _) = pairs(&mara, &other, "Theo", "Mara", "2");
    assert!(plain(&invited).contains(", paired today ") || plain(&invited).contains("(paired today "), "{invited}");
    let ids: Vec<String> = mara.rows(&["status"])[0]["relationships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["space"].as_str().unwrap()[..4].to_owned())
        .collect();
    let status = plain(&mara.does(&["status"]));
    let several = plain(&mara.cannot(4, &["bundle", "out", "Theo"]));
    for id in &ids {
        assert!(status.contains(&format!("This one is {id}, paired today ")), "{status}");
        assert!(several.contains(&format!("{id} (paired today ")), "{several}");
    }
    let told = plain(&mara.cannot(7, &["leave", &ids[0]]));
    assert!(told.contains("1 other person here has this name too. This one is paired today "), "{told}");
    // A name that is there already is said, once another is chosen nobody is.
    let told = plain(&mara.does(&["name", "Theo from afar", "--of", &ids[0]]));
    assert!(!told.contains("too:"), "{told}");
    let told = plain(&mara.does(&["name", "theo from AFAR", "--of", &ids[1]]));
    assert!(
        told.contains(&format!("Someone else here is called theo from AFAR too: {} (paired today ", ids[0])),
        "{told}"
    );
    mara.does(&["name", "Noor", "--of", &ids[1]]);
    // Whoever answers an invitation hears so as well; whoever has left is out of the way.
    theo.does(&["pair", "invite", "Mara two", "--as", "person", "--out", "3"]);
    let told = plain(&mara.does(&["pair", "join", "3", "Noor", "--out", "4"]));
    assert!(told.contains("You share with Noor already: "), "{told}");
    let again = plain(&mara.does(&["pair", "join", "3", "Noor"]));
    assert!(!again.contains("A pairing with Noor waits already."), "it is this one: {again}");
    mara.does(&["pair", "cancel", "Noor"]);
    mara.does(&["leave", "Noor", "--seen", "Noor"]);
    let told = plain(&mara.does(&["pair", "invite", "Noor", "--as", "person", "--out", "5"]));
    assert!(!told.contains("already"), "{told}");
}
