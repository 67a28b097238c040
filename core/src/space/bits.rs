//! Sets of small numbers, for causal pasts: joining and comparing them costs a word per 64 statements.

/// A set of numbers. Equal sets are equal values: it never ends in an empty word.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Puts a number in.
    pub fn insert(&mut self, number: usize) {
        let at = number / 64;
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        if let Some(word) = self.0.get_mut(at) {
            *word |= 1 << (number % 64);
        }
    }
    /// Whether it holds a number.
    pub fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
    /// Takes in all of another.
    pub fn join(&mut self, other: &Bits) {
        if other.0.len() > self.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(word, more)| *word |= more);
    }
    /// What both hold.
    pub fn both(&self, other: &Bits) -> Bits {
        let mut words: Vec<u64> = self.0.iter().zip(&other.0).map(|(one, two)| one & two).collect();
        let length = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        words.truncate(length);
        Bits(words)
    }
    /// Whether both hold one number at least.
    pub fn meets(&self, other: &Bits) -> bool {
        self.0.iter().zip(&other.0).any(|(one, two)| one & two != 0)
    }
    /// How many it holds.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
    /// The numbers, rising; or falling with `rev`.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = usize> {
        let inside = |(at, word): (usize, &u64)| {
            let word = *word;
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit)
        };
        self.0.iter().enumerate().filter(|(_, word)| **word != 0).flat_map(inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn bits(numbers: &BTreeSet<usize>) -> Bits {
        let mut made = Bits::default();
        numbers.iter().for_each(|number| made.insert(*number));
        made
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn it_is_a_set(one in prop::collection::btree_set(0_usize..300, 0..40), two in prop::collection::btree_set(0_usize..300, 0..40)) {
            let (a, b) = (bits(&one), bits(&two));
            let shared: BTreeSet<usize> = one.intersection(&two).copied().collect();
            prop_assert_eq!(a.both(&b), bits(&shared));
            prop_assert_eq!(a.meets(&b), !shared.is_empty());
            let mut all = a.clone();
            all.join(&b);
            prop_assert_eq!(all, bits(&one.union(&two).copied().collect()));
            prop_assert_eq!((a.len(), a.iter().collect::<BTreeSet<_>>()), (one.len(), one.clone()));
            prop_assert!(a.iter().rev().is_sorted_by(|x, y| x > y));
            prop_assert_eq!(a == b, one == two);
            prop_assert!((0..300).all(|number| a.contains(number) == one.contains(&number)));
        }
    }
}
