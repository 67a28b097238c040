//! Words that were typed and are not kept yet: what waits to be gone on with.

use super::look::Look;
use super::page::{Args, Key, Wanted};
use super::paragraphs::{direction, snippet};
use super::records::{At, Direction, Page, When};
use crate::command::{TextTarget, recovered_draft};
use crate::editing::apply;
use crate::error::{Code, Result};
use crate::projection::Matter;
use crate::projection::copies::note_words;
use crate::store::documents;
use crate::text::PersonText;
use rusqlite::{Row, params_from_iter};
use serde::Serialize;

/// As much of a text as a snippet is made of, in scalars.
const HEAD_SCALARS: u32 = 2_000;
/// A draft whose words lead back by nothing holds none of its own: it is kept for what a field had not seen.
const WORDLESS: &str = "x'80'";

/// Words not kept yet, in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DraftRow {
    /// What to open to go on with them.
    pub target: TextTarget,
    /// The first words, at most 160 scalars on one line; empty where the note has its own lock or is gone.
    pub snippet: PersonText,
    /// Which way they run.
    pub dir: Direction,
    /// Whether what they were typed for is still there. Where it is not, [`super::Ask::Draft`] shows them.
    pub is_there: bool,
    /// When the last of them was typed.
    pub when: When,
}

/// Words not kept yet, opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DraftDetail {
    /// What they were typed for.
    pub target: TextTarget,
    /// All of the text with them.
    pub text: PersonText,
    /// What the text was before them.
    pub before: PersonText,
    /// Whether what they were typed for is still there.
    pub is_there: bool,
    /// Why they cannot be written there now; `None` where they can.
    pub why: Option<Code>,
    /// When the last of them was typed.
    pub when: When,
}

/// A draft as the table has it: its field, the first of its words, when the last was typed.
struct Line {
    name: (String, String),
    head: String,
    changed_ms: i64,
    zone: String,
}

fn line(row: &Row<'_>) -> rusqlite::Result<(Key, Line)> {
    let changed_ms = row.get(3)?;
    let line = Line { name: (row.get(0)?, row.get(1)?), head: row.get(2)?, changed_ms, zone: row.get(4)? };
    Ok((Key { numbers: vec![changed_ms, row.get(5)?], id: Vec::new() }, line))
}

/// Newest first.
pub(super) fn list(look: &Look<'_>, at: &At) -> Result<Page<DraftRow>> {
    look.needs(&[Matter::Draft]);
    let wanted = Wanted::read(look, ("drafts", ""), 2, at, |_| Ok(None))?;
    let found = wanted.gather(|leg| {
        let mut args = Args::default();
        let tail = leg.tail(&["changed_ms", "rowid"], None, &mut args);
        let mut query = look.db().prepare_cached(&format!(
            "SELECT target, field, substr(text, 1, {HEAD_SCALARS}), changed_ms, zone, rowid FROM draft
             WHERE back <> {WORDLESS}{tail}"
        ))?;
        Ok(query.query_map(params_from_iter(args.0), line)?.collect::<rusqlite::Result<Vec<_>>>()?)
    })?;
    let mut rows = Vec::new();
    for (_, line) in &found.rows {
        // A field of a newer app.
        let Some(target) = TextTarget::named(&line.name.0, &line.name.1) else { continue };
        let head = if is_locked(look, &target)? { String::new() } else { snippet(&line.head) };
        rows.push(DraftRow {
            dir: direction(&head),
            snippet: head.into(),
            is_there: is_there(look, &target)?,
            when: look.when(line.changed_ms, &line.zone),
            target,
        });
    }
    wanted.page(found, rows, || count(look))
}

fn count(look: &Look<'_>) -> Result<u64> {
    let mut query = look.db().prepare_cached(&format!("SELECT count(*) FROM draft WHERE back <> {WORDLESS}"))?;
    Ok(query.query_row([], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

/// A note with its own lock shows no word of itself before it is opened (invariant I15). Of one that is gone nobody can
/// tell any more whether it had one.
fn is_locked(look: &Look<'_>, target: &TextTarget) -> Result<bool> {
    match target {
        TextTarget::Note { note } | TextTarget::NoteTitle { note } => {
            Ok(note_words(look.db(), note)?.is_none_or(|words| words.extra_lock))
        }
        _ => Ok(false),
    }
}

fn is_there(look: &Look<'_>, target: &TextTarget) -> Result<bool> {
    // Whether it may still be written hangs on its people, too.
    look.needs(&[Matter::Space]);
    for doc in target.objects() {
        look.stands_on(doc);
        if documents::get(look.db(), &doc)?.is_none() {
            return Ok(false);
        }
    }
    Ok(target.stored(look.db()).is_ok())
}

pub(super) fn detail(look: &Look<'_>, target: &TextTarget) -> Result<DraftDetail> {
    look.needs(&[Matter::Draft]);
    let draft = recovered_draft(look.db(), target)?.ok_or(Code::NotFound)?;
    let why = target.may_write(look.db()).err().map(|error| error.code());
    let before = apply(&draft.words.text, &draft.words.back).unwrap_or_default();
    Ok(DraftDetail {
        target: target.clone(),
        before: before.into(),
        text: draft.words.text.into(),
        is_there: is_there(look, target)?,
        why,
        when: look.when(draft.changed_ms, &draft.zone),
    })
}
