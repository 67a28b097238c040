//! Words of mine that nobody copied when another phone, or another member, forgot the past of a document: they go on in its
//! successor (protocol.md §5, "Forget"), as far as it is here and the words they stand on are.

use crate::batch::{BatchFacts, Birth, successor_of};
use crate::cbor;
use crate::command::{Along, Desk, make_again_in, put_along, take_along};
use crate::error::{Error, Result};
use crate::ids::{BatchId, DocId};
use crate::projection::{People, birth_of, copied, kept};
use crate::space::may_write_content;
use crate::store::documents::{self, DocumentRecord};
use crate::store::{batches, forgetting, named};

/// Batches that go on at once; more stay kept, and listed.
const AT_ONCE_MAX: usize = 64;

/// What goes on of a document that is about to be hidden for the first time; `None` where nothing can.
///
/// # Errors
/// Those of the database.
pub(super) fn take(desk: &mut Desk<'_>, people: &People, birth: &Birth, into: Option<DocId>) -> Result<Option<Along>> {
    let doc = birth.doc();
    let is_known = forgetting::get(desk.db, &doc)?.is_some() || documents::get(desk.db, &doc)?.is_none();
    let successor = successor_of(birth).doc();
    let is_here = documents::get(desk.db, &successor)?.is_some() && !forgetting::is_hidden(desk.db, &successor)?;
    let may = may_write_content(people.state()).is_ok() && people.membership.is_active(&desk.me.device);
    if is_known || into != Some(successor) || !is_here || !may {
        return Ok(None);
    }
    match take_along(desk, people, &doc, &successor) {
        Err(Error::Refused(_)) => Ok(Some(Along::new())),
        along => along.map(Some),
    }
}

/// Lets it go on, once the document is hidden and before any word of it is dropped.
///
/// # Errors
/// Those of the database.
pub(super) fn put(desk: &mut Desk<'_>, people: &People, birth: &Birth, along: Option<Along>) -> Result<()> {
    let Some(along) = along else { return Ok(()) };
    let Some(forgotten) = forgetting::get(desk.db, &birth.doc())? else { return Ok(()) };
    put_along(desk, along)?;
    let into = successor_of(birth);
    let copied = copied(desk.db, birth.space, &birth.doc())?;
    let mut mine: Vec<(u64, BatchId, DocumentRecord)> = Vec::new();
    for (doc, id) in kept(desk.db, people, &forgotten)? {
        let (Some(batch), Some(record)) = (batches::get(desk.db, &id)?, documents::get(desk.db, &doc)?) else {
            continue;
        };
        let is_mine = record.writer.is_none_or(|writer| doc == birth.doc() && writer == people.me());
        // My other phones bring along what they wrote.
        if batch.device == desk.me.device && is_mine && !copied.contains(&id) && !is_made_again(desk, &id)? {
            let facts: BatchFacts = cbor::decode_own(&batch.facts)?;
            mine.push((facts.start_op, id, record));
        }
    }
    mine.sort_by_key(|(start_op, id, _)| (*start_op, *id));
    for (_, id, record) in mine.into_iter().take(AT_ONCE_MAX) {
        let from = birth_of(&record);
        let there =
            if record.id == birth.doc() { into.clone() } else { Birth { about: Some(into.doc()), ..from.clone() } };
        match make_again_in(desk, &from, &there, &id) {
            // What cannot be written again stays kept; it holds nothing else up.
            Err(Error::Refused(_)) => desk.documents.forget(&there.doc()),
            other => drop(other?),
        }
    }
    Ok(())
}

/// Whether this device wrote a stranded batch again before.
fn is_made_again(desk: &Desk<'_>, id: &BatchId) -> Result<bool> {
    for by in named::made_again(desk.db, id)? {
        if batches::get(desk.db, &by)?.is_some_and(|by| by.device == desk.me.device) {
            return Ok(true);
        }
    }
    Ok(false)
}
