//! Words are found again in every script, only where they may be read, and leave the index with what they stood in.
//! `BELAY_CASES` says how many random notes and stories are tried.

#![allow(clippy::indexing_slicing, reason = "a test that reads past the end fails, as it should")]

mod index;
mod words;

use belay::command::{NoteCommand, NoteDraft};
use belay::error::Result;
use belay::ids::{DocId, ElementId};
use belay::projection::{Findable, words as words_of};
use belay::store::Store;
use belay::text::search::indexed;
use belay::vault::{self, FolderLock};
use belay::view::{Answer, Ask, At, SearchPage, SearchQuery, SearchRow, Span};
use belay_tests::{Device, text};
use rusqlite::Connection;
use std::collections::BTreeSet;

fn cases(default: usize) -> usize {
    std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(default)
}

fn note(on: &Device, title: &str, body: &str) -> DocId {
    let draft = NoteDraft { title: text(title), body: text(body), ..NoteDraft::default() };
    on.apply(NoteCommand::Create { draft }).made.expect("a note")
}

fn page(on: &Device, query: SearchQuery) -> SearchPage {
    match on.ask(Ask::Search { query, at: At { limit: 200, ..At::default() } }) {
        Answer::Search(page) => page,
        other => panic!("{other:?}"),
    }
}

fn rows(on: &Device, typed: &str) -> Vec<SearchRow> {
    page(on, SearchQuery::from(typed)).rows
}

fn ids(rows: &[SearchRow]) -> Vec<DocId> {
    rows.iter().map(|row| row.id).collect()
}

fn told(spans: &[Span]) -> String {
    let piece = |span: &Span| if span.hit { format!("[{}]", span.t.as_str()) } else { span.t.as_str().to_owned() };
    spans.iter().map(piece).collect()
}

/// Writes into the opened store while the companion rests.
fn behind<T>(device: &Device, what: impl FnOnce(&Connection) -> Result<T>) -> T {
    device.companion.pause(&device.at()).expect("pausing");
    let lock = FolderLock::take(device.folder()).expect("the folder is free while the companion rests");
    let (opened, _) = vault::unlock(&lock, &device.secret(), &device.at()).expect("the right passphrase");
    let mut store = Store::open(opened.store_file(), &opened.db_key(), opened.vault()).expect("the store opens");
    let done = store.write(|tx| what(tx)).expect("the store writes").value;
    store.close().expect("the store closes");
    drop(lock);
    device.companion.resume(&device.at()).expect("resuming");
    done
}

/// A term in the index: which number, which column, at which place.
type Instance = (i64, String, i64, String);

/// Every term of the index, and every term that the rows say should be in it.
fn index_and_rows(db: &Connection) -> Result<(BTreeSet<Instance>, BTreeSet<Instance>)> {
    db.execute_batch(
        "INSERT INTO search (search) VALUES ('integrity-check');
         CREATE VIRTUAL TABLE temp.seen USING fts5vocab (main, search, instance);",
    )?;
    let mut query = db.prepare("SELECT doc, col, offset, term FROM temp.seen")?;
    let found = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let found = found.collect::<rusqlite::Result<_>>()?;
    drop(query);
    db.execute_batch("DROP TABLE temp.seen")?;
    let mut query = db.prepare(
        "SELECT findable.id, document.id, findable.kind, element FROM findable JOIN document ON number = findable.doc",
    )?;
    let named = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, DocId>(1)?, row.get(2)?, row.get(3)?)))?;
    let mut wanted = BTreeSet::new();
    for named in named {
        let (id, doc, kind, element): (i64, DocId, u8, Option<ElementId>) = named?;
        let kind = Findable::from_number(kind).expect("a known kind");
        let words = words_of(db, &doc, kind, element.as_ref())?.expect("what can be found is there");
        for (column, text) in [("title", &words.title), ("body", &words.body)] {
            let terms = indexed(text);
            let numbered = (0_i64..).zip(terms.split_whitespace());
            wanted.extend(numbered.map(|(at, term)| (id, column.to_owned(), at, term.to_owned())));
        }
    }
    Ok((found, wanted))
}

/// How many things with words of their own the rows hold.
fn things(db: &Connection) -> Result<usize> {
    let sql =
        "SELECT (SELECT count(*) FROM note WHERE extra_lock = 0 AND title || head <> '') + (SELECT count(*) FROM goal)
        + (SELECT count(*) FROM step WHERE gone = 0) + (SELECT count(*) FROM entry WHERE gone = 0)
        + (SELECT count(*) FROM idea WHERE withdrawn = 0 AND kind <> 'move' AND alternatives || why <> '')
        + (SELECT count(*) FROM comment) + (SELECT count(*) FROM plan WHERE title <> '' OR EXISTS
          (SELECT 1 FROM part WHERE part.doc = plan.doc AND part.gone = 0 AND part.title IS NOT NULL))";
    let count: i64 = db.query_row(sql, [], |row| row.get(0))?;
    Ok(usize::try_from(count).expect("a count"))
}

#[track_caller]
fn index_is_the_rows(device: &Device) {
    let ((found, wanted), things, named) = behind(device, |db| {
        let named: i64 = db.query_row("SELECT count(*) FROM findable", [], |row| row.get(0))?;
        Ok((index_and_rows(db)?, things(db)?, named))
    });
    let stale: Vec<_> = found.difference(&wanted).collect();
    let missing: Vec<_> = wanted.difference(&found).collect();
    assert!(stale.is_empty() && missing.is_empty(), "{}: stale {stale:?}, missing {missing:?}", device.name);
    assert_eq!(usize::try_from(named).ok(), Some(things), "{}: every text of the rows has a number", device.name);
}
