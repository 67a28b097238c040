//! Somebody who is stopped in mid-word: Ctrl-C, a terminal that is closed, a computer that shuts down. What was typed until
//! then is a draft.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::terminal::Terminal;
use people::{PASSPHRASE, Person, World, digits, said};
use std::time::Duration;

impl Person {
    fn drafts(&self) -> Vec<String> {
        let rows = self.rows(&["draft", "list"]);
        (1..=rows.len())
            .map(|number| self.rows(&["draft", "show", &number.to_string()])[0]["text"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn a_signal_in_mid_line_leaves_all_of_it_as_a_draft() {
    let world = World::new();
    let mara = world.person("Mara");
    // The last as a computer that shuts down may send them.
    for signals in [&["INT"][..], &["TERM"], &["HUP"], &["QUIT"], &["TERM", "HUP"]] {
        let signal = signals.join(" ");
        let mut terminal = mara.at_a_terminal(&["note", "add"]);
        terminal.sees("Write here.");
        terminal.types("Slept badly.\nThe radio hel");
        // The terminal shows what it has taken.
        terminal.sees("The radio hel");
        signals.iter().for_each(|signal| terminal.gets(signal));
        let told = terminal.end();
        assert_eq!(told.code, 130, "{signal}: {}{}", told.out, told.err);
        assert!(told.err.contains("Stopped.") && told.err.contains("kept as a draft"), "{signal}: {}", told.err);
        assert_eq!(mara.drafts(), ["Slept badly.\nThe radio hel"], "{signal}");
        assert!(mara.rows(&["note", "list"]).is_empty());
        assert!(mara.does(&["status"]).contains("1 draft waits to be gone on with:  belay draft list"));
        mara.does(&["draft", "discard", "1", "--seen", "1"]);
    }
    // Nothing typed leaves nothing, and is still a stop.
    let mut terminal = mara.at_a_terminal(&["note", "add"]);
    terminal.sees("Write here.");
    terminal.gets("INT");
    let told = terminal.end();
    assert!(told.code == 130 && !told.err.contains("draft"), "{}", told.err);
    assert!(mara.drafts().is_empty());
}

/// A computer that shuts down asks again and again, also while the words are being kept and after.
#[test]
fn signals_that_go_on_end_nothing_before_it_is_told() {
    let world = World::new();
    let mara = world.person("Mara");
    let mut terminal = mara.at_a_terminal(&["note", "add"]);
    terminal.sees("Write here.");
    terminal.types("Slept badly.\nThe radio hel");
    terminal.sees("The radio hel");
    let again = format!("kill -TERM {0}; while kill -HUP {0}; do :; done 2>/dev/null", terminal.child.id());
    let mut again = std::process::Command::new("sh").args(["-c", &again]).spawn().unwrap();
    let told = terminal.end();
    again.wait().unwrap();
    assert_eq!(told.code, 130, "{}{}", told.out, told.err);
    assert!(told.err.contains("Stopped.") && told.err.contains("kept as a draft"), "{}", told.err);
    assert_eq!(mara.drafts(), ["Slept badly.\nThe radio hel"]);
}

#[test]
fn a_vault_goes_at_a_terminal_when_its_name_is_typed() {
    let world = World::new();
    let mara = world.person("Mara");
    for (typed, code) in [("\n", 130), ("belay\n", 130), ("Mara\n", 0)] {
        assert!(mara.vault.exists());
        let mut terminal = mara.at_a_terminal(&["erase", "Mara"]);
        terminal.sees("Anything else changes nothing");
        terminal.types(typed);
        let told = terminal.end();
        assert_eq!(told.code, code, "{typed:?}: {}{}", told.out, told.err);
    }
    assert!(!mara.vault.exists());
}

#[test]
fn a_terminal_that_is_closed_is_no_end_of_a_note() {
    let world = World::new();
    let mara = world.person("Mara");
    let mut terminal = mara.at_a_terminal(&["note", "add"]);
    terminal.is_read();
    terminal.types("Slept badly.\nThe radio helped.\n");
    terminal.sees("helped.");
    // What a closed terminal has not handed on is gone with it.
    std::thread::sleep(Duration::from_millis(200));
    let Terminal { keys, shows, child, .. } = terminal;
    drop((keys, shows));
    assert_eq!(said(child.wait_with_output().unwrap()).code, 130);
    assert!(mara.rows(&["note", "list"]).is_empty());
    let [draft] = mara.drafts().try_into().unwrap();
    assert!(draft.starts_with("Slept badly."), "{draft}");
    // And what is typed to its end is a note as before; keys that are no signs leave nothing in it.
    let mut terminal = mara.at_a_terminal(&["note", "add"]);
    terminal.sees("Write here.");
    terminal.types("Tea \u{1b}[Dnow.\n\u{4}");
    let told = terminal.end();
    assert!(told.code == 0 && told.err.is_empty(), "{}", told.err);
    let note = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    assert_eq!(mara.rows(&["note", "show", &note])[0]["body"], "Tea now.");
}

#[test]
fn other_commands_keep_what_is_typed_for_them_too() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "1"]);
    theo.does(&["bundle", "in", "1"]);
    for (args, words) in [
        (&["comment", "wellness"][..], "Good to read"),
        (&["plan", "line", "add", "wellness", "My toolbox"], "Tea with"),
        (&["note", "add", "--tag", "sleep"], "Slept"),
    ] {
        let mut terminal = mara.at_a_terminal(args);
        terminal.sees("Write here.");
        terminal.types(words);
        terminal.sees(words);
        terminal.gets("HUP");
        assert_eq!(terminal.end().code, 130, "{args:?}");
        assert_eq!(mara.drafts()[0], words, "{args:?}");
    }
    assert_eq!(mara.drafts().len(), 3);
}

#[test]
fn an_editor_outlives_what_closes_belay() {
    let world = World::new();
    let mara = world.person("Mara");
    let editor = world.path().join("editor");
    std::fs::write(&editor, "#!/bin/sh\necho 'Slept badly.' > \"$1\"; kill -TERM $PPID; sleep 0.2\n").unwrap();
    std::fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let own = world.path().join("run");
    std::fs::create_dir(&own).unwrap();
    let mut command = mara.command(&["note", "add"]);
    command.env("EDITOR", &editor).env("XDG_RUNTIME_DIR", &own);
    let told = Terminal::at(command).end();
    assert_eq!(told.code, 130, "{}", told.err);
    assert_eq!(mara.drafts(), ["Slept badly."]);
    assert_eq!(std::fs::read_dir(&own).unwrap().count(), 0, "no file is left with the words");
}

#[test]
fn digits_are_looked_at_before_they_count() {
    let world = World::new();
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    mara.does(&["pair", "invite", "Theo", "--as", "person", "--out", "a.belay"]);
    theo.does(&["pair", "join", "a.belay", "Mara", "--out", "b.belay"]);
    let mine = digits(&mara.does(&["pair", "take", "b.belay", "--out", "c.belay"]));
    let theirs = digits(&theo.does(&["pair", "take", "c.belay"]));
    // Without a terminal: what is on one's own screen, a letter, or one too few count for nothing.
    assert!(mara.cannot(3, &["pair", "digits", &mine]).contains("your own screen"));
    mara.cannot(3, &["pair", "digits", &theirs[..5]]);
    mara.cannot(3, &["pair", "digits", &theirs.replace(&theirs[..1], "o")]);
    let slip = if theirs == "123456" { "123457" } else { "123456" };
    let mut terminal = mara.at_a_terminal(&["pair", "digits"]);
    terminal.sees("Digits that differ end this pairing.");
    terminal.sees("reads out:");
    terminal.types(&format!("{mine}\n"));
    terminal.sees("Nothing was counted.");
    terminal.types("12\n");
    terminal.sees("Six digits, please.");
    terminal.types(&format!("{slip}\n"));
    terminal.sees(&format!("You typed {} {}.", &slip[..3], &slip[3..]));
    terminal.types(&format!("{theirs}\n"));
    terminal.sees(&format!("You typed {} {}.", &theirs[..3], &theirs[3..]));
    terminal.types("\n");
    let told = terminal.end();
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    theo.does(&["pair", "digits", &mine]);
    assert_eq!(mara.rows(&["pair", "list"])[0]["stage"], "done");
}

#[test]
fn a_draft_is_read_once_more_before_it_is_let_go() {
    let world = World::new();
    let mara = world.person("Mara");
    let mut terminal = mara.at_a_terminal(&["note", "add"]);
    terminal.sees("Write here.");
    terminal.types("Slept badly.\n");
    terminal.gets("INT");
    terminal.end();
    for (answer, code, left) in [("\n", 130, 1), ("y\n", 130, 1), ("1\n", 0, 0)] {
        let mut terminal = mara.at_a_terminal(&["draft", "discard", "1"]);
        terminal.sees("Slept badly.");
        terminal.sees("Anything else keeps");
        terminal.types(answer);
        assert_eq!(terminal.end().code, code);
        assert_eq!(mara.drafts().len(), left);
    }
}

#[test]
fn a_vault_that_is_not_made_leaves_no_folder() {
    let world = World::new();
    let nobody = world.nobody("Nobody");
    let mut command = nobody.command(&["init", "--low-memory"]);
    assert_eq!(said(command.env("BELAY_PASSPHRASE", "short").output().unwrap()).code, 3);
    assert!(!nobody.vault.exists());
    // One that was made and not read through says so.
    let mut terminal = nobody.at_a_terminal(&["init", "--low-memory", "--name", "Nobody"]);
    terminal.sees("understood");
    terminal.gets("INT");
    let told = terminal.end();
    assert!(told.code == 130 && told.err.contains("Your vault is there."), "{}", told.err);
    assert_eq!(nobody.says(&["status"]).code, 0, "{PASSPHRASE} opens it");
}

#[test]
fn who_ends_with_ctrl_d_reads_on_below() {
    let world = World::new();
    let mara = world.person("Mara");
    let mut terminal = mara.at_a_terminal(&["note", "add"]);
    terminal.is_read();
    terminal.types("half a line without enter\u{4}\u{4}");
    terminal.sees("Kept on");
    let told = terminal.end();
    assert!(told.code == 0 && told.err == "\n", "{}{}", told.out, told.err);

    // At a question for a secret nobody is told that nobody is there.
    let belay = mara.command(&["status"]);
    let mut command = std::process::Command::new("setsid");
    command.args(["--ctty", env!("CARGO_BIN_EXE_belay"), "status"]).env_clear();
    command.envs(belay.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env_remove("BELAY_PASSPHRASE");
    let mut terminal = Terminal::at(command);
    terminal.sees("passphrase");
    // The question stands there a little before it is listened to.
    while terminal.child.try_wait().unwrap().is_none() {
        terminal.types("\u{4}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let told = terminal.end();
    assert!(told.code == 130 && told.err.contains("Stopped. Nothing was changed."), "{}{}", told.out, told.err);
}
