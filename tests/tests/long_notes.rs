//! Long notes, whose words wait for the index while someone types in them, and lists that tell how many they are.

use belay::command::{NoteCommand, NoteDraft, NoteField};
use belay::ids::DocId;
use belay::view::{Answer, Ask, At, NoteFilter, SearchIn, SearchPage, SearchQuery};
use belay_tests::{Device, World, text, whole};

fn made(on: &Device, body: &str) -> DocId {
    let draft = NoteDraft { body: text(body), ..NoteDraft::default() };
    on.apply(NoteCommand::Create { draft }).made.expect("a note")
}

fn rewritten(on: &Device, note: DocId, body: &str) {
    let Answer::Note(shown) = on.ask(Ask::Note { id: note }) else { panic!("a note") };
    on.apply(NoteCommand::Edit { note, field: NoteField::Body, base: shown.rev, text: whole(body) });
}

fn found(on: &Device, words: &str, within: SearchIn) -> usize {
    let query = SearchQuery { words: text(words), within, ..SearchQuery::default() };
    match on.ask(Ask::Search { query, at: At::default() }) {
        Answer::Search(SearchPage { rows, .. }) => rows.len(),
        other => panic!("{other:?}"),
    }
}

fn long(word: &str) -> String {
    format!("{}{word} at the end", "a walk by the river ".repeat(400))
}

/// How many notes wait for the index.
fn waiting(on: &Device) -> i64 {
    on.look(|db| Ok(db.query_row("SELECT count(*) FROM unindexed", [], |row| row.get(0))?))
}

#[test]
fn what_was_typed_in_a_long_note_is_found_and_what_was_taken_out_is_not() {
    let world = World::new("long");
    let mara = world.person("Mara");
    let note = made(&mara, &long("heron"));
    assert_eq!(found(&mara, "heron ", SearchIn::Kept), 1);
    // The first look behind the companion's back lets it rest, which ends the sitting.
    assert_eq!(waiting(&mara), 0);
    rewritten(&mara, note, &long("otter"));
    rewritten(&mara, note, &long("kingfisher"));
    assert_eq!(waiting(&mara), 1, "the index is not written for every edit");
    let hits = ["heron ", "otter ", "kingfisher ", "river "].map(|word| found(&mara, word, SearchIn::Kept));
    assert_eq!(hits, [0, 0, 1, 1]);
    assert_eq!(waiting(&mara), 0);

    // Short again: nothing waits, and nothing of the long text is left.
    rewritten(&mara, note, &long("wren"));
    rewritten(&mara, note, "a wren");
    let hits = ["kingfisher ", "river ", "wren "].map(|word| found(&mara, word, SearchIn::Kept));
    assert_eq!(hits, [0, 0, 1]);
}

#[test]
fn no_word_waits_longer_than_the_sitting_and_death_loses_none() {
    let world = World::new("waits");
    let mut mara = world.person("Mara");
    let note = made(&mara, &long("heron"));
    rewritten(&mara, note, &long("otter"));
    mara.rest();
    assert_eq!(waiting(&mara), 0);
    rewritten(&mara, note, &long("wren"));
    mara.die_and_return();
    assert_eq!(["heron ", "otter ", "wren "].map(|word| found(&mara, word, SearchIn::Kept)), [0, 0, 1]);
    // Other edits than of the text do not wait, and bring the text along.
    rewritten(&mara, note, &long("kingfisher"));
    mara.apply(NoteCommand::Trash { note });
    assert_eq!(waiting(&mara), 1, "a note in the trash is found there, so its words may wait as well");
    assert_eq!(found(&mara, "kingfisher ", SearchIn::Trash), 1);
    assert_eq!(found(&mara, "wren ", SearchIn::Trash), 0);
}

#[test]
fn a_list_tells_how_many_notes_there_are() {
    let world = World::new("counted");
    let mara = world.person("Mara");
    let told = |trash: bool| match mara.ask(Ask::Notes {
        filter: NoteFilter { trash, ..NoteFilter::default() },
        at: At { limit: 2, total: true, ..At::default() },
    }) {
        Answer::Notes(page) => page.total,
        other => panic!("{other:?}"),
    };
    assert_eq!([told(false), told(true)], [Some(0), Some(0)]);
    let notes: Vec<DocId> = (0..5).map(|at| made(&mara, &format!("note {at}"))).collect();
    for note in &notes[..2] {
        mara.apply(NoteCommand::Trash { note: *note });
    }
    assert_eq!([told(false), told(true)], [Some(3), Some(2)]);
    mara.apply(NoteCommand::Restore { note: notes[0] });
    mara.apply(NoteCommand::Pin { note: notes[0] });
    assert_eq!([told(false), told(true)], [Some(4), Some(1)]);
    let rows: i64 = mara.look(|db| Ok(db.query_row("SELECT count(*) FROM note", [], |row| row.get(0))?));
    assert_eq!(rows, 5);
}
