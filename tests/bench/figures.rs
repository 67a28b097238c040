//! What is measured alone, without peers: unlocking, merging, envelopes.

use crate::carrying::{self, Pair};
use crate::machine::{self, ms};
use crate::vault::{self, Trouble};
use crate::workload;
use belay::crypto::kdf::{PassphraseCost, argon2id};
use std::path::Path;
use std::time::Instant;

/// Notes in the vault that is unlocked.
const NOTES: u64 = 2_000;
/// Rows of a first list.
const FIRST_ROWS: u32 = 50;
/// Times that a short thing is done; the median is told.
const TIMES: usize = 9;

/// How much is done: all that is asked for, or little, for a look whether it works.
#[derive(Clone, Copy)]
pub struct Size {
    notes: u64,
    edits: usize,
    envelopes: usize,
    times: usize,
}

impl Size {
    /// As it is asked for.
    pub const WHOLE: Size = Size { notes: NOTES, edits: 500, envelopes: 1_000, times: TIMES };
    /// As little as shows that it works.
    pub const SMALL: Size = Size { notes: 3, edits: 4, envelopes: 3, times: 1 };
}

/// A figure with what it must not be over.
pub struct Figure {
    name: &'static str,
    value: f64,
    most: f64,
    unit: &'static str,
}

/// All figures.
pub fn all(size: Size) -> Result<Vec<Figure>, Trouble> {
    let place = tempfile::tempdir().map_err(|cause| cause.to_string())?;
    let mut figures = unlocking(&place.path().join("vault"), size)?;
    figures.extend(merging(size)?);
    Ok(figures)
}

fn unlocking(folder: &Path, size: Size) -> Result<Vec<Figure>, Trouble> {
    let vault = vault::make(folder)?;
    let notes: Vec<_> = (0..size.notes).map(|at| vault::note(&workload::note(at))).collect();
    for some in notes.chunks(belay::companion::COMMANDS_MAX) {
        vault.apply(some, None, &vault::now()).map_err(vault::told("notes"))?;
    }
    vault.lock().map_err(vault::told("locking"))?;
    let (mut raw, mut typed, mut stretched) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..size.times {
        machine::cool(folder);
        let begun = Instant::now();
        let vault = vault::unlock(folder)?;
        vault::first_page(&vault, FIRST_ROWS)?;
        raw.push(ms(begun));
        vault.lock().map_err(vault::told("locking"))?;
        let begun = Instant::now();
        argon2id(b"rope and harness", &[7; 16], PassphraseCost::DEFAULT).map_err(|error| format!("{error:?}"))?;
        let alone = ms(begun);
        machine::cool(folder);
        let begun = Instant::now();
        let vault = vault::unlock_typed(folder)?;
        vault::first_page(&vault, FIRST_ROWS)?;
        typed.push(ms(begun) - alone);
        stretched.push(alone);
        vault.lock().map_err(vault::told("locking"))?;
    }
    let figure = |name, values, most| Figure { name, value: machine::median(values), most, unit: "ms" };
    Ok(vec![
        figure("raw-key slot: unlock to first list", raw, 10.0),
        figure("passphrase slot: Argon2id alone", stretched, f64::INFINITY),
        figure("passphrase slot: unlock to first list, beyond Argon2id", typed, 10.0),
    ])
}

fn merging(size: Size) -> Result<Vec<Figure>, Trouble> {
    let pair = Pair::make()?;
    let merged = carrying::merge(&pair, size.edits)?;
    let [one, other] = merged.took;
    let kilobytes = |bytes: u64| bytes as f64 / 1_000.0;
    let envelopes = carrying::envelopes(&pair, size.envelopes)?;
    let figure = |name, value, most, unit| Figure { name, value, most, unit };
    Ok(vec![
        figure("500 + 500 edits of a plan: taking in, the slower side", one.max(other), 70.0, "ms"),
        figure("500 + 500 edits: both ways, before padding", kilobytes(merged.batches), 60.0, "kB"),
        figure("500 + 500 edits: both ways, the files", kilobytes(merged.files), f64::INFINITY, "kB"),
        figure("500 + 500 edits: words lost", merged.lost as f64, 0.0, ""),
        figure("500 + 500 edits: sides that differ", f64::from(u8::from(!merged.is_equal)), 0.0, ""),
        figure("1,000 envelopes of one edit: taking in", envelopes, 200.0, "ms"),
    ])
}

/// Prints the table.
#[allow(clippy::print_stdout, reason = "this is what it is for")]
pub fn print(size: Size) -> Result<(), Trouble> {
    println!("| what | measured | at most | |");
    println!("|---|---|---|---|");
    let before = machine::calibration();
    for Figure { name, value, most, unit } in all(size)? {
        let bound = if most.is_finite() { format!("{most} {unit}") } else { "-".to_owned() };
        let is_in = if value <= most { "in" } else { "over" };
        println!("| {name} | {value:.2} {unit} | {bound} | {is_in} |");
    }
    println!("\ncal {before:.1} ms before, {:.1} ms after; {}", machine::calibration(), machine::processor());
    Ok(())
}
