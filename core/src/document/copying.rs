//! What a document says now, as steps for a new one: how values go on where their past is forgotten.

use super::{Doc, Path, Step, Tree};
use crate::batch::Birth;
use crate::error::Result;

/// The steps that make a new document, born like this, say what `tree` says. Every text is a new one, so that copies made
/// apart never run into each other: one of them is shown (protocol.md §4).
///
/// # Errors
/// `NewerSchema` for a kind this build does not know.
pub fn copy(tree: &Tree, into: &Birth) -> Result<Vec<Step>> {
    let seed = Doc::born(into.clone())?.now().tree();
    let mut steps = Vec::new();
    copy_map(tree, &seed, &Vec::new(), &mut steps);
    Ok(steps)
}

fn copy_map(from: &Tree, there: &Tree, path: &Path, steps: &mut Vec<Step>) {
    for (key, value) in from.entries() {
        let mut path = path.clone();
        path.push(key.clone());
        let here = there.get(key);
        match value {
            Tree::Text(text) if text.is_empty() && matches!(here, Some(Tree::Text(_))) => {}
            Tree::Text(text) => steps.push(Step::Text(path, text.clone())),
            Tree::Scalar(scalar) => steps.push(Step::Set(path, scalar.clone())),
            Tree::Map(_) => {
                let empty = Tree::default();
                // A map of the seed is there on every device; making it again would hide what another puts into it.
                let there = here.filter(|here| matches!(here, Tree::Map(_)));
                if there.is_none() {
                    steps.push(Step::Map(path.clone()));
                }
                copy_map(value, there.unwrap_or(&empty), &path, steps);
            }
        }
    }
}
