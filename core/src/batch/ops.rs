//! Operations as the gate remembers them, and whether one fits what it names.

use crate::batch::refusal::Refusal;
use crate::ids::ChangeId;
use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ObjType, ScalarValue};
use std::sync::Arc;

/// Most changes and most operations of a batch (protocol.md §4; a change has at least one operation).
pub const BATCH_OPS_MAX: usize = 5_000;

/// An actor's number within one document.
pub(super) type ActorIx = u32;

/// An operation's name: its counter and its actor's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name {
    pub counter: u32,
    pub actor: ActorIx,
}

/// What an operation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    MakeMap,
    MakeText,
    Put,
    Insert,
    Delete,
    /// Only in a seed: nothing of another can name it.
    Other,
}

/// One operation, as later ones may name it. `object` is `None` for the root; `key` for elements of a text.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub object: Option<Name>,
    pub key: Option<Arc<str>>,
    pub act: Act,
}

/// The operations of one batch: where each change begins, and all rows; counters rise by one from row to row.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub starts: Vec<u32>,
    pub rows: Vec<Row>,
    /// Of the keys that are kept.
    key_bytes: usize,
}

/// What a key costs besides its bytes: the counts of those who share it, and the allocator's own.
const KEY_OVERHEAD: usize = 32;

impl Rows {
    /// The next operation. A run of one key keeps it once: in a change it is written once, too.
    pub fn push(&mut self, mut row: Row) {
        let before = self.rows.last().and_then(|before| before.key.as_ref());
        if let Some(before) = before.filter(|before| row.key.as_ref() == Some(*before)) {
            row.key = Some(Arc::clone(before));
        } else {
            self.key_bytes += row.key.as_ref().map_or(0, |key| key.len() + KEY_OVERHEAD);
        }
        self.rows.push(row);
    }

    /// What it holds in memory, about.
    pub fn weight(&self) -> usize {
        self.rows.len() * size_of::<Row>() + self.starts.len() * size_of::<u32>() + self.key_bytes
    }

    /// The row of this counter and the index of its change.
    pub fn get(&self, counter: u32) -> Option<(&Row, usize)> {
        let first = *self.starts.first()?;
        let row = self.rows.get(usize::try_from(counter.checked_sub(first)?).ok()?)?;
        Some((row, self.starts.partition_point(|start| *start <= counter).checked_sub(1)?))
    }
}

/// What an operation's references are looked up in: the past by dependencies, and what the batch did before.
pub(super) trait Known {
    /// The number of an actor in the past, or the batch's own.
    fn actor(&self, id: &[u8]) -> Option<ActorIx>;
    /// The operation of this name, if it is in the past.
    fn row(&mut self, name: Name) -> Result<Row, Stop>;
}

/// Why an operation cannot be judged well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It does not fit.
    Refused(Refusal),
    /// The payload that says is not here; the last change in it.
    Dropped(ChangeId),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Stop::Refused(refusal)
    }
}

const UNKNOWN: Stop = Stop::Refused(Refusal::UnknownTarget);
const FORBIDDEN: Stop = Stop::Refused(Refusal::NotAllowedOperation);

/// The row of one operation that is ours or passed before.
pub(super) fn row_of(op: &Op, actor: impl Fn(&[u8]) -> Option<ActorIx>) -> Option<Row> {
    let object = match &op.obj {
        ObjectId::Root => None,
        ObjectId::Id(id) => Some(name(id, &actor)?),
    };
    let key = match &op.key {
        Key::Map(key) => Some(Arc::from(key.as_str())),
        Key::Seq(_) => None,
    };
    Some(Row { object, key, act: act(op) })
}

fn act(op: &Op) -> Act {
    match (&op.action, op.insert) {
        (OpType::Make(ObjType::Map), false) => Act::MakeMap,
        (OpType::Make(ObjType::Text), false) => Act::MakeText,
        (OpType::Put(_), false) => Act::Put,
        (OpType::Put(_), true) => Act::Insert,
        (OpType::Delete, false) => Act::Delete,
        _ => Act::Other,
    }
}

fn name(id: &OpId, actor: impl Fn(&[u8]) -> Option<ActorIx>) -> Option<Name> {
    Some(Name { counter: u32::try_from(id.counter()).ok()?, actor: actor(id.actor().as_ref())? })
}

/// Whether an operation of another is allowed, and everything it names is in its past and fits.
pub(super) fn check(op: &Op, known: &mut dyn Known) -> Result<Row, Stop> {
    let row = row_of(op, |id| known.actor(id)).ok_or(UNKNOWN)?;
    let container = match row.object {
        None => Act::MakeMap,
        Some(object) => known.row(object)?.act,
    };
    match (container, &op.key) {
        (Act::MakeMap, Key::Map(key)) => check_in_map(op, key.as_str(), &row, known)?,
        (Act::MakeText, Key::Seq(element)) => check_in_text(op, element, &row, known)?,
        _ => return Err(UNKNOWN),
    }
    Ok(row)
}

fn check_in_map(op: &Op, key: &str, row: &Row, known: &mut dyn Known) -> Result<(), Stop> {
    let allowed = match (&op.action, row.act) {
        (OpType::Put(value), Act::Put) => allowed_value(value),
        (_, act) => matches!(act, Act::MakeMap | Act::MakeText | Act::Delete),
    };
    if !allowed || key.is_empty() {
        return Err(FORBIDDEN);
    }
    if row.act == Act::Delete && op.pred.is_empty() {
        return Err(UNKNOWN);
    }
    let mut last = None;
    for pred in op.pred.iter() {
        let name = name(pred, |id| known.actor(id)).ok_or(UNKNOWN)?;
        let before = known.row(name)?;
        // The engine keeps no row for a deletion, so nothing can follow one.
        let fits = matches!(before.act, Act::Put | Act::MakeMap | Act::MakeText)
            && before.object == row.object
            && before.key.as_deref() == Some(key);
        if !fits || last.is_some_and(|last| last >= pred) {
            return Err(UNKNOWN);
        }
        last = Some(pred);
    }
    Ok(())
}

fn check_in_text(op: &Op, element: &ElementId, row: &Row, known: &mut dyn Known) -> Result<(), Stop> {
    let reference = match element {
        ElementId::Head => None,
        ElementId::Id(id) => {
            let name = name(id, |id| known.actor(id)).ok_or(UNKNOWN)?;
            let element = known.row(name)?;
            if element.act != Act::Insert || element.object != row.object {
                return Err(UNKNOWN);
            }
            Some(id)
        }
    };
    match (&op.action, row.act) {
        // One scalar value an element, as the engine splits text: no element without width, none with two widths.
        (OpType::Put(ScalarValue::Str(text)), Act::Insert) => {
            if text.chars().count() != 1 {
                return Err(FORBIDDEN);
            }
            if op.pred.is_empty() { Ok(()) } else { Err(UNKNOWN) }
        }
        (OpType::Delete, Act::Delete) => {
            // An element is never written again, so it alone precedes its deletion.
            let alone = op.pred.len() == 1 && op.pred.get(0) == reference;
            if alone { Ok(()) } else { Err(UNKNOWN) }
        }
        _ => Err(FORBIDDEN),
    }
}

fn allowed_value(value: &ScalarValue) -> bool {
    use ScalarValue::*;
    matches!(value, Bytes(_) | Str(_) | Int(_) | Uint(_) | Boolean(_) | Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_written_once_is_kept_once() {
        let mut rows = Rows::default();
        for _ in 0..5_000 {
            rows.push(Row { object: None, key: Some("k".repeat(256).into()), act: Act::Put });
        }
        assert!(rows.weight() < 5_000 * size_of::<Row>() + 1_000, "{}", rows.weight());
        rows.push(Row { object: None, key: Some("another".into()), act: Act::Put });
        rows.push(Row { object: None, key: None, act: Act::Insert });
        assert_eq!(rows.rows[5_000].key.as_deref(), Some("another"));
        assert_eq!(rows.rows[5_001].key, None);
    }
}
