//! A vault that is opened by a process that was just started: what a person waits for, and what memory it takes.

use crate::machine::{self, ms};
use crate::typing;
use crate::vault::{self, Trouble};
use crate::workload;
use belay::view::{Ask, SearchOrder};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Rows of a first list.
pub const FIRST_ROWS: u32 = 50;
/// How often a short thing is done; the median is told.
pub const TIMES: usize = 15;
/// How often a process is started; the median is told.
const STARTS: usize = 3;

/// Things measured, in the order they are told.
pub type Measured = Vec<(String, f64)>;

/// Does something often: the median in ms.
pub fn often(mut once: impl FnMut() -> Result<(), Trouble>) -> Result<f64, Trouble> {
    let mut times = Vec::new();
    for _ in 0..TIMES {
        let begun = Instant::now();
        once()?;
        times.push(ms(begun));
    }
    Ok(machine::median(times))
}

/// Opens a vault in this process, which did nothing before, reads and searches, and prints what each took.
#[allow(clippy::print_stdout, reason = "another process reads it")]
pub fn serve(folder: &Path) -> Result<(), Trouble> {
    let before = machine::most_memory();
    let mut told = Vec::new();
    let begun = Instant::now();
    let vault = vault::unlock(folder)?;
    told.push(("unlock ms", ms(begun)));
    if let Some(note) = typing::note_of(folder) {
        let begun = Instant::now();
        vault::body(&vault, note)?;
        told.push(("read it ms", ms(begun)));
    } else {
        let begun = Instant::now();
        vault::first_page(&vault, FIRST_ROWS)?;
        told.push(("first list ms", ms(begun)));
    }
    let memory = machine::most_memory() - before;
    told.push(("relationships ms", often(|| vault::ask(&vault, Ask::Relationships).map(|_| ()))?));
    for (name, kind) in [("rare word ms", "rare"), ("newest ms", "common")] {
        let words = workload::searches(kind);
        let mut turn = words.iter().cycle();
        let find = || vault::search(&vault, turn.next().map_or("", |words| words), SearchOrder::Newest).map(|_| ());
        told.push((name, often(find)?));
    }
    told.push(("memory MB", memory));
    vault.lock().map_err(vault::told("locking"))?;
    println!("{}", serde_json::json!(told));
    Ok(())
}

/// [`serve`] in processes of their own, on files that the system has forgotten: the median of each. Nobody may have the
/// vault open.
pub fn in_another_process(folder: &Path) -> Result<Measured, Trouble> {
    let mut all: Vec<Measured> = Vec::new();
    for _ in 0..STARTS {
        machine::cool(folder);
        let me = std::env::current_exe().map_err(|cause| cause.to_string())?;
        let told = Command::new(me).arg("wake").arg(folder).output().map_err(|cause| cause.to_string())?;
        let heard = String::from_utf8_lossy(&told.stdout);
        all.push(serde_json::from_str(&heard).map_err(|_| String::from_utf8_lossy(&told.stderr).into_owned())?);
    }
    let one = all.first().cloned().unwrap_or_default();
    let median = |name: &str| {
        let every = all.iter().flatten().filter(|(known, _)| known == name).map(|(_, value)| *value);
        machine::median(every.collect())
    };
    Ok(one.into_iter().map(|(name, _)| (name.clone(), median(&name))).collect())
}
