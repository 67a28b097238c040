//! Reading statements once, and judging each in the light of its own causal past (protocol.md §3).

use super::bits::Bits;
use super::roll::Roll;
use super::{Genesis, Membership, Refusal, SignedStatement, Statement};
use crate::error::{Code, Result};
use crate::ids::{SpaceId, StatementId};
use std::collections::{BTreeMap, BTreeSet};

/// Statements, each read and its signatures verified once. Good for evaluating a growing set again and again.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    good: BTreeMap<StatementId, Statement>,
    bad: BTreeMap<StatementId, Refusal>,
}

impl Statements {
    /// Takes a statement in, good or not. Of several copies one with good signatures is enough.
    pub fn take(&mut self, signed: &SignedStatement) {
        let id = signed.id();
        if self.good.contains_key(&id) {
            return;
        }
        match signed.verify() {
            Ok(statement) => {
                self.bad.remove(&id);
                self.good.insert(id, statement);
            }
            Err(refusal) => {
                // Of several bad copies the least reason is told, so that order cannot be seen.
                let told = self.bad.entry(id).or_insert(refusal);
                *told = refusal.min(*told);
            }
        }
    }

    /// Takes in one that was verified before it was kept, without looking at its signatures again: the store's pages
    /// are authenticated.
    pub fn take_kept(&mut self, signed: &SignedStatement) {
        let id = signed.id();
        match signed.statement() {
            Ok(statement) => drop(self.good.insert(id, statement)),
            Err(refusal) => drop(self.bad.insert(id, refusal)),
        }
    }

    /// What they make of `space`: a function of the set, whatever the order and repetitions.
    ///
    /// # Errors
    /// `NotFound` while the space's Genesis is not among them, or the code of why it cannot stand.
    pub fn evaluate(&self, space: SpaceId) -> Result<Membership> {
        let id = StatementId(space.0);
        let Some(Statement::Genesis(genesis)) = self.good.get(&id) else {
            return Err(self.bad.get(&id).map_or(Code::NotFound.into(), |refusal| (*refusal).into()));
        };
        Ok(self.walk(id, genesis))
    }

    fn walk(&self, genesis_id: StatementId, genesis: &Genesis) -> Membership {
        let mut walk = Walk::new(self, genesis_id, genesis);
        while let Some(id) = walk.ready.pop_first() {
            walk.judge(id);
        }
        let Walk { roll, mut refused, seen, .. } = walk;
        refused.extend(&self.bad);
        let (mut not_evaluated, mut waiting) = (BTreeSet::new(), BTreeSet::new());
        let mut named = BTreeSet::new();
        for (id, statement) in &self.good {
            named.extend(statement.parents());
            match statement {
                Statement::Genesis(_) if *id != genesis_id => drop(refused.insert(*id, Refusal::OtherSpace)),
                Statement::Unknown(_) => drop(not_evaluated.insert(*id)),
                _ if !seen.contains_key(id) => drop(waiting.insert(*id)),
                _ => {}
            }
        }
        let heads = self.good.keys().filter(|id| !named.contains(*id)).copied().collect();
        let missing = named.into_iter().filter(|id| !self.good.contains_key(id)).collect();
        let (members, tips) = roll.outcome();
        let (space, kind) = (SpaceId(genesis_id.0), genesis.kind);
        Membership { space, kind, members, refused, not_evaluated, waiting, missing, heads, tips }
    }
}

/// What these statements make of `space`: a function of the set, whatever its order and repetitions.
///
/// Who evaluates one set again and again keeps [`Statements`]: verifying signatures is most of the work.
///
/// # Errors
/// `NotFound` while the space's Genesis is not among them, or the code of why it cannot stand.
pub fn evaluate(space: SpaceId, statements: &[SignedStatement]) -> Result<Membership> {
    let mut all = Statements::default();
    statements.iter().for_each(|signed| all.take(signed));
    all.evaluate(space)
}

/// A walk from Genesis on: a statement is judged once all its parents were.
struct Walk<'a> {
    statements: &'a Statements,
    roll: Roll<'a>,
    /// Judged: the statements that count in its past and, if it counts, itself.
    seen: BTreeMap<StatementId, Bits>,
    ready: BTreeSet<StatementId>,
    /// Parents not judged yet.
    lacks: BTreeMap<StatementId, usize>,
    children: BTreeMap<StatementId, Vec<StatementId>>,
    refused: BTreeMap<StatementId, Refusal>,
}

impl<'a> Walk<'a> {
    fn new(statements: &'a Statements, genesis_id: StatementId, genesis: &'a Genesis) -> Self {
        let (mut lacks, mut children) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
        for (id, statement) in &statements.good {
            // Genesis and what this version does not know have no parents, and are no one's to judge.
            if !statement.parents().is_empty() {
                lacks.insert(*id, statement.parents().len());
                statement.parents().iter().for_each(|parent| children.entry(*parent).or_default().push(*id));
            }
        }
        let roll = Roll::new(genesis_id, genesis);
        let mut walk = Walk {
            statements,
            roll,
            seen: BTreeMap::new(),
            ready: BTreeSet::new(),
            lacks,
            children,
            refused: BTreeMap::new(),
        };
        let mut itself = Bits::default();
        itself.insert(0);
        walk.settle(genesis_id, itself);
        walk
    }

    fn judge(&mut self, id: StatementId) {
        let Some(statement) = self.statements.good.get(&id) else { return };
        let mut past = Bits::default();
        statement.parents().iter().filter_map(|parent| self.seen.get(parent)).for_each(|seen| past.join(seen));
        match self.roll.judge(id, statement, &past) {
            Ok(number) => past.insert(number),
            Err(refusal) => drop(self.refused.insert(id, refusal)),
        }
        self.settle(id, past);
    }

    fn settle(&mut self, id: StatementId, with_itself: Bits) {
        self.seen.insert(id, with_itself);
        for child in self.children.remove(&id).unwrap_or_default() {
            let Some(lacks) = self.lacks.get_mut(&child) else { continue };
            *lacks -= 1;
            if *lacks == 0 {
                self.ready.insert(child);
            }
        }
    }
}
