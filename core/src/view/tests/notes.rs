use super::*;
use crate::command::{NoteField, TextEdit};
use crate::document::Step;
use crate::ids::from_base32;

fn page(world: &World, filter: &NoteFilter, limit: u32, after: Option<Cursor>) -> Page<NoteRow> {
    let ask = Ask::Notes { filter: filter.clone(), at: At { limit, after, total: true, ..At::default() } };
    let Answer::Notes(page) = world.ask(&ask).unwrap() else { panic!("notes") };
    page
}

fn titles(page: &Page<NoteRow>) -> Vec<&str> {
    page.rows.iter().map(|row| row.title.as_str()).collect()
}

fn tagged(tag: &str) -> NoteFilter {
    NoteFilter { tag: Some(tag.into()), trash: false }
}

#[test]
fn pages_stay_in_place_while_rows_come_and_go() {
    let mut world = World::new();
    let all = NoteFilter::default();
    let ids: Vec<DocId> = (0..7).map(|age| world.note(age, &format!("n{age}"), "", &[])).collect();
    world.mara(&Command::Note(NoteCommand::Pin { note: ids[5] }));
    let first = page(&world, &all, 3, None);
    assert_eq!((titles(&first), first.total), (vec!["n5", "n0", "n1"], Some(7)));
    // One comes at the top, and the row that the cursor stands on goes.
    world.note(-5, "new", "", &[]);
    world.mara(&Command::Note(NoteCommand::Trash { note: ids[1] }));
    world.mara(&Command::Note(NoteCommand::Trash { note: ids[3] }));
    let second = page(&world, &all, 3, first.next);
    assert_eq!(titles(&second), ["n2", "n4", "n6"]);
    assert_eq!((second.next, second.total), (None, Some(6)));
}

#[test]
fn a_note_is_as_old_as_its_words_and_the_trash_as_what_went_there() {
    let mut world = World::new();
    let ids: Vec<DocId> = (0..4).map(|age| world.note(10 * age, &format!("n{age}"), "", &[])).collect();
    let shown = |world: &World, trash| {
        let rows = page(world, &NoteFilter { trash, tag: None }, 9, None).rows;
        rows.iter().map(|row| (row.title.as_str().to_owned(), NOW_MS - row.when.unix_ms)).collect::<Vec<_>>()
    };
    let told = |age: i64| (format!("n{age}"), age * 600_000);
    // What was done with notes later moves none of them.
    for command in [
        NoteCommand::Pin { note: ids[3] },
        NoteCommand::Unpin { note: ids[3] },
        NoteCommand::AddTag { note: ids[2], tag: "sleep".into() },
        NoteCommand::Trash { note: ids[1] },
        NoteCommand::Restore { note: ids[1] },
        NoteCommand::Pin { note: ids[2] },
    ] {
        world.mara(&Command::Note(command));
    }
    assert_eq!(shown(&world, false), [told(2), told(0), told(1), told(3)]);
    let Answer::Note(note) = world.ask(&Ask::Note { id: ids[3] }).unwrap() else { panic!("a note") };
    assert_eq!(note.when.unix_ms, NOW_MS - 1_800_000);
    // Whoever put the wrong one into the trash finds it first there.
    for (ago, at) in [(5, 0), (3, 3)] {
        world.at = moment(NOW_MS - ago * 60_000);
        world.mara(&Command::Note(NoteCommand::Trash { note: ids[at] }));
    }
    world.at = moment(NOW_MS);
    assert_eq!(shown(&world, true), [("n3".to_owned(), 180_000), ("n0".to_owned(), 300_000)]);
    let around = Ask::Notes {
        filter: NoteFilter { trash: true, tag: None },
        at: At { limit: 1, around: Some(Anchor::Object { id: ids[0] }), ..At::default() },
    };
    let Answer::Notes(around) = world.ask(&around).unwrap() else { panic!("notes") };
    assert_eq!(titles(&around), ["n0"]);
    // Words move it.
    let base = note.rev;
    world.mara(&Command::Note(NoteCommand::Restore { note: ids[3] }));
    assert_eq!(shown(&world, false).last(), Some(&told(3)));
    let text = TextEdit::Whole("More".into());
    world.mara(&Command::Note(NoteCommand::Edit { note: ids[3], field: NoteField::Body, base, text }));
    assert_eq!(shown(&world, false)[1], ("n3".to_owned(), 0));
}

#[test]
fn a_row_says_as_much_of_a_body_as_if_all_of_it_lay_there() {
    let mut world = World::new();
    let list = "- [ ] milk and bread\n".repeat(30);
    let mut bodies: Vec<String> =
        vec![list, "日本語の日記".repeat(60), format!("{}\n\nthen words {}", " ".repeat(300), "w ".repeat(99))];
    // The mark of a list, cut at every sign by the end of what lies with the row.
    bodies.extend((180..195).map(|at| format!("{}{}\n- [x] done", "- a\n".repeat(20), "b".repeat(at - 80))));
    bodies.push("short".to_owned());
    let notes: Vec<DocId> = bodies.iter().map(|body| world.note(1, "t", body, &[])).collect();
    for round in 0..2 {
        let rows = page(&world, &NoteFilter::default(), 200, None).rows;
        let mut revs = Vec::new();
        for (note, body) in notes.iter().zip(&bodies) {
            let row = rows.iter().find(|row| row.id == *note).unwrap();
            assert_eq!(row.snippet.as_str(), paragraphs::snippet(body), "{body:?}");
            let Answer::Note(detail) = world.ask(&Ask::Note { id: *note }).unwrap() else { panic!("a note") };
            assert_eq!(detail.body.as_str(), body);
            revs.push(detail.rev);
        }
        // A long one becomes short, and a short one long.
        bodies.reverse();
        for ((note, base), body) in notes.iter().zip(revs).zip(&bodies).filter(|_| round == 0) {
            let (note, text) = (*note, TextEdit::Whole(body.as_str().into()));
            world.mara(&Command::Note(NoteCommand::Edit { note, field: NoteField::Body, base, text }));
        }
    }
}

#[test]
fn any_size_of_page_gives_every_row_once_in_order() {
    let mut world = World::new();
    for number in 0..23 {
        // Four notes to a minute: only the order in which they came tells them apart.
        world.note(number / 4, &format!("n{number}"), "", &[]);
    }
    let all = page(&world, &NoteFilter::default(), 200, None);
    assert!(all.rows.len() == 23 && all.next.is_none());
    let number = |row: &NoteRow| row.title.as_str().trim_start_matches('n').parse::<u32>().unwrap();
    assert!(all.rows.is_sorted_by_key(|row| std::cmp::Reverse((row.when.unix_ms, number(row)))));
    for limit in 1..=24 {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = page(&world, &NoteFilter::default(), limit, after);
            assert!(page.rows.len() <= limit as usize);
            seen.extend(page.rows);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, all.rows, "pages of {limit}");
    }
}

#[test]
fn a_cursor_is_good_for_its_own_list_alone_and_holds_no_words() {
    let mut world = World::new();
    for age in 0..3 {
        world.note(age, "Bad night", "Three hours", &["sleep"]);
    }
    let cursor = page(&world, &tagged("sleep"), 1, None).next.unwrap();
    let bytes = from_base32(&cursor.0).unwrap();
    for word in ["Bad", "Three", "sleep"] {
        assert!(!bytes.windows(word.len()).any(|seen| seen == word.as_bytes()));
    }
    assert_eq!(page(&world, &tagged(" SLEEP "), 1, Some(cursor.clone())).rows.len(), 1, "one filter, folded");
    let at = |after: &Cursor| At { limit: 1, after: Some(after.clone()), ..At::default() };
    let trash = NoteFilter { trash: true, ..tagged("sleep") };
    for ask in [
        Ask::Notes { filter: NoteFilter::default(), at: at(&cursor) },
        Ask::Notes { filter: tagged("slee"), at: at(&cursor) },
        Ask::Notes { filter: trash, at: at(&cursor) },
        Ask::Goals { at: at(&cursor) },
        Ask::Notes { filter: tagged("sleep"), at: at(&Cursor("0".into())) },
        Ask::Notes { filter: tagged("sleep"), at: at(&Cursor("not a cursor".into())) },
        Ask::Waiting { at: At { limit: 0, ..At::default() } },
        Ask::KeptOut { at: At { limit: 201, ..At::default() } },
    ] {
        assert_eq!(world.ask(&ask).unwrap_err().code(), Code::OutOfRange, "{ask:?}");
    }
}

#[test]
fn a_note_with_its_own_lock_shows_no_word_in_lists() {
    let mut world = World::new();
    let id = world.note(0, "Bad night", "Three hours of sleep.", &["sleep"]);
    assert_eq!(page(&world, &tagged("sleep"), 5, None).total, Some(1));
    world.steps(&id, &[Step::Set(vec!["extra_lock".into()], true.into())]);
    let list = page(&world, &NoteFilter::default(), 5, None);
    let row = &list.rows[0];
    assert!(row.title.is_empty() && row.snippet.is_empty() && row.tags.is_empty());
    assert_eq!(row.dir, Direction::Neutral);
    assert_eq!(page(&world, &tagged("sleep"), 5, None).total, Some(0), "a filter would say that it has the tag");
    let Answer::Note(note) = world.ask(&Ask::Note { id }).unwrap() else { panic!("a note") };
    assert_eq!(note.title.as_str(), "Bad night");
}

#[test]
fn tags_are_found_folded_and_the_trash_is_a_list_of_its_own() {
    let mut world = World::new();
    let id = world.note(1, "", "- شاي مع الراديو\nThen a walk.", &["Straße", "Tea  Time"]);
    world.note(0, "Other", "", &[]);
    for tag in ["straße", "TEA TIME"] {
        assert_eq!(page(&world, &tagged(tag), 5, None).rows.len(), 1, "{tag}");
    }
    let list = page(&world, &NoteFilter::default(), 5, None);
    let row = &list.rows[1];
    assert_eq!((row.snippet.as_str(), row.dir), ("شاي مع الراديو Then a walk.", Direction::Rtl));
    assert_eq!((plain(&row.when.label).as_str(), row.audience.as_str()), ("Today 14:06", "only you"));
    let deeds = |may: &crate::command::May| may.acts.iter().map(|act| act.deed).collect::<Vec<_>>();
    use crate::command::Deed;
    assert_eq!(deeds(&row.may), [Deed::Edit, Deed::Tag, Deed::Pin, Deed::Trash]);
    world.mara(&Command::Note(NoteCommand::Trash { note: id }));
    let trash = page(&world, &NoteFilter { trash: true, tag: None }, 5, None);
    assert_eq!((trash.rows.len(), page(&world, &NoteFilter::default(), 5, None).rows.len()), (1, 1));
    assert_eq!(deeds(&trash.rows[0].may), [Deed::Restore]);
    assert!(trash.rows[0].may.allows(Deed::Restore));
    let Answer::Note(note) = world.ask(&Ask::Note { id }).unwrap() else { panic!("a note") };
    assert_eq!((note.stage.code.as_str(), note.stage.label.as_str()), ("trash", "In the trash"));
    assert_eq!(note.audience.label, "Only you can see this.");
    assert_eq!(note.audience.devices_of_me, 1);
}

#[test]
fn a_note_that_waits_for_a_newer_app_says_so_in_the_list() {
    use crate::command::Deed;
    let mut world = World::new();
    let id = world.note(0, "new", "", &[]);
    world.note(1, "old", "", &[]);
    world.close();
    world.sql("UPDATE batch SET stage = 5 WHERE doc = ?1", [id]);
    let list = page(&world, &NoteFilter::default(), 5, None);
    assert_eq!(list.rows.iter().map(|row| row.may.allows(Deed::Edit)).collect::<Vec<_>>(), [false, true]);
}

proptest::proptest! {
    /// Sign by sign, as it is told: words with one blank between them, until no sign more has a place.
    #[test]
    fn a_snippet_is_the_words_until_it_is_full(body in "(- |- \\[x\\] |[a-z]{1,40}|[ \t\n\u{a0}]{1,3}|é日👩\u{200d}👧|\u{1}){0,60}") {
        let (snippet, is_full) = paragraphs::snippet_from(&body);
        let words: Vec<&str> = paragraphs::lines(&body).flat_map(|(_, line)| line.split_whitespace()).collect();
        let all = words.join(" ");
        let cut: String = all.chars().take(160).collect();
        proptest::prop_assert_eq!(snippet.as_str(), cut.trim_end());
        proptest::prop_assert!(is_full || snippet == all);
    }
}
