//! What was typed in a long note since its row was written. To write a row anew costs as much as the note is long, and each
//! keystroke may be a change of its own; so a few edits lie beside the row, in their order, and whoever reads the body puts
//! them in. The row follows after some of them, after a minute, and wherever the index does.

use super::Signer;
use super::note_rows::{body, of_doc};
use crate::document::note::NoteState;
use crate::error::{Code, Result};
use crate::ids::DocId;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

/// Bodies up to this many bytes are written with their row: they fill a page or two.
const LONG_BYTES: usize = 4_096;
/// Most edits beside a row, and most bytes that one of them brings: reading puts in each.
const EDITS_MAX: i64 = 64;
const COME_MAX: usize = 1_024;
/// Longest that a row says an older time than the note has, in milliseconds: what is shown of a time ends at its minute.
const OLDER_MS: i64 = 60_000;

/// One stretch of bytes that another takes the place of.
struct Edit {
    at: usize,
    gone: usize,
    come: String,
}

impl Edit {
    /// What leads from one text to another, as one stretch.
    fn between<'t>(before: &'t str, now: &'t str) -> Edit {
        let mut start = common_start(before.as_bytes(), now.as_bytes());
        while !before.is_char_boundary(start) || !now.is_char_boundary(start) {
            start -= 1;
        }
        let rest = |text: &'t str| text.as_bytes().get(start..).unwrap_or_default();
        let mut end = common_end(rest(before), rest(now));
        while !before.is_char_boundary(before.len() - end) || !now.is_char_boundary(now.len() - end) {
            end -= 1;
        }
        let come = now.get(start..now.len() - end).unwrap_or_default().to_owned();
        Edit { at: start, gone: before.len() - end - start, come }
    }

    fn put_in(&self, body: &mut String) -> Result<()> {
        let range = self.at..self.at.saturating_add(self.gone);
        if body.get(range.clone()).is_none() {
            return Code::Corrupt.err();
        }
        body.replace_range(range, &self.come);
        Ok(())
    }
}

/// Bytes that are compared at once.
const STRETCH: usize = 64;

fn common_start(one: &[u8], other: &[u8]) -> usize {
    let stretches = one.chunks(STRETCH).zip(other.chunks(STRETCH));
    let whole: usize = stretches.take_while(|(one, other)| one == other).map(|(one, _)| one.len()).sum();
    let rest = one.iter().zip(other).skip(whole);
    whole + rest.take_while(|(one, other)| one == other).count()
}

fn common_end(one: &[u8], other: &[u8]) -> usize {
    let stretches = one.rchunks(STRETCH).zip(other.rchunks(STRETCH));
    let whole: usize = stretches.take_while(|(one, other)| one == other).map(|(one, _)| one.len()).sum();
    let rest = one.iter().rev().zip(other.iter().rev()).skip(whole);
    whole + rest.take_while(|(one, other)| one == other).count()
}

/// Keeps an edit of a long body beside its row; false where the row is to be written.
pub(super) fn keep(db: &Connection, doc: &DocId, before: &NoteState, now: &NoteState, signer: &Signer) -> Result<bool> {
    let is_body_alone = (&before.title, &before.tags) == (&now.title, &now.tags)
        && (before.pinned, before.trashed_ms, before.extra_lock) == (now.pinned, now.trashed_ms, now.extra_lock);
    if !is_body_alone || before.body.len().min(now.body.len()) <= LONG_BYTES {
        return Ok(false);
    }
    let edit = Edit::between(&before.body, &now.body);
    let stamp = &signer.stamp;
    let row = super::age::by_row(db, doc)?;
    let kept: i64 =
        db.prepare_cached("SELECT count(*) FROM typed WHERE doc = ?1")?.query_row([doc], |row| row.get(0))?;
    // The row goes by the batch that the edit is in, and by a clock that was not set back since.
    let is_fresh = row.is_some_and(|row| {
        let older_ms = stamp.unix_ms.saturating_sub(row.unix_ms);
        signer.wrote.is_some_and(|wrote| wrote.is_open && wrote.from_op == row.from_op)
            && row.zone == stamp.zone
            && (0..OLDER_MS).contains(&older_ms)
    });
    if !is_fresh || kept >= EDITS_MAX || edit.come.len() > COME_MAX {
        return Ok(false);
    }
    let number = |bytes: usize| i64::try_from(bytes).unwrap_or(i64::MAX);
    db.prepare_cached("INSERT INTO typed (doc, at, gone, come, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![doc, number(edit.at), number(edit.gone), edit.come, stamp.unix_ms])?;
    Ok(true)
}

/// The edits that lie beside a row, and when the last of them was made.
fn kept(db: &Connection, doc: &DocId) -> Result<(Vec<Edit>, Option<i64>)> {
    let mut query = db.prepare_cached("SELECT at, gone, come, at_ms FROM typed WHERE doc = ?1 ORDER BY position")?;
    let mut rows = query.query([doc])?;
    let (mut edits, mut last) = (Vec::new(), None);
    let bytes = |number: i64| usize::try_from(number).map_err(|_| Code::Corrupt);
    while let Some(row) = rows.next()? {
        edits.push(Edit { at: bytes(row.get(0)?)?, gone: bytes(row.get(1)?)?, come: row.get(2)? });
        last = Some(row.get(3)?);
    }
    Ok((edits, last))
}

/// The body of a note, of what its row says of it.
///
/// # Errors
/// `Corrupt` where the two do not fit; those of the database.
pub fn body_of(db: &Connection, note: &DocId, row: String) -> Result<String> {
    let (edits, _) = kept(db, note)?;
    let mut body = row;
    edits.iter().try_for_each(|edit| edit.put_in(&mut body))?;
    Ok(body)
}

/// The notes that were typed in since their rows were written: mostly none.
///
/// # Errors
/// Those of the database.
pub fn typed_in(db: &Connection) -> Result<BTreeSet<DocId>> {
    let mut query = db.prepare_cached("SELECT doc FROM typed")?;
    let docs = query.query_map([], |row| row.get(0))?;
    Ok(docs.collect::<rusqlite::Result<_>>()?)
}

/// Writes the row of a note that was typed in.
pub(super) fn fold(db: &Connection, doc: &DocId) -> Result<()> {
    let (edits, Some(last)) = kept(db, doc)? else { return Ok(()) };
    let mut body: String = db
        .prepare_cached(concat!("SELECT ", body!(), " FROM note WHERE ", of_doc!()))?
        .query_row([doc], |row| row.get(0))?;
    edits.iter().try_for_each(|edit| edit.put_in(&mut body))?;
    super::note_rows::write_body(db, doc, &body, last)?;
    let_go(db, doc)
}

/// Forgets the edits beside a row: it says them, or is gone.
pub(super) fn let_go(db: &Connection, doc: &DocId) -> Result<()> {
    db.prepare_cached("DELETE FROM typed WHERE doc = ?1")?.execute([doc])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_leads_from_one_text_to_the_other_and_cuts_no_sign() {
        let texts = ["", "a", "aa", "aaa", "é", "è", "éè", "日本", "日木", "本日", "👩‍👩‍👧", "👩‍👩‍👦", "a👩b", "ab", "b"];
        for before in texts {
            for now in texts {
                let mut body = before.to_owned();
                Edit::between(before, now).put_in(&mut body).unwrap();
                assert_eq!(body, now, "{before}");
            }
        }
        let one = Edit::between("we say early", "we say so early");
        assert_eq!((one.at, one.gone, one.come.as_str()), (7, 0, "so "));
        let beyond = Edit { at: 3, gone: 2, come: String::new() };
        assert_eq!(beyond.put_in(&mut "abcd".to_owned()).unwrap_err().code(), Code::Corrupt);
    }
}
