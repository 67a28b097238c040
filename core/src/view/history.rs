//! The story of a note, goal or plan, the newest first: one whole sentence an act.

use super::look::{Look, kebab};
use super::page::{Args, Key, Wanted};
use super::records::{At, HistoryRow, Page};
use super::sentences::Story;
use crate::document::Kind;
use crate::document::act::ActKind;
use crate::error::Result;
use crate::ids::{DocId, ElementId, MemberId};
use rusqlite::{Row, params, params_from_iter};

/// A line of history as it is kept.
pub(super) struct Line {
    pub id: i64,
    pub doc: DocId,
    /// `None` for an act of a newer app.
    pub act: Option<ActKind>,
    pub element: Option<ElementId>,
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub member: MemberId,
    claimed_ms: i64,
    zone: String,
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        doc: row.get(1)?,
        act: ActKind::from_number(row.get(2)?),
        element: row.get(3)?,
        field: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
        before: row.get(5)?,
        after: row.get(6)?,
        member: row.get(7)?,
        claimed_ms: row.get(8)?,
        zone: row.get(9)?,
    })
}

pub(super) fn list(look: &Look<'_>, of: &DocId, at: &At) -> Result<Page<HistoryRow>> {
    let (record, people) = look.open_any(of, &[Kind::Note, Kind::Goal, Kind::Plan, Kind::Copy])?;
    let wanted = Wanted::read(look, ("history", &of.to_string()), 1, at, |_| Ok(None))?;
    let found = wanted.gather(|leg| {
        let mut args = Args::default();
        let (subject, space) = (args.put(of.0.to_vec()), args.put(record.space.0.to_vec()));
        let tail = leg.tail(&["id"], None, &mut args);
        let mut query = look.db().prepare_cached(&format!(
            "SELECT id, doc, act, element, field, before, after, member, claimed_ms, zone FROM history
             WHERE subject = {subject} AND space = {space}{tail}"
        ))?;
        let lines = query.query_map(params_from_iter(args.0), line)?;
        let keyed = |line: Line| (Key { numbers: vec![line.id], id: Vec::new() }, line);
        Ok(lines.map(|line| line.map(keyed)).collect::<rusqlite::Result<Vec<_>>>()?)
    })?;
    let story = Story::of(look, &record, &people)?;
    let mut rows = Vec::new();
    for (_, line) in &found.rows {
        let told = story.tell(line)?;
        let words = |text: &Option<String>| text.as_deref().filter(|_| told.has_words).map(Into::into);
        rows.push(HistoryRow {
            act: line.act.map_or_else(|| "other".to_owned(), |act| kebab(&format!("{act:?}"))),
            before: words(&line.before),
            after: words(&line.after),
            label: told.label,
            by: look.person(&people, &line.member),
            element: line.element,
            when: look.when(line.claimed_ms, &line.zone),
        });
    }
    wanted.page(found, rows, || {
        let mut query = look.db().prepare_cached("SELECT count(*) FROM history WHERE subject = ?1 AND space = ?2")?;
        let total: i64 = query.query_row(params![of, record.space], |row| row.get(0))?;
        Ok(total.unsigned_abs())
    })
}
