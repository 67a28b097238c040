//! CBOR as a tree that can be changed and written again, well formed or nearly so.

use super::Dice;
use super::bytes::{EDGES, mutate};

/// One item.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// Major type 0 or 1.
    Number(bool, u64),
    /// Major type 2.
    Bytes(Vec<u8>),
    /// Major type 3, whatever its bytes.
    Text(Vec<u8>),
    /// Major type 4.
    List(Vec<Item>),
    /// Major type 5.
    Map(Vec<(Item, Item)>),
    /// Major type 7, in one byte.
    Simple(u8),
}

/// Texts that break things.
const TEXTS: [&str; 7] = ["", "\0", "é\u{301}\u{301}", "\u{202e}abc", "👩‍👩‍👧", "a/../b", "Europe/Lisbon"];

impl Item {
    /// Reads one whole item.
    pub fn parse(bytes: &[u8]) -> Option<Item> {
        let mut left = bytes;
        let item = read(&mut left, 0)?;
        left.is_empty().then_some(item)
    }

    /// Its encoding, lengths in their shortest form.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Item::Number(negative, value) => head(out, u8::from(*negative), *value),
            Item::Bytes(bytes) | Item::Text(bytes) => {
                head(out, if matches!(self, Item::Bytes(_)) { 2 } else { 3 }, bytes.len() as u64);
                out.extend(bytes);
            }
            Item::List(items) => {
                head(out, 4, items.len() as u64);
                items.iter().for_each(|item| item.write(out));
            }
            Item::Map(pairs) => {
                head(out, 5, pairs.len() as u64);
                pairs.iter().for_each(|(key, value)| {
                    key.write(out);
                    value.write(out);
                });
            }
            Item::Simple(value) => out.push(0xe0 | (value & 0x1f)),
        }
    }

    /// The value under a number of a map.
    pub fn at(&mut self, key: u64) -> Option<&mut Item> {
        match self {
            Item::Map(pairs) => pairs.iter_mut().find(|(k, _)| *k == Item::Number(false, key)).map(|(_, value)| value),
            Item::List(items) => items.get_mut(usize::try_from(key).ok()?),
            _ => None,
        }
    }

    fn count(&self) -> usize {
        1 + match self {
            Item::List(items) => items.iter().map(Item::count).sum(),
            Item::Map(pairs) => pairs.iter().map(|(_, value)| value.count()).sum(),
            _ => 0,
        }
    }

    fn nth(&mut self, at: &mut usize) -> Option<&mut Item> {
        if *at == 0 {
            return Some(self);
        }
        *at -= 1;
        match self {
            Item::List(items) => items.iter_mut().find_map(|item| item.nth(at)),
            Item::Map(pairs) => pairs.iter_mut().find_map(|(_, value)| value.nth(at)),
            _ => None,
        }
    }

    /// Changes one to three items somewhere in it, mostly one.
    pub fn mutate(&mut self, dice: &mut Dice) {
        let changes = if dice.percent(75) { 1 } else { 2 + dice.below(2) };
        for _ in 0..changes {
            let mut at = dice.below(self.count());
            if let Some(item) = self.nth(&mut at) {
                item.change(dice);
            }
        }
        if dice.percent(90) {
            self.sort();
        }
    }

    fn sort(&mut self) {
        match self {
            Item::List(items) => items.iter_mut().for_each(Item::sort),
            Item::Map(pairs) => {
                pairs.iter_mut().for_each(|(_, value)| value.sort());
                pairs.sort_by_cached_key(|(key, _)| key.encode());
            }
            _ => {}
        }
    }

    fn change(&mut self, dice: &mut Dice) {
        if dice.percent(6) {
            *self = any(dice);
            return;
        }
        match self {
            Item::Number(negative, value) => match dice.below(9) {
                0..3 => *value = value.wrapping_add(1),
                3..5 => *value = value.wrapping_sub(1),
                5 => *negative ^= true,
                _ => *value = dice.number(&EDGES),
            },
            Item::Bytes(bytes) => change_bytes(dice, bytes),
            Item::Text(text) => match dice.below(3) {
                0 => mutate(dice, text),
                1 => *text = text.repeat(1 + dice.below(40)),
                _ => *text = dice.pick(&TEXTS).copied().unwrap_or_default().into(),
            },
            Item::List(items) => change_list(dice, items, any, Item::count),
            Item::Map(pairs) => {
                if dice.percent(20)
                    && let Some((key, _)) = pairs.first_mut()
                {
                    key.change(dice);
                }
                let new = |dice: &mut Dice| (Item::Number(false, 1 + dice.below(30) as u64), any(dice));
                change_list(dice, pairs, new, |(_, value)| value.count());
            }
            Item::Simple(value) => *value = [20, 21, 22, 23].get(dice.below(4)).copied().unwrap_or(22),
        }
    }
}

fn change_bytes(dice: &mut Dice, bytes: &mut Vec<u8>) {
    // What is itself an item is changed as one.
    if dice.percent(60)
        && let Some(mut inner) = Item::parse(bytes).filter(|inner| matches!(inner, Item::List(_) | Item::Map(_)))
    {
        inner.mutate(dice);
        *bytes = inner.encode();
        return;
    }
    // Hashes and keys stay as long as they are, mostly.
    if dice.percent(65)
        && let Some(byte) = bytes.get(dice.below(bytes.len())).copied()
    {
        let at = dice.below(bytes.len());
        bytes.iter_mut().skip(at).take(1 + dice.below(3)).for_each(|new| *new = byte.wrapping_add(dice.byte()));
        return;
    }
    match dice.below(6) {
        0 => bytes.truncate(dice.below(bytes.len() + 1)),
        1 => bytes.extend((0..1 + dice.below(64)).map(|at| u8::try_from(at).unwrap_or(0))),
        2 => bytes.clear(),
        3 => bytes.iter_mut().for_each(|byte| *byte = 0),
        _ => mutate(dice, bytes),
    }
}

/// More than any bound on what may be listed.
const COPIES_MAX: usize = 5_000;

fn change_list<T: Clone>(dice: &mut Dice, list: &mut Vec<T>, new: impl Fn(&mut Dice) -> T, count: fn(&T) -> usize) {
    let at = dice.below(list.len());
    match dice.below(6) {
        0 if !list.is_empty() => drop(list.remove(at)),
        1 => list.insert(at, new(dice)),
        2 if !list.is_empty() => {
            let other = dice.below(list.len());
            list.swap(at, other);
        }
        3 => list.reverse(),
        4 => {
            let times = if dice.percent(5) { COPIES_MAX } else { 1 + dice.below(70) };
            if let Some(one) = list.get(at).cloned() {
                // Copies of copies would be the target's own memory, not that of what is tried.
                let times = times.min(1 + COPIES_MAX * 2 / count(&one));
                list.extend(std::iter::repeat_n(one, times));
            }
        }
        _ => {
            if let Some(one) = list.get(at).cloned() {
                list.insert(at, one);
            }
        }
    }
}

fn any(dice: &mut Dice) -> Item {
    match dice.below(9) {
        0 | 1 => Item::Number(dice.percent(10), dice.number(&EDGES)),
        2 => Item::Bytes(vec![dice.byte(); 32]),
        3 => Item::Bytes(vec![dice.byte(); dice.below(80)]),
        4 => Item::Text(dice.pick(&TEXTS).copied().unwrap_or_default().into()),
        5 => Item::List(vec![Item::Number(false, dice.below(9) as u64); dice.below(4)]),
        6 => Item::Map(vec![(Item::Number(false, 1), Item::Bytes(vec![7; dice.below(40)]))]),
        // Deeper than anything may be.
        7 => (0..12).fold(Item::Simple(22), |inner, _| Item::List(vec![inner])),
        _ => Item::Simple(22),
    }
}

fn head(out: &mut Vec<u8>, major: u8, value: u64) {
    let major = major << 5;
    let bytes = value.to_be_bytes();
    let tail = |count: usize| bytes.get(8 - count..).unwrap_or_default();
    match value {
        0..=23 => out.push(major | bytes.last().copied().unwrap_or(0)),
        24..=0xff => out.extend([&[major | 24], tail(1)].concat()),
        0x100..=0xffff => out.extend([&[major | 25], tail(2)].concat()),
        0x1_0000..=0xffff_ffff => out.extend([&[major | 26], tail(4)].concat()),
        _ => out.extend([&[major | 27], tail(8)].concat()),
    }
}

fn take<'a>(left: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (head, tail) = left.split_at_checked(usize::try_from(count).ok()?)?;
    *left = tail;
    Some(head)
}

fn read(left: &mut &[u8], depth: usize) -> Option<Item> {
    let first = *take(left, 1)?.first()?;
    let value = match first & 0x1f {
        short @ 0..=23 => u64::from(short),
        wide @ 24..=27 => take(left, 1 << (wide - 24))?.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte)),
        _ => return None,
    };
    let many = (depth < 16 && value <= left.len() as u64).then_some(value);
    Some(match first >> 5 {
        0 => Item::Number(false, value),
        1 => Item::Number(true, value),
        2 => Item::Bytes(take(left, value)?.to_vec()),
        3 => Item::Text(take(left, value)?.to_vec()),
        4 => Item::List((0..many?).map(|_| read(left, depth + 1)).collect::<Option<_>>()?),
        5 => Item::Map(
            (0..many?).map(|_| Some((read(left, depth + 1)?, read(left, depth + 1)?))).collect::<Option<_>>()?,
        ),
        7 => Item::Simple(first & 0x1f),
        _ => return None,
    })
}

/// Bytes of an item, changed: mostly as an item, else as bytes.
pub fn mutated(dice: &mut Dice, bytes: &[u8]) -> Vec<u8> {
    match Item::parse(bytes) {
        Some(mut item) if dice.percent(90) => {
            item.mutate(dice);
            item.encode()
        }
        _ => {
            let mut changed = bytes.to_vec();
            mutate(dice, &mut changed);
            changed
        }
    }
}
