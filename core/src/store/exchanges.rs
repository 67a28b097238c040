//! Records of exchanges under way: what a pairing must remember between its three messages.

use crate::error::Result;
use crate::ids::{ExchangeId, SpaceId};
use crate::secret::SecretBytes;
use rusqlite::{Connection, OptionalExtension, params};

/// An exchange as it is kept.
#[derive(Clone)]
#[allow(missing_docs, reason = "columns of the table exchange, named alike")]
pub struct ExchangeRecord {
    pub id: ExchangeId,
    /// 1 invited, 2 replied, 3 waits for digits, 4 done, 5 ended.
    pub stage: u32,
    pub expires_ms: i64,
    /// The state machine's private half; empty once it is not needed any more.
    pub private: SecretBytes,
    /// What was last sent, to give it again when the same message comes twice.
    pub sent: SecretBytes,
    /// SHA-256 of the message that used the invitation up.
    pub used_by: Option<[u8; 32]>,
    pub space: Option<SpaceId>,
    /// My name for the other side.
    pub nickname: String,
}

impl std::fmt::Debug for ExchangeRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ExchangeRecord({:?}, stage {})", self.id, self.stage)
    }
}

fn exchange(row: &rusqlite::Row<'_>) -> rusqlite::Result<ExchangeRecord> {
    Ok(ExchangeRecord {
        id: row.get(0)?,
        stage: row.get(1)?,
        expires_ms: row.get(2)?,
        private: SecretBytes::new(row.get(3)?),
        sent: SecretBytes::new(row.get(4)?),
        used_by: row.get(5)?,
        space: row.get(6)?,
        nickname: row.get(7)?,
    })
}

const COLUMNS: &str = "id, stage, expires_ms, private, sent, used_by, space, nickname";

/// Keeps an exchange as it now stands.
///
/// # Errors
/// Those of the database.
pub fn put(db: &Connection, record: &ExchangeRecord) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO exchange (id, stage, expires_ms, private, sent, used_by, space, nickname)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET stage = excluded.stage, private = excluded.private, sent = excluded.sent,
         used_by = excluded.used_by, space = excluded.space",
    )?
    .execute(params![
        record.id,
        record.stage,
        record.expires_ms,
        record.private.expose(),
        record.sent.expose(),
        record.used_by,
        record.space,
        record.nickname
    ])?;
    Ok(())
}

/// One exchange.
///
/// # Errors
/// Those of the database.
pub fn get(db: &Connection, id: &ExchangeId) -> Result<Option<ExchangeRecord>> {
    Ok(db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM exchange WHERE id = ?1"))?
        .query_row([id], exchange)
        .optional()?)
}

/// The stage of an exchange that waits for digits.
pub const WAITS_FOR_DIGITS: u32 = 3;

/// The exchanges that are not over, newest first.
///
/// # Errors
/// Those of the database.
pub fn under_way(db: &Connection) -> Result<Vec<ExchangeRecord>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM exchange WHERE stage IN (1, 2, {WAITS_FOR_DIGITS}) ORDER BY rowid DESC"
    ))?;
    let rows = query.query_map([], exchange)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// All exchanges, newest first.
///
/// # Errors
/// Those of the database.
pub fn all(db: &Connection) -> Result<Vec<ExchangeRecord>> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM exchange ORDER BY rowid DESC"))?;
    let rows = query.query_map([], exchange)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
