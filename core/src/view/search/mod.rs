//! What was found by its words, a page at a time. The index gives numbers in the order asked for; each is looked up in
//! the rows only when its turn comes, and what may not be shown there is as if it had not been found.

mod found;
mod records;
mod snippet;

pub use records::{
    SEARCH_SCALARS_MAX, SNIPPET_GRAPHEMES_MAX, SearchIn, SearchOrder, SearchPage, SearchQuery, SearchRow, SearchTotal,
    Span,
};

use super::look::Look;
use super::page::{Key, Wanted};
use super::records::At;
use crate::error::{Code, Error, Field, Result};
use crate::ids::{DocId, ElementId};
use crate::projection::{Findable, Matter};
use crate::text::search::{Phrase, expression, phrases};
use crate::text::{PersonText, fold};
use chrono::NaiveDate;
use found::{Finder, Shown};
use rusqlite::{OptionalExtension, params};
use std::cmp::Ordering;
use std::collections::{BTreeSet, BinaryHeap};

const DAY_MS: i64 = 86_400_000;
/// How far a zone's day can lie from that of UTC, and a number from the time it stands for.
const SLACK_MS: i64 = 2 * DAY_MS;

/// A query that was checked.
struct Asked<'q> {
    query: &'q SearchQuery,
    phrases: Vec<Phrase>,
    tag: Option<String>,
    /// The numbers between which everything of the wanted days lies.
    least: i64,
    most: i64,
}

impl<'q> Asked<'q> {
    fn read(query: &'q SearchQuery) -> Result<Self> {
        let words = query.words.as_str();
        let scalars = words.chars().count();
        if scalars > SEARCH_SCALARS_MAX {
            return Err(Code::TooLong.of(Field::Text).max(SEARCH_SCALARS_MAX).actual(scalars).into());
        }
        let (from, to) = (day(query.from.as_ref())?, day(query.to.as_ref())?);
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Code::OutOfRange.of(Field::Date).into());
        }
        Ok(Asked {
            query,
            phrases: phrases(words),
            tag: query.tag.as_ref().map(|tag| fold(tag.as_str())),
            least: from.map_or(i64::MIN, |from| start_ms(from) - SLACK_MS),
            most: to.map_or(i64::MAX, |to| start_ms(to) + DAY_MS + SLACK_MS),
        })
    }

    /// Tells lists of other words and filters apart.
    fn mark(&self) -> String {
        let SearchQuery { order, kinds, from, to, within, .. } = self.query;
        let kinds: BTreeSet<_> = kinds.iter().collect();
        let words = expression(&self.phrases);
        format!("{words:?} {order:?} {kinds:?} {:?} {from:?} {to:?} {within:?}", self.tag)
    }

    fn may_be(&self, candidate: &Candidate) -> bool {
        let kinds = &self.query.kinds;
        (kinds.is_empty() || kinds.contains(&candidate.kind)) && (self.least..=self.most).contains(&candidate.id)
    }

    fn is_wanted(&self, shown: &Shown) -> bool {
        if self.query.from.is_none() && self.query.to.is_none() {
            return true;
        }
        let date = shown.local_date();
        let is_in = self.query.from.as_ref().is_none_or(|from| *from <= date);
        is_in && self.query.to.as_ref().is_none_or(|to| date <= *to)
    }
}

/// A day as `2026-11-22`, and in no other spelling: days are compared as they are spelled.
fn day(text: Option<&String>) -> Result<Option<NaiveDate>> {
    let Some(text) = text else { return Ok(None) };
    let read = text.parse::<NaiveDate>().ok().filter(|day| text.len() == 10 && day.to_string() == *text);
    Ok(Some(read.ok_or_else(|| Error::from(Code::InvalidDate.of(Field::Date)))?))
}

fn start_ms(day: NaiveDate) -> i64 {
    day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis()
}

/// Something the index named.
struct Candidate {
    /// Less is better; nothing where the newest comes first.
    score: f64,
    id: i64,
    doc: DocId,
    /// That of its document.
    number: i64,
    kind: Findable,
    element: Option<ElementId>,
}

impl Candidate {
    fn key(&self) -> Key {
        Key { numbers: vec![self.score.to_bits().cast_signed(), self.id], id: Vec::new() }
    }

    /// Whether it comes behind a place in the list.
    fn is_behind(&self, after: &Key) -> bool {
        let score = f64::from_bits(after.number(0).cast_unsigned());
        self.score > score || (self.score == score && self.id < after.number(1))
    }
}

/// The page while it fills.
struct Gather<'g, 'l> {
    asked: &'g Asked<'g>,
    wanted: &'g Wanted,
    after: Option<&'g Key>,
    finder: Finder<'g, 'l>,
    rows: Vec<(Key, SearchRow)>,
    seen: u64,
}

impl Gather<'_, '_> {
    /// Takes the next candidate of the list; whether more are needed.
    fn take(&mut self, candidate: &Candidate) -> Result<bool> {
        let is_counted = self.asked.query.total == SearchTotal::Counted;
        let is_mine = self.after.is_none_or(|after| candidate.is_behind(after));
        let has_room = self.rows.len() <= self.wanted.limit;
        if !self.asked.may_be(candidate) || !(is_counted || (is_mine && has_room)) {
            return Ok(is_counted || has_room);
        }
        let shown =
            self.finder.shown((&candidate.doc, candidate.number), candidate.kind, candidate.element.as_ref())?;
        if let Some(shown) = shown.filter(|shown| self.asked.is_wanted(shown)) {
            self.seen += 1;
            if is_mine && has_room {
                self.rows.push((candidate.key(), self.finder.row(shown)?));
            }
        }
        Ok(is_counted || self.rows.len() <= self.wanted.limit)
    }

    fn page(self) -> SearchPage {
        let is_whole = self.after.is_none() && self.rows.len() <= self.wanted.limit;
        let is_known = is_whole || self.asked.query.total == SearchTotal::Counted;
        let goes_on = self.rows.len() > self.wanted.limit;
        let mut rows = self.rows;
        rows.truncate(self.wanted.limit);
        let next = rows.last().filter(|_| goes_on).map(|(key, _)| self.wanted.cursor(key.clone(), false));
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        SearchPage { rows, next, total: is_known.then_some(self.seen), locked: 0 }
    }
}

/// Answers [`super::Ask::Search`].
pub(super) fn list(look: &Look<'_>, query: &SearchQuery, at: &At) -> Result<SearchPage> {
    let asked = Asked::read(query)?;
    let wanted = Wanted::read(look, ("search", &asked.mark()), 2, at, |_| Ok(None))?;
    let after = wanted.only_on()?;
    // What is found changes with anything that has words.
    look.needs(&[Matter::Note, Matter::Goal, Matter::Plan, Matter::Joint, Matter::Column, Matter::Lane]);
    look.needs(&[Matter::Copy, Matter::Space]);
    let locked = locked(look, query.within)?;
    let Some(expression) = expression(&asked.phrases) else {
        return Ok(SearchPage { total: Some(0), locked, ..SearchPage::default() });
    };
    let finder = Finder::new(look, &asked.phrases, asked.tag.clone(), query.within)?;
    let mut gather = Gather { asked: &asked, wanted: &wanted, after, finder, rows: Vec::new(), seen: 0 };
    match query.order {
        SearchOrder::Newest => newest(look, &expression, &mut gather)?,
        SearchOrder::Best => best(look, &expression, &mut gather)?,
    }
    Ok(SearchPage { locked, ..gather.page() })
}

/// The thing behind a number of the index; nothing where it is of no kind that this build knows.
fn candidate(look: &Look<'_>, score: f64, id: i64) -> Result<Option<Candidate>> {
    let mut query = look.db().prepare_cached(
        "SELECT CASE kind WHEN 1 THEN (SELECT doc FROM note WHERE number = findable.doc)
         ELSE (SELECT document.id FROM document WHERE number = findable.doc) END, kind, element, findable.doc
         FROM findable WHERE findable.id = ?1",
    )?;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, Option<_>>(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    Ok(query.query_row([id], row).optional()?.and_then(|(doc, kind, element, number)| {
        let (doc, kind) = (doc?, Findable::from_number(kind)?);
        Some(Candidate { score, id, doc, number, kind, element })
    }))
}

/// What is found by whole words, the newest first: the index is read from its end, and no further than the page needs.
const NEWEST: &str = "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid <= ?2 ORDER BY rowid DESC";

fn newest(look: &Look<'_>, expression: &str, gather: &mut Gather<'_, '_>) -> Result<()> {
    if gather.asked.phrases.iter().any(Phrase::is_open) {
        return newest_by_stretch(look, expression, gather);
    }
    let is_counted = gather.asked.query.total == SearchTotal::Counted;
    let behind = gather.after.filter(|_| !is_counted).map_or(i64::MAX, |after| after.number(1));
    let mut query = look.db().prepare_cached(NEWEST)?;
    let mut ids = query.query(params![expression, behind.min(gather.asked.most)])?;
    while let Some(row) = ids.next()? {
        let id = row.get(0)?;
        if id < gather.asked.least {
            break;
        }
        let Some(candidate) = candidate(look, 0.0, id)? else { continue };
        if !gather.take(&candidate)? {
            break;
        }
    }
    Ok(())
}

/// Up to so many found things are all looked up at once, whatever order is asked for.
const FEW: i64 = 64;
/// So many of the newest things are looked through first; then as many times more, back to the oldest.
const NEWEST_AT_ONCE: i64 = 256;
const TIMES_MORE: i64 = 8;

/// What is found in a stretch of numbers, the greatest last: beginnings of words are read slowly against their order, since
/// the index makes a list of all there are, piece by piece.
const STRETCH: &str =
    "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid >= ?2 AND rowid < ?3 ORDER BY rowid LIMIT ?4";

fn newest_by_stretch(look: &Look<'_>, expression: &str, gather: &mut Gather<'_, '_>) -> Result<()> {
    let stretch = |from: i64, below: i64, most: i64| -> Result<Vec<i64>> {
        let mut query = look.db().prepare_cached(STRETCH)?;
        let ids = query.query_map(params![expression, from, below, most], |row| row.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    };
    let is_counted = gather.asked.query.total == SearchTotal::Counted;
    let first = stretch(i64::MIN, i64::MAX, if is_counted { -1 } else { FEW })?;
    if is_counted || first.len() < usize::try_from(FEW).unwrap_or_default() {
        return take_newest(look, first, gather).map(|_| ());
    }
    let (mut below, mut many) = (i64::MAX, NEWEST_AT_ONCE);
    loop {
        let mut oldest = look
            .db()
            .prepare_cached("SELECT min(id) FROM (SELECT id FROM findable WHERE id < ?1 ORDER BY id DESC LIMIT ?2)")?;
        let Some(from) = oldest.query_row([below, many], |row| row.get::<_, Option<i64>>(0))? else { return Ok(()) };
        if !take_newest(look, stretch(from, below, -1)?, gather)? {
            return Ok(());
        }
        (below, many) = (from, many.saturating_mul(TIMES_MORE));
    }
}

/// Takes what these numbers stand for, the greatest first; whether more is wanted.
fn take_newest(look: &Look<'_>, ids: Vec<i64>, gather: &mut Gather<'_, '_>) -> Result<bool> {
    for id in ids.into_iter().rev() {
        let Some(candidate) = candidate(look, 0.0, id)? else { continue };
        if candidate.id < gather.asked.least || !gather.take(&candidate)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How well something fits. What fits better is greater; of two that fit as well, the newer.
#[derive(Clone, Copy, PartialEq)]
struct Ranked {
    score: f64,
    id: i64,
}

impl Eq for Ranked {}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        other.score.total_cmp(&self.score).then(self.id.cmp(&other.id))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn best(look: &Look<'_>, expression: &str, gather: &mut Gather<'_, '_>) -> Result<()> {
    let mut ranked = ranked(look, expression, gather)?;
    // What comes first is shown before the rest is looked up.
    while let Some(Ranked { score, id }) = ranked.pop() {
        let Some(candidate) = candidate(look, score, id)? else { continue };
        if !gather.take(&candidate)? {
            break;
        }
    }
    Ok(())
}

/// Everything found, each with its score. The index would sort by itself, but it takes two pieces of memory for
/// each row to do so.
fn ranked(look: &Look<'_>, expression: &str, gather: &Gather<'_, '_>) -> Result<BinaryHeap<Ranked>> {
    // What is found alone needs no score, and to count how often its words are elsewhere is most of what one costs.
    let mut few = look.db().prepare_cached("SELECT rowid FROM search WHERE search MATCH ?1 LIMIT 2")?;
    let few = few.query_map([expression], |row| Ok(Ranked { score: 0.0, id: row.get(0)? }))?;
    let few: BinaryHeap<Ranked> = few.collect::<rusqlite::Result<_>>()?;
    if few.len() < 2 && gather.after.is_none() {
        return Ok(few);
    }
    let sql = "SELECT rowid, bm25(search, 4.0, 1.0) FROM search WHERE search MATCH ?1";
    let mut query = look.db().prepare_cached(sql)?;
    let all = query.query_map([expression], |row| Ok(Ranked { id: row.get(0)?, score: row.get(1)? }))?;
    Ok(all.collect::<rusqlite::Result<Vec<_>>>()?.into())
}

/// How many notes have a lock of their own.
fn locked(look: &Look<'_>, within: SearchIn) -> Result<u64> {
    let state = if within == SearchIn::Trash { "NOT NULL" } else { "NULL" };
    let sql = format!("SELECT count(*) FROM note WHERE extra_lock = 1 AND trashed_ms IS {state}");
    let count: i64 = look.db().prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

impl From<&str> for SearchQuery {
    fn from(words: &str) -> Self {
        SearchQuery { words: PersonText::from(words), ..SearchQuery::default() }
    }
}
