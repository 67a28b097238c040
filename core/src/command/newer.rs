use crate::error::{Code, Result};
use crate::ids::{DocId, MemberId};
use crate::projection::People;
use crate::store::batches;
use rusqlite::Connection;

/// A document that waits for a newer app is read and not written. What waits was not judged, so only what a writer of
/// the document signed counts: nobody else can close it to them.
pub(super) fn known(db: &Connection, people: &People, doc: &DocId, writer: Option<MemberId>) -> Result<()> {
    for device in batches::newer_from(db, &people.record.id, doc)? {
        let by = people.membership.member_of(&device);
        if by.is_some() && (writer.is_none() || writer == by) {
            return Code::NewerSchema.err();
        }
    }
    Ok(())
}
