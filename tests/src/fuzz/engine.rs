//! Changes with another meaning, written by the merge engine itself: what a hostile app would sign.

use super::Dice;
use super::measure::apart;
use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId, OpType};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange, ObjType, ScalarValue};
use belay::batch::Chunk;
use std::collections::BTreeSet;
use std::num::NonZeroU64;

/// An operation that later ones can name.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name.
    pub id: OpId,
    /// What it did.
    pub op: Op,
}

/// The operations of a change with their names.
pub fn named(change: &ExpandedChange) -> Vec<Known> {
    let start = change.start_op.get();
    let names = (start..).map(|counter| OpId::new(counter, &change.actor_id));
    change.operations.iter().cloned().zip(names).map(|(op, id)| Known { id, op }).collect()
}

/// A change as the engine reads it; only for changes that passed.
pub fn expanded(chunk: &Chunk) -> ExpandedChange {
    let mut change = Change::try_from(chunk.bytes()).expect("an honest change").decode();
    change.hash = None;
    change
}

/// The change as bytes; `None` where the engine itself cannot write it.
pub fn written(change: ExpandedChange) -> Option<Vec<u8>> {
    apart(|| Change::from(change).raw_bytes().to_vec())
}

const KEYS: [&str; 9] = ["k0", "k1", "k2", "title", "body", "entries", "order", "new", "é"];

fn value(dice: &mut Dice) -> ScalarValue {
    match dice.below(10) {
        0 => ScalarValue::Int(i64::MIN),
        1 => ScalarValue::Uint(u64::MAX),
        2 => ScalarValue::Null,
        3 => ScalarValue::Boolean(dice.percent(50)),
        4 => ScalarValue::Bytes(vec![dice.byte(); dice.below(300)]),
        5 => ScalarValue::Str("x".repeat(dice.below(2_000)).into()),
        6 => ScalarValue::Str("\u{301}\0\u{202e}".into()),
        // Two that no document of ours holds.
        7 if dice.percent(20) => ScalarValue::F64(1.5),
        8 if dice.percent(20) => ScalarValue::counter(3),
        _ => ScalarValue::Int(i64::from(dice.byte())),
    }
}

fn is_map(known: &Known) -> bool {
    known.op.action == OpType::Make(ObjType::Map)
}
fn is_text(known: &Known) -> bool {
    known.op.action == OpType::Make(ObjType::Text)
}

/// A change of a story, for others to stand on.
#[derive(Clone, Debug)]
pub struct Ground {
    hash: ChangeHash,
    deps: Vec<ChangeHash>,
    actor: ActorId,
    /// Its operations.
    pub known: Vec<Known>,
}

impl Ground {
    /// Of an honest change.
    pub fn of(chunk: &Chunk) -> Self {
        let change = expanded(chunk);
        let known = named(&change);
        Ground { hash: ChangeHash(chunk.id().0), deps: change.deps, actor: change.actor_id, known }
    }
}

/// Lets a change stand on some of these instead, its numbers right for that, and gives the operations it may name.
pub fn stand_elsewhere(dice: &mut Dice, change: &mut ExpandedChange, grounds: &[Ground]) -> Vec<Known> {
    let mut deps: Vec<ChangeHash> =
        (0..1 + dice.below(3)).filter_map(|_| dice.pick(grounds)).map(|ground| ground.hash).collect();
    deps.sort();
    deps.dedup();
    let mut below: BTreeSet<ChangeHash> = deps.iter().copied().collect();
    // In causal order, so one pass backwards finds everything below.
    for ground in grounds.iter().rev() {
        if below.contains(&ground.hash) {
            below.extend(&ground.deps);
        }
    }
    let past: Vec<&Ground> = grounds.iter().filter(|ground| below.contains(&ground.hash)).collect();
    let known: Vec<Known> = past.iter().flat_map(|ground| ground.known.iter().cloned()).collect();
    let max_op = known.iter().map(|known| known.id.counter()).max().unwrap_or(0);
    change.seq = 1 + past.iter().filter(|ground| ground.actor == change.actor_id).count() as u64;
    change.start_op = NonZeroU64::new(max_op + 1).unwrap_or(NonZeroU64::MIN);
    change.deps = deps;
    if dice.percent(70) {
        // Nothing is left of what it did, so that all it does can fit.
        let op = fitting(dice, &known);
        change.operations = vec![op];
    }
    known
}

/// An operation that could be, on what is known.
fn fitting(dice: &mut Dice, known: &[Known]) -> Op {
    let texts: Vec<&Known> = known.iter().filter(|known| is_text(known)).collect();
    if dice.percent(45)
        && let Some(text) = dice.pick(&texts)
    {
        return in_text(dice, &ObjectId::Id(text.id.clone()), known);
    }
    let maps: Vec<&Known> = known.iter().filter(|known| is_map(known)).collect();
    let object = match dice.pick(&maps) {
        Some(map) if dice.percent(75) => ObjectId::Id(map.id.clone()),
        _ => ObjectId::Root,
    };
    let held: Vec<&Known> = known.iter().filter(|known| known.op.obj == object).collect();
    let key = match dice.pick(&held) {
        Some(Known { op: Op { key: key @ Key::Map(_), .. }, .. }) if dice.percent(70) => key.clone(),
        _ => Key::Map(dice.pick(&KEYS).copied().unwrap_or("k").into()),
    };
    let written: Vec<OpId> = held
        .iter()
        .filter(|known| known.op.key == key && known.op.action != OpType::Delete)
        .map(|known| known.id.clone())
        .collect();
    let mut pred = match dice.below(5) {
        0 => vec![],
        1 => written,
        2 => written.into_iter().filter(|_| dice.percent(50)).collect(),
        _ => written.last().cloned().into_iter().collect(),
    };
    pred.sort();
    let action = match dice.below(6) {
        0 => OpType::Make(ObjType::Map),
        1 => OpType::Make(ObjType::Text),
        2 if !pred.is_empty() => OpType::Delete,
        _ => OpType::Put(value(dice)),
    };
    Op { action, obj: object, key, pred: pred.into(), insert: false }
}

fn in_text(dice: &mut Dice, text: &ObjectId, known: &[Known]) -> Op {
    let letters: Vec<&Known> = known.iter().filter(|known| known.op.obj == *text && known.op.insert).collect();
    let at = dice.pick(&letters).map(|known| known.id.clone());
    match at {
        Some(at) if dice.percent(35) => Op {
            action: OpType::Delete,
            obj: text.clone(),
            key: Key::Seq(ElementId::Id(at.clone())),
            pred: vec![at].into(),
            insert: false,
        },
        at => {
            let letter = dice.pick(&["a", "é", "🙂", "\u{301}", "\0", "\u{fe0f}", "ab", ""]).copied().unwrap_or("a");
            let key = Key::Seq(at.map_or(ElementId::Head, ElementId::Id));
            let action = OpType::Put(ScalarValue::Str(letter.into()));
            Op { action, obj: text.clone(), key, pred: vec![].into(), insert: true }
        }
    }
}

fn any_name(dice: &mut Dice, change: &ExpandedChange, known: &[Known]) -> OpId {
    match dice.pick(known) {
        Some(known) if dice.percent(60) => known.id.clone(),
        Some(known) if dice.percent(40) => OpId::new(dice.below(80) as u64, known.id.actor()),
        _ if dice.percent(60) => OpId::new(dice.below(80) as u64, &change.actor_id),
        _ => OpId::new(dice.number(&[0, 1, u32::MAX.into(), u64::MAX]), &ActorId::from([9; 16])),
    }
}

/// Gives a change another meaning: operations that fit are added, or something in it no longer does.
pub fn mutate_meaning(dice: &mut Dice, change: &mut ExpandedChange, past: &[Known]) {
    let mut known = past.to_vec();
    known.extend(named(change));
    if dice.percent(50) {
        if dice.percent(30) {
            change.operations.clear();
            known.truncate(past.len());
        }
        for _ in 0..1 + dice.below(6) {
            let op = fitting(dice, &known);
            let counter = change.start_op.get() + change.operations.len() as u64;
            known.push(Known { id: OpId::new(counter, &change.actor_id), op: op.clone() });
            change.operations.push(op);
        }
        if dice.percent(60) {
            return;
        }
    }
    let name = any_name(dice, change, &known);
    let at = dice.below(change.operations.len());
    let operations = change.operations.len();
    let one = change.operations.get(at).cloned();
    let Some(op) = change.operations.get_mut(at) else { return };
    match dice.below(16) {
        0 => change.seq = dice.number(&[1, 2, 3, 99, u64::MAX >> 1, u64::MAX]),
        1 => {
            let near = change.start_op.get().saturating_sub(1 + dice.below(5) as u64);
            let start = dice.number(&[near, near, near, 1, 2, 50, 1_000, u64::from(u32::MAX) - 3, 1 << 40, u64::MAX]);
            change.start_op = NonZeroU64::new(start).unwrap_or(NonZeroU64::MIN);
        }
        2 => change.operations.reverse(),
        3 => change.operations.extend(one.into_iter().cycle().take(5)),
        4 => op.pred = vec![name].into(),
        5 => op.obj = ObjectId::Id(name),
        6 => op.key = Key::Seq(ElementId::Id(name)),
        7 => op.key = Key::Map("k1".into()),
        8 => op.insert ^= true,
        9 => change.operations.truncate(at.max(1)),
        10 if operations > 1 => drop(change.operations.remove(at)),
        11 => op.pred = vec![].into(),
        12 => op.action = OpType::Delete,
        13 => {
            let kinds = [ObjType::Map, ObjType::Text, ObjType::List];
            op.action = OpType::Make(dice.pick(&kinds).copied().unwrap_or(ObjType::Map));
        }
        14 => op.action = OpType::Put(value(dice)),
        _ => {
            let other = dice.below(operations);
            change.operations.swap(at, other);
        }
    }
}

/// Moves the names of an actor's own operations from a counter on, so that a later change of a batch still fits.
pub fn shift_own(change: &mut ExpandedChange, from: u64, by: i64) {
    let actor = change.actor_id.clone();
    let moved = |id: &OpId| match id.counter().checked_add_signed(by) {
        Some(counter) if *id.actor() == actor && id.counter() >= from => OpId::new(counter, &actor),
        _ => id.clone(),
    };
    for op in &mut change.operations {
        if let ObjectId::Id(id) = &op.obj {
            op.obj = ObjectId::Id(moved(id));
        }
        if let Key::Seq(ElementId::Id(id)) = &op.key {
            op.key = Key::Seq(ElementId::Id(moved(id)));
        }
        let mut pred: Vec<OpId> = op.pred.iter().map(moved).collect();
        pred.sort();
        op.pred = pred.into();
    }
}
