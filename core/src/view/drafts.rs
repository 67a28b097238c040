//! Words that were typed and are not kept yet: what waits to be gone on with.

use super::look::Look;
use super::page::{Key, Wanted};
use super::paragraphs::{direction, snippet};
use super::records::{At, Direction, Page, When};
use crate::command::{TextTarget, recovered_draft};
use crate::editing::apply;
use crate::error::{Code, Result};
use crate::projection::lines;
use crate::store::documents;
use crate::text::PersonText;
use rusqlite::named_params;
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
    /// The first words, at most 160 scalars on one line; empty where the note has its own lock.
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

pub(super) fn list(look: &Look<'_>, at: &At) -> Result<Page<DraftRow>> {
    let wanted = Wanted::read(look, ("drafts", ""), 1, at)?;
    let total: i64 = look
        .db()
        .prepare_cached(&format!("SELECT count(*) FROM draft WHERE back <> {WORDLESS}"))?
        .query_row([], |row| row.get(0))?;
    let mut query = look.db().prepare_cached(&format!(
        "SELECT target, field, substr(text, 1, {HEAD_SCALARS}), changed_ms, zone, rowid FROM draft
         WHERE back <> {WORDLESS} AND (:changed IS NULL OR (changed_ms, rowid) < (:changed, :row))
         ORDER BY changed_ms DESC, rowid DESC LIMIT :limit"
    ))?;
    let after = wanted.after.as_ref();
    let place = after.map(|key| key.id.first_chunk().map_or(0, |row| i64::from_be_bytes(*row)));
    let limit = i64::try_from(wanted.limit + 1).unwrap_or(i64::MAX);
    let lines = query.query_map(
        named_params! { ":changed": after.map(|key| key.number(0)), ":row": place, ":limit": limit },
        |row| {
            let name: (String, String) = (row.get(0)?, row.get(1)?);
            Ok((name, row.get::<_, String>(2)?, row.get::<_, i64>(3)?, row.get::<_, String>(4)?, row.get::<_, i64>(5)?))
        },
    )?;
    let mut rows = Vec::new();
    for line in lines {
        let ((target, field), head, changed_ms, zone, number) = line?;
        // A field of a newer app.
        let Some(target) = TextTarget::named(&target, &field) else { continue };
        let head = if is_locked(look, &target)? { String::new() } else { snippet(&head) };
        let key = Key { numbers: vec![changed_ms], id: number.to_be_bytes().to_vec() };
        let row = DraftRow {
            dir: direction(&head),
            snippet: head.into(),
            is_there: is_there(look, &target)?,
            when: look.when(changed_ms, &zone),
            target,
        };
        rows.push((key, row));
    }
    Ok(wanted.page(rows, total.unsigned_abs()))
}

/// A note with its own lock shows no word of itself before it is opened (invariant I15).
fn is_locked(look: &Look<'_>, target: &TextTarget) -> Result<bool> {
    match target {
        TextTarget::Note { note } | TextTarget::NoteTitle { note } => lines::has_extra_lock(look.db(), note),
        _ => Ok(false),
    }
}

fn is_there(look: &Look<'_>, target: &TextTarget) -> Result<bool> {
    for doc in target.objects() {
        if documents::get(look.db(), &doc)?.is_none() {
            return Ok(false);
        }
    }
    Ok(target.stored(look.db()).is_ok())
}

pub(super) fn detail(look: &Look<'_>, target: &TextTarget) -> Result<DraftDetail> {
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
