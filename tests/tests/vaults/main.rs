//! Stories with real vaults: people write while bundles are lost, repeated, cut and late, while they are apart, while
//! phones die and come back, are copied with both copies in use, and are removed. In the end whoever is still in holds,
//! shows and lists the same, and nothing that a phone confirmed is lost.
//!
//! `BELAY_VAULT_RUNS` says how many stories are told, `BELAY_VAULT_SEED` with which seed they begin.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a run says its seed and how much it tried"
)]

use belay::batch::Batch;
use belay::error::Code;
use belay::exchange::Scope;
use belay::ids::BatchId;
use belay::space::SpaceState;
use belay::view::{Answer, Ask, At};
use belay_tests::{Chance, Circle, Device, Plan, Wire, World, next_act, statements_of, wires_of};
use std::collections::{BTreeMap, BTreeSet};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

struct Story {
    world: World,
    circle: Circle,
    /// Copies of vaults, each with whose it is.
    copies: Vec<(Device, usize)>,
    wires: BTreeMap<(usize, usize), Wire>,
    chance: Chance,
    /// Words that a phone confirmed.
    confirmed: Vec<String>,
    /// On which side of a parting each one is.
    sides: Vec<usize>,
    told: BTreeMap<&'static str, u64>,
}

impl Story {
    fn begin(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let world = World::new(format!("vaults {seed}"));
        let (persons, supporters) = (1 + chance.below(3), 1 + chance.below(2));
        let mut circle = Circle::new(&world, persons, supporters);
        circle.devices.iter_mut().for_each(Device::use_keystore);
        let count = circle.devices.len();
        let pairs = (0..count).flat_map(|from| (0..count).map(move |to| (from, to))).filter(|(from, to)| from != to);
        let wires = pairs.zip(0_u64..).map(|(pair, at)| (pair, Wire::hostile(seed ^ (at << 8)))).collect();
        Plan::made_by(&circle.devices[0], Some(circle.space), "wellness");
        circle.tell_everything();
        let (copies, confirmed, told) = (Vec::new(), Vec::new(), BTreeMap::new());
        Story { world, circle, copies, wires, chance, confirmed, sides: vec![0; count], told }
    }

    fn note(&mut self, what: &'static str) {
        *self.told.entry(what).or_default() += 1;
    }

    /// A phone of the circle, or a copy of one.
    fn device(&self, at: usize) -> &Device {
        self.circle.devices.get(at).unwrap_or_else(|| &self.copies[at - self.circle.devices.len()].0)
    }
    fn count(&self) -> usize {
        self.circle.devices.len() + self.copies.len()
    }
    fn state(&self, at: usize) -> SpaceState {
        self.device(at).people(&self.circle.space).state()
    }

    fn act(&mut self, number: u32) {
        let who = self.chance.below(self.count());
        match self.chance.below(100) {
            0..55 => self.write(who, number),
            55..85 => self.send(),
            85..91 => self.restart(who),
            91..93 => self.part(),
            93..95 => self.copy(who),
            _ => self.remove(),
        }
    }

    fn write(&mut self, who: usize, number: u32) {
        // Two letters that stand nowhere else: no comparison of texts takes them apart.
        let letter = |at: u32| char::from_u32(0x4e00 + at).expect("a letter");
        let mark: String = [letter(2 * number), letter(2 * number + 1)].iter().collect();
        let mut chance = self.chance.clone();
        let command = next_act(self.device(who), &self.circle.space, &mark, &mut chance);
        self.chance = chance;
        let Some(command) = command else { return };
        match self.device(who).attempt(command) {
            // Some commands say nothing in words.
            Ok(_) if self.device(who).lacks(std::slice::from_ref(&mark)).is_empty() => {
                self.confirmed.push(mark);
                self.note("confirmed words");
            }
            Ok(_) => {}
            Err(failure) => assert_ne!(failure.code(), Code::Internal, "{failure:?}"),
        }
    }

    /// A bundle goes over a wire that loses, repeats, reorders, cuts and flips.
    fn send(&mut self) {
        let count = self.circle.devices.len();
        let from = self.chance.below(count);
        let to = (from + 1 + self.chance.below(count - 1)) % count;
        if self.sides[from] != self.sides[to] {
            return;
        }
        let (circle, space) = (&self.circle, self.circle.space);
        let bundle = if circle.of_one_member(from, to) {
            circle.everything(from, to, &space)
        } else {
            let scope = if self.chance.percent(30) { Scope::Everything } else { Scope::SinceLast };
            match circle.devices[from].companion.bundle_out(&space, scope, &circle.devices[from].at()) {
                Ok(made) => made.bytes,
                Err(_) => return,
            }
        };
        let wire = self.wires.get_mut(&(from, to)).expect("a wire a pair");
        wire.put(bundle);
        let mut arrived = 0;
        for bundle in wire.arrivals() {
            arrived += 1;
            if let Err(failure) = circle.devices[to].take(&bundle) {
                let named = [Code::Corrupt, Code::NewerSchema, Code::Truncated, Code::NotForThisDevice];
                assert!(named.contains(&failure.code()), "{failure:?}");
            }
        }
        *self.told.entry("bundles that arrived").or_default() += arrived;
    }

    fn restart(&mut self, who: usize) {
        let how = self.chance.below(4);
        let count = self.circle.devices.len();
        let device = if who < count { &mut self.circle.devices[who] } else { &mut self.copies[who - count].0 };
        match how {
            0 | 1 => device.die_and_return(),
            2 => drop(device.lock_and_unlock()),
            _ => device.rest(),
        }
        self.note("restarts");
    }

    fn part(&mut self) {
        let apart = self.chance.percent(60);
        for side in &mut self.sides {
            *side = if apart { self.chance.below(2) } else { 0 };
        }
        self.note("partings and reunions");
    }

    fn copy(&mut self, who: usize) {
        if who >= self.circle.devices.len() || self.copies.len() == 2 {
            return;
        }
        let name = format!("a copy of {}", self.circle.devices[who].name);
        let copy = self.world.copy_of(&self.circle.devices[who], &name);
        self.copies.push((copy, who));
        self.note("copies");
    }

    /// One phone of Mara's puts another of hers out, by what it knows of its log.
    fn remove(&mut self) {
        let persons = self.circle.of_person;
        let copied = |at: usize| self.copies.iter().any(|(_, of)| *of == at);
        let (by, out) = (self.chance.below(persons), self.chance.below(persons));
        // One that was copied is out with its copy; whoever is in must be left to compare.
        if by == out || copied(out) || self.state(by) != SpaceState::Checked {
            return;
        }
        let (device, gone) = (&self.circle.devices[by], self.circle.devices[out].id());
        if device.companion.remove_device(&self.circle.space, &gone, &device.secret(), &device.at()).is_ok() {
            self.note("removals");
        }
    }

    /// Everybody tells everybody all they hold, copies too, until all hold the same.
    fn come_to_rest(&self) {
        let space = self.circle.space;
        for _ in 0..2 {
            for teller in 0..self.count() {
                let said = statements_of(self.device(teller), &space);
                let wires = wires_of(self.device(teller), &space);
                for listener in (0..self.count()).filter(|listener| *listener != teller) {
                    let count = self.circle.devices.len();
                    // A copy has the keys of the one that it is a copy of.
                    let place = if listener < count { listener } else { self.copies[listener - count].1 };
                    let bundle = self.circle.carry(place, &space, said.clone(), wires.clone());
                    self.device(listener).take(&bundle).expect("an honest bundle");
                }
            }
        }
    }

    fn end(&mut self) {
        self.come_to_rest();
        let inside: Vec<usize> = (0..self.count()).filter(|at| self.state(*at) == SpaceState::Checked).collect();
        let first = self.facts(inside[0]);
        for at in &inside {
            let facts = self.facts(*at);
            assert_eq!(facts.listed, first.listed, "{}", self.device(*at).name);
            assert_eq!(facts.batches, first.batches, "{}", self.device(*at).name);
            assert_eq!(facts.hash, first.hash, "{}", self.device(*at).name);
            let kept = self.device(*at).kept_out(&self.circle.space);
            assert!(kept.iter().all(|batch| batch.payload.is_some()), "listed, and not readable");
            let lost = self.device(*at).lacks(&self.confirmed);
            assert!(lost.is_empty(), "{}: {lost:?} were confirmed and are lost", self.device(*at).name);
        }
        for reason in first.listed.values() {
            assert!(["outside-cut", "depends-on-unaccepted"].contains(&reason.as_str()), "{reason}");
        }
        self.told.insert("listed in the end", first.listed.len() as u64);
        if !self.told.contains_key("removals") {
            assert!(first.listed.is_empty(), "nobody was removed: {:?}", first.listed);
        }
        // Read anew from the disk all is as it was.
        let last = *inside.last().expect("somebody");
        if last < self.circle.devices.len() {
            self.circle.devices[last].die_and_return();
            assert_eq!(self.facts(last).hash, first.hash);
        }
    }

    fn facts(&self, at: usize) -> Facts {
        let (device, space) = (self.device(at), self.circle.space);
        let Answer::KeptOut(page) = device.ask(Ask::KeptOut { at: At { limit: 200, ..At::default() } }) else {
            panic!("a list")
        };
        let here = page.rows.into_iter().filter(|row| row.space == space);
        Facts {
            hash: device.hash(&space),
            listed: here.map(|row| (row.id, row.reason)).collect(),
            batches: wires_of(device, &space)
                .iter()
                .map(|wire| Batch::parse(wire).expect("own bytes").0.id())
                .collect(),
        }
    }
}

struct Facts {
    hash: [u8; 32],
    listed: BTreeMap<BatchId, String>,
    batches: BTreeSet<BatchId>,
}

#[test]
fn whatever_happens_to_phones_nothing_that_was_confirmed_is_lost() {
    let (runs, first) = (number("BELAY_VAULT_RUNS", 3), number("BELAY_VAULT_SEED", 1));
    println!("{runs} stories from seed {first}");
    let mut told: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in first..first + runs {
        let mut story = Story::begin(seed);
        let acts = u32::try_from(20 + story.chance.below(40)).expect("few");
        for number in 0..acts {
            story.act(number);
        }
        story.end();
        for (what, times) in &story.told {
            *told.entry(*what).or_default() += times;
        }
    }
    for (what, times) in &told {
        println!("{times:>9} {what}");
    }
    println!("{:>9} KiB at most", belay_tests::fuzz::peak_kib());
    if runs >= 50 {
        assert!(told.values().all(|times| *times > 0) && told.len() == 7, "the stories never came to all: {told:?}");
    }
}
