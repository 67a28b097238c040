//! One line of JSON in, one out, as the harness of the peers speaks it.

use crate::vault::{self, Trouble};
use crate::{machine, typing, workload};
use belay::Companion;
use belay::companion::VaultState;
use belay::view::SearchOrder;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Instant;

/// Notes of one transaction where a whole store is filled.
const NOTES_AT_ONCE: usize = 1_000;

/// A device under test.
pub struct Child {
    order: SearchOrder,
    vault: Option<Companion>,
}

/// Answers every line until it is told to leave.
pub fn serve(order: SearchOrder) -> Result<(), Trouble> {
    let mut child = Child { order, vault: None };
    say(&json!({"ev": "ready"}))?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|cause| cause.to_string())?;
        let asked: Value = serde_json::from_str(&line).map_err(|cause| cause.to_string())?;
        let command = asked.get("cmd").and_then(Value::as_str).unwrap_or_default().to_owned();
        let begun = Instant::now();
        let mut answer = child.answer(&command, &asked).unwrap_or_else(|trouble| json!({"error": trouble}));
        if let Some(answer) = answer.as_object_mut() {
            answer.entry("ms").or_insert_with(|| json!(machine::ms(begun)));
            answer.insert("re".to_owned(), asked.get("re").cloned().unwrap_or_default());
            answer.insert("hwm".to_owned(), json!(machine::most_memory()));
        }
        say(&answer)?;
        if command == "exit" {
            break;
        }
    }
    Ok(())
}

fn say(told: &Value) -> Result<(), Trouble> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "@{told}").and_then(|()| out.flush()).map_err(|cause| cause.to_string())
}

impl Child {
    fn answer(&mut self, command: &str, asked: &Value) -> Result<Value, Trouble> {
        let folder = PathBuf::from(asked.get("dir").and_then(Value::as_str).unwrap_or_default());
        let number = |name: &str| asked.get(name).and_then(Value::as_u64);
        match command {
            "w1_create" => {
                let is_bulk = asked.get("bulk").and_then(Value::as_bool).unwrap_or(false);
                self.create(&folder, number("n").unwrap_or(0), is_bulk)
            }
            "w1_titles" => {
                let begun = Instant::now();
                let vault = vault::unlock(&folder)?;
                let titles = vault::titles(&vault)?;
                let took = machine::ms(begun);
                self.vault = Some(vault);
                Ok(json!({"ms": took, "n": titles.len()}))
            }
            "w2_open" => {
                let begun = Instant::now();
                self.vault = Some(vault::unlock(&folder)?);
                Ok(json!({"ms": machine::ms(begun)}))
            }
            "w2_run" => self.search(asked.get("kind").and_then(Value::as_str).unwrap_or_default()),
            "w5_build" => {
                let limit = number("limit").unwrap_or(100_000);
                let (vault, answer) = typing::build(&folder, usize::try_from(limit).unwrap_or(usize::MAX))?;
                self.vault = Some(vault);
                Ok(answer)
            }
            "w5_load" => {
                let (vault, answer) = typing::load(&folder)?;
                self.vault = Some(vault);
                Ok(answer)
            }
            "exit" => self.leave(),
            _ => Err(format!("{command}: not among what this product is measured by yet")),
        }
    }

    fn create(&mut self, folder: &std::path::Path, notes: u64, is_bulk: bool) -> Result<Value, Trouble> {
        let vault = vault::make(folder)?;
        let notes: Vec<_> = (0..notes).map(|at| vault::note(&workload::note(at))).collect();
        let begun = Instant::now();
        for some in notes.chunks(if is_bulk { NOTES_AT_ONCE } else { 1 }) {
            vault.apply(some, None, &vault::now()).map_err(vault::told("a note"))?;
        }
        // Batches are signed when they are closed: that belongs to what a note costs.
        vault.pause(&vault::now()).map_err(vault::told("closing the batches"))?;
        let took = machine::ms(begun);
        self.vault = Some(vault);
        Ok(json!({"ms": took}))
    }

    fn search(&self, kind: &str) -> Result<Value, Trouble> {
        let vault = self.vault.as_ref().ok_or("nothing is open")?;
        let (mut times, mut hits) = (Vec::new(), Vec::new());
        for words in workload::searches(kind) {
            let begun = Instant::now();
            hits.push(vault::search(vault, &words, self.order)?);
            times.push(machine::ms(begun));
        }
        Ok(json!({"ms": times, "hits": hits}))
    }

    fn leave(&mut self) -> Result<Value, Trouble> {
        if let Some(vault) = self.vault.take()
            && matches!(vault.state(), VaultState::Open | VaultState::Paused)
        {
            vault.lock().map_err(vault::told("locking"))?;
        }
        Ok(json!({}))
    }
}
