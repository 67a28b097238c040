//! What leads a document's content back over what was done to it, where nobody changed that since. Pure.

use crate::document::plan::PartOwner;
use crate::document::{Path, Scalar, Step, Tree};

/// The way back through one document.
#[derive(Default)]
pub(super) struct Inverse {
    /// What to set.
    pub steps: Vec<Step>,
    /// Texts that were typed in: their way back is found letter by letter.
    pub texts: Vec<Path>,
    /// Parts that were handed over, with whose they were.
    pub owners: Vec<(String, PartOwner)>,
    /// Something is not taken back: it was changed since, or never is.
    pub left: bool,
}

/// A document's content before, after and now.
pub(super) struct Times<'a> {
    pub before: &'a Tree,
    pub after: &'a Tree,
    pub now: &'a Tree,
}

/// Compares what was done with what is so now.
pub(super) fn inverse(times: &Times<'_>) -> Inverse {
    let mut found = Inverse::default();
    let sides = Sides { before: Some(times.before), after: Some(times.after), now: Some(times.now) };
    walk(&mut Vec::new(), sides, &mut found);
    found
}

#[derive(Clone, Copy)]
struct Sides<'a> {
    before: Option<&'a Tree>,
    after: Option<&'a Tree>,
    now: Option<&'a Tree>,
}

impl<'a> Sides<'a> {
    fn below(self, key: &str) -> Sides<'a> {
        let one = |tree: Option<&'a Tree>| tree.and_then(|tree| tree.get(key));
        Sides { before: one(self.before), after: one(self.after), now: one(self.now) }
    }
}

fn walk(path: &mut Path, sides: Sides<'_>, into: &mut Inverse) {
    if sides.before == sides.after {
        return;
    }
    match (sides.before, sides.after) {
        (Some(before @ Tree::Map(_)), Some(after @ Tree::Map(_))) => {
            let gone = before.entries().filter(|(key, _)| after.get(key).is_none());
            for (key, _) in after.entries().chain(gone) {
                path.push(key.clone());
                walk(path, sides.below(key), into);
                path.pop();
            }
        }
        (None, Some(Tree::Map(_))) => take_out(path, sides.now, into),
        (Some(Tree::Text(_)), Some(Tree::Text(_))) => into.texts.push(path.clone()),
        (None | Some(Tree::Scalar(_)), None | Some(Tree::Scalar(_))) => set_back(path, sides, into),
        _ => into.left = true,
    }
}

/// Whatever was made under an id of its own is marked as taken out, never removed: what another wrote in it meanwhile
/// stays with it.
fn take_out(path: &Path, now: Option<&Tree>, into: &mut Inverse) {
    let mark = match path.as_slice() {
        [kind, _] if kind == "entries" || kind == "steps" => "gone",
        [kind, _] if kind == "ideas" => "withdrawn",
        _ => {
            into.left = true;
            return;
        }
    };
    match now {
        Some(now) if !now.flag(mark) => into.steps.push(Step::Set(below(path, mark), true.into())),
        _ => into.left = true,
    }
}

fn below(path: &Path, key: &str) -> Path {
    path.iter().cloned().chain([key.to_owned()]).collect()
}

fn set_back(path: &Path, sides: Sides<'_>, into: &mut Inverse) {
    let kind = path.first().map(String::as_str);
    if kind == Some("decisions") || sides.now != sides.after {
        into.left = true;
        return;
    }
    if let ([parts, key, owner], Some(Tree::Scalar(Scalar::Str(name)))) = (path.as_slice(), sides.before)
        && parts == "parts"
        && owner == "owner"
    {
        into.owners.extend(PartOwner::from_name(name).map(|owner| (key.clone(), owner)));
        return;
    }
    into.steps.push(match (sides.before, sides.after) {
        (Some(Tree::Scalar(before)), _) => Step::Set(path.clone(), before.clone()),
        // Tags and marks are read off their keys.
        _ if matches!(kind, Some("tags" | "marks")) => Step::Remove(path.clone()),
        (_, Some(Tree::Scalar(Scalar::Bool(true)))) => Step::Set(path.clone(), false.into()),
        _ => Step::Set(path.clone(), Scalar::Null),
    });
}
