use super::Signer;
use super::age::{self, Age};
use crate::document::note::NoteState;
use crate::error::Result;
use crate::ids::DocId;
use crate::store::documents::{self, DocumentRecord};
use rusqlite::{Connection, OptionalExtension, params};

/// Signs of a body that lie with its row: what a list shows of it, with some to spare for the marks of lists. A list of
/// all notes reads half as many pages so.
pub const HEAD_SCALARS: usize = 192;

/// The body of a note, as an expression on a table `note`.
macro_rules! body {
    () => {
        "note.head || coalesce((SELECT text FROM note_rest WHERE note_rest.number = note.number), '')"
    };
}
pub(super) use body;

/// [`body!`] for who asks more of the same row.
pub const BODY: &str = body!();

/// Which note, by its document.
macro_rules! of_doc {
    () => {
        "note.number = (SELECT document.number FROM document WHERE document.id = ?1)"
    };
}
pub(super) use of_doc;

/// [`of_doc!`] for who asks for one note.
pub const OF_DOC: &str = of_doc!();

/// Shows every note's body as it reads: rows keep it in pieces, and no piece alone shows words that lie in two.
///
/// # Errors
/// `Corrupt` where the pieces do not fit; those of the database.
pub fn bodies(db: &Connection, see: &mut dyn FnMut(&str)) -> Result<()> {
    let mut query = db.prepare(&format!("SELECT note.doc, {BODY} FROM note"))?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        see(&super::typed::body_of(db, &row.get(0)?, row.get(1)?)?);
    }
    Ok(())
}

fn split(body: &str) -> (&str, &str) {
    let at = body.char_indices().nth(HEAD_SCALARS).map_or(body.len(), |(at, _)| at);
    body.split_at_checked(at).unwrap_or((body, ""))
}

/// Writes the row of a note.
pub(super) fn write(
    db: &Connection,
    document: &DocumentRecord,
    before: Option<&NoteState>,
    now: &NoteState,
    signer: &Signer,
) -> Result<()> {
    let number = documents::number(db, &document.id)?;
    let (head, rest) = split(&now.body);
    let is_worded = before.is_none_or(|before| (&before.title, &before.body) != (&now.title, &now.body));
    if !is_worded {
        // What was typed beside the row is younger than it.
        super::typed::fold(db, &document.id)?;
    }
    let age = age::by_row(db, &document.id)?;
    let was = age.is_some();
    let age = match (age, signer.wrote.filter(|_| is_worded)) {
        (Some(age), Some(wrote)) => Some(wrote.makes(age, &signer.stamp)),
        (age, _) => age,
    };
    write_head(db, number, document, now, head, signer, age)?;
    write_rest(db, number, rest, was)?;
    if was {
        super::typed::let_go(db, &document.id)?;
        db.prepare_cached("DELETE FROM note_tag WHERE doc = ?1")?.execute([document.id])?;
    }
    for (fold, tag) in &now.tags {
        db.prepare_cached("INSERT INTO note_tag (doc, fold, tag) VALUES (?1, ?2, ?3)")?.execute(params![
            document.id,
            fold,
            tag
        ])?;
    }
    Ok(())
}

/// Writes all of the row but tags and the rest of the body. Without an age there is no row yet.
fn write_head(
    db: &Connection,
    number: i64,
    document: &DocumentRecord,
    now: &NoteState,
    head: &str,
    signer: &Signer,
    age: Option<Age>,
) -> Result<()> {
    // Told apart here: SQLite would keep a copy of every page for an INSERT that may turn out to be an UPDATE.
    match age {
        None => db
            .prepare_cached(
                "INSERT INTO note (number, doc, title, head, pinned, trashed_ms, extra_lock, made_ms, changed_ms, zone,
                 found, words_op) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?8, ?10)",
            )?
            .execute(params![
                number,
                document.id,
                now.title,
                head,
                now.pinned,
                now.trashed_ms,
                now.extra_lock,
                signer.stamp.unix_ms,
                signer.stamp.zone,
                signer.wrote.map_or(0, |wrote| age::kept(wrote.from_op))
            ])?,
        Some(age) => db
            .prepare_cached(
                "UPDATE note SET title = ?2, head = ?3, pinned = ?4, trashed_ms = ?5, extra_lock = ?6, changed_ms = ?7,
                 zone = ?8, words_op = ?9 WHERE number = ?1",
            )?
            .execute(params![
                number,
                now.title,
                head,
                now.pinned,
                now.trashed_ms,
                now.extra_lock,
                age.unix_ms,
                age.zone,
                age::kept(age.from_op)
            ])?,
    };
    Ok(())
}

/// What is the same already is not written again: most edits of a long body are on one side of the cut.
fn write_rest(db: &Connection, number: i64, rest: &str, was: bool) -> Result<()> {
    let mut known = db.prepare_cached("SELECT text = ?2 FROM note_rest WHERE number = ?1")?;
    let is_same: Option<bool> =
        if was { known.query_row(params![number, rest], |row| row.get(0)).optional()? } else { None };
    let sql = match (is_same, rest.is_empty()) {
        (Some(true), _) | (None, true) => return Ok(()),
        (Some(false), true) => "DELETE FROM note_rest WHERE number = ?1 AND ?2 = ''",
        (Some(false), false) => "UPDATE note_rest SET text = ?2 WHERE number = ?1",
        (None, false) => "INSERT INTO note_rest (number, text) VALUES (?1, ?2)",
    };
    db.prepare_cached(sql)?.execute(params![number, rest])?;
    Ok(())
}

/// Whether a note has a row.
///
/// # Errors
/// Those of the database.
pub fn has_row(db: &Connection, doc: &DocId) -> Result<bool> {
    Ok(db.prepare_cached(concat!("SELECT 1 FROM note WHERE ", of_doc!()))?.exists([doc])?)
}

/// Writes the body of a note alone, and when it was changed.
pub(super) fn write_body(db: &Connection, doc: &DocId, body: &str, changed_ms: i64) -> Result<()> {
    let number = documents::number(db, doc)?;
    let (head, rest) = split(body);
    db.prepare_cached("UPDATE note SET head = ?2, changed_ms = ?3 WHERE number = ?1")?
        .execute(params![number, head, changed_ms])?;
    write_rest(db, number, rest, true)
}

/// Takes the row of a note out.
pub(super) fn remove(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached(
        "DELETE FROM note_rest WHERE number = (SELECT document.number FROM document WHERE document.id = ?1)",
    )?
    .execute([doc])?;
    db.prepare_cached(concat!("DELETE FROM note WHERE ", of_doc!()))?.execute([doc])?;
    Ok(())
}
