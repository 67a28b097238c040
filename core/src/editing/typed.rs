//! What a person put into a text by hand, without the text: for words whose object is forgotten. Pure.

use super::{Splice, hunks};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::{BTreeMap, BTreeSet};
use unicode_segmentation::UnicodeSegmentation;

/// Most pairs of words and signs that one comparison may look at, as in [`super::differences`].
const PAIRS_MAX: usize = 16_000_000;
/// So many words in a row that stood there before were moved, not typed.
const MOVED_WORDS: usize = 5;
/// Stands where something was left out.
const LEFT_OUT: &str = "…";

/// What `splices` put into `base` that was not there: a line each, and nothing that `base` says. Five or more words in a
/// row that stand in `base` are left out wherever they were put; of a stretch too large to compare every word that is in
/// `base` is. An ellipsis stands in their place, so that nobody takes the rest for all that was typed.
pub fn typed_only(base: &str, splices: &[Splice]) -> String {
    let units: Vec<u16> = base.encode_utf16().collect();
    let hunks = hunks::compose(&units, splices).unwrap_or_default();
    let words = words_of(base);
    let rows = words.windows(MOVED_WORDS).collect();
    let fresh = |hunk: &hunks::Hunk| -> Vec<String> {
        let removed = String::from_utf16_lossy(units.get(hunk.removed.clone()).unwrap_or_default());
        let insert = String::from_utf16_lossy(&hunk.insert);
        match put_in(&removed, &insert) {
            Some(pieces) => pieces.iter().map(|piece| without(&rows, piece, MOVED_WORDS)).collect(),
            None => vec![without(&words.windows(1).collect(), &insert, 1)],
        }
    };
    let typed = hunks.iter().flat_map(fresh);
    typed.filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The stretches that came in the place of others; `None` where that is too much to compare.
fn put_in(removed: &str, insert: &str) -> Option<Vec<String>> {
    if removed.is_empty() {
        return Some(vec![insert.to_owned()]);
    }
    let old: Vec<&str> = removed.split_word_bounds().collect();
    let new: Vec<&str> = insert.split_word_bounds().collect();
    if old.len().saturating_mul(new.len()) > PAIRS_MAX {
        return None;
    }
    let mut known = BTreeMap::new();
    let mut number = |piece: &&str| {
        let next = known.len();
        *known.entry((*piece).to_owned()).or_insert(next)
    };
    let (olds, news): (Vec<usize>, Vec<usize>) =
        (old.iter().map(&mut number).collect(), new.iter().map(&mut number).collect());
    let steps = capture_diff_slices(Algorithm::Myers, &olds, &news);
    let put = steps.into_iter().filter(|step| !matches!(step, DiffOp::Equal { .. }));
    Some(put.filter_map(|step| Some(new.get(step.new_range())?.concat())).collect())
}

fn is_word(piece: &str) -> bool {
    piece.chars().any(char::is_alphanumeric)
}

fn words_of(text: &str) -> Vec<&str> {
    text.split_word_bounds().filter(|piece| is_word(piece)).collect()
}

/// The words of `new` but those that stand in one of these rows of `run` words.
fn without(rows: &BTreeSet<&[&str]>, new: &str, run: usize) -> String {
    let words = words_of(new);
    let mut is_old = vec![false; words.len()];
    for (at, row) in words.windows(run).enumerate() {
        if rows.contains(row) {
            is_old.iter_mut().skip(at).take(run).for_each(|word| *word = true);
        }
    }
    if !is_old.contains(&true) {
        return new.to_owned();
    }
    let (mut left, mut between, mut is_gap) = (String::new(), String::new(), false);
    let mut old = is_old.into_iter();
    for piece in new.split_word_bounds() {
        if !is_word(piece) {
            between.push_str(piece);
        } else if old.next() == Some(true) {
            is_gap = true;
            between.clear();
        } else {
            left.push_str(if is_gap { LEFT_OUT } else { &between });
            left.push_str(piece);
            is_gap = false;
            between.clear();
        }
    }
    left.push_str(if is_gap { LEFT_OUT } else { &between });
    // Where nothing is left there is nothing to say it of.
    if left == LEFT_OUT { String::new() } else { left }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editing::{differences, units};

    fn whole(base: &str, now: &str) -> String {
        typed_only(base, &[Splice::new(0, units(base), now)])
    }

    #[test]
    fn what_was_typed_stays_and_what_stood_there_does_not() {
        let base = "Quarrelsome heron, by the river.";
        assert_eq!(typed_only(base, &[Splice::new(17, 0, " and tea")]), " and tea");
        assert_eq!(typed_only(base, &[Splice::new(0, 0, "Two. "), Splice::new(22, 0, " and tea")]), "Two. \n and tea");
        assert_eq!(typed_only(base, &[]), "");
        // An editor that says all of it again, or more than it changed.
        assert_eq!(whole(base, base), "");
        assert_eq!(whole(base, "Quarrelsome heron and tea, by the river."), " and tea");
        assert_eq!(whole(base, "Quarrelsome kestrel, by a river."), "kestrel\na");
        assert_eq!(whole("", "All of it"), "All of it");
        assert_eq!(whole("說了算。", "他說了算。很好"), "他\n很好");
    }

    #[test]
    fn what_was_moved_is_not_typed() {
        let base = "One two three four five six. Then tea.";
        let pasted = [Splice::new(units(base), 0, " And so: One two three four five six. Late")];
        assert_eq!(typed_only(base, &pasted), " And so…Late");
        // What everybody says is not another's.
        let common = [Splice::new(units(base), 0, " One two three for you")];
        assert_eq!(typed_only(base, &common), " One two three for you");
    }

    #[test]
    fn of_a_stretch_too_large_to_compare_no_old_word_is_left() {
        let base: String = (0..4_000).map(|number| format!("old{number} ")).collect::<String>() + "Quarrelsome";
        let now: String = (0..4_000).map(|number| format!("new{} old{} ", number, 3_999 - number)).collect();
        let now = format!("{now}Quarrelsome");
        let given_up = differences(&base, &now);
        assert_eq!(given_up.len(), 1, "it is not compared");
        let typed = typed_only(&base, &given_up);
        assert!(!typed.contains("old") && !typed.contains("Quarrelsome"), "none of the old words");
        assert!(
            typed.starts_with("new0…new1…") && typed.ends_with("new3999…"),
            "what is new, and that some is left out"
        );
    }
}
