//! What an edit did, done again to a document that has moved on.

use super::step::{Path, Step};
use super::tree::Tree;
use crate::editing::{Edit, differences, rebase};

/// Steps that do to `now` what led from `before` to `after`; none where `now` says it already.
///
/// Texts are merged letter by letter over what became of them since. A single value, or something taken out, is set
/// only where nobody said otherwise meanwhile: what stands now is never written over. Words that were added or changed
/// inside something that is gone come back with it.
pub fn difference(before: &Tree, after: &Tree, now: &Tree) -> Vec<Step> {
    let mut steps = Vec::new();
    maps(&Path::new(), before, after, now, &mut steps);
    steps
}

fn maps(path: &Path, before: &Tree, after: &Tree, now: &Tree, steps: &mut Vec<Step>) {
    for (key, was) in before.entries().filter(|(key, _)| after.get(key).is_none()) {
        if now.get(key) == Some(was) {
            steps.push(Step::Remove(below(path, key)));
        }
    }
    for (key, is) in after.entries() {
        let (was, stands) = (before.get(key), now.get(key));
        if was != Some(is) && stands != Some(is) {
            value(&below(path, key), was, is, stands, steps);
        }
    }
}

fn below(path: &Path, key: &str) -> Path {
    path.iter().cloned().chain([key.to_owned()]).collect()
}

fn value(path: &Path, was: Option<&Tree>, is: &Tree, stands: Option<&Tree>, steps: &mut Vec<Step>) {
    let empty = Tree::default();
    match (is, stands) {
        (Tree::Map(_), Some(stands @ Tree::Map(_))) => maps(path, was.unwrap_or(&empty), is, stands, steps),
        (Tree::Text(is), Some(Tree::Text(stands))) => {
            let was = match was {
                Some(Tree::Text(was)) => was.as_str(),
                _ => "",
            };
            let splices = rebase(was, stands, &differences(was, stands), Edit::Whole(is)).unwrap_or_default();
            if !splices.is_empty() {
                steps.push(Step::Splice(path.clone(), splices));
            }
        }
        // A single value that was taken out since stays out; what holds words comes back.
        (Tree::Scalar(_), None) if was.is_some() => {}
        (_, None) => make(path, is, steps),
        (_, Some(_)) if was == stands => make(path, is, steps),
        _ => {}
    }
}

fn make(path: &Path, tree: &Tree, steps: &mut Vec<Step>) {
    match tree {
        Tree::Scalar(scalar) => steps.push(Step::Set(path.clone(), scalar.clone())),
        Tree::Text(text) => steps.push(Step::Text(path.clone(), text.clone())),
        Tree::Map(map) => {
            steps.push(Step::Map(path.clone()));
            map.iter().for_each(|(key, tree)| make(&below(path, key), tree, steps));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Birth, derive_actor};
    use crate::document::step::keys;
    use crate::document::{Doc, Kind};
    use crate::ids::{DeviceId, SpaceId};

    fn born() -> Doc {
        let writer = None;
        let birth = Birth {
            space: SpaceId([1; 32]),
            kind: Kind::Note.number(),
            writer,
            about: None,
            key: None,
            nonce: [1; 32],
        };
        Doc::born(birth).unwrap()
    }

    fn edit(doc: &mut Doc, steps: &[Step]) -> Tree {
        let actor = derive_actor(&DeviceId([1; 32]), &doc.id(), &[1; 16]);
        doc.perform(actor, steps).unwrap();
        doc.now().tree()
    }

    fn line(id: &str, text: &str) -> Vec<Step> {
        vec![Step::Map(keys!["layers", id]), Step::Text(keys!["layers", id, "text"], text.to_owned())]
    }

    /// What stands after the same was done again to a document that others changed by `meanwhile`.
    fn again(first: &[Step], mine: &[Step], meanwhile: &[Step]) -> Tree {
        let (mut here, mut there) = (born(), born());
        let before = edit(&mut here, first);
        let after = edit(&mut here, mine);
        edit(&mut there, first);
        let now = edit(&mut there, meanwhile);
        let steps = difference(&before, &after, &now);
        let said = edit(&mut there, &steps);
        assert_eq!(difference(&after, &after, &said), [], "what changed nothing makes nothing");
        said
    }

    #[test]
    fn words_are_merged_and_nothing_that_stands_is_written_over() {
        let first = line("a", "Call before eight.");
        let text = |words: &str| vec![Step::Text(keys!["layers", "a", "text"], words.to_owned())];
        let said = again(&first, &text("Call or write before eight."), &text("Call before nine."));
        let words =
            |tree: &Tree, id: &str| tree.get("layers").and_then(|map| map.get(id)).map(|line| line.words("text"));
        assert_eq!(words(&said, "a").as_deref(), Some("Call or write before nine."));
        let said = again(&first, &line("b", "Walk"), &line("c", "Tea"));
        for (id, text) in [("a", "Call before eight."), ("b", "Walk"), ("c", "Tea")] {
            assert_eq!(words(&said, id).as_deref(), Some(text));
        }
        // The whole line went meanwhile: the changed words bring it back.
        let gone = [Step::Remove(keys!["layers", "a"])];
        let said = again(&first, &text("Call at noon."), &gone);
        assert_eq!(words(&said, "a").as_deref(), Some("Call at noon."));
        assert_eq!(words(&again(&first, &gone, &text("Call at noon.")), "a").as_deref(), Some("Call at noon."));
        assert_eq!(words(&again(&first, &gone, &[]), "a"), None);
    }

    #[test]
    fn single_values_are_set_where_nobody_said_otherwise() {
        let set = |value: &str| vec![Step::Set(keys!["area"], value.into())];
        let none: [Step; 0] = [];
        assert_eq!(again(&set("home"), &set("work"), &none).str("area"), Some("work"));
        assert_eq!(again(&set("home"), &set("work"), &set("play")).str("area"), Some("play"));
        assert_eq!(again(&none, &set("work"), &none).str("area"), Some("work"));
        assert_eq!(again(&set("home"), &set("work"), &[Step::Remove(keys!["area"])]).str("area"), None);
    }

    #[test]
    fn what_stands_already_is_not_said_again() {
        let (mut here, base) = (born(), born().now().tree());
        let after = edit(&mut here, &line("a", "Walk"));
        assert_eq!(difference(&base, &after, &after), []);
    }
}
