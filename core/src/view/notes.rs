//! Notes: private, pinned first, the newest before the older (invariant I1).

use super::look::{Look, READABLE};
use super::page::{Key, Wanted};
use super::paragraphs::{direction, paragraphs, snippet};
use super::records::{At, NoteDetail, NoteFilter, NoteRow, Page};
use crate::command::{Deed, May, Subject, allowed};
use crate::document::Kind;
use crate::error::{Code, Result};
use crate::ids::{DocId, SpaceId};
use crate::store::batches;
use crate::text::{PersonText, fold};
use rusqlite::{OptionalExtension, Row, named_params};

/// As much of a body as a snippet is made of, in scalars: words and the blanks between them.
const HEAD_SCALARS: u32 = 2_000;

/// Notes lie in my own space alone; whatever looks like one elsewhere is none.
fn base(trash: bool) -> String {
    let state = if trash { "NOT NULL" } else { "NULL" };
    format!(
        "FROM note JOIN document ON document.id = note.doc JOIN space ON space.id = document.space
         WHERE note.trashed_ms IS {state} AND space.kind = 1 AND {READABLE} AND (:tag IS NULL OR (note.extra_lock = 0
         AND EXISTS (SELECT 1 FROM note_tag WHERE note_tag.doc = note.doc AND note_tag.fold = :tag)))"
    )
}

struct Line {
    id: DocId,
    space: SpaceId,
    title: String,
    head: String,
    pinned: bool,
    extra_lock: bool,
    changed_ms: i64,
    zone: String,
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        space: row.get(1)?,
        title: row.get(2)?,
        head: row.get(3)?,
        pinned: row.get(4)?,
        extra_lock: row.get(5)?,
        changed_ms: row.get(6)?,
        zone: row.get(7)?,
    })
}

pub(super) fn list(look: &Look<'_>, filter: &NoteFilter, at: &At) -> Result<Page<NoteRow>> {
    let tag = filter.tag.as_ref().map(|tag| fold(tag.as_str()));
    let tagged = tag.as_ref().map_or_else(String::new, |tag| format!("={tag}"));
    let mark = format!("{}{tagged}", if filter.trash { "trash" } else { "kept" });
    let wanted = Wanted::read(look, ("notes", &mark), 2, at)?;
    let base = base(filter.trash);
    let total: i64 = look
        .db()
        .prepare_cached(&format!("SELECT count(*) {base}"))?
        .query_row(named_params! { ":tag": tag }, |row| row.get(0))?;
    let mut query = look.db().prepare_cached(&format!(
        "SELECT note.doc, document.space, note.title, substr(note.body, 1, {HEAD_SCALARS}), note.pinned,
         note.extra_lock, note.changed_ms, note.zone {base}
         AND (:pinned IS NULL OR ((note.pinned, note.changed_ms) <= (:pinned, :changed)
         AND ((note.pinned, note.changed_ms) < (:pinned, :changed) OR note.doc > :doc)))
         ORDER BY note.pinned DESC, note.changed_ms DESC, note.doc LIMIT :limit"
    ))?;
    let after = wanted.after.as_ref();
    let lines = query.query_map(
        named_params! {
            ":tag": tag,
            ":pinned": after.map(|key| key.number(0)),
            ":changed": after.map(|key| key.number(1)),
            ":doc": after.map(|key| key.id.clone()),
            ":limit": i64::try_from(wanted.limit + 1).unwrap_or(i64::MAX),
        },
        line,
    )?;
    // All rows of a page are mine and in one state: the answers differ only where a note waits for a newer app.
    let mut may: Option<May> = None;
    let mut rows = Vec::new();
    for line in lines {
        let line = line?;
        let may = match &may {
            _ if !batches::newer_from(look.db(), &line.space, &line.id)?.is_empty() => {
                deeds(look, &line.id, filter.trash)?
            }
            Some(may) => may.clone(),
            None => may.insert(deeds(look, &line.id, filter.trash)?).clone(),
        };
        let key = Key { numbers: vec![i64::from(line.pinned), line.changed_ms], id: line.id.0.to_vec() };
        rows.push((key, row(look, line, may)?));
    }
    Ok(wanted.page(rows, total.unsigned_abs()))
}

fn deeds(look: &Look<'_>, id: &DocId, trashed: bool) -> Result<May> {
    let deeds: &[Deed] = if trashed { &[Deed::Restore] } else { &[Deed::Edit, Deed::Tag, Deed::Pin, Deed::Trash] };
    allowed(look.db(), Subject::Note(id), deeds)
}

/// What can be done with an open note: giving of it too, which every row of a list would have to look up.
fn opened(look: &Look<'_>, id: &DocId, trashed: bool) -> Result<May> {
    let mut may = deeds(look, id, trashed)?;
    may.acts.extend(allowed(look.db(), Subject::Note(id), &[Deed::Give])?.acts);
    Ok(may)
}

fn row(look: &Look<'_>, line: Line, may: May) -> Result<NoteRow> {
    let people = look.people(&line.space)?;
    // A note with its own lock shows no word of itself before it is opened (invariant I15).
    let open = !line.extra_lock;
    let title = if open { line.title } else { String::new() };
    let snippet = if open { snippet(&line.head) } else { String::new() };
    Ok(NoteRow {
        dir: direction(&format!("{title} {snippet}")),
        tags: if open { tags(look, &line.id)? } else { Vec::new() },
        title: title.into(),
        snippet: snippet.into(),
        pinned: line.pinned,
        when: look.when(line.changed_ms, &line.zone),
        audience: look.audience_short(&people),
        may,
        id: line.id,
    })
}

fn tags(look: &Look<'_>, id: &DocId) -> Result<Vec<PersonText>> {
    let mut query = look.db().prepare_cached("SELECT tag FROM note_tag WHERE doc = ?1 ORDER BY fold")?;
    let tags = query.query_map([id], |row| Ok(PersonText::new(row.get::<_, String>(0)?)))?;
    Ok(tags.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn detail(look: &Look<'_>, id: &DocId) -> Result<NoteDetail> {
    let (_, people) = look.open(id, &[Kind::Note])?;
    if !people.is_own() {
        return Code::NotFound.err();
    }
    let found = look
        .db()
        .prepare_cached(
            "SELECT title, body, pinned, trashed_ms IS NOT NULL, made_ms, changed_ms, zone FROM note WHERE doc = ?1",
        )?
        .query_row([id], |row| {
            let texts: (String, String) = (row.get(0)?, row.get(1)?);
            let flags: (bool, bool) = (row.get(2)?, row.get(3)?);
            let times: (i64, i64, String) = (row.get(4)?, row.get(5)?, row.get(6)?);
            Ok((texts, flags, times))
        })
        .optional()?;
    let ((title, body), (pinned, trashed), (made_ms, changed_ms, zone)) = found.ok_or(Code::NotFound)?;
    Ok(NoteDetail {
        id: *id,
        title: title.into(),
        paragraphs: paragraphs(&body),
        body: body.into(),
        tags: tags(look, id)?,
        pinned,
        stage: look.stage("note", if trashed { "trash" } else { "active" }),
        given: super::shares::of_note(look, id)?,
        made: look.when(made_ms, &zone),
        when: look.when(changed_ms, &zone),
        audience: look.audience(&people),
        repair: super::forgotten::repair(look, id)?,
        rev: look.rev(id)?.ok_or(Code::NotFound)?,
        may: opened(look, id, trashed)?,
    })
}
