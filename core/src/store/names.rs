//! Names that many rows bear: 32 bytes once, and a number in each row.

use crate::error::Result;
use rusqlite::{Connection, OptionalExtension};

/// The number of a name, given to it now where it had none.
///
/// # Errors
/// Those of the database.
pub fn number(db: &Connection, name: &[u8; 32]) -> Result<i64> {
    let known: Option<i64> = db
        .prepare_cached("SELECT id FROM name WHERE value = ?1")?
        .query_row([name.as_slice()], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    db.prepare_cached("INSERT INTO name (value) VALUES (?1)")?.execute([name.as_slice()])?;
    Ok(db.last_insert_rowid())
}
