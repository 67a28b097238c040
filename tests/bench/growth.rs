//! What grows with the work: one vault that is filled further and further, measured at each size.

use crate::machine::{self, ms};
use crate::svg::{Curve, draw};
use crate::typing::Typist;
use crate::vault::{self, Trouble};
use crate::workload;
use belay::Companion;
use belay::command::PlanCommand;
use belay::view::{Ask, SearchOrder};
use belay_tests::{Plan, World, pair, text, until_quiet};
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

/// Rows of a first list.
const FIRST_ROWS: u32 = 50;
/// How often a short thing is done; the median is told.
const TIMES: usize = 15;

/// How far it goes: the sizes that are measured.
pub struct Reach {
    /// Notes of a vault.
    pub notes: Vec<u64>,
    /// Edits of one note.
    pub edits: Vec<usize>,
    /// Relationships of a person.
    pub relationships: Vec<usize>,
}

impl Reach {
    /// As far as the project promises, or as little as shows that it works. `BELAY_GROWTH_NOTES` and `BELAY_GROWTH_EDITS`
    /// set an earlier end, for a machine without an hour.
    pub fn of(is_small: bool) -> Self {
        if is_small {
            return Reach { notes: vec![2, 4], edits: vec![2, 4], relationships: vec![1, 2] };
        }
        let most = |name: &str| std::env::var(name).ok().and_then(|most| most.parse::<u64>().ok()).unwrap_or(u64::MAX);
        let (notes, edits) = (most("BELAY_GROWTH_NOTES"), most("BELAY_GROWTH_EDITS"));
        Reach {
            notes: [2_000, 20_000, 200_000].into_iter().filter(|size| *size <= notes).collect(),
            edits: [1_000, 10_000, 100_000].into_iter().filter(|size| *size as u64 <= edits).collect(),
            relationships: vec![5, 15, 30, 60],
        }
    }
}

/// Things measured at one size, in the order of the table.
type Measured = Vec<(&'static str, f64)>;

/// One table and picture.
struct Story {
    name: &'static str,
    title: &'static str,
    across: &'static str,
    sizes: Vec<(f64, Measured)>,
}

fn often(mut once: impl FnMut() -> Result<(), Trouble>) -> Result<f64, Trouble> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let begun = Instant::now();
        once()?;
        times.push(ms(begun));
    }
    Ok(machine::median(times))
}

/// Unlocks cold, reads the first list and searches, each told apart, with the most memory on the way.
fn waking(folder: &Path) -> Result<(Companion, Measured), Trouble> {
    machine::cool(folder);
    machine::forget_most_memory();
    let begun = Instant::now();
    let vault = vault::unlock(folder)?;
    let unlock = ms(begun);
    let begun = Instant::now();
    vault::first_page(&vault, FIRST_ROWS)?;
    let list = ms(begun);
    let rare = workload::searches("rare");
    let rare = rare.first().ok_or("no search")?;
    let found = often(|| vault::search(&vault, rare, SearchOrder::Newest).map(|_| ()))?;
    let common = workload::searches("common");
    let mut turn = common.iter().cycle();
    let newest =
        often(|| vault::search(&vault, turn.next().map_or("", |words| words), SearchOrder::Newest).map(|_| ()))?;
    let memory = machine::most_memory();
    let told = vec![
        ("unlock ms", unlock),
        ("first list ms", list),
        ("rare word ms", found),
        ("newest ms", newest),
        ("memory MB", memory),
    ];
    Ok((vault, told))
}

fn disk(folder: &Path) -> f64 {
    machine::bytes_in(folder) as f64 / 1e6
}

fn notes(folder: &Path, sizes: &[u64]) -> Result<Story, Trouble> {
    drop(vault::make(folder)?);
    let (mut done, mut told) = (0, Vec::new());
    for size in sizes {
        let vault = vault::unlock(folder)?;
        while done < *size {
            let until = (done + belay::companion::COMMANDS_MAX as u64).min(*size);
            let some: Vec<_> = (done..until).map(|at| vault::note(&workload::note(at))).collect();
            vault.apply(&some, None, &vault::now()).map_err(vault::told("notes"))?;
            done = until;
        }
        vault.lock().map_err(vault::told("locking"))?;
        let (vault, mut measured) = waking(folder)?;
        let mut at = 1_000_000_000;
        let save = often(|| {
            at += 1;
            let one = vault::note(&workload::note(at));
            vault.apply(&[one], None, &vault::now()).map(|_| ()).map_err(vault::told("a note"))
        })?;
        vault.lock().map_err(vault::told("locking"))?;
        measured.extend([("save ms", save), ("disk MB", disk(folder))]);
        told.push((*size as f64, measured));
    }
    Ok(Story { name: "notes", title: "Notes of one vault", across: "notes", sizes: told })
}

fn edits(folder: &Path, sizes: &[usize]) -> Result<Story, Trouble> {
    let vault = vault::make(folder)?;
    let keys = workload::keys(sizes.iter().max().copied().unwrap_or(0) + 2 * TIMES * sizes.len());
    let note = Typist::begin(&vault)?.note();
    vault.lock().map_err(vault::told("locking"))?;
    let (mut keys, mut done, mut told) = (keys.iter(), 0, Vec::new());
    for size in sizes {
        let vault = vault::unlock(folder)?;
        let mut typist = Typist::on(&vault, note)?;
        for key in keys.by_ref().take(size.saturating_sub(done)) {
            typist.press(key)?;
        }
        done = *size + 2 * TIMES;
        let touch = often(|| typist.touch(keys.next().ok_or("no key is left")?))?;
        let press = often(|| typist.press(keys.next().ok_or("no key is left")?))?;
        vault.lock().map_err(vault::told("locking"))?;
        let (vault, mut measured) = waking(folder)?;
        let read = often(|| vault::body(&vault, note).map(|_| ()))?;
        vault.lock().map_err(vault::told("locking"))?;
        measured.extend([
            ("keystroke ms", touch),
            ("keystroke, durable ms", press),
            ("read it ms", read),
            ("disk MB", disk(folder)),
        ]);
        told.push((*size as f64, measured));
    }
    Ok(Story { name: "edits", title: "Edits of one note", across: "edits", sizes: told })
}

fn relationships(sizes: &[usize]) -> Result<Story, Trouble> {
    let world = World::new("growth");
    let mut mara = world.person("Mara");
    mara.use_keystore();
    let (mut others, mut told) = (0, Vec::new());
    for size in sizes {
        let mut last = None;
        while others < *size {
            let theo = world.person(&format!("Theo {others}"));
            let space = pair(&mara, &theo);
            Plan::made_by(&mara, Some(space), "relationship");
            until_quiet(&mara, &theo, &space);
            others += 1;
            last = Some((theo, space));
        }
        let (theo, space) = last.ok_or("sizes that do not rise")?;
        let mut told_here: Measured = Vec::new();
        mara.companion.lock().map_err(vault::told("locking"))?;
        machine::cool(mara.folder());
        machine::forget_most_memory();
        let begun = Instant::now();
        mara.unlock().map_err(vault::told("unlocking"))?;
        told_here.push(("unlock ms", ms(begun)));
        let begun = Instant::now();
        vault::first_page(&mara.companion, FIRST_ROWS)?;
        told_here.push(("first list ms", ms(begun)));
        told_here.push(("relationships ms", often(|| vault::ask(&mara.companion, Ask::Relationships).map(|_| ()))?));
        let note = vault::note(&workload::note(1));
        let save = || mara.companion.apply(std::slice::from_ref(&note), None, &mara.at());
        told_here.push(("save ms", often(|| save().map(|_| ()).map_err(vault::told("a note")))?));
        let title = text("from the other side");
        theo.apply(PlanCommand::Create { space: Some(space), template: "wellness".to_owned(), title });
        let bundle = theo.bundle(&space);
        let begun = Instant::now();
        mara.take(&bundle).map_err(vault::told("taking in"))?;
        told_here.push(("ingest ms", ms(begun)));
        let find = || vault::search(&mara.companion, "other side ", SearchOrder::Newest);
        told_here.push(("newest ms", often(|| find().map(|_| ()))?));
        told_here.push(("memory MB", machine::most_memory()));
        told_here.push(("disk MB", disk(mara.folder())));
        told.push((*size as f64, told_here));
    }
    Ok(Story { name: "relationships", title: "Relationships of one person", across: "relationships", sizes: told })
}

fn table(story: &Story) -> String {
    let mut out =
        format!("### {}\n\n![{}](growth-{}.svg)\n\n| {} |", story.title, story.title, story.name, story.across);
    let names: Vec<&str> =
        story.sizes.first().map(|(_, all)| all.iter().map(|(name, _)| *name).collect()).unwrap_or_default();
    let mut put = |line: String| out.write_str(&line).expect("writing to memory does not fail");
    names.iter().for_each(|name| put(format!(" {name} |")));
    put(format!("\n|{}\n", "---|".repeat(names.len() + 1)));
    for (size, all) in &story.sizes {
        put(format!("| {size} |"));
        all.iter().for_each(|(_, value)| put(format!(" {value:.2} |")));
        put("\n".to_owned());
    }
    out
}

fn curves(story: &Story) -> Vec<Curve> {
    let names: Vec<&str> =
        story.sizes.first().map(|(_, all)| all.iter().map(|(name, _)| *name).collect()).unwrap_or_default();
    let of = |name: &str| {
        let value = |all: &Measured| all.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
        story.sizes.iter().filter_map(|(size, all)| Some((*size, value(all)?))).collect()
    };
    names.iter().map(|name| Curve { name: (*name).to_owned(), points: of(name) }).collect()
}

/// Between these two lines of RESULTS.md stands what [`write`] found.
const MARKS: [&str; 2] = ["<!-- growth -->", "<!-- /growth -->"];

/// Measures, draws the pictures into a folder, and puts the tables into its RESULTS.md.
pub fn write(into: &Path, reach: &Reach) -> Result<(), Trouble> {
    let place = tempfile::tempdir().map_err(|cause| cause.to_string())?;
    let before = machine::calibration();
    let stories = [
        notes(&place.path().join("notes"), &reach.notes)?,
        edits(&place.path().join("edits"), &reach.edits)?,
        relationships(&reach.relationships)?,
    ];
    let mut told = format!(
        "{}\n\n`belay-bench growth tests/bench`; {}; cal {before:.1} ms before, {:.1} ms after.\n\n",
        MARKS[0],
        machine::processor(),
        machine::calibration()
    );
    for story in &stories {
        let picture = draw(story.title, story.across, "ms, MB", &curves(story));
        let cannot = |cause: std::io::Error| format!("{}: {cause}", into.display());
        std::fs::write(into.join(format!("growth-{}.svg", story.name)), picture).map_err(cannot)?;
        told.push_str(&table(story));
        told.push('\n');
    }
    told.push_str(MARKS[1]);
    let results = into.join("RESULTS.md");
    let page = std::fs::read_to_string(&results).unwrap_or_else(|_| format!("{}\n{}\n", MARKS[0], MARKS[1]));
    let parts = page.split_once(MARKS[0]).and_then(|(head, rest)| Some((head, rest.split_once(MARKS[1])?.1)));
    let (head, tail) = parts.ok_or("RESULTS.md has lost the lines between which growth stands")?;
    std::fs::write(&results, format!("{head}{told}{tail}")).map_err(|cause| format!("RESULTS.md: {cause}"))
}
