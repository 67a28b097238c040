//! What is measured alone, without peers: unlocking, merging, envelopes, typing. Each figure is told as soon as it is there.

use crate::carrying::{self, Pair};
use crate::machine::{self, ms};
use crate::vault::{self, Trouble};
use crate::{sizes, typing, workload};
use belay::crypto::kdf::{PassphraseCost, argon2id};
use serde_json::Value;
use std::path::Path;
use std::time::Instant;

/// Rows of a first list.
const FIRST_ROWS: u32 = 50;

/// How much is done: all that is asked for, or little, for a look whether it works.
#[derive(Clone, Copy)]
pub struct Size {
    notes: u64,
    edits: usize,
    envelopes: usize,
    keys: usize,
    /// Times that a short thing is done; the median is told.
    times: usize,
}

impl Size {
    /// As it is asked for, but for typing: all 100,000 keystrokes are W5 of the harness, or `BELAY_FIGURES_KEYS`.
    pub fn whole() -> Self {
        let keys = std::env::var("BELAY_FIGURES_KEYS").ok().and_then(|keys| keys.parse().ok()).unwrap_or(10_000);
        Size { notes: 2_000, edits: 500, envelopes: 1_000, keys, times: 9 }
    }
    /// As little as shows that it works.
    pub const SMALL: Size = Size { notes: 3, edits: 4, envelopes: 3, keys: 5, times: 1 };
}

/// Measures one thing and tells its figures.
type Measure = fn(Size) -> Result<(), Trouble>;

/// What can be measured alone, by name.
const ALL: [(&str, Measure); 4] =
    [("unlock", unlocking), ("merge", merging), ("envelopes", enveloping), ("typing", typed)];

/// Measures all, or what is named.
#[allow(clippy::print_stdout, reason = "this is what it is for")]
pub fn print(size: Size, name: Option<&str>) -> Result<(), Trouble> {
    let chosen: Vec<_> = ALL.iter().filter(|(known, _)| name.is_none_or(|name| name == *known)).collect();
    if chosen.is_empty() {
        return Err(format!("figures are: {}", ALL.map(|(name, _)| name).join(", ")));
    }
    println!("| what | measured | at most | |\n|---|---|---|---|");
    let before = machine::calibration();
    chosen.iter().try_for_each(|(_, measure)| measure(size))?;
    println!("\ncal {before:.1} ms before, {:.1} ms after; {}", machine::calibration(), machine::processor());
    Ok(())
}

/// A figure with what it must not be over.
#[allow(clippy::print_stdout, reason = "whoever measures reads it")]
fn tell(name: &str, value: f64, most: f64, unit: &str) {
    let bound = if most.is_finite() { format!("{most} {unit}") } else { "-".to_owned() };
    let is_in = if value <= most { "in" } else { "over" };
    println!("| {name} | {value:.2} {unit} | {bound} | {is_in} |");
}

fn place() -> Result<tempfile::TempDir, Trouble> {
    tempfile::tempdir().map_err(|cause| cause.to_string())
}

fn unlocking(size: Size) -> Result<(), Trouble> {
    let place = place()?;
    let folder = &place.path().join("vault");
    let vault = vault::make(folder)?;
    let notes: Vec<_> = (0..size.notes).map(|at| vault::note(&workload::note(at))).collect();
    for some in notes.chunks(belay::companion::COMMANDS_MAX) {
        vault.apply(some, None, &vault::now()).map_err(vault::told("notes"))?;
    }
    vault.lock().map_err(vault::told("locking"))?;
    let (mut raw, mut typed, mut stretched) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..size.times {
        raw.push(first_list(folder, vault::unlock)?);
        let begun = Instant::now();
        argon2id(b"rope and harness", &[7; 16], PassphraseCost::DEFAULT).map_err(|error| format!("{error:?}"))?;
        let alone = ms(begun);
        typed.push(first_list(folder, vault::unlock_typed)? - alone);
        stretched.push(alone);
    }
    tell("raw-key slot: unlock to first list", machine::median(raw), 10.0, "ms");
    tell("passphrase slot: Argon2id alone", machine::median(stretched), f64::INFINITY, "ms");
    tell("passphrase slot: unlock to first list, beyond Argon2id", machine::median(typed), 10.0, "ms");
    Ok(())
}

/// Opens a vault whose files the system has forgotten, up to its first list: ms.
fn first_list(folder: &Path, open: fn(&Path) -> Result<belay::Companion, Trouble>) -> Result<f64, Trouble> {
    machine::cool(folder);
    let begun = Instant::now();
    let vault = open(folder)?;
    vault::first_page(&vault, FIRST_ROWS)?;
    let took = ms(begun);
    vault.lock().map_err(vault::told("locking"))?;
    Ok(took)
}

fn merging(size: Size) -> Result<(), Trouble> {
    let merged = carrying::merge(&Pair::make()?, size.edits)?;
    let [one, other] = merged.took;
    let kilobytes = |bytes: u64| bytes as f64 / 1_000.0;
    tell("500 + 500 edits of a plan: taking in, the slower side", one.max(other), 70.0, "ms");
    tell("500 + 500 edits: taking in, the other side", one.min(other), 70.0, "ms");
    let busy = merged.busy.iter().sum();
    tell("500 + 500 edits: both sides, on a processor", busy, f64::INFINITY, "ms");
    tell("500 + 500 edits: both ways, before padding", kilobytes(merged.batches), 60.0, "kB");
    tell("500 + 500 edits: both ways, the files", kilobytes(merged.files), f64::INFINITY, "kB");
    tell("500 + 500 edits: letters lost", merged.lost as f64, 0.0, "");
    tell("500 + 500 edits: sides that differ", f64::from(u8::from(!merged.is_equal)), 0.0, "");
    Ok(())
}

fn enveloping(size: Size) -> Result<(), Trouble> {
    let [took, busy] = carrying::envelopes(&Pair::make()?, size.envelopes)?;
    tell("1,000 envelopes of one edit: taking in", took, 200.0, "ms");
    tell("  on a processor", busy, f64::INFINITY, "ms");
    Ok(())
}

fn typed(size: Size) -> Result<(), Trouble> {
    let place = place()?;
    let folder = &place.path().join("typed");
    let (vault, built) = typing::build(folder, size.keys)?;
    let pace: Vec<f64> =
        built.get("pace").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_f64).collect();
    vault.lock().map_err(vault::told("locking"))?;
    drop(vault);
    let snapshot = sizes::pieces(folder)?.iter().find(|piece| piece.name == "snapshot").map_or(0, |piece| piece.bytes);
    machine::cool(folder);
    let woken = crate::waking::in_another_process(folder)?;
    let told = |name: &str| woken.iter().find(|(known, _)| known == name).map_or(f64::NAN, |(_, value)| *value);
    let keys = built.get("did").and_then(Value::as_u64).unwrap_or(0);
    let [first, last] = [pace.first(), pace.last()].map(|pace| pace.copied().unwrap_or(f64::NAN));
    tell(&format!("{keys} keystrokes, each on disk: one of the first tenth"), first, f64::INFINITY, "ms");
    tell("  one of the last tenth", last, first * 1.5, "ms");
    tell("  opened cold and read", told("unlock ms") + told("read it ms"), 15.0, "ms");
    tell("  memory to read it", told("memory MB"), 8.0, "MB");
    tell("  snapshot", snapshot as f64 / 1_000.0, 100.0, "kB");
    tell("  folder", machine::bytes_in(folder) as f64 / 1e6, 3.0, "MB");
    Ok(())
}
