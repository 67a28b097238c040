use super::Signer;
use crate::batch::Claimed;
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

/// Writes the row of a note. It is as old as its words: a pin, a tag or the trash is no writing, and moves it nowhere. Nor
/// does it become older by what was written earlier and comes now.
pub(super) fn write(
    db: &Connection,
    document: &DocumentRecord,
    before: Option<&NoteState>,
    now: &NoteState,
    signer: &Signer,
) -> Result<()> {
    let number = documents::number(db, &document.id)?;
    let was = db.prepare_cached("SELECT 1 FROM note WHERE number = ?1")?.exists([number])?;
    let (head, rest) = split(&now.body);
    let is_worded = before.is_none_or(|before| (&before.title, &before.body) != (&now.title, &now.body));
    if was && !is_worded {
        // What was typed beside the row is younger than it.
        super::typed::fold(db, &document.id)?;
    }
    // Told apart here: SQLite would keep a copy of every page for an INSERT that may turn out to be an UPDATE.
    match was {
        false => db
            .prepare_cached(
                "INSERT INTO note (number, doc, title, head, pinned, trashed_ms, extra_lock, made_ms, changed_ms, zone,
                 found) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?8)",
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
                signer.stamp.zone
            ])?,
        true => db
            .prepare_cached(
                "UPDATE note SET title = ?2, head = ?3, pinned = ?4, trashed_ms = ?5, extra_lock = ?6,
                 changed_ms = CASE WHEN ?9 AND (?7, ?8) > (changed_ms, zone) THEN ?7 ELSE changed_ms END,
                 zone = CASE WHEN ?9 AND (?7, ?8) > (changed_ms, zone) THEN ?8 ELSE zone END
                 WHERE number = ?1",
            )?
            .execute(params![
                number,
                now.title,
                head,
                now.pinned,
                now.trashed_ms,
                now.extra_lock,
                signer.stamp.unix_ms,
                signer.stamp.zone,
                is_worded
            ])?,
    };
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

/// Whether a note that is not laid aside has words that are newer than this.
///
/// # Errors
/// Those of the database.
pub fn any_newer(db: &Connection, than_ms: i64) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM note WHERE trashed_ms IS NULL AND changed_ms > ?1")?.exists([than_ms])?)
}

/// Says of a note that its words are no older than this; it may be younger.
///
/// # Errors
/// Those of the database.
pub fn worded(db: &Connection, doc: &DocId, last: &Claimed) -> Result<()> {
    db.prepare_cached(concat!(
        "UPDATE note SET changed_ms = ?2, zone = ?3 WHERE (changed_ms, zone) < (?2, ?3) AND ",
        of_doc!()
    ))?
    .execute(params![doc, last.unix_ms, last.zone])?;
    Ok(())
}

/// Says of a note when it was made and how old its words are, whatever its row says.
///
/// # Errors
/// Those of the database.
pub fn timed(db: &Connection, doc: &DocId, made_ms: i64, last: &Claimed) -> Result<()> {
    db.prepare_cached(concat!("UPDATE note SET made_ms = ?2, changed_ms = ?3, zone = ?4 WHERE ", of_doc!()))?
        .execute(params![doc, made_ms, last.unix_ms, last.zone])?;
    Ok(())
}

/// Writes the body of a note alone, and when it was changed.
pub(super) fn write_body(db: &Connection, doc: &DocId, body: &str, changed_ms: i64) -> Result<()> {
    let number = documents::number(db, doc)?;
    let (head, rest) = split(body);
    db.prepare_cached("UPDATE note SET head = ?2, changed_ms = max(changed_ms, ?3) WHERE number = ?1")?
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
