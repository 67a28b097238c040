//! A look at a change's bytes before the merge engine sees them: every count is bounded here, because its
//! decoders believe what they read (measured: 69 bytes made it allocate gigabytes; protocol.md §6 step 5).
//!
//! Layout after type and length, as automerge 0.12 writes it: dependencies, actor, seq, start_op, time, message,
//! other actors, column table, columns. A column's number is (id × 16 + type); types: 0 group, 1 actor, 2 integer,
//! 3 delta, 4 boolean, 5 string, 6 value kinds, 7 values.

use crate::batch::chunk::{Chunk, Cursor};
use crate::batch::ops::BATCH_OPS_MAX;
use crate::batch::refusal::Refusal;
use crate::ids::{ActorKey, ChangeId};

/// Most dependencies of one change.
const DEPS_MAX: u64 = 256;
/// Most other actors a change names: every unlock makes an actor, and deleting an old text names them all.
const ACTORS_MAX: u64 = BATCH_OPS_MAX as u64;
/// Counters stay below this (protocol.md §6; the engine's own are 32 bits wide).
pub(super) const COUNTER_END: u64 = 1 << 31;
/// Most bytes of a map's key.
const KEY_BYTES_MAX: u64 = 256;
/// Columns of the operations we allow, in order: object, key, insert, action, value, predecessors. Columns of
/// marks (148, 165) and any other are refused.
const COLUMNS: [u64; 12] = [1, 2, 17, 19, 21, 52, 66, 86, 87, 112, 113, 115];

/// What a change says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scan {
    pub deps: Vec<ChangeId>,
    pub actor: ActorKey,
    pub seq: u64,
    pub start_op: u64,
    /// How many operations, at least one.
    pub ops: u64,
}

/// Reads a change within the limits. Time and memory grow with the bytes, never with the numbers in them.
pub(super) fn prescan(chunk: &Chunk) -> Result<Scan, Refusal> {
    let mut at = Cursor(chunk.data());
    let (scan, actors) = head(&mut at).ok_or(Refusal::BadChunk)?;
    let table = table(&mut at).ok_or(Refusal::BadChunk)?;
    let values: u64 = table.iter().find(|(number, _)| *number == 87).map_or(0, |(_, length)| *length);
    let mut ops = None;
    for (number, length) in table {
        if !COLUMNS.contains(&number) {
            return Err(Refusal::NotAllowedOperation);
        }
        let column = Cursor(at.take(length).ok_or(Refusal::BadChunk)?);
        let rows = column_rows(number, column, actors, values)?;
        if number == 66 {
            ops = Some(rows);
        }
    }
    let ops = ops.filter(|ops| *ops > 0).ok_or(Refusal::BadChunk)?;
    // Nothing may follow the columns: that is where the engine keeps an author, which nobody vouches for.
    if at.0.is_empty() { Ok(Scan { ops, ..scan }) } else { Err(Refusal::BadChunk) }
}

/// What stands before the columns, and how many actors the change names.
fn head(at: &mut Cursor<'_>) -> Option<(Scan, u64)> {
    let count = at.unsigned().filter(|count| *count <= DEPS_MAX)?;
    let deps = (0..count).map(|_| ChangeId::from_slice(at.take(32)?)).collect::<Option<Vec<_>>>()?;
    if !deps.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let actor = read_actor(at)?;
    let seq = counter(at.unsigned()?)?;
    let start_op = counter(at.unsigned()?)?;
    let time_and_message = (at.signed()?, at.unsigned()?);
    if time_and_message != (0, 0) {
        return None;
    }
    let others = at.unsigned().filter(|count| *count <= ACTORS_MAX)?;
    for _ in 0..others {
        read_actor(at)?;
    }
    Some((Scan { deps, actor, seq, start_op, ops: 0 }, others + 1))
}

fn read_actor(at: &mut Cursor<'_>) -> Option<ActorKey> {
    if at.unsigned()? != ActorKey::LEN as u64 {
        return None;
    }
    ActorKey::from_slice(at.take(16)?)
}

fn counter(value: u64) -> Option<u64> {
    (1..COUNTER_END).contains(&value).then_some(value)
}

fn table(at: &mut Cursor<'_>) -> Option<Vec<(u64, u64)>> {
    let count = at.unsigned().filter(|count| *count <= 16)?;
    let table = (0..count).map(|_| Some((at.unsigned()?, at.unsigned()?))).collect::<Option<Vec<_>>>()?;
    // Bit 3 says "deflated", which a plain change never is; without it the numbers rise.
    let plain = table.iter().all(|(number, length)| number & 8 == 0 && *length > 0);
    (plain && table.is_sorted_by(|a, b| a.0 < b.0)).then_some(table)
}

/// The rows of one column, every value within its bounds.
fn column_rows(number: u64, mut column: Cursor<'_>, actors: u64, values: u64) -> Result<u64, Refusal> {
    let bad = Refusal::BadChunk;
    match number {
        // Its length is held against the value kinds.
        87 => return Ok(0),
        52 => return boolean_rows(&mut column).ok_or(bad),
        _ => {}
    }
    let (mut sum, mut forbidden) = (0i64, false);
    let rows = runs(&mut column, |at, times| match number {
        1 | 17 | 113 => at.unsigned().filter(|index| *index < actors).map(|_| ()),
        2 => at.unsigned().and_then(counter).map(|_| ()),
        19 | 115 => {
            // Deltas: the value after a run is the furthest of it, and the one before was in bounds.
            let delta = at.signed()?;
            sum = sum.checked_add(delta.checked_mul(i64::try_from(times).ok()?)?)?;
            u64::try_from(sum).ok().filter(|value| *value < COUNTER_END).map(|_| ())
        }
        21 => {
            let length = at.unsigned().filter(|length| (1..=KEY_BYTES_MAX).contains(length))?;
            std::str::from_utf8(at.take(length)?).ok().map(|_| ())
        }
        66 => {
            forbidden |= !matches!(at.unsigned()?, 0 | 1 | 3 | 4);
            Some(())
        }
        86 => {
            let meta = at.unsigned()?;
            let length = meta >> 4;
            forbidden |= !matches!((meta & 15, length), (0..=2, 0) | (3 | 4, 1..=10) | (6 | 7, _));
            sum = sum.checked_add_unsigned(length.checked_mul(times)?)?;
            Some(())
        }
        112 => {
            sum = sum.checked_add_unsigned(at.unsigned()?.checked_mul(times)?)?;
            (sum <= BATCH_OPS_MAX as i64).then_some(())
        }
        _ => None,
    })
    .ok_or(bad)?;
    match number {
        _ if forbidden => Err(Refusal::NotAllowedOperation),
        86 if u64::try_from(sum) != Ok(values) => Err(bad),
        _ => Ok(rows),
    }
}

/// Walks a run-length column: n > 0 repeats one value, n < 0 counts different ones, 0 precedes a count of nulls.
/// `value` reads one value and is told how often it stands.
fn runs(column: &mut Cursor<'_>, mut value: impl FnMut(&mut Cursor<'_>, u64) -> Option<()>) -> Option<u64> {
    let mut rows = 0u64;
    while !column.0.is_empty() {
        let run = column.signed()?;
        let length = if run == 0 { column.unsigned().filter(|nulls| *nulls > 0)? } else { run.unsigned_abs() };
        rows = rows.checked_add(length).filter(|rows| *rows <= BATCH_OPS_MAX as u64)?;
        if run > 0 {
            value(column, length)?;
        } else if run < 0 {
            for _ in 0..length {
                value(column, 1)?;
            }
        }
    }
    Some(rows)
}

fn boolean_rows(column: &mut Cursor<'_>) -> Option<u64> {
    let mut rows = 0u64;
    while !column.0.is_empty() {
        rows = rows.checked_add(column.unsigned()?).filter(|rows| *rows <= BATCH_OPS_MAX as u64)?;
    }
    Some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::chunk::write_unsigned;
    use crate::crypto::hash::sha256;

    /// One value at key "k" of the root: the columns an honest change has, by number.
    const HONEST: [(u8, &[u8]); 5] =
        [(21, &[0x7f, 1, b'k']), (52, &[1]), (66, &[0x7f, 1]), (86, &[0x7f, 0x14]), (87, &[5])];

    /// What the pre-scan says of the honest change with some columns replaced, added or (empty) left out.
    fn with(columns: &[(u8, &[u8])]) -> Result<u64, Refusal> {
        let mut all: std::collections::BTreeMap<u8, &[u8]> = HONEST.into_iter().collect();
        all.extend(columns.iter().copied());
        all.retain(|_, column| !column.is_empty());
        let mut data = [&[0, 16], [5; 16].as_slice(), &[1, 1, 0, 0, 0, u8::try_from(all.len()).unwrap()]].concat();
        for (number, column) in &all {
            data.extend(write_unsigned(u64::from(*number)));
            data.extend(write_unsigned(column.len() as u64));
        }
        all.values().for_each(|column| data.extend(*column));
        let hashed = [&[1], write_unsigned(data.len() as u64).as_slice(), &data].concat();
        let bytes = [&[0x85, 0x6f, 0x4a, 0x83], &sha256(&[&hashed])[..4], &hashed].concat();
        prescan(&Chunk::read(bytes).unwrap()).map(|scan| scan.ops)
    }

    #[test]
    fn the_honest_shape_passes() {
        assert_eq!(with(&[]), Ok(1));
        assert_eq!(
            with(&[(1, &[0x7f, 0]), (2, &[0x7f, 9]), (112, &[0x7f, 1]), (113, &[0x7f, 0]), (115, &[0x7f, 3])]),
            Ok(1)
        );
        assert_eq!(with(&[(66, &[2, 1])]), Ok(2));
    }

    #[test]
    fn every_column_is_bounded_by_itself() {
        // five million rows: 0xc0 0x96 0xb1 0x02 as a run, then one value
        for number in [1, 2, 17, 19, 21, 66, 86, 112, 113, 115] {
            let value: &[u8] = if number == 21 { &[1, b'k'] } else { &[0] };
            let run = [&[0xc0, 0x96, 0xb1, 0x02], value].concat();
            assert_eq!(with(&[(number, &run)]), Err(Refusal::BadChunk), "column {number}");
            // and as a run of nulls
            assert_eq!(with(&[(number, &[0, 0xc0, 0x96, 0xb1, 0x02])]), Err(Refusal::BadChunk), "column {number}");
        }
        assert_eq!(with(&[(52, &[0xc0, 0x96, 0xb1, 0x02])]), Err(Refusal::BadChunk));
    }

    #[test]
    fn values_stay_in_bounds() {
        let bad = Err(Refusal::BadChunk);
        for number in [1, 17, 113] {
            assert_eq!(with(&[(number, &[0x7f, 1])]), bad, "only actor 0 is there");
        }
        assert_eq!(with(&[(2, &[0x7f, 0])]), bad);
        assert_eq!(with(&[(2, &[0x7f, 0x80, 0x80, 0x80, 0x80, 8])]), bad, "2^31");
        for number in [19, 115] {
            assert_eq!(with(&[(number, &[0x7f, 0x7f])]), bad, "below zero");
            assert_eq!(with(&[(number, &[2, 0x80, 0x80, 0x80, 0x80, 4])]), bad, "2^30 and 2^31");
        }
        assert_eq!(with(&[(21, &[0x7f, 0])]), bad, "no key");
        assert_eq!(with(&[(21, &[0x7f, 1, 0xff])]), bad, "no text");
        assert_eq!(with(&[(112, &[2, 0xc4, 0x13])]), Ok(1), "two of 2,500 predecessors");
        assert_eq!(with(&[(112, &[2, 0xc5, 0x13])]), bad);
        assert_eq!(with(&[(86, &[0x7f, 0x24])]), bad, "one byte of two");
        assert_eq!(with(&[(87, &[5, 5])]), bad, "two bytes of one");
        assert_eq!(with(&[(66, &[])]), bad, "no operation");
        assert_eq!(with(&[(66, &[0x7f])]), bad, "cut short");
    }

    #[test]
    fn what_no_document_of_ours_is_made_of_is_named_so() {
        let forbidden = Err(Refusal::NotAllowedOperation);
        for action in [2, 5, 6, 7, 8] {
            assert_eq!(with(&[(66, &[0x7f, action])]), forbidden);
        }
        for kind in [5, 8, 9, 10, 15] {
            assert_eq!(with(&[(86, &[0x7f, 0x10 | kind])]), forbidden);
        }
        assert_eq!(with(&[(86, &[0x7f, 0x10])]), forbidden, "a null with a length");
        for column in [3, 53, 116, 148, 165] {
            assert_eq!(with(&[(column, &[1])]), forbidden, "column {column}");
        }
        assert_eq!(with(&[(74, &[1])]), Err(Refusal::BadChunk), "a deflated column");
    }
}
