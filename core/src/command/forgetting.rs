//! Forgetting: the owner's word that a note, goal or plan is to go, all of it or all but what it says now; the admin's
//! word that its words go at once; and going on in a new document where one is frozen.

use super::place::only;
use super::{Desk, Outcome};
use crate::batch::{
    BatchFacts, BatchKind, Birth, COPIED_HEADS_MAX, Claimed, Forget, HeaderDraft, PURGE_DOCS_MAX, Purge, READER,
    Request, derive_actor, sign_batch, successor_of,
};
use crate::cbor;
use crate::crypto::sign::SigningKey;
use crate::document::{self, Kind, State, Step, Tree};
use crate::error::{Code, Error, Field, Result};
use crate::ids::{BatchId, DeviceId, DocId, ElementId, SpaceId};
use crate::projection::{People, birth_of, drop_forgotten, hide_forgotten, owner_of};
use crate::space::may_write_content;
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::documents::{self, DocumentRecord};
use crate::store::forgetting::{self, Asked, ForgottenRecord, RequestRecord};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// What can be done about what is to be forgotten. Purging takes a typed secret and is no command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForgetCommand {
    /// All of a note, goal or plan of mine is to go: from every screen of everybody at once, and its words when a purge
    /// comes or 30 days went by. Everything about it goes along.
    Everything {
        /// Which.
        doc: DocId,
    },
    /// What a note, goal or plan of mine says now stays, in a new one; its past is to go as above. It is also how one
    /// that is frozen goes on.
    Past {
        /// Which.
        doc: DocId,
    },
    /// What I wrote in a forgotten document, and nobody copied, may go from my phones too.
    LetGo {
        /// Which.
        doc: DocId,
    },
}

pub(super) fn perform(desk: &mut Desk<'_>, command: &ForgetCommand) -> Result<Outcome> {
    match command {
        ForgetCommand::Everything { doc } => {
            let (record, _) = mine(desk, doc)?;
            forget(desk, &record, None)?;
            Ok(Outcome { touched: vec![*doc], ..Outcome::default() })
        }
        ForgetCommand::Past { doc } => {
            let (record, people) = mine(desk, doc)?;
            let into = copy_all(desk, &record, &people)?;
            forget(desk, &record, Some(into))?;
            Ok(Outcome { made: Some(into), touched: vec![*doc, into], ..Outcome::default() })
        }
        ForgetCommand::LetGo { doc } => {
            let forgotten = forgetting::get(desk.db, doc)?.ok_or(Code::NotFound)?;
            let released = ForgottenRecord { let_go: true, ..forgotten };
            forgetting::put(desk.db, &released)?;
            if released.dropped_ms.is_some() {
                drop_forgotten(desk.db, &desk.people(&released.space)?, &released, desk.at.unix_ms)?;
            }
            Ok(Outcome { touched: vec![*doc], ..Outcome::default() })
        }
    }
}

/// A note, goal or plan that is mine to forget.
fn mine(desk: &Desk<'_>, doc: &DocId) -> Result<(DocumentRecord, People)> {
    let record = documents::get(desk.db, doc)?.ok_or(Code::NotFound)?;
    if forgetting::is_hidden(desk.db, doc)? {
        return Code::NotFound.err();
    }
    match Kind::from_number(record.kind) {
        Some(Kind::Note | Kind::Goal | Kind::Plan) => {}
        Some(_) => return Code::NotFound.err(),
        None => return Code::NewerSchema.err(),
    }
    let people = desk.people(&record.space)?;
    may_write_content(people.state())?;
    if owner_of(&people, record.writer) != Some(people.me()) {
        return Code::NotOwner.err();
    }
    Ok((record, people))
}

/// Whether a document may be written on: not one that is forgotten, nor one that is frozen.
///
/// # Errors
/// `NotFound` where it is forgotten, or what it is about is; `Corrupt{Text}` where it is frozen: what it says can be read,
/// and its owner goes on in a new one ([`ForgetCommand::Past`]).
pub(super) fn may_go_on(db: &Connection, doc: &DocId) -> Result<()> {
    if forgetting::is_hidden(db, doc)? {
        return Code::NotFound.err();
    }
    if forgetting::is_frozen(db, doc)? {
        return Err(Code::Corrupt.of(Field::Text).into());
    }
    Ok(())
}

/// A document's snapshot does not load back: it stays as it reads now, others are not touched, and nothing more is
/// written into it or applied to it here. A local mark; acceptance goes on without it.
///
/// The lists that a device finds its way by (which spaces, what members are called) have no successor they could go on in:
/// they are kept without a snapshot, made from their batches at every load, and go on as they are.
///
/// # Errors
/// Those of the database.
pub(crate) fn freeze(desk: &mut Desk<'_>, doc: &DocId) -> Result<()> {
    // What has no row yet is told as well: what came of it lies here and is shown nowhere.
    let kind = documents::get(desk.db, doc)?.and_then(|record| Kind::from_number(record.kind));
    if let Some(Kind::Profile | Kind::Spaces) = kind {
        documents::drop_snapshot(desk.db, doc)?;
    } else {
        forgetting::freeze(desk.db, doc, desk.at.unix_ms)?;
        desk.documents.forget(doc);
    }
    Ok(())
}

/// Signs the Forget and hides what it names.
pub(super) fn forget(desk: &mut Desk<'_>, record: &DocumentRecord, into: Option<DocId>) -> Result<()> {
    let doc = record.id;
    for open in std::iter::once(doc).chain(documents::about(desk.db, &doc)?.into_iter().map(|about| about.id)) {
        desk.close(&open)?;
    }
    let heads = copied_heads(desk, &doc, into.is_some())?;
    let birth = birth_of(record);
    let forget = Forget { birth: birth.clone(), heads, into };
    let payload = forget.encode(&desk.entropy.bytes());
    put_request(desk, &birth, &Request::Forget(forget), payload)?;
    super::forget_drafts(desk.db, &record.id, into.as_ref(), super::ForgottenBy::Here)?;
    hide_forgotten(desk.db, desk.documents, record, into, desk.at.unix_ms)
}

/// The newest batch of each device that counts in a document, and where it goes on in those parts of it that all write:
/// these were copied as well. Each covers what its device wrote before.
fn copied_heads(desk: &Desk<'_>, doc: &DocId, goes_on: bool) -> Result<Vec<BatchId>> {
    let joint = documents::about(desk.db, doc)?.into_iter().filter(|about| about.writer.is_none());
    let copied: Vec<DocId> = std::iter::once(*doc).chain(joint.filter(|_| goes_on).map(|about| about.id)).collect();
    let mut newest: BTreeMap<DeviceId, (u64, BatchId)> = BTreeMap::new();
    for doc in &copied {
        for batch in batches::of_document(desk.db, doc, Stage::Accepted, Stage::Accepted)? {
            let last = newest.entry(batch.device).or_insert((batch.seq, batch.id));
            *last = (*last).max((batch.seq, batch.id));
        }
    }
    let mut heads: Vec<BatchId> = newest.into_values().map(|(_, id)| id).collect();
    heads.sort();
    // More devices than that: what the rest of them wrote counts as not copied, and they keep it.
    heads.truncate(COPIED_HEADS_MAX);
    Ok(heads)
}

/// Signs a batch of kind 5 or 6 as the next of this device's log, and keeps what it asks.
fn put_request(desk: &mut Desk<'_>, birth: &Birth, request: &Request, payload: Vec<u8>) -> Result<()> {
    let unfit = |_| Error::Broken("forgetting: a request that does not fit a batch");
    let (space, doc) = (birth.space, birth.doc());
    let heads = batches::heads(desk.db, &space, &desk.me.device)?;
    let stamp = desk.at.stamp();
    let draft = HeaderDraft {
        space,
        seq: heads.iter().map(|(seq, _)| *seq).max().unwrap_or(0) + 1,
        prev: heads.iter().take(8).map(|(_, id)| *id).collect(),
        doc,
        kind: match request {
            Request::Forget(_) => BatchKind::Forget,
            Request::Purge(_) => BatchKind::Purge,
        },
        actor_nonce: desk.entropy.bytes(),
        min_reader: READER,
        adopts: Vec::new(),
        again_of: None,
        claimed: Claimed { unix_ms: stamp.unix_ms, zone: stamp.zone },
    };
    let (seq, prev, nonce) = (draft.seq, draft.prev.clone(), draft.actor_nonce);
    let batch = sign_batch(draft, payload, &desk.me.signing).map_err(unfit)?;
    let id = batch.id();
    let header = batch.header().map_err(unfit)?;
    // What another will find.
    debug_assert!(batch.payload.as_ref().is_some_and(|payload| Request::judge(&header, payload).is_ok()));
    let facts = request_facts(id, &header, derive_actor(&desk.me.device, &doc, &nonce));
    let record = BatchRecord {
        id,
        space,
        device: desk.me.device,
        seq,
        doc,
        header: batch.header_bytes,
        signature: batch.signature.to_vec(),
        payload: batch.payload,
        stage: Stage::Accepted,
        reason: 0,
        facts: cbor::encode(&facts),
    };
    batches::put(desk.db, &record, &prev)?;
    put_asked(desk, &id, request)
}

/// What the gate learns of a batch that asks something. That it names the birth bears nothing: one that turns out to be
/// none its signer may ask counts nowhere, and later batches must not be judged by whether it was seen.
pub(crate) fn request_facts(id: BatchId, header: &crate::batch::Header, actor: crate::ids::ActorKey) -> BatchFacts {
    BatchFacts {
        id,
        device: header.device,
        actor,
        first_seq: 0,
        count: 0,
        start_op: 0,
        max_op: 0,
        deps: Vec::new(),
        first: None,
        last: None,
        births: false,
    }
}

/// Keeps what a batch asks, a row a document.
///
/// # Errors
/// Those of the database.
pub(crate) fn put_asked(desk: &Desk<'_>, batch: &BatchId, request: &Request) -> Result<()> {
    let rows: Vec<RequestRecord> = match request {
        Request::Forget(forget) => vec![RequestRecord {
            batch: *batch,
            doc: forget.birth.doc(),
            asked: Asked::Forget,
            heads: forget.heads.iter().flat_map(|head| head.0).collect(),
            into: forget.into,
        }],
        Request::Purge(purge) => {
            let row = |doc: &DocId| RequestRecord {
                batch: *batch,
                doc: *doc,
                asked: Asked::Purge,
                heads: Vec::new(),
                into: None,
            };
            purge.docs.iter().map(row).collect()
        }
    };
    rows.iter().try_for_each(|row| forgetting::put_request(desk.db, row))
}

/// Asks every device to drop the words of documents that I forgot, at once, and drops them here. An admin key signs it,
/// which a typed secret gives.
///
/// # Errors
/// `Empty` for none, `TooMany` for more than 64; `NotFound` for one that is not forgotten, `NotOwner` for another's;
/// `NotInForce`, `RelationshipEnded`, `Revoked`; `NotAMember` when the key is not this device's admin key in that space.
pub fn purge(desk: &mut Desk<'_>, docs: &[DocId], admin: &SigningKey) -> Result<()> {
    let wanted: BTreeSet<DocId> = docs.iter().copied().collect();
    if wanted.is_empty() {
        return Err(Code::Empty.of(Field::Commands).into());
    }
    if wanted.len() > PURGE_DOCS_MAX {
        return Err(Code::TooMany.of(Field::Commands).max(PURGE_DOCS_MAX).actual(wanted.len()).into());
    }
    let mut by_space: BTreeMap<SpaceId, Vec<DocumentRecord>> = BTreeMap::new();
    for doc in &wanted {
        let forgotten = forgetting::get(desk.db, doc)?.ok_or(Code::NotFound)?;
        let record = documents::get(desk.db, doc)?.ok_or(Code::NotFound)?;
        by_space.entry(forgotten.space).or_default().push(record);
    }
    for (space, records) in by_space {
        let people = desk.people(&space)?;
        may_write_content(people.state())?;
        let entry = people.membership.device(&desk.me.device).map(|standing| standing.entry);
        if entry.is_none_or(|entry| entry.admin != admin.public()) {
            return Code::NotAMember.err();
        }
        if records.iter().any(|record| owner_of(&people, record.writer) != Some(people.me())) {
            return Code::NotOwner.err();
        }
        purge_in(desk, &people, &records, admin)?;
    }
    Ok(())
}

fn purge_in(desk: &mut Desk<'_>, people: &People, records: &[DocumentRecord], admin: &SigningKey) -> Result<()> {
    let first = records.first().ok_or(Error::Broken("forgetting: a purge of nothing"))?;
    let docs: Vec<DocId> = records.iter().map(|record| record.id).collect();
    let purge = Purge::sign(birth_of(first), &docs, admin).map_err(|_| Code::TooMany.of(Field::Commands))?;
    let payload = purge.encode(&desk.entropy.bytes());
    put_request(desk, &birth_of(first), &Request::Purge(purge), payload)?;
    for doc in docs {
        if let Some(forgotten) = forgetting::get(desk.db, &doc)? {
            drop_forgotten(desk.db, people, &forgotten, desk.at.unix_ms)?;
        }
    }
    Ok(())
}

/// Copies what a note, goal or plan says now into its successor; of a plan also what lies in its joint parts and in my own
/// column. What another wrote in a part of their own is theirs to bring along.
fn copy_all(desk: &mut Desk<'_>, record: &DocumentRecord, people: &People) -> Result<DocId> {
    let successor = successor_of(&birth_of(record));
    let into = successor.doc();
    copy_one(desk, &record.id, successor)?;
    for about in documents::about(desk.db, &record.id)? {
        let kind = Kind::from_number(about.kind);
        let writable = about.writer.is_none() || about.writer == Some(people.me());
        if let Some(kind @ (Kind::Joint | Kind::Column)) = kind
            && writable
        {
            let birth = only(record.space, kind, about.writer, Some(into), about.key.as_deref());
            copy_one(desk, &about.id, birth)?;
        }
    }
    Ok(into)
}

/// What of mine hangs on a plan or goal that another forgot, and is to go on with its successor: new documents and what
/// they say.
pub(crate) type Along = Vec<(Birth, Vec<Step>)>;

/// Reads it, before it is hidden: my column of each part, and those ideas of mine on which nothing was decided. What the
/// successor has already stays as it is there.
///
/// # Errors
/// Those of the database.
pub(crate) fn take_along(desk: &mut Desk<'_>, people: &People, doc: &DocId, into: &DocId) -> Result<Along> {
    let mut along = Along::new();
    for about in documents::about(desk.db, doc)? {
        if about.writer != Some(people.me()) || forgetting::is_frozen(desk.db, &about.id)? {
            continue;
        }
        let kind = Kind::from_number(about.kind);
        let Some(kind @ (Kind::Column | Kind::Lane)) = kind else { continue };
        let birth = only(about.space, kind, about.writer, Some(*into), about.key.as_deref());
        let is_there = documents::get(desk.db, &birth.doc())?.is_some();
        if kind == Kind::Lane {
            let there = if is_there { Some(desk.load(&birth.doc())?.state.clone()) } else { None };
            let State::Lane(lane) = desk.load(&about.id)?.state.clone() else { continue };
            let is_new = |id: &ElementId| !matches!(&there, Some(State::Lane(there)) if there.ideas.contains_key(id));
            let steps = super::talk::open_ideas(desk, doc, into, lane.ideas.into_iter().filter(|(id, _)| is_new(id)))?;
            along.push((birth, steps));
        } else if !is_there {
            let tree = desk.load(&about.id)?.doc.now().tree();
            let steps = document::copy(&tree, &birth)?;
            along.push((birth, steps));
        }
    }
    along.retain(|(_, steps)| !steps.is_empty());
    Ok(along)
}

/// Writes what was taken along. What cannot be written stays where it was, as words that nobody copied.
///
/// # Errors
/// Those of the database.
pub(crate) fn put_along(desk: &mut Desk<'_>, along: Along) -> Result<()> {
    for (birth, steps) in along {
        let doc = birth.doc();
        match desk.write_in(birth, &steps) {
            Err(Error::Refused(_)) => desk.documents.forget(&doc),
            other => drop(other?),
        }
    }
    Ok(())
}

fn copy_one(desk: &mut Desk<'_>, from: &DocId, into: Birth) -> Result<()> {
    let tree: Tree = desk.load(from)?.doc.now().tree();
    let steps = document::copy(&tree, &into)?;
    if steps.is_empty() {
        return Ok(());
    }
    desk.write_in(into, &steps).map(|_| ())
}
