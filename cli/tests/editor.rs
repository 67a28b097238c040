//! Somebody who writes in an editor of their own: whatever becomes of the command, what was written is not lost.
//! A terminal is needed for it: the open end of one does, since nothing is typed into it.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests read as stories")]

mod people;

use people::{Person, Said, World, said};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// An editor that does this with its file, `$1`.
fn editor(world: &World, name: &str, does: &str) -> PathBuf {
    let path = world.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{does}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

impl Person {
    fn writes(&self, args: &[&str], editor: &PathBuf) -> Said {
        let terminal = fs::File::options().read(true).write(true).open("/dev/ptmx").unwrap();
        said(self.command(args).env("EDITOR", editor).stdin(terminal).output().unwrap())
    }
    fn drafts(&self) -> Vec<String> {
        let rows = self.rows(&["draft", "list"]);
        rows.iter().map(|row| row["snippet"].as_str().unwrap().to_owned()).collect()
    }
    fn first_note(&self) -> String {
        self.rows(&["note", "list"])[0]["short"].as_str().unwrap().to_owned()
    }
}

#[test]
fn an_editor_that_ends_with_another_code_leaves_a_draft() {
    let world = World::new();
    let mara = world.person("Mara");
    let stops = editor(&world, "stops", "echo 'Slept badly.' > \"$1\"; exit 1");
    let told = mara.writes(&["note", "add"], &stops);
    assert_eq!(told.code, 130, "{}{}", told.out, told.err);
    assert!(told.err.contains("kept as a draft") && told.err.contains("Next:  belay draft list"), "{}", told.err);
    assert!(mara.rows(&["note", "list"]).is_empty());
    assert_eq!(mara.drafts(), ["Slept badly."]);

    // And one goes on with it.
    let more = editor(&world, "more", "printf '\\nThe radio helped.\\n' >> \"$1\"");
    let told = mara.writes(&["draft", "edit", "1"], &more);
    assert!(told.code == 0 && told.out.starts_with("Kept on this computer as "), "{}{}", told.out, told.err);
    assert_eq!(mara.rows(&["note", "show", &mara.first_note()])[0]["body"], "Slept badly.\nThe radio helped.");
    assert!(mara.drafts().is_empty());
    assert!(mara.does(&["undo"]).contains("Slept badly."), "it is undone as a note is");
    mara.does(&["undo"]);

    // An editor that did nothing leaves nothing; one that is no editor neither.
    let nothing = editor(&world, "nothing", "exit 1");
    assert_eq!(mara.writes(&["note", "add"], &nothing).code, 130);
    assert_eq!(mara.writes(&["note", "edit", &mara.first_note()], &nothing).code, 130);
    assert_eq!(mara.writes(&["note", "add"], &world.path().join("none")).code, 2);
    assert!(mara.drafts().is_empty());
}

#[test]
fn what_cannot_be_kept_where_it_was_meant_is_a_draft_of_that() {
    let world = World::new();
    let (mara, theo) = world.two();
    mara.does(&["note", "add", "Slept badly."]);
    let note = mara.first_note();
    let long = editor(&world, "long", "head -c 100001 /dev/zero | tr '\\0' 'a' > \"$1\"");
    let told = mara.writes(&["note", "edit", &note], &long);
    assert_eq!(told.code, 3, "{}{}", told.out, told.err);
    assert!(told.err.contains("kept as a draft"), "{}", told.err);
    assert_eq!(mara.drafts().len(), 1);
    // A second time, over the draft: what was written last is what is kept.
    let longer = editor(&world, "longer", "head -c 100002 /dev/zero | tr '\\0' 'b' > \"$1\"");
    assert_eq!(mara.writes(&["note", "edit", &note], &longer).code, 3);
    assert!(mara.drafts()[0].starts_with("bbbb") && mara.drafts().len() == 1);
    let shorter = editor(&world, "shorter", "echo 'Slept badly, again.' > \"$1\"");
    assert_eq!(mara.writes(&["draft", "edit", "1"], &shorter).code, 0);
    assert_eq!(mara.rows(&["note", "show", &note])[0]["body"], "Slept badly, again.");
    assert!(mara.drafts().is_empty());

    mara.does(&["plan", "new", "wellness", "--with", "Theo"]);
    mara.does(&["bundle", "out", "Theo", "--out", "1"]);
    theo.does(&["bundle", "in", "1"]);
    let line = editor(&world, "line", "head -c 20000 /dev/zero | tr '\\0' 'c' > \"$1\"");
    for args in [
        &["comment", "wellness"][..],
        &["plan", "line", "add", "wellness", "My toolbox"],
        &["plan", "edit", "wellness", "My toolbox"],
    ] {
        let told = mara.writes(args, &line);
        assert!(told.code == 3 && told.err.contains("kept as a draft"), "{args:?} {}{}", told.out, told.err);
    }
    assert_eq!(mara.drafts().len(), 3);
    // The comment goes where it was meant.
    let number =
        mara.rows(&["draft", "list"]).iter().position(|row| row["target"].as_str().unwrap().contains("comment"));
    let short = editor(&world, "short", "echo 'Good to read.' > \"$1\"");
    let number = (number.unwrap() + 1).to_string();
    let told = mara.writes(&["draft", "edit", &number], &short);
    assert!(told.code == 0 && told.out.starts_with("Comment kept."), "{}{}", told.out, told.err);
    assert!(mara.does(&["plan", "show", "wellness"]).contains("Good to read."));
    assert_eq!(mara.drafts().len(), 2);
}

#[test]
fn a_text_too_long_for_a_draft_is_kept_as_several() {
    let world = World::new();
    let mara = world.person("Mara");
    let huge = editor(&world, "huge", "(echo first; yes line | head -c 2200000; echo; echo last) > \"$1\"");
    let told = mara.writes(&["note", "add"], &huge);
    assert_eq!(told.code, 3, "{}", told.err);
    assert!(told.err.contains("kept as 3 drafts"), "{}", told.err);
    let texts: Vec<String> = ["1", "2", "3"]
        .iter()
        .map(|number| mara.rows(&["draft", "show", number])[0]["text"].as_str().unwrap().to_owned())
        .collect();
    let all = texts.concat();
    assert!(all.starts_with("first\nline\n") && all.ends_with("\nlast"), "in their order");
    assert_eq!(all.lines().filter(|line| *line == "line").count(), 440_000);
}

#[test]
fn whoever_cannot_open_the_vault_finds_out_before_writing() {
    let world = World::new();
    let mara = world.person("Mara");
    let mark = world.path().join("opened");
    let opened = editor(&world, "opened-it", &format!("touch '{}'", mark.display()));
    let terminal = || fs::File::options().read(true).write(true).open("/dev/ptmx").unwrap();
    let mut command = mara.command(&["note", "add"]);
    command.env("EDITOR", &opened).env("BELAY_PASSPHRASE", "another one").stdin(terminal());
    assert_eq!(said(command.output().unwrap()).code, 5);
    assert!(!mark.exists(), "nobody wrote words that cannot be kept");
    // Nor where there is no vault at all.
    assert_eq!(world.nobody("Nobody").writes(&["note", "add"], &opened).code, 4);
    assert!(!mark.exists());
}
