//! What is held of a document goes through the gate, then through acceptance, and document, rows and history follow.

use super::ahead::{Ahead, Kept};
use super::evidence::{Held, decide, forget_named, held_of};
use super::intake::Taken;
use super::judging::judge_document;
use super::outside;
use super::showing::{Newly, newest, show, unmake};
use super::stranded;
use crate::batch::{Acceptance, AcceptedBatch, Birth, DocumentPast, READER, Reason, Refusal};
use crate::command::{Desk, freeze};
use crate::document::KnownSeeds;
use crate::error::{Code, Error, Result};
use crate::ids::{BatchId, ChangeId, DeviceId, DocId, StatementId};
use crate::projection::{HeldPayloads, People, Unsaid, birth_held, forget};
use crate::space::{SignedStatement, Statement};
use crate::store::batches::{self, Stage};
use crate::store::{documents, forgetting, logs, named, spaces};
use std::collections::{BTreeMap, BTreeSet};

/// Which documents are settled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those of which something passed the gate.
    Moved,
    /// All that are named.
    All,
}

/// Judges and settles the documents of which something came. What waits for a change of its document is judged again
/// only when something of that document comes, so that what never can be judged costs nothing.
///
/// # Errors
/// Those of the database.
pub(super) fn settle_some(
    desk: &mut Desk<'_>,
    people: &People,
    docs: &BTreeSet<DocId>,
    taken: &mut Taken,
) -> Result<()> {
    settle_documents(desk, people, docs, Which::Moved, READER, taken)
}

/// Settles documents again of which something damaged was given back, and what came meanwhile may count. One that was frozen
/// and is whole now is as if it had never been damaged.
///
/// # Errors
/// Those of the database.
pub(super) fn settle_healed(
    desk: &mut Desk<'_>,
    people: &People,
    docs: &BTreeSet<DocId>,
    taken: &mut Taken,
) -> Result<()> {
    for doc in docs {
        if forgetting::is_frozen(desk.db, doc)? && is_whole(desk, doc)? {
            forgetting::thaw(desk.db, doc)?;
        }
    }
    settle_documents(desk, people, docs, Which::All, READER, taken)
}

/// Settles every document of a space again: other devices or cuts count now than before, so what is accepted may grow
/// or shrink anywhere.
///
/// # Errors
/// Those of the database.
pub(super) fn settle_all(desk: &mut Desk<'_>, people: &People, taken: &mut Taken) -> Result<()> {
    let docs = batches::documents(desk.db, &people.record.id)?.into_iter().collect();
    settle_documents(desk, people, &docs, Which::All, READER, taken)?;
    let anew = outside::trim(desk, people)?;
    settle_documents(desk, people, &anew, Which::All, READER, taken)
}

/// Judges anew what waits for a newer app, and what never was judged, as a build that reads up to this `min_reader`:
/// called once, when an app that understands more than the one before opens a vault.
///
/// # Errors
/// Those of the database.
pub fn judge_anew(desk: &mut Desk<'_>, reader: u32) -> Result<()> {
    for space in logs::judge_newer_anew(desk.db)? {
        let people = desk.people(&space)?;
        desk.close_all(Some(&space))?;
        let docs = batches::documents(desk.db, &space)?.into_iter().collect();
        settle_documents(desk, &people, &docs, Which::Moved, reader, &mut Taken::default())?;
    }
    Ok(())
}

/// Settles what a command left to be settled, in its transaction. What was taken over and still does not count, since
/// another change stands under its number or it stands on what cannot count, is made again in words of mine.
///
/// # Errors
/// Those of the database.
pub fn settle_marked(desk: &mut Desk<'_>) -> Result<()> {
    let adopted = std::mem::take(&mut desk.marks.adopted);
    for doc in std::mem::take(&mut desk.marks.unsettled) {
        let Some(birth) = birth_held(desk.db, &doc)? else { continue };
        let people = desk.people(&birth.space)?;
        settle_documents(desk, &people, &[doc].into(), Which::All, READER, &mut Taken::default())?;
        for id in &adopted {
            stranded::make_adopted_again(desk, &birth, id)?;
        }
    }
    Ok(())
}

fn settle_documents(
    desk: &mut Desk<'_>,
    people: &People,
    docs: &BTreeSet<DocId>,
    which: Which,
    reader: u32,
    taken: &mut Taken,
) -> Result<()> {
    let mut due: BTreeMap<DocId, Birth> = BTreeMap::new();
    let (mut adopted, mut kept) = (BTreeSet::new(), Kept::default());
    for doc in docs {
        let judged = judge_document(desk, people, doc, reader, taken, &mut kept);
        let Some(judged) = apart(desk, doc, judged)? else { continue };
        adopted.extend(judged.adopts);
        if let Some(birth) = judged.birth.filter(|_| judged.any || which == Which::All) {
            due.insert(*doc, birth);
        }
    }
    // What is taken over from another document may count there now.
    for doc in logs::documents_of(desk.db, &adopted)? {
        let birth = birth_held(desk.db, &doc)?.filter(|birth| birth.space == people.record.id);
        birth.map(|birth| due.insert(doc, birth));
    }
    let mut ahead = kept.work_out(desk, &due)?;
    // What is to be forgotten comes last: words of mine that nobody copied go on in what is settled by then.
    let (mut last, mut unsaid) = (Vec::new(), Unsaid::default());
    for (doc, birth) in &due {
        if forgetting::requests_in(desk.db, doc)?.is_empty() {
            settle_apart(desk, people, birth, ahead.remove(doc), taken, &mut unsaid)?;
        } else {
            last.push(birth);
        }
    }
    for birth in last {
        settle_apart(desk, people, birth, None, taken, &mut unsaid)?;
    }
    // Also what rows of a document say that was damaged further on: the index follows rows, whatever they are.
    unsaid.say(desk.db)
}

/// Settles one document. Where it is damaged nothing of what was done on the way stays: half of it would be told.
fn settle_apart(
    desk: &mut Desk<'_>,
    people: &People,
    birth: &Birth,
    ahead: Option<Ahead>,
    taken: &mut Taken,
    unsaid: &mut Unsaid,
) -> Result<()> {
    let (doc, before) = (birth.doc(), *taken);
    thaw_if_whole(desk, &doc)?;
    desk.db.prepare_cached("SAVEPOINT settling")?.execute([])?;
    unsaid.begin();
    let settled = settle(desk, people, birth, ahead, taken, unsaid);
    if !is_damaged(desk, &doc, &settled)? {
        settled?;
        unsaid.keep();
        desk.db.prepare_cached("RELEASE settling")?.execute([])?;
        return Ok(());
    }
    desk.db.execute_batch("ROLLBACK TO settling; RELEASE settling")?;
    unsaid.take_back();
    *taken = before;
    // Any of them may hold what was taken back.
    desk.documents.clear();
    freeze(desk, &doc)
}

/// What does not show yet was frozen as it was damaged. Once it is whole, as after mending, it is settled like any other.
fn thaw_if_whole(desk: &mut Desk<'_>, doc: &DocId) -> Result<()> {
    let is_hidden_damage = forgetting::is_frozen(desk.db, doc)? && documents::get(desk.db, doc)?.is_none();
    if is_hidden_damage && is_whole(desk, doc)? { forgetting::thaw(desk.db, doc) } else { Ok(()) }
}

/// What was done in one document; nothing where it is damaged. Damage in one ends neither what is done in others nor what
/// came with it: the document is frozen, which is told, and stays as it reads.
fn apart<T>(desk: &mut Desk<'_>, doc: &DocId, done: Result<T>) -> Result<Option<T>> {
    if is_damaged(desk, doc, &done)? {
        freeze(desk, doc)?;
        return Ok(None);
    }
    done.map(Some)
}

/// Whether what was done in a document ended since it is damaged.
fn is_damaged<T>(desk: &mut Desk<'_>, doc: &DocId, done: &Result<T>) -> Result<bool> {
    let Err(error) = done else { return Ok(false) };
    let may_be_damage = match error {
        Error::Refused(detail) => matches!(detail.code, Code::Corrupt | Code::Stale) && detail.field.is_none(),
        Error::Broken(_) => true,
        _ => false,
    };
    // A read that the disk refused looks alike. What is whole when it is looked at again is not damaged: nothing of this is
    // kept then, and it is tried again when more comes.
    Ok(may_be_damage && !is_whole(desk, doc)?)
}

/// Whether what is kept of a document makes it, as far as it counts.
fn is_whole(desk: &mut Desk<'_>, doc: &DocId) -> Result<bool> {
    desk.documents.forget(doc);
    let (held, birth) = match held_of(desk, doc).and_then(|held| Ok((held, birth_held(desk.db, doc)?))) {
        Err(Error::Refused(_) | Error::Broken(_)) => return Ok(false),
        read => read?,
    };
    let facts = held.values().map(|held| held.facts.clone()).collect();
    let past = birth.and_then(|birth| DocumentPast::rebuild(&birth, facts, &KnownSeeds, &HeldPayloads(desk.db)));
    if documents::get(desk.db, doc)?.is_none() {
        return Ok(past.is_some() || held.is_empty());
    }
    let accepted = batches::accepted_of(desk.db, doc)?;
    let newest = accepted.iter().filter(|(_, counted)| counted.is_none());
    let newest: Vec<ChangeId> = newest.filter_map(|(id, _)| held.get(id)?.facts.last).collect();
    match desk.load(doc) {
        Ok(loaded) => Ok(past.is_some() && (newest.is_empty() || loaded.doc.at(&newest, |_| ()).is_ok())),
        Err(Error::Refused(_) | Error::Broken(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// How many changes of each batch count.
type Counts = BTreeMap<BatchId, u32>;

/// Decides what of a document is accepted and makes document, rows and history say so; the index follows with `unsaid`.
pub(super) fn settle(
    desk: &mut Desk<'_>,
    people: &People,
    birth: &Birth,
    ahead: Option<Ahead>,
    taken: &mut Taken,
    unsaid: &mut Unsaid,
) -> Result<()> {
    if !super::forgetting::is_plain(desk, birth)? {
        // What is asked names other documents too, and takes their rows away.
        unsaid.say(desk.db)?;
        if super::forgetting::settled(desk, people, birth, taken)? {
            return Ok(());
        }
    }
    let doc = birth.doc();
    let mut held = held_of(desk, &doc)?;
    // What only another's say lets count, and nobody sends the words of, is as if it were not here.
    held.retain(|_, held| held.has_words);
    // As it was before anything is counted anew.
    let ahead = ahead.filter(|ahead| ahead.stands(desk));
    let before = match (documents::get(desk.db, &doc)?, &ahead) {
        (Some(_), Some(ahead)) => Some(ahead.before().state.clone()),
        (Some(_), None) => Some(desk.load(&doc)?.state.clone()),
        (None, _) => None,
    };
    let all = |id: &BatchId| held.get(id).map_or(u32::MAX, |held| held.facts.count);
    let was: Counts = batches::accepted_of(desk.db, &doc)?
        .into_iter()
        .map(|(id, counted)| (id, counted.unwrap_or_else(|| all(&id))))
        .collect();
    let acceptance = decide(desk, people, birth, &held)?;
    let accepted = acceptance.accepted.get(&doc).cloned().unwrap_or_default();
    keep_stages(desk, people, &held, &acceptance, &accepted, &was, taken)?;
    let now: Counts = accepted.iter().map(|batch| (batch.id, batch.changes)).collect();
    // A batch of which another number of changes counts than before is taken out and put in anew.
    let out: Vec<&BatchId> =
        was.iter().filter(|(id, changes)| now.get(*id) != Some(*changes)).map(|(id, _)| id).collect();
    for id in &out {
        forget(desk.db, &doc, id)?;
    }
    let new: Vec<AcceptedBatch> =
        accepted.into_iter().filter(|batch| was.get(&batch.id) != Some(&batch.changes)).collect();
    let shrunk = !out.is_empty();
    if shrunk || acceptance.twins.contains(&desk.me.device) {
        // A change of ours that counts no longer keeps its number: as the same actor the next one would be its twin.
        desk.nonces.remove(&doc);
    }
    if new.is_empty() && !shrunk {
        return Ok(());
    }
    // Batches that only take over, of which nothing is here, make no document.
    if now.values().all(|changes| *changes == 0) {
        unsaid.say(desk.db)?;
        unmake(desk, &doc)?;
    } else {
        show(desk, people, birth, &Newly { batches: new, held: &held, shrunk, before }, ahead, unsaid)?;
    }
    stranded::make_stranded_again(desk, people, birth, &held, &was, &acceptance, unsaid)
}

/// Keeps what acceptance said with each batch.
fn keep_stages(
    desk: &Desk<'_>,
    people: &People,
    held: &BTreeMap<BatchId, Held>,
    acceptance: &Acceptance,
    accepted: &[AcceptedBatch],
    was: &Counts,
    taken: &mut Taken,
) -> Result<()> {
    for (id, reason) in &acceptance.others {
        let Some(known) = held.get(id) else { continue };
        put_aside(desk, people, id, known, *reason, was.contains_key(id), taken)?;
    }
    let payloads = HeldPayloads(desk.db);
    for batch in accepted {
        let Some(known) = held.get(&batch.id) else { continue };
        if was.get(&batch.id) == Some(&batch.changes) {
            // Its row says so already: a long document is not written anew for each batch that comes.
            continue;
        }
        let whole = known.facts.count == batch.changes;
        batches::set_accepted(desk.db, &batch.id, (!whole).then_some(batch.changes))?;
        if !whole {
            // Others stand on the last one that counts, and may ask for it.
            named::put_changes(desk.db, &batch.id, newest(batch, &known.facts, &payloads))?;
        }
    }
    Ok(())
}

pub(super) fn put_aside(
    desk: &Desk<'_>,
    people: &People,
    id: &BatchId,
    known: &Held,
    reason: Reason,
    was: bool,
    taken: &mut Taken,
) -> Result<()> {
    if known.stage != Stage::Aside && !was {
        taken.kept_out += 1;
    }
    // What can never count keeps only its header. A device that Genesis gave to nobody may be another member's too by
    // a later statement, and what it wrote may count then.
    if reason == Reason::NotAWriter && is_of_genesis(desk, people, &known.header.device)? {
        if let Some(record) = batches::get(desk.db, id)? {
            forget_named(desk, &record)?;
        }
        return batches::set_stage(desk.db, id, Stage::Refused, Refusal::NotAWriter.number(), None);
    }
    if (known.stage, known.reason) == (Stage::Aside, reason.number()) {
        return Ok(());
    }
    batches::set_stage(desk.db, id, Stage::Aside, reason.number(), None)
}

fn is_of_genesis(desk: &Desk<'_>, people: &People, device: &DeviceId) -> Result<bool> {
    let id = StatementId(people.record.id.0);
    let statements = spaces::statements(desk.db, &people.record.id)?;
    let Some((_, wire)) = statements.iter().find(|(held, _)| *held == id) else { return Ok(false) };
    let Ok(Statement::Genesis(genesis)) = SignedStatement::parse(wire)?.statement() else { return Ok(false) };
    Ok(genesis.members.iter().flat_map(|member| &member.devices).any(|entry| entry.device_id() == *device))
}
