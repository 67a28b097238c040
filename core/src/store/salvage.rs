//! Bringing what is no cache out of a store with damaged pages, into a new one. A page that fails its MAC cannot be read in
//! part, and SQLCipher answers zeros for it: so each table is copied whole or not at all, and the cipher is asked after
//! each. What is a cache is left behind, whatever its state, and remade from the batches.

use super::pragmas::{about_store, attach, connect_to_fill, vouch_for};
use super::{Store, beside};
use crate::error::{Error, Result};
use crate::ids::VaultId;
use crate::secret::Secret32;
use rusqlite::Connection;
use std::path::Path;

/// The name of the damaged store inside the connection that reads it.
const OLD: &str = "damaged";

/// Tables of what screens show of documents, each with the document in its column `doc`.
pub const SHOWN: [&str; 16] = [
    "note",
    "note_tag",
    "typed",
    "goal",
    "step",
    "plan",
    "part",
    "entry",
    "decision",
    "idea",
    "comment",
    "mark",
    "profile",
    "known_space",
    "copy",
    "consent",
];

/// Those, and the other tables whose rows are remade from batches and statements. Every other one is the truth.
const CACHES: [&str; 9] = [
    "document",
    "snapshot",
    "note_rest",
    "told",
    "touched",
    "findable",
    "unindexed",
    // A mark on a snapshot: without one the document is made again, and frozen again if that does not load back.
    "frozen",
    // Nothing is lost with it but the way back from the last few acts.
    "undo",
];

/// Every table that is no cache, and of the caches only the birth of documents of which nothing is signed yet: of those
/// alone it is told nowhere else. What belongs to a search index is named after its table.
const TRUTH: &str = "SELECT name FROM sqlite_schema AS s WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'
     AND name NOT LIKE 'sqlite%' AND NOT EXISTS (
       SELECT 1 FROM sqlite_schema AS v WHERE v.sql LIKE 'CREATE VIRTUAL TABLE%'
         AND s.name IN (v.name || '_data', v.name || '_idx', v.name || '_content', v.name || '_docsize', v.name || '_config'))";
const UNSIGNED_BIRTHS: &str = "INSERT INTO main.document SELECT * FROM damaged.document WHERE id IN (
       SELECT doc FROM main.open_batch EXCEPT SELECT doc FROM main.batch)";

impl Store {
    /// Makes a new store of what is no cache in a damaged one, under the same key and vault id. The damaged file and its
    /// journal are read and left as they are. Nothing is counted as accepted in the new one: what was is judged anew.
    ///
    /// # Errors
    /// `Corrupt{Store}` where a page of that is damaged; `Duplicate{Store}` where a file is; `NewerSchema`;
    /// `StorageFull{Store}`, `Unwritable{Store}`. Nothing is left behind then.
    pub fn salvage(from: &Path, to: &Path, key: &Secret32, vault: VaultId) -> Result<Store> {
        let store = Store::create(to, key, vault)?;
        let copied = copy_truth(from, to, key);
        copied.map(|()| store).map_err(|error| {
            for tail in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(beside(to, tail));
            }
            about_store(error)
        })
    }
}

fn copy_truth(from: &Path, to: &Path, key: &Secret32) -> Result<()> {
    let conn = connect_to_fill(to, key)?;
    attach(&conn, OLD, from, key, false)?;
    // Rows that point at each other come in any order.
    conn.execute_batch("PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")?;
    for table in tables(&conn)?.iter().filter(|table| !is_cache(table)) {
        copy(
            &conn,
            &format!("DELETE FROM main.\"{table}\"; INSERT INTO main.\"{table}\" SELECT * FROM {OLD}.\"{table}\""),
        )?;
    }
    if conn.prepare("SELECT doc FROM main.open_batch EXCEPT SELECT doc FROM main.batch")?.exists([])? {
        copy(&conn, UNSIGNED_BIRTHS)?;
    }
    // Accepted is what counts in rows, and there are none yet.
    conn.execute_batch("UPDATE main.batch SET stage = 2, reason = 0, counted = NULL WHERE stage = 3; COMMIT")?;
    conn.execute_batch("DETACH DATABASE damaged")?;
    conn.close().map_err(|(_, cause)| Error::from(cause))
}

fn is_cache(table: &str) -> bool {
    SHOWN.contains(&table) || CACHES.contains(&table)
}

/// Zeros in place of a damaged page can make it go wrong in any way, or seem to work: damage is what is told.
fn copy(conn: &Connection, sql: &str) -> Result<()> {
    let copied = conn.execute_batch(sql);
    vouch_for(conn, OLD)?;
    Ok(copied?)
}

fn tables(conn: &Connection) -> Result<Vec<String>> {
    let mut query = conn.prepare(TRUTH)?;
    let names = query.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cache_is_a_table_and_the_logs_are_none() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(include_str!("schema.sql")).unwrap();
        let all = tables(&conn).unwrap();
        for cache in SHOWN.into_iter().chain(CACHES) {
            assert!(all.iter().any(|name| name == cache), "{cache}");
        }
        for truth in ["meta", "counter", "secret", "space", "statement", "batch", "open_batch", "open_change"] {
            assert!(all.iter().any(|name| name == truth) && !is_cache(truth), "{truth}");
        }
        for table in SHOWN {
            conn.prepare(&format!("SELECT doc FROM {table}")).unwrap_or_else(|_| panic!("{table} names no document"));
        }
    }
}
