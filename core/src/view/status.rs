//! What this device holds and what waits.

use super::look::{Look, READABLE};
use super::notices::Notice;
use super::relationships::RelationshipRow;
use super::{ideas, kept_out, notices, relationships};
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::error::Result;
use crate::ids::{DocId, SpaceId, short_hash};
use crate::space::SpaceKind;
use crate::store::{documents, singles, spaces};
use minicbor::bytes::ByteArray;
use rusqlite::Connection;
use serde::Serialize;

/// What this device holds and what waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names are the fields")]
pub struct StatusDetail {
    pub words_tested: bool,
    pub acknowledged: bool,
    pub notes: u64,
    pub goals: u64,
    pub plans: u64,
    pub ideas_waiting: u64,
    pub kept_out: u64,
    pub own_state_short: String,
    /// Someone else may hold keys: to be said before anything else.
    pub notices: Vec<Notice>,
    pub relationships: Vec<RelationshipRow>,
}

/// The counter that is not 0 once the 24 words were typed back.
pub const WORDS_TESTED: &str = "words_tested";
/// The counter that is not 0 once it was understood that lost words open nothing.
pub const ACKNOWLEDGED: &str = "acknowledged";

pub(super) fn detail(look: &Look<'_>) -> Result<StatusDetail> {
    let own = spaces::all_spaces(look.db())?.into_iter().find(|space| space.kind == SpaceKind::Own.code());
    let own = match own {
        Some(own) => state_hash(look.db(), &own.id)?,
        None => None,
    };
    Ok(StatusDetail {
        words_tested: singles::counter(look.db(), WORDS_TESTED)? != 0,
        acknowledged: singles::counter(look.db(), ACKNOWLEDGED)? != 0,
        notes: count(look, "note", "AND space.kind = 1 AND note.trashed_ms IS NULL")?,
        goals: count(look, "goal", "")?,
        plans: count(look, "plan", "")?,
        ideas_waiting: ideas::mine_to_decide(look)?.len() as u64,
        kept_out: kept_out::count(look)?,
        own_state_short: own.map(|hash| short_hash(&hash)).unwrap_or_default(),
        notices: notices::list(look)?,
        relationships: relationships::list(look)?,
    })
}

/// As many as the list shows.
fn count(look: &Look<'_>, table: &str, only: &str) -> Result<u64> {
    let total: i64 = look
        .db()
        .prepare_cached(&format!(
            "SELECT count(*) FROM {table} JOIN document ON document.id = {table}.doc
             JOIN space ON space.id = document.space WHERE {READABLE} {only}"
        ))?
        .query_row([], |row| row.get(0))?;
    Ok(total.unsigned_abs())
}

/// SHA-256 over the deterministic CBOR of [document, its hash] for every document of a space with an accepted batch,
/// by document: equal where two devices accepted the same. `None` while the hash of one of them is not remembered.
///
/// # Errors
/// Those of the database.
pub fn state_hash(db: &Connection, space: &SpaceId) -> Result<Option<[u8; 32]>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM document WHERE space = ?1
         AND EXISTS (SELECT 1 FROM batch WHERE batch.doc = document.id AND batch.stage = 3) ORDER BY id",
    )?;
    let docs: Vec<DocId> = query.query_map([space], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut hashes: Vec<(DocId, ByteArray<32>)> = Vec::with_capacity(docs.len());
    for doc in docs {
        match documents::hash(db, &doc)? {
            Some(hash) => hashes.push((doc, hash.into())),
            None => return Ok(None),
        }
    }
    Ok(Some(sha256(&[&cbor::encode(&hashes)])))
}
