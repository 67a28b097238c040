use super::again::Grounds;
use super::forgetting::may_go_on;
use super::permission::known;
use super::{Deed, Desk, KeptOutCommand, Outcome, Subject, make_again, may};
use crate::batch::{BatchFacts, Header, Reason, Request};
use crate::cbor;
use crate::error::{Code, Result};
use crate::ids::BatchId;
use crate::projection::{People, birth_held};
use crate::space::may_write_content;
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::named;
use rusqlite::Connection;

pub(super) fn perform(desk: &mut Desk<'_>, command: &KeptOutCommand) -> Result<Outcome> {
    let KeptOutCommand::Adopt { batch } = command;
    may(desk.db, Subject::KeptOut(batch), Deed::Adopt)?;
    let record = batches::get(desk.db, batch)?.ok_or(Code::NotFound)?;
    let birth = birth_held(desk.db, &record.doc)?.ok_or(Code::NotFound)?;
    desk.close_all(Some(&record.space))?;
    if Reason::from_number(record.reason) == Some(Reason::OutsideCut) {
        let taken = with_birth(desk.db, &record)?;
        desk.adopt(&birth, &taken)?;
    } else {
        // Who stands on which twin decides, and what depends on what does not count cannot: the words are written again.
        make_again(desk, &birth, batch)?;
    }
    Ok(Outcome { touched: vec![record.doc], ..Outcome::default() })
}

/// The batch, and the one in which its device bore the document, where that does not count either: without it nobody
/// who lacks it could judge the other.
fn with_birth(db: &Connection, record: &BatchRecord) -> Result<Vec<BatchId>> {
    let mut taken = vec![record.id];
    let held = batches::of_document(db, &record.doc, Stage::Passed, Stage::Aside)?;
    for other in held.iter().filter(|other| other.device == record.device && other.id != record.id) {
        let facts: BatchFacts = cbor::decode_own(&other.facts)?;
        if facts.births && other.stage == Stage::Aside {
            taken.push(other.id);
            break;
        }
    }
    Ok(taken)
}

/// Whether a batch that is held can be taken over here.
///
/// # Errors
/// `NotFound` for what cannot be read (it can never count), has its ground nowhere or only asks to forget, `Duplicate` for what counts already, itself or made again,
/// `NotOwner` where only another member may write, `NewerSchema`, `NotInForce`, `RelationshipEnded`, `Revoked`.
pub fn adoptable(db: &Connection, people: &People, record: &BatchRecord, grounds: &mut Grounds) -> Result<()> {
    may_write_content(people.state())?;
    match (record.stage, Reason::from_number(record.reason)) {
        (Stage::Accepted, _) | (Stage::Aside, Some(Reason::AgainOf)) => return Code::Duplicate.err(),
        (Stage::HeldBack, _) => return Code::NewerSchema.err(),
        (Stage::Aside, Some(reason)) if reason.is_readable() => {}
        _ => return Code::NotFound.err(),
    }
    // What only asks has no words, and nobody speaks for who asked; a document must not wait for words that went.
    if record.payload.is_none() || Header::parse(&record.header).is_ok_and(|header| Request::is_asked_by(&header)) {
        return Code::NotFound.err();
    }
    let birth = birth_held(db, &record.doc)?.ok_or(Code::NotFound)?;
    if birth.writer.is_some_and(|writer| writer != people.me()) {
        return Code::NotOwner.err();
    }
    known(db, people, &record.doc, birth.writer)?;
    for by in named::made_again(db, &record.id)? {
        if batches::get(db, &by)?.is_some_and(|by| by.stage == Stage::Accepted) {
            return Code::Duplicate.err();
        }
    }
    // Named or not, what stands on a batch that can never count does not count either.
    let anew = Reason::from_number(record.reason) != Some(Reason::OutsideCut);
    if anew {
        may_go_on(db, &record.doc)?;
    }
    if grounds.hold(db, &birth, &cbor::decode_own(&record.facts)?, anew)? { Ok(()) } else { Code::NotFound.err() }
}
