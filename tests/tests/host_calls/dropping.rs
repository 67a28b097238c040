use crate::{code, note, notes};
use belay::command::{Target, TextTarget};
use belay::companion::{DropIn, drop_in, inspect};
use belay::error::{Code, Failure};
use belay::ids::DocId;
use belay::vault::VaultFacts;
use belay_tests::{Device, PASSPHRASE, SeededEntropy, World, text};
use std::cell::Cell;
use std::path::PathBuf;

thread_local!(static DROPPED: Cell<u64> = const { Cell::new(0) });

fn lay_in(device: &Device, what: &DropIn) -> Result<(), Failure> {
    let number = DROPPED.replace(DROPPED.get() + 1);
    drop_in(device.folder(), what, &device.at(), &mut SeededEntropy::new(format!("drop {number}")))
}

fn drafts(device: &Device) -> Vec<String> {
    device.look(|db| {
        let mut query = db.prepare("SELECT text FROM draft ORDER BY rowid")?;
        let rows = query.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}

fn quick(words: &str) -> DropIn {
    DropIn::QuickNote { text: text(words) }
}

fn boxed(device: &Device) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(device.folder().join("drop")) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

#[test]
fn what_is_dropped_in_while_locked_is_a_note_after_unlocking() {
    let world = World::new("drops");
    let mara = world.person("Mara");
    mara.apply(note("Before"));
    mara.companion.lock().expect("locking");
    lay_in(&mara, &quick("Slept in the chair")).expect("locked or not");
    lay_in(&mara, &DropIn::Shared { title: text("A page"), text: text("about sleep") }).expect("a share");
    let target = TextTarget::Note { note: DocId([3; 32]) };
    lay_in(&mara, &DropIn::EditorWords { target, text: text("half a sen"), before: None })
        .expect("an editor's last words");
    for file in boxed(&mara) {
        let bytes = std::fs::read(file).expect("a file");
        // One kibibyte of plaintext, whatever was typed: the length of a note tells nothing.
        assert_eq!(bytes.len(), 10 + 1 + 32 + 16 + 1024);
        for words in ["chair", "sleep", "half a"] {
            assert!(!bytes.windows(words.len()).any(|window| window == words.as_bytes()), "{words}");
        }
    }
    assert_eq!(boxed(&mara).len(), 3);
    let unlocked = mara.unlock().expect("the passphrase");
    assert_eq!((unlocked.dropped.taken, unlocked.dropped.waiting, unlocked.dropped.unread), (3, 0, 0));
    assert_eq!(notes(&mara), ["Before", "Slept in the chair", "about sleep"]);
    assert_eq!(drafts(&mara), ["half a sen"], "of a note that is not there: kept all the same");
    assert!(!mara.folder().join("drop").exists());
    assert_eq!(mara.lock_and_unlock().dropped.taken, 0);
    assert_eq!((notes(&mara).len(), drafts(&mara).len()), (3, 1));
}

#[test]
fn each_is_taken_in_once_though_a_death_comes_between() {
    let world = World::new("once");
    let mut mara = world.person("Mara");
    mara.companion.lock().expect("locking");
    let long = "word ".repeat(20_200);
    lay_in(&mara, &quick("Slept in the chair")).expect("room");
    let target = TextTarget::NewNote { draft: None };
    lay_in(&mara, &DropIn::EditorWords { target, text: text(&long), before: None }).expect("more than a note holds");
    let files: Vec<_> =
        boxed(&mara).into_iter().map(|file| (file.clone(), std::fs::read(file).expect("a file"))).collect();
    let put_back = || {
        std::fs::create_dir_all(files[0].0.parent().expect("the box")).expect("the box");
        files.iter().for_each(|(file, bytes)| std::fs::write(file, bytes).expect("as before the death"));
    };
    for round in 0..3 {
        // The process died after the commit and before the files were gone.
        assert_eq!(mara.unlock().expect("the passphrase").dropped.taken, 2, "{round}");
        assert_eq!((notes(&mara).len(), drafts(&mara).len()), (1, 1), "one note, and one draft of 101,000 signs");
        mara.die();
        put_back();
    }
    // Also what was laid down half, before it had its name.
    std::fs::write(files[0].0.with_extension("new"), &files[0].1[..100]).expect("half a file");
    mara.unlock().expect("the passphrase");
    assert_eq!(boxed(&mara), Vec::<PathBuf>::new());
    let before = notes(&mara);
    mara.lock_and_unlock();
    assert_eq!(notes(&mara), before);
}

#[test]
fn nothing_is_cut_from_an_editors_words() {
    let world = World::new("editor");
    let mara = world.person("Mara");
    let typed: String = (0..101_000_u32).map(|at| if at % 40_000 == 7 { '\u{7}' } else { 'x' }).collect();
    let target = TextTarget::NewNote { draft: None };
    lay_in(&mara, &DropIn::EditorWords { target, text: text(&typed), before: None }).expect("room");
    assert_eq!(mara.lock_and_unlock().dropped.taken, 1);
    let kept: String = mara.look(|db| Ok(db.query_row("SELECT text FROM draft", [], |row| row.get(0))?));
    assert_eq!(kept, typed);
}

#[test]
fn wrong_drops_are_refused_and_a_full_box_says_so() {
    let world = World::new("bounds");
    let mara = world.person("Mara");
    for (what, told) in [
        (quick(""), Code::Empty),
        (quick(" \n"), Code::Empty),
        (quick(&"x".repeat(100_001)), Code::TooLong),
        (quick("a\u{0}b"), Code::InvalidText),
        (DropIn::Shared { title: text(&"x".repeat(201)), text: text("") }, Code::TooLong),
        (DropIn::Shared { title: text(""), text: text("") }, Code::Empty),
        (
            DropIn::EditorWords {
                target: TextTarget::Comment {
                    on: Target { doc: DocId([3; 32]), part: Some("x".repeat(1_000)), element: None },
                },
                text: text("words"),
                before: None,
            },
            Code::TooLong,
        ),
        (
            DropIn::EditorWords {
                target: TextTarget::NewNote { draft: None },
                text: text(&"x".repeat(1024 * 1024)),
                before: None,
            },
            Code::TooBig,
        ),
    ] {
        assert_eq!(code(lay_in(&mara, &what)), told, "{what:?}");
    }
    assert_eq!(boxed(&mara).len(), 0);
    lay_in(&mara, &quick("Note")).expect("an empty box");
    let file = boxed(&mara).remove(0);
    for number in 1..256 {
        std::fs::copy(&file, file.with_file_name(format!("{number:03}"))).expect("copying");
    }
    assert_eq!(code(lay_in(&mara, &quick("one too many"))), Code::TooMany);
    (3..256).for_each(|number| std::fs::remove_file(file.with_file_name(format!("{number:03}"))).expect("a file"));
    assert_eq!(mara.lock_and_unlock().dropped.taken, 3);
    assert_eq!(notes(&mara), ["Note"], "one thing, however often its file is there");
}

/// A drop as nobody's app makes it: of this kind, for a field of this note.
fn forged(number: u8, kind: u8, words: &str, target: &TextTarget) -> Vec<u8> {
    let (name, field) = target.name();
    let mut wire = minicbor::Encoder::new(Vec::new());
    let put = |wire: &mut minicbor::Encoder<Vec<u8>>| -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        wire.map(7)?.u8(1)?.bytes(&[number; 16])?.u8(2)?.u8(kind)?.u8(3)?.str(words)?.u8(5)?.i64(0)?;
        wire.u8(6)?.str("UTC")?.u8(7)?.str(&name)?.u8(8)?.str(&field)?;
        Ok(())
    };
    put(&mut wire).expect("into memory");
    wire.into_writer()
}

#[test]
fn what_a_stranger_lays_in_is_bounded_and_empties_no_draft() {
    let world = World::new("stranger");
    let mara = world.person("Mara");
    let made = mara.apply(note("Tea")).made.expect("a note");
    let target = TextTarget::Note { note: made };
    let kept = DropIn::EditorWords { target: target.clone(), text: text("Tea at four"), before: None };
    lay_in(&mara, &kept).expect("room");
    assert_eq!(mara.lock_and_unlock().dropped.taken, 1);
    mara.companion.lock().expect("locking");
    let fresh = TextTarget::NewNote { draft: Some(belay::ids::ElementId([5; 16])) };
    let long = "x".repeat(100_001);
    for (number, (kind, words, target)) in (0..).zip([
        (3, "", &target),
        (3, " \n", &target),
        (3, "", &fresh),
        (1, "", &fresh),
        (1, long.as_str(), &fresh),
        (9, "a\u{0}b", &fresh),
    ]) {
        let plain = forged(number, kind, words, target);
        belay::vault::lay_in(mara.folder(), &plain, &mut SeededEntropy::new(format!("forged {number}"))).expect("room");
    }
    let told = mara.unlock().expect("the passphrase").dropped;
    assert_eq!((told.taken, told.waiting, told.unread), (0, 0, 2), "what breaks a bound is kept, and tried no more");
    assert_eq!((drafts(&mara), notes(&mara)), (vec!["Tea at four".to_owned()], vec!["Tea".to_owned()]));
    // However many there are, one unlock takes no more than a box holds.
    mara.companion.lock().expect("locking");
    belay::vault::lay_in(mara.folder(), &forged(7, 3, "", &fresh), &mut SeededEntropy::new("many")).expect("room");
    let file = boxed(&mara).into_iter().find(|file| file.extension().is_none()).expect("a file");
    for number in 0..299 {
        std::fs::copy(&file, file.with_file_name(format!("{number:03}"))).expect("copying");
    }
    let told = mara.unlock().expect("the passphrase").dropped;
    assert_eq!((told.taken, told.waiting, told.unread), (0, 300 - 256, 2));
    let told = mara.lock_and_unlock().dropped;
    assert_eq!((told.taken, told.waiting, told.unread), (0, 0, 2));
    assert_eq!(drafts(&mara), ["Tea at four"]);
}

#[test]
fn where_no_vault_is_nothing_is_made() {
    let world = World::new("nowhere");
    let mara = world.bare("Mara");
    assert_eq!(code(lay_in(&mara, &quick("words"))), Code::NotFound);
    assert!(!mara.folder().exists());
    let theo = world.person("Theo");
    theo.companion.erase().expect("erasing");
    assert_eq!(code(lay_in(&theo, &quick("words"))), Code::NotFound);
    assert_eq!(inspect(theo.folder(), &theo.at()), VaultFacts::Absent);
}

#[test]
fn files_that_nothing_opens_are_kept_and_told() {
    let world = World::new("unread");
    let (mara, theo) = (world.person("Mara"), world.person("Theo"));
    mara.companion.lock().expect("locking");
    lay_in(&theo, &quick("to another vault")).expect("room");
    lay_in(&mara, &quick("to this one")).expect("room");
    let (stray, mine) = (boxed(&theo).remove(0), boxed(&mara).remove(0));
    let within = mara.folder().join("drop");
    std::fs::copy(stray, within.join("stray")).expect("copying");
    let mut flipped = std::fs::read(&mine).expect("a file");
    *flipped.last_mut().expect("bytes") ^= 1;
    std::fs::write(within.join("flipped"), flipped).expect("writing");
    std::fs::write(within.join("empty"), b"").expect("writing");
    std::fs::write(within.join("huge"), vec![0; 3 << 20]).expect("writing");
    let told = mara.unlock().expect("the passphrase").dropped;
    assert_eq!((told.taken, told.waiting, told.unread), (1, 0, 4));
    assert_eq!(notes(&mara), ["to this one"]);
    let told = mara.lock_and_unlock().dropped;
    assert_eq!((told.taken, told.waiting, told.unread), (0, 0, 4));
    assert_eq!(boxed(&mara).len(), 4, "kept as they are");
}

#[test]
fn before_the_notice_is_understood_it_waits() {
    let world = World::new("notice");
    let mut mara = world.bare("Mara");
    mara.create();
    mara.companion.lock().expect("locking");
    lay_in(&mara, &quick("Slept in the chair")).expect("room");
    let told = mara.unlock().expect("the passphrase").dropped;
    assert_eq!((told.taken, told.waiting), (0, 1));
    mara.acknowledge();
    assert_eq!(mara.lock_and_unlock().dropped.taken, 1);
    assert_eq!(notes(&mara), ["Slept in the chair"]);
}

#[test]
fn what_was_dropped_before_a_new_key_is_taken_in_after_it() {
    let world = World::new("rekey");
    let mut mara = world.person("Mara");
    lay_in(&mara, &quick("in time")).expect("room");
    // Sealed to the key before, and there only after the new one counts.
    lay_in(&mara, &quick("in the last moment")).expect("room");
    let late = boxed(&mara).remove(1);
    let bytes = std::fs::read(&late).expect("a file");
    std::fs::remove_file(&late).expect("kept aside");
    mara.companion.rekey(&mara.secret(), None, &mara.at()).expect("a new key");
    mara.keys_changed();
    assert_eq!(notes(&mara).len(), 1, "taken in while its key was there");
    std::fs::create_dir_all(late.parent().expect("the box")).expect("the box");
    std::fs::write(&late, bytes).expect("writing");
    lay_in(&mara, &quick("after it")).expect("room");
    let told = mara.lock_and_unlock().dropped;
    assert_eq!((told.taken, told.unread), (2, 0), "{PASSPHRASE}");
    assert_eq!(notes(&mara), ["after it", "in the last moment", "in time"]);
}
