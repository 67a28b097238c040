//! What this device holds and what waits.

use super::asks::NoteFilter;
use super::look::Look;
use super::notices::Notice;
use super::relationships::RelationshipRow;
use super::{goals, ideas, kept_out, notes, notices, plans, relationships};
use crate::cbor;
use crate::crypto::hash::sha256;
use crate::error::Result;
use crate::ids::{DocId, SpaceId, short_hash};
use crate::projection::Matter;
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
    /// Someone else may hold keys: to be said before anything else.
    pub notices: Vec<Notice>,
    pub relationships: Vec<RelationshipRow>,
}

/// The counter that is not 0 once the 24 words were typed back.
pub const WORDS_TESTED: &str = "words_tested";
/// The counter that is not 0 once it was understood that lost words open nothing.
pub const ACKNOWLEDGED: &str = "acknowledged";

pub(super) fn detail(look: &Look<'_>) -> Result<StatusDetail> {
    look.needs(&[Matter::Vault]);
    Ok(StatusDetail {
        words_tested: singles::counter(look.db(), WORDS_TESTED)? != 0,
        acknowledged: singles::counter(look.db(), ACKNOWLEDGED)? != 0,
        notes: notes::count(look, &NoteFilter::default())?,
        goals: goals::count(look)?,
        plans: plans::count(look)?,
        ideas_waiting: ideas::mine_to_decide(look)?.len() as u64,
        kept_out: kept_out::count(look)?,
        notices: notices::list(look)?,
        relationships: relationships::list(look)?,
    })
}

/// What stands for all that is accepted, space by space.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StatesDetail {
    /// My own space, 4-4-4-4; empty while something of it is not hashed.
    pub own_state_short: String,
    /// Those I share.
    pub spaces: Vec<StateRow>,
}

/// What stands for all that is accepted in a space: equal where two phones accepted the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateRow {
    /// Which.
    pub space: SpaceId,
    /// 4-4-4-4, the beginning of [`state_hash`]; empty while something of it is not hashed.
    pub state_short: String,
}

/// All that is remembered; the companion hashes what is not before it asks.
pub(super) fn states(look: &Look<'_>) -> Result<StatesDetail> {
    use Matter::{Column, Forgotten, Goal, Joint, Lane, Log, Note, OwnLog, Plan, Profile, Repair, Space, Spaces};
    look.needs(&[Note, Goal, Plan, Joint, Column, Lane, Profile, Spaces, Space, Log, OwnLog, Forgotten, Repair]);
    look.needs(&[Matter::Other]);
    let mut states = StatesDetail::default();
    for space in spaces::all_spaces(look.db())? {
        let hash = state_hash(look.db(), &space.id)?;
        let state_short = hash.map(|hash| short_hash(&hash)).unwrap_or_default();
        match space.kind == SpaceKind::Own.code() {
            true => states.own_state_short = state_short,
            false => states.spaces.push(StateRow { space: space.id, state_short }),
        }
    }
    Ok(states)
}

/// SHA-256 over the deterministic CBOR of [document, its hash] for every document of a space with an accepted batch,
/// by document: equal where two devices accepted the same. `None` while the hash of one of them is not remembered.
///
/// # Errors
/// Those of the database.
pub fn state_hash(db: &Connection, space: &SpaceId) -> Result<Option<[u8; 32]>> {
    let mut query = db.prepare_cached(
        "SELECT id FROM document WHERE space = (SELECT id FROM name WHERE value = ?1)
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
