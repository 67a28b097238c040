//! People at a terminal: the real program, a folder each, a working folder they share.
#![allow(dead_code, reason = "each test file uses its part")]

#[cfg(target_os = "linux")]
pub mod terminal;

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub const PASSPHRASE: &str = "four small quiet words";

pub struct World {
    folder: tempfile::TempDir,
}

pub struct Person {
    pub vault: PathBuf,
    cwd: PathBuf,
    pub words: Vec<String>,
}

/// What a run said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl World {
    pub fn new() -> Self {
        World { folder: tempfile::tempdir().unwrap() }
    }
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
    /// Someone without a vault.
    pub fn nobody(&self, name: &str) -> Person {
        Person { vault: self.path().join(name), cwd: self.path().to_owned(), words: Vec::new() }
    }
    /// Someone with a vault.
    pub fn person(&self, name: &str) -> Person {
        let mut person = self.nobody(name);
        person.init(&["--name", name]);
        person
    }
    /// Two people who paired by files.
    pub fn two(&self) -> (Person, Person) {
        let (mara, theo) = (self.person("Mara"), self.person("Theo"));
        mara.does(&["pair", "invite", "Theo", "--as", "person", "--out", "a.belay"]);
        theo.does(&["pair", "join", "a.belay", "Mara", "--out", "b.belay"]);
        let mine = digits(&mara.does(&["pair", "take", "b.belay", "--out", "c.belay"]));
        let theirs = digits(&theo.does(&["pair", "take", "c.belay"]));
        mara.does(&["pair", "digits", &theirs]);
        theo.does(&["pair", "digits", &mine]);
        (mara, theo)
    }
}

/// The six digits in a text.
pub fn digits(said: &str) -> String {
    let line = said.lines().find(|line| line.starts_with("Read this out")).expect("a line with digits");
    line.chars().filter(char::is_ascii_digit).collect()
}

impl Person {
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_belay"));
        command.args(args).current_dir(&self.cwd).env_clear();
        command.env("BELAY_VAULT", &self.vault).env("BELAY_PASSPHRASE", PASSPHRASE).env("COLUMNS", "80");
        command.stdin(Stdio::null());
        command
    }

    pub fn says(&self, args: &[&str]) -> Said {
        said(self.command(args).output().unwrap())
    }

    /// Runs and expects that it is done; gives what was said.
    pub fn does(&self, args: &[&str]) -> String {
        let said = self.says(args);
        assert_eq!(said.code, 0, "{args:?}: {}{}", said.out, said.err);
        assert_eq!(said.err, "", "{args:?}");
        said.out
    }

    /// Runs and expects this exit code; gives what was said on standard error.
    pub fn cannot(&self, code: i32, args: &[&str]) -> String {
        let said = self.says(args);
        assert_eq!(said.code, code, "{args:?}: {}{}", said.out, said.err);
        assert_ne!(said.err, "", "{args:?}");
        said.err
    }

    /// The rows of a read.
    pub fn rows(&self, args: &[&str]) -> Vec<Value> {
        let out = self.does(&[args, &["--json"]].concat());
        assert_eq!(out.lines().count(), 1, "{out}");
        let told: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(told["v"], 1);
        assert!(told["kind"].is_string() && told["total"].is_u64() && told.get("next").is_some(), "{out}");
        told["rows"].as_array().unwrap().clone()
    }

    pub fn with_input(&self, args: &[&str], input: &str) -> Said {
        let mut child =
            self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that reads nothing may be gone before it is written to.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        said(child.wait_with_output().unwrap())
    }

    /// Makes the vault as a script would: reads the words, types `understood`, types those asked back.
    pub fn init(&mut self, args: &[&str]) -> String {
        let args = [&["init", "--low-memory"], args].concat();
        let mut child = self.command(&args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut words: BTreeMap<usize, String> = BTreeMap::new();
        let mut all = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            all.push_str(&line);
            all.push('\n');
            if line.starts_with("Type  understood") {
                writeln!(input, "understood").unwrap();
            } else if let Some(number) = line.strip_prefix("Word number ") {
                let number: usize = number.trim_end_matches(':').parse().unwrap();
                writeln!(input, "{}", words[&number]).unwrap();
            } else {
                let pieces: Vec<&str> = line.split_whitespace().collect();
                for pair in pieces.chunks(2) {
                    if let [number, word] = pair
                        && let Ok(number) = number.parse()
                    {
                        words.insert(number, (*word).to_owned());
                    }
                }
            }
        }
        assert!(child.wait().unwrap().success(), "{all}");
        self.words = words.into_values().collect();
        all
    }
}

pub fn said(output: Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
