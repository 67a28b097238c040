//! What each batch did in its document, told from batch to batch.

use crate::batch::{BatchFacts, Chunk};
use crate::document::{Act, Doc, Followed, Kind, State};
use crate::error::Result;
use crate::ids::ChangeId;
use std::collections::VecDeque;

/// Logs that are followed at once: those of a few devices that wrote apart take turns.
const LINES_MAX: u64 = 4;
/// What is said in all logs that are followed, about; one is followed whatever it says.
const LINES_BYTES: u64 = 32 * 1024 * 1024;

/// What was said at the newest changes of the logs that are gone through, the latest last.
#[derive(Debug, Default)]
struct Lines {
    said: VecDeque<(Vec<ChangeId>, State, Option<Followed>)>,
    most: usize,
}

impl Lines {
    /// What was said at these heads; nobody goes on from there twice.
    fn at(&mut self, heads: &[ChangeId]) -> Option<(State, Option<Followed>)> {
        let at = self.said.iter().rposition(|(known, ..)| known == heads)?;
        self.said.remove(at).map(|(_, said, followed)| (said, followed))
    }

    fn keep(&mut self, heads: Vec<ChangeId>, said: State, followed: Followed) {
        while self.said.len() >= self.most.max(1) {
            self.said.pop_front();
        }
        self.said.push_back((heads, said, Some(followed)));
    }
}

/// Goes through the batches of a document in causal order.
#[derive(Debug)]
pub(super) struct Following {
    kind: Kind,
    lines: Lines,
    is_first: bool,
}

impl Following {
    /// Begins in a document that holds all of them already. `before` is what it said at the heads where it `stood`, so that a
    /// log that goes on from there is not read from its beginning; nothing for what is not known.
    pub fn begin(doc: &Doc, kind: Kind, is_new: bool, before: Option<State>, stood: Vec<ChangeId>) -> Self {
        let most = usize::try_from((LINES_BYTES / doc.weight().max(1)).min(LINES_MAX)).unwrap_or_default();
        let said = before.map(|before| (stood, before, None)).into_iter().collect();
        Following { kind, lines: Lines { said, most }, is_first: is_new }
    }

    /// Whether a batch goes on where one stood that was gone through last, so that nothing is read anew.
    pub fn goes_on(&self, facts: &BatchFacts) -> bool {
        self.lines.said.iter().any(|(heads, ..)| *heads == facts.deps)
    }

    /// What the next batch did, whose last change that counts is `newest`.
    ///
    /// # Errors
    /// `Stale` where the document does not hold it.
    pub fn acts<C: AsRef<[Chunk]>>(
        &mut self,
        doc: &Doc,
        facts: &BatchFacts,
        newest: ChangeId,
        changes: impl FnOnce() -> C,
    ) -> Result<Vec<Act>> {
        let kind = self.kind;
        let (saw, followed) = self.lines.at(&facts.deps).map_or((None, None), |(saw, followed)| (Some(saw), followed));
        let changes = followed.is_some().then(changes);
        let from = followed.zip(changes.as_ref().map(AsRef::as_ref));
        let (followed, after) = doc.follow(from, &[newest], |view| State::read(kind, view))?;
        let saw = match saw {
            Some(said) => said,
            None => doc.at(&facts.deps, |view| State::read(kind, view))?,
        };
        let saw = (!std::mem::take(&mut self.is_first)).then_some(saw);
        let acts = after.acts_since(saw.as_ref());
        self.lines.keep(vec![newest], after, followed);
        Ok(acts)
    }
}

/// Heads as they are kept, in their order.
pub(super) fn heads_of(kept: &[u8]) -> Vec<ChangeId> {
    kept.chunks(32).filter_map(ChangeId::from_slice).collect()
}
