use super::history::subject;
use crate::document::ActKind;
use crate::error::Result;
use crate::ids::DocId;
use crate::store::documents::DocumentRecord;
use crate::store::meta;
use rusqlite::{Connection, params};

/// Who caused a change, seen from this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum Cause {
    Mine = 1,
    Theirs = 2,
    Clock = 3,
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum How {
    Added = 1,
    Changed = 2,
    Gone = 3,
    Rights = 4,
}

/// Notes that a commit touched what this document is about, so that a host can ask what it missed.
///
/// # Errors
/// Those of the database.
pub fn touch(db: &Connection, document: &DocumentRecord, commit: u64, cause: Cause, how: How) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO touched (made_in, object, kind, parent, how, cause) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (made_in, object) DO UPDATE SET how = min(how, excluded.how)",
    )?
    .execute(params![
        i64::try_from(commit).unwrap_or(i64::MAX),
        subject(document),
        document.kind,
        document.about,
        how as u8,
        cause as u8
    ])?;
    Ok(())
}

/// What changed between two commits: ids only, never words.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Changes {
    /// After this commit.
    pub from: u64,
    /// Up to this one.
    pub to: u64,
    /// What was touched, newest first, at most 256; `None`: more than that, read everything again.
    pub touched: Option<Vec<DocId>>,
}

/// Most objects a [`Changes`] lists (boundary.md, "Changes").
const TOUCHED_MAX: usize = 256;

/// What changed after a commit.
///
/// # Errors
/// Those of the database.
pub fn changes_since(db: &Connection, commit: u64) -> Result<Changes> {
    let mut query = db.prepare_cached(
        "SELECT object FROM touched WHERE made_in > ?1 GROUP BY object ORDER BY max(made_in) DESC, object LIMIT ?2",
    )?;
    let limit = i64::try_from(TOUCHED_MAX + 1).unwrap_or(i64::MAX);
    let rows = query.query_map(params![i64::try_from(commit).unwrap_or(i64::MAX), limit], |row| row.get(0))?;
    let touched: Vec<DocId> = rows.collect::<rusqlite::Result<_>>()?;
    let touched = (touched.len() <= TOUCHED_MAX).then_some(touched);
    Ok(Changes { from: commit, to: meta::commit_number(db)?, touched })
}

/// The acts written into history after a commit: what, about what, in which part.
///
/// # Errors
/// Those of the database.
pub fn acts_since(db: &Connection, commit: u64) -> Result<Vec<(ActKind, DocId, String)>> {
    let mut query =
        db.prepare_cached("SELECT act, subject, coalesce(field, '') FROM history WHERE made_in > ?1 ORDER BY id")?;
    let rows = query.query_map([i64::try_from(commit).unwrap_or(i64::MAX)], |row| {
        Ok((ActKind::from_number(row.get(0)?), row.get(1)?, row.get(2)?))
    })?;
    let rows: Vec<(Option<ActKind>, DocId, String)> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(rows.into_iter().filter_map(|(act, subject, part)| Some((act?, subject, part))).collect())
}
