//! Notes: private, pinned first, the newest words before the older (invariant I1); in the trash, what went there last.

use super::asks::NoteFilter;
use super::look::{Look, READABLE};
use super::page::{Args, Key, Leg, Wanted, Way};
use super::paragraphs::{first_direction, paragraphs, snippet, snippet_from};
use super::records::{Anchor, At, NoteDetail, NoteRow, Page};
use crate::command::{Deed, May, Subject, allowed};
use crate::document::Kind;
use crate::error::{Code, Result};
use crate::ids::{DocId, SpaceId};
use crate::projection::{BODY, HEAD_SCALARS, Matter, OF_DOC, body_of, texts, typed_in};
use crate::store::{batches, forgetting};
use crate::text::{PersonText, fold};
use rusqlite::{OptionalExtension, Row, Statement, params_from_iter};

struct Line {
    id: DocId,
    number: i64,
    space: SpaceId,
    title: String,
    snippet: String,
    pinned: bool,
    extra_lock: bool,
    changed_ms: i64,
    zone: String,
    /// Whether the snippet may lack words that lie further behind.
    goes_on: bool,
}

/// Looked at for a snippet, so that a body of blanks costs no more than another.
const HEAD_BYTES: usize = 8_000;

/// Where so much of a line is there, it is known whether it begins with the mark of a list.
const MARK_BYTES: usize = 6;

/// The snippet of a body.
fn snippet_of(body: &str) -> String {
    snippet(body.get(..body.floor_char_boundary(HEAD_BYTES)).unwrap_or_default())
}

fn line(row: &Row<'_>, space: SpaceId) -> rusqlite::Result<Line> {
    let extra_lock: bool = row.get(4)?;
    let mut goes_on = false;
    // A note with its own lock shows no word of itself before it is opened (invariant I15).
    let (title, snippet) = if extra_lock {
        (String::new(), String::new())
    } else {
        let head = row.get_ref(2)?.as_str()?;
        let (snippet, is_full) = snippet_from(head);
        // Where marks and blanks take much of it, or its end may be half a mark, the rest is looked at too.
        let is_cut = |line: &str| line.trim().len() < MARK_BYTES;
        goes_on = head.chars().count() >= HEAD_SCALARS && (!is_full || head.rsplit('\n').next().is_some_and(is_cut));
        (row.get(1)?, snippet)
    };
    let (id, pinned, changed_ms, zone) = (row.get(0)?, row.get(3)?, row.get(5)?, row.get(6)?);
    let number = row.get(7)?;
    Ok(Line { id, number, space, title, snippet, pinned, extra_lock, changed_ms, zone, goes_on })
}

/// Where notes lie, if it may be read.
fn own(look: &Look<'_>) -> Result<Option<SpaceId>> {
    let sql = format!("SELECT space.id FROM space WHERE space.kind = 1 AND {READABLE}");
    Ok(look.db().prepare_cached(&sql)?.query_row([], |row| row.get(0)).optional()?)
}

/// The time is that of the words; in the trash, when a note went there.
const COLUMNS: &str = "note.doc, note.title, note.head, note.pinned, note.extra_lock,
 coalesce(note.trashed_ms, note.changed_ms), note.zone, note.number";

/// The rows of notes with this filter in my own space, as far as the conditions before order and limit go. The projection
/// writes rows of no others; that a note lies there is asked all the same (invariant I1), row by row.
fn from(filter: &NoteFilter, own: SpaceId, args: &mut Args) -> String {
    let state = if filter.trash { "NOT NULL" } else { "NULL" };
    let own = format!("(SELECT id FROM name WHERE value = {})", args.put(own.0.to_vec()));
    let kind = Kind::Note.number();
    match &filter.tag {
        // Out of an index alone, in which they lie in the order in which they were made.
        None => format!(
            "FROM note CROSS JOIN document INDEXED BY document_of_space ON document.space = {own}
             AND document.kind = {kind} AND document.number = note.number WHERE note.trashed_ms IS {state}"
        ),
        // By the tag first: there may be few among many notes. One with its own lock would say by this that it has it.
        Some(tag) => format!(
            "FROM note_tag CROSS JOIN document ON document.id = note_tag.doc AND document.space = {own}
             AND document.kind = {kind} CROSS JOIN note ON note.number = document.number
             WHERE note_tag.fold = {} AND note.extra_lock = 0 AND note.trashed_ms IS {state}",
            args.put(fold(tag.as_str()))
        ),
    }
}

/// How many there are.
pub(super) fn count(look: &Look<'_>, filter: &NoteFilter) -> Result<u64> {
    look.needs(&[Matter::Note]);
    let Some(own) = own(look)? else { return Ok(0) };
    let mut args = Args::default();
    let sql = format!("SELECT count(*) {}", from(filter, own, &mut args));
    let count: i64 = look.db().prepare_cached(&sql)?.query_row(params_from_iter(args.0), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// The statement that reads a stretch of the list.
pub(super) fn sql(filter: &NoteFilter, own: SpaceId, leg: &Leg<'_>, args: &mut Args) -> String {
    let from = from(filter, own, args);
    let time = if filter.trash { "note.trashed_ms" } else { "note.changed_ms" };
    format!("SELECT {COLUMNS} {from}{}", leg.tail(&["note.pinned", time, "note.number"], None, args))
}

/// The statement that reads the notes changed last, pinned or not.
pub(super) fn newest_sql(own: SpaceId, leg: &Leg<'_>, args: &mut Args) -> String {
    let from = from(&NoteFilter::default(), own, args);
    format!("SELECT {COLUMNS} {from}{}", leg.tail(&["note.changed_ms", "note.number"], None, args))
}

fn lines(look: &Look<'_>, space: SpaceId, sql: &str, args: Args) -> Result<Vec<Line>> {
    let mut query = look.db().prepare_cached(sql)?;
    let lines = query.query_map(params_from_iter(args.0), |row| line(row, space))?;
    Ok(lines.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn list(look: &Look<'_>, filter: &NoteFilter, at: &At) -> Result<Page<NoteRow>> {
    look.needs(&[Matter::Note, Matter::Space]);
    let tag = filter.tag.as_ref().map(|tag| fold(tag.as_str()));
    let tagged = tag.as_ref().map_or_else(String::new, |tag| format!("={tag}"));
    let mark = format!("{}{tagged}", if filter.trash { "trash" } else { "kept" });
    let wanted = Wanted::read(look, ("notes", &mark), 3, at, |anchor| place_of(look, anchor))?;
    let own = own(look)?;
    let found = wanted.gather(|leg| {
        let Some(own) = own else { return Ok(Vec::new()) };
        let mut args = Args::default();
        let sql = sql(filter, own, leg, &mut args);
        let lines = lines(look, own, &sql, args)?.into_iter();
        let key = |line: &Line| key(i64::from(line.pinned), line.changed_ms, line.number);
        Ok(lines.map(|line| (key(&line), line)).collect())
    })?;
    let (found, lines) = found.apart();
    let rows = rows(look, lines.into_iter(), filter.trash)?;
    wanted.page(found, rows, || count(look, filter))
}

/// The notes changed last.
pub(super) fn newest(look: &Look<'_>, limit: usize) -> Result<Vec<NoteRow>> {
    look.needs(&[Matter::Note, Matter::Space]);
    let Some(own) = own(look)? else { return Ok(Vec::new()) };
    let mut args = Args::default();
    let sql = newest_sql(own, &Leg { way: Way::On, from: None, with: false, limit }, &mut args);
    rows(look, lines(look, own, &sql, args)?.into_iter(), false)
}

/// Of notes of one time the one that came last stands first.
fn key(pinned: i64, changed_ms: i64, number: i64) -> Key {
    Key { numbers: vec![pinned, changed_ms, number], id: Vec::new() }
}

/// Where a note stands, or stood when it was last heard of.
fn place_of(look: &Look<'_>, anchor: &Anchor) -> Result<Option<Key>> {
    let Anchor::Object { id } = anchor else { return Ok(None) };
    let sql = format!("SELECT pinned, coalesce(trashed_ms, changed_ms), number FROM note WHERE {OF_DOC}");
    let mut query = look.db().prepare_cached(&sql)?;
    let held = query.query_row([id], |row| Ok(key(row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    Ok(match held {
        Some(key) => Some(key),
        None => last_heard_of(look, id)?.map(|changed_ms| key(0, changed_ms, 0)),
    })
}

/// When something that is gone was last changed: the facts of its history stay (invariant I5).
pub(super) fn last_heard_of(look: &Look<'_>, id: &DocId) -> Result<Option<i64>> {
    let mut query =
        look.db().prepare_cached("SELECT claimed_ms FROM history WHERE subject = ?1 ORDER BY id DESC LIMIT 1")?;
    Ok(query.query_row([id], |row| row.get(0)).optional()?)
}

/// All rows of a list are mine and in one state: the answers differ only where a note waits for a newer app.
fn rows(look: &Look<'_>, lines: impl Iterator<Item = Line>, trash: bool) -> Result<Vec<NoteRow>> {
    let is_any_apart = batches::is_any_newer(look.db())? || forgetting::is_any_frozen(look.db())?;
    let typed = typed_in(look.db())?;
    let mut tags = look.db().prepare_cached(TAGS)?;
    let (mut may, mut audience): (Option<May>, Option<String>) = (None, None);
    let mut rows = Vec::new();
    for line in lines {
        let may = match &may {
            _ if is_any_apart && is_apart(look, &line)? => deeds(look, &line.id, trash)?,
            Some(may) => may.clone(),
            None => may.insert(deeds(look, &line.id, trash)?).clone(),
        };
        let audience = match &audience {
            Some(audience) => audience.clone(),
            None => audience.insert(look.audience_short(&*look.people(&line.space)?)).clone(),
        };
        // An extra lock shows nothing of either.
        let is_short = !line.extra_lock && (line.goes_on || typed.contains(&line.id));
        let mut row = row(look, line, &mut tags, may, audience)?;
        // The row in the store says less than was typed.
        if is_short {
            row.snippet = snippet_of(&texts::note_body(look.db(), &row.id)?).into();
            row.dir = first_direction([row.title.as_str(), row.snippet.as_str()]);
        }
        rows.push(row);
    }
    Ok(rows)
}

fn is_apart(look: &Look<'_>, line: &Line) -> Result<bool> {
    let is_newer = !batches::newer_from(look.db(), &line.space, &line.id)?.is_empty();
    Ok(is_newer || forgetting::is_frozen(look.db(), &line.id)?)
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

fn row(look: &Look<'_>, line: Line, tags: &mut Statement<'_>, may: May, audience: String) -> Result<NoteRow> {
    Ok(NoteRow {
        dir: first_direction([&line.title, &line.snippet]),
        tags: if line.extra_lock { Vec::new() } else { tags_of(tags, &line.id)? },
        title: line.title.into(),
        snippet: line.snippet.into(),
        pinned: line.pinned,
        when: look.when(line.changed_ms, &line.zone),
        audience,
        may,
        id: line.id,
    })
}

const TAGS: &str = "SELECT tag FROM note_tag WHERE doc = ?1 ORDER BY fold";

fn tags(look: &Look<'_>, id: &DocId) -> Result<Vec<PersonText>> {
    tags_of(&mut *look.db().prepare_cached(TAGS)?, id)
}

fn tags_of(query: &mut Statement<'_>, id: &DocId) -> Result<Vec<PersonText>> {
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
        .prepare_cached(&format!(
            "SELECT title, {BODY}, pinned, trashed_ms IS NOT NULL, made_ms, changed_ms, zone FROM note WHERE {OF_DOC}"
        ))?
        .query_row([id], |row| {
            let texts: (String, String) = (row.get(0)?, row.get(1)?);
            let flags: (bool, bool) = (row.get(2)?, row.get(3)?);
            let times: (i64, i64, String) = (row.get(4)?, row.get(5)?, row.get(6)?);
            Ok((texts, flags, times))
        })
        .optional()?;
    let ((title, body), (pinned, trashed), (made_ms, changed_ms, zone)) = found.ok_or(Code::NotFound)?;
    let body = body_of(look.db(), id, body)?;
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
