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
//! 1. *Judged once*: whether a statement counts is the same in the part as in the whole. (That order and repetition
//!    change nothing is tried in `properties`.)
//! 2. *No removal is undone*: a phone that is out by a standing removal in a part is out in the whole, unless the
//!    standing RootReset of its member is another. Who left stays out.
//! 3. *Mutual removal*: when A and B remove each other without knowing of it, and no words come, both are out.
//! 4. *No power for the removed*: while a removal of A stands, X is in only if that removal knew of an addition of X.
//! 5. *The words end it*: under a standing RootReset Mara has the phones it names and no other; A and X can sign nothing
//!    that counts and knows of it; every phone it names is in, unless Mara left or a named phone removed it.
//! 6. *Without the secret* nothing that the thief signs counts: all is as if it were not there.
//! 7. *Theo's phone is Theo's*: it is out only when an admin of his or of Mara's said so.

use crate::cast::{Cast, Phone, add, heads, leave, phone, remove, reset};
use belay::ids::{DeviceId, StatementId};
use belay::space::{Membership, SignedStatement, Statements};
use stateright::{Checker, Model, Property};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// Statements by the numbers of the book.
type Ids = BTreeSet<u32>;

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

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Act {
    who: Who,
    what: What,
    knowing: Ids,
}

struct Line {
    signed: SignedStatement,
    id: StatementId,
    /// What it knows of, itself not.
    past: Ids,
    act: Act,
}

/// A set of statements, looked at once.
struct Seen {
    statements: Statements,
    membership: Membership,
    lines: Vec<(u32, Arc<Line>)>,
    /// Those that are not refused.
    counted: Vec<(u32, Arc<Line>)>,
    /// Its parts: with each statement all that it knows of.
    parts: Vec<Ids>,
}

/// Statements are made once; sets are evaluated once.
#[derive(Default)]
struct Book {
    lines: Vec<Arc<Line>>,
    numbers: BTreeMap<Act, u32>,
    seen: BTreeMap<Ids, Arc<Seen>>,
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

    fn lines(&self, set: &Ids) -> Vec<(u32, Arc<Line>)> {
        let book = self.book.lock().expect("no panic");
        set.iter().map(|number| (*number, Arc::clone(&book.lines[*number as usize]))).collect()
    }

    fn seen(&self, set: &Ids) -> Arc<Seen> {
        if let Some(known) = self.book.lock().expect("no panic").seen.get(set) {
            return Arc::clone(known);
        }
        let lines = self.lines(set);
        // What came last knows of none of the others' successors: without it the rest is whole.
        let mut rest = set.clone();
        let mut statements = match rest.pop_last() {
            Some(_) => self.seen(&rest).statements.clone(),
            None => Statements::default(),
        };
        statements.take(lines.last().map_or(&self.cast.genesis, |(_, line)| &line.signed));
        let membership = statements.evaluate(self.cast.space()).expect("a good Genesis");
        let counts = |(_, line): &&(u32, Arc<Line>)| !membership.refused.contains_key(&line.id);
        let counted = lines.iter().filter(counts).cloned().collect();
        let mut parts: BTreeSet<Ids> = [Ids::new()].into();
        for (number, line) in &lines {
            let mut with_it = line.past.clone();
            with_it.insert(*number);
            let more: Vec<Ids> = parts.iter().map(|part| part | &with_it).collect();
            parts.extend(more);
        }
        let seen = Arc::new(Seen { statements, membership, lines, counted, parts: parts.into_iter().collect() });
        self.book.lock().expect("no panic").seen.insert(set.clone(), Arc::clone(&seen));
        seen
    }

    /// The number of what this act writes.
    fn write(&self, act: &Act) -> u32 {
        if let Some(number) = self.book.lock().expect("no panic").numbers.get(act) {
            return *number;
        }
        let lines = self.lines(&act.knowing);
        // The heads of what is known stand for all of it.
        let is_head = |(number, _): &&(u32, Arc<Line>)| !lines.iter().any(|(_, other)| other.past.contains(number));
        let mut past: Vec<&SignedStatement> = lines.iter().filter(is_head).map(|(_, line)| &line.signed).collect();
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
        let line = Line { id: signed.id(), signed, past: act.knowing.clone(), act: act.clone() };
        let mut book = self.book.lock().expect("no panic");
        // Two may write the same: the thief without the secret has one key for all.
        let same = book.lines.iter().position(|other| other.id == line.id);
        let number = u32::try_from(same.unwrap_or(book.lines.len())).expect("few");
        book.numbers.insert(act.clone(), number);
        if same.is_none() {
            book.lines.push(Arc::new(line));
        }
        number
    }

    /// The removals of a phone of Mara's that stand.
    fn standing_removals(&self, seen: &Seen, of: Of) -> Vec<Arc<Line>> {
        let reset = self.reset(seen);
        let mut found: Vec<_> = seen.counted.iter().map(|(_, line)| Arc::clone(line)).collect();
        found.retain(|line| {
            let after = reset.as_ref().is_none_or(|(reset, _)| line.past.contains(reset));
            line.act.what == What::Remove(of) && after
        });
        found
    }
    /// Mara's RootReset that stands.
    fn reset(&self, seen: &Seen) -> Option<(u32, Arc<Line>)> {
        let standing = seen.membership.members[&self.cast.mara()].reset;
        seen.lines.iter().find(|(_, line)| Some(line.id) == standing).cloned()
    }
    fn maras(&self, seen: &Seen) -> BTreeSet<DeviceId> {
        seen.membership.members[&self.cast.mara()].active_devices().collect()
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
        let seen = self.seen(&state.all);
        for (who, whats) in may {
            let honest = match who {
                Who::MaraB => Some((&state.known[0], Of::B)),
                Who::Theo => Some((&state.known[1], Of::T)),
                Who::MarasWords | Who::ThiefA | Who::ThiefX => None,
            };
            for part in &seen.parts {
                // Who is honest forgets nothing, and writes nothing once they know that they are out.
                let may_write = honest.is_none_or(|(known, of)| {
                    known.is_subset(part) && self.seen(part).membership.is_active(&of.phone().id)
                });
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
                let seen = model.seen(&state.all);
                let did = |what: What| seen.counted.iter().any(|(_, line)| line.act.what == what);
                did(What::Reset(Of::B))
                    && did(What::Remove(Of::B)) == model.has_secret
                    && model.maras(&seen) == [Of::B.phone().id].into()
            }),
            Property::sometimes("two use the words", |model: &Self, state: &Written| {
                let seen = model.seen(&state.all);
                seen.counted.iter().filter(|(_, line)| matches!(line.act.what, What::Reset(_))).count() == 2
            }),
        ];
        if self.has_secret {
            all.push(Property::sometimes("the thief puts every phone out", |model: &Self, state: &Written| {
                let seen = model.seen(&state.all);
                let by_thief = |(_, line): &(u32, Arc<Line>)| matches!(line.act.who, Who::ThiefA | Who::ThiefX);
                seen.membership.active_devices().is_empty() && seen.counted.iter().all(by_thief)
            }));
            all.push(Property::sometimes("B and the thief put each other out", |model: &Self, state: &Written| {
                let seen = model.seen(&state.all);
                let of_b = model.standing_removals(&seen, Of::B);
                !model.standing_removals(&seen, Of::A).is_empty()
                    && of_b.iter().any(|line| line.act.who == Who::ThiefA)
                    && model.maras(&seen).is_empty()
            }));
            all.push(Property::sometimes("the thief's phone falls with a removal", |model: &Self, state: &Written| {
                let seen = model.seen(&state.all);
                let x = seen.membership.members[&model.cast.mara()].devices.get(&Of::X.phone().id);
                x.is_some_and(|x| !x.active) && !model.standing_removals(&seen, Of::A).is_empty()
            }));
        }
        all
    }
}

fn judged_once(model: &Theft, state: &Written) -> bool {
    let whole = model.seen(&state.all);
    whole.membership.waiting.is_empty()
        && whole.parts.iter().all(|part| {
            let part = model.seen(part);
            let refused = |seen: &Seen, id: &StatementId| seen.membership.refused.get(id).copied();
            part.lines.iter().all(|(_, line)| refused(&part, &line.id) == refused(&whole, &line.id))
        })
}

fn nothing_undone(model: &Theft, state: &Written) -> bool {
    let whole = model.seen(&state.all);
    let in_whole = model.maras(&whole);
    let theo_in = whole.membership.is_active(&Of::T.phone().id);
    let reset_of = |seen: &Seen| seen.membership.members[&model.cast.mara()].reset;
    whole.parts.iter().all(|part| {
        let part = model.seen(part);
        let members = &part.membership.members;
        let left_stays = members.iter().all(|(id, member)| !member.left || whole.membership.members[id].left);
        let same_words = reset_of(&part) == reset_of(&whole);
        let stays = |of: Of| {
            let out = !model.standing_removals(&part, of).is_empty();
            !(out && same_words && in_whole.contains(&of.phone().id))
        };
        let theo_out = part.counted.iter().any(|(_, line)| line.act.what == What::Remove(Of::T));
        left_stays && [Of::A, Of::B, Of::X, Of::N].into_iter().all(stays) && !(theo_out && theo_in)
    })
}

fn mutual_removal(model: &Theft, state: &Written) -> bool {
    let seen = model.seen(&state.all);
    if model.reset(&seen).is_some() {
        return true;
    }
    let by = |who: Who, of: Of| {
        seen.counted.iter().filter(move |(_, line)| line.act.who == who && line.act.what == What::Remove(of))
    };
    let mut mutual = by(Who::MaraB, Of::A).flat_map(|one| by(Who::ThiefA, Of::B).map(move |two| (one, two)));
    let maras = model.maras(&seen);
    mutual.all(|((one, by_b), (two, by_a))| {
        let apart = !by_b.past.contains(two) && !by_a.past.contains(one);
        !apart || (!maras.contains(&Of::A.phone().id) && !maras.contains(&Of::B.phone().id))
    })
}

fn no_power(model: &Theft, state: &Written) -> bool {
    let seen = model.seen(&state.all);
    let removals = model.standing_removals(&seen, Of::A);
    if removals.is_empty() || !model.maras(&seen).contains(&Of::X.phone().id) {
        return true;
    }
    let mut additions = seen.counted.iter().filter(|(_, line)| line.act.what == What::AddX);
    additions.any(|(number, _)| removals.iter().all(|removal| removal.past.contains(number)))
}

fn words_end_it(model: &Theft, state: &Written) -> bool {
    let seen = model.seen(&state.all);
    let Some((reset, line)) = model.reset(&seen) else { return true };
    let What::Reset(named) = line.act.what else { return false };
    let by_thief =
        |(_, line): &(u32, Arc<Line>)| line.past.contains(&reset) && matches!(line.act.who, Who::ThiefA | Who::ThiefX);
    let maras = model.maras(&seen);
    let kept_out =
        seen.membership.members[&model.cast.mara()].left || !model.standing_removals(&seen, named).is_empty();
    maras.is_subset(&[named.phone().id].into()) && !seen.counted.iter().any(by_thief) && (kept_out || maras.len() == 1)
}

fn nothing_without_secret(model: &Theft, state: &Written) -> bool {
    if model.has_secret {
        return true;
    }
    let seen = model.seen(&state.all);
    let by_thief = |(_, line): &(u32, Arc<Line>)| matches!(line.act.who, Who::ThiefA | Who::ThiefX);
    let maras = model.maras(&seen);
    let b_is_in = model.reset(&seen).is_none_or(|(_, line)| line.act.what == What::Reset(Of::B));
    !seen.counted.iter().any(by_thief)
        && !maras.contains(&Of::X.phone().id)
        && maras.contains(&Of::B.phone().id) == b_is_in
}

fn theos_phone(model: &Theft, state: &Written) -> bool {
    let seen = model.seen(&state.all);
    let said_so = |(_, line): &(u32, Arc<Line>)| matches!(line.act.what, What::LeaveTheo | What::Remove(Of::T));
    seen.membership.is_active(&Of::T.phone().id) != seen.counted.iter().any(said_so)
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
