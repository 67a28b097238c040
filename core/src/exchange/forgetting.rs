//! What came that asks to forget: whether it counts, and what follows on this device. Hiding follows from what is
//! accepted, so it is the same everywhere; dropping words is local and no part of acceptance (protocol.md §5).

use super::bringing;
use super::evidence::{decide, held_of};
use super::intake::Taken;
use super::settling::{put_aside, settle};
use crate::batch::{Batch, Birth, Header, Reason, Refusal, Request, derive_actor, newer};
use crate::cbor;
use crate::command::{Desk, ForgottenBy, forget_drafts, put_asked, request_facts};
use crate::document::Kind;
use crate::error::Result;
use crate::ids::{BatchId, DocId};
use crate::projection::{
    KEPT_AFTER_FORGET_MS, People, Unsaid, birth_of, drop_forgotten, hide, hide_forgotten, kept, owner_of, record_of,
    retell,
};
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::documents::{self, DocumentRecord};
use crate::store::forgetting::{self, Asked, ForgottenRecord};
use crate::store::waiting;
use std::collections::{BTreeMap, BTreeSet};

/// Judges what came for a document that asks to forget or to purge: by itself, whatever else is held. Says whether
/// something passed.
///
/// # Errors
/// Those of the database.
pub(super) fn judge_requests(desk: &Desk<'_>, doc: &DocId, taken: &mut Taken) -> Result<bool> {
    let mut any = false;
    for record in batches::of_document(desk.db, doc, Stage::Received, Stage::Received)? {
        let (Some(payload), Ok(header)) = (&record.payload, Header::parse(&record.header)) else { continue };
        if newer(&header).is_some() || !Request::is_asked_by(&header) {
            continue;
        }
        match Request::judge(&header, payload).and_then(may_be_asked) {
            Ok(request) => {
                let actor = derive_actor(&header.device, &header.doc, &header.actor_nonce);
                let facts = cbor::encode(&request_facts(record.id, &header, actor));
                put_asked(desk, &record.id, &request)?;
                batches::set_stage(desk.db, &record.id, Stage::Passed, 0, Some(&facts))?;
                any = true;
            }
            Err(refusal) => {
                batches::set_stage(desk.db, &record.id, Stage::Refused, refusal.number(), None)?;
                taken.kept_out += 1;
            }
        }
    }
    Ok(any)
}

/// The lists that a device needs to find its way (which spaces, what members are called), and what a person agreed to, are
/// not forgotten: their words are changed, and a stolen phone must not be able to take them away.
fn may_be_asked(request: Request) -> std::result::Result<Request, Refusal> {
    match Kind::from_number(request.birth().kind) {
        Some(Kind::Profile | Kind::Spaces | Kind::Consent) => Err(Refusal::NotAllowedOperation),
        _ => Ok(request),
    }
}

/// Whether nothing was ever asked of a document, nor of what it is about, and all of its words are here: then [`settled`]
/// has nothing to do.
///
/// # Errors
/// Those of the database.
pub(super) fn is_plain(desk: &Desk<'_>, birth: &Birth) -> Result<bool> {
    let doc = birth.doc();
    let is_hidden = is_what_it_is_about_forgotten(desk, birth)?;
    Ok(!is_hidden
        && forgetting::requests_in(desk.db, &doc)?.is_empty()
        && forgetting::standing(desk.db, &doc, Asked::Forget)?.is_empty()
        && forgetting::get(desk.db, &doc)?.is_none()
        && !forgetting::is_frozen(desk.db, &doc)?
        && !forgetting::has_gaps(desk.db, &doc)?)
}

/// Whether what a document is about is forgotten, in its own space: of another it says nothing.
fn is_what_it_is_about_forgotten(desk: &Desk<'_>, birth: &Birth) -> Result<bool> {
    let Some(about) = birth.about else { return Ok(false) };
    Ok(forgetting::get(desk.db, &about)?.is_some_and(|forgotten| forgotten.space == birth.space))
}

/// Carries out what is asked of a document. True where nothing more is to be done: it is hidden, frozen, or not all of its
/// words are here.
///
/// # Errors
/// Those of the database.
pub(super) fn settled(desk: &mut Desk<'_>, people: &People, birth: &Birth, taken: &mut Taken) -> Result<bool> {
    let doc = birth.doc();
    let record = record_of(birth);
    let asking = forgetting::requests_in(desk.db, &doc)?;
    if !asking.is_empty() {
        decide_requests(desk, people, birth, &asking, taken)?;
    }
    let forgets = forgetting::standing(desk.db, &doc, Asked::Forget)?;
    if !forgets.is_empty() {
        let into = forgets.iter().find_map(|forget| forget.into);
        let along = bringing::take(desk, people, birth, into)?;
        forget_drafts(desk.db, &doc, into.as_ref(), ForgottenBy::Elsewhere)?;
        hide_forgotten(desk.db, desk.documents, &record, into, desk.at.unix_ms)?;
        bringing::put(desk, people, birth, along)?;
    } else if forgetting::get(desk.db, &doc)?.is_some() {
        bring_back(desk, people, &record, taken)?;
    }
    for asked in asking.iter().map(|batch| forgetting::asked_by(desk.db, batch)) {
        for doc in asked?.iter().map(|asked| asked.doc).chain([doc]) {
            drop_if_due(desk, people, &doc)?;
        }
    }
    let is_hidden = is_what_it_is_about_forgotten(desk, birth)?;
    if is_hidden && forgets.is_empty() {
        documents::put(desk.db, &record)?;
        hide(desk.db, desk.documents, &record)?;
        return Ok(true);
    }
    if !forgets.is_empty() || forgetting::is_frozen(desk.db, &doc)? {
        return Ok(true);
    }
    if lacks_what_counts(desk, people, birth, taken)? {
        // It comes back once someone sends the words again; until then it can be read nowhere here.
        hide(desk.db, desk.documents, &record)?;
        lacks_what_counts(desk, people, birth, taken)?;
        return Ok(true);
    }
    Ok(!asking.is_empty() && !has_changes(desk, &doc)?)
}

/// Whether words are gone that count by themselves. What lies outside a cut, or counts only since another took it over or
/// stands on it, is set aside: nobody may have its words any more, and what counts must not wait for them.
fn lacks_what_counts(desk: &mut Desk<'_>, people: &People, birth: &Birth, taken: &mut Taken) -> Result<bool> {
    let doc = birth.doc();
    if !forgetting::has_gaps(desk.db, &doc)? {
        return Ok(false);
    }
    let held = held_of(desk, &doc)?;
    let acceptance = decide(desk, people, birth, &held)?;
    let accepted = acceptance.accepted.get(&doc).into_iter().flatten();
    let by_itself: BTreeSet<BatchId> = accepted.filter(|batch| !batch.vouched).map(|batch| batch.id).collect();
    let mut lacks = false;
    for (id, known) in held.iter().filter(|(_, known)| !known.has_words) {
        if by_itself.contains(id) {
            lacks = true;
            if known.stage == Stage::Aside {
                batches::set_stage(desk.db, id, Stage::Passed, 0, None)?;
            }
        } else {
            let reason = acceptance.others.get(id).copied().unwrap_or(Reason::OutsideCut);
            put_aside(desk, people, id, known, reason, true, taken)?;
        }
    }
    Ok(lacks)
}

/// Whether anything but requests is held of a document that passed.
fn has_changes(desk: &Desk<'_>, doc: &DocId) -> Result<bool> {
    let asking = forgetting::requests_in(desk.db, doc)?;
    let held = batches::of_document(desk.db, doc, Stage::Passed, Stage::Aside)?;
    Ok(held.iter().any(|record| !asking.contains(&record.id)))
}

/// Which of a document's requests count: acceptance is that of any batch, and then the one who signed must be its owner.
fn decide_requests(
    desk: &mut Desk<'_>,
    people: &People,
    birth: &Birth,
    asking: &[BatchId],
    taken: &mut Taken,
) -> Result<()> {
    let held = held_of(desk, &birth.doc())?;
    let acceptance = decide(desk, people, birth, &held)?;
    let accepted = acceptance.accepted.get(&birth.doc());
    let accepted: BTreeSet<BatchId> = accepted.into_iter().flatten().map(|batch| batch.id).collect();
    for (id, known) in held.iter().filter(|(id, _)| asking.contains(id)) {
        let was = known.stage == Stage::Accepted;
        if !accepted.contains(id) {
            if let Some(reason) = acceptance.others.get(id) {
                put_aside(desk, people, id, known, *reason, was, taken)?;
            }
            continue;
        }
        let Some(record) = batches::get(desk.db, id)? else { continue };
        if let Some(refusal) = refusal(people, birth, &record) {
            taken.kept_out += 1;
            batches::set_stage(desk.db, id, Stage::Refused, refusal.number(), None)?;
        } else if !was {
            batches::set_accepted(desk.db, id, None)?;
        }
    }
    Ok(())
}

/// Why a request that acceptance lets in is none that its signer may make.
fn refusal(people: &People, birth: &Birth, record: &BatchRecord) -> Option<Refusal> {
    let standing = people.membership.device(&record.device)?;
    let owner = owner_of(people, birth.writer);
    if owner.is_none() || people.membership.member_of(&record.device) != owner {
        return Some(Refusal::NotAWriter);
    }
    let header = Header::parse(&record.header).ok()?;
    match Request::judge(&header, record.payload.as_ref()?) {
        // The typed secret of the very device that signs: whoever holds the phone alone cannot make words vanish.
        Ok(Request::Purge(purge)) if !purge.verify(&standing.entry.admin) => Some(Refusal::BadSignature),
        Ok(_) => None,
        Err(refusal) => Some(refusal),
    }
}

/// The Forget counts no longer: the document, and those about it, are made again from what is held.
fn bring_back(desk: &mut Desk<'_>, people: &People, record: &DocumentRecord, taken: &mut Taken) -> Result<()> {
    forgetting::remove(desk.db, &record.id)?;
    let about = documents::about(desk.db, &record.id)?;
    for record in std::iter::once(record).chain(&about) {
        desk.documents.forget(&record.id);
        retell(desk.db, &record.id)?;
        documents::remove(desk.db, &record.id)?;
    }
    let mut unsaid = Unsaid::default();
    for record in &about {
        settle(desk, people, &birth_of(record), None, taken, &mut unsaid)?;
    }
    unsaid.say(desk.db)
}

/// Drops the words of a forgotten document once that is due.
fn drop_if_due(desk: &Desk<'_>, people: &People, doc: &DocId) -> Result<usize> {
    let Some(forgotten) = forgetting::get(desk.db, doc)? else { return Ok(0) };
    let was = forgotten.dropped_ms.is_some();
    if (was && forgetting::has_words(desk.db, doc)?) || (!was && is_due(desk, people, &forgotten)?) {
        return drop_forgotten(desk.db, people, &forgotten, desk.at.unix_ms);
    }
    Ok(0)
}

/// Whether 30 days went by on this device's clock, or a purge of the document's owner counts.
fn is_due(desk: &Desk<'_>, people: &People, forgotten: &ForgottenRecord) -> Result<bool> {
    if desk.at.unix_ms.saturating_sub(forgotten.since_ms) >= KEPT_AFTER_FORGET_MS {
        return Ok(true);
    }
    let Some(record) = documents::get(desk.db, &forgotten.doc)? else { return Ok(false) };
    let owner = owner_of(people, record.writer);
    for purge in forgetting::standing(desk.db, &forgotten.doc, Asked::Purge)? {
        let by = batches::get(desk.db, &purge.batch)?.and_then(|batch| people.membership.member_of(&batch.device));
        if by.is_some() && by == owner {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Drops what is due, in one space or in all, also what came since for what was dropped before. Gives how many batches
/// lost their words; the caller folds the journal then.
///
/// # Errors
/// Those of the database.
pub fn drop_due(desk: &mut Desk<'_>, only: Option<&People>) -> Result<usize> {
    let mut known: BTreeMap<_, People> = BTreeMap::new();
    let mut dropped = 0;
    for forgotten in forgetting::all(desk.db)? {
        if only.is_some_and(|people| people.record.id != forgotten.space) {
            continue;
        }
        let space = forgotten.space;
        if let std::collections::btree_map::Entry::Vacant(entry) = known.entry(space) {
            entry.insert(match only {
                Some(people) => people.clone(),
                None => desk.people(&space)?,
            });
        }
        if let Some(people) = known.get(&space) {
            dropped += drop_if_due(desk, people, &forgotten.doc)?;
        }
    }
    for (_, people) in known {
        dropped += drop_waiting(desk, &people)?;
    }
    Ok(dropped)
}

/// What waits for its place in a log loses its words too.
fn drop_waiting(desk: &Desk<'_>, people: &People) -> Result<usize> {
    let mut dropped = 0;
    for bytes in waiting::all(desk.db, &people.record.id)? {
        let Ok((batch, header)) = Batch::parse(&bytes) else { continue };
        let mine = people.membership.member_of(&header.device) == Some(people.me());
        if batch.payload.is_some() && !mine && !Request::is_asked_by(&header) && is_dropped(desk, &header.doc)? {
            let id = batch.id();
            forgetting::replace_waiting(desk.db, &id, &Batch { payload: None, ..batch }.encode())?;
            dropped += 1;
        }
    }
    Ok(dropped)
}

fn is_dropped(desk: &Desk<'_>, doc: &DocId) -> Result<bool> {
    let is_gone = |forgotten: &ForgottenRecord| forgotten.dropped_ms.is_some();
    if forgetting::get(desk.db, doc)?.is_some_and(|forgotten| is_gone(&forgotten)) {
        return Ok(true);
    }
    let Some(record) = documents::get(desk.db, doc)? else { return Ok(false) };
    let about = record.about.map(|about| forgetting::get(desk.db, &about)).transpose()?.flatten();
    Ok(about.is_some_and(|forgotten| forgotten.space == record.space && is_gone(&forgotten)))
}

/// What goes out of a batch: what was forgotten is handed to nobody, so header and signature alone.
///
/// # Errors
/// Those of the database.
pub(super) fn outgoing(desk: &Desk<'_>, record: BatchRecord) -> Result<BatchRecord> {
    let asks = Header::parse(&record.header).is_ok_and(|header| Request::is_asked_by(&header));
    if asks || !forgetting::is_hidden(desk.db, &record.doc)? {
        return Ok(record);
    }
    Ok(BatchRecord { payload: None, ..record })
}

/// How many of my batches of a forgotten document stay here until I let go of them.
///
/// # Errors
/// Those of the database.
pub fn kept_of(desk: &Desk<'_>, doc: &DocId) -> Result<usize> {
    let Some(forgotten) = forgetting::get(desk.db, doc)? else { return Ok(0) };
    Ok(kept(desk.db, &desk.people(&forgotten.space)?, &forgotten)?.len())
}
