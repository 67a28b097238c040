//! A model of three phones and two members, of which every sequence of a few acts is tried on the real evaluation.
//!
//! Mara has phone A and phone B, Theo has phone T. A thief has phone A. *With the secret* the thief signs with A's admin
//! key, on any past (so back-dated too), brings phone X in and signs with it. *Without the secret* the thief has no admin
//! key but one of their own, and the bytes of A's. Mara holds B and her words, Theo holds T; they stand on all they know,
//! and they come to know what was written in any order, or never. The words are used with a helper who may hide any of
//! what there is; they name B, or a new phone N.
//!
//! In words, what must hold in every state, which is a set of statements, and in each part of it that some device may
//! hold (a part with the past of all that is in it):
//!
//! 1. *Equal sets, equal memberships*: order and repetition change nothing, and what was judged stays judged.
//! 2. *No removal is undone*: a phone that is out by a standing removal in a part is out in the whole, unless the
//!    standing RootReset of its member is another. Who left stays out.
//! 3. *Mutual removal*: when A and B remove each other without knowing of it, and no words come, both are out.
//! 4. *No power for the removed*: while a removal of A stands, X is in only if that removal knew of an addition of X.
//! 5. *The words end it*: under a standing RootReset Mara has the phones it names and no other; A and X can sign nothing
//!    that counts and knows of it; every phone it names is in, unless Mara left or a named phone removed it.
//! 6. *Without the secret* nothing that the thief signs counts: all is as if it were not there.
//! 7. *Theo's phone is Theo's*: it is out only when an admin of his or of Mara's said so.

use crate::cast::{Cast, Phone, add, heads, leave, phone, remove, reset};
use belay::ids::{DeviceId, MemberId, StatementId};
use belay::space::{Membership, SignedStatement, Statement, Statements};
use stateright::{Checker, Model, Property};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

type Ids = BTreeSet<StatementId>;

/// What was written, and what Mara's phone B and Theo's phone know of it.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Written {
    all: Ids,
    known: [Ids; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    MaraB,
    Theo,
    MarasWords,
    ThiefA,
    ThiefX,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    AddX,
    Remove(Of),
    LeaveTheo,
    LeaveMara,
    Reset(Of),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    A,
    B,
    T,
    X,
    N,
}

impl Of {
    fn phone(self) -> &'static Phone {
        phone(match self {
            Of::A => 0,
            Of::B => 1,
            Of::T => 2,
            Of::X => 3,
            Of::N => 4,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Act {
    who: Who,
    what: What,
    knowing: Ids,
}

struct Line {
    signed: SignedStatement,
    /// What it knows of, itself not.
    past: Ids,
    act: Act,
}

/// Statements are made once; sets are evaluated once.
#[derive(Default)]
struct Book {
    lines: BTreeMap<StatementId, Arc<Line>>,
    evaluated: BTreeMap<Ids, Arc<Membership>>,
}

struct Theft {
    cast: Cast,
    has_secret: bool,
    acts: usize,
    book: Mutex<Book>,
}

impl Theft {
    fn new(has_secret: bool, acts: usize) -> Self {
        let cast = Cast::pair(&[Of::A.phone(), Of::B.phone()], &[Of::T.phone()]);
        Theft { cast, has_secret, acts, book: Mutex::default() }
    }

    fn line(&self, id: &StatementId) -> Arc<Line> {
        Arc::clone(&self.book.lock().expect("no panic").lines[id])
    }

    /// A part: with each statement all that it knows of.
    fn parts(&self, all: &Ids) -> Vec<Ids> {
        let mut parts: BTreeSet<Ids> = [Ids::new()].into();
        for id in all {
            let mut with_it = self.line(id).past.clone();
            with_it.insert(*id);
            let more: Vec<Ids> = parts.iter().map(|part| part | &with_it).collect();
            parts.extend(more);
        }
        parts.into_iter().collect()
    }

    fn evaluate(&self, set: &Ids) -> Arc<Membership> {
        if let Some(known) = self.book.lock().expect("no panic").evaluated.get(set) {
            return Arc::clone(known);
        }
        let evaluate = |lines: &mut dyn Iterator<Item = Arc<Line>>| {
            let mut statements = Statements::default();
            statements.take(&self.cast.genesis);
            lines.for_each(|line| statements.take(&line.signed));
            statements.evaluate(self.cast.space()).expect("a good Genesis")
        };
        let made = evaluate(&mut set.iter().map(|id| self.line(id)));
        let backwards = evaluate(&mut set.iter().rev().chain(set).map(|id| self.line(id)));
        assert_eq!(made, backwards, "order changes nothing");
        let made = Arc::new(made);
        self.book.lock().expect("no panic").evaluated.insert(set.clone(), Arc::clone(&made));
        made
    }

    fn write(&self, act: &Act) -> StatementId {
        let lines: Vec<Arc<Line>> = act.knowing.iter().map(|id| self.line(id)).collect();
        // The heads of what is known stand for all of it.
        let is_head = |line: &&Arc<Line>| !lines.iter().any(|other| other.past.contains(&line.signed.id()));
        let mut past: Vec<&SignedStatement> = lines.iter().filter(is_head).map(|line| &line.signed).collect();
        if past.is_empty() {
            past.push(&self.cast.genesis);
        }
        let by = match act.who {
            Who::MaraB => Of::B.phone().clone(),
            Who::Theo => Of::T.phone().clone(),
            Who::ThiefX | Who::MarasWords => Of::X.phone().clone(),
            Who::ThiefA if self.has_secret => Of::A.phone().clone(),
            // The bytes of A's keys, and not its secret: what is signed is signed by another key.
            Who::ThiefA => Phone { admin: Of::X.phone().admin.clone(), ..Of::A.phone().clone() },
        };
        let cut = heads(&[(Of::A.phone(), 1), (Of::B.phone(), 2)]);
        let signed = match act.what {
            What::AddX => add(&by, self.cast.mara(), Of::X.phone(), &past),
            What::Remove(of) => remove(&by, of.phone(), cut, &past),
            What::LeaveTheo => leave(&by, self.cast.theo(), cut, &past),
            What::LeaveMara => leave(&by, self.cast.mara(), cut, &past),
            What::Reset(of) => reset(&self.cast.people[0], &[of.phone()], cut, &past),
        };
        let id = signed.id();
        let line = Line { signed, past: act.knowing.clone(), act: act.clone() };
        self.book.lock().expect("no panic").lines.entry(id).or_insert_with(|| Arc::new(line));
        id
    }

    fn lines(&self, set: &Ids) -> Vec<(StatementId, Arc<Line>)> {
        set.iter().map(|id| (*id, self.line(id))).collect()
    }
    fn counted(&self, set: &Ids) -> Vec<(StatementId, Arc<Line>)> {
        let made = self.evaluate(set);
        self.lines(set).into_iter().filter(|(id, _)| !made.refused.contains_key(id)).collect()
    }
    /// The removals of a phone of Mara's that stand.
    fn standing_removals(&self, set: &Ids, of: Of) -> Vec<Arc<Line>> {
        let reset = self.evaluate(set).members[&self.cast.mara()].reset;
        let mut found: Vec<_> = self.counted(set).into_iter().map(|(_, line)| line).collect();
        found.retain(|line| line.act.what == What::Remove(of) && reset.is_none_or(|reset| line.past.contains(&reset)));
        found
    }
    fn maras(&self, set: &Ids) -> BTreeSet<DeviceId> {
        self.evaluate(set).members[&self.cast.mara()].active_devices().collect()
    }
}

impl Model for Theft {
    type State = Written;
    type Action = Act;

    fn init_states(&self) -> Vec<Written> {
        vec![Written { all: Ids::new(), known: [Ids::new(), Ids::new()] }]
    }

    fn actions(&self, state: &Written, acts: &mut Vec<Act>) {
        if state.all.len() == self.acts {
            return;
        }
        let thief_a = [What::AddX, What::Remove(Of::B), What::Remove(Of::A), What::Remove(Of::T), What::LeaveTheo];
        let thief_x = [What::Remove(Of::B), What::Remove(Of::A), What::LeaveMara];
        let may: [(Who, &[What]); 5] = [
            (Who::MaraB, &[What::Remove(Of::A), What::Remove(Of::X), What::LeaveTheo]),
            (Who::Theo, &[What::LeaveTheo]),
            (Who::MarasWords, &[What::Reset(Of::B), What::Reset(Of::N)]),
            (Who::ThiefA, &thief_a),
            (Who::ThiefX, &thief_x),
        ];
        let parts = self.parts(&state.all);
        for (who, whats) in may {
            let honest = match who {
                Who::MaraB => Some((&state.known[0], Of::B)),
                Who::Theo => Some((&state.known[1], Of::T)),
                Who::MarasWords | Who::ThiefA | Who::ThiefX => None,
            };
            for part in &parts {
                // Who is honest forgets nothing, and writes nothing once they know that they are out.
                let may_write = honest
                    .is_none_or(|(known, of)| known.is_subset(part) && self.evaluate(part).is_active(&of.phone().id));
                if may_write {
                    acts.extend(whats.iter().map(|what| Act { who, what: *what, knowing: part.clone() }));
                }
            }
        }
    }

    fn next_state(&self, last: &Written, act: Act) -> Option<Written> {
        let id = self.write(&act);
        let mut next = last.clone();
        if !next.all.insert(id) {
            return None;
        }
        let known = match act.who {
            Who::MaraB => next.known.get_mut(0),
            Who::Theo => next.known.get_mut(1),
            Who::MarasWords | Who::ThiefA | Who::ThiefX => None,
        };
        if let Some(known) = known {
            *known = act.knowing;
            known.insert(id);
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all = vec![
            Property::always("judged once", judged_once),
            Property::always("no removal is undone", nothing_undone),
            Property::always("mutual removal puts both out", mutual_removal),
            Property::always("the removed have no power", no_power),
            Property::always("the words end it", words_end_it),
            Property::always("without the secret nothing counts", nothing_without_secret),
            Property::always("Theo's phone is Theo's", theos_phone),
            // That the model is not empty: these come about.
            Property::sometimes("the words give the phone back", |model: &Self, state: &Written| {
                let counted = model.counted(&state.all);
                let out = |line: &Line| line.act.what == What::Remove(Of::B);
                let by_words = |line: &Line| line.act.what == What::Reset(Of::B);
                counted.iter().any(|(_, line)| out(line) && model.has_secret || by_words(line))
                    && counted.iter().any(|(_, line)| by_words(line))
                    && model.maras(&state.all) == [Of::B.phone().id].into()
            }),
            Property::sometimes("two use the words", |model: &Self, state: &Written| {
                let resets = |(_, line): &(StatementId, Arc<Line>)| matches!(line.act.what, What::Reset(_));
                model.counted(&state.all).iter().filter(|line| resets(line)).count() == 2
            }),
        ];
        if self.has_secret {
            all.push(Property::sometimes("the thief puts every phone out", |model: &Self, state: &Written| {
                model.evaluate(&state.all).active_devices().is_empty()
                    && model
                        .counted(&state.all)
                        .iter()
                        .all(|(_, line)| matches!(line.act.who, Who::ThiefA | Who::ThiefX))
            }));
            all.push(Property::sometimes(
                "an honest phone and the thief's put each other out",
                |model: &Self, state: &Written| {
                    !model.standing_removals(&state.all, Of::A).is_empty()
                        && model.standing_removals(&state.all, Of::B).iter().any(|line| line.act.who == Who::ThiefA)
                        && model.maras(&state.all).is_empty()
                },
            ));
            all.push(Property::sometimes("the thief's phone falls with a removal", |model: &Self, state: &Written| {
                let x = Of::X.phone().id;
                let standing = &model.evaluate(&state.all).members[&model.cast.mara()].devices;
                standing.get(&x).is_some_and(|standing| !standing.active)
                    && !model.standing_removals(&state.all, Of::A).is_empty()
            }));
        }
        all
    }
}

fn judged_once(model: &Theft, state: &Written) -> bool {
    let whole = model.evaluate(&state.all);
    let parts = model.parts(&state.all);
    whole.waiting.is_empty()
        && parts.iter().all(|part| {
            let made = model.evaluate(part);
            part.iter().all(|id| made.refused.get(id) == whole.refused.get(id))
        })
}

fn nothing_undone(model: &Theft, state: &Written) -> bool {
    let whole = model.evaluate(&state.all);
    let mara = model.cast.mara();
    model.parts(&state.all).iter().all(|part| {
        let made = model.evaluate(part);
        let left_stays = made.members.iter().all(|(id, member)| !member.left || whole.members[id].left);
        let same_words = made.members[&mara].reset == whole.members[&mara].reset;
        let stays = |of: Of| {
            let out = !model.standing_removals(part, of).is_empty();
            !(out && same_words) || !whole.members[&mara].active_devices().any(|device| device == of.phone().id)
        };
        let theo_out = model.counted(part).iter().any(|(_, line)| line.act.what == What::Remove(Of::T));
        left_stays
            && [Of::A, Of::B, Of::X, Of::N].into_iter().all(stays)
            && (!theo_out || !whole.is_active(&Of::T.phone().id))
    })
}

fn mutual_removal(model: &Theft, state: &Written) -> bool {
    let made = model.evaluate(&state.all);
    if made.members[&model.cast.mara()].reset.is_some() {
        return true;
    }
    let counted = model.counted(&state.all);
    let by = |who: Who, of: Of| {
        counted.iter().filter(move |(_, line)| line.act.who == who && line.act.what == What::Remove(of))
    };
    let mut mutual = by(Who::MaraB, Of::A).flat_map(|one| by(Who::ThiefA, Of::B).map(move |two| (one, two)));
    mutual.all(|((one, by_b), (two, by_a))| {
        let apart = !by_b.past.contains(two) && !by_a.past.contains(one);
        !apart || (!made.is_active(&Of::A.phone().id) && !made.is_active(&Of::B.phone().id))
    })
}

fn no_power(model: &Theft, state: &Written) -> bool {
    let removals = model.standing_removals(&state.all, Of::A);
    if removals.is_empty() || !model.maras(&state.all).contains(&Of::X.phone().id) {
        return true;
    }
    let counted = model.counted(&state.all);
    let mut additions = counted.iter().filter(|(_, line)| line.act.what == What::AddX);
    additions.any(|(id, _)| removals.iter().all(|removal| removal.past.contains(id)))
}

fn words_end_it(model: &Theft, state: &Written) -> bool {
    let made = model.evaluate(&state.all);
    let member = &made.members[&model.cast.mara()];
    let Some(reset) = member.reset else { return true };
    let line = model.line(&reset);
    let What::Reset(named) = line.act.what else { return false };
    let counted = model.counted(&state.all);
    let by_thief = |(_, line): &&(StatementId, Arc<Line>)| {
        line.past.contains(&reset) && matches!(line.act.who, Who::ThiefA | Who::ThiefX)
    };
    // Under a reset that lost, its phone was an admin: what it wrote there counts, and says nothing here.
    let only_named = model.maras(&state.all).is_subset(&[named.phone().id].into());
    let kept_out = member.left || !model.standing_removals(&state.all, named).is_empty();
    only_named && !counted.iter().any(|line| by_thief(&line)) && (kept_out || member.active_devices().count() == 1)
}

fn nothing_without_secret(model: &Theft, state: &Written) -> bool {
    if model.has_secret {
        return true;
    }
    let lines = model.lines(&state.all);
    let by_thief: Ids =
        lines.iter().filter(|(_, line)| matches!(line.act.who, Who::ThiefA | Who::ThiefX)).map(|(id, _)| *id).collect();
    let made = model.evaluate(&state.all);
    let refused = by_thief.iter().all(|id| made.refused.contains_key(id) || made.waiting.contains(id));
    // Nobody stands on what the thief forged: it is held nowhere for good.
    refused
        && made.active_devices().iter().all(|device| *device != Of::X.phone().id)
        && made.is_active(&Of::B.phone().id)
            == (made.members[&model.cast.mara()]
                .reset
                .is_none_or(|reset| model.line(&reset).act.what == What::Reset(Of::B)))
}

fn theos_phone(model: &Theft, state: &Written) -> bool {
    let made = model.evaluate(&state.all);
    let theo: MemberId = model.cast.theo();
    let said_so = model.counted(&state.all).iter().any(|(_, line)| {
        matches!(line.signed.statement(), Ok(Statement::Leave(leave)) if leave.member == theo)
            || line.act.what == What::Remove(Of::T)
    });
    made.is_active(&Of::T.phone().id) == !said_so
}

fn check(has_secret: bool) {
    let acts = std::env::var("BELAY_MODEL_DEPTH").ok().and_then(|acts| acts.parse().ok()).unwrap_or(3);
    let begun = std::time::Instant::now();
    let checker = Theft::new(has_secret, acts).checker().threads(2).spawn_bfs().join();
    println!(
        "{acts} acts, the thief {} the secret: {} states, {} of them different, {:.1?}",
        if has_secret { "with" } else { "without" },
        checker.state_count(),
        checker.unique_state_count(),
        begun.elapsed()
    );
    checker.assert_properties();
}

#[test]
fn a_thief_with_the_secret() {
    check(true);
}

#[test]
fn a_thief_without_the_secret() {
    check(false);
}
