//! How old a note is: as old as its words. A pin, a tag or the trash is no writing, and moves it nowhere.

use super::note_rows::of_doc;
use crate::batch::Claimed;
use crate::clock::Stamp;
use crate::error::Result;
use crate::ids::DocId;
use rusqlite::{Connection, OptionalExtension, params};

/// What the newest batch with words in it claims. The newer of two begins behind more operations: whoever wrote it had the
/// other. Of two that begin alike, which were written apart, it is the one that claims to be later. So a clock that was
/// wrong is believed until someone writes on, and all phones that hold the same say the same, whatever came first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    /// The counter of the batch's first operation.
    pub from_op: u64,
    /// What the batch claims, in Unix milliseconds.
    pub unix_ms: i64,
    /// The zone that it claims.
    pub zone: String,
}

impl Age {
    /// That of words in a batch that begins so and claims this.
    pub fn of(from_op: u64, claimed: &Claimed) -> Self {
        Age { from_op, unix_ms: claimed.unix_ms, zone: claimed.zone.clone() }
    }

    /// As it is shown.
    pub fn stamp(&self) -> Stamp {
        Stamp::at(self.unix_ms, &self.zone)
    }
}

/// The batch that words of a note are in, for whoever writes the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrote {
    /// The counter of the batch's first operation.
    pub from_op: u64,
    /// Whether it is still written on: then it says last what it says now, also of a clock that was set back.
    pub is_open: bool,
}

impl Wrote {
    /// How old a note is of which the row says `was`, once these words are in it.
    pub(super) fn makes(self, was: Age, stamp: &Stamp) -> Age {
        let now = Age { from_op: self.from_op, unix_ms: stamp.unix_ms, zone: stamp.zone.clone() };
        let goes_on = self.is_open && self.from_op == was.from_op;
        if goes_on || now > was { now } else { was }
    }
}

/// How old the row of a note says it is; edits that lie beside it may be younger.
pub(super) fn by_row(db: &Connection, doc: &DocId) -> Result<Option<Age>> {
    let sql = concat!("SELECT words_op, changed_ms, zone FROM note WHERE ", of_doc!());
    let age = |row: &rusqlite::Row<'_>| {
        Ok(Age { from_op: row.get::<_, i64>(0)?.unsigned_abs(), unix_ms: row.get(1)?, zone: row.get(2)? })
    };
    Ok(db.prepare_cached(sql)?.query_row([doc], age).optional()?)
}

/// An operation's counter as a row keeps it.
pub(super) fn kept(from_op: u64) -> i64 {
    i64::try_from(from_op).unwrap_or(i64::MAX)
}

/// Whether a note that is not laid aside has words that are newer than this.
///
/// # Errors
/// Those of the database.
pub fn any_newer(db: &Connection, than_ms: i64) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM note WHERE trashed_ms IS NULL AND changed_ms > ?1")?.exists([than_ms])?)
}

/// Says of a note that words of this age are in it; newer ones may be.
///
/// # Errors
/// Those of the database.
pub fn worded(db: &Connection, doc: &DocId, last: &Age) -> Result<()> {
    db.prepare_cached(concat!(
        "UPDATE note SET words_op = ?2, changed_ms = ?3, zone = ?4
         WHERE (words_op, changed_ms, zone) < (?2, ?3, ?4) AND ",
        of_doc!()
    ))?
    .execute(params![doc, kept(last.from_op), last.unix_ms, last.zone])?;
    Ok(())
}

/// Says of a note when it was made and how old its words are, whatever its row says.
///
/// # Errors
/// Those of the database.
pub fn timed(db: &Connection, doc: &DocId, made_ms: i64, last: &Age) -> Result<()> {
    db.prepare_cached(concat!(
        "UPDATE note SET made_ms = ?2, words_op = ?3, changed_ms = ?4, zone = ?5 WHERE ",
        of_doc!()
    ))?
    .execute(params![doc, made_ms, kept(last.from_op), last.unix_ms, last.zone])?;
    Ok(())
}
