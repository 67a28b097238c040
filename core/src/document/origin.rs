//! What a goal or plan goes on from. It lies in the new document, so that all phones of its owner read it, whatever else
//! was written in either: an id in the older one would be another's to choose, and one may go on without any line.

use super::{Scalar, Step, Tree};
use crate::ids::DocId;

/// The key of a goal or plan under which it says so.
const ORIGIN: &str = "origin";

/// What a goal or plan goes on from; `None` where it says nothing of the sort. It counts only in a space of one's own.
pub(super) fn read_origin(tree: &Tree) -> Option<DocId> {
    match tree.get(ORIGIN) {
        Some(Tree::Scalar(Scalar::Bytes(id))) => DocId::from_slice(id),
        _ => None,
    }
}

/// The steps of a new goal or plan, and what it goes on from, whatever was copied with them.
pub fn going_on_from(id: &DocId, mut steps: Vec<Step>) -> Vec<Step> {
    let origin = vec![ORIGIN.to_owned()];
    steps.retain(|step| !matches!(step, Step::Set(path, _) if *path == origin));
    steps.push(Step::Set(origin, Scalar::Bytes(id.0.to_vec())));
    steps
}
