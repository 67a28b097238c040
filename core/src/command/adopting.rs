use super::{Deed, Desk, KeptOutCommand, Outcome, Subject, make_again, may};
use crate::batch::{BatchFacts, Reason};
use crate::cbor;
use crate::error::{Code, Result};
use crate::ids::BatchId;
use crate::projection::birth_held;
use crate::store::batches::{self, BatchRecord, Stage};
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
