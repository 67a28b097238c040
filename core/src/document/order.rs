//! Order keys: where an element stands among its siblings, so that adding and moving apart both merge.
//!
//! A key is a base-62 fraction between its neighbours followed by two random characters, so that two devices that
//! insert at one place rarely make equal keys; equal ones sort by id (protocol.md §4, "Collections").

use crate::secret::Entropy;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Longest key that is kept (protocol.md §4).
pub const KEY_BYTES_MAX: usize = 64;

fn digit(byte: u8) -> usize {
    DIGITS.iter().position(|candidate| *candidate == byte).unwrap_or(0)
}

fn symbol(value: usize) -> char {
    DIGITS.get(value % DIGITS.len()).copied().map_or('0', char::from)
}

/// A key between two neighbours; `None` stands for the beginning or the end of the list.
///
/// Keys that touch, are out of order or are too long to go between give a key right after `before`.
pub fn make_between(before: Option<&str>, after: Option<&str>, entropy: &mut dyn Entropy) -> String {
    let before = before.unwrap_or_default().as_bytes();
    let after = after.map(str::as_bytes);
    let mut key = String::new();
    for at in 0..KEY_BYTES_MAX - 3 {
        let low = before.get(at).map_or(0, |byte| digit(*byte));
        // Once the key is below `after`, the rest of `after` bounds nothing.
        let bounded = after.filter(|after| after.get(..at).is_some_and(|head| head == key.as_bytes()));
        let high = bounded.map_or(DIGITS.len(), |after| after.get(at).map_or(0, |byte| digit(*byte)));
        let middle = usize::midpoint(low, high);
        key.push(symbol(if middle > low { middle } else { low }));
        if middle > low {
            break;
        }
    }
    for byte in entropy.bytes::<2>() {
        key.push(symbol(usize::from(byte)));
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);
    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_mul(31).wrapping_add(7);
                *byte = self.0;
            }
        }
    }

    #[test]
    fn a_key_stands_between_its_neighbours_wherever_one_inserts() {
        let mut entropy = Counting(1);
        let mut keys: Vec<String> = Vec::new();
        for turn in 0..400_usize {
            let at = match turn % 4 {
                0 => keys.len(),
                1 => 0,
                _ => (turn * 7919) % (keys.len() + 1),
            };
            let before = at.checked_sub(1).map(|i| keys[i].clone());
            let key = make_between(before.as_deref(), keys.get(at).map(String::as_str), &mut entropy);
            assert!(key.len() <= KEY_BYTES_MAX);
            keys.insert(at, key);
        }
        let mut sorted = keys.clone();
        sorted.sort();
        assert_eq!(keys, sorted);
    }
}
