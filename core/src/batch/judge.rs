//! Steps 4 to 7 of the gate (protocol.md §6).

use crate::batch::actor::{derive_actor, derive_seed_actor};
use crate::batch::canonical::expand;
use crate::batch::chunk::Chunk;
use crate::batch::facts::BatchFacts;
use crate::batch::header::{BatchKind, Header};
use crate::batch::newer::Newer;
use crate::batch::ops::{ActorIx, BATCH_OPS_MAX, Known, Name, Row, Rows, Stop, check};
use crate::batch::past::{DocumentPast, Ground, Judged, Payloads, Seeds};
use crate::batch::payload::Body;
use crate::batch::prescan::{COUNTER_END, Scan, prescan};
use crate::batch::refusal::Refusal;
use crate::ids::{ActorKey, BatchId, ChangeId, DocId};

/// What the gate says of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may reach the merge engine once it is accepted. Its facts are kept beside it.
    Passed(BatchFacts),
    /// It depends on changes that are not here yet; judge it again when one comes, ask for them meanwhile.
    /// None named: an earlier batch of the same device, with the document's birth, is missing.
    Waits {
        /// Hashes of the missing changes.
        for_changes: Vec<ChangeId>,
    },
    /// It can never pass.
    Refused(Refusal),
    /// Kept and forwarded, for a newer build to judge.
    HeldBack(Newer),
}

/// Judges a batch whose signature and place in its log are good. A batch that passes joins `past`.
///
/// The verdict depends on the batch and on what it depends on, never on anything else in `past`, nor on order.
pub fn judge(
    id: &BatchId,
    header: &Header,
    body: &Body,
    past: &mut DocumentPast,
    payloads: &dyn Payloads,
    seeds: &dyn Seeds,
) -> Verdict {
    if let Some(newer) = past.newer(header) {
        return Verdict::HeldBack(newer);
    }
    if header.batch_kind() != Some(BatchKind::Changes) {
        // These hold no changes: [`crate::batch::Request::judge`] reads them.
        return Verdict::Refused(Refusal::BadPayload);
    }
    if let Some(facts) = past.facts_of(id) {
        return Verdict::Passed(facts.clone());
    }
    match born(header, body, past, seeds).and_then(|()| changes(id, header, body, past, payloads)) {
        Ok(facts) => Verdict::Passed(facts),
        Err(not) => not.into(),
    }
}

/// Every verdict but a pass.
enum Not {
    Waits(Vec<ChangeId>),
    Refused(Refusal),
    HeldBack(Newer),
}

impl From<Not> for Verdict {
    fn from(not: Not) -> Self {
        match not {
            Not::Waits(for_changes) => Verdict::Waits { for_changes },
            Not::Refused(refusal) => Verdict::Refused(refusal),
            Not::HeldBack(newer) => Verdict::HeldBack(newer),
        }
    }
}

impl From<Refusal> for Not {
    fn from(refusal: Refusal) -> Self {
        Not::Refused(refusal)
    }
}

impl From<Stop> for Not {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => Not::Refused(refusal),
            Stop::Dropped(change) => Not::Waits(vec![change]),
        }
    }
}

/// Step 4: the birth is the document's, and this device carried it here or before.
fn born(header: &Header, body: &Body, past: &mut DocumentPast, seeds: &dyn Seeds) -> Result<(), Not> {
    let birth = match &body.birth {
        Some(birth) if birth.doc() == header.doc && birth.space == header.space => birth.clone(),
        Some(_) => return Err(Refusal::WrongBirth.into()),
        // Waiting, not refused: which of a device's batches comes first must not decide.
        None if !past.was_born_by(&header.device) => return Err(Not::Waits(Vec::new())),
        None => past.birth().cloned().ok_or(Refusal::WrongBirth)?,
    };
    if past.doc() != header.doc || birth.space != header.space {
        return Err(Refusal::WrongBirth.into());
    }
    past.plant(&birth, seeds).ok_or(Not::HeldBack(Newer::DocumentKind(birth.kind)))
}

/// Steps 5 to 7.
fn changes(
    id: &BatchId,
    header: &Header,
    body: &Body,
    past: &mut DocumentPast,
    payloads: &dyn Payloads,
) -> Result<BatchFacts, Not> {
    let mut facts = BatchFacts {
        id: *id,
        device: header.device,
        actor: derive_actor(&header.device, &header.doc, &header.actor_nonce),
        first_seq: 0,
        count: 0,
        start_op: 0,
        max_op: 0,
        deps: Vec::new(),
        first: body.changes.first().map(Chunk::id),
        last: body.changes.last().map(Chunk::id),
        births: body.birth.is_some(),
    };
    let Some(first) = scan_all(body, &mut facts, &header.doc)? else {
        if header.adopts.is_empty() {
            return Err(Refusal::Empty.into());
        }
        past.add(facts.clone(), None, payloads)?;
        return Ok(facts);
    };
    let expanded = body.changes.iter().map(expand).collect::<Result<Vec<_>, _>>()?;
    facts.deps = first.deps;
    let deps = past.find(&facts.deps, payloads).map_err(Not::Waits)?;
    let number = past.actor(&facts.actor.0).unwrap_or_else(|| past.next_actor());
    let ground = past.ground(&deps, number, payloads)?;
    if ground.own.map_or(0, |own| own.seq) + 1 != facts.first_seq {
        return Err(Refusal::WrongSequence.into());
    }
    if ground.max_op + 1 != facts.start_op {
        return Err(Refusal::WrongStart.into());
    }
    let mut batch = Within { past, payloads, ground: &ground, own: (facts.actor, number), rows: Rows::default() };
    for change in &expanded {
        batch.rows.starts.push(u32::try_from(change.start_op.get()).map_err(|_| Refusal::BadChunk)?);
        for op in &change.operations {
            let row = check(op, &mut batch)?;
            batch.rows.push(row);
        }
    }
    let rows = batch.rows;
    let hashes = body.changes.iter().map(Chunk::id).collect();
    past.add(facts.clone(), Some(Judged { ground, hashes, rows }), payloads)?;
    Ok(facts)
}

/// Step 5, and of step 7 what the changes say of themselves: actor, numbers and counters follow on. Gives what
/// the first change says, `None` where there is none.
fn scan_all(body: &Body, facts: &mut BatchFacts, doc: &DocId) -> Result<Option<Scan>, Refusal> {
    let mut first: Option<Scan> = None;
    let (mut seq, mut start_op, mut ops) = (0, 0, 0);
    for chunk in &body.changes {
        let scan = prescan(chunk)?;
        if scan.actor != facts.actor || scan.actor == derive_seed_actor(doc) {
            return Err(Refusal::WrongActor);
        }
        if first.is_some() && scan.seq != seq {
            return Err(Refusal::WrongSequence);
        }
        if first.is_some() && scan.start_op != start_op {
            return Err(Refusal::WrongStart);
        }
        (seq, start_op, ops) = (scan.seq + 1, scan.start_op + scan.ops, ops + scan.ops);
        if ops > BATCH_OPS_MAX as u64 {
            return Err(Refusal::TooBig);
        }
        if start_op > COUNTER_END {
            return Err(Refusal::BadChunk);
        }
        first = first.or(Some(scan));
    }
    if let Some(first) = &first {
        // Every change descends from the seed, so the first stands on something.
        if first.deps.is_empty() {
            return Err(Refusal::WrongDependency);
        }
        facts.first_seq = first.seq;
        facts.start_op = first.start_op;
        facts.max_op = start_op - 1;
        facts.count = u32::try_from(body.changes.len()).map_err(|_| Refusal::TooBig)?;
    }
    Ok(first)
}

/// The past of an operation: that of its batch, and what the batch did before it.
struct Within<'a> {
    past: &'a mut DocumentPast,
    payloads: &'a dyn Payloads,
    ground: &'a Ground,
    own: (ActorKey, ActorIx),
    rows: Rows,
}

impl Known for Within<'_> {
    fn actor(&self, id: &[u8]) -> Option<ActorIx> {
        let (key, number) = self.own;
        if id == key.0 { Some(number) } else { self.past.actor(id) }
    }

    fn row(&mut self, name: Name) -> Result<Row, Stop> {
        let own = name.actor == self.own.1;
        if own && self.rows.starts.first().is_some_and(|start| name.counter >= *start) {
            let row = self.rows.get(name.counter).map(|(row, _)| row.clone());
            return row.ok_or(Stop::Refused(Refusal::UnknownTarget));
        }
        let spot = if own { self.ground.own } else { self.ground.others.get(name.actor) };
        let spot = spot.ok_or(Stop::Refused(Refusal::UnknownTarget))?;
        self.past.row(spot, name.counter, self.payloads)
    }
}
