//! What was kept out and may yet be taken over.

use super::again::Grounds;
use super::forgetting::may_go_on;
use super::newer::known;
use crate::batch::{Header, Reason, Request};
use crate::cbor;
use crate::error::{Code, Result};
use crate::projection::{People, birth_held};
use crate::space::may_write_content;
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::named;
use rusqlite::Connection;

/// Whether a batch that is held can be taken over here.
///
/// # Errors
/// `NotFound` for what cannot be read (it can never count), has its ground nowhere or only asks to forget, `Duplicate` for what
/// counts already, itself or made again, `NotOwner` where only another member may write, `NewerSchema`, `NotInForce`,
/// `RelationshipEnded`, `Revoked`.
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
