//! Two people in one line, with editors that take what came or do not, with locks, deaths and bundles in any order: every
//! letter that was typed stands there once, what a field shows with what it has not seen is the text, and both sides
//! end with the same.
//!
//! `BELAY_CASES` says how many stories are told. A story costs about 0.6 s of one core in the plain profile, a third of it in
//! locking the pages of many short-lived connections, most of the rest in code that is not optimised: for thousands, with
//! `TMPDIR=/dev/shm` (no disk to wait for) and `CARGO_PROFILE_DEV_OPT_LEVEL=3`.

use crate::cast::Two;
use crate::typist::{Takes, Typist, applied, is_safe, splice, units};
use belay::command::TextTarget;
use belay::companion::{Saved, Settle, TextMerge};
use belay_tests::{Chance, Device, Plan, until_quiet};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use unicode_segmentation::UnicodeSegmentation;

/// Longest that words may lie in memory alone, in milliseconds.
const LOST_MAX_MS: i64 = 300;
/// When an editor that goes on says that nothing more was typed, so that what was becomes a draft.
const DRAFT_MS: i64 = 250;
/// Stories told in one relationship.
const STORIES_A_WORLD: u64 = 40;
const CLUSTERS: [&str; 10] = ["a", "é", "e\u{301}", "👩\u{200d}👩\u{200d}👧", "نَحْنُ", "說", "🇵🇹", "\n", " ", "ꙮ"];

/// One side: a device, its editor, and the marks it typed.
struct Side {
    typist: Option<Typist>,
    /// Typed, with when, and not known to be safe from a death.
    in_memory: Vec<(char, i64)>,
    safe: BTreeSet<char>,
}

struct Story<'w> {
    two: &'w mut Two,
    line: TextTarget,
    sides: [Side; 2],
    marks: u32,
    /// What the clocks say: what is not typing takes no time.
    times: [i64; 2],
    run: u64,
}

fn device(two: &Two, side: usize) -> &Device {
    if side == 0 { &two.mara } else { &two.theo }
}

fn is_mark(cluster: &str) -> bool {
    cluster.chars().any(|letter| ('\u{e000}'..'\u{f8ff}').contains(&letter))
}

impl Story<'_> {
    fn open(&mut self, side: usize) {
        if self.sides[side].typist.is_none() {
            let typist = Typist::at(device(self.two, side), &self.line.clone());
            for mark in &self.sides[side].safe {
                assert_eq!(typist.field.matches(*mark).count(), 1, "run {}: a safe letter", self.run);
            }
            let field = typist.field.clone();
            let half = &mut self.sides[side];
            // What a death left of what was not safe is safe now: it was in the draft.
            let found = half.in_memory.drain(..).map(|(mark, _)| mark).filter(|mark| field.contains(*mark));
            half.safe.extend(found);
            self.sides[side].typist = Some(typist);
            self.set_clocks();
        }
    }

    fn set_clocks(&self) {
        for side in [0, 1] {
            device(self.two, side).set_clock(self.times[side]);
        }
    }

    /// Time passes at an editor.
    fn waits(&mut self, side: usize, ms: i64) -> i64 {
        let now = self.times[side] + ms;
        let due = self.sides[side].in_memory.first().map(|(_, typed)| typed + DRAFT_MS).filter(|due| *due <= now);
        if let Some(due) = due {
            let device = device(self.two, side);
            device.set_clock(due);
            let merge = self.sides[side].typist.as_mut().expect("it typed").rests(device, Settle::Typing);
            assert!(is_safe(&merge), "run {}", self.run);
            self.heard(side, &merge, Takes::Patches);
        }
        self.times[side] = now;
        self.set_clocks();
        for (_, typed) in &self.sides[side].in_memory {
            assert!(now - typed <= LOST_MAX_MS, "run {}: {} ms in memory alone", self.run, now - typed);
        }
        now
    }

    fn types(&mut self, side: usize, chance: &mut Chance) {
        self.open(side);
        let pause_ms = 20 + i64::try_from(chance.below(180)).expect("few");
        let now = self.waits(side, pause_ms);
        let device = device(self.two, side);
        let half = &mut self.sides[side];
        let typist = half.typist.as_mut().expect("just opened");
        let mark = char::from_u32(0xe000 + self.marks).expect("a private scalar");
        self.marks += 1;
        let clusters: Vec<&str> = typist.field.graphemes(true).collect();
        let from = chance.below(clusters.len() + 1);
        let gone = clusters[from..].iter().take(chance.below(3)).take_while(|cluster| !is_mark(cluster));
        let change = splice(
            units(&clusters[..from].concat()),
            gone.map(|cluster| units(cluster)).sum(),
            &format!("{mark}{}", chance.pick(&CLUSTERS).expect("some")),
        );
        let settle = *chance.pick(&[Settle::Typing, Settle::Typing, Settle::Composing, Settle::Pause]).expect("some");
        let mut takes = if chance.percent(50) { Takes::Patches } else { Takes::Nothing };
        half.in_memory.push((mark, now));
        let merge = if chance.percent(15) {
            takes = Takes::Patches;
            let whole = applied(&typist.field, &[change]);
            typist.shows(device, &whole, settle)
        } else {
            typist.key_after(device, change, settle, 0, takes)
        };
        self.heard(side, &merge, takes);
    }

    fn heard(&mut self, side: usize, merge: &TextMerge, takes: Takes) {
        let half = &mut self.sides[side];
        let typist = half.typist.as_ref().expect("it typed");
        if is_safe(merge) {
            half.safe.extend(half.in_memory.drain(..).map(|(mark, _)| mark));
        }
        // What the field shows, with what it was given and did not take, is the text.
        let text = match takes {
            Takes::Patches => typist.field.clone(),
            Takes::Nothing => applied(&typist.field, &merge.patches),
        };
        if merge.saved == Saved::Kept {
            assert_eq!(crate::cast::line_of(device(self.two, side), &self.line), text, "run {}", self.run);
        }
        for (mark, _) in &self.sides[side].in_memory {
            assert_eq!(text.matches(*mark).count(), 1, "run {}", self.run);
        }
        for mark in &self.sides[side].safe {
            assert_eq!(text.matches(*mark).count(), 1, "run {}: in {text:?}", self.run);
        }
    }

    /// The other's words come. What is typed is written before.
    fn hears(&mut self, side: usize) {
        match side {
            0 => self.two.to_mara(),
            _ => self.two.to_theo(),
        }
        self.are_safe(side);
    }

    /// What a death left in doubt is not settled by this.
    fn are_safe(&mut self, side: usize) {
        let half = &mut self.sides[side];
        if half.typist.is_some() {
            half.safe.extend(half.in_memory.drain(..).map(|(mark, _)| mark));
        }
    }

    fn locks(&mut self, side: usize) {
        device(self.two, side).lock_and_unlock();
        self.are_safe(side);
        self.sides[side].typist = None;
    }

    fn dies(&mut self, side: usize) {
        let device = if side == 0 { &mut self.two.mara } else { &mut self.two.theo };
        let now = self.times[side];
        device.die_and_return();
        let half = &mut self.sides[side];
        half.typist = None;
        // They may be lost, and only they.
        assert!(half.in_memory.iter().all(|(_, typed)| now - typed <= LOST_MAX_MS), "run {}", self.run);
    }

    fn leaves(&mut self, side: usize) {
        if let Some(mut typist) = self.sides[side].typist.take() {
            let merge = typist.rests(device(self.two, side), Settle::Leave);
            assert_eq!(merge.saved, Saved::Kept, "run {}", self.run);
            let half = &mut self.sides[side];
            half.safe.extend(half.in_memory.drain(..).map(|(mark, _)| mark));
            typist.closes(device(self.two, side));
        }
    }

    fn ends(mut self) {
        for side in [0, 1] {
            self.open(side);
            self.leaves(side);
            self.times[side] += 60_000;
        }
        self.set_clocks();
        until_quiet(&self.two.mara, &self.two.theo, &self.two.space);
        let [hers, his] = [0, 1].map(|side| crate::cast::line_of(device(self.two, side), &self.line));
        assert_eq!(hers, his, "run {}", self.run);
        for mark in self.sides.iter().flat_map(|side| &side.safe) {
            assert_eq!(hers.matches(*mark).count(), 1, "run {}: {hers:?}", self.run);
        }
        assert_eq!(self.two.mara.hash(&self.two.space), self.two.theo.hash(&self.two.space), "run {}", self.run);
        for side in [0, 1] {
            assert!(crate::cast::drafts(device(self.two, side)).is_empty(), "run {}: all is kept", self.run);
        }
    }
}

fn story(two: &mut Two, run: u64) {
    let mut chance = Chance::new(run);
    let plan = Plan::made_by(&two.mara, Some(two.space), "wellness");
    let start: String = (0..3).filter_map(|_| chance.pick(&CLUSTERS).copied()).collect::<String>() + "x";
    let entry = two.mara.apply(plan.add(crate::cast::BOTH, &start)).element.expect("a line");
    until_quiet(&two.mara, &two.theo, &two.space);
    let side = || Side { typist: None, in_memory: Vec::new(), safe: BTreeSet::new() };
    let line = TextTarget::PlanEntry { plan: plan.id, entry };
    let times = [0, 1].map(|side| device(two, side).at().unix_ms);
    let mut story = Story { two, line, sides: [side(), side()], marks: 0, times, run };
    for _ in 0..16 {
        let side = chance.below(2);
        story.set_clocks();
        match chance.below(20) {
            0 => story.locks(side),
            1 => story.dies(side),
            2 => story.leaves(side),
            3..=5 => story.hears(0),
            6..=8 => story.hears(1),
            _ => story.types(side, &mut chance),
        }
    }
    story.ends();
}

#[test]
fn every_letter_of_two_people_in_one_line_stands_there_once() {
    let stories = std::env::var("BELAY_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(8);
    // Each world is one of its own: as many at once as there are cores.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let from = next.fetch_add(STORIES_A_WORLD, Ordering::SeqCst);
                    if from >= stories {
                        return;
                    }
                    let mut two = Two::with_line(&format!("letters {from}"), "x");
                    (from + 1..=stories.min(from + STORIES_A_WORLD)).for_each(|run| story(&mut two, run));
                }
            });
        }
    });
}
