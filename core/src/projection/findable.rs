//! What can be found by its words. The index holds folded terms, and says nothing without the rows of a document: it is
//! brought up to them in the transaction that writes them, and can be made anew from them at any time.

use super::Signer;
use super::note_rows::{body, of_doc};
use crate::document::Kind;
use crate::error::{Error, Result};
use crate::ids::{DocId, ElementId};
use crate::store::documents::{self, DocumentRecord};
use crate::store::singles;
use crate::text::search::{FOLD_VERSION, indexed};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::{BTreeMap, BTreeSet};

/// The counter of the fold that the index was made with.
const FOLD: &str = "search_fold";
/// How many numbers behind a claimed time are looked at together for a free one.
const WINDOW: i64 = 4_096;
/// Latest time a number stands for, in Unix milliseconds: a wild clock's claim is the year 2200.
const LATEST_MS: i64 = 7_258_118_400_000;

/// What can be found. The number is kept in the store and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the meaning")]
pub enum Findable {
    Note = 1,
    Goal = 2,
    Step = 3,
    Plan = 4,
    Line = 5,
    Idea = 6,
    Comment = 7,
    /// A copy that was given.
    Copy = 8,
}

impl Findable {
    /// All, in the order of their numbers.
    pub const ALL: [Findable; 8] = [
        Findable::Note,
        Findable::Goal,
        Findable::Step,
        Findable::Plan,
        Findable::Line,
        Findable::Idea,
        Findable::Comment,
        Findable::Copy,
    ];

    /// The one behind a number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    fn inside(kind: Kind) -> &'static [Findable] {
        match kind {
            Kind::Note => &[Findable::Note],
            Kind::Goal => &[Findable::Goal, Findable::Step],
            Kind::Plan => &[Findable::Plan, Findable::Line],
            Kind::Joint | Kind::Column => &[Findable::Line],
            Kind::Lane => &[Findable::Idea, Findable::Comment],
            Kind::Copy => &[Findable::Copy],
            Kind::Profile | Kind::Spaces | Kind::Consent => &[],
        }
    }

    /// Its element, title, text and time in a document; the time is missing where the rows have none. A note with its
    /// own lock has no words here: that a word finds it would tell the word.
    fn sql(self) -> &'static str {
        match self {
            Findable::Note => {
                concat!("SELECT NULL, title, ", body!(), ", changed_ms FROM note WHERE extra_lock = 0 AND ", of_doc!())
            }
            Findable::Goal => {
                "SELECT NULL, title, towards || char(10) || why || char(10) || away_from || char(10) ||
                 coalesce(area, ''), changed_ms FROM goal WHERE doc = ?1"
            }
            Findable::Step => "SELECT id, '', text, NULL FROM step WHERE doc = ?1 AND gone = 0",
            Findable::Plan => {
                "SELECT NULL, title, coalesce((SELECT group_concat(title, char(10)) FROM (SELECT title FROM part
                 WHERE doc = ?1 AND gone = 0 AND title IS NOT NULL ORDER BY key)), ''), changed_ms
                 FROM plan WHERE doc = ?1"
            }
            Findable::Line => "SELECT id, '', text, NULL FROM entry WHERE doc = ?1 AND gone = 0",
            Findable::Idea => {
                "SELECT id, '', replace(alternatives, char(31), char(10)) || char(10) || why, at_ms FROM idea
                 WHERE doc = ?1 AND withdrawn = 0 AND kind <> 'move'"
            }
            Findable::Comment => "SELECT id, '', text, at_ms FROM comment WHERE doc = ?1",
            Findable::Copy => "SELECT NULL, title, text, at_ms FROM copy WHERE doc = ?1",
        }
    }
}

/// The words of something that can be found.
#[derive(Clone, PartialEq, Eq)]
pub struct Words {
    /// Empty for what has none.
    pub title: String,
    /// Several texts stand one under the other.
    pub body: String,
    pub(super) changed_ms: Option<i64>,
}

impl Words {
    pub(super) fn of(title: String, body: String) -> Self {
        Words { title, body, changed_ms: None }
    }

    fn bytes(&self) -> usize {
        self.title.len() + self.body.len()
    }
}

/// Everything in a document that can be found.
pub(super) type Units = BTreeMap<(Findable, Option<ElementId>), Words>;

fn unit(row: &Row<'_>) -> rusqlite::Result<(Option<ElementId>, Words)> {
    Ok((row.get(0)?, Words { title: row.get(1)?, body: row.get(2)?, changed_ms: row.get(3)? }))
}

/// What the rows of a document say now.
pub(super) fn units(db: &Connection, doc: &DocId, kind: Option<Kind>) -> Result<Units> {
    let mut units = Units::new();
    for kind in kind.map(Findable::inside).unwrap_or_default() {
        let mut query = db.prepare_cached(kind.sql())?;
        for found in query.query_map([doc], unit)? {
            let (element, words) = found?;
            units.insert((*kind, element), words);
        }
    }
    Ok(units)
}

/// The words of one thing as they were written; `None` where it is there no more.
///
/// # Errors
/// Those of the database.
pub fn words(db: &Connection, doc: &DocId, kind: Findable, element: Option<&ElementId>) -> Result<Option<Words>> {
    let found = match element {
        None => db.prepare_cached(kind.sql())?.query_row([doc], unit).optional()?,
        Some(element) => {
            let sql = format!("{} AND id = ?2", kind.sql());
            db.prepare_cached(&sql)?.query_row(params![doc, element], unit).optional()?
        }
    };
    Ok(found.map(|(_, words)| words))
}

/// Most bytes of words that wait for the index with their documents.
const UNSAID_BYTES_MAX: usize = 256 * 1024;

/// What the rows of several documents say and the index does not yet. The index takes in one piece what comes in the order of
/// its numbers, and writes its pages for each that does not; so what many documents bring goes in together. Whoever writes
/// rows with it calls [`Unsaid::say`] before anyone else writes rows of these documents or takes them out, and before the
/// transaction ends. What comes between [`Unsaid::begin`] and [`Unsaid::keep`] can be taken back.
#[derive(Default)]
pub struct Unsaid {
    kept: Lot,
    /// Since [`Unsaid::begin`].
    new: Lot,
    begun: bool,
    /// What was kept and was said since.
    said: Option<Lot>,
}

#[derive(Default)]
struct Lot {
    docs: BTreeSet<DocId>,
    /// What the index says under a number, and no row does.
    out: BTreeMap<i64, Words>,
    /// What rows say, by its time.
    come: Vec<(i64, DocId, Findable, Option<ElementId>, Words)>,
    bytes: usize,
}

impl Lot {
    fn say(&self, db: &Connection) -> Result<()> {
        self.out.iter().try_for_each(|(id, words)| take_out(db, *id, words))?;
        let mut come: Vec<_> = self.come.iter().collect();
        come.sort_by_key(|(at_ms, ..)| *at_ms);
        come.iter()
            .try_for_each(|(at_ms, doc, kind, element, words)| put(db, doc, *kind, element.as_ref(), words, *at_ms))
    }
}

impl std::fmt::Debug for Unsaid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unsaid({} documents, {} bytes)", self.docs(), self.kept.bytes + self.new.bytes)
    }
}

impl Unsaid {
    fn docs(&self) -> usize {
        self.kept.docs.len() + self.new.docs.len()
    }

    /// What comes from here on, and what is said, may be taken back with what the database is told.
    pub fn begin(&mut self) {
        self.keep();
        self.begun = true;
    }

    /// Nothing of it is taken back any more.
    pub fn keep(&mut self) {
        let Lot { docs, out, come, bytes } = std::mem::take(&mut self.new);
        self.kept.docs.extend(docs);
        self.kept.out.extend(out);
        self.kept.come.extend(come);
        self.kept.bytes += bytes;
        (self.begun, self.said) = (false, None);
    }

    /// The database was taken back to where it was at [`Unsaid::begin`].
    pub fn take_back(&mut self) {
        self.new = Lot::default();
        self.begun = false;
        if let Some(said) = self.said.take() {
            self.kept = said;
        }
    }

    /// Brings the index to what the rows say.
    ///
    /// # Errors
    /// Those of the database.
    pub fn say(&mut self, db: &Connection) -> Result<()> {
        let kept = std::mem::take(&mut self.kept);
        let whole = match self.begun {
            true => {
                kept.say(db)?;
                self.said.get_or_insert(kept);
                std::mem::take(&mut self.new)
            }
            false => kept,
        };
        whole.say(db)
    }

    /// Takes in what led from what the rows of a document said to what they say now; only what differs is touched.
    pub(super) fn follow(
        &mut self,
        db: &Connection,
        record: &DocumentRecord,
        old: Units,
        signer: &Signer,
    ) -> Result<()> {
        let is_unsaid = self.kept.docs.contains(&record.id) || self.new.docs.contains(&record.id);
        let lot = if self.begun { &mut self.new } else { &mut self.kept };
        lot.docs.insert(record.id);
        if is_unsaid {
            return Err(Error::Broken("findable: a document that is written again before the index says it"));
        }
        let mut new = units(db, &record.id, Kind::from_number(record.kind))?;
        for ((kind, element), words) in old {
            if new.get(&(kind, element)) == Some(&words) {
                new.remove(&(kind, element));
            } else if let Some(id) = number_of(db, &record.id, kind, element.as_ref())? {
                lot.bytes += words.bytes();
                lot.out.insert(id, words);
            }
        }
        for ((kind, element), words) in new {
            lot.bytes += words.bytes();
            let at_ms = words.changed_ms.unwrap_or(signer.stamp.unix_ms);
            lot.come.push((at_ms, record.id, kind, element, words));
        }
        if self.kept.bytes + self.new.bytes > UNSAID_BYTES_MAX { self.say(db) } else { Ok(()) }
    }
}

/// Takes out all that can be found in a document, while its rows are there: the index forgets only what is named.
pub(super) fn remove(db: &Connection, doc: &DocId) -> Result<()> {
    super::waiting::let_go(db, doc)?;
    for (id, kind, element) in numbers(db, doc)? {
        match words(db, doc, kind, element.as_ref())? {
            Some(words) => take_out(db, id, &words)?,
            None => forget(db, id)?,
        }
    }
    Ok(())
}

/// Makes the index anew where another build folded words in another way, or none did yet. Costs about a tenth of a
/// millisecond a note.
///
/// # Errors
/// Those of the database.
pub fn index_if_due(db: &Connection) -> Result<()> {
    if !is_index_due(db)? {
        return Ok(());
    }
    reindex(db)?;
    singles::set_counter(db, FOLD, FOLD_VERSION)
}

/// Whether [`index_if_due`] has anything to do.
///
/// # Errors
/// Those of the database.
pub fn is_index_due(db: &Connection) -> Result<bool> {
    Ok(singles::counter(db, FOLD)? != FOLD_VERSION)
}

/// Makes the index anew from the rows. What could be found before keeps its place among the newest.
///
/// # Errors
/// Those of the database.
pub fn reindex(db: &Connection) -> Result<()> {
    db.execute("INSERT INTO search (search) VALUES ('delete-all')", [])?;
    db.execute("DELETE FROM unindexed", [])?;
    super::typed::typed_in(db)?.iter().try_for_each(|note| super::typed::fold(db, note))?;
    let mut query = db.prepare("SELECT id, kind FROM document ORDER BY id")?;
    let documents = query.query_map([], |row| Ok((row.get::<_, DocId>(0)?, row.get::<_, u32>(1)?)))?;
    for document in documents.collect::<rusqlite::Result<Vec<_>>>()? {
        let (doc, kind) = document;
        let mut units = units(db, &doc, Kind::from_number(kind))?;
        for (id, kind, element) in numbers(db, &doc)? {
            match units.remove(&(kind, element)) {
                Some(words) => fill(db, id, &words)?,
                None => forget(db, id)?,
            }
        }
        for ((kind, element), words) in &units {
            let at_ms = match words.changed_ms {
                Some(at_ms) => at_ms,
                None => last_said(db, element.as_ref())?,
            };
            put(db, &doc, *kind, element.as_ref(), words, at_ms)?;
        }
    }
    db.execute("DELETE FROM findable WHERE doc NOT IN (SELECT number FROM document)", [])?;
    Ok(())
}

/// Writes the index in one piece. Terms are gone from its pages as soon as they are taken out; beginnings of them may
/// part its pages until this is done. For a purge; it costs as much as the index is long.
///
/// # Errors
/// Those of the database.
pub fn compact_index(db: &Connection) -> Result<()> {
    db.execute("INSERT INTO search (search) VALUES ('optimize')", [])?;
    Ok(())
}

/// Where a note is told from others: by its own row, since there are most of them and an index costs a page for each.
const OF_NOTE: &str = "FROM note CROSS JOIN findable ON findable.id = note.found AND findable.doc = note.number
    WHERE note.number = (SELECT number FROM document WHERE id = ?1) AND findable.kind = 1";

fn numbers(db: &Connection, doc: &DocId) -> Result<Vec<(i64, Findable, Option<ElementId>)>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT id, kind, element FROM findable
         WHERE doc = (SELECT number FROM document WHERE document.id = ?1) AND kind <> 1
         UNION ALL SELECT findable.id, findable.kind, findable.element {OF_NOTE}"
    ))?;
    let rows = query.query_map([doc], |row| Ok((row.get(0)?, Findable::from_number(row.get(1)?), row.get(2)?)))?;
    let rows: Vec<(i64, Option<Findable>, Option<ElementId>)> = rows.collect::<rusqlite::Result<_>>()?;
    let mut found: Vec<_> = rows.into_iter().filter_map(|(id, kind, element)| Some((id, kind?, element))).collect();
    found.sort();
    Ok(found)
}

pub(super) fn number_of(
    db: &Connection,
    doc: &DocId,
    kind: Findable,
    element: Option<&ElementId>,
) -> Result<Option<i64>> {
    if kind == Findable::Note {
        let mut query = db.prepare_cached(&format!("SELECT findable.id {OF_NOTE}"))?;
        return Ok(query.query_row([doc], |row| row.get(0)).optional()?);
    }
    let mut query = db.prepare_cached(
        "SELECT id FROM findable WHERE doc = (SELECT number FROM document WHERE document.id = ?1) AND kind = ?2
         AND kind <> 1 AND element IS ?3 LIMIT 1",
    )?;
    Ok(query.query_row(params![doc, kind as u8, element], |row| row.get(0)).optional()?)
}

pub(super) fn put(
    db: &Connection,
    doc: &DocId,
    kind: Findable,
    element: Option<&ElementId>,
    words: &Words,
    at_ms: i64,
) -> Result<()> {
    let id = free_number(db, at_ms)?;
    if !fill_if_any(db, id, words)? {
        return Ok(());
    }
    let number = documents::number(db, doc)?;
    db.prepare_cached("INSERT INTO findable (id, doc, kind, element) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![id, number, kind as u8, element])?;
    if kind == Findable::Note {
        db.prepare_cached("UPDATE note SET found = ?2 WHERE number = ?1 AND found <> ?2")?
            .execute(params![number, id])?;
    }
    Ok(())
}

/// The first free number from this time on, or one close behind it.
fn free_number(db: &Connection, at_ms: i64) -> Result<i64> {
    let mut from = at_ms.clamp(0, LATEST_MS);
    if !db.prepare_cached("SELECT 1 FROM findable WHERE id = ?1")?.exists([from])? {
        return Ok(from);
    }
    let mut last = db.prepare_cached("SELECT max(id) FROM findable WHERE id BETWEEN ?1 AND ?2")?;
    loop {
        let end = from + WINDOW - 1;
        match last.query_row([from, end], |row| row.get::<_, Option<i64>>(0))? {
            None => return Ok(from),
            Some(taken) if taken < end => return Ok(taken + 1),
            Some(_) => from += WINDOW,
        }
    }
}

fn fill(db: &Connection, id: i64, words: &Words) -> Result<()> {
    if fill_if_any(db, id, words)? { Ok(()) } else { forget(db, id) }
}

/// Whether there was a word to put in.
fn fill_if_any(db: &Connection, id: i64, words: &Words) -> Result<bool> {
    let (title, body) = (indexed(&words.title), indexed(&words.body));
    if title.is_empty() && body.is_empty() {
        return Ok(false);
    }
    db.prepare_cached("INSERT INTO search (rowid, title, body) VALUES (?1, ?2, ?3)")?
        .execute(params![id, title, body])?;
    Ok(true)
}

pub(super) fn take_out(db: &Connection, id: i64, words: &Words) -> Result<()> {
    db.prepare_cached("INSERT INTO search (search, rowid, title, body) VALUES ('delete', ?1, ?2, ?3)")?
        .execute(params![id, indexed(&words.title), indexed(&words.body)])?;
    forget(db, id)
}

fn forget(db: &Connection, id: i64) -> Result<()> {
    db.prepare_cached("DELETE FROM findable WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// When something was last said of an element, as claimed.
fn last_said(db: &Connection, element: Option<&ElementId>) -> Result<i64> {
    let mut query = db.prepare_cached("SELECT coalesce(max(claimed_ms), 0) FROM told WHERE element = ?1")?;
    Ok(query.query_row([element], |row| row.get(0))?)
}

crate::text::redacted!(Words);
