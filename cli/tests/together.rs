//! Two people, two computers, files between them.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, World, digits};

fn carry(from: &Person, name: &str, to: &Person, file: &str) -> String {
    from.does(&["bundle", "out", name, "--out", file]);
    to.does(&["bundle", "in", file])
}

#[test]
fn a_plan_is_written_suggested_decided_and_the_same_on_both() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["note", "add", "Bad night. Not ready to tell anyone."]);
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["plan", "line", "add", "wellness", "toolbox", "Tea with the radio on"]);
    let brought = carry(&mara, "Theo", &theo, "1.belay");
    assert!(brought.contains("1 edit in My toolbox"), "{brought}");
    assert!(theo.rows(&["note", "list"]).is_empty());

    // What is another's is said to be, with the way to send an idea.
    let told = theo.cannot(6, &["plan", "line", "add", "wellness", "My toolbox", "Walk"]);
    assert_eq!(told, "This part is Mara's. You can send an idea.\n  belay suggest wellness toolbox --add TEXT\n");
    assert_eq!(theo.cannot(6, &["plan", "edit", "wellness", "My toolbox"]), told);
    let told = theo.cannot(6, &["plan", "edit", "wellness", "My toolbox", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["error"]["code"], &told["error"]["fields"]["part"]), (&"SuggestOnly".into(), &"toolbox".into()));

    let river = "Walk by the river when the flat feels small";
    theo.does(&["suggest", "wellness", "My toolbox", "--add", river, "--add", "Walk", "--why", "It helps me."]);
    theo.does(&["suggest", "wellness", "My toolbox", "--change", "1", "--to", "Tea, radio off"]);
    theo.does(&["plan", "line", "add", "wellness", "What I bring", "Ten years sober, and bad jokes"]);
    theo.does(&["plan", "line", "add", "wellness", "How we look after us", "We say when we need a pause."]);
    let brought = carry(&theo, "Mara", &mara, "2.belay");
    assert!(brought.contains("2 ideas") && brought.contains("held the same words then"), "{brought}");

    let ideas = mara.rows(&["ideas"]);
    assert_eq!(ideas.len(), 2);
    let of = |kind: &str| {
        let idea = ideas.iter().find(|idea| idea["kind"] == kind).unwrap();
        idea["id"].as_str().unwrap()[..8].to_owned()
    };
    let shown = mara.does(&["plan", "show", "wellness"]);
    assert!(shown.contains("│   +  Walk by the river") && shown.contains("Theo's idea"), "{shown}");
    let added = mara.does(&["decide", &of("add"), "--add-as", "Walk to the river, even for 5 minutes"]);
    assert!(added.contains("Next:  belay bundle out Theo"), "{added}");
    mara.cannot(4, &["decide", &of("add"), "--add"]);
    mara.does(&["decide", &of("change"), "--not-this"]);
    assert!(mara.rows(&["ideas"]).is_empty());
    let history = mara.does(&["history", "wellness"]);
    assert!(history.contains("Theo's idea for My toolbox. You added it in"), "{history}");

    carry(&mara, "Theo", &theo, "3.belay");
    carry(&theo, "Mara", &mara, "4.belay");
    let plan = |person: &Person| {
        let plan = &person.rows(&["plan", "show", "wellness"])[0];
        let lines = |part: &serde_json::Value| {
            part["entries"].as_array().unwrap().iter().map(|line| line["text"].clone()).collect::<Vec<_>>()
        };
        plan["parts"].as_array().unwrap().iter().map(lines).collect::<Vec<_>>()
    };
    assert_eq!(plan(&mara), plan(&theo));
    let hash = |person: &Person| person.rows(&["status"])[0]["states"]["spaces"][0]["state_short"].clone();
    assert_eq!(hash(&mara), hash(&theo));
    assert_eq!(mara.rows(&["status"])[0]["relationships"][0]["equal"], true);
    assert!(theo.does(&["audience", "wellness"]).starts_with("You and Mara can see this."));
    assert_eq!(theo.does(&["history", "--kept-out"]), "Nothing was kept out.\n");
    // The same file again brings nothing.
    assert!(theo.does(&["bundle", "in", "3.belay"]).contains("Nothing new in it."));
}

#[test]
fn both_type_in_one_sentence_and_no_letter_is_lost() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    let part = "How we look after us";
    mara.does(&["plan", "line", "add", "wellness", part, "We say when we need a pause."]);
    carry(&mara, "Theo", &theo, "1.belay");
    mara.does(&["plan", "line", "edit", "wellness", part, "1", "We say when we need a pause, no reason asked."]);
    theo.does(&["plan", "line", "edit", "wellness", part, "1", "We say early when we need a pause."]);
    mara.does(&["bundle", "out", "Theo", "--out", "2.belay"]);
    theo.does(&["bundle", "out", "Mara", "--out", "3.belay"]);
    theo.does(&["bundle", "in", "2.belay"]);
    mara.does(&["bundle", "in", "3.belay"]);
    for person in [&mara, &theo] {
        let shown = &person.rows(&["plan", "show", "wellness", "--part", part])[0]["parts"][0]["entries"][0];
        assert_eq!(shown["text"], "We say early when we need a pause, no reason asked.");
        assert_eq!(shown["by"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn goals_can_be_shared_and_marked_by_the_one_who_is_named() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["goal", "add", "Swim again", "--towards", "One calm hour", "--with", "Theo"]);
    mara.does(&["goal", "step", "add", "Swim again", "Look up the hours", "--who", "you"]);
    carry(&mara, "Theo", &theo, "1.belay");
    theo.does(&["goal", "step", "mark", "Swim again", "1", "done"]);
    theo.cannot(6, &["goal", "stage", "Swim again", "active"]);
    theo.does(&["suggest", "Swim again", "--add", "Go on Sunday"]);
    theo.does(&["comment", "Swim again", "I would like to come."]);
    carry(&theo, "Mara", &mara, "2.belay");
    let [goal] = mara.rows(&["goal", "show", "Swim again"]).try_into().unwrap();
    assert_eq!(goal["steps"][0]["stage"]["code"], "done");
    assert_eq!(goal["comments"][0]["text"], "I would like to come.");
    let id = goal["ideas"][0]["id"].as_str().unwrap();
    mara.does(&["decide", &id[..6], "--add"]);
    assert_eq!(mara.rows(&["goal", "show", "Swim again"])[0]["steps"][1]["text"], "Go on Sunday");
}

#[test]
fn pairing_by_text_and_words_and_what_ends_it() {
    let world = World::new();
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    let out = mara.does(&["pair", "invite", "Theo", "--as", "supporter", "--words", "--out", "w.belay"]);
    let words = out.lines().skip(2).collect::<Vec<_>>().join(" ");
    assert_eq!(words.split_whitespace().count(), 24, "{out}");
    let join = ["pair", "join", "w.belay", "Mara", "--out", "r.belay"];
    assert_eq!(theo.with_input(&join, "zoo zoo zoo\n").code, 5);
    let joined = theo.with_input(&join, &format!("{words}\n"));
    assert_eq!(joined.code, 0, "{}", joined.err);
    let completion = mara.does(&["pair", "take", "r.belay", "--text"]);
    let (block, _) = completion.split_once("Read this out").unwrap();
    let taken = theo.with_input(&["pair", "take", "-"], block);
    assert_eq!(taken.code, 0, "{}", taken.err);

    // Nothing is shared before the digits were typed.
    assert!(mara.cannot(7, &["bundle", "out", "Theo", "--out", "early.belay"]).ends_with("  belay pair digits\n"));
    let theirs = digits(&taken.out);
    assert_eq!(mara.cannot(3, &["pair", "digits", "12"]), "Six digits, please.\n");
    let wrong = if theirs == "000000" { "000001" } else { "000000" };
    mara.cannot(10, &["pair", "digits", wrong]);
    mara.cannot(4, &["pair", "digits", &theirs]);
    let [row] = mara.rows(&["pair", "list"]).try_into().unwrap();
    assert_eq!(row["stage"], "ended");
    assert!(mara.does(&["status"]).contains("Nobody yet."));
}

#[test]
fn an_invitation_can_be_taken_back_and_a_file_is_never_written_over() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["pair", "invite", "Theo", "--as", "person", "--for", "24h"]);
    assert!(world.path().join("for-theo-invitation.belay").exists());
    mara.does(&["pair", "invite", "Theo", "--as", "person"]);
    assert!(world.path().join("for-theo-invitation-2.belay").exists());
    std::fs::write(world.path().join("mine"), "mine").unwrap();
    mara.cannot(11, &["pair", "invite", "Ines", "--as", "person", "--out", "mine"]);
    assert_eq!(std::fs::read_to_string(world.path().join("mine")).unwrap(), "mine");
    mara.cannot(3, &["pair", "invite", "Theo", "--as", "person", "--for", "20d"]);
    mara.cannot(2, &["pair", "invite", "Theo", "--as", "person", "--for", "soon"]);
    // Nor was anybody invited by a file that is not there.
    mara.cannot(4, &["pair", "cancel", "Ines"]);
    mara.does(&["pair", "invite", "Ines", "--as", "person"]);
    mara.does(&["pair", "cancel", "Ines"]);
    mara.cannot(4, &["pair", "cancel", "Theo from afar"]);
}

#[test]
fn a_bundle_for_someone_else_opens_nowhere_else() {
    let world = World::new();
    let (mara, theo) = world.two();
    let ines = world.person("Ines");
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "1.belay"]);
    ines.cannot(8, &["bundle", "in", "1.belay"]);
    let whole = std::fs::read(world.path().join("1.belay")).unwrap();
    std::fs::write(world.path().join("half.belay"), &whole[..whole.len() / 2]).unwrap();
    theo.cannot(8, &["bundle", "in", "half.belay"]);
    theo.does(&["bundle", "in", "1.belay"]);
}

#[test]
fn words_that_changed_meanwhile_are_read_before_they_are_decided_on() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["plan", "line", "add", "wellness", "toolbox", "Tea with the radio on"]);
    carry(&mara, "Theo", &theo, "1.belay");
    theo.does(&["suggest", "wellness", "toolbox", "--change", "1", "--to", "Tea, radio off"]);
    theo.does(&["suggest", "wellness", "toolbox", "--add", "Swim"]);
    mara.does(&["plan", "line", "edit", "wellness", "toolbox", "1", "Tea with the cat"]);
    carry(&theo, "Mara", &mara, "2.belay");
    let id = |kind: &str| {
        let ideas = mara.rows(&["ideas"]);
        let found = ideas.iter().find(|idea| idea["kind"] == kind);
        found.map(|idea| idea["id"].as_str().unwrap()[..10].to_owned())
    };
    let change = id("change").unwrap();
    let said = mara.says(&["decide", &change, "--add"]);
    assert_eq!(said.code, 11, "{}", said.err);
    assert!(
        said.out.contains("Tea with the cat") && said.err.contains("--as-it-reads-now"),
        "{}{}",
        said.out,
        said.err
    );
    mara.does(&["decide", &change, "--add", "--as-it-reads-now"]);
    let entries = || mara.rows(&["plan", "show", "wellness", "--part", "toolbox"])[0]["parts"][0]["entries"].clone();
    assert_eq!(entries()[0]["text"], "Tea, radio off");

    // What its author takes back waits for nobody.
    let [swim] = [id("add").unwrap()];
    mara.cannot(6, &["take-back", &swim]);
    theo.does(&["take-back", &swim]);
    theo.does(&["comment", "wellness", "Good to read."]);
    carry(&theo, "Mara", &mara, "3.belay");
    assert!(id("add").is_none());
    assert!(mara.does(&["plan", "show", "wellness"]).contains("Good to read."));
}

#[test]
fn names_are_what_each_calls_the_other() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["name", "Theo from the garden", "--of", "Theo"]);
    theo.does(&["name", "Theodor", "--with", "Mara"]);
    mara.does(&["plan", "new", "wellness", "--with", "Theo from the garden"]);
    mara.does(&["plan", "owner", "wellness", "toolbox", "both"]);
    carry(&mara, "Theo from the garden", &theo, "1.belay");
    assert!(world.path().join("1.belay").exists());
    theo.does(&["plan", "line", "add", "wellness", "toolbox", "Walk"]);
    carry(&theo, "Mara", &mara, "2.belay");
    let shown = mara.does(&["plan", "show", "wellness", "--part", "toolbox"]);
    assert!(shown.contains("Both write here.") && shown.contains("Theo from the garden,"), "{shown}");
    mara.cannot(4, &["bundle", "out", "Theo", "--out", "3.belay"]);
}
