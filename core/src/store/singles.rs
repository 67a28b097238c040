//! Single values: what this store is, counters, and this device's own secrets.

use crate::error::Result;
use crate::secret::SecretBytes;
use rusqlite::{Connection, OptionalExtension, params};

/// The name of the secret that this device's own keys lie under.
pub const DEVICE_KEYS: &str = "device_keys";

/// A counter, 0 where it was never set.
///
/// # Errors
/// Those of the database.
pub fn counter(db: &Connection, name: &str) -> Result<i64> {
    let value = db
        .prepare_cached("SELECT value FROM counter WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(value.unwrap_or(0))
}

/// Sets a counter.
///
/// # Errors
/// Those of the database.
pub fn set_counter(db: &Connection, name: &str, value: i64) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO counter (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, value])?;
    Ok(())
}

/// Raises a counter by one and gives the new value.
///
/// # Errors
/// Those of the database.
pub fn next(db: &Connection, name: &str) -> Result<i64> {
    let value = counter(db, name)? + 1;
    set_counter(db, name, value)?;
    Ok(value)
}

/// Keeps one of this device's secrets: the page cipher is what protects it.
///
/// # Errors
/// Those of the database.
pub fn put_secret(db: &Connection, name: &str, value: &[u8]) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO secret (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, value])?;
    Ok(())
}

/// Lets a secret go, if it is there.
///
/// # Errors
/// Those of the database.
pub fn forget_secret(db: &Connection, name: &str) -> Result<()> {
    db.prepare_cached("DELETE FROM secret WHERE name = ?1")?.execute([name])?;
    Ok(())
}

/// One of this device's secrets.
///
/// # Errors
/// Those of the database.
pub fn secret(db: &Connection, name: &str) -> Result<Option<SecretBytes>> {
    Ok(db
        .prepare_cached("SELECT value FROM secret WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?
        .map(SecretBytes::new))
}
