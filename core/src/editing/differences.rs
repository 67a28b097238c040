//! What changed between two texts, as splices that follow what a person did closely enough to merge.

use super::{Splice, units};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::BTreeMap;
use unicode_segmentation::UnicodeSegmentation;

/// Most pairs of pieces that one comparison may look at: two stretches of 4,000 pieces each. Myers takes
/// (N + M) · D steps, so this is what two texts without a common piece may cost.
const PAIRS_MAX: usize = 16_000_000;

/// What leads from `old` to `new`, in splices whose edges lie between grapheme clusters of both.
///
/// Lines are compared first, then the words of changed lines, then the clusters of changed words, so an
/// edited page costs no more than its changed parts. A stretch too large to compare is one splice.
pub fn differences(old: &str, new: &str) -> Vec<Splice> {
    let old: Vec<&str> = old.graphemes(true).collect();
    let new: Vec<&str> = new.graphemes(true).collect();
    let mut found = Found::default();
    found.compare(&old, &new, Grain::Line);
    found.splices
}

/// What a text is cut into for one comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grain {
    Line,
    Word,
    Cluster,
}

impl Grain {
    fn finer(self) -> Option<Grain> {
        match self {
            Grain::Line => Some(Grain::Word),
            Grain::Word => Some(Grain::Cluster),
            Grain::Cluster => None,
        }
    }

    fn ends_after(self, cluster: &str, next: Option<&str>) -> bool {
        let is_word = |cluster: &str| cluster.chars().next().is_some_and(char::is_alphanumeric);
        match self {
            Grain::Line => cluster.ends_with('\n'),
            Grain::Word => !is_word(cluster) || !next.is_some_and(is_word),
            Grain::Cluster => true,
        }
    }

    fn cut<'a, 't>(self, mut clusters: &'a [&'t str]) -> Vec<&'a [&'t str]> {
        let mut pieces = Vec::new();
        while !clusters.is_empty() {
            let following = clusters.iter().skip(1).map(|next| Some(*next)).chain([None]);
            let ends = clusters.iter().zip(following).position(|(cluster, next)| self.ends_after(cluster, next));
            let Some((piece, rest)) = clusters.split_at_checked(ends.map_or(clusters.len(), |end| end + 1)) else {
                break;
            };
            pieces.push(piece);
            clusters = rest;
        }
        pieces
    }
}

#[derive(Default)]
struct Found {
    splices: Vec<Splice>,
    // Units of the new text behind which all is found.
    at: usize,
}

impl Found {
    fn compare(&mut self, old: &[&str], new: &[&str], grain: Grain) {
        let common = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let (start, old) = old.split_at_checked(common).expect("no more are common than there are");
        let (_, new) = new.split_at_checked(common).expect("no more are common than there are");
        let ending = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
        let (old, end) = old.split_at_checked(old.len() - ending).expect("no more are common than there are");
        let (new, _) = new.split_at_checked(new.len() - ending).expect("no more are common than there are");
        self.keep(start);
        if old.is_empty() || new.is_empty() {
            self.replace(old, new);
        } else {
            self.middle(old, new, grain);
        }
        self.keep(end);
    }

    fn middle(&mut self, old: &[&str], new: &[&str], grain: Grain) {
        let (old_pieces, new_pieces) = (grain.cut(old), grain.cut(new));
        if old_pieces.len().saturating_mul(new_pieces.len()) > PAIRS_MAX {
            return self.replace(old, new);
        }
        // Numbers in the place of pieces: a comparison then costs the same for a line as for a letter.
        let mut numbers = BTreeMap::new();
        let mut number = |piece: &[&str]| {
            let next = numbers.len();
            *numbers.entry(piece.concat()).or_insert(next)
        };
        let old_numbers: Vec<usize> = old_pieces.iter().map(|piece| number(piece)).collect();
        let new_numbers: Vec<usize> = new_pieces.iter().map(|piece| number(piece)).collect();
        let steps = capture_diff_slices(Algorithm::Myers, &old_numbers, &new_numbers);
        for step in steps {
            let old: Vec<&str> = old_pieces.get(step.old_range()).unwrap_or_default().concat();
            let new: Vec<&str> = new_pieces.get(step.new_range()).unwrap_or_default().concat();
            match (step, grain.finer()) {
                (DiffOp::Equal { .. }, _) => self.keep(&new),
                (DiffOp::Replace { .. }, Some(finer)) => self.compare(&old, &new, finer),
                _ => self.replace(&old, &new),
            }
        }
    }

    fn keep(&mut self, clusters: &[&str]) {
        self.at += clusters.iter().map(|cluster| units(cluster)).sum::<usize>();
    }

    fn replace(&mut self, old: &[&str], new: &[&str]) {
        if old.is_empty() && new.is_empty() {
            return;
        }
        let insert = new.concat();
        let remove = old.iter().map(|cluster| units(cluster)).sum();
        let length = units(&insert);
        self.splices.push(Splice { at: self.at, remove, insert });
        self.at += length;
    }
}
