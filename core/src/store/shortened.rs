//! Header and facts of a batch as its row keeps them: without what the row's other columns say already. Nothing is made
//! anew: stretches of bytes that are known are left out and put back where they were, so that the exact bytes which were
//! signed come out again, whatever they are and whoever wrote them.
//!
//! Form: how many stretches are spoken of, for each 0 (it is not in it) or 1 + the bytes kept between it and the one
//! before, then all bytes that are kept. Empty stays empty.

use crate::ids::{BatchId, DeviceId, DocId, SpaceId};

/// A stretch of bytes that need not be kept.
enum Known {
    /// These.
    Bytes(Vec<u8>),
    /// These, and the 32 bytes before them once more.
    Again(&'static [u8]),
}

/// A longer stretch between two is kept with what follows.
const BETWEEN_MAX: usize = 254;
/// Length of every id and hash.
const ID_BYTES: usize = 32;

impl Known {
    fn len(&self) -> usize {
        match self {
            Known::Bytes(bytes) => bytes.len(),
            Known::Again(head) => head.len() + ID_BYTES,
        }
    }

    /// Whether it stands behind so many of these bytes.
    fn stands(&self, bytes: &[u8], at: usize) -> bool {
        let (before, behind) = bytes.split_at(at);
        match self {
            Known::Bytes(known) => behind.starts_with(known),
            Known::Again(head) => {
                let again = behind.strip_prefix(*head).and_then(|rest| rest.get(..ID_BYTES));
                again.is_some_and(|again| before.ends_with(again))
            }
        }
    }

    fn put_back(&self, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Known::Bytes(known) => out.extend(known),
            Known::Again(head) => {
                let again = out.get(out.len().checked_sub(ID_BYTES)?..)?.to_vec();
                out.extend(*head);
                out.extend(again);
            }
        }
        Some(())
    }
}

/// Bytes as they are kept beside columns that say these, in this order.
fn shorten(bytes: &[u8], all: &[Known]) -> Vec<u8> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let mut short = vec![u8::try_from(all.len()).expect("a handful")];
    let (mut kept, mut from) = (Vec::<u8>::new(), 0);
    for known in all {
        let last = bytes.len().saturating_sub(known.len()).min(from + BETWEEN_MAX);
        let found = (from..=last).find(|at| known.stands(bytes, *at));
        short.push(found.map_or(0, |at| u8::try_from(1 + at - from).expect("at most 255")));
        if let Some(at) = found {
            kept.extend(bytes.get(from..at).unwrap_or_default());
            from = at + known.len();
        }
    }
    kept.extend(bytes.get(from..).unwrap_or_default());
    short.extend(kept);
    short
}

/// What [`shorten`] was given; `None` for what it never makes.
fn restore(short: &[u8], all: &[Known]) -> Option<Vec<u8>> {
    let Some((spoken_of, rest)) = short.split_first() else { return Some(Vec::new()) };
    let (between, mut rest) = rest.split_at_checked(usize::from(*spoken_of).min(all.len() + 1))?;
    if between.len() > all.len() {
        return None;
    }
    let mut out = Vec::with_capacity(short.len() + all.iter().map(Known::len).sum::<usize>());
    for (known, between) in all.iter().zip(between) {
        let Some(between) = between.checked_sub(1) else { continue };
        let (kept, behind) = rest.split_at_checked(usize::from(between))?;
        out.extend(kept);
        known.put_back(&mut out)?;
        rest = behind;
    }
    out.extend(rest);
    Some(out)
}

/// What a header of this build says that stands beside it (fields 2, 3 and 6, and the beginnings of their neighbours).
fn in_header(space: &SpaceId, device: &DeviceId, doc: &DocId) -> [Known; 2] {
    [
        Known::Bytes([&[0x02, 0x58, 0x20], &space.0[..], &[0x03, 0x58, 0x20], &device.0, &[0x04]].concat()),
        Known::Bytes([&[0x06, 0x58, 0x20], &doc.0[..], &[0x07]].concat()),
    ]
}

/// How long those are.
const IN_HEADER: [usize; 2] = [3 + ID_BYTES + 3 + ID_BYTES + 1, 3 + ID_BYTES + 1];

/// What facts say that stands beside them or twice in them (fields 1, 2 and 10: of one change first and last are the same).
fn in_facts(id: &BatchId, device: &DeviceId) -> [Known; 2] {
    [
        Known::Bytes([&[0x01, 0x58, 0x20], &id.0[..], &[0x02, 0x58, 0x20], &device.0, &[0x03, 0x50]].concat()),
        Known::Again(&[0x0a, 0x58, 0x20]),
    ]
}

/// A header as the row of its batch keeps it.
pub fn header(whole: &[u8], space: &SpaceId, device: &DeviceId, doc: &DocId) -> Vec<u8> {
    shorten(whole, &in_header(space, device, doc))
}

/// The header that a row keeps so; `None` for what [`header`] never makes: damage.
pub fn whole_header(short: &[u8], space: &SpaceId, device: &DeviceId, doc: &DocId) -> Option<Vec<u8>> {
    restore(short, &in_header(space, device, doc))
}

/// How long [`whole_header`] is, without putting it together.
pub fn whole_header_len(short: &[u8]) -> Option<usize> {
    let Some((spoken_of, rest)) = short.split_first() else { return Some(0) };
    let (between, mut rest) = rest.split_at_checked(usize::from(*spoken_of).min(IN_HEADER.len() + 1))?;
    let mut len = rest.len();
    for (at, between) in between.iter().enumerate() {
        let known = IN_HEADER.get(at)?;
        let Some(between) = between.checked_sub(1) else { continue };
        rest = rest.get(usize::from(between)..)?;
        len += known;
    }
    Some(len)
}

/// Facts as the row of their batch keeps them.
pub fn facts(whole: &[u8], id: &BatchId, device: &DeviceId) -> Vec<u8> {
    shorten(whole, &in_facts(id, device))
}

/// The facts that a row keeps so; for what [`facts`] never makes, bytes that nobody takes for facts, so that whoever
/// needs them is told of damage, and nobody else.
pub fn whole_facts(short: &[u8], id: &BatchId, device: &DeviceId) -> Vec<u8> {
    restore(short, &in_facts(id, device)).unwrap_or_else(|| vec![0xff])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: BatchId = BatchId([1; 32]);
    const DEVICE: DeviceId = DeviceId([2; 32]);
    const SPACE: SpaceId = SpaceId([3; 32]);
    const DOC: DocId = DocId([4; 32]);

    /// What is known, the ids alone, halves of them, and anything else.
    fn stretch() -> impl Strategy<Value = Vec<u8>> {
        let known = || {
            let all = in_header(&SPACE, &DEVICE, &DOC).into_iter().chain(in_facts(&ID, &DEVICE));
            all.map(|known| match known {
                Known::Bytes(bytes) => bytes,
                Known::Again(head) => [head, &[7; 32]].concat(),
            })
        };
        let known: Vec<Vec<u8>> = known().chain([vec![7; 32], vec![2; 32], vec![4; 16]]).collect();
        prop_oneof![
            proptest::sample::select(known),
            proptest::collection::vec(any::<u8>(), 0..6),
            proptest::collection::vec(any::<u8>(), 250..260)
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_kept_shortened_comes_out_bit_for_bit(stretches in proptest::collection::vec(stretch(), 0..9)) {
            let bytes = stretches.concat();
            let short = header(&bytes, &SPACE, &DEVICE, &DOC);
            prop_assert_eq!(whole_header(&short, &SPACE, &DEVICE, &DOC).unwrap_or_default(), bytes.clone());
            prop_assert_eq!(whole_header_len(&short), Some(bytes.len()));
            prop_assert!(short.len() <= bytes.len() + 3);
            let short = facts(&bytes, &ID, &DEVICE);
            prop_assert_eq!(&whole_facts(&short, &ID, &DEVICE), &bytes);
        }

        #[test]
        fn what_was_never_kept_so_is_damage_and_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let whole = whole_header(&bytes, &SPACE, &DEVICE, &DOC);
            prop_assert_eq!(whole_header_len(&bytes), whole.map(|whole| whole.len()));
            let _ = whole_facts(&bytes, &ID, &DEVICE);
        }
    }

    #[test]
    fn what_stands_beside_it_is_left_out() {
        let whole =
            [&[0xae, 1, 1, 2, 0x58, 0x20], &SPACE.0[..], &[3, 0x58, 0x20], &DEVICE.0, &[4, 9, 5, 0x80, 6, 0x58, 0x20]]
                .concat();
        let whole = [&whole[..], &DOC.0, &[7, 1, 8, 0x50], &[5; 16]].concat();
        let short = header(&whole, &SPACE, &DEVICE, &DOC);
        let kept = [&[2, 4, 4, 0xae, 1, 1, 9, 5, 0x80, 1, 8, 0x50][..], &[5; 16]].concat();
        assert_eq!(short, kept);
        // Of another document nothing is left out wrongly.
        let other = DocId([9; 32]);
        let short = header(&whole, &SPACE, &DEVICE, &other);
        assert_eq!(short.len(), whole.len() + 3 - 71);
        assert_eq!(whole_header(&short, &SPACE, &DEVICE, &other), Some(whole));
        for damaged in [vec![3, 1, 1, 1], vec![2, 9, 0, 1], vec![2], vec![255]] {
            assert_eq!(whole_header(&damaged, &SPACE, &DEVICE, &DOC), None, "{damaged:?}");
        }
        assert_eq!(whole_facts(&[2, 0, 1], &ID, &DEVICE), [0xff]);
        assert!(facts(&[], &ID, &DEVICE).is_empty() && whole_facts(&[], &ID, &DEVICE).is_empty());
    }
}
