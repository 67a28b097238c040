//! A held batch comes again: it is signed, so what came is what was held, and gives back what of it was dropped or damaged.

use crate::batch::{Batch, BatchFacts};
use crate::cbor;
use crate::command::Desk;
use crate::error::Result;
use crate::ids::{BatchId, DocId};
use crate::store::batches::{self, BatchRecord, Stage};
use crate::store::forgetting;
use rusqlite::Connection;

/// What a held batch that came again did.
pub(super) enum Again {
    /// It gave back words that had been dropped.
    Filled,
    /// It gave back what was damaged.
    Healed,
    /// Nothing: it was held as it is.
    Same,
}

/// Gives a held batch its words back, where nobody forgot its document, and what of header and words is damaged.
///
/// # Errors
/// Those of the database.
pub(super) fn came_again(desk: &Desk<'_>, id: &BatchId, batch: &Batch, doc: &DocId) -> Result<Again> {
    let Some(held) = batches::get(desk.db, id)? else { return Ok(Again::Same) };
    let words = batch.payload.as_ref().filter(|words| held.payload.as_ref() != Some(*words));
    let is_signed = held.header == batch.header_bytes && held.signature == batch.signature;
    if words.is_none() && is_signed {
        return Ok(Again::Same);
    }
    if held.payload.is_some() || !is_signed {
        let words = words.filter(|_| held.payload.is_some()).map(Vec::as_slice);
        batches::heal(desk.db, &held, (&batch.header_bytes, &batch.signature), words)?;
        return Ok(Again::Healed);
    }
    let (Some(words), false) = (words, forgetting::is_hidden(desk.db, doc)?) else { return Ok(Again::Same) };
    if held.stage == Stage::Refused {
        return Ok(Again::Same);
    }
    forgetting::refill(desk.db, id, words)?;
    Ok(Again::Filled)
}

/// Of how many batches something does not fit: header, words, or what the gate found out about them.
///
/// # Errors
/// Those of the database.
pub fn count_unfit(db: &Connection) -> Result<usize> {
    let mut count = 0;
    batches::each(db, &mut |record| count += usize::from(!record.is_some_and(fits)))?;
    Ok(count)
}

fn fits(record: BatchRecord) -> bool {
    let was_judged = matches!(record.stage, Stage::Passed | Stage::Accepted | Stage::Aside);
    let is_known = cbor::decode_own::<BatchFacts>(&record.facts).is_ok_and(|facts| facts.id == record.id);
    (is_known || !was_judged) && is_what_came(record)
}

/// Whether header and words are those that came under this id. Of what is damaged here nothing is said about its writer.
pub(super) fn is_what_came(record: BatchRecord) -> bool {
    let BatchRecord { id, header, signature, payload, .. } = record;
    let Ok(signature) = signature.try_into() else { return false };
    let batch = Batch { header_bytes: header, signature, payload };
    batch.id() == id && Batch::parse(&batch.encode()).is_ok()
}
