//! One person, one computer: the vault, notes, goals, and what is said when something cannot be.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{PASSPHRASE, World};
use serde_json::Value;

#[test]
fn a_vault_is_made_once_and_its_words_open_it() {
    let world = World::new();
    let mut mara = world.nobody("Mara");
    assert!(mara.cannot(4, &["note", "list"]).contains("belay init"));
    assert!(!mara.vault.join("header.a").exists());
    let told = mara.init(&[]);
    assert_eq!(mara.words.len(), 24);
    assert!(told.ends_with("The words are right.\n"), "{told}");
    mara.cannot(11, &["init", "--low-memory"]);
    assert_eq!(mara.does(&["status"]).lines().next(), Some("No notes."));
    let typed = mara.words.join(" ");
    assert_eq!(mara.with_input(&["words", "test"], &format!("{typed}\n")).code, 0);
    let other = typed.split(' ').rev().collect::<Vec<_>>().join(" ");
    assert_eq!(mara.with_input(&["words", "test"], &format!("{other}\n")).code, 5);
}

#[test]
fn twelve_words_are_enough_if_wished() {
    let world = World::new();
    let mut mara = world.nobody("Mara");
    let told = mara.init(&["--words", "12"]);
    assert_eq!(mara.words.len(), 12);
    assert!(told.contains("Write these 12 words"), "{told}");
}

#[test]
fn nothing_is_kept_before_the_notice_is_understood() {
    let world = World::new();
    let mara = world.nobody("Mara");
    // The words were shown, and then somebody went away.
    let left = mara.with_input(&["init", "--low-memory"], "no\n");
    assert_eq!(left.code, 7, "{}", left.err);
    mara.cannot(7, &["note", "add", "Kept?"]);
    mara.cannot(7, &["pair", "invite", "Theo", "--as", "person"]);
    assert!(mara.rows(&["note", "list"]).is_empty());
    let told = mara.cannot(7, &["note", "add", "Kept?", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["error"]["code"], "NeedsAcknowledgement");
}

#[test]
fn notes_are_written_found_changed_and_put_away() {
    let world = World::new();
    let mara = world.person("Mara");
    let kept = mara.with_input(&["note", "add", "--tag", "sleep"], "Slept badly.\nThe radio helped.\n");
    assert!(kept.out.starts_with("Kept on this computer as "), "{}{}", kept.out, kept.err);
    assert!(kept.out.ends_with("Only you can see this.\n"), "{}", kept.out);
    let rows = mara.rows(&["note", "list"]);
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(row["snippet"], "Slept badly. The radio helped.");
    assert_eq!(row["audience"], "only you");
    let short = row["short"].as_str().unwrap();
    assert!(row["id"].as_str().unwrap().starts_with(short) && short.len() >= 4);
    assert!(row["when"]["instant"].as_str().unwrap().ends_with('Z'));
    assert!(row["actions"].as_array().unwrap().contains(&"edit".into()));

    mara.does(&["note", "edit", short, "--text", "Slept well.", "--title", "Nights"]);
    let shown = mara.does(&["note", "show", short]);
    assert!(shown.starts_with("Nights\n\nSlept well.\n") && shown.contains("Tags: sleep"), "{shown}");
    assert!(mara.does(&["note", "edit", short, "--text", "Slept well."]).starts_with("The words are the same"));
    mara.does(&["note", "tag", short, "radio"]);
    mara.does(&["note", "untag", short, "sleep"]);
    mara.does(&["note", "pin", short]);
    assert_eq!(mara.rows(&["note", "list", "--tag", "RADIO"]).len(), 1);
    assert_eq!(mara.rows(&["note", "list", "--tag", "sleep"]).len(), 0);
    mara.does(&["note", "trash", short]);
    assert!(mara.rows(&["note", "list"]).is_empty());
    assert_eq!(mara.rows(&["note", "list", "--trash"]).len(), 1);
    mara.cannot(4, &["note", "edit", short, "--text", "More"]);
    mara.does(&["note", "restore", short]);
    assert!(mara.does(&["history", short]).contains("You brought it back."));
    assert!(mara.does(&["audience", short]).starts_with("Only you can see this."));
}

#[test]
fn what_was_done_last_is_taken_back_and_put_back() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "Slept badly."]);
    let short = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    mara.does(&["note", "edit", &short, "--text", "Slept well."]);
    let told = mara.does(&["undo"]);
    assert!(told.starts_with("Undone.") && told.contains("belay undo"), "{told}");
    assert!(told.contains(&format!("{short}  Slept badly.")), "which note: {told}");
    assert!(mara.does(&["note", "show", &short]).starts_with("Slept badly."));
    let told = mara.does(&["undo"]);
    assert!(told.starts_with("Put back,") && told.contains("To undo it again: belay undo"), "{told}");
    assert!(mara.does(&["note", "show", &short]).starts_with("Slept well."));
    assert!(mara.does(&["undo"]).starts_with("Undone."));
    mara.does(&["undo"]);
    assert!(mara.does(&["note", "show", &short]).starts_with("Slept well."));
    mara.does(&["plan", "new", "wellness"]);
    let none = mara.cannot(4, &["undo"]);
    assert!(none.contains("cannot be undone"), "{none}");
    assert!(mara.does(&["note", "show", &short]).starts_with("Slept well."), "what came before is not the last");
    mara.does(&["note", "pin", &short]);
    assert_eq!(mara.rows(&["undo"])[0]["label"], "Undone.");
}

#[test]
fn an_undo_never_takes_back_something_else_than_the_last() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "Slept badly."]);
    let short = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    let there = || mara.rows(&["note", "list"]).iter().any(|row| row["short"] == short.as_str());
    let said_of = |first: &str| {
        let said = mara.cannot(4, &["undo"]);
        assert!(said.starts_with(first), "{said}");
        assert!(said.contains(&short) && said.ends_with(":\n  belay undo --before\n"), "{said}");
        assert!(there());
    };
    // What is no command of the core, and what was refused or not found.
    mara.does(&["pair", "invite", "Theo", "--as", "person", "--out", "a.belay"]);
    said_of("Something about people or phones came last.");
    mara.does(&["backup", "copy"]);
    said_of("Something about your vault came last.");
    mara.cannot(4, &["note", "edit", "zzzz", "--text", "More"]);
    said_of("What you asked for last was not done,");
    mara.cannot(3, &["note", "tag", &short, &"x".repeat(500)]);
    said_of("What you asked for last was not done,");
    // Looking is nothing that stands in the way, nor is looking in vain.
    mara.does(&["note", "pin", &short]);
    mara.does(&["note", "list"]);
    mara.cannot(4, &["note", "show", "zzzz"]);
    assert!(mara.does(&["undo"]).contains("It lies among the others again."));
    mara.does(&["undo"]);
    mara.does(&["note", "unpin", &short]);
    // What was let go does not come back, and the sentence says so.
    mara.does(&["note", "add", "The radio helped."]);
    let other = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    mara.does(&["forget", &other, "--seen", &other]);
    said_of("You let something go last. That cannot be undone.");
    // Only where it is asked for by name does what came before it go, and it comes back.
    let told = mara.does(&["undo", "--before"]);
    assert!(told.starts_with("Undone.") && told.contains(&short), "{told}");
    assert!(mara.does(&["undo"]).starts_with("Put back,") && there());
}

#[test]
fn what_is_let_go_is_shown_first() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "Slept badly."]);
    let short = mara.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned();
    for args in [&["forget", &short][..], &["forget", &short, "--seen", "zzzz"], &["forget", &short, "--seen", ""]] {
        let said = mara.says(args);
        assert!(said.code == 7 && said.err.starts_with("Nothing was let go yet."), "{}", said.err);
        let page = said.out.replace('\n', " ");
        let parts = ["Slept badly.", "It cannot be undone.", "30 days after it heard", "No command brings these back"];
        assert!(parts.iter().all(|words| page.contains(words)), "{page}");
        assert!(page.contains(&format!("belay note trash {short}")), "{page}");
    }
    assert_eq!(mara.rows(&["note", "list"]).len(), 1);
    let past = mara.says(&["forget", &short, "--keep-what-it-says"]);
    assert!(past.err.ends_with(&format!("belay forget {short} --keep-what-it-says --seen {short}\n")), "{}", past.err);
    assert!(past.out.starts_with(&format!("{short}  Slept badly.")) && !past.out.contains("trash"), "{}", past.out);
    mara.does(&["forget", &short, "--keep-what-it-says", "--seen", &short]);
    let left = mara.rows(&["note", "list"]);
    assert!(left.len() == 1 && left[0]["short"] != short.as_str(), "what it says stays, in a new one");
    assert_eq!(mara.says(&["forget", &short, "--json"]).code, 4);
}

#[test]
fn goals_and_plans_work_without_anyone() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["goal", "add", "Swim again", "--towards", "One calm hour a week", "--why", "Water helps."]);
    mara.does(&["goal", "step", "add", "swim again", "Ask", "about", "the", "hours"]);
    mara.does(&["goal", "step", "add", "swim again", "Buy", "goggles"]);
    mara.does(&["goal", "step", "move", "Swim again", "2", "--first"]);
    mara.does(&["goal", "step", "mark", "Swim again", "1", "done"]);
    mara.does(&["goal", "stage", "Swim again", "active"]);
    mara.does(&["goal", "edit", "Swim again", "--towards", "Two calm hours"]);
    let [goal] = mara.rows(&["goal", "show", "Swim again"]).try_into().unwrap();
    assert_eq!((&goal["towards"], &goal["stage"]["code"]), (&"Two calm hours".into(), &"active".into()));
    assert_eq!(
        (&goal["steps"][0]["text"], &goal["steps"][0]["stage"]["code"]),
        (&"Buy goggles".into(), &"done".into())
    );

    mara.does(&["plan", "new", "wellness"]);
    for line in ["Tea with the radio on", "Call Ana", "Walk"] {
        mara.does(&["plan", "line", "add", "wellness", "My toolbox", line]);
    }
    let written = mara.with_input(&["plan", "edit", "wellness", "toolbox"], "2. Call Ana or Bo\nSing\n");
    assert_eq!(written.code, 0, "{}", written.err);
    mara.does(&["plan", "line", "move", "wellness", "toolbox", "4", "--first"]);
    let taken = mara.does(&["plan", "line", "take", "wellness", "toolbox", "2"]);
    let lines = |part: &Value| -> Vec<String> {
        let entries = part["entries"].as_array().unwrap().iter();
        entries.map(|entry| entry["text"].as_str().unwrap().to_owned()).collect()
    };
    let part = || mara.rows(&["plan", "show", "wellness", "--part", "toolbox"])[0]["parts"][0].clone();
    assert_eq!(lines(&part()), ["Sing", "Call Ana or Bo", "Walk"]);
    let back: Vec<&str> = taken.lines().last().unwrap().split_whitespace().skip_while(|word| *word != "plan").collect();
    mara.does(&back);
    assert_eq!(lines(&part()).len(), 4);
    mara.does(&["plan", "skip", "wellness", "Afterwards"]);
    mara.does(&["plan", "part", "wellness", "Music"]);
    mara.does(&["plan", "edit", "wellness", "--title", "Staying well"]);
    let shown = mara.does(&["plan", "show", "Staying well"]);
    assert!(shown.contains("Left out for now.") && shown.contains("│ Music"), "{shown}");
    assert!(mara.does(&["plan", "show", "wellness", "--ascii"]).contains("| Music"));
    // Nobody is there to suggest to.
    mara.cannot(6, &["suggest", "wellness", "toolbox", "--add", "Swim"]);
}

#[test]
fn exit_codes_tell_what_is_so() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.cannot(2, &["frobnicate"]);
    mara.cannot(2, &["note", "show"]);
    mara.cannot(2, &["plan", "new", "nothing"]);
    mara.cannot(3, &["note", "list", "--limit", "0"]);
    mara.cannot(3, &["note", "add", "bell\u{7}"]);
    mara.cannot(3, &["name", "   "]);
    mara.cannot(4, &["note", "show", "zzzz"]);
    mara.cannot(4, &["bundle", "out", "Nobody"]);
    mara.cannot(4, &["bundle", "in", "nothing.belay"]);
    mara.cannot(8, &["bundle", "in", "Mara/header.a"]);
    assert_eq!(
        people::said(mara.command(&["status"]).env("BELAY_PASSPHRASE", "another one").output().unwrap()).code,
        5
    );
    mara.does(&["erase", "Mara", "--seen", "Mara"]);
    mara.cannot(4, &["status"]);
}

#[test]
fn what_went_wrong_is_said_without_anybodys_words() {
    let world = World::new();
    let mara = world.person("Mara");
    let canary = "canary7f3a";
    let long = canary.repeat(2_000);
    for args in [
        &["note", "show", canary][..],
        &["note", "tag", canary, canary],
        &["goal", "show", canary],
        &["goal", "add", canary, "--towards", ""],
        &["goal", "add", &long, "--towards", canary],
        &["note", "add", "--frob", canary],
        &["note", canary],
        &["decide", canary],
        &["suggest", canary, canary, "--add", canary],
        &["plan", "line", "add", canary, canary, canary],
        &["pair", "invite", canary, "--as", canary],
        &["name", canary, "--with", canary],
    ] {
        for extra in [&[][..], &["--json"]] {
            let said = mara.says(&[args, extra].concat());
            assert_ne!(said.code, 0, "{args:?}");
            assert_eq!(said.out, "", "{args:?}");
            assert!(!said.err.contains(canary) && !said.err.is_empty(), "{args:?}: {}", said.err);
            if !extra.is_empty() {
                let told: Value = serde_json::from_str(&said.err).unwrap();
                let error = &told["error"];
                assert!(error["code"].is_string() && error["label"].is_string() && error["fields"].is_object());
            }
        }
    }
}

#[test]
fn it_fits_a_narrow_screen_and_colours_only_what_may_be() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "Walk by the river when the flat feels small, and take the long way home."]);
    mara.does(&["plan", "new", "wellness"]);
    for args in [&["note", "list"][..], &["plan", "show", "wellness"], &["status"], &["plan", "list"]] {
        let narrow = people::said(mara.command(args).env("COLUMNS", "40").output().unwrap()).out;
        let wide = narrow.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        assert!(wide <= 40 && wide > 20, "{args:?}: {wide}\n{narrow}");
        // Nothing is cut: the same words as on a wide screen.
        let words = |text: &str| text.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        let mut narrow_words: Vec<_> = words(&narrow).split(' ').map(str::to_owned).collect();
        let mut wide_words: Vec<_> = words(&mara.does(args)).split(' ').map(str::to_owned).collect();
        narrow_words.retain(|word| !"│║╎⋮".contains(word.as_str()));
        wide_words.retain(|word| !"│║╎⋮".contains(word.as_str()));
        narrow_words.sort();
        wide_words.sort();
        assert_eq!(narrow_words, wide_words, "{args:?}");
    }
    let show = ["plan", "show", "wellness"];
    assert!(!mara.does(&show).contains('\u{1b}'), "a pipe is no terminal");
    let always = [&show[..], &["--color", "always"]].concat();
    assert!(mara.does(&always).contains("\u{1b}[36m│"));
    assert!(!mara.does(&[&show[..], &["--color", "never"]].concat()).contains('\u{1b}'));
}

#[test]
fn a_new_passphrase_opens_and_the_old_one_does_not() {
    let world = World::new();
    let mara = world.person("Mara");
    std::fs::write(world.path().join("new"), "five other quiet small words\n").unwrap();
    mara.does(&["passphrase", "--low-memory", "--new-passphrase-file", "new"]);
    mara.cannot(5, &["status"]);
    let opened = mara.command(&["status", "--passphrase-file", "new"]).output().unwrap();
    assert!(opened.status.success());
    std::fs::write(world.path().join("short"), "1234\n").unwrap();
    let args = ["passphrase", "--passphrase-file", "new", "--new-passphrase-file", "short", "--low-memory"];
    mara.cannot(3, &args);
    assert_ne!(PASSPHRASE, "");
}

#[test]
fn a_copy_of_the_vault_becomes_a_vault_again() {
    let world = World::new();
    let mara = world.person("Mara");
    mara.does(&["note", "add", "The radio helped."]);
    assert!(mara.does(&["backup", "copy"]).contains("words on your paper"));
    mara.cannot(11, &["backup", "copy"]);
    mara.cannot(5, &["backup", "other", "--passphrase-file", "copy/lock"]);
    assert!(!world.path().join("other").exists());
    let phone = world.nobody("phone");
    let restore = |input: &str| phone.with_input(&["restore", "copy", "--low-memory"], input);
    assert_eq!(restore("not the words at all").code, 5);
    assert!(!phone.vault.exists());
    let said = restore(&mara.words.join(" "));
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    assert!(phone.does(&["note", "list"]).contains("The radio helped."));
    phone.does(&["note", "add", "Here again."]);
    assert_eq!(restore(&mara.words.join(" ")).code, 11);
    assert!(!mara.does(&["note", "list"]).contains("Here again."));
    phone.cannot(4, &["restore", "nowhere", "--vault", "third"]);
}

#[test]
fn shells_are_told_every_command() {
    let world = World::new();
    let nobody = world.nobody("nobody");
    let script = nobody.does(&["completions", "bash"]);
    assert!(script.contains("kept-out") && script.contains("take-back"));
    assert!(nobody.does(&["--help"]).contains("belay init"));
    assert_eq!(nobody.does(&["help"]), nobody.does(&["--help"]));
    assert_eq!(nobody.does(&["help", "note", "add"]), nobody.does(&["note", "add", "--help"]));
    assert!(!nobody.vault.exists());
}
