//! Records of spaces: who takes part, the statements and cards held, the keys that open what is sealed for us.

use crate::error::Result;
use crate::ids::{DeviceId, MemberId, SpaceId, StatementId};
use crate::secret::SecretBytes;
use rusqlite::{Connection, OptionalExtension, params};

/// A space this device takes part in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpaceRecord {
    /// Its id.
    pub id: SpaceId,
    /// The kind's number.
    pub kind: u32,
    /// The stage's number: introduced, checked, ended.
    pub stage: u32,
    /// Who I am in it.
    pub me: MemberId,
}

fn space(row: &rusqlite::Row<'_>) -> rusqlite::Result<SpaceRecord> {
    Ok(SpaceRecord { id: row.get(0)?, kind: row.get(1)?, stage: row.get(2)?, me: row.get(3)? })
}

/// Adds a space or changes its stage.
///
/// # Errors
/// Those of the database.
pub fn put_space(db: &Connection, record: &SpaceRecord) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO space (id, kind, stage, me) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET stage = excluded.stage",
    )?
    .execute(params![record.id, record.kind, record.stage, record.me])?;
    Ok(())
}

/// One space.
///
/// # Errors
/// Those of the database.
pub fn get_space(db: &Connection, id: &SpaceId) -> Result<Option<SpaceRecord>> {
    Ok(db.prepare_cached("SELECT id, kind, stage, me FROM space WHERE id = ?1")?.query_row([id], space).optional()?)
}

/// My own space; none before the vault has one.
///
/// # Errors
/// Those of the database.
pub fn own(db: &Connection) -> Result<Option<SpaceId>> {
    let mut query = db.prepare_cached("SELECT id FROM space WHERE kind = 1 ORDER BY id LIMIT 1")?;
    Ok(query.query_row([], |row| row.get(0)).optional()?)
}

/// All spaces, by id.
///
/// # Errors
/// Those of the database.
pub fn all_spaces(db: &Connection) -> Result<Vec<SpaceRecord>> {
    let mut query = db.prepare_cached("SELECT id, kind, stage, me FROM space ORDER BY id")?;
    let rows = query.query_map([], space)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Takes a space out with its statements, cards and keys: a pairing that ended before any content.
///
/// # Errors
/// Those of the database.
pub fn remove_space(db: &Connection, id: &SpaceId) -> Result<()> {
    for sql in [
        "DELETE FROM statement WHERE space = ?1",
        "DELETE FROM statement_rate WHERE space = ?1",
        "DELETE FROM card WHERE space = ?1",
        "DELETE FROM space_key WHERE space = ?1",
        "DELETE FROM holdings WHERE space = ?1",
        "DELETE FROM space WHERE id = ?1",
    ] {
        db.execute(sql, [id])?;
    }
    Ok(())
}

/// Keeps a statement; a known one stays as it is.
///
/// # Errors
/// Those of the database.
pub fn put_statement(db: &Connection, space: &SpaceId, id: &StatementId, signed: &[u8]) -> Result<bool> {
    let added = db
        .prepare_cached("INSERT OR IGNORE INTO statement (id, space, signed) VALUES (?1, ?2, ?3)")?
        .execute(params![id, space, signed])?;
    Ok(added == 1)
}

/// How many statements signed by a key were taken in on this day so far, this one counted.
///
/// # Errors
/// Those of the database.
pub fn count_statement(db: &Connection, space: &SpaceId, signer: &[u8; 32], day: i64) -> Result<i64> {
    Ok(db
        .prepare_cached(
            "INSERT INTO statement_rate (space, signer, day, taken) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT (space, signer) DO UPDATE SET
               taken = CASE WHEN day = excluded.day THEN taken + 1 ELSE 1 END, day = excluded.day
             RETURNING taken",
        )?
        .query_row(params![space, signer, day], |row| row.get(0))?)
}

/// Takes a statement out: it can never count.
///
/// # Errors
/// Those of the database.
pub fn remove_statement(db: &Connection, id: &StatementId) -> Result<()> {
    db.prepare_cached("DELETE FROM statement WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// All statements of a space in the order they came, so parents stand before children.
///
/// # Errors
/// Those of the database.
pub fn statements(db: &Connection, space: &SpaceId) -> Result<Vec<(StatementId, Vec<u8>)>> {
    let mut query = db.prepare_cached("SELECT id, signed FROM statement WHERE space = ?1 ORDER BY position")?;
    let rows = query.query_map([space], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Keeps the newest card of a device.
///
/// # Errors
/// Those of the database.
pub fn put_card(
    db: &Connection,
    space: &SpaceId,
    device: &DeviceId,
    rev: u64,
    signed: &[u8],
    came_ms: i64,
) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO card (space, device, rev, signed, came_ms) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (space, device) DO UPDATE SET rev = excluded.rev, signed = excluded.signed,
         came_ms = excluded.came_ms",
    )?
    .execute(params![space, device, i64::try_from(rev).unwrap_or(i64::MAX), signed, came_ms])?;
    Ok(())
}

/// The cards of a space with their revisions, by device.
///
/// # Errors
/// Those of the database.
pub fn cards(db: &Connection, space: &SpaceId) -> Result<Vec<(DeviceId, u64, Vec<u8>)>> {
    let mut query = db.prepare_cached("SELECT device, rev, signed FROM card WHERE space = ?1 ORDER BY device")?;
    let rows = query.query_map([space], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs(), row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// When a device's card came here, Unix milliseconds by this device's clock.
///
/// # Errors
/// Those of the database.
pub fn card_came_ms(db: &Connection, space: &SpaceId, device: &DeviceId) -> Result<Option<i64>> {
    Ok(db
        .prepare_cached("SELECT came_ms FROM card WHERE space = ?1 AND device = ?2")?
        .query_row(params![space, device], |row| row.get(0))
        .optional()?)
}

/// Keeps this device's private halves for a space.
///
/// # Errors
/// Those of the database.
pub fn put_space_keys(db: &Connection, space: &SpaceId, keys: &[u8]) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO space_key (space, keys) VALUES (?1, ?2) ON CONFLICT (space) DO UPDATE SET keys = excluded.keys",
    )?
    .execute(params![space, keys])?;
    Ok(())
}

/// This device's private halves of every space.
///
/// # Errors
/// Those of the database.
pub fn space_keys(db: &Connection) -> Result<Vec<(SpaceId, SecretBytes)>> {
    let mut query = db.prepare_cached("SELECT space, keys FROM space_key ORDER BY space")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, SecretBytes::new(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Keeps what another device says it holds, if its counter is higher than the one kept.
///
/// # Errors
/// Those of the database.
pub fn put_holdings(db: &Connection, space: &SpaceId, device: &DeviceId, counter: u64, signed: &[u8]) -> Result<bool> {
    let changed = db
        .prepare_cached(
            "INSERT INTO holdings (space, device, counter, signed) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (space, device) DO UPDATE SET counter = excluded.counter, signed = excluded.signed
             WHERE excluded.counter > holdings.counter",
        )?
        .execute(params![space, device, i64::try_from(counter).unwrap_or(i64::MAX), signed])?;
    Ok(changed == 1)
}

/// The newest holdings known of a device.
///
/// # Errors
/// Those of the database.
pub fn holdings(db: &Connection, space: &SpaceId, device: &DeviceId) -> Result<Option<Vec<u8>>> {
    Ok(db
        .prepare_cached("SELECT signed FROM holdings WHERE space = ?1 AND device = ?2")?
        .query_row(params![space, device], |row| row.get(0))
        .optional()?)
}
