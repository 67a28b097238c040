//! The rows of plans, goals and ideas as plain records: what commands decide on and views show.

use super::note_rows::of_doc;
use crate::crypto::hash::sha256;
use crate::document::goal::{StepKind, StepMark, StepStage, Who};
use crate::document::lane::IdeaKind;
use crate::document::plan::{Choice, PartOwner};
use crate::document::{ActKind, Kind};
use crate::error::Result;
use crate::ids::{DocId, ElementId, MemberId, SpaceId};
use crate::store::documents::about_it;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// When a note was put in the trash, as claimed; `None` for one that is not there.
///
/// # Errors
/// Those of the database.
pub fn trashed_ms(db: &Connection, note: &DocId) -> Result<Option<i64>> {
    let found = db
        .prepare_cached(concat!("SELECT trashed_ms FROM note WHERE ", of_doc!()))?
        .query_row([note], |row| row.get(0))
        .optional()?;
    Ok(found.flatten())
}

/// Whether a note has a lock of its own.
///
/// # Errors
/// Those of the database.
pub fn has_extra_lock(db: &Connection, note: &DocId) -> Result<bool> {
    let found = db
        .prepare_cached(concat!("SELECT extra_lock FROM note WHERE ", of_doc!()))?
        .query_row([note], |row| row.get(0))
        .optional()?;
    Ok(found.unwrap_or(false))
}

/// A part of a plan.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table part, named alike")]
pub struct PartLine {
    pub key: String,
    pub owner: PartOwner,
    pub place: String,
    pub title: Option<String>,
    pub skipped: bool,
}

fn part_line(row: &Row<'_>) -> rusqlite::Result<PartLine> {
    Ok(PartLine {
        key: row.get(0)?,
        owner: PartOwner::from_name(&row.get::<_, String>(1)?).unwrap_or_default(),
        place: row.get(2)?,
        title: row.get(3)?,
        skipped: row.get(4)?,
    })
}

/// The parts of a plan in their order.
///
/// # Errors
/// Those of the database.
pub fn parts(db: &Connection, plan: &DocId) -> Result<Vec<PartLine>> {
    let mut query = db.prepare_cached(
        "SELECT key, owner, place, title, skipped FROM part WHERE doc = ?1 AND gone = 0 ORDER BY place, key",
    )?;
    let rows = query.query_map([plan], part_line)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A line in a part, in whichever of the plan's documents it lies.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table entry, named alike")]
pub struct EntryLine {
    pub doc: DocId,
    pub id: ElementId,
    pub part: String,
    pub text: String,
    pub place: String,
    pub gone: bool,
    pub from_idea: Option<ElementId>,
    pub copied: Option<Vec<u8>>,
}

fn entry_line(row: &Row<'_>) -> rusqlite::Result<EntryLine> {
    Ok(EntryLine {
        doc: row.get(0)?,
        id: row.get(1)?,
        part: row.get(2)?,
        text: row.get(3)?,
        place: row.get(4)?,
        gone: row.get(5)?,
        from_idea: row.get(6)?,
        copied: row.get(7)?,
    })
}

const ENTRY: &str = "SELECT doc, id, part, text, place, gone, from_idea, copied FROM entry";

/// The documents in which lines of a plan may lie: what another space says of it is none of it.
const OF_PLAN: &str = concat!("(SELECT document.id FROM document WHERE document.id = ?1 OR (", about_it!(), "))");

/// The lines of a part in one document, those taken out as well, in their order.
///
/// # Errors
/// Those of the database.
pub fn entries(db: &Connection, doc: &DocId, part: &str) -> Result<Vec<EntryLine>> {
    let mut query = db.prepare_cached(&format!("{ENTRY} WHERE doc = ?1 AND part = ?2 ORDER BY place, id"))?;
    let rows = query.query_map(params![doc, part], entry_line)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every copy of a line in a plan's documents.
///
/// # Errors
/// Those of the database.
pub fn copies_of(db: &Connection, plan: &DocId, id: &ElementId) -> Result<Vec<EntryLine>> {
    let mut query = db.prepare_cached(&format!("{ENTRY} WHERE id = ?2 AND doc IN {OF_PLAN} ORDER BY doc"))?;
    let rows = query.query_map(params![plan, id], entry_line)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The goal or plan of mine in a space that says that it goes on from this one; of several, which my phones made apart, the
/// same on each.
///
/// # Errors
/// Those of the database.
pub fn went_on(db: &Connection, doc: &DocId, space: &SpaceId, me: &MemberId) -> Result<Option<DocId>> {
    let mut query = db.prepare_cached(
        "SELECT there.id FROM document AS there WHERE there.space = (SELECT id FROM name WHERE value = ?2)
         AND there.writer = (SELECT id FROM name WHERE value = ?3) AND there.id IN
         (SELECT doc FROM goal WHERE origin = ?1 UNION ALL SELECT doc FROM plan WHERE origin = ?1)
         ORDER BY there.id LIMIT 1",
    )?;
    Ok(query.query_row(params![doc, space, me], |row| row.get(0)).optional()?)
}

/// The lines of a part that lie elsewhere with words which the shown ones never took up: someone wrote on in a document
/// the part is not shown from any more. `shown` are the lines shown now, `homes` the documents they lie in.
///
/// # Errors
/// Those of the database.
pub fn left_over(db: &Connection, plan: &DocId, part: &str, homes: &[DocId]) -> Result<Vec<EntryLine>> {
    let mut query =
        db.prepare_cached(&format!("{ENTRY} WHERE part = ?2 AND gone = 0 AND doc IN {OF_PLAN} ORDER BY place, id"))?;
    let rows: Vec<EntryLine> = query.query_map(params![plan, part], entry_line)?.collect::<rusqlite::Result<_>>()?;
    let mut shown = Vec::new();
    for home in homes {
        shown.extend(entries(db, home, part)?);
    }
    let unknown = |line: &EntryLine| match shown.iter().find(|known| known.id == line.id) {
        None => true,
        Some(known) => {
            let words = sha256(&[line.text.as_bytes()]);
            // A line that was never brought here was at most copied from here, and perhaps written on since.
            let seen = known.copied.as_deref().or(line.copied.as_deref());
            known.text != line.text && seen.is_some_and(|seen| seen != words)
        }
    };
    Ok(rows.into_iter().filter(|line| !homes.contains(&line.doc) && unknown(line)).collect())
}

/// A step of a goal.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table step, named alike")]
pub struct StepLine {
    pub id: ElementId,
    pub text: String,
    pub who: Who,
    pub kind: StepKind,
    pub by_date: Option<String>,
    pub stage: StepMark,
    pub place: String,
}

/// The live steps of a goal in their order.
///
/// # Errors
/// Those of the database.
pub fn steps(db: &Connection, goal: &DocId) -> Result<Vec<StepLine>> {
    let mut query = db.prepare_cached(
        "SELECT id, text, who, kind, by_date, stage, place, turn FROM step WHERE doc = ?1 AND gone = 0 ORDER BY place, id",
    )?;
    let rows = query.query_map([goal], |row| {
        Ok(StepLine {
            id: row.get(0)?,
            text: row.get(1)?,
            who: Who::from_name(&row.get::<_, String>(2)?).unwrap_or_default(),
            kind: StepKind::from_name(&row.get::<_, String>(3)?).unwrap_or_default(),
            by_date: row.get(4)?,
            stage: mark(row.get_ref(5)?.as_str()?, row.get(7)?),
            place: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn mark(stage: &str, turn: u32) -> StepMark {
    StepMark { stage: StepStage::from_name(stage).unwrap_or_default(), turn }
}

/// The marks that named members made on a goal's steps: step, who, where it stands.
///
/// # Errors
/// Those of the database.
pub fn marks(db: &Connection, goal: &DocId) -> Result<Vec<(ElementId, MemberId, StepMark)>> {
    let mut query = db.prepare_cached(
        "SELECT mark.step, name.value, mark.stage, mark.turn FROM mark JOIN document ON document.id = mark.doc
         JOIN name ON name.id = document.writer
         JOIN document AS target ON target.id = mark.about AND target.space = document.space
         WHERE mark.about = ?1 ORDER BY mark.step, name.value",
    )?;
    let rows =
        query.query_map([goal], |row| Ok((row.get(0)?, row.get(1)?, mark(row.get_ref(2)?.as_str()?, row.get(3)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// An idea.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table idea, named alike")]
pub struct IdeaLine {
    pub doc: DocId,
    pub by: MemberId,
    pub id: ElementId,
    pub about: DocId,
    pub kind: IdeaKind,
    pub part: String,
    pub element: Option<ElementId>,
    pub alternatives: Vec<String>,
    pub why: String,
    pub base: String,
    pub withdrawn: bool,
    pub at_ms: i64,
}

fn idea_line(row: &Row<'_>) -> rusqlite::Result<IdeaLine> {
    let alternatives: String = row.get(7)?;
    Ok(IdeaLine {
        doc: row.get(0)?,
        by: row.get(1)?,
        id: row.get(2)?,
        about: row.get(3)?,
        kind: IdeaKind::from_name(&row.get::<_, String>(4)?).unwrap_or_default(),
        part: row.get(5)?,
        element: row.get(6)?,
        alternatives: alternatives.split('\u{1f}').filter(|text| !text.is_empty()).map(str::to_owned).collect(),
        why: row.get(8)?,
        base: row.get(9)?,
        withdrawn: row.get(10)?,
        at_ms: row.get(11)?,
    })
}

const IDEA: &str = "SELECT idea.doc, name.value, idea.id, idea.about, idea.kind, idea.part, idea.element,
    idea.alternatives, idea.why, idea.base, idea.withdrawn, idea.at_ms
    FROM idea JOIN document ON document.id = idea.doc JOIN name ON name.id = document.writer
    JOIN document AS target ON target.id = idea.about AND target.space = document.space";

/// The ideas about a plan or goal, oldest first.
///
/// # Errors
/// Those of the database.
pub fn ideas(db: &Connection, about: &DocId) -> Result<Vec<IdeaLine>> {
    let mut query = db.prepare_cached(&format!("{IDEA} WHERE idea.about = ?1 ORDER BY idea.at_ms, idea.id"))?;
    let rows = query.query_map([about], idea_line)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Every idea that was not taken back and on which nothing was decided, or apart in different ways ([`decided`]), newest
/// first.
///
/// # Errors
/// Those of the database.
pub fn undecided_ideas(db: &Connection) -> Result<Vec<IdeaLine>> {
    let mut query = db.prepare_cached(UNDECIDED)?;
    let (column, joint, both) = (Kind::Column.number(), Kind::Joint.number(), PartOwner::Both.name());
    let rows = query.query_map(params![column, joint, both], idea_line)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// In the order of the ideas that were not taken back; what [`decisions`] and [`decided`] say of each is asked in place.
pub const UNDECIDED: &str =
    "SELECT idea.doc, (SELECT value FROM name WHERE name.id = lane.writer), idea.id, idea.about,
    idea.kind, idea.part, idea.element, idea.alternatives, idea.why, idea.base, idea.withdrawn, idea.at_ms
    FROM idea CROSS JOIN document AS lane ON lane.id = idea.doc AND lane.writer IS NOT NULL
    CROSS JOIN document AS target ON target.id = idea.about AND target.space = lane.space
    WHERE idea.withdrawn = 0 AND 1 <> (SELECT count(*) FROM (
      SELECT DISTINCT decision.choice, decision.text FROM decision CROSS JOIN document ON document.id = decision.doc
      WHERE decision.idea = idea.id AND document.space = target.space AND (document.id = idea.about OR
        (document.about = idea.about AND document.key = idea.part AND (
          (document.kind = ?1 AND document.writer <> lane.writer) OR
          (document.kind = ?2 AND EXISTS
            (SELECT 1 FROM part WHERE part.doc = idea.about AND part.key = idea.part AND part.owner = ?3)))))))
    ORDER BY idea.at_ms DESC, idea.id";

/// One idea. Two with one id, which no honest author makes, are none: what is decided on must be what was shown.
///
/// # Errors
/// Those of the database.
pub fn idea(db: &Connection, id: &ElementId) -> Result<Option<IdeaLine>> {
    let mut query = db.prepare_cached(&format!("{IDEA} WHERE idea.id = ?1 LIMIT 2"))?;
    let mut found: Vec<IdeaLine> = query.query_map([id], idea_line)?.collect::<rusqlite::Result<_>>()?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// A comment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table comment, named alike")]
pub struct CommentLine {
    pub by: MemberId,
    pub id: ElementId,
    pub part: String,
    pub element: Option<ElementId>,
    pub text: String,
    pub quote: String,
    pub at_ms: i64,
}

/// The comments about a plan or goal, oldest first.
///
/// # Errors
/// Those of the database.
pub fn comments(db: &Connection, about: &DocId) -> Result<Vec<CommentLine>> {
    let mut query = db.prepare_cached(
        "SELECT name.value, comment.id, comment.part, comment.element, comment.text, comment.quote, comment.at_ms
         FROM comment JOIN document ON document.id = comment.doc JOIN name ON name.id = document.writer
         JOIN document AS target ON target.id = comment.about AND target.space = document.space
         WHERE comment.about = ?1 ORDER BY comment.at_ms, comment.id",
    )?;
    let rows = query.query_map([about], |row| {
        Ok(CommentLine {
            by: row.get(0)?,
            id: row.get(1)?,
            part: row.get(2)?,
            element: row.get(3)?,
            text: row.get(4)?,
            quote: row.get(5)?,
            at_ms: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A decision on an idea, with the member whose document carries it (nobody where all write).
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "columns of the table decision, named alike")]
pub struct DecisionLine {
    pub idea: ElementId,
    pub choice: Choice,
    pub text: String,
    pub by: MemberId,
    pub at_ms: i64,
    pub element: Option<ElementId>,
}

/// Whether anyone but this member ever wrote in the words of a line of this document.
///
/// # Errors
/// Those of the database.
pub fn is_written_by_another(db: &Connection, doc: &DocId, entry: &ElementId, than: &MemberId) -> Result<bool> {
    let mut query =
        db.prepare_cached("SELECT 1 FROM history WHERE element = ?2 AND doc = ?1 AND act = ?3 AND member <> ?4")?;
    Ok(query.exists(params![doc, entry, ActKind::EntryText as u8, than])?)
}

/// Whether anyone but this member ever wrote this line of a plan, or in its words, in any document of the plan.
///
/// # Errors
/// Those of the database.
pub fn is_from_another(db: &Connection, plan: &DocId, entry: &ElementId, than: &MemberId) -> Result<bool> {
    let mut query = db.prepare_cached(
        "SELECT 1 FROM history WHERE element = ?2 AND subject = ?1 AND act IN (?3, ?4) AND member <> ?5",
    )?;
    Ok(query.exists(params![plan, entry, ActKind::EntryAdded as u8, ActKind::EntryText as u8, than])?)
}

/// The decisions on an idea, the one that counts last. A decision counts only where whoever writes may decide: in what
/// the idea is about, in another member's column of that part, and in the part's joint document while all write the
/// part. A register written anywhere else decides nothing.
///
/// # Errors
/// Those of the database.
pub fn decisions(db: &Connection, about: &DocId, idea: &ElementId) -> Result<Vec<DecisionLine>> {
    let mut query = db.prepare_cached(
        "SELECT decision.idea, decision.choice, decision.text, decision.by, decision.at_ms, decision.element
         FROM decision JOIN document ON document.id = decision.doc
         JOIN document AS target ON target.id = ?1 AND target.space = document.space
         JOIN idea ON idea.id = decision.idea AND idea.about = ?1
         JOIN document AS lane ON lane.id = idea.doc AND lane.space = document.space
         WHERE decision.idea = ?2 AND (document.id = ?1 OR (document.about = ?1 AND document.key = idea.part AND (
           (document.kind = ?3 AND document.writer <> lane.writer) OR
           (document.kind = ?4 AND EXISTS
             (SELECT 1 FROM part WHERE part.doc = ?1 AND part.key = idea.part AND part.owner = ?5)))))
         ORDER BY decision.doc, decision.turn",
    )?;
    let (column, joint, both) = (Kind::Column.number(), Kind::Joint.number(), PartOwner::Both.name());
    let rows = query.query_map(params![about, idea, column, joint, both], |row| {
        Ok(DecisionLine {
            idea: row.get(0)?,
            choice: Choice::from_name(&row.get::<_, String>(1)?).unwrap_or_default(),
            text: row.get(2)?,
            by: row.get(3)?,
            at_ms: row.get(4)?,
            element: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The different decisions among those on one idea: more than one where devices decided apart in different ways.
pub fn decided(decisions: &[DecisionLine]) -> Vec<&DecisionLine> {
    let mut different: Vec<&DecisionLine> = Vec::new();
    for decision in decisions {
        if !different.iter().any(|known| known.choice == decision.choice && known.text == decision.text) {
            different.push(decision);
        }
    }
    different
}

crate::text::redacted!(PartLine, EntryLine, StepLine, IdeaLine, DecisionLine);
