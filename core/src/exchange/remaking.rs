//! Documents, rows and history made again from the batches alone, in a store that holds nothing else of them.

use super::intake::Taken;
use super::settling::settle_all;
use crate::command::Desk;
use crate::error::Result;
use crate::ids::DocId;
use crate::projection::remove_rows;
use crate::store::{batches, documents, spaces};

/// Settles every document of every space as if all that is held had just come. Open batches are closed on the way, as at
/// every beginning of a session.
///
/// # Errors
/// `Corrupt` where what is held does not make a document; those of the database.
pub fn remake(desk: &mut Desk<'_>) -> Result<()> {
    let open: Vec<DocId> = batches::all_open(desk.db, None)?.into_iter().map(|open| open.doc).collect();
    settle_everything(desk)?;
    desk.close_all(None)?;
    // Closing writes no rows: they were written with the change, in the store that is damaged.
    for doc in &open {
        desk.documents.forget(doc);
        remove_rows(desk.db, doc)?;
        documents::remove(desk.db, doc)?;
        batches::count_anew(desk.db, doc)?;
    }
    if open.is_empty() { Ok(()) } else { settle_everything(desk) }
}

fn settle_everything(desk: &mut Desk<'_>) -> Result<()> {
    for space in spaces::all_spaces(desk.db)? {
        let people = desk.people(&space.id)?;
        settle_all(desk, &people, &mut Taken::default())?;
    }
    Ok(())
}
