//! A change chunk taken apart and put together again with its lengths and checksum right.
//!
//! Chunk: magic (4) ‖ first four bytes of the hash ‖ type ‖ LEB128 length ‖ data; hashed from the type on. Data:
//! dependencies, actor, seq, start_op, time, message, other actors, column table, columns.

use super::Dice;
use super::bytes::{EDGES, Leb, mutate, signed, unsigned};
use belay::crypto::hash::sha256;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Lengths of the values, and the values.
const VALUE_KINDS: u64 = 86;
const VALUES: u64 = 87;

/// What is hashed behind type and length.
pub fn data_of(chunk: &[u8]) -> &[u8] {
    let mut at = Leb(chunk.get(9..).unwrap_or_default());
    at.unsigned();
    at.0
}

/// A chunk of a type around data, length and checksum right.
pub fn chunk_of(kind: u8, data: &[u8]) -> Vec<u8> {
    let hashed = [&[kind], unsigned(data.len() as u64).as_slice(), data].concat();
    let hash = sha256(&[&hashed]);
    [MAGIC.as_slice(), hash.get(..4).unwrap_or_default(), &hashed].concat()
}

/// The parts of a change's data.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    deps: Vec<Vec<u8>>,
    actor: Vec<u8>,
    seq: u64,
    start_op: u64,
    time: i64,
    message: Vec<u8>,
    others: Vec<Vec<u8>>,
    columns: Vec<(u64, Vec<u8>)>,
    rest: Vec<u8>,
}

impl Parts {
    /// Takes data apart; `None` where it has another shape.
    pub fn parse(data: &[u8]) -> Option<Parts> {
        let mut at = Leb(data);
        let sized = |at: &mut Leb<'_>| {
            let length = at.unsigned()?;
            Some(at.take(length)?.to_vec())
        };
        let deps = at.unsigned().filter(|count| *count < 300)?;
        let deps = (0..deps).map(|_| Some(at.take(32)?.to_vec())).collect::<Option<_>>()?;
        let actor = sized(&mut at)?;
        let (seq, start_op, time, message) = (at.unsigned()?, at.unsigned()?, at.signed()?, sized(&mut at)?);
        let others = at.unsigned().filter(|count| *count < 300)?;
        let others = (0..others).map(|_| sized(&mut at)).collect::<Option<_>>()?;
        let columns = at.unsigned().filter(|count| *count < 40)?;
        let table =
            (0..columns).map(|_| Some((at.unsigned()?, at.unsigned()?))).collect::<Option<Vec<(u64, u64)>>>()?;
        let columns = table
            .into_iter()
            .map(|(number, length)| Some((number, at.take(length)?.to_vec())))
            .collect::<Option<_>>()?;
        Some(Parts { deps, actor, seq, start_op, time, message, others, columns, rest: at.0.to_vec() })
    }

    /// The same with dependencies, actor and numbers of another.
    pub fn under(&self, head: &Parts) -> Parts {
        let Parts { deps, actor, seq, start_op, .. } = head.clone();
        Parts { deps, actor, seq, start_op, ..self.clone() }
    }

    /// Puts the data together.
    pub fn write(&self) -> Vec<u8> {
        let mut out = unsigned(self.deps.len() as u64);
        let sized = |out: &mut Vec<u8>, bytes: &[u8]| {
            out.extend(unsigned(bytes.len() as u64));
            out.extend(bytes);
        };
        self.deps.iter().for_each(|dep| out.extend(dep));
        sized(&mut out, &self.actor);
        out.extend(unsigned(self.seq));
        out.extend(unsigned(self.start_op));
        out.extend(signed(self.time));
        sized(&mut out, &self.message);
        out.extend(unsigned(self.others.len() as u64));
        self.others.iter().for_each(|actor| sized(&mut out, actor));
        out.extend(unsigned(self.columns.len() as u64));
        for (number, column) in &self.columns {
            out.extend(unsigned(*number));
            out.extend(unsigned(column.len() as u64));
        }
        self.columns.iter().for_each(|(_, column)| out.extend(column));
        out.extend(&self.rest);
        out
    }

    /// Changes one to three parts; columns that hang together are mostly made to fit again.
    pub fn mutate(&mut self, dice: &mut Dice, other: &Parts) {
        let changes = if dice.percent(70) { 1 } else { 2 + dice.below(2) };
        for _ in 0..changes {
            match dice.below(24) {
                0 => self.mutate_head(dice),
                1 => {
                    let at = dice.below(self.columns.len());
                    if !self.columns.is_empty() {
                        self.columns.remove(at);
                    }
                }
                2 => {
                    let number = dice.number(&[1, 2, 3, 17, 19, 21, 52, 53, 66, 74, 86, 87, 112, 113, 115, 148, 165]);
                    self.put(number, column(dice));
                }
                3 | 4 => {
                    if let Some((number, column)) = dice.pick(&other.columns) {
                        self.put(*number, column.clone());
                    }
                }
                _ => {
                    let at = dice.below(self.columns.len());
                    if let Some((number, bytes)) = self.columns.get_mut(at) {
                        mutate_column(dice, *number, bytes);
                    }
                }
            }
        }
        if dice.percent(85) {
            self.fit_values();
            self.columns.retain(|(_, column)| !column.is_empty());
        }
    }

    fn mutate_head(&mut self, dice: &mut Dice) {
        match dice.below(8) {
            0 => self.deps.push(vec![dice.byte(); 32]),
            1 => self.deps.clear(),
            2 => mutate(dice, &mut self.actor),
            3 => self.seq = dice.number(&EDGES),
            4 => self.start_op = dice.number(&EDGES),
            5 => self.time = 1,
            6 => self.others.push(vec![dice.byte(); dice.below(20)]),
            _ => self.rest = vec![1, 1, dice.byte()],
        }
    }

    fn put(&mut self, number: u64, column: Vec<u8>) {
        self.columns.retain(|(other, _)| *other != number);
        self.columns.push((number, column));
        self.columns.sort();
    }

    /// As many bytes of values as their kinds say.
    fn fit_values(&mut self) {
        let kinds = self.columns.iter().find(|(number, _)| *number == VALUE_KINDS);
        let wanted = kinds.and_then(|(_, column)| values_len(column)).unwrap_or(0);
        match self.columns.iter_mut().find(|(number, _)| *number == VALUES) {
            Some((_, values)) => values.resize(wanted, b'v'),
            None => self.put(VALUES, vec![b'v'; wanted]),
        }
    }
}

/// How many bytes of values a column of value kinds says there are; up to what a batch could carry.
fn values_len(column: &[u8]) -> Option<usize> {
    let (mut at, mut sum) = (Leb(column), 0u64);
    while !at.0.is_empty() {
        let run = at.signed()?;
        match run {
            0 => {
                at.unsigned()?;
            }
            1.. => sum = sum.checked_add((at.unsigned()? >> 4).checked_mul(run.unsigned_abs())?)?,
            _ => {
                for _ in 0..run.unsigned_abs() {
                    sum = sum.checked_add(at.unsigned()? >> 4)?;
                }
            }
        }
    }
    usize::try_from(sum).ok().filter(|sum| *sum <= 300_000)
}

/// A column of made-up runs.
fn column(dice: &mut Dice) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..1 + dice.below(3) {
        let value = if dice.percent(80) { dice.below(130) as u64 } else { dice.number(&EDGES) };
        match dice.below(4) {
            0 => out.extend([signed(0), unsigned(value)].concat()),
            1 => out.extend([signed(-1), unsigned(value)].concat()),
            _ => {
                let run = i64::try_from(dice.number(&[1, 2, 3, 9, 100, 4_999, 5_000, 5_001, 10_000_000])).unwrap_or(1);
                out.extend([signed(run), unsigned(value)].concat());
            }
        }
    }
    out
}

/// One run or value of a column changed, else its bytes.
fn mutate_column(dice: &mut Dice, number: u64, bytes: &mut Vec<u8>) {
    if dice.percent(20) {
        mutate(dice, bytes);
        return;
    }
    if matches!(number, 21 | 87) {
        // Other letters and values, as long as before.
        let at = dice.below(bytes.len());
        let letter = if dice.percent(80) { b'a' + dice.byte() % 20 } else { dice.byte() };
        bytes.iter_mut().skip(at).take(1 + dice.below(3)).for_each(|byte| *byte = letter);
        return;
    }
    let mut starts = Vec::new();
    let mut at = Leb(bytes);
    while !at.0.is_empty() {
        let before = bytes.len() - at.0.len();
        if at.unsigned().is_none() {
            break;
        }
        starts.push(before..bytes.len() - at.0.len());
    }
    let Some(range) = dice.pick(&starts).cloned() else { return };
    let old = Leb(bytes.get(range.clone()).unwrap_or_default()).unsigned().unwrap_or(0);
    let new = match dice.below(8) {
        0..3 => unsigned(old.wrapping_add(1)),
        3..5 => unsigned(old.wrapping_sub(1) & 0x7f),
        5 => unsigned(dice.below(8) as u64),
        6 => signed(-(1 + i64::try_from(dice.below(4)).unwrap_or(0))),
        _ => unsigned(dice.number(&EDGES)),
    };
    bytes.splice(range, new);
}

/// The change of some 69 bytes that says it has `count` operations (protocol-evidence.md §1.4): one key, one value,
/// each column a single run.
pub fn bomb(count: i64) -> Vec<u8> {
    let run = |value: &[u8]| [signed(count).as_slice(), value].concat();
    let columns = vec![
        (21, run(&[1, b'k'])),
        (52, unsigned(count.unsigned_abs())),
        (66, run(&[1])),
        (VALUE_KINDS, run(&[0])),
        (112, run(&[0])),
    ];
    let parts = Parts {
        deps: vec![],
        actor: vec![5; 16],
        seq: 1,
        start_op: 1,
        time: 0,
        message: vec![],
        others: vec![],
        columns,
        rest: vec![],
    };
    chunk_of(1, &parts.write())
}
