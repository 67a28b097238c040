//! Facts about the store itself, in table `meta`: few and short, since a search of it may touch any of them.

use crate::error::{Code, Error, Field, Result};
use crate::ids::VaultId;
use rusqlite::{Connection, OptionalExtension};

const VAULT: &str = "vault";
const COMMIT: &str = "commit";

/// The bytes kept under a name.
///
/// # Errors
/// What SQLite says.
pub fn get(conn: &Connection, key: &str) -> Result<Option<Vec<u8>>> {
    let mut statement = conn.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

/// Keeps bytes under a name, instead of what was there.
///
/// # Errors
/// What SQLite says.
pub fn set(conn: &Connection, key: &str, value: &[u8]) -> Result<()> {
    // As two statements, here and below: SQLite keeps a copy of every page for an INSERT that may turn out to be an UPDATE.
    if conn.prepare_cached("UPDATE meta SET value = ?2 WHERE key = ?1")?.execute((key, value))? == 0 {
        conn.prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2)")?.execute((key, value))?;
    }
    Ok(())
}

/// The local commit number: how many writes this store has taken. It orders nothing between devices.
///
/// # Errors
/// `Corrupt{Store}` where there is none.
pub fn commit_number(conn: &Connection) -> Result<u64> {
    let bytes = get(conn, COMMIT)?.and_then(|bytes| bytes.try_into().ok());
    bytes.map(u64::from_be_bytes).ok_or_else(missing)
}

pub(super) fn set_commit_number(conn: &Connection, number: u64) -> Result<()> {
    set(conn, COMMIT, &number.to_be_bytes())
}

/// Says which commit is being written, for what is touched in it; what it causes is mine until someone says otherwise.
pub(super) fn begin_writing(conn: &Connection, number: u64) -> Result<()> {
    let number = i64::try_from(number).unwrap_or(i64::MAX);
    conn.prepare_cached("UPDATE writing SET made_in = ?1, cause = 1")?.execute([number])?;
    Ok(())
}

/// Says who causes what is written from here on in this transaction, by number (`projection::Cause`).
///
/// # Errors
/// What SQLite says.
pub fn set_cause(conn: &Connection, cause: u8) -> Result<()> {
    conn.prepare_cached("UPDATE writing SET cause = ?1")?.execute([cause])?;
    Ok(())
}

/// Forgets what was touched in commits before this one.
///
/// # Errors
/// What SQLite says.
pub fn drop_touched(conn: &Connection, before: u64) -> Result<()> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    conn.prepare_cached("DELETE FROM touched WHERE made_in < ?1")?.execute([before])?;
    Ok(())
}

pub(super) fn begin(conn: &Connection, vault: VaultId) -> Result<()> {
    set(conn, VAULT, &vault.0)?;
    set_commit_number(conn, 0)
}

/// Makes it the store of another vault: a copy that was restored, before a header names it.
///
/// # Errors
/// What SQLite says.
pub fn set_vault(conn: &Connection, vault: VaultId) -> Result<()> {
    set(conn, VAULT, &vault.0)
}

/// The vault whose header must name this store.
///
/// # Errors
/// `Corrupt{Store}` where there is none.
pub fn vault(conn: &Connection) -> Result<VaultId> {
    get(conn, VAULT)?.and_then(|bytes| VaultId::from_slice(&bytes)).ok_or_else(missing)
}

fn missing() -> Error {
    Code::Corrupt.of(Field::Store).into()
}
