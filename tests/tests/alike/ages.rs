//! How old a note is, on each phone of a person and after all was made again: as old as its newest words, whatever came
//! first and whatever the clocks said.

use belay::clock::Moment;
use belay::command::{Command, NoteCommand, NoteDraft, NoteField};
use belay::document::ActKind;
use belay::ids::DocId;
use belay::view::{Answer, Ask, At, NoteFilter};
use belay_tests::{Chance, Circle, Device, World, text, whole};

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;
/// A day of 2099, and one of 1970.
const AHEAD_MS: i64 = 4_080_000_000_000;
const BEHIND_MS: i64 = 9_000_000_000;

/// When a note was made, when it was last written in, and the zone, by its row.
fn times(on: &Device, note: DocId) -> (i64, i64, String) {
    on.look(|db| {
        let number = belay::store::documents::number(db, &note)?;
        let sql = "SELECT made_ms, changed_ms, zone FROM note WHERE number = ?1";
        Ok(db.query_row(sql, [number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
    })
}

fn told(on: &Device, note: DocId) -> Vec<(i64, i64)> {
    on.look(|db| {
        let mut query = db.prepare("SELECT act, claimed_ms FROM history WHERE subject = ?1")?;
        let rows = query.query_map([note], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut all: Vec<(i64, i64)> = rows.filter_map(Result::ok).collect();
        all.retain(|(act, _)| ActKind::from_number(*act).is_some_and(ActKind::words_a_note));
        all.sort_unstable();
        Ok(all)
    })
}

fn made_by(on: &Device) -> DocId {
    let draft = NoteDraft { title: text("Sleep"), body: text("Three hours."), ..NoteDraft::default() };
    on.apply(NoteCommand::Create { draft }).made.expect("a note")
}

fn edit(on: &Device, note: DocId, words: &str) {
    let Answer::Note(shown) = on.ask(Ask::Note { id: note }) else { panic!("a note") };
    let text = whole(words);
    on.apply(NoteCommand::Edit { note, field: NoteField::Body, base: shown.rev.clone(), text });
}

fn pin(on: &Device, note: DocId, pinned: bool) {
    on.apply(if pinned { NoteCommand::Pin { note } } else { NoteCommand::Unpin { note } });
}

#[test]
fn words_of_a_long_sitting_are_as_old_on_both_phones() {
    let world = World::new("sitting");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let note = made_by(phone);
    phone.wait(2 * HOUR);
    edit(phone, note, "Three hours. Tea.");
    phone.wait(HOUR);
    edit(phone, note, "Three hours. Tea. Bed.");
    let here = times(phone, note);
    assert_eq!((here.1 - here.0) / HOUR, 3, "as old as its last words");
    phone.wait(HOUR);
    pin(phone, note, true);
    assert_eq!(times(phone, note), here, "a pin is no writing");
    circle.tell_everything();
    assert_eq!((times(phone, note), times(tablet, note)), (here.clone(), here));
    assert_eq!(told(phone, note), told(tablet, note), "history says the same times");
}

#[test]
fn a_note_written_in_after_another_was_made_is_the_newer_at_once() {
    let world = World::new("two in a minute");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let first = made_by(phone);
    phone.wait(10_000);
    let second = made_by(phone);
    phone.wait(10_000);
    edit(phone, first, "Three hours. Tea.");
    circle.tell_everything();
    for device in [phone, tablet] {
        assert!(times(device, first).1 > times(device, second).1, "not the newest");
    }
    assert_eq!(times(phone, first), times(tablet, first));
}

#[test]
fn older_words_that_come_later_make_a_note_no_older() {
    let world = World::new("older words");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let note = made_by(phone);
    circle.tell_everything();
    tablet.wait(HOUR);
    edit(tablet, note, "Three hours. Tea.");
    phone.wait(9 * HOUR);
    edit(phone, note, "Only three hours.");
    let before = times(phone, note);
    circle.tell_everything();
    assert_eq!((times(phone, note), times(tablet, note)), (before.clone(), before));
}

/// Words that went again before anyone heard of them were written all the same; the same taken out on both phones changes no
/// word of the second, and yet was done later.
#[test]
fn words_that_leave_no_trace_count_alike() {
    let world = World::new("no trace");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let note = made_by(phone);
    circle.tell_everything();
    phone.wait(HOUR);
    edit(phone, note, "Three hours. No.");
    phone.wait(HOUR);
    edit(phone, note, "Three hours.");
    circle.tell_everything();
    assert_eq!(times(phone, note), times(tablet, note), "come and gone");
    edit(phone, note, "Three");
    tablet.wait(5 * HOUR);
    edit(tablet, note, "Three");
    circle.tell_everything();
    assert_eq!(times(phone, note), times(tablet, note), "gone twice");
}

/// Mends a vault of which one page is damaged that can be made again: all rows follow from the batches then.
fn mend(device: &mut Device) {
    device.companion.lock().expect("locking");
    let files = std::fs::read_dir(device.folder()).expect("a folder").filter_map(Result::ok).map(|file| file.path());
    let store = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "db")).expect("a store");
    let whole = std::fs::read(&store).expect("readable");
    let size = 4_096;
    let mended = (3..whole.len() / size).any(|page| {
        let mut bytes = whole.clone();
        bytes[page * size + 100] ^= 1;
        std::fs::write(&store, &bytes).expect("writable");
        let told = device.companion.mend(&device.secret(), &device.at());
        let done = told.is_ok_and(|told| !told.pages.is_empty());
        if !done {
            let _ = device.companion.lock();
            std::fs::write(&store, &whole).expect("writable");
        }
        done
    });
    assert!(mended, "no page can be mended");
    device.keys_changed();
    device.unlock().expect("it opens");
}

/// What is asked of all batches says what was kept one by one: a short body and a long one with edits beside its row, pins
/// between, a clock that goes back, a sitting that no batch has ended yet.
#[test]
fn a_note_made_again_from_its_batches_is_as_old() {
    let world = World::new("made again");
    let mut mara = world.person("Mara");
    let mut notes = Vec::new();
    for (at, body) in ["Short.".to_owned(), "A long evening. ".repeat(400)].iter().enumerate() {
        let note = made_by(&mara);
        edit(&mara, note, body);
        for (step, wait) in [MINUTE / 2, MINUTE, HOUR, 5, -3 * HOUR, MINUTE, 7 * HOUR, 3].iter().enumerate() {
            mara.wait(*wait);
            edit(&mara, note, &format!("{body} {step}"));
            if step % 3 == at {
                pin(&mara, note, step % 2 == 0);
            }
            if step == 5 {
                mara.rest();
            }
        }
        mara.wait(HOUR);
        pin(&mara, note, true);
        notes.push(note);
    }
    let seen = |on: &Device| notes.iter().map(|note| times(on, *note)).collect::<Vec<_>>();
    let before = seen(&mara);
    mend(&mut mara);
    assert_eq!(seen(&mara), before);
}

/// The notes as they are listed.
fn listed(on: &Device) -> Vec<DocId> {
    let Answer::Notes(page) = on.ask(Ask::Notes { filter: NoteFilter::default(), at: At::default() }) else {
        panic!("notes")
    };
    page.rows.into_iter().map(|row| row.id).collect()
}

/// An edit on a tablet that is a few minutes ahead, or a whole century: the next words say their own time on both phones,
/// and cost what they cost.
#[test]
fn a_clock_that_was_ahead_is_forgotten_with_the_next_words() {
    let body = "A long evening. ".repeat(400);
    for ahead in [5 * MINUTE, 73 * 365 * 24 * HOUR] {
        let world = World::new("ahead");
        let circle = Circle::new(&world, 2, 1);
        let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
        let (plain, once) = (made_by(phone), made_by(phone));
        edit(phone, plain, &body);
        edit(phone, once, &body);
        circle.tell_everything();
        phone.wait(2 * MINUTE);
        tablet.wait(2 * MINUTE + ahead);
        edit(tablet, once, &format!("{body} wrong"));
        let wrong = times(tablet, once);
        circle.tell_everything();
        assert_eq!((times(phone, once), listed(phone)), (wrong.clone(), vec![once, plain]), "nobody knows better yet");
        phone.wait(MINUTE);
        for at in 0..4 {
            edit(phone, once, &format!("{body} now {at}"));
            edit(phone, plain, &format!("{body} now {at}"));
        }
        let beside = |note: DocId| {
            phone.look(|db| {
                Ok(db.query_row("SELECT count(*) FROM typed WHERE doc = ?1", [note], |row| row.get::<_, i64>(0))?)
            })
        };
        assert_eq!((beside(once), beside(plain)), (3, 3), "as many edits lie beside either row");
        circle.tell_everything();
        let healed = times(phone, once);
        assert!(healed.1 < wrong.1 && phone.at().unix_ms - healed.1 < MINUTE, "{healed:?}");
        assert_eq!(times(tablet, once), healed);
        assert_eq!([listed(phone), listed(tablet)], [[plain, once], [plain, once]], "as they were written");
    }
}

/// The same within one sitting, and of a note that was begun so.
#[test]
fn a_clock_that_is_set_right_in_mid_sitting_is_believed() {
    let world = World::new("set right");
    let circle = Circle::new(&world, 2, 1);
    let (phone, tablet) = (&circle.devices[0], &circle.devices[1]);
    let older = made_by(phone);
    circle.tell_everything();
    let (now, body) = (phone.at().unix_ms + HOUR, "A long evening. ".repeat(400));
    phone.set_clock(AHEAD_MS);
    edit(phone, older, &body);
    let begun = made_by(phone);
    phone.set_clock(now);
    edit(phone, begun, &body);
    edit(phone, older, &format!("{body} Tea."));
    for note in [older, begun] {
        let at = times(phone, note).1;
        assert!((now..now + MINUTE).contains(&at), "{at}");
    }
    circle.tell_everything();
    for note in [older, begun] {
        assert_eq!(times(phone, note), times(tablet, note));
    }
    assert_eq!([listed(phone), listed(tablet)], [[older, begun], [older, begun]]);
}

const BODIES: [&str; 3] = ["", "Short.", "Short. Tea."];
const ZONES: [&str; 3] = ["Europe/Lisbon", "Asia/Tokyo", "America/Lima"];

/// What one phone does next: words from bases old and new, titles, pins, the trash, taking back, rests, clocks that go wrong.
fn does(on: &Device, notes: &[DocId], dice: &mut Chance) {
    let note = notes[dice.below(notes.len())];
    let Answer::Note(shown) = on.ask(Ask::Note { id: note }) else { panic!("a note") };
    let base = shown.rev;
    let long = "A long evening. ".repeat(300);
    let body = match dice.below(6) {
        3 => long,
        4 => format!("{long}Tea."),
        5 => format!("Tea.{long}"),
        short => BODIES[short].to_owned(),
    };
    let command: Option<Command> = match dice.below(11) {
        0..=3 => Some(Command::Note(NoteCommand::Edit { note, field: NoteField::Body, base, text: whole(&body) })),
        4 => {
            let text = whole(["Sleep", "Bed", ""][dice.below(3)]);
            Some(Command::Note(NoteCommand::Edit { note, field: NoteField::Title, base, text }))
        }
        5 => Some(Command::Note(match dice.below(4) {
            0 => NoteCommand::Pin { note },
            1 => NoteCommand::Unpin { note },
            2 => NoteCommand::Trash { note },
            _ => NoteCommand::Restore { note },
        })),
        6 => {
            let token = on.companion.done_lately().expect("open").1.and_then(|last| last.undo);
            token.map(|token| Command::Undo { token })
        }
        7 => {
            if dice.percent(50) {
                on.rest();
            } else {
                on.lock_and_unlock();
            }
            None
        }
        8 => {
            on.set_clock([AHEAD_MS, BEHIND_MS, NOW_MS, NOW_MS + HOUR][dice.below(4)]);
            None
        }
        _ => {
            on.wait([5_000, 45_000, HOUR, -2 * HOUR, 61_000, -30_000][dice.below(6)]);
            None
        }
    };
    let zone = ZONES[dice.below(3).min(dice.below(3))].to_owned();
    let at = Moment { zone, ..on.at() };
    // Not everything can be done at any time: an empty note has neither title nor body.
    if let Some(command) = command {
        let _ = on.companion.apply(&[command], None, &at);
    }
}

const NOW_MS: i64 = 1_795_400_000_000;

/// Three phones of one person that hear of each other in any order. However it went, notes are as old and stand in the same
/// order on all of them, and where all rows were made again.
#[test]
fn however_it_was_written_notes_are_as_old_on_all_phones() {
    let seeds: u64 = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(3);
    for seed in 0..seeds {
        let world = World::new(format!("ages {seed}"));
        let mut circle = Circle::new(&world, 3, 1);
        let own = circle.devices[0].look(|db| Ok(belay::store::singles::secret(db, "own_space")?.expect("one")));
        let own = belay::ids::SpaceId::from_slice(own.expose()).expect("a space");
        let mut dice = Chance::new(seed);
        let notes: Vec<DocId> = (0..3).map(|at| made_by(&circle.devices[at])).collect();
        circle.tell_everything();
        circle.tell_everything();
        for _ in 0..40 {
            let (by, to) = (dice.below(3), dice.below(3));
            does(&circle.devices[by], &notes, &mut dice);
            if by != to && dice.percent(15) {
                circle.devices[by].rest();
                circle.devices[to].take(&circle.everything(by, to, &own)).expect("an honest bundle");
            }
        }
        circle.tell_everything();
        circle.tell_everything();
        let seen = |on: &Device| (listed(on), notes.iter().map(|note| times(on, *note)).collect::<Vec<_>>());
        let all: Vec<_> = circle.devices[..3].iter().map(seen).collect();
        assert!(all.windows(2).all(|two| two[0] == two[1]), "seed {seed}: {all:#?}");
        if seed % 4 == 0 {
            mend(&mut circle.devices[0]);
            assert_eq!(seen(&circle.devices[0]), all[0], "seed {seed}: made again");
        }
    }
}
