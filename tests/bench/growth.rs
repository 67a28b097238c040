//! What grows with the work: one vault that is filled further and further, measured at each size.

use crate::growth_page::{Story, put};
use crate::machine::{self, ms};
use crate::typing::{self, Typist};
use crate::vault::{self, Trouble};
use crate::waking::{self, Measured, TIMES, often};
use crate::workload;
use belay::Companion;
use belay::command::{Command, PlanCommand};
use belay::document::plan::PartOwner;
use belay::exchange::Scope;
use belay::exchange::flow::Step;
use belay::exchange::pairing::InviteTerms;
use belay::ids::{DocId, SpaceId};
use belay::space::Role;
use belay::view::{Answer, Ask};
use belay_tests::{Device, Plan, World, text};
use std::path::Path;
use std::time::Instant;

/// Times that something is taken in at a size; the median is told.
const INGESTS: usize = 5;

/// How far it goes: the sizes that are measured.
pub struct Reach {
    /// Notes of a vault.
    notes: Vec<u64>,
    /// Edits of one note.
    edits: Vec<u64>,
    /// Relationships of a person.
    relationships: Vec<u64>,
}

impl Reach {
    /// As far as the project promises, or as little as shows that it works. `BELAY_GROWTH_NOTES`, `BELAY_GROWTH_EDITS` and
    /// `BELAY_GROWTH_RELATIONSHIPS` set an earlier end.
    pub fn of(is_small: bool) -> Self {
        if is_small {
            return Reach { notes: vec![2, 4], edits: vec![2, 4], relationships: vec![1, 2] };
        }
        let most = |name: &str| std::env::var(name).ok().and_then(|most| most.parse::<u64>().ok()).unwrap_or(u64::MAX);
        let up_to = |name: &str, sizes: &[u64]| sizes.iter().copied().filter(|size| *size <= most(name)).collect();
        Reach {
            notes: up_to("BELAY_GROWTH_NOTES", &[2_000, 20_000, 200_000]),
            edits: up_to("BELAY_GROWTH_EDITS", &[1_000, 10_000, 100_000]),
            relationships: up_to("BELAY_GROWTH_RELATIONSHIPS", &[5, 15, 30, 60]),
        }
    }
}

/// Measures all curves, or the one that is named, and puts each into a folder as soon as it is there.
pub fn write(into: &Path, reach: &Reach, name: Option<&str>) -> Result<(), Trouble> {
    let place = tempfile::tempdir().map_err(|cause| cause.to_string())?;
    let mut was_any = false;
    for (known, title, measure, sizes) in [
        ("notes", "Notes of one vault", notes as Measure, &reach.notes),
        ("edits", "Edits of one note", edits, &reach.edits),
        ("relationships", "Relationships of one person", relationships, &reach.relationships),
    ] {
        if name.is_some_and(|name| name != known) {
            continue;
        }
        was_any = true;
        let (before, begun) = (machine::calibration(), Instant::now());
        let mut story = Story { name: known, title, sizes: Vec::new(), told: String::new() };
        measure(&place.path().join(known), sizes, &mut story)?;
        let after = machine::calibration();
        let took = ms(begun) / 1e3;
        let machine = machine::processor();
        story.told = format!("{machine}; cal {before:.1} ms before, {after:.1} ms after; {took:.0} s.");
        put(into, &story)?;
    }
    if was_any { Ok(()) } else { Err("curves are: notes, edits, relationships".to_owned()) }
}

type Measure = fn(&Path, &[u64], &mut Story) -> Result<(), Trouble>;

/// Someone on the other side, with a plan that both may write on.
struct Other {
    theo: Device,
    space: SpaceId,
    plan: Plan,
    part: String,
}

impl Other {
    /// Pairs with someone, by file, digits typed on both sides.
    fn of(vault: &Companion, world: &World, name: &str) -> Result<Other, Trouble> {
        let (theo, told) = (world.person(name), vault::told("pairing"));
        let now = vault::now();
        theo.set_clock(now.unix_ms);
        let digits = |step: &Step| step.digits.clone().ok_or("no digits to read out".to_owned());
        let sent = |step: Step| step.send.ok_or("nothing to send".to_owned());
        let invited =
            vault.pair_invite(InviteTerms::relationship(Role::Person), name, &now).map_err(&told).and_then(sent)?;
        let replied = theo.companion.pair_join(&invited, None, "Mara", &theo.at()).map_err(&told).and_then(sent)?;
        let mine = vault.pair_take(&replied, &now).map_err(&told)?;
        let done = sent(mine.clone())?;
        let his = theo.companion.pair_take(&done, &theo.at()).map_err(&told)?;
        let joined = vault.pair_digits(&mine.id, &digits(&his)?, &now).map_err(&told)?;
        theo.companion.pair_digits(&his.id, &digits(&mine)?, &theo.at()).map_err(&told)?;
        let space = joined.space.or(mine.space).ok_or("a pairing without a space")?;

        let template = "relationship".to_owned();
        let plan = act(vault, PlanCommand::Create { space: Some(space), template, title: text("") })?;
        let plan = Plan { id: plan.ok_or("no plan was made")? };
        act(vault, PlanCommand::AddPart { plan: plan.id, title: text("ours"), owner: PartOwner::Both })?;
        let Answer::Plan(shown) = vault::ask(vault, Ask::Plan { id: plan.id })? else {
            return Err("the plan is not shown".to_owned());
        };
        let part = shown.parts.iter().find(|part| part.title.as_str() == "ours").ok_or("the part is not shown")?;
        let other = Other { theo, space, plan, part: part.key.clone() };
        other.carry(vault)?;
        other.carry(vault)?;
        Ok(other)
    }

    /// One bundle each way; how long it took to take in the one from the other side, ms.
    fn carry(&self, vault: &Companion) -> Result<f64, Trouble> {
        let told = vault::told("carrying");
        let mine = vault.bundle_out(&self.space, Scope::SinceLast, &vault::now()).map_err(&told)?;
        self.theo.take(&mine.bytes).map_err(&told)?;
        let his = self.theo.bundle(&self.space);
        let begun = Instant::now();
        vault.bundle_in(&mut his.as_slice(), &vault::now()).map_err(&told)?;
        Ok(ms(begun))
    }

    /// The other one writes a line, and it is taken in here: ms.
    fn ingest(&self, vault: &Companion) -> Result<f64, Trouble> {
        let mut times = Vec::new();
        for at in 0..INGESTS {
            self.theo.apply(self.plan.add(&self.part, &format!("from the other side {at}")));
            times.push(self.carry(vault)?);
        }
        Ok(machine::median(times))
    }
}

fn act(vault: &Companion, command: PlanCommand) -> Result<Option<DocId>, Trouble> {
    let done = vault.apply(&[Command::Plan(command)], None, &vault::now()).map_err(vault::told("a plan"))?;
    Ok(done.outcomes.first().and_then(|outcome| outcome.made))
}

/// What is measured at every size, of a vault that is locked: by a process of its own, and then what writing costs here.
fn measured(folder: &Path, other: &Other) -> Result<Measured, Trouble> {
    let mut told = waking::in_another_process(folder)?;
    let vault = vault::unlock(folder)?;
    let mut at = 1_000_000_000 + machine::bytes_in(folder);
    let save = often(|| {
        at += 1;
        let one = vault::note(&workload::note(at));
        vault.apply(&[one], None, &vault::now()).map(|_| ()).map_err(vault::told("a note"))
    })?;
    let ingest = other.ingest(&vault)?;
    vault.lock().map_err(vault::told("locking"))?;
    let disk = machine::bytes_in(folder) as f64 / 1e6;
    told.extend(
        [("save ms", save), ("ingest ms", ingest), ("disk MB", disk)].map(|(name, value)| (name.to_owned(), value)),
    );
    Ok(told)
}

fn notes(folder: &Path, sizes: &[u64], story: &mut Story) -> Result<(), Trouble> {
    let world = World::new("growth");
    let vault = vault::make(folder)?;
    let other = Other::of(&vault, &world, "Theo")?;
    vault.lock().map_err(vault::told("locking"))?;
    let mut done = 0;
    for size in sizes {
        let vault = vault::unlock(folder)?;
        while done < *size {
            let until = (done + belay::companion::COMMANDS_MAX as u64).min(*size);
            let some: Vec<_> = (done..until).map(|at| vault::note(&workload::note(at))).collect();
            vault.apply(&some, None, &vault::now()).map_err(vault::told("notes"))?;
            done = until;
        }
        vault.lock().map_err(vault::told("locking"))?;
        story.tell(*size as f64, measured(folder, &other)?);
    }
    Ok(())
}

fn edits(folder: &Path, sizes: &[u64], story: &mut Story) -> Result<(), Trouble> {
    let world = World::new("growth");
    let vault = vault::make(folder)?;
    let other = Other::of(&vault, &world, "Theo")?;
    let most = usize::try_from(sizes.iter().max().copied().unwrap_or(0)).map_err(|_| "too many")?;
    let keys = workload::keys(most + 2 * TIMES * sizes.len());
    let note = Typist::begin(&vault)?.note();
    typing::name_note(folder, note)?;
    vault.lock().map_err(vault::told("locking"))?;
    let (mut keys, mut done) = (keys.iter(), 0);
    for size in sizes {
        let vault = vault::unlock(folder)?;
        let mut typist = Typist::on(&vault, note)?;
        let more = usize::try_from(size.saturating_sub(done)).map_err(|_| "too many")?;
        for key in keys.by_ref().take(more) {
            typist.press(key)?;
        }
        done = *size + 2 * TIMES as u64;
        let touch = often(|| typist.touch(keys.next().ok_or("no key is left")?))?;
        let press = often(|| typist.press(keys.next().ok_or("no key is left")?))?;
        vault.lock().map_err(vault::told("locking"))?;
        let mut told = vec![("keystroke ms".to_owned(), touch), ("keystroke, on disk ms".to_owned(), press)];
        told.extend(measured(folder, &other)?);
        story.tell(*size as f64, told);
    }
    Ok(())
}

fn relationships(folder: &Path, sizes: &[u64], story: &mut Story) -> Result<(), Trouble> {
    let world = World::new("growth");
    drop(vault::make(folder)?);
    let mut others: Vec<Other> = Vec::new();
    for size in sizes {
        let vault = vault::unlock(folder)?;
        while (others.len() as u64) < *size {
            others.push(Other::of(&vault, &world, &format!("Theo {}", others.len()))?);
        }
        vault.lock().map_err(vault::told("locking"))?;
        let last = others.last().ok_or("sizes that do not rise")?;
        story.tell(*size as f64, measured(folder, last)?);
    }
    Ok(())
}
