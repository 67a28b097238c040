//! What is followed from change to change is what a whole reading says, whatever was written apart.

use super::*;
use crate::batch::{Birth, Chunk, derive_actor};
use crate::editing::Splice;
use crate::ids::{ChangeId, DeviceId, SpaceId};

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

fn birth(kind: Kind) -> Birth {
    Birth { space: SpaceId([1; 32]), kind: kind.number(), writer: None, about: None, key: None, nonce: [9; 32] }
}

/// One step somewhere, down to a map within a map within a map, on so few keys that the same is often made apart.
fn any_step(doc: &Doc, dice: &mut Dice) -> Option<Step> {
    let mut path = Vec::new();
    let tree = doc.now().tree();
    let mut here = &tree;
    for _ in 0..=dice.below(4) {
        let keys: Vec<String> = match here {
            Tree::Map(map) if path.is_empty() => map.keys().cloned().chain(["title".to_owned()]).collect(),
            Tree::Map(_) => ["a", "b", "text"].map(str::to_owned).to_vec(),
            _ => break,
        };
        let key = keys[dice.below(keys.len())].clone();
        path.push(key.clone());
        match here.get(&key) {
            Some(below) => here = below,
            None => break,
        }
    }
    let is_text = tree_at(&tree, &path).is_some_and(|tree| matches!(tree, Tree::Text(_)));
    let units = if let Some(Tree::Text(text)) = tree_at(&tree, &path) { text.encode_utf16().count() } else { 0 };
    Some(match dice.below(if path.len() == 1 { 4 } else { 6 }) {
        0..=2 if is_text => {
            let at = dice.below(units + 1);
            let remove = dice.below(units - at + 1).min(2);
            Step::Splice(path, vec![Splice { at, remove, insert: "كلمة".into() }])
        }
        0 => Step::Set(path, Scalar::Int(dice.below(9) as i64)),
        1 => Step::Text(path, "words".to_owned()),
        2 | 4 => Step::Map(path),
        3 => Step::Set(path, Scalar::Bytes(vec![[0, 1, 2][dice.below(3)]; 3])),
        _ => {
            tree_at(&tree, &path)?;
            Step::Remove(path)
        }
    })
}

fn tree_at<'t>(tree: &'t Tree, path: &[String]) -> Option<&'t Tree> {
    path.iter().try_fold(tree, |tree, key| tree.get(key))
}

/// Changes by three devices that meet now and then, every one after what it depends on; the last gets all.
fn written(kind: Kind, dice: &mut Dice) -> (Doc, Vec<Chunk>) {
    let mut devices: Vec<(Doc, usize)> = (0..3).map(|_| (Doc::born(birth(kind)).unwrap(), 0)).collect();
    let mut all: Vec<Vec<u8>> = Vec::new();
    for _ in 0..40 {
        let who = dice.below(3);
        if dice.below(4) == 0 {
            let (doc, known) = &mut devices[who];
            // What it has already is passed over.
            doc.apply(all[*known..].to_vec()).unwrap();
            *known = all.len();
        }
        let doc = &mut devices[who].0;
        let actor = derive_actor(&DeviceId([[1, 2, 3][who]; 32]), &doc.id(), &[1; 16]);
        for _ in 0..=dice.below(3) {
            let Some(step) = any_step(doc, dice) else { continue };
            all.extend(doc.perform(actor, &[step]).unwrap());
        }
    }
    let mut whole = Doc::born(birth(kind)).unwrap();
    whole.apply(all.clone()).unwrap();
    (whole, all.into_iter().map(|raw| Chunk::read(raw).unwrap()).collect())
}

fn deps(chunk: &Chunk) -> Vec<ChangeId> {
    Doc::describe(chunk.bytes()).unwrap().deps
}

#[test]
fn what_is_followed_is_what_is_there() {
    let cases = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60);
    let (mut followed_on, mut seen) = (0, 0);
    for seed in 0..cases {
        let dice = &mut Dice(seed);
        let kind = [Kind::Plan, Kind::Goal, Kind::Lane, Kind::Note][dice.below(4)];
        let (doc, chunks) = written(kind, dice);
        let mut lines: Vec<(Vec<ChangeId>, Followed)> = Vec::new();
        let mut at = 0;
        while let Some(first) = chunks.get(at) {
            // As many as follow in one line, as in a batch.
            let goes_on = |pair: &[Chunk]| deps(&pair[1]) == [pair[0].id()];
            let most = 1 + chunks[at..].windows(2).take_while(|pair| goes_on(pair)).count();
            let changes = &chunks[at..at + 1 + dice.below(most)];
            at += changes.len();
            let stands_on = deps(first);
            let known = lines.iter().position(|(heads, _)| *heads == stands_on);
            let from = known.map(|known| lines.remove(known).1);
            followed_on += usize::from(from.is_some());
            seen += 1;
            let newest = vec![changes[changes.len() - 1].id()];
            let read = |view: View<'_>| (view.tree(), view.all_values("decisions"), State::read(kind, view));
            let (followed, said) = doc.follow(from.map(|from| (from, changes)), &newest, read).unwrap();
            assert_eq!(said, doc.at(&newest, read).unwrap(), "seed {seed}");
            lines.push((newest, followed));
        }
    }
    assert!(followed_on * 2 > seen, "{followed_on} of {seen} were followed");
}
