//! What batches name of one another: what they take over or make again, the changes they hold, the changes they miss.

use crate::error::Result;
use crate::ids::{BatchId, ChangeId, DeviceId, DocId, SpaceId};
use rusqlite::{Connection, OptionalExtension, params};

/// Notes that a batch takes others over.
///
/// # Errors
/// Those of the database.
pub fn put_adopts(db: &Connection, by: &BatchId, batches: &[BatchId]) -> Result<()> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO adopted (batch, by) VALUES (?1, ?2)")?;
    for batch in batches {
        insert.execute([batch, by])?;
    }
    Ok(())
}

/// The held batches that take a batch over, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn adopters(db: &Connection, batch: &BatchId) -> Result<Vec<BatchId>> {
    ids(db, "SELECT by FROM adopted WHERE batch = ?1 ORDER BY by", batch)
}

/// The held batches of other documents that take over one of this document, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn adopters_elsewhere(db: &Connection, doc: &DocId) -> Result<Vec<BatchId>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT adopter.id FROM adopted JOIN batch AS taken ON taken.id = adopted.batch
         JOIN batch AS adopter ON adopter.id = adopted.by
         WHERE taken.doc = ?1 AND adopter.doc <> ?1 AND adopter.stage BETWEEN 2 AND 4 ORDER BY adopter.id",
    )?;
    let rows = query.query_map([doc], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What is taken over in a space and is not held: the batch, the one that names it, and whose that is. A batch names others only
/// once it passed the gate.
///
/// # Errors
/// Those of the database.
pub fn adopted_missing(db: &Connection, space: &SpaceId) -> Result<Vec<(BatchId, BatchId, DeviceId)>> {
    let mut query = db.prepare_cached(
        "SELECT adopted.batch, adopter.id, (SELECT value FROM name WHERE name.id = adopter.device)
         FROM adopted JOIN batch AS adopter ON adopter.id = adopted.by
         WHERE adopter.space = (SELECT id FROM name WHERE value = ?1) AND adopter.stage BETWEEN 2 AND 4
         AND NOT EXISTS (SELECT 1 FROM batch WHERE batch.id = adopted.batch) ORDER BY adopted.batch, adopter.id",
    )?;
    let rows = query.query_map([space], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes that a batch makes another one again.
///
/// # Errors
/// Those of the database.
pub fn put_again(db: &Connection, by: &BatchId, batch: &BatchId) -> Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO made_again (batch, by) VALUES (?1, ?2)")?.execute([batch, by])?;
    Ok(())
}

/// The held batches that make a batch again, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn made_again(db: &Connection, batch: &BatchId) -> Result<Vec<BatchId>> {
    ids(db, "SELECT by FROM made_again WHERE batch = ?1 ORDER BY by", batch)
}

fn ids(db: &Connection, sql: &str, of: &BatchId) -> Result<Vec<BatchId>> {
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([of], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Notes changes that a batch holds: those that others may stand on.
///
/// # Errors
/// Those of the database.
pub fn put_changes(db: &Connection, batch: &BatchId, changes: impl IntoIterator<Item = ChangeId>) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO change_in (change, batch) SELECT ?1, position FROM batch WHERE id = ?2",
    )?;
    for change in changes {
        insert.execute(params![change, batch])?;
    }
    Ok(())
}

/// The held batch of a space that holds a change, the lowest id of several.
///
/// # Errors
/// Those of the database.
pub fn holder(db: &Connection, space: &SpaceId, change: &ChangeId) -> Result<Option<BatchId>> {
    let mut query = db.prepare_cached(
        "SELECT min(batch.id) FROM change_in JOIN batch ON batch.position = change_in.batch
         WHERE change_in.change = ?1 AND batch.space = (SELECT id FROM name WHERE value = ?2)",
    )?;
    Ok(query.query_row(params![change, space], |row| row.get(0)).optional()?.flatten())
}

/// Notes which changes a batch misses, instead of what was noted before: none, once it waits no more.
///
/// # Errors
/// Those of the database.
pub fn set_wanted(db: &Connection, by: &BatchId, changes: &[ChangeId]) -> Result<()> {
    db.prepare_cached("DELETE FROM wanted WHERE by = ?1")?.execute([by])?;
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO wanted (change, by) VALUES (?1, ?2)")?;
    for change in changes {
        insert.execute(params![change, by])?;
    }
    Ok(())
}

/// The changes that received batches of a space miss, each with the device whose batch misses it.
///
/// # Errors
/// Those of the database.
pub fn wanted(db: &Connection, space: &SpaceId) -> Result<Vec<(ChangeId, DeviceId)>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT wanted.change, name.value FROM wanted JOIN batch ON batch.id = wanted.by
         JOIN name ON name.id = batch.device
         WHERE batch.space = (SELECT id FROM name WHERE value = ?1) AND batch.stage = 1
         AND NOT EXISTS (SELECT 1 FROM change_in WHERE change_in.change = wanted.change)
         ORDER BY wanted.change, name.value",
    )?;
    let rows = query.query_map([space], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether a batch misses this change.
///
/// # Errors
/// Those of the database.
pub fn is_wanted(db: &Connection, change: &ChangeId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM wanted WHERE change = ?1")?.exists([change])?)
}

/// Whether any batch misses a change.
///
/// # Errors
/// Those of the database.
pub fn wants_any(db: &Connection) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM wanted LIMIT 1")?.exists([])?)
}

/// Takes out all that a batch named and held: it is held no longer, or is to be judged anew. `again_of` is what it makes
/// again, and `changes` are those in it; to find them by the batch, everything that any batch holds would be gone through.
///
/// # Errors
/// Those of the database.
pub fn forget(
    db: &Connection,
    batch: &BatchId,
    again_of: Option<&BatchId>,
    changes: impl IntoIterator<Item = ChangeId>,
) -> Result<()> {
    let [adopted, wanted, made_again, change_in] = FORGET;
    db.prepare_cached(adopted)?.execute([batch])?;
    db.prepare_cached(wanted)?.execute([batch])?;
    if let Some(of) = again_of {
        db.prepare_cached(made_again)?.execute([of, batch])?;
    }
    let mut delete = db.prepare_cached(change_in)?;
    for change in changes {
        delete.execute(params![change, batch])?;
    }
    Ok(())
}

/// Each finds its rows by an index.
const FORGET: [&str; 4] = [
    "DELETE FROM adopted WHERE by = ?1",
    "DELETE FROM wanted WHERE by = ?1",
    "DELETE FROM made_again WHERE batch = ?1 AND by = ?2",
    "DELETE FROM change_in WHERE change = ?1 AND batch = (SELECT position FROM batch WHERE id = ?2)",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::VaultId;
    use crate::secret::Secret32;
    use crate::store::Store;

    /// Red before for two of the four: for each batch that was refused, all that any batch holds was gone through.
    #[test]
    fn to_forget_one_batch_goes_through_no_table() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("s.db"), &Secret32::new([7; 32]), VaultId([3; 16])).unwrap();
        for sql in FORGET {
            let plan = store.read(|db| {
                let mut query = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                let id = BatchId([1; 32]);
                let args = vec![id; query.parameter_count()];
                let rows = query.query_map(rusqlite::params_from_iter(args), |row| row.get::<_, String>("detail"))?;
                Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
            });
            let plan = plan.unwrap();
            assert!(plan.iter().all(|step| !step.starts_with("SCAN")), "{sql}: {plan:?}");
        }
    }
}
