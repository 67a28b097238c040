use super::age::Wrote;
use crate::batch::Claimed;
use crate::clock::Stamp;
use crate::document::{Act, ActKind};
use crate::error::Result;
use crate::ids::{BatchId, DeviceId, DocId, MemberId};
use crate::store::documents::DocumentRecord;
use crate::store::{batches, names};
use rusqlite::{Connection, OptionalExtension, params};

/// What stands for the batch of a line while it is open: below zero, and as long as the numbers of the first eight million.
const OPEN: i64 = -8_388_608;

/// What a document's history is about, in SQL that names the document by its first parameter.
pub(super) const SUBJECT: &str = "coalesce((SELECT about FROM document WHERE id = ?1), ?1)";

/// Who signed what is being written, and when as claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The member.
    pub member: MemberId,
    /// The device.
    pub device: DeviceId,
    /// The claimed time.
    pub stamp: Stamp,
    /// The local commit this belongs to.
    pub commit: u64,
    /// The batch that words of a note are in; none where none were written.
    pub wrote: Option<Wrote>,
}

/// Writes acts into history. Without a batch they belong to the document's open one, where a further act on the same
/// element goes into the line that is there.
///
/// # Errors
/// Those of the database.
pub fn record(
    db: &Connection,
    document: &DocumentRecord,
    acts: &[Act],
    signer: &Signer,
    batch: Option<&BatchId>,
) -> Result<()> {
    if acts.is_empty() || !super::belongs(db, document)? {
        return Ok(());
    }
    let (space, member) = (names::number(db, &document.space.0)?, names::number(db, &signer.member.0)?);
    let device = names::number(db, &signer.device.0)?;
    let position = batch.map_or(Ok(OPEN), |batch| batches::position(db, batch))?;
    let subject = subject(document);
    for act in acts {
        if batch.is_none() && is_continued(db, document, act, signer)? {
            continue;
        }
        db.prepare_cached(
            "INSERT INTO told (space, doc, subject, batch, act, element, field, before, after, member, device,
             claimed_ms, zone, made_in) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            space,
            (subject != document.id).then_some(document.id),
            subject,
            position,
            act.kind as u8,
            act.element,
            act.field,
            act.before.as_ref().map(crate::text::PersonText::as_str),
            act.after.as_ref().map(crate::text::PersonText::as_str),
            member,
            device,
            signer.stamp.unix_ms,
            signer.stamp.zone,
            i64::try_from(signer.commit).unwrap_or(i64::MAX),
        ])?;
    }
    Ok(())
}

/// What a person would say the document is about: a plan for its joint parts, columns and lanes.
pub(super) fn subject(document: &DocumentRecord) -> DocId {
    document.about.unwrap_or(document.id)
}

/// One sitting at one text is one line: its words before stay, its words after follow.
fn is_continued(db: &Connection, document: &DocumentRecord, act: &Act, signer: &Signer) -> Result<bool> {
    use ActKind::{EntryText, GoalField, NoteBody, NoteTitle, PlanTitle, StepText};
    if !matches!(act.kind, NoteTitle | NoteBody | GoalField | StepText | PlanTitle | EntryText) {
        return Ok(false);
    }
    let after = act.after.as_ref().map(crate::text::PersonText::as_str);
    let known: Option<(i64, bool)> = db
        .prepare_cached(
            "SELECT id, after IS ?5 FROM told
             WHERE subject = ?6 AND id > (SELECT told_from FROM open_batch WHERE doc = ?1)
             AND coalesce(doc, subject) = ?1 AND batch = ?7 AND act = ?2 AND element IS ?3 AND field IS ?4",
        )?
        .query_row(
            params![document.id, act.kind as u8, act.element, act.field, after, subject(document), OPEN],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((id, is_same)) = known else { return Ok(false) };
    // The words of a long text are not kept here: to say so again for every letter writes two pages for nothing.
    if !is_same {
        let commit = i64::try_from(signer.commit).unwrap_or(i64::MAX);
        db.prepare_cached("UPDATE told SET after = ?2, made_in = ?3 WHERE id = ?1")?
            .execute(params![id, after, commit])?;
    }
    Ok(true)
}

/// The open batch of a document is closed as this one; called while its row is still there. What was written in a note says
/// the time that the batch does: who takes it in is told no other.
///
/// # Errors
/// Those of the database.
pub fn settle(db: &Connection, doc: &DocId, batch: &BatchId, claimed: &Claimed) -> Result<()> {
    // By their numbers: an index that is followed while it is changed makes SQLite keep a list in a table of its own.
    let open: Vec<i64> = {
        let mut query = db.prepare_cached(&format!(
            "SELECT id FROM told WHERE subject = {SUBJECT} AND id > (SELECT told_from FROM open_batch WHERE doc = ?1)
             AND coalesce(doc, subject) = ?1 AND batch = ?2"
        ))?;
        let rows = query.query_map(params![doc, OPEN], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let position = batches::position(db, batch)?;
    let [made, title, body] = [ActKind::NoteMade, ActKind::NoteTitle, ActKind::NoteBody].map(|act| act as u8);
    let mut settled = db.prepare_cached(
        "UPDATE told SET batch = ?2, claimed_ms = CASE WHEN act IN (?5, ?6, ?7) THEN ?3 ELSE claimed_ms END,
         zone = CASE WHEN act IN (?5, ?6, ?7) THEN ?4 ELSE zone END WHERE id = ?1",
    )?;
    let (unix_ms, zone) = (claimed.unix_ms, &claimed.zone);
    open.iter()
        .try_for_each(|id| settled.execute(params![id, position, unix_ms, zone, made, title, body]).map(|_| ()))?;
    Ok(())
}

/// Takes out what a batch's line said: it counts no longer, or not as much of it.
///
/// # Errors
/// Those of the database.
pub fn forget(db: &Connection, doc: &DocId, batch: &BatchId) -> Result<()> {
    db.prepare_cached(&format!(
        "DELETE FROM told WHERE subject = {SUBJECT} AND coalesce(doc, subject) = ?1
         AND batch = (SELECT position FROM batch WHERE id = ?2)"
    ))?
    .execute(params![doc, batch])?;
    batches::history_shrank(db)
}
