//! Whether the words an idea is about changed since it was written, without the merge engine: by the batches that
//! its base stands on.

use super::look::Look;
use crate::batch::BatchFacts;
use crate::cbor;
use crate::document::act::ActKind;
use crate::document::lane::IdeaKind;
use crate::error::Result;
use crate::ids::{BatchId, ChangeId, DocId, Rev};
use crate::projection::lines::IdeaLine;
use crate::store::batches;
use rusqlite::params;
use std::collections::{BTreeMap, BTreeSet};

/// Whether the target of an idea may read otherwise than its author saw it. A base that is not known here counts as
/// changed, as it does for the command that decides.
pub(super) fn may_have_changed(look: &Look<'_>, doc: &DocId, now: Option<&Rev>, idea: &IdeaLine) -> Result<bool> {
    let (Some(element), IdeaKind::Change | IdeaKind::Remove) = (idea.element, idea.kind) else { return Ok(false) };
    let base = Rev::from_token(&idea.base);
    if now == Some(&base) {
        return Ok(false);
    }
    let mut query =
        look.db().prepare_cached("SELECT batch FROM history WHERE element = ?1 AND doc = ?2 AND act IN (?3, ?4)")?;
    let acts = [ActKind::EntryText as u8, ActKind::StepText as u8];
    let edits: Vec<Option<BatchId>> =
        query.query_map(params![element, doc, acts[0], acts[1]], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let Some(seen) = stands_on(look, doc, &base)? else { return Ok(true) };
    Ok(edits.iter().any(|batch| batch.is_none_or(|batch| !seen.contains(&batch))))
}

/// The batches of a document at this revision; nothing where one of its heads is not known.
fn stands_on(look: &Look<'_>, doc: &DocId, base: &Rev) -> Result<Option<BTreeSet<BatchId>>> {
    let Some(mut open) = base.heads().filter(|heads| !heads.is_empty()) else { return Ok(None) };
    let mut by_last: BTreeMap<ChangeId, BatchFacts> = BTreeMap::new();
    for facts in batches::facts_of_accepted(look.db(), doc)? {
        let Ok(facts) = cbor::decode_own::<BatchFacts>(&facts) else { continue };
        by_last.extend(facts.last.map(|last| (last, facts)));
    }
    if open.iter().any(|head| !by_last.contains_key(head)) {
        return Ok(None);
    }
    let mut seen = BTreeSet::new();
    while let Some(change) = open.pop() {
        if let Some(facts) = by_last.get(&change).filter(|facts| seen.insert(facts.id)) {
            open.extend(&facts.deps);
        }
    }
    Ok(Some(seen))
}
