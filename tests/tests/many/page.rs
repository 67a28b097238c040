//! Protocol.md §5 told a second time, slowly and change by change: sets of sets, written from the page, with nothing of
//! the core's acceptance. Statements are the core's; they have a second telling of their own.

use crate::replica::{Replica, Sent};
use belay::batch::{Acceptance, Admitted, DocumentRules, Held, Reason, Standing};
use belay::ids::{ActorKey, BatchId, ChangeId, DeviceId, DocId, MemberId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What becomes of one batch.
#[derive(Debug, PartialEq, Eq)]
pub struct Fate {
    /// How many of its changes count; `None` where nothing of it does.
    pub counts: Option<usize>,
    pub vouched: bool,
    /// Why not all of it counts.
    pub reason: Option<Reason>,
}

/// What the core made of it, in the same words.
pub fn fates_of(acceptance: &Acceptance) -> BTreeMap<BatchId, Fate> {
    let mut fates = BTreeMap::new();
    for accepted in acceptance.accepted.values().flatten() {
        let counts = Some(accepted.changes as usize);
        fates.insert(accepted.id, Fate { counts, vouched: accepted.vouched, reason: None });
    }
    for (id, reason) in &acceptance.others {
        let fate = fates.entry(*id).or_insert(Fate { counts: None, vouched: false, reason: None });
        fate.reason = Some(*reason);
    }
    fates
}

/// What the page makes of what passed the gate.
pub fn told(replica: &Replica, batches: &[Held]) -> BTreeMap<BatchId, Fate> {
    let page = Page {
        replica,
        standings: replica.standings(),
        rules: replica.rules(),
        sent: batches.iter().filter_map(|held| replica.shelf.get(&held.facts.id)).collect(),
    };
    let authorised: BTreeSet<BatchId> =
        page.sent.iter().filter(|sent| page.is_authorised(sent)).map(|sent| sent.id).collect();
    page.rules.keys().flat_map(|doc| page.document(doc, &authorised)).collect()
}

struct Page<'a> {
    replica: &'a Replica,
    standings: BTreeMap<DeviceId, Standing>,
    rules: BTreeMap<DocId, DocumentRules>,
    sent: Vec<&'a Sent>,
}

/// The changes of one document: who holds each, and everything it depends on.
struct Graph<'a> {
    holders: BTreeMap<ChangeId, Vec<&'a Sent>>,
    deps: BTreeMap<ChangeId, BTreeSet<ChangeId>>,
    past: BTreeMap<ChangeId, BTreeSet<ChangeId>>,
}

impl<'a> Graph<'a> {
    fn of(sent: &[&'a Sent]) -> Self {
        let (mut holders, mut deps) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, BTreeSet<_>>::new());
        for one in sent {
            for (chunk, said) in one.body.changes.iter().zip(one.described()) {
                holders.entry(chunk.id()).or_default().push(*one);
                deps.insert(chunk.id(), said.deps.iter().copied().collect());
            }
        }
        let mut past: BTreeMap<ChangeId, BTreeSet<ChangeId>> = deps.clone();
        loop {
            let further = |known: &BTreeSet<ChangeId>| -> BTreeSet<ChangeId> {
                known
                    .iter()
                    .flat_map(|change| past.get(change).into_iter().flatten().chain([change]))
                    .copied()
                    .collect()
            };
            let next: BTreeMap<_, _> = past.iter().map(|(change, known)| (*change, further(known))).collect();
            if next == past {
                return Graph { holders, deps, past };
            }
            past = next;
        }
    }

    /// Everything that the changes of a batch depend on, themselves included.
    fn under(&self, sent: &Sent) -> BTreeSet<ChangeId> {
        let own = sent.body.changes.iter().map(belay::batch::Chunk::id);
        own.flat_map(|change| self.past.get(&change).into_iter().flatten().copied().chain([change])).collect()
    }
}

impl Page<'_> {
    fn member(&self, sent: &Sent) -> Option<MemberId> {
        self.standings.get(&sent.header.device).map(|standing| standing.member)
    }
    fn may_write(&self, sent: &Sent, doc: &DocId) -> bool {
        let writer = self.rules.get(doc).map(|rules| rules.writer);
        self.member(sent).zip(writer).is_some_and(|(member, writer)| writer.is_none_or(|writer| writer == member))
    }
    fn ancestors(&self, heads: &BTreeSet<BatchId>) -> BTreeSet<BatchId> {
        let mut found: BTreeSet<BatchId> =
            heads.iter().filter(|id| self.replica.shelf.get(id).is_some()).copied().collect();
        loop {
            let prev = found.iter().filter_map(|id| self.replica.shelf.get(id)).flat_map(|sent| &sent.header.prev);
            let next: BTreeSet<BatchId> = found.iter().chain(prev).copied().collect();
            if next == found {
                return found;
            }
            found = next;
        }
    }

    /// (2), (3) and (4); what is here passed (1).
    fn is_authorised(&self, sent: &Sent) -> bool {
        let Some(standing) = self.standings.get(&sent.header.device) else { return false };
        standing.admitted != Admitted::Once
            && self.may_write(sent, &sent.header.doc)
            && standing.cuts.iter().all(|heads| self.ancestors(heads).contains(&sent.id))
    }

    fn document(&self, doc: &DocId, authorised: &BTreeSet<BatchId>) -> Vec<(BatchId, Fate)> {
        let here: Vec<&Sent> = self.sent.iter().filter(|sent| sent.header.doc == *doc).copied().collect();
        let graph = Graph::of(&here);
        let mut leaned_on: BTreeSet<ChangeId> = BTreeSet::new();
        let mut named: BTreeSet<BatchId> = BTreeSet::new();
        for one in self.sent.iter().filter(|one| authorised.contains(&one.id)) {
            if one.header.doc == *doc {
                leaned_on.extend(graph.under(one));
            }
            if self.may_write(one, doc) {
                named.extend(&one.header.adopts);
            }
        }
        let adopted = here.iter().filter(|one| named.contains(&one.id));
        adopted.for_each(|one| leaned_on.extend(graph.under(one)));
        let leaned = |one: &&&Sent| {
            let is_known = self.standings.contains_key(&one.header.device) && self.may_write(one, doc);
            let by_change = one.body.changes.iter().any(|chunk| leaned_on.contains(&chunk.id()));
            is_known && !authorised.contains(&one.id) && (by_change || named.contains(&one.id))
        };
        let vouched: BTreeSet<BatchId> = here.iter().filter(leaned).map(|one| one.id).collect();
        let counting: Vec<&Sent> =
            here.iter().filter(|one| authorised.contains(&one.id) || vouched.contains(&one.id)).copied().collect();
        let lost = self.lost_twins(&graph, &counting, &here, authorised);
        let seeds = self.rules.get(doc).map(|rules| rules.seeds.clone()).unwrap_or_default();
        let in_now = least(&graph, &counting, &lost, &seeds);
        let fate = |one: &&Sent| {
            let changes: Vec<ChangeId> = one.body.changes.iter().map(belay::batch::Chunk::id).collect();
            let whole = |one: &Sent| in_now.whole.contains(&one.id);
            let taken = changes.iter().take_while(|change| in_now.changes.contains(*change)).count();
            let counts = (in_now.let_in.contains(&one.id) && (taken > 0 || whole(one))).then_some(taken);
            let again = one.header.again_of.is_some_and(|of| in_now.whole.contains(&of));
            let first_stands = changes
                .first()
                .and_then(|first| graph.deps.get(first))
                .is_none_or(|deps| deps.iter().all(|dep| seeds.contains(dep) || in_now.changes.contains(dep)));
            let reason = if !self.standings.contains_key(&one.header.device) {
                Some(Reason::UnknownDevice)
            } else if !self.may_write(one, doc) {
                Some(Reason::NotAWriter)
            } else if !counting.iter().any(|other| other.id == one.id) {
                Some(Reason::OutsideCut)
            } else if whole(one) {
                None
            } else if again {
                Some(Reason::AgainOf)
            } else if first_stands {
                Some(Reason::LostTwin)
            } else {
                Some(Reason::DependsOnUnaccepted)
            };
            (one.id, Fate { counts, vouched: counts.is_some() && vouched.contains(&one.id), reason })
        };
        here.iter().map(fate).collect()
    }

    fn lost_twins(
        &self,
        graph: &Graph<'_>,
        counting: &[&Sent],
        here: &[&Sent],
        authorised: &BTreeSet<BatchId>,
    ) -> BTreeSet<ChangeId> {
        let mut numbers: BTreeMap<(ActorKey, u64), BTreeSet<ChangeId>> = BTreeMap::new();
        for one in counting {
            for (chunk, said) in one.body.changes.iter().zip(one.described()) {
                numbers.entry((said.actor, said.seq)).or_default().insert(chunk.id());
            }
        }
        let support = |change: &ChangeId| {
            let author = graph.holders[change][0];
            let on_it = here.iter().filter(|one| authorised.contains(&one.id) && graph.under(one).contains(change));
            let others: Vec<&&Sent> = on_it.filter(|one| one.header.device != author.header.device).collect();
            let members: BTreeSet<_> = others.iter().filter_map(|one| self.member(one)).collect();
            let devices: BTreeSet<_> = others.iter().map(|one| one.header.device).collect();
            (members.iter().filter(|member| Some(**member) != self.member(author)).count(), devices.len())
        };
        let mut lost = BTreeSet::new();
        for twins in numbers.into_values().filter(|twins| twins.len() > 1) {
            let stays = twins.iter().max_by_key(|change| (support(change), Reverse(**change))).copied();
            lost.extend(twins.into_iter().filter(|change| Some(*change) != stays));
        }
        lost
    }
}

#[derive(Default)]
struct In {
    changes: BTreeSet<ChangeId>,
    whole: BTreeSet<BatchId>,
    /// Not kept out as made again.
    let_in: BTreeSet<BatchId>,
}

/// The least set of changes that stands by itself, where a batch made again is out while the first is in.
fn least(graph: &Graph<'_>, counting: &[&Sent], lost: &BTreeSet<ChangeId>, seeds: &BTreeSet<ChangeId>) -> In {
    let closed = |first_in: &BTreeSet<BatchId>| {
        let is_first = |one: &&&Sent| one.header.again_of.is_none_or(|of| !first_in.contains(&of));
        let let_in: Vec<&Sent> = counting.iter().filter(is_first).copied().collect();
        let mut made = In { let_in: let_in.iter().map(|one| one.id).collect(), ..In::default() };
        loop {
            let stands = |change: &ChangeId| {
                let deps = graph.deps.get(change);
                !lost.contains(change)
                    && deps.is_some_and(|deps| deps.iter().all(|dep| seeds.contains(dep) || made.changes.contains(dep)))
            };
            let all = let_in.iter().flat_map(|one| one.body.changes.iter().map(belay::batch::Chunk::id));
            let next: BTreeSet<ChangeId> = all.filter(stands).collect();
            if next == made.changes {
                break;
            }
            made.changes = next;
        }
        let is_whole = |one: &&&Sent| one.body.changes.iter().all(|chunk| made.changes.contains(&chunk.id()));
        made.whole = let_in.iter().filter(is_whole).map(|one| one.id).collect();
        made
    };
    let mut certain = BTreeSet::new();
    loop {
        let now = closed(&closed(&certain).whole);
        if now.whole == certain {
            return now;
        }
        certain = now.whole;
    }
}
