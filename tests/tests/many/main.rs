//! Stories of two to sixteen devices, told on the real evaluation, gate and acceptance without vaults; what was written
//! is then given to others in any order, and every property of protocol.md §11 that speaks of sets is looked at after
//! each item.
//!
//! `BELAY_MANY_RUNS` says how many stories are told, `BELAY_MANY_SEED` with which seed they begin.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "helpers of tests; a run says its seed and how much it tried"
)]

#[allow(dead_code, reason = "shared with the tests of membership, which use all of it")]
#[path = "../membership/cast.rs"]
mod cast;
mod check;
mod ends;
mod page;
mod pen;
mod replica;
mod story;
mod thief;

use crate::check::{Book, Tally, never_undone};
use crate::replica::Replica;
use crate::story::Story;
use belay_tests::Chance;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// How many tell stories at once.
const TELLERS: u64 = 2;

/// Prints the seed of the story that fails.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the story's seed was {}: BELAY_MANY_SEED={} BELAY_MANY_RUNS=1", self.0, self.0);
        }
    }
}

/// Given to one in any order with repetition: after each item all properties hold.
fn arrive(story: &Story, order: &[usize], chance: &mut Chance, book: &mut Book) {
    let mut replica = Replica::of(story.cast.space(), &story.items, 1);
    let mut before = None;
    for (place, at) in order.iter().enumerate() {
        replica.take(*at, &story.items[*at]);
        if chance.percent(15) {
            let again = order[chance.below(place + 1)];
            replica.take(again, &story.items[again]);
        }
        let seen = book.look(&replica, story);
        let now = seen.membership.clone();
        if let Some(before) = &before {
            never_undone(before, &now);
        }
        before = Some(now);
        if chance.percent(10) {
            // One who was given the same in the order of its making, and one whose memory is made anew.
            book.look(&Replica::of(story.cast.space(), &story.items, replica.held), story);
            book.look(&replica.copied(), story);
        }
    }
}

/// The same in another order within every few: the same sets at their borders.
fn nearly(order: &[usize], chance: &mut Chance) -> Vec<usize> {
    let (mut made, mut rest) = (Vec::new(), order);
    while !rest.is_empty() {
        let (some, others) = rest.split_at((1 + chance.below(4)).min(rest.len()));
        let mut some = some.to_vec();
        chance.shuffle(&mut some);
        made.extend(some);
        rest = others;
    }
    made
}

fn tell(seed: u64) -> Tally {
    let _told = Seed(seed);
    let mut story = Story::begin(seed);
    let mut book = Book::default();
    let acts = 12 + story.chance.below(60);
    for _ in 0..acts {
        if !story.is_full() {
            story.act();
        }
        if story.chance.percent(10) {
            let hand = story.chance.below(story.hands.len());
            book.look(&story.hands[hand].replica, &story);
        }
    }
    ends::end(&mut story, &mut book);
    let mut order: Vec<usize> = (1..story.items.len()).collect();
    let mut chance = story.chance.clone();
    if chance.percent(60) {
        chance.shuffle(&mut order);
    } else {
        order = nearly(&order, &mut chance);
    }
    arrive(&story, &order, &mut chance, &mut book);
    arrive(&story, &nearly(&order, &mut chance), &mut chance, &mut book);
    book.tally.note("items", story.items.len());
    book.tally.note("devices", story.hands.len());
    book.tally
}

#[test]
fn whatever_was_written_equal_sets_are_seen_alike_and_nothing_is_lost() {
    let (runs, first) = (number("BELAY_MANY_RUNS", 100), number("BELAY_MANY_SEED", 1));
    println!("{runs} stories from seed {first}");
    // Side by side, since one story knows nothing of another.
    let told = std::thread::scope(|scope| {
        let tellers: Vec<_> = (0..TELLERS)
            .map(|teller| {
                let mine = (first..first + runs).filter(move |seed| seed % TELLERS == teller);
                scope.spawn(move || mine.map(tell).collect())
            })
            .collect();
        let join = |teller: std::thread::ScopedJoinHandle<'_, Vec<Tally>>| match teller.join() {
            Ok(told) => told,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        tellers.into_iter().flat_map(join).collect::<Vec<Tally>>()
    });
    let mut tally = Tally::default();
    for (what, times) in told.into_iter().flat_map(|told| told.0) {
        tally.note(what, usize::try_from(times).unwrap_or(0));
    }
    for (what, times) in &tally.0 {
        println!("{times:>9} {what}");
    }
    println!("{:>9} KiB at most", belay_tests::fuzz::peak_kib());
    if runs >= 100 {
        let nothing: Vec<_> = tally.0.iter().filter(|(_, times)| **times == 0).collect();
        assert!(nothing.is_empty(), "the stories never came to: {nothing:?}");
    }
}
