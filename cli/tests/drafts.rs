//! Words that were stopped on their way go where they were meant.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::terminal::Terminal;
use people::{PASSPHRASE, Person, Said, World};

impl Person {
    /// Types these words, and stops before their end.
    fn is_stopped(&self, args: &[&str], words: &str) -> Said {
        let mut terminal = self.at_a_terminal(args);
        terminal.is_read();
        terminal.types(words);
        terminal.sees(words);
        terminal.gets("INT");
        let told = terminal.end();
        assert_eq!(told.code, 130, "{args:?} {}{}", told.out, told.err);
        told
    }
}

#[test]
fn a_line_and_a_step_to_be_are_added_where_they_were_meant() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["plan", "new", "wellness"]);
    mara.does(&["goal", "add", "Swim again", "--towards", "Calm"]);
    mara.is_stopped(&["plan", "line", "add", "wellness", "My toolbox"], "walk");
    mara.is_stopped(&["plan", "line", "add", "wellness", "My toolbox"], "tea");
    mara.is_stopped(&["goal", "step", "add", "Swim again", "--who", "together"], "ask");
    let list = mara.does(&["draft", "list"]);
    assert!(list.contains("walk") && list.contains("tea"), "neither took the other's place: {list}");
    assert!(list.contains("a line for My toolbox") && list.contains("a step for Swim again"), "{list}");
    assert!(mara.does(&["draft", "show", "3"]).contains("Written as a line for My toolbox, "));
    let told = mara.does(&["draft", "edit", "3", "--as-it-is"]);
    assert!(told.starts_with("Added to My toolbox, "), "{told}");
    let told = mara.does(&["draft", "edit", "1", "--as-it-is"]);
    assert_eq!(told, "Added to Swim again as 1.\n");
    let plan = mara.does(&["plan", "show", "wellness"]);
    assert!(plan.contains("walk") && !plan.contains("tea"), "{plan}");
    let step = &mara.rows(&["goal", "show", "Swim again"])[0]["steps"][0];
    assert_eq!((step["text"].as_str(), step["who"].as_str()), (Some("ask"), Some("together")));

    // Words over a step that is there go back into it.
    let editor = world.path().join("editor");
    std::fs::write(&editor, "#!/bin/sh\necho 'ask again' > \"$1\"; exit 1\n").unwrap();
    std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut command = mara.command(&["goal", "step", "edit", "Swim again", "1"]);
    command.env("EDITOR", &editor);
    assert_eq!(Terminal::at(command).end().code, 130);
    assert!(mara.does(&["draft", "show", "1"]).contains("Written as a change to Swim again."));
    mara.does(&["draft", "edit", "1", "--as-it-is"]);
    assert_eq!(mara.rows(&["goal", "show", "Swim again"])[0]["steps"][0]["text"], "ask again");

    // What it was for is gone: that is said, and nothing is lost.
    let id = mara.rows(&["plan", "list"])[0]["id"].as_str().unwrap().to_owned();
    mara.does(&["forget", &id, "--seen", &id]);
    assert!(mara.does(&["draft", "list"]).contains("what it was for is not here"));
    let told = mara.does(&["draft", "edit", "1", "--as-it-is"]);
    assert!(told.starts_with("What this was for is not here any more. It is a note now.\nKept on"), "{told}");
    assert_eq!(mara.rows(&["note", "list"])[0]["snippet"], "tea");
    assert!(mara.rows(&["draft", "list"]).is_empty());
}

#[test]
fn a_comment_that_nobody_would_read_says_what_can_be_done() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["plan", "new", "wellness"]);
    mara.is_stopped(&["comment", "wellness"], "good");
    let told = mara.cannot(6, &["draft", "edit", "1", "--as-it-is"]);
    assert!(told.starts_with("Only you can see this, so nobody would read a comment. Write in it"), "{told}");
    mara.is_stopped(&["comment", "wellness"], "to read");
    assert!(mara.does(&["draft", "show", "1"]).starts_with("good\nto read\n"), "no comment takes another's place");
    // Nothing brings a draft back, so nothing lets it go unseen.
    let said = mara.says(&["draft", "discard", "1"]);
    assert!(said.code == 7 && said.out.contains("to read"), "{}{}", said.out, said.err);
    assert!(said.err.ends_with("\n  belay draft discard 1 --seen 1\n"), "{}", said.err);
    assert_eq!(mara.with_input(&["draft", "discard", "1"], "1\n").code, 7);
    mara.does(&["draft", "discard", "1", "--seen", "1"]);
    assert!(mara.rows(&["draft", "list"]).is_empty());
}

#[test]
fn words_nobody_wrote_down_are_not_called_untested_because_a_draft_lies_there() {
    let world = World::new();
    let nobody = world.nobody("Nobody");
    let mut terminal = nobody.at_a_terminal(&["init", "--low-memory", "--name", "Nobody"]);
    terminal.sees("understood");
    terminal.gets("INT");
    terminal.end();
    let told = nobody.is_stopped(&["note", "add"], "slept");
    assert!(told.err.contains("kept as a draft"), "{PASSPHRASE} opens it: {}", told.err);
    let status = nobody.does(&["status"]);
    assert!(
        status.contains("Your words are not marked as written down.") && !status.contains("words test"),
        "{status}"
    );
    assert!(status.contains("copy the draft") && status.contains("\n  belay draft show 1\n"), "{status}");
    assert!(status.contains("\n  belay erase Nobody\n  belay init\n"), "{status}");
    // Who is asked for it and stops reads what to do next.
    let mut terminal = nobody.at_a_terminal(&["note", "add", "Slept", "badly."]);
    terminal.sees("Type  understood");
    terminal.gets("INT");
    let told = terminal.end().err;
    assert!(told.contains("type  understood  there") && !told.contains("Before anything is kept"), "{told}");
}

#[test]
fn a_step_keeps_its_day_and_its_place_and_the_lines_of_a_part_are_no_note() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["plan", "new", "wellness"]);
    mara.does(&["goal", "add", "Swim again", "--towards", "Calm"]);
    mara.does(&["goal", "step", "add", "Swim again", "First"]);
    mara.does(&["goal", "step", "add", "Swim again", "Last"]);
    for words in ["Tea", "Cocoa"] {
        mara.does(&["plan", "line", "add", "wellness", "My toolbox", words]);
    }
    mara.is_stopped(&["goal", "step", "add", "Swim again", "--by", "2026-12-24", "--after", "1"], "between");
    assert!(mara.does(&["draft", "edit", "1", "--as-it-is"]).contains("Added to Swim again as 2."));
    let steps = &mara.rows(&["goal", "show", "Swim again"])[0]["steps"];
    assert_eq!((steps[1]["text"].as_str(), steps[1]["by_date"].as_str()), (Some("between"), Some("2026-12-24")));
    mara.is_stopped(&["plan", "line", "add", "wellness", "My toolbox", "--after", "1"], "Bread");
    mara.does(&["draft", "edit", "1", "--as-it-is"]);
    let lines = || {
        let plan = mara.rows(&["plan", "show", "wellness", "--part", "My toolbox"]);
        let entries = plan[0]["parts"][0]["entries"].as_array().unwrap().clone();
        entries.iter().map(|entry| entry["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(lines(), ["Tea", "Bread", "Cocoa"]);

    // All lines at once, from an editor that did not end well.
    let editor = world.path().join("editor");
    std::fs::write(&editor, "#!/bin/sh\nprintf '2. Bread and salt\\nWalk\\n' > \"$1\"; exit 1\n").unwrap();
    std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let stopped = || {
        let mut command = mara.command(&["plan", "edit", "wellness", "My toolbox"]);
        command.env("EDITOR", &editor);
        assert_eq!(Terminal::at(command).end().code, 130);
    };
    stopped();
    let told = mara.does(&["draft", "show", "1"]);
    assert!(told.contains("Written as the lines of My toolbox, "), "{told}");
    let told = mara.does(&["draft", "edit", "1", "--as-it-is"]);
    assert!(told.contains("Changed in My toolbox.") && told.contains("does not name stay in"), "{told}");
    assert_eq!(lines(), ["Tea", "Bread and salt", "Cocoa", "Walk"]);
    assert!(mara.rows(&["note", "list"]).is_empty() && mara.rows(&["draft", "list"]).is_empty());
    // A number means the line that had it: where the lines have changed since, nothing is guessed.
    stopped();
    mara.does(&["plan", "line", "take", "wellness", "My toolbox", "1"]);
    let told = mara.cannot(11, &["draft", "edit", "1", "--as-it-is"]);
    assert!(told.starts_with("The lines of My toolbox have changed since."), "{told}");
    assert_eq!(lines(), ["Bread and salt", "Cocoa", "Walk"]);
    assert_eq!(mara.rows(&["draft", "list"]).len(), 1);
}

#[test]
fn what_goes_with_a_note_is_shown_before_it_goes() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "The radio helped."]);
    let note = mara.rows(&["note", "list"])[0]["id"].as_str().unwrap().to_owned();
    let preview = |mara: &Person| mara.says(&["forget", &note]).out;
    assert!(!preview(&mara).contains("belay draft show"));
    let editor = world.path().join("editor");
    std::fs::write(&editor, "#!/bin/sh\necho 'and the walk' >> \"$1\"; exit 1\n").unwrap();
    std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut command = mara.command(&["note", "edit", &note]);
    command.env("EDITOR", &editor);
    assert_eq!(Terminal::at(command).end().code, 130);
    let shown = preview(&mara);
    assert!(shown.contains("are not kept yet go too:  belay draft show 1"), "{shown}");
    mara.does(&["forget", &note, "--seen", &note]);
    assert!(mara.rows(&["draft", "list"]).is_empty());
}
