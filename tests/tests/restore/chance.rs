//! Backups, restores and copies at any point of a story: no words are lost, and all devices end with the same.

use crate::*;
use belay_tests::Chance;

/// Stories; `BELAY_CASES` for more.
fn cases() -> u64 {
    std::env::var("BELAY_CASES").ok().and_then(|told| told.parse().ok()).unwrap_or(1)
}

/// Devices that a story may come to: fewer than a member may have.
const DEVICES: usize = 6;

struct Told {
    world: World,
    maras: Vec<Device>,
    theo: Device,
    space: SpaceId,
    plan: Plan,
    words: RecoveryWords,
    backups: Vec<PathBuf>,
    said: BTreeMap<&'static str, BTreeSet<String>>,
    notes: usize,
}

impl Told {
    fn new(seed: u64) -> Self {
        let world = World::new(format!("any point {seed}"));
        let (mara, theo, space) = world.mara_and_theo();
        let plan = Plan::made_by(&mara, Some(space), "wellness");
        until_quiet(&mara, &theo, &space);
        let words = mara.words().clone();
        let said = [(OWN, BTreeSet::new()), (US, BTreeSet::new())].into();
        Told { world, maras: vec![mara], theo, space, plan, words, backups: Vec::new(), said, notes: 0 }
    }

    fn say(&mut self, who: usize, part: &'static str) {
        let words = format!("line {}", self.said.values().map(BTreeSet::len).sum::<usize>());
        let by = self.maras.get(who).unwrap_or(&self.theo);
        by.apply(self.plan.add(part, &words));
        self.said.entry(part).or_default().insert(words);
    }

    fn back_up(&mut self, who: usize) {
        let mara = &self.maras[who];
        let backup = mara.folder().with_extension(format!("backup-{}", self.backups.len()));
        mara.companion.backup_to(&backup, &mara.secret(), None, &mara.at()).expect("a backup");
        self.backups.push(backup);
    }

    fn restore(&mut self, backup: &Path) {
        let phone = self.world.bare(&format!("Mara {}", self.maras.len()));
        let with = UnlockWith::RecoveryWords(self.words.clone());
        let made = phone.companion.restore(backup, &with, &secret(PASSPHRASE), &phone.at()).expect("restoring");
        assert!(made.device.spaces.iter().all(|entered| entered.refused.is_none()));
        self.maras.push(phone);
    }

    /// Copies a phone as it lies there, perhaps in the middle of something; one of the two gets new keys, sooner or
    /// later.
    fn copy(&mut self, who: usize, chance: &mut Chance) {
        if chance.percent(50) {
            self.say(who, US);
        }
        self.maras[who].die();
        let clone = self.world.bare(&format!("Mara {}", self.maras.len()));
        copy(self.maras[who].folder(), clone.folder());
        self.maras[who].unlock().expect("the right passphrase");
        clone.unlock().expect("the right passphrase");
        let other = self.maras.len();
        self.maras.push(clone);
        for _ in 0..chance.below(3) {
            let writer = if chance.percent(50) { who } else { other };
            self.say(writer, if chance.percent(50) { OWN } else { US });
            if chance.percent(50) {
                self.exchange(writer, chance);
            }
        }
        let renewed = &mut self.maras[if chance.percent(50) { who } else { other }];
        renewed.companion.renew_device(&renewed.secret(), None, &renewed.at()).expect("new keys");
        renewed.keys_changed();
    }

    /// A bundle each way, either of which may be lost.
    fn exchange(&self, who: usize, chance: &mut Chance) {
        let mara = &self.maras[who];
        for (from, to) in [(mara, &self.theo), (&self.theo, mara)] {
            let bundle = from.bundle(&self.space);
            if chance.percent(75) {
                to.take(&bundle).map(|_| ()).or_else(not_for_it).expect("an honest bundle");
            }
        }
    }

    fn step(&mut self, chance: &mut Chance) {
        let who = chance.below(self.maras.len());
        match chance.below(12) {
            0..=3 => self.say(who, if chance.percent(50) { OWN } else { US }),
            4 => self.say(usize::MAX, US),
            5 => {
                self.notes += 1;
                note(&self.maras[who], &format!("note {}", self.notes));
            }
            6..=7 => self.exchange(who, chance),
            8 => self.back_up(who),
            9 if self.maras.len() < DEVICES => {
                if let Some(backup) = chance.pick(&self.backups).cloned() {
                    self.restore(&backup);
                }
            }
            10 if self.maras.len() < DEVICES => self.copy(who, chance),
            _ => self.maras[who].die_and_return(),
        }
    }
}

/// A phone that the other has not heard of yet gets nothing.
fn not_for_it(failure: belay::error::Failure) -> Result<(), belay::error::Failure> {
    if failure.code() == Code::NotForThisDevice { Ok(()) } else { Err(failure) }
}

#[test]
fn restoring_or_copying_at_any_point_loses_nothing_and_splits_nothing() {
    for seed in 0..cases() {
        let mut chance = Chance::new(seed);
        let mut told = Told::new(seed);
        for _ in 0..14 {
            told.step(&mut chance);
        }
        // Whatever the dice said, there was one of each.
        told.back_up(0);
        told.say(0, OWN);
        let last = told.backups.last().expect("one").clone();
        told.restore(&last);
        told.copy(chance.below(told.maras.len()), &mut chance);
        for _ in 0..2 {
            for mara in &told.maras {
                until_told(mara, &told.theo, &told.space);
            }
        }
        let hash = told.theo.hash(&told.space);
        for device in told.maras.iter().chain([&told.theo]) {
            for (part, said) in &told.said {
                let shown = told.plan.words(device, part);
                assert_eq!(BTreeSet::from_iter(shown.iter().cloned()), *said, "{} {seed}", device.name);
                assert_eq!(shown.len(), said.len(), "nothing is doubled: {} {seed}", device.name);
            }
            assert_eq!(device.hash(&told.space), hash, "{} {seed}", device.name);
        }
        let ids: BTreeSet<DeviceId> = told.maras.iter().map(Device::id).collect();
        assert_eq!(ids.len(), told.maras.len(), "no two write under one device's keys");
    }
}

/// As [`until_quiet`], from a phone of which the other may not have heard yet.
fn until_told(mara: &Device, theo: &Device, space: &SpaceId) {
    theo.take(&mara.bundle(space)).expect("an honest bundle");
    until_quiet(mara, theo, space);
}
